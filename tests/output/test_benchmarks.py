"""The benchmarks run, and say everything that they promise. No figure is judged here: a slow machine is no mistake."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISED = (
    *(f"batched, {n} states, 1 thread" for n in (5, 11, 30, 200)), "inertia 0", "limit loop", "parallel efficiency",
    "our Mesa engine", "mesa.batch_run over our Mesa model", "plain Python under mesa.batch_run", "NumPy over worlds",
    "a decision, 60 states", "a decision, 11 states, 240 years", "balsim --help", "tiny run", "as one design",
    "balsim -m with 9 jobs", "under Hydra's own launcher", "share of the run", "Dask", "everything written", "resuming",
    "peak memory", "growth of memory",
)  # fmt: skip


@pytest.mark.slow
def test_every_benchmark_runs_and_fills_its_rows() -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks", "--quick"], cwd=ROOT, capture_output=True, text=True,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    for what in PROMISED:
        assert re.search(rf"^\|.*{re.escape(what)}.*\|.*\d", done.stdout, re.MULTILINE) or (
            what == "Dask" and "not installed" in done.stdout
        ), f"no row says: {what}"

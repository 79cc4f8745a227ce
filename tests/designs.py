"""Small designs for the tests of the store and of clusters, cut into chunks of one point."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from omegaconf import DictConfig

import balsim
from balsim import chunks, runner
from balsim.design import Design
from balsim.results import Results

SHARES = (0.3, 0.4, 0.5)
OPENING = "import balsim, balsim.chunks as chunks, balsim.runner as runner, sys; chunks._DECISIONS = 1.0\n"
"""Start of a script for another process: every point is a chunk of its own."""


def overrides(out: Path, shares: tuple[float, ...] = SHARES, runs: int = 4, *more: str) -> list[str]:
    """A design over the hegemon's share in a small invented world."""
    values = ",".join(map(str, shares))
    return ["experiment=alignment", "scenario=synthetic", "scenario.n_states=4", f"runs={runs}", "years=6", "threads=1",
            f"design.axes.share={{key: hegemon.capability_share, values: [{values}]}}", "progress=false",
            f"out='{out}'", *more]  # fmt: skip


@cache
def _prepared(*args: Any) -> tuple[DictConfig, Design]:
    cfg = balsim.compose(*overrides(Path("out"), *args))
    return cfg, Design.from_config(cfg)


def run(out: Path, *args: Any) -> Results:
    """Run such a design."""
    cfg, design = _prepared(*args)
    cfg = cfg.copy()
    cfg.out = str(out)
    return runner.run_design(cfg, design)


def elsewhere(out: Path, *args: Any, **settings: str) -> subprocess.Popen[str]:
    """Run such a design in a process of its own."""
    script = f"{OPENING}runner.run(balsim.compose(*{overrides(out, *args)!r}))"
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **settings})  # fmt: skip


@pytest.fixture
def one_point_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_DECISIONS", 1.0)


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The shares of the points that are run, as they are run."""
    done: list[float] = []
    original = chunks.work_off

    def noted(chunk: chunks.Chunk, *args: Any) -> chunks.Tables:
        done.extend(chunk.records.capability_share.tolist())
        return original(chunk, *args)

    monkeypatch.setattr("balsim.cluster.work_off", noted)
    return done


def files(out: Path) -> set[str]:
    """Everything in a folder but Hydra's notes and the lock."""
    return {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file() and p.name != ".lock"}

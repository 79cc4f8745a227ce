"""The command: start, sweeps, the store, Dask."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import balsim
from balsim import chunks, cli
from benchmarks.rows import Row, Scale, at_most, seconds

SMALL = ("experiment=alignment", "runs=2", "years=5", "progress=false")


def balsim_command(*arguments: str, **environment: str) -> None:
    subprocess.run([sys.executable, "-m", "balsim", *arguments], check=True, capture_output=True,
                   env={**os.environ, **environment})  # fmt: skip


def start(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """From the shell, warm and cold."""
    took = seconds(lambda: balsim_command("--help"), scale.of(5, 1))
    yield Row("balsim --help", f"{took:.2f} s", **at_most(took, 1.0, "s"))
    with tempfile.TemporaryDirectory() as folder:
        work = iter(range(100))
        took = seconds(lambda: balsim_command(*SMALL, f"out='{folder}/{next(work)}'"), scale.of(3, 1))
        yield Row("a tiny run with its report, warm", f"{took:.2f} s", **at_most(took, 2.5, "s"))
        if not scale.quick:
            took = seconds(lambda: balsim_command(*SMALL, f"out='{folder}/cold'", BALSIM_CACHE=f"{folder}/cache"), 1)
            yield Row("the first run after installing (compiles)", f"{took:.1f} s")


def sweeps(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """`balsim -m` against the same grid as one design, and against Hydra's own launcher."""
    side = scale.of(21, 3)
    values = ",".join(f"{k / (side - 1) * 0.6 + 0.2:.2f}" for k in range(side))
    swept = (f"hegemon.capability_share={values}", f"hegemon.unilateralism={values}", "runs=20", "years=30")
    axes = [f"design.axes.a{k}={{key: {o.split('=')[0]}, values: [{values}]}}" for k, o in enumerate(swept[:2])]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):

        def quiet(*arguments: str) -> None:
            if cli.main([*arguments, "progress=false"]) != 0:
                raise RuntimeError(f"balsim {' '.join(arguments)} failed")

        quiet(*SMALL[:-1], f"out='{folder}/warm'")
        design = seconds(lambda: quiet("experiment=alignment", *axes, *swept[2:], f"out='{folder}/design'"), 1)
        many = seconds(lambda: quiet("-m", *swept, f"out='{folder}/many'"), 1)
        few = f"hegemon.unilateralism={','.join(values.split(',')[:3])}"
        stock = seconds(lambda: quiet("-m", few, *swept[2:], f"out='{folder}/s'", "hydra/launcher=basic"), 1) / 3
    yield Row(f"{side**2} points as one design", f"{design:.2f} s")
    excess = (many - 2.0) / design
    yield Row(f"balsim -m with {side**2} jobs over the same grid, less 2 s", f"{many:.2f} s", **at_most(excess, 1.5))
    yield Row("a job of balsim -m beyond its work", f"{max(0.0, many - design) / side**2 * 1e3:.1f} ms")
    yield Row("a job under Hydra's own launcher, all in all", f"{stock * 1e3:,.0f} ms")


def store(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """What writing everything down adds to the run."""
    spent = [0.0]
    original = chunks.run_batch

    def timed(*arguments: Any, **named: Any) -> Any:
        found: list[Any] = []
        spent[0] += seconds(lambda: found.append(original(*arguments, **named)), 1)
        return found[0]

    points = scale.of(100, 4)
    with tempfile.TemporaryDirectory() as folder:
        cfg = balsim.compose("experiment=alignment", f"runs={scale.of(200, 10)}", "progress=false",
                             f"design.axes.u={{key: hegemon.unilateralism, low: 0, high: 1, points: {points}}}",
                             f"out='{folder}/out'")  # fmt: skip
        chunks.run_batch = timed
        try:
            whole = seconds(lambda: balsim.run(cfg), 1)
        finally:
            chunks.run_batch = original
    yield Row("tables, store and cells as a share of the run", f"{(whole - spent[0]) / whole:.0%} of {whole:.1f} s")


def dask(scale: Scale, cores: tuple[int, ...]) -> Iterator[Row]:
    """What a chunk costs beyond its work on a LocalCluster."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        yield Row("Dask", "not installed (extra `cluster`)")
        return
    import numpy as np

    from balsim import cluster, scenario
    from balsim.design import Design
    from balsim.keys import point_keys

    count = scale.of(100, 10)
    cfg = balsim.compose("experiment=alignment", "runs=1", "years=1", "scenario=homogeneous",
                         f"design.axes.u={{key: hegemon.unilateralism, low: 0, high: 1, points: {count}}}")  # fmt: skip
    design = Design.from_config(cfg)
    worlds = [scenario.build(s, 1, 1) for s in design.scenario_settings]
    before, chunks._DECISIONS = chunks._DECISIONS, 1.0
    try:
        pieces = list(chunks.cut(design, point_keys(design), worlds, np.arange(count), 0, "batch"))
    finally:
        chunks._DECISIONS = before
    here = seconds(lambda: [chunks.work_off(c, worlds[0], 1) for c in pieces], 2)
    with LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=0, dashboard_address="127.0.0.1:0",
                      silence_logs=50) as local, Client(local) as client:  # fmt: skip
        there = seconds(lambda: list(cluster._spread(client, pieces, worlds)), 2)
    yield Row("a chunk on Dask beyond its work", f"{(there - here / 2) / count * 1e3:.1f} ms")



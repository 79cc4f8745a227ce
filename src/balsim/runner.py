"""Run a design: work out what is missing, run it chunk by chunk, write everything down."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from omegaconf import DictConfig

from balsim import config, rule, scenario
from balsim.design import Design
from balsim.engines.batch import Batch, default_threads, run_batch
from balsim.measures import TICK
from balsim.params import BadInput
from balsim.results import Results, open_results
from balsim.scenario import Scenario
from balsim.shocks import Shocks, draw
from balsim.store import Store, checksum, digest, write_text
from balsim.tables import panel_table, runs_table, trajectories_table
from balsim.world import Start

__all__ = ["Results", "join", "open_results", "run", "run_design", "verify"]

# A chunk is a second or two of work, and its yearly measures stay within this many bytes.
_CHUNK_BYTES = 96e6
_CHUNK_DECISIONS = 3e6
LIBRARIES = ("balsim", "numba", "numpy", "scipy", "pandas", "pyarrow", "mesa", "hydra-core", "matplotlib")


def run(cfg: DictConfig) -> Results:
    """Run the design of a configuration, or what is missing of it, in its output folder.

    Raises BadInput. Points that the folder holds already (same parameters, scenario, seed, years and result-bearing
    code) are not run again; a point with another number of runs is, and its old rows are checked against the new.
    """
    return run_design(cfg, Design.from_config(cfg))


def run_design(cfg: DictConfig, design: Design) -> Results:
    """As `run`, for a design that is no grid over the axes of the configuration (a Latin hypercube, say)."""
    started = time.perf_counter()
    worlds = [scenario.build(settings, design.seed, design.runs) for settings in design.scenario_settings]
    store = Store(config.default_out(cfg))
    store.prepare()
    (store.out / "manifest.json").unlink(missing_ok=True)
    keys = point_keys(design)
    done = store.done()
    missing = np.array([k for k, key in enumerate(keys) if done.get(key) != design.runs], dtype=np.int64)
    if cfg.record.panel > 0 and not _holds_panel(store, cfg, keys):
        missing = np.arange(len(keys))
    with _progress(cfg, design, missing) as advance:
        for chunk, world, shocks in _chunks(design, worlds, missing, cfg.record.panel):
            batch = _run_points(cfg, design, chunk, world, shocks)
            _save(store, design, keys, chunk, world, batch, done, cfg.record.panel > 0)
            advance(len(chunk) * design.runs)
    store.finish(keys, design.runs)
    return _complete(cfg, design, worlds, store, keys, len(missing), time.perf_counter() - started)


def join(folders: Sequence[Path], out: Path) -> Results:
    """One design from several that swept the same keys: their rows in one table, in the order given.

    Raises BadInput where they do not have the same axes.
    """
    parts = [open_results(folder) for folder in folders]
    axes: dict[str, list[Any]] = {}
    for part in parts:
        if axes and set(part.axes) != set(axes):
            raise BadInput(f"'{part.out}' sweeps {', '.join(part.axes) or 'nothing'}, not {', '.join(axes)}")
        for name, found in part.axes.items():
            axes[name] = list(dict.fromkeys([*axes.get(name, []), *found]))
    store = Store(out)
    store.prepare()
    for part in parts:
        tables = {"runs": part._runs_table(), "trajectories": part._table("trajectories")}
        store.save(part.manifest["points"], part.manifest["design"]["runs"], tables)
    first = parts[0].manifest
    points = list(dict.fromkeys(point for part in parts for point in part.manifest["points"]))
    store.finish(points, first["design"]["runs"])
    notes = list(dict.fromkeys(note for part in parts for note in part.notes))
    manifest = {
        **{name: first[name] for name in ("balsim", "source", "versions", "platform", "configuration", "key")},
        "design": {**first["design"], "axes": axes},
        "joined": [os.path.relpath(folder, out) for folder in folders],
        "points": points,
        "notes": notes,
        "counts": {name: sum(part.manifest["counts"][name] for part in parts) for name in first["counts"]},
        "seconds": round(sum(part.manifest["seconds"] for part in parts), 3),
    }
    return _sign(store, manifest)


def verify(out: Path, sample: int = 10) -> list[str]:
    """What is wrong with a stored design: nothing, where checksums hold and a sample of its rows comes out the same.

    sample : number of worlds to run again, drawn at random but the same each time
    """
    results = open_results(out)
    problems = [
        f"{name}: {'missing' if not (out / name).is_file() else 'changed since it was written'}"
        for name, known in results.manifest["checksums"].items()
        if not (out / name).is_file() or checksum(out / name) != known
    ]
    if problems:
        return problems
    if "joined" in results.manifest:
        return [f"{part}: {p}" for part in results.manifest["joined"] for p in verify(out / part, sample)]
    cfg = config.compose(directory=out, name="config")
    design = Design.from_config(cfg)
    keys = point_keys(design)
    if keys != results.manifest["points"]:
        return ["the result-bearing code or its libraries have changed since: run again, or use the version it names"]
    rng = np.random.default_rng(0)
    picks = rng.choice(len(keys) * design.runs, size=min(sample, len(keys) * design.runs), replace=False)
    worlds = [scenario.build(settings, design.seed, design.runs) for settings in design.scenario_settings]
    stored = results._runs_table()
    for pick in sorted(picks.tolist()):
        k, r = divmod(pick, design.runs)
        world = worlds[design.scenario_of[k]]
        shocks = draw(design.seed, range(r, r + 1), design.years, len(world.codes))
        variant = 0 if world.start.economy.shape[0] == 1 else r
        start = Start(*(figures[variant : variant + 1] for figures in world.start))
        batch = run_batch(start, design.records[k : k + 1], shocks)
        again = runs_table([keys[k]], design.points.iloc[k : k + 1], batch.outcomes, r)
        if not _same_rows(again, stored.slice(pick, 1)):
            problems.append(f"point {k} ({keys[k]}), run {r}: differs when run again")
    return problems


def point_keys(design: Design) -> list[str]:
    """Key of each point: parameters, scenario, seed, years, and the code and libraries that bear on results."""
    common = json.dumps([design.seed, design.years, result_hash()])
    settings = [json.dumps([s, _file_hash(s)], sort_keys=True, default=str) for s in design.scenario_settings]
    before = [hashlib.sha256(f"{common}\n{section}".encode()) for section in settings]
    found = []
    for scenario_index, record in zip(design.scenario_of, design.records, strict=True):
        point = before[scenario_index].copy()
        point.update(record.tobytes())
        found.append(point.hexdigest()[:16])
    return found


@cache
def result_hash() -> str:
    """Hash of the result-bearing modules and of the versions of numba and numpy."""
    parts = [rule.source_hash(), version("numba"), version("numpy")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _file_hash(settings: dict[str, Any]) -> list[str]:
    """Checksums of the user's own scenario files, whose content is part of what a point is."""
    if not settings.get("file"):
        return []
    path = Path(settings["file"])
    return [checksum(p) for p in (path, path.with_name(f"{path.stem}_pairs.csv")) if p.is_file()]


def _chunks(
    design: Design, worlds: Sequence[Scenario], missing: np.ndarray, panel: int
) -> Iterator[tuple[np.ndarray, Scenario, Shocks]]:
    """The points still to run, in chunks of one scenario, with their shocks (drawn once for systems of equal size)."""
    shocks: dict[int, Shocks] = {}
    for s, world in enumerate(worlds):
        here = missing[design.scenario_of[missing] == s]
        if len(here) == 0:
            continue
        n = len(world.codes)
        if n not in shocks:
            shocks = {n: draw(design.seed, range(design.runs), design.years, n)}
        row_bytes = (design.years + 1) * 8 * (design.runs * len(TICK) + panel * n * 21)
        each = max(1, int(min(_CHUNK_BYTES / row_bytes, _CHUNK_DECISIONS / (design.runs * design.years * (n - 1)))))
        for first in range(0, len(here), each):
            yield here[first : first + each], world, shocks[n]


def _run_points(cfg: DictConfig, design: Design, chunk: np.ndarray, world: Scenario, shocks: Shocks) -> Batch:
    if cfg.engine == "mesa":
        from balsim.engines.agents import run_points

        return run_points(world, design.records[chunk], shocks, cfg.record.panel)
    return run_batch(world.start, design.records[chunk], shocks, cfg.record.panel, cfg.threads)


def _save(
    store: Store, design: Design, keys: Sequence[str], chunk: np.ndarray, world: Scenario, batch: Batch,
    done: dict[str, int], panel: bool,
) -> None:  # fmt: skip
    """Store a chunk, after checking rows that the folder already had of its points."""
    mine, points = [keys[k] for k in chunk], design.points.iloc[chunk]
    tables = {
        "runs": runs_table(mine, points, batch.outcomes),
        "trajectories": trajectories_table(mine, points, batch.trajectories),
    }
    if panel:
        tables["panel"] = panel_table(mine, points, batch.panels, world.codes)
    for k, key in enumerate(mine):
        old = store.old_rows(key) if key in done else None
        if old is not None:
            shared = min(len(old), design.runs)
            if not _same_rows(old.slice(0, shared), tables["runs"].slice(k * design.runs, shared)):
                raise RuntimeError(f"{store.out}: rows of point {key} differ when run again; see balsim verify")
    store.save(mine, design.runs, tables)


def _same_rows(a: pa.Table, b: pa.Table) -> bool:
    """Whether two tables hold the same bytes."""
    return digest(a) == digest(b)


def _holds_panel(store: Store, cfg: DictConfig, keys: Sequence[str]) -> bool:
    """Whether a finished panel of these points with so many runs is there."""
    panel = store.read("panel")
    if panel is None:
        return False
    return set(panel["point"].unique().to_pylist()) == set(keys) and len(panel["run"].unique()) == cfg.record.panel


def _complete(
    cfg: DictConfig, design: Design, worlds: Sequence[Scenario], store: Store, keys: Sequence[str], ran: int,
    seconds: float,
) -> Results:  # fmt: skip
    """Write cells, configuration and manifest."""
    write_text(config.as_yaml(cfg), store.out / "config.yaml")
    total = len(design) * design.runs
    manifest = {
        "balsim": version("balsim"),
        "source": result_hash(),
        "versions": {name: version(name) for name in LIBRARIES},
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine(),
                     "processors": os.cpu_count(), "threads": cfg.threads or default_threads()},
        "configuration": {k: v for k, v in config.resolved(cfg).items() if k not in {"out", "config_dir"}},
        "key": config.key(cfg),
        "design": {"name": design.name, "question": design.question, "axes": design.axes, "pinned": design.pinned,
                   "runs": design.runs, "years": design.years, "seed": design.seed},
        "states": [list(world.codes) for world in worlds],
        "points": list(keys),
        "notes": list(dict.fromkeys(note for world in worlds for note in world.notes)),
        "counts": {"asked": total, "done": total, "failed": 0, "reused": total - ran * design.runs},
        "seconds": round(seconds, 3),
    }  # fmt: skip
    return _sign(store, manifest)


def _sign(store: Store, manifest: dict[str, Any]) -> Results:
    """Write the cells, then the manifest with digests of the tables and checksums of the files."""
    results = Results(store.out, manifest)
    write_text(results.cells.to_csv(index=False), store.out / "cells.csv")
    manifest["digests"] = results.digests()
    files = [*sorted((store.out / "runs").glob("*.parquet")), *(store.out / f for f in
             ("trajectories.parquet", "panel.parquet", "cells.csv", "config.yaml"))]  # fmt: skip
    manifest["checksums"] = {f.relative_to(store.out).as_posix(): checksum(f) for f in files if f.is_file()}
    store.write_manifest(manifest)
    return results


@contextmanager
def _progress(cfg: DictConfig, design: Design, missing: np.ndarray) -> Iterator[Any]:
    """A progress bar in worlds, with rate and time left; silent where there is nothing to run or progress is off."""
    worlds = len(missing) * design.runs
    reused = (len(design) - len(missing)) * design.runs
    if not cfg.progress or worlds == 0:
        yield lambda _: None
        return
    if reused:
        print(f"{reused:,} worlds are there already; {worlds:,} to run", file=sys.stderr)
    if not rule.compiled_before():
        print("Compiling the rules of the model (once after installing; about 20 s) …", file=sys.stderr)
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True,
    ) as bar:  # fmt: skip
        task, began = bar.add_task("worlds", total=worlds, rate=""), time.perf_counter()

        def advance(count: int) -> None:
            bar.advance(task, count)
            bar.update(task, rate=f"{bar.tasks[0].completed / (time.perf_counter() - began):,.0f}/s")

        yield advance

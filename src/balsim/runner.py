"""Run a design: work out what is missing, run it chunk by chunk, write everything down."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from omegaconf import DictConfig

from balsim import config, results, rule
from balsim.chunks import Chunk, Tables, cut
from balsim.cluster import workers
from balsim.design import Design
from balsim.engines.batch import default_threads
from balsim.files import checksum, digest, locked, plain, write_text
from balsim.keys import point_keys, result_hash
from balsim.params import BadInput
from balsim.results import Results
from balsim.scenario import Scenario
from balsim.store import MANIFEST, Asked, Found, Store, labels_hash
from balsim.tables import labels_table
from balsim.verify import verify

__all__ = ["Results", "join", "open_results", "run", "run_design", "verify"]

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
    worlds = design.worlds()
    keys = point_keys(design)
    asked = Asked(labels_table(keys, design.points), design.runs, cfg.record.panel, result_hash())
    store = Store(config.default_out(cfg))
    with locked(store.out):
        before = None if cfg.fresh else store.complete(asked)
        if before is None:
            found = store.begin(asked, cfg.fresh)
            done = store.done(asked)
            missing = np.array([k for k, key in enumerate(keys) if key not in done], dtype=np.int64)
            _announce(found, store.out)
            _work(cfg, design, worlds, store, asked, missing)
            store.finish(asked)
        else:
            missing = np.empty(0, dtype=np.int64)
        manifest = _manifest(cfg, design, worlds, asked, len(missing), time.perf_counter() - started)
        return _complete(cfg, store, manifest, before)


def _work(cfg: DictConfig, design: Design, worlds: Sequence[Scenario], store: Store, asked: Asked,
          missing: np.ndarray) -> None:  # fmt: skip
    """Run and store the missing points."""
    if len(missing) == 0:
        return
    chunks = cut(design, asked.points, worlds, missing, cfg.record.panel, cfg.engine)
    before = store.counts()
    with workers(cfg) as work_off, _progress(cfg, design, missing) as advance:
        for chunk, tables in work_off(chunks, worlds):
            _check_old_rows(store, chunk, tables, before)
            store.save(asked, chunk.keys, tables)
            advance(len(chunk) * design.runs)


def join(folders: Sequence[Path], out: Path) -> Results:
    """One design from several that swept the same keys: their rows in one table, in the order given.

    Raises BadInput where they differ in their axes, seed, years, runs or code.
    """
    parts = [results.open_results(folder) for folder in folders]
    first = parts[0].manifest
    axes: dict[str, list[Any]] = {}
    for part in parts:
        if axes and set(part.axes) != set(axes):
            raise BadInput(f"'{part.out}' sweeps {', '.join(part.axes) or 'nothing'}, not {', '.join(axes)}")
        for name in ("seed", "years", "runs", "panel"):
            if part.manifest["design"][name] != first["design"][name]:
                raise BadInput(f"'{part.out}' has {name}={part.manifest['design'][name]}, '{parts[0].out}' has not")
        if part.manifest["source"] != first["source"]:
            raise BadInput(f"'{part.out}' is of other code or libraries than '{parts[0].out}': run both again")
        for name, found in part.axes.items():
            axes[name] = list(dict.fromkeys([*axes.get(name, []), *found]))
    labels = [plain(part.read_table("runs", ["point", *axes], {"run": 0})) for part in parts]
    asked = Asked(_distinct(pa.concat_tables(labels)), first["design"]["runs"], first["design"]["panel"],
                  first["source"])  # fmt: skip
    store = Store(out)
    with locked(out):
        store.begin(asked)
        for part in parts:
            if not set(part.manifest["points"]) <= store.done(asked):
                store.save(asked, part.manifest["points"], {kind: part.read_table(kind) for kind in asked.kinds})
        store.finish(asked)
        manifest = {
            **{name: first[name] for name in ("balsim", "source", "versions", "platform", "configuration", "key")},
            "design": {**first["design"], "axes": axes, "labels": labels_hash(asked.labels)},
            "joined": [os.path.relpath(folder, out) for folder in folders],
            "points": asked.points,
            "notes": list(dict.fromkeys(note for part in parts for note in part.notes)),
            "counts": {name: sum(part.manifest["counts"][name] for part in parts) for name in first["counts"]},
            "seconds": round(sum(part.manifest["seconds"] for part in parts), 3),
        }
        return _complete(None, store, manifest, None)


def _distinct(labels: pa.Table) -> pa.Table:
    """The first row of each point."""
    points = labels["point"].to_pylist()
    first: dict[str, int] = {}
    for k, point in enumerate(points):
        first.setdefault(point, k)
    return labels.take(list(first.values()))


def open_results(out: str | Path) -> Results:
    """A stored design; where the folder holds the designs of a Hydra sweep instead, these joined in one.

    Raises BadInput where there is neither.
    """
    folder = Path(out)
    if not (folder / MANIFEST).is_file():
        jobs = [path.parent for path in folder.glob(f"*/{MANIFEST}") if path.parent.name.isdigit()]
        if jobs:
            return join(sorted(jobs, key=lambda path: int(path.name)), folder)
    return results.open_results(folder)


def _check_old_rows(store: Store, chunk: Chunk, tables: Tables, before: set[str]) -> None:
    """Compare a chunk with rows that the folder has of its points, with another number of runs."""
    for k, key in enumerate(chunk.keys):
        old = store.old_rows(key) if key in before else None
        if old is None:
            continue
        shared = min(len(old), chunk.runs)
        new = tables["runs"].slice(k * chunk.runs, shared)
        outcomes = new.column_names[new.column_names.index("run") :]
        if digest(old.slice(0, shared).select(outcomes)) != digest(new.select(outcomes)):
            raise RuntimeError(f"{store.out}: rows of point {key} differ when run again; see balsim verify")


def _manifest(cfg: DictConfig, design: Design, worlds: Sequence[Scenario], asked: Asked, ran: int,
              seconds: float) -> dict[str, Any]:  # fmt: skip
    """Provenance of a design, without checksums."""
    total = len(design) * design.runs
    return {
        "balsim": version("balsim"),
        "source": asked.source,
        "versions": {name: version(name) for name in LIBRARIES},
        "platform": {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine(),
                     "processors": os.cpu_count(), "threads": cfg.threads or default_threads(),
                     "cluster": cfg.cluster.kind},
        "configuration": {k: v for k, v in config.resolved(cfg).items() if k not in {"out", "config_dir"}},
        "key": config.key(cfg),
        "design": {"name": design.name, "question": design.question, "axes": design.axes, "pinned": design.pinned,
                   "runs": design.runs, "years": design.years, "seed": design.seed, "panel": asked.panel,
                   "labels": labels_hash(asked.labels)},
        "states": [list(world.codes) for world in worlds],
        "points": asked.points,
        "notes": list(dict.fromkeys(note for world in worlds for note in world.notes)),
        "counts": {"asked": total, "done": total, "failed": 0, "reused": total - ran * design.runs},
        "seconds": round(seconds, 3),
    }  # fmt: skip


def _complete(cfg: DictConfig | None, store: Store, manifest: dict[str, Any], before: dict[str, Any] | None) -> Results:
    """Write the cells and the configuration, then the manifest with digests of the tables and checksums of the files.

    cfg : None where the design has no configuration of its own
    before : the manifest of the same tables, where nothing of them has changed
    """
    found = Results(store.out, manifest)
    if before is None:
        write_text(found.cells.to_csv(index=False), store.out / "cells.csv")
    if cfg is not None:
        write_text(config.as_yaml(cfg), store.out / "config.yaml")
    manifest["digests"] = found.digests() if before is None else before["digests"]
    known = {} if before is None else {k: v for k, v in before["checksums"].items() if k != "config.yaml"}
    names = ("trajectories.parquet", "panel.parquet", "cells.csv", "config.yaml")
    files = [path for path in (*store.parts(), *(store.out / name for name in names)) if path.is_file()]
    relative = {path.relative_to(store.out).as_posix(): path for path in files}
    manifest["checksums"] = {name: known.get(name) or checksum(path) for name, path in relative.items()}
    store.write_manifest(manifest)
    store.close()
    return found


def _announce(found: Found, out: Path) -> None:
    """Say on stderr what of the folder cannot be used."""
    if found.other_code:
        print(f"{found.other_code:,} worlds of other code or libraries are set aside ({out / 'aside'}), not used",
              file=sys.stderr)  # fmt: skip
    if found.damaged:
        print(f"damaged, run again: {', '.join(found.damaged)}", file=sys.stderr)


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

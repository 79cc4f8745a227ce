"""Results on disk that survive a crash, and are never mixed with results of other code.

A design's folder holds ``runs/*.parquet`` (a part per chunk of points, each with all runs of its points), and after
the end ``trajectories.parquet`` and, on request, ``panel.parquet``. While a design runs, the trajectories and panels
of finished chunks wait in ``.chunks/``. Rows that the folder has but the design does not ask for (points outside a
narrower grid, results of other code) are kept in ``aside/``, out of every table, until they are asked for again.

What makes it safe: every file is written beside its place, flushed and renamed, and the names of parts end in their
checksum, so that what is there is whole and what is damaged is noticed; a row is removed only after the file that
replaces it is there; the manifest is written last. Rows carry the key of their point, which covers parameters,
scenario, seed, years and the result-bearing code. One process at a time works on a folder (`files.locked`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from balsim import reading
from balsim.files import (
    TEMPORARY,
    checksum,
    digest,
    is_sound,
    meta_of,
    rank,
    sound_groups,
    write_groups,
    write_part,
    write_text,
)  # fmt: skip

__all__ = ["MANIFEST", "Asked", "Store", "checksum", "digest", "write_text"]

RUNS, CHUNKS, ASIDE = "runs", ".chunks", "aside"
TABLES = ("trajectories", "panel")
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Asked:
    """What a design wants of a store.

    labels : (P rows) key of each point in column `point`, then its swept values, in the order of the design
    runs : worlds a point; panel : how many of them are recorded state by state; source : hash of the code
    """

    labels: pa.Table
    runs: int
    panel: int
    source: str

    @cached_property
    def points(self) -> list[str]:
        return self.labels["point"].to_pylist()

    def count(self, kind: str) -> int:
        """Worlds a point that a file of this kind must cover."""
        return self.panel if kind == "panel" else self.runs

    @property
    def kinds(self) -> tuple[str, ...]:
        return (RUNS, *TABLES) if self.panel else (RUNS, TABLES[0])


@dataclass
class Found:
    """What a folder held when it was opened: worlds of other code, and files that were damaged."""

    other_code: int = 0
    damaged: list[str] = field(default_factory=list)


class Store:
    """The folder of one design."""

    def __init__(self, out: Path) -> None:
        self.out = out
        # Where each point with so many runs is, by kind of table.
        self._where: dict[str, dict[tuple[str, int], Path]] = {}

    # ---- while a design runs (under `files.locked`)

    def begin(self, asked: Asked, fresh: bool = False) -> Found:
        """Look at what is there. Damaged files are removed; with `fresh`, so is everything else of the design."""
        for name in (RUNS, CHUNKS):
            (self.out / name).mkdir(parents=True, exist_ok=True)
        found = Found()
        for folder in (self.out, *(self.out / name for name in (RUNS, CHUNKS, ASIDE))):
            for left in folder.glob(f"*{TEMPORARY}"):
                left.unlink()
        self._reopen(asked, found)
        points = set(asked.points)
        self._where = {kind: {} for kind in (RUNS, *TABLES)}
        for path in self._files():
            meta = meta_of(path)
            if meta is not None and path.parent.name == ASIDE and points.isdisjoint(meta["points"]):
                continue
            if meta is None or not is_sound(path):
                path.unlink()
                found.damaged.append(path.relative_to(self.out).as_posix())
            elif fresh and not points.isdisjoint(meta["points"]):
                path.unlink()
            else:
                if meta["kind"] == RUNS and meta["source"] != asked.source:
                    found.other_code += len(meta["points"]) * meta["runs"]
                for point in meta["points"]:
                    self._where[meta["kind"]].setdefault((point, meta["runs"]), path)
        return found

    def done(self, asked: Asked) -> set[str]:
        """Points of which everything asked for is stored."""
        return {p for p in asked.points if all((p, asked.count(k)) in self._where[k] for k in asked.kinds)}

    def save(self, asked: Asked, points: Sequence[str], tables: Mapping[str, pa.Table]) -> None:
        """Write a finished chunk: its runs last, since they are what marks it as done.

        tables : "runs", "trajectories" and, where asked for, "panel", each with a column `point`
        Raises Unfinished.
        """
        for kind in reversed(asked.kinds):
            path = self._write(kind, tables[kind], points, asked.count(kind), asked.source, asked.labels)
            for point in points:
                self._where[kind][point, asked.count(kind)] = path

    def old_rows(self, point: str) -> pa.Table | None:
        """Rows of one point, whatever their number of runs; None where there are none."""
        for (stored, _), path in self._where[RUNS].items():
            if stored == point:
                return pq.read_table(path, filters=[("point", "=", point)])
        return None

    def counts(self) -> set[str]:
        """Points of which rows are stored, whatever their number."""
        return {point for point, _ in self._where[RUNS]}

    def finish(self, asked: Asked) -> None:
        """Leave exactly the rows asked for in runs/ and one file each of trajectories and panel; the rest aside.

        Chunks stay until `close`, after the manifest is written. Raises Unfinished.
        """
        for kind in (RUNS, *TABLES):
            chosen = self._chosen(kind, asked) if kind in asked.kinds else {}
            if kind == RUNS:
                keep = {self._settle(path, points, asked) for path, points in _by_file(chosen)}
            else:
                keep = set(chosen.values())
                if chosen:
                    self._merge(kind, chosen, asked)
            for path in self._files(kind):
                self._put_aside(path, asked, keep)

    def close(self) -> None:
        """Remove the chunks, which the finished tables now hold."""
        for chunk in (self.out / CHUNKS).glob("*"):
            chunk.unlink()
        if (self.out / CHUNKS).is_dir():
            (self.out / CHUNKS).rmdir()

    def complete(self, asked: Asked) -> dict[str, Any] | None:
        """The manifest, where the folder holds exactly what is asked for and every file is as it was written."""
        manifest = read_manifest(self.out)
        if manifest is None or "checksums" not in manifest:
            return None
        wanted = [asked.points, asked.runs, asked.panel, asked.source, labels_hash(asked.labels)]
        design = manifest["design"]
        if wanted != [manifest["points"], design["runs"], design["panel"], manifest["source"], design["labels"]]:
            return None
        return None if damaged(self.out, manifest) else manifest

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, last of all: its presence says that the folder is complete. Raises Unfinished."""
        write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", self.out / MANIFEST)

    # ---- of a finished design

    def parts(self) -> list[Path]:
        """Files that hold the rows, one row a world."""
        return sorted((self.out / RUNS).glob("*.parquet"))

    def paths(self, kind: str) -> list[Path]:
        """Files of a finished table: "runs", "trajectories" or "panel"; empty where there is none."""
        if kind == RUNS:
            return self.parts()
        path = self.out / f"{kind}.parquet"
        return [path] if path.is_file() else []

    # ---- within

    def _files(self, kind: str | None = None) -> list[Path]:
        """Parts and chunks. Those in their place come first: of a point in two files, the first counts."""
        found = [p for name in (RUNS, CHUNKS, ASIDE) for p in sorted((self.out / name).glob("*.parquet"))]
        return [p for p in found if kind is None or p.name.startswith(f"{_STEMS[kind]}-")]

    def _reopen(self, asked: Asked, found: Found) -> None:
        """Make a finished folder one that is being worked on: its tables become chunks again, what is sound of them.

        The old manifest, with the checksums, goes first; tables without one are of a design that did not end, and
        their chunks are still there.
        """
        before = self.out / CHUNKS / MANIFEST
        if (self.out / MANIFEST).is_file():
            os.replace(self.out / MANIFEST, before)
        known = (_read_json(before) or {}).get("checksums", {})
        for kind in TABLES:
            path = self.out / f"{kind}.parquet"
            if not path.is_file():
                continue
            found_sum = checksum(path)
            if known.get(path.name) == found_sum:
                name = f"{kind}-{found_sum[16:32]}.{found_sum[:16]}.parquet"
                os.replace(path, self.out / CHUNKS / name)
            elif path.name in known:
                found.damaged.append(path.name)
                meta = meta_of(path) or {}
                for points, table in sound_groups(path):
                    self._write(kind, table, points, meta["runs"], meta["source"], None)
                path.unlink()
            else:
                path.unlink()
        before.unlink(missing_ok=True)

    def _write(self, kind: str, table: pa.Table, points: Sequence[str], runs: int, source: str,
               labels: pa.Table | None, folder: str | None = None) -> Path:  # fmt: skip
        """Write a part or chunk. labels : of the design whose swept values the rows carry; None where not known."""
        stem = hashlib.sha256(json.dumps([list(points), runs]).encode()).hexdigest()[:16]
        swept = None if labels is None else labels_hash(_of(labels, points))
        meta = {"kind": kind, "points": list(points), "runs": runs, "source": source, "labels": swept}
        where = self.out / (folder or (RUNS if kind == RUNS else CHUNKS))
        where.mkdir(exist_ok=True)
        return write_part(table, where, f"{_STEMS[kind]}-{stem}", meta)

    def _chosen(self, kind: str, asked: Asked) -> dict[str, Path]:
        """The file to take each point from; those that lay aside are brought back."""
        chosen = {p: self._where[kind][p, asked.count(kind)] for p in asked.points}
        place = self.out / (RUNS if kind == RUNS else CHUNKS)
        moved = {path: _move(path, place) for path in set(chosen.values())}
        return {point: moved[path] for point, path in chosen.items()}

    def _settle(self, path: Path, points: list[str], asked: Asked) -> Path:
        """Have these points of a part, and only these, in runs/ under the design's swept values."""
        meta = _sure(path)
        if set(meta["points"]) == set(points) and meta["labels"] == labels_hash(_of(asked.labels, meta["points"])):
            return path
        table = relabelled(reading.only(pq.read_table(path), points), asked.labels, "run")
        return self._write(RUNS, table, points, meta["runs"], meta["source"], asked.labels)

    def _merge(self, kind: str, chosen: Mapping[str, Path], asked: Asked) -> None:
        """Bring the chunks of a table into one file, a row group each."""
        first = "run" if kind == "panel" else "tick"

        def groups() -> Iterator[tuple[list[str], pa.Table]]:
            for path, points in _by_file(chosen):
                yield points, relabelled(reading.only(pq.read_table(path), points), asked.labels, first)

        meta = {"kind": kind, "runs": asked.count(kind), "source": asked.source, "labels": labels_hash(asked.labels)}
        write_groups(groups(), self.out / f"{kind}.parquet", meta)

    def _put_aside(self, path: Path, asked: Asked, keep: set[Path]) -> None:
        """Keep in aside/ what of this file is not asked for and not the beginning of something that is."""
        meta = _sure(path)
        wanted = set(asked.points)
        limit = asked.count(meta["kind"])
        rest = [p for p in meta["points"] if p not in wanted or meta["runs"] > limit]
        if rest == meta["points"]:
            if path.parent.name != ASIDE:
                _move(path, self.out / ASIDE)
            return
        if rest:
            table = reading.only(pq.read_table(path), rest)
            self._write(meta["kind"], table, rest, meta["runs"], meta["source"], None, ASIDE)
        if path not in keep:
            path.unlink()


_STEMS = {RUNS: "part", "trajectories": "trajectories", "panel": "panel"}


def read_manifest(out: Path) -> dict[str, Any] | None:
    """The manifest of a folder; None where there is none, or none that can be read."""
    return _read_json(out / MANIFEST)


def damaged(out: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Files of a finished design that are missing or not as they were written, each with which of the two."""
    problems = []
    for name, known in manifest["checksums"].items():
        path = out / name
        if not path.is_file():
            problems.append(f"{name}: missing")
        elif checksum(path) != known:
            problems.append(f"{name}: changed since it was written")
    return problems


def labels_hash(labels: pa.Table) -> str:
    """Short hash of the swept values of points."""
    return digest(labels)[:16]


def relabelled(table: pa.Table, labels: pa.Table, first: str) -> pa.Table:
    """The table with the swept values of `labels` by point, and in its order of points.

    first : the first column that is no swept value
    """
    names = table.column_names
    place = rank(table["point"], labels["point"].combine_chunks().cast(pa.string()))
    order = np.argsort(place, kind="stable")
    own = table.select(names[names.index(first) :]).take(order)
    swept = labels.take(place[order])
    return pa.table({name: part[name] for part in (swept, own) for name in part.column_names})


def _of(labels: pa.Table, points: Iterable[str]) -> pa.Table:
    """The rows of some points, in their order."""
    listed = labels["point"].combine_chunks().cast(pa.string())
    return labels.take(rank(pa.chunked_array([pa.array(points, pa.string())]), listed))


def _by_file(chosen: Mapping[str, Path]) -> list[tuple[Path, list[str]]]:
    """Files with the points that are taken from each, in the order of the points."""
    found: dict[Path, list[str]] = {}
    for point, path in chosen.items():
        found.setdefault(path, []).append(point)
    return list(found.items())


def _move(path: Path, folder: Path) -> Path:
    if path.parent != folder:
        folder.mkdir(exist_ok=True)
        os.replace(path, folder / path.name)
    return folder / path.name


def _sure(path: Path) -> dict[str, Any]:
    """What a part says of itself; it was read when the store was opened."""
    meta = meta_of(path)
    if meta is None:
        raise RuntimeError(f"'{path}' was removed or changed while balsim was working")
    return meta


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None

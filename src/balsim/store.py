"""Results on disk that survive a crash, and are never mixed with results of other code.

A design's folder holds ``runs/*.parquet`` (a part per chunk of points, each with all runs of its points), and after
the end ``trajectories.parquet`` and, on request, ``panel.parquet``. While a design runs, the trajectories and panels
of finished chunks wait in ``.chunks/``. Every file is written beside its place, flushed, and renamed: what is there
is whole. Rows carry the key of their point, which covers parameters, scenario, seed, years and the result-bearing
code: a row whose key the design does not ask for is never used.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from balsim.params import BadInput

RUNS, CHUNKS = "runs", ".chunks"
TABLES = ("trajectories", "panel")
MANIFEST = "manifest.json"
_META = b"balsim"


class Store:
    """The folder of one design."""

    def __init__(self, out: Path) -> None:
        self.out = out

    def prepare(self) -> None:
        """Make the folders. Raises BadInput where that cannot be done."""
        try:
            for name in (RUNS, CHUNKS):
                (self.out / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"out={self.out}: cannot be written to ({error.strerror})") from error

    def done(self) -> dict[str, int]:
        """Points of which runs and trajectories are stored, with the number of runs of each.

        A part that cannot be read counts as missing, and is removed: its points will be run again.
        """
        trajectories = self._points_with_trajectories()
        found: dict[str, int] = {}
        for part in self._parts():
            meta = _meta(part)
            if meta is None:
                part.unlink()
                continue
            for point in meta["points"]:
                if point in trajectories:
                    found[point] = meta["runs"]
        return found

    def save(self, points: Sequence[str], runs: int, tables: Mapping[str, pa.Table]) -> None:
        """Write a finished chunk: its runs last, since they are what marks it as done.

        tables : "runs", "trajectories" and, where asked for, "panel", each with a column `point`
        """
        name = hashlib.sha256(json.dumps([list(points), runs]).encode()).hexdigest()[:16]
        meta = {"points": list(points), "runs": runs}
        for kind in TABLES:
            if kind in tables:
                write_table(tables[kind], self.out / CHUNKS / f"{kind}-{name}.parquet", meta)
        write_table(tables[RUNS], self.out / RUNS / f"part-{name}.parquet", meta)

    def finish(self, points: Sequence[str], runs: int) -> None:
        """Leave exactly the rows of these points: parts in runs/, one file each of trajectories and panel."""
        parts = self._parts()
        meta = [_meta(part) or {"points": [], "runs": 0} for part in parts]
        listed = [point for m in meta for point in m["points"]]
        if sorted(listed) != sorted(points) or any(m["runs"] != runs for m in meta):
            rows = self.read_runs(points, runs)
            name = hashlib.sha256("".join(points).encode()).hexdigest()[:16]
            whole = self.out / RUNS / f"whole-{name}.parquet"
            write_table(rows, whole, {"points": list(points), "runs": runs})
            for part in parts:
                if part != whole:
                    part.unlink()
        for kind in TABLES:
            self._merge(kind, points)
        for chunk in (self.out / CHUNKS).glob("*"):
            chunk.unlink()
        (self.out / CHUNKS).rmdir()

    def read_runs(self, points: Sequence[str], runs: int | None = None) -> pa.Table:
        """Rows of the given points in their order, by run. runs : only of parts with so many runs a point."""
        parts = [p for p in self._parts() if runs is None or (_meta(p) or {"runs": 0})["runs"] == runs]
        return _assemble(parts, points, "run")

    def _parts(self) -> list[Path]:
        return sorted((self.out / RUNS).glob("*.parquet"))

    def old_rows(self, point: str) -> pa.Table | None:
        """Rows of one point, whatever their number of runs; None where there are none."""
        for path in self._parts():
            meta = _meta(path)
            if meta is not None and point in meta["points"]:
                return pq.read_table(path, filters=[("point", "=", point)])
        return None

    def read(self, kind: str) -> pa.Table | None:
        """The finished table "trajectories" or "panel"; None where there is none."""
        path = self.out / f"{kind}.parquet"
        return pq.read_table(path) if path.is_file() else None

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, last of all: its presence says that the folder is complete."""
        write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", self.out / MANIFEST)

    def _points_with_trajectories(self) -> set[str]:
        found: set[str] = set()
        for path in [self.out / "trajectories.parquet", *(self.out / CHUNKS).glob("trajectories-*.parquet")]:
            meta = _meta(path) if path.is_file() else None
            if meta is not None:
                found.update(meta["points"])
        return found

    def _merge(self, kind: str, points: Sequence[str]) -> None:
        """Bring the chunks of a table and what was finished before into one file of exactly these points."""
        final = self.out / f"{kind}.parquet"
        chunks = sorted((self.out / CHUNKS).glob(f"{kind}-*.parquet"))
        before = _meta(final) if final.is_file() else None
        if not chunks and (before is None or before["points"] == list(points)):
            return
        write_table(_assemble([*([final] if before else []), *chunks], points, None), final, {"points": list(points)})


def _assemble(paths: Sequence[Path], points: Sequence[str], then: str | None) -> pa.Table:
    """Rows of the points from several files, in the order of the points; of a point in two files, the later counts."""
    newest = {point: path for path in paths for point in (_meta(path) or {"points": []})["points"]}
    parts = []
    for path in dict.fromkeys(newest.values()):
        mine = [point for point in points if newest.get(point) == path]
        table = pq.read_table(path)
        parts.append(table.filter(pc.is_in(table["point"].cast(pa.string()), pa.array(mine, pa.string()))))
    return _in_order(parts, points, then)


def _in_order(parts: Iterable[pa.Table], points: Sequence[str], then: str | None) -> pa.Table:
    """Rows of all parts in the order of the points, and within a point by `then` or as they stood."""
    table = pa.concat_tables([_plain(part) for part in parts], promote_options="permissive")
    place = pa.array(range(len(points)), pa.int64())
    rank = pc.take(place, pc.index_in(table["point"], pa.array(points, pa.string())))
    table = table.append_column(" rank", rank).append_column(" row", pa.array(range(len(table)), pa.int64()))
    table = table.filter(pc.is_valid(table[" rank"]))
    order = pc.sort_indices(table, sort_keys=[(" rank", "ascending"), (then or " row", "ascending")])
    return table.take(order).drop_columns([" rank", " row"])


def _plain(table: pa.Table) -> pa.Table:
    """The table without dictionary encoding, which differs from part to part."""
    for k, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(k, column.name, table[column.name].cast(column.type.value_type))
    return table


def write_table(table: pa.Table, path: Path, meta: Mapping[str, Any]) -> None:
    """Write a Parquet file whole or not at all."""
    schema = table.schema.with_metadata({**(table.schema.metadata or {}), _META: json.dumps(meta).encode()})
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            pq.write_table(table.cast(schema), file, compression="zstd", compression_level=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> None:
    """Write a text file whole or not at all."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file (hexadecimal)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(table: pa.Table) -> str:
    """SHA-256 (hexadecimal) over the raw values of a table, column by column in schema order.

    Two runs gave "the same bytes" where their tables have equal digests; containers and compression are outside it.
    """
    found = hashlib.sha256()
    for name in table.column_names:
        found.update(name.encode())
        column = table[name]
        if pa.types.is_floating(column.type):
            found.update(column.to_numpy().astype("<f8").tobytes())
        else:
            found.update("\x1f".join(map(str, column.to_pylist())).encode())
    return found.hexdigest()


def _meta(path: Path) -> dict[str, Any] | None:
    """What a part says of itself; None where it cannot be read."""
    try:
        raw = (pq.read_schema(path).metadata or {}).get(_META)
    except (OSError, pa.ArrowInvalid):
        return None
    return json.loads(raw) if raw else None

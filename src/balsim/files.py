"""Files that are whole or not there, and checksums that tell whether they still are what was written."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from balsim.errors import Unfinished
from balsim.params import BadInput

TEMPORARY = ".tmp"
_META = b"balsim"
_COMPRESSION: dict[str, Any] = {"compression": "zstd", "compression_level": 1}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` when it is complete and on the disk.

    Raises Unfinished, and leaves what was there, where the disk does not take it.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        yield beside
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        reason = error.strerror or error
        raise Unfinished(f"'{path.parent}' cannot be written to ({reason}); what was finished is kept") from error
    finally:
        beside.unlink(missing_ok=True)


def write_text(text: str, path: Path) -> None:
    """Write a text file whole or not at all."""
    with whole(path) as beside:
        beside.write_text(text, encoding="utf-8")


def write_part(table: pa.Table, folder: Path, stem: str, meta: Mapping[str, Any]) -> Path:
    """Write a Parquet file whose name ends in the checksum of its bytes, so that damage is found without a list."""
    buffer = pa.BufferOutputStream()
    pq.write_table(_with_meta(table, meta), buffer, **_COMPRESSION)
    content = buffer.getvalue()
    path = folder / f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.parquet"
    with whole(path) as beside:
        beside.write_bytes(content)
    return path


def write_groups(groups: Iterable[tuple[list[str], pa.Table]], path: Path, meta: Mapping[str, Any]) -> None:
    """Write several tables as one Parquet file, a row group each, with a digest of each for `sound_groups`.

    groups : (points, their rows), at least one
    """
    with whole(path) as beside:
        writer: pq.ParquetWriter | None = None
        listed = []
        try:
            for points, table in groups:
                writer = writer or pq.ParquetWriter(beside, table.schema, **_COMPRESSION)
                table = table.cast(writer.schema)
                writer.write_table(table, row_group_size=max(1, len(table)))
                listed.append([points, digest(table)])
            if writer is not None:
                content = {**meta, "points": [p for points, _ in listed for p in points], "groups": listed}
                writer.add_key_value_metadata({_META.decode(): json.dumps(content)})
        finally:
            if writer is not None:
                writer.close()


def sound_groups(path: Path) -> Iterator[tuple[list[str], pa.Table]]:
    """What is left of a damaged file of `write_groups`: the groups whose digest still holds, with their points."""
    for k, (points, known) in enumerate((meta_of(path) or {}).get("groups", [])):
        try:
            with pq.ParquetFile(path) as file:
                table = file.read_row_group(k)
            sound = digest(table) == known
        except (OSError, pa.ArrowException, UnicodeDecodeError):
            continue
        if sound:
            yield points, table.replace_schema_metadata(None)


def is_sound(part: Path) -> bool:
    """Whether a file of `write_part` holds the bytes that were written."""
    return checksum(part)[:16] == part.name.split(".")[-2]


def meta_of(path: Path) -> dict[str, Any] | None:
    """What a Parquet file says of itself; None where it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            raw = (file.metadata.metadata or {}).get(_META)
        return json.loads(raw) if raw else None
    except (OSError, pa.ArrowException, ValueError):
        return None


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
        add_column(found, name, table[name])
    return found.hexdigest()


def add_column(found: Any, name: str, column: pa.ChunkedArray) -> None:
    """Add a column to a hash: its name, then numbers in eight bytes each, or texts with their lengths."""
    found.update(f"\x1e{name}\x1f".encode())
    if pa.types.is_floating(column.type):
        found.update(column.to_numpy().astype("<f8").tobytes())
    elif pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        found.update(column.cast(pa.int64()).to_numpy().astype("<i8").tobytes())
    else:
        texts = column.cast(pa.string())
        found.update(pc.binary_length(texts).to_numpy().astype("<i8").tobytes())
        for chunk in texts.chunks:
            found.update("".join(chunk.to_pylist()).encode())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process: a second one that writes to it waits for the first to end, or to be killed.

    Raises BadInput where the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("a+b")
    except OSError as error:
        raise BadInput(f"out={folder}: cannot be written to ({error.strerror})") from error
    with file:
        if not _try_lock(file.fileno()):
            print(f"another balsim is writing to {folder}; waiting for it to end …", file=sys.stderr)
            _wait_for_lock(file.fileno())
        yield


# The lock ends with the process that holds it, however that ends.
_try_lock: Callable[[int], bool]
_wait_for_lock: Callable[[int], None]
if sys.platform == "win32":
    import msvcrt
    import time

    def _try_lock(number: int) -> bool:
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait_for_lock(number: int) -> None:
        while not _try_lock(number):
            time.sleep(0.2)
else:
    import fcntl

    def _try_lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait_for_lock(number: int) -> None:
        fcntl.flock(number, fcntl.LOCK_EX)


def _with_meta(table: pa.Table, meta: Mapping[str, Any]) -> pa.Table:
    return table.replace_schema_metadata({_META: json.dumps(meta).encode()})


def plain(table: pa.Table) -> pa.Table:
    """The table without dictionary encoding, which differs from part to part."""
    for k, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(k, column.name, table[column.name].cast(column.type.value_type))
    return table


def rank(points: pa.ChunkedArray, order: pa.Array) -> np.ndarray:
    """Place of each point in `order`; −1 where it has none."""
    return pc.fill_null(pc.index_in(points.cast(pa.string()), order), -1).to_numpy()

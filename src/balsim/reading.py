"""Reading stored tables: some columns, some rows, always in the order of the design."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from balsim.files import add_column, plain, rank
from balsim.params import BadInput, nearest

Where: TypeAlias = "Mapping[str, Any] | pc.Expression"
"""Which rows: a value, or a list of values, for each of some columns; or any condition that pyarrow knows."""

# Columns are read for a digest so many bytes at a time.
_BYTES = 256e6


def read(paths: Sequence[Path], points: Sequence[str], then: str | None, columns: Iterable[str] | None = None,
         where: Where | None = None) -> pa.Table:  # fmt: skip
    """Rows of stored files in the order of the points, and within a point by `then`, or as they stand.

    columns : names, None for all; where : which rows. Only what is asked for is read.
    Raises BadInput for an unknown column.
    """
    data = ds.dataset([str(path) for path in paths], format="parquet")
    known = data.schema.names
    wanted = known if columns is None else list(columns)
    for name in [*wanted, *(where if isinstance(where, Mapping) else ())]:
        if name not in known:
            raise BadInput(f"the stored rows have no column '{name}'{nearest(name, known)}")
    needed = list(dict.fromkeys([*wanted, "point", *([then] if then else [])]))
    table = data.to_table(columns=needed, filter=_condition(where)).unify_dictionaries()
    order = _order(table, points, then)
    return (table if order is None else table.take(order)).select(wanted)


def only(table: pa.Table, points: Sequence[str]) -> pa.Table:
    """The rows of some points."""
    return table.filter(pc.is_in(table["point"].cast(pa.string()), pa.array(points, pa.string())))


def digest_of(paths: Sequence[Path], points: Sequence[str], then: str | None) -> str:
    """`files.digest` of `read(paths, points, then)`, in little memory."""
    data = ds.dataset([str(path) for path in paths], format="parquet")
    key = data.to_table(columns=["point", *([then] if then else [])])
    order = _order(key, points, then)
    each = max(1, int(_BYTES / (8 * max(1, len(key)))))
    found = hashlib.sha256()
    names = data.schema.names
    for first in range(0, len(names), each):
        some = data.to_table(columns=names[first : first + each]).unify_dictionaries()
        for name in some.column_names:
            column = some[name]
            add_column(found, name, column if order is None else column.take(order))
    return found.hexdigest()


def blocks(paths: Sequence[Path], rows: int = 100_000) -> Iterator[pa.Table]:
    """The stored rows, some files at a time: at least `rows` rows in each block but the last."""
    waiting: list[pa.Table] = []
    for path in paths:
        waiting.append(plain(pq.read_table(path)))
        if sum(map(len, waiting)) >= rows or path == paths[-1]:
            yield pa.concat_tables(waiting)
            waiting = []


def _condition(where: Where | None) -> pc.Expression | None:
    if where is None or isinstance(where, pc.Expression):
        return where
    condition: pc.Expression | None = None
    for name, value in where.items():
        values = list(value) if isinstance(value, (list, tuple, set, range, np.ndarray)) else [value]
        # A text column may be stored as a dictionary, which cannot be compared with a list of texts.
        column = pc.field(name).cast(pa.string()) if isinstance(values[0], str) else pc.field(name)
        one = column.isin(values) if len(values) != 1 else column == values[0]
        condition = one if condition is None else condition & one
    return condition


def _order(table: pa.Table, points: Sequence[str], then: str | None) -> np.ndarray | None:
    """Row numbers in the order of the points; None where the rows stand so already."""
    place = rank(table["point"], pa.array(points, pa.string()))
    keys = (place,) if then is None else (table[then].to_numpy(), place)
    order = np.lexsort(keys)
    return None if np.array_equal(order, np.arange(len(order))) else order

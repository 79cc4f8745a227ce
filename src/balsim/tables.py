"""From the arrays of an engine to tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from balsim.engines.batch import STATISTICS
from balsim.measures import OUTCOMES, PANEL, PATHS, TICK
from balsim.params import STRATEGIES

YEARS_OF_EVENTS = ("tick_tipped", "tick_soft")
TRUTHS = ("tipped", "soft_phase", "reversed")
COUNTS = tuple(name for name in OUTCOMES if name.startswith(("from_", "instrument_")))


def labels_table(keys: Sequence[str], points: pd.DataFrame) -> pa.Table:
    """A row per point: its key in column `point`, and its swept values."""
    return pa.table(_point_columns(keys, points, 1))


def runs_table(keys: Sequence[str], points: pd.DataFrame, outcomes: np.ndarray, first_run: int = 0) -> pa.Table:
    """A row per world.

    keys : (P,) keys of the points; points : (P rows) swept values; outcomes : (P, R, len(OUTCOMES))
    Years of events that never happened are null.
    """
    count, runs = outcomes.shape[:2]
    columns = _point_columns(keys, points, runs)
    columns["run"] = pa.array(np.tile(np.arange(first_run, first_run + runs), count))
    for k, name in enumerate(OUTCOMES):
        values = outcomes[:, :, k].reshape(-1)
        if name == "phase":
            columns[name] = _coded(values, STRATEGIES)
        elif name == "path":
            columns[name] = _coded(values, PATHS)
        elif name in TRUTHS:
            columns[name] = pa.array(values > 0.5)
        elif name in YEARS_OF_EVENTS:
            columns[name] = pa.array(np.where(values < 0.0, np.nan, values), from_pandas=False)
        elif name in COUNTS:
            columns[name] = pa.array(values.astype(np.int64))
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)


def trajectories_table(keys: Sequence[str], points: pd.DataFrame, trajectories: np.ndarray) -> pa.Table:
    """A row per point, tick and measure; trajectories : (P, T + 1, len(TICK), len(STATISTICS))."""
    count, ticks, measures = trajectories.shape[:3]
    columns = _point_columns(keys, points, ticks * measures)
    columns["tick"] = pa.array(np.tile(np.repeat(np.arange(ticks), measures), count))
    columns["measure"] = _repeated(np.tile(np.arange(measures), count * ticks), TICK)
    for k, name in enumerate(STATISTICS):
        columns[name] = pa.array(trajectories[..., k].reshape(-1))
    return pa.table(columns)


def panel_table(keys: Sequence[str], points: pd.DataFrame, panels: np.ndarray, codes: Sequence[str]) -> pa.Table:
    """A row per recorded world, year and state; panels : (P, K, T + 1, N, len(PANEL)); codes : (N,) of the states."""
    count, kept, ticks, states = panels.shape[:4]
    columns = _point_columns(keys, points, kept * ticks * states)
    columns["run"] = pa.array(np.tile(np.repeat(np.arange(kept), ticks * states), count))
    columns["year"] = pa.array(np.tile(np.repeat(np.arange(ticks), states), count * kept))
    columns["state"] = _repeated(np.tile(np.arange(states), count * kept * ticks), codes)
    for k, name in enumerate(PANEL):
        values = panels[..., k].reshape(-1)
        if name == "strategy":
            columns[name] = _repeated(values.astype(np.int64), (*STRATEGIES, "hegemon"))
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)


def _point_columns(keys: Sequence[str], points: pd.DataFrame, each: int) -> dict[str, Any]:
    """The key and the swept values of each point, repeated for its rows."""
    which = np.repeat(np.arange(len(points)), each)
    columns: dict[str, Any] = {"point": _repeated(which, keys)}
    for name in points.columns:
        values = points[name].to_numpy()
        if values.dtype == object:
            texts = ["null" if v is None else str(v) for v in values]
            columns[str(name)] = _repeated(which, texts)
        else:
            columns[str(name)] = pa.array(values[which])
    return columns


def _coded(values: np.ndarray, names: Sequence[str]) -> pa.Array:
    return _repeated(values.astype(np.int64), names)


def _repeated(index: np.ndarray, names: Sequence[str]) -> pa.Array:
    """Text by index; an index of −1 is the last name."""
    distinct = list(dict.fromkeys(names))
    number = {name: k for k, name in enumerate(distinct)}
    place = np.array([number[name] for name in names])
    return pa.DictionaryArray.from_arrays(pa.array(place[index].astype(np.int32)), pa.array(distinct, pa.string()))

"""How a design is laid out on paper: which axes make a plane, what the panels are, what keys are called."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from balsim.params import BadInput, nearest

if TYPE_CHECKING:
    from balsim.results import Results

SHARE, UNILATERALISM, LAND = "hegemon.capability_share", "hegemon.unilateralism", "hegemon.land_power"
LABELS = {SHARE: "hegemon's capability share", UNILATERALISM: "unilateralism", LAND: "land power"}
_LAND = {False: "as the scenario has it", True: "as a land power"}


@dataclass(frozen=True)
class Panel:
    """The part of a design that one panel shows: points with the same values on all other axes."""

    title: str
    cells: pd.DataFrame


@dataclass(frozen=True)
class Plane:
    """Two numeric axes, x across and y up, and a panel per combination of the other axes' values."""

    x: str
    y: str
    xs: np.ndarray
    ys: np.ndarray
    panels: tuple[Panel, ...]

    def grid(self, panel: Panel, column: str) -> np.ndarray:
        """(y, x) values of a numeric column of the cells; NaN where the design has no point."""
        return self._place(panel, column, np.nan, float)

    def names(self, panel: Panel, column: str) -> np.ndarray:
        """(y, x) values of a text column of the cells; "" where the design has no point."""
        return self._place(panel, column, "", object)

    def _place(self, panel: Panel, column: str, empty: Any, kind: type) -> np.ndarray:
        found: np.ndarray = np.full((len(self.ys), len(self.xs)), empty, dtype=kind)
        rows = np.searchsorted(self.ys, panel.cells[self.y].to_numpy(dtype=float))
        columns = np.searchsorted(self.xs, panel.cells[self.x].to_numpy(dtype=float))
        found[rows, columns] = panel.cells[column].to_numpy()
        return found


class Layout:
    """The cells of a design (or a selection of them) and how they are to be laid out.

    selection : key → value, to keep the points that have it; the nearest value of a numeric axis is taken

    Raises BadInput for a key that the design does not sweep or a value that it does not have.
    """

    def __init__(self, results: Results, selection: Mapping[str, Any] | None = None) -> None:
        self.results = results
        self.axes = dict(results.axes)
        self.cells = results.cells
        for key, value in (selection or {}).items():
            found = self._admitted(key, value)
            self.cells = self.cells[self.cells[key].map(lambda v, found=found: same(v, found)).astype(bool)]
            self.axes[key] = [found]
        if self.cells.empty:
            raise BadInput(f"no point has {', '.join(f'{k}={v}' for k, v in (selection or {}).items())}")

    @cached_property
    def swept(self) -> list[str]:
        """Axes of more than one value."""
        return [key for key, values in self.axes.items() if len(values) > 1]

    @cached_property
    def numeric(self) -> list[str]:
        """Swept axes whose values are all numbers."""
        return [key for key in self.swept if all(_is_number(v) for v in self.axes[key])]

    @cached_property
    def is_grid(self) -> bool:
        """Whether at least half of all combinations of the axes' values are there: false for scattered points."""
        return 2 * len(self.cells) >= math.prod(len(self.axes[key]) for key in self.swept)

    @cached_property
    def plane(self) -> Plane | None:
        """The plane of the first two numeric axes; None where the design has none. Unilateralism goes up the side."""
        if len(self.numeric) < 2 or not self.is_grid:
            return None
        x, y = self.numeric[:2]
        if x == UNILATERALISM:
            x, y = y, x
        xs, ys = (np.unique(np.array(self.axes[key], dtype=float)) for key in (x, y))
        return Plane(x, y, xs, ys, self.panels((x, y)))

    def panels(self, within: tuple[str, ...]) -> tuple[Panel, ...]:
        """The cells, parted by the swept axes that are not drawn within a panel; in the order of the design."""
        others = [key for key in self.swept if key not in within]
        if not others:
            return (Panel("", self.cells),)
        parts = self.cells.groupby(others, sort=False, dropna=False, observed=True)
        return tuple(Panel(self.title(part.iloc[0], others), part) for _, part in parts)

    def title(self, point: Mapping[str, Any], keys: list[str] | None = None) -> str:
        """What a point has on the swept axes (or on `keys`), in words."""
        return ", ".join(self._words(key, point[key]) for key in (self.swept if keys is None else keys))

    def _words(self, key: str, value: Any) -> str:
        if key == LAND:
            offshore = not value and _offshore(self.results.config)
            return ("offshore, " if offshore else "") + _LAND[bool(value)]
        return f"{label(key)} {number(value)}"

    def points(self, cells: pd.DataFrame | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Title and selection of each point."""
        for _, row in (self.cells if cells is None else cells).iterrows():
            yield self.title(row), {key: row[key] for key in self.axes}

    def row(self, selection: Mapping[str, Any]) -> pd.Series:
        """The cell of one point."""
        return self._at(self.cells, selection).iloc[0]

    def trajectory(self, selection: Mapping[str, Any], measure: str) -> pd.DataFrame:
        """Mean, standard deviation and quantiles of a measure at one point, by tick."""
        return self._at(self._by_measure[measure], selection).sort_values("tick")

    def _at(self, table: pd.DataFrame, selection: Mapping[str, Any]) -> pd.DataFrame:
        for key in self.axes:
            wanted = selection[key]
            table = table[table[key].isna() if pd.isna(wanted) else table[key] == wanted]
        return table

    @cached_property
    def _by_measure(self) -> dict[str, pd.DataFrame]:
        return {str(name): part for name, part in self.results.trajectories.groupby("measure", observed=True)}

    def _admitted(self, key: str, value: Any) -> Any:
        if key not in self.axes:
            raise BadInput(f"'{key}' is not an axis of this design{nearest(key, self.axes)}")
        values = self.axes[key]
        if _is_number(value) and all(_is_number(v) for v in values):
            return min(values, key=lambda v: abs(v - value))
        if not any(same(v, value) for v in values):
            raise BadInput(f"{key}={value} is not in this design{nearest(str(value), map(str, values))}")
        return value


def label(key: str) -> str:
    """What a key is called in figures and text."""
    return LABELS.get(key, key.rsplit(".", 1)[-1].replace("_", " "))


def number(value: Any) -> str:
    """A value of an axis in text: at most three digits after the point."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "as the scenario has it"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return f"{value:.3g}" if _is_number(value) else str(value)


def same(a: Any, b: Any) -> bool:
    """Whether two values of an axis are the same; null, and NaN in a table, are one value."""
    empty = [v is None or v == "null" or (isinstance(v, float) and np.isnan(v)) for v in (a, b)]
    return all(empty) if any(empty) else bool(a == b)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _offshore(config: Mapping[str, Any]) -> bool:
    """Whether the scenario puts the hegemon across the water: the listed ones do, invented ones may."""
    from balsim.scenario import LISTED

    scenario = config.get("scenario", {})
    return scenario.get("name") in LISTED or scenario.get("hegemon_at") == "sea"

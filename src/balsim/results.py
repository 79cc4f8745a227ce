"""What a design gave: its tables, and what it takes to plot and report them."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from balsim.params import BadInput
from balsim.store import MANIFEST, Store, digest

if TYPE_CHECKING:
    from balsim.plots import Plots


class Results:
    """A stored design.

    out : its folder; manifest : provenance, and the design it holds
    The tables are read when first asked for. `runs` has a row per world, `cells` a row per parameter point,
    `trajectories` a row per point, year and measure, `panel` a row per recorded world, year and state.
    """

    def __init__(self, out: Path, manifest: dict[str, Any]) -> None:
        self.out = out
        self.manifest = manifest
        self._store = Store(out)

    @property
    def name(self) -> str:
        """Name of the design."""
        return self.manifest["design"]["name"]

    @property
    def question(self) -> str:
        """The question it asks."""
        return self.manifest["design"]["question"]

    @property
    def axes(self) -> dict[str, list[Any]]:
        """Values of every swept key."""
        return self.manifest["design"]["axes"]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a report must say of the starting worlds."""
        return tuple(self.manifest["notes"])

    @property
    def config(self) -> dict[str, Any]:
        """The resolved configuration."""
        return self.manifest["configuration"]

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per world: key of the point, swept keys, `run`, outcomes."""
        return _frame(self._runs_table())

    @cached_property
    def trajectories(self) -> pd.DataFrame:
        """A row per point, tick and measure: mean, sd and quantiles over runs."""
        return _frame(self._table("trajectories"))

    @cached_property
    def panel(self) -> pd.DataFrame:
        """A row per recorded world, year and state. Raises BadInput where none was recorded."""
        return _frame(self._table("panel"))

    @cached_property
    def cells(self) -> pd.DataFrame:
        """A row per parameter point: means and intervals over runs."""
        from balsim.cells import cells

        return cells(self.runs, list(self.axes), self.config["seed"])

    @property
    def plot(self) -> Plots:
        """Figures: ``results.plot.phase_map()``, ``results.plot.alignment()``; each returns matplotlib Axes."""
        from balsim.plots import Plots

        return Plots(self)

    def digests(self) -> dict[str, str]:
        """SHA-256 over the raw values of each table: equal where two designs gave the same bytes."""
        found = {"runs": digest(self._runs_table()), "trajectories": digest(self._table("trajectories"))}
        panel = self._store.read("panel")
        return found if panel is None else {**found, "panel": digest(panel)}

    def _runs_table(self) -> pa.Table:
        return self._store.read_runs(self.manifest["points"])

    def _table(self, kind: str) -> pa.Table:
        table = self._store.read(kind)
        if table is None:
            more = "; record it with record.panel=K" if kind == "panel" else ""
            raise BadInput(f"'{self.out}' holds no {kind}.parquet{more}")
        return table


def open_results(out: str | Path) -> Results:
    """A stored design. Raises BadInput where the folder holds none, or an unfinished one."""
    path = Path(out) / MANIFEST
    if not path.is_file():
        raise BadInput(f"'{out}' holds no finished results (no {MANIFEST})")
    return Results(Path(out), json.loads(path.read_text(encoding="utf-8")))


def _frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(strings_to_categorical=True)

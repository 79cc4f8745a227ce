"""What a design gave: its tables, and what it takes to plot and report them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from balsim import reading
from balsim.params import BadInput
from balsim.reading import Where
from balsim.store import MANIFEST, RUNS, Store, read_manifest

if TYPE_CHECKING:
    from balsim.analysis.finding import Finding
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
        return self.read_runs()

    def read_runs(self, columns: Iterable[str] | None = None, where: Where | None = None) -> pd.DataFrame:
        """Some columns of some rows of `runs`; the rest is never read, so that any design can be looked into.

            results.read_runs(["run", "tipped"], where={"hegemon.unilateralism": 0.8, "run": range(100)})

        columns : names, None for all; where : a value, or several, for each of some columns (a row must have one of
        them in each), or any `pyarrow.compute.Expression`

        Raises BadInput for an unknown column.
        """
        return _frame(self.read_table(RUNS, columns, where))

    @cached_property
    def trajectories(self) -> pd.DataFrame:
        """A row per point, tick and measure: mean, sd and quantiles over runs."""
        return _frame(self.read_table("trajectories"))

    @cached_property
    def panel(self) -> pd.DataFrame:
        """A row per recorded world, year and state. Raises BadInput where none was recorded."""
        return _frame(self.read_table("panel"))

    @cached_property
    def cells(self) -> pd.DataFrame:
        """A row per parameter point: means and intervals over runs, worked out part by part."""
        from balsim.cells import cells

        points = self.manifest["points"]
        parts = []
        for table in reading.blocks(self._store.parts()):
            rows = _frame(table)
            part = cells(rows, list(self.axes), self.config["seed"])
            part.index = pd.Index(rows["point"].drop_duplicates().astype(str))
            parts.append(part)
        return pd.concat(parts).loc[points].reset_index(drop=True)

    @cached_property
    def findings(self) -> list[Finding]:
        """What the analyses found that the experiment names under ``design.analysis``."""
        from balsim.analysis import findings

        return findings(self)

    @property
    def plot(self) -> Plots:
        """Figures: ``results.plot.phase_map()``, ``results.plot.alignment()``; each returns matplotlib Axes."""
        from balsim.plots import Plots

        return Plots(self)

    def digests(self) -> dict[str, str]:
        """SHA-256 over the raw values of each table: equal where two designs gave the same bytes."""
        found = {kind: self._store.paths(kind) for kind in _THEN}
        points = self.manifest["points"]
        return {kind: reading.digest_of(paths, points, _THEN[kind]) for kind, paths in found.items() if paths}

    def read_table(self, kind: str, columns: Iterable[str] | None = None, where: Where | None = None) -> pa.Table:
        """Some columns of some rows of "runs", "trajectories" or "panel", as `read_runs` takes them."""
        paths = self._store.paths(kind)
        if not paths:
            more = "; record it with record.panel=K" if kind == "panel" else ""
            raise BadInput(f"'{self.out}' holds no {kind}.parquet{more}")
        return reading.read(paths, self.manifest["points"], _THEN[kind], columns, where)


# Rows of a point stand in this order; those of the other tables as they were written.
_THEN = {RUNS: "run", "trajectories": None, "panel": None}


def open_results(out: str | Path) -> Results:
    """A stored design. Raises BadInput where the folder holds none, or an unfinished one."""
    manifest = read_manifest(Path(out))
    if manifest is None:
        raise BadInput(f"'{out}' holds no finished results (no {MANIFEST})")
    return Results(Path(out), manifest)


def _frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(strings_to_categorical=True)

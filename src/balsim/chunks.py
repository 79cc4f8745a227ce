"""Cutting a design into chunks of points with all their runs, and working one off, here or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from balsim.design import Design
from balsim.engines.batch import run_batch
from balsim.errors import Unfinished
from balsim.keys import result_hash
from balsim.measures import TICK
from balsim.scenario import Scenario
from balsim.shocks import Shocks, draw
from balsim.tables import panel_table, runs_table, trajectories_table

Tables = dict[str, pa.Table]

# A chunk is a second or two of work, and its yearly measures stay within this many bytes.
_BYTES = 96e6
_DECISIONS = 3e6


@dataclass(frozen=True)
class Chunk:
    """Some points of one scenario, with all that is needed to run them anywhere but the scenario itself.

    keys, points, records : (P,) of the points, in the order of the design; scenario : its number in the design
    panel : runs recorded state by state; source : hash of the result-bearing code that must run it
    """

    keys: list[str]
    points: pd.DataFrame
    records: np.recarray
    scenario: int
    runs: int
    years: int
    seed: int
    panel: int
    engine: str
    source: str

    def __len__(self) -> int:
        """Number of points."""
        return len(self.keys)


def cut(design: Design, keys: Sequence[str], worlds: Sequence[Scenario], missing: np.ndarray, panel: int,
        engine: str) -> Iterator[Chunk]:  # fmt: skip
    """The chunks of the missing points (indices); the same cut whoever does the work."""
    for s, world in enumerate(worlds):
        here = missing[design.scenario_of[missing] == s]
        n = len(world.codes)
        row_bytes = (design.years + 1) * 8 * (design.runs * len(TICK) + panel * n * 21)
        each = max(1, int(min(_BYTES / row_bytes, _DECISIONS / (design.runs * design.years * max(1, n - 1)))))
        for first in range(0, len(here), each):
            some = here[first : first + each]
            yield Chunk([keys[k] for k in some], design.points.iloc[some], design.records[some], s, design.runs,
                        design.years, design.seed, panel, engine, result_hash())  # fmt: skip


def work_off(chunk: Chunk, world: Scenario, threads: int | None) -> Tables:
    """Run a chunk and return its tables. Raises Unfinished where this process has other code than the one that asks."""
    if chunk.source != result_hash():
        raise Unfinished("a worker has another version of balsim, numba or numpy: install the same as here")
    shocks = _shocks(chunk.seed, chunk.runs, chunk.years, len(world.codes))
    if chunk.engine == "mesa":
        from balsim.engines.agents import run_points

        batch = run_points(world, chunk.records, shocks, chunk.panel)
    else:
        batch = run_batch(world.start, chunk.records, shocks, chunk.panel, threads)
    tables = {
        "runs": runs_table(chunk.keys, chunk.points, batch.outcomes),
        "trajectories": trajectories_table(chunk.keys, chunk.points, batch.trajectories),
    }
    if chunk.panel:
        tables["panel"] = panel_table(chunk.keys, chunk.points, batch.panels, world.codes)
    return tables


@lru_cache(maxsize=1)
def _shocks(seed: int, runs: int, years: int, states: int) -> Shocks:
    """Drawn once for all points; scenarios follow one another, so only the last is kept."""
    return draw(seed, range(runs), years, states)

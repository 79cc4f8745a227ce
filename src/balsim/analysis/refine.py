"""The tipping line from a fraction of a grid: worlds are run only where they decide where the line runs.

The bounds of the line at one share are the highest u that surely does not tip half of the worlds and the lowest that
surely does. Both are found by bisection; once some shares are known, their neighbours start from there. With runs
that never untip as u rises (common random numbers) the bounds are those of the full grid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from balsim import scenario
from balsim.analysis.tipping_line import surely_above, surely_below, tipping_line
from balsim.analysis.yearly import subset
from balsim.design import Design
from balsim.engines.batch import run_batch
from balsim.params import BadInput
from balsim.planes import SHARE, UNILATERALISM
from balsim.runner import point_keys
from balsim.shocks import draw
from balsim.tables import runs_table

if TYPE_CHECKING:
    from omegaconf import DictConfig

STEP = 2  # levels by which a bound is followed beyond where its neighbours put it
Evaluate = Callable[[Sequence[tuple[int, int]]], np.ndarray]
"""Cells (column, level) → for each, how many of its worlds tip."""


class Refined(NamedTuple):
    """Outcome of a refinement.

    line : as `tipping_line`, a block for each panel of the design, with its other axes; runs : a row per world run
    worlds : number run; full : number in the full grid
    """

    line: pd.DataFrame
    runs: pd.DataFrame
    worlds: int
    full: int


def refine(cfg: DictConfig, width: float = 0.0, x: str = SHARE, y: str = UNILATERALISM) -> Refined:
    """Find the tipping line of a design, running only the points of its grid that are needed.

    cfg : a configuration whose axes hold `x` and `y`; the values of `y` are the finest grid that is considered, and
    making them finer costs only the logarithm
    width : stop at a share when its band is this narrow [≥0]; 0 goes on until the band is that of the full grid
    Raises BadInput where an axis is missing, or for fewer than six runs, from which nothing can be told apart from ½.
    """
    design = Design.from_config(cfg)
    for key in (x, y):
        if key not in design.axes:
            raise BadInput(f"refine needs the axis {key}; this design has {', '.join(design.axes) or 'none'}")
    if design.runs < 6:
        raise BadInput(f"runs={design.runs}: with fewer than 6 no share of worlds can be told from a half")
    columns, levels, at = _cells(design, x, y)
    rows: list[pd.DataFrame] = []

    def evaluate(cells: Sequence[tuple[int, int]]) -> np.ndarray:
        found = _run(design, np.array([at[cell] for cell in cells]), cfg.threads)
        rows.append(found)
        return found["tipped"].to_numpy(dtype=int).reshape(len(cells), design.runs).sum(axis=1)

    others = [key for key in columns if key != x]
    groups = columns.groupby(others, sort=False, dropna=False).indices if others else {(): np.arange(len(columns))}
    for places in groups.values():
        order = np.asarray(places)[np.argsort(columns[x].to_numpy(dtype=float)[places])]

        def of_group(cells: Sequence[tuple[int, int]], order: np.ndarray = order) -> np.ndarray:
            return evaluate([(int(order[c]), u) for c, u in cells])

        search(of_group, len(order), levels, design.runs, width)
    runs = pd.concat(rows, ignore_index=True)
    parts = runs.groupby(others, sort=False, dropna=False, observed=True) if others else [((), runs)]
    lines = [tipping_line(part, x, y).assign(**dict(zip(others, values, strict=True))) for values, part in parts]
    return Refined(pd.concat(lines, ignore_index=True), runs, len(runs), len(design) * design.runs)


def search(evaluate: Evaluate, columns: int, levels: np.ndarray, runs: int, width: float = 0.0) -> list[dict[int, int]]:
    """Bisect the two bounds of every column, the ends and the middle first, then between known neighbours.

    levels : (U,) ascending. Returns for each column: level → number of worlds that tip there.
    """
    known: list[dict[int, int]] = [{} for _ in range(columns)]
    for batch, neighbours in _generations(columns):
        guesses = {c: _guess([known[k] for k in neighbours[c]], len(levels), runs) for c in batch}
        while True:
            cells = [(c, u) for c in batch for u in _probes(known[c], guesses[c], levels, runs, width)]
            if not cells:
                break
            for (c, u), hits in zip(cells, evaluate(cells), strict=True):
                known[c][u] = int(hits)
    return known


def brackets(known: dict[int, int], levels: int, runs: int) -> tuple[int, int, int, int]:
    """Where the two bounds lie: (a, b, c, d), indices of levels, −1 and `levels` standing for the outside.

    The highest level that surely does not tip is in [a, b), the lowest that surely does in (c, d].
    """
    order = sorted(known)
    hits = np.array([known[u] for u in order])
    lower = surely_below(hits, runs) if order else np.empty(0, dtype=bool)
    upper = surely_above(hits, runs) if order else np.empty(0, dtype=bool)
    stop = int(np.argmin(lower)) if not lower.all() else len(order)
    a = order[stop - 1] if stop > 0 else -1
    b = order[stop] if stop < len(order) else levels
    back = int(np.argmin(upper[::-1])) if not upper.all() else len(order)
    d = order[len(order) - back] if back > 0 else levels
    c = order[len(order) - back - 1] if back < len(order) else -1
    return a, b, c, d


def _probes(known: dict[int, int], guess: tuple[int, int], levels: np.ndarray, runs: int, width: float) -> set[int]:
    """Levels to evaluate next in a column; none where its bounds are found or near enough to each other."""
    if not known and guess[0] < 0:
        return {len(levels) - 1}  # where nothing tips, this settles it
    a, b, c, d = brackets(known, len(levels), runs)
    if a >= 0 and d < len(levels) and levels[d] - levels[a] <= width:
        return set()
    found = set()
    if b - a > 1:
        found.add(_between(a, b, guess[0]))
    if d - c > 1:
        found.add(_between(c, d, guess[1]))
    return found


def _between(low: int, high: int, guess: int) -> int:
    """A level strictly between two: the guessed one, else a step from the side on which the guess lies, or half-way."""
    if guess < 0:
        return (low + high) // 2
    if low < guess < high:
        return guess
    step = min(STEP, (high - low) // 2)
    return low + step if guess <= low else high - step


def _guess(neighbours: list[dict[int, int]], levels: int, runs: int) -> tuple[int, int]:
    """Where the two bounds of a column probably are, from its neighbours; −1 where it has none."""
    if not neighbours:
        return -1, -1
    ends = np.array([brackets(known, levels, runs) for known in neighbours], dtype=float)
    a, d = ends[:, 0].mean(), ends[:, 3].mean()
    return int(np.clip(round(a), 0, levels - 1)), int(np.clip(round(d), 0, levels - 1))


def _generations(columns: int) -> list[tuple[list[int], dict[int, list[int]]]]:
    """Columns in the order in which they are searched, each batch with the nearest columns already done."""
    done = sorted({0, (columns - 1) // 2, columns - 1})
    batches: list[tuple[list[int], dict[int, list[int]]]] = [(done, {c: [] for c in done})]
    while len(done) < columns:
        gaps = [(a, b) for a, b in pairwise(done) if b - a > 1]
        batch = {(a + b) // 2: [a, b] for a, b in gaps}
        batches.append((list(batch), batch))
        done = sorted([*done, *batch])
    return batches


def _cells(design: Design, x: str, y: str) -> tuple[pd.DataFrame, np.ndarray, dict[tuple[int, int], int]]:
    """The columns of a grid (distinct values of all axes but y), the levels of y, and the point of each cell."""
    levels = np.unique(design.points[y].to_numpy(dtype=float))
    others = [key for key in design.points if key != y]
    columns = design.points[others].drop_duplicates().reset_index(drop=True)
    number = design.points.groupby(others, sort=False, dropna=False).ngroup().to_numpy()
    level = np.searchsorted(levels, design.points[y].to_numpy(dtype=float))
    at = {(int(c), int(u)): k for k, (c, u) in enumerate(zip(number, level, strict=True))}
    return columns, levels, at


def _run(design: Design, chosen: np.ndarray, threads: int | None) -> pd.DataFrame:
    """The rows of `runs` for some points of a design, in the order given."""
    part = subset(design, chosen)
    keys = point_keys(part)
    tables: dict[int, pd.DataFrame] = {}
    for s in np.unique(part.scenario_of):
        here = np.flatnonzero(part.scenario_of == s)
        world = scenario.build(part.scenario_settings[s], part.seed, part.runs)
        shocks = draw(part.seed, range(part.runs), part.years, len(world.codes))
        batch = run_batch(world.start, part.records[here], shocks, threads=threads)
        table = runs_table([keys[k] for k in here], part.points.iloc[here], batch.outcomes).to_pandas()
        tables |= {int(k): table.iloc[i * part.runs : (i + 1) * part.runs] for i, k in enumerate(here)}
    return pd.concat([tables[k] for k in range(len(chosen))], ignore_index=True)

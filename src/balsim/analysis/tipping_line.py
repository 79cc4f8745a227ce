"""The tipping line: at each share, the unilateralism u* from which at least half of the worlds tip.

What is assumed is that P(tipped) does not fall as u rises (and whether it does is tested). Then the claims
"P(tipped at u) < ½", taken from the lowest u upwards, are nested: each may be tested at the full level, stopping at
the first that fails, and the last u that passes is a lower bound of u*. The upper bound is found from the top in the
same way. With common random numbers this is the sign test's interval for the median over runs of the u from which a
run tips. It is exact for any number of runs, needs no form of curve, and counts what the grid leaves open between
two values of u. A logistic fit would be narrower only by trusting its form: runs share their random numbers at all
u, so further points add little about how many runs tip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from balsim.analysis.intervals import TAIL, crossing, exact
from balsim.planes import Layout, label, same

if TYPE_CHECKING:
    from balsim.results import Results

WITHIN, EDGE, ABOVE, BELOW = "within", "at the edge", "above", "below"


def tipping_line(runs: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """u* along x, with a pointwise 95 % interval.

    runs : a row per world of one plane: `x` (share), `y` (unilateralism), run, tipped; points may be missing

    Columns: x; y, the isotonic estimate; low, high; `state`: 'within' the plane, 'at the edge' (the interval reaches
    the edge of the plane), 'above' (not even the highest u tips half of the worlds: no tipping at this x) or 'below'
    (even the lowest does); `most`, `most_low`, `most_high`: share of worlds that tip at the highest u; `points`: number
    of values of u; `falls_p`: p-value against the claim that P(tipped) never falls as u rises (paired sign tests of
    all pairs of u, Bonferroni; 1 where runs are not shared).
    Estimates and bounds are infinite where they lie outside of the plane.
    """
    rows = []
    for value, part in runs.groupby(x, sort=True):
        counts = part.groupby(y, sort=True)["tipped"].agg(["sum", "count"])
        levels, hits, n = counts.index.to_numpy(dtype=float), counts["sum"].to_numpy(int), counts["count"].to_numpy(int)
        low, high = band(levels, hits, n)
        top = exact(int(hits[-1]), int(n[-1]))
        rows.append({x: value, y: crossing(levels, hits / n), "low": low, "high": high,
                     "state": _state(low, high, levels), "most": top.estimate, "most_low": top.low,
                     "most_high": top.high, "points": len(levels), "falls_p": falls(part, y)})  # fmt: skip
    return pd.DataFrame(rows)


def band(levels: np.ndarray, hits: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """95 % interval of the u at which P(tipped) reaches ½.

    levels : (U,) ascending; hits, n : (U,) worlds that tip, worlds
    Infinite on a side on which not even the outermost level can be told from ½.
    """
    lower, upper = surely_below(hits, n), surely_above(hits, n)
    a = int(np.argmin(lower)) if not lower.all() else len(levels)
    b = int(np.argmin(upper[::-1])) if not upper.all() else len(levels)
    low = float(levels[a - 1]) if a > 0 else -np.inf
    high = float(levels[len(levels) - b]) if b > 0 else np.inf
    return low, high


def surely_below(hits: np.ndarray, n: np.ndarray | int) -> np.ndarray:
    """Whether P(tipped) ≥ ½ is refused (one-sided exact binomial test at 2.5 %)."""
    return stats.binom.cdf(hits, n, 0.5) <= TAIL


def surely_above(hits: np.ndarray, n: np.ndarray | int) -> np.ndarray:
    """Whether P(tipped) ≤ ½ is refused."""
    return stats.binom.sf(np.asarray(hits) - 1, n, 0.5) <= TAIL


def falls(part: pd.DataFrame, y: str) -> float:
    """p-value against P(tipped) never falling as y rises, from runs that tip at a lower y but not at a higher."""
    table = part.pivot(index="run", columns=y, values="tipped").dropna()
    if len(table) == 0 or table.shape[1] < 2:
        return 1.0
    tipped = table.to_numpy(dtype=float)
    lost = np.rint(tipped.T @ (1.0 - tipped)).astype(int)
    j, k = np.triu_indices(tipped.shape[1], 1)
    p = stats.binom.sf(lost[j, k] - 1, lost[j, k] + lost[k, j], 0.5)
    return float(min(1.0, len(j) * p.min()))


def describe(line: pd.DataFrame, x: str, y: str) -> list[str]:
    """What a tipping line says, in sentences."""
    along, up = label(x), label(y)
    if (line["state"] == ABOVE).all():
        most = line.loc[line["most"].idxmax()]
        return [
            f"no tipping on this plane: nowhere do half of the worlds tip (at the highest {up} at most "
            f"{most['most']:.0%}, 95 % interval to {most['most_high']:.0%}, at {along} {most[x]:.3g})."
        ]
    said = []
    within = line[np.isfinite(line[y])]
    if len(within):
        first = within.loc[within[y].idxmin()]
        width = (line["high"] - line["low"])[line["state"] == WITHIN]
        typical = f"; the band is {width.median():.2g} wide (median)" if len(width) else ""
        said.append(f"half of the worlds tip soonest at {along} {first[x]:.3g}, from {up} {first[y]:.2f} on (95 % "
                    f"interval {_bound(first['low'])} to {_bound(first['high'])}){typical}.")  # fmt: skip
    for state, what in ((ABOVE, f"no tipping at any {up}"), (BELOW, f"tipping at every {up}"),
                        (EDGE, "the line cannot be told from the edge of the plane")):  # fmt: skip
        found = line.loc[line["state"] == state, x]
        if len(found):
            said.append(f"at {along} {_listed(found.to_numpy(dtype=float), line[x].to_numpy(dtype=float))}: {what}.")
    odd = line.loc[line["falls_p"] < TAIL / len(line), x]
    if len(odd):
        said.append(f"at {along} {_listed(odd.to_numpy(dtype=float), line[x].to_numpy(dtype=float))} fewer worlds tip "
                    f"as {up} rises further, so a single line does not describe them.")  # fmt: skip
    return said


def planes(results: Results) -> Iterator[tuple[str, pd.DataFrame, tuple[str, str] | None]]:
    """The worlds of each panel of a design: its title, its rows of `runs`, and the keys of its plane, if it has one."""
    layout = Layout(results)
    plane = layout.plane
    if plane is None:
        yield "", results.runs, None
        return
    others = [key for key in layout.swept if key not in (plane.x, plane.y)]
    for panel in plane.panels:
        here = np.ones(len(results.runs), dtype=bool)
        for key in others:
            wanted = panel.cells[key].iloc[0]
            here &= results.runs[key].map(lambda v, wanted=wanted: same(v, wanted)).to_numpy(dtype=bool)
        yield panel.title, results.runs[here], (plane.x, plane.y)


def _state(low: float, high: float, levels: np.ndarray) -> str:
    if low >= levels[-1]:
        return ABOVE
    if high <= levels[0]:
        return BELOW
    return WITHIN if np.isfinite(low) and np.isfinite(high) else EDGE


def _bound(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "beyond the plane"


def _listed(values: np.ndarray, grid: np.ndarray) -> str:
    """Values of a grid in words, neighbours as ranges."""
    places = np.searchsorted(grid, values)
    parts = np.split(values, np.flatnonzero(np.diff(places) > 1) + 1)
    return ", ".join(f"{p[0]:.3g}" if len(p) == 1 else f"{p[0]:.3g} to {p[-1]:.3g}" for p in parts)

"""Does soft balancing tip into hard balancing? Odds, waiting times and transitions, with intervals.

A soft phase counts here where it came before any tipping (`soft first`): a later one cannot have led to it. That
worlds with a soft phase tip more often, or less, is association and not effect, since whoever tips at once has no
time for a soft phase; the effect is what the experiment `stepping_stone` measures with paired worlds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from balsim.analysis import tipping_figures
from balsim.analysis.finding import Finding
from balsim.analysis.intervals import Interval, Survival, exact, kaplan_meier, share_over_runs
from balsim.analysis.tipping_line import describe, planes, tipping_line
from balsim.measures import SUSTAINED
from balsim.params import STRATEGIES

if TYPE_CHECKING:
    from balsim.results import Results

CONDITIONS = ("tipped", "tipped_after_soft", "tipped_without_soft")


def soft_first(runs: pd.DataFrame) -> np.ndarray:
    """Whether each world had a soft phase that began before it tipped, if it tipped. (rows,) bool"""
    soft, tipped = runs["tick_soft"].to_numpy(dtype=float), runs["tick_tipped"].to_numpy(dtype=float)
    return ~np.isnan(soft) & (np.isnan(tipped) | (soft < tipped))


def odds(runs: pd.DataFrame, axes: Sequence[str]) -> pd.DataFrame:
    """P(tipped), P(tipped | soft first) and P(tipped | no soft first) at each point, with exact intervals.

    runs : a row per world with `axes`, tipped, tick_tipped, tick_soft
    Columns: axes, then for each of CONDITIONS its n, share and bounds (`_n`, ``, `_low`, `_high`); NaN where n = 0.
    """
    table = runs.assign(_soft=soft_first(runs))
    rows = []
    for values, part in _by_point(table, axes):
        tipped, soft = part["tipped"].to_numpy(dtype=bool), part["_soft"].to_numpy(dtype=bool)
        row = dict(zip(axes, values, strict=True))
        for name, base in zip(CONDITIONS, (np.ones(len(part), dtype=bool), soft, ~soft), strict=True):
            found = exact(int(tipped[base].sum()), int(base.sum()))
            row |= {f"{name}_n": int(base.sum()), name: found.estimate, f"{name}_low": found.low,
                    f"{name}_high": found.high}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)


def pooled_odds(runs: pd.DataFrame) -> dict[str, Interval]:
    """The three shares of CONDITIONS over all worlds of a table, points counted alike; intervals over whole runs."""
    tipped, soft = runs["tipped"].to_numpy(dtype=bool), soft_first(runs)
    found = {}
    for name, base in zip(CONDITIONS, (np.ones(len(runs), dtype=bool), soft, ~soft), strict=True):
        kept = pd.DataFrame({"run": runs["run"].to_numpy(), "hits": tipped & base, "n": base})
        per_run = kept.groupby("run").sum().to_numpy(dtype=float)
        found[name] = share_over_runs(per_run[:, 0], per_run[:, 1])
    return found


def waiting(runs: pd.DataFrame, years: int, seed: int = 0) -> Survival:
    """Years from the beginning of the soft phase to tipping (Kaplan–Meier), over worlds that were soft first.

    years : length of the runs. A world that has not tipped is censored in the last year in which tipping could still
    have been recognised, SUSTAINED − 1 before the end. Since a soft phase lasts SUSTAINED years by definition, nobody
    tips before. Where runs occur at several points, intervals are over whole runs.
    """
    kept = runs[soft_first(runs)]
    tipped = kept["tick_tipped"].to_numpy(dtype=float)
    seen = ~np.isnan(tipped)
    times = np.where(seen, tipped, years - SUSTAINED + 1) - kept["tick_soft"].to_numpy(dtype=float)
    run = kept["run"].to_numpy()
    return kaplan_meier(times, seen, run if len(np.unique(run)) < len(run) else None, seed)


def transitions(runs: pd.DataFrame) -> pd.DataFrame:
    """How states move between strategies from one year to the next: a row per pair, over all worlds of the table.

    Columns: before, after, count, share (of state-years that began in `before`), low, high (interval over whole runs;
    NaN where no state was ever in `before`).
    """
    names = [f"from_{a}_to_{b}" for a in STRATEGIES for b in STRATEGIES]
    per_run = runs.groupby("run")[names].sum().to_numpy(dtype=float).reshape(-1, 5, 5)
    rows = [
        (before, after, int(per_run[:, i, j].sum()), *share_over_runs(per_run[:, i, j], per_run[:, i].sum(axis=1)))
        for i, before in enumerate(STRATEGIES)
        for j, after in enumerate(STRATEGIES)
    ]
    return pd.DataFrame(rows, columns=["before", "after", "count", "share", "low", "high"])


def analyse(results: Results) -> Finding:
    """Odds, waiting times and transitions of a design, a panel for each combination of the axes off the plane."""
    runs, axes = results.runs, list(results.axes)
    seed, years = int(results.config["seed"]), int(results.config["years"])
    answer, lines, waits, moves = [], {}, {}, []
    for title, part, plane in planes(results):
        place = f"{title}: " if title else ""
        shares = pooled_odds(part)
        wait = waiting(part, years, seed)
        waits[title] = wait
        moves.append(transitions(part).assign(panel=title))
        answer.append(f"{place}{_said(shares, part)}")
        answer.append(f"{place}{_waited(wait)}")
        if plane is not None:
            line = tipping_line(part, *plane)
            lines[title] = line.assign(panel=title)
            answer += [f"{place}{sentence}" for sentence in describe(line, *plane)]
    tables = {"odds": odds(runs, axes), "transitions": pd.concat(moves, ignore_index=True)}
    figures = {"waiting": tipping_figures.waiting_times(waits)}
    if lines:
        tables["tipping_line"] = pd.concat(lines.values(), ignore_index=True)
        figures["tipping_line"] = tipping_figures.lines_of(lines)
    return Finding("tipping", "Does soft balancing tip into hard balancing?", answer, tables, figures)


def _said(shares: dict[str, Interval], part: pd.DataFrame) -> str:
    soft = int(soft_first(part).sum())
    return (
        f"of {len(part):,} worlds {shares['tipped']} tip; of the {soft:,} with a soft phase first "
        f"{shares['tipped_after_soft']}, of those without {shares['tipped_without_soft']} "
        "(association over the points of the design, not effect)."
    )


def _waited(wait: Survival) -> str:
    if wait.subjects == 0:
        return "no world has a soft phase, so there is nothing to wait for."
    if wait.events.sum() == 0:
        return f"none of the {wait.subjects:,} worlds with a soft phase tips before its end."
    median = wait.median()
    said = [f"{year} years {wait.happened_by(year)}" for year in (10, 20, 40) if year <= wait.years[-1]]
    half = (
        f"half have tipped after {median.estimate:g} years (95 % interval {median.low:g} to {median.high:g})"
        if np.isfinite(median.high)
        else "fewer than half have surely tipped when observation ends"
    )
    return f"share of soft phases that have tipped (Kaplan–Meier) within {', '.join(said)}; {half}."


def _by_point(table: pd.DataFrame, axes: Sequence[str]) -> list[tuple[tuple, pd.DataFrame]]:
    if not axes:
        return [((), table)]
    return list(table.groupby(list(axes), sort=False, dropna=False, observed=True))

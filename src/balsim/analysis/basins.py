"""Do two alignments last at the same unilateralism? The same worlds begun hard and begun softly.

Everything but `start.strategy` is alike in a pair, random numbers included. Where both alignments are stable the
difference lasts; where there is one, it is forgotten. With few states noise ends every alignment in time, so beside
the difference stand the escape times: how long a world stays where it began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from balsim.analysis import hysteresis_figures
from balsim.analysis.finding import Finding
from balsim.analysis.intervals import Interval, Survival, kaplan_meier, mean_interval
from balsim.analysis.yearly import HARD, configuration, yearly
from balsim.design import Design
from balsim.measures import HARD_ENOUGH, REVERSED_BELOW, SUSTAINED
from balsim.params import BadInput
from balsim.planes import UNILATERALISM, Layout, label, number

if TYPE_CHECKING:
    from balsim.results import Results

START = "start.strategy"
FROM_HARD, FROM_SOFT = "hard_balance", "soft_balance"
NEGLIGIBLE = 0.05
"""Difference in the share of second-tier capability that balances hard below which the start counts as forgotten."""


def contrasts(runs: pd.DataFrame, axes: list[str], outcome: str = "share_hard_balance", seed: int = 0) -> pd.DataFrame:
    """Mean outcome by starting strategy and the paired difference (begun hard less begun softly), a row per point.

    runs : a row per world with `axes` (START among them), `run` and the outcome
    Columns: the other axes; from_hard, from_soft, contrast, each with `_low` and `_high`; `start_matters`:
    whether the whole interval of the contrast lies beyond NEGLIGIBLE on one side. A negative contrast means that worlds
    begun hard end up less hard.
    Raises BadInput where the design does not begin both hard and softly.
    """
    present = set(runs[START].astype(str)) if START in runs else set()
    if not {FROM_HARD, FROM_SOFT} <= present:
        raise BadInput(f"a contrast of basins needs the axis {START} with {FROM_SOFT} and {FROM_HARD}")
    others = [key for key in axes if key != START]
    rows = []
    for values, part in runs.groupby(others, sort=False, dropna=False, observed=True) if others else [((), runs)]:
        by_start = part.assign(start=part[START].astype(str)).pivot(index="run", columns="start", values=outcome)
        hard, soft = by_start[FROM_HARD].to_numpy(), by_start[FROM_SOFT].to_numpy()
        row = dict(zip(others, values, strict=True))
        for name, figures in (("from_hard", hard), ("from_soft", soft), ("contrast", hard - soft)):
            found = mean_interval(figures, seed)
            row |= {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
        row["start_matters"] = bool(row["contrast_low"] > NEGLIGIBLE or row["contrast_high"] < -NEGLIGIBLE)
        rows.append(row)
    return pd.DataFrame(rows)


def escape(hard: np.ndarray, begun_hard: bool) -> tuple[np.ndarray, np.ndarray]:
    """When each run leaves the basin in which it began: year, and whether it was seen to.

    hard : (R, T + 1) share of second-tier capability that balances hard
    Begun hard, a run has left in the first of SUSTAINED years below REVERSED_BELOW; begun otherwise, in the first of
    SUSTAINED years at HARD_ENOUGH or more (tipping). Runs that stay are censored in the last year in which leaving
    could still have been recognised.
    """
    out = hard[:, 1:] < REVERSED_BELOW if begun_hard else hard[:, 1:] >= HARD_ENOUGH
    if out.shape[1] < SUSTAINED:
        return np.zeros(len(hard)), np.zeros(len(hard), dtype=bool)
    lasting = np.lib.stride_tricks.sliding_window_view(out, SUSTAINED, axis=1).all(axis=2)
    seen: np.ndarray = np.any(lasting, axis=1)
    return np.where(seen, lasting.argmax(axis=1) + 1.0, float(lasting.shape[1])), seen


def survivals(hard: np.ndarray, begun_hard: bool) -> Survival:
    """Kaplan–Meier curve of staying in the basin of the start. hard : (R, T + 1)."""
    return kaplan_meier(*escape(hard, begun_hard))


def analyse(results: Results) -> Finding:
    """Contrasts between starts and escape times at every point of a design with both starts."""
    cfg = configuration(results)
    design = Design.from_config(cfg)
    axes = list(results.axes)
    table = contrasts(results.runs, axes, seed=int(cfg.seed))
    others = [key for key in axes if key != START]
    hard = yearly(design, (HARD,), cfg.threads).measures[HARD]
    start = design.points[START].to_numpy()
    layout = Layout(results)
    curves: dict[str, tuple[Survival, Survival]] = {}
    for _, row in table.iterrows():
        here = np.ones(len(design), dtype=bool)
        for key in others:
            here &= design.points[key].to_numpy() == row[key]
        pair = tuple(survivals(hard[int(np.flatnonzero(here & (start == s))[0])], s == FROM_HARD)
                     for s in (FROM_HARD, FROM_SOFT))  # fmt: skip
        curves[layout.title(row, others) if others else "all worlds"] = (pair[0], pair[1])
    for k, side in enumerate(("hard", "soft")):
        median = [pair[k].median() for pair in curves.values()]
        table[f"escape_{side}"] = [m.estimate for m in median]
        table[f"escape_{side}_low"], table[f"escape_{side}_high"] = [m.low for m in median], [m.high for m in median]
    table["both_last"] = np.isinf(table["escape_hard_low"]) & np.isinf(table["escape_soft_low"])
    by = UNILATERALISM if UNILATERALISM in layout.numeric else (layout.numeric or others)[0]
    panels = [key for key in others if key != by]
    held = {layout.title(part.iloc[0], panels) if panels else "": part
            for _, part in (table.groupby(panels, sort=False, dropna=False) if panels else [((), table)])}  # fmt: skip
    # The points at which the start matters most have the most to show of escape.
    order = np.argsort(-table["contrast"].abs().to_numpy(), kind="stable")[:4]
    shown = {title: curves[title] for title in (list(curves)[k] for k in order)}
    answer = [sentence for title, part in held.items() for sentence in _said(title, part, by, int(cfg.years))]
    figures = {"basins": hysteresis_figures.basins(held, by), "escapes": hysteresis_figures.escapes(shown)}
    return Finding("basins", "Do two alignments last at the same unilateralism?", answer, {"basins": table}, figures)


def _said(title: str, part: pd.DataFrame, by: str, years: int) -> list[str]:
    place = f"{title}: " if title else ""
    most = part.loc[part["contrast"].abs().idxmax()]
    contrast = Interval(most["contrast"], most["contrast_low"], most["contrast_high"])
    matters = part[part["start_matters"]]
    if len(matters) == 0:
        return [f"{place}where the system begins is forgotten within {years} years at every {label(by)} "
                f"(largest difference {contrast}, at {label(by)} {number(most[by])})."]  # fmt: skip
    stay = [f"{side} {_time(most[f'escape_{side}'], years)}" for side in ("hard", "soft")]
    both = part.loc[part["both_last"], by].to_numpy(dtype=float)
    lasting = f"At {label(by)} {', '.join(map(number, both))} both" if len(both) else "Nowhere do both"
    return [
        f"{place}the start still matters in the last third of {years} years at {label(by)} "
        f"{', '.join(map(number, matters[by]))}; most at {number(most[by])}, where worlds begun hard differ in hard "
        f"balancing from those begun softly by {contrast}, and half have left their alignment after, begun "
        f"{' and begun '.join(stay)}. {lasting} alignments outlast the run in most worlds."
    ]


def _time(years: float, longest: int) -> str:
    return f"more than {longest - SUSTAINED + 1} years" if np.isinf(years) else f"{years:g} years"

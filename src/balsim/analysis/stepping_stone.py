"""Is soft balancing a stepping stone to hard balancing, or a safety valve that takes its place?

The same worlds are run with the full menu, without soft balancing and without bargaining. A strategy is a stepping
stone where worlds that have it balance hard more often than the same worlds without it, and a safety valve where
they do so less often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balsim.analysis.finding import Finding
from balsim.analysis.paired import contrast, pooled, simultaneous
from balsim.drawing import STYLE
from balsim.params import STRATEGIES, BadInput
from balsim.planes import LAND, SHARE, UNILATERALISM, label, number

if TYPE_CHECKING:
    from balsim.results import Results

MENU = "theory.menu"
FULL = "+".join(STRATEGIES)
NAMES = {"soft_balance": "soft balancing", "bargain": "bargaining"}
OUTCOMES = {"tipped": "P(tipped)", "share_hard_balance": "share balancing hard"}
VERDICTS = {1: "stepping stone", 0: "neither", -1: "safety valve"}
LEAST = 0.05
"""An effect smaller than this is "neither", however certain: with many runs any difference can be told from zero."""


def without(strategy: str) -> str:
    """The menu that lacks one strategy, as the table of runs writes it."""
    return "+".join(s for s in STRATEGIES if s != strategy)


def effects(runs: pd.DataFrame, strategy: str, outcome: str, within: Sequence[str], level: float = 0.95
            ) -> pd.DataFrame:  # fmt: skip
    """Effect of having `strategy` on the menu, a row per combination of the keys `within`, with a verdict.

    runs : a row per world with a column ``theory.menu``; outcome : a column of `runs` that measures hard balancing
    The verdict asks for an effect of at least LEAST whose interval leaves out zero, with intervals that hold together
    for all rows at `level`; the columns low and high hold one by one.
    Raises BadInput where a menu or a run is missing.
    """
    table = contrast(runs, MENU, without(strategy), FULL, outcome, within, level)
    strict = contrast(runs, MENU, without(strategy), FULL, outcome, within, simultaneous(len(table), level))
    sign = (strict["low"] > 0.0).astype(int) - (strict["high"] < 0.0).astype(int)
    sign = sign.where(strict["effect"].abs() >= LEAST, 0)
    table["with"] = runs[runs[MENU] == FULL].groupby(list(within), observed=True, sort=False)[outcome].mean().to_numpy()
    table["without"] = table["with"] - table["effect"]
    table["verdict"] = sign.map(VERDICTS)
    return table


def regions(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How many cells of the plane have which verdict, in all and by the keys `by`."""
    counted = table.groupby(list(by), observed=True, sort=False)["verdict"].value_counts().unstack(fill_value=0)
    return counted.reindex(columns=list(VERDICTS.values()), fill_value=0).reset_index()


def analyse(results: Results) -> Finding:
    """Effects of soft balancing and of bargaining on hard balancing, cell by cell and over the plane."""
    runs = results.runs.assign(**{MENU: results.runs[MENU].astype(str)}) if MENU in results.runs else results.runs
    off = [s for s in NAMES if MENU in runs and (runs[MENU] == without(s)).any()]
    if not off:
        raise BadInput("stepping_stone: the design needs theory.menu as an axis, in full and without soft_balance")
    within = [key for key in results.axes if key != MENU]
    panels = [key for key in within if key not in (SHARE, UNILATERALISM)]
    tables: dict[str, pd.DataFrame] = {}
    answer: list[str] = []
    for strategy in off:
        for outcome, name in OUTCOMES.items():
            table = effects(runs, strategy, outcome, within)
            tables[f"{strategy} on {outcome}"] = table
            for panel, part in _panels(table, panels):
                answer.append(_sentence(runs, strategy, outcome, name, panel, part, within))
    figures = {}
    if {SHARE, UNILATERALISM} <= set(within):
        figures = {"effects": _figure(tables, panels)}
    return Finding("stepping_stone", "Stepping stone or safety valve", answer, tables, figures)


def _panels(table: pd.DataFrame, keys: Sequence[str]) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    if not keys:
        return [({}, table)]
    groups = table.groupby(list(keys), observed=True, sort=False)
    return [(dict(zip(keys, where if isinstance(where, tuple) else (where,), strict=True)), part)
            for where, part in groups]  # fmt: skip


def _title(panel: dict[str, Any]) -> str:
    words = ["land power" if value else "as the scenario has it" for key, value in panel.items() if key == LAND]
    return ", ".join(words + [f"{label(k)} {number(v)}" for k, v in panel.items() if k != LAND]) or "all"


def _sentence(runs: pd.DataFrame, strategy: str, outcome: str, name: str, panel: dict[str, Any], part: pd.DataFrame,
              within: Sequence[str]) -> str:  # fmt: skip
    """One sentence: the pooled effect, the verdicts, and what the pairing was worth."""
    here = runs
    for key, value in panel.items():
        here = here[here[key] == value]
    whole = pooled(here, MENU, without(strategy), FULL, outcome, [k for k in within if k not in panel])
    counts = part["verdict"].value_counts()
    cells = ", ".join(f"{VERDICTS[s]} in {counts.get(VERDICTS[s], 0)}" for s in (1, -1, 0))
    wide = part[np.isfinite(part["gain"])]["gain"].median()
    extreme = part.loc[part["effect"].abs().idxmax()]
    place = ", ".join(f"{label(k)} {number(extreme[k])}" for k in (SHARE, UNILATERALISM) if k in extreme)
    return (
        f"{NAMES[strategy].capitalize()} ({_title(panel)}): having it on the menu changes {name} by "
        f"{whole.effect:+.3f} [{whole.low:+.3f}, {whole.high:+.3f}] over the plane; {cells} of {len(part)} cells; "
        f"largest {extreme['effect']:+.2f} [{extreme['low']:+.2f}, {extreme['high']:+.2f}]"
        f"{f' at {place}' if place else ''}. Unpaired intervals are {wide:.2f} times as wide in the median cell, "
        f"{whole.gain:.2f} times over the plane."
    )


def _figure(tables: dict[str, pd.DataFrame], panels: Sequence[str]) -> Figure:
    """Maps of the effect on P(tipped) and on the share balancing hard; a dot where the verdict is not 'neither'."""
    rows = [(name, *entry) for name, table in tables.items() for entry in _panels(table, panels)]
    columns = max(1, len(rows) // len(tables))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.3 * columns + 0.8, 2.7 * len(tables)), layout="constrained")
        axes = figure.subplots(len(tables), columns, squeeze=False, sharex=True, sharey=True)
        for ax, (name, panel, part) in zip(axes.flat, rows, strict=True):
            image = _map(ax, part)
            strategy, outcome = name.split(" on ")
            ax.set_title(f"{NAMES[strategy]}: effect on {OUTCOMES[outcome]}\n{_title(panel)}")
        for ax in axes[-1]:
            ax.set_xlabel(label(SHARE))
        for ax in axes[:, 0]:
            ax.set_ylabel(label(UNILATERALISM))
        meaning = f"(dot: at least {LEAST:g}, and sure at 95% for all cells together)"
        figure.colorbar(image, ax=axes, shrink=0.6, label=f"effect of having it on the menu\n{meaning}")
    return figure


def _map(ax: Axes, part: pd.DataFrame) -> Any:
    """One plane of effects, blue where hard balancing falls and red where it rises."""
    grid = part.pivot(index=UNILATERALISM, columns=SHARE, values="effect")
    image = ax.pcolormesh(grid.columns, grid.index, grid.to_numpy(), cmap="RdBu_r", vmin=-1, vmax=1, shading="nearest")
    sure = part[part["verdict"] != VERDICTS[0]]
    ax.plot(sure[SHARE], sure[UNILATERALISM], "k.", markersize=2.5)
    return image

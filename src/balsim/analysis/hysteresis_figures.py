"""Figures of the hysteresis analyses; legible in grey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from balsim.analysis.intervals import Survival
from balsim.analysis.ramp_speed import Extrapolation
from balsim.drawing import figure_of, root

_POINT: dict[str, Any] = {"color": "black", "marker": "o", "linestyle": "", "markersize": 4, "capsize": 2}


def speeds(slow: Mapping[str, Extrapolation], lengths: pd.DataFrame) -> Figure:
    """Loop area over the speed of the ramp, and what the fit leaves at speed zero, a panel per point."""
    key = [
        (Line2D([], [], color="black", marker="o", linestyle=""), "mean area, 95% interval (grey: not fitted)"),
        (Line2D([], [], color="0.4", linestyle="--"), "a + b·years^(−p), best fit"),
        (Line2D([], [], color="black", marker="s", markerfacecolor="white", linestyle=""), "infinitely slow ramp"),
    ]  # fmt: skip
    panels = [(title, fit, lengths[lengths["panel"] == title]) for title, fit in slow.items()]
    return root(figure_of(panels, "Is the loop lag, or hysteresis?", _speed, key, across=2))


def forest(effects: pd.DataFrame) -> Figure:
    """Paired change in loop area when one thing at a time is taken away, a panel per point."""
    panels = list(effects.groupby("panel", sort=False))
    key = [(Line2D([], [], color="black", marker="o"), "paired change, 95% interval over runs")]
    return root(figure_of(panels, "What makes the loop: one thing at a time taken away", _effects, key, across=2))


def basins(held: Mapping[str, pd.DataFrame], by: str) -> Figure:
    """Hard balancing in the last third by starting strategy, over the axis `by`, a panel each."""
    key = [
        (Line2D([], [], color="black", marker="o", linestyle="-"), "all begin by balancing hard"),
        (Line2D([], [], color="0.45", marker="s", markerfacecolor="white", linestyle="--"), "all begin softly"),
    ]
    panels = [(title, table, by) for title, table in held.items()]
    return root(figure_of(panels, "Does it matter where the system begins?", _held, key, across=2))


def escapes(curves: Mapping[str, tuple[Survival, Survival]]) -> Figure:
    """Share of worlds that are still in the basin in which they began, a panel each: (from hard, from soft)."""
    key = [
        (Line2D([], [], color="black"), "begun hard, and still hard"),
        (Line2D([], [], color="0.45", linestyle="--"), "begun softly, and not yet tipped"),
    ]
    return root(figure_of(list(curves.items()), "How long does each alignment last?", _escape, key, across=2))


def _speed(ax: Axes, panel: tuple[str, Extrapolation, pd.DataFrame]) -> None:
    title, fit, table = panel
    years, area, low, high = (table[c].to_numpy(dtype=float) for c in ("years", "area", "area_low", "area_high"))
    used, beyond = years >= fit.shortest, 3.0 * years.max()
    ax.axhline(0.0, color="0.8", linewidth=0.8)
    fine = np.geomspace(fit.shortest, 1.7 * years.max(), 200)
    ax.plot(fine, fit.at(fine), color="0.4", linestyle="--", linewidth=1.2)
    for part, colour in ((used, "black"), (~used, "0.65")):
        reach = [(area - low)[part], (high - area)[part]]
        ax.errorbar(years[part], area[part], yerr=reach, **(_POINT | {"color": colour}))
    reach = [[fit.area.estimate - fit.area.low], [fit.area.high - fit.area.estimate]]
    ax.errorbar([beyond], [fit.area.estimate], yerr=reach, **(_POINT | {"marker": "s", "markerfacecolor": "white"}))
    ax.set_xscale("log")
    ax.set_xticks([*years, beyond], [*(f"{y:g}" for y in years), "∞"])
    ax.minorticks_off()
    ax.set(xlabel="length of the ramp in years", ylabel="area of the loop", title=title)


def _effects(ax: Axes, panel: tuple[str, pd.DataFrame]) -> None:
    title, table = panel
    effect, low, high = (table[c].to_numpy(dtype=float) for c in ("effect", "effect_low", "effect_high"))
    places = np.arange(len(table))[::-1]
    ax.axvline(0.0, color="0.7", linewidth=0.8)
    ax.errorbar(effect, places, xerr=[effect - low, high - effect], **_POINT)
    ax.set_yticks(places, table["ablation"].tolist())
    ax.locator_params(axis="x", nbins=5)
    ax.set(xlabel="change in the area of the loop", title=title, ylim=(-0.6, len(table) - 0.4))


def _held(ax: Axes, panel: tuple[str, pd.DataFrame, str]) -> None:
    title, table, by = panel
    table = table.sort_values(by)
    x = table[by].to_numpy(dtype=float)
    for name, colour, marker, line in (("hard", "black", "o", "-"), ("soft", "0.45", "s", "--")):
        middle, low, high = (table[f"from_{name}{end}"].to_numpy(dtype=float) for end in ("", "_low", "_high"))
        face = "white" if name == "soft" else colour
        ax.errorbar(x, middle, yerr=[middle - low, high - middle], color=colour, marker=marker, linestyle=line,
                    markersize=4, markerfacecolor=face, capsize=2)  # fmt: skip
    ax.set(xlabel=by.rsplit(".", 1)[-1].replace("_", " "), ylabel="hard balancing in the last third",
           ylim=(-0.02, 1.02), title=title)  # fmt: skip


def _escape(ax: Axes, panel: tuple[str, tuple[Survival, Survival]]) -> None:
    title, (hard, soft) = panel
    for curve, colour, line in ((hard, "black", "-"), (soft, "0.45", "--")):
        years = np.concatenate([[0.0], curve.years])
        low, middle, high = (np.concatenate([[1.0], c]) for c in (curve.low, curve.surviving, curve.high))
        ax.fill_between(years, low, high, step="post", color=colour, alpha=0.18, linewidth=0)
        ax.step(years, middle, where="post", color=colour, linestyle=line)
    ax.set(xlabel="year", ylabel="share still in its basin", ylim=(0, 1.02), title=title)

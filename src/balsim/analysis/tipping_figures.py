"""Figures of the tipping analysis; legible in grey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from balsim.analysis.intervals import Survival
from balsim.drawing import figure_of, root
from balsim.planes import label

_BAND: dict[str, Any] = {"color": "0.8", "linewidth": 0}


def waiting_times(waits: Mapping[str, Survival]) -> Figure:
    """Share of soft phases that have tipped over the years since they began, a panel each."""
    key = [(Line2D([], [], color="black"), "share that has tipped (Kaplan–Meier)"), (Patch(**_BAND), "95% interval")]
    return root(figure_of(list(waits.items()), "How soon does a soft phase tip into hard balancing?", _waiting, key))


def lines_of(lines: Mapping[str, pd.DataFrame]) -> Figure:
    """The tipping line with its band over the plane, a panel each. Tables as from `tipping_line`."""
    key = [
        (Line2D([], [], color="black", marker="o", markersize=3.5), "half of the worlds tip"),
        (Patch(**_BAND), "95% interval at each share"),
        (Line2D([], [], color="black", marker="x", linestyle=""), "no tipping up to the top of the plane"),
    ]
    return root(figure_of(list(lines.items()), "The tipping line", _line, key))


def _waiting(ax: Axes, panel: tuple[str, Survival]) -> None:
    title, wait = panel
    ax.set(xlabel="years since the soft phase began", ylabel="share that has tipped", ylim=(0, 1), title=title)
    if wait.subjects == 0:
        ax.text(0.5, 0.5, "no soft phase", transform=ax.transAxes, ha="center")
        return
    years = np.concatenate([[0.0], wait.years])
    low, middle, high = (1.0 - np.concatenate([[1.0], c]) for c in (wait.high, wait.surviving, wait.low))
    ax.fill_between(years, low, high, step="post", **_BAND)
    ax.step(years, middle, where="post", color="black")
    ax.set_xlim(0, max(1.0, float(years[-1])))
    ax.text(0.97, 0.04, f"{wait.subjects:,} soft phases, {int(wait.events.sum()):,} tip", transform=ax.transAxes,
            ha="right")  # fmt: skip


def _line(ax: Axes, panel: tuple[str, pd.DataFrame]) -> None:
    title, line = panel
    x, y = line.columns[:2]
    ax.set(xlabel=label(x), ylabel=label(y), ylim=(-0.02, 1.02), title=title)
    share = line[x].to_numpy(dtype=float)
    low, high = (line[end].clip(0.0, 1.0).to_numpy(dtype=float) for end in ("low", "high"))
    undecided = (line["state"] != "above").to_numpy()
    ax.fill_between(share, low, high, where=undecided, **_BAND)
    ax.vlines(share[undecided], low[undecided], high[undecided], color="0.65", linewidth=1.2)
    found = line[y].where(np.isfinite(line[y]))
    ax.plot(share, found, color="black", marker="o", markersize=3.5)
    ax.plot(share[~undecided], np.ones((~undecided).sum()), color="black", marker="x", linestyle="")

"""Mean field: branches of fixed points over unilateralism, laid over simulated results.

The map of a year, and what it leaves out, stand in `mean_field_map`; how fixed points are found, in `fixed_points`.
"""

from __future__ import annotations

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from balsim.analysis.finding import Finding
from balsim.analysis.fixed_points import Branch, FixedPoint, branches
from balsim.analysis.homogeneous import enlarged, require_alike
from balsim.analysis.mean_field_map import MeanField, S
from balsim.config import compose
from balsim.design import Design
from balsim.drawing import LOOKS, MOST_PANELS
from balsim.params import STRATEGIES, BadInput
from balsim.planes import UNILATERALISM, label, number
from balsim.scenario import build
from balsim.shocks import draw

if TYPE_CHECKING:
    from balsim.results import Results

_START = "start.strategy"
_SHARES = [f"share_{name}" for name in STRATEGIES]
_FOLLOWED = 8  # runs of a point for which the map is followed through the issues that the run saw
_MARKS = {"bargain": "o", "hard_balance": "^", "soft_balance": "s", "buck_pass": "D", "bandwagon": "v"}


class Curve(NamedTuple):
    """A branch in shares of second-tier capability: u (P,), shares (P, S), stable (P,) bool; and its folds."""

    u: np.ndarray
    shares: np.ndarray
    radius: np.ndarray
    folds: list[float]


def analyse(results: Results) -> Finding:
    """Branches of fixed points over unilateralism, beside what the same worlds did when they were simulated.

    Raises BadInput unless unilateralism is a swept axis of several values, and states are alike.
    """
    design = Design.from_config(compose(directory=results.out, name="config"))
    if len(design.axes.get(UNILATERALISM, [])) < 2:
        raise BadInput(f"mean field: needs a design that sweeps {UNILATERALISM}")
    table = compared(results, design)
    # A share that is set holds for the armies of year 0: another start strategy is then another world.
    one_world = [UNILATERALISM, _START] if np.isnan(design.records.capability_share).all() else [UNILATERALISM]
    others = [key for key in design.axes if key not in one_world and len(design.axes[key]) > 1]
    panels: dict[str, tuple[pd.DataFrame, list[Curve]]] = {}
    for values, part in table.groupby(others, sort=False) if others else [((), table)]:
        title = ", ".join(f"{label(key)} {number(value)}" for key, value in zip(others, values, strict=True))
        panels[title] = part, curves(design, int(part["point"].iloc[0]))
    table["gap_settled"] = pd.concat([_gap(part, lines) for part, lines in panels.values()])
    answer = [_sentence(title, lines) for title, (_, lines) in panels.items()] + [_agreement(table)]
    rows = [
        (title, k, u, *shares, radius, radius < 1.0)
        for title, (_, lines) in panels.items()
        for k, line in enumerate(lines)
        for u, shares, radius in zip(line.u, line.shares, line.radius, strict=True)
    ]
    fixed = pd.DataFrame(rows, columns=["panel", "branch", UNILATERALISM, *_SHARES, "radius", "stable"])
    folds = pd.DataFrame(
        [(title, k, at) for title, (_, lines) in panels.items() for k, line in enumerate(lines) for at in line.folds],
        columns=["panel", "branch", UNILATERALISM],
    )
    tables = {"residuals": table.drop(columns="point"), "fixed_points": fixed, "folds": folds}
    return Finding("mean_field", "Mean field of states that are alike", answer, tables, {"branches": _figure(panels)})


def compared(results: Results, design: Design) -> pd.DataFrame:
    """A row per point: simulated shares of capability in the last third, and those of the mean field (`mean_field_…`).

    The mean field starts where the runs start and sees the issues that they see.
    `gap_followed` : largest difference over the strategies, on the runs for which it was followed
    """
    simulated = results.runs[_SHARES].to_numpy().reshape(len(design), design.runs, S)
    issues = draw(design.seed, range(min(design.runs, _FOLLOWED)), design.years, 1).issue
    last = max(1, design.years // 3)
    rows = []
    for k in range(len(design)):
        field = _field(design, k)
        laws = [law for seen in issues for law in field.follow(field.begin(), seen)[-last:]]
        followed = np.mean([field.capability_shares(law.moments) for law in laws], axis=0)
        gap = np.abs(simulated[k, : len(issues)].mean(axis=0) - followed).max()
        spread = np.quantile(simulated[k, :, 0], [0.05, 0.95])
        rows.append([k, *simulated[k].mean(axis=0), *spread, *followed, gap])
    followed_names = [f"mean_field_{name}" for name in STRATEGIES]
    columns = ["point", *_SHARES, "hard_q05", "hard_q95", *followed_names, "gap_followed"]
    return pd.concat([design.points.reset_index(drop=True), pd.DataFrame(rows, columns=columns)], axis=1)


def curves(design: Design, k: int) -> list[Curve]:
    """Branches of fixed points over the unilateralism that a design sweeps, all else as at its point `k`."""
    swept = [float(u) for u in design.axes[UNILATERALISM]]
    start = build(design.scenario_settings[design.scenario_of[k]], design.seed, 1).start
    states = start.economy.shape[1]
    require_alike(start, design.records[k : k + 1])
    few = enlarged(start, 3)

    def make(u: float) -> MeanField:
        row = design.records[k : k + 1].copy()
        row["unilateralism"] = u
        return MeanField(few, row, states)

    field = make(min(swept))

    def curve(branch: Branch) -> Curve:
        points: list[FixedPoint] = branch.points
        return Curve(
            np.array([point.at for point in points]),
            np.array([field.capability_shares(point.law.moments) for point in points]),
            np.array([point.radius for point in points]),
            branch.folds,
        )

    return [curve(branch) for branch in branches(make, min(swept), max(swept))]


def _field(design: Design, k: int) -> MeanField:
    settings = design.scenario_settings[design.scenario_of[k]]
    return MeanField(build(settings, design.seed, 1).start, design.records[k : k + 1])


def _gap(part: pd.DataFrame, lines: list[Curve]) -> pd.Series:
    """Largest difference over the strategies from the stable fixed point that is nearest; NaN where there is none."""
    found = []
    for u, shares in zip(part[UNILATERALISM], part[_SHARES].to_numpy(), strict=True):
        gaps = [np.abs(at - shares).max() for at in _stable_at(u, lines)]
        found.append(min(gaps, default=np.nan))
    return pd.Series(found, index=part.index)


def _stable_at(u: float, lines: list[Curve]) -> list[np.ndarray]:
    """Shares of the stable fixed points at one u, between the points of the curves."""
    found = []
    for line in lines:
        for k, (a, b) in enumerate(pairwise(line.u.tolist())):
            if min(a, b) <= u <= max(a, b) and a != b and max(line.radius[k : k + 2]) < 1.0:
                found.append(line.shares[k] + (u - a) / (b - a) * (line.shares[k + 1] - line.shares[k]))
    return found


def _sentence(title: str, lines: list[Curve]) -> str:
    folds = sorted(at for line in lines for at in line.folds)
    grid = np.linspace(min(line.u.min() for line in lines), max(line.u.max() for line in lines), 201)
    several = grid[[len(_distinct(_stable_at(u, lines))) > 1 for u in grid]]
    what = f"At {title}: " if title else ""
    if len(several) == 0:
        where = ", ".join(f"{at:.3f}" for at in folds)
        return f"{what}one stable phase at every unilateralism" + (f" (folds at {where})." if folds else "; no fold.")
    return (f"{what}two or more stable phases from unilateralism {several[0]:.2f} to {several[-1]:.2f}; folds at "
            f"{', '.join(f'{at:.3f}' for at in folds) or 'none within the range'}.")  # fmt: skip


def _distinct(points: list[np.ndarray]) -> list[np.ndarray]:
    kept: list[np.ndarray] = []
    for point in points:
        if all(np.abs(point - other).max() > 0.02 for other in kept):
            kept.append(point)
    return kept


def _agreement(table: pd.DataFrame) -> str:
    gap, settled = table["gap_followed"], table["gap_settled"]
    return (
        f"Followed through the same issues, mean-field and simulated shares of the strategies differ by "
        f"{gap.mean():.3f} on average over {len(gap)} points (median {gap.median():.3f}, most {gap.max():.3f}). "
        f"From the nearest stable fixed point, which knows of issues on average only, they differ by "
        f"{settled.mean():.3f} on average and {settled.max():.3f} at most."
    )


def _figure(panels: dict[str, tuple[pd.DataFrame, list[Curve]]]) -> Figure:
    shown = list(panels.items())[:MOST_PANELS]
    figure = Figure(figsize=(3.6 * min(3, len(shown)) + 0.6, 3.5 * -(-len(shown) // 3) + 0.7), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(-(-len(shown) // 3), min(3, len(shown)), squeeze=False, sharey=True)
    for ax, (title, (part, lines)) in zip(grid.flat, shown, strict=False):
        _draw(ax, part, lines)
        ax.set_title(textwrap.fill(title, 40), loc="left", fontsize=9.5)
    for ax in list(grid.flat)[len(shown) :]:
        ax.set_visible(False)
    starts = list(dict.fromkeys(start for part, _ in panels.values() for start in _starts(part)))
    key = [Line2D([], [], color=LOOKS["hard_balance"].colour, linewidth=2.0),
           Line2D([], [], color="#777777", linewidth=1.2, linestyle=(0, (2, 2)))]  # fmt: skip
    words = ["stable fixed point", "unstable"]
    for start in starts:
        key.append(Line2D([], [], linestyle="", marker=_MARKS[start], markerfacecolor="white", color="black"))
        words.append(f"simulated from {LOOKS[start].label}: mean, 5–95% of worlds")
    key.append(Line2D([], [], linestyle="", marker="x", color="black", markersize=4))
    words.append("mean field, same issues")
    figure.legend(key, words, loc="outside lower center", ncols=min(3, len(words)), frameon=False, fontsize=8.5)
    return figure


def _starts(part: pd.DataFrame) -> list[str]:
    return list(part[_START].unique()) if _START in part else ["bargain"]


def _draw(ax: Axes, part: pd.DataFrame, lines: list[Curve]) -> None:
    """Hard balancing over unilateralism: branches, and simulated means with their spread."""
    for line in lines:
        for k in range(len(line.u) - 1):
            steady = max(line.radius[k : k + 2]) < 1.0
            ax.plot(line.u[k : k + 2], line.shares[k : k + 2, 0], linewidth=2.0 if steady else 1.2,
                    color=LOOKS["hard_balance"].colour if steady else "#777777",
                    linestyle="-" if steady else (0, (2, 2)), zorder=2)  # fmt: skip
    for start in _starts(part):
        rows = part[part[_START] == start] if _START in part else part
        mean = rows[_SHARES[0]]
        # A mean may lie outside its own 5–95% where few worlds hold nearly all of it.
        reach = np.maximum([mean - rows["hard_q05"], rows["hard_q95"] - mean], 0.0)
        ax.errorbar(rows[UNILATERALISM], mean, yerr=reach, linestyle="", marker=_MARKS[start], markersize=4.5,
                    markerfacecolor="white", color="black", ecolor="#999999", elinewidth=0.8, zorder=3)  # fmt: skip
        ax.plot(rows[UNILATERALISM], rows["mean_field_hard_balance"], linestyle="", marker="x", color="black",
                markersize=4, zorder=4)  # fmt: skip
    ax.set(ylim=(-0.03, 1.03), xlabel=label(UNILATERALISM), ylabel="hard balancing, share of capability")
    ax.spines[["top", "right"]].set_visible(False)

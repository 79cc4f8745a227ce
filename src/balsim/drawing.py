"""The drawing of single panels, and of figures made of panels. What is drawn, and when, is chosen in `plots`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from balsim.params import STRATEGIES
from balsim.planes import Layout, Panel, Plane, label


class Look(NamedTuple):
    """How a strategy looks. `ink` is what is written on its colour."""

    label: str
    letter: str
    colour: str
    ink: str
    hatch: str


# Lightness L* rises from 14 to 94 in the order of the menu, in even steps: the order survives a grey printer and
# (tested) protanopia, deuteranopia and tritanopia.
LOOKS: dict[str, Look] = dict(zip(STRATEGIES, (
    Look("hard balancing", "H", "#2C1160", "white", ""),
    Look("soft balancing", "S", "#A1305F", "white", "////"),
    Look("bargaining", "B", "#2A9D8F", "black", ""),
    Look("buck-passing", "P", "#EBB84A", "black", "\\\\\\\\"),
    Look("bandwagoning", "W", "#F3F1C4", "black", ""),
), strict=True))  # fmt: skip

MOST_PANELS = 6
LEVELS: dict[float, tuple[float, Any]] = {0.25: (1.0, ":"), 0.5: (2.2, "-"), 0.75: (1.0, "--")}
STYLE: Any = {
    "font.family": "DejaVu Sans", "font.size": 9, "axes.titlesize": 9.5, "axes.spines.top": False,
    "axes.spines.right": False, "hatch.linewidth": 0.4, "svg.hashsalt": "balsim", "svg.fonttype": "path",
}  # fmt: skip
_EDGE = "#55555566"
_UP, _DOWN = LOOKS["soft_balance"].colour, LOOKS["hard_balance"].colour
_SHADES = LinearSegmentedColormap.from_list("shades", ["#FBFAF3", _UP, _DOWN])
_TIER = "share of second-tier capability"
_HALO: list[Any] = [patheffects.withStroke(linewidth=3.0, foreground="white")]


def _ink(look: Look) -> tuple[str, float]:
    """Colour of a strategy's hatching and outline."""
    return look.ink, 0.4


_BLANK = Patch(facecolor="none", edgecolor="none")
STRATEGY_KEY = [
    (Patch(facecolor=look.colour, edgecolor=_ink(look), hatch=look.hatch), f"{look.letter}  {look.label}")
    for look in LOOKS.values()
]
CELL_KEY = [(_BLANK, "area of a square: share of worlds in that phase")]
TIP_KEY = [
    (Line2D([], [], color="black", linewidth=width, linestyle=line), f"{level:.0%} of worlds tip")
    for level, (width, line) in LEVELS.items()
]
BAND_KEY = [(Line2D([], [], color="#444444", linestyle=(0, (3, 2))), "hard balancing in 5% and 95% of worlds")]
_POINT: dict[str, Any] = {"color": "black", "marker": "o", "markersize": 4, "markerfacecolor": "white"}
TIPPED_KEY = [(Line2D([], [], **_POINT), "share of worlds that tip, 95% interval")]
RAMP_KEY = [
    (Line2D([], [], color=_UP, linewidth=1.8, linestyle="--"), "unilateralism rising (mean)"),
    (Line2D([], [], color=_DOWN, linewidth=1.8), "unilateralism falling (mean)"),
    (Patch(facecolor=_DOWN, alpha=0.2, edgecolor="none"), "5–95% of worlds"),
]


def figure_of(panels: Sequence[Any], title: str, draw: Callable[[Axes, Any], None], key: Sequence[tuple[Any, str]],
              ax: Axes | None = None, across: int = 0) -> Axes:  # fmt: skip
    """Draw a panel each into a new figure, at most MOST_PANELS, with one key below; or the first into `ax`.

    across : panels in a row, 0 to choose
    Returns the last Axes drawn into. Nothing of matplotlib's global state is changed.
    """
    with mpl.rc_context(STYLE):
        if ax is not None:
            draw(ax, panels[0])
            return ax
        shown = panels[:MOST_PANELS]
        columns = min(len(shown), across or (3 if len(shown) > 4 else 2))
        rows = -(-len(shown) // columns)
        size = (5.2 * columns if columns < 3 else 12.5, 0.9 + 4.0 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=130)
        FigureCanvasAgg(figure)
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for spare in axes[len(shown) :]:
            spare.remove()
        for place, panel in zip(axes, shown, strict=False):
            draw(place, panel)
        if len(panels) > len(shown):
            title += f"; the first {len(shown)} of {len(panels)}, the others are in cells.csv"
        figure.suptitle(textwrap.fill(title, 68 * columns), fontsize=11, ha="left", x=0.01)
        if key:
            handles, labels = zip(*key, strict=True)
            figure.legend(handles, labels, loc="outside lower center", ncols=2 * columns if columns < 3 else 5,
                          frameon=False, handlelength=2.2, columnspacing=1.4)  # fmt: skip
        return figure.axes[len(shown) - 1]


def phases(ax: Axes, plane: Plane, panel: Panel) -> None:
    """Squares in the colour of the prevailing phase, as large as its share of worlds; lines of equal tipping."""
    _frame(ax, plane, panel)
    names, shares = plane.names(panel, "phase"), plane.grid(panel, "phase_share")
    width, height = _step(plane.xs), _step(plane.ys)
    size = _letter_size(ax, plane)
    for strategy, look in LOOKS.items():
        squares = []
        for row, column in np.argwhere(names == strategy):
            side = float(np.sqrt(shares[row, column]))
            x, y = plane.xs[column], plane.ys[row]
            squares.append(Rectangle((x - 0.5 * side * width, y - 0.5 * side * height), side * width, side * height))
        ax.add_collection(PatchCollection(squares, facecolor=look.colour, edgecolor=_EDGE, linewidth=0.3))
        if size >= 4.0:
            rows, columns = np.nonzero(names == strategy)
            ax.scatter(plane.xs[columns], plane.ys[rows], s=size * size, marker=rf"$\mathrm{{{look.letter}}}$",
                       color=look.ink, linewidths=0)  # fmt: skip
    _tipping_lines(ax, plane, panel)


def heat(ax: Axes, plane: Plane, panel: Panel, measure: str, what: str, low: float, high: float) -> None:
    """Values of an outcome as shades, with a scale and the lines of equal tipping."""
    _frame(ax, plane, panel)
    edges = [_edges(plane.xs), _edges(plane.ys)]
    mesh = ax.pcolormesh(*edges, plane.grid(panel, measure), cmap=_SHADES, vmin=low, vmax=high, rasterized=True)
    root(ax).colorbar(mesh, ax=ax, label=what, shrink=0.85)
    _tipping_lines(ax, plane, panel)


def alignment(ax: Axes, layout: Layout, title: str, point: Mapping[str, Any]) -> None:
    """Mean shares of second-tier capability, stacked over the years; the spread of hard balancing over worlds."""
    series = {name: layout.trajectory(point, f"share_{name}") for name in STRATEGIES}
    hard = series["hard_balance"]
    ticks = hard["tick"].to_numpy()
    below = np.zeros(len(ticks))
    for name, look in LOOKS.items():
        above = below + series[name]["mean"].to_numpy()
        ax.fill_between(
            ticks, below, above, facecolor=look.colour, hatch=look.hatch, edgecolor=_ink(look), linewidth=0.3
        )
        _letter(ax, ticks, below, above, look)
        below = above
    for quantile in ("q05", "q95"):
        ax.plot(ticks, hard[quantile], color="#444444", linewidth=1.1, linestyle=(0, (3, 2)), path_effects=_HALO)
    ax.set(xlim=(ticks[0], ticks[-1]), ylim=(0, 1), xlabel="year", ylabel=_TIER)
    _title(ax, title)


def loop(ax: Axes, layout: Layout, title: str, point: Mapping[str, Any]) -> None:
    """Hard balancing over unilateralism, on the way up and on the way down, with the area between."""
    u = layout.trajectory(point, "unilateralism")["mean"].to_numpy()
    hard = layout.trajectory(point, "share_hard_balance")
    turn = int(np.argmax(u))
    for leg, colour, line in ((slice(0, turn + 1), _UP, "--"), (slice(turn, None), _DOWN, "-")):
        part = hard.iloc[leg]
        ax.fill_between(u[leg], part["q05"], part["q95"], color=colour, alpha=0.16, linewidth=0)
        ax.plot(u[leg], part["mean"], color=colour, linewidth=1.8, linestyle=line)
        if len(part) > 2:
            middle = 3 * len(part) // 5
            ends = [(u[leg][k], part["mean"].iloc[k]) for k in (middle, middle + len(part) // 30 + 1)]
            ax.annotate("", ends[1], ends[0], arrowprops={"arrowstyle": "-|>", "color": colour, "mutation_scale": 14})
    row = layout.row(point)
    area, low, high = (figure3(row[f"loop_area{end}"]) for end in ("", "_low", "_high"))
    ax.text(0.03, 0.96, f"area of the loop {area}\n95% interval {low} to {high}",
            transform=ax.transAxes, va="top", fontsize=8.5)  # fmt: skip
    ax.set(xlim=(u.min(), u.max() if u.max() > u.min() else u.min() + 1), ylim=(0, 1), xlabel="unilateralism",
           ylabel=_TIER)  # fmt: skip
    _title(ax, title)


def profile(ax: Axes, along: str, panel: Panel) -> None:
    """Mean shares in the last third, stacked along a numeric axis, and the share of worlds that tip."""
    cells = panel.cells.sort_values(along)
    x, below = cells[along].to_numpy(dtype=float), np.zeros(len(cells))
    for name, look in LOOKS.items():
        above = below + cells[f"share_{name}"].to_numpy()
        ax.fill_between(x, below, above, facecolor=look.colour, hatch=look.hatch, edgecolor=_ink(look), linewidth=0.3)
        _letter(ax, x, below, above, look)
        below = above
    reach = [cells["tipped"] - cells["tipped_low"], cells["tipped_high"] - cells["tipped"]]
    ax.errorbar(
        x, cells["tipped"], yerr=reach, **_POINT, linewidth=1.2, capsize=2, path_effects=_HALO, clip_on=False, zorder=5
    )
    ax.set(xlim=(x.min(), x.max()), ylim=(0, 1), xlabel=label(along), ylabel=_TIER)
    _title(ax, panel.title)


def bars(ax: Axes, layout: Layout, panel: Panel) -> None:
    """Mean shares in the last third, a bar per point (the first thirty), with the share of worlds that tip."""
    cells = panel.cells.head(30).iloc[::-1]
    places, left = list(range(len(cells))), np.zeros(len(cells))
    for name, look in LOOKS.items():
        width = cells[f"share_{name}"].to_numpy()
        ax.barh(places, width, left=left, color=look.colour, hatch=look.hatch, edgecolor=_ink(look), linewidth=0.3)
        for place, start, part in zip(places, left, width, strict=True):
            if part > 0.05:
                ax.text(start + part / 2, place, look.letter, color=look.ink, ha="center", va="center", fontsize=8)
        left = left + width
    for place, tipped in zip(places, cells["tipped"], strict=True):
        ax.text(1.01, place, f"{100 * tipped:.0f}% tip", va="center", fontsize=8)
    ax.set(xlim=(0, 1), xlabel=_TIER)
    ax.set_yticks(places, [textwrap.fill(layout.title(row), 34) for _, row in cells.iterrows()])


def _frame(ax: Axes, plane: Plane, panel: Panel) -> None:
    x, y = _edges(plane.xs), _edges(plane.ys)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=label(plane.x), ylabel=label(plane.y))
    _title(ax, panel.title)


def _tipping_lines(ax: Axes, plane: Plane, panel: Panel) -> None:
    tipped = plane.grid(panel, "tipped")
    most = float(np.nanmax(tipped))
    if most < 0.5:
        note = (
            f"half of the worlds tip nowhere (at most {100 * most:.0f}%)"
            if most > 0.0
            else "no world tips on this plane"
        )
        _title(ax, f"{panel.title}: {note}" if panel.title else note)
    levels = [level for level in LEVELS if np.nanmin(tipped) < level <= most and min(tipped.shape) > 1]
    if levels:
        # A hair below, so that a plateau that lies exactly on a level is inside its line.
        lines = ax.contour(plane.xs, plane.ys, tipped, [level - 1e-9 for level in levels], colors="black",
                           linewidths=[LEVELS[v][0] for v in levels],
                           linestyles=[LEVELS[v][1] for v in levels])  # fmt: skip
        lines.set_path_effects(_HALO)


def _letter(ax: Axes, x: np.ndarray, below: np.ndarray, above: np.ndarray, look: Look) -> None:
    """The strategy's letter where its band is thickest, away from the ends, unless it is too thin to hold one."""
    end = max(1, len(x) // 12)
    inner = np.arange(end, len(x) - end) if len(x) > 2 else np.arange(len(x))
    # Where it is equally thick, in the middle.
    k = inner[np.argmax((above - below)[inner] - 1e-6 * np.abs(inner - len(x) / 2))]
    if above[k] - below[k] > 0.09:
        box = {"facecolor": look.colour, "edgecolor": "none", "pad": 1.2}
        middle = 0.5 * (above[k] + below[k])
        ax.text(x[k], middle, look.letter, color=look.ink, ha="center", va="center", weight="bold", zorder=6, bbox=box)


def _letter_size(ax: Axes, plane: Plane) -> float:
    """Font size (points) at which a letter fits a cell of the plane."""
    box = ax.get_position()
    across, up = root(ax).get_size_inches()
    cell = 72.0 * min(across * box.width / len(plane.xs), up * box.height / len(plane.ys))
    return min(9.0, 0.38 * cell)


def _step(values: np.ndarray) -> float:
    return float(np.diff(values).min())


def _edges(values: np.ndarray) -> np.ndarray:
    middle = 0.5 * (values[1:] + values[:-1])
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def root(ax: Axes) -> Figure:
    """The figure that an Axes is part of."""
    figure: Any = ax.figure
    while not isinstance(figure, Figure):
        figure = figure.figure
    return figure


def figure3(value: float) -> str:
    """A number with three digits after the point, never "-0.000"."""
    return f"{round(value, 3) + 0.0:.3f}"


def _title(ax: Axes, text: str) -> None:
    """A title on the left, wrapped to the width that its Axes will about have."""
    spec = ax.get_subplotspec()
    across = root(ax).get_size_inches()[0] / (spec.get_gridspec().ncols if spec else 1)
    ax.set_title(textwrap.fill(text, int(12.5 * across)), loc="left")

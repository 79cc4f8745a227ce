"""Figures: phase map, heat map, alignment over time, hysteresis. Legible in grey, in print and to the colour-blind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from balsim import drawing
from balsim.drawing import BAND_KEY, CELL_KEY, LOOKS, RAMP_KEY, STRATEGY_KEY, TIP_KEY, TIPPED_KEY, figure_of, root
from balsim.params import BadInput
from balsim.planes import SHARE, UNILATERALISM, Layout, Panel, Plane, label, number

if TYPE_CHECKING:
    from balsim.results import Results


class Plots:
    """Figures of one design. Each method takes a selection (`land_power=True`, or a dictionary of dotted keys).

    With `ax` it draws into that (one panel), else into a figure of its own, and returns the (last) Axes.
    """

    def __init__(self, results: Results) -> None:
        self.results = results

    def phase_map(self, ax: Axes | None = None, **selection: Any) -> Axes:
        """The most frequent phase over the plane, with the lines where a share of worlds tips.

        Raises BadInput where the design has no two numeric axes.
        """
        layout, plane = self._plane(selection)
        title = f"Which strategy prevails in the last third of the run ({_basis(layout)})"
        key = [*STRATEGY_KEY, *TIP_KEY, *CELL_KEY]
        return figure_of(plane.panels, title, lambda a, p: drawing.phases(a, plane, p), key, ax)

    def heat(self, measure: str, ax: Axes | None = None, **selection: Any) -> Axes:
        """The mean of an outcome over the plane. Raises BadInput for an unknown outcome, or without a plane."""
        layout, plane = self._plane(selection)
        if measure not in layout.cells or not np.issubdtype(layout.cells[measure].dtype, np.number):
            raise BadInput(f"'{measure}' is not a numeric outcome of this design")
        values = layout.cells[measure].to_numpy(dtype=float)
        low, high = (0.0, 1.0) if measure.startswith(("share_", "path_")) or measure in TRUTH_LABELS else (
            float(np.nanmin(values)), float(np.nanmax(values)))  # fmt: skip
        what = measure_label(measure)
        title = f"{what[0].upper()}{what[1:]}, mean of worlds ({_basis(layout)})"
        return figure_of(
            plane.panels, title, lambda a, p: drawing.heat(a, plane, p, measure, what, low, high), TIP_KEY, ax
        )

    def alignment(self, ax: Axes | None = None, **selection: Any) -> Axes:
        """Shares of second-tier capability by strategy over the years, a panel per point (the first six)."""
        layout = Layout(self.results, _dotted(self.results, selection))
        return self._alignment_of(layout, *_arranged(layout), ax)

    def hysteresis(self, ax: Axes | None = None, **selection: Any) -> Axes:
        """Hard balancing against unilateralism while it rises and while it falls, a panel per point (the first six)."""
        layout = Layout(self.results, _dotted(self.results, selection))
        title = f"Hard balancing as unilateralism rises and falls ({_basis(layout)})"
        points, across = _arranged(layout)
        return figure_of(points, title, lambda a, p: drawing.loop(a, layout, *p), RAMP_KEY, ax, across)

    def profile(self, ax: Axes | None = None, **selection: Any) -> Axes:
        """Shares of second-tier capability in the last third, along the only numeric axis or point by point."""
        layout = Layout(self.results, _dotted(self.results, selection))
        along = layout.numeric[0] if layout.numeric and layout.is_grid else None
        title = f"How the second tier aligns itself in the last third of the run ({_basis(layout)})"
        if along is None:
            whole = [Panel("", layout.cells)]
            return figure_of(whole, title, lambda a, p: drawing.bars(a, layout, p), STRATEGY_KEY, ax)
        panels = layout.panels((along,))
        return figure_of(panels, title, lambda a, p: drawing.profile(a, along, p), STRATEGY_KEY + TIPPED_KEY, ax)

    def telling(self) -> Axes:
        """Alignment over the years at up to four points that tell the plane's story (see `telling_points`)."""
        layout = Layout(self.results)
        return self._alignment_of(layout, list(layout.points(telling_points(layout))), 0, None)

    def _alignment_of(
        self, layout: Layout, points: Sequence[tuple[str, dict[str, Any]]], across: int, ax: Axes | None
    ) -> Axes:
        title = f"How the second tier aligns itself over time ({_basis(layout)})"
        key = [*STRATEGY_KEY, *BAND_KEY]
        return figure_of(points, title, lambda a, p: drawing.alignment(a, layout, *p), key, ax, across)

    def _plane(self, selection: Mapping[str, Any]) -> tuple[Layout, Plane]:
        layout = Layout(self.results, _dotted(self.results, selection))
        if layout.plane is None:
            raise BadInput("this design has no plane: two swept axes of numbers are needed")
        return layout, layout.plane


def _arranged(layout: Layout) -> tuple[list[tuple[str, dict[str, Any]]], int]:
    """Points as panels, and how many stand in a row: with two short axes the first runs across, the second down."""
    points = list(layout.points())
    if len(layout.swept) != 2 or len(layout.axes[layout.swept[0]]) > 3 or len(points) > drawing.MOST_PANELS:
        return points, 0
    across = len(layout.axes[layout.swept[0]])
    down = len(points) // across
    return [points[k * down + row] for row in range(down) for k in range(across)], across


def figures(results: Results) -> dict[str, Figure]:
    """The figures that make sense for a design, by the name of their file."""
    layout, plot = Layout(results), Plots(results)
    drawn: dict[str, Callable[[], Axes]] = {}
    if layout.plane is not None:
        drawn["phase_map"] = plot.phase_map
        drawn["hard_balancing"] = lambda: plot.heat("share_hard_balance")
        drawn["alignment"] = plot.telling
    else:
        if is_ramp(results):
            drawn["hysteresis"] = plot.hysteresis
        elif len(layout.cells) > 1:
            drawn["profile"] = plot.profile
        drawn["alignment"] = plot.alignment
    return {name: root(draw()) for name, draw in drawn.items()}


def is_ramp(results: Results) -> bool:
    """Whether unilateralism rises and returns in this design."""
    return results.config["hegemon"]["policy"] == "ramp"


def telling_points(layout: Layout) -> Any:
    """Cells worth a look over time, at most four: where most worlds tip (or hard balancing is greatest), where about
    half do, where soft balancing is greatest, and the middle of the plane."""
    cells = layout.cells
    rank = cells["tipped"] + 1e-3 * cells["share_hard_balance"]
    picked = [rank.idxmax()]
    if cells["tipped"].max() >= 0.5 > cells["tipped"].min():
        picked.append((cells["tipped"] - 0.5).abs().idxmin())
    picked.append(cells["share_soft_balance"].idxmax())
    middle = sum((cells[key].rank(method="dense", pct=True) - 0.5).abs() for key in layout.numeric[:2])
    picked.append(middle.idxmin())
    return cells.loc[list(dict.fromkeys(picked))]


TRUTH_LABELS = {"tipped": "worlds that tip", "soft_phase": "worlds with a soft phase", "reversed": "worlds that revert"}


def measure_label(measure: str) -> str:
    """What an outcome is called in figures."""
    strategy = measure.removeprefix("share_")
    if strategy in LOOKS:
        return f"share of second-tier capability in {LOOKS[strategy].label}"
    return TRUTH_LABELS.get(measure, measure.replace("_", " "))


def _basis(layout: Layout) -> str:
    """What all panels have in common: share, unilateralism and theory if not swept, what is selected, worlds."""
    results, hegemon = layout.results, layout.results.config["hegemon"]
    held = {SHARE: [hegemon["capability_share"]], UNILATERALISM: [hegemon["unilateralism"]], **layout.axes}
    held["theory"] = layout.axes.get("theory", [results.config["theory"]["name"]])
    parts = []
    for key, values in held.items():
        if key == UNILATERALISM and is_ramp(results):
            parts.append(f"unilateralism {number(hegemon['ramp_low'])} to {number(hegemon['ramp_high'])} and back")
        elif key == SHARE and values == [None]:
            parts.append(f"{label(key)} {_measured_share(results)}")
        elif len(values) == 1:
            parts.append(layout.title({key: values[0]}, [key]))
    sizes = layout.cells["n"]
    worlds = f"{sizes.min()}" if sizes.min() == sizes.max() else f"{sizes.min()}–{sizes.max()}"
    each = " a point" if len(sizes) > 1 else ""
    return ", ".join([*parts, f"{worlds} world{'' if worlds == '1' else 's'}{each}"])


def _measured_share(results: Results) -> str:
    """The hegemon's share in year 0, where it is left to the scenario."""
    found = results.trajectories
    found = found[(found["measure"] == "capability_share") & (found["tick"] == 0)]["mean"]
    ends = dict.fromkeys((f"{found.min():.2f}", f"{found.max():.2f}"))
    return f"{'–'.join(ends)} as in the scenario"


def _dotted(results: Results, selection: Mapping[str, Any]) -> dict[str, Any]:
    """Axis keys by their last part as well, since a keyword argument cannot hold a point."""
    return {next((k for k in results.axes if k.rsplit(".", 1)[-1] == key), key): v for key, v in selection.items()}

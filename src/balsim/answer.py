"""The answer of a design in words. Every sentence is computed from the tables; none is known in advance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from balsim.cells import wilson
from balsim.drawing import LOOKS, figure3
from balsim.params import BadInput
from balsim.planes import SHARE, Layout, Panel, Plane, label, number
from balsim.plots import is_ramp

if TYPE_CHECKING:
    from balsim.results import Results

MOST_POINTS = 12
_NEGLIGIBLE = 0.05  # share of second-tier capability below which there is no hard balancing to speak of
PATH_LABELS = {
    "quiet": "quiet", "soft_only": "soft only", "soft_to_hard": "soft to hard",
    "hard_without_soft": "hard without soft", "bandwagon": "bandwagoning", "buck_pass": "buck-passing",
}  # fmt: skip


def answer(results: Results) -> list[str]:
    """What came out, a sentence or two a line, in the order: what prevails, what tips, what differs."""
    layout = Layout(results)
    if is_ramp(results):
        return _ramp(layout)
    if layout.plane is not None:
        return _surface(layout, layout.plane)
    return _points(layout)


def scenario_share(results: Results) -> float | None:
    """The hegemon's capability share in the scenario itself (eq. P1).

    None where its files are no longer there, or where the scenario or the weight of military strength is swept.
    """
    from balsim import scenario
    from balsim.theory.power import capability

    config = results.config
    if any(key.startswith("scenario") or key in ("theory", "theory.military_weight") for key in results.axes):
        return None
    try:
        world = scenario.build(config["scenario"], config["seed"], 1)
    except BadInput:
        return None
    weight = float(config["theory"]["military_weight"])
    stocks = zip(world.start.economy[0], world.start.military[0], strict=True)
    held = np.array([capability(economy, military, weight) for economy, military in stocks])
    return float(held[world.hegemon] / held.sum())


# ---- a plane


def _surface(layout: Layout, plane: Plane) -> list[str]:
    own = scenario_share(layout.results) if plane.x == SHARE else None
    worlds = int(layout.cells["n"].sum())
    lines = [
        f"{worlds:,} worlds at {len(layout.cells):,} points: {label(plane.x)} {_span(pd.Series(plane.xs))}, "
        f"{label(plane.y)} {_span(pd.Series(plane.ys))}."
    ]
    if own is not None:
        lines[0] += f" The scenario's own share is {own:.2f}."
    for panel in plane.panels:
        said = [_prevailing(plane, panel), _tipping(plane, panel)]
        if panel.cells["tipped"].max() >= 0.5:
            said.append(_edge(plane, panel, own))
        if panel.cells["tipped"].max() > 0.0:
            said.append(_after_soft(layout, panel))
        lines += [_headed(panel.title, text) for text in said]
    if len(plane.panels) > 1:
        lines.append(_difference(plane))
    return lines


def _prevailing(plane: Plane, panel: Panel) -> str:
    """Where each strategy is the most frequent phase."""
    found = []
    for name, count in panel.cells["phase"].value_counts().items():
        here = panel.cells[panel.cells["phase"] == name]
        spans = ", ".join(f"{_short(key)} {_span(here[key])}" for key in (plane.x, plane.y))
        found.append(f"{LOOKS[str(name)].label} in {_percent(count / len(panel.cells))} of the cells ({spans})")
    none = [look.label for name, look in LOOKS.items() if name not in set(panel.cells["phase"])]
    return f"the most frequent phase is {_listed(found)}" + (f"; nowhere {_listed(none, 'or')}." if none else ".")


def _tipping(plane: Plane, panel: Panel) -> str:
    """Whether worlds tip, in how many cells, and how far this came out of soft balancing."""
    cells = panel.cells
    worlds, tipped = int(cells["n"].sum()), _count(cells, "tipped")
    if tipped == 0:
        return (f"nothing tips: in none of {worlds:,} worlds is hard balancing sustained (95% interval at a single "
                f"point: up to {_percent(cells['tipped_high'].max())}).")  # fmt: skip
    through = _percent(_count(cells, "path_soft_to_hard") / tipped)
    text = f"soft balancing had come first in {through} of the {tipped:,} worlds that tip"
    halves = int((cells["tipped"] >= 0.5).sum())
    if halves:
        part = _percent(halves / len(cells))
        return f"half or more of the worlds tip in {halves} of {len(cells)} cells ({part}); {text}."
    most = cells.loc[cells["tipped"].idxmax()]
    where = f"{_short(plane.x)} {number(most[plane.x])}, {_short(plane.y)} {number(most[plane.y])}"
    return f"in no cell do half of the worlds tip; the most is {_interval(most, 'tipped')} at {where}; {text}."


def _edge(plane: Plane, panel: Panel, own: float | None) -> str:
    """The lowest y at which half of the worlds tip, at several x."""
    tipping = np.asarray(plane.grid(panel, "tipped") >= 0.5)
    reached = np.flatnonzero(tipping.any(axis=0))
    shown = set(reached[np.linspace(0, len(reached) - 1, min(len(reached), 5)).round().astype(int)].tolist())
    nearest = -1
    if own is not None and plane.xs[0] <= own <= plane.xs[-1]:
        nearest = int(np.abs(plane.xs - own).argmin())
        shown |= {nearest} & set(reached.tolist())
    edges = [f"{number(plane.ys[tipping[:, k]][0])} at {number(plane.xs[k])}"
             f"{' (nearest to the scenario)' if k == nearest else ''}" for k in sorted(shown)]  # fmt: skip
    text = f"the lowest {_short(plane.y)} at which half of the worlds tip, by {_short(plane.x)}, is {_listed(edges)}"
    never = _stretches(plane.xs, np.logical_not(tipping.any(axis=0)))
    return text + (f"; at {_short(plane.x)} {_listed(never, 'or')} it is reached nowhere." if never else ".")


def _stretches(values: np.ndarray, where: np.ndarray) -> list[str]:
    """The unbroken stretches of `values` at which `where` holds, as text."""
    ends = np.flatnonzero(np.diff(np.concatenate([[0], where.astype(int), [0]])))
    return [_span(pd.Series(values[a:b])) for a, b in zip(ends[::2], ends[1::2], strict=True)]


def _after_soft(layout: Layout, panel: Panel) -> str:
    """Tipping with and without a soft phase before it: pooled, and within cells (Mantel–Haenszel risk difference)."""
    keys = list(layout.axes)
    runs = layout.results.read_runs([*keys, "soft_phase", "tipped", "tick_tipped", "tick_soft"])
    if len(panel.cells) < len(layout.results.cells):
        runs = runs.merge(panel.cells[keys].drop_duplicates(), on=keys)
    first = runs["soft_phase"] & ~(runs["tick_tipped"] <= runs["tick_soft"])
    tipped = runs["tipped"]
    if first.all() or not first.any():
        which = "every" if first.all() else "no"
        return f"{which} world has a soft phase before it could tip, so that there is nothing to compare with."
    parts = [f"{_percent(float(tipped[group].mean()))} ({int((tipped & group).sum()):,} of {int(group.sum()):,})"
             for group in (first, ~first)]  # fmt: skip
    text = f"over all points, {parts[0]} of the worlds with a soft phase first tip, and {parts[1]} of those without"
    groups = pd.DataFrame({"a": first & tipped, "b": ~first & tipped, "m": first, "n": ~first}).groupby(
        [runs[key] for key in keys], observed=True, dropna=False).sum()  # fmt: skip
    mixed = groups[(groups["m"] > 0) & (groups["n"] > 0) & (groups["a"] + groups["b"] > 0)]
    if mixed.empty:
        return text + "; no point where worlds tip has both kinds, so that point and soft phase cannot be told apart."
    weight = mixed["m"] * mixed["n"] / (mixed["m"] + mixed["n"])
    difference = float((mixed["a"] / mixed["m"] - mixed["b"] / mixed["n"]) @ weight / weight.sum())
    return text + (f"; within the {len(mixed)} points that have both kinds and tipping, the share that tips differs by "
                   f"{100 * difference:+.1f} points (no measure of effect: what tips early has no time for a soft "
                   "phase).")  # fmt: skip


def _difference(plane: Plane) -> str:
    """How far the panels part."""
    halves = [f"{_percent(float((p.cells['tipped'] >= 0.5).mean()))} of cells ({p.title})" for p in plane.panels]
    worlds = [f"{_percent(_count(p.cells, 'tipped') / p.cells['n'].sum())} ({p.title})" for p in plane.panels]
    text = f"Half or more of the worlds tip in {_listed(halves)}; of all worlds tip {_listed(worlds)}."
    if len(plane.panels) == 2:
        first, second = (plane.names(p, "phase") for p in plane.panels)
        text += f" The most frequent phase differs in {_percent(float((first != second).mean()))} of the cells."
    return text


# ---- single points and ramps


def _points(layout: Layout) -> list[str]:
    lines = []
    if len(layout.cells) > MOST_POINTS:
        cells = layout.cells
        tipping = int((cells["tipped"] >= 0.5).sum())
        found = cells["phase"].value_counts() / len(cells)
        counts = [f"{LOOKS[str(name)].label} {_percent(share)}" for name, share in found.items()]
        tips = f"Half or more of the worlds tip at {tipping} of {len(cells)} points."
        if not cells["tipped"].any():
            tips = "Nothing tips at any point."
        lines += [f"Most frequent phase over {len(cells)} points: {_listed(counts)}.", tips,
                  f"The first {MOST_POINTS} points follow; cells.csv has all."]  # fmt: skip
    for title, point in layout.points(layout.cells.head(MOST_POINTS)):
        lines += _point(title, layout.row(point))
    return lines


def _point(title: str, row: Mapping[str, Any]) -> list[str]:
    shares = [f"{look.label} {_interval(row, f'share_{name}')}" for name, look in LOOKS.items()]
    n = int(row["n"])
    said = [f"second-tier capability in the last third of the run (mean of {n} worlds, 95% interval): "
            f"{', '.join(shares)}."]  # fmt: skip
    if row["tipped"] == 0.0:
        said.append(f"nothing tips: in none of {n} worlds is hard balancing sustained (95% interval up to "
                    f"{_percent(row['tipped_high'])}).")  # fmt: skip
    else:
        said.append(f"{_interval(row, 'tipped')} of worlds tip into hard balancing, on average in year "
                    f"{row['tick_tipped']:.0f}; {_interval(row, 'reversed')} of worlds tip and revert.")  # fmt: skip
    taken = [name for name in PATH_LABELS if row[f"path_{name}"] > 0.0]
    paths = [f"{PATH_LABELS[name]} {_percent(row[f'path_{name}'])}" for name in taken]
    return [_headed(title, text) for text in [*said, f"paths: {', '.join(paths)}."]]


def _ramp(layout: Layout) -> list[str]:
    lines = []
    if not layout.cells["tipped"].any():
        lines.append("Nothing tips: at no point is hard balancing sustained, on the way up or on the way down.")
    for title, point in layout.points(layout.cells.head(MOST_POINTS)):
        u = layout.trajectory(point, "unilateralism")["mean"].to_numpy()
        hard = layout.trajectory(point, "share_hard_balance")["mean"].to_numpy()
        row = layout.row(point)
        area, low, high = (row[f"loop_area{end}"] for end in ("", "_low", "_high"))
        text = f"hard balancing starts at {hard[0]:.2f}, is at most {hard.max():.2f} and ends at {hard[-1]:.2f}; "
        text += f"area of the loop {figure3(area)} [{figure3(low)}, {figure3(high)}]"
        if hard.max() < _NEGLIGIBLE:
            text += ": there is hardly any hard balancing to reverse."
        elif np.isnan(low) or low <= 0.0 <= high:
            text += ": reversible (the interval includes 0)."
        else:
            gap = area / (u.max() - u.min())
            text += f": not retraced; at the same unilateralism it is on average {abs(gap):.2f} "
            text += f"{'higher' if gap > 0.0 else 'lower'} on the way down."
        if row["tipped"] > 0.0:
            text += f" Of the worlds that tip, {_ratio_of(row, 'reversed', 'tipped')} revert."
        lines.append(_headed(title, text))
    if len(layout.cells) > MOST_POINTS:
        lines.append(f"These are the first {MOST_POINTS} of {len(layout.cells)} points; cells.csv has all.")
    lines.append("A loop shows lock-in and lag alike: a slower ramp (more years) tells them apart.")
    return lines


# ---- numbers in words


def _headed(title: str, text: str) -> str:
    """A sentence, after the panel or point that it is about."""
    text = f"{title}: {text}" if title else text
    return text[0].upper() + text[1:]


def _count(cells: pd.DataFrame, name: str) -> int:
    """Number of worlds, from a share of worlds by point."""
    return int((cells[name] * cells["n"]).round().sum())


def _percent(share: float) -> str:
    """A share in per cent; all and none are said only where they are meant."""
    if share in (0.0, 1.0) or 0.01 <= share < 0.995:
        return f"{100 * share:.0f}%"
    return f"{min(100 * share, 99.9):.1f}%" if share >= 0.001 else "under 0.1%"


def _interval(row: Mapping[str, Any], name: str) -> str:
    """A share with its interval, in per cent."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    digits = 1 if high < 0.1 or low > 0.9 else 0
    text = _percent(row[name])
    return text if np.isnan(low) else f"{text} [{100 * low:.{digits}f}–{100 * high:.{digits}f}]"


def _ratio_of(row: Mapping[str, Any], part: str, whole: str) -> str:
    hits, n = round(row[part] * row["n"]), round(row[whole] * row["n"])
    low, high = wilson(hits, n)
    return f"{_percent(hits / n)} [{100 * low:.0f}–{100 * high:.0f}] of {n:,}"


def _span(values: pd.Series) -> str:
    low, high = number(values.min()), number(values.max())
    return low if low == high else f"{low}–{high}"


def _short(key: str) -> str:
    return "share" if key == SHARE else label(key)


def _listed(parts: list[str], last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"

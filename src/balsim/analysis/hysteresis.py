"""Can tipping be undone? The loop that hard balancing draws as unilateralism rises and falls again.

A loop has two causes. States lag behind a hegemon that changes faster than they can follow: that loop closes as the
ramp slows down. Or two alignments can both last at the same unilateralism: that loop stays. So the verdict rests on
the area extrapolated to an infinitely slow ramp (`ramp_speed`), not on the area at any one speed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from balsim.analysis import hysteresis_figures
from balsim.analysis.finding import Finding
from balsim.analysis.intervals import Interval, bounds, crossing, mean_interval, resampling
from balsim.analysis.ramp_speed import Extrapolation, extrapolate
from balsim.analysis.yearly import CONDUCT, HARD, Yearly, changed, configuration, lasting, yearly
from balsim.design import Design
from balsim.params import BadInput
from balsim.planes import Layout, label

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from balsim.results import Results

NEGLIGIBLE = 0.02
"""Loop area below which the inventory's mean-field test (part 4, no. 10) calls a system free of hysteresis."""

LENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Ramp lengths of the extrapolation, as multiples of the design's years."""

HYSTERESIS, REVERSIBLE, UNDECIDED = "hysteresis", "reversible", "undecided"

ABLATIONS: dict[str, dict[str, float | str]] = {
    "conversion": {"theory.conversion": 0.0},
    "arms stock": {"arms.depreciation": 1.0, "arms.adjustment": 1.0},
    "reputation asymmetry": {"theory.intentions_fall": "theory.intentions_rise"},
    "inertia": {"choice.inertia": 0.0},
    "exclusion (publicness 1)": {"theory.publicness": 1.0},
}
"""What is taken away, one at a time: soft acts counting for the future; last year's arms; reputation that is lost
faster than won; staying put; excluding outsiders from security."""


class Thresholds(NamedTuple):
    """Unilateralism at which hard balancing crosses half of second-tier capability, on the way up and down.

    +∞: never reached on that leg (nowhere hard); −∞: never left. width : up − down, NaN where both are infinite alike
    """

    up: Interval
    down: Interval
    width: Interval


def legs(conduct: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Years of the way up and of the way down, each in order of rising u; the turn belongs to both.

    conduct : (T + 1,) unilateralism by year. Raises BadInput where it does not rise and then fall.
    """
    turn = int(np.argmax(conduct))
    up, down = np.arange(turn + 1), np.arange(turn, len(conduct))[::-1]
    if len(up) < 2 or len(down) < 2 or np.any(np.diff(conduct[up]) < 0) or np.any(np.diff(conduct[down]) < 0):
        raise BadInput("hysteresis needs a hegemon whose unilateralism rises and falls again (hegemon=ramp)")
    return up, down


def loop_areas(hard: np.ndarray, conduct: np.ndarray) -> np.ndarray:
    """Area −∮ hard du of each run (trapezoid rule), as measures.loop_area. hard : (R, T + 1); conduct : (T + 1,)."""
    return -0.5 * (hard[:, 1:] + hard[:, :-1]) @ np.diff(conduct)


def thresholds(hard: np.ndarray, conduct: np.ndarray, seed: int = 0, resamples: int = 500) -> Thresholds:
    """Where mean hard balancing over the runs crosses ½ on each leg (isotonic fits), with bootstrap intervals.

    hard : (R, T + 1) share of second-tier capability that balances hard; conduct : (T + 1,) unilateralism
    """
    rise, fall = legs(conduct)

    def ends(mean: np.ndarray) -> tuple[float, float]:
        return crossing(conduct[rise], mean[rise]), crossing(conduct[fall], mean[fall])

    found = np.array(ends(hard.mean(axis=0)))
    draws = np.array([ends(mean) for mean in resampling(len(hard), resamples, seed) @ hard])
    low, high = bounds(draws, len(hard))
    with np.errstate(invalid="ignore"):
        middle, widths = found[0] - found[1], draws[:, 0] - draws[:, 1]
    ends_of_width = bounds(widths, len(hard))
    up, down = (Interval(float(found[k]), float(low[k]), float(high[k])) for k in (0, 1))
    return Thresholds(up, down, Interval(float(middle), float(ends_of_width[0]), float(ends_of_width[1])))


def thresholds_by_run(hard: np.ndarray, conduct: np.ndarray) -> pd.DataFrame:
    """Both thresholds of every single run. Columns run, up, down; infinite as in Thresholds."""
    up, down = legs(conduct)
    rows = [(r, crossing(conduct[up], one[up]), crossing(conduct[down], one[down])) for r, one in enumerate(hard)]
    return pd.DataFrame(rows, columns=["run", "up", "down"])


def verdict(area: Interval, null: float = NEGLIGIBLE) -> str:
    """'hysteresis' where the interval lies above the null level; 'reversible' where it includes zero or lies below
    the null level; 'undecided' between, where it excludes zero but not the null level.

    null : area that counts as nothing, or that a control shows
    """
    if area.low > null:
        return HYSTERESIS
    if area.low <= 0.0 or area.high < null:
        return REVERSIBLE
    return UNDECIDED


def ramp_lengths(cfg: DictConfig, lengths: Sequence[float] = LENGTHS) -> tuple[np.ndarray, np.ndarray]:
    """Loop areas of every point and run at ramps of several lengths.

    cfg : of a ramp design; lengths : multiples of its years
    Returns years (L,) and areas (P, R, L). Runs of one number are the same runs at all lengths.
    """
    years = np.array([max(2, 2 * round(factor * cfg.years / 2)) for factor in lengths])
    areas = [yearly(lasting(cfg, int(y)), (), cfg.threads).outcomes["loop_area"] for y in years]
    return years, np.stack(areas, axis=-1)


def ablate(design: Design, ablations: Mapping[str, Mapping[str, float | str]] = ABLATIONS,
           threads: int | None = None) -> dict[str, Yearly]:  # fmt: skip
    """A ramp design as it stands ('all in place') and with one thing at a time taken away."""
    found = {"all in place": yearly(design, (HARD,), threads)}
    return found | {name: yearly(changed(design, values), (HARD,), threads) for name, values in ablations.items()}


def ablation_effects(worlds: Mapping[str, Yearly], seed: int = 0) -> pd.DataFrame:
    """Area at each ablation and its paired difference from the first entry, a row per point and ablation.

    Columns: point, ablation; area, area_low, area_high; effect, effect_low, effect_high (area with the thing taken
    away less area with all in place, the same runs); unpaired_width (of that interval had the runs been independent);
    most_hard (highest yearly mean of hard balancing: near 0, the loop is gone because nothing tips any more).
    """
    (_, whole), *others = worlds.items()
    base = whole.outcomes["loop_area"]
    rows = []
    for point in range(len(base)):
        for name, world in others:
            values = world.outcomes["loop_area"][point]
            area = mean_interval(values, seed)
            effect = mean_interval(values - base[point], seed)
            apart = 2 * 1.96 * np.sqrt((values.var(ddof=1) + base[point].var(ddof=1)) / len(values))
            most = world.measures[HARD][point].mean(axis=0).max()
            rows.append((point, name, *area, *effect, apart, most))
    columns = ["point", "ablation", "area", "area_low", "area_high", "effect", "effect_low", "effect_high",
               "unpaired_width", "most_hard"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def analyse(results: Results) -> Finding:
    """Loop areas, thresholds, extrapolation to infinitely slow ramps and ablations for each point of a ramp design."""
    cfg = configuration(results)
    design = Design.from_config(cfg)
    seed = int(cfg.seed)
    found = yearly(design, threads=cfg.threads)
    years, areas = ramp_lengths(cfg)
    effects = ablation_effects(ablate(design, threads=cfg.threads), seed)
    layout = Layout(results)
    titles = [layout.title(row) or "all worlds" for _, row in design.points.iterrows()]
    rows, slow = [], {}
    for k, title in enumerate(titles):
        slow[title] = extrapolate(years, areas[k])
        longest = mean_interval(areas[k, :, -1], seed)
        rows.append({**_row(found, k, slow[title], seed), "longest": float(years[-1]), "longest_area": longest.estimate,
                     "longest_area_low": longest.low, "longest_area_high": longest.high})  # fmt: skip
    points = design.points.reset_index(drop=True)
    loops = pd.concat([points, pd.DataFrame(rows)], axis=1)
    effects.insert(0, "panel", [titles[k] for k in effects["point"]])
    answer = [f"{title}: {_said(row)}" for title, (_, row) in zip(titles, loops.iterrows(), strict=True)]
    answer += [f"{title}: {_ablated(part)}" for title, part in effects.groupby("panel", sort=False)]
    lengths = pd.DataFrame(
        [(title, int(y), *mean_interval(areas[k, :, i], seed)) for k, title in enumerate(titles)
         for i, y in enumerate(years)],
        columns=["panel", "years", "area", "area_low", "area_high"],
    )  # fmt: skip
    figures = {
        "ramp_speed": hysteresis_figures.speeds(slow, lengths),
        "ablations": hysteresis_figures.forest(effects),
    }
    tables = {"loops": loops, "ramp_lengths": lengths, "ablations": effects}
    return Finding("hysteresis", "Can it be reversed?", answer, tables, figures)


def _row(found: Yearly, k: int, slow: Extrapolation, seed: int) -> dict[str, float | str]:
    """Everything about the loop of one point, for the table."""
    hard, conduct = found.measures[HARD][k], found.measures[CONDUCT][k, 0]
    area = mean_interval(found.outcomes["loop_area"][k], seed)
    ends = thresholds(hard, conduct, seed)
    single = thresholds_by_run(hard, conduct)
    row: dict[str, float | str] = {}
    named = {"area": area, "slow_area": slow.area, "up": ends.up, "down": ends.down, "width": ends.width}
    for name, interval in named.items():
        row |= {name: interval.estimate, f"{name}_low": interval.low, f"{name}_high": interval.high}
    row["runs_up"] = float(np.isfinite(single["up"]).mean())
    row["runs_back"] = float((np.isfinite(single["up"]) & (single["down"] > -np.inf)).mean())
    row |= {"fit_p": slow.fit_p, "fit_from": slow.shortest, "fit_power": slow.power}
    row["verdict"] = verdict(slow.area) if slow.fits else UNDECIDED
    return row


def _said(row: pd.Series) -> str:
    area, slow, up, down = (
        Interval(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in ("area", "slow_area", "up", "down")
    )
    parts = [f"area of the loop {area}; extrapolated to an infinitely slow ramp (from those of {row['fit_from']:g} "
             f"years or more) {slow}: {row['verdict']}"]  # fmt: skip
    if row["verdict"] == REVERSIBLE:
        parts[0] += f" (an area above {max(slow.high, 0.0):.3f} can be ruled out)"
        left = Interval(row["longest_area"], row["longest_area_low"], row["longest_area_high"])
        if left.low > NEGLIGIBLE:
            parts.append(f"it is lag, but long: a ramp of {row['longest']:g} years still draws an area of {left}")
    if row["fit_p"] < 0.01:
        parts[0] += " (the areas do not follow a power of the ramp's length)"
    if up.estimate == np.inf:
        parts.append("on the way up mean hard balancing never reaches a half")
    else:
        parts.append(f"on the way up mean hard balancing reaches a half at {label(CONDUCT)} {up}")
    if down.estimate == -np.inf:
        parts.append("on the way down it never falls below that again")
    elif down.estimate < np.inf:
        parts.append(f"on the way down it falls below a half at {label(CONDUCT)} {down}")
    return "; ".join(parts) + "."


def _ablated(part: pd.DataFrame) -> str:
    said = [f"{row['ablation']} {Interval(row['effect'], row['effect_low'], row['effect_high'])}"
            + (" (nothing hard is left)" if row["most_hard"] < 0.05 else "")
            for _, row in part.iterrows()]  # fmt: skip
    return f"paired change in area when one thing is taken away: {', '.join(said)}."

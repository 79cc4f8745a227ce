"""Early warning: do variance and lag-1 autocorrelation of hard balancing rise before it tips, and how far do they help?

Where an alignment loses its stability, fluctuations grow and last longer (Scheffer et al. 2009, Nature 461). Skill
is judged as it would have to serve: each run that tips is compared, in the years before it tips, with the runs of
the same point that do not tip, in the same years. The level of hard balancing itself stands beside the indicators,
since its variance changes with its level: what does not beat the level warns of nothing that the level does not show.
Runs that do not tip are known as such only afterwards (Boettiger & Hastings 2012), so the skill is an upper bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy import stats

from balsim.analysis.finding import Finding
from balsim.analysis.intervals import TAIL, Interval
from balsim.analysis.yearly import HARD, configuration, subset, yearly
from balsim.design import Design
from balsim.drawing import figure_of, root
from balsim.params import BadInput
from balsim.planes import Layout

if TYPE_CHECKING:
    from balsim.results import Results

INDICATORS = ("variance", "autocorrelation", "level")
WINDOW, LEAD = 10, 2
LEAST = 10
"""Fewest runs that tip, and that do not, at a point for which skill is reported."""


def indicators(series: np.ndarray, window: int = WINDOW) -> dict[str, np.ndarray]:
    """Rolling indicators over the `window` years that end with each year; NaN in the first window − 1 years.

    series : (R, T).  Returns (R, T) each: `variance` and lag-1 `autocorrelation` about a straight line fitted within
    the window (a trend is not fluctuation), and `level`, the mean. Without fluctuation autocorrelation counts as 0.
    Raises BadInput for a window of fewer than 4 years, or longer than the series.
    """
    if not 4 <= window <= series.shape[1]:
        raise BadInput(f"window={window}: must be between 4 and the {series.shape[1]} years that there are")
    cut = np.lib.stride_tricks.sliding_window_view(series, window, axis=1)
    time = np.arange(window) - 0.5 * (window - 1)
    level = cut.mean(axis=2)
    slope = cut @ time / (time @ time)
    rest = cut - level[..., None] - slope[..., None] * time
    squares = (rest * rest).sum(axis=2)
    products = (rest[..., 1:] * rest[..., :-1]).sum(axis=2)
    moving = squares > 1e-12
    found = {
        "variance": np.where(moving, squares / (window - 2), 0.0),
        "autocorrelation": np.divide(products, squares, out=np.zeros_like(squares), where=moving),
        "level": level,
    }
    blank = np.full((len(series), window - 1), np.nan)
    return {name: np.concatenate([blank, values], axis=1) for name, values in found.items()}


def concordance(values: np.ndarray, tipped: np.ndarray, lead: int = LEAD, first: int = 0) -> np.ndarray:
    """For each run that tips and each that does not: 1 where the indicator is higher in the one that tips, ½ if equal.

    values : (R, T) indicator by year; tipped : (R,) year of tipping, NaN for never
    lead : the indicator is read so many years before the year of tipping [≥1], in both runs
    first : earliest year at which it may be read; runs that tip before that are left out
    Returns (tipping runs, others).
    """
    at = tipped - lead
    used = np.flatnonzero(~np.isnan(tipped) & (np.nan_to_num(at, nan=-1.0) >= first))
    others = np.flatnonzero(np.isnan(tipped))
    years = at[used].astype(int)
    mine, theirs = values[used, years][:, None], values[np.ix_(others, years)].T
    known = np.where(np.isnan(mine) | np.isnan(theirs), np.nan, 0.0)
    return known + (mine > theirs) + 0.5 * (mine == theirs)


def skill(pairs: np.ndarray) -> Interval:
    """Area under the ROC curve with its 95 % interval: ½ is no skill, 1 perfect.

    pairs : (m, n) as from `concordance`. The interval is DeLong's on the logit scale; where every pair agrees it is
    the exact binomial one for the smaller group. NaN without both kinds of runs.
    Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44.
    """
    m, n = pairs.shape
    if m < 2 or n < 2:
        return Interval(float(pairs.mean()) if pairs.size else np.nan, np.nan, np.nan)
    area = float(pairs.mean())
    spread = pairs.mean(axis=1).var(ddof=1) / m + pairs.mean(axis=0).var(ddof=1) / n
    if area in (0.0, 1.0):
        bound = TAIL ** (1.0 / min(m, n))
        return Interval(area, bound if area else 0.0, 1.0 if area else 1.0 - bound)
    reach = stats.t.ppf(1 - TAIL, min(m, n) - 1) * np.sqrt(spread) / (area * (1.0 - area))
    logit = np.log(area / (1.0 - area))
    return Interval(area, *(float(1.0 / (1.0 + np.exp(-(logit + d)))) for d in (-reach, reach)))


def beyond_level(pairs: np.ndarray, level: np.ndarray) -> Interval:
    """Skill of an indicator less that of the level, over the same pairs of runs (DeLong's paired interval)."""
    m, n = pairs.shape
    gain = pairs - level
    if m < 2 or n < 2:
        return Interval(float(gain.mean()) if gain.size else np.nan, np.nan, np.nan)
    spread = gain.mean(axis=1).var(ddof=1) / m + gain.mean(axis=0).var(ddof=1) / n
    reach = stats.t.ppf(1 - TAIL, min(m, n) - 1) * np.sqrt(spread)
    return Interval(float(gain.mean()), float(gain.mean() - reach), float(gain.mean() + reach))


def skills(hard: np.ndarray, tipped: np.ndarray, window: int = WINDOW, lead: int = LEAD) -> pd.DataFrame:
    """Skill of each indicator at one point.

    hard : (R, T + 1) share that balances hard, by year from year 0; tipped : (R,) year of tipping, NaN for never
    Columns: indicator, auc, auc_low, auc_high, gain (over the level), gain_low, gain_high, tipping, others (runs
    compared), too_early (runs that tip before a whole window has passed). Year 0 is the scenario's and not used.
    """
    read = {name: np.concatenate([np.full((len(hard), 1), np.nan), values], axis=1)
            for name, values in indicators(hard[:, 1:], window).items()}  # fmt: skip
    pairs = {name: concordance(read[name], tipped, lead, first=window) for name in INDICATORS}
    rows = []
    for name in INDICATORS:
        m, n = pairs[name].shape
        early = int((~np.isnan(tipped)).sum()) - m
        rows.append((name, *skill(pairs[name]), *beyond_level(pairs[name], pairs["level"]), m, n, early))
    columns = ["indicator", "auc", "auc_low", "auc_high", "gain", "gain_low", "gain_high", "tipping", "others",
               "too_early"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def analyse(results: Results) -> Finding:
    """Skill of the indicators at each point of a design where enough runs tip and enough do not."""
    cfg = configuration(results)
    design = _mixed(Design.from_config(cfg), results)
    found = yearly(design, (HARD,), cfg.threads)
    layout = Layout(results)
    tables = []
    for k, (_, point) in enumerate(design.points.iterrows()):
        year = found.outcomes["tick_tipped"][k]
        table = skills(found.measures[HARD][k], np.where(year < 0, np.nan, year))
        if table["tipping"].min() >= LEAST and table["others"].min() >= LEAST:
            tables.append(table.assign(panel=layout.title(point) or "all worlds"))
    title = "Does tipping announce itself?"
    if not tables:
        said = (f"nowhere do at least {LEAST} runs tip late enough to be foreseen, and at least {LEAST} not: "
                "no skill to judge.")  # fmt: skip
        return Finding("early_warning", title, [said], {}, {})
    table = pd.concat(tables, ignore_index=True)
    answer = [_said(name, part) for name, part in table.groupby("indicator", sort=False)]
    answer.append(f"Read {LEAD} years before tipping over {WINDOW} years; runs that do not tip are read in the same "
                  "years. Intervals are pointwise: one point in forty exceeds ½ by chance.")  # fmt: skip
    return Finding("early_warning", title, answer, {"skill": table}, {"skill": _figure(table)})


def _mixed(design: Design, results: Results) -> Design:
    """The points of a design at which enough runs tip, and enough do not."""
    tipped = results.runs["tipped"].astype(int)
    axes = list(design.points.columns)
    if axes:
        counts = tipped.groupby([results.runs[key] for key in axes], sort=False, dropna=False, observed=True).sum()
        counts = design.points.merge(counts.reset_index(), on=axes, how="left")["tipped"].to_numpy()
    else:
        counts = np.array([tipped.sum()])
    return subset(design, np.flatnonzero((counts >= LEAST) & (design.runs - counts >= LEAST)))


def _said(name: str, part: pd.DataFrame) -> str:
    points = len(part)
    said = (f"{name}: area under the ROC curve {part['auc'].median():.2f} (median of {points} points); surely above ½ "
            f"at {(part['auc_low'] > 0.5).sum()}, surely below at {(part['auc_high'] < 0.5).sum()}")  # fmt: skip
    if name == "level":
        return said + "."
    better, worse = (part["gain_low"] > 0.0).sum(), (part["gain_high"] < 0.0).sum()
    return said + f"; surely better than the level at {better}, worse at {worse}."


def _figure(table: pd.DataFrame) -> Figure:
    key = [(Line2D([], [], color="black", marker="o"), "a point of the design, 95% interval (½: no skill)")]
    panels = list(table.groupby("indicator", sort=False))
    return root(figure_of(panels, "Does tipping announce itself?", _skill, key, across=3))


def _skill(ax: Axes, panel: tuple[str, pd.DataFrame]) -> None:
    title, table = panel
    table = table.sort_values("auc")
    auc, low, high = (table[c].to_numpy(dtype=float) for c in ("auc", "auc_low", "auc_high"))
    ax.axvline(0.5, color="0.7", linewidth=0.8)
    ax.errorbar(auc, np.arange(len(table)), xerr=[auc - low, high - auc], color="black", marker="o", linestyle="",
                markersize=3.5, linewidth=1.0)  # fmt: skip
    ax.set_yticks([])
    ax.set(xlim=(0, 1), ylabel="points of the design, by skill", xlabel="area under the ROC curve", title=title)

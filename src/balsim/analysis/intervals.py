"""Intervals over runs, and survival with censoring: what the analyses share.

Runs are the sample. Points of a design share the random numbers of a run, so whatever is pooled over points is
resampled by whole runs. All intervals are two-sided, 95 %.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import stats
from scipy.optimize import isotonic_regression

RESAMPLES = 1000
TAIL = 0.025


class Interval(NamedTuple):
    """An estimate with its 95 % interval; infinite where the quantity lies outside of what was looked at."""

    estimate: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_digits(self.estimate)} (95 % interval {_digits(self.low)} to {_digits(self.high)})"


class Survival(NamedTuple):
    """A Kaplan–Meier curve: from each of `years` on, the share for which the event has not happened.

    years : (K,) distinct times; at_risk, events : (K,) counts; surviving, low, high : (K,) [0–1]
    subjects : number of times, censored ones included
    """

    years: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    surviving: np.ndarray
    low: np.ndarray
    high: np.ndarray
    subjects: int

    def happened_by(self, year: float) -> Interval:
        """Share for which the event happens within so many years; NaN beyond the longest time observed."""
        if self.subjects == 0 or year > self.years[-1]:
            return Interval(np.nan, np.nan, np.nan)
        k = int(np.searchsorted(self.years, year, side="right")) - 1
        if k < 0:
            return Interval(0.0, 0.0, 1.0 - TAIL ** (1.0 / self.subjects))
        return Interval(1.0 - self.surviving[k], 1.0 - self.high[k], 1.0 - self.low[k])

    def median(self) -> Interval:
        """Time by which half have had the event (Brookmeyer & Crowley 1982); infinite where follow-up is too short."""
        low, middle, high = (_first(self.years, curve <= 0.5) for curve in (self.low, self.surviving, self.high))
        return Interval(middle, low, high)


@lru_cache(maxsize=8)
def resampling(runs: int, resamples: int = RESAMPLES, seed: int = 0) -> np.ndarray:
    """(resamples, runs), read-only: how often each run is drawn, over the number of runs. Rows sum to 1."""
    drawn = np.random.default_rng([seed, runs]).multinomial(runs, np.full(runs, 1.0 / runs), size=resamples)
    weights = drawn / runs
    weights.flags.writeable = False
    return weights


def bounds(draws: np.ndarray, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """95 % expanded percentile interval from bootstrap draws on axis 0; draws may be infinite. NaN for one run.

    A NaN draw (a share of nothing) does not count.

    The percentiles are moved outwards so that with few runs the interval is about as wide as Student's.
    Source: Hesterberg 2015, The American Statistician 69, section 3.3 (plain percentiles are too narrow).
    """
    draws = np.asarray(draws, dtype=float)
    if runs < 2:
        blank = np.full(draws.shape[1:], np.nan)
        return blank, blank.copy()
    tail = stats.norm.cdf(stats.t.ppf(TAIL, runs - 1) * np.sqrt(runs / (runs - 1)))
    quantile = np.nanquantile if np.isnan(draws).any() else np.quantile
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing but NaN gives NaN, as it should
        return quantile(draws, tail, axis=0, method="lower"), quantile(draws, 1 - tail, axis=0, method="higher")


def mean_interval(values: np.ndarray, seed: int = 0, resamples: int = RESAMPLES) -> Interval:
    """Mean of one figure a run, (R,), with its bootstrap interval over runs. For paired effects, give differences."""
    values = np.asarray(values, dtype=float)
    if len(values) == 0:
        return Interval(np.nan, np.nan, np.nan)
    low, high = bounds(resampling(len(values), resamples, seed) @ values, len(values))
    return Interval(float(values.mean()), float(low), float(high))


def exact(hits: int, n: int) -> Interval:
    """Share of `hits` in `n` independent trials with its exact interval (Clopper & Pearson 1934); NaN for none."""
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    low = float(stats.beta.ppf(TAIL, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(stats.beta.ppf(1 - TAIL, hits + 1, n - hits)) if hits < n else 1.0
    return Interval(hits / n, low, high)


def share_over_runs(hits: np.ndarray, n: np.ndarray) -> Interval:
    """Σhits/Σn with an interval over runs, whose worlds or state-years may be alike.

    hits, n : (R,) sums of each run
    Student's interval of the ratio on the logit scale (linearised over runs; the percentile bootstrap of such ratios
    falls short of its rate). Where the share is 0 or 1 it is exact for the number of runs that count.
    Source: Cochran 1977, Sampling Techniques, section 6.3.
    """
    hits, n = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    total, runs = float(n.sum()), int(np.count_nonzero(n))
    if total == 0.0:
        return Interval(np.nan, np.nan, np.nan)
    share = float(hits.sum()) / total
    if share in (0.0, 1.0):
        bound = exact(round(share * runs), runs)
        return Interval(share, bound.low, bound.high)
    if runs < 2:
        return Interval(share, np.nan, np.nan)
    rest = hits - share * n
    error = np.sqrt(runs / (runs - 1) * (rest @ rest)) / total
    reach = stats.t.ppf(1 - TAIL, runs - 1) * error / (share * (1.0 - share))
    logit = np.log(share / (1.0 - share))
    return Interval(share, *(float(1.0 / (1.0 + np.exp(-(logit + d)))) for d in (-reach, reach)))


def crossing(x: np.ndarray, y: np.ndarray, level: float = 0.5) -> float:
    """Where the monotone (isotonic, least-squares) fit of y over ascending x first reaches `level`.

    Linear between points; −∞ where the fit is at or above the level throughout, +∞ where it is below throughout.
    """
    fitted = isotonic_regression(np.asarray(y, dtype=float)).x
    if fitted[0] >= level:
        return -np.inf
    if fitted[-1] < level:
        return np.inf
    k = int(np.argmax(fitted >= level))
    return float(x[k - 1] + (level - fitted[k - 1]) / (fitted[k] - fitted[k - 1]) * (x[k] - x[k - 1]))


def kaplan_meier(times: np.ndarray, seen: np.ndarray, run: np.ndarray | None = None, seed: int = 0,
                 resamples: int = RESAMPLES) -> Survival:  # fmt: skip
    """Survival with right censoring, and its pointwise 95 % interval on the log(−log) scale.

    times : (n,) years to the event or to censoring [≥0]; seen : (n,) whether the event was seen
    run : (n,) which run each belongs to, where runs occur more than once (several points of a design): the standard
        error is then bootstrapped over whole runs, else it is Greenwood's
    Where nobody has had the event yet, or everybody, the bound is exact for the number of subjects (or of runs).
    Source: Kaplan & Meier 1958; Kalbfleisch & Prentice 2002, section 1.4.
    """
    times, seen = np.asarray(times, dtype=float), np.asarray(seen, dtype=bool)
    if len(times) == 0:
        empty = np.empty(0)
        return Survival(empty, empty, empty, empty, empty, empty, 0)
    years, place = np.unique(times, return_inverse=True)
    groups = np.arange(len(times)) if run is None else np.unique(run, return_inverse=True)[1]
    sizes = groups.max() + 1
    events = np.bincount(place[seen], minlength=len(years))
    at_risk = np.bincount(place, minlength=len(years))[::-1].cumsum()[::-1]
    surviving = np.cumprod(1.0 - events / at_risk)
    inside = (surviving > 0.0) & (surviving < 1.0)
    scale = np.log(-np.log(np.where(inside, surviving, 0.5)))
    if run is None:
        left = np.maximum(at_risk - events, 1)
        error = np.sqrt(np.cumsum(events / (at_risk * left))) / np.abs(np.log(np.where(inside, surviving, 0.5)))
        reach = stats.norm.ppf(1 - TAIL) * error
    else:
        reach = _reach_over_runs(place, seen, groups, sizes, len(years), resamples, seed)
    low, high = np.exp(-np.exp(scale + reach)), np.exp(-np.exp(scale - reach))
    least = TAIL ** (1.0 / sizes)
    # As long as nobody has had the event, the curve is no lower than where it is once somebody has.
    least_before = float(low[np.argmax(inside)]) if inside.any() else least
    low = np.where(surviving >= 1.0, least_before, np.where(surviving <= 0.0, 0.0, low))
    high = np.where(surviving >= 1.0, 1.0, np.where(surviving <= 0.0, 1.0 - least, high))
    return Survival(years, at_risk, events, surviving, low, high, len(times))


def _reach_over_runs(place: np.ndarray, seen: np.ndarray, groups: np.ndarray, sizes: int, years: int, resamples: int,
                     seed: int) -> np.ndarray:  # fmt: skip
    """Half-width of the interval of log(−log S), (years,), from resampled runs; curves at 0 or 1 do not count."""
    happened, ended = np.zeros((sizes, years)), np.zeros((sizes, years))
    np.add.at(happened, (groups[seen], place[seen]), 1.0)
    np.add.at(ended, (groups, place), 1.0)
    weights = resampling(sizes, resamples, seed)
    events = weights @ happened
    at_risk = np.cumsum((weights @ ended)[:, ::-1], axis=1)[:, ::-1]
    share = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 1e-12)
    curves = np.cumprod(1.0 - np.minimum(share, 1.0), axis=1)
    usable = (curves > 1e-12) & (curves < 1.0 - 1e-12)
    logs = np.log(-np.log(np.where(usable, curves, 0.5)))
    count = np.maximum(usable.sum(axis=0), 2)
    middle = np.where(usable, logs, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(usable, (logs - middle) ** 2, 0.0).sum(axis=0) / (count - 1))
    return stats.t.ppf(1 - TAIL, max(1, sizes - 1)) * spread


def _first(years: np.ndarray, where: np.ndarray) -> float:
    return float(years[np.argmax(where)]) if where.any() else np.inf


def _digits(value: float) -> str:
    if np.isnan(value):
        return "unknown"
    if np.isinf(value):
        return "beyond" if value > 0 else "below"
    return f"{round(value, 3) + 0.0:.3f}" if abs(value) < 10 else f"{value:.3g}"

"""Intervals over runs and survival curves: they cover what was planted, and agree with independent code."""

from __future__ import annotations

import numpy as np
import pytest
from planted_tables import check_coverage, inside
from scipy import stats

from balsim.analysis.intervals import Interval, bounds, crossing, exact, kaplan_meier, mean_interval, share_over_runs


@pytest.mark.parametrize("runs", [12, 60])
def test_the_interval_of_a_mean_covers_the_mean_of_skewed_runs(runs: int) -> None:
    def covers(rng: np.random.Generator) -> bool:
        return inside(mean_interval(rng.gamma(8.0, 0.25, runs), resamples=400), 2.0)

    check_coverage(f"mean of {runs} skewed runs", covers)


def test_the_exact_interval_of_a_share_covers_it() -> None:
    check_coverage("share of 25", lambda rng: inside(exact(int(rng.binomial(25, 0.1)), 25), 0.1))


def test_exact_bounds_where_nothing_or_everything_happened() -> None:
    assert exact(0, 40) == Interval(0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 40)))
    assert exact(40, 40) == Interval(1.0, pytest.approx(0.025 ** (1 / 40)), 1.0)
    assert np.isnan(exact(0, 0).estimate), "a share of nothing is unknown, not zero"


def test_infinite_draws_give_infinite_bounds_and_undefined_ones_do_not_count() -> None:
    draws = np.concatenate([np.full(900, 0.5), np.full(100, np.inf)])
    assert bounds(draws, 100) == (0.5, np.inf)
    assert bounds(np.concatenate([draws[:900], np.full(100, np.nan)]), 100) == (0.5, 0.5)
    assert np.isnan(bounds(draws, 1)[0]), "one run has no interval"


def test_a_crossing_is_interpolated_pooled_where_data_fall_and_infinite_outside() -> None:
    x = np.array([0.0, 0.2, 0.4, 0.6])
    assert crossing(x, np.array([0.0, 0.25, 0.75, 1.0])) == pytest.approx(0.3)
    assert crossing(x, np.array([0.0, 0.4, 0.2, 0.9])) == pytest.approx(0.4 + 0.2 * 0.2 / 0.6), "0.4, 0.2 pool to 0.3"
    assert crossing(x, np.array([0.0, 0.1, 0.2, 0.4])) == np.inf
    assert crossing(x, np.array([0.5, 0.6, 0.7, 0.8])) == -np.inf


def test_kaplan_meier_agrees_with_scipy() -> None:
    rng = np.random.default_rng(5)
    event, censoring = np.ceil(rng.exponential(10, 80)), np.ceil(rng.uniform(0, 25, 80))
    times, seen = np.minimum(event, censoring), event <= censoring
    mine = kaplan_meier(times, seen)
    data = stats.CensoredData(uncensored=times[seen], right=times[~seen])
    theirs = stats.ecdf(data).sf
    assert mine.surviving == pytest.approx(theirs.evaluate(mine.years))
    band = theirs.confidence_interval(method="log-log")
    middle = (mine.surviving > 0) & (mine.surviving < 1)
    for own, other in ((mine.low, band.low), (mine.high, band.high)):
        assert own[middle] == pytest.approx(other.evaluate(mine.years)[middle], abs=1e-6)


def censored(rng: np.random.Generator, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    event, censoring = rng.exponential(mean), rng.uniform(5.0, 40.0, len(mean))
    return np.minimum(event, censoring), event <= censoring


def test_survival_and_its_median_cover_a_planted_exponential_under_censoring() -> None:
    truth = 1 - np.exp(-15 / 20)

    def share(rng: np.random.Generator) -> bool:
        return inside(kaplan_meier(*censored(rng, np.full(60, 20.0))).happened_by(15), truth)

    def median(rng: np.random.Generator) -> bool:
        return inside(kaplan_meier(*censored(rng, np.full(60, 20.0))).median(), 20 * np.log(2))

    check_coverage("share by year 15", share)
    check_coverage("median time", median)


def test_survival_over_runs_covers_where_the_points_of_a_run_are_alike() -> None:
    """Runs with times of their own scale at eight points each: treating them as independent would not cover."""
    truth = 0.5 * (1 - np.exp(-15 / 10)) + 0.5 * (1 - np.exp(-15 / 40))

    def covers(rng: np.random.Generator, by_run: bool = True) -> bool:
        mean = np.repeat(np.where(rng.random(40) < 0.5, 10.0, 40.0), 8)
        event, censoring = np.ceil(rng.exponential(mean)), rng.integers(5, 41, len(mean))
        run = np.repeat(np.arange(40), 8) if by_run else None
        curve = kaplan_meier(np.minimum(event, censoring), event <= censoring, run=run, resamples=200)
        return inside(curve.happened_by(15), truth)

    check_coverage("share by year 15 over clustered runs", covers)
    with pytest.raises(AssertionError, match="was stated"):
        check_coverage("the same, as if independent", lambda rng: covers(rng, by_run=False))


@pytest.mark.parametrize("share", [0.04, 0.4])
def test_a_share_pooled_over_points_covers_where_runs_differ(share: float) -> None:
    def covers(rng: np.random.Generator) -> bool:
        own = rng.beta(2, 2 / share - 2, 60)
        n = rng.integers(5, 15, 60)
        return inside(share_over_runs(rng.binomial(n, own), n), share)

    check_coverage(f"share of {share} over runs", covers)


def test_where_nobody_has_had_the_event_the_bound_is_exact() -> None:
    curve = kaplan_meier(np.full(30, 12.0), np.zeros(30, dtype=bool))
    assert curve.happened_by(12) == Interval(0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 30)))
    assert curve.median().estimate == np.inf and np.isnan(curve.happened_by(13).estimate)
    assert kaplan_meier(np.empty(0), np.empty(0)).subjects == 0

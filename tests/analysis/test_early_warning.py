"""Indicators warn where a warning was planted, and have no skill where none was."""

from __future__ import annotations

import numpy as np
import pytest
from planted_tables import check_coverage, inside
from scipy import stats

import balsim
from balsim.analysis import early_warning
from balsim.analysis.early_warning import beyond_level, concordance, indicators, skill, skills
from balsim.params import BadInput


def noise(rng: np.random.Generator, runs: int, years: int, memory: np.ndarray) -> np.ndarray:
    """Autoregressive noise whose coefficient may change by year; (runs, years + 1)."""
    series = np.zeros((runs, years + 1))
    for t in range(1, years + 1):
        series[:, t] = memory[:, t] * series[:, t - 1] + rng.standard_normal(runs)
    return series


def test_indicators_are_those_of_the_window_about_its_trend() -> None:
    rng = np.random.default_rng(1)
    series = rng.standard_normal((2, 30)) + 0.5 * np.arange(30)
    found = indicators(series, 12)
    window = series[1, 8:20]
    line = stats.linregress(np.arange(12), window)
    rest = window - line.intercept - line.slope * np.arange(12)
    assert found["variance"][1, 19] == pytest.approx(rest @ rest / 10)
    assert found["autocorrelation"][1, 19] == pytest.approx(rest[1:] @ rest[:-1] / (rest @ rest))
    assert found["level"][1, 19] == pytest.approx(window.mean())
    assert np.isnan(found["variance"][:, :11]).all() and not np.isnan(found["variance"][:, 11:]).any()


def test_without_fluctuation_there_is_no_variance_and_no_autocorrelation() -> None:
    found = indicators(np.tile(np.linspace(0, 1, 20), (2, 1)), 10)
    assert np.all(found["variance"][:, 9:] == 0) and np.all(found["autocorrelation"][:, 9:] == 0)


def test_runs_are_compared_in_the_same_years() -> None:
    values = np.array([[1.0, 5.0, 9.0], [2.0, 4.0, 9.0], [3.0, 6.0, 0.0]])
    pairs = concordance(values, np.array([2.0, np.nan, np.nan]), lead=1)
    assert pairs.tolist() == [[1.0, 0.0]], "5 in year 1 is above 4 and below 6"
    assert concordance(values, np.array([1.0, np.nan, np.nan]), lead=1, first=1).shape == (0, 2), "too early to read"


def test_the_area_under_the_curve_covers_a_planted_skill() -> None:
    truth = stats.norm.cdf(1 / np.sqrt(2))

    def covers(rng: np.random.Generator) -> bool:
        mine, theirs = 1 + rng.standard_normal(30), rng.standard_normal(50)
        return inside(skill((mine[:, None] > theirs).astype(float)), truth)

    check_coverage("area under the curve", covers)


def test_the_gain_over_the_level_covers_a_planted_gain() -> None:
    truth = stats.norm.cdf(1 / np.sqrt(2)) - 0.5

    def covers(rng: np.random.Generator) -> bool:
        mine, theirs, level = rng.standard_normal(30) + 1, rng.standard_normal(40), rng.standard_normal(70)
        pairs = (mine[:, None] > theirs).astype(float)
        return inside(beyond_level(pairs, (level[:30, None] > level[30:]).astype(float)), truth)

    check_coverage("gain over the level", covers)


def test_perfect_skill_has_an_interval_for_the_smaller_group() -> None:
    assert skill(np.ones((20, 50))) == (1.0, pytest.approx(0.025 ** (1 / 20)), 1.0)
    assert np.isnan(skill(np.empty((0, 5))).estimate)


def test_in_a_control_where_tipping_has_no_forerunner_there_is_no_skill() -> None:
    """Pure noise; which runs tip, and when, has nothing to do with it."""

    def quiet(rng: np.random.Generator) -> dict[str, bool]:
        hard = noise(rng, 60, 50, np.full((60, 51), 0.5))
        tipped = np.where(np.arange(60) < 30, rng.integers(20, 51, 60), np.nan)
        table = skills(hard, tipped).set_index("indicator")
        return {name: bool(row["auc_low"] <= 0.5 <= row["auc_high"]) for name, row in table.iterrows()}

    check_coverage("no skill from", quiet)


def test_planted_slowing_down_is_found_by_variance_and_autocorrelation_but_not_by_level() -> None:
    rng = np.random.default_rng(3)
    runs, years = 160, 80
    tips = np.where(np.arange(runs) < 80, 78.0, np.nan)
    slowing = np.where(np.isnan(tips)[:, None], 0.0, np.clip((np.arange(years + 1) - 30) / 40, 0, 0.97))
    table = skills(noise(rng, runs, years, slowing), tips, window=25).set_index("indicator")
    assert table.loc["autocorrelation", "auc_low"] > 0.5 and table.loc["autocorrelation", "gain_low"] > 0
    assert table.loc["variance", "auc_low"] > 0.5
    assert table.loc["level", "auc_low"] <= 0.5 <= table.loc["level", "auc_high"]


def test_runs_that_tip_before_a_window_has_passed_are_counted_and_left_out() -> None:
    table = skills(np.random.default_rng(4).random((6, 31)), np.array([5.0, 11.0, 12.0, 30.0, np.nan, np.nan]))
    assert table["tipping"].tolist() == [2] * 3 and table["too_early"].tolist() == [2] * 3


def test_a_window_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="window=40"):
        indicators(np.zeros((2, 20)), 40)


def test_the_analysis_reports_points_with_enough_runs_of_both_kinds_only(tmp_path) -> None:
    base = ["experiment=tipping_surface", "runs=30", "years=40", "progress=false", "hegemon.land_power=true",
            "design.axes.share.points=1", "design.axes.share.low=0.4", "design.axes.share.high=0.4"]  # fmt: skip
    found = early_warning.analyse(balsim.run(balsim.compose(*base, f"out={tmp_path / 'some'}",
                                                            "design.axes.unilateralism.points=21")))  # fmt: skip
    assert (found.tables["skill"][["tipping", "others"]] >= 10).all(axis=None) and set(found.figures) == {"skill"}
    none = early_warning.analyse(balsim.run(balsim.compose(*base, f"out={tmp_path / 'none'}",
                                                           "hegemon.unilateralism=0")))  # fmt: skip
    assert none.tables == {} and "no skill to judge" in none.answer[0]

"""Choice (C1): logit over the menu, and what a uniform number picks from odds."""

from __future__ import annotations

import math

import pytest
from mpmath import exp, mp, mpf

from balsim.theory.choice import logit, pick

pytestmark = pytest.mark.uncompiled
mp.dps = 30

ALL = 0b11111
PAYOFFS = (-0.3, -0.12, -0.15, -0.14, -0.4)


@pytest.mark.parametrize("rationality", [0.5, 5.0, 40.0, 200.0])
def test_c1_odds_are_proportional_to_the_exponential_of_payoffs(rationality: float) -> None:
    weights = [exp(mpf(rationality) * mpf(u)) for u in PAYOFFS]
    expected = [float(w / sum(weights)) for w in weights]
    assert logit(PAYOFFS, ALL, rationality) == pytest.approx(expected, rel=1e-13)


def test_c1_only_differences_of_payoffs_count() -> None:
    assert logit(tuple(u + 4.0 for u in PAYOFFS), ALL, 5.0) == pytest.approx(logit(PAYOFFS, ALL, 5.0), rel=1e-12)


def test_c1_without_rationality_every_strategy_is_as_likely() -> None:
    assert logit(PAYOFFS, ALL, 0.0) == (0.2,) * 5


def test_c1_perfect_rationality_takes_the_best_reply_and_splits_ties() -> None:
    assert logit(PAYOFFS, ALL, 1e9) == (0.0, 1.0, 0.0, 0.0, 0.0)
    assert logit((-0.2, -0.1, -0.1, -0.2, -0.2), ALL, 1e9) == (0.0, 0.5, 0.5, 0.0, 0.0)


def test_c1_neither_great_stakes_nor_great_rationality_overflow() -> None:
    odds = logit((-1e9, 1e9, 0.0, -1e9, 5.0), ALL, 1e9)
    assert odds == (0.0, 1.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("menu", range(1, 32))
def test_c1_what_is_not_on_the_menu_is_never_chosen_and_the_rest_share_its_odds(menu: int) -> None:
    odds = logit(PAYOFFS, menu, 12.0)
    on = [k for k in range(5) if menu >> k & 1]
    weights = {k: exp(mpf(12.0) * mpf(PAYOFFS[k])) for k in on}
    for k in range(5):
        expected = float(weights[k] / sum(weights.values())) if k in on else 0.0
        assert odds[k] == pytest.approx(expected, rel=1e-13, abs=0.0), f"strategy {k} under menu {menu:05b}"
    assert math.fsum(odds) == pytest.approx(1.0, abs=1e-15)


def test_c1_the_best_payoff_off_the_menu_does_not_dwarf_the_rest() -> None:
    assert logit((1e6, 0.0, 0.0, 0.0, 0.0), 0b00110, 40.0) == (0.0, 0.5, 0.5, 0.0, 0.0)


def test_a_draw_picks_each_strategy_on_an_interval_as_long_as_its_odds() -> None:
    odds = (0.125, 0.25, 0.0, 0.5, 0.125)
    assert [pick(odds, d) for d in (0.0, 0.124)] == [0, 0]
    assert [pick(odds, d) for d in (0.125, 0.374)] == [1, 1]
    assert [pick(odds, d) for d in (0.375, 0.874)] == [3, 3], "a strategy without odds was picked or shifted another"
    assert [pick(odds, d) for d in (0.875, 1.0 - 2.0**-53)] == [4, 4]


def test_a_draw_at_the_very_end_picks_the_last_strategy_with_odds_though_the_sum_falls_short() -> None:
    assert pick((0.3, 0.3, 0.3, 0.0, 0.0), 0.95) == 2
    assert pick((0.0, 0.0, 1.0, 0.0, 0.0), 1.0 - 2.0**-53) == 2

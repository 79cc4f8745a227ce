"""Threat: Walt's factors, distance, neighbours and reputation (T1–T5), against hand calculation and mpmath."""

from __future__ import annotations

import math

import pytest
from mpmath import exp, mp, mpf

from balsim.theory.threat import (
    after_multilateral,
    after_unilateral,
    forward_presence,
    neighbour_threat,
    proximity,
    rising,
    threat,
    worst_case,
)

pytestmark = pytest.mark.uncompiled
mp.dps = 30

WALTZ = (1.0, 0.0, 0.0, 0.0)
WALT = (0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize("curvature", [1.0, 1.7, 3.0, 4.0])
@pytest.mark.parametrize("weights", [WALT, (0.1, 0.2, 0.3, 0.4), (0.5, 0.0, 0.5, 0.0)])
def test_t1_threat_is_a_weighted_geometric_mean_to_a_power(weights: tuple[float, ...], curvature: float) -> None:
    factors = (0.4, 0.7, 0.5, 0.3)
    mean = mpf(1)
    for factor, weight in zip(factors, weights, strict=True):
        mean *= mpf(factor) ** mpf(weight)
    assert threat(*factors, *weights, curvature, 2.5) == pytest.approx(float(2.5 * mean ** mpf(curvature)), rel=1e-14)


def test_t1_walt_with_equal_weights_and_linear_curvature_by_hand() -> None:
    # (1/16 · 1 · 1 · 1)^(1/4) = ½; cubed, times 2: ¼.
    assert threat(0.0625, 1.0, 1.0, 1.0, *WALT, 1.0, 2.0) == 1.0
    assert threat(0.0625, 1.0, 1.0, 1.0, *WALT, 3.0, 2.0) == 0.25


def test_t1_waltz_threat_is_power_alone() -> None:
    assert threat(0.4, 0.0, 0.0, 0.0, *WALTZ, 1.0, 2.5) == 1.0, "distance, offence and intentions have no weight"


def test_t1_everything_against_a_state_is_the_whole_of_its_security() -> None:
    assert threat(1.0, 1.0, 1.0, 1.0, *WALT, 3.0, 2.5) == 2.5


@pytest.mark.parametrize("absent", range(4))
def test_t1_without_one_weighted_factor_there_is_no_threat(absent: int) -> None:
    factors = [0.4, 0.7, 0.5, 0.3]
    factors[absent] = 0.0
    assert threat(*factors, *WALT, 3.0, 2.5) == 0.0
    weights = [1 / 3] * 4
    weights[absent] = 0.0
    assert threat(*factors, *weights, 3.0, 2.5) > 0.0, "a factor without weight must drop out (0⁰ = 1)"


def test_t1_a_rising_hegemon_threatens_more_than_an_established_one() -> None:
    # The share rose by a quarter: .2 (1 + 2 · .25) = .3.
    assert rising(0.2, 0.5, 0.4, 2.0) == pytest.approx(0.3, rel=1e-15)
    assert rising(0.2, 0.4, 0.4, 2.0) == 0.2
    assert rising(0.2, 0.3, 0.4, 2.0) == 0.2, "decline must not make the hegemon look weaker than it is"
    assert rising(0.2, 0.5, 0.4, 0.0) == 0.2
    assert rising(0.9, 0.5, 0.4, 100.0) == 1.0
    assert rising(0.2, 0.5, 0.0, 2.0) == 0.2, "a state that had nothing a year ago has no rate of rise"


def test_t2_strength_fades_with_distance_and_water() -> None:
    assert proximity(0.0, 0.0, 0.0, 5000.0, 0.4) == 1.0
    assert proximity(5000.0, 0.0, 0.0, 5000.0, 0.4) == pytest.approx(float(exp(-1)), rel=1e-15)
    assert proximity(2000.0, 1.0, 0.0, 5000.0, 0.4) == pytest.approx(float(mpf(0.4) * exp(mpf(-2) / 5)), rel=1e-15)
    assert proximity(2000.0, 1.0, 0.0, 5000.0, 1.0) == proximity(2000.0, 0.0, 0.0, 5000.0, 1.0)


def test_t2_a_land_border_overrides_distance_and_sea() -> None:
    assert proximity(9000.0, 1.0, 1.0, 5000.0, 0.4) == 1.0


def test_t2_bases_abroad_bring_the_hegemon_near() -> None:
    assert forward_presence(0.2, 0.0, 1.0) == 0.2
    assert forward_presence(0.2, 1.0, 0.0) == 0.2, "forces that stay at home bring nobody near"
    assert forward_presence(0.2, 1.0, 1.0) == 1.0
    assert forward_presence(0.2, 0.5, 0.5) == pytest.approx(0.4, rel=1e-15)  # .2 + .25 · .8


def test_t3_a_possibilistic_state_fears_the_worst_whatever_it_saw() -> None:
    assert worst_case(0.3, 0.0) == 0.3
    assert worst_case(0.3, 1.0) == 1.0
    assert worst_case(0.3, 0.5) == pytest.approx(0.65, rel=1e-15)


def test_t4_a_neighbour_threatens_by_hostility_strength_nearness_and_offence() -> None:
    # .8 · (.3/.4) · .5 · .5 = .15
    assert neighbour_threat(0.8, 0.1, 0.3, 0.5, 0.5) == pytest.approx(0.15, rel=1e-15)
    assert neighbour_threat(0.0, 0.1, 0.3, 1.0, 1.0) == 0.0
    assert neighbour_threat(1.0, 0.0, 0.0, 1.0, 1.0) == 0.0, "two states of no strength cannot threaten one another"


def test_t5_a_unilateral_act_takes_a_part_of_the_benign_image() -> None:
    # .2 + .25 · .5 · .8 · (1 + .2 · .5) = .31
    assert after_unilateral(0.2, 0.5, 0.25, 0.2, 0.5) == pytest.approx(0.31, rel=1e-15)


def test_t5_a_multilateral_act_wins_back_a_part_of_the_malign_image() -> None:
    # .5 − .1 · .5 · (1 − .2) = .46
    assert after_multilateral(0.5, 0.1, 0.2, -1.0) == pytest.approx(0.46, rel=1e-15)


def test_t5_no_reading_turns_an_act_into_its_opposite() -> None:
    for seen in (0.0, 0.02, 0.98, 1.0):
        assert after_unilateral(seen, 1.0, 0.25, 0.2, -9.0) == seen, "a unilateral act must not improve the image"
        assert after_multilateral(seen, 0.1, 0.2, -9.0) == seen, "a multilateral act must not spoil the image"


def test_t5_intentions_stay_between_benign_and_malign() -> None:
    assert after_unilateral(0.9, 2.0, 1.0, 2.0, 4.0) == 1.0
    assert after_multilateral(0.9, 1.0, 2.0, 4.0) == 0.0
    assert after_unilateral(1.0, 1.0, 1.0, 0.0, 0.0) == 1.0
    assert after_multilateral(0.0, 1.0, 0.0, 0.0) == 0.0


def test_t5_reputation_is_lost_faster_than_won() -> None:
    seen = 0.5
    for _ in range(10):
        seen = after_multilateral(after_unilateral(seen, 1.0, 0.25, 0.0, 0.0), 0.1, 0.0, 0.0)
    # One act of each kind maps I to .9 (.75 I + .25): the fixed point is .225/(1 − .675).
    assert seen == pytest.approx(0.225 / 0.325, abs=0.675**10)
    assert seen > 0.5 and not math.isclose(seen, 0.5)

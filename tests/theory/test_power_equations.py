"""Power: capability, concentration, arms and growth (P1–P4), against hand calculation and mpmath."""

from __future__ import annotations

import math

import pytest
from mpmath import exp, mp, mpf, sqrt

from balsim.rule import power
from balsim.theory.power import (
    burden_target,
    capability,
    concentration,
    effective_number,
    fieldable,
    growth_factor,
    scale_to_share,
    singer_concentration,
    stock_next,
)

pytestmark = pytest.mark.uncompiled
mp.dps = 30


@pytest.mark.parametrize("w", [0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 0.3, 1.7, 4.0])
@pytest.mark.parametrize("x", [0.001, 0.3, 1.0, 7.5])
def test_power_is_x_to_the_w(x: float, w: float) -> None:
    assert power(x, w) == pytest.approx(float(mpf(x) ** mpf(w)), rel=4e-16)


def test_zero_to_the_zero_is_one_and_zero_to_anything_else_is_zero() -> None:
    assert power(0.0, 0.0) == 1.0, "a factor without weight must drop out even where it is zero"
    assert [power(0.0, w) for w in (0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 3.0)] == [0.0] * 7


def test_p1_capability_of_equal_weights_is_the_geometric_mean() -> None:
    assert capability(0.25, 0.16, 0.5) == pytest.approx(0.2, rel=1e-15)


def test_p1_capability_by_one_yardstick_ignores_the_other() -> None:
    assert capability(0.25, 0.0, 0.0) == 0.25, "military weight 0 must leave the economy alone"
    assert capability(0.0, 0.16, 1.0) == 0.16, "military weight 1 must leave the stock alone"


@pytest.mark.parametrize("weight", [0.1, 0.35, 0.8])
def test_p1_capability_is_a_weighted_geometric_mean(weight: float) -> None:
    exact = mpf(0.31) ** (1 - mpf(weight)) * mpf(0.07) ** mpf(weight)
    assert capability(0.31, 0.07, weight) == pytest.approx(float(exact), rel=1e-15)


@pytest.mark.parametrize("weight", [0.0, 0.2, 0.5, 1.0])
def test_p1_capability_doubles_when_economy_and_stock_double(weight: float) -> None:
    assert capability(0.6, 0.14, weight) == pytest.approx(2.0 * capability(0.3, 0.07, weight), rel=1e-15)


def test_p1_one_factor_gives_the_hegemon_the_share_asked_for() -> None:
    factor = scale_to_share(0.3, 0.5, 0.4)
    assert factor == pytest.approx(10.0 / 9.0, rel=1e-15)  # (.4/.6)(.5/.3)
    assert factor * 0.3 / (factor * 0.3 + 0.5) == pytest.approx(0.4, rel=1e-15)


def test_p2_concentration_is_zero_at_parity_and_below_and_one_at_monopoly() -> None:
    assert concentration(0.25, 4) == 0.0
    assert concentration(0.1, 4) == 0.0, "a weak hegemon must not count as negative concentration"
    assert concentration(1.0, 4) == 1.0
    assert concentration(0.5, 4) == pytest.approx(1.0 / 3.0, rel=1e-15)  # (1/2 − 1/4)/(3/4)
    assert concentration(0.75, 2) == pytest.approx(0.5, rel=1e-15)


def test_p2_effective_number_of_equal_poles_is_their_number() -> None:
    assert effective_number(4 * 0.25**2) == 4.0
    assert effective_number(0.5**2 + 0.5**2) == 2.0
    assert effective_number(1.0) == 1.0


def test_p2_singer_concentration_runs_from_parity_to_monopoly() -> None:
    assert singer_concentration(4 * 0.25**2, 4) == 0.0
    assert singer_concentration(1.0, 4) == 1.0
    # Shares ½, ¼, ¼: Σs² = 3/8; √((3/8 − 1/3)/(2/3)) = ¼.
    assert singer_concentration(0.375, 3) == pytest.approx(0.25, rel=1e-14)
    assert singer_concentration(math.nextafter(1 / 3, 0.0), 3) == 0.0, "rounding below parity: the root of less than 0"


def test_p3_the_usual_burden_is_the_target_of_a_state_without_effort_or_new_rivals() -> None:
    assert burden_target(0.03, 0.0, 0.2, 0.2, 0.3) == 0.03


def test_p3_target_adds_effort_and_response_to_neighbours() -> None:
    exact = mpf(0.03) * (1 + mpf(1.0) + mpf(0.3) * (mpf(0.5) - mpf(0.1)))
    assert burden_target(0.03, 1.0, 0.5, 0.1, 0.3) == pytest.approx(float(exact), rel=1e-15)


def test_p3_target_is_never_negative() -> None:
    assert burden_target(0.03, 0.0, 0.0, 1.0, 10.0) == 0.0


def test_p3_stock_approaches_what_the_spending_sustains() -> None:
    stock, spending, wear = 0.2, 0.35, 0.12
    for _ in range(7):
        stock = stock_next(stock, spending, wear)
    exact = mpf(spending) + (mpf(0.2) - mpf(spending)) * (1 - mpf(wear)) ** 7
    assert stock == pytest.approx(float(exact), rel=1e-14)
    assert stock_next(spending, spending, wear) == pytest.approx(spending, rel=1e-15), "no steady state"


def test_p3_stock_at_the_ends_of_depreciation() -> None:
    assert stock_next(0.2, 0.35, 0.0) == 0.2
    assert stock_next(0.2, 0.35, 1.0) == 0.35


def test_p3_a_year_of_arming_fields_a_part_of_what_is_missing() -> None:
    assert fieldable(0.2, 0.4, 0.12) == pytest.approx(0.224, rel=1e-15)
    assert fieldable(0.5, 0.4, 0.12) == 0.5, "a state armed beyond the full effort must keep what it has"


def test_p4_economy_grows_by_its_rate_shock_and_drag() -> None:
    exact = exp(mpf(0.02) + mpf(0.01) * mpf(-1.5) - mpf(0.05) * mpf(0.04))
    assert growth_factor(0.02, 0.01, -1.5, 0.05, 0.04) == pytest.approx(float(exact), rel=1e-15)


def test_p4_disarming_below_the_usual_burden_earns_no_growth() -> None:
    assert growth_factor(0.0, 0.0, 3.0, 10.0, -0.02) == 1.0


def test_the_sum_of_squares_gives_both_yardsticks_of_concentration() -> None:
    shares = (0.4, 0.3, 0.2, 0.1)
    squares = math.fsum(s * s for s in shares)
    exact = sqrt((mpf(squares) - mpf(1) / 4) / (mpf(3) / 4))
    assert singer_concentration(squares, 4) == pytest.approx(float(exact), rel=1e-14)
    assert effective_number(squares) == pytest.approx(10.0 / 3.0, rel=1e-15)  # 1/(.16 + .09 + .04 + .01)

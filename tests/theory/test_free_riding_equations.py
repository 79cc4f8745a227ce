"""Free riding: contest, followers, expectations, constraint (F1–F6), against hand calculation, mpmath, enumeration."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from mpmath import mp, mpf, sqrt

from balsim.theory.free_riding import (
    constraint,
    contest,
    enabler,
    exact_odds,
    expected_carry,
    expected_hard,
    fading,
    interest,
    own_weight,
    reliability,
    root,
    self_help,
    shelved,
    usable_strength,
)

pytestmark = pytest.mark.uncompiled
mp.dps = 30


@pytest.mark.parametrize("decisiveness", [0.5, 1.0, 2.0, 3.0, 4.5])
@pytest.mark.parametrize(("coalition", "opposing"), [(0.2, 0.35), (0.35, 0.2), (0.01, 3.0), (1e-6, 1e-7)])
def test_f1_contest_success(coalition: float, opposing: float, decisiveness: float) -> None:
    b, h = mpf(coalition) ** mpf(decisiveness), mpf(opposing) ** mpf(decisiveness)
    assert contest(coalition, opposing, decisiveness) == pytest.approx(float(b / (b + h)), rel=1e-14)


@pytest.mark.parametrize("decisiveness", [0.1, 1.0, 3.0, 500.0])
def test_f1_even_sides_have_even_odds_whatever_the_decisiveness(decisiveness: float) -> None:
    assert contest(0.37, 0.37, decisiveness) == 0.5


def test_f1_nobody_has_no_odds_and_anybody_prevails_over_nothing() -> None:
    assert contest(0.0, 0.4, 3.0) == 0.0, "an empty coalition prevails"
    assert contest(0.0, 0.0, 3.0) == 0.0
    assert contest(0.1, 0.0, 3.0) == 1.0


@pytest.mark.parametrize("decisiveness", [500.0, 1e6, 1e300])
def test_f1_infinite_decisiveness_gives_all_to_the_stronger_without_overflow(decisiveness: float) -> None:
    assert contest(1e-300, 1e300, decisiveness) == 0.0
    assert contest(1e300, 1e-300, decisiveness) == 1.0
    assert contest(1.0, 2.0, decisiveness) < 1e-100
    assert contest(2.0, 1.0, decisiveness) == 1.0


@pytest.mark.parametrize(("n", "odds"), [(4, 2 / 3), (16, 0.8)])
def test_f1_with_half_decisiveness_n_equals_against_one(n: int, odds: float) -> None:
    """√n/(1 + √n), as in Esteban and Ray's contest with quadratic cost."""
    assert contest(float(n), 1.0, 0.5) == pytest.approx(odds, rel=1e-15)


@pytest.mark.parametrize(
    ("g", "n", "q", "edge"), [(1.0, 5, 1.0, 0.5), (1.0, 5, 0.75, 0.8 / 1.8), (0.5, 5, 0.75, 0.8 / 1.3)]
)
def test_f1_feasibility_edge_of_a_wholly_decisive_contest(g: float, n: int, q: float, edge: float) -> None:
    """s* = E/(E + g), E = [1 + (n − 1)q]/n: own strength for certain, allies with reliability q."""
    effective = (1 + (n - 1) * q) / n
    assert effective / (effective + g) == pytest.approx(edge, rel=1e-15)
    assert contest((1 - edge + 0.01) * effective, g * (edge - 0.01), 200.0) > 0.9
    assert contest((1 - edge - 0.01) * effective, g * (edge + 0.01), 200.0) < 0.1


def test_f2_illegitimacy_disempowers_and_followers_add() -> None:
    assert usable_strength(0.4, 1.0, 0.2, 0.0, 0.5) == 0.4
    assert usable_strength(0.4, 0.5, 0.2, 0.0, 0.5) == pytest.approx(0.36, rel=1e-15)  # .4 (1 − .2 · .5)
    assert usable_strength(0.4, 0.5, 0.2, 0.1, 0.5) == pytest.approx(0.41, rel=1e-15)
    assert usable_strength(0.4, 0.0, 1.0, 0.0, 1.0) == 0.0


def test_f3_interest_weighs_threat_against_cost() -> None:
    assert interest(0.3, 0.3) == 0.5
    assert interest(0.0, 0.3) == 0.0
    assert interest(0.0, 0.0) == 0.0, "a state without threat or cost has no interest in balancing"
    assert interest(0.3, 0.0) == 1.0
    assert interest(0.6, 0.2) == pytest.approx(0.9, rel=1e-15)  # .36/(.36 + .04)


def test_f3_expectation_mixes_record_conversion_and_interest() -> None:
    exact = (1 - mpf(0.2)) * (mpf(0.3) + mpf(0.7) * mpf(0.4)) + mpf(0.2) * mpf(0.9)
    assert expected_hard(0.3, 0.4, 0.7, 0.2, 0.9) == pytest.approx(float(exact), rel=1e-15)


def test_f3_without_conversion_soft_balancing_promises_nothing() -> None:
    assert expected_hard(0.3, 1.0, 0.0, 0.0, 0.0) == 0.3
    assert expected_hard(0.3, 1.0, 0.0, 1.0, 0.6) == 0.6, "with full foresight the record does not count"


def test_f3_expectation_never_exceeds_certainty() -> None:
    assert expected_hard(0.8, 0.9, 1.0, 0.0, 0.0) == 1.0


def test_s4_expected_carrying_leaves_out_what_soft_balancing_promises() -> None:
    assert expected_carry(0.3, 0.8, 0.0) == 0.3
    assert expected_carry(0.3, 0.8, 1.0) == 0.8
    assert expected_carry(0.3, 0.8, 0.2) == pytest.approx(0.4, rel=1e-15)


def test_f3_a_common_threat_shelves_rivalry() -> None:
    # .8 (1 − .5 · √(.36 · .64)) = .8 · .76
    assert shelved(0.8, root(0.36), root(0.64), 0.5) == pytest.approx(0.608, rel=1e-15)
    assert shelved(0.8, root(0.36), root(0.0), 0.5) == 0.8, "a threat to only one of the two is not common"
    assert shelved(0.8, root(4.0), root(4.0), 1.0) == 0.0, "rivalry must not become negative"
    assert shelved(0.0, 1.0, 1.0, 0.5) == 0.0
    assert root(0.3) == pytest.approx(float(sqrt(mpf(0.3))), rel=1e-15)


def test_f3_allies_turn_up_less_with_rivals_and_more_with_ties() -> None:
    assert reliability(0.75, 0.0, 0.0, 0.2) == 0.75
    assert reliability(0.75, 0.4, 0.5, 0.2) == pytest.approx(0.495, rel=1e-15)  # .75 · .6 · 1.1
    assert reliability(0.75, 1.0, 1.0, 0.2) == 0.0
    assert reliability(0.95, 0.0, 1.0, 0.2) == 1.0, "no ally is more than certain"


def test_f5_constraint_saturates() -> None:
    assert constraint(0.0, 0.25, 0.3) == 0.0
    assert constraint(0.3, 0.25, 0.3) == 0.125, "half of the most where the coalition is S₀"
    assert constraint(1.0, 0.25, 0.3) == pytest.approx(0.25 / 1.3, rel=1e-15)
    assert constraint(1.0, 0.0, 0.3) == 0.0


def test_f6_opposition_is_cheaper_under_a_hegemon_that_supplies_security() -> None:
    assert enabler(0.4, 0.6, 0.0) == 1.0
    assert enabler(1.0, 1.0, 0.3) == 1.0
    assert enabler(0.4, 0.0, 0.3) == 0.7
    assert enabler(0.5, 0.6, 0.3) == pytest.approx(0.79, rel=1e-15)  # 1 − .3 · .7


def test_s1_self_help_is_what_full_effort_adds_to_usual_defence() -> None:
    # κ_s [.2/(.2 + .3) − .1/(.1 + .3)] = .3 · .15
    assert self_help(0.2, 0.1, 0.3, 0.3) == pytest.approx(0.045, rel=1e-15)
    assert self_help(0.2, 0.2, 0.3, 0.3) == 0.0
    assert self_help(0.1, 0.2, 0.3, 0.3) == 0.0, "arming less must not protect less than nothing"
    assert self_help(0.0, 0.0, 0.0, 0.3) == 0.0
    assert self_help(0.2, 0.1, 0.0, 0.3) == 0.0, "against nothing the usual defence suffices"


def test_f3_memory_fades_geometrically() -> None:
    record = 0.0
    for _ in range(6):
        record = fading(record, 1.0, 0.2)
    assert record == pytest.approx(float(1 - mpf(0.8) ** 6), rel=1e-14)
    assert fading(0.37, 1.0, 0.0) == 0.37
    assert fading(0.37, 1.0, 1.0) == 1.0


def test_own_weight_is_half_for_an_average_state() -> None:
    assert own_weight(0.1, 0.1) == 0.5
    assert own_weight(0.3, 0.1) == pytest.approx(0.75, rel=1e-15)
    assert own_weight(0.0, 0.0) == 0.0


# ---- exact expectation over who joins


def enumerated(strength: list[float], chance: list[float], own: float, opposing: float, decisiveness: float) -> float:
    """E[P(B)] over all coalitions, in mpmath."""
    total = mpf(0)
    for joins in itertools.product((False, True), repeat=len(strength)):
        weight, b = mpf(1), mpf(own)
        for yes, s, c in zip(joins, strength, chance, strict=True):
            weight *= mpf(c) if yes else 1 - mpf(c)
            b += mpf(s) if yes else 0
        if b > 0:
            bg, hg = b ** mpf(decisiveness), mpf(opposing) ** mpf(decisiveness)
            total += weight * bg / (bg + hg)
    return float(total)


def exact(strength: list[float], chance: list[float], own: float, opposing: float, decisiveness: float) -> float:
    """The rule, with the observer in row 2 and the hegemon in row 0 given figures that must not count."""
    rows = [9.0, *strength[:1], 9.0, *strength[1:]]
    odds = [1.0, *chance[:1], 1.0, *chance[1:]]
    return exact_odds(2, 0, np.array(rows), np.array(odds), own, opposing, decisiveness)


@pytest.mark.parametrize("own", [0.0, 0.12])
@pytest.mark.parametrize("decisiveness", [0.7, 1.0, 3.0])
def test_f3_exact_odds_sum_over_every_coalition_of_the_others(own: float, decisiveness: float) -> None:
    strength, chance = [0.1, 0.05, 0.2, 0.15, 0.08], [0.3, 0.9, 0.5, 0.0, 1.0]
    found = exact(strength, chance, own, 0.3, decisiveness)
    assert found == pytest.approx(enumerated(strength, chance, own, 0.3, decisiveness), rel=1e-13)


def test_f3_exact_odds_without_others_are_those_of_the_state_alone() -> None:
    alone = exact_odds(1, 0, np.array([9.0, 9.0]), np.array([1.0, 1.0]), 0.2, 0.3, 3.0)
    assert alone == contest(0.2, 0.3, 3.0)
    assert exact_odds(1, 0, np.array([9.0, 9.0]), np.array([1.0, 1.0]), 0.0, 0.3, 3.0) == 0.0


def test_f3_exact_odds_equal_the_plug_in_where_nothing_is_uncertain() -> None:
    strength, chance = [0.1, 0.05, 0.2], [1.0, 0.0, 1.0]
    assert exact(strength, chance, 0.0, 0.3, 3.0) == pytest.approx(contest(0.1 + 0.2, 0.3, 3.0), rel=1e-15)


def test_f3_uncertainty_costs_odds_where_the_contest_is_concave_and_gains_where_it_is_convex() -> None:
    strength, chance = [0.2, 0.2, 0.2, 0.2], [0.5] * 4
    plug_in = contest(0.4, 0.3, 1.0)
    assert exact(strength, chance, 0.0, 0.3, 1.0) < plug_in, "with γ = 1 the contest is concave: Jensen"
    assert exact(strength, chance, 0.0, 4.0, 3.0) > contest(0.4, 4.0, 3.0), "far below parity a cube is convex: Jensen"


@pytest.mark.parametrize("n", [2, 5, 10])
def test_f3_exact_odds_of_a_best_shot_are_those_of_at_least_one_volunteer(n: int) -> None:
    """Diekmann's volunteer: any one suffices; with p = 1 − (c/v)^(1/(n−1)) the others fail with odds c/v."""
    p = 1 - 0.2 ** (1 / (n - 1))
    found = exact([1.0] * (n - 1), [p] * (n - 1), 0.0, 0.5, 200.0)
    assert found == pytest.approx(0.8, abs=1e-12)


def test_f3_exact_odds_of_a_threshold_are_binomial() -> None:
    """Three of four equals suffice where gH lies between two and three of them."""
    p = 0.37
    tail = math.comb(4, 3) * p**3 * (1 - p) + p**4
    assert exact([1.0] * 4, [p] * 4, 0.0, 2.45, 500.0) == pytest.approx(tail, abs=1e-12)

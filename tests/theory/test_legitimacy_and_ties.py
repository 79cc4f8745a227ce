"""Legitimacy, talk and elections (H2), ties between balancers, and the hegemon's conduct (H1)."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from mpmath import exp, mp, mpf
from worlds import TEXTBOOK, Case, Play, calm, parameters, start_of

from balsim.dynamics.hegemon import severity, unilateralism_in
from balsim.theory.alliances import tie_faded, tie_grown
from balsim.theory.legitimacy import election_year, legitimacy_next, rhetoric

pytestmark = pytest.mark.uncompiled
mp.dps = 30


# ---- legitimacy


def test_h2_legitimacy_tends_to_what_conduct_and_denial_leave_of_it() -> None:
    target = (1 - mpf(0.8) * mpf(0.5)) * (1 - mpf(0.5) * mpf(0.4))
    step = mpf(0.7) + mpf(0.1) * (target - mpf(0.7))
    assert legitimacy_next(0.7, 0.5, 0.4, 0.8, 0.5, 0.1) == pytest.approx(float(step), rel=1e-15)
    assert legitimacy_next(0.7, 0.5, 0.4, 0.8, 0.5, 1.0) == pytest.approx(0.48, rel=1e-15)  # .6 · .8
    assert legitimacy_next(0.48, 0.5, 0.4, 0.8, 0.5, 0.3) == pytest.approx(0.48, rel=1e-15), "the target is no rest"


def test_h2_restraint_wins_legitimacy_back_and_nothing_else_is_needed() -> None:
    assert legitimacy_next(0.3, 0.0, 0.0, 0.8, 0.5, 1.0) == 1.0


@pytest.mark.parametrize("switched_off", ["cost", "denial", "speed"])
def test_h2_each_channel_is_switched_off_by_a_zero(switched_off: str) -> None:
    figures = {"cost": 0.8, "denial": 0.5, "speed": 0.1} | {switched_off: 0.0}
    low = legitimacy_next(0.7, 0.1, 0.1, figures["cost"], figures["denial"], figures["speed"])
    more_unilateral = legitimacy_next(0.7, 0.9, 0.1, figures["cost"], figures["denial"], figures["speed"])
    more_soft = legitimacy_next(0.7, 0.1, 0.9, figures["cost"], figures["denial"], figures["speed"])
    assert (more_unilateral == low) == (switched_off in ("cost", "speed"))
    assert (more_soft == low) == (switched_off in ("denial", "speed"))


def test_h2_legitimacy_is_no_function_of_capability() -> None:
    names = set(inspect.signature(getattr(legitimacy_next, "py_func", legitimacy_next)).parameters)
    assert names == {"legitimacy", "unilateralism", "soft_share", "cost", "denial", "speed"}


# ---- talk


@pytest.mark.parametrize(("prestige", "election", "threat"), [(0.0, 0.0, 0.0), (1.5, 1.0, 0.8), (0.4, 0.0, 2.5)])
def test_rhetoric_is_logistic_in_prestige_election_and_threat(prestige: float, election: float, threat: float) -> None:
    x = mpf(-2) + 2 * mpf(prestige) + mpf(election) + mpf(threat)
    found = rhetoric(-2.0, prestige, 2.0, election, 1.0, threat, 1.0)
    assert found == pytest.approx(float(1 / (1 + exp(-x))), rel=1e-15)


def test_rhetoric_does_not_overflow_at_the_ends_of_its_range() -> None:
    assert rhetoric(-20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0) == pytest.approx(float(exp(-20) / (1 + exp(-20))), rel=1e-14)
    assert rhetoric(20.0, 100.0, 20.0, 1.0, 20.0, 100.0, 20.0) == 1.0
    assert rhetoric(-20.0, 0.0, 0.0, 0.0, 0.0, -1e6, 20.0) == 0.0


def test_elections_come_every_term_from_the_first() -> None:
    years = [year for year in range(12) if election_year(year, 4.0, 2.0) == 1.0]
    assert years == [2, 6, 10]
    assert not any(election_year(year, 0.0, 0.0) for year in range(12)), "elections where there are none"
    assert all(election_year(year, 1.0, 0.0) == 1.0 for year in range(12))


# ---- ties


def test_a_tie_grows_while_both_balance_hard() -> None:
    # .3 · (1 − .5) · (1 + .6)/2 · .2/(.2 + .05) · (1 − .4) = .0576
    found = tie_grown(0.4, 0.5, 0.6, 0.2, 0.05, 0.3)
    assert found == pytest.approx(0.4576, rel=1e-15)


def test_a_tie_that_is_not_used_decays_by_a_fixed_part_a_year() -> None:
    tie = 0.5
    for _ in range(10):
        tie = tie_faded(tie, 0.06)
    assert tie == pytest.approx(float(mpf(0.5) * mpf(0.94) ** 10), rel=1e-14)


def test_rivals_do_not_bind_themselves_and_ties_do_not_pass_one() -> None:
    assert tie_grown(0.4, 1.0, 1.0, 0.5, 0.0, 0.3) == 0.4
    assert tie_grown(1.0, 0.0, 1.0, 0.5, 0.0, 1.0) == 1.0


def test_without_a_common_threat_nothing_binds() -> None:
    assert tie_grown(0.4, 0.0, 1.0, 0.0, 0.3, 0.3) == 0.4
    assert tie_grown(0.4, 0.0, 1.0, 0.0, 0.0, 0.3) == 0.4, "no threat of any kind must not divide by zero"


def test_ties_grow_faster_near_under_a_common_threat_and_without_rivalry() -> None:
    usual = tie_grown(0.2, 0.3, 0.5, 0.3, 0.2, 0.3)
    assert tie_grown(0.2, 0.3, 0.9, 0.3, 0.2, 0.3) > usual, "nearness"
    assert tie_grown(0.2, 0.1, 0.5, 0.3, 0.2, 0.3) > usual, "rivalry"
    assert tie_grown(0.2, 0.3, 0.5, 0.6, 0.2, 0.3) > usual, "common threat"
    assert tie_grown(0.2, 0.3, 0.5, 0.3, 0.4, 0.3) < usual, "mutual threat"


# ---- the hegemon


def test_h1_fixed_policy_never_moves() -> None:
    p = parameters(hegemon__unilateralism=0.37)
    assert {unilateralism_in(year, p) for year in range(61)} == {0.37}


def test_h1_ramp_climbs_to_its_turn_half_way_and_returns() -> None:
    p = parameters(hegemon__policy="ramp", hegemon__ramp_low=0.2, hegemon__ramp_high=0.8)
    by_year = [unilateralism_in(year, p) for year in range(61)]  # 60 years
    assert by_year[0] == by_year[60] == pytest.approx(0.2, rel=1e-15)
    assert by_year[30] == 0.8
    assert by_year[15] == pytest.approx(0.5, rel=1e-15)
    assert by_year[:31] == sorted(by_year[:31])
    assert by_year == pytest.approx(by_year[::-1], rel=1e-14), "the way down is not the way up mirrored"


def test_severity_orders_treaty_exit_sanctions_and_force() -> None:
    p = parameters(hegemon__issues_force=0.2, hegemon__issues_sanctions=0.35)
    assert [severity(d, p) for d in (0.0, 0.199)] == [1.0, 1.0]
    assert [severity(d, p) for d in (0.2, 0.549)] == [0.5, 0.5]
    assert [severity(d, p) for d in (0.551, 0.999)] == [0.25, 0.25]


def test_the_norm_gap_weighs_only_the_use_of_force() -> None:
    p = parameters(theory__norm_gap=0.5)
    assert [severity(d, p) for d in (0.1, 0.3, 0.9)] == [1.5, 0.5, 0.25]


def issues_of(unilateralism: float, draws: list[tuple[float, float, float]], ideal: float = 0.4) -> list:
    shocks = calm(1, 2)
    shocks.issue[0, 0] = draws
    world = Play(
        Case(start_of(2, ideal_point=[ideal, 0.0]), TEXTBOOK, shocks).but(hegemon__unilateralism=unilateralism)
    )
    world.begin_year()
    return list(world.w.issue)


def test_the_hegemon_acts_alone_on_as_many_issues_as_its_policy_says() -> None:
    draws = [(0.0, 0.5, 0.5), (0.599, 0.5, 0.5), (0.6, 0.5, 0.5)]
    assert [issue.unilateral for issue in issues_of(0.6, draws)] == [1.0, 1.0, 0.0]
    assert [issue.unilateral for issue in issues_of(0.0, draws)] == [0.0, 0.0, 0.0]
    assert [issue.unilateral for issue in issues_of(1.0, [(np.nextafter(1, 0), 0.5, 0.5)] * 3)] == [1.0, 1.0, 1.0]


def test_positions_scatter_about_the_hegemons_ideal_point_within_bounds() -> None:
    draws = [(0.5, 0.5, 0.5), (0.5, 0.5, 0.0), (0.5, 0.5, 0.999)]
    positions = [issue.position for issue in issues_of(0.5, draws)]
    assert positions[:2] == pytest.approx([0.4, -0.35], rel=1e-14)  # .4 − .75
    assert positions[2] == 1.0, "a position beyond the end of the scale"

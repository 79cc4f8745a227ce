"""Year 0, and what a year leaves behind: shares, stocks, burdens, memory, ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mpmath import exp, mp, mpf, sqrt
from worlds import TEXTBOOK, Case, Play, Ran, calm, random_start, start_of

from balsim.dynamics.hegemon import unilateralism_in
from balsim.params import STRATEGIES, record
from balsim.rule import COMPILED
from balsim.shocks import draw
from balsim.world import plain

pytestmark = pytest.mark.uncompiled
mp.dps = 30

UNEQUAL = {"economy": [0.4, 0.3, 0.2, 0.1], "military": [0.55, 0.2, 0.15, 0.1], "burden": [0.04, 0.02, 0.03, 0.05]}


def world_of(n: int = 4, years: int = 1, **values: Any) -> Play:
    return Play(Case(start_of(n, **UNEQUAL), TEXTBOOK, calm(years, n)).but(**values))


def test_p1_shares_of_the_system_and_of_the_second_tier() -> None:
    world = world_of()
    c = [sqrt(mpf(k) * mpf(m)) for k, m in zip(UNEQUAL["economy"], UNEQUAL["military"], strict=True)]
    assert world.column("share") == pytest.approx([float(x / sum(c)) for x in c], rel=1e-14)
    assert world.column("tier_share") == pytest.approx([0.0, *(float(x / sum(c[1:])) for x in c[1:])], rel=1e-14)


@pytest.mark.parametrize("share", [0.02, 0.15, 1 / 3, 0.5, 0.98])
@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 1.0])
def test_p1_the_hegemon_gets_the_share_asked_for_and_others_keep_their_proportions(share: float, weight: float) -> None:
    usual = world_of(theory__military_weight=weight)
    world = world_of(hegemon__capability_share=share, theory__military_weight=weight)
    assert world.column("share")[0] == pytest.approx(share, rel=1e-14)
    for name in ("economy", "military"):
        assert (world.column(name)[1:] == usual.column(name)[1:]).all(), f"{name} of the second tier moved"
    ratio = world.column("economy")[0] / world.column("military")[0]
    assert ratio == pytest.approx(0.4 / 0.55, rel=1e-14), "economy and stock were not scaled alike"


def test_p3_the_start_is_a_steady_state_without_effort_growth_or_luck() -> None:
    world = world_of(years=20, theory__menu=["bargain"], growth__noise=0.0)
    military, economy, burden = (world.column(name) for name in ("military", "economy", "burden"))
    for _ in range(20):
        world.run_year()
    assert world.column("military") == pytest.approx(military, rel=1e-13), "stocks drift although nobody arms"
    assert (world.column("economy") == economy).all()
    assert (world.column("burden") == burden).all()


def test_p3_the_start_is_a_steady_state_among_rivals_too() -> None:
    rng = np.random.default_rng(2)
    case = Case(random_start(rng, 5), TEXTBOOK, calm(10, 5)).but(theory__menu=["bargain"], growth__noise=0.0)
    world = Play(case)
    assert world.column("regional_threat").max() > 0.1, "the test needs rivals"
    burden = world.column("burden")
    for _ in range(10):
        world.run_year()
    assert world.column("burden") == pytest.approx(burden, rel=1e-12), "the first year's rivals are answered twice"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_states_start_known_and_armed_for_what_they_do(strategy: str) -> None:
    usual, world = world_of(), world_of(start__strategy=strategy)
    extra = {"hard_balance": 1.0, "soft_balance": 0.1, "buck_pass": 0.25}.get(strategy, 0.0)
    assert world.column("effort")[1:] == pytest.approx(extra)
    assert world.column("burden")[1:] == pytest.approx(usual.column("burden")[1:] * (1 + extra), rel=1e-15)
    assert world.column("military")[1:] == pytest.approx(usual.column("military")[1:] * (1 + extra), rel=1e-15)
    assert world.column("military")[0] == usual.column("military")[0], "the hegemon armed for the others' strategy"
    for kind in ("hard", "soft", "bandwagon"):
        expected = 1.0 if strategy.startswith(kind) else 0.0
        assert (world.column(f"{kind}_record")[1:] == expected).all(), f"record of {kind} under {strategy}"


def test_t2_a_land_power_borders_every_state_and_changes_nothing_between_the_others() -> None:
    figures = {"distance": 6000.0, "sea": 1.0}
    sea, land = (
        Play(Case(start_of(4, **figures), TEXTBOOK, calm(1, 4)).but(hegemon__land_power=flag)) for flag in (False, True)
    )
    offshore = float(mpf(0.4) * exp(mpf(-6000) / 5000))
    off_diagonal = ~np.eye(4, dtype=bool)
    assert sea.w.proximity[off_diagonal] == pytest.approx(offshore, rel=1e-14)
    assert (land.w.proximity[0, 1:] == 1.0).all() and (land.w.proximity[1:, 0] == 1.0).all()
    assert (land.w.proximity[1:, 1:] == sea.w.proximity[1:, 1:]).all()


def test_t2_presence_given_as_a_parameter_overrides_the_scenarios() -> None:
    start = start_of(3, presence=0.3)
    assert Play(Case(start, TEXTBOOK, calm(1, 3))).system("presence") == 0.3
    assert Play(Case(start, TEXTBOOK, calm(1, 3)).but(hegemon__presence=0.0)).system("presence") == 0.0


def test_pacts_among_the_second_tier_start_as_ties_and_the_hegemons_do_not() -> None:
    world = Play(Case(start_of(3, pact=1.0), TEXTBOOK, calm(1, 3)).but(start__pact_tie=0.25))
    assert world.w.tie.tolist() == [[0.0, 0.0, 0.0], [0.0, 0.0, 0.25], [0.0, 0.25, 0.0]]


def test_a_scenario_is_not_changed_by_playing_it() -> None:
    case = Case(random_start(np.random.default_rng(1), 4), TEXTBOOK, draw(1, range(1), 5, 4))
    before = [figure.copy() for figure in case.start]
    first = Ran(case).bytes()
    assert all((a == b).all() for a, b in zip(before, case.start, strict=True)), "starting figures were overwritten"
    assert Ran(case).bytes() == first, "a second run of the same world differs from the first"


def test_a_year_of_hard_balancing_arms_remembers_and_binds() -> None:
    figures = {"economy": [0.6, 0.2, 0.2], "military": [0.6, 0.2, 0.2], "border": 1.0}
    world = Play(Case(start_of(3, **figures), TEXTBOOK, calm(1, 3)).but(theory__menu=["hard_balance"]))
    world.run_year()
    burden = mpf(0.03) + mpf(0.3) * mpf(0.03)  # three tenths of the way to twice the usual
    stock = mpf(0.88) * mpf(0.2) + mpf(0.12) * mpf(0.2) / mpf(0.03) * burden
    assert world.column("burden")[1] == pytest.approx(float(burden), rel=1e-14)
    assert world.column("effort")[1] == pytest.approx(0.3, rel=1e-15)
    assert world.column("military")[1] == pytest.approx(float(stock), rel=1e-14)
    economy = mpf(0.2) * exp(-mpf(0.05) * (burden - mpf(0.03)))
    assert world.column("economy")[1] == pytest.approx(float(economy), rel=1e-14)
    assert world.column("hard_record")[1] == pytest.approx(0.2, rel=1e-15)
    assert world.w.tie[1, 2] == world.w.tie[2, 1] == pytest.approx(0.3, rel=1e-14), "near friends bind at the full rate"
    assert world.column("burden")[0] == 0.03, "the hegemon only sustains its forces"


def test_faint_ties_fade_as_strong_ones_do() -> None:
    for tie in (0.02, 0.9):
        case = Case(start_of(3, pact=1.0), TEXTBOOK, calm(1, 3)).but(start__pact_tie=tie, theory__menu=["bargain"])
        world = Play(case)
        world.run_year()
        assert world.w.tie[1, 2] == world.w.tie[2, 1] == pytest.approx(0.94 * tie, rel=1e-15)


def test_ties_need_two_to_grow_and_are_never_with_the_hegemon() -> None:
    shocks = calm(1, 3)
    shocks.state[0, 0, :, 1] = [0.0, 0.0, 1.0 - 1e-9]  # one takes the first strategy of the menu, the other the last
    world = Play(Case(start_of(3, pact=1.0), {}, shocks).but(choice__rationality=0.0))
    found = world.run_year()
    assert (found[1].strategy, found[2].strategy) == (0, 4)
    assert world.w.tie[1, 2] == pytest.approx(0.25 * 0.94, rel=1e-15)
    assert (world.w.tie[0] == 0.0).all() and (world.w.tie[:, 0] == 0.0).all()


def test_soft_balancing_alone_leaves_the_distribution_of_stocks_where_it_was() -> None:
    """Mowle and Sacko: soft balancing that commits no arms does not change the balance of power."""
    values = {"growth__noise": 0.0, "arms__effort_soft": 0.0, "start__strategy": "soft_balance"}
    world = world_of(years=15, theory__menu=["soft_balance"], **values)
    before, legitimacy = world.column("share"), world.system("legitimacy")
    for _ in range(15):
        world.run_year()
    assert world.column("share") == pytest.approx(before, rel=1e-13)
    assert world.system("legitimacy") < legitimacy, "soft balancing denies legitimacy"


def test_growth_rates_count_only_as_far_as_the_differential() -> None:
    start = start_of(3, growth=[0.0, 0.05, -0.02])
    for weight in (0.0, 0.5, 1.0):
        case = Case(start, TEXTBOOK, calm(1, 3)).but(growth__differential=weight, theory__menu=["bargain"])
        world = Play(case)
        world.run_year()
        expected = [float(exp(mpf(weight) * mpf(g)) / 3) for g in (0.0, 0.05, -0.02)]
        assert world.column("economy") == pytest.approx(expected, rel=1e-14)


def test_t1_last_years_share_makes_a_rising_hegemon_more_threatening() -> None:
    start = start_of(3, economy=[0.5, 0.25, 0.25], military=[0.5, 0.25, 0.25], growth=[0.1, 0.0, 0.0])
    values = {"growth__differential": 1.0, "theory__menu": ["bargain"], "theory__military_weight": 0.0}
    still, risen = (
        Play(Case(start, TEXTBOOK, calm(2, 3)).but(**values, theory__rise_weight=weight)) for weight in (0.0, 2.0)
    )
    for world in (still, risen):
        world.run_year()
        world.begin_year()
    share = mpf(0.5) * exp(mpf(0.1)) / (mpf(0.5) * exp(mpf(0.1)) + mpf(0.5))
    level = (share - mpf(1) / 3) / (mpf(2) / 3)
    assert still.system("concentration") == pytest.approx(float(level), rel=1e-13)
    rise = (share - mpf(0.5)) / mpf(0.5)
    assert risen.system("concentration") == pytest.approx(float(level * (1 + 2 * rise)), rel=1e-13)


@pytest.mark.uncompiled
def test_a_ramp_that_has_run_its_course_stays_where_it_began() -> None:
    values = {"hegemon.policy": "ramp", "hegemon.ramp_low": 0.1}
    p = record(values, 60)[0] if COMPILED else plain(record(values, 60))[0]
    assert unilateralism_in(10_000, p) == pytest.approx(0.1, abs=1e-15), "unilateralism leaves its range after the ramp"

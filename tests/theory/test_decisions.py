"""Decisions in a world: who reconsiders, what is on the menu, and what a mark on a decision means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from worlds import TEXTBOOK, Case, Play, calm, start_of

from balsim.dynamics.decide import CATCHER
from balsim.params import STRATEGIES
from balsim.theory.strategies import BANDWAGON, BARGAIN, BUCK_PASS, HARD_BALANCE, total

pytestmark = pytest.mark.uncompiled


def first_year(
    n: int = 3, reconsider: float = 0.0, choose: float = 0.5, figures: dict | None = None, **values: Any
) -> Play:
    """A world of equals, or with other `figures`, before its first decisions; all states have the same draws."""
    shocks = calm(1, n)
    shocks.state[..., 0] = reconsider
    shocks.state[..., 1] = choose
    world = Play(Case(start_of(n, **figures or {}), TEXTBOOK, shocks).but(**values))
    world.begin_year()
    return world


@pytest.mark.parametrize(("draw", "asked"), [(0.0, True), (0.599, True), (0.6, False), (0.999, False)])
def test_a_state_reconsiders_with_probability_one_less_inertia(draw: float, asked: bool) -> None:
    found = first_year(reconsider=draw, choice__inertia=0.4).decide()[1]
    assert bool(found.reconsidered) is asked
    if not asked:
        assert found.strategy == found.before == BARGAIN
        assert found.odds == (0.0, 0.0, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_full_inertia_keeps_every_state_at_what_it_did(strategy: str) -> None:
    found = first_year(reconsider=0.0, choice__inertia=1.0, start__strategy=strategy).decide()
    assert {STRATEGIES[d.strategy] for d in found.values()} == {strategy}


def test_inertia_does_not_keep_what_is_off_the_menu() -> None:
    menu = ["hard_balance", "bandwagon"]
    found = first_year(reconsider=0.999, choice__inertia=1.0, theory__menu=menu).decide()
    for decision in found.values():
        assert decision.reconsidered, "a strategy that is not allowed was kept"
        assert decision.strategy in (HARD_BALANCE, BANDWAGON)
        assert [k for k in range(5) if decision.odds[k] > 0.0] == [HARD_BALANCE, BANDWAGON]


def test_the_draw_that_chose_is_kept_in_the_trace() -> None:
    assert first_year(choose=0.25).decide()[1].draw == 0.25


def test_one_second_tier_state_cannot_pass_the_buck_even_if_it_did() -> None:
    for start in ("bargain", "buck_pass"):
        found = first_year(n=2, start__strategy=start, reconsider=0.999, choice__inertia=0.0).decide()[1]
        assert found.odds[BUCK_PASS] == 0.0
        assert not found.situation.has_catcher
    assert found.strategy != BUCK_PASS, "in bipolarity there is nobody to pass the buck to"


def test_alone_the_others_are_nothing_to_count_on() -> None:
    s = first_year(n=2, start__strategy="hard_balance").decide()[1].situation
    assert (s.coalition, s.odds_apart, s.constraint_apart, s.carried) == (0.0, 0.0, 0.0, 0.0)
    assert s.odds_joined > 0.0, "a state that arms alone has no odds"


def test_payoffs_in_the_trace_are_the_sums_of_their_terms() -> None:
    for decision in first_year(n=4).decide().values():
        terms = (decision.hard_balance, decision.soft_balance, decision.bargain, decision.buck_pass, decision.bandwagon)
        assert decision.payoffs == tuple(total(t) for t in terms)


def test_best_reply_takes_the_largest_payoff() -> None:
    for choose in (0.0, 0.5, 0.999):
        found = first_year(choose=choose, choice__rationality=1e9).decide()[1]
        assert found.strategy == int(np.argmax(found.payoffs))


THREATENING = {"economy": [0.6, 0.2, 0.2], "military": [0.6, 0.2, 0.2], "border": 1.0, "offence": 1.0}


@pytest.mark.parametrize(("start", "figures", "staked"), [
    ("hard_balance", THREATENING, 1.0),  # something at stake, and peers known for balancing
    ("bandwagon", THREATENING, 0.0),  # nobody who would catch the buck
    ("hard_balance", {}, 0.0),  # parity: nothing at stake
])  # fmt: skip
def test_a_buck_is_staked_only_with_something_to_lose_and_someone_to_leave_it_to(
    start: str, figures: dict, staked: float
) -> None:
    world = first_year(figures=figures, start__strategy=start, start__intentions=1.0, theory__foresight=0.0)
    s = world.decide()[1].situation
    assert world.w.state[1].staked == staked
    assert staked == float(s.threat > 0.17 and s.carried > CATCHER), "threat above the cost of arms, carrying above 5 %"


@pytest.mark.parametrize(("security", "mark"), [(2.5, 1.0), (0.0, 0.0)])
def test_a_soft_act_is_marked_as_security_where_its_gain_outweighs_other_motives(security: float, mark: float) -> None:
    values = {"theory.menu": ["soft_balance"], "theory.threat_scale": security, "start.intentions": 1.0}
    world = first_year(figures=THREATENING, **{key.replace(".", "__"): value for key, value in values.items()})
    world.decide()
    assert world.w.state[1].soft_security == mark


def test_what_is_no_soft_act_is_no_soft_act_for_security() -> None:
    world = first_year(figures=THREATENING, start__intentions=1.0, theory__menu=["hard_balance"])
    world.w.state[1].soft_security = 1.0
    world.decide()
    assert world.w.state[1].soft_security == 0.0, "last year's mark was kept"

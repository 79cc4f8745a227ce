"""Closed forms of contests and of feasible coalitions, against the shipped code.

Expressible as decisions: the feasibility edge s* = E/(E + g), coalition odds, the coalition that forms under the belief
that global games select. Of contests with continuous effort (Tullock 1980; Katz, Nitzan & Rosenberg 1990; Esteban & Ray
2001; Hirshleifer 1995) only the success function is the model's: a state chooses a strategy, not an amount. Their
equilibria are checked here as equilibria *of the shipped success function*, which says nothing of any decision.

Not expressible: the global game itself (Carlsson & van Damme 1993; Morris & Shin 1998), since no state has private
information about the hegemon's strength, nor reckons from its own signal to others' acts; the essential states and
minimal winning coalitions of Niou and Ordeshook (1989), since nobody transfers resources; Axelrod and Bennett's
landscape (1993), since there are no two camps to choose between; Hirshleifer's anarchy, since nobody lives off what it
produces and takes.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from kernels import Table, bare
from scipy import optimize
from worlds import Ran

from balsim.theory.free_riding import contest

BARGAIN = 2
TWO = {"theory__menu": ["hard_balance", "bargain"]}


# ---- the feasibility edge


def edge(n: int, reliability: float, projection: float) -> float:
    """The hegemon's share at which a state that can count on all others stops thinking that they prevail."""
    case = bare(n, 1.0, **TWO | {"theory__decisiveness": 200.0, "theory__reliability": reliability,
                                 "theory__projection": projection, "theory__trade": 0.5})  # fmt: skip

    def gain(share: float) -> float:
        return Table(case.but(hegemon__capability_share=share)).gain(1.0, BARGAIN)

    return float(optimize.brentq(gain, 0.05, 0.97, xtol=1e-8))


@pytest.mark.parametrize(
    ("reliability", "projection", "published"),
    [(1.0, 1.0, 0.500), (0.745, 1.0, 0.443), (0.66, 1.0, 0.421), (0.5, 1.0, 0.375), (0.22, 1.0, 0.273),
     (0.745, 0.5, 0.614)],
)  # fmt: skip
def test_the_last_feasible_share_is_the_feasibility_edge(reliability, projection, published):
    n = 5
    E = (1.0 + (n - 1) * reliability) / n
    exact = E / (E + projection)
    assert exact == pytest.approx(published, abs=5e-4)
    assert edge(n, reliability, projection) == pytest.approx(exact, abs=1e-4)


@pytest.mark.parametrize(("offset", "share"), [(-0.03, 1.0), (0.03, 0.0)])
def test_a_full_coalition_holds_below_the_edge_and_dissolves_above_it(offset, share):
    E = (1.0 + 4 * 0.745) / 5
    case = bare(5, 1.0, 40, **TWO | {
        "theory__decisiveness": 200.0, "theory__reliability": 0.745, "theory__projection": 1.0, "theory__trade": 0.2,
        "choice__rationality": 1000.0, "start__strategy": "hard_balance",
        "hegemon__capability_share": E / (E + 1.0) + offset})  # fmt: skip
    assert Ran(case).ticks["states_hard_balance"][-1] == pytest.approx(share, abs=1e-9)


def test_against_a_hegemon_that_cannot_project_its_strength_there_is_no_edge():
    """Ablation: q = 1 and g → 0."""
    case = bare(5, 1.0, **TWO | {"theory__decisiveness": 200.0, "theory__projection": 0.01, "theory__trade": 0.5,
                                 "hegemon__capability_share": 0.95})  # fmt: skip
    assert Table(case).gain(1.0, BARGAIN) > 0.49


# ---- odds of coalitions


@pytest.mark.parametrize(("n", "published"), [(4, 0.6667), (16, 0.8)])
def test_with_decisiveness_one_half_odds_are_those_of_quadratic_effort(n, published):
    """Esteban & Ray: n equal states against one, quadratic cost: √n/(1 + √n). The model has it as γ = ½."""
    joined = Table(bare(n, 1.0, **TWO | {"theory__decisiveness": 0.5})).ask(1.0).situation.odds_joined
    assert joined == pytest.approx(math.sqrt(n) / (1.0 + math.sqrt(n)), abs=1e-9)
    assert joined == pytest.approx(published, abs=5e-5)


def test_with_decisiveness_one_odds_are_not_those_of_quadratic_effort():
    """Ablation. Nor are they Katz, Nitzan & Rosenberg's ½ for any n, where free riding eats up all numbers: the model's
    states bring a strength that they have, not an effort that they choose."""
    joined = Table(bare(4, 1.0, **TWO | {"theory__decisiveness": 1.0})).ask(1.0).situation.odds_joined
    assert joined == pytest.approx(0.8)


# ---- the shipped success function as a contest


def best_effort(others: float, value: float, decisiveness: float) -> float:
    """The effort that pays best against the others' effort under the shipped success function, by grid and polish."""
    def loss(x: float) -> float:
        return x - value * contest(x, others, decisiveness)

    grid = np.linspace(0.0, value, 2001)
    near = float(grid[np.argmin([loss(x) for x in grid])])
    step = float(grid[1])
    found = optimize.minimize_scalar(loss, bounds=(max(near - step, 0.0), near + step), method="bounded",
                                     options={"xatol": 1e-10})  # fmt: skip
    return float(found.x) if found.fun < loss(0.0) - 1e-12 else 0.0


@pytest.mark.parametrize(("n", "published"), [(2, 0.25), (3, 0.2222), (5, 0.16)])
def test_tullock_lottery_is_an_equilibrium_of_the_success_function(n, published):
    each = (n - 1) / n**2
    assert each == pytest.approx(published, abs=5e-5)
    assert best_effort((n - 1) * each, 1.0, 1.0) == pytest.approx(each, abs=1e-4)


@pytest.mark.parametrize("r", [0.5, 1.0, 1.5])
def test_tullock_two_player_effort_rises_with_decisiveness(r):
    assert best_effort(r / 4.0, 1.0, r) == pytest.approx(r / 4.0, abs=1e-4)


def test_above_decisiveness_two_the_two_player_contest_has_no_pure_equilibrium():
    assert best_effort(2.5 / 4.0, 1.0, 2.5) == 0.0, "at r/4 a player should rather withdraw"


@pytest.mark.parametrize(
    ("values", "efforts"), [((4, 2, 1), (8 / 9, 4 / 9, 0.0)), ((3, 2, 2), (0.75, 0.375, 0.375))]
)
def test_asymmetric_lottery_is_an_equilibrium_of_the_success_function(values, efforts):
    for value, effort in zip(values, efforts, strict=True):
        assert best_effort(sum(efforts) - effort, float(value), 1.0) == pytest.approx(effort, abs=2e-4)


# ---- the belief that global games select


def uniform_gain(case, tier: int) -> float:
    """What joining pays on average where every number of others is as likely to join (the Laplacian belief).

    The belief is put in by the test. That players come to hold it is the theorem about global games, which the model
    does not contain; what the shipped code answers is what follows from it.
    """
    table = Table(case)
    return float(np.mean([table.gain(np.arange(tier) <= others, BARGAIN) for others in range(tier)]))


@pytest.mark.parametrize("cost", [0.3, 0.6])
def test_under_the_uniform_belief_states_attack_up_to_one_minus_the_cost(cost):
    """θ* = 1 − c (Carlsson & van Damme 1993), within .02."""
    tier = 100

    def gain(theta: float) -> float:
        case = bare(tier, theta * tier, **TWO | {"theory__decisiveness": 500.0, "theory__trade": cost})
        return uniform_gain(case, tier)

    assert gain(1.0 - cost - 0.02) > 0.0 > gain(1.0 - cost + 0.02)


@pytest.mark.parametrize(("cost", "published"), [(0.1, 0.474), (0.3, 0.412), (0.5, 0.333), (0.7, 0.231)])
def test_under_the_uniform_belief_a_coalition_forms_up_to_a_share(cost, published):
    exact = (1.0 - cost) / (2.0 - cost)
    assert exact == pytest.approx(published, abs=5e-4)
    case = bare(100, 1.0, **TWO | {"theory__decisiveness": 500.0, "theory__trade": cost, "theory__projection": 1.0})

    def gain(share: float) -> float:
        return uniform_gain(case.but(hegemon__capability_share=share), 100)

    assert gain(exact - 0.02) > 0.0 > gain(exact + 0.02)


def test_a_state_that_is_sure_of_all_others_attacks_far_beyond_the_selected_share():
    """Ablation: with the belief that all join, the switch is the feasibility edge ½, not (1 − c)/(2 − c)."""
    case = bare(100, 1.0, **TWO | {"theory__decisiveness": 500.0, "theory__trade": 0.7, "theory__projection": 1.0,
                                   "hegemon__capability_share": 0.45})  # fmt: skip
    assert Table(case).gain(1.0, BARGAIN) > 0.0 > uniform_gain(case, 100)

"""Closed forms of public-good games, against the decisions that the shipped code takes in worlds as bare as the games.

Expressible: volunteer's dilemma (Diekmann 1985), its logit equilibrium (McKelvey & Palfrey 1995), participation with a
threshold (Palfrey & Rosenthal 1984). One state's act is worth `threat` if enough take part; taking part costs
`trade·x`; `publicness` = 1 makes the good public; `exact` expectation sums over who takes part; pooled beliefs make the
equilibrium symmetric.

Not expressible, because a state chooses a strategy and never an amount: voluntary provision of an alliance good by
continuous contributions (Olson & Zeckhauser 1966; Bergstrom, Blume & Varian 1986).
"""

from __future__ import annotations

from math import comb, exp

import numpy as np
import pytest
from kernels import Table, bare
from scipy import optimize
from worlds import Ran

BUCK_PASS = 3
GAME = {
    "theory__expectation": "exact", "theory__beliefs": "pooled", "theory__publicness": 1.0,
    "theory__menu": ["hard_balance", "buck_pass"], "theory__decisiveness": 200.0,
}  # fmt: skip


def volunteers(n: int, cost: float, rationality: float, **values: object) -> Table:
    """n states of which any one suffices (the hegemon brings half of one state's strength)."""
    return Table(bare(n, 0.5, **GAME | {"theory__trade": cost, "choice__rationality": rationality} | values))


def equilibrium(table: Table) -> float:
    """The frequency of hard balancing that reproduces itself."""
    return float(optimize.brentq(lambda q: table.odds(q) - q, 0.0, 1.0, xtol=1e-9))


@pytest.mark.parametrize(("n", "published"), [(2, 0.8), (5, 0.3313), (10, 0.1637)])
def test_volunteers_dilemma_has_diekmanns_mixed_equilibrium(n, published):
    nash = 1.0 - 0.2 ** (1.0 / (n - 1))
    assert nash == pytest.approx(published, abs=5e-5)
    found = equilibrium(volunteers(n, 0.2, 2000.0))
    assert found == pytest.approx(nash, abs=0.02), f"{n} states volunteer with {found:.4f}, Diekmann says {nash:.4f}"


@pytest.mark.parametrize("n", [2, 5, 10])
def test_a_volunteer_is_indifferent_exactly_at_the_mixed_equilibrium(n):
    nash = 1.0 - 0.2 ** (1.0 / (n - 1))
    assert volunteers(n, 0.2, 1.0).gain(nash, BUCK_PASS) == pytest.approx(0.0, abs=1e-9)


def test_played_year_after_year_more_states_leave_the_good_unprovided_more_often():
    nobody = {}
    for n, years in ((2, 4000), (5, 4000), (10, 2500)):
        case = bare(n, 0.5, years, seed=n, theory__trade=0.2, choice__rationality=100.0, theory__memory=0.01, **GAME)
        share = Ran(case).ticks["states_hard_balance"][500:]
        nash = 1.0 - 0.2 ** (1.0 / (n - 1))
        assert share.mean() == pytest.approx(nash, abs=0.02), f"{n} states: long-run frequency is off the equilibrium"
        nobody[n] = float((share == 0.0).mean())
        assert nobody[n] == pytest.approx(0.2 ** (n / (n - 1)), abs=0.03), f"{n} states: P(nobody) is off"
    assert nobody[2] < nobody[5] < nobody[10], "P(nobody) should rise with the number of states"


def test_without_publicness_there_is_no_dilemma():
    """Ablation: where outsiders enjoy nothing, every state pays for itself."""
    assert volunteers(5, 0.2, 2000.0, theory__publicness=0.0).odds(0.3313) > 0.999, (
        "with a club good nobody should pass the buck"
    )


@pytest.mark.parametrize(("rationality", "published"), [(0.0, 0.5), (5.0, 0.3512), (20.0, 0.2893), (1000.0, 0.2606)])
def test_logit_equilibrium_of_the_volunteer_game(rationality, published):
    def residual(p: float) -> float:
        return p - 1.0 / (1.0 + exp(min(rationality * (0.3 - (1.0 - p) ** 4), 700.0)))

    exact = optimize.brentq(residual, 0.0, 1.0, xtol=1e-12)
    assert exact == pytest.approx(published, abs=5e-5)
    assert equilibrium(volunteers(5, 0.3, rationality)) == pytest.approx(exact, abs=1e-6)


def test_in_bipolarity_the_buck_cannot_be_passed():
    case = bare(1, 0.5, theory__trade=0.9, **GAME)
    assert Table(case).ask(0.0).odds[BUCK_PASS] == 0.0, "with one second-tier state there is nobody to catch the buck"


def three_of_five(cost: float, rationality: float = 1.0) -> Table:
    return Table(bare(5, 2.5, theory__trade=cost, choice__rationality=rationality, **GAME))


def test_threshold_participation_has_a_tipping_and_a_stable_root():
    def pivotal(p: float) -> float:
        return comb(4, 2) * p**2 * (1.0 - p) ** 2

    exact = [optimize.brentq(lambda p: pivotal(p) - 0.2, *span, xtol=1e-12) for span in ((0.0, 0.5), (0.5, 1.0))]
    assert exact == pytest.approx([0.2403, 0.7597], abs=5e-5)
    table = three_of_five(0.2)
    found = [
        optimize.brentq(lambda q: table.gain(q, BUCK_PASS), *span, xtol=1e-10) for span in ((0.0, 0.5), (0.5, 1.0))
    ]
    assert found == pytest.approx(exact, abs=1e-6), "the roots at which a state is indifferent are off"


def test_threshold_participation_fails_everywhere_above_the_pivotal_peak():
    gains = [three_of_five(0.38).gain(q, BUCK_PASS) for q in np.linspace(0.0, 1.0, 21)]
    assert max(gains) < 0.0, "with c/v above .375 no expectation makes three of five worth joining"
    assert three_of_five(0.37).gain(0.5, BUCK_PASS) > 0.0, "just below .375 the peak still pays"


@pytest.mark.parametrize(("before", "after"), [(0.20, 0.0), (0.28, 0.7597)])
def test_threshold_participation_tips_at_its_lower_root(before, after):
    case = bare(5, 2.5, 1200, seed=4, theory__trade=0.2, choice__rationality=200.0, theory__memory=0.01, **GAME)
    table = Table(case)
    table.ask(before)
    play, taking_part = table.play, []
    for _ in range(1199):
        taking_part.append(np.mean([d.strategy == 0 for d in play.run_year().values()]))
    assert np.mean(taking_part[400:]) == pytest.approx(after, abs=0.02)


def test_a_public_good_that_any_size_of_coalition_serves_in_proportion_has_no_tipping_root():
    """Ablation: with γ = 1 in place of the step, being pivotal no longer peaks inside, and two roots cannot be."""
    table = Table(bare(5, 2.5, theory__trade=0.05, **GAME | {"theory__decisiveness": 1.0}))
    signs = np.sign([table.gain(q, BUCK_PASS) for q in np.linspace(0.0, 1.0, 101)])
    assert np.count_nonzero(np.diff(signs)) <= 1

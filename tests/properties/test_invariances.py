"""What must not matter: names and order of states, the unit of power, how a world is stepped; twins live alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import PAIRS, Case, Play, Ran, cases

from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES
from balsim.params import STRATEGIES
from balsim.shocks import CHOOSE, Shocks
from balsim.theory.strategies import TERMS

pytestmark = pytest.mark.uncompiled

EDGE = 1e-9
"""Sums in another order differ by rounding: a draw this near the edge between two strategies may fall either way."""
CONDITION = (
    "threat", "regional_threat", "intentions", "rhetoric", "burden", "economy", "military", "share", "strongest_tie",
)  # fmt: skip


def relabelled(case: Case, order: np.ndarray) -> Case:
    """The same world with row `order[k]` in row k."""

    def rows(name: str, figure: np.ndarray) -> np.ndarray:
        if name in PAIRS:
            return figure[:, order][:, :, order].copy()
        return figure if name in ("presence", "hegemon") else figure[:, order].copy()

    moved = {name: rows(name, figure) for name, figure in case.start._asdict().items()}
    moved["hegemon"] = np.array([[int(np.flatnonzero(order == case.hegemon)[0])]])
    shocks = Shocks(case.shocks.state[:, :, order].copy(), case.shocks.issue)
    return Case(type(case.start)(**moved), case.values, shocks, case.seed)


def near_an_edge(odds: np.ndarray, draw: float) -> bool:
    return bool(np.min(np.abs(np.cumsum(odds) - draw)) < EDGE)


@given(cases(states=(3, 7)), st.randoms(use_true_random=False))
def test_relabelling_the_states_relabels_the_result(case: Case, random) -> None:
    order = np.arange(case.n)
    random.shuffle(order)
    usual, moved = Ran(case), Ran(relabelled(case, order))
    for t in range(case.years + 1):
        np.testing.assert_allclose(
            moved.odds[t], usual.odds[t, order], rtol=0, atol=EDGE, err_msg=f"odds of year {t} depend on the order"
        )
        did = usual.panel["strategy"][t, order]
        differs = np.flatnonzero(moved.panel["strategy"][t] != did)
        for k in differs:
            draw = case.shocks.state[0, t - 1, order[k], CHOOSE]
            assert near_an_edge(moved.odds[t, k], draw), f"year {t}: state {order[k]} did otherwise, renamed"
        if differs.size:
            return  # From here the two are different histories.
        for name in CONDITION:
            np.testing.assert_allclose(
                moved.panel[name][t], usual.panel[name][t, order], rtol=1e-7, atol=1e-10, err_msg=f"{name}, year {t}"
            )


@given(cases(states=(4, 7)), st.data())
def test_two_identical_states_given_the_same_draws_live_the_same_lives(case: Case, data) -> None:
    pairs = [(i, i + 1) for i in range(case.n - 1) if case.hegemon not in (i, i + 1)]
    i, twin = data.draw(st.sampled_from(pairs))
    figures = {name: figure.copy() for name, figure in case.start._asdict().items()}
    for name, figure in figures.items():
        if name in PAIRS:
            between = figure[0, i, twin]
            figure[0, twin, :], figure[0, :, twin] = figure[0, i, :], figure[0, :, i]
            figure[0, i, twin] = figure[0, twin, i] = between
        elif name not in ("presence", "hegemon"):
            figure[0, twin] = figure[0, i]
    state = case.shocks.state.copy()
    state[:, :, twin] = state[:, :, i]
    ran = Ran(Case(type(case.start)(**figures), case.values, Shocks(state, case.shocks.issue), case.seed))
    for name, column in ran.panel.items():
        assert (column[:, i] == column[:, twin]).all(), f"'{name}' tells twins {i} and {twin} apart"


@given(cases())
def test_writing_states_down_changes_nothing_that_happens(case: Case) -> None:
    noted, unnoted = Ran(case).batch, run_batch(case.start, case.params, case.shocks, panel=0, threads=1)
    assert (noted.outcomes == unnoted.outcomes).all(), "an outcome depends on whether decisions are traced"
    assert (noted.trajectories == unnoted.trajectories).all(), "a year depends on whether decisions are traced"


def scaled(case: Case, factor: float) -> Case:
    figures = case.start._asdict()
    figures |= {"economy": figures["economy"] * factor, "military": figures["military"] * factor}
    return Case(type(case.start)(**figures), case.values, case.shocks, case.seed)


@given(cases(theory__military_weight=0.5))
def test_a_quarter_of_everyones_power_changes_nothing_to_the_last_bit(case: Case) -> None:
    """¼ and √¼ are exact in binary, so no measure, odds or outcome may differ at all; only K and M themselves do."""
    usual, small = Ran(case), Ran(scaled(case, 0.25))
    assert (usual.batch.outcomes == small.batch.outcomes).all(), "an outcome depends on the unit of power"
    assert (usual.batch.trajectories == small.batch.trajectories).all(), "a yearly measure depends on the unit of power"
    for name, column in usual.panel.items():
        expected = column * 0.25 if name in ("economy", "military") else column
        assert (small.panel[name] == expected).all(), f"'{name}' depends on the unit of power"


@given(cases(), st.sampled_from([0.0, 1.0]))
def test_half_of_everyones_power_changes_nothing_to_the_last_bit_by_one_yardstick(case: Case, weight: float) -> None:
    usual = Ran(case.but(theory__military_weight=weight))
    half = Ran(scaled(usual.case, 0.5))
    assert (usual.batch.outcomes == half.batch.outcomes).all(), "an outcome depends on the unit of power"
    assert (usual.batch.trajectories == half.batch.trajectories).all()


@given(cases(years=(1, 1)), st.floats(0.05, 20.0))
def test_any_unit_of_power_gives_the_same_odds_up_to_rounding(case: Case, factor: float) -> None:
    np.testing.assert_allclose(Ran(scaled(case, factor)).odds, Ran(case).odds, rtol=0, atol=EDGE)


@given(cases())
def test_a_world_stepped_phase_by_phase_is_the_world_that_is_run_at_once(case: Case) -> None:
    ran, world = Ran(case), Play(case)
    motives = np.zeros(len(TERMS))
    transitions = np.zeros(25)
    for t in range(1, case.years + 1):
        for i, decision in world.run_year().items():
            assert decision.odds == tuple(ran.odds[t, i]), f"odds of state {i} in year {t}"
            assert [decision.payoffs[k] for k in range(5)] == [ran.panel[f"payoff_{s}"][t, i] for s in STRATEGIES]
            terms = [getattr(decision, name) for name in STRATEGIES]
            first = sum(len(other) for other in terms[: decision.strategy])
            for k, term in enumerate(terms[decision.strategy]):
                motives[first + k] += term
            transitions[5 * decision.before + decision.strategy] += 1
        for name in ("threat", "regional_threat", "intentions", "rhetoric", "burden", "economy", "military", "share"):
            assert (world.column(name) == ran.panel[name][t]).all(), f"'{name}' in year {t}"
    state_years = case.years * (case.n - 1)
    for k, (term, strategy) in enumerate(TERMS):
        assert ran.outcomes[f"motive_{term}_{strategy}"] == motives[k] / state_years, f"tally of {term} in {strategy}"
    found = [ran.outcomes[f"from_{a}_to_{b}"] for a in STRATEGIES for b in STRATEGIES]
    assert found == transitions.tolist(), "transitions do not count what states did"
    assert sum(found) == state_years, "transitions do not sum to state-years"
    soft = sum(ran.outcomes[f"from_{a}_to_soft_balance"] for a in STRATEGIES)
    assert sum(ran.outcomes[name] for name in OUTCOMES if name.startswith("instrument_")) == soft

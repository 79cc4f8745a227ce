"""Which way things move: threat in Walt's factors, odds in the two sides, loss in what others do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from worlds import Case, Play, Ran, cases, parameters, situation

from balsim.dynamics.appraise import appraise, situate
from balsim.params import PARAMETERS
from balsim.theory.free_riding import contest
from balsim.theory.strategies import exposed_loss
from balsim.theory.threat import threat

pytestmark = pytest.mark.uncompiled

RANGE = {p.field: (p.low, p.high) for p in PARAMETERS}
FACTORS = ("power", "proximity", "offence", "intentions")
unit = st.floats(0.0, 1.0)
step = st.floats(1.01, 50.0)


@st.composite
def weights(draw) -> tuple[float, ...]:
    raw = np.array(draw(st.lists(st.sampled_from([0.0, 0.0, 0.5, 1.0, 3.0, 100.0]), min_size=4, max_size=4)))
    assume(raw.sum() > 0.0)
    return tuple((raw / raw.sum()).tolist())


@given(st.tuples(unit, unit, unit, unit), weights(), st.integers(0, 3), step, st.floats(*RANGE["curvature"]))
def test_threat_never_falls_in_any_of_walts_factors(factors, shares, raised, by, curvature) -> None:
    more = list(factors)
    more[raised] = min(1.0, more[raised] * by)
    before, after = threat(*factors, *shares, curvature, 2.5), threat(*more, *shares, curvature, 2.5)
    assert after >= before, f"threat falls as {FACTORS[raised]} rises from {factors[raised]} to {more[raised]}"


positive = st.floats(0.01, 0.9)


@given(st.tuples(positive, positive, positive, positive), weights(), st.integers(0, 3), st.floats(1.01, 1.1))
def test_threat_rises_strictly_in_a_factor_with_weight_and_not_in_one_without(factors, shares, raised, by) -> None:
    more = list(factors)
    more[raised] *= by
    before, after = threat(*factors, *shares, 3.0, 2.5), threat(*more, *shares, 3.0, 2.5)
    if shares[raised] > 0.0:
        assert after > before, f"{FACTORS[raised]} has weight {shares[raised]:.3f} and does not count"
    else:
        assert after == before, f"{FACTORS[raised]} has no weight and counts"


@given(st.floats(1e-6, 10.0), st.floats(1e-6, 10.0), step, st.floats(*RANGE["decisiveness"]))
def test_odds_rise_with_the_coalition_and_fall_with_the_hegemon(coalition, opposing, by, decisiveness) -> None:
    odds = contest(coalition, opposing, decisiveness)
    stronger, weaker = contest(coalition * by, opposing, decisiveness), contest(coalition, opposing * by, decisiveness)
    assert weaker <= odds <= stronger
    if 1e-9 < odds < 1.0 - 1e-9:
        assert weaker < odds < stronger, "a strict advantage changes nothing"
    assert contest(opposing, coalition, decisiveness) == pytest.approx(1.0 - odds, abs=1e-14), "odds do not sum to 1"


def with_records(case: Case, hard: dict[int, float]) -> Play:
    """The world's first year with what is remembered of hard balancing set by hand."""
    world = Play(case)
    world.begin_year()
    for i in case.second_tier:
        world.w.state[i].hard_record, world.w.state[i].soft_record = hard[i], 0.0
    appraise(world.w, world.p)
    return world


@given(cases(states=(3, 6), years=(1, 1)), st.data())
def test_a_peer_better_known_for_balancing_hard_never_lowers_anyones_odds(case: Case, data) -> None:
    known = {i: data.draw(unit) for i in case.second_tier}
    peer = data.draw(st.sampled_from(case.second_tier))
    less, more = with_records(case, known), with_records(case, known | {peer: 1.0})
    for i in case.second_tier:
        before, after = situate(i, less.w, less.p), situate(i, more.w, more.p)
        assert after.odds_apart >= before.odds_apart - 1e-12, f"odds of state {i} without itself"
        assert after.odds_joined >= before.odds_joined - 1e-12, f"odds of state {i} joining"


@given(unit, unit, unit)
def test_without_publicness_an_outsider_gains_nothing_from_others_odds(odds, constraint, publicness_soft) -> None:
    p = parameters(theory__publicness=0.0, theory__publicness_soft=publicness_soft)
    before = exposed_loss(situation(odds_apart=0.0, constraint_apart=constraint), p)
    assert exposed_loss(situation(odds_apart=odds, constraint_apart=constraint), p) == before


@given(cases(states=(3, 6), years=(1, 1), theory__publicness=0.0, theory__publicness_soft=0.0), st.data())
def test_in_a_world_without_publicness_nobodys_exposed_loss_depends_on_others_hard_effort(case: Case, data) -> None:
    nobody = with_records(case, dict.fromkeys(case.second_tier, 0.0))
    some = with_records(case, {i: data.draw(unit) for i in case.second_tier})
    for i in case.second_tier:
        lost = exposed_loss(situate(i, nobody.w, nobody.p), nobody.p)
        assert exposed_loss(situate(i, some.w, some.p), some.p) == lost == nobody.w.state[i].threat


@given(cases(hegemon__unilateralism=0.0, hegemon__policy="fixed"), st.booleans())
def test_a_hegemon_that_never_acts_alone_is_never_thought_worse_of(case: Case, noisy: bool) -> None:
    ran = Ran(case if noisy else case.but(theory__intentions_noise=0.0))
    seen = ran.panel["intentions"][:, case.second_tier]
    assert (np.diff(seen, axis=0) <= 0.0).all(), "perceived intentions rose without a unilateral act"


@given(cases(hegemon__unilateralism=1.0, hegemon__policy="fixed"))
def test_a_hegemon_that_always_acts_alone_is_never_thought_better_of(case: Case) -> None:
    seen = Ran(case).panel["intentions"][:, case.second_tier]
    assert (np.diff(seen, axis=0) >= 0.0).all(), "perceived intentions fell without a multilateral act"


@given(cases(states=(2, 7)), st.floats(0.3, 0.95))
def test_without_concentration_there_is_no_threat_where_power_counts(case: Case, of_parity: float) -> None:
    case = case.but(hegemon__capability_share=max(0.02, of_parity / case.n), theory__weights__power=1.0)
    ran = Ran(case)
    assert (ran.panel["threat"][0] == 0.0).all(), "a hegemon weaker than the average state threatens"
    for t in range(1, case.years + 1):
        if ran.panel["share"][t - 1, case.hegemon] <= 1.0 / case.n:
            assert (ran.panel["threat"][t] == 0.0).all(), f"threat without concentration in year {t}"


@given(cases(states=(2, 2)))
def test_one_second_tier_state_never_passes_the_buck(case: Case) -> None:
    ran = Ran(case)
    state = case.second_tier[0]
    assert (ran.panel["odds_buck_pass"] == 0.0).all() and (ran.panel["strategy"][1:, state] != 3.0).all()


@given(cases(), st.floats(0.0, 0.9))
def test_more_intentions_of_harm_never_lower_threat_in_a_world(case: Case, less: float) -> None:
    threats = [Ran(case.but(start__intentions=value)).panel["threat"][0] for value in (less, less + 0.1)]
    assert (threats[1] >= threats[0]).all()

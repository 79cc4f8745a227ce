"""What a state knows when it decides (F2–F6 together in a world), against independent sums over the other states."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf, sqrt
from worlds import TEXTBOOK, Case, Play, calm, random_start, start_of

from balsim.dynamics.appraise import appraise, situate
from balsim.dynamics.decide import decide
from balsim.shocks import draw

pytestmark = pytest.mark.uncompiled
mp.dps = 30

HEGEMON = 2


def remembered(n: int = 6, seed: int = 5, **values: Any) -> Play:
    """A world in its first year in which states have records and ties of every strength."""
    rng = np.random.default_rng(seed)
    case = Case(random_start(rng, n, HEGEMON), TEXTBOOK, draw(seed, range(1), 1, n), seed).but(**values)
    world = Play(case)
    for i in case.second_tier:
        world.w.state[i].intentions = rng.uniform(0.2, 0.9)
        world.w.state[i].hard_record, world.w.state[i].soft_record, world.w.state[i].bandwagon_record = rng.dirichlet(
            (1.0, 1.0, 1.0, 1.0)
        )[:3].tolist()
        for j in range(i):
            if j != HEGEMON:
                world.w.tie[i, j] = world.w.tie[j, i] = rng.random()
    world.begin_year()
    return world


def others(world: Play, i: int) -> list[int]:
    return [j for j in world.case.second_tier if j != i]


def expectation(world: Play, j: int, pooled: bool = False) -> mpf:
    """q̂ᵉ_j, written out from the model's text with the parameters of TEXTBOOK."""
    state, peers = world.w.state, world.case.second_tier
    hard, soft = mpf(state[j].hard_record), mpf(state[j].soft_record)
    if pooled:
        hard = sum(mpf(state[k].hard_record) for k in peers) / len(peers)
        soft = sum(mpf(state[k].soft_record) for k in peers) / len(peers)
    cost = mpf(0.17) * 1 + mpf(0.08) * mpf(state[j].nearness) + mpf(0.05) * mpf(state[j].trade)
    threat = mpf(state[j].threat)
    return mpf(0.8) * min(1, hard + mpf(0.7) * soft) + mpf(0.2) * threat**2 / (threat**2 + cost**2)


def reliability(world: Play, i: int, j: int) -> mpf:
    """ρ_ij with the parameters of TEXTBOOK."""
    common = sqrt(mpf(world.w.state[i].threat) * mpf(world.w.state[j].threat))
    rivalry = mpf(world.w.rivalry[i, j]) * (1 - min(1, mpf(0.5) * common))
    return min(1, mpf(0.75) * (1 - rivalry) * (1 + mpf(0.2) * mpf(world.w.tie[i, j])))


def contest(b: mpf, opposing: mpf) -> mpf:
    return b**3 / (b**3 + opposing**3) if b > 0 else mpf(0)


@pytest.mark.parametrize("beliefs", ["individual", "pooled"])
def test_f3_expected_coalition_adds_the_others_by_strength_reliability_and_expectation(beliefs: str) -> None:
    world = remembered(theory__beliefs=beliefs)
    for i in world.case.second_tier:
        b = sum(
            reliability(world, i, j) * mpf(world.w.state[j].military) * expectation(world, j, beliefs == "pooled")
            for j in others(world, i)
        )
        found = situate(i, world.w, world.p)
        assert found.coalition == pytest.approx(float(b), rel=1e-12), f"B of state {i}"
        assert found.odds_apart == pytest.approx(float(contest(b, mpf(found.opposing))), rel=1e-11)
        joined = contest(b + mpf(found.contribution), mpf(found.opposing))
        assert found.odds_joined == pytest.approx(float(joined), rel=1e-11)


@pytest.mark.parametrize("beliefs", ["individual", "pooled"])
def test_f3_exact_expectation_averages_the_odds_over_every_coalition(beliefs: str) -> None:
    world = remembered(theory__expectation="exact", theory__beliefs=beliefs)
    for i in world.case.second_tier:
        found = situate(i, world.w, world.p)
        strength = [reliability(world, i, j) * mpf(world.w.state[j].military) for j in others(world, i)]
        chance = [expectation(world, j, beliefs == "pooled") for j in others(world, i)]
        for own, odds in ((mpf(0), found.odds_apart), (mpf(found.contribution), found.odds_joined)):
            mean = mpf(0)
            for joins in itertools.product((0, 1), repeat=len(strength)):
                weight = mpf(1)
                for yes, c in zip(joins, chance, strict=True):
                    weight *= c if yes else 1 - c
                b = own + sum(s for yes, s in zip(joins, strength, strict=True) if yes)
                mean += weight * contest(b, mpf(found.opposing))
            assert odds == pytest.approx(float(mean), rel=1e-11), f"state {i}"
        assert found.coalition == situate(i, remembered(theory__beliefs=beliefs).w, world.p).coalition


def test_f2_what_the_hegemon_can_use_leaves_out_the_states_own_following() -> None:
    world = remembered()
    for i in world.case.second_tier:
        peers = (world.w.state[j] for j in others(world, i))
        followers = sum(mpf(peer.military) * mpf(peer.bandwagon_record) for peer in peers)
        usable = mpf(world.w.state[HEGEMON].military) * (1 - mpf(0.2) * (1 - mpf(0.8))) + mpf(0.5) * followers
        assert situate(i, world.w, world.p).opposing == pytest.approx(float(mpf(0.8) * usable), rel=1e-13)


def test_p3_contribution_is_the_stock_and_a_years_part_of_what_full_effort_lacks() -> None:
    world = remembered()
    for i in world.case.second_tier:
        state = world.w.state[i]
        full = mpf(state.arms_efficiency) * 2 * mpf(state.baseline_burden) * mpf(state.economy)
        exact = mpf(state.military) + mpf(0.12) * max(mpf(0), full - mpf(state.military))
        assert situate(i, world.w, world.p).contribution == pytest.approx(float(exact), rel=1e-13)


@pytest.mark.parametrize("beliefs", ["individual", "pooled"])
def test_f5_soft_coalition_counts_soft_and_hard_balancers_by_capability(beliefs: str) -> None:
    world = remembered(theory__beliefs=beliefs)
    peers = world.case.second_tier
    capability = {j: sqrt(mpf(world.w.state[j].economy) * mpf(world.w.state[j].military)) for j in peers}
    tier = sum(capability.values())
    record = {j: mpf(world.w.state[j].soft_record) + mpf(world.w.state[j].hard_record) for j in peers}
    if beliefs == "pooled":
        record = dict.fromkeys(peers, sum(record.values()) / len(peers))
    for i in peers:
        s = sum(capability[j] / tier * record[j] for j in others(world, i))
        found = situate(i, world.w, world.p)
        assert found.constraint_apart == pytest.approx(float(mpf(0.25) * s / (s + mpf(0.3))), rel=1e-12)
        joined = s + capability[i] / tier
        assert found.constraint_joined == pytest.approx(float(mpf(0.25) * joined / (joined + mpf(0.3))), rel=1e-12)


def test_s4_carrying_is_the_strength_of_the_others_that_is_expected_to_carry() -> None:
    world = remembered()
    for i in world.case.second_tier:
        strength = sum(mpf(world.w.state[j].military) for j in others(world, i))
        carry = sum(
            mpf(world.w.state[j].military)
            * (mpf(0.8) * mpf(world.w.state[j].hard_record) + mpf(0.2) * expectation(world, j))
            for j in others(world, i)
        )
        assert situate(i, world.w, world.p).carried == pytest.approx(float(carry / strength), rel=1e-12)


def test_t4_regional_threat_is_the_worst_neighbours_and_never_the_hegemons() -> None:
    world = remembered()
    state = world.w.state
    for i in world.case.second_tier:
        posed = [
            mpf(world.w.rivalry[i, j]) * mpf(state[j].share) / (mpf(state[i].share) + mpf(state[j].share))
            * mpf(world.w.proximity[i, j]) * mpf(state[j].offence)
            for j in others(world, i)
        ]  # fmt: skip
        assert state[i].regional_threat == pytest.approx(float(max(posed)), rel=1e-13)


def test_t4_faint_rivals_threaten_faintly_and_friends_not_at_all() -> None:
    for hostility in (0.0, 0.01, 1.0):
        start = start_of(3, rivalry=hostility, border=1.0, offence=0.5)
        world = Play(Case(start, TEXTBOOK, calm(1, 3)))
        assert world.column("regional_threat")[1:] == pytest.approx(hostility / 4.0, rel=1e-15)  # two equals, ½ · ½


def test_t1_weights_count_relative_to_one_another() -> None:
    small = remembered()
    large = remembered(**{f"theory__weights__{name}": 7.0 for name in ("power", "proximity", "offence", "intentions")})
    assert large.column("threat") == pytest.approx(small.column("threat"), rel=1e-14)


def test_own_weight_compares_with_the_mean_of_the_second_tier() -> None:
    world = remembered()
    economies = [mpf(world.w.state[j].economy) for j in world.case.second_tier]
    mean = sum(economies) / len(economies)
    for i in world.case.second_tier:
        own = mpf(world.w.state[i].economy)
        assert situate(i, world.w, world.p).weight == pytest.approx(float(own / (own + mean)), rel=1e-13)


def test_nobodys_choice_changes_what_another_knows_in_the_same_year() -> None:
    forward, backward = remembered(choice__inertia=0.0), remembered(choice__inertia=0.0)
    found = forward.decide()
    shock = backward.case.shocks.state[0, 0]
    for i in reversed(backward.case.second_tier):
        assert decide(i, backward.w, backward.p, shock) == found[i], f"state {i} saw this year's choice of another"


def test_a_state_expects_nothing_of_itself() -> None:
    """Its own record and strength must not enter the coalition, the constraint or the carrying it reckons with."""
    plain, changed = remembered(), remembered()
    i = 0
    changed.w.state[i].hard_record, changed.w.state[i].soft_record, changed.w.state[i].bandwagon_record = 0.1, 0.2, 0.7
    appraise(changed.w, changed.p)
    before, after = situate(i, plain.w, plain.p), situate(i, changed.w, changed.p)
    for name in ("coalition", "odds_apart", "odds_joined", "opposing", "constraint_apart", "carried"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), rel=1e-12), f"own record enters '{name}'"
    assert situate(1, changed.w, changed.p).coalition != situate(1, plain.w, plain.p).coalition

"""Phase 3: threat, regional threat, and what states expect of one another; then one state's situation."""

from __future__ import annotations

import numpy as np

from balsim.params import BELIEFS, EXPECTATIONS
from balsim.rule import allocating_rule, positive, rule
from balsim.theory.free_riding import (
    constraint,
    contest,
    enabler,
    exact_odds,
    expected_carry,
    expected_hard,
    interest,
    own_weight,
    reliability,
    root,
    self_help,
    shelved,
    usable_strength,
)
from balsim.theory.legitimacy import election_year, rhetoric
from balsim.theory.power import capability, concentration, fieldable
from balsim.theory.threat import forward_presence, neighbour_threat, rising, threat, worst_case
from balsim.world import Situation

POOLED = BELIEFS.index("pooled")
EXACT = EXPECTATIONS.index("exact")


@rule
def weigh(w, p) -> None:
    """Capability shares of the system and of its second tier (eq. P1). Changes `share`, `tier_share`."""
    n = len(w.state)
    h = w.system[0].hegemon
    system = 0.0
    for i in range(n):
        w.state[i].share = capability(w.state[i].economy, w.state[i].military, p.military_weight)
        system += w.state[i].share
    tier = system - w.state[h].share
    for i in range(n):
        w.state[i].tier_share = w.state[i].share / tier if i != h and tier > 0.0 else 0.0
        w.state[i].share = w.state[i].share / system


@rule
def appraise(w, p) -> None:
    """Work out what every state must know before any state decides. Changes the appraised part of the world only."""
    n = len(w.state)
    h = w.system[0].hegemon
    w.system[0].concentration = rising(
        concentration(w.state[h].share, n), w.state[h].share, w.system[0].last_share, p.rise_weight
    )
    weights = p.weight_power + p.weight_proximity + p.weight_offence + p.weight_intentions
    of_power = p.weight_power / weights
    of_proximity = p.weight_proximity / weights
    of_offence = p.weight_offence / weights
    of_intentions = p.weight_intentions / weights
    for i in range(n):
        if i == h:
            continue
        w.state[i].nearness = forward_presence(w.proximity[h, i], w.system[0].presence, w.system[0].commitment)
        w.state[i].threat = threat(
            w.system[0].concentration,
            w.state[i].nearness,
            w.state[h].offence,
            worst_case(w.state[i].intentions, p.possibilism),
            of_power,
            of_proximity,
            of_offence,
            of_intentions,
            p.curvature,
            p.threat_scale,
        )
        w.state[i].threat_root = root(w.state[i].threat)
        w.state[i].regional_threat = regional_threat(i, w)
        election = election_year(w.system[0].year, w.state[i].clock_period, w.state[i].clock_phase)
        w.state[i].rhetoric = rhetoric(
            p.rhetoric_base,
            w.state[i].prestige,
            p.rhetoric_prestige,
            election,
            p.rhetoric_clock,
            w.state[i].threat,
            p.rhetoric_threat,
        )
    expect(w, p)


@rule
def regional_threat(i: int, w) -> float:
    """Regional threat to state i (eq. T4): the largest that any state but the hegemon poses [0–1]."""
    largest = 0.0
    for j in range(len(w.state)):
        if j != i and j != w.system[0].hegemon and w.rivalry[i, j] > 0.0:
            posed = neighbour_threat(
                w.rivalry[i, j], w.state[i].share, w.state[j].share, w.proximity[i, j], w.state[j].offence
            )
            largest = max(largest, posed)
    return largest


@rule
def expect(w, p) -> None:
    """What others expect of each second-tier state (eq. F3), and the totals that all need (eqs F2, F5, S4)."""
    n = len(w.state)
    h = w.system[0].hegemon
    tier = n - 1
    pooled_hard = 0.0
    pooled_soft = 0.0
    if p.beliefs == POOLED:
        for j in range(n):
            if j != h:
                pooled_hard += w.state[j].hard_record / tier
                pooled_soft += w.state[j].soft_record / tier
        w.system[0].pooled_record = pooled_hard + pooled_soft
    w.system[0].soft_total = 0.0
    w.system[0].follower_total = 0.0
    w.system[0].carry_total = 0.0
    w.system[0].second_tier_total = 0.0
    w.system[0].mean_economy = 0.0
    for j in range(n):
        if j == h:
            continue
        hard = pooled_hard if p.beliefs == POOLED else w.state[j].hard_record
        soft = pooled_soft if p.beliefs == POOLED else w.state[j].soft_record
        cost = p.arms_cost * p.effort_hard + p.retaliation * w.state[j].nearness + p.trade * w.state[j].trade
        w.state[j].expected_hard = expected_hard(
            hard, soft, p.conversion, p.foresight, interest(w.state[j].threat, cost)
        )
        w.state[j].expected_carry = expected_carry(hard, w.state[j].expected_hard, p.foresight)
        w.system[0].soft_total += w.state[j].tier_share * (soft + hard)
        w.system[0].follower_total += w.state[j].military * w.state[j].bandwagon_record
        w.system[0].carry_total += w.state[j].military * w.state[j].expected_carry
        w.system[0].second_tier_total += w.state[j].military
        w.system[0].mean_economy += w.state[j].economy / tier


@rule
def ally_reliability(i: int, j: int, w, p) -> float:
    """ρ_ij: the chance that j turns up for i (eq. F3) [0–1]."""
    rivalry = shelved(w.rivalry[i, j], w.state[i].threat_root, w.state[j].threat_root, p.rivalry_shelving)
    return reliability(p.reliability, rivalry, w.tie[i, j], p.alliance_bonus)


@rule
def expected_coalition(i: int, w, p) -> float:
    """B_i: the hard coalition that i expects without itself (eq. F3), military strength [≥0]."""
    coalition = 0.0
    for j in range(len(w.state)):
        if j != i and j != w.system[0].hegemon:
            coalition += ally_reliability(i, j, w, p) * w.state[j].military * w.state[j].expected_hard
    return coalition


@rule
def situate(i: int, w, p) -> Situation:
    """All that second-tier state i knows when it decides: nothing of this year's choices of the others.

    w : an appraised world. Returns the Situation that the payoffs read.
    """
    h = w.system[0].hegemon
    full_stock = w.state[i].arms_efficiency * w.state[i].baseline_burden * (1.0 + p.effort_hard) * w.state[i].economy
    usual_stock = w.state[i].arms_efficiency * w.state[i].baseline_burden * w.state[i].economy
    contribution = fieldable(w.state[i].military, full_stock, p.depreciation)
    followers = positive(w.system[0].follower_total - w.state[i].military * w.state[i].bandwagon_record)
    opposing = p.projection * usable_strength(
        w.state[h].military, w.system[0].legitimacy, p.disempowerment, followers, p.followers
    )
    coalition = expected_coalition(i, w, p)
    if p.expectation == EXACT:
        odds_apart, odds_joined = exact_both(i, w, p, contribution, opposing)
    else:
        odds_apart = contest(coalition, opposing, p.decisiveness)
        odds_joined = contest(coalition + contribution, opposing, p.decisiveness)
    others_soft = positive(w.system[0].soft_total - w.state[i].tier_share * own_record(i, w, p))
    others_strength = positive(w.system[0].second_tier_total - w.state[i].military)
    carrying = positive(w.system[0].carry_total - w.state[i].military * w.state[i].expected_carry)
    carried = carrying / others_strength if others_strength > 0.0 else 0.0
    has_catcher = len(w.state) > 2
    return Situation(
        w.state[i].threat,
        w.state[i].regional_threat,
        w.state[i].nearness,
        worst_case(w.state[i].intentions, p.possibilism),
        odds_apart,
        odds_joined,
        coalition,
        contribution,
        opposing,
        constraint(others_soft, p.constraint, p.constraint_half),
        constraint(others_soft + w.state[i].tier_share, p.constraint, p.constraint_half),
        self_help(full_stock, usual_stock, opposing, p.self_help),
        own_weight(w.state[i].economy, w.system[0].mean_economy),
        enabler(w.state[h].share, w.system[0].commitment, p.enabler),
        w.state[i].disagreement,
        election_year(w.system[0].year, w.state[i].clock_period, w.state[i].clock_phase),
        carried,
        has_catcher,
        w.state[i].rhetoric,
        w.state[i].trade,
        w.state[i].prestige,
        w.state[i].material,
        w.state[i].revisionism,
        w.state[h].share,
        w.system[0].commitment,
        w.system[0].legitimacy,
        w.system[0].unilateralism,
    )


@rule
def own_record(i: int, w, p) -> float:
    """What i itself adds to the remembered soft coalition: the pooled frequency, or its own record [0–1]."""
    if p.beliefs == POOLED:
        return w.system[0].pooled_record
    return w.state[i].soft_record + w.state[i].hard_record


@allocating_rule
def exact_both(i: int, w, p, contribution: float, opposing: float):
    """P0 and P1 in expectation over who joins, instead of at the expected coalition (eq. F3)."""
    n = len(w.state)
    strength = np.empty(n)
    chance = np.empty(n)
    for j in range(n):
        strength[j] = ally_reliability(i, j, w, p) * w.state[j].military
        chance[j] = w.state[j].expected_hard
    apart = exact_odds(i, w.system[0].hegemon, strength, chance, 0.0, opposing, p.decisiveness)
    joined = exact_odds(i, w.system[0].hegemon, strength, chance, contribution, opposing, p.decisiveness)
    return apart, joined


@rule
def shielded_regional(i: int, w) -> float:
    """R_i (1 − φ s_h): the regional threat from which the hegemon does not shield i (eq. P3) [0–1]."""
    return w.state[i].regional_threat * (1.0 - w.system[0].commitment * w.state[w.system[0].hegemon].share)


@rule
def mutual_threat(i: int, j: int, w) -> float:
    """The larger of what i and j pose to one another (eq. T4) [0–1]; decides how far a common threat binds them."""
    of_j = neighbour_threat(w.rivalry[i, j], w.state[i].share, w.state[j].share, w.proximity[i, j], w.state[j].offence)
    of_i = neighbour_threat(w.rivalry[j, i], w.state[j].share, w.state[i].share, w.proximity[j, i], w.state[i].offence)
    return max(of_i, of_j)

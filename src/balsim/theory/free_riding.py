"""Free riding: contest, followers, expectations, publicness, soft constraint (equations F1–F6)."""

from __future__ import annotations

import math

from balsim.rule import positive, power, rule


@rule
def contest(coalition: float, opposing: float, decisiveness: float) -> float:
    """Odds that a coalition prevails (eq. F1).

        P(B) = B^γ / (B^γ + (gH)^γ)

    coalition : B, military strength [≥0]; opposing : gH, what the hegemon can bring to bear [≥0]
    decisiveness : γ [>0].  Returns odds [0–1]; no coalition has no odds.
    Source: Hirshleifer 1989; Tullock 1980.
    """
    if coalition <= 0.0:
        return 0.0
    if opposing <= 0.0:
        return 1.0
    # The ratio of the smaller to the larger: a large γ then cannot overflow.
    if coalition < opposing:
        ratio = power(coalition / opposing, decisiveness)
        return ratio / (ratio + 1.0)
    return 1.0 / (1.0 + power(opposing / coalition, decisiveness))


@rule
def usable_strength(military: float, legitimacy: float, disempowerment: float, followers: float, weight: float):
    """Strength that the hegemon can use against state i (eq. F2).

        H = M_h (1 − ψ_L (1 − L)) + ψ_B Σ_j M_j q̂_j^bandwagon,  j ≠ i

    military : M_h [≥0]; legitimacy : L [0–1]; disempowerment : ψ_L [0–1]
    followers : Σ M_j q̂_j over the others [≥0]; weight : ψ_B [0–1]
    Source: Clark 2009, p. 282 (a crisis of legitimacy disempowers); Walt 1987 (followers add).
    """
    return military * (1.0 - disempowerment * (1.0 - legitimacy)) + weight * followers


@rule
def interest(threat: float, cost: float) -> float:
    """How likely it is from j's interest alone that j balances hard (eq. F3): T² / (T² + c²).

    threat : T_j [≥0]; cost : c_j, what hard balancing costs j [≥0].  Returns [0, 1].
    Source: ours, to let states reason about others and not only remember them.
    """
    squared = threat * threat
    if squared <= 0.0:
        return 0.0
    return squared / (squared + cost * cost)


@rule
def expected_hard(hard_record: float, soft_record: float, conversion: float, foresight: float, interest: float):
    """What others expect of j's hard balancing (eq. F3).

        q̂ᵉ = (1 − τ) min(1, q̂_hard + χ q̂_soft) + τ · interest

    hard_record, soft_record : remembered frequencies [0–1]; conversion : χ [0–1]; foresight : τ [0–1]
    Source: Paul 2004 (soft balancing may be converted); τ is ours: without it soft balancing would be nearly the
    only road to hard, and "stepping stone" would be built in.
    """
    return (1.0 - foresight) * min(1.0, hard_record + conversion * soft_record) + foresight * interest


@rule
def expected_carry(hard_record: float, expected: float, foresight: float) -> float:
    """How far j is expected to carry the burden (eq. S4): q̃ = (1 − τ) q̂_hard + τ q̂ᵉ.  All [0–1].

    Source: Mearsheimer 2001 on the buck-catcher; the form is ours.
    """
    return (1.0 - foresight) * hard_record + foresight * expected


@rule
def shelved(rivalry: float, root_i: float, root_j: float, shelving: float) -> float:
    """Rivalry that a common threat leaves (eq. F3): r (1 − min(1, ξ √(T_i T_j))).

    rivalry : r [0–1]; root_i, root_j : √T_i, √T_j; shelving : ξ [0–1].  Returns [0, 1].
    Source: Walt 1987; secondary disputes are shelved against a common threat.
    """
    if rivalry <= 0.0:
        return 0.0
    return rivalry * (1.0 - min(1.0, shelving * root_i * root_j))


@rule
def reliability(base: float, rivalry: float, tie: float, bonus: float) -> float:
    """Chance that an ally turns up (eq. F3): ρ = min(1, q (1 − r)(1 + bonus·w)).

    base : q [0–1]; rivalry : r after shelving [0–1]; tie : w [0–1]; bonus : [≥0]
    Source: Leeds, Long & Mitchell 2000; Berkemeier & Fuhrmann 2018.
    """
    return min(1.0, base * (1.0 - rivalry) * (1.0 + bonus * tie))


@rule
def constraint(soft_coalition: float, most: float, half: float) -> float:
    """How far a soft coalition delays, frustrates and raises cost (eq. F5): Q = ε S / (S + S₀).

    soft_coalition : S, share of second-tier capability [0–1]; most : ε [0–1]; half : S₀ [>0].  Returns [0, ε].
    Source: Pape 2005; the saturating form is ours.
    """
    return most * soft_coalition / (soft_coalition + half)


@rule
def enabler(hegemon_share: float, commitment: float, strength: float) -> float:
    """How far the hegemon's supply of security frees others to oppose it for other motives (eq. F6).

        E = 1 − e₁ (1 − s_h φ)

    hegemon_share : s_h; commitment : φ; strength : e₁; all [0–1].  Returns [1 − e₁, 1].
    Source: Brooks & Wohlforth 2005 (free riding enables opposition).
    """
    return 1.0 - strength * (1.0 - hegemon_share * commitment)


@rule
def self_help(military_full: float, military_usual: float, opposing: float, most: float) -> float:
    """What arming alone protects (eq. S1): D = κ_s [M*/(M* + gH) − M⁰/(M⁰ + gH)], at least 0.

    military_full : M*, the stock that full effort sustains; military_usual : M⁰, the usual effort's
    opposing : gH; most : κ_s [0–1].  Returns [0, κ_s].
    Source: Parent & Rosato 2015 (internal balancing is routine); the form is ours.
    """
    full = military_full + opposing
    usual = military_usual + opposing
    if full <= 0.0 or usual <= 0.0:
        return 0.0
    return most * positive(military_full / full - military_usual / usual)


@rule
def fading(record: float, happened: float, memory: float) -> float:
    """Remembered frequency after another year (eq. F3): q̂ ← q̂ + memory·(1[happened] − q̂).  All [0–1]."""
    return record + memory * (happened - record)


@rule
def exact_odds(i, hegemon, strength, chance, own, opposing, decisiveness) -> float:
    """Expected odds over who joins, E[P(B)], instead of the odds at the expected coalition (eq. F3).

    i, hegemon : rows that are left out; strength : (N,) what each would bring; chance : (N,) that it joins [0–1]
    own : what i itself adds [≥0]; opposing : gH; decisiveness : γ
    Returns odds [0–1]. Sums over all 2^(n−1) coalitions of the others: for at most 20 second-tier states.
    Source: Palfrey & Rosenthal 1984 (participation games); Diekmann 1985.
    """
    n = strength.shape[0]
    others = 0
    for j in range(n):
        if j != i and j != hegemon:
            others += 1
    total = 0.0
    for coalition in range(1 << others):
        weight = 1.0
        sum_strength = own
        bit = 0
        for j in range(n):
            if j == i or j == hegemon:
                continue
            if (coalition >> bit) & 1:
                weight *= chance[j]
                sum_strength += strength[j]
            else:
                weight *= 1.0 - chance[j]
            bit += 1
        if weight > 0.0:
            total += weight * contest(sum_strength, opposing, decisiveness)
    return total


@rule
def own_weight(economy: float, mean_economy: float) -> float:
    """Weight of a state beside its peers: W = K / (K + mean K).  Returns [0, 1).

    Source: strong states are pivotal and value freedom of action (Walt 1987); the form is ours.
    """
    both = economy + mean_economy
    return economy / both if both > 0.0 else 0.0


@rule
def root(threat: float) -> float:
    """√T, worked out once a year for each state because rivalries are shelved pair by pair."""
    return math.sqrt(threat)

"""Power: capability, concentration, arms and growth (equations P1–P4)."""

from __future__ import annotations

import math

from balsim.rule import positive, power, rule


@rule
def capability(economy: float, military: float, military_weight: float) -> float:
    """Capability of a state (eq. P1).

        c = K^(1−ω) M^ω

    economy : K [≥0]; military : M [≥0], both as shares of the system's in year 0
    military_weight : ω [0–1]
    Returns capability [≥0], to be divided by the system's sum for a share.
    Source: Waltz 1979, p. 131 (capabilities taken together); the form is ours.
    """
    return power(economy, 1.0 - military_weight) * power(military, military_weight)


@rule
def scale_to_share(own: float, others: float, share: float) -> float:
    """Factor by which the hegemon's K and M must be multiplied for its share to be `share` (eq. P1).

    own : the hegemon's capability [>0]; others : the others' summed capability [>0]; share : in (0, 1)
    Since capability is homogeneous of degree 1 in K and M together, one factor serves both.
    Source: ours.
    """
    return share / (1.0 - share) * others / own


@rule
def concentration(share: float, n: int) -> float:
    """How far the strongest state stands above parity (eq. P2).

        ŝ = max(0, (s − 1/N) / (1 − 1/N))

    share : the hegemon's capability share [0–1]; n : number of states, the hegemon included [≥2]
    Returns 0 at parity or below, 1 where the hegemon holds everything.
    Source: ours; normalised as Ray & Singer 1973 normalise CON.
    """
    parity = 1.0 / n
    return positive((share - parity) / (1.0 - parity))


@rule
def effective_number(squares: float) -> float:
    """Effective number of poles (eq. P2): 1/Σs².

    squares : Σs² over all states' capability shares, the Hirschman–Herfindahl index [1/N, 1].  Returns [1, N].
    Source: Moul 1993; Hirschman 1945.
    """
    return 1.0 / squares


@rule
def singer_concentration(squares: float, n: int) -> float:
    """CON, the concentration of capability among N states (eq. P2).

        CON = √((Σs² − 1/N) / (1 − 1/N))

    squares : Σs² [1/N, 1]; n : N [≥2].  Returns [0, 1].
    Source: Ray & Singer 1973; Singer, Bremer & Stuckey 1972.
    """
    parity = 1.0 / n
    return math.sqrt(positive((squares - parity) / (1.0 - parity)))


@rule
def burden_target(baseline: float, effort: float, regional: float, regional_start: float, response: float) -> float:
    """Military burden that a state works towards (eq. P3).

        m* = m₀ (1 + Δm_k + a_R (R(1 − φ s_h) − its value in year 0)), never below 0

    baseline : m₀, proportion of the economy; effort : Δm_k of the strategy held [≥0]
    regional : R(1 − φ s_h), regional threat so far as the hegemon does not shield from it [0–1]
    regional_start : the same in year 0, which m₀ already answers; response : a_R [≥0]
    Source: arming against neighbours, Walt 1987; Mearsheimer 2001 on the hegemon as pacifier. That the first year's
    regional threat is subtracted is ours: without it the start would be no steady state.
    """
    return positive(baseline * (1.0 + effort + response * (regional - regional_start)))


@rule
def stock_next(stock: float, spending: float, depreciation: float) -> float:
    """Military stock a year on (eq. P3): M ← (1 − ζ)M + ζ·spending.

    spending : κ m K, in units of stock; depreciation : ζ [0–1]
    Source: stock and flow of arms, as in Richardson models with capital (Sandler & Hartley 1995).
    """
    return (1.0 - depreciation) * stock + depreciation * spending


@rule
def fieldable(stock: float, full_stock: float, depreciation: float) -> float:
    """What a state would field by balancing hard (eq. P3): b = M + ζ·max(0, M* − M).

    full_stock : M*, the stock that the full effort sustains; depreciation : ζ [0–1]
    A year's arming brings the share ζ of what is missing. Source: ours.
    """
    return stock + depreciation * positive(full_stock - stock)


@rule
def growth_factor(growth: float, noise: float, shock: float, drag: float, excess_burden: float) -> float:
    """Factor by which an economy grows in a year (eq. P4): exp(g + σ_g ε − drag·max(0, m − m₀)).

    growth : g, log points; noise : σ_g; shock : ε, standard normal; excess_burden : m − m₀, proportion of the economy
    Source: ours.
    """
    return math.exp(growth + noise * shock - drag * positive(excess_burden))

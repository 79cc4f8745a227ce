"""Threat: Walt's four factors, distance and water, regional threat, reputation (equations T1–T5)."""

from __future__ import annotations

import math

from balsim.rule import clamp, positive, power, rule


@rule
def threat(concentration, nearness, offence, malign, w_power, w_proximity, w_offence, w_intentions, curvature, scale):
    """Threat that the hegemon poses to a state (eq. T1).

        T = θ G^ν,  G = ŝ^w_P · prox^w_D · off^w_O · Ĩ^w_I

    concentration : ŝ; nearness : prox; offence : offensive part of the hegemon's force; malign : Ĩ; all [0–1]
    w_… : Walt's weights, summing to 1 (0⁰ = 1); curvature : ν [1–4]; scale : θ, in units of full security [≥0]
    Returns threat in [0, θ]. No power, no threat, wherever power has weight.
    Source: Walt 1987, pp. 22–26; Waltz 1979 is w = (1, 0, 0, 0). The geometric mean is ours.
    """
    mean = (
        power(concentration, w_power)
        * power(nearness, w_proximity)
        * power(offence, w_offence)
        * power(malign, w_intentions)
    )
    return scale * power(mean, curvature)


@rule
def rising(concentration: float, share: float, last_share: float, rise_weight: float) -> float:
    """Concentration as it strikes those who watch the hegemon rise (eq. T1).

        ŝ ← min(1, ŝ (1 + w_ds · max(0, Δs/s)))

    share, last_share : the hegemon's share now and a year ago; rise_weight : w_ds [≥0]
    Source: the critics' point that theories of balancing concern the rise of a hegemon (Levy & Thompson 2005).
    """
    if last_share <= 0.0:
        return concentration
    return min(1.0, concentration * (1.0 + rise_weight * positive((share - last_share) / last_share)))


@rule
def proximity(distance: float, sea: float, border: float, distance_scale: float, water: float) -> float:
    """How much of its strength a state keeps at another's capital (eq. T2).

        prox = 1 with a land border, else exp(−d/λ), times `water` where a sea parts the two

    distance : km [≥0]; sea, border : 0 or 1; distance_scale : λ, km [>0]; water : [0–1], 1 is no hindrance
    Returns [0, 1].
    Source: Boulding 1962 (loss-of-strength gradient); Mearsheimer 2001, ch. 4 (stopping power of water).
    """
    if border > 0.0:
        return 1.0
    gradient = math.exp(-distance / distance_scale)
    return gradient * water if sea > 0.0 else gradient


@rule
def forward_presence(proximity_at_home: float, presence: float, commitment: float) -> float:
    """Proximity of a hegemon with bases abroad (eq. T2): prox + presence·φ·(1 − prox).

    all [0–1]. A hegemon that keeps its forces at home threatens less, and protects less.
    Source: Posen 2003 (command of the commons).
    """
    return proximity_at_home + presence * commitment * (1.0 - proximity_at_home)


@rule
def worst_case(intentions: float, possibilism: float) -> float:
    """Intentions that a state reckons with (eq. T3): Ĩ = (1 − ϖ)I + ϖ.

    intentions : I [0–1]; possibilism : ϖ [0–1], 0 probabilistic, 1 possibilistic
    Source: Brooks 1997.
    """
    return (1.0 - possibilism) * intentions + possibilism


@rule
def neighbour_threat(rivalry: float, own_share: float, other_share: float, proximity: float, offence: float) -> float:
    """Threat of one neighbour (eq. T4): r · s_j/(s_i + s_j) · prox · off_j.  All [0–1]; so is the result.

    Source: Walt 1987 on regional powers; a state's regional threat R is the largest of these. The form is ours.
    """
    both = own_share + other_share
    if both <= 0.0:
        return 0.0
    return rivalry * (other_share / both) * proximity * offence


@rule
def after_unilateral(intentions: float, severity: float, step: float, noise: float, shock: float) -> float:
    """Perceived malign intent after a unilateral act (eq. T5).

        I ← I + η₊ v (1 − I) max(0, 1 + noise·ε), kept in [0, 1]

    severity : v [≥0]; step : η₊ [0–1]; shock : ε, standard normal
    Source: reputation is lost act by act (Brooks & Wohlforth 2005, on the proponents' premise). The form is ours.
    """
    return clamp(intentions + step * severity * (1.0 - intentions) * positive(1.0 + noise * shock), 0.0, 1.0)


@rule
def after_multilateral(intentions: float, step: float, noise: float, shock: float) -> float:
    """Perceived malign intent after a multilateral act (eq. T5): I ← I − η₋ I max(0, 1 + noise·ε), in [0, 1].

    step : η₋ [0–1], smaller than η₊: reputation is won back more slowly. Source: as `after_unilateral`.
    """
    return clamp(intentions - step * intentions * positive(1.0 + noise * shock), 0.0, 1.0)

"""Ties between states that balance: how internal balancing becomes external."""

from __future__ import annotations

from balsim.rule import positive, rule


@rule
def tie_grown(tie, rivalry, proximity, common_threat, mutual_threat, growth):
    """Tie between two states a year on, where both balance hard.

        w ← w + growth·(1 − r)·prox̄·t·(1 − w),  prox̄ = (1 + prox)/2,  t = T/(T + mutual threat)

    tie : w; rivalry : r after shelving; proximity : prox; all [0–1]
    common_threat : the smaller of the two states' threats [≥0]; mutual_threat : the larger of what they pose to
    one another [0–1]; growth : per year [0–1].  Returns [0, 1].
    Source: Walt 1987 and Waltz 1979 on external balancing as a slow coordination; the form is ours.
    """
    both = common_threat + mutual_threat
    pull = common_threat / both if both > 0.0 else 0.0
    return tie + growth * positive(1.0 - rivalry) * 0.5 * (1.0 + proximity) * pull * (1.0 - tie)


@rule
def tie_faded(tie: float, decay: float) -> float:
    """Tie between two states a year on, where they do not both balance hard: w ← w − decay·w.

    tie : w [0–1]; decay : per year [0–1].  Source: dissolution of pacts (Gibler 2009); the form is ours.
    """
    return tie - decay * tie

"""Ties between states that balance: how internal balancing becomes external."""

from __future__ import annotations

from balsim.rule import positive, rule


@rule
def tie_next(tie, both_hard, rivalry, proximity, common_threat, mutual_threat, growth, decay):
    """Tie between two states a year on.

        both balance hard:  w ← w + growth·(1 − r)·prox̄·t·(1 − w),  prox̄ = (1 + prox)/2,  t = T/(T + mutual threat)
        otherwise:          w ← w − decay·w

    tie : w; both_hard : whether both balance hard this year; rivalry : r after shelving; proximity : prox; all [0–1]
    common_threat : the smaller of the two states' threats [≥0]; mutual_threat : the larger of what they pose to
    one another [0–1]; growth, decay : per year [0–1]
    Returns [0, 1].
    Source: Walt 1987 and Waltz 1979 on external balancing as a slow coordination; the form is ours.
    """
    if not both_hard:
        return tie - decay * tie
    both = common_threat + mutual_threat
    pull = common_threat / both if both > 0.0 else 0.0
    return tie + growth * positive(1.0 - rivalry) * 0.5 * (1.0 + proximity) * pull * (1.0 - tie)

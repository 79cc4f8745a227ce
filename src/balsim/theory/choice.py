"""Choice among the strategies on the menu (equation C1)."""

from __future__ import annotations

import math

from balsim.rule import rule


@rule
def logit(payoffs, menu: int, rationality: float):
    """Odds of the five strategies (eq. C1).

        p_k = exp(β U_k) / Σ exp(β U_l) over the strategies on the menu

    payoffs : tuple of five, in units of full security; menu : bits of the strategies a state may choose (at least one)
    rationality : β [≥0]; as β → ∞ the best reply.  Returns a tuple of five odds that sum to 1.
    Source: McKelvey & Palfrey 1995; Brock & Durlauf 2001.
    """
    # Against the best payoff, so that the exponent is never positive and cannot overflow.
    best = -math.inf
    for k in range(5):
        if (menu >> k) & 1 and payoffs[k] > best:
            best = payoffs[k]
    hard = math.exp(rationality * (payoffs[0] - best)) if menu & 1 else 0.0
    soft = math.exp(rationality * (payoffs[1] - best)) if menu & 2 else 0.0
    bargain = math.exp(rationality * (payoffs[2] - best)) if menu & 4 else 0.0
    buck = math.exp(rationality * (payoffs[3] - best)) if menu & 8 else 0.0
    bandwagon = math.exp(rationality * (payoffs[4] - best)) if menu & 16 else 0.0
    total = hard + soft + bargain + buck + bandwagon
    return hard / total, soft / total, bargain / total, buck / total, bandwagon / total


@rule
def pick(odds, draw: float) -> int:
    """The strategy that a uniform number chooses from odds.

    odds : tuple of five that sum to 1; draw : uniform on [0, 1).  Returns an index of a strategy with positive odds.
    Inversion of the distribution function, because one uniform then serves every menu and every odds (eq. C1).
    """
    passed = 0.0
    last = 0
    for k in range(5):
        if odds[k] > 0.0:
            last = k
            passed += odds[k]
            if draw < passed:
                return k
    # Rounding can leave the sum a hair below 1.
    return last

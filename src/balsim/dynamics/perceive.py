"""Phase 2: states read the hegemon's intentions from what it did."""

from __future__ import annotations

from balsim.rule import rule
from balsim.shocks import PERCEIVE
from balsim.theory.threat import after_multilateral, after_unilateral


@rule
def perceive(w, p, state_shock) -> None:
    """Every second-tier state updates its view of the hegemon, issue by issue (eq. T5), and its disagreement.

    state_shock : (N, STATE_CHANNELS); changes `intentions` and `disagreement`.
    """
    issues = len(w.issue)
    for i in range(len(w.state)):
        if i == w.system[0].hegemon:
            continue
        seen = w.state[i].intentions
        apart = 0.0
        for k in range(issues):
            shock = state_shock[i, PERCEIVE + k]
            if w.issue[k].unilateral > 0.0:
                seen = after_unilateral(seen, w.issue[k].severity, p.intentions_rise, p.intentions_noise, shock)
            else:
                seen = after_multilateral(seen, p.intentions_fall, p.intentions_noise, shock)
            apart += 0.5 * abs(w.state[i].ideal_point - w.issue[k].position)
        w.state[i].intentions = seen
        w.state[i].disagreement = apart / issues

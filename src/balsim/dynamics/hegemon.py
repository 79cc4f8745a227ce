"""What the hegemon does: its policy of unilateralism, and this year's issues (equation H1, phase 1)."""

from __future__ import annotations

from balsim.params import POLICIES
from balsim.rule import clamp, rule
from balsim.shocks import POSITION, SEVERITY, UNILATERAL

FIXED = POLICIES.index("fixed")
RAMP = POLICIES.index("ramp")


@rule
def unilateralism_in(year: int, p) -> float:
    """Unilateralism that the hegemon's policy sets for a year (eq. H1) [0–1].

    year : 0 … p.years. fixed: u throughout. ramp: from ramp_low in year 0 up to ramp_high half-way, and back; ramp_low
    after p.years.
    """
    if p.policy == RAMP:
        done = min(1.0, year / p.years)
        return p.ramp_low + (p.ramp_high - p.ramp_low) * (1.0 - abs(2.0 * done - 1.0))
    return p.unilateralism


@rule
def act(w, p, issue_shock) -> None:
    """Phase 1: the hegemon handles the year's issues, each alone with probability u.

    issue_shock : (ISSUES_PER_YEAR, ISSUE_CHANNELS) uniforms. Sets unilateralism and the issues of the world.
    """
    w.system[0].unilateralism = unilateralism_in(w.system[0].year, p)
    ideal = w.state[w.system[0].hegemon].ideal_point
    for k in range(issue_shock.shape[0]):
        w.issue[k].unilateral = 1.0 if issue_shock[k, UNILATERAL] < w.system[0].unilateralism else 0.0
        w.issue[k].severity = severity(issue_shock[k, SEVERITY], p)
        w.issue[k].position = clamp(ideal + p.issue_spread * (2.0 * issue_shock[k, POSITION] - 1.0), -1.0, 1.0)


@rule
def severity(draw: float, p) -> float:
    """Severity of an issue: treaty exit < sanctions < use of force abroad.

    draw : uniform on [0, 1). The use of force breaks the norms that the hegemon professes, and counts more by
    `norm_gap` (Clark 2009).  Returns v [≥0].
    """
    if draw < p.issues_force:
        return p.severity_force * (1.0 + p.norm_gap)
    if draw < p.issues_force + p.issues_sanctions:
        return p.severity_sanctions
    return p.severity_treaty_exit

"""Worlds bare enough to be a textbook game: the shipped decision code with all but a few terms switched off."""

from __future__ import annotations

from typing import Any

import numpy as np
from worlds import Case, Play, start_of

from balsim.dynamics.appraise import appraise
from balsim.dynamics.decide import Decision, decide
from balsim.shocks import ISSUE_CHANNELS, ISSUES_PER_YEAR, STATE_CHANNELS, Shocks

# Threat is θ whatever happens; no motive, cost, tie or army grows; everybody reconsiders every year; others' record is
# what they did last year. What a kernel needs, it switches on again.
BARE: dict[str, Any] = {
    "theory.weights.power": 0.0, "theory.weights.proximity": 0.0, "theory.weights.offence": 0.0,
    "theory.weights.intentions": 1.0, "theory.possibilism": 1.0, "theory.threat_scale": 1.0,
    **{f"theory.{name}": 0.0 for name in (
        "policy", "prestige", "material", "regional", "arms_cost", "retaliation", "soft_cost", "dependence_cost",
        "trade", "bargain_cost", "pass_cost", "influence", "self_help", "norm", "vulnerability", "relative_gain",
        "appease", "autonomy", "protection", "spoils", "order_benefit", "constraint", "conversion", "foresight",
        "alliance_bonus", "disempowerment", "followers", "publicness", "publicness_soft")},
    "theory.reliability": 1.0, "theory.memory": 1.0, "arms.effort_hard": 0.0, "arms.effort_soft": 0.0,
    "arms.effort_buck_pass": 0.0, "growth.noise": 0.0, "growth.drag": 0.0, "choice.inertia": 0.0,
}  # fmt: skip


def uniforms(years: int, n: int, seed: int = 0) -> Shocks:
    """Random numbers of one run: uniform where the model asks for uniforms, no noise of perception or growth."""
    rng = np.random.default_rng(seed)
    state = np.zeros((1, years, n, STATE_CHANNELS))
    state[..., :2] = rng.random((1, years, n, 2))
    return Shocks(state, rng.random((1, years, ISSUES_PER_YEAR, ISSUE_CHANNELS)))


def bare(tier: int, opposing: float, years: int = 1, seed: int = 0, start: dict[str, Any] | None = None,
         **values: Any) -> Case:  # fmt: skip
    """A hegemon and `tier` equal states, each of military strength 1 in units in which the hegemon brings `opposing`.

    start : figures of the start that differ; values : parameters that differ from BARE, keys as `theory__publicness`
    """
    figures = start_of(tier + 1, **{"trade": 1.0, **(start or {})})
    case = Case(figures, BARE, uniforms(years, tier + 1, seed))
    strength = figures.military[0, 1] / figures.military[0, 0]
    return case.but(**{"theory__projection": float(opposing * strength)} | values)


class Table:
    """A world whose records are set by hand, to ask the shipped code what a state then chooses."""

    def __init__(self, case: Case) -> None:
        self.play = Play(case)
        self.play.begin_year()

    def ask(self, records: float | np.ndarray, who: int = 1) -> Decision:
        """Decision of state `who` where the second tier is remembered for hard balancing with these frequencies."""
        w, p = self.play.w, self.play.p
        for i, record in zip(self.play.case.second_tier, np.broadcast_to(records, self.play.case.n - 1), strict=True):
            w.state[i].hard_record = float(record)
        appraise(w, p)
        return decide(who, w, p, self.play.case.shocks.state[0, 0])

    def odds(self, records: float | np.ndarray, who: int = 1) -> float:
        """Odds of hard balancing."""
        return float(self.ask(records, who).odds[0])

    def gain(self, records: float | np.ndarray, other: int, who: int = 1) -> float:
        """What hard balancing pays more than strategy `other`, in units of full security."""
        payoffs = self.ask(records, who).payoffs
        return float(payoffs[0] - payoffs[other])

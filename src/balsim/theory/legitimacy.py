"""Legitimacy, conduct and talk (equation H2, rhetoric)."""

from __future__ import annotations

import math

from balsim.rule import rule


@rule
def legitimacy_next(legitimacy, unilateralism, soft_share, cost, denial, speed):
    """Legitimacy a year on (eq. H2).

        L ← L + λ_L (target − L),  target = (1 − cost·u)(1 − deny·soft)

    legitimacy : L; unilateralism : u; soft_share : share of second-tier capability that balances softly
    cost, denial, speed : parameters; all [0–1].  Returns [0, 1]. Never a function of capability share.
    Source: Clark 2009, p. 282; Nye 2004 (depriving policy of legitimacy).
    """
    target = (1.0 - cost * unilateralism) * (1.0 - denial * soft_share)
    return legitimacy + speed * (target - legitimacy)


@rule
def rhetoric(base, prestige, per_prestige, election, per_election, threat, per_threat) -> float:
    """Talk of balancing, a cheap channel apart from what a state does.

        ρ = 1 / (1 + exp(−(base + a·prestige + b·election + c·threat)))

    prestige : orientation [≥0]; election : 1 in an election year; threat : T [≥0].  Returns [0, 1].
    Source: Brooks & Wohlforth 2005 (rhetoric serves domestic ends); the logistic form is ours.
    """
    x = base + per_prestige * prestige + per_election * election + per_threat * threat
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    grown = math.exp(x)
    return grown / (1.0 + grown)


@rule
def election_year(year: int, period: float, phase: float) -> float:
    """1 in an election year, else 0.

    year : years since the start; period : years between elections, 0 for none; phase : year of the first election
    Source: Brooks & Wohlforth 2005 (Yeltsin 1999, Schröder 2002).
    """
    if period < 1.0:
        return 0.0
    return 1.0 if (year - int(phase)) % int(period) == 0 else 0.0

"""Year 0: a world from a scenario's figures and the parameters."""

from __future__ import annotations

import math

import numpy as np

from balsim.dynamics.appraise import appraise, shielded_regional, weigh
from balsim.dynamics.hegemon import unilateralism_in
from balsim.rule import allocating_rule, rule
from balsim.theory.power import capability, scale_to_share
from balsim.theory.strategies import BANDWAGON, HARD_BALANCE, INSTRUMENTS, SOFT_BALANCE, TERMS, effort
from balsim.theory.threat import proximity
from balsim.world import World

_TERMS = len(TERMS)
_INSTRUMENTS = len(INSTRUMENTS)


@allocating_rule
def begin(origin, v: int, p) -> World:
    """The world in year 0 (shares weighed, threat appraised; nothing decided yet).

    origin : Origin, of V variants; v : which variant; p : parameters
    `capability_share` rescales the hegemon's economy and stock by one factor, the others keep their proportions; NaN
    keeps the scenario's figure. Every state has held `start_strategy` long enough to be known and armed for it.
    """
    n = len(origin.state[v])
    w = World(
        origin.state[v].copy(),
        origin.system[v].copy(),
        origin.issue.copy(),
        np.zeros((n, n)),
        np.zeros((n, n)),
        np.zeros((n, n)),
        np.zeros(_TERMS),
        np.zeros(25),
        np.zeros(_INSTRUMENTS),
    )
    h = w.system[0].hegemon
    if not math.isnan(p.presence):
        w.system[0].presence = p.presence
    w.system[0].legitimacy = p.start_legitimacy
    w.system[0].unilateralism = unilateralism_in(w.system[0].year, p)
    w.system[0].commitment = p.commitment
    prepare(w, p)
    place(w, origin, v, p)
    set_hegemon_share(w, p)
    weigh(w, p)
    w.system[0].last_share = w.state[h].share
    appraise(w, p)
    for i in range(n):
        if i != h:
            w.state[i].regional_start = shielded_regional(i, w)
    return w


@rule
def prepare(w, p) -> None:
    """Condition of the second tier in year 0: what it does, is known for, has armed for, and thinks of the hegemon."""
    a = p.start_strategy
    for i in range(len(w.state)):
        usual = w.state[i].baseline_burden * w.state[i].economy
        w.state[i].arms_efficiency = w.state[i].military / usual if usual > 0.0 else 0.0
        if i == w.system[0].hegemon:
            continue
        w.state[i].intentions = p.start_intentions
        w.state[i].strategy = a
        w.state[i].hard_record = 1.0 if a == HARD_BALANCE else 0.0
        w.state[i].soft_record = 1.0 if a == SOFT_BALANCE else 0.0
        w.state[i].bandwagon_record = 1.0 if a == BANDWAGON else 0.0
        w.state[i].effort = effort(a, p)
        w.state[i].burden = w.state[i].baseline_burden * (1.0 + w.state[i].effort)
        w.state[i].military *= 1.0 + w.state[i].effort


@rule
def place(w, origin, v: int, p) -> None:
    """Rivalries, proximities (eq. T2) and the ties of defence pacts. A land-power hegemon borders every state."""
    n = len(w.state)
    h = w.system[0].hegemon
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            pair = origin.pair[v][i][j]
            border = pair.border
            sea = pair.sea
            if p.land_power > 0 and (i == h or j == h):
                border = 1.0
                sea = 0.0
            w.rivalry[i, j] = pair.rivalry
            w.proximity[i, j] = proximity(pair.distance, sea, border, p.distance_scale, p.water)
            if i != h and j != h:
                w.tie[i, j] = p.pact_tie * pair.pact


@rule
def set_hegemon_share(w, p) -> None:
    """Give the hegemon exactly the capability share asked for, leaving the others' proportions alone (eq. P1)."""
    if math.isnan(p.capability_share):
        return
    h = w.system[0].hegemon
    own = capability(w.state[h].economy, w.state[h].military, p.military_weight)
    others = 0.0
    for i in range(len(w.state)):
        if i != h:
            others += capability(w.state[i].economy, w.state[i].military, p.military_weight)
    factor = scale_to_share(own, others, p.capability_share)
    w.state[h].economy *= factor
    w.state[h].military *= factor

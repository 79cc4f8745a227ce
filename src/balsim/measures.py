"""What is measured, by fixed definitions: each year, and over a whole run.

Definitions were written before any run. Weights are capability shares within the second tier.
"""

from __future__ import annotations

import math

from balsim.params import STRATEGIES
from balsim.rule import rule
from balsim.theory.free_riding import usable_strength
from balsim.theory.power import effective_number, singer_concentration
from balsim.theory.strategies import (
    BANDWAGON,
    BUCK_PASS,
    HARD_BALANCE,
    INSTRUMENTS,
    SOFT_BALANCE,
    TERMS,
)

# ---- each year
TICK = (
    *(f"share_{name}" for name in STRATEGIES),  # of second-tier capability
    *(f"states_{name}" for name in STRATEGIES),  # of second-tier states
    "hard_external",  # share of second-tier capability that balances hard with an ally that does too
    "soft_security",  # share of second-tier capability that balances softly mainly for security
    "staked_buck_pass",  # share that passes the buck with something at stake and someone to catch it
    "coalition_ratio",  # military strength that balances hard, over what the hegemon can use (B/H)
    "alliances",  # pairs of hard balancers with a tie of at least w*
    "threat",  # mean T
    "intentions",  # mean I
    "legitimacy",  # L
    "unilateralism",  # u
    "capability_share",  # s_h
    "poles",  # effective number, 1/Σs²
    "concentration",  # Singer's CON
    "rhetoric",  # mean
    "burden",  # mean military burden over the usual one, m/m₀
    "arming_excess",  # what strategies add to the usual burden, capability-weighted: internal balancing
)
SHARE = 0
STATES = 5
(
    HARD_EXTERNAL, SOFT_SECURITY, STAKED, COALITION, ALLIANCES, THREAT, INTENTIONS, LEGITIMACY, UNILATERALISM,
    CAPABILITY, POLES, CONCENTRATION, RHETORIC, BURDEN, ARMING,
) = range(10, len(TICK))  # fmt: skip

# ---- over a run
PATHS = ("quiet", "soft_only", "soft_to_hard", "hard_without_soft", "bandwagon", "buck_pass")
QUIET, SOFT_ONLY, SOFT_TO_HARD, HARD_WITHOUT_SOFT, FOLLOWING, PASSING = range(len(PATHS))
_LAST_THIRD = (
    *(f"share_{name}" for name in STRATEGIES), "hard_external", "soft_security", "coalition_ratio", "alliances",
    "threat", "intentions", "legitimacy", "unilateralism", "capability_share", "poles", "rhetoric", "arming_excess",
)  # fmt: skip
_LAST_THIRD_ROWS = tuple(TICK.index(name) for name in _LAST_THIRD)
OUTCOMES = (
    "phase", "path", "tipped", "tick_tipped", "soft_phase", "tick_soft", "reversed", "peak_coalition_ratio",
    "loop_area",
    *_LAST_THIRD,
    *(f"motive_{term}_{strategy}" for term, strategy in TERMS),
    *(f"from_{a}_to_{b}" for a in STRATEGIES for b in STRATEGIES),
    *(f"instrument_{name}" for name in INSTRUMENTS),
)  # fmt: skip
PHASE, PATH, TIPPED, TICK_TIPPED, SOFT_PHASE, TICK_SOFT, REVERSED, PEAK, LOOP = range(9)
FIRST_MEAN = 9
FIRST_MOTIVE = FIRST_MEAN + len(_LAST_THIRD)
FIRST_TRANSITION = FIRST_MOTIVE + len(TERMS)
FIRST_INSTRUMENT = FIRST_TRANSITION + 25

# Thresholds of the definitions.
SUSTAINED = 5  # consecutive years
SOFT_ENOUGH = 0.25  # of second-tier capability
HARD_ENOUGH = 0.5
REVERSED_BELOW = 0.25

# ---- each state and year, on request
PANEL = (
    *(f"odds_{name}" for name in STRATEGIES), *(f"payoff_{name}" for name in STRATEGIES), "strategy", "threat",
    "regional_threat", "intentions", "rhetoric", "burden", "economy", "military", "share", "allies", "strongest_tie",
)  # fmt: skip


@rule
def measure(w, p, row) -> None:
    """Write the year's measures of a world into `row` (len(TICK),)."""
    n = len(w.state)
    h = w.system[0].hegemon
    for k in range(row.shape[0]):
        row[k] = 0.0
    tier = n - 1
    balancing = 0.0
    following = 0.0
    squares = 0.0
    for i in range(n):
        squares += w.state[i].share * w.state[i].share
        if i == h:
            continue
        a = w.state[i].strategy
        weight = w.state[i].tier_share
        row[SHARE + a] += weight
        row[STATES + a] += 1.0 / tier
        if a == HARD_BALANCE:
            balancing += w.state[i].military
            allies = allies_of(i, w, p)
            if allies > 0:
                row[HARD_EXTERNAL] += weight
            row[ALLIANCES] += 0.5 * allies
        elif a == SOFT_BALANCE:
            row[SOFT_SECURITY] += weight * w.state[i].soft_security
        elif a == BUCK_PASS:
            row[STAKED] += weight * w.state[i].staked
        elif a == BANDWAGON:
            following += w.state[i].military
        row[THREAT] += w.state[i].threat / tier
        row[INTENTIONS] += w.state[i].intentions / tier
        row[RHETORIC] += w.state[i].rhetoric / tier
        row[BURDEN] += (
            w.state[i].burden / w.state[i].baseline_burden if w.state[i].baseline_burden > 0.0 else 1.0
        ) / tier
        row[ARMING] += weight * w.state[i].effort
    usable = usable_strength(w.state[h].military, w.system[0].legitimacy, p.disempowerment, following, p.followers)
    row[COALITION] = balancing / usable if usable > 0.0 else 0.0
    row[LEGITIMACY] = w.system[0].legitimacy
    row[UNILATERALISM] = w.system[0].unilateralism
    row[CAPABILITY] = w.state[h].share
    row[POLES] = effective_number(squares)
    row[CONCENTRATION] = singer_concentration(squares, n)


@rule
def allies_of(i: int, w, p) -> int:
    """Number of hard balancers with whom state i, balancing hard, has a tie of at least w*."""
    allies = 0
    for j in range(len(w.state)):
        if j != i and w.state[j].strategy == HARD_BALANCE and w.tie[i, j] >= p.tie_threshold:
            allies += 1
    return allies


@rule
def note_decision(decision, row) -> None:
    """Write a decision's odds and payoffs into `row` (len(PANEL),)."""
    for k in range(5):
        row[k] = decision.odds[k]
        row[5 + k] = decision.payoffs[k]


@rule
def note_panel(i: int, w, p, row) -> None:
    """Write state i's condition into `row` (len(PANEL),), after its odds and payoffs."""
    strongest = 0.0
    for j in range(len(w.state)):
        if j != i:
            strongest = max(strongest, w.tie[i, j])
    row[10] = w.state[i].strategy
    row[11] = w.state[i].threat
    row[12] = w.state[i].regional_threat
    row[13] = w.state[i].intentions
    row[14] = w.state[i].rhetoric
    row[15] = w.state[i].burden
    row[16] = w.state[i].economy
    row[17] = w.state[i].military
    row[18] = w.state[i].share
    row[19] = allies_of(i, w, p) if w.state[i].strategy == HARD_BALANCE else 0
    row[20] = strongest


@rule
def first_sustained(ticks, column: int, least: float, rival: int) -> int:
    """First year of SUSTAINED consecutive years in which a measure is at least `least`; −1 where there are none.

    ticks : (T + 1, len(TICK)); year 0 is the scenario's and does not count
    rival : a column that the measure must also not fall below; `column` itself for none
    """
    lasted = 0
    for t in range(1, ticks.shape[0]):
        if ticks[t, column] >= least and ticks[t, column] >= ticks[t, rival]:
            lasted += 1
            if lasted == SUSTAINED:
                return t - SUSTAINED + 1
        else:
            lasted = 0
    return -1


@rule
def is_reversed(ticks, tipped: int) -> bool:
    """Whether, after tipping in year `tipped`, hard balancing fell below REVERSED_BELOW for SUSTAINED years."""
    lasted = 0
    for t in range(tipped, ticks.shape[0]):
        lasted = lasted + 1 if ticks[t, SHARE + HARD_BALANCE] < REVERSED_BELOW else 0
        if lasted == SUSTAINED:
            return True
    return False


@rule
def loop_area(ticks) -> float:
    """Area of the loop that hard balancing draws over unilateralism: −∮ hard du (trapezoid rule).

    Positive where hard balancing is greater on the way down than it was on the way up. Zero where u does not move;
    meaningful where u ends where it began, as under the ramp.
    """
    area = 0.0
    for t in range(1, ticks.shape[0]):
        mean = 0.5 * (ticks[t, SHARE + HARD_BALANCE] + ticks[t - 1, SHARE + HARD_BALANCE])
        area -= mean * (ticks[t, UNILATERALISM] - ticks[t - 1, UNILATERALISM])
    return area


@rule
def path_of(tipped: int, soft: int, phase: int, staked: float) -> int:
    """Which of PATHS a run took.

    tipped, soft : years of tipping and of the soft phase, −1 for never; phase : strategy with the largest share in
    the last third; staked : share that passed the buck with something at stake, last third.
    Buck-passing with nothing at stake, or with nobody to catch the buck, is quiet: where threat is low, logit choice
    splits near-indifferent states, and that is noise.
    """
    if tipped >= 0:
        return SOFT_TO_HARD if 0 <= soft < tipped else HARD_WITHOUT_SOFT
    if soft >= 0:
        return SOFT_ONLY
    if phase == BANDWAGON:
        return FOLLOWING
    if phase == BUCK_PASS and staked >= SOFT_ENOUGH:
        return PASSING
    return QUIET


@rule
def outcomes(ticks, w, p, out) -> None:
    """Write the outcomes of a run into `out` (len(OUTCOMES),).

    ticks : (T + 1, len(TICK)); w : the world at the end, for its tallies. Years of events are −1 where they never
    happened. Motives are means per second-tier state-year, in units of full security.
    """
    years = ticks.shape[0] - 1
    begin = ticks.shape[0] - max(1, years // 3)
    for k in range(len(_LAST_THIRD_ROWS)):
        total = 0.0
        for t in range(begin, ticks.shape[0]):
            total += ticks[t, _LAST_THIRD_ROWS[k]]
        out[FIRST_MEAN + k] = total / (ticks.shape[0] - begin)
    phase = 0
    for k in range(1, 5):
        if out[FIRST_MEAN + k] > out[FIRST_MEAN + phase]:
            phase = k
    staked = 0.0
    peak = -math.inf
    for t in range(ticks.shape[0]):
        peak = max(peak, ticks[t, COALITION])
        if t >= begin:
            staked += ticks[t, STAKED] / (ticks.shape[0] - begin)
    tipped = first_sustained(ticks, SHARE + HARD_BALANCE, HARD_ENOUGH, SHARE + HARD_BALANCE)
    soft = first_sustained(ticks, SHARE + SOFT_BALANCE, SOFT_ENOUGH, SHARE + HARD_BALANCE)
    out[PHASE] = phase
    out[PATH] = path_of(tipped, soft, phase, staked)
    out[TIPPED] = 1.0 if tipped >= 0 else 0.0
    out[TICK_TIPPED] = tipped
    out[SOFT_PHASE] = 1.0 if soft >= 0 else 0.0
    out[TICK_SOFT] = soft
    out[REVERSED] = 1.0 if tipped >= 0 and is_reversed(ticks, tipped) else 0.0
    out[PEAK] = peak
    out[LOOP] = loop_area(ticks)
    state_years = max(1, years * (len(w.state) - 1))
    for k in range(w.motives.shape[0]):
        out[FIRST_MOTIVE + k] = w.motives[k] / state_years
    for k in range(25):
        out[FIRST_TRANSITION + k] = w.transitions[k]
    for k in range(w.instruments.shape[0]):
        out[FIRST_INSTRUMENT + k] = w.instruments[k]

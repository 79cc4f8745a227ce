"""Phase 4: one state's decision, with its trace."""

from __future__ import annotations

from typing import NamedTuple

from balsim.dynamics.appraise import situate
from balsim.rule import rule
from balsim.shocks import CHOOSE, RECONSIDER
from balsim.theory.choice import logit, pick
from balsim.theory.strategies import (
    BANDWAGON,
    BARGAIN,
    BUCK_PASS,
    FIRST_BANDWAGON,
    FIRST_BARGAIN,
    FIRST_HARD,
    FIRST_PASS,
    FIRST_SOFT,
    HARD_BALANCE,
    SOFT_BALANCE,
    Bandwagon,
    Bargain,
    BuckPass,
    HardBalance,
    SoftBalance,
    bandwagon,
    bargain,
    buck_pass,
    hard_balance,
    instrument,
    is_for_security,
    open_menu,
    security_gain,
    soft_balance,
    total,
)
from balsim.world import Situation

# Below this share of the others' strength that is expected to carry the burden, nobody is there to catch the buck.
CATCHER = 0.05


class Decision(NamedTuple):
    """Trace of one state's decision in one year: every payoff term of every strategy, odds, the draw, the choice."""

    strategy: int  # what the state does this year
    before: int  # what it did the year before
    reconsidered: bool
    draw: float  # the uniform number that chose
    odds: tuple[float, float, float, float, float]  # of choosing; 1 on the old strategy where not reconsidered
    payoffs: tuple[float, float, float, float, float]  # sums of the terms, in units of full security
    hard_balance: HardBalance
    soft_balance: SoftBalance
    bargain: Bargain
    buck_pass: BuckPass
    bandwagon: Bandwagon
    situation: Situation


@rule
def decide(i: int, w, p, state_shock) -> Decision:
    """State i weighs the five strategies and takes one (eq. C1), and says how it came to it.

    Arguments and effects as of `choose`; returns the trace.
    """
    s = situate(i, w, p)
    before = w.state[i].strategy
    choose(i, w, p, state_shock)
    hard = hard_balance(s, p)
    soft = soft_balance(s, p)
    talk = bargain(s, p)
    leave = buck_pass(s, p)
    follow = bandwagon(s, p)
    payoffs = (total(hard), total(soft), total(talk), total(leave), total(follow))
    menu = open_menu(p.menu, s.has_catcher)
    reconsidered = reconsiders(before, menu, state_shock[i, RECONSIDER], p.inertia)
    odds = logit(payoffs, menu, p.rationality) if reconsidered else certain(before)
    draw = state_shock[i, CHOOSE]
    return Decision(w.state[i].strategy, before, reconsidered, draw, odds, payoffs, hard, soft, talk, leave, follow, s)


@rule
def choose(i: int, w, p, state_shock) -> None:
    """State i takes a strategy (eq. C1): all of a decision but its trace.

    i : row of a second-tier state; w : an appraised world; p : parameters
    state_shock : (N, STATE_CHANNELS) of this year. With probability `inertia` the state does not reconsider.
    Changes row i of the world's strategy and marks, and the tallies.
    """
    s = situate(i, w, p)
    before = w.state[i].strategy
    strategy = before
    menu = open_menu(p.menu, s.has_catcher)
    if reconsiders(before, menu, state_shock[i, RECONSIDER], p.inertia):
        payoffs = (
            total(hard_balance(s, p)),
            total(soft_balance(s, p)),
            total(bargain(s, p)),
            total(buck_pass(s, p)),
            total(bandwagon(s, p)),
        )
        strategy = pick(logit(payoffs, menu, p.rationality), state_shock[i, CHOOSE])
    w.state[i].strategy = strategy
    w.state[i].staked = 1.0 if s.threat > p.arms_cost * p.effort_hard and s.carried > CATCHER else 0.0
    w.state[i].soft_security = 0.0
    w.transitions[5 * before + strategy] += 1.0
    if strategy == HARD_BALANCE:
        add_terms(w.motives, FIRST_HARD, hard_balance(s, p))
    elif strategy == SOFT_BALANCE:
        soft = soft_balance(s, p)
        gain = security_gain(s, p)
        add_terms(w.motives, FIRST_SOFT, soft)
        w.instruments[instrument(gain, soft)] += 1.0
        w.state[i].soft_security = 1.0 if is_for_security(gain, soft) else 0.0
    elif strategy == BARGAIN:
        add_terms(w.motives, FIRST_BARGAIN, bargain(s, p))
    elif strategy == BUCK_PASS:
        add_terms(w.motives, FIRST_PASS, buck_pass(s, p))
    elif strategy == BANDWAGON:
        add_terms(w.motives, FIRST_BANDWAGON, bandwagon(s, p))


@rule
def reconsiders(before: int, menu: int, draw: float, inertia: float) -> bool:
    """Whether a state weighs its strategies this year: with probability 1 − inertia, or where it must.

    before : what it did last year; menu : bits of what it may do; draw : uniform on [0, 1). What is not on the menu
    is not kept.
    """
    return draw < 1.0 - inertia or (menu >> before) & 1 == 0


@rule
def certain(strategy: int):
    """Odds of a state that does not reconsider: 1 on what it does already."""
    return (
        1.0 if strategy == HARD_BALANCE else 0.0,
        1.0 if strategy == SOFT_BALANCE else 0.0,
        1.0 if strategy == BARGAIN else 0.0,
        1.0 if strategy == BUCK_PASS else 0.0,
        1.0 if strategy == BANDWAGON else 0.0,
    )


@rule
def add_terms(motives, first: int, terms) -> None:
    """Add the terms of the strategy held to the tally of motives, from position `first`."""
    for k in range(len(terms)):
        motives[first + k] += terms[k]

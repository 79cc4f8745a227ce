"""One world from year 0 to the end."""

from __future__ import annotations

from balsim.dynamics.adjust import adjust
from balsim.dynamics.appraise import appraise
from balsim.dynamics.begin import begin
from balsim.dynamics.decide import choose, decide
from balsim.dynamics.hegemon import act
from balsim.dynamics.perceive import perceive
from balsim.measures import measure, note_decision, note_panel, outcomes
from balsim.rule import allocating_rule, rule


@allocating_rule
def play(origin, v: int, p, state_shock, issue_shock, ticks, outcome) -> None:
    """Run one world and write down what became of it.

    origin, v, p : as in `begin`; state_shock : (T, N, STATE_CHANNELS); issue_shock : (T, ISSUES, ISSUE_CHANNELS)
    ticks : (T + 1, len(TICK)), filled with a row a year from year 0
    outcome : (len(OUTCOMES),), filled
    """
    w = begin(origin, v, p)
    measure(w, p, ticks[0])
    for t in range(state_shock.shape[0]):
        open_year(w, p, t + 1, state_shock[t], issue_shock[t])
        for i in range(len(w.state)):
            if i != w.system[0].hegemon:
                choose(i, w, p, state_shock[t])
        adjust(w, p, state_shock[t])
        measure(w, p, ticks[t + 1])
    outcomes(ticks, w, p, outcome)


@allocating_rule
def play_recorded(origin, v: int, p, state_shock, issue_shock, ticks, outcome, panel) -> None:
    """As `play`, and write down every state of every year. Apart, because most worlds need no trace of decisions.

    panel : (T + 1, N, len(PANEL)), filled
    """
    w = begin(origin, v, p)
    measure(w, p, ticks[0])
    note_states(w, p, panel[0])
    for t in range(state_shock.shape[0]):
        open_year(w, p, t + 1, state_shock[t], issue_shock[t])
        for i in range(len(w.state)):
            if i != w.system[0].hegemon:
                note_decision(decide(i, w, p, state_shock[t]), panel[t + 1, i])
        adjust(w, p, state_shock[t])
        measure(w, p, ticks[t + 1])
        note_states(w, p, panel[t + 1])
    outcomes(ticks, w, p, outcome)


@rule
def open_year(w, p, year: int, state_shock, issue_shock) -> None:
    """All of a year before states decide: the hegemon acts, states perceive and appraise."""
    w.system[0].year = year
    act(w, p, issue_shock)
    perceive(w, p, state_shock)
    appraise(w, p)


@rule
def note_states(w, p, panel) -> None:
    """Write every state's condition into the year's panel (N, len(PANEL))."""
    for i in range(len(w.state)):
        note_panel(i, w, p, panel[i])

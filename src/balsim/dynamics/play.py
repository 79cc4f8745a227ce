"""One world from year 0 to the end."""

from __future__ import annotations

from balsim.dynamics.adjust import adjust
from balsim.dynamics.appraise import appraise
from balsim.dynamics.begin import begin
from balsim.dynamics.decide import choose, decide
from balsim.dynamics.hegemon import act
from balsim.dynamics.perceive import perceive
from balsim.measures import measure, note_decision, note_panel, outcomes
from balsim.rule import rule


@rule
def play(origin, v: int, p, state_shock, issue_shock, ticks, outcome, panel) -> None:
    """Run one world and write down what became of it.

    origin, v, p : as in `begin`; state_shock : (T, N, STATE_CHANNELS); issue_shock : (T, ISSUES, ISSUE_CHANNELS)
    ticks : (T + 1, len(TICK)), filled with a row a year from year 0
    outcome : (len(OUTCOMES),), filled
    panel : (T + 1, N, len(PANEL)), filled where its first axis is not empty
    """
    w = begin(origin, v, p)
    n = len(w.state)
    measure(w, p, ticks[0])
    if panel.shape[0] > 0:
        for i in range(n):
            note_panel(i, w, p, panel[0, i])
    for t in range(state_shock.shape[0]):
        year = t + 1
        w.system[0].year = year
        act(w, p, issue_shock[t])
        perceive(w, p, state_shock[t])
        appraise(w, p)
        for i in range(n):
            if i != w.system[0].hegemon:
                if panel.shape[0] > 0:
                    note_decision(decide(i, w, p, state_shock[t]), panel[year, i])
                else:
                    choose(i, w, p, state_shock[t])
        adjust(w, p, state_shock[t])
        measure(w, p, ticks[year])
        if panel.shape[0] > 0:
            for i in range(n):
                note_panel(i, w, p, panel[year, i])
    outcomes(ticks, w, p, outcome)

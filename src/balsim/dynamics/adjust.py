"""Phase 5: memory, arms, growth, ties and legitimacy follow from what states did."""

from __future__ import annotations

from balsim.dynamics.appraise import mutual_threat, shielded_regional, weigh
from balsim.rule import rule
from balsim.shocks import GROWTH
from balsim.theory.alliances import tie_faded, tie_grown
from balsim.theory.free_riding import fading, shelved
from balsim.theory.legitimacy import legitimacy_next
from balsim.theory.power import burden_target, growth_factor, stock_next
from balsim.theory.strategies import BANDWAGON, HARD_BALANCE, SOFT_BALANCE, effort


@rule
def adjust(w, p, state_shock) -> None:
    """Carry the year's choices into next year's condition.

    state_shock : (N, STATE_CHANNELS). Changes the condition of the world; shares are weighed anew at the end.
    """
    h = w.system[0].hegemon
    w.system[0].last_share = w.state[h].share
    remember(w, p)
    arm_and_grow(w, p, state_shock)
    tie_up(w, p)
    w.system[0].legitimacy = legitimacy_next(
        w.system[0].legitimacy,
        w.system[0].unilateralism,
        soft_share(w),
        p.legitimacy_cost,
        p.denial,
        p.legitimacy_speed,
    )
    weigh(w, p)


@rule
def remember(w, p) -> None:
    """Others' record of each state fades into this year's conduct (eq. F3)."""
    for i in range(len(w.state)):
        if i != w.system[0].hegemon:
            a = w.state[i].strategy
            w.state[i].hard_record = fading(w.state[i].hard_record, 1.0 if a == HARD_BALANCE else 0.0, p.memory)
            w.state[i].soft_record = fading(w.state[i].soft_record, 1.0 if a == SOFT_BALANCE else 0.0, p.memory)
            w.state[i].bandwagon_record = fading(w.state[i].bandwagon_record, 1.0 if a == BANDWAGON else 0.0, p.memory)


@rule
def arm_and_grow(w, p, state_shock) -> None:
    """Burdens move to their targets, stocks follow burdens, economies grow (eqs P3, P4). The hegemon only sustains."""
    h = w.system[0].hegemon
    for i in range(len(w.state)):
        if i != h:
            committed = effort(w.state[i].strategy, p)
            target = burden_target(
                w.state[i].baseline_burden,
                committed,
                shielded_regional(i, w),
                w.state[i].regional_start,
                p.rivalry_response,
            )
            w.state[i].burden += p.adjustment * (target - w.state[i].burden)
            w.state[i].effort += p.adjustment * (committed - w.state[i].effort)
        w.state[i].military = stock_next(
            w.state[i].military, w.state[i].arms_efficiency * w.state[i].burden * w.state[i].economy, p.depreciation
        )
        w.state[i].economy *= growth_factor(
            p.differential * w.state[i].growth,
            p.noise,
            state_shock[i, GROWTH],
            p.drag,
            w.state[i].burden - w.state[i].baseline_burden,
        )


@rule
def tie_up(w, p) -> None:
    """Ties between second-tier states grow where both balance hard, and decay elsewhere."""
    h = w.system[0].hegemon
    for i in range(len(w.state)):
        if i == h:
            continue
        for j in range(i):
            if j == h:
                continue
            if w.state[i].strategy == HARD_BALANCE and w.state[j].strategy == HARD_BALANCE:
                w.tie[i, j] = tie_grown(
                    w.tie[i, j],
                    shelved(w.rivalry[i, j], w.state[i].threat_root, w.state[j].threat_root, p.rivalry_shelving),
                    w.proximity[i, j],
                    min(w.state[i].threat, w.state[j].threat),
                    mutual_threat(i, j, w),
                    p.tie_growth,
                )
                w.tie[j, i] = w.tie[i, j]
            elif w.tie[i, j] > 0.0:
                w.tie[i, j] = tie_faded(w.tie[i, j], p.tie_decay)
                w.tie[j, i] = w.tie[i, j]


@rule
def soft_share(w) -> float:
    """Share of second-tier capability that balances softly this year [0–1]."""
    total = 0.0
    for i in range(len(w.state)):
        if w.state[i].strategy == SOFT_BALANCE:
            total += w.state[i].tier_share
    return total

"""The definitions of outcomes, on tables of years written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from worlds import TEXTBOOK, Case, Play, Ran, calm, cases, start_of

from balsim.measures import (
    OUTCOMES,
    PATHS,
    TICK,
    first_sustained,
    is_reversed,
    loop_area,
    measure,
    outcomes,
    path_of,
)
from balsim.params import STRATEGIES
from balsim.theory.strategies import BANDWAGON, BARGAIN, BUCK_PASS, HARD_BALANCE, SOFT_BALANCE

pytestmark = pytest.mark.uncompiled

HARD, SOFT = TICK.index("share_hard_balance"), TICK.index("share_soft_balance")


def years(**columns: list[float]) -> np.ndarray:
    """A table of ticks from its columns; what is not given is 0. The first entry is year 0."""
    table = np.zeros((len(next(iter(columns.values()))), len(TICK)))
    for name, values in columns.items():
        table[:, TICK.index(name)] = values
    return table


def summed_up(table: np.ndarray, n: int = 3) -> dict[str, Any]:
    """Outcomes of a table by name; the world at the end has tallied nothing."""
    world = Play(Case(start_of(n), TEXTBOOK, calm(1, n)))
    out = np.full(len(OUTCOMES), np.nan)
    outcomes(table, world.w, world.p, out)
    return dict(zip(OUTCOMES, out.tolist(), strict=True))


# ---- sustained


@pytest.mark.parametrize(("hard", "year"), [
    ([0.0, 0.5, 0.5, 0.5, 0.5, 0.5], 1),  # five years from the first
    ([0.0, 0.5, 0.5, 0.5, 0.5], -1),  # four are too few
    ([0.9, 0.9, 0.9, 0.9, 0.9, 0.0, 0.0], -1),  # year 0 is the scenario's and does not count
    ([0.0, 0.6, 0.6, 0.6, 0.6, 0.4, 0.6, 0.6, 0.6, 0.6, 0.6], 6),  # a year below starts the count anew
    ([0.0, 0.499, 0.6, 0.6, 0.6, 0.6, 0.6, 0.0], 2),
    ([0.0] * 12, -1),
])  # fmt: skip
def test_tipping_is_the_first_of_five_consecutive_years_at_half_or_more(hard: list[float], year: int) -> None:
    table = years(share_hard_balance=hard)
    assert first_sustained(table, HARD, 0.5, HARD) == year
    found = summed_up(table)
    assert (found["tipped"], found["tick_tipped"]) == (float(year >= 0), year)


def test_a_soft_phase_needs_as_much_soft_as_hard_balancing() -> None:
    soft = [0.0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]
    assert first_sustained(years(share_soft_balance=soft), SOFT, 0.25, HARD) == 1
    ahead = years(share_soft_balance=soft, share_hard_balance=[0.0, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.0])
    assert first_sustained(ahead, SOFT, 0.25, HARD) == 2, "more hard than soft balancing counts as a soft phase"
    found = summed_up(ahead)
    assert (found["soft_phase"], found["tick_soft"], found["tipped"]) == (1.0, 2.0, 0.0)


def test_a_quarter_is_the_least_of_a_soft_phase() -> None:
    assert summed_up(years(share_soft_balance=[0.0] + [0.25] * 5))["tick_soft"] == 1.0
    assert summed_up(years(share_soft_balance=[0.0] + [0.2499] * 9))["soft_phase"] == 0.0


# ---- reversal


@pytest.mark.parametrize(("after", "reverted"), [
    ([0.2] * 5, True),
    ([0.2] * 4, False),  # too short
    ([0.25] * 9, False),  # not below a quarter
    ([0.2, 0.2, 0.3, 0.2, 0.2, 0.2, 0.2], False),  # not in a row
    ([0.4, 0.2, 0.2, 0.2, 0.2, 0.2, 0.9], True),  # though hard balancing comes back
])  # fmt: skip
def test_a_reversal_is_five_years_below_a_quarter_after_tipping(after: list[float], reverted: bool) -> None:
    table = years(share_hard_balance=[0.0] + [0.6] * 5 + after)
    assert bool(is_reversed(table, 1)) is reverted
    assert summed_up(table)["reversed"] == float(reverted)


def test_what_never_tipped_is_not_reversed() -> None:
    assert summed_up(years(share_hard_balance=[0.4] * 3 + [0.1] * 9))["reversed"] == 0.0


def test_quiet_years_before_tipping_are_no_reversal() -> None:
    assert summed_up(years(share_hard_balance=[0.0] * 10 + [0.6] * 6))["reversed"] == 0.0


# ---- paths


@pytest.mark.parametrize(("tipped", "soft", "phase", "staked", "path"), [
    (9, 3, HARD_BALANCE, 0.0, "soft_to_hard"),
    (9, -1, HARD_BALANCE, 0.0, "hard_without_soft"),
    (3, 9, SOFT_BALANCE, 0.0, "hard_without_soft"),  # soft balancing came after
    (-1, 3, BANDWAGON, 0.9, "soft_only"),
    (-1, -1, BANDWAGON, 0.9, "bandwagon"),
    (-1, -1, BUCK_PASS, 0.25, "buck_pass"),
    (-1, -1, BUCK_PASS, 0.24, "quiet"),  # buck-passing without a stake is noise
    (-1, -1, BARGAIN, 0.9, "quiet"),
    (-1, -1, HARD_BALANCE, 0.0, "quiet"),
])  # fmt: skip
def test_path(tipped: int, soft: int, phase: int, staked: float, path: str) -> None:
    assert PATHS[path_of(tipped, soft, phase, staked)] == path


def test_path_of_a_run_that_tips_after_a_soft_phase() -> None:
    hard = [0.0] * 6 + [0.1] * 3 + [0.7] * 9
    soft = [0.0] + [0.6] * 8 + [0.2] * 9
    found = summed_up(years(share_hard_balance=hard, share_soft_balance=soft))
    assert (found["tick_soft"], found["tick_tipped"]) == (1.0, 9.0)
    assert PATHS[int(found["path"])] == "soft_to_hard"


def test_buck_passing_with_a_stake_is_a_path_of_its_own() -> None:
    table = years(share_buck_pass=[0.9] * 10, staked_buck_pass=[0.0] * 7 + [0.3, 0.2, 0.25])
    assert PATHS[int(summed_up(table)["path"])] == "buck_pass"
    table[:, TICK.index("staked_buck_pass")] = 0.1
    assert PATHS[int(summed_up(table)["path"])] == "quiet"


# ---- last third, phase, peak


def test_means_are_taken_over_the_last_third() -> None:
    found = summed_up(years(threat=[9.0] * 7 + [1.0, 2.0, 3.0]))  # nine years: the last three
    assert found["threat"] == pytest.approx(2.0, rel=1e-15)
    assert summed_up(years(threat=[9.0, 4.0]))["threat"] == 4.0, "a run of one year ends with that year"


def test_phase_is_the_strategy_that_holds_most_capability_at_the_end() -> None:
    table = years(share_hard_balance=[1.0] * 7 + [0.2] * 3, share_bandwagon=[0.0] * 7 + [0.7, 0.2, 0.3],
                  share_bargain=[0.0] * 7 + [0.1, 0.6, 0.4])  # fmt: skip
    assert STRATEGIES[int(summed_up(table)["phase"])] == "bandwagon"


def test_peak_is_the_highest_coalition_ratio_of_any_year() -> None:
    assert summed_up(years(coalition_ratio=[0.1, 0.8, 0.3, 0.2]))["peak_coalition_ratio"] == 0.8
    assert summed_up(years(coalition_ratio=[0.9, 0.1, 0.1, 0.1]))["peak_coalition_ratio"] == 0.9


# ---- hysteresis


def test_loop_area_is_that_of_the_rectangle_the_loop_draws() -> None:
    """Nothing on the way up, one half on the way down between u = .2 and .8, falling back at the end: .6 · ½."""
    table = years(unilateralism=[0.2, 0.8, 0.8, 0.2, 0.2], share_hard_balance=[0.0, 0.0, 0.5, 0.5, 0.0])
    assert loop_area(table) == pytest.approx(0.3, rel=1e-15)
    assert loop_area(table[::-1].copy()) == pytest.approx(-0.3, rel=1e-15), "the other way round the sign turns"


def test_without_memory_the_way_back_is_the_way_out_and_the_loop_is_empty() -> None:
    u = [0.0, 0.25, 0.5, 0.75, 1.0, 0.75, 0.5, 0.25, 0.0]
    assert loop_area(years(unilateralism=u, share_hard_balance=[x * x for x in u])) == pytest.approx(0.0, abs=1e-15)
    assert loop_area(years(unilateralism=[0.5] * 5, share_hard_balance=[0.1, 0.9, 0.2, 0.8, 0.3])) == 0.0


# ---- measures of a year


def set_by_hand(**values: Any) -> Play:
    """Four states: the hegemon and second-tier states of military strength .1, .2, .3, all of one capability each."""
    start = start_of(4, economy=[0.4, 0.1, 0.2, 0.3], military=[0.4, 0.1, 0.2, 0.3])
    return Play(Case(start, TEXTBOOK, calm(1, 4)).but(**values))


def measured(world: Play) -> dict[str, float]:
    row = np.full(len(TICK), np.nan)
    measure(world.w, world.p, row)
    return dict(zip(TICK, row.tolist(), strict=True))


def test_states_are_weighed_by_capability_and_counted() -> None:
    world = set_by_hand()
    for i, strategy in enumerate((HARD_BALANCE, SOFT_BALANCE, BANDWAGON), start=1):
        world.w.state[i].strategy = strategy
    found = measured(world)
    assert found["share_hard_balance"] == pytest.approx(1 / 6) and found["states_hard_balance"] == pytest.approx(1 / 3)
    assert found["share_soft_balance"] == pytest.approx(1 / 3) and found["states_soft_balance"] == pytest.approx(1 / 3)
    assert found["share_bandwagon"] == pytest.approx(1 / 2) and found["states_bandwagon"] == pytest.approx(1 / 3)
    # .1 against .4 (1 − .2 · .2) + .5 · .3
    assert found["coalition_ratio"] == pytest.approx(0.1 / (0.384 + 0.15), rel=1e-14)
    assert found["capability_share"] == pytest.approx(0.4) and found["poles"] == pytest.approx(1 / 0.3)


def test_external_balancing_is_hard_balancing_with_an_ally_that_does_too() -> None:
    world = set_by_hand(theory__tie_threshold=0.5)
    for i in (1, 2):
        world.w.state[i].strategy = HARD_BALANCE
    world.w.state[3].strategy = BARGAIN
    assert (measured(world)["hard_external"], measured(world)["alliances"]) == (0.0, 0.0), "internal only"
    world.w.tie[1, 3] = world.w.tie[3, 1] = 1.0
    assert measured(world)["alliances"] == 0.0, "a tie to a state that does not balance is no alliance"
    world.w.tie[1, 2] = world.w.tie[2, 1] = 0.499
    assert measured(world)["alliances"] == 0.0
    world.w.tie[1, 2] = world.w.tie[2, 1] = 0.5
    assert measured(world)["alliances"] == 1.0, "a pair counts once"
    assert measured(world)["hard_external"] == pytest.approx(0.5), "(.1 + .2)/.6 of second-tier capability"


def test_arming_excess_counts_what_strategies_add_and_not_what_neighbours_do() -> None:
    world = set_by_hand()
    for i, effort in ((1, 1.0), (2, 0.5), (3, 0.0)):
        world.w.state[i].effort = effort
        world.w.state[i].burden = 0.06
    found = measured(world)
    assert found["arming_excess"] == pytest.approx(1 / 6 * 1.0 + 1 / 3 * 0.5, rel=1e-14)
    assert found["burden"] == pytest.approx(2.0, rel=1e-14), "mean of m/m₀"


def test_a_state_without_usual_forces_counts_as_bearing_the_usual_burden() -> None:
    world = set_by_hand()
    world.w.state[1].baseline_burden = 0.0
    assert measured(world)["burden"] == pytest.approx(1.0, rel=1e-14)


def test_marks_split_soft_balancing_and_buck_passing() -> None:
    world = set_by_hand()
    for i, (strategy, mark) in enumerate(((SOFT_BALANCE, 1.0), (SOFT_BALANCE, 0.0), (BUCK_PASS, 1.0)), start=1):
        world.w.state[i].strategy = strategy
        world.w.state[i].soft_security = world.w.state[i].staked = mark
    found = measured(world)
    assert found["soft_security"] == pytest.approx(1 / 6) and found["share_soft_balance"] == pytest.approx(1 / 2)
    assert found["staked_buck_pass"] == pytest.approx(1 / 2)


# ---- the same definitions, recomputed from any run


@given(cases())
def test_the_measures_of_any_year_follow_from_its_states(case: Case) -> None:
    ran, tier = Ran(case), case.second_tier
    for name in ("threat", "intentions", "rhetoric"):
        mean = ran.panel[name][:, tier].mean(axis=1)
        np.testing.assert_allclose(ran.ticks[name], mean, rtol=1e-12, atol=1e-15, err_msg=f"mean {name}")
    burden = ran.panel["burden"][:, tier] / case.start.burden[0, tier]
    np.testing.assert_allclose(ran.ticks["burden"], burden.mean(axis=1), rtol=1e-12, err_msg="mean m/m₀")
    share = ran.panel["share"]
    squares = (share * share).sum(axis=1)
    np.testing.assert_allclose(ran.ticks["poles"], 1.0 / squares, rtol=1e-12)
    spread = np.sqrt(np.maximum(0.0, squares - 1.0 / case.n) / (1.0 - 1.0 / case.n))
    np.testing.assert_allclose(ran.ticks["concentration"], spread, rtol=1e-6, atol=1e-7)
    assert (ran.ticks["capability_share"] == share[:, case.hegemon]).all()
    weight = share[:, tier] / share[:, tier].sum(axis=1, keepdims=True)
    for k, name in enumerate(STRATEGIES):
        held = ran.panel["strategy"][:, tier] == k
        np.testing.assert_allclose(ran.ticks[f"states_{name}"], held.mean(axis=1), rtol=0, atol=1e-12)
        np.testing.assert_allclose(ran.ticks[f"share_{name}"], (weight * held).sum(axis=1), rtol=0, atol=1e-9)
    allied = ran.panel["allies"][:, tier]
    np.testing.assert_allclose(ran.ticks["alliances"], allied.sum(axis=1) / 2.0, rtol=1e-12)
    np.testing.assert_allclose(ran.ticks["hard_external"], (weight * (allied > 0)).sum(axis=1), rtol=0, atol=1e-9)


@given(cases(years=(1, 30), states=(2, 5)))
def test_outcomes_of_any_run_follow_from_its_years(case: Case) -> None:
    ran = Ran(case)
    last = slice(case.years + 1 - max(1, case.years // 3), None)
    for name in ("threat", "legitimacy", "arming_excess", *(f"share_{s}" for s in STRATEGIES)):
        assert ran.outcomes[name] == pytest.approx(ran.ticks[name][last].mean(), rel=1e-12, abs=1e-15), name
    hard, soft = ran.ticks["share_hard_balance"], ran.ticks["share_soft_balance"]
    spells = range(1, case.years - 3)
    tipped = next((t for t in spells if (hard[t : t + 5] >= 0.5).all()), -1)
    quietly = next((t for t in spells if (soft[t : t + 5] >= 0.25).all() and (soft >= hard)[t : t + 5].all()), -1)
    assert (ran.outcomes["tick_tipped"], ran.outcomes["tick_soft"]) == (tipped, quietly)
    reverted = tipped >= 0 and any((hard[t : t + 5] < 0.25).all() for t in range(tipped, case.years - 3))
    assert ran.outcomes["reversed"] == float(reverted)
    assert ran.outcomes["peak_coalition_ratio"] == ran.ticks["coalition_ratio"].max()
    closed = -np.trapezoid(hard, ran.ticks["unilateralism"])
    assert ran.outcomes["loop_area"] == pytest.approx(closed, abs=1e-12)

"""Odds, waiting times and transitions on planted tables with known answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted_tables import check_coverage, inside

import balsim
from balsim.analysis import tipping
from balsim.analysis.tipping import odds, pooled_odds, soft_first, transitions, waiting
from balsim.params import STRATEGIES


def worlds(soft: list[float], tipped: list[float], **more: object) -> pd.DataFrame:
    """A table of runs from the years of the soft phase and of tipping; NaN for never."""
    table = {"run": np.arange(len(soft)), "tick_soft": soft, "tick_tipped": tipped, "tipped": ~np.isnan(tipped)}
    return pd.DataFrame(table | more)


NEVER = np.nan


def test_a_soft_phase_counts_only_where_it_came_before_tipping() -> None:
    table = worlds([3, 3, 9, NEVER, 3], [NEVER, 8, 4, 4, 3])
    assert soft_first(table).tolist() == [True, True, False, False, False]


def test_conditional_odds_divide_by_the_worlds_that_meet_the_condition() -> None:
    table = worlds([1, 1, 1, 1, NEVER, NEVER, 9], [7, 8, NEVER, NEVER, NEVER, 5, 4], point=1)
    row = odds(table, ["point"]).iloc[0]
    assert (row["tipped"], row["tipped_after_soft"], row["tipped_without_soft"]) == (4 / 7, 2 / 4, 2 / 3)
    assert (row["tipped_n"], row["tipped_after_soft_n"], row["tipped_without_soft_n"]) == (7, 4, 3)
    none = odds(worlds([NEVER, NEVER], [NEVER, NEVER]), []).iloc[0]
    assert np.isnan(none["tipped_after_soft"]), "without a soft phase its odds of tipping are unknown, not zero"


def test_pooled_odds_cover_where_runs_are_alike_at_all_points() -> None:
    """Each run has its own propensity (0.1 or 0.7) at ten points, half of which have a soft phase."""

    def covers(rng: np.random.Generator) -> dict[str, bool]:
        tips = rng.random((50, 10)) < np.where(rng.random(50) < 0.5, 0.1, 0.7)[:, None]
        table = worlds(np.tile([1.0] * 5 + [NEVER] * 5, 50).tolist(), np.where(tips, 9.0, NEVER).ravel().tolist(),
                       run=np.repeat(np.arange(50), 10))  # fmt: skip
        found = pooled_odds(table)
        return {name: inside(interval, 0.4) for name, interval in found.items()}

    check_coverage("share of worlds", covers)


def test_a_control_in_which_nothing_tips_is_not_said_to_tip() -> None:
    found = pooled_odds(worlds([2.0] * 50, [NEVER] * 50))
    assert found["tipped"] == (0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 50)))


def test_waiting_covers_a_planted_time_from_soft_to_hard_with_runs_that_end_first() -> None:
    years, mean = 60, 25.0

    def covers(rng: np.random.Generator) -> bool:
        soft = rng.integers(1, 30, 80).astype(float)
        tipped = soft + 5 + rng.geometric(1 / mean, 80) - 1
        # Tipping that begins in the last four years cannot be recognised: it takes five.
        tipped = np.where(tipped > years - 4, NEVER, tipped)
        curve = waiting(worlds(soft.tolist(), tipped.tolist()), years)
        return inside(curve.happened_by(20), 1 - (1 - 1 / mean) ** 16)

    check_coverage("share of soft phases that tip within 20 years", covers)


def test_transitions_cover_a_planted_chain_and_rows_sum_to_one() -> None:
    chain = np.random.default_rng(3).dirichlet(np.full(5, 1.5), 5)
    names = [f"from_{a}_to_{b}" for a in STRATEGIES for b in STRATEGIES]
    rarest = np.unravel_index(chain.argmin(), chain.shape)
    cells = [(0, 0), (1, 3), (int(rarest[0]), int(rarest[1]))]

    def covers(rng: np.random.Generator) -> dict[str, bool]:
        began = rng.poisson(30, (40, 5))
        counts = np.stack([rng.multinomial(began[:, k], chain[k]) for k in range(5)], axis=1)
        found = transitions(pd.DataFrame(counts.reshape(40, 25), columns=names).assign(run=np.arange(40)))
        assert found["share"].to_numpy().reshape(5, 5).sum(axis=1) == pytest.approx(1.0)
        rows = {(i, j): found.iloc[5 * i + j] for i, j in cells}
        return {f"{i} to {j}": bool(row["low"] <= chain[i, j] <= row["high"]) for (i, j), row in rows.items()}

    check_coverage("share that moves from", covers)


def test_a_strategy_that_nobody_ever_held_has_no_transition_shares() -> None:
    names = [f"from_{a}_to_{b}" for a in STRATEGIES for b in STRATEGIES]
    table = pd.DataFrame(np.zeros((3, 25), dtype=int), columns=names).assign(run=[0, 1, 2])
    table["from_bargain_to_bargain"] = 4
    found = transitions(table).set_index(["before", "after"])
    assert found.loc[("bargain", "bargain"), "share"] == 1.0
    assert np.isnan(found.loc[("hard_balance", "bargain"), "share"])


def test_the_analysis_of_a_design_answers_in_sentences_with_tables_and_figures(tmp_path) -> None:
    cfg = balsim.compose("experiment=tipping_surface", "runs=12", "years=25", "progress=false", f"out={tmp_path}",
                         "design.axes.share.points=3", "design.axes.unilateralism.points=3")  # fmt: skip
    found = tipping.analyse(balsim.run(cfg))
    assert set(found.tables) == {"odds", "transitions", "tipping_line"}
    assert set(found.figures) == {"waiting", "tipping_line"}
    assert len(found.tables["odds"]) == 18 and len(found.tables["tipping_line"]) == 6
    offshore = [line for line in found.answer if line.startswith("offshore")]
    assert any("no tipping on this plane" in line for line in offshore), "offshore, nothing tips in so short a time"


def test_a_design_without_a_plane_is_analysed_as_one_panel(tmp_path) -> None:
    cfg = balsim.compose("experiment=alignment", "runs=8", "years=15", "progress=false", f"out={tmp_path}")
    found = tipping.analyse(balsim.run(cfg))
    assert set(found.tables) == {"odds", "transitions"} and len(found.tables["odds"]) == 1

"""Starts and escapes on planted runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted_tables import check_coverage, inside

import balsim
from balsim.analysis import basins
from balsim.analysis.basins import START, contrasts, escape, survivals
from balsim.params import BadInput


def begun(hard: np.ndarray, soft: np.ndarray) -> pd.DataFrame:
    runs = np.arange(len(hard))
    parts = [pd.DataFrame({START: name, "run": runs, "share_hard_balance": values})
             for name, values in (("hard_balance", hard), ("soft_balance", soft))]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("effect", [0.0, 0.3])
def test_the_contrast_of_starts_covers_a_planted_difference(effect: float) -> None:
    def covers(rng: np.random.Generator) -> bool:
        own = rng.uniform(0.2, 0.5, 40)
        row = contrasts(begun(own + effect + 0.1 * rng.standard_normal(40), own), [START]).iloc[0]
        return row["contrast_low"] <= effect <= row["contrast_high"] and row["start_matters"] == (effect > 0)

    check_coverage(f"contrast {effect}", covers)


def test_a_start_that_backfires_is_reported_as_mattering() -> None:
    row = contrasts(begun(np.full(20, 0.1), np.full(20, 0.6)), [START]).iloc[0]
    assert row["contrast"] == pytest.approx(-0.5) and row["start_matters"]


def test_a_contrast_needs_both_starts() -> None:
    with pytest.raises(BadInput, match=r"start\.strategy"):
        contrasts(begun(np.ones(3), np.ones(3)).query(f"`{START}` == 'hard_balance'"), [START])


def test_escape_takes_five_years_in_a_row() -> None:
    years = 20
    hard = np.ones((3, years + 1))
    hard[0, 4:8] = 0.0  # four years only
    hard[1, 10:15] = 0.0
    at, seen = escape(hard, begun_hard=True)
    assert seen.tolist() == [False, True, False] and at.tolist() == [16, 10, 16]
    at, seen = escape(1.0 - hard, begun_hard=False)
    assert seen.tolist() == [False, True, False] and at.tolist() == [16, 10, 16]


def test_a_run_that_is_too_short_to_see_an_escape_is_censored_at_once() -> None:
    at, seen = escape(np.zeros((2, 4)), begun_hard=True)
    assert at.tolist() == [0, 0] and not seen.any()


def test_escape_times_cover_a_planted_rate() -> None:
    """Each year a world leaves for good with chance 1/30."""

    def covers(rng: np.random.Generator) -> bool:
        leaves = rng.geometric(1 / 30, 60)
        hard = (np.arange(61)[None] < leaves[:, None]).astype(float)
        return inside(survivals(hard, begun_hard=True).happened_by(40), 1 - (1 - 1 / 30) ** 40)

    check_coverage("escape within 40 years", covers)


def test_the_analysis_of_the_basins_experiment_answers_for_every_panel(tmp_path) -> None:
    cfg = balsim.compose("experiment=basins", "runs=8", "years=20", "progress=false", f"out={tmp_path}",
                         "design.axes.share.values=[0.3,0.45]", "design.axes.unilateralism.points=3")  # fmt: skip
    found = basins.analyse(balsim.run(cfg))
    assert len(found.tables["basins"]) == 12 and len(found.answer) == 4
    assert set(found.figures) == {"basins", "escapes"}

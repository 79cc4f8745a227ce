"""Cells say what the runs say."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from balsim.cells import NUMBERS, TALLIES, cells, wilson
from balsim.measures import OUTCOMES, PATHS
from balsim.params import STRATEGIES


def random_runs(points: int = 3, runs: int = 40, seed: int = 3) -> pd.DataFrame:
    """Worlds with random outcomes at points of an axis."""
    rng = np.random.default_rng(seed)
    count = points * runs
    table = pd.DataFrame(
        {"theory.publicness": np.repeat(np.linspace(0, 1, points), runs), "run": np.tile(np.arange(runs), points)}
    )
    columns: dict[str, Any] = {name: rng.gamma(2.0, size=count) for name in OUTCOMES}
    columns |= {name: rng.random(count) < 0.3 for name in ("tipped", "soft_phase", "reversed")}
    columns |= {
        name: np.where(rng.random(count) < 0.5, rng.integers(1, 60, count), np.nan)
        for name in ("tick_tipped", "tick_soft")
    }
    columns["phase"] = pd.Categorical(rng.choice(STRATEGIES, count))
    columns["path"] = pd.Categorical(rng.choice(PATHS, count))
    return pd.concat([table, pd.DataFrame(columns)], axis=1)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_wilson_gives_published_intervals(hits: int, n: int, low: float, high: float) -> None:
    found = wilson(hits, n)
    assert found == pytest.approx((low, high), abs=5e-5), f"the Wilson interval of {hits} in {n} is wrong"


def test_wilson_solves_the_score_equation() -> None:
    for n in (1, 7, 100):
        for hits in range(0, n + 1, max(1, n // 7)):
            for bound in map(float, wilson(hits, n)):
                if 0.0 < bound < 1.0:
                    score = abs(hits / n - bound) / math.sqrt(bound * (1.0 - bound) / n)
                    assert score == pytest.approx(1.959964, abs=1e-5), f"{bound} is no score bound of {hits} in {n}"


def test_cells_recompute_from_the_runs() -> None:
    runs = random_runs()
    table = cells(runs, ["theory.publicness"], seed=1)
    for _, cell in table.iterrows():
        mine = runs[runs["theory.publicness"] == cell["theory.publicness"]]
        assert cell["n"] == len(mine)
        for name in (*NUMBERS, *TALLIES, "tipped", "soft_phase", "reversed"):
            assert cell[name] == pytest.approx(math.fsum(mine[name]) / len(mine), rel=1e-12), (
                f"mean of {name} is not that of its runs"
            )
        for name in PATHS:
            assert cell[f"path_{name}"] == sum(mine["path"] == name) / len(mine), f"share of path {name} is wrong"
        counts = {name: sum(mine["phase"] == name) for name in STRATEGIES}
        assert counts[cell["phase"]] == max(counts.values()), "the modal phase is not the most frequent one"
        assert cell["phase_share"] == max(counts.values()) / len(mine)
        happened = [tick for tick in mine["tick_tipped"] if not math.isnan(tick)]
        assert cell["tick_tipped"] == pytest.approx(math.fsum(happened) / len(happened)), (
            "years of events are over runs that had them"
        )


def test_a_cell_depends_on_its_own_runs_only_and_not_on_their_order() -> None:
    runs = random_runs()
    whole = cells(runs, ["theory.publicness"], seed=1)
    for k, value in enumerate(whole["theory.publicness"]):
        alone = cells(runs[runs["theory.publicness"] == value], ["theory.publicness"], seed=1)
        pd.testing.assert_frame_equal(alone, whole.iloc[[k]].reset_index(drop=True), check_exact=True)
    shuffled = cells(runs.sample(frac=1.0, random_state=4), ["theory.publicness"], seed=1)
    again = shuffled.sort_values("theory.publicness").reset_index(drop=True)
    pd.testing.assert_frame_equal(again, whole, check_exact=True)


def test_bootstrap_interval_is_close_to_the_normal_one_for_many_runs() -> None:
    runs = random_runs(points=1, runs=2000)
    cell = cells(runs, [], seed=1).iloc[0]
    half = 1.96 * runs["threat"].std() / math.sqrt(len(runs))
    assert cell["threat_low"] == pytest.approx(cell["threat"] - half, abs=0.2 * half), (
        "the lower bootstrap bound is off"
    )
    assert cell["threat_high"] == pytest.approx(cell["threat"] + half, abs=0.2 * half), (
        "the upper bootstrap bound is off"
    )


def test_bootstrap_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    points, runs = 400, 60
    table = cells(random_runs(points, runs, seed=8), ["theory.publicness"], seed=2)
    covered = ((table["threat_low"] <= 2.0) & (table["threat_high"] >= 2.0)).mean()  # the mean of Gamma(2) is 2
    assert 0.90 <= covered <= 0.98, f"95% intervals cover the true mean in {covered:.0%} of points"


def test_the_seed_moves_only_bootstrap_bounds() -> None:
    runs = random_runs()
    first, second = (cells(runs, ["theory.publicness"], seed) for seed in (1, 2))
    moved = {name for name in first if not first[name].equals(second[name])}
    assert moved, "another seed must give another bootstrap"
    assert moved <= {f"{name}{end}" for name in NUMBERS for end in ("_low", "_high")}, f"the seed moved {moved}"


def test_one_run_has_a_share_interval_but_no_interval_of_a_mean() -> None:
    cell = cells(random_runs(points=1, runs=1), [], seed=1).iloc[0]
    assert math.isnan(cell["threat_low"]), "one run says nothing of the spread of a mean"
    assert cell["tipped_high"] - cell["tipped_low"] > 0.5, "one run says little of a share"


def test_equal_frequencies_of_phases_go_to_the_first_on_the_menu() -> None:
    runs = random_runs(points=1, runs=2)
    runs["phase"] = ["bandwagon", "soft_balance"]
    assert cells(runs, [], seed=1)["phase"].item() == "soft_balance"


def test_points_with_an_unset_value_are_kept() -> None:
    runs = random_runs()
    runs.loc[runs["theory.publicness"] == 0.5, "theory.publicness"] = np.nan
    assert cells(runs, ["theory.publicness"], seed=1)["n"].tolist() == [40, 40, 40], (
        "a point whose key is null was lost"
    )

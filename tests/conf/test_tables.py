"""Export and comparison of stored designs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from balsim import commands
from balsim.compare import compare
from balsim.params import BadInput


def stored(effect: float = 0.0, seed: int = 1, runs: int = 40, **columns) -> SimpleNamespace:
    """A stored design over three shares, whose outcome is the run's own luck plus `effect`."""
    shares = np.repeat([0.3, 0.4, 0.5], runs)
    luck = np.random.default_rng(seed).normal(size=runs)
    table = pd.DataFrame({"hegemon.capability_share": shares, "run": np.tile(np.arange(runs), 3)} | columns)
    table["threat"] = luck[table["run"]] + effect
    table["tipped"] = table["threat"] > 0.0
    table["phase"] = "bargain"
    return SimpleNamespace(runs=table, manifest={"seed": seed})


def row(table: pd.DataFrame, outcome: str) -> pd.Series:
    return table.set_index("outcome").loc[outcome]


def test_pairing_removes_the_luck_that_two_designs_share() -> None:
    found = row(compare(stored(), stored(effect=0.25)), "threat")
    assert found.difference == pytest.approx(0.25)
    assert (found.low, found.high) == pytest.approx((0.25, 0.25)), "the same random numbers must cancel exactly"


def test_other_seeds_are_compared_as_independent_runs() -> None:
    table = compare(stored(), stored(effect=0.25, seed=2))
    found = row(table, "threat")
    assert found.low < found.difference < found.high and found.high - found.low > 0.5
    assert "independent" in table.attrs["basis"]


def test_only_points_that_both_designs_have_are_compared() -> None:
    wide = stored()
    narrow = stored()
    narrow.runs = narrow.runs[narrow.runs["hegemon.capability_share"] == 0.4]
    wide.runs.loc[wide.runs["hegemon.capability_share"] != 0.4, "threat"] = 99.0
    assert row(compare(wide, narrow), "threat").difference == pytest.approx(0.0)


def test_a_key_held_at_different_values_is_the_treatment() -> None:
    table = compare(stored(theory="walt_1987"), stored(effect=1.0, theory="waltz_1979"))
    assert row(table, "threat").difference == pytest.approx(1.0)
    assert set(table["outcome"]) == {"threat", "tipped"}, "only numeric outcomes, and no swept key, can be compared"


def test_designs_without_a_common_point_or_run_are_refused() -> None:
    apart, later = stored(), stored()
    apart.runs["hegemon.capability_share"] += 0.01
    later.runs["run"] += 1000
    for other in (apart, later):
        with pytest.raises(BadInput, match="in common"):
            compare(stored(), other)


def test_a_single_run_has_no_interval() -> None:
    for seed in (1, 2):
        found = row(compare(stored(runs=1), stored(runs=1, seed=seed)), "threat")
        assert np.isnan(found.low) and np.isnan(found.high)


def test_the_interval_is_student_s() -> None:
    first, second = stored(runs=4), stored(runs=4)
    second.runs["threat"] += second.runs["run"].map({0: 1.0, 1: 2.0, 2: 3.0, 3: 4.0})
    found = row(compare(first, second), "threat")
    half = 3.182446 * np.sqrt(5.0 / 3.0) / 2.0  # t(.975; 3), sd of 1 … 4, √n
    assert (found.low, found.high) == pytest.approx((2.5 - half, 2.5 + half), rel=1e-6)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    results = stored(theory="walt_1987")
    results.runs["from_hard_balance_to_soft_balance_a"] = 1.5
    results.runs["from_hard_balance_to_soft_balance_b"] = 2.5
    results.runs.loc[0, "phase"] = None
    results.cells = results.trajectories = pd.DataFrame({"hegemon.capability_share": [0.3], "mean": [1.0]})
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(commands, "_open", lambda directory: results)
    return tmp_path


def test_csv_export_holds_the_tables_as_they_are(folder: Path) -> None:
    files = commands.export(folder, "csv")
    assert [f.name for f in files] == ["runs.csv", "cells.csv", "trajectories.csv"]
    table = pd.read_csv(files[0])
    assert list(table) == [*stored(theory="").runs, "from_hard_balance_to_soft_balance_a",
                           "from_hard_balance_to_soft_balance_b"]  # fmt: skip
    assert len(table) == 120 and table["hegemon.capability_share"].iloc[-1] == 0.5


def test_stata_export_shortens_names_and_keeps_them_as_labels(folder: Path) -> None:
    file = commands.export(folder, "dta")[0]
    table = pd.read_stata(file)
    long = [c for c in table if c.startswith("from_hard")]
    assert len(long) == 2 and all(len(c) <= 32 for c in long) and table[long].iloc[0].tolist() == [1.5, 2.5]
    assert table["hegemon_capability_share"].iloc[-1] == 0.5 and set(table["tipped"]) <= {0, 1}
    labels = pd.io.stata.StataReader(file).variable_labels()
    assert labels["hegemon_capability_share"] == "hegemon.capability_share"

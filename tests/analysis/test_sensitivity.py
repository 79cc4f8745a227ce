"""Sensitivity: indices of functions whose indices are known, and a small analysis from end to end."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from omegaconf import DictConfig

import balsim
from balsim import runner
from balsim.design import Design, prior, sample
from balsim.params import BadInput
from balsim.planes import SHARE, UNILATERALISM

pytest.importorskip("SALib")
from balsim.analysis.sensitivity import analyse, kept, morris, outcome, sobol, two_way

KEYS = [SHARE, UNILATERALISM, "theory.conversion"]


@cache
def asking(method: str, draws: int) -> DictConfig:
    return balsim.compose("experiment=alignment", f"design.sample.method={method}", f"design.sample.draws={draws}",
                          f"design.sample.parameters=[{','.join(KEYS)}]")  # fmt: skip


def sampled(method: str, draws: int, seed: int = 0) -> pd.DataFrame:
    cfg = asking(method, draws).copy()
    cfg.design.sample.seed = seed
    return sample(cfg)


def unit(rows: pd.DataFrame) -> pd.DataFrame:
    """The sample scaled to [0, 1] by the priors."""
    return pd.DataFrame({k: (rows[k] - prior(k)[0]) / (prior(k)[1] - prior(k)[0]) for k in rows})


def test_indices_of_a_linear_function_with_one_interaction_are_covered_at_the_stated_rate() -> None:
    # y = 2a + b + 4(a − ½)(b − ½) with a, b uniform: the parts have variances 2²/12, 1/12 and 4²/12².
    variances = np.array([4.0 / 12.0, 1.0 / 12.0, 16.0 / 144.0])
    first = variances[:2] / variances.sum()
    second = variances[2] / variances.sum()
    hits = np.zeros(3)
    for seed in range(200):
        x = unit(sampled("sobol", 64, seed)).to_numpy()
        y = 2.0 * x[:, 0] + x[:, 1] + 4.0 * (x[:, 0] - 0.5) * (x[:, 1] - 0.5)
        table, pairs = _quick(sobol, KEYS, y, seed)
        row = table.set_index("parameter")
        for k, key in enumerate(KEYS[:2]):
            hits[k] += row.loc[key, "first_low"] <= first[k] <= row.loc[key, "first_high"]
        both = pairs[(pairs["parameter"] == SHARE) & (pairs["with"] == UNILATERALISM)].iloc[0]
        hits[2] += both["second_low"] <= second <= both["second_high"]
        assert row.loc["theory.conversion", "total"] == pytest.approx(0.0, abs=1e-9), "an idle parameter got an index"
    # Low-discrepancy points vary less than the bootstrap believes: coverage may only be above its level.
    assert (hits / 200 >= 0.95 - 4.0 * np.sqrt(0.95 * 0.05 / 200)).all(), hits / 200


def _quick(analyse_one, *arguments):
    """The estimator with fewer resamples than a report draws."""
    from balsim.analysis import sensitivity

    before, sensitivity.RESAMPLES = sensitivity.RESAMPLES, 100
    try:
        return analyse_one(*arguments)
    finally:
        sensitivity.RESAMPLES = before


def test_an_outcome_without_interaction_shows_none() -> None:
    wrong = 0
    for seed in range(50):
        x = unit(sampled("sobol", 64, seed)).to_numpy()
        _, pairs = _quick(sobol, KEYS, x[:, 0] + x[:, 1], seed)
        wrong += (pairs["second_low"] > 0.0).any()
    assert wrong / 50 <= 0.15, "a purely additive outcome showed an interaction too often"


def test_screening_of_a_linear_function_gives_its_slopes_and_ranks_them() -> None:
    rows = sampled("morris", 10)
    x = unit(rows)
    table = morris(rows, (3.0 * x[UNILATERALISM] - x["theory.conversion"]).to_numpy(), seed=1).set_index("parameter")
    assert list(table.index) == [UNILATERALISM, "theory.conversion", SHARE]
    assert table["mu"].to_numpy() == pytest.approx([3.0, -1.0, 0.0], abs=1e-9)
    assert table["mu_star"].to_numpy() == pytest.approx([3.0, 1.0, 0.0], abs=1e-9)
    assert table["sigma"].to_numpy() == pytest.approx(0.0, abs=1e-9), "a linear effect has no spread"


def test_share_and_unilateralism_always_go_on_to_the_second_stage() -> None:
    table = pd.DataFrame({"parameter": [SHARE, UNILATERALISM, "a", "b", "c"], "mu_star": [0.0, 0.0, 0.1, 0.3, 0.2]})
    other = pd.DataFrame({"parameter": [SHARE, UNILATERALISM, "a", "b", "c"], "mu_star": [0.0, 0.0, 2.0, 0.1, 0.0]})
    assert kept({"x": table, "y": other}, 2) == [SHARE, UNILATERALISM, "a", "b"]


def test_the_plane_is_shared_out_as_its_two_factors_and_their_product() -> None:
    a, b = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5), indexing="ij")
    assert two_way(2.0 * a + b) == pytest.approx({"share": 0.8, "unilateralism": 0.2, "interaction": 0.0})
    assert two_way(a * b) == pytest.approx({"share": 0.0, "unilateralism": 0.0, "interaction": 1.0})
    with pytest.raises(BadInput, match="no variance"):
        two_way(np.ones((3, 3)))


def test_an_outcome_that_does_not_vary_is_refused() -> None:
    with pytest.raises(BadInput, match="no variance"):
        sobol(KEYS, np.ones(len(sampled("sobol", 8))), seed=0)


def test_the_analysis_runs_and_a_second_time_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = f"[{','.join([*KEYS, 'theory.arms_cost'])}]"
    cfg = balsim.compose("experiment=sensitivity", f"design.sample.parameters={names}", "design.sample.draws=4",
                         "sensitivity.keep=1", "sensitivity.draws=4", "runs=2", "years=6", "threads=1",
                         "progress=false", "sensitivity.outcomes=[share_soft_balance]",
                         f"out={tmp_path / 'out'}")  # fmt: skip
    results = runner.run(cfg)
    found = analyse(results)
    assert "share × unilateralism" in found.answer[-1] or "same everywhere" in found.answer[-1]
    assert "screening of share_soft_balance" in found.tables and "screening" in found.figures
    monkeypatch.setattr(runner, "run_design", lambda *_: pytest.fail("stored worlds were run again"))
    assert analyse(runner.open_results(results.out)).answer == found.answer


def test_outcomes_are_means_over_runs_in_the_order_of_the_points() -> None:
    runs = pd.DataFrame({"point": ["b", "b", "a", "a"], "tipped": [True, False, True, True], "phase": list("xyxy")})
    assert outcome(runs, ["a", "b"], "tipped").tolist() == [1.0, 0.5]
    with pytest.raises(BadInput, match="did you mean 'tipped'"):
        outcome(runs, ["a"], "tiped")
    with pytest.raises(BadInput, match="no number"):
        outcome(runs, ["a"], "phase")


def test_without_salib_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("SALib")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "SALib", None)
    with pytest.raises(BadInput, match=r"balsim\[analysis\]"):
        sampled("morris", 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["design.sample.method=sobel", "design.sample.draws=4"], "did you mean 'sobol'"),
        (["design.sample.method=sobol", "design.sample.draws=6"], "power of two"),
        (["design.sample.method=morris"], "at least one draw"),
        (["design.sample.method=morris", "design.sample.draws=2", "design.sample.parameters=[theory.menu]"],
         "no prior"),
        (["design.sample.method=morris", "design.sample.draws=2", "design.axes.a={key: theory.policy, values: [0]}"],
         "no axes"),
    ],
)  # fmt: skip
def test_samples_that_cannot_be_drawn_are_refused(settings: list[str], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Design.from_config(balsim.compose("experiment=alignment", *settings))


def test_points_from_a_table_are_what_the_table_says_and_nothing_else() -> None:
    cfg = balsim.compose("experiment=alignment", "runs=2")
    points = pd.DataFrame({"theory.conversion": [0.1, 0.9], SHARE: [0.3, 0.4]})
    design = Design.from_points(cfg, points)
    assert design.records.conversion.tolist() == [0.1, 0.9] and design.records.capability_share.tolist() == [0.3, 0.4]
    for wrong, message in (({"theory.conversion": [0.1, 0.1]}, "no row twice"),
                           ({"theory.menu": [0.1]}, "not a numeric"),
                           ({"theory.conversion": [1.5]}, "out of range")):  # fmt: skip
        with pytest.raises(BadInput, match=message):
            Design.from_points(cfg, pd.DataFrame(wrong))

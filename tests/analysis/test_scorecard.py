"""Scorecard: verdicts by their definition, estimators on planted data, and a small card from end to end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import balsim
from balsim import config, runner
from balsim.analysis import scorecard
from balsim.analysis.scorecard import CLAIMS, NOT_TESTED, analyse, definitions
from balsim.analysis.scorecard.burdens import spearman
from balsim.analysis.scorecard.claim import held, same, truth
from balsim.analysis.scorecard.coalitions import slope
from balsim.analysis.scorecard.mix import logit_z, majors, rate
from balsim.analysis.scorecard.tally import WHOLE, table, verdict
from balsim.analysis.scorecard.worlds import Case, Ensemble, at
from balsim.design import prior
from balsim.params import BY_KEY, BadInput
from balsim.planes import SHARE, UNILATERALISM


def card(*overrides: str) -> Ensemble:
    cfg = balsim.compose("experiment=scorecard", "runs=2", "years=6", "threads=1", "design.sample.draws=3", *overrides)
    return Ensemble(cfg, "walt_1987")


def test_a_fact_holds_only_in_enough_draws_and_only_if_its_ablation_takes_it_away() -> None:
    assert verdict(0.80, 0.79) == "holds"
    assert verdict(0.79, 0.0) == "fails"
    assert verdict(1.0, 0.8) == "built in", "a fact that survives its ablation was built in"


def test_draws_of_which_a_part_cannot_be_said_count_as_failing() -> None:
    arms = {"full": [1.0, np.nan, 1.0, 0.0], "ablated": [0.0] * 4, "default": [np.nan]}
    rows = [pd.DataFrame({"test": 1, "part": "a", "arm": arm, "draw": range(len(v)), "holds": v})
            for arm, v in arms.items()]  # fmt: skip
    found = table(pd.concat(rows)).iloc[0]
    assert (found["share"], found["unknown"], found["default"]) == (0.5, 0.25, "cannot be said")


def test_draws_that_a_claim_does_not_mean_are_left_out() -> None:
    arms = {"full": [1.0, np.inf, 0.0, np.inf], "ablated": [0.0, np.inf, 0.0, np.inf], "default": [np.inf]}
    rows = [pd.DataFrame({"test": 5, "part": "a", "arm": arm, "draw": range(len(v)), "holds": v})
            for arm, v in arms.items()]  # fmt: skip
    found = table(pd.concat(rows)).iloc[0]
    assert (found["draws"], found["share"], found["default"]) == (2, 0.5, "–")


def test_every_test_of_the_inventory_is_there_or_says_why_not() -> None:
    assert sorted([c.number for c in CLAIMS] + list(NOT_TESTED)) == list(range(1, 13))
    assert (definitions()[["source", "holds in a draw where", "ablation"]] != "").all(axis=None)


def test_every_ablation_changes_a_condition() -> None:
    for claim in CLAIMS:
        assert claim.ablate(at(0.45)).key != at(0.45).key, f"the ablation of test {claim.number} changes nothing"


def test_what_a_theory_fixes_is_not_drawn_and_the_rest_lies_in_its_prior() -> None:
    worlds = card()
    fixed = config.values(balsim.compose("experiment=scorecard", "theory=walt_1987"))
    assert "theory.conversion" not in worlds.keys and set(worlds["theory.conversion"]) == {fixed["theory.conversion"]}
    for key in worlds.keys:
        low, high = prior(key)
        assert ((worlds[key] >= low) & (worlds[key] <= high)).all(), key
        assert len(set(worlds[key])) == 3, f"{key} was not drawn"
    assert SHARE not in worlds.keys and UNILATERALISM not in worlds.keys


def test_a_condition_holds_for_every_draw_and_leaves_the_draws_as_they_were() -> None:
    worlds = card()
    before = worlds.records.copy()
    worlds.mean(at(0.3).but(times={"theory.arms_cost": 5.0}), "threat")
    assert np.array_equal(before, worlds.records)
    share = worlds.mean(at(0.3).but(values={"growth.noise": 0.0, "growth.drag": 0.0, "theory.military_weight": 0.0}),
                        "capability_share")  # fmt: skip
    assert share == pytest.approx(0.3), "the hegemon's share is not what the condition says"


def test_conditions_share_their_random_numbers() -> None:
    worlds = card()
    idle = at(0.4).but(values={"theory.tie_threshold": 0.4})
    assert np.array_equal(worlds.outcome(at(0.4), "threat"), worlds.outcome(idle, "threat")), \
        "a condition that does not touch threat changed it: the worlds are not the same"  # fmt: skip


def test_an_ablation_that_leaves_no_source_of_threat_makes_threat_the_same_for_all() -> None:
    cfg = balsim.compose("experiment=scorecard", "runs=1", "years=3", "threads=1", "design.sample.draws=2")
    worlds = Ensemble(cfg, "waltz_1979")
    found = worlds.mean(held(theory__weights__power=0.0)(at(0.45)), "threat")
    assert found == pytest.approx(worlds["theory.threat_scale"])


def test_the_own_values_of_a_theory_are_one_draw() -> None:
    cfg = balsim.compose("experiment=scorecard", "runs=1", "years=3", "threads=1")
    own = Ensemble(cfg, "walt_1987", spread=False)
    fixed = config.values(balsim.compose("experiment=scorecard", "theory=walt_1987"))
    assert len(own.records) == 1 and own.runs == 10
    for key in own.keys:
        assert BY_KEY[key].optional or own[key][0] == fixed[key], key


def test_equal_conditions_have_equal_keys_and_changes_add_up() -> None:
    case = at(0.45).but(values={"theory.memory": 0.3}).but(values={"theory.policy": 0.1})
    assert case.key == at(0.45).but(values={"theory.policy": 0.1, "theory.memory": 0.3}).key
    assert same(case) is case and Case().key != Case("sea").key


def test_logit_slopes_have_standard_errors_that_cover_planted_ones() -> None:
    rng = np.random.default_rng(1)
    z = []
    for _ in range(200):
        x = np.column_stack([rng.normal(size=600), np.ones(600)])
        cluster = np.repeat(np.arange(60), 10)
        luck = np.repeat(rng.normal(size=60), 10)  # shared by a state's years, unrelated to x
        y = (rng.random(600) < 1 / (1 + np.exp(-luck))).astype(float)
        z.append(logit_z(x, y, cluster)[0])
    assert np.mean(np.abs(z) > 1.96) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 200), "noise is called an effect too often"


def test_a_planted_slope_is_found_and_a_hopeless_fit_is_not_a_finding() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([rng.normal(size=2000), np.ones(2000)])
    y = (rng.random(2000) < 1 / (1 + np.exp(-1.0 * x[:, 0]))).astype(float)
    assert logit_z(x, y, np.arange(2000))[0] > 10.0
    assert np.isnan(logit_z(x, np.zeros(2000), np.arange(2000))).all(), "nobody follows: no slope"
    assert np.isnan(logit_z(x, (x[:, 0] > 0).astype(float), np.arange(2000))).all(), "separated: no finite slope"


def test_rank_correlation_is_that_of_the_textbook_with_ties_at_their_mean_rank() -> None:
    from scipy.stats import spearmanr

    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 5, (20, 10)).astype(float), rng.integers(0, 5, (20, 10)).astype(float)
    assert spearman(a, b) == pytest.approx([spearmanr(x, y).statistic for x, y in zip(a, b, strict=True)])
    assert spearman(np.ones((1, 5)), np.arange(5.0)[None]) == pytest.approx(0.0)


def test_small_estimators_do_what_they_say() -> None:
    assert slope((0.2, 0.4, 0.6), np.array([[1.0, 2.0, 3.0]])) == pytest.approx([5.0])
    assert majors(np.array([1.0, 2.0, 3.0, 4.0])).tolist() == [False, False, True, True]
    what, among = np.array([[True, False], [True, True]]), np.array([[True, True], [False, False]])
    assert rate(what, among)[0] == 0.5 and np.isnan(rate(what, among)[1])
    assert np.isnan(truth(np.array([True]), np.array([False])))[0]


def test_a_small_card_runs_from_end_to_end_and_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cfg = balsim.compose("experiment=scorecard", "runs=1", "years=6", "threads=1", "design.sample.draws=2",
                         "theory=walt_1987", "progress=false", f"out={tmp_path / 'out'}")  # fmt: skip
    results = runner.run(cfg)
    found = analyse(results)
    whole = found.tables["scorecard of walt_1987"].query("part == @WHOLE", local_dict={"WHOLE": WHOLE})
    assert whole["test"].tolist() == [c.number for c in CLAIMS]
    assert whole["verdict"].isin(["holds", "fails", "built in"]).all()
    monkeypatch.setattr(scorecard, "judge", lambda *_: pytest.fail("tests judged before were run again"))
    assert analyse(results).answer == found.answer


def test_a_scenario_whose_hegemon_cannot_be_moved_is_refused(tmp_path: Path) -> None:
    cfg = balsim.compose("experiment=scorecard", "scenario=unipolar_1991", "runs=1", "years=2", "theory=walt_1987",
                         "scenario.vary=false", "progress=false", f"out={tmp_path / 'out'}")  # fmt: skip
    with pytest.raises(BadInput, match="scenario=synthetic"):
        analyse(runner.run(cfg))

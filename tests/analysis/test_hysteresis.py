"""Loops, thresholds and ablations on planted runs: covered where planted, absent in the controls."""

from __future__ import annotations

import numpy as np
import pytest
from planted_tables import check_coverage, inside, loop, ramp

import balsim
from balsim.analysis import hysteresis
from balsim.analysis.hysteresis import (
    HYSTERESIS,
    NEGLIGIBLE,
    REVERSIBLE,
    UNDECIDED,
    ablate,
    ablation_effects,
    loop_areas,
    thresholds,
    thresholds_by_run,
    verdict,
)
from balsim.analysis.intervals import Interval, mean_interval
from balsim.analysis.yearly import HARD, Yearly, changed, subset, yearly
from balsim.design import Design
from balsim.params import BadInput

CONDUCT = ramp(200)


def planted_loop(rng: np.random.Generator, runs: int = 40) -> np.ndarray:
    up, down = 0.7 + 0.05 * rng.standard_normal(runs), 0.4 + 0.05 * rng.standard_normal(runs)
    return loop(CONDUCT, up, down)


def test_a_planted_loop_is_covered_in_area_and_in_both_thresholds() -> None:
    """Tips at 0.7 and untips at 0.4 on average: area 0.3 up to the grid of 200 years (a hundredth a year)."""
    even = loop(CONDUCT, np.linspace(0.65, 0.75, 2001), np.linspace(0.35, 0.45, 2001))
    exact = float(loop_areas(even, CONDUCT).mean())
    assert exact == pytest.approx(0.3, abs=0.011)

    def covers(rng: np.random.Generator) -> dict[str, bool]:
        hard = planted_loop(rng)
        found = thresholds(hard, CONDUCT, resamples=100)
        held = {"area": inside(mean_interval(loop_areas(hard, CONDUCT)), exact)}
        for name, truth in (("up", 0.7), ("down", 0.4), ("width", 0.3)):
            interval = getattr(found, name)
            # Half of a year's step is the resolution at which a threshold can be read off a yearly curve.
            held[name] = interval.low - 0.005 <= truth <= interval.high + 0.005
        return held

    check_coverage("planted loop", covers)


def test_the_area_is_the_one_that_the_model_measures() -> None:
    cfg = balsim.compose("experiment=hysteresis", "runs=3", "years=40", "design.axes.share.values=[0.45]")
    found = yearly(Design.from_config(cfg))
    for k in range(2):
        own = loop_areas(found.measures[HARD][k], found.measures["unilateralism"][k, 0])
        assert own == pytest.approx(found.outcomes["loop_area"][k], abs=1e-12)


def test_a_reversible_control_has_no_loop_and_equal_thresholds() -> None:
    """Hard balancing follows unilateralism at once, with noise: the same way up and down."""

    def quiet(rng: np.random.Generator) -> bool:
        hard = 1 / (1 + np.exp(-20 * (CONDUCT - 0.5))) + 0.1 * rng.standard_normal((40, len(CONDUCT)))
        found = thresholds(hard, CONDUCT, resamples=100)
        return verdict(mean_interval(loop_areas(hard, CONDUCT))) == REVERSIBLE and inside(found.width, 0.0)

    check_coverage("reversible control", quiet)


def test_pure_noise_has_no_hysteresis() -> None:
    def quiet(rng: np.random.Generator) -> bool:
        hard = 0.3 + 0.3 * rng.standard_normal((30, len(CONDUCT)))
        return verdict(mean_interval(loop_areas(hard, CONDUCT))) == REVERSIBLE

    check_coverage("noise", quiet)


def test_the_verdict_needs_the_whole_interval() -> None:
    assert verdict(Interval(0.3, 0.2, 0.4)) == HYSTERESIS
    assert verdict(Interval(0.05, -0.01, 0.11)) == REVERSIBLE
    assert verdict(Interval(0.01, 0.005, 0.015)) == REVERSIBLE, "surely smaller than what counts"
    assert verdict(Interval(0.03, 0.01, 0.05)) == UNDECIDED, f"not zero, and not surely above {NEGLIGIBLE}"
    assert verdict(Interval(0.03, 0.01, 0.05), null=0.06) == REVERSIBLE, "no larger than in the control"


def test_thresholds_outside_of_the_ramp_are_infinite() -> None:
    never, stuck = np.zeros((4, len(CONDUCT))), loop(CONDUCT, np.full(4, 0.5), np.full(4, -1.0))
    assert thresholds(never, CONDUCT, resamples=20).up == (np.inf, np.inf, np.inf)
    assert thresholds(stuck, CONDUCT, resamples=20).down == (-np.inf, -np.inf, -np.inf)
    single = thresholds_by_run(np.concatenate([never[:1], stuck[:1]]), CONDUCT)
    assert single["up"].tolist()[0] == np.inf and single["down"].tolist() == [np.inf, -np.inf]


def test_a_hegemon_that_does_not_turn_back_has_no_loop() -> None:
    with pytest.raises(BadInput, match="hegemon=ramp"):
        thresholds(np.zeros((3, 11)), np.linspace(0, 1, 11))


def planted_ablation(rng: np.random.Generator, effect: float) -> dict[str, Yearly]:
    base = 0.3 + 0.1 * rng.standard_normal((1, 50))
    areas = {"all in place": base, "inertia": base + effect + 0.03 * rng.standard_normal((1, 50))}
    return {name: Yearly({HARD: np.ones((1, 50, 2))}, {"loop_area": a}) for name, a in areas.items()}


@pytest.mark.parametrize("effect", [0.0, -0.08])
def test_a_planted_effect_of_an_ablation_is_covered(effect: float) -> None:
    def covers(rng: np.random.Generator) -> bool:
        row = ablation_effects(planted_ablation(rng, effect)).iloc[0]
        return row["effect_low"] <= effect <= row["effect_high"]

    check_coverage(f"effect of {effect}", covers)


def test_pairing_narrows_the_interval_of_an_effect() -> None:
    row = ablation_effects(planted_ablation(np.random.default_rng(1), -0.08)).iloc[0]
    assert row["effect_high"] - row["effect_low"] < 0.5 * row["unpaired_width"]


def test_an_ablation_changes_what_it_names_and_nothing_else() -> None:
    design = Design.from_config(balsim.compose("experiment=hysteresis"))
    asymmetric = changed(design, {"theory.intentions_fall": "theory.intentions_rise"})
    assert np.array_equal(asymmetric.records.intentions_fall, design.records.intentions_rise)
    different = [n for n in design.records.dtype.names if not np.array_equal(asymmetric.records[n], design.records[n],
                                                                             equal_nan=True)]  # fmt: skip
    assert different == ["intentions_fall"]
    with pytest.raises(BadInput, match=r"choice\.inertia"):
        changed(design, {"choice.inertia": 1.5})
    with pytest.raises(BadInput, match="did you mean"):
        changed(design, {"choice.inertai": 0.0})


def test_runs_kept_by_year_are_those_of_the_stored_design(tmp_path) -> None:
    """Also where every run draws its own world, and for a subset of the points."""
    cfg = balsim.compose("experiment=hysteresis", "scenario=synthetic", "scenario.vary=true", "scenario.n_states=5",
                         "runs=4", "years=20", "progress=false", f"out={tmp_path}")  # fmt: skip
    design = Design.from_config(cfg)
    stored = balsim.run(cfg).runs.pivot(index=["hegemon.capability_share", "hegemon.land_power"], columns="run",
                                        values="loop_area")  # fmt: skip
    found = yearly(subset(design, np.array([3, 0]))).outcomes["loop_area"]
    points = design.points.iloc[[3, 0]].itertuples(index=False, name=None)
    assert np.array_equal(found, stored.loc[list(points)].to_numpy())
    with pytest.raises(BadInput, match="did you mean 'unilateralism'"):
        yearly(design, ("unilaterlism",))


def test_the_analysis_of_a_ramp_design_answers_for_every_point(tmp_path) -> None:
    cfg = balsim.compose("experiment=hysteresis", "runs=12", "years=20", "progress=false", f"out={tmp_path}",
                         "design.axes.share.values=[0.3,0.45]", "hegemon.land_power=true")  # fmt: skip
    found = hysteresis.analyse(balsim.run(cfg))
    assert len(found.tables["loops"]) == 2
    assert set(found.tables["loops"]["verdict"]) <= {HYSTERESIS, REVERSIBLE, UNDECIDED}
    assert len(found.tables["ablations"]) == 10 and len(found.answer) == 4
    assert set(found.figures) == {"ramp_speed", "ablations"}


def test_an_ablation_of_nothing_changes_nothing() -> None:
    design = Design.from_config(balsim.compose("experiment=hysteresis", "runs=6", "years=20",
                                               "design.axes.share.values=[0.45]"))  # fmt: skip
    effects = ablation_effects(ablate(design, {"nothing": {}}))
    assert (effects[["effect", "effect_low", "effect_high"]] == 0.0).all(axis=None)

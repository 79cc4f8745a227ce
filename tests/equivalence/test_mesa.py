"""The readable engine: the same bytes as the batched one, and a Mesa model that behaves as Mesa users expect."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from omegaconf import DictConfig

import balsim
from balsim import scenario
from balsim.design import Design
from balsim.engines.agents import BalancingModel, run_points
from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES, TICK
from balsim.params import STRATEGIES
from balsim.shocks import ISSUES_PER_YEAR, Shocks, draw
from balsim.world import pack

YEARS = 12
VARIANTS = {
    "2003 as it is": [],
    "land power under a ramp": ["hegemon=ramp", "hegemon.land_power=true", "hegemon.capability_share=0.45"],
    "exact expectation, pooled beliefs": [
        "scenario=homogeneous", "scenario.n_states=6", "theory.expectation=exact", "theory.beliefs=pooled",
    ],
    "start from hard balancing under Waltz": ["theory=waltz_1979", "start.strategy=hard_balance"],
    "a world of its own for each run": ["scenario=synthetic", "scenario.vary=true", "scenario.n_states=7"],
}  # fmt: skip


def configuration(*overrides: str) -> DictConfig:
    return balsim.compose("experiment=alignment", f"years={YEARS}", "hegemon.unilateralism=0.8", *overrides)


@pytest.fixture(scope="module")
def model() -> BalancingModel:
    """One world of 2003, run to the end."""
    found = BalancingModel(configuration(), run=2)
    found.run_for(YEARS)
    return found


@pytest.mark.uncompiled
@pytest.mark.parametrize("variant", VARIANTS)
def test_both_engines_give_the_same_bytes(variant: str) -> None:
    design = Design.from_config(configuration(*VARIANTS[variant]))
    world = scenario.build(design.scenario_settings[0], design.seed, 3)
    shocks = draw(design.seed, range(3), YEARS, len(world.codes))
    batch, mesa = run_batch(world.start, design.records, shocks, 2), run_points(world, design.records, shocks, 2)
    for name, ours, theirs in zip(batch._fields, batch, mesa, strict=True):
        assert ours.tobytes() == theirs.tobytes(), f"{variant}: the engines disagree on {name}"


@pytest.mark.uncompiled
def test_a_model_is_the_world_of_its_run(model: BalancingModel) -> None:
    """`BalancingModel(cfg, run=2)` is row run = 2 of the design, to the last bit."""
    design = Design.from_config(configuration())
    world = scenario.build(design.scenario_settings[0], design.seed, 3)
    batch = run_batch(world.start, design.records, draw(design.seed, range(3), YEARS, len(world.codes)))
    found = model.outcomes()
    for name, value in zip(OUTCOMES, batch.outcomes[0, 2], strict=True):
        expected = value if name not in ("phase", "path") else found[name]
        assert found[name] == expected, f"{name} of the model is not that of the batched run"
    assert found["phase"] == STRATEGIES[int(batch.outcomes[0, 2, OUTCOMES.index("phase")])]


@pytest.mark.uncompiled
def test_the_data_collector_has_a_row_for_year_0_and_every_year(model: BalancingModel) -> None:
    yearly, states = model.datacollector.get_model_vars_dataframe(), model.datacollector.get_agent_vars_dataframe()
    assert len(yearly) == YEARS + 1, "model rows do not begin with year 0"
    assert list(yearly.columns) == list(TICK)
    assert len(states) == (YEARS + 1) * len(model.states), "state rows do not begin with year 0"
    assert list(states.index.get_level_values("Step").unique()) == list(range(YEARS + 1))
    assert (states.xs(0)["strategy_name"].iloc[1:] == "bargain").all(), "year 0 is not the start that was set"
    np.testing.assert_array_equal(yearly.to_numpy(), np.array(model.ticks))


@pytest.mark.uncompiled
def test_a_decision_shows_every_term_and_adds_up(model: BalancingModel) -> None:
    for state in model.agents_by_type[type(model.states[1])]:
        decision: Any = state.decision
        for name, payoff in zip(STRATEGIES, decision.payoffs, strict=True):
            assert sum(getattr(decision, name)) == pytest.approx(payoff, abs=1e-15), f"{state}: terms of {name}"
        assert sum(decision.odds) == pytest.approx(1.0, abs=1e-12)
        assert state.strategy == decision.strategy and state.strategy_name == STRATEGIES[decision.strategy]
        if not decision.reconsidered:
            assert decision.strategy == decision.before, f"{state} changed course without reconsidering"


@pytest.mark.uncompiled
def test_states_are_views_of_the_world() -> None:
    model = BalancingModel(configuration())
    china = next(s for s in model.states if s.code == "CHN")
    assert china.threat == model.world.state[china.row]["threat"]
    china.offence = 0.9
    assert model.world.state[china.row]["offence"] == 0.9, "writing to a state does not change the world"
    assert model.hegemon.code == "USA" and model.hegemon.strategy_name == "hegemon"
    model.world.tie[china.row, 1] = 1.0
    assert model.states[1] in china.allies() and china not in china.allies()
    assert "CHN" in repr(china)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = china.nonsense


@pytest.mark.uncompiled
def test_running_on_draws_the_years_that_follow() -> None:
    """Numbers do not depend on the length asked for: ten years and five more are fifteen."""
    short, long = BalancingModel(balsim.compose("experiment=alignment", "years=10"), run=1), \
        BalancingModel(balsim.compose("experiment=alignment", "years=15"), run=1)  # fmt: skip
    short.run_for(15)
    long.run_for(15)
    np.testing.assert_array_equal(np.array(short.ticks), np.array(long.ticks))


def test_shocks_of_fixed_length_end_with_a_plain_error() -> None:
    design = Design.from_config(configuration())
    world = scenario.build(design.scenario_settings[0], design.seed, 1)
    shocks = draw(design.seed, range(1), 2, len(world.codes))
    model = BalancingModel.of(
        world, pack(world.start, ISSUES_PER_YEAR), 0, design.records, Shocks(shocks.state[0], shocks.issue[0])
    )
    model.run_for(2)
    with pytest.raises(IndexError, match="2 years only"):
        model.step()


def test_models_are_freed_after_use() -> None:
    """Mesa 3.3 keeps models alive by itself; ten thousand runs must not fill the memory."""
    found = BalancingModel(configuration())
    found.run_for(2)
    seen = weakref.ref(found)
    del found
    gc.collect()
    assert seen() is None, "something still holds the model"

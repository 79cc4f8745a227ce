"""The readable engine: one world as a Mesa model, in which every agent is a state.

It runs the same rules as the batched engine, on the same records, and gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mesa
import numpy as np
from omegaconf import DictConfig, OmegaConf

from balsim import config
from balsim.dynamics.adjust import adjust
from balsim.dynamics.appraise import appraise
from balsim.dynamics.begin import begin
from balsim.dynamics.decide import Decision, decide
from balsim.dynamics.hegemon import act
from balsim.dynamics.perceive import perceive
from balsim.engines.batch import Batch, summarise
from balsim.measures import OUTCOMES, PANEL, PATHS, TICK, measure, note_decision, note_panel, outcomes
from balsim.params import STRATEGIES, record
from balsim.rule import COMPILED
from balsim.scenario import Scenario, build
from balsim.shocks import ISSUES_PER_YEAR, Shocks, draw
from balsim.theory.strategies import Strategy
from balsim.world import STATE, pack, plain, plain_origin

AGENT_REPORTERS = ("strategy_name", "threat", "regional_threat", "intentions", "rhetoric", "burden", "economy",
                   "military", "share")  # fmt: skip


class State(mesa.Agent):
    """A state: a view of one row of the model's world.

    row : place in the world's tables; record : that row; code, name : e.g. "CHN", "China"
    Every trait and condition of `world.STATE` is an attribute (``state.threat``, ``state.burden`` …), read from the
    world and writable. `decision` is the trace of this year's decision.
    """

    def __init__(self, model: BalancingModel, row: int, code: str, name: str) -> None:
        super().__init__(model)
        self.record = model.world.state[row]
        self.row = row
        self.code = code
        self.name = name

    def __getattr__(self, name: str) -> Any:
        if name in FIELDS:
            return self.record[name]
        raise AttributeError(f"a state has no '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in FIELDS:
            self.record[name] = value
        else:
            super().__setattr__(name, value)

    @property
    def strategy_name(self) -> str:
        """What the state does, one of params.STRATEGIES; "hegemon" for the hegemon."""
        strategy = int(self.strategy)
        return Strategy(strategy).name.lower() if strategy >= 0 else "hegemon"

    def allies(self) -> list[State]:
        """States to which this one has a tie of at least w*."""
        model = self.model
        return [s for s in model.states if s is not self and model.world.tie[self.row, s.row] >= model.p.tie_threshold]

    def __repr__(self) -> str:
        return f"<{self.code} {self.strategy_name}>"


class SecondTierState(State):
    """A great or middle power that answers the hegemon."""

    decision: Decision | None = None

    def decide(self) -> None:
        """Weigh the strategies and take one; `decision` keeps every term of it."""
        model = self.model
        self.decision = decide(self.row, model.world, model.p, model.shock)


class Hegemon(State):
    """The unipole."""

    def act(self) -> None:
        """Handle this year's issues, alone or with others."""
        self.model.issue_act()


FIELDS = frozenset(STATE.names or ())


class BalancingModel(mesa.Model):
    """One world as a Mesa model.

        model = balsim.BalancingModel(balsim.compose("hegemon.unilateralism=0.8"), run=3)
        model.run_for(60)
        model.datacollector.get_agent_vars_dataframe()
        model.states[3].decision

    cfg : a configuration; axes of its design are not swept here, what the configuration holds is used
    run : which random numbers, 0 …; the same run of the batched engine gives the same bytes

    The data collector has a row for year 0 and for each year after. Raises BadInput.
    """

    _redraw: Callable[[int], Shocks] | None

    def __init__(self, cfg: DictConfig, run: int = 0) -> None:
        settings: Any = OmegaConf.to_container(cfg.scenario, resolve=True)
        scenario = build(settings, cfg.seed, run + 1)
        records = record(config.values(cfg), cfg.years)
        shocks = draw(cfg.seed, range(run, run + 1), cfg.years, len(scenario.codes))
        self._redraw = lambda years: draw(cfg.seed, range(run, run + 1), years, len(scenario.codes))
        variant = run if scenario.start.economy.shape[0] > 1 else 0
        self._set_up(
            scenario, pack(scenario.start, ISSUES_PER_YEAR), variant, records, Shocks(shocks.state[0], shocks.issue[0])
        )

    @classmethod
    def of(cls, scenario: Scenario, origin: Any, variant: int, records: np.ndarray, shocks: Shocks) -> BalancingModel:
        """A model from what the batched engine takes.

        records : (1,) parameters; shocks : of one run, (T, N, channels) and (T, issues, channels)
        """
        model = cls.__new__(cls)
        model._redraw = None
        model._set_up(scenario, origin, variant, records, shocks)
        return model

    def _set_up(self, scenario: Scenario, origin: Any, variant: int, records: np.ndarray, shocks: Shocks) -> None:
        super().__init__(rng=variant)
        self.scenario = scenario
        self.shocks = shocks
        self.year = 0
        self.p: Any = records[0] if COMPILED else plain(records)[0]
        self.world = begin(origin if COMPILED else plain_origin(origin), variant, self.p)
        self.shock = shocks.state[0]
        self.ticks = [np.empty(len(TICK))]
        measure(self.world, self.p, self.ticks[0])
        self.states: list[Any] = [
            (Hegemon if row == scenario.hegemon else SecondTierState)(self, row, code, name)
            for row, (code, name) in enumerate(zip(scenario.codes, scenario.names, strict=True))
        ]
        # Mesa 3.3 keeps every model alive through its table of agent numbers; no agent is made after these.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: _reader(k) for k, name in enumerate(TICK)},
            agent_reporters={"code": "code", **{name: name for name in AGENT_REPORTERS}},
        )
        self.datacollector.collect(self)

    @property
    def hegemon(self) -> Hegemon:
        """The hegemon among the states."""
        return self.states[self.scenario.hegemon]

    def issue_act(self) -> None:
        """The hegemon's issues of this year (phase 1)."""
        act(self.world, self.p, self.shocks.issue[self.year - 1])

    def step(self) -> None:
        """One year: act, perceive, appraise, decide, adjust, record."""
        self.year += 1
        if self.year > len(self.shocks.state):
            self._lengthen()
        self.shock = self.shocks.state[self.year - 1]
        self.world.system[0]["year"] = self.year
        self.hegemon.act()
        perceive(self.world, self.p, self.shock)
        appraise(self.world, self.p)
        self.agents_by_type[SecondTierState].do("decide")
        adjust(self.world, self.p, self.shock)
        self.ticks.append(np.empty(len(TICK)))
        measure(self.world, self.p, self.ticks[-1])
        self.datacollector.collect(self)

    def run_for(self, years: int) -> None:
        """So many years more."""
        for _ in range(years):
            self.step()

    def _lengthen(self) -> None:
        """Draw more years: the numbers of the years before are the same whatever the length."""
        if self._redraw is None:
            raise IndexError(f"shocks were given for {len(self.shocks.state)} years only")
        longer = self._redraw(2 * len(self.shocks.state))
        self.shocks = Shocks(longer.state[0], longer.issue[0])

    def outcomes(self) -> dict[str, Any]:
        """Outcomes of the run so far, by name, as in the table `runs` (see `measures`)."""
        values = np.empty(len(OUTCOMES))
        outcomes(np.array(self.ticks), self.world, self.p, values)
        found: dict[str, Any] = dict(zip(OUTCOMES, values.tolist(), strict=True))
        return {**found, "phase": STRATEGIES[int(found["phase"])], "path": PATHS[int(found["path"])]}


def _reader(column: int) -> Callable[[BalancingModel], float]:
    """A reporter of one measure of the latest year."""
    return lambda model: float(model.ticks[-1][column])


def run_points(scenario: Scenario, params: np.ndarray, shocks: Shocks, panel: int = 0) -> Batch:
    """What `batch.run_batch` does, one Mesa model at a time."""
    points = params.shape[0]
    runs, years, states = shocks.state.shape[:3]
    ticks = np.empty((points, runs, years + 1, len(TICK)))
    found = np.empty((points, runs, len(OUTCOMES)))
    panels = np.zeros((points, min(panel, runs), years + 1, states, len(PANEL)))
    origin = pack(scenario.start, ISSUES_PER_YEAR)
    varies = scenario.start.economy.shape[0] > 1
    for k in range(points):
        for r in range(runs):
            model = BalancingModel.of(
                scenario, origin, r if varies else 0, params[k : k + 1], Shocks(shocks.state[r], shocks.issue[r])
            )
            keep = panels[k, r] if r < panels.shape[1] else None
            _note(model, keep)
            for _ in range(years):
                model.step()
                _note(model, keep)
            ticks[k, r] = model.ticks
            outcomes(ticks[k, r], model.world, model.p, found[k, r])
    return Batch(found, summarise(ticks), panels)


def _note(model: BalancingModel, panel: np.ndarray | None) -> None:
    """Write the year's row of every state into the panel of its world, where one is kept."""
    if panel is None:
        return
    for state in model.states:
        if isinstance(state, SecondTierState) and state.decision is not None:
            note_decision(state.decision, panel[model.year, state.row])
        note_panel(state.row, model.world, model.p, panel[model.year, state.row])

"""Small worlds for the tests: starting figures, parameters, random numbers, and a world to step phase by phase."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

from balsim.dynamics.adjust import adjust
from balsim.dynamics.begin import begin
from balsim.dynamics.decide import Decision, decide
from balsim.dynamics.play import open_year
from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES, PANEL, TICK
from balsim.params import PARAMETERS, STRATEGIES, Parameter, record
from balsim.rule import COMPILED
from balsim.shocks import ISSUE_CHANNELS, ISSUES_PER_YEAR, STATE_CHANNELS, Shocks, draw
from balsim.world import Situation, Start, World, pack, plain, plain_origin

PAIRS = ("distance", "sea", "border", "rivalry", "pact")
DEFAULTS = {p.key: p.default for p in PARAMETERS}

TEXTBOOK: dict[str, Any] = {
    "hegemon.unilateralism": 0.5, "hegemon.commitment": 0.6, "hegemon.severity_treaty_exit": 0.25,
    "hegemon.severity_sanctions": 0.5, "hegemon.severity_force": 1.0, "hegemon.issues_sanctions": 0.35,
    "hegemon.issues_force": 0.2, "hegemon.issue_spread": 0.75, "theory.military_weight": 0.5,
    "theory.curvature": 3.0, "theory.threat_scale": 2.5, "theory.distance_scale": 5000.0, "theory.water": 0.4,
    "theory.decisiveness": 3.0, "theory.projection": 0.8, "theory.reliability": 0.75, "theory.conversion": 0.7,
    "theory.foresight": 0.2, "theory.memory": 0.2, "theory.rivalry_shelving": 0.5, "theory.alliance_bonus": 0.2,
    "theory.constraint": 0.25, "theory.constraint_half": 0.3, "theory.arms_cost": 0.17, "theory.retaliation": 0.08,
    "theory.trade": 0.05, "theory.disempowerment": 0.2, "theory.followers": 0.5, "theory.denial": 0.5,
    "theory.legitimacy_cost": 0.8, "theory.legitimacy_speed": 0.1, "theory.tie_growth": 0.3, "theory.tie_decay": 0.06,
    "theory.tie_threshold": 0.5, "arms.depreciation": 0.12, "arms.adjustment": 0.3, "arms.effort_hard": 1.0,
    "arms.effort_soft": 0.1, "arms.effort_buck_pass": 0.25, "growth.drag": 0.05, "choice.rationality": 40.0,
    "choice.inertia": 0.4, "start.strategy": "bargain", "start.intentions": 0.2, "start.legitimacy": 0.8,
    "start.pact_tie": 0.25,
}  # fmt: skip
"""Values that tests reckon with by hand: stated here, so that recalibrating a default breaks no test."""


def start_of(n: int, **figures: Any) -> Start:
    """Starting figures of n states of which row 0 is the hegemon: equal, on one continent, without quarrels.

    figures : what differs, a number for all states or pairs, or an array over them (without the axis of variants)
    """
    default: dict[str, Any] = {
        "economy": 1.0 / n, "military": 1.0 / n, "burden": 0.03, "growth": 0.0, "offence": 0.5, "trade": 0.0,
        "prestige": 0.0, "clock_period": 0.0, "clock_phase": 0.0, "material": 0.0, "ideal_point": 0.0,
        "revisionism": 0.0, "distance": 1000.0, "sea": 0.0, "border": 0.0, "rivalry": 0.0, "pact": 0.0,
        "presence": 0.0, "hegemon": 0,
    }  # fmt: skip
    shapes = {name: (1, n, n) for name in PAIRS} | {"presence": (1, 1), "hegemon": (1, 1)}
    kinds = {"hegemon": np.int64}
    return Start(**{
        name: np.broadcast_to(np.asarray(value, kinds.get(name, np.float64)), shapes.get(name, (1, n))).copy()
        for name, value in (default | figures).items()
    })  # fmt: skip


def random_start(rng: np.random.Generator, n: int, hegemon: int = 0) -> Start:
    """Any n states: every trait drawn, including the ends of its range."""

    def some(*shape: int) -> np.ndarray:
        return np.where(rng.random(shape) < 0.15, rng.integers(0, 2, shape).astype(float), rng.random(shape))

    def mutual(values: np.ndarray) -> np.ndarray:
        upper = np.triu(values, 1)
        return upper + upper.T

    def size() -> np.ndarray:
        weights = np.exp(rng.normal(0.0, 1.0, n))
        weights[hegemon] *= 3.0
        return weights / weights.sum()

    period = rng.integers(0, 7, n).astype(float)
    return start_of(
        n, economy=size(), military=size(), burden=rng.uniform(0.005, 0.15, n), growth=rng.normal(0.02, 0.02, n),
        offence=some(n), trade=some(n), prestige=2.0 * some(n), clock_period=period,
        clock_phase=np.floor(period * rng.random(n)), material=2.0 * some(n), ideal_point=2.0 * some(n) - 1.0,
        revisionism=some(n), distance=mutual(rng.uniform(100.0, 18000.0, (n, n))),
        sea=mutual((rng.random((n, n)) < 0.5).astype(float)), border=mutual((rng.random((n, n)) < 0.3).astype(float)),
        rivalry=mutual(some(n, n) * (rng.random((n, n)) < 0.5)), pact=mutual((rng.random((n, n)) < 0.3).astype(float)),
        presence=rng.random(), hegemon=hegemon,
    )  # fmt: skip


def random_values(rng: np.random.Generator, extremes: bool = False) -> dict[str, Any]:
    """Any parameters: each drawn from its prior, choices and the menu included.

    extremes : take half of them from the ends of the admissible range instead
    """
    values = {p.key: _random_value(p, rng, extremes) for p in PARAMETERS}
    if not any(values[f"theory.weights.{name}"] for name in ("power", "proximity", "offence", "intentions")):
        values["theory.weights.power"] = 1.0
    return values


def _random_value(p: Parameter, rng: np.random.Generator, extremes: bool) -> Any:
    if p.kind is tuple:
        while True:
            menu = [name for name in STRATEGIES if rng.random() < 0.8]
            if menu and menu != ["buck_pass"]:
                return menu
    if p.choices:
        return p.choices[rng.integers(len(p.choices))]
    if p.kind is bool:
        return bool(rng.random() < 0.3)
    if p.optional and rng.random() < 0.5:
        return None
    if extremes and rng.random() < 0.5:
        return float((p.low, p.high)[rng.integers(2)])
    low, high = p.prior if p.prior is not None else (p.low, p.high)
    return float(rng.uniform(low, high))


def calm(years: int, n: int) -> Shocks:
    """Random numbers of a world without surprises: all reconsider, normals are 0, other uniforms ½."""
    state = np.zeros((1, years, n, STATE_CHANNELS))
    state[..., 1] = 0.5
    return Shocks(state, np.full((1, years, ISSUES_PER_YEAR, ISSUE_CHANNELS), 0.5))


class Case:
    """One world to run: starting figures, parameters by key, random numbers (one run)."""

    def __init__(self, start: Start, values: dict[str, Any], shocks: Shocks, seed: int = -1) -> None:
        self.start = start
        self.values = values
        self.shocks = shocks
        self.seed = seed

    @property
    def n(self) -> int:
        return self.start.economy.shape[1]

    @property
    def years(self) -> int:
        return self.shocks.state.shape[1]

    @property
    def hegemon(self) -> int:
        return int(self.start.hegemon[0, 0])

    @property
    def second_tier(self) -> list[int]:
        return [i for i in range(self.n) if i != self.hegemon]

    @property
    def params(self) -> np.recarray:
        return record(self.values, self.years)

    def but(self, **values: Any) -> Case:
        """The same world with other parameters; keys as `theory__publicness`."""
        moved = {k.replace("__", "."): v for k, v in values.items()}
        return Case(self.start, self.values | moved, self.shocks, self.seed)

    def __repr__(self) -> str:
        unusual = {k: v for k, v in self.values.items() if v != DEFAULTS[k]}
        return f"Case(seed={self.seed}, n={self.n}, years={self.years}, {unusual})"


@st.composite
def cases(draw_: Any, states: tuple[int, int] = (2, 7), years: tuple[int, int] = (1, 8), extremes: bool = False,
          **fixed: Any) -> Case:  # fmt: skip
    """Random worlds. `fixed` holds parameters that are not drawn; keys as `theory__publicness`."""
    n = draw_(st.integers(*states))
    length = draw_(st.integers(*years))
    seed = draw_(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    hegemon = int(rng.integers(n))
    case = Case(random_start(rng, n, hegemon), random_values(rng, extremes), draw(seed, range(1), length, n), seed)
    return case.but(**fixed)


class Play:
    """A world stepped by hand through the phases that `play` runs, with every decision kept."""

    def __init__(self, case: Case) -> None:
        self.case = case
        origin = pack(case.start, ISSUES_PER_YEAR)
        params = case.params
        self.p: Any = params[0] if COMPILED else plain(params)[0]
        self.w = _by_name(begin(origin if COMPILED else plain_origin(origin), 0, self.p))
        self.year = 0
        self.decisions: list[dict[int, Decision]] = []

    def begin_year(self) -> None:
        """Act, perceive and appraise: all that comes before decisions."""
        t = self.year
        self.year += 1
        open_year(self.w, self.p, self.year, self.case.shocks.state[0, t], self.case.shocks.issue[0, t])

    def decide(self) -> dict[int, Decision]:
        """All decisions of the year, by row."""
        shock = self.case.shocks.state[0, self.year - 1]
        found = {i: decide(i, self.w, self.p, shock) for i in self.case.second_tier}
        self.decisions.append(found)
        return found

    def end_year(self) -> None:
        adjust(self.w, self.p, self.case.shocks.state[0, self.year - 1])

    def run_year(self) -> dict[int, Decision]:
        self.begin_year()
        found = self.decide()
        self.end_year()
        return found

    def column(self, name: str) -> np.ndarray:
        """One figure of every state, (N,)."""
        return np.array([getattr(row, name) for row in self.w.state])

    def system(self, name: str) -> Any:
        return getattr(self.w.system[0], name)


def _by_name(w: World) -> World:
    """The same world with records that Python reads by name: compiled rules return bare structured arrays."""
    return World(*(a.view(np.recarray) if isinstance(a, np.ndarray) and a.dtype.names else a for a in w))


class Ran:
    """What the batched engine made of a case, by name."""

    def __init__(self, case: Case, threads: int | None = 1) -> None:
        self.case = case
        self.batch = run_batch(case.start, case.params, case.shocks, panel=1, threads=threads)

    @cached_property
    def ticks(self) -> dict[str, np.ndarray]:
        """Measure → (T + 1,)."""
        return {name: self.batch.trajectories[0, :, k, 0] for k, name in enumerate(TICK)}

    @cached_property
    def outcomes(self) -> dict[str, float]:
        return dict(zip(OUTCOMES, self.batch.outcomes[0, 0].tolist(), strict=True))

    @cached_property
    def panel(self) -> dict[str, np.ndarray]:
        """Column → (T + 1, N)."""
        return {name: self.batch.panels[0, 0, :, :, k] for k, name in enumerate(PANEL)}

    @property
    def odds(self) -> np.ndarray:
        """Odds of choosing each strategy, (T + 1, N, S); zero in year 0 and for the hegemon."""
        return self.batch.panels[0, 0, :, :, : len(STRATEGIES)]

    def bytes(self) -> bytes:
        return self.batch.outcomes.tobytes() + self.batch.trajectories.tobytes() + self.batch.panels.tobytes()


def situation(**known: Any) -> Situation:
    """What a middling state knows; `known` replaces figures."""
    typical: dict[str, Any] = {
        "threat": 0.6, "regional_threat": 0.25, "nearness": 0.7, "malign": 0.4, "odds_apart": 0.3, "odds_joined": 0.55,
        "coalition": 0.2, "contribution": 0.1, "opposing": 0.35, "constraint_apart": 0.05, "constraint_joined": 0.08,
        "self_help": 0.06, "weight": 0.45, "enabler": 0.8, "disagreement": 0.3, "election": 1.0, "carried": 0.35,
        "has_catcher": True, "rhetoric": 0.2, "trade": 0.5, "prestige": 0.6, "material": 0.7, "revisionism": 0.9,
        "hegemon_share": 0.4, "commitment": 0.6, "legitimacy": 0.75, "unilateralism": 0.65,
    }  # fmt: skip
    return Situation(**(typical | known))


def parameters(**values: Any) -> Any:
    """One row of parameters, as rules read it; keys as `theory__publicness`."""
    row = record(TEXTBOOK | {k.replace("__", "."): v for k, v in values.items()}, 60)
    return row[0] if COMPILED else plain(row)[0]

"""The worlds that the tests ask for: the same draws of the parameters, under one condition after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from omegaconf import DictConfig, OmegaConf

from balsim import config, scenario
from balsim.design import hypercube, numeric_keys
from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES, PANEL
from balsim.params import BY_KEY, PARAMETERS, check, record, record_dtype
from balsim.planes import SHARE, UNILATERALISM
from balsim.scenario import Scenario
from balsim.shocks import Shocks, draw

KEPT = ("strategy", "regional_threat", "burden", "share", "allies")
"""What is kept of every state and year, in the last third of a run."""
_KEPT = [PANEL.index(name) for name in KEPT]


@dataclass(frozen=True)
class Case:
    """One condition: a hegemon at land or at sea, and parameters held at a value or multiplied, whatever was drawn."""

    where: str = "land"
    values: Mapping[str, Any] = field(default_factory=dict)
    times: Mapping[str, float] = field(default_factory=dict)
    states: int = 11
    offence: float | None = None  # of the hegemon
    years: int | None = None  # None: as configured

    def but(self, **changes: Any) -> Case:
        """The same with other values; `values` and `times` are added to those there are."""
        for name in ("values", "times"):
            if name in changes:
                changes[name] = {**getattr(self, name), **changes[name]}
        return replace(self, **changes)

    @property
    def key(self) -> str:
        """Equal for equal conditions."""
        return repr((self.where, sorted(self.values.items()), sorted(self.times.items()), self.states, self.offence,
                     self.years))  # fmt: skip


def at(share: float, unilateralism: float = 0.5, where: str = "land") -> Case:
    """A hegemon of this share and conduct."""
    return Case(where, {SHARE: share, UNILATERALISM: unilateralism})


class Ensemble:
    """D draws from the priors, each run R times in R invented systems.

    What a theory fixes stays as it fixes it: only parameters at their default are drawn. Share and unilateralism are
    set by the conditions. Nothing is filtered on what comes out.

    spread : False for one "draw", the theory's own values, with ten times the runs
    """

    def __init__(self, cfg: DictConfig, theory: str, spread: bool = True) -> None:
        base = cfg.copy()
        if "theory" not in config.given_values(cfg):
            base.theory = config.recompose(cfg, f"theory={theory}").theory
        self.cfg = base
        found = config.values(base)
        fixed = {p.key for p in PARAMETERS if found[p.key] != p.default}
        self.keys = [key for key in numeric_keys() if key not in fixed and key not in (SHARE, UNILATERALISM)]
        asked = cfg.design.sample
        self.runs = cfg.runs if spread else 10 * cfg.runs
        self.records = np.recarray(asked.draws if spread else 1, dtype=record_dtype())
        self.records[:] = record(found, cfg.years)
        if spread:
            points = hypercube(self.keys, asked.draws, asked.seed)
            for key in self.keys:
                self.records[BY_KEY[key].field] = points[key].to_numpy()
        self._worlds: dict[tuple[Any, ...], Scenario] = {}
        self._shocks: dict[tuple[int, int], Shocks] = {}
        self._outcomes: dict[str, np.ndarray] = {}
        self._panels: dict[str, tuple[np.ndarray, Scenario]] = {}

    def __getitem__(self, key: str) -> np.ndarray:
        """(D,) drawn or fixed values of a parameter."""
        return np.asarray(self.records[BY_KEY[key].field], dtype=float)

    def outcome(self, case: Case, name: str) -> np.ndarray:
        """(D, R) of an outcome of `measures.OUTCOMES`."""
        if case.key not in self._outcomes:
            self._outcomes[case.key] = self._run(case, panel=False)[0]
        return self._outcomes[case.key][:, :, OUTCOMES.index(name)]

    def mean(self, case: Case, name: str) -> np.ndarray:
        """(D,) mean of an outcome over runs."""
        return self.outcome(case, name).mean(axis=1)

    def panel(self, case: Case) -> tuple[dict[str, np.ndarray], Scenario]:
        """(D, R, T/3, N) of every measure in KEPT, and the systems they belong to; row 0 of N is the hegemon."""
        if case.key not in self._panels:
            found, kept, world = self._run(case, panel=True)
            self._outcomes[case.key] = found
            self._panels[case.key] = kept, world
        kept, world = self._panels[case.key]
        return {name: kept[..., k] for k, name in enumerate(KEPT)}, world

    def _run(self, case: Case, panel: bool) -> tuple[np.ndarray, np.ndarray, Scenario]:
        years = case.years or self.cfg.years
        rows = self.records.copy()
        rows["years"] = years
        for key, value in case.values.items():
            rows[BY_KEY[key].field] = check(key, value)
        for key, factor in case.times.items():
            rows[BY_KEY[key].field] *= factor
        _settle_weights(rows)
        world, shocks = self._world(case), self._drawn(years, case.states)
        batch = run_batch(world.start, rows, shocks, self.runs if panel else 0, self.cfg.threads)
        last = batch.panels[:, :, years + 1 - max(1, years // 3) :, :, _KEPT]
        return batch.outcomes, last.astype(np.float32), world

    def _world(self, case: Case) -> Scenario:
        """The systems of a condition, one a run."""
        which = case.where, case.states, case.offence
        if which not in self._worlds:
            settings: Any = OmegaConf.to_container(self.cfg.scenario, resolve=True)
            settings |= {"n_states": case.states, "hegemon_at": case.where}
            if case.offence is not None:
                settings["state"] = {**settings["state"], "HEG": {"offence": case.offence}}
            self._worlds[which] = scenario.build(settings, self.cfg.seed, self.runs)
        return self._worlds[which]

    def _drawn(self, years: int, states: int) -> Shocks:
        """The random numbers of the runs: the same under every condition and draw."""
        if (years, states) not in self._shocks:
            self._shocks[years, states] = draw(self.cfg.seed, range(self.runs), years, states)
        return self._shocks[years, states]


def _settle_weights(rows: np.recarray) -> None:
    """Where an ablation leaves no source of threat any weight, threat is the same for all: the worst intentions."""
    nothing = rows.weight_power + rows.weight_proximity + rows.weight_offence + rows.weight_intentions <= 0.0
    rows.weight_intentions[nothing] = 1.0
    rows.possibilism[nothing] = 1.0

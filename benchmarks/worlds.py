"""Worlds to measure with: invented ones of any size, under the default parameters."""

from __future__ import annotations

import numpy as np

import balsim
from balsim import config, scenario
from balsim.engines.batch import run_batch
from balsim.params import record
from balsim.scenario import Scenario
from balsim.shocks import Shocks, draw
from benchmarks.rows import seconds


class Case:
    """N states, T years, R runs and P points of the default parameters."""

    def __init__(self, states: int = 11, years: int = 60, runs: int = 100, points: int = 10,
                 inertia: float | None = None) -> None:  # fmt: skip
        self.cfg = balsim.compose("experiment=alignment", "scenario=homogeneous", f"scenario.n_states={states}",
                                  f"years={years}", f"runs={runs}", "seed=1")  # fmt: skip
        settings = dict(self.cfg.scenario)
        self.world: Scenario = scenario.build(settings, 1, runs)
        values = config.values(self.cfg) | ({} if inertia is None else {"choice.inertia": inertia})
        self.params: np.recarray = np.repeat(record(values, years), points).view(np.recarray)
        self.shocks: Shocks = draw(1, range(runs), years, states)
        self.decisions = points * runs * years * (states - 1)

    def run(self, threads: int) -> None:
        run_batch(self.world.start, self.params, self.shocks, threads=threads)

    def rate(self, threads: int, times: int = 3) -> float:
        """State-decisions a second, all outcomes recorded."""
        return self.decisions / seconds(lambda: self.run(threads), times)

"""Sixty short worlds over the whole space of parameters; as a script, play them and save all they did."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import qmc

sys.path.insert(0, str(Path(__file__).parents[1]))

from worlds import random_start

from balsim.engines.batch import run_batch
from balsim.params import BELIEFS, EXPECTATIONS, PARAMETERS, POLICIES, STRATEGIES, record
from balsim.rule import COMPILED
from balsim.shocks import Shocks, draw
from balsim.world import Start

SCENARIOS, EACH, YEARS, STATES = 6, 10, 12, 6


class Ensemble(NamedTuple):
    """One scenario under EACH points of parameters, one run each."""

    start: Start
    values: list[dict[str, Any]]
    shocks: Shocks


@cache
def many() -> tuple[Ensemble, ...]:
    """A Latin hypercube over the priors, dealt out to scenarios whose states, distances and quarrels all differ."""
    varied = [p for p in PARAMETERS if p.prior is not None]
    low, high = np.array([p.prior for p in varied if p.prior is not None]).T
    points = low + (high - low) * qmc.LatinHypercube(len(varied), rng=np.random.default_rng(8)).random(SCENARIOS * EACH)
    values = [
        {p.key: float(x) for p, x in zip(varied, point, strict=True)}
        | {
            "hegemon.policy": POLICIES[k % 3 % 2], "hegemon.land_power": k % 5 == 0,
            "theory.expectation": EXPECTATIONS[k % 2], "theory.beliefs": BELIEFS[k // 2 % 2],
            "start.strategy": STRATEGIES[k % 5], "theory.menu": STRATEGIES if k % 4 else STRATEGIES[:3],
        }
        for k, point in enumerate(points)
    ]  # fmt: skip
    return tuple(
        Ensemble(
            random_start(np.random.default_rng(scenario), STATES, hegemon=scenario % STATES),
            values[scenario * EACH : (scenario + 1) * EACH],
            draw(scenario, range(1), YEARS, STATES),
        )
        for scenario in range(SCENARIOS)
    )


def play_all(threads: int = 1) -> dict[str, np.ndarray]:
    """Outcomes, yearly measures and panel of every world, worlds first; outcomes again without panels; how it ran."""
    traced, untraced = [], []
    for start, values, shocks in many():
        points = np.concatenate([record(point, YEARS) for point in values]).view(np.recarray)
        traced.append(run_batch(start, points, shocks, panel=1, threads=threads))
        untraced.append(run_batch(start, points, shocks, threads=threads))
    return {
        "outcomes": np.concatenate([batch.outcomes[:, 0] for batch in traced]),
        "years": np.concatenate([batch.trajectories[..., 0] for batch in traced]),
        "states": np.concatenate([batch.panels[:, 0] for batch in traced]),
        "untraced": np.concatenate([batch.outcomes[:, 0] for batch in untraced]),
        "compiled": np.array(COMPILED),
    }


if __name__ == "__main__":
    np.savez(sys.argv[1], **play_all())

"""Sixty short worlds over the whole space of parameters; as a script, play them and save all they did."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
from scipy.stats import qmc

sys.path.insert(0, str(Path(__file__).parents[1]))

from worlds import Case, Ran, random_start

from balsim.params import EXPECTATIONS, PARAMETERS, POLICIES, STRATEGIES
from balsim.rule import COMPILED
from balsim.shocks import draw

SCENARIOS, EACH, YEARS, STATES = 6, 10, 12, 6


@cache
def many() -> tuple[Case, ...]:
    """A Latin hypercube over the priors, dealt out to scenarios whose states, distances and quarrels all differ."""
    varied = [p for p in PARAMETERS if p.prior is not None]
    unit = qmc.LatinHypercube(len(varied), rng=np.random.default_rng(8)).random(SCENARIOS * EACH)
    cases = []
    for world, row in enumerate(unit):
        values = {
            p.key: float(p.prior[0] + x * (p.prior[1] - p.prior[0]))
            for p, x in zip(varied, row, strict=True)
            if p.prior is not None
        }
        values |= {
            "hegemon.policy": POLICIES[world % 3 % 2], "hegemon.land_power": world % 5 == 0,
            "theory.expectation": EXPECTATIONS[world % 2], "theory.beliefs": ("individual", "pooled")[world // 2 % 2],
            "start.strategy": STRATEGIES[world % 5], "theory.menu": STRATEGIES if world % 4 else STRATEGIES[:3],
        }  # fmt: skip
        seed = world % SCENARIOS
        start = random_start(np.random.default_rng(seed), STATES, hegemon=seed % STATES)
        cases.append(Case(start, values, draw(world, range(1), YEARS, STATES), world))
    return tuple(cases)


def play_all(threads: int = 1) -> dict[str, np.ndarray]:
    """Outcomes, yearly measures and the panel of every world, worlds first; whether the rules were compiled."""
    ran = [Ran(case, threads) for case in many()]
    return {
        "outcomes": np.array([world.batch.outcomes[0, 0] for world in ran]),
        "years": np.array([world.batch.trajectories[0, :, :, 0] for world in ran]),
        "states": np.array([world.batch.panels[0, 0] for world in ran]),
        "compiled": np.array(COMPILED),
    }


if __name__ == "__main__":
    np.savez(sys.argv[1], **play_all())

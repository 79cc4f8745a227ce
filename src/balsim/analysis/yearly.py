"""Designs run again for what their tables do not keep: the yearly measures of every single run.

A run is decided by its parameters and its number, so running it again gives the same run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from balsim import config, scenario
from balsim.design import Design
from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES, TICK
from balsim.params import BY_KEY, BadInput, check, nearest
from balsim.shocks import draw
from balsim.world import Start

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from balsim.results import Results

HARD, CONDUCT = "share_hard_balance", "unilateralism"


class Yearly(NamedTuple):
    """What P points with R runs gave: measures of `measures.TICK` by name, (P, R, T + 1); outcomes likewise, (P, R)."""

    measures: dict[str, np.ndarray]
    outcomes: dict[str, np.ndarray]


def yearly(design: Design, measures: tuple[str, ...] = (HARD, CONDUCT), threads: int | None = None) -> Yearly:
    """Run a design and keep the yearly `measures` of every run. Raises BadInput for an unknown measure."""
    for name in measures:
        if name not in TICK:
            raise BadInput(f"'{name}' is not measured each year{nearest(name, TICK)}")
    wanted = [TICK.index(name) for name in measures]
    ticks = np.empty((len(wanted), len(design), design.runs, design.years + 1))
    outcomes = np.empty((len(OUTCOMES), len(design), design.runs))
    for s, settings in enumerate(design.scenario_settings):
        here = np.flatnonzero(design.scenario_of == s)
        if len(here) == 0:
            continue
        world = scenario.build(settings, design.seed, design.runs)
        for r in range(design.runs):
            shocks = draw(design.seed, range(r, r + 1), design.years, len(world.codes))
            variant = 0 if len(world.start.economy) == 1 else r
            start = Start(*(figures[variant : variant + 1] for figures in world.start))
            # Statistics over a single run are the run itself.
            batch = run_batch(start, design.records[here], shocks, threads=threads)
            ticks[:, here, r] = batch.trajectories[:, :, wanted, 0].transpose(2, 0, 1)
            outcomes[:, here, r] = batch.outcomes[:, 0].T
    return Yearly(dict(zip(measures, ticks, strict=True)), dict(zip(OUTCOMES, outcomes, strict=True)))


def subset(design: Design, chosen: np.ndarray) -> Design:
    """Some points of a design, by number, in the order given."""
    return replace(design, points=design.points.iloc[chosen], records=design.records[chosen],
                   scenario_of=design.scenario_of[chosen])  # fmt: skip


def configuration(results: Results) -> DictConfig:
    """The configuration of a stored design, from its folder."""
    return config.compose(directory=results.out, name="config")


def lasting(cfg: DictConfig, years: int) -> Design:
    """The design of a configuration, run for another number of years."""
    changed = cfg.copy()
    changed.years = years
    return Design.from_config(changed)


def changed(design: Design, values: Mapping[str, float | str]) -> Design:
    """The same points with some parameters replaced at every one of them.

    values : by dotted key; a text names the key whose value is taken instead
    Raises BadInput for an unknown key or a value out of range.
    """
    records = design.records.copy()
    for key, value in values.items():
        for name in (key, value) if isinstance(value, str) else (key,):
            if name not in BY_KEY:
                raise BadInput(f"unknown parameter '{name}'{nearest(str(name), BY_KEY)}")
        new = design.records[BY_KEY[value].field] if isinstance(value, str) else check(key, value)
        records[BY_KEY[key].field] = new
    return replace(design, records=records)

"""The batched engine: many worlds at once, on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np

from balsim.dynamics.play import play, play_recorded
from balsim.measures import OUTCOMES, PANEL, TICK
from balsim.rule import COMPILED, allocating_rule
from balsim.shocks import ISSUES_PER_YEAR, Shocks
from balsim.world import Start, pack, plain, plain_origin

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
STATISTICS = ("mean", "sd", "q05", "q25", "q50", "q75", "q95")


class Batch(NamedTuple):
    """What P points with R runs each gave.

    outcomes : (P, R, len(OUTCOMES)); trajectories : (P, T + 1, len(TICK), len(STATISTICS)) over the runs of a point
    panels : (P, K, T + 1, N, len(PANEL)) for the first K runs
    """

    outcomes: np.ndarray
    trajectories: np.ndarray
    panels: np.ndarray


def run_batch(start: Start, params: np.ndarray, shocks: Shocks, panel: int = 0, threads: int | None = None) -> Batch:
    """Run every point of `params` (P,) under every run of `shocks` (R runs), all in one scenario.

    start : V = 1 variant for all runs, or V = R, one a run; panel : number of runs whose states are written down
    threads : how many at once; all processors where None
    The result is the same to the last bit whatever the number of threads.
    """
    points = params.shape[0]
    runs, years, states = shocks.state.shape[:3]
    ticks = np.empty((points, runs, years + 1, len(TICK)))
    outcomes = np.empty((points, runs, len(OUTCOMES)))
    panels = np.zeros((points, min(panel, runs), years + 1, states, len(PANEL)))
    origin, rows = pack(start, ISSUES_PER_YEAR), cast("Any", params)
    shared = (shocks.state, shocks.issue, ticks, outcomes)
    worlds = points * runs
    if COMPILED:
        workers = threads or default_threads()
        cuts = np.linspace(0, worlds, min(worlds, 8 * workers) + 1).astype(np.int64)
        with ThreadPoolExecutor(workers) as pool:
            parts = [pool.submit(_play_range, origin, rows, *shared, a, b) for a, b in pairwise(cuts.tolist())]
            for part in parts:
                part.result()
    else:
        origin, rows = plain_origin(origin), plain(params)
        _play_range(origin, rows, *shared, 0, worlds)
    if panels.shape[1] > 0:
        _play_recorded(origin, rows, *shared, panels)
    return Batch(outcomes, summarise(ticks), panels)


def default_threads() -> int:
    """Number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def summarise(ticks: np.ndarray) -> np.ndarray:
    """Statistics over the runs of each point, year and measure.

    ticks : (P, R, T + 1, M).  Returns (P, T + 1, M, len(STATISTICS)): mean, standard deviation (0 for one run), and
    quantiles that interpolate linearly between order statistics.
    """
    runs = ticks.shape[1]
    out = np.empty((ticks.shape[0], ticks.shape[2], ticks.shape[3], len(STATISTICS)))
    for k in range(ticks.shape[0]):
        # Runs last and contiguous: NumPy sorts and sums that several times faster.
        values = np.ascontiguousarray(np.moveaxis(ticks[k], 0, -1))
        values.sort(axis=-1)
        out[k, ..., 0] = values.mean(axis=-1)
        out[k, ..., 1] = values.std(axis=-1, ddof=1) if runs > 1 else 0.0
        for q, quantile in enumerate(QUANTILES):
            at = quantile * (runs - 1)
            low = int(at)
            high = min(low + 1, runs - 1)
            out[k, ..., 2 + q] = values[..., low] + (at - low) * (values[..., high] - values[..., low])
    return out


@allocating_rule
def _play_range(origin, params, state_shock, issue_shock, ticks, outcomes, first, end) -> None:
    """Worlds `first` … `end` − 1 of points × runs, in that order. A scenario of one variant serves all runs.

    Each world is one call of `play`; several ranges run at once in threads, since rules hold no lock.
    """
    runs = state_shock.shape[0]
    for world in range(first, end):
        k = world // runs
        r = world % runs
        variant = r if len(origin.state) > 1 else 0
        play(origin, variant, params[k], state_shock[r], issue_shock[r], ticks[k, r], outcomes[k, r])


@allocating_rule
def _play_recorded(origin, params, state_shock, issue_shock, ticks, outcomes, panels) -> None:
    """The first runs of every point once more, with their panels (P, K, T + 1, N, len(PANEL))."""
    for k in range(panels.shape[0]):
        for r in range(panels.shape[1]):
            variant = r if len(origin.state) > 1 else 0
            play_recorded(
                origin, variant, params[k], state_shock[r], issue_shock[r], ticks[k, r], outcomes[k, r], panels[k, r]
            )

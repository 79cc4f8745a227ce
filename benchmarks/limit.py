"""The limit: a bare parallel loop over the functions of the C library, and the roots, that a decision needs.

Under the default parameters a state-decision takes: the exponential of rhetoric and of growth; five exponentials of
the choice where the state reconsiders; four fourth roots (two square roots each) of the weighted threat and the root
of the threat. All else is additions, multiplications, comparisons and memory, which the loop leaves out.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from benchmarks.rows import seconds


@numba.njit(nogil=True, cache=True)
def _loop(draws: np.ndarray, inertia: float, times: int) -> float:
    found = 0.0
    for _ in range(times):
        for k in range(len(draws)):
            x = draws[k]
            threat = 1.0
            for _ in range(4):
                threat *= math.sqrt(math.sqrt(x + threat))
            found += math.sqrt(threat) + math.exp(-x) + math.exp(-threat)
            if x < 1.0 - inertia:
                for strategy in range(5):
                    found += math.exp(-threat * (strategy + x))
    return found


def rate(threads: int, inertia: float, decisions: int) -> float:
    """State-decisions a second if nothing but these functions had to be worked out."""
    draws = np.random.default_rng(1).random(10_000)
    times = max(1, decisions // len(draws) // threads)
    _loop(draws, inertia, 1)

    def work() -> None:
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(_loop, draws, inertia, times) for _ in range(threads)]:
                done.result()

    return threads * times * len(draws) / seconds(work)

"""Few states are not a mean field: stationary law and passage times of a two-strategy world, exactly.

N states hold one of two strategies. In each tick one of them, drawn at random, reconsiders, and takes the first
strategy with a chance that depends on how many of the others hold it. The number that hold it is then a birth–death
chain, whose law and passage times are those of a linear system (Karlin & Taylor 1975, ch. 4). With ten powers two
phases that the mean field calls stable are left in a finite, and computable, time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import linalg, optimize
from scipy.special import expit

from balsim.params import BadInput


class Chain(NamedTuple):
    """A birth–death chain on 0 … N holders of the first strategy.

    up, down : (N + 1,) chance per tick of one more or one fewer
    """

    up: np.ndarray
    down: np.ndarray

    @property
    def states(self) -> int:
        """N."""
        return len(self.up) - 1


def chain(states: int, chance: Callable[[np.ndarray], np.ndarray]) -> Chain:
    """The chain of `states` states of which one a tick reconsiders.

    chance : takes the share of peers (the other N − 1) that hold the first strategy, gives the odds of choosing it
    Raises BadInput for fewer than two states, or odds outside [0, 1].
    """
    if states < 2:
        raise BadInput(f"a birth–death chain needs at least 2 states, not {states}")
    holders = np.arange(states + 1)
    peers = states - 1
    # The one who reconsiders is among those without it (up) or with it (down), and does not count itself.
    up = (1.0 - holders / states) * chance(np.minimum(holders, peers) / peers)
    down = holders / states * (1.0 - chance(np.maximum(holders - 1, 0) / peers))
    if min(up.min(), down.min()) < 0.0 or max(up.max(), down.max()) > 1.0:
        raise BadInput("a birth–death chain needs odds between 0 and 1")
    return Chain(up, down)


def logit_chain(states: int, strength: float, field: float = 0.0) -> Chain:
    """The chain of Brock and Durlauf's binary choice: odds 1/(1 + exp(−2(βh + K m))), m = 2·share − 1 of the peers.

    strength : K = βJ; field : βh.  Source: Brock & Durlauf 2001; Blume & Durlauf 2003.
    """
    return chain(states, lambda share: expit(2.0 * (field + strength * (2.0 * share - 1.0))))


def stationary_law(of: Chain) -> np.ndarray:
    """(N + 1,) long-run share of ticks with each number of holders, by detailed balance."""
    with np.errstate(divide="ignore"):
        steps = np.log(of.up[:-1]) - np.log(of.down[1:])
    weights = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(weights - weights.max())
    return weights / weights.sum()


def peaks(law: np.ndarray) -> int:
    """Number of local maxima of a law; two of them mean bistability. Neighbours that are equal make one peak."""
    distinct = law[np.concatenate([[True], np.abs(np.diff(law)) > 1e-12 * law.max()])]
    rises = np.diff(np.concatenate([[-1.0], distinct, [-1.0]])) > 0.0
    return int(np.sum(rises[:-1] & ~rises[1:]))


def passage_time(of: Chain, start: int, target: int) -> float:
    """Mean number of ticks from `start` holders until first there are `target`; infinite where that is cut off.

    Solves (I − P) t = 1 over the numbers of holders on the near side of the target.
    """
    n = of.states
    if not 0 <= start <= n or not 0 <= target <= n:
        raise BadInput(f"start and target must lie between 0 and {n}, not at {start} and {target}")
    if start == target:
        return 0.0
    inside = np.arange(target) if start < target else np.arange(target + 1, n + 1)
    bands = np.zeros((3, len(inside)))
    bands[1] = of.up[inside] + of.down[inside]
    bands[0, 1:] = -of.up[inside[:-1]]
    bands[2, :-1] = -of.down[inside[1:]]
    try:
        times = linalg.solve_banded((1, 1), bands, np.ones(len(inside)))
    except np.linalg.LinAlgError:
        return np.inf
    return float(times[start - inside[0]])


def bimodal_from(states: int, low: float = 0.1, high: float = 2.0) -> float:
    """The K at which the stationary law of `logit_chain` without a field turns from one peak to two."""

    def dip(strength: float) -> float:
        law = stationary_law(logit_chain(states, strength))
        middle = states // 2
        return float(law[middle] - law[middle - 1])

    return float(optimize.brentq(dip, low, high, xtol=1e-10))

"""All randomness of the model, drawn before a run.

Every number is keyed by (seed, run, channel, state, tick) through NumPy's counter-based Philox generator. The same
key gives the same number whatever the parameters, the number of states or years, which mechanisms are on, the
engine, the number of workers or the chunking: paired runs under common random numbers are exact. A new channel
changes no old one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

ISSUES_PER_YEAR = 3

# Channels with one stream a state. PERCEIVE has one channel for each issue of the year.
RECONSIDER, CHOOSE, GROWTH, PERCEIVE = 0, 1, 2, 3
STATE_CHANNELS = PERCEIVE + ISSUES_PER_YEAR
# Channels with one stream a world: three numbers for each issue of the year.
UNILATERAL, SEVERITY, POSITION = 0, 1, 2
ISSUE_CHANNELS = 3
_FIRST_ISSUE_CHANNEL = 50

# Normals by inverse distribution function; a uniform of exactly 0 would give −∞.
_NORMAL_CHANNELS = (GROWTH, *range(PERCEIVE, STATE_CHANNELS))
_SMALLEST = 2.0**-54


class Shocks(NamedTuple):
    """Random numbers for R runs of T years among N states.

    state : (R, T, N, STATE_CHANNELS); RECONSIDER and CHOOSE uniform on [0, 1), GROWTH and PERCEIVE standard normal
    issue : (R, T, ISSUES_PER_YEAR, ISSUE_CHANNELS), uniform on [0, 1)
    """

    state: np.ndarray
    issue: np.ndarray


def stream(seed: int, run: int, channel: int, state: int = 0) -> np.random.Generator:
    """The generator of one (seed, run, channel, state); its numbers belong to ticks 0, 1, 2 …

    All arguments are non-negative integers below 2⁶³.
    """
    return np.random.Generator(np.random.Philox(key=_key(seed, run), counter=_counter(channel, state)))


def draw(seed: int, runs: range | np.ndarray, years: int, states: int) -> Shocks:
    """Shocks of the given runs (indices) for `years` ticks and `states` states."""
    state = np.empty((len(runs), years, states, STATE_CHANNELS))
    issue = np.empty((len(runs), years, ISSUES_PER_YEAR, ISSUE_CHANNELS))
    for row, run in enumerate(runs):
        # Moving the counter of one generator is ten times faster than making a generator for each stream.
        philox = np.random.Philox(key=_key(seed, int(run)))
        generator = np.random.Generator(philox)
        at: Any = philox.state
        for channel in range(STATE_CHANNELS):
            for i in range(states):
                _rewind(philox, at, channel, i)
                state[row, :, i, channel] = generator.random(years)
        for k in range(ISSUES_PER_YEAR):
            for channel in range(ISSUE_CHANNELS):
                _rewind(philox, at, _FIRST_ISSUE_CHANNEL + ISSUE_CHANNELS * k + channel, 0)
                issue[row, :, k, channel] = generator.random(years)
    for channel in _NORMAL_CHANNELS:
        state[..., channel] = ndtri(np.maximum(state[..., channel], _SMALLEST))
    return Shocks(state, issue)


def _key(seed: int, run: int) -> np.ndarray:
    return np.array([seed, run], dtype=np.uint64)


def _counter(channel: int, state: int) -> np.ndarray:
    return np.array([0, state, channel, 0], dtype=np.uint64)


def _rewind(philox: np.random.Philox, at: Any, channel: int, state: int) -> None:
    at["state"]["counter"] = _counter(channel, state)
    at["buffer_pos"] = 4  # an empty buffer: the next number is the first of this counter
    at["has_uint32"] = 0
    philox.state = at

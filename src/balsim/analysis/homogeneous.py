"""Worlds whose second-tier states are all alike: what a mean field can speak of."""

from __future__ import annotations

import numpy as np

from balsim.params import BadInput
from balsim.world import PAIR, Start

_PAIRS = PAIR.names or ()


def enlarged(start: Start, states: int) -> Start:
    """The same homogeneous world with another number of states [≥3]: the tier as a whole is as strong as it was."""
    h, n = int(start.hegemon[0, 0]), start.economy.shape[1]
    one, other = [i for i in range(n) if i != h][:2]
    found = _rows(start, [h, *[one] * (states - 1)])
    factor = np.concatenate([[1.0], np.full(states - 1, (n - 1) / (states - 1))])
    within = np.outer(np.arange(states) > 0, np.arange(states) > 0) & ~np.eye(states, dtype=bool)
    pairs = {k: np.where(within, getattr(start, k)[0, one, other], getattr(found, k)) for k in _PAIRS}
    return found._replace(economy=found.economy * factor, military=found.military * factor, **pairs)


def _rows(start: Start, rows: list[int]) -> Start:
    """The same start with some of its states only; the first of them is the hegemon."""
    single = [name for name in start._fields if name not in {*_PAIRS, "presence", "hegemon"}]
    found = {name: getattr(start, name)[:, rows] for name in single}
    found |= {name: getattr(start, name)[:, rows][:, :, rows] for name in _PAIRS}
    return Start(**found, presence=start.presence, hegemon=np.zeros((1, 1), dtype=np.int64))


def require_alike(start: Start, row: np.ndarray) -> None:
    """Raise BadInput where the mean field has nothing to say of a start and a row of parameters, and say why."""
    h, n = int(start.hegemon[0, 0]), start.economy.shape[1]
    others = [i for i in range(n) if i != h]
    for name in start._fields:
        if name in ("presence", "hegemon"):
            continue
        figures = getattr(start, name)[0]
        if name in _PAIRS:
            inner = figures[np.ix_(others, others)]
            same = np.ptp(figures[h, others]) == 0.0 and len(np.unique(inner[~np.eye(n - 1, dtype=bool)])) <= 1
        else:
            same = np.ptp(figures[others]) <= 1e-12 * np.abs(figures[others]).max()
        if len(start.economy) > 1 or not same:
            raise BadInput(f"mean field: states differ in '{name}'; it needs states alike (scenario=homogeneous)")
        if name in ("rivalry", "pact", "clock_period") and figures[others].any():
            raise BadInput(f"mean field: needs states without rivalry, pacts and elections, but '{name}' is not zero")
    for name in ("drag", "differential"):
        if row[name][0] > 0.0:
            raise BadInput(f"mean field: growth.{name} must be 0, or economies drift and nothing settles")

"""Planted data with known answers, and what it takes to cover them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

SHARE, CONDUCT = "hegemon.capability_share", "hegemon.unilateralism"
REPLICATIONS = 200


def check_coverage(what: str, covers: Callable[[np.random.Generator], bool | dict[str, bool]],
                   replications: int = REPLICATIONS, rate: float = 0.95) -> None:  # fmt: skip
    """Fail where an interval covers the planted value less often than stated, beyond sampling error (one in 500).

    covers : one replication: whether the interval covers, or that for several intervals by name
    """
    rng = np.random.default_rng(2026)
    found = pd.DataFrame([r if isinstance(r, dict) else {"": r} for r in (covers(rng) for _ in range(replications))])
    floor = stats.binom.ppf(0.002, replications, rate)
    for name, hits in found.astype(int).sum().items():
        assert hits >= floor, f"{what} {name}: covered in {hits} of {replications} replications; {rate:.0%} was stated"


def inside(interval: tuple[float, float, float], truth: float) -> bool:
    return interval[1] <= truth <= interval[2]


def plane(tips_from: np.ndarray, shares: np.ndarray, levels: np.ndarray) -> pd.DataFrame:
    """Worlds that tip at every unilateralism from their own on; tips_from : (C, R) for each share and run."""
    columns, runs = tips_from.shape
    c, u, r = (a.ravel() for a in np.indices((columns, len(levels), runs)))
    return pd.DataFrame({SHARE: shares[c], CONDUCT: levels[u], "run": r, "tipped": levels[u] >= tips_from[c, r]})


def ramp(years: int) -> np.ndarray:
    """Unilateralism from 0 up to 1 and back."""
    return 1.0 - np.abs(1.0 - 2.0 * np.arange(years + 1) / years)


def loop(conduct: np.ndarray, up: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Hard balancing of runs that tip at `up` on the way up and untip at `down` on the way down; (R, T + 1)."""
    turn = int(np.argmax(conduct))
    rising = np.arange(len(conduct)) <= turn
    return np.where(rising, conduct >= up[:, None], conduct >= down[:, None]).astype(float)

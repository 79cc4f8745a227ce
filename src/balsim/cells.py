"""From runs to cells: one row per parameter point, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from balsim.measures import OUTCOMES, PATHS
from balsim.params import STRATEGIES

TRUTHS = ("tipped", "soft_phase", "reversed")
YEARS_OF_EVENTS = ("tick_tipped", "tick_soft")
_TALLIES = ("motive_", "from_", "instrument_")
TALLIES = tuple(name for name in OUTCOMES if name.startswith(_TALLIES))
NUMBERS = tuple(
    name for name in OUTCOMES if name not in (*TRUTHS, *YEARS_OF_EVENTS, *TALLIES, "phase", "path")
)  # fmt: skip
Z95 = 1.959963984540054
RESAMPLES = 500
_CHUNK = 64  # points resampled at a time: bounds memory, changes no number


def cells(runs: pd.DataFrame, axes: list[str], seed: int) -> pd.DataFrame:
    """One row per parameter point, in the order in which the points first appear in `runs`.

    runs : a row per world: columns `axes`, `run`, and `measures.OUTCOMES`; axes : swept keys, none for a single point
    seed : of the bootstrap, so that the same runs give the same intervals

    Columns: `axes`; `n` runs; share of runs and 95 % Wilson interval (`_low`, `_high`) of `tipped`, `soft_phase`,
    `reversed` and every `path_<name>`; `phase`, the most frequent phase, and `phase_share`, its share of runs;
    mean year of events over the runs in which they happened (NaN in none); mean and 95 % percentile-bootstrap
    interval of numeric outcomes (NaN for a single run); means of motives, transitions and instruments.
    A row depends on the runs of its point only. Equal frequencies of phases go to the first on the menu.
    """
    codes, points = _points(runs, axes)
    order = np.lexsort((runs["run"].to_numpy(), codes))
    counts = np.bincount(codes, minlength=len(points))
    ends = np.cumsum(counts)
    blocks = [order[end - count : end] for end, count in zip(ends, counts, strict=True)]
    columns: dict[str, np.ndarray] = {"n": counts}
    for name in TRUTHS:
        columns |= _share(name, runs[name].to_numpy(dtype=bool), codes, counts)
    path = runs["path"].astype(str).to_numpy()
    for name in PATHS:
        columns |= _share(f"path_{name}", path == name, codes, counts)
    phase = runs["phase"].astype(str).to_numpy()
    hits = np.stack([np.bincount(codes[phase == name], minlength=len(points)) for name in STRATEGIES])
    columns["phase"] = np.array(STRATEGIES, dtype=object)[hits.argmax(axis=0)]
    columns["phase_share"] = hits.max(axis=0) / counts
    for name in YEARS_OF_EVENTS:
        columns[name] = _mean_where_known(runs[name].to_numpy(dtype=float), codes, len(points))
    means, low, high = _numbers(runs[list(NUMBERS)].to_numpy(dtype=float), blocks, seed)
    for k, name in enumerate(NUMBERS):
        columns |= {name: means[:, k], f"{name}_low": low[:, k], f"{name}_high": high[:, k]}
    tallies = runs[list(TALLIES)].to_numpy(dtype=float)
    sums = np.stack([tallies[rows].sum(axis=0) for rows in blocks]) if blocks else np.empty((0, len(TALLIES)))
    columns |= {name: sums[:, k] / counts for k, name in enumerate(TALLIES)}
    return pd.concat([points, pd.DataFrame(columns)], axis=1)


def wilson(hits: np.ndarray | float, n: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """95 % score interval of a proportion of `hits` in `n` > 0 trials; lies in [0, 1], and never has zero width.

    Source: Wilson 1927; recommended for small n by Brown, Cai & DasGupta 2001.
    """
    hits, n = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    share, z2 = hits / n, Z95 * Z95
    centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n)
    half = Z95 / (1.0 + z2 / n) * np.sqrt(share * (1.0 - share) / n + z2 / (4.0 * n * n))
    # At the ends the bounds are exact; rounding would leave 1e-17 or so.
    low = np.where(hits == 0.0, 0.0, np.clip(centre - half, 0.0, 1.0))
    return low, np.where(hits == n, 1.0, np.clip(centre + half, 0.0, 1.0))


def _points(runs: pd.DataFrame, axes: list[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Number of the point of each row, and the distinct points."""
    if not axes:
        return np.zeros(len(runs), dtype=np.int64), pd.DataFrame(index=pd.RangeIndex(1 if len(runs) else 0))
    grouped = runs.groupby(axes, sort=False, dropna=False, observed=True)
    points = runs[axes].drop_duplicates().reset_index(drop=True)
    return grouped.ngroup().to_numpy(), points


def _share(name: str, truth: np.ndarray, codes: np.ndarray, counts: np.ndarray) -> dict[str, np.ndarray]:
    hits = np.bincount(codes[truth], minlength=len(counts))
    low, high = wilson(hits, counts)
    return {name: hits / counts, f"{name}_low": low, f"{name}_high": high}


def _mean_where_known(values: np.ndarray, codes: np.ndarray, points: int) -> np.ndarray:
    known = ~np.isnan(values)
    happened = np.bincount(codes[known], minlength=points)
    total = np.bincount(codes[known], weights=values[known], minlength=points)
    return np.divide(total, happened, out=np.full(points, np.nan), where=happened > 0)


def _numbers(values: np.ndarray, blocks: list[np.ndarray], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means and bootstrap bounds; values : (rows, K); blocks : rows of each point. Returns three arrays (points, K)."""
    means, low, high = (np.full((len(blocks), values.shape[1]), np.nan) for _ in range(3))
    for n in sorted({len(rows) for rows in blocks}):
        same = [k for k, rows in enumerate(blocks) if len(rows) == n]
        weights = _weights(seed, n)
        for first in range(0, len(same), _CHUNK):
            chunk = same[first : first + _CHUNK]
            sample = np.stack([values[blocks[k]] for k in chunk])
            means[chunk] = sample.mean(axis=1)
            if n > 1:
                low[chunk], high[chunk] = np.quantile(weights @ sample, (0.025, 0.975), axis=1)
    return means, low, high


def _weights(seed: int, n: int) -> np.ndarray:
    """(RESAMPLES, n): how often each run is drawn, over n. The same for all points of n runs."""
    drawn = np.random.default_rng([seed, n]).multinomial(n, np.full(n, 1.0 / n), size=RESAMPLES)
    return drawn / n

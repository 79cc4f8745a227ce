"""Two stored designs side by side, paired where they share random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from balsim.config import sweepable
from balsim.params import BadInput

if TYPE_CHECKING:
    from balsim.runner import Results


def compare(first: Results, second: Results) -> pd.DataFrame:
    """Mean of every numeric outcome in both designs and the difference (second − first) with a 95 % interval.

    Points are matched on the swept keys that both tables have and that vary in at least one of them: a key that each
    holds constant, at different values say, is the treatment. Runs of one number share their random numbers at all
    points, so outcomes are first averaged over the points of a run, and the runs are the sample. With the same seed
    the runs are paired (t interval of the differences), else they are independent (Welch).

    Returns columns outcome, first, second, difference, low, high; ``attrs["basis"]`` says what was compared.
    Raises BadInput where no point or run is common to both.
    """
    left, right = _matched(first.runs, second.runs)
    paired = first.manifest["seed"] == second.manifest["seed"]
    if paired:
        common = left.index.intersection(right.index)
        if common.empty:
            raise BadInput("the two designs have no run in common")
        left, right = left.loc[common], right.loc[common]
    rows = []
    for outcome in [c for c in left.columns if c in right.columns]:
        a, b = left[outcome].dropna(), right[outcome].dropna()
        if paired:
            low, high = _interval(right[outcome].sub(left[outcome]).dropna().to_numpy())
        else:
            low, high = _independent(a.to_numpy(), b.to_numpy())
        rows.append((outcome, a.mean(), b.mean(), b.mean() - a.mean(), low, high))
    table = pd.DataFrame(rows, columns=["outcome", "first", "second", "difference", "low", "high"])
    how = "paired, the same random numbers" if paired else "independent, the seeds differ"
    table.attrs["basis"] = f"{len(left)} runs ({how})"
    return table


def _matched(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per run, the means of the numeric outcomes over the points that both tables have."""
    shared = [c for c in first.columns if c in second.columns and sweepable(c)]
    keys = [c for c in shared if first[c].nunique(dropna=False) > 1 or second[c].nunique(dropna=False) > 1]
    if keys:
        points = first[keys].drop_duplicates().merge(second[keys].drop_duplicates(), on=keys)
        if points.empty:
            raise BadInput(f"the two designs have no point in common on {', '.join(keys)}")
        first, second = first.merge(points, on=keys), second.merge(points, on=keys)
    return _by_run(first), _by_run(second)


def _by_run(runs: pd.DataFrame) -> pd.DataFrame:
    numeric = [c for c in runs.columns if c != "run" and not sweepable(c) and pd.api.types.is_numeric_dtype(runs[c])]
    return runs[numeric].astype(float).groupby(runs["run"]).mean()


def _interval(differences: np.ndarray) -> tuple[float, float]:
    """95 % t interval of a mean; undefined (NaN) for fewer than two runs."""
    if len(differences) < 2:
        return np.nan, np.nan
    half = stats.t.ppf(0.975, len(differences) - 1) * differences.std(ddof=1) / np.sqrt(len(differences))
    return differences.mean() - half, differences.mean() + half


def _independent(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """95 % Welch interval of the difference of two means (b − a)."""
    if len(a) < 2 or len(b) < 2:
        return np.nan, np.nan
    difference = b.mean() - a.mean()
    if a.std() == 0.0 and b.std() == 0.0:
        return difference, difference
    found = stats.ttest_ind(b, a, equal_var=False).confidence_interval(0.95)
    return found.low, found.high

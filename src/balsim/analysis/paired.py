"""Paired contrasts: what one change does to the same worlds, and how much the pairing is worth.

Rows with the same `run` share every random number, whatever their parameters. The effect of a change is therefore
the mean difference within runs. Unpaired means: as if the two arms had been run with different random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from balsim.params import BadInput, nearest


class Effect(NamedTuple):
    """Mean difference, other minus base, over n pairs of worlds.

    low, high : bounds of the paired interval; unpaired_low, unpaired_high : of the interval that ignores the pairing
    gain : width of the unpaired over width of the paired interval (1 where neither has any width)
    """

    n: int
    effect: float
    low: float
    high: float
    unpaired_low: float
    unpaired_high: float
    gain: float

    @property
    def sign(self) -> int:
        """1 or −1 where the paired interval leaves out zero, else 0."""
        return int(self.low > 0.0) - int(self.high < 0.0)


def effect(base: np.ndarray, other: np.ndarray, level: float = 0.95) -> Effect:
    """Effect of `other` against `base`, world by world.

    base, other : (n,) outcomes of the same runs, n ≥ 2; truths (only 0 and 1) get score intervals, which keep a width
    where no world differs; numbers get Student's t.
    Source: Newcombe 1998, method 10, for paired shares; Student 1908. Raises BadInput for fewer than two pairs.
    """
    base, other = np.asarray(base, dtype=float), np.asarray(other, dtype=float)
    if base.shape != other.shape or base.size < 2:
        raise BadInput(f"a paired contrast needs at least two pairs of runs, not {base.size} and {other.size}")
    if np.isin(base, (0.0, 1.0)).all() and np.isin(other, (0.0, 1.0)).all():
        paired, apart = _shares(base, other, level)
    else:
        paired, apart = _numbers(base, other, level)
    width, unpaired = paired[1] - paired[0], apart[1] - apart[0]
    gain = unpaired / width if width > 0.0 else (np.inf if unpaired > 0.0 else 1.0)
    return Effect(base.size, float((other - base).mean()), *paired, *apart, float(gain))


def contrast(table: pd.DataFrame, arm: str, base: Any, other: Any, outcome: str, within: Sequence[str] = (),
             level: float = 0.95) -> pd.DataFrame:  # fmt: skip
    """A row per combination of the keys `within`: effect on `outcome` of `arm` being `other` instead of `base`.

    table : a row per world, with `run`; every run must be there under both arms
    level : of each interval; see `simultaneous` for verdicts on many cells
    Raises BadInput for a missing column or arm, or runs that do not match.
    """
    cells = matched(table, arm, base, other, outcome, within)
    rows = [{**dict(zip(within, _tuple(where), strict=True)), **effect(b, o, level)._asdict()}
            for where, (b, o) in cells.items()]  # fmt: skip
    return pd.DataFrame(rows)


def pooled(table: pd.DataFrame, arm: str, base: Any, other: Any, outcome: str, within: Sequence[str] = (),
           level: float = 0.95) -> Effect:  # fmt: skip
    """Effect on the mean of `outcome` over all combinations of the keys `within`.

    Cells share random numbers, so they are no independent evidence: each run is averaged over the cells first, and
    the interval is over runs. Raises BadInput as `contrast`.
    """
    cells = matched(table, arm, base, other, outcome, within).values()
    lengths = {len(b) for b, _ in cells}
    if len(lengths) > 1:
        raise BadInput("pooling needs the same runs in every cell")
    return effect(np.mean([b for b, _ in cells], axis=0), np.mean([o for _, o in cells], axis=0), level)


def simultaneous(cells: int, level: float = 0.95) -> float:
    """Level of each of so many intervals at which all of them hold together with `level` at least (Bonferroni)."""
    return 1.0 - (1.0 - level) / max(1, cells)


def matched(table: pd.DataFrame, arm: str, base: Any, other: Any, outcome: str, within: Sequence[str] = ()
            ) -> Mapping[Any, tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """For each combination of `within`, the outcomes under both arms, run by run."""
    for name in (arm, outcome, "run", *within):
        if name not in table:
            raise BadInput(f"the table has no column '{name}'{nearest(name, map(str, table.columns))}")
    found = {}
    for value in (base, other):
        rows = table[table[arm] == value]
        if rows.empty:
            raise BadInput(f"{arm}: no world with {value}; there are {', '.join(map(str, table[arm].unique()))}")
        groups = rows.groupby(list(within), observed=True, sort=False) if within else [((), rows)]
        found[value] = {where: group.set_index("run")[outcome].sort_index() for where, group in groups}
    cells = {}
    for where, first in found[base].items():
        second = found[other].get(where)
        if second is None or not first.index.is_unique or not first.index.equals(second.index):
            raise BadInput(f"{arm}: the runs under {base} and {other} are not the same; give the axes in `within`")
        cells[where] = (first.to_numpy(dtype=float), second.to_numpy(dtype=float))
    return cells


def _tuple(where: Any) -> tuple[Any, ...]:
    return where if isinstance(where, tuple) else (where,)


Bounds = tuple[float, float]


def _numbers(base: np.ndarray, other: np.ndarray, level: float) -> tuple[Bounds, Bounds]:
    """Student's t over differences; Welch's t over independent arms."""
    n, centre = base.size, float((other - base).mean())
    half = stats.t.ppf(0.5 + level / 2.0, n - 1) * (other - base).std(ddof=1) / np.sqrt(n)
    parts = np.array([base.var(ddof=1), other.var(ddof=1)]) / n
    degrees = parts.sum() ** 2 / (parts**2).sum() * (n - 1) if parts.sum() > 0.0 else n - 1
    apart = stats.t.ppf(0.5 + level / 2.0, degrees) * np.sqrt(parts.sum())
    return (centre - float(half), centre + float(half)), (centre - float(apart), centre + float(apart))


def _shares(base: np.ndarray, other: np.ndarray, level: float) -> tuple[Bounds, Bounds]:
    """Score intervals of a difference of shares: with the correlation of the pairs, and with none."""
    n = base.size
    both, neither = float(base @ other), float((1.0 - base) @ (1.0 - other))
    only_base, only_other = float(base @ (1.0 - other)), float((1.0 - base) @ other)
    margins = (both + only_base) * (neither + only_other) * (both + only_other) * (neither + only_base)
    excess = both * neither - only_base * only_other
    # The correction guards against overrating a positive correlation in few pairs.
    excess = max(excess - n / 2.0, 0.0) if excess > 0.0 else excess
    correlation = excess / np.sqrt(margins) if margins > 0.0 else 0.0
    first, second = _score(base.mean(), n, level), _score(other.mean(), n, level)
    p, q = float(base.mean()), float(other.mean())

    def bounds(phi: float) -> Bounds:
        below, above = q - second[0], first[1] - p
        low = q - p - np.sqrt(max(0.0, below**2 - 2.0 * phi * below * above + above**2))
        below, above = p - first[0], second[1] - q
        high = q - p + np.sqrt(max(0.0, below**2 - 2.0 * phi * below * above + above**2))
        return max(-1.0, float(low)), min(1.0, float(high))

    return bounds(correlation), bounds(0.0)


def _score(share: float, n: int, level: float) -> Bounds:
    """Wilson's interval of one share."""
    z = stats.norm.ppf(0.5 + level / 2.0)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n * n))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))

"""Fixed points of the mean field, their stability, and the folds at which they appear and vanish.

The map of a year and what it leaves out stand in `mean_field_map`. A fixed point is a set of shares to which states
reply, once all else has settled, with the same shares. Stability is that of the whole yearly map, memory, arms, ties
and legitimacy included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from scipy import optimize

from balsim.analysis.mean_field_map import Law, MeanField, S

_SAME = 1e-4  # fixed points nearer than this are one
_EXACT = 1e-9  # largest residual of a fixed point


class FixedPoint(NamedTuple):
    """Where the mean field stays.

    at : value of the parameter that was varied (NaN where none was); shares : (S,) of states in each strategy
    law : see `Law`; radius : spectral radius of the yearly map there, below 1 where the point is stable
    """

    at: float
    shares: np.ndarray
    law: Law
    radius: float

    @property
    def stable(self) -> bool:
        """Whether small disturbances die away."""
        return self.radius < 1.0


class Branch(NamedTuple):
    """Fixed points followed along a parameter, and the values of it at which the branch turns back."""

    points: list[FixedPoint]
    folds: list[float]


def slope(field: MeanField, law: Law, step: float = 1e-6) -> np.ndarray:
    """Jacobian of the yearly map at a law, by differences, in the coordinates of `Law.flat`.

    Intentions follow the issues alone, so that their part of the map stands by itself; threat has no derivative by
    them where they are zero, and none is needed.
    """
    x = law.flat()
    by_itself = len(x) - 3
    jacobian, here = np.zeros((len(x), len(x))), field.year(law).flat()
    # Moments and ties are symmetric: half of the columns are copies of the other half.
    first = np.arange(len(x))
    first[: S * 36] = np.minimum(first[: S * 36], first[: S * 36].reshape(S, 6, 6).transpose(0, 2, 1).ravel())
    first[S * 36 : -3] = np.minimum(first[S * 36 : -3], first[S * 36 : -3].reshape(S, S).T.ravel())
    for k in range(len(x)):
        if first[k] < k:
            jacobian[:, k] = jacobian[:, first[k]]
        elif k != by_itself:
            change = np.zeros(len(x))
            change[k] = step
            jacobian[:, k] = (field.year(Law.of_flat(x + change)).flat() - here) / step
    jacobian[by_itself, by_itself] = field.expected_reading(1.0) - field.expected_reading(0.0)
    return jacobian


def spectral_radius(field: MeanField, law: Law) -> float:
    """Largest modulus of the eigenvalues of the yearly map at a law."""
    return float(np.abs(np.linalg.eigvals(slope(field, law))).max())


def fixed_points(field: MeanField, at: float = np.nan, guesses: Sequence[np.ndarray] = ()) -> list[FixedPoint]:
    """All fixed points that many starts find, by their share of hard balancing.

    Starts: `guesses`, every strategy alone, every two mixed 3:7 and 7:3, all alike; each as it is and after some
    damped steps of reply. The search cannot prove that there are no more.
    """
    found: list[np.ndarray] = []
    for guess in [*guesses, *_starts(field)]:
        near = guess
        for _ in range(15):
            near = 0.7 * near + 0.3 * field.reply(near)
        for start in (near, guess):
            if any(np.abs(start - known).max() < 0.01 for known in found):
                continue
            shares = _solved(field, start)
            if shares is not None and all(np.abs(shares - known).max() > _SAME for known in found):
                found.append(shares)
    return sorted((_point(field, shares, at) for shares in found), key=lambda point: point.shares[0])


def _starts(field: MeanField) -> list[np.ndarray]:
    pure = [row for k, row in enumerate(np.eye(S)) if (field.p.menu >> k) & 1]
    mixed = [part * a + (1.0 - part) * b for a, b in combinations(pure, 2) for part in (0.3, 0.7)]
    return [*pure, *mixed, np.mean(pure, axis=0)]


def _solved(field: MeanField, start: np.ndarray) -> np.ndarray | None:
    solution = optimize.root(lambda x: field.reply(x) - x, start, method="hybr", options={"xtol": 1e-12})
    shares = np.maximum(solution.x, 0.0) / max(np.maximum(solution.x, 0.0).sum(), _SAME)
    return shares if shares.sum() > 0.5 and np.abs(field.reply(shares) - shares).max() < _EXACT else None


def _point(field: MeanField, shares: np.ndarray, at: float) -> FixedPoint:
    law = field.settled(shares)
    return FixedPoint(at, shares, law, spectral_radius(field, law))


def branches(make: Callable[[float], MeanField], low: float, high: float, seeds: int = 3) -> list[Branch]:
    """Branches of fixed points over low ≤ parameter ≤ high, each followed both ways through its folds.

    make : the mean field at a value of the parameter; seeds : at how many values, evenly spread, to look for branches
    """
    found: list[Branch] = []
    for at in np.linspace(low, high, seeds).tolist():
        for point in fixed_points(make(at), at):
            if not any(_lies_on(point, branch, (high - low) / seeds) for branch in found):
                found.append(_followed(make, point, low, high))
    return found


def _lies_on(point: FixedPoint, branch: Branch, reach: float) -> bool:
    """Whether a fixed point lies on a branch already followed: between two neighbours on it, or next to one."""
    for a, b in pairwise(branch.points):
        span = b.at - a.at
        part = (point.at - a.at) / span if abs(span) > 1e-12 else 0.5
        if -0.01 <= part <= 1.01 and abs(span) < reach:
            between = a.shares + np.clip(part, 0.0, 1.0) * (b.shares - a.shares)
            if np.abs(between - point.shares).max() < 0.02:
                return True
    return False


def _followed(make: Callable[[float], MeanField], point: FixedPoint, low: float, high: float) -> Branch:
    ways = [_arc(make, point, low, high, sign) for sign in (-1.0, 1.0)]
    points = [*reversed(ways[0][0]), point, *ways[1][0]]
    return Branch(points, [*reversed(ways[0][1]), *ways[1][1]])


def _arc(make: Callable[[float], MeanField], point: FixedPoint, low: float, high: float, sign: float,
         most: int = 150) -> tuple[list[FixedPoint], list[float]]:  # fmt: skip
    """Pseudo-arclength continuation one way, until the parameter leaves its range (Keller 1977)."""
    width = high - low

    @cache
    def field(part: float) -> MeanField:
        return make(low + width * min(max(part, 0.0), 1.0))

    def gap(y: np.ndarray) -> np.ndarray:
        return field(float(y[-1])).reply(y[:-1]) - y[:-1]

    def placed(part: float, shares: np.ndarray) -> FixedPoint:
        return _point(field(part), shares / shares.sum(), low + width * part)

    y = np.append(point.shares, (point.at - low) / width)
    before = tangent = _tangent(gap, y, np.append(np.zeros(S), sign))
    points: list[FixedPoint] = []
    folds: list[float] = []
    stride = 0.02
    for _ in range(most):
        ahead = _step_along(gap, y, tangent, stride)
        while ahead is None and stride > 1e-4:
            stride *= 0.5
            ahead = _step_along(gap, y, tangent, stride)
        if ahead is None:
            break
        if not 0.0 <= ahead[-1] <= 1.0:
            end = float(np.clip(ahead[-1], 0.0, 1.0))
            shares = _solved(field(end), np.maximum(ahead[:-1], 0.0))
            if shares is not None:
                points.append(placed(end, shares))
            break
        before, tangent = tangent, _tangent(gap, ahead, tangent)
        if before[-1] * tangent[-1] < 0.0:
            folds.append(low + width * _turn(gap, y, before, float(np.linalg.norm(ahead - y))))
        y, stride = ahead, min(1.5 * stride, 0.04)
        points.append(placed(float(y[-1]), y[:-1]))
    return points, folds


def _turn(gap: Callable[[np.ndarray], np.ndarray], y: np.ndarray, tangent: np.ndarray, stride: float) -> float:
    """The parameter where a branch turns back between y and the point `stride` further on, by halving."""
    near, far, at = 0.0, stride, float(y[-1])
    for _ in range(8):
        middle = _step_along(gap, y, tangent, 0.5 * (near + far))
        if middle is None:
            break
        at = float(middle[-1])
        if _tangent(gap, middle, tangent)[-1] * tangent[-1] > 0.0:
            near = 0.5 * (near + far)
        else:
            far = 0.5 * (near + far)
    return at


def _derivative(gap: Callable[[np.ndarray], np.ndarray], y: np.ndarray, step: float = 1e-7) -> np.ndarray:
    """(S, S + 1) derivatives; that by the parameter is taken inwards, which stays within its range."""
    columns = []
    for k in range(len(y)):
        change = np.zeros(len(y))
        change[k] = step if y[k] < 0.5 else -step
        columns.append((gap(y + change) - gap(y)) / change[k])
    return np.array(columns).T


def _tangent(gap: Callable[[np.ndarray], np.ndarray], y: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Direction in which the branch goes on from y, on the side of `before`."""
    along = np.linalg.svd(_derivative(gap, y))[2][-1]
    return along if along @ before >= 0.0 else -along


def _step_along(gap: Callable[[np.ndarray], np.ndarray], y: np.ndarray, tangent: np.ndarray,
                stride: float) -> np.ndarray | None:  # fmt: skip
    """The point of the branch at arc length `stride` from y, by Newton's method; None where that fails."""
    start = y + stride * tangent
    now = start.copy()
    for _ in range(6):
        residual = np.append(gap(now), tangent @ (now - start))
        if np.abs(residual).max() < 1e-10:
            return now if np.linalg.norm(now - y) < 2.0 * stride else None
        now = now - np.linalg.solve(np.vstack([_derivative(gap, now), tangent]), residual)
        if not np.isfinite(now).all() or np.linalg.norm(now - start) > 2.0 * stride:
            return None
    return None

"""What is left of a hysteresis loop when the ramp is infinitely slow.

Lag leaves an area that vanishes with the length of the ramp, as 1/years for a system that relaxes at a fixed rate,
as years^(−2/3) for one that slows down near a fold (Jung, Gray & Roy 1990, Phys. Rev. Lett. 65), and as years^(−1/2)
under noise alone. So areas at several lengths are fitted by a + b·years^(−p) with p anywhere in `POWERS`, and what is
not known of b and p goes into the interval of a. The law holds for slow ramps only (on a fast one the system has no
time to tip at all): lengths up to that of the largest area are left out, then the shortest ones while the fit is poor
or ends below zero, where no infinitely slow loop can be. In a system of few states noise ends every alignment in time:
an area that is left says that alignments last long compared with the ramps that were run, not for ever.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from balsim.analysis.intervals import TAIL, Interval
from balsim.params import BadInput

POWERS = np.linspace(0.5, 2.0, 61)
LEAST = 4
_POOR_FIT = 0.01


class Extrapolation(NamedTuple):
    """area : a, with its 95 % interval; slope : b; power : p of the best fit; fit_p : p-value of lack of fit.

    shortest : length from which on ramps were used
    """

    area: Interval
    slope: float
    power: float
    fit_p: float
    shortest: float

    @property
    def fits(self) -> bool:
        """Whether the areas follow the curve, as far as they can tell."""
        return self.fit_p >= _POOR_FIT

    def at(self, years: np.ndarray) -> np.ndarray:
        """The best fit's area at ramps of the given lengths."""
        return self.area.estimate + self.slope * np.asarray(years, dtype=float) ** -self.power


def extrapolate(years: np.ndarray, areas: np.ndarray, powers: np.ndarray = POWERS) -> Extrapolation:
    """Fit mean areas over runs by a + b·years^(−p) and give the profile-likelihood interval of a.

    years : (L,) lengths of the ramp, at least four; areas : (R, L) of the same R > L runs at each length. Generalised
    least squares with the covariance of the means over runs, so that common random numbers count for what they are.
    Raises BadInput for too few lengths or runs.
    """
    years, areas = np.asarray(years, dtype=float), np.asarray(areas, dtype=float)
    if len(np.unique(years)) < LEAST or len(areas) <= len(years) + 1:
        raise BadInput(f"an extrapolation needs at least {LEAST} lengths and more runs than lengths, not {len(years)} "
                       f"lengths and {len(areas)} runs")  # fmt: skip
    order = np.argsort(years)
    years, areas = years[order], areas[:, order]
    first = min(_peak(areas), len(years) - LEAST)
    found = _fit(years[first:], areas[:, first:], powers)
    while (not found.fits or found.area.high < 0.0) and first < len(years) - LEAST:
        first += 1
        found = _fit(years[first:], areas[:, first:], powers)
    return found


def _peak(areas: np.ndarray) -> int:
    """Column of the largest mean area, where it surely exceeds that of the shortest ramp, else 0."""
    peak = int(np.argmax(areas.mean(axis=0)))
    rise = areas[:, peak] - areas[:, 0]
    error = rise.std(ddof=1) / np.sqrt(len(rise))
    return peak if rise.mean() > 3.0 * error else 0


def _fit(years: np.ndarray, areas: np.ndarray, powers: np.ndarray) -> Extrapolation:
    """The fit over given lengths, in rising order."""
    runs, lengths = areas.shape
    mean = areas.mean(axis=0)
    covariance = np.cov(areas.T) / runs
    if np.trace(covariance) == 0.0 and np.ptp(mean) == 0.0:
        return Extrapolation(Interval(float(mean[0]), float(mean[0]), float(mean[0])), 0.0, 1.0, 1.0, float(years[0]))
    # A length at which nothing ever moves has no variance; a trace of it keeps the weights finite.
    covariance += np.eye(lengths) * 1e-9 * max(float(np.trace(covariance)), 1e-12)
    root = np.linalg.cholesky(covariance)
    target = np.linalg.solve(root, mean)
    fits = []
    for power in powers:
        basis = np.linalg.solve(root, np.column_stack([np.ones(lengths), (years / years.min()) ** -power]))
        inverse = np.linalg.inv(basis.T @ basis)
        (a, b), spread = inverse @ basis.T @ target, inverse[0, 0]
        rest = target - basis @ np.array([a, b])
        fits.append((a, b * years.min() ** power, spread, float(rest @ rest)))
    a, b, spread, misfit = np.array(fits).T
    best = int(np.argmin(misfit))
    # Hotelling: the covariance is estimated, so the drop in misfit is compared with F and not with chi-squared.
    limit = stats.f.ppf(1 - 2 * TAIL, 1, runs - lengths)
    room = limit - (misfit - misfit[best])
    kept = room >= 0.0
    reach = np.sqrt(spread[kept] * room[kept])
    degrees = lengths - 3
    scaled = misfit[best] * (runs - degrees) / ((runs - 1) * degrees)
    return Extrapolation(
        Interval(float(a[best]), float((a[kept] - reach).min()), float((a[kept] + reach).max())),
        float(b[best]), float(powers[best]), float(stats.f.sf(scaled, degrees, runs - degrees)), float(years[0]),
    )  # fmt: skip

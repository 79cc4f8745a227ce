"""Lag vanishes in the extrapolation, hysteresis stays, and neither is taken for the other."""

from __future__ import annotations

import numpy as np
import pytest
from planted_tables import check_coverage, inside

from balsim.analysis.hysteresis import HYSTERESIS, verdict
from balsim.analysis.ramp_speed import extrapolate
from balsim.params import BadInput

YEARS = np.array([100, 200, 400, 800, 1600, 3200])


def areas(rng: np.random.Generator, left: float, power: float, runs: int = 60) -> np.ndarray:
    """Loop areas whose mean is left + 0.5·(years/100)^(−power); runs are alike at all lengths, slower ones quieter."""
    own, noise = rng.standard_normal((runs, 1)), rng.standard_normal((runs, len(YEARS)))
    return left + 0.5 * (YEARS / 100) ** -power + (0.05 * own + 0.08 * noise) * (YEARS / 100) ** -0.3


@pytest.mark.parametrize("power", [0.5, 2 / 3, 1.0])
@pytest.mark.parametrize("left", [0.0, 0.15])
def test_what_is_left_at_infinitely_slow_ramps_is_covered(left: float, power: float) -> None:
    check_coverage(f"area {left} left, power {power:.2g}",
                   lambda rng: inside(extrapolate(YEARS, areas(rng, left, power)).area, left))  # fmt: skip


@pytest.mark.parametrize("power", [2 / 3, 1.0])
def test_a_reversible_control_that_only_lags_is_not_called_hysteresis(power: float) -> None:
    """At the fastest ramp its loop has an area of a half."""
    check_coverage("lag only", lambda rng: verdict(extrapolate(YEARS, areas(rng, 0.0, power)).area) != HYSTERESIS)


def test_hysteresis_that_stays_is_found() -> None:
    rng = np.random.default_rng(7)
    found = sum(verdict(extrapolate(YEARS, areas(rng, 0.15, 1.0)).area) == HYSTERESIS for _ in range(100))
    assert found >= 90, f"a planted area of 0.15 was called hysteresis in {found} of 100 replications only"


def test_pure_noise_extrapolates_to_nothing() -> None:
    check_coverage("noise", lambda rng: inside(extrapolate(YEARS, 0.2 * rng.standard_normal((50, 6))).area, 0.0))


def test_ramps_too_fast_to_tip_on_are_left_out() -> None:
    """The two fastest have small areas because nothing has time to happen."""
    data = areas(np.random.default_rng(8), 0.0, 1.0)
    data[:, 0] *= 0.1
    fit = extrapolate(YEARS, data)
    assert fit.shortest >= 200 and verdict(fit.area) != HYSTERESIS


def test_areas_that_follow_no_power_are_said_not_to_fit() -> None:
    data = 0.3 + 0.001 * np.random.default_rng(9).standard_normal((50, 4)) + np.array([0.2, 0.0, 0.2, 0.0])
    assert not extrapolate(YEARS[:4], data).fits


def test_a_loop_that_never_opens_has_no_area_left() -> None:
    fit = extrapolate(YEARS, np.zeros((20, 6)))
    assert fit.area == (0.0, 0.0, 0.0) and fit.fits


def test_too_few_lengths_or_runs_are_refused() -> None:
    with pytest.raises(BadInput, match="at least 4 lengths"):
        extrapolate(YEARS[:3], np.zeros((20, 3)))
    with pytest.raises(BadInput, match="more runs than lengths"):
        extrapolate(YEARS, np.zeros((5, 6)))

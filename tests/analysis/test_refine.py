"""Refinement finds the band of the full grid from a third of its worlds or fewer."""

from __future__ import annotations

import numpy as np
import pytest
from planted_tables import CONDUCT, SHARE

import balsim
from balsim.analysis.refine import refine, search
from balsim.analysis.tipping_line import band, tipping_line
from balsim.params import BadInput

LEVELS = np.round(np.linspace(0, 1, 21), 12)
SHARES = np.linspace(0.15, 0.75, 21)


def planted(rng: np.random.Generator, shape: str, runs: int) -> np.ndarray:
    """(C, U) worlds that tip; runs share their random numbers."""
    line = {"bowl": 0.5 + 12 * (SHARES - 0.45) ** 2, "slope": 1.1 - 1.2 * SHARES, "step": 0.3 + (SHARES > 0.4) * 0.5,
            "none": np.full(21, 5.0), "all": np.full(21, -5.0)}[shape]  # fmt: skip
    own = 0.12 * rng.standard_normal(runs) + 0.02 * rng.standard_normal((21, runs))
    return ((line[:, None] + own)[:, None, :] <= LEVELS[None, :, None]).sum(axis=2)


@pytest.mark.parametrize("shape", ["bowl", "slope", "step", "none", "all"])
def test_the_refined_band_is_that_of_the_full_grid_at_a_third_of_its_worlds(shape: str) -> None:
    hits = planted(np.random.default_rng(4), shape, 100)
    known = search(lambda cells: np.array([hits[c, u] for c, u in cells]), 21, LEVELS, 100)
    for c in range(21):
        at = sorted(known[c])
        assert band(LEVELS[at], hits[c, at], np.full(len(at), 100)) == band(LEVELS, hits[c], np.full(21, 100)), c
    cost = sum(map(len, known)) / hits.size
    assert cost <= 1 / 3, f"{shape}: refinement took {cost:.0%} of the full grid"


def test_a_wider_band_costs_fewer_worlds_and_is_no_wider_than_asked() -> None:
    fine = np.round(np.linspace(0, 1, 81), 12)
    tips = 0.55 + 0.05 * np.random.default_rng(5).standard_normal(200)
    hits = (tips[None] <= fine[:, None]).sum(axis=1)
    cost = {}
    for width in (0.0, 0.2):
        known = search(lambda cells: np.array([hits[u] for _, u in cells]), 1, fine, 200, width)[0]
        at = sorted(known)
        low, high = band(fine[at], hits[at], np.full(len(at), 200))
        assert width == 0.0 or high - low <= width
        cost[width] = len(at)
    assert cost[0.2] < cost[0.0]


def test_on_the_model_a_refined_line_has_the_width_of_the_full_grid(tmp_path) -> None:
    cfg = balsim.compose("experiment=tipping_surface", "runs=20", "years=30", "progress=false", f"out={tmp_path}",
                         "hegemon.land_power=true", "design.axes.share.points=9", "scenario.n_states=7")  # fmt: skip
    full = tipping_line(balsim.run(cfg).runs, SHARE, CONDUCT)
    found = refine(cfg)
    assert found.full == 9 * 21 * 20 and found.worlds == len(found.runs)
    assert found.worlds <= found.full / 3, f"{found.worlds} of {found.full} worlds"
    assert (full["state"] == "within").any(), "this test needs a plane on which something tips"
    widths = [(line["high"] - line["low"]).to_numpy() for line in (found.line, full)]
    assert np.all(np.nan_to_num(widths[0], nan=-1) <= np.nan_to_num(widths[1], nan=-1) + 1e-12)


def test_what_cannot_be_refined_is_refused_in_one_line() -> None:
    with pytest.raises(BadInput, match=r"needs the axis hegemon\.unilateralism"):
        refine(balsim.compose("experiment=hysteresis"))
    with pytest.raises(BadInput, match="fewer than 6"):
        refine(balsim.compose("experiment=tipping_surface", "runs=5"))

"""The tipping line covers a planted line at its stated rate, and finds none where none was planted."""

from __future__ import annotations

import numpy as np
import pytest
from planted_tables import CONDUCT, SHARE, check_coverage, inside, plane

from balsim.analysis.tipping_line import band, describe, falls, tipping_line

LEVELS = np.round(np.linspace(0, 1, 21), 12)
SHARES = np.array([0.2, 0.3, 0.4, 0.5, 0.6])
PLANTED = np.array([np.inf, 0.73, 0.42, 0.65, 1.6])  # tips nowhere at the first and last share


def table(rng: np.random.Generator, runs: int = 60, spread: float = 0.15):
    """Runs share their random numbers over the whole plane, as the model's do."""
    own = spread * rng.standard_normal(runs) + 0.02 * rng.standard_normal((len(SHARES), runs))
    return plane(PLANTED[:, None] + own, SHARES, LEVELS)


@pytest.mark.parametrize("spread", [0.01, 0.15])
def test_the_band_covers_a_planted_line_under_common_random_numbers(spread: float) -> None:
    for k in (1, 2, 3):

        def covers(rng: np.random.Generator, k: int = k) -> bool:
            tips = PLANTED[k] + spread * rng.standard_normal(60)
            return inside((0, *band(LEVELS, (tips[None] <= LEVELS[:, None]).sum(axis=1), np.full(21, 60))), PLANTED[k])

        check_coverage(f"tipping line at share {SHARES[k]}, spread {spread}", covers)


def test_the_band_covers_where_every_world_has_random_numbers_of_its_own() -> None:
    chance = 1 / (1 + np.exp(-12 * (LEVELS - 0.57)))

    def covers(rng: np.random.Generator) -> bool:
        return inside((0, *band(LEVELS, rng.binomial(50, chance), np.full(21, 50))), 0.57)

    check_coverage("tipping line, independent worlds", covers, 400)


def test_the_line_says_where_it_lies_and_where_it_is_out_of_the_plane() -> None:
    line = tipping_line(table(np.random.default_rng(1)), SHARE, CONDUCT)
    assert line["state"].tolist() == ["above", "within", "within", "within", "above"]
    assert np.isinf(line[CONDUCT]).tolist() == [True, False, False, False, True]
    said = " ".join(describe(line, SHARE, CONDUCT))
    assert "soonest at hegemon's capability share 0.4" in said and "0.2, 0.6: no tipping" in said
    always = tipping_line(plane(np.full((1, 40), -1.0), SHARES[:1], LEVELS), SHARE, CONDUCT)
    assert always["state"].tolist() == ["below"] and "tipping at every" in describe(always, SHARE, CONDUCT)[0]


def test_a_line_that_may_touch_the_edge_is_left_undecided() -> None:
    tips = np.where(np.arange(40) % 2 == 0, 0.97, 2.0)[None]
    assert tipping_line(plane(tips, SHARES[:1], LEVELS), SHARE, CONDUCT)["state"].tolist() == ["at the edge"]


def test_a_control_that_never_tips_has_no_tipping_on_this_plane() -> None:
    line = tipping_line(plane(np.full((5, 40), 2.0), SHARES, LEVELS), SHARE, CONDUCT)
    assert (line["state"] == "above").all()
    assert "no tipping on this plane" in describe(line, SHARE, CONDUCT)[0]


def test_pure_noise_below_a_half_is_not_taken_for_a_line() -> None:
    """P(tipped) = 0.2 whatever share and unilateralism: a line inside the plane would be a false alarm."""

    def quiet(rng: np.random.Generator) -> bool:
        return band(LEVELS, rng.binomial(60, 0.2, 21), np.full(21, 60)) == (1.0, np.inf)

    check_coverage("no line in noise", quiet)


def test_with_too_few_runs_nothing_is_claimed() -> None:
    assert band(LEVELS, np.where(LEVELS > 0.5, 5, 0), np.full(21, 5)) == (-np.inf, np.inf)


def test_tipping_that_falls_again_at_high_unilateralism_is_reported() -> None:
    rng = np.random.default_rng(2)
    runs = table(rng)
    back = (runs[CONDUCT] > 0.8) & (runs["run"] % 2 == 0)
    line = tipping_line(runs.assign(tipped=runs["tipped"] & ~back), SHARE, CONDUCT)
    assert line["falls_p"].iloc[2] < 0.001
    assert any("does not describe" in sentence for sentence in describe(line, SHARE, CONDUCT))


def test_a_line_that_does_not_fall_is_seldom_said_to() -> None:
    def quiet(rng: np.random.Generator) -> bool:
        tipped = rng.random((30, 21)) < 1 / (1 + np.exp(-8 * (LEVELS - 0.5)))
        runs = plane(np.zeros((1, 30)), SHARES[:1], LEVELS)
        return falls(runs.assign(tipped=tipped.T.ravel()), CONDUCT) > 0.05

    check_coverage("no fall", quiet)

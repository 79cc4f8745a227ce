"""Paired contrasts: intervals that hold as often as they say, no effect in noise, and a gain from pairing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from balsim.analysis.paired import contrast, effect, pooled, simultaneous
from balsim.params import BadInput

REPLICATIONS = 400


def planted(rng: np.random.Generator, runs: int, by: float, shared: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Two arms whose runs share luck of standard deviation `shared`; the other arm is higher by `by` on average."""
    luck = shared * rng.normal(size=runs)
    return luck + rng.normal(size=runs), luck + rng.normal(size=runs) + by


def truths(rng: np.random.Generator, runs: int, base: float, other: float) -> tuple[np.ndarray, np.ndarray]:
    """Two arms of a truth with the given shares, decided by the same uniform number: fully correlated chance."""
    luck = rng.random(runs)
    return (luck < base).astype(float), (luck < other).astype(float)


def plane(rng: np.random.Generator, by: float = 0.0, runs: int = 30) -> pd.DataFrame:
    """A table of worlds over six cells whose runs share luck, with an arm that adds `by`."""
    luck = rng.normal(size=runs)
    parts = [pd.DataFrame({"cell": cell, "arm": arm, "run": range(runs),
                           "y": luck + rng.normal(size=runs) + by * (arm == "b")})
             for cell in range(6) for arm in "ab"]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def holds_at_its_rate(hits: float, level: float) -> bool:
    """Whether a share of REPLICATIONS that cover is within four standard errors of the level, or above it."""
    return hits >= level - 4.0 * np.sqrt(level * (1.0 - level) / REPLICATIONS)


@pytest.mark.parametrize("runs", [10, 50])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_intervals_of_numbers_cover_a_planted_effect_as_often_as_they_say(runs: int, level: float) -> None:
    rng = np.random.default_rng(3)
    found = [effect(*planted(rng, runs, 0.4), level=level) for _ in range(REPLICATIONS)]
    assert holds_at_its_rate(np.mean([e.low <= 0.4 <= e.high for e in found]), level), "paired intervals are too narrow"
    unpaired = np.mean([e.unpaired_low <= 0.4 <= e.unpaired_high for e in found])
    assert unpaired >= level, "with shared luck the unpaired interval must be too wide, never too narrow"


@pytest.mark.parametrize(("base", "other"), [(0.5, 0.5), (0.3, 0.5), (0.02, 0.1), (0.9, 0.2), (0.0, 0.0), (0.0, 1.0)])
@pytest.mark.parametrize("runs", [20, 100])
def test_intervals_of_shares_cover_a_planted_effect_as_often_as_they_say(base: float, other: float, runs: int) -> None:
    rng = np.random.default_rng(5)
    found = [effect(*truths(rng, runs, base, other)) for _ in range(REPLICATIONS)]
    assert holds_at_its_rate(np.mean([e.low <= other - base <= e.high for e in found]), 0.95)


def test_arms_that_share_no_luck_gain_nothing_from_pairing() -> None:
    rng = np.random.default_rng(7)
    gains = [effect(*planted(rng, 60, 0.0, shared=0.0)).gain for _ in range(100)]
    assert np.median(gains) == pytest.approx(1.0, abs=0.05)


def test_the_gain_is_what_shared_luck_takes_out_of_the_difference() -> None:
    # Variance of a difference: 2(1 + 2²) unpaired, 2·1 paired; the ratio of widths is the root, √5.
    rng = np.random.default_rng(8)
    gains = [effect(*planted(rng, 200, 0.0, shared=2.0)).gain for _ in range(100)]
    assert np.median(gains) == pytest.approx(np.sqrt(5.0), rel=0.05)


def test_a_share_that_no_world_changes_still_has_an_interval_of_some_width() -> None:
    found = effect(np.zeros(30), np.zeros(30))
    assert found.effect == 0.0 and found.low < 0.0 < found.high, "thirty worlds cannot prove that nothing ever happens"
    assert found.sign == 0


def test_pure_noise_shows_no_effect_on_the_plane_or_in_its_cells() -> None:
    rng = np.random.default_rng(11)
    whole, cells = 0, 0
    for _ in range(200):
        table = plane(rng)
        whole += pooled(table, "arm", "a", "b", "y", ["cell"]).sign != 0
        strict = contrast(table, "arm", "a", "b", "y", ["cell"], level=simultaneous(6))
        cells += bool(((strict["low"] > 0) | (strict["high"] < 0)).any())
    allowed = 0.05 + 4.0 * np.sqrt(0.05 * 0.95 / 200)
    assert whole / 200 <= allowed, "an effect over the plane was found in noise too often"
    assert cells / 200 <= allowed, "some cell showed an effect in noise more often than one plane in twenty"


def test_a_planted_effect_is_found_over_the_plane_at_the_stated_rate() -> None:
    rng = np.random.default_rng(12)
    found = [pooled(plane(rng, by=0.6), "arm", "a", "b", "y", ["cell"]) for _ in range(200)]
    assert np.mean([e.low <= 0.6 <= e.high for e in found]) >= 0.95 - 4.0 * np.sqrt(0.95 * 0.05 / 200)
    assert np.mean([e.sign == 1 for e in found]) > 0.95, "an effect of several standard errors was missed"


def test_the_contrast_pairs_by_run_whatever_the_order_of_the_rows() -> None:
    table = plane(np.random.default_rng(13), by=0.2)
    mixed = table.sample(frac=1.0, random_state=1)
    one = contrast(table, "arm", "a", "b", "y", ["cell"]).set_index("cell")
    other = contrast(mixed, "arm", "a", "b", "y", ["cell"]).set_index("cell").loc[one.index]
    assert np.allclose(one, other)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t[~((t["arm"] == "b") & (t["run"] == 3))], "not the same"),
        (lambda t: t[t["arm"] == "a"], "no world with b"),
        (lambda t: t.rename(columns={"y": "x"}), "no column 'y'"),
    ],
)
def test_arms_that_do_not_match_are_refused(change, message: str) -> None:
    table = change(plane(np.random.default_rng(1)))
    with pytest.raises(BadInput, match=message):
        contrast(table, "arm", "a", "b", "y", ["cell"])


def test_one_pair_of_worlds_is_no_evidence() -> None:
    with pytest.raises(BadInput, match="at least two"):
        effect(np.array([1.0]), np.array([2.0]))

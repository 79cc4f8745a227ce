"""Common random numbers: every number belongs to its (seed, run, channel, state, year) and to nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import erfinv, mp, mpf, sqrt

from balsim.shocks import (
    CHOOSE,
    GROWTH,
    ISSUE_CHANNELS,
    ISSUES_PER_YEAR,
    PERCEIVE,
    RECONSIDER,
    STATE_CHANNELS,
    draw,
    stream,
)

pytestmark = pytest.mark.uncompiled
mp.dps = 30

seeds = st.integers(0, 2**63 - 1)
runs = st.integers(0, 2**40)
WORD = 2**64 - 1


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x64-10, from the paper: Salmon, Moraes, Dror & Shaw 2011, section 3.3."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        left, right = 0xD2E7470EE14C6C93 * c0, 0xCA5A826395121157 * c2
        c0, c1, c2, c3 = (right >> 64) ^ c1 ^ k0, right & WORD, (left >> 64) ^ c3 ^ k1, left & WORD
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) & WORD, (k1 + 0xBB67AE8584CAA73B) & WORD
    return [c0, c1, c2, c3]


def number(seed: int, run: int, channel: int, state: int, year: int) -> float:
    """The uniform number of a key: 53 bits of word `year` mod 4 of block 1 + `year` div 4 of its counter."""
    word = philox([1 + year // 4, state, channel, 0], [seed, run])[year % 4]
    return (word >> 11) * 2.0**-53


def test_the_reference_gives_the_known_answer_of_its_authors() -> None:
    """First line for philox4x64 of `kat_vectors` in the authors' Random123 library."""
    known = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert philox([0, 0, 0, 0], [0, 0]) == known


@given(seeds, runs, st.integers(0, 200), st.integers(0, 400), st.integers(0, 13))
def test_streams_are_those_of_the_published_generator(seed: int, run: int, channel: int, state: int, year: int) -> None:
    assert stream(seed, run, channel, state).random(year + 1)[year] == number(seed, run, channel, state, year)


@given(seeds, runs, st.integers(1, 11), st.integers(1, 6))
def test_shocks_are_the_published_generators_numbers(seed: int, run: int, years: int, states: int) -> None:
    found = draw(seed, np.array([run]), years, states)
    assert found.state.shape == (1, years, states, STATE_CHANNELS)
    assert found.issue.shape == (1, years, ISSUES_PER_YEAR, ISSUE_CHANNELS)
    year, state = years - 1, states - 1
    for channel in (RECONSIDER, CHOOSE):
        assert found.state[0, year, state, channel] == number(seed, run, channel, state, year)
    for k in range(ISSUES_PER_YEAR):
        for channel in range(ISSUE_CHANNELS):
            assert found.issue[0, year, k, channel] == number(seed, run, 50 + ISSUE_CHANNELS * k + channel, 0, year)


@given(seeds, runs)
def test_normals_are_uniforms_through_the_inverse_distribution_function(seed: int, run: int) -> None:
    found = draw(seed, np.array([run]), 3, 2)
    for channel in (GROWTH, *range(PERCEIVE, STATE_CHANNELS)):
        for state in range(2):
            u = mpf(number(seed, run, channel, state, 2))
            exact = sqrt(mpf(2)) * erfinv(2 * u - 1)
            assert found.state[0, 2, state, channel] == pytest.approx(float(exact), rel=1e-12, abs=1e-14)


@given(seeds, st.integers(0, 1000), st.integers(1, 9), st.integers(1, 6), st.integers(1, 40), st.integers(1, 20))
def test_more_years_states_or_runs_change_no_number(seed, first, years, states, more_years, more_states) -> None:
    few = draw(seed, range(first + 1, first + 3), years, states)
    many = draw(seed, range(first, first + 4), years + more_years, states + more_states)
    assert (many.state[1:3, :years, :states] == few.state).all(), "the numbers of a state depend on what else is drawn"
    assert (many.issue[1:3, :years] == few.issue).all(), "the numbers of an issue depend on what else is drawn"


@given(seeds, st.lists(st.integers(0, 50), min_size=1, max_size=5, unique=True))
def test_chunks_of_runs_and_their_order_change_no_number(seed: int, chosen: list[int]) -> None:
    together = draw(seed, np.array(chosen), 4, 3)
    for k, run in enumerate(chosen):
        alone = draw(seed, range(run, run + 1), 4, 3)
        assert (alone.state[0] == together.state[k]).all() and (alone.issue[0] == together.issue[k]).all()


def test_seed_run_channel_state_and_year_all_count() -> None:
    found = [draw(seed, range(4), 6, 5) for seed in (0, 1, 2**62)]
    uniforms = np.concatenate(
        [part.ravel() for shocks in found for part in (shocks.state[..., [RECONSIDER, CHOOSE]], shocks.issue)]
    )
    assert np.unique(uniforms).size == uniforms.size, "two keys share a number"
    normal = [GROWTH, *range(PERCEIVE, STATE_CHANNELS)]
    normals = np.concatenate([shocks.state[..., normal].ravel() for shocks in found])
    assert np.unique(normals).size == normals.size


def test_uniforms_fill_the_unit_interval_evenly_and_normals_are_standard() -> None:
    found = draw(3, range(40), 50, 10)  # 20,000 numbers a channel
    for channel in (RECONSIDER, CHOOSE):
        counts = np.histogram(found.state[..., channel], bins=20, range=(0.0, 1.0))[0]
        assert counts.sum() == 20000
        assert ((counts - 1000) ** 2 / 1000).sum() < 43.8, "χ² with 19 degrees of freedom, one in a thousand"
    normal = found.state[..., GROWTH]
    assert abs(normal.mean()) < 4 / np.sqrt(20000) and abs(normal.std() - 1) < 4 / np.sqrt(40000)
    assert np.isfinite(normal).all()

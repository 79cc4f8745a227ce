"""Stationary law and passage times of few states: published numbers, detailed balance, brute force."""

from __future__ import annotations

import numpy as np
import pytest

from balsim.analysis.birth_death import (
    bimodal_from,
    chain,
    logit_chain,
    passage_time,
    peaks,
    stationary_law,
)
from balsim.params import BadInput


def matrix(of) -> np.ndarray:
    return np.diag(1.0 - of.up - of.down) + np.diag(of.up[:-1], 1) + np.diag(of.down[1:], -1)


@pytest.mark.parametrize(
    ("states", "strength"), [(4, 0.608), (6, 0.719), (8, 0.781), (10, 0.820), (20, 0.905), (200, 0.990)]
)
def test_the_stationary_law_turns_bimodal_at_the_published_strength(states, strength):
    at = bimodal_from(states)
    assert at == pytest.approx(strength, abs=6e-4)
    assert peaks(stationary_law(logit_chain(states, 0.98 * at))) == 1
    assert peaks(stationary_law(logit_chain(states, 1.02 * at))) == 2


@pytest.mark.parametrize(
    ("states", "strength", "periods"), [(8, 1.0, 9.30), (8, 1.5, 33.70), (8, 2.0, 195.5), (20, 1.5, 133.3)]
)
def test_mean_passage_from_none_to_a_majority_takes_the_published_time(states, strength, periods):
    found = passage_time(logit_chain(states, strength), 0, states // 2 + 1) / states
    assert found == pytest.approx(periods, rel=5e-4)


def test_the_stationary_law_is_the_left_eigenvector_of_the_transition_matrix():
    of = logit_chain(9, 1.3, 0.2)
    law = stationary_law(of)
    assert law @ matrix(of) == pytest.approx(law, abs=1e-14)
    assert law.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("start", "target"), [(0, 5), (2, 7), (7, 0), (6, 3), (4, 4)])
def test_passage_times_solve_the_whole_linear_system(start, target):
    of = logit_chain(7, 0.9, -0.1)
    p = matrix(of)
    keep = [k for k in range(8) if k != target]
    times = np.linalg.solve(np.eye(7) - p[np.ix_(keep, keep)], np.ones(7))
    expected = 0.0 if start == target else times[keep.index(start)]
    assert passage_time(of, start, target) == pytest.approx(expected, rel=1e-10)


def test_without_interaction_the_law_is_binomial():
    """Control: each is on its own, so that K = 0 gives a fair coin a state, one peak, and no bistability."""
    from scipy.stats import binom

    law = stationary_law(logit_chain(8, 0.0))
    assert law == pytest.approx(binom.pmf(np.arange(9), 8, 0.5), abs=1e-12)
    assert peaks(law) == 1


def test_a_passage_that_is_cut_off_takes_for_ever():
    assert passage_time(chain(4, lambda share: np.zeros_like(share)), 0, 3) == np.inf


def test_what_is_no_chain_is_refused():
    with pytest.raises(BadInput, match="2 states"):
        logit_chain(1, 1.0)
    with pytest.raises(BadInput, match="between 0 and 1"):
        chain(4, lambda share: 1.5 + share)
    with pytest.raises(BadInput, match="between 0 and 4"):
        passage_time(logit_chain(4, 1.0), 0, 5)

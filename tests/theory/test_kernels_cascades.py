"""Closed forms of cascades and social interaction, against the decisions that the shipped code takes.

Expressible: Granovetter's thresholds (1978), Brock and Durlauf's binary choice (2001), and its exact passage times
among few states. With decisiveness 1 and a hegemon far stronger than everybody, what an ally adds is linear in the
number of allies; with memory 1 others' record is what they did last year; costs differ by states' dependence on trade.

A schedule in which one random state a year reconsiders is an input like any other: inertia ½, and the numbers that
decide who reconsiders are drawn to suit.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernels import Table, bare
from scipy import optimize
from scipy.stats import norm
from worlds import Ran

from balsim.analysis import birth_death
from balsim.shocks import RECONSIDER

BARGAIN = 2
TWO = {"theory__menu": ["hard_balance", "bargain"], "theory__decisiveness": 1.0}
FAR = 1e4  # the hegemon's strength over that of all others, at which odds are linear to 1 in 10,000


# ---- Granovetter


def crowd(thresholds: np.ndarray, years: int, **values: object) -> int:
    """How many of a crowd with these thresholds (numbers of others) act in the end, by the shipped code."""
    n, opposing = len(thresholds), len(thresholds) / 2
    enough = np.clip(np.ceil(thresholds), 0, n) + 0.5
    # The odds at half a state more than the threshold: with one fewer joining does not pay, at the threshold it does.
    cost = np.append(0.0, enough / (enough + opposing))
    case = bare(n, opposing, years, start={"trade": cost[None]}, theory__trade=1.0, choice__rationality=1e9,
                **TWO | values)  # fmt: skip
    return round(n * Ran(case).ticks["states_hard_balance"][-1])


def fixed_crowd(thresholds: np.ndarray) -> int:
    """The smallest number of actors that reproduces itself, by counting."""
    acting = 0
    while True:
        now = int(np.sum(thresholds <= acting))
        if now == acting:
            return acting
        acting = now


def test_granovetters_hundred_all_act_and_one_changed_threshold_stops_all_but_one():
    everyone = np.arange(100.0)
    assert crowd(everyone, 105) == 100
    assert crowd(np.where(everyone == 1.0, 2.0, everyone), 105) == 1


def test_a_crowd_that_does_not_see_others_does_not_cascade():
    """Ablation: with memory 0 nobody's record changes."""
    assert crowd(np.arange(100.0), 105, theory__memory=0.0) == 1


@pytest.mark.parametrize("sigma", [0.08, 0.11, 0.12, 0.122, 0.125, 0.13, 0.2])
def test_normal_thresholds_cascade_as_counting_says(sigma):
    """100 states at the quantiles (k + ½)/100 jump between .125 and .13, the continuum at .12222."""
    thresholds = 100.0 * norm.ppf((np.arange(100) + 0.5) / 100.0, 0.25, sigma)
    assert crowd(thresholds, 100) == fixed_crowd(thresholds)
    assert (crowd(thresholds, 100) > 90) == (sigma >= 0.13)


def test_a_larger_crowd_jumps_nearer_the_continuum_and_from_the_published_height():
    def tangency(unknown: np.ndarray) -> list[float]:
        x, sigma = unknown
        return [norm.cdf(x, 0.25, sigma) - x, norm.pdf(x, 0.25, sigma) - 1.0]

    height, critical = optimize.fsolve(tangency, [0.06, 0.12])
    assert (critical, height) == pytest.approx((0.12222, 0.0620), abs=5e-5)

    def of_400(sigma: float) -> float:
        return crowd(400.0 * norm.ppf((np.arange(400) + 0.5) / 400.0, 0.25, sigma), 60) / 400.0

    below = critical - 0.006
    root = optimize.brentq(lambda x: norm.cdf(x, 0.25, below) - x, 0.0, height)
    assert of_400(below) == pytest.approx(root, abs=0.01)
    assert of_400(critical + 0.004) > 0.9


# ---- Brock and Durlauf


def choosers(n: int, strength: float, field: float = 0.0, years: int = 1, seed: int = 0, start: str = "bargain",
             **values: object):  # fmt: skip
    """n states whose log-odds of hard balancing are 2(βh + K m), m = 2·(share of peers) − 1."""
    # One peer adds 1/opposing to what hard balancing pays, all n − 1 of them 4K/β; own effort counts, and is paid for.
    opposing = FAR * n
    rationality = 4.0 * strength * opposing / (n - 1)
    at_half = (1.0 + 0.5 * (n - 1)) / opposing
    return bare(n, opposing, years, seed, start={"military": np.array([[0.5, *[0.5 / n] * n]])},
                **TWO | {"theory__trade": at_half - 2.0 * field / rationality, "choice__rationality": rationality,
                         "start__strategy": start} | values)  # fmt: skip


def equilibria(strength: float, field: float = 0.0) -> int:
    """Number of frequencies that reproduce themselves, by the shipped code."""
    table, grid = Table(choosers(200, strength, field)), np.linspace(0.0, 1.0, 401) + 1e-7
    gaps = np.array([table.odds(min(q, 1.0)) - q for q in grid])
    return int(np.count_nonzero(np.diff(np.sign(gaps))))


@pytest.mark.parametrize("strength", [0.7, 0.8, 1.5])
def test_log_odds_are_those_of_brock_and_durlauf(strength):
    table = Table(choosers(200, strength, 0.1))
    for share in (0.0, 0.2, 0.5, 0.9, 1.0):
        exact = 1.0 / (1.0 + np.exp(-2.0 * (0.1 + strength * (2.0 * share - 1.0))))
        assert table.odds(share) == pytest.approx(exact, abs=1e-4)


def test_equilibria_multiply_when_interaction_passes_one():
    assert [equilibria(k) for k in (0.8, 0.97, 1.03, 1.5)] == [1, 1, 3, 3]


@pytest.mark.parametrize(("strength", "published"), [(1.1, 0.0205), (1.5, 0.2075), (2.0, 0.5328), (3.0, 1.3033)])
def test_a_field_ends_multiplicity_at_the_fold(strength, published):
    exact = np.sqrt(strength * (strength - 1.0)) - np.arccosh(np.sqrt(strength))
    assert exact == pytest.approx(published, abs=5e-5)
    within = 0.002 if strength == 1.1 else 0.01
    assert equilibria(strength, exact - within) == 3, (
        f"K={strength}: three equilibria should stand just inside the fold"
    )
    assert equilibria(strength, exact + within) == 1, f"K={strength}: one should be left just outside"


def test_five_hundred_states_stay_where_they_start_only_if_interaction_is_strong():
    """Expected: m = tanh(K m). K = .8 has only m = 0, K = 1.5 also m = ±.8586."""
    m = optimize.brentq(lambda x: np.tanh(1.5 * x) - x, 0.1, 1.0)
    for strength, high, low in ((0.8, 0.5, 0.5), (1.5, 0.5 + 0.5 * m, 0.5 - 0.5 * m)):
        for start, share in (("hard_balance", high), ("bargain", low)):
            ran = Ran(choosers(500, strength, years=430, seed=2, start=start))
            assert ran.ticks["states_hard_balance"][30:].mean() == pytest.approx(share, abs=0.02)


# ---- few states


def holders(n: int, strength: float, ticks: int, seed: int) -> np.ndarray:
    """Number of hard balancers, tick by tick, in a long run in which one random state a tick reconsiders."""
    case = choosers(n, strength, 0.0, ticks, seed, choice__inertia=0.5)
    who = np.random.default_rng(seed + 1000).integers(1, n + 1, ticks)
    case.shocks.state[0, :, :, RECONSIDER] = 0.9
    case.shocks.state[0, np.arange(ticks), who, RECONSIDER] = 0.1
    return np.rint(n * Ran(case).ticks["states_hard_balance"]).astype(int)


def passages(n: int, strength: float, ticks: int, seed: int) -> list[int]:
    """Ticks from nobody to a majority, over and over."""
    times, began = [], None
    for t, count in enumerate(holders(n, strength, ticks, seed).tolist()):
        if began is None and count == 0:
            began = t
        elif began is not None and count > n // 2:
            times.append(t - began)
            began = None
    return times


@pytest.mark.replication
@pytest.mark.parametrize(("n", "strength", "published", "batches"), [(8, 1.0, 9.30, 4), (8, 1.5, 33.70, 24)])
def test_few_states_pass_from_none_to_a_majority_in_the_exact_mean_time(n, strength, published, batches):
    exact = birth_death.passage_time(birth_death.logit_chain(n, strength), 0, n // 2 + 1) / n
    assert exact == pytest.approx(published, abs=0.005)
    times = [t for k in range(batches) for t in passages(n, strength, 60_000, k)]
    mean = np.mean(times) / n
    assert mean == pytest.approx(exact, rel=0.05), (
        f"N={n}, K={strength}: mean passage {mean:.2f} periods over {len(times)} passages, exact {exact:.2f}"
    )


def test_the_share_of_time_in_each_state_is_the_exact_stationary_law():
    n, strength = 6, 0.9
    spent = np.mean([np.bincount(holders(n, strength, 60_000, k), minlength=n + 1) for k in range(5)], axis=0) / 60_001
    assert spent == pytest.approx(birth_death.stationary_law(birth_death.logit_chain(n, strength)), abs=0.015)


def test_without_interaction_a_majority_comes_soon():
    """Ablation: with K near 0 nothing holds states where they are."""
    assert np.mean(passages(8, 0.05, 20_000, 0)) / 8 < 4.0

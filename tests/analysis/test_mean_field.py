"""Mean field of homogeneous states, against the shipped code in large worlds, and against textbook cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kernels import BARE
from omegaconf import OmegaConf
from scipy import optimize
from worlds import Case, Play, Ran, start_of

from balsim.analysis.fixed_points import branches, fixed_points, spectral_radius
from balsim.analysis.homogeneous import enlarged
from balsim.analysis.mean_field import analyse
from balsim.analysis.mean_field_map import Law, MeanField
from balsim.config import compose
from balsim.dynamics.appraise import appraise, situate, weigh
from balsim.params import BadInput
from balsim.runner import run
from balsim.scenario import build
from balsim.shocks import draw
from balsim.world import Start

STILL = {"growth.noise": 0.0, "growth.drag": 0.0, "theory.intentions_noise": 0.0, "hegemon.land_power": True}
"""Nothing drifts, and states that are alike see alike."""


def homogeneous(states: int, share: float = 0.45) -> Start:
    settings: Any = OmegaConf.to_container(compose("scenario=homogeneous").scenario)
    return enlarged(build(settings | {"hegemon_share": share}, 0, 1).start, states)


def world(states: int, years: int, share: float = 0.45, seed: int = 1, **values: Any) -> Case:
    case = Case(homogeneous(states, share), STILL, draw(seed, range(1), years, states))
    return case.but(**values)


def shares(ran: Ran) -> np.ndarray:
    """(T, S) shares of second-tier states by year."""
    names = ("hard_balance", "soft_balance", "bargain", "buck_pass", "bandwagon")
    return np.array([ran.ticks[f"states_{name}"] for name in names]).T[1:]


# ---- one year


@pytest.mark.parametrize("beliefs", ["individual", "pooled"])
def test_a_typical_state_knows_what_the_shipped_code_tells_a_state_among_its_likes(beliefs):
    """In a world in which all records and arms are the same, means are sums over n, and nothing is approximated."""
    case = world(12, 1, theory__beliefs=beliefs, theory__alliance_bonus=0.3)
    play = Play(case)
    y = np.array([1.0, 0.3, 0.45, 0.2, 1.3, 1.2])
    for i in case.second_tier:
        row = play.w.state[i]
        row.hard_record, row.soft_record, row.bandwagon_record, row.intentions = 0.3, 0.45, 0.2, 0.5
        row.military *= 1.2
        for j in case.second_tier:
            play.w.tie[i, j] = 0.4 * (i != j)
    play.w.system[0].legitimacy = 0.6
    weigh(play.w, play.p)
    appraise(play.w, play.p)
    told = situate(1, play.w, play.p)
    field = MeanField(case.start, case.params)
    # The share of a year ago matters to none but those who weigh the hegemon's rise.
    moments = np.array([np.outer(y, y) * (k == 2) for k in range(5)])
    law = Law(moments, np.full((5, 5), 0.4 / 25), 0.5, 0.6, field.begin_share)
    known = field.situation(law, 0.0, case.values.get("hegemon.unilateralism", 0.5))
    for name in told._fields:
        assert getattr(known, name) == pytest.approx(float(getattr(told, name)), rel=1e-9, abs=1e-12), name


def test_exact_expectation_is_that_of_the_shipped_code():
    case = world(8, 1, theory__expectation="exact")
    play = Play(case)
    for i in case.second_tier:
        play.w.state[i].hard_record = 0.6
    play.begin_year()
    told = play.decide()[1].situation
    field = MeanField(case.start, case.params)
    y = np.array([1.0, 0.6, 0.0, 0.0, 1.0, 1.0])
    moments = np.array([np.outer(y, y) * (k == 2) for k in range(5)])
    law = Law(moments, np.zeros((5, 5)), play.w.state[1].intentions, 0.8, field.begin_share)
    known = field.situation(law, told.disagreement, told.unilateralism)
    assert (known.odds_apart, known.odds_joined) == pytest.approx((told.odds_apart, told.odds_joined), rel=1e-9)


# ---- many states


@pytest.mark.replication
@pytest.mark.parametrize(("share", "u"), [(0.3, 0.3), (0.3, 0.7), (0.45, 0.0), (0.45, 0.9), (0.6, 0.5)])
def test_five_hundred_states_move_as_the_map_says_under_the_same_issues(share, u):
    """All defaults but noise: ties, arms, memory, legitimacy, inertia."""
    case = world(501, 150, share, hegemon__unilateralism=u)
    field = MeanField(case.start, case.params)
    followed = np.array([law.shares for law in field.follow(field.begin(), case.shocks.issue[0])])
    gap = np.abs((followed - shares(Ran(case, threads=2)))[50:].mean(axis=0)).max()
    assert gap < 0.01, f"share {share}, u {u}: the mean field is off by {gap:.4f} in some strategy"


@pytest.mark.replication
@pytest.mark.parametrize(
    ("share", "u", "start"), [(0.45, 0.0, "bargain"), (0.3, 1.0, "bargain"), (0.6, 1.0, "bargain"),
                              (0.6, 1.0, "hard_balance")]
)  # fmt: skip
def test_five_hundred_states_settle_in_the_stable_fixed_points(share, u, start):
    """Where u is 0 or 1 and issues all take the hegemon's position, a year is like any other, and fixed points are
    exact."""
    case = world(501, 250, share, hegemon__unilateralism=u, hegemon__issue_spread=0.0, start__strategy=start)
    found = [p.shares for p in fixed_points(MeanField(case.start, case.params)) if p.stable]
    settled = shares(Ran(case, threads=2))[100:].mean(axis=0)
    gaps = [np.abs(settled - point).max() for point in found]
    assert min(gaps) < 0.01, f"simulated {settled.round(4)} is at no stable fixed point: {np.round(found, 4)}"


@pytest.mark.replication
@pytest.mark.parametrize("u", [0.3, 0.6])
def test_possibilistic_states_settle_in_the_fixed_points_at_any_unilateralism(u):
    """States that fear the worst do not read the issues, so that the average over issues is exact again."""
    case = world(501, 250, 0.3, hegemon__unilateralism=u, hegemon__issue_spread=0.0, theory__possibilism=1.0,
                 theory__threat_scale=0.8)  # fmt: skip
    found = [p.shares for p in fixed_points(MeanField(case.start, case.params)) if p.stable]
    settled = shares(Ran(case, threads=2))[100:].mean(axis=0)
    assert min(np.abs(settled - point).max() for point in found) < 0.01


def test_the_mean_field_without_memory_of_arms_would_be_off():
    """Ablation: the covariance of arms and records is not a luxury. Dropping it breaks the agreement of one year."""
    case = world(501, 60, 0.3, hegemon__unilateralism=0.6)
    field = MeanField(case.start, case.params)
    law = field.follow(field.begin(), case.shocks.issue[0])[-1]
    total = law.moments.sum(axis=0)
    bare = Law(np.array([s * np.outer(total[0], total[0]) for s in law.shares]), law.ties, *law[2:])
    full, poor = field.situation(law, 0.3, 0.6), field.situation(bare, 0.3, 0.6)
    assert full.coalition > 1.01 * poor.coalition, "those known to balance should be those who are armed"


# ---- fixed points and stability


@pytest.mark.replication
def test_fixed_points_reproduce_themselves_through_the_whole_yearly_map():
    case = world(101, 1, 0.6, hegemon__unilateralism=0.7)
    field = MeanField(case.start, case.params)
    for point in fixed_points(field):
        assert field.year(point.law).flat() == pytest.approx(point.law.flat(), abs=1e-7)


@pytest.mark.replication
def test_stable_fixed_points_draw_back_what_unstable_ones_let_go():
    case = world(101, 1, 0.6, hegemon__unilateralism=1.0)
    field = MeanField(case.start, case.params)
    points = fixed_points(field)
    assert [p.stable for p in points] == [True, False, True]
    low, middle, high = points
    for aim, target in ((low, low), (high, high)):
        law = field.settled(0.97 * middle.shares + 0.03 * aim.shares)
        for _ in range(400):
            law = field.year(law)
        assert law.shares == pytest.approx(target.shares, abs=1e-3), "the unstable point should part the two basins"


def binary(strength: float, field: float, states: int = 501) -> MeanField:
    """Brock and Durlauf's choice as a world: log-odds of hard balancing 2(βh + K m)."""
    tier, far = states - 1, 1e4
    start = start_of(states, trade=1.0, military=np.array([[0.5, *[0.5 / tier] * tier]]))
    rationality = 4.0 * strength * far * tier / (tier - 1)
    cost = (1.0 + 0.5 * (tier - 1)) / (far * tier) - 2.0 * field / rationality
    case = Case(start, BARE, draw(0, range(1), 1, 2)).but(
        theory__menu=["hard_balance", "bargain"], theory__decisiveness=1.0, theory__projection=far, theory__trade=cost,
        choice__rationality=rationality, hegemon__policy="fixed",
    )  # fmt: skip
    return MeanField(enlarged(start, 3), case.params, states)


@pytest.mark.parametrize(("strength", "count"), [(0.8, 1), (1.5, 3), (2.0, 3)])
def test_fixed_points_of_binary_choice_are_the_roots_of_tanh(strength, count):
    found = [2.0 * point.shares[0] - 1.0 for point in fixed_points(binary(strength, 0.0))]
    grid = np.linspace(-0.9999, 0.9999, 1000)
    gaps = np.tanh(strength * grid) - grid
    roots = [optimize.brentq(lambda m: np.tanh(strength * m) - m, a, b)
             for a, b, x, y in zip(grid[:-1], grid[1:], gaps[:-1], gaps[1:], strict=True) if x * y < 0.0]  # fmt: skip
    assert len(roots) == count
    assert found == pytest.approx(roots, abs=1e-3)


def test_the_spectral_radius_of_binary_choice_is_the_slope_of_tanh():
    """With memory 1 and no inertia the map is m ← tanh(K m): its slope at 0 is K."""
    for strength in (1.2, 1.5):
        field = binary(strength, 0.0)
        radius = spectral_radius(field, field.settled(np.array([0.5, 0.0, 0.5, 0.0, 0.0])))
        assert radius == pytest.approx(strength, abs=2e-3)


@pytest.mark.replication
def test_folds_of_binary_choice_are_where_brock_and_durlauf_put_them():
    exact = np.sqrt(1.5 * 0.5) - np.arccosh(np.sqrt(1.5))
    assert exact == pytest.approx(0.2075, abs=5e-5)
    folds = sorted(fold for line in branches(lambda h: binary(1.5, h), -0.4, 0.4) for fold in line.folds)
    assert folds == pytest.approx([-exact, exact], abs=0.003)


@pytest.mark.replication
def test_weak_interaction_has_no_fold():
    """Control: K = .8."""
    lines = branches(lambda h: binary(0.8, h), -0.4, 0.4)
    assert len(lines) == 1
    assert lines[0].folds == []


# ---- what is refused


@pytest.mark.parametrize(
    ("figures", "values", "word"),
    [({"trade": np.array([[0.0, 0.1, 0.2, 0.1]])}, {}, "trade"),
     ({"rivalry": 0.5 * (1 - np.eye(4))}, {}, "rivalry"),
     ({"clock_period": 4.0}, {}, "clock_period"),
     ({}, {"growth__drag": 0.05}, "growth.drag")],
)  # fmt: skip
def test_a_world_without_a_mean_field_is_refused_with_its_reason(figures, values, word):
    case = Case(start_of(4, **figures), STILL, draw(0, range(1), 1, 4)).but(**values)
    with pytest.raises(BadInput, match=word):
        MeanField(case.start, case.params)


def test_a_design_that_does_not_sweep_unilateralism_is_refused(tmp_path):
    results = run(compose("experiment=mean_field", f"out={tmp_path}", "runs=1", "years=2", "scenario.n_states=4",
                          "hegemon.unilateralism=0.5", "start.strategy=bargain", "scenario.hegemon_share=0.4",
                          "progress=false"))  # fmt: skip
    with pytest.raises(BadInput, match="unilateralism"):
        analyse(results)


@pytest.mark.replication
def test_the_analysis_states_branches_folds_and_residuals(tmp_path):
    results = run(compose("experiment=mean_field", f"out={tmp_path}", "runs=3", "years=60", "scenario.n_states=61",
                          "scenario.hegemon_share=0.6", "design.axes.unilateralism.points=3", "progress=false",
                          "threads=2"))  # fmt: skip
    found = analyse(results)
    assert len(found.tables["residuals"]) == 6
    assert len(found.tables["folds"]) >= 1, "with the default figures a hegemon of .6 has a fold"
    assert found.tables["residuals"]["gap_followed"].median() < 0.05
    assert found.tables["fixed_points"]["stable"].isin([True, False]).all()
    assert "stable phases" in found.answer[0]
    found.figures["branches"].savefig(tmp_path / "branches.png")
    assert (tmp_path / "branches.png").stat().st_size > 10_000

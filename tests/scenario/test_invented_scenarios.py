"""Invented systems: what is drawn depends on its own key only, and what shall be equal is equal."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balsim.scenario import Scenario, build

PAIR_FIELDS = ("distance", "sea", "border", "rivalry", "pact")
TRAIT_FIELDS = ("burden", "growth", "offence", "trade", "prestige", "clock_period", "clock_phase", "material",
                "ideal_point", "revisionism")  # fmt: skip
SYNTHETIC = {
    "name": "synthetic",
    "n_states": 11,
    "hegemon_share": 0.4,
    "inequality": 0.5,
    "geography": "sphere",
    "hegemon_at": "land",
    "rivalry_density": 0.3,
}
HOMOGENEOUS = {**SYNTHETIC, "name": "homogeneous", "inequality": 0.0, "geography": "equal", "rivalry_density": 0.0,
               "traits": {"offence": 0.5, "trade": 0.3, "prestige": 0.3, "clock_period": 0, "clock_phase": 0,
                          "material": 0, "ideal_point": 0, "revisionism": 0.2}}  # fmt: skip


def invent(seed: int = 7, runs: int = 1, **changes: object) -> Scenario:
    return build({**SYNTHETIC, **changes}, seed, runs)


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(2, 25),
    seed=st.integers(0, 2**63 - 1),
    share=st.floats(0.02, 0.98),
    inequality=st.floats(0, 5),
    density=st.floats(0, 1),
    geography=st.sampled_from(["sphere", "equal"]),
    seat=st.sampled_from(["land", "sea"]),
)
def test_every_invented_world_is_well_formed(
    n: int, seed: int, share: float, inequality: float, density: float, geography: str, seat: str
) -> None:
    world = invent(seed, n_states=n, hegemon_share=share, inequality=inequality, rivalry_density=density,
                   geography=geography, hegemon_at=seat)  # fmt: skip
    start = world.start
    assert len(world.codes) == len(set(world.codes)) == len(world.names) == n
    assert start.economy.sum() == pytest.approx(1.0) and (start.economy > 0).all()
    assert start.economy[0, 0] == pytest.approx(share) and start.military[0, 0] == pytest.approx(share)
    for field in PAIR_FIELDS:
        pairs = getattr(start, field)[0]
        assert pairs.shape == (n, n)
        assert np.array_equal(pairs, pairs.T), f"{field} is not symmetric"
        assert not pairs.diagonal().any(), f"a state has a {field} with itself"
    assert not (start.border * start.sea).any(), "water parts two states with a land border"
    assert start.distance.max() <= 20_038, "two places on Earth are never farther apart"
    assert start.rivalry.min() >= 0 and start.rivalry.max() <= 1
    assert (np.abs(start.ideal_point) <= 1).all() and (start.clock_phase <= start.clock_period).all()


@pytest.mark.parametrize("few", [2, 5, 12])
def test_adding_states_changes_nothing_about_those_there_were(few: int) -> None:
    # The hegemon's nearest neighbours may be others where there are more states: at sea it has none.
    small, large = invent(n_states=few, hegemon_at="sea"), invent(n_states=40, hegemon_at="sea")
    assert large.codes[:few] == small.codes
    for field in TRAIT_FIELDS:
        assert np.array_equal(getattr(small.start, field), getattr(large.start, field)[:, :few]), f"{field} moved"
    for field in PAIR_FIELDS:
        assert np.array_equal(getattr(small.start, field), getattr(large.start, field)[:, :few, :few]), f"{field} moved"
    ratio = small.start.economy[0, 1:] / small.start.economy[0, 1]
    assert ratio == pytest.approx(large.start.economy[0, 1:few] / large.start.economy[0, 1]), "proportions moved"


def test_each_run_draws_its_own_world_whatever_the_number_of_runs() -> None:
    few, many, shared = invent(runs=2, vary=True), invent(runs=6, vary=True), invent(runs=6)
    for field, array in many.start._asdict().items():
        assert len(array) == 6 and len(getattr(shared.start, field)) == 1, f"{field}: one variant a run with vary only"
        assert np.array_equal(array[:2], getattr(few.start, field)), f"{field}: more runs changed the first worlds"
        assert np.array_equal(array[:1], getattr(shared.start, field)), f"{field}: the shared world is not run 0's"
    for a, b in itertools.combinations(range(6), 2):
        assert not np.array_equal(many.start.distance[a], many.start.distance[b]), f"runs {a} and {b} share a map"


def test_the_seed_of_the_scenario_takes_the_place_of_the_seed_of_the_runs() -> None:
    kept, other = invent(seed=1), invent(seed=2)
    assert not np.array_equal(kept.start.distance, other.start.distance), "the seed does nothing"
    pinned = [build({**SYNTHETIC, "seed": 1}, seed, 1) for seed in (2, 3)]
    for world in pinned:
        assert np.array_equal(world.start.distance, kept.start.distance), "scenario.seed=1 is not the world of seed 1"


def test_one_setting_changes_only_what_it_names() -> None:
    base = invent()
    changes: list[tuple[dict[str, object], set[str]]] = [
        ({"rivalry_density": 0.9}, {"rivalry"}),
        ({"inequality": 1.5}, {"economy", "military"}),
        ({"traits": {"prestige": 0.1}}, {"prestige"}),
        ({"presence": 0.1}, {"presence"}),
    ]
    for change, touched in changes:
        changed = invent(**change)
        moved = {f for f, a in base.start._asdict().items() if not np.array_equal(a, getattr(changed.start, f))}
        assert moved == touched, f"{change} moved {moved}"


def test_without_inequality_the_second_tier_is_equal_and_with_it_log_sizes_spread_as_named() -> None:
    equal = invent(inequality=0.0).start.economy[0, 1:]
    assert equal == pytest.approx(0.6 / 10)
    sizes = np.log(invent(n_states=400, inequality=0.7).start.economy[0, 1:])
    # Standard error of a standard deviation from 399 draws: .7/√798 = .025.
    assert sizes.std() == pytest.approx(0.7, abs=0.1), "log sizes do not spread by scenario.inequality"


def test_capitals_lie_evenly_over_the_sphere() -> None:
    # The chord between two even points has mean square 2R²; the haversine of the distance then has mean ½.
    distance = invent(n_states=300).start.distance[0]
    haversine = np.sin(distance[np.triu_indices(300, 1)] / (2 * 6371.0)) ** 2
    assert haversine.mean() == pytest.approx(0.5, abs=0.02), "capitals crowd somewhere"
    # A cap of angular radius 60° covers a quarter of a sphere.
    assert (haversine < 0.25).mean() == pytest.approx(0.25, abs=0.03)


def test_a_hegemon_at_sea_has_water_to_all_and_one_on_land_has_neighbours_and_none() -> None:
    at_sea, on_land = invent(hegemon_at="sea").start, invent(hegemon_at="land").start
    assert (at_sea.sea[0, 0, 1:] == 1).all() and not at_sea.border[0, 0].any()
    assert not on_land.sea[0, 0].any() and on_land.border[0, 0].sum() == 3
    nearest = np.argsort(on_land.distance[0, 0, 1:])[:3] + 1
    assert on_land.border[0, 0, nearest].all(), "the hegemon borders others than its nearest"
    assert np.array_equal(at_sea.border[0, 1:, 1:], on_land.border[0, 1:, 1:]), "its seat moves the second tier's map"
    assert np.array_equal(at_sea.sea[0, 1:, 1:], on_land.sea[0, 1:, 1:])


def test_rivalry_density_is_the_chance_that_near_states_are_rivals() -> None:
    second_tier = (slice(None), slice(1, None), slice(1, None))
    none, some, all_ = (invent(n_states=200, rivalry_density=d).start for d in (0.0, 0.3, 1.0))
    assert set(np.unique(none.rivalry)) <= {0.0, 0.1}, "rivals without any density"
    near = (all_.distance <= 5000) & (all_.distance > 0)
    assert (all_.rivalry[second_tier] == 0.8)[near[second_tier]].all(), "near states that are no rivals at density 1"
    assert not (all_.rivalry[second_tier] == 0.8)[~near[second_tier]].any(), "rivals across the globe"
    rate = (some.rivalry[second_tier] == 0.8)[near[second_tier]].mean()
    # About 2,900 near pairs: standard error .0085.
    assert rate == pytest.approx(0.3, abs=0.04)
    assert not all_.rivalry[0, 0].any(), "hostility to the hegemon is threat, not rivalry"


def test_drawn_traits_have_the_spread_that_the_scenario_states() -> None:
    start = invent(n_states=400).start
    # Uniform on [a, b]: mean (a+b)/2, standard error (b−a)/√12/√399.
    for trait, low, high in (("offence", 0.3, 0.7), ("trade", 0.0, 0.6), ("prestige", 0, 1), ("ideal_point", -1, 1)):
        drawn = getattr(start, trait)[0, 1:]
        assert low <= drawn.min() and drawn.max() <= high, f"{trait} outside {low}–{high}"
        assert drawn.mean() == pytest.approx((low + high) / 2, abs=5 * (high - low) / np.sqrt(12 * 399)), trait
    period = start.clock_period[0, 1:]
    assert set(np.unique(period)) == {0, 4, 5, 6, 7}
    assert (period > 0).mean() == pytest.approx(0.9, abs=0.075)
    assert (start.material[0, 1:] > 0).mean() == pytest.approx(0.1, abs=0.075)
    assert (start.clock_phase[0, 1:] < np.maximum(period, 1)).all(), "a first election after the end of the term"


def test_a_homogeneous_system_cannot_tell_its_second_tier_states_apart() -> None:
    start = build(HOMOGENEOUS, seed=3, runs=1).start
    for field in ("economy", "military", *TRAIT_FIELDS):
        tier = getattr(start, field)[0, 1:]
        assert (tier == tier[0]).all(), f"second-tier states differ in {field}"
    swapped = [0, *reversed(range(1, 11))]
    for field in PAIR_FIELDS:
        pairs = getattr(start, field)[0]
        assert np.array_equal(pairs, pairs[np.ix_(swapped, swapped)]), f"{field} changes when states change places"
        off = pairs[1:, 1:][~np.eye(10, dtype=bool)]
        assert (off == off[0]).all() and (pairs[0, 1:] == pairs[0, 1]).all(), f"pairs differ in {field}"
    assert not start.rivalry.any() and not start.pact.any() and not start.clock_period.any()

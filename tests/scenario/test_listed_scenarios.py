"""The built-in scenarios hold the published figures, and every state is where it is on the map."""

from __future__ import annotations

import numpy as np
import pytest

from balsim.params import BadInput
from balsim.scenario import LISTED, Scenario, build, describe

YARDSTICKS = ("cinc", "milex", "gdp", "gdp_x_gdppc", "gdp_and_milex")
PAIR_FIELDS = ("distance", "sea", "border", "rivalry", "pact")


def listed(name: str, **settings: object) -> Scenario:
    return build({"name": name, **settings}, seed=1, runs=3)


def of(world: Scenario, field: str, code: str, other: str | None = None) -> float:
    array, i = getattr(world.start, field)[0], world.codes.index(code)
    return float(array[i] if other is None else array[i, world.codes.index(other)])


# Entered by hand. National Material Capabilities 7.0 (cinc, milex) and Fariss et al. 2022 (gdp, gdp_x_gdppc), shares
# among the states listed, rounded to three places: renormalising moves them by less than their rounding.
@pytest.mark.parametrize(
    ("name", "yardstick", "code", "economy", "military"),
    [
        ("unipolar_2003", "cinc", "CHN", 0.262, 0.262),
        ("unipolar_2003", "cinc", "USA", 0.248, 0.248),
        ("unipolar_2003", "milex", "USA", 0.517, 0.517),
        ("unipolar_2003", "gdp_x_gdppc", "JPN", 0.112, 0.112),
        ("unipolar_2003", "gdp_and_milex", "USA", 0.340, 0.517),
        ("unipolar_2003", "gdp_and_milex", "ROK", 0.028, 0.019),
        ("unipolar_1991", "gdp_and_milex", "RUS", 0.082, 0.223),
        ("unipolar_1991", "gdp", "BRA", 0.036, 0.036),
        ("unipolar_1991", "cinc", "IND", 0.101, 0.101),
        ("maritime_1860", "milex", "FRN", 0.251, 0.251),
        ("maritime_1860", "gdp_and_milex", "UKG", 0.180, 0.244),
        ("maritime_1860", "gdp_x_gdppc", "USA", 0.238, 0.238),
    ],
)
def test_the_yardstick_sets_economy_and_military_strength_to_the_published_shares(
    name: str, yardstick: str, code: str, economy: float, military: float
) -> None:
    world = listed(name, power_measure=yardstick)
    found = of(world, "economy", code), of(world, "military", code)
    assert found == pytest.approx((economy, military), abs=0.002), f"{name}, {yardstick}: {code} has {found}"


@pytest.mark.parametrize(
    ("name", "code", "burden"),
    [
        ("unipolar_2003", "USA", 0.0383),
        ("unipolar_2003", "JPN", 0.0094),
        ("unipolar_1991", "UKG", 0.0412),
        ("unipolar_1991", "CHN", 0.0231),
    ],
)
def test_the_burden_is_the_published_part_of_the_economy(name: str, code: str, burden: float) -> None:
    found = of(listed(name), "burden", code)
    assert found == pytest.approx(burden), f"{name}: {code} spends {found} of its economy, SIPRI has {burden}"


def test_a_burden_that_nobody_published_is_a_stated_figure_and_never_nothing() -> None:
    assert of(listed("unipolar_1991"), "burden", "RUS") == 0.0443, "Russia 1991 takes the first SIPRI figure (1992)"
    # Our World in Data for 1875: DEU, FRA, GBR, AUT, ITA, USA.
    mean_1875 = (2.20 + 2.45 + 1.69 + 3.80 + 2.12 + 0.80) / 6 / 100
    burdens = listed("maritime_1860").start.burden
    assert burdens == pytest.approx(mean_1875, abs=0.0005), "1860 takes the mean burden of 1875 for every state"
    assert "RUS 0.0443" in describe("unipolar_1991"), "the assumption must be shown with the scenario"


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("yardstick", YARDSTICKS)
def test_shares_sum_to_one_by_every_yardstick(name: str, yardstick: str) -> None:
    start = listed(name, power_measure=yardstick).start
    for field in ("economy", "military"):
        shares = getattr(start, field)
        assert shares.sum() == pytest.approx(1.0, abs=1e-12), f"{name}: {field} by {yardstick} is no share"
        assert (shares > 0).all(), f"{name}: a state without any {field}"


@pytest.mark.parametrize("name", LISTED)
def test_what_holds_between_two_states_holds_both_ways_and_with_oneself_nothing(name: str) -> None:
    start = listed(name).start
    for field in PAIR_FIELDS:
        pairs = getattr(start, field)[0]
        assert np.array_equal(pairs, pairs.T), f"{name}: {field} is not symmetric"
        assert not pairs.diagonal().any(), f"{name}: a state has a {field} with itself"
    assert not (start.border * start.sea).any(), f"{name}: water parts two states with a land border"


@pytest.mark.parametrize(("name", "n", "leader"), [("unipolar_2003", 11, "USA"), ("unipolar_1991", 11, "USA"),
                                                   ("maritime_1860", 7, "UKG")])  # fmt: skip
def test_every_array_has_a_variant_axis_and_a_figure_for_each_state(name: str, n: int, leader: str) -> None:
    world = listed(name)
    assert (len(world.codes), world.codes[world.hegemon]) == (n, leader)
    for field, array in world.start._asdict().items():
        shape = (1, n, n) if field in PAIR_FIELDS else (1, 1) if field in ("presence", "hegemon") else (1, n)
        assert array.shape == shape, f"{name}: {field} has shape {array.shape}"
        assert np.isfinite(array).all(), f"{name}: {field} has a gap"
    assert world.start.hegemon.dtype == np.int64 and world.start.hegemon[0, 0] == world.hegemon


@pytest.mark.parametrize(
    ("name", "a", "b", "km"),
    [
        ("unipolar_2003", "FRN", "GMY", 878),  # Paris–Berlin
        ("unipolar_2003", "USA", "UKG", 5900),  # Washington–London
        ("unipolar_1991", "RUS", "CHN", 5795),  # Moscow–Beijing
        ("maritime_1860", "UKG", "FRN", 344),  # London–Paris
    ],
)
def test_distance_is_the_great_circle_between_capitals(name: str, a: str, b: str, km: float) -> None:
    found = of(listed(name), "distance", a, b)
    assert found == pytest.approx(km, rel=0.01), f"{a}–{b} are {found:.0f} km apart here, {km} km on the globe"


@pytest.mark.parametrize(
    ("name", "field", "a", "b", "expected"),
    [
        ("unipolar_2003", "border", "RUS", "CHN", 1),  # Direct Contiguity 3.2, type 1
        ("unipolar_2003", "border", "USA", "RUS", 0),  # type 2: water only
        ("unipolar_2003", "border", "GMY", "FRN", 1),
        ("unipolar_2003", "sea", "USA", "CHN", 1),
        ("unipolar_2003", "sea", "FRN", "UKG", 1),
        ("unipolar_2003", "sea", "GMY", "RUS", 0),
        ("unipolar_2003", "pact", "USA", "JPN", 1),  # Formal Alliances 4.1
        ("unipolar_2003", "pact", "RUS", "CHN", 0),
        ("unipolar_2003", "rivalry", "CHN", "JPN", 0.8),  # Thompson & Dreyer 2011
        ("unipolar_2003", "rivalry", "GMY", "FRN", 0.1),  # land border, no rivalry
        ("unipolar_2003", "rivalry", "BRA", "ROK", 0.0),
        ("unipolar_1991", "rivalry", "CHN", "JPN", 0.0),
        ("unipolar_1991", "rivalry", "CHN", "IND", 0.8),
        ("maritime_1860", "rivalry", "AUH", "ITA", 0.8),
        ("maritime_1860", "pact", "UKG", "FRN", 1),
        ("maritime_1860", "sea", "UKG", "RUS", 1),
        ("maritime_1860", "border", "RUS", "AUH", 1),
    ],
)
def test_pairs_are_as_the_published_sources_have_them(name: str, field: str, a: str, b: str, expected: float) -> None:
    assert of(listed(name), field, a, b) == expected, f"{name}: {field} of {a} and {b}"


def test_un_ideal_points_are_put_on_a_scale_that_both_years_share() -> None:
    # Bailey, Strezhnev & Voeten 2017; 3.01 is the largest among the states listed.
    assert of(listed("unipolar_1991"), "ideal_point", "USA") == pytest.approx(1.0)
    assert of(listed("unipolar_2003"), "ideal_point", "USA") == pytest.approx(2.92 / 3.01)
    assert of(listed("unipolar_2003"), "ideal_point", "CHN") == pytest.approx(-0.94 / 3.01)


def test_the_hegemon_is_named_and_a_yardstick_that_ranks_another_first_is_reported() -> None:
    world = listed("unipolar_2003", power_measure="cinc")
    assert world.codes[world.hegemon] == "USA", "China's lead by CINC must not make it the hegemon"
    assert any("China" in note and "0.262 against 0.248" in note for note in world.notes), world.notes
    assert any("France" in note and "0.251 against 0.244" in note for note in listed("maritime_1860").notes)
    assert not any("ranks first" in note for note in listed("unipolar_1991").notes), "no yardstick disputes 1991"


def test_another_hegemon_takes_the_assumptions_that_go_with_the_part() -> None:
    world = listed("unipolar_2003", hegemon="CHN")
    assert world.codes[world.hegemon] == "CHN"
    assert of(world, "offence", "CHN") == 0.7 and of(world, "offence", "USA") == 0.5
    assert of(world, "trade", "CHN") == 0.0 and of(world, "trade", "USA") == 0.3


def test_fewer_states_are_the_hegemon_and_the_largest_others() -> None:
    whole, part = listed("unipolar_2003"), listed("unipolar_2003", n_states=4)
    assert part.codes == ("USA", "RUS", "CHN", "JPN"), "the three largest by GDP and military spending together"
    assert part.start.economy.sum() == pytest.approx(1.0) and part.start.military.sum() == pytest.approx(1.0)
    proportion = of(part, "economy", "CHN") / of(part, "economy", "JPN")
    assert proportion == pytest.approx(of(whole, "economy", "CHN") / of(whole, "economy", "JPN"))
    assert of(part, "rivalry", "CHN", "JPN") == of(whole, "rivalry", "CHN", "JPN")
    smallest = listed("maritime_1860", hegemon="ITA", n_states=2)
    assert smallest.codes[smallest.hegemon] == "ITA", "the hegemon stays, however small"


def test_presence_is_the_scenario_s_unless_given() -> None:
    assert listed("maritime_1860").start.presence[0, 0] == 0.2
    assert listed("maritime_1860", presence=0.9).start.presence[0, 0] == 0.9


def test_nothing_but_the_great_powers_with_elections_has_an_electoral_clock() -> None:
    world = listed("unipolar_2003")
    assert of(world, "clock_period", "CHN") == 0, "China holds no national elections"
    others = [of(world, "clock_period", code) for code in world.codes if code != "CHN"]
    assert all(4 <= period <= 7 for period in others), f"terms are four to seven years, not {others}"
    # Schröder was re-elected in 2002 for four years, Chirac in 2002 for five.
    assert of(world, "clock_phase", "GMY") == 3 and of(world, "clock_phase", "FRN") == 4


def test_a_listed_scenario_is_the_same_for_every_seed_and_number_of_runs() -> None:
    one, two = build({"name": "unipolar_2003"}, 1, 1), build({"name": "unipolar_2003"}, 2, 50)
    for field, array in one.start._asdict().items():
        assert np.array_equal(array, getattr(two.start, field)), f"{field} depends on the seed"


@pytest.mark.parametrize("name", [*LISTED, "synthetic"])
def test_a_description_gives_a_reason_for_every_assumption_and_names_its_sources(name: str) -> None:
    text = describe(name)
    assert "Sources:" in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(cell.strip() for line in rows for cell in line.strip("|").split("|")), "an empty cell in the tables"


def test_only_built_in_scenarios_are_described() -> None:
    with pytest.raises(BadInput, match="unipolar_2003"):
        describe("unipolar_2004")

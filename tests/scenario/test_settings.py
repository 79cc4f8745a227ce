"""The `scenario` section of the configuration: overrides, refusals, and the files that ship."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from balsim.params import BadInput
from balsim.scenario import INVENTED, LISTED, NAMES, ScenarioSettings, build, describe

ROOT = Path(__file__).parents[2]
CONF = {file.stem: file for file in (ROOT / "conf" / "scenario").glob("*.yaml")}
SYNTHETIC = {"name": "synthetic", "n_states": 5, "hegemon_share": 0.4, "inequality": 0.5, "geography": "sphere",
             "hegemon_at": "sea", "rivalry_density": 0.3}  # fmt: skip


def settings(file: Path) -> dict[str, Any]:
    merged = OmegaConf.merge(OmegaConf.structured(ScenarioSettings), OmegaConf.load(file))
    plain = OmegaConf.to_container(merged)
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def test_every_scenario_has_a_file_of_settings_and_the_other_way_round() -> None:
    assert set(CONF) == set(NAMES), f"conf/scenario and balsim.scenario.NAMES differ: {set(CONF) ^ set(NAMES)}"


@pytest.mark.parametrize("name", NAMES)
def test_every_file_of_settings_has_the_same_keys_and_its_own_name(name: str) -> None:
    written = OmegaConf.load(CONF[name])
    assert set(written) == {*ScenarioSettings.__dataclass_fields__}, f"{name}.yaml leaves out or adds keys"
    assert settings(CONF[name])["name"] == name


@pytest.mark.parametrize("name", [*LISTED, *INVENTED])
def test_every_scenario_that_ships_builds(name: str) -> None:
    world = build(settings(CONF[name]), seed=1, runs=4)
    assert world.name == name and world.sources and len(world.codes) == world.start.economy.shape[1]


def test_the_homogeneous_scenario_that_ships_is_homogeneous() -> None:
    start = build(settings(CONF["homogeneous"]), seed=1, runs=1).start
    for field, array in start._asdict().items():
        if array.ndim == 2 and array.shape[1] > 1:
            assert (array[0, 1:] == array[0, 1]).all(), f"second-tier states differ in {field}"
    assert not start.rivalry.any() and not start.clock_period.any()
    assert np.unique(start.distance[0][~np.eye(11, dtype=bool)]).size == 1, "distances differ"


def test_the_page_on_scenarios_shows_what_the_code_holds() -> None:
    page = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
    for name in (*LISTED, "synthetic"):
        assert describe(name) in page, f"docs/scenarios.md is out of date on {name}: paste balsim.scenario.describe"


def test_one_trait_of_one_state_is_set_and_nothing_else() -> None:
    base = build({"name": "unipolar_2003"}, 1, 1)
    changed = build({"name": "unipolar_2003", "state": {"CHN": {"offence": 0.8}}}, 1, 1)
    i = base.codes.index("CHN")
    assert changed.start.offence[0, i] == 0.8
    for field, array in base.start._asdict().items():
        other = getattr(changed.start, field).copy()
        if field == "offence":
            other[0, i] = array[0, i]
        assert np.array_equal(array, other), f"{field} moved with China's offence"


def test_a_trait_of_the_second_tier_leaves_the_hegemon_alone_and_gives_way_to_a_single_state_s() -> None:
    world = build({"name": "unipolar_2003", "traits": {"offence": 0.2}, "state": {"FRN": {"offence": 0.6}}}, 1, 1)
    expected = {"USA": 0.7, "FRN": 0.6}
    assert world.start.offence[0].tolist() == [expected.get(code, 0.2) for code in world.codes]


def test_a_share_given_to_one_state_is_exact_and_the_others_keep_their_proportions() -> None:
    base = build({"name": "unipolar_2003"}, 1, 1)
    world = build({"name": "unipolar_2003", "state": {"CHN": {"economy": 0.3}, "RUS": {"economy": 0.1}}}, 1, 1)
    shares, before = world.start.economy[0], base.start.economy[0]
    assert shares[world.codes.index("CHN")] == 0.3 and shares[world.codes.index("RUS")] == 0.1
    assert shares.sum() == pytest.approx(1.0)
    others = [i for i, code in enumerate(world.codes) if code not in ("CHN", "RUS")]
    assert shares[others] / shares[0] == pytest.approx(before[others] / before[0]), "proportions moved"
    assert np.array_equal(world.start.military, base.start.military), "military strength moved with the economy"


def test_overrides_reach_every_variant_of_an_invented_world() -> None:
    world = build({**SYNTHETIC, "vary": True, "state": {"S02": {"prestige": 3, "military": 0.5}}}, 1, 6)
    assert (world.start.prestige[:, 2] == 3).all() and (world.start.military[:, 2] == 0.5).all()
    assert world.start.military.sum(axis=1) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"nstates": 4}, "unknown parameter 'scenario.nstates'; did you mean 'n_states'"),
        ({"name": "unipolar_2004"}, "'unipolar_2004' is not one of .*; did you mean 'unipolar_2003'"),
        ({"power_measure": "milx"}, "'milx' is not one of .*; did you mean 'milex'"),
        ({"hegemon": "US"}, "no state 'US' is listed; did you mean 'USA'"),
        ({"n_states": 12}, r"scenario\.n_states=12: only 11 states are listed"),
        ({"n_states": 1}, r"scenario\.n_states: 1 is out of range"),
        ({"n_states": 4.5}, r"scenario\.n_states: must be a whole number"),
        ({"presence": 1.3}, r"scenario\.presence: 1\.3 is out of range"),
        ({"presence": "near"}, r"scenario\.presence: must be a number, not 'near'"),
        ({"vary": True}, r"scenario\.vary belongs to invented states"),
        ({"vary": "yes"}, r"scenario\.vary must be true or false"),
        ({"seed": 3}, r"scenario\.seed belongs to invented states"),
        ({"inequality": 0.5}, r"scenario\.inequality belongs to invented states \(scenario=synthetic\)"),
        ({"traits": {"offense": 0.2}}, r"scenario\.traits: unknown trait 'offense'; did you mean 'offence'"),
        ({"traits": {"offence": 1.2}}, r"scenario\.traits\.offence: 1\.2 is out of range"),
        ({"traits": 0.5}, r"scenario\.traits must name"),
        ({"state": {"CHI": {"offence": 0.2}}}, r"scenario\.state: unknown state 'CHI'; did you mean 'CHN'"),
        ({"state": {"CHN": {"ofence": 0.2}}}, r"scenario\.state\.CHN: unknown trait 'ofence'; did you mean 'offence'"),
        ({"state": {"CHN": {"offence": -1}}}, r"scenario\.state\.CHN\.offence: -1 is out of range"),
        ({"state": {"CHN": {"offence": True}}}, r"scenario\.state\.CHN\.offence: must be a number"),
        ({"state": {"CHN": 0.2}}, r"scenario\.state\.CHN: name a trait"),
        ({"state": {"CHN": {"clock_period": 2.5}}}, "must be a whole number"),
        ({"state": {"CHN": {"economy": 0.6}, "RUS": {"economy": 0.6}}}, "sum to 1.2"),
        ({**SYNTHETIC, "n_states": None}, r"scenario\.n_states may not be null"),
        ({**SYNTHETIC, "n_states": 1001}, r"scenario\.n_states: 1001 is out of range"),
        ({**SYNTHETIC, "inequality": -1}, r"scenario\.inequality: -1 is out of range"),
        ({**SYNTHETIC, "inequality": None}, r"scenario\.inequality may not be null"),
        ({**SYNTHETIC, "geography": "spere"}, "'spere' is not one of sphere, equal; did you mean 'sphere'"),
        ({**SYNTHETIC, "hegemon_at": "see"}, "'see' is not one of land, sea; did you mean 'sea'"),
        ({**SYNTHETIC, "hegemon": "S01"}, "'HEG'"),
        ({**SYNTHETIC, "seed": -1}, r"scenario\.seed: -1 is out of range"),
        ({**SYNTHETIC, "power_measure": "gdp"}, r"scenario\.power_measure belongs to listed states"),
        ({**SYNTHETIC, "file": "my.csv"}, r"scenario\.file belongs to listed states"),
        ({**SYNTHETIC, "state": {"S05": {"offence": 0.5}}}, "unknown state 'S05'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_line_with_the_nearest_valid_choice(
    given: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        build(given, seed=1, runs=1)
    assert "\n" not in str(refused.value)

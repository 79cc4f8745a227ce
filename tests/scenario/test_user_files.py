"""A user's own states: what is read, and what is refused with file, line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from balsim.data.listed import PAIR_COLUMNS, STATE_COLUMNS
from balsim.params import BadInput
from balsim.scenario import Scenario, build

STATES = """state,name,lat,lon,economy,military,burden,hegemon
ATH,Athens,37.98,23.73,60,50,,1
SPA,Sparta,37.08,22.43,25,40,0.05,
COR,Corinth,37.91,22.88,15,10,,
"""


def read(folder: Path, states: str | bytes = STATES, pairs: str | None = None, **settings: object) -> Scenario:
    file = folder / "my.csv"
    file.write_bytes(states if isinstance(states, bytes) else states.encode())
    if pairs is not None:
        (folder / "my_pairs.csv").write_text(pairs, encoding="utf-8")
    return build({"file": str(file), **settings}, seed=1, runs=2)


def test_a_file_of_states_becomes_a_world(tmp_path: Path) -> None:
    world = read(tmp_path)
    assert (world.name, world.year, world.codes, world.hegemon) == ("my", None, ("ATH", "SPA", "COR"), 0)
    assert world.names == ("Athens", "Sparta", "Corinth")
    assert world.start.economy[0] == pytest.approx([0.60, 0.25, 0.15]), "strength in any unit becomes shares"
    assert world.start.military[0] == pytest.approx([0.5, 0.4, 0.1])
    assert world.start.burden[0] == pytest.approx([0.02, 0.05, 0.02]), "a blank burden takes the stated assumption"
    assert not world.start.sea.any() and not world.start.border.any() and not world.start.rivalry.any()


def test_columns_of_traits_replace_the_assumptions(tmp_path: Path) -> None:
    text = "state,lat,lon,economy,military,hegemon,offence,unga_ideal_point\nA,0,0,2,2,1,0.9,\nB,0,90,1,1,0,,-1.505\n"
    start = read(tmp_path, text).start
    assert start.offence[0] == pytest.approx([0.9, 0.5])
    assert start.ideal_point[0] == pytest.approx([0.5, -0.5]), "UN ideal points are divided by 3.01"
    assert start.distance[0, 0, 1] == pytest.approx(6371 * np.pi / 2), "a quarter of the equator"


def test_a_file_of_pairs_beside_it_is_read_in_either_order(tmp_path: Path) -> None:
    pairs = (
        "state_a,state_b,land_border,defence_pact,strategic_rivalry,sea,rivalry,distance\n"
        "SPA,ATH,1,,1,,,\nCOR,SPA,1,1,,,,\nATH,COR,,,,1,0.35,900\n"
    )
    start = read(tmp_path, pairs=pairs).start
    assert start.rivalry[0] == pytest.approx(np.array([[0, 0.8, 0.35], [0.8, 0, 0.1], [0.35, 0.1, 0]]))
    assert start.border[0, 0, 1] == 1 and start.pact[0, 1, 2] == start.pact[0, 2, 1] == 1
    assert start.sea[0, 0, 2] == 1 and start.distance[0, 2, 0] == 900


def test_states_on_different_landmasses_are_parted_by_water_unless_they_share_a_border(tmp_path: Path) -> None:
    text = "state,lat,lon,economy,military,landmass,hegemon\nA,0,0,1,1,x,1\nB,0,9,1,1,y,\nC,9,0,1,1,y,\n"
    start = read(tmp_path, text, "state_a,state_b,land_border\nA,B,1\n").start
    assert start.sea[0].tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_the_byte_order_mark_of_spreadsheets_do_not_matter(tmp_path: Path, end: str) -> None:
    world = read(tmp_path, b"\xef\xbb\xbf" + STATES.replace("\n", end).encode())
    assert world.codes == ("ATH", "SPA", "COR")


def test_yardsticks_in_a_user_s_file_can_be_chosen(tmp_path: Path) -> None:
    text = "state,lat,lon,gdp,milex,hegemon\nA,0,0,3,1,1\nB,0,9,1,1,\n"
    start = read(tmp_path, text, power_measure="gdp").start
    assert start.military[0] == pytest.approx([0.75, 0.25])
    start = read(tmp_path, text, power_measure="gdp_and_milex").start
    assert start.military[0] == pytest.approx([0.5, 0.5])
    world = read(tmp_path, text.replace("A,0,0,3", "A,0,0,0.5"))
    assert any("B ranks first" in note for note in world.notes), "a disputed lead must be reported"


def test_the_hegemon_may_be_named_in_the_configuration(tmp_path: Path) -> None:
    world = read(tmp_path, STATES.replace(",1\n", ",\n"), hegemon="SPA")
    assert world.hegemon == 1 and world.start.hegemon[0, 0] == 1


@pytest.mark.parametrize(
    ("states", "says"),
    [
        ("", "no column 'state'"),
        ("state,lat,lon\n", "at least two states, found 0"),
        (STATES.replace("burden", "burdn"), "line 1: unknown column 'burdn'; did you mean 'burden'"),
        (STATES.replace("name", "state"), "column 'state' appears twice"),
        (STATES.replace("lat,", "", 1), "line 1: no column 'lat'"),
        (STATES.replace(",25,", ",lots,"), "line 3, column 'economy': must be a number, not 'lots'"),
        (STATES.replace(",25,", ",nan,"), "line 3, column 'economy': must be a number"),
        (STATES.replace(",25,", ",inf,"), "line 3, column 'economy': inf is out of range"),
        (STATES.replace(",25,", ",-9,"), "line 3, column 'economy': -9 is out of range"),
        (STATES.replace(",25,", ",,"), "no figure for 'SPA' in column 'economy'"),
        (STATES.replace("0.05", "5"), "line 3, column 'burden': 5 is out of range"),
        (STATES.replace("0.05", "0"), "line 3, column 'burden': 0 is out of range"),
        (STATES.replace("37.98", "97.98"), "line 2, column 'lat': 97.98 is out of range"),
        (STATES.replace("37.98", ""), "line 2, column 'lat': blank"),
        (STATES.replace("SPA", "ATH"), "line 3, column 'state': 'ATH' is listed twice"),
        (STATES.replace("0.05,", "0.05"), "line 3: 7 cells where the header has 8"),
        (STATES.replace(",1\n", ",\n"), "must mark one state with 1, found 0"),
        (STATES.replace("0.05,", "0.05,1"), "must mark one state with 1, found 2"),
        (STATES.replace("0.05,", "0.05,0.5"), "line 3, column 'hegemon': must be a whole number"),
        (STATES.replace("Sparta", '"Sparta'), "my.csv, line"),
        (STATES.encode("utf-16"), "not UTF-8"),
    ],
)
def test_a_malformed_file_is_refused_in_one_line_that_says_where(
    tmp_path: Path, states: str | bytes, says: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, states)
    message = str(refused.value)
    assert "my.csv" in message and says in message and "\n" not in message, message


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ("state_a,state_b\nATH,SPX\n", "line 2, column 'state_b': unknown state 'SPX'; did you mean 'SPA'"),
        ("state_a,state_b\nATH,ATH\n", "line 2: 'ATH' is paired with itself"),
        ("state_a,state_b\nATH,SPA\nSPA,ATH\n", "line 3: the pair SPA–ATH is listed twice"),
        ("state_a,state_b,land_border\nATH,SPA,yes\n", "line 2, column 'land_border': must be a number, not 'yes'"),
        ("state_a,state_b,rivalry\nATH,SPA,1.3\n", "line 2, column 'rivalry': 1.3 is out of range"),
        ("state_a,stateb\nATH,SPA\n", "unknown column 'stateb'; did you mean 'state_b'"),
        ("state_a,state_b\n,SPA\n", "line 2, column 'state_a': blank"),
    ],
)
def test_a_malformed_file_of_pairs_is_refused_in_one_line_that_says_where(
    tmp_path: Path, pairs: str, says: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read(tmp_path, pairs=pairs)
    message = str(refused.value)
    assert "my_pairs.csv" in message and says in message and "\n" not in message, message


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot read .*missing\.csv"):
        build({"file": str(tmp_path / "missing.csv")}, 1, 1)
    with pytest.raises(BadInput, match="cannot read"):
        build({"file": str(tmp_path)}, 1, 1)
    with pytest.raises(BadInput, match=r"scenario\.file=my\.csv"):
        build({"name": "file"}, 1, 1)


def test_a_yardstick_that_the_file_does_not_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'cinc'"):
        read(tmp_path, power_measure="cinc")


def test_every_column_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    missing = [column for column in (*STATE_COLUMNS, *PAIR_COLUMNS) if f"`{column}`" not in page]
    assert not missing, f"docs/scenarios.md does not say what {missing} hold"

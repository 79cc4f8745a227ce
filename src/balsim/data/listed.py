"""States listed in files: a table of states, and beside it a table of pairs.

Built-in scenarios and a user's own file (`scenario.file=my.csv`, with `my_pairs.csv` beside it) have the same columns.
A blank cell means that the figure is not known: it is filled by a stated assumption or refused, never read as 0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from balsim.data.geography import great_circle, hostility
from balsim.data.traits import TRAITS, Trait, number
from balsim.params import BadInput, nearest

YARDSTICKS: dict[str, tuple[str, str]] = {
    "cinc": ("cinc", "cinc"),
    "milex": ("milex", "milex"),
    "gdp": ("gdp", "gdp"),
    "gdp_x_gdppc": ("gdp_x_gdppc", "gdp_x_gdppc"),
    "gdp_and_milex": ("gdp", "milex"),
}
"""Yardstick of power → columns that set economy and military strength."""

DEFAULT_YARDSTICK = "gdp_and_milex"
POWER_COLUMNS = ("cinc", "milex", "gdp", "gdp_x_gdppc")
# A user who has one set of figures calls them what they are.
PLAIN_NAMES = {"gdp": "economy", "milex": "military"}

IDEAL_POINT_SCALE = 3.01
"""Largest absolute UN ideal point among the listed states of 1991 and 2003 (United States, 1991): it becomes 1."""

_ANY_POWER = Trait(1e-9, 1e18, "any unit; only proportions count")
_NUMBERS: dict[str, Trait] = {
    "lat": Trait(-90.0, 90.0, "latitude of the capital, degrees north"),
    "lon": Trait(-180.0, 180.0, "longitude of the capital, degrees east"),
    **{column: _ANY_POWER for column in (*POWER_COLUMNS, *PLAIN_NAMES.values())},
    **TRAITS,
    "unga_ideal_point": Trait(-10.0, 10.0, "ideal point in the UN General Assembly, on its own scale"),
    "hegemon": Trait(0, 1, "1 for the hegemon, 0 for the others", whole=True),
}
STATE_COLUMNS = ("state", "name", "capital", "landmass", *_NUMBERS)
_FLAG = Trait(0, 1, "0 or 1", whole=True)
_PAIR_NUMBERS: dict[str, Trait] = {
    "land_border": _FLAG,
    "defence_pact": _FLAG,
    "strategic_rivalry": _FLAG,
    "sea": _FLAG,
    "rivalry": Trait(0.0, 1.0, "hostile intent"),
    "distance": Trait(0.0, 20038.0, "km between capitals"),
}
PAIR_COLUMNS = ("state_a", "state_b", *_PAIR_NUMBERS)

Row = dict[str, str | float]


class Listing(NamedTuple):
    """What the two files say, unchanged: figures are in the row only where the file has them."""

    file: str
    rows: tuple[Row, ...]
    pairs: tuple[Row, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """State codes in the order of the file."""
        return tuple(str(row["state"]) for row in self.rows)


def read(states: Traversable | Path, pairs: Traversable | Path) -> Listing:
    """Read a table of states and, where it exists, its table of pairs.

    Raises BadInput naming file, line and column for anything unreadable, unknown, repeated or out of range.
    """
    rows = _read_table(states, STATE_COLUMNS, _NUMBERS, ("state", "lat", "lon"))
    seen: dict[str, Row] = {}
    for line, row in rows:
        code = str(row["state"])
        if code in seen:
            raise BadInput(f"{states}, line {line}, column 'state': '{code}' is listed twice")
        seen[code] = row
    if len(rows) < 2:
        raise BadInput(f"{states}: a system needs at least two states, found {len(rows)}")
    return Listing(str(states), tuple(seen.values()), _read_pairs(pairs, tuple(seen)) if pairs.is_file() else ())


def _read_pairs(file: Traversable | Path, codes: Sequence[str]) -> tuple[Row, ...]:
    rows = _read_table(file, PAIR_COLUMNS, _PAIR_NUMBERS, ("state_a", "state_b"))
    seen: set[frozenset[str]] = set()
    for line, row in rows:
        for column in ("state_a", "state_b"):
            code = str(row[column])
            if code not in codes:
                raise BadInput(f"{file}, line {line}, column '{column}': unknown state '{code}'{nearest(code, codes)}")
        pair = frozenset((str(row["state_a"]), str(row["state_b"])))
        if len(pair) == 1:
            raise BadInput(f"{file}, line {line}: '{row['state_a']}' is paired with itself")
        if pair in seen:
            raise BadInput(f"{file}, line {line}: the pair {row['state_a']}–{row['state_b']} is listed twice")
        seen.add(pair)
    return tuple(row for _, row in rows)


def _read_table(
    file: Traversable | Path, known: Sequence[str], numbers: Mapping[str, Trait], needed: Sequence[str]
) -> list[tuple[int, Row]]:
    """Rows of a comma-separated file with their line numbers; blank cells are left out of the row."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file}: not UTF-8 text; save it as 'CSV UTF-8'") from error
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadInput(f"{file}, line {reader.line_num}: {error}") from error
    header = [cell.strip() for cell in lines[0][1]] if lines else []
    for column in header:
        if column not in known:
            raise BadInput(f"{file}, line 1: unknown column '{column}'{nearest(column, known)}")
        if header.count(column) > 1:
            raise BadInput(f"{file}, line 1: column '{column}' appears twice")
    for column in needed:
        if column not in header:
            raise BadInput(f"{file}, line 1: no column '{column}'")
    rows = []
    for line, cells in lines[1:]:
        if len(cells) != len(header):
            raise BadInput(f"{file}, line {line}: {len(cells)} cells where the header has {len(header)}")
        row: Row = {}
        for column, cell in zip(header, (cell.strip() for cell in cells), strict=True):
            if cell and column in numbers:
                row[column] = number(cell, numbers[column], f"{file}, line {line}, column '{column}'")
            elif cell:
                row[column] = cell
            elif column in needed:
                raise BadInput(f"{file}, line {line}, column '{column}': blank")
        rows.append((line, row))
    return rows


def hegemon_code(listing: Listing, named: str | None) -> str:
    """Code of the hegemon: the one `named`, else the row marked 1 in the column 'hegemon'."""
    if named is not None:
        if named not in listing.codes:
            raise BadInput(f"scenario.hegemon: no state '{named}' is listed{nearest(named, listing.codes)}")
        return named
    marked = [str(row["state"]) for row in listing.rows if row.get("hegemon") == 1]
    if len(marked) != 1:
        raise BadInput(
            f"{listing.file}: column 'hegemon' must mark one state with 1, found {len(marked)} "
            f"(or name it with scenario.hegemon=CODE)"
        )
    return marked[0]


def power(listing: Listing, yardstick: str) -> tuple[np.ndarray, np.ndarray]:
    """Shares of economy and of military strength over the listed states, each (N,) and summing to 1."""
    if yardstick not in YARDSTICKS:
        valid = ", ".join(YARDSTICKS)
        raise BadInput(f"scenario.power_measure: '{yardstick}' is not one of {valid}{nearest(yardstick, YARDSTICKS)}")
    economy, military = (_column(listing, column) for column in YARDSTICKS[yardstick])
    return economy / economy.sum(), military / military.sum()


def _column(listing: Listing, column: str) -> np.ndarray:
    plain = PLAIN_NAMES.get(column, column)
    name = column if any(column in row for row in listing.rows) else plain
    for row in listing.rows:
        if name not in row:
            raise BadInput(f"{listing.file}: no figure for '{row['state']}' in column '{name}'; "
                           "a missing figure is never taken for 0")  # fmt: skip
    return np.array([row[name] for row in listing.rows], dtype=float)


def traits(listing: Listing, hegemon: str, assumed: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Every trait of every state (N,): the file's figure where it has one, else the scenario's assumption."""
    figures = {trait: np.zeros(len(listing.rows)) for trait in TRAITS}
    for i, row in enumerate(listing.rows):
        for trait in TRAITS:
            if trait in row:
                figures[trait][i] = row[trait]
            elif trait == "ideal_point" and "unga_ideal_point" in row:
                figures[trait][i] = max(-1.0, min(1.0, float(row["unga_ideal_point"]) / IDEAL_POINT_SCALE))
            else:
                figures[trait][i] = _assumption(assumed[trait], str(row["state"]), hegemon)
    return figures


def _assumption(rule: Mapping[str, Any], code: str, hegemon: str) -> float:
    if code in rule.get("states", {}):
        return float(rule["states"][code])
    if code == hegemon and "hegemon" in rule:
        return float(rule["hegemon"])
    return float(rule["value"])


def pair_arrays(listing: Listing, strengths: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Distance, sea, border, rivalry and pact of all pairs, each (N, N), symmetric with a zero diagonal.

    Two states are parted by water where they lie on different landmasses and share no land border. A pair that the
    file leaves out has no border, pact or rivalry; figures given for a pair replace what is worked out here.
    """
    rows, index = listing.rows, {code: i for i, code in enumerate(listing.codes)}
    given = {column: np.full((len(rows), len(rows)), np.nan) for column in _PAIR_NUMBERS}
    for pair in listing.pairs:
        i, j = index[str(pair["state_a"])], index[str(pair["state_b"])]
        for column in _PAIR_NUMBERS:
            if column in pair:
                given[column][i, j] = given[column][j, i] = float(pair[column])
    land = [str(row.get("landmass", "")) for row in rows]
    border = np.nan_to_num(given["land_border"])
    apart = np.array([[float(a != b) for b in land] for a in land]) * (1 - border)
    distance = great_circle(*(np.array([row[axis] for row in rows], dtype=float) for axis in ("lat", "lon")))
    hostile = hostility(np.nan_to_num(given["strategic_rivalry"]), border, strengths)
    return {
        "distance": np.where(np.isnan(given["distance"]), distance, given["distance"]),
        "sea": np.where(np.isnan(given["sea"]), apart, given["sea"]),
        "border": border,
        "rivalry": np.where(np.isnan(given["rivalry"]), hostile, given["rivalry"]),
        "pact": np.nan_to_num(given["defence_pact"]),
    }

"""The starting world: which states there are, how strong, how far apart, and what they want.

Listed scenarios hold real figures (``data/scenarios``, each with its sources and assumptions), `file` reads the
user's own, `synthetic` and `homogeneous` invent states. The hegemon is the state that the scenario names, even where
a yardstick ranks another first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from omegaconf import OmegaConf

from balsim.data import invented, listed
from balsim.data.traits import SHARES, TRAITS, Trait, number
from balsim.params import BadInput, nearest
from balsim.world import Start

LISTED = ("unipolar_2003", "unipolar_1991", "maritime_1860")
INVENTED = ("synthetic", "homogeneous")
NAMES = (*LISTED, *INVENTED, "file")

_FOLDER = files("balsim") / "data" / "scenarios"
_PROPORTION = Trait(0.0, 1.0, "proportion")
# What only an invented system has, with the admissible range (None: a choice).
_INVENTED_ONLY: dict[str, Trait | None] = {
    "hegemon_share": Trait(0.02, 0.98, "share"),
    "inequality": Trait(0.0, 5.0, "standard deviation"),
    "rivalry_density": _PROPORTION,
    "geography": None,
    "hegemon_at": None,
}
_MOST_STATES = 1000


@dataclass
class ScenarioSettings:
    """The `scenario` section of the configuration. Null means: as the scenario has it, or of no concern to it."""

    name: str = "unipolar_2003"  # one of NAMES
    file: str | None = None  # the user's own states (.csv); takes the place of a listed scenario
    hegemon: str | None = None  # code of the hegemon
    power_measure: str | None = None  # yardstick of listed states: cinc, milex, gdp, gdp_x_gdppc, gdp_and_milex
    n_states: int | None = None  # with the hegemon; of listed states, the hegemon and the largest others
    presence: float | None = None  # the hegemon's forward presence [0–1]
    hegemon_share: float | None = None  # invented states: the hegemon's share of economy and military strength
    inequality: float | None = None  # invented states: standard deviation of log size in the second tier; 0: equal
    geography: str | None = None  # invented states: sphere or equal
    hegemon_at: str | None = None  # invented states: land or sea
    rivalry_density: float | None = None  # invented states: chance that near second-tier states are rivals
    vary: bool = False  # invented states: each run draws its own world
    seed: int | None = None  # invented states: null takes the seed of the runs
    traits: dict[str, float] = field(default_factory=dict)  # trait → figure of every second-tier state
    state: dict[str, dict[str, float]] = field(default_factory=dict)  # code → trait → figure of one state


class Scenario(NamedTuple):
    """A starting world, ready for the engines."""

    name: str
    year: int | None
    codes: tuple[str, ...]
    names: tuple[str, ...]
    hegemon: int  # row of the hegemon
    start: Start  # variants on axis 0: one, or one a run
    notes: tuple[str, ...]  # what a report must say
    sources: tuple[str, ...]


class _Draft(NamedTuple):
    """A world before the user's overrides; `figures` are named as in Start, variants on axis 0."""

    name: str
    codes: tuple[str, ...]
    names: tuple[str, ...]
    hegemon: int
    figures: dict[str, np.ndarray]
    facts: dict[str, Any]
    notes: tuple[str, ...]


def build(settings: Mapping[str, Any], seed: int, runs: int) -> Scenario:
    """The starting world that the `scenario` section of a configuration describes.

    settings : keys of ScenarioSettings, the others at their defaults
    seed, runs : of the design; only invented worlds with `vary` depend on `runs`
    Raises BadInput for an unknown key, code or trait, a figure out of range, or an unreadable file.
    """
    chosen = _checked(settings)
    draft = _invented(chosen, seed, runs) if chosen.name in INVENTED else _listed(chosen)
    figures = dict(draft.figures)
    _override_tier(figures, chosen.traits, draft.hegemon)
    _override_states(figures, chosen.state, draft.codes)
    variants = len(figures["economy"])
    presence = draft.facts["presence"]["value"] if chosen.presence is None else chosen.presence
    start = Start(
        **{name: np.ascontiguousarray(array, dtype=np.float64) for name, array in figures.items()},
        presence=np.full((variants, 1), float(presence)),
        hegemon=np.full((variants, 1), draft.hegemon, dtype=np.int64),
    )
    return Scenario(draft.name, draft.facts["year"], draft.codes, draft.names, draft.hegemon, start,
                    draft.notes, tuple(draft.facts["sources"]))  # fmt: skip


def facts(name: str) -> dict[str, Any]:
    """What the scenario file says besides figures: title, year, hegemon, presence, assumptions, notes, sources."""
    stem = "synthetic" if name in INVENTED else name
    loaded = OmegaConf.to_container(OmegaConf.create((_FOLDER / f"{stem}.yaml").read_text(encoding="utf-8")))
    assert isinstance(loaded, dict)
    return {str(key): value for key, value in loaded.items()}


def listing(name: str) -> listed.Listing:
    """Figures of a listed scenario as its files have them."""
    return listed.read(_FOLDER / f"{name}.csv", _FOLDER / f"{name}_pairs.csv")


def describe(name: str) -> str:
    """The figures, assumptions, notes and sources of a built-in scenario, as Markdown.

    name : one of LISTED, or 'synthetic'
    """
    if name not in (*LISTED, "synthetic"):
        raise BadInput(f"no scenario '{name}' to describe{nearest(name, (*LISTED, 'synthetic'))}")
    known = facts(name)
    parts = [f"### {known['title']}", f"`scenario={name}`"]
    if name in LISTED:
        table = listing(name)
        columns = ["state", "name", "capital", "lat", "lon", "landmass", *listed.POWER_COLUMNS, "burden"]
        columns += [column for column in ("unga_ideal_point",) if column in table.rows[0]]
        parts.append(_table(columns, [[row.get(column, "–") for column in columns] for row in table.rows]))
        for column, title in (("land_border", "Land borders"), ("defence_pact", "Defence pacts"),
                              ("strategic_rivalry", "Strategic rivalries")):  # fmt: skip
            found = [f"{pair['state_a']}–{pair['state_b']}" for pair in table.pairs if pair.get(column) == 1]
            parts.append(f"{title}: {', '.join(found) or 'none'}.")
        known["notes"] = [*known["notes"], *_disputed_lead(table, known["hegemon"])]
    rules = {"presence": known["presence"], **known["assumed"]}
    rules |= {f"rivalry, {kind}": rule for kind, rule in known["rivalry"].items()}
    parts.append(_table(["assumed", "figure", "reason"], [[k, _figure(r), r["reason"]] for k, r in rules.items()]))
    rules = {**known.get("drawn", {}), **known.get("geography", {})}
    if rules:
        parts.append(_table(["drawn", "figure", "reason"], [[k, _figure(r), r["reason"]] for k, r in rules.items()]))
    parts += ["\n".join(f"- {note}" for note in known["notes"])]
    parts += ["Sources:", "\n".join(f"- {source}" for source in known["sources"])]
    return "\n\n".join(parts) + "\n"


def _table(header: list[str], rows: list[list[Any]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _figure(rule: Mapping[str, Any]) -> str:
    """An assumption or distribution in words."""
    if "low" in rule:
        kind = "whole number, " if rule.get("whole") else ""
        spread = f"{kind}{rule['low']:g} to {rule['high']:g}" if rule["low"] < rule["high"] else f"{rule['low']:g}"
        return spread + (f" with chance {rule['chance']:g}, else 0" if "chance" in rule else "")
    parts = [f"{rule['value']:g}"] if "value" in rule else []
    parts += [f"hegemon {rule['hegemon']:g}"] if "hegemon" in rule else []
    return "; ".join([*parts, *(f"{code} {figure:g}" for code, figure in rule.get("states", {}).items())])


def _checked(settings: Mapping[str, Any]) -> ScenarioSettings:
    known = [f.name for f in fields(ScenarioSettings)]
    for key in settings:
        if key not in known:
            raise BadInput(f"unknown parameter 'scenario.{key}'{nearest(str(key), known)}")
    chosen = ScenarioSettings(**settings)
    if not isinstance(chosen.vary, bool):
        raise BadInput(f"scenario.vary must be true or false, not {chosen.vary!r}")
    for key in ("traits", "state"):
        if not isinstance(getattr(chosen, key), Mapping):
            raise BadInput(f"scenario.{key} must name what it sets, not be {getattr(chosen, key)!r}")
    if chosen.name not in NAMES:
        valid = f"{', '.join(NAMES)}{nearest(str(chosen.name), NAMES)}"
        raise BadInput(f"scenario.name: '{chosen.name}' is not one of {valid}")
    if chosen.n_states is not None:
        chosen.n_states = int(number(chosen.n_states, Trait(2, _MOST_STATES, "", whole=True), "scenario.n_states"))
    if chosen.presence is not None:
        number(chosen.presence, _PROPORTION, "scenario.presence")
    if chosen.seed is not None:
        number(chosen.seed, Trait(0, 2**63 - 1, "", whole=True), "scenario.seed")
    needed = chosen.name in INVENTED
    for key, trait in _INVENTED_ONLY.items():
        value = getattr(chosen, key)
        if needed and value is None:
            raise BadInput(f"scenario.{key} may not be null for invented states")
        if needed and trait is not None:
            number(value, trait, f"scenario.{key}")
        if not needed and value is not None:
            raise BadInput(f"scenario.{key} belongs to invented states (scenario=synthetic), not to '{chosen.name}'")
    return chosen


def _invented(chosen: ScenarioSettings, seed: int, runs: int) -> _Draft:
    for key, valid in (("geography", invented.GEOGRAPHIES), ("hegemon_at", invented.SEATS)):
        value = getattr(chosen, key)
        if value not in valid:
            raise BadInput(f"scenario.{key}: '{value}' is not one of {', '.join(valid)}{nearest(str(value), valid)}")
    for key in ("file", "power_measure"):
        if getattr(chosen, key) is not None:
            raise BadInput(f"scenario.{key} belongs to listed states; '{chosen.name}' invents its own")
    if chosen.n_states is None:
        raise BadInput("scenario.n_states may not be null for invented states")
    codes = invented.codes(chosen.n_states)
    if chosen.hegemon not in (None, codes[invented.HEGEMON]):
        raise BadInput(f"scenario.hegemon: in an invented system it is '{codes[invented.HEGEMON]}', never another")
    known = facts(chosen.name)
    figures = invented.draw(
        known,
        seed=seed if chosen.seed is None else chosen.seed,
        runs=range(runs) if chosen.vary else range(1),
        n_states=chosen.n_states,
        hegemon_share=float(chosen.hegemon_share or 0),
        inequality=float(chosen.inequality or 0),
        geography=str(chosen.geography),
        hegemon_at=str(chosen.hegemon_at),
        rivalry_density=float(chosen.rivalry_density or 0),
    )
    names = invented.names(chosen.n_states)
    return _Draft(chosen.name, codes, names, invented.HEGEMON, figures, known, tuple(known["notes"]))


def _listed(chosen: ScenarioSettings) -> _Draft:
    for key in ("vary", "seed"):
        if getattr(chosen, key) not in (None, False):
            raise BadInput(f"scenario.{key} belongs to invented states (scenario=synthetic): listed ones are not drawn")
    if chosen.file is not None:
        path = Path(chosen.file).expanduser()
        name, known = path.stem, facts("file")
        table = listed.read(path, path.with_name(f"{path.stem}_pairs.csv"))
    elif chosen.name == "file":
        raise BadInput("scenario=file needs the file of states: scenario.file=my.csv")
    else:
        name, known, table = chosen.name, facts(chosen.name), listing(chosen.name)
    leader = listed.hegemon_code(table, chosen.hegemon or known["hegemon"])
    economy, military = listed.power(table, chosen.power_measure or listed.DEFAULT_YARDSTICK)
    figures = {
        "economy": economy,
        "military": military,
        **listed.traits(table, leader, known["assumed"]),
        **listed.pair_arrays(table, known["rivalry"]),
    }
    keep = _largest(economy + military, table.codes.index(leader), chosen.n_states)
    kept = {field: array[np.ix_(keep, keep)] if array.ndim == 2 else array[keep] for field, array in figures.items()}
    for field_name in SHARES:
        kept[field_name] = kept[field_name] / kept[field_name].sum()
    codes = tuple(table.codes[i] for i in keep)
    names = tuple(str(table.rows[i].get("name", table.codes[i])) for i in keep)
    notes = (*known["notes"], *_disputed_lead(table, leader))
    return _Draft(name, codes, names, codes.index(leader), {k: v[None] for k, v in kept.items()}, known, notes)


def _largest(size: np.ndarray, hegemon: int, n: int | None) -> list[int]:
    """Rows of the hegemon and of the n − 1 largest others, in the order in which they are listed."""
    if n is None:
        return list(range(len(size)))
    if n > len(size):
        raise BadInput(f"scenario.n_states={n}: only {len(size)} states are listed")
    others = [int(i) for i in np.argsort(-size, kind="stable") if i != hegemon]
    return sorted([hegemon, *others[: n - 1]])


def _disputed_lead(table: listed.Listing, leader: str) -> list[str]:
    """A note for each yardstick by which another state than the hegemon ranks first."""
    notes = []
    names = {str(row["state"]): str(row.get("name", row["state"])) for row in table.rows}
    for column in (*listed.POWER_COLUMNS, *listed.PLAIN_NAMES.values()):
        if all(column in row for row in table.rows):
            figure = {str(row["state"]): float(row[column]) for row in table.rows}
            first = max(figure, key=figure.__getitem__)
            if figure[first] > figure[leader]:
                against = f"{figure[first]:.3g} against {figure[leader]:.3g}"
                notes.append(f"By {column}, {names[first]} ranks first ({against}); the hegemon stays {names[leader]}.")
    return notes


def _override_tier(figures: dict[str, np.ndarray], traits: Mapping[str, Any], hegemon: int) -> None:
    """Give every second-tier state the same figure of each trait named."""
    for trait, value in traits.items():
        if trait not in TRAITS:
            raise BadInput(f"scenario.traits: unknown trait '{trait}'{nearest(str(trait), TRAITS)}")
        figures[trait][:, np.arange(figures[trait].shape[1]) != hegemon] = number(
            value, TRAITS[trait], f"scenario.traits.{trait}"
        )


def _override_states(figures: dict[str, np.ndarray], states: Mapping[str, Any], codes: tuple[str, ...]) -> None:
    """Give single states the figures named; where these are shares, the other states keep their proportions."""
    fixed: dict[str, dict[int, float]] = {share: {} for share in SHARES}
    for code, given in states.items():
        if code not in codes:
            raise BadInput(f"scenario.state: unknown state '{code}'{nearest(str(code), codes)}")
        if not isinstance(given, Mapping):
            raise BadInput(f"scenario.state.{code}: name a trait, as in scenario.state.{code}.offence=0.8")
        for trait, value in given.items():
            kind = TRAITS.get(trait) or SHARES.get(trait)
            if kind is None:
                valid = [*TRAITS, *SHARES]
                raise BadInput(f"scenario.state.{code}: unknown trait '{trait}'{nearest(str(trait), valid)}")
            figure = number(value, kind, f"scenario.state.{code}.{trait}")
            if trait in SHARES:
                fixed[trait][codes.index(code)] = figure
            else:
                figures[trait][:, codes.index(code)] = figure
    for share, values in fixed.items():
        figures[share] = _with_shares(figures[share], values, share)


def _with_shares(shares: np.ndarray, fixed: Mapping[int, float], name: str) -> np.ndarray:
    """Shares (V, N) with the states of `fixed` at exactly the figures given, summing to 1."""
    if not fixed:
        return shares
    rows, given = list(fixed), sum(fixed.values())
    if given >= 1 or len(rows) == shares.shape[1]:
        raise BadInput(f"scenario.state: shares of '{name}' given for {len(rows)} states sum to {given:g}; "
                       "they must leave something for at least one other state")  # fmt: skip
    result = shares.copy()
    result[:, rows] = 0.0
    result *= (1 - given) / result.sum(axis=1, keepdims=True)
    result[:, rows] = list(fixed.values())
    return result

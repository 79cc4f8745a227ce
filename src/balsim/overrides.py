"""What users type: ``key=value`` in Hydra's grammar, checked before Hydra sees it.

Hydra's own messages name its internals; these name the key, the value and the nearest valid choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Glob, QuotedString
from hydra.core.override_parser.types import Override as HydraOverride
from hydra.errors import HydraException

from balsim.params import BY_KEY, BadInput, check, nearest
from hydra_plugins.balsim_search_path import CHECKOUT, WHEEL

GROUPS = ("scenario", "theory", "hegemon", "experiment", "cluster")
FREE = ("scenario.state.", "scenario.traits.", "design.axes.")
"""Sections whose keys the user makes up: traits of states, axes."""

AXIS_FIELDS = ("key", "low", "high", "points", "values")


@dataclass(frozen=True)
class Override:
    """One ``key=value`` as given.

    text : as Hydra is to read it; key : dotted key or group; value : plain value, None where deleted
    sweep : the values of a sweep (``a,b`` or ``range(…)``) as Hydra would write them, or empty
    """

    text: str
    key: str
    value: Any = None
    sweep: tuple[str, ...] = ()
    deleted: bool = False


def conf_tree() -> Path:
    """Folder of the configuration files, in a checkout or in an installed wheel."""
    return WHEEL if WHEEL.is_dir() else CHECKOUT


def choices(group: str, directory: Path | None = None) -> list[str]:
    """Names that a group (``theory``, ``scenario`` …) can take: the built-in files and those in `directory`."""
    folders = [conf_tree() / group, *([directory / group] if directory else [])]
    return sorted({file.stem for folder in folders if folder.is_dir() for file in folder.glob("*.yaml")})


def parse(texts: Iterable[str]) -> list[Override]:
    """Read overrides in Hydra's grammar. Raises BadInput where one cannot be read."""
    return [_parse_one(text) for text in texts]


def _parse_one(text: str) -> Override:
    if "=" not in text and not text.startswith("~"):
        raise BadInput(f"'{text}' is neither a command nor key=value (see balsim --help)")
    try:
        read: HydraOverride = OverridesParser.create().parse_override(text)
    except HydraException:
        raise BadInput(f"cannot read '{text}': write key=value, and quote values with special characters") from None
    key = read.key_or_group
    # A trait of one state or a new axis is always an addition; users need not know Hydra's sign for it.
    if key.startswith(FREE) and not read.is_add() and not read.is_force_add() and not read.is_delete():
        text = f"++{text}"
    if read.is_delete():
        return Override(text, key, deleted=True)
    if read.is_sweep_override():
        return Override(text, key, sweep=_sweep(read, key))
    value = read.value()
    return Override(text, key, value.text if isinstance(value, QuotedString) else value)


def _sweep(read: HydraOverride, key: str) -> tuple[str, ...]:
    """The values of a sweep; ``glob(*)`` stands for the choices of a group."""
    value = read.value()
    if isinstance(value, Glob):
        return tuple(value.filter(choices(key)))
    return tuple(read.sweep_string_iterator())


def quoted(text: str) -> str:
    """Text in quotes as Hydra's grammar reads them, for paths with spaces and the like."""
    return "'" + text.replace("'", "\\'") + "'"


def check_overrides(parsed: Iterable[Override], known: Iterable[str], directory: Path | None = None) -> None:
    """Raise BadInput for the first key that does not exist, choice that is unknown, or value out of range."""
    known = list(known)
    for override in parsed:
        key = override.key
        if key == "hydra" or key.startswith(("hydra.", "hydra/")):
            continue
        if override.sweep:
            raise BadInput(f"{key} has several values ({', '.join(override.sweep)}): add -m to sweep over them")
        _check_key(key, known)
        if not override.deleted:
            check_value(key, override.value, directory)


def _check_key(key: str, known: list[str]) -> None:
    """Raise BadInput for a key that the configuration does not have."""
    sections = {k[: i] for k in known for i, letter in enumerate(k) if letter == "."}
    if key in known or key in GROUPS or key in sections or key.startswith(("scenario.state.", "scenario.traits.")):
        return
    if key.startswith("design.axes."):
        *_, last = parts = key.split(".")
        if len(parts) > 4 or (len(parts) == 4 and last not in AXIS_FIELDS):
            raise BadInput(f"unknown key '{key}'{nearest(last, AXIS_FIELDS)}")
        return
    raise BadInput(f"unknown key '{key}'{nearest(key, [*known, *GROUPS])}")


def check_value(key: str, value: Any, directory: Path | None = None) -> None:
    """Raise BadInput where a value given for a group or a parameter is none of its choices or out of range."""
    if isinstance(value, str) and "${" in value:
        return
    if key in GROUPS:
        if str(value) not in choices(key, directory):
            known = choices(key, directory)
            raise BadInput(f"unknown {key} '{value}'{nearest(str(value), known)} (balsim list {key} shows them all)")
    elif key in BY_KEY:
        check(key, value)

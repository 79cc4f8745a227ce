"""The configuration: `compose` reads the files in ``conf/``, and what other modules ask of the result.

Hydra merges the files over the schema; whatever a user can get wrong is reported in one line as `BadInput`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from balsim.overrides import AXIS_FIELDS, Override, check_overrides, check_value, conf_tree, parse, quoted
from balsim.params import BY_KEY, PARAMETERS, BadInput, check, nearest
from balsim.schema import Axis, known_keys

ENGINES = ("batch", "mesa")
CLUSTERS = ("local", "dask", "slurm")
GROUP_AXES = ("theory", "scenario", "hegemon")


def compose(*overrides: str, directory: Path | None = None, name: str = "config") -> DictConfig:
    """The configuration that the command line would build from the same overrides.

        cfg = balsim.compose("experiment=tipping_surface", "hegemon.unilateralism=0.5")

    overrides : as on the command line, one key each; a key that is an axis of the experiment pins that axis
    directory, name : a folder and file to start from instead of the built-in ``conf/config.yaml``

    Raises BadInput for an unknown or misspelt key, an unknown choice, a wrong type or a value out of range.
    """
    parsed = parse(overrides)
    check_overrides(parsed, known_keys(), directory)
    return finish(_raw(parsed, directory, name), parsed, directory)


def recompose(cfg: DictConfig, *extra: str) -> DictConfig:
    """What the user's overrides and some more give, started afresh from the built-in ``conf/config.yaml``."""
    directory = Path(cfg.config_dir) if cfg.config_dir else None
    found = parse([*cfg.given, *extra])
    check_overrides(found, known_keys(), directory)
    if directory is not None:
        found = [*found, *parse([f"hydra.searchpath=[{quoted(f'file://{directory.resolve()}')}]"])]
    return finish(_raw(found), found, directory)


def _raw(parsed: list[Override], directory: Path | None = None, name: str = "config") -> DictConfig:
    """What Hydra composes, before anything of it is checked."""
    if directory is not None and not directory.is_dir():
        raise BadInput(f"configuration folder '{directory}' does not exist")
    try:
        with _own_hydra(directory or conf_tree()):
            return hydra_compose(config_name=name, overrides=[o.text for o in parsed])
    except (HydraException, OmegaConfBaseException) as error:
        raise BadInput(one_line(error)) from error


@contextmanager
def _own_hydra(directory: Path) -> Iterator[None]:
    """Hydra set up on a folder, leaving any Hydra application that is already running as it was."""
    outer = GlobalHydra.instance().hydra
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(directory.resolve()), job_name="balsim", version_base=None):
            yield
    finally:
        GlobalHydra.instance().hydra = outer


def one_line(error: Exception) -> str:
    """The message of a Hydra or OmegaConf error on one line, the cause before the circumstance."""
    cause = error.__cause__
    if isinstance(cause, OmegaConfBaseException) and cause.full_key:
        return f"{cause.full_key}: {str(cause.msg).splitlines()[0]}"
    if isinstance(error, OmegaConfBaseException) and error.full_key:
        return f"{error.full_key}: {str(error.msg).splitlines()[0]}"
    return " ".join(str(error).split())


def finish(cfg: DictConfig, parsed: Iterable[Override], directory: Path | None = None) -> DictConfig:
    """Check a composed configuration, note what the user gave, and pin the axes that this settles.

    directory : folder of the user's own configuration files, where group axes look for their choices as well
    Returns a new configuration. Raises BadInput.
    """
    cfg = cfg.copy()
    OmegaConf.set_struct(cfg, False)
    cfg.pop("hydra", None)
    noted = list(cfg.given)
    cfg.given = noted + [o.text for o in parsed if o.text not in noted and _worth_noting(o.key)]
    if directory is not None:
        cfg.config_dir = str(directory)
    OmegaConf.set_struct(cfg, True)
    validate(cfg)
    _pin(cfg)
    expand_axes(cfg)
    return cfg


def _worth_noting(key: str) -> bool:
    """Whether an override says anything about the design: Hydra's own keys and places of files do not."""
    return key not in {"out", "given", "config_dir", "hydra"} and not key.startswith(("hydra.", "hydra/"))


def _pin(cfg: DictConfig) -> None:
    """Replace each axis whose key the user gave by the one value that the configuration now holds."""
    given = given_values(cfg)
    for name, axis in axes_of(cfg).items():
        if axis.key in given:
            cfg.design.axes[name] = {"key": axis.key, "values": [given[axis.key]]}


def given_values(cfg: DictConfig) -> dict[str, Any]:
    """Sweepable keys that the user gave, each with the value that now holds for it."""
    found: dict[str, Any] = {}
    for override in parse(cfg.given):
        if override.key in GROUP_AXES:
            found[override.key] = override.value
        elif sweepable(override.key):
            value = OmegaConf.select(cfg, override.key)
            found[override.key] = OmegaConf.to_container(value) if OmegaConf.is_config(value) else value
    return found


def pinned(cfg: DictConfig) -> list[str]:
    """Axes of the experiment that are held at a value the user gave, by their keys."""
    given = given_values(cfg)
    return [axis.key for axis in axes_of(cfg).values() if axis.key in given]


def sweepable(key: str) -> bool:
    """Whether an axis may have this key: a parameter, a setting of the scenario, or a group."""
    return key in BY_KEY or key in GROUP_AXES or key.startswith("scenario.")


def expand_axes(cfg: DictConfig) -> dict[str, list[Any]]:
    """Values of every axis by its key, in the order in which the design lists them.

    Equally spaced values are rounded to twelve decimals, so that 0.45 on a grid is the 0.45 that a user types.
    Raises BadInput for an axis without values, of an unknown key, or with values out of range.
    """
    axes: dict[str, list[Any]] = {}
    for name, axis in axes_of(cfg).items():
        where = f"design.axes.{name}"
        if not sweepable(axis.key):
            raise BadInput(f"{where}.key: unknown key '{axis.key}'{nearest(axis.key, [*BY_KEY, *GROUP_AXES])}")
        if axis.key in axes:
            raise BadInput(f"{where}.key: '{axis.key}' is already the key of another axis")
        axes[axis.key] = _axis_values(where, axis)
        for value in axes[axis.key]:
            _check_axis_value(axis.key, value, Path(cfg.config_dir) if cfg.config_dir else None)
    return axes


def axes_of(cfg: DictConfig) -> dict[str, Axis]:
    """The axes of the design by name, checked against their fields. Raises BadInput."""
    return {str(name): read_axis(str(name), axis) for name, axis in cfg.design.axes.items()}


def read_axis(name: str, axis: Any) -> Axis:
    """One axis as a dataclass. Raises BadInput for an unknown field or a wrong type."""
    where = f"design.axes.{name}"
    if not isinstance(axis, DictConfig):
        raise BadInput(f"{where} must have a key and values, or low, high and points")
    for part in map(str, axis):
        if part not in AXIS_FIELDS:
            raise BadInput(f"unknown key '{where}.{part}'{nearest(part, AXIS_FIELDS)}")
    try:
        found: Any = OmegaConf.to_object(OmegaConf.merge(OmegaConf.structured(Axis), axis))
    except OmegaConfBaseException as error:
        raise BadInput(f"{where}.{one_line(error)}") from error
    return found


def _axis_values(where: str, axis: Axis) -> list[Any]:
    """The values of one axis."""
    if axis.values is not None:
        found = [_plain(axis.key, v) for v in axis.values]
        if not found:
            raise BadInput(f"{where}.values is empty: a grid needs at least one point")
    elif axis.points is None or axis.low is None or axis.high is None:
        raise BadInput(f"{where} has no points: give values, or low, high and points")
    elif axis.points < 1:
        raise BadInput(f"{where}.points={axis.points}: a grid needs at least one point")
    else:
        found = [round(float(v), 12) for v in np.linspace(axis.low, axis.high, axis.points)]
    if any(a == b for i, a in enumerate(found) for b in found[:i]):
        raise BadInput(f"{where} lists a value twice")
    return found


def _plain(key: str, value: Any) -> Any:
    """A value of an axis as the table of points shows it."""
    if isinstance(value, list):
        return "+".join(map(str, value)) if key == "theory.menu" else value
    if key in BY_KEY and BY_KEY[key].kind is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(float(value), 12)
    return value


def _check_axis_value(key: str, value: Any, directory: Path | None) -> None:
    """Raise BadInput where a value does not suit the key of its axis."""
    check_value(key, stored(key, value), directory)


def stored(key: str, value: Any) -> Any:
    """A value from the table of points as the configuration holds it (a menu is a list there)."""
    return value.split("+") if key == "theory.menu" and isinstance(value, str) else value


def validate(cfg: DictConfig) -> None:
    """Raise BadInput where a value is out of range."""
    found = values(cfg)
    for key, value in found.items():
        check(key, value)
    if sum(found[k] for k in BY_KEY if k.startswith("theory.weights.")) <= 0.0:
        raise BadInput("theory.weights: at least one weight must be positive")
    for key, least in {"runs": 1, "years": 1, "seed": 0, "threads": 1, "record.panel": 0,
                       "cluster.workers": 1, "cluster.cores": 1, "cluster.wait": 0}.items():  # fmt: skip
        number = OmegaConf.select(cfg, key)
        if number is not None and number < least:
            raise BadInput(f"{key}={number} is out of range: must be at least {least}")
    for key, known in {"engine": ENGINES, "cluster.kind": CLUSTERS}.items():
        chosen = OmegaConf.select(cfg, key)
        if chosen not in known:
            raise BadInput(f"{key}: '{chosen}' is not one of {', '.join(known)}{nearest(chosen, known)}")


def values(cfg: DictConfig) -> dict[str, Any]:
    """The value of every parameter in `params.PARAMETERS` by its dotted key."""
    plain = OmegaConf.to_container(cfg, resolve=True)
    return {parameter.key: _dig(plain, parameter.key) for parameter in PARAMETERS}


def _dig(tree: Any, key: str) -> Any:
    for part in key.split("."):
        tree = tree[part]
    return tree


def resolved(cfg: DictConfig) -> dict[str, Any]:
    """The configuration as plain data, keys sorted; only the axes keep their order, which is that of the table."""
    plain: Any = OmegaConf.to_container(cfg, resolve=True)
    ordered = _sorted(plain)
    ordered["design"]["axes"] = {name: _sorted(axis) for name, axis in plain["design"]["axes"].items()}
    return ordered


def _sorted(tree: Any) -> Any:
    return {key: _sorted(tree[key]) for key in sorted(tree)} if isinstance(tree, dict) else tree


def as_yaml(cfg: DictConfig) -> str:
    """A self-contained configuration file: ``balsim --config-dir DIR --config-name config`` runs it again."""
    plain = resolved(cfg) | {"out": None, "config_dir": None, "fresh": False}
    return OmegaConf.to_yaml(OmegaConf.create({"defaults": ["balsim_schema", "_self_"], **plain}))


def key(cfg: DictConfig) -> str:
    """SHA-256 (hexadecimal) of all that decides what a world of this design is.

    In: parameters, scenario, values of the axes (or the sample that takes their place), years, seed. Out: runs and
    record.panel (more of the same), engine, cluster, threads, progress, fresh and
    out (they change no result), texts and names.
    """
    axes = expand_axes(cfg)
    content = {
        "parameters": {k: v for k, v in values(cfg).items() if k not in axes},
        "scenario": OmegaConf.to_container(cfg.scenario, resolve=True),
        "axes": axes,
        "years": cfg.years,
        "seed": cfg.seed,
        **({"sample": OmegaConf.to_container(cfg.design.sample)} if cfg.design.sample.method else {}),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def default_out(cfg: DictConfig) -> Path:
    """Folder of the results, relative to the working directory: the user's, or one named by experiment and key."""
    return Path(cfg.out) if cfg.out else Path("outputs") / f"{cfg.experiment or 'design'}-{key(cfg)[:8]}"

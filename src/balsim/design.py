"""What to run: a table with a row per parameter point, and the records that the engines read.

A design is a full grid over the axes of an experiment, or a sample over the priors of the parameters: a Latin
hypercube, or what Morris' screening and Sobol' indices need.
Every point is run with the same random numbers, so that rows with the same `run` are paired.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from scipy.stats import qmc

from balsim import config
from balsim.params import BY_KEY, EXPECTATIONS, PARAMETERS, BadInput, check, nearest, record, record_dtype
from balsim.scenario import Scenario, ScenarioSettings, build

SAMPLES = ("latin_hypercube", "morris", "sobol")


MOST_EXACT = 20
"""Second-tier states among which all coalitions, 2 to the power of their number, can be gone through."""


@dataclass(frozen=True)
class Design:
    """P parameter points, each to be run `runs` times for `years` years.

    points : (P rows) a column per axis under its dotted key, in the order of the axes
    records : (P,) record array of `params.record_dtype()`
    scenario_settings : the distinct scenario sections; scenario_of : (P,) which of them a point uses
    axes : values of each axis by its key; pinned : keys of axes held at a value the user gave
    """

    name: str
    question: str
    points: pd.DataFrame
    records: np.recarray
    scenario_settings: list[dict[str, Any]]
    scenario_of: np.ndarray
    runs: int
    years: int
    seed: int
    axes: dict[str, list[Any]]
    pinned: list[str]

    @classmethod
    def from_config(cls, cfg: DictConfig) -> Design:
        """The full grid over the axes of `cfg`, the last axis running fastest, or the sample it asks for.

        Raises BadInput, also where a sample is asked for and there are axes: they would be left out in silence.
        """
        if cfg.design.sample.method:
            if cfg.design.axes:
                raise BadInput("design.sample.method: a sample has no axes; empty design.axes or the method")
            return cls.from_points(cfg, sample(cfg).drop_duplicates(ignore_index=True))
        config.validate(cfg)
        axes = config.expand_axes(cfg)
        shape = tuple(len(v) for v in axes.values())
        count = int(np.prod(shape, dtype=np.int64))
        where = dict(zip(axes, np.indices(shape).reshape(len(shape), count), strict=True))
        points = pd.DataFrame({k: _column(k, v)[where[k]] for k, v in axes.items()}, index=pd.RangeIndex(count))

        groups = [k for k in axes if k in config.GROUP_AXES]
        records = np.recarray(count, dtype=record_dtype())
        settings: list[dict[str, Any]] = []
        scenario_of = np.zeros(count, dtype=np.int64)
        for combination, base in _group_configs(cfg, {g: axes[g] for g in groups}):
            here = np.ones(count, dtype=bool)
            for group, value in combination.items():
                here &= where[group] == axes[group].index(value)
            records[here] = record(config.values(base), cfg.years)
            scenario_of[here] = _scenarios(base, axes, where, here, settings)
        for key, found in axes.items():
            if key in BY_KEY:
                admitted = np.array([check(key, config.stored(key, v)) for v in found])
                records[BY_KEY[key].field] = admitted[where[key]]
        _check_weights(records)
        return cls(cfg.design.name, cfg.design.question, points, records, settings, scenario_of,
                   cfg.runs, cfg.years, cfg.seed, axes, config.pinned(cfg))  # fmt: skip

    @classmethod
    def latin_hypercube(cls, cfg: DictConfig, keys: Sequence[str] | None = None, draws: int = 200,
                        seed: int = 0) -> Design:  # fmt: skip
        """`draws` points spread evenly over the priors of `keys`, all else as in `cfg`.

        keys : numeric parameters with a prior; None for all of them
        seed : of the draw of points; the random numbers of the runs depend on ``cfg.seed`` only

        Raises BadInput for a parameter without a prior, or no draws. Source: McKay, Beckman & Conover 1979.
        """
        return cls.from_points(cfg, hypercube(numeric_keys() if keys is None else keys, draws, seed))

    @classmethod
    def from_points(cls, cfg: DictConfig, points: pd.DataFrame) -> Design:
        """The points of a table, all else as in `cfg`.

        points : a row per point, no row twice; a column per numeric parameter under its dotted key

        Raises BadInput for another column, a value out of range, or a point given twice.
        """
        config.validate(cfg)
        if points.empty or points.duplicated().any():
            raise BadInput("a table of points needs at least one row, and no row twice")
        records = np.recarray(len(points), dtype=record_dtype())
        records[:] = record(config.values(cfg), cfg.years)
        for key in points:
            if key not in BY_KEY or BY_KEY[key].kind is not float:
                raise BadInput(f"'{key}' is not a numeric parameter{nearest(str(key), BY_KEY)}")
            column = points[key].to_numpy(dtype=float)
            for end in (column.min(), column.max()):
                check(key, end)
            records[BY_KEY[key].field] = column
        _check_weights(records)
        axes = {str(key): list(dict.fromkeys(points[key].tolist())) for key in points}
        settings: Any = OmegaConf.to_container(cfg.scenario, resolve=True)
        return cls(cfg.design.name, cfg.design.question, points.reset_index(drop=True), records, [settings],
                   np.zeros(len(points), dtype=np.int64), cfg.runs, cfg.years, cfg.seed, axes, [])  # fmt: skip

    def worlds(self) -> list[Scenario]:
        """The starting worlds, one for each of `scenario_settings`.

        Raises BadInput, also where odds are to be worked out over more coalitions than can be counted.
        """
        found = [build(settings, self.seed, self.runs) for settings in self.scenario_settings]
        exact = self.records["expectation"] == EXPECTATIONS.index("exact")
        for k, world in enumerate(found):
            tier = len(world.codes) - 1
            if tier > MOST_EXACT and np.any(exact & (self.scenario_of == k)):
                raise BadInput(f"theory.expectation=exact takes at most {MOST_EXACT} second-tier states, not {tier}")
        return found

    def __len__(self) -> int:
        """Number of points."""
        return len(self.records)


def _column(key: str, found: Sequence[Any]) -> np.ndarray:
    """The values of an axis as an array that the table of points can index; null of an optional number is NaN."""
    if key in BY_KEY and BY_KEY[key].kind is float:
        return np.array([np.nan if v is None else v for v in found], dtype=float)
    if all(isinstance(v, bool) for v in found):
        return np.array(found, dtype=bool)
    if all(isinstance(v, int) for v in found):
        return np.array(found, dtype=np.int64)
    column = np.empty(len(found), dtype=object)
    column[:] = found
    return column


def _group_configs(cfg: DictConfig, groups: Mapping[str, list[Any]]) -> list[tuple[dict[str, Any], DictConfig]]:
    """For each combination of group choices, the configuration that holds there: one Hydra composition each.

    What was changed in `cfg` after it was composed (in a notebook, say) is changed in every combination as well.
    """
    if all(len(found) == 1 for found in groups.values()) and set(groups) <= set(config.given_values(cfg)):
        return [({g: found[0] for g, found in groups.items()}, cfg)]
    before = config.values(config.recompose(cfg))
    changed = {k: v for k, v in config.values(cfg).items() if v != before[k]}
    pinned = config.given_values(cfg)
    found = []
    for chosen in itertools.product(*groups.values()):
        combination = dict(zip(groups, chosen, strict=True))
        composed = config.recompose(cfg, *(f"{g}={v}" for g, v in combination.items() if g not in pinned))
        base = cfg.copy()
        for group in groups:
            base[group] = composed[group]
        for key, value in changed.items():
            OmegaConf.update(base, key, value)
        found.append((combination, base))
    return found


def _scenarios(base: DictConfig, axes: Mapping[str, list[Any]], where: Mapping[str, np.ndarray], here: np.ndarray,
               settings: list[dict[str, Any]]) -> np.ndarray:  # fmt: skip
    """Which scenario section each point in `here` uses; sections not seen before are added to `settings`."""
    keys = [key for key in axes if key.startswith("scenario.")]
    used = np.zeros(int(here.sum()), dtype=np.int64)
    for places in itertools.product(*(range(len(axes[key])) for key in keys)):
        section = _scenario_section(base, {key: axes[key][i] for key, i in zip(keys, places, strict=True)})
        if section not in settings:
            settings.append(section)
        match = np.ones(len(used), dtype=bool)
        for key, i in zip(keys, places, strict=True):
            match &= where[key][here] == i
        used[match] = settings.index(section)
    return used


def _scenario_section(base: DictConfig, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario section of `base` with some settings changed, checked against its schema."""
    section = OmegaConf.merge(OmegaConf.structured(ScenarioSettings), base.scenario)
    for key, value in changes.items():
        inner = key.removeprefix("scenario.")
        try:
            OmegaConf.update(section, inner, value, force_add=inner.startswith("state."))
        except OmegaConfBaseException as error:
            raise BadInput(f"{key}: {str(error.msg or error).splitlines()[0]}") from error
    plain: Any = OmegaConf.to_container(section, resolve=True)
    return plain


def _check_weights(records: np.recarray) -> None:
    """Raise BadInput where every weight of threat is zero at some point."""
    total = sum(records[p.field] for p in PARAMETERS if p.key.startswith("theory.weights."))
    if np.any(total <= 0.0):
        raise BadInput("theory.weights: at least one weight must be positive at every point of the design")


def numeric_keys() -> list[str]:
    """Every numeric parameter with a prior to draw from, in the order of the parameter table."""
    return [p.key for p in PARAMETERS if p.prior is not None and p.kind is float]


def prior(key: str) -> tuple[float, float]:
    """The range over which a parameter is drawn. Raises BadInput for one without."""
    check(key, BY_KEY[key].default if key in BY_KEY else None)
    found = BY_KEY[key].prior
    if found is None or BY_KEY[key].kind is not float:
        raise BadInput(f"{key} has no prior to draw from")
    return found


def hypercube(keys: Sequence[str], draws: int, seed: int) -> pd.DataFrame:
    """(`draws` rows) Latin hypercube over the priors of `keys`. Raises BadInput. Source: McKay et al. 1979."""
    if draws < 1 or not keys:
        raise BadInput(f"a Latin hypercube needs at least one key and one draw, not {len(keys)} and {draws}")
    low, high = np.array([prior(key) for key in keys]).T
    unit = qmc.LatinHypercube(d=len(keys), rng=np.random.default_rng(seed)).random(draws)
    return pd.DataFrame(low + unit * (high - low), columns=list(keys))


def problem(keys: Sequence[str]) -> dict[str, Any]:
    """What SALib needs to know of the parameters `keys`: names and bounds."""
    return {"num_vars": len(keys), "names": list(keys), "bounds": [list(prior(key)) for key in keys]}


def salib(module: str) -> Any:
    """A module of SALib, an optional library. Raises BadInput where it is not installed."""
    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError as error:
        raise BadInput("sensitivity analysis needs SALib: pip install 'balsim[analysis]'") from error


def sample(cfg: DictConfig) -> pd.DataFrame:
    """The points of the sample that `cfg` asks for, in the order of its estimators; the same row may come twice.

    A column per sampled parameter. `latin_hypercube`: `draws` rows; `morris`: draws · (D + 1), on four levels;
    `sobol`: draws · (2D + 2), Saltelli's scheme with second order, `draws` a power of two.
    Raises BadInput. Source: Morris 1991; Saltelli 2002.
    """
    asked = cfg.design.sample
    keys = list(asked.parameters) or numeric_keys()
    if asked.method not in SAMPLES:
        raise BadInput(f"design.sample.method: '{asked.method}' is not one of {', '.join(SAMPLES)}"
                       f"{nearest(asked.method, SAMPLES)}")  # fmt: skip
    if asked.draws < 1 or asked.seed < 0:
        raise BadInput(f"design.sample: needs at least one draw and a seed of at least 0, not {asked.draws} and "
                       f"{asked.seed}")  # fmt: skip
    if asked.method == "latin_hypercube":
        return hypercube(keys, asked.draws, asked.seed)
    if asked.method == "morris":
        rows = salib("sample.morris").sample(problem(keys), asked.draws, num_levels=4, seed=asked.seed)
    elif asked.draws & (asked.draws - 1):
        raise BadInput(f"design.sample.draws={asked.draws}: a sobol sample needs a power of two")
    else:
        rows = salib("sample.sobol").sample(problem(keys), asked.draws, calc_second_order=True, seed=asked.seed)
    return pd.DataFrame(rows, columns=keys)

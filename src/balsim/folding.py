"""Folding the jobs of a sweep (``balsim -m``) into one design, so that they are run as one batch.

Hydra would compose every job twice and run one after the other. Here one configuration is composed; the swept keys
become axes of its design, where each combination of group choices is composed once and numbers are written straight
into the records of the engines. Every job still leaves its number and its overrides.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from balsim.config import axes_of, expand_axes, sweepable
from balsim.files import locked, write_text
from balsim.overrides import Override, parse


def foldable(overrides: Sequence[Override]) -> bool:
    """Whether a sweep can be run as one design: only keys that an axis may have are swept, by Hydra's defaults.

    Whoever sets anything of Hydra's own (``hydra/launcher=basic``, say) gets Hydra's sweeper and launcher.
    """
    return all(
        sweepable(o.key) if o.sweep else o.key == "hydra.sweep.dir" or not o.key.startswith(("hydra.", "hydra/"))
        for o in overrides
    )


def fold(cfg: DictConfig, swept: Mapping[str, Sequence[str]]) -> DictConfig:
    """The design of all jobs: the swept keys as axes, in place of those the experiment has of the same keys.

    swept : values of each key, as Hydra writes them
    Raises BadInput where a value does not suit its key.
    """
    cfg = cfg.copy()
    OmegaConf.set_struct(cfg, False)
    names = {axis.key: name for name, axis in axes_of(cfg).items()}
    for key, texts in swept.items():
        values = list(dict.fromkeys(_hashable(o.value) for o in parse(f"{key}={text}" for text in texts)))
        name = names.get(key, key.replace(".", "_"))
        cfg.design.axes[name] = {"key": key, "values": [list(v) if isinstance(v, tuple) else v for v in values]}
    OmegaConf.set_struct(cfg, True)
    expand_axes(cfg)
    return cfg


def number_jobs(folder: Path, overrides: Sequence[Override]) -> list[int]:
    """Give each job a folder with its overrides, named by its number; returns the numbers, in Hydra's order.

    A job that the folder has already keeps its number, and a new one gets a number that no other had.
    """
    sweeps = [o.sweep or (None,) for o in overrides]
    jobs = [
        OmegaConf.to_yaml(OmegaConf.create([
            o.text if value is None else f"{o.key}={value}" for o, value in zip(overrides, chosen, strict=True)
        ]))
        for chosen in itertools.product(*sweeps)
    ]  # fmt: skip
    with locked(folder):
        known = {
            path.read_text(encoding="utf-8"): int(path.parts[-3])
            for path in folder.glob("*/.hydra/overrides.yaml") if path.parts[-3].isdigit()
        }  # fmt: skip
        free = itertools.count(max(known.values(), default=-1) + 1)
        for job in jobs:
            if job not in known:
                known[job] = next(free)
                place = folder / str(known[job]) / ".hydra"
                place.mkdir(parents=True, exist_ok=True)
                write_text(job, place / "overrides.yaml")
    return [known[job] for job in jobs]


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value

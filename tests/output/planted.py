"""Designs with planted content: what the tables hold is known, so that what is said of them can be checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from balsim.analysis.finding import Finding
from balsim.cells import cells
from balsim.measures import OUTCOMES, TICK
from balsim.params import STRATEGIES

SHARE, UNILATERALISM, LAND = "hegemon.capability_share", "hegemon.unilateralism", "hegemon.land_power"


@dataclass
class Planted:
    """Stands in for balsim.results.Results."""

    out: Path
    axes: dict[str, list[Any]]
    runs: pd.DataFrame
    trajectories: pd.DataFrame
    config: dict[str, Any]
    name: str = "Planted <design>"
    question: str = "Is what was planted found & said?"
    notes: tuple[str, ...] = ("By tonnage, another state ranks first.",)
    manifest: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def read_runs(self, columns: list[str]) -> pd.DataFrame:
        return self.runs[columns]

    @cached_property
    def cells(self) -> pd.DataFrame:
        return cells(self.runs, list(self.axes), self.config["seed"])


def world(phase: str = "bargain", tipped: bool = False, soft: bool = False, **more: Any) -> dict[str, Any]:
    """One row of runs; what is not said is zero."""
    row: dict[str, Any] = dict.fromkeys(OUTCOMES, 0.0)
    path = {(True, True): "soft_to_hard", (True, False): "hard_without_soft", (False, True): "soft_only"}.get(
        (tipped, soft), "quiet"
    )
    row |= {"phase": phase, "path": path, "tipped": tipped, "soft_phase": soft, "reversed": False}
    row |= {"tick_tipped": 20.0 if tipped else np.nan, "tick_soft": 5.0 if soft else np.nan}
    row |= {f"share_{name}": 0.6 if name == phase else 0.1 for name in STRATEGIES}
    return row | more


def trajectory(years: int = 10, **series: Any) -> pd.DataFrame:
    """Long table of one point: all measures 0.2, those given as they are, quantiles 0.05 away."""
    parts = []
    for measure in TICK:
        mean = np.broadcast_to(series.get(measure, 0.2), years + 1)
        spread = {"q05": mean - 0.05, "q25": mean - 0.02, "q50": mean, "q75": mean + 0.02, "q95": mean + 0.05}
        parts.append(
            pd.DataFrame({"tick": np.arange(years + 1), "measure": measure, "mean": mean, "sd": 0.03, **spread})
        )
    return pd.concat(parts, ignore_index=True)


def design(out: Path, axes: dict[str, list[Any]], worlds: Any, paths: Any = lambda **_: trajectory(),
           policy: str = "fixed", runs: int = 20) -> Planted:  # fmt: skip
    """A full grid over `axes`; worlds(run, point…) gives a row of runs, paths(point…) the trajectory of a point."""
    grid = (
        pd.MultiIndex.from_product(axes.values(), names=list(axes)).to_frame(index=False)
        if axes
        else pd.DataFrame(index=[0])
    )
    rows, long = [], []
    for point in grid.to_dict("records"):
        plain = {key.rsplit(".", 1)[-1]: value for key, value in point.items()}
        rows += [{**point, "run": r, **worlds(r, **plain)} for r in range(runs)]
        part = paths(**plain)
        for key, value in point.items():
            part[key] = value
        long.append(part)
    table = pd.DataFrame(rows).astype({"phase": "category", "path": "category"})
    config = {
        "seed": 1,
        "scenario": {"name": "unipolar_2003"},
        "theory": {"name": "synthesis", "military_weight": 0.5},
        "hegemon": {
            "capability_share": None,
            "unilateralism": 0.5,
            "policy": policy,
            "ramp_low": 0.0,
            "ramp_high": 1.0,
        },
    }
    manifest = {
        "balsim": "0.1.0", "source": "abc", "key": "def", "counts": {"asked": len(rows), "done": len(rows)},
        "seconds": 1.5, "platform": {"system": "Linux"}, "versions": {"numpy": "2"}, "configuration": config,
    }  # fmt: skip
    return Planted(out, axes, table, pd.concat(long, ignore_index=True), config, manifest=manifest)


SHARES = [0.2, 0.3, 0.4, 0.5]
LEVELS = [0.0, 0.25, 0.5, 0.75, 1.0]


def above_the_line(run: int, capability_share: float, unilateralism: float, land_power: bool) -> dict[str, Any]:
    """As a land power, worlds tip from u = 0.5 at shares of 0.4 and more, after a soft phase; offshore none does."""
    if land_power and capability_share >= 0.4 and unilateralism >= 0.5:
        return world("hard_balance", tipped=True, soft=True)
    return world("soft_balance", soft=True) if unilateralism >= 0.5 else world("bargain")


def ramp(area: Any) -> Any:
    """Worlds and trajectories of a ramp: hard balancing follows u upwards, and stays by `area` on the way down."""
    u = np.concatenate([np.linspace(0, 1, 6), np.linspace(1, 0, 6)[1:]])
    hard = np.clip(u + np.where(np.arange(11) > 5, np.mean([area(r) for r in range(20)]), 0.0), 0, 1)

    def worlds(run: int, **_: Any) -> dict[str, Any]:
        return world("hard_balance", tipped=True, soft=True, loop_area=area(run), reversed=True)

    return worlds, lambda **_: trajectory(unilateralism=u, share_hard_balance=hard)

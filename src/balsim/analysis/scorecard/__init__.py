"""Scorecard: which stylised facts hold over the priors of the parameters, and fail where they must.

Definitions and tolerances are those of the project's inventory of the literature, fixed before any run. Only facts
up to 2002 are used. Nothing is tuned, and no draw is filtered on a tested statistic.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from balsim import config, runner
from balsim.analysis.finding import Finding
from balsim.analysis.scorecard import burdens, coalitions, mix, motives
from balsim.analysis.scorecard.claim import Claim
from balsim.analysis.scorecard.tally import REQUIRED, WHOLE, judge, table
from balsim.analysis.scorecard.worlds import Ensemble
from balsim.drawing import STYLE
from balsim.params import BadInput

if TYPE_CHECKING:
    from omegaconf import DictConfig

    from balsim.results import Results

CLAIMS: tuple[Claim, ...] = tuple(
    sorted((*coalitions.CLAIMS, *mix.CLAIMS, *burdens.CLAIMS, *motives.CLAIMS), key=lambda c: c.number)
)
NOT_TESTED = {
    11: "World history: needs crises and conquest, which the model has not",
    12: "Back-cast 1991–2002: needs real series of arms and alliances beside the model, which are not shipped",
}


def analyse(results: Results) -> Finding:
    """Judge every theory of the design; what was judged before in this folder is read, not run again."""
    cfg = config.compose(directory=results.out, name="config")
    cfg.config_dir = None  # the folder of results is no place to look for theories
    if cfg.design.sample.draws < 1:
        raise BadInput("scorecard: design.sample.draws must be at least 1 (see experiment=scorecard)")
    if cfg.scenario.name != "synthetic":
        raise BadInput("scorecard: needs scenario=synthetic, whose hegemon can be put at land or at sea")
    theories = [str(t) for t in results.axes.get("theory", [results.config["theory"]["name"]])]
    found = {}
    for theory in theories:
        if cfg.progress:
            print(f"Scorecard of {theory}: {len(CLAIMS)} tests, {cfg.design.sample.draws} draws …", file=sys.stderr)
        found[theory] = table(judged(cfg, theory, results.out / "scorecard"))
    whole = pd.concat([t.assign(theory=name) for name, t in found.items()], ignore_index=True)
    tables = {"definitions": definitions(), **{f"scorecard of {name}": t for name, t in found.items()}}
    answer = [_sentence(name, t) for name, t in found.items()]
    answer += [f"Test {number} is not run. {why}." for number, why in NOT_TESTED.items()]
    return Finding("scorecard", "Which stylised facts hold", answer, tables, {"scorecard": _figure(whole)})


def judged(cfg: DictConfig, theory: str, folder: Path) -> pd.DataFrame:
    """Every test of one theory by draw (see `tally.judge`), from `folder` where it is there already."""
    worlds = Ensemble(cfg, theory)
    path = folder / f"{theory}-{_key(worlds)}.parquet"
    if path.is_file():
        return pd.read_parquet(path)
    found = judge(worlds, Ensemble(cfg, theory, spread=False), CLAIMS)
    folder.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    found.to_parquet(beside, index=False)
    beside.replace(path)
    return found


def definitions() -> pd.DataFrame:
    """What each test says, from whom, how it is ablated, and what of it is not tested."""
    rows = [(c.number, c.name, c.source, c.definition, c.ablation, c.not_tested) for c in CLAIMS]
    return pd.DataFrame(rows, columns=["test", "name", "source", "holds in a draw where", "ablation", "not tested"])


def _key(worlds: Ensemble) -> str:
    """Names the draws, the runs, the model's code and the tests' own."""
    cfg = worlds.cfg
    found = hashlib.sha256(worlds.records.tobytes())
    found.update(repr((cfg.scenario, cfg.runs, cfg.years, cfg.seed, runner.result_hash())).encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        found.update(module.read_bytes())
    return found.hexdigest()[:16]


def _sentence(theory: str, found: pd.DataFrame) -> str:
    whole = found[found["part"] == WHOLE].set_index("test")
    words = ", ".join(f"{n} ({whole.loc[n, 'share']:.0%}; ablated {whole.loc[n, 'ablated']:.0%}) "
                      f"{whole.loc[n, 'verdict']}" for n in whole.index)  # fmt: skip
    count = int((whole["verdict"] == "holds").sum())
    own = [str(n) for n in whole.index if whole.loc[n, "default"] == "holds"]
    return (
        f"{theory}: {count} of {len(whole)} tests hold in at least {REQUIRED:.0%} of draws and fail when ablated. "
        f"{words}. At its own values: {', '.join(own) or 'none'}."
    )


def _figure(whole: pd.DataFrame) -> Figure:
    """Share of draws in which each test holds, by theory; the ablated share as an open mark."""
    theories = list(dict.fromkeys(whole["theory"]))
    names = {c.number: f"{c.number} {c.name}" for c in CLAIMS}
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(1.9 * len(theories) + 1.8, 3.6), layout="constrained")
        axes = figure.subplots(1, len(theories), squeeze=False, sharey=True, sharex=True)
        for ax, theory in zip(axes[0], theories, strict=True):
            rows = whole[(whole["theory"] == theory) & (whole["part"] == WHOLE)]
            place = -rows["test"].to_numpy()
            share = rows["share"].to_numpy()
            error = np.stack([share - rows["low"].to_numpy(), rows["high"].to_numpy() - share])
            ax.errorbar(share, place, xerr=error, fmt="o", color="#2C1160", markersize=4, capsize=2)
            ax.plot(rows["ablated"], place, "o", markerfacecolor="none", color="#A1305F", markersize=5)
            ax.axvline(REQUIRED, color="#888888", linewidth=0.8, linestyle="--")
            ax.set_yticks(place, [names[n] for n in rows["test"]])
            ax.set_xlim(-0.05, 1.05)
            ax.grid(color="#E5E5E5", linewidth=0.6)
            ax.set_title(theory)
        figure.supxlabel("share of draws in which the test holds (filled; open: under its ablation; dashed: required)",
                         fontsize=9)  # fmt: skip
    return figure

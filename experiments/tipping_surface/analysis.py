"""The tipping surface, its contrasts, and the results section of the README.

python experiments/tipping_surface/analysis.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import balsim
from balsim import report
from balsim.design import Design
from balsim.params import BY_KEY, STRATEGIES
from balsim.runner import run_design
from balsim.scenario import build

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from readme import put_results, table  # noqa: E402

OUT = "outputs/tipping_surface"
VARIANTS = {
    "defaults": [],
    "conversion 0": ["theory.conversion=0"],
    "security a pure public good (publicness 1)": ["theory.publicness=1", "theory.publicness_soft=1"],
    "reputation won back as fast as lost": ["theory.intentions_fall=0.25"],
}
ALL = "[hard_balance,soft_balance,bargain,buck_pass,bandwagon]"
NO_SOFT = "[hard_balance,bargain,buck_pass,bandwagon]"


def main() -> None:
    surface = balsim.run(balsim.compose(f"out={OUT}/surface"))
    report.write(surface)
    balsim_figure(surface)
    parts = [
        "Numbers of the code as it stands; 95 % intervals in brackets.",
        "![Phase map of the two panels](phase_map.png)",
        "**The surface**\n\n" + "\n".join(f"- {line}" for line in report.answer(surface)),
        "**Tipping as unilateralism rises** (land power, share .45, 400 worlds)\n\n" + edge(),
        "**Hard balancing as share rises** (land power, unilateralism 1, 400 worlds)\n\n" + hump(),
        edge_of_feasibility(),
        "**With one thing changed** (land power; the surface at 13 × 11 points × 100 worlds; the ramp of the "
        "hysteresis experiment at share .45, 200 worlds)\n\n" + variants(),
        "**Soft balancing off the menu** (land power, unilateralism 1, share .4, the same 400 worlds)\n\n" + no_soft(),
        "**Best answers over the whole range of the parameters** (latin hypercube, 300 draws, one world of 40 years "
        "each)\n\n" + best_answers(),
    ]
    put_results(HERE, "\n\n".join(parts))


def balsim_figure(surface: balsim.runner.Results) -> None:
    """The phase map beside the README."""
    surface.plot.phase_map().figure.savefig(HERE / "phase_map.png", dpi=90, metadata={"Software": None})


def alignment(name: str, *overrides: str) -> balsim.runner.Results:
    """An ensemble with a land-power hegemon; share and unilateralism do not drift."""
    fixed = ("experiment=alignment", "hegemon.land_power=true", "growth.noise=0", "growth.drag=0", "runs=400")
    return balsim.run(balsim.compose(*fixed, f"out={OUT}/{name}", *overrides))


def share_with_interval(row: pd.Series, name: str) -> str:
    return f"{row[name]:.2f} [{row[name + '_low']:.2f}, {row[name + '_high']:.2f}]"


def edge() -> str:
    cells = alignment(
        "edge", "hegemon.capability_share=0.45",
        "design.axes.u={key: hegemon.unilateralism, values: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]}",
    ).cells  # fmt: skip
    rows = [[f"{c['hegemon.unilateralism']:g}", share_with_interval(c, "tipped")] for _, c in cells.iterrows()]
    return table(["unilateralism", "worlds that tip"], rows)


def hump() -> str:
    cells = alignment(
        "hump", "hegemon.unilateralism=1",
        "design.axes.s={key: hegemon.capability_share, values: [0.2, 0.3, 0.4, 0.45, 0.5, 0.55, 0.6]}",
    ).cells  # fmt: skip
    rows = [
        [
            f"{c['hegemon.capability_share']:g}",
            share_with_interval(c, "share_hard_balance"),
            share_with_interval(c, "tipped"),
        ]
        for _, c in cells.iterrows()
    ]
    return table(["share", "hard balancing (share of second-tier capability, last third)", "worlds that tip"], rows)


def edge_of_feasibility() -> str:
    """Where coalition arithmetic alone puts the upper edge: s* = E/(E + g), E = [1 + (n − 1) q]/n."""
    n = len(build({"name": "unipolar_2003"}, 0, 1).codes) - 1
    reliability, projection = BY_KEY["theory.reliability"].default, BY_KEY["theory.projection"].default
    effective = (1 + (n - 1) * reliability) / n
    return (
        f"Coalition arithmetic alone puts the upper edge at s* = {effective / (effective + projection):.2f} "
        f"(n = {n} second-tier states, reliability {reliability}, projection {projection}; "
        "no followers, full legitimacy)."
    )


def variants() -> str:
    rows = []
    for name, overrides in VARIANTS.items():
        folder = name.split(" (")[0].replace(" ", "_")
        coarse = ("design.axes.share.points=13", "design.axes.unilateralism.points=11", "hegemon.land_power=true")
        plane = balsim.run(
            balsim.compose("experiment=tipping_surface", *coarse, f"out={OUT}/{folder}", *overrides)
        ).cells
        ramp = ("experiment=hysteresis", "hegemon.capability_share=0.45", "hegemon.land_power=true")
        loop = balsim.run(balsim.compose(*ramp, f"out={OUT}/ramp_{folder}", *overrides)).cells.iloc[0]
        tip = plane[plane["tipped"] >= 0.5]
        lowest = f"{tip['hegemon.unilateralism'].min():g}" if len(tip) else "none"
        rows.append([name, f"{len(tip)} of {len(plane)}", lowest, share_with_interval(loop, "loop_area")])
    return table(["variant", "points where half tip", "lowest unilateralism among them", "loop area of the ramp"], rows)


def no_soft() -> str:
    results = alignment(
        "no_soft", "hegemon.unilateralism=1", "hegemon.capability_share=0.4",
        f"design.axes.menu={{key: theory.menu, values: [{ALL}, {NO_SOFT}]}}",
    )  # fmt: skip
    hard = results.runs.pivot(index="run", columns="theory.menu", values="share_hard_balance")
    effect = hard["+".join(s for s in STRATEGIES if s != "soft_balance")] - hard["+".join(STRATEGIES)]
    margin = 1.96 * effect.std(ddof=1) / len(effect) ** 0.5
    means = hard.mean()
    return (
        f"Hard balancing {means['+'.join(STRATEGIES)]:.2f} with soft balancing on the menu, "
        f"{means[effect_name()]:.2f} without; paired difference {effect.mean():+.3f} "
        f"[{effect.mean() - margin:+.3f}, {effect.mean() + margin:+.3f}]."
    )


def effect_name() -> str:
    return "+".join(s for s in STRATEGIES if s != "soft_balance")


def best_answers() -> str:
    cfg = balsim.compose("experiment=alignment", "runs=1", "years=40", "record.panel=1", f"out={OUT}/best_answers")
    results = run_design(cfg, Design.latin_hypercube(cfg, draws=300))
    panel = results.panel
    asked = panel[(panel["year"] > 0) & (panel["strategy"] != "hegemon")]
    payoffs = asked[[f"payoff_{name}" for name in STRATEGIES]].to_numpy()
    best = pd.Series(payoffs.argmax(axis=1), index=asked.index)
    rows = []
    for k, name in enumerate(STRATEGIES):
        here = best == k
        draws = asked.loc[here, "point"].nunique()
        rows.append([name, f"{here.mean():.3f}", f"{draws} of {asked['point'].nunique()}"])
    return table(
        ["strategy", "share of state-years in which it is the best answer", "draws in which it is at least once"], rows
    )


if __name__ == "__main__":
    main()

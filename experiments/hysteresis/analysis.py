"""The ramp, with each mechanism off in turn, and the results section of the README.

python experiments/hysteresis/analysis.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import balsim
from balsim import report

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from readme import put_results, table  # noqa: E402

OUT = "outputs/hysteresis"
OFF = {
    "as it is": [],
    "no conversion": ["theory.conversion=0"],
    "security a pure public good": ["theory.publicness=1", "theory.publicness_soft=1"],
    "reputation won back as fast as lost": ["theory.intentions_fall=0.25"],
    "no arms stock (what is spent is there)": ["arms.depreciation=1", "arms.adjustment=1"],
    "no memory of others (last year only)": ["theory.memory=1"],
    "no inertia": ["choice.inertia=0"],
    "a ramp of 400 years": ["years=400"],
    "a ramp of 800 years": ["years=800"],
}


def main() -> None:
    ramp = balsim.run(balsim.compose("experiment=hysteresis", f"out={OUT}/ramp"))
    report.write(ramp)
    ramp.plot.hysteresis().figure.savefig(HERE / "hysteresis.png", dpi=80, metadata={"Software": None})
    parts = [
        "Numbers of the code as it stands; 95 % intervals in brackets.",
        "![Hard balancing as unilateralism rises and falls](hysteresis.png)",
        "\n".join(f"- {line}" for line in report.answer(ramp)),
        "**With one mechanism off** (land power, share .45, 200 worlds; differences are paired, world by world)\n\n"
        + ablations(),
    ]
    put_results(HERE, "\n\n".join(parts))


def ablations() -> str:
    rows = []
    whole = None
    for name, overrides in OFF.items():
        fixed = ("experiment=hysteresis", "hegemon.capability_share=0.45", "hegemon.land_power=true")
        results = balsim.run(balsim.compose(*fixed, f"out={OUT}/{name.split(' (')[0].replace(' ', '_')}", *overrides))
        cell, area = results.cells.iloc[0], results.runs.set_index("run")["loop_area"]
        whole = area if whole is None else whole
        change = area - whole
        margin = 1.96 * change.std(ddof=1) / len(change) ** 0.5
        low, high = change.mean() - margin, change.mean() + margin
        rows.append([
            name, f"{cell['loop_area']:.3f} [{cell['loop_area_low']:.3f}, {cell['loop_area_high']:.3f}]",
            f"{change.mean():+.3f} [{low:+.3f}, {high:+.3f}]" if name != "as it is" else "–",
            f"{cell['tipped']:.2f}", f"{cell['reversed']:.2f}",
        ])  # fmt: skip
    return table(["what is off", "loop area", "change", "worlds that tip", "of all, reversed"], rows)


if __name__ == "__main__":
    main()

"""Six theories at the figures of 2003, and the results section of the README.

python experiments/alignment/analysis.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import balsim
from balsim import report
from balsim.params import STRATEGIES

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from readme import put_results, table  # noqa: E402

OUT = "outputs/alignment"
THEORIES = ("synthesis", "waltz_1979", "walt_1987", "paul_2004", "brooks_wohlforth_2005", "olson_1965")


def main() -> None:
    results = balsim.run(
        balsim.compose(
            "experiment=alignment", "runs=200", f"out={OUT}/theories",
            f"design.axes.theory={{key: theory, values: [{','.join(THEORIES)}]}}",
            "design.axes.u={key: hegemon.unilateralism, values: [0.2, 0.8]}",
        )
    )  # fmt: skip
    report.write(results)
    one = balsim.run(balsim.compose("experiment=alignment", "runs=200", "hegemon.unilateralism=0.8", f"out={OUT}/one"))
    one.plot.alignment().figure.savefig(HERE / "alignment.png", dpi=90, metadata={"Software": None})
    rows = []
    for _, cell in results.cells.iterrows():
        shares = [f"{cell[f'share_{name}']:.2f}" for name in STRATEGIES]
        rows.append([cell["theory"], f"{cell['hegemon.unilateralism']:g}", *shares, f"{cell['tipped']:.2f}"])
    widest = max(
        (results.cells[f"share_{name}_high"] - results.cells[f"share_{name}_low"]).max() for name in STRATEGIES
    )
    parts = [
        "Shares of second-tier capability by strategy, means of 200 worlds, last third of 60 years; no 95 % interval "
        f"of a mean is wider than {widest:.3f}.",
        table(["theory", "unilateralism", *(name.replace("_", " ") for name in STRATEGIES), "worlds that tip"], rows),
        "![Alignment over time under the synthesis, unilateralism .8](alignment.png)",
    ]
    put_results(HERE, "\n\n".join(parts))


if __name__ == "__main__":
    main()

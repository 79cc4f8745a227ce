"""Every stored column is documented, in code and on the page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from balsim import columns
from balsim.engines.batch import STATISTICS
from balsim.measures import OUTCOMES, PANEL, TICK
from balsim.tables import panel_table, runs_table, trajectories_table

PAGE = Path(__file__).parents[2] / "docs" / "output.md"
POINTS = pd.DataFrame({"hegemon.unilateralism": [0.5]})


@pytest.mark.parametrize("kind", ["runs", "trajectories", "panel"])
def test_every_stored_column_is_documented_and_no_other(kind: str) -> None:
    import numpy as np

    made = {
        "runs": (lambda: runs_table(["k"], POINTS, np.zeros((1, 1, len(OUTCOMES)))), columns.RUNS),
        "trajectories": (
            lambda: trajectories_table(["k"], POINTS, np.zeros((1, 1, len(TICK), len(STATISTICS)))),
            columns.TRAJECTORIES,
        ),
        "panel": (lambda: panel_table(["k"], POINTS, np.zeros((1, 1, 1, 1, len(PANEL))), ["USA"]), columns.RECORDED),
    }
    table, documented = made[kind]
    stored = set(table().column_names) - {"hegemon.unilateralism"}
    assert stored | {"point"} == set(documented) | {"point"}, f"{kind}: documented and stored columns differ"


def test_every_yearly_measure_is_documented() -> None:
    assert tuple(columns.YEARLY) == TICK


def test_the_page_holds_the_documented_columns() -> None:
    assert columns.as_markdown() in PAGE.read_text(encoding="utf-8"), (
        "docs/output.md is out of date: replace its tables by balsim.columns.as_markdown()"
    )

"""What an analysis found, as the report shows it."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure


class Finding(NamedTuple):
    """Answer of one analysis.

    name : of the module; title : one line
    answer : sentences with their numbers and intervals; tables : by name; figures : by name
    """

    name: str
    title: str
    answer: list[str]
    tables: dict[str, pd.DataFrame]
    figures: dict[str, Figure]

"""Rows of the table, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line: what was measured, the figure, how it compares, and what the comparison should be.

    met : whether the target is reached; None where there is none
    """

    what: str
    figure: str
    ratio: str = ""
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Scale:
    """How much is run. quick : enough to see that every benchmark works, too little for its figure to mean much."""

    quick: bool

    def of(self, full: int, quick: int) -> int:
        return quick if self.quick else full


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """Shortest time that `work` takes."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    marks = {True: "yes", False: "**no**", None: ""}
    lines = ["| what | figure | ratio | target | reached |", "|---|---:|---:|---:|---|"]
    lines += [f"| {r.what} | {r.figure} | {r.ratio} | {r.target} | {marks[r.met]} |" for r in rows]
    return "\n".join(lines)


def at_least(value: float, least: float) -> dict[str, Any]:
    return {"target": f"≥ {least:,g} ×", "ratio": f"{value:,.2f} ×" if value < 100 else f"{value:,.0f} ×",
            "met": value >= least}  # fmt: skip


def at_most(value: float, most: float, unit: str = "×") -> dict[str, Any]:
    return {"target": f"≤ {most:,g} {unit}", "ratio": f"{value:,.2f} {unit}", "met": value <= most}

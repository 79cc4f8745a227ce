"""What a test of the scorecard is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from balsim.analysis.scorecard.worlds import Case, Ensemble

Change = Callable[[Case], Case]
Parts = dict[str, np.ndarray]
NOT_MEANT = np.inf


class Claim(NamedTuple):
    """A stylised fact, with the tolerance that was fixed before any run, and the ablation in which it must fail.

    holds : given the draws and a change of every condition, each part of the claim as (D,) numbers: 1 holds, 0 does
        not, NaN cannot be said (counted as not holding), NOT_MEANT where the claim is not about such a draw (not
        counted). A draw passes where every part holds.
    """

    number: int
    name: str
    source: str
    definition: str
    ablation: str
    holds: Callable[[Ensemble, Change], Parts]
    ablate: Change
    not_tested: str = ""


def same(case: Case) -> Case:
    """No change."""
    return case


def held(**values: Any) -> Change:
    """A change that holds parameters at values; a dot of the key is written as two underscores."""
    fixed: Mapping[str, Any] = {key.replace("__", "."): value for key, value in values.items()}
    return lambda case: case.but(values=fixed)


def truth(found: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    """(D,) truths as numbers, NaN where not known."""
    numbers = found.astype(float)
    return numbers if known is None else np.where(known, numbers, np.nan)

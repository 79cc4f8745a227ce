"""The traits of a state in a starting world: range, meaning, and the check of one figure."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from balsim.params import BadInput


class Trait(NamedTuple):
    """One trait of a state: what is admissible and what it means."""

    low: float
    high: float
    meaning: str
    whole: bool = False


# A burden or a share of nothing would leave the start no steady state; a percentage typed for a proportion is caught.
_SMALLEST_SHARE, _SMALLEST_BURDEN = 1e-6, 1e-4

TRAITS: dict[str, Trait] = {
    "burden": Trait(_SMALLEST_BURDEN, 0.9, "military spending, proportion of the economy"),
    "growth": Trait(-0.5, 0.5, "yearly growth of the economy, log points"),
    "offence": Trait(0.0, 1.0, "offensive part of the force"),
    "trade": Trait(0.0, 1.0, "trade dependence on the hegemon"),
    "prestige": Trait(0.0, 10.0, "prestige orientation"),
    "clock_period": Trait(0, 100, "years between elections; 0: none", whole=True),
    "clock_phase": Trait(0, 100, "year of the first election, counted from year 0", whole=True),
    "material": Trait(0.0, 10.0, "material interest in acts that look like balancing"),
    "ideal_point": Trait(-1.0, 1.0, "policy ideal point"),
    "revisionism": Trait(0.0, 1.0, "0 status quo … 1 revisionist"),
}
"""Traits that a file, `scenario.traits` and `scenario.state` may give."""

SHARES: dict[str, Trait] = {
    "economy": Trait(_SMALLEST_SHARE, 0.999, "share of the system's economy"),
    "military": Trait(_SMALLEST_SHARE, 0.999, "share of the system's military strength"),
}
"""Traits that sum to 1 over the states; `scenario.state` may give them, and the others keep their proportions."""


def number(value: Any, trait: Trait, where: str) -> float:
    """`value` (a number, or text from a file) as a figure of `trait`; `where` opens the message of BadInput."""
    try:
        figure = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        figure = math.nan
    if math.isnan(figure):
        raise BadInput(f"{where}: must be a number, not {value!r}")
    if not trait.low <= figure <= trait.high:
        raise BadInput(f"{where}: {figure:g} is out of range, must be between {trait.low:g} and {trait.high:g}")
    if trait.whole and figure != int(figure):
        raise BadInput(f"{where}: must be a whole number, not {figure:g}")
    return figure

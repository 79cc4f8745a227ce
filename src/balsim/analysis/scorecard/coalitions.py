"""Tests 1–3: who is balanced, at what share, on land and at sea."""

from __future__ import annotations

import numpy as np

from balsim.analysis.scorecard.claim import Change, Claim, Parts, held, truth
from balsim.analysis.scorecard.worlds import Case, Ensemble, at

LOW, MIDDLE = (0.20, 0.25, 0.30), (0.34, 0.39, 0.45)
SLOPE = (0.20, 0.30, 0.39, 0.45, 0.60)
EDGE = (0.20, 0.30, 0.39, 0.45, 0.52, 0.60, 0.70)


def coalition(worlds: Ensemble, case: Case) -> np.ndarray:
    """(D,) share of worlds with a counter-coalition of two or more: an allied pair on average over the last third."""
    return (worlds.outcome(case, "alliances") >= 1.0).mean(axis=1)


def over(worlds: Ensemble, shares: tuple[float, ...], change: Change, where: str = "land") -> np.ndarray:
    """(D, shares) share of worlds with a counter-coalition."""
    return np.stack([coalition(worlds, change(at(s, where=where))) for s in shares], axis=1)


def slope(shares: tuple[float, ...], found: np.ndarray) -> np.ndarray:
    """(D,) least-squares slope over the shares."""
    centred = np.asarray(shares) - np.mean(shares)
    return found @ centred / (centred @ centred)


def third(worlds: Ensemble, change: Change) -> Parts:
    below, above = over(worlds, LOW, change), over(worlds, MIDDLE, change)
    everywhere = np.concatenate([below, above], axis=1)
    return {
        "rise of at least .15": truth(above.mean(axis=1) - below.mean(axis=1) >= 0.15),
        "below .95 everywhere": truth(everywhere.max(axis=1) < 0.95),
        "midpoint in [.25, .45]": _midpoint(everywhere),
    }


def _midpoint(found: np.ndarray) -> np.ndarray:
    """Whether the share at which coalitions first reach half of their peak lies in [.25, .45]; NaN without any."""
    reached = found >= 0.5 * found.max(axis=1, keepdims=True)
    where = np.asarray(LOW + MIDDLE)[reached.argmax(axis=1)]
    return truth((where >= 0.25) & (where <= 0.45), found.max(axis=1) > 0.0)


def land_and_sea(worlds: Ensemble, change: Change) -> Parts:
    land, sea = over(worlds, SLOPE, change), over(worlds, SLOPE, change, "sea")
    with_, against = (np.mean([worlds.mean(change(at(s, where="sea")), f"share_{name}") for s in SLOPE], axis=0)
                      for name in ("bandwagon", "hard_balance"))  # fmt: skip
    return {
        "land: rises with share": truth(slope(SLOPE, land) > 0.0),
        "sea: does not rise": truth(slope(SLOPE, sea) <= 0.0),
        "sea: more with than against": truth(with_ > against),
        "land above sea by .20": truth(land.mean(axis=1) - sea.mean(axis=1) >= 0.20),
    }


def upper_edge(worlds: Ensemble, change: Change) -> Parts:
    found = over(worlds, EDGE, change)
    peak = found.max(axis=1)
    beyond = found[:, [k for k, s in enumerate(EDGE) if s >= 0.60]].mean(axis=1)
    return {"at most half of the peak from .60 on": truth(beyond <= 0.5 * peak, peak > 0.0)}


CLAIMS = (
    Claim(
        1, "Third", "Levy & Thompson 2005",
        "Land, u = .5: P(coalition of two or more) is higher by at least .15 at shares .34–.45 than at .20–.30, first "
        "reaches half of its peak at a share in [.25, .45], and stays below .95",
        "no weight on power in threat", third, held(theory__weights__power=0.0),
        "the midpoint is of the first crossing, not of a logistic fit, which few draws would identify",
    ),
    Claim(
        2, "Land and sea", "Levy & Thompson 2010",
        "u = .5, shares .20–.60: P(coalition) rises with share on land and not at sea, where more capability goes with "
        "the hegemon than against it; land above sea by at least .20",
        "distance and water do not matter", land_and_sea, held(theory__water=1.0, theory__distance_scale=1e6),
    ),
    Claim(
        3, "Upper edge", "Brooks & Wohlforth 2008; Rousseau",
        "Land, u = .5: P(coalition) at shares from .60 on is at most half of its peak over share",
        "allies certain (q = 1), hegemon without reach (g = .01)", upper_edge,
        held(theory__reliability=1.0, theory__projection=0.01),
        "the feasibility edge s* = E/(E + g) is tested with the kernels",
    ),
)  # fmt: skip

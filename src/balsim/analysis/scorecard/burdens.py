"""Tests 5–7: arming before allying, who carries the burden, who passes the buck."""

from __future__ import annotations

import numpy as np

from balsim.analysis.scorecard.claim import NOT_MEANT, Change, Claim, Parts, held, truth
from balsim.analysis.scorecard.mix import majors, rate
from balsim.analysis.scorecard.worlds import Case, Ensemble, at
from balsim.planes import SHARE

PARITY = 1.0 / 11.0
ARMED = 1.05  # burden over that of the same state at parity
RELIABLE = 0.745  # upper end of the reliability for which the claim is made


def internal_first(worlds: Ensemble, change: Change) -> Parts:
    base = at(0.45)
    ratio = _ratio(worlds, change(base), change(base.but(values={SHARE: PARITY})))
    certain = {"theory.reliability": 1.0}
    sure = _ratio(worlds, change(base.but(values=certain)), change(base.but(values={SHARE: PARITY, **certain})))
    parts = {
        "arming at least twice as frequent as allying": truth(ratio >= 2.0, ~np.isnan(ratio)),
        "less so with certain allies": truth(sure <= ratio, ~np.isnan(ratio) & ~np.isnan(sure)),
    }
    meant = worlds["theory.reliability"] <= RELIABLE
    return {name: np.where(meant, found, NOT_MEANT) for name, found in parts.items()}


def _ratio(worlds: Ensemble, case: Case, parity: Case) -> np.ndarray:
    """(D,) state-years of arming beyond parity over those with an ally, major powers; NaN without arming."""
    here, there = worlds.panel(case)[0], worlds.panel(parity)[0]
    major = majors(here["share"][..., 1:])
    armed = rate(here["burden"][..., 1:] > ARMED * there["burden"][..., 1:], major)
    allied = rate(here["allies"][..., 1:] >= 1.0, major)
    ratio = np.divide(armed, allied, out=np.full(len(armed), np.inf), where=allied > 0.0)
    return np.where(armed > 0.0, ratio, np.nan)


def burden(worlds: Ensemble, change: Change) -> Parts:
    panel, _ = worlds.panel(change(at(0.45)))
    rho = spearman(panel["share"][:, :, -1, 1:], panel["burden"][:, :, -1, 1:]).mean(axis=1)
    return {"rank correlation of size and burden in [.2, .9]": truth((rho >= 0.2) & (rho <= 0.9))}


def spearman(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Rank correlation along the last axis, ties at their mean rank; 0 where one side does not vary."""
    ranks = [_ranks(v) - (v.shape[-1] - 1) / 2.0 for v in (a, b)]
    product = (ranks[0] * ranks[1]).sum(axis=-1)
    size = np.sqrt((ranks[0] ** 2).sum(axis=-1) * (ranks[1] ** 2).sum(axis=-1))
    return np.divide(product, size, out=np.zeros_like(product), where=size > 0.0)


def _ranks(v: np.ndarray) -> np.ndarray:
    less = (v[..., None, :] < v[..., :, None]).sum(axis=-1)
    equal = (v[..., None, :] == v[..., :, None]).sum(axis=-1)
    return less + (equal - 1) / 2.0


def buck_passing(worlds: Ensemble, change: Change) -> Parts:
    alone = change(at(0.45).but(states=2))
    defence, offence = (worlds.mean(change(at(0.45).but(offence=o)), "share_buck_pass") for o in (0.2, 0.9))
    return {
        "none with one second-tier state": truth(worlds.outcome(alone, "share_buck_pass").max(axis=1) == 0.0),
        "falls by .05 from defence to offence": truth(defence - offence >= 0.05),
    }


CLAIMS = (
    Claim(
        5, "Internal first", "Parent & Rosato 2015",
        "Land, share .45, u = .5, q ≤ .745: major powers arm beyond 1.05 times their burden at parity in at least "
        "twice as many state-years as they have an ally, and the ratio does not rise with q = 1",
        "allies certain (q = 1), arms five times as dear", internal_first,
        lambda case: case.but(values={"theory.reliability": 1.0}, times={"theory.arms_cost": 5.0}),
    ),
    Claim(
        6, "Burden", "Olson & Zeckhauser 1966",
        "Land, share .45, u = .5: the mean rank correlation of size and military burden lies in [.2, .9]",
        "benefits wholly private (f = f_S = 0)", burden, held(theory__publicness=0.0, theory__publicness_soft=0.0),
        "their closed form, of continuous contributions, cannot be expressed by a choice among strategies; under the "
        "ablation they ask for |correlation| < .2, here that the claim fails",
    ),
    Claim(
        7, "Buck-passing", "Mearsheimer 2001; Christensen & Snyder 1990",
        "Land, share .45, u = .5: nobody passes the buck in a system of two; buck-passing falls by at least .05 where "
        "the hegemon's offence rises from .2 to .9",
        "no weight on offence in threat (ours: the inventory names none)", buck_passing,
        held(theory__weights__offence=0.0),
        "chain-ganging needs crises, which the model has not; the volunteer's dilemma is tested with the kernels",
    ),
)  # fmt: skip

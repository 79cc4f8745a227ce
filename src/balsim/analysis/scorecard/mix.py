"""Tests 4 and 8: the unipolar mix of strategies, and who bandwagons."""

from __future__ import annotations

import numpy as np

from balsim.analysis.scorecard.claim import Change, Claim, Parts, held, truth
from balsim.analysis.scorecard.coalitions import coalition
from balsim.analysis.scorecard.worlds import Ensemble, at
from balsim.params import STRATEGIES

BANDWAGON, HARD = STRATEGIES.index("bandwagon"), STRATEGIES.index("hard_balance")
SHARES = (0.45, 0.55, 0.65)
STRONG_RIVAL = 0.1  # regional threat: a strategic rival of equal size, near, with an average force, poses about .12


def majors(share: np.ndarray) -> np.ndarray:
    """(…, N − 1) which second-tier states are major: the larger half in each world and year."""
    return share >= np.median(share, axis=-1, keepdims=True)


def rate(what: np.ndarray, among: np.ndarray) -> np.ndarray:
    """(D,) share of state-years `among` in which `what` is true; NaN where there are none."""
    axes = tuple(range(1, what.ndim))
    count = among.sum(axis=axes)
    return np.divide((what & among).sum(axis=axes), count, out=np.full(len(count), np.nan), where=count > 0)


def unipolar_mix(worlds: Ensemble, change: Change) -> Parts:
    low, high = ([change(at(s, u, "sea")) for s in SHARES] for u in (0.1, 0.9))
    soft = np.mean([worlds.mean(case, "share_soft_balance") for case in low], axis=0)
    external = np.mean([worlds.mean(case, "hard_external") for case in low], axis=0)
    rise = np.mean([coalition(worlds, b) - coalition(worlds, a) for a, b in zip(low, high, strict=True)], axis=0)
    panel, _ = worlds.panel(low[1])
    follows = panel["strategy"][..., 1:] == BANDWAGON
    major = majors(panel["share"][..., 1:])
    rival = panel["regional_threat"][..., 1:] >= STRONG_RIVAL
    sheltered = rate(follows, ~major & rival) - rate(follows, ~major & ~rival)
    return {
        "soft above external hard": truth(soft > external),
        "major powers bandwagon below .15": truth(rate(follows, major) < 0.15),
        "weak with a local rival follow more, by .15": truth(sheltered >= 0.15, ~np.isnan(sheltered)),
        "coalitions only with expansion, by .15": truth(rise >= 0.15),
    }


def weak_bandwagon(worlds: Ensemble, change: Change) -> Parts:
    panel, world = worlds.panel(change(at(0.45)))
    strategy, share = panel["strategy"][..., 1:], panel["share"][..., 1:]
    opposed = np.where(strategy == HARD, share, 0.0)
    others = opposed.sum(axis=-1, keepdims=True) - opposed
    available = others[:, :, :-1] / share.sum(axis=-1, keepdims=True)[:, :, :-1]  # the year before
    size = np.log(share[:, :, 1:])
    size = size - size.mean(axis=-1, keepdims=True)
    border = np.broadcast_to(world.start.border[:, world.hegemon, 1:][None, :, None, :], size.shape)
    follows = strategy[:, :, 1:] == BANDWAGON
    found = [_slopes(follows[d], size[d], available[d], border[d]) for d in range(len(follows))]
    z = np.array(found)
    known = ~np.isnan(z).any(axis=1)
    return {
        "falls with own capability, |z| > 3": truth(z[:, 0] < -3.0, known),
        "falls with available allies, |z| > 3": truth(z[:, 1] < -3.0, known),
        "adjacency × weakness positive": truth(z[:, 2] > 0.0, known),
    }


def _slopes(follows: np.ndarray, size: np.ndarray, available: np.ndarray, border: np.ndarray) -> np.ndarray:
    """z of the logit slopes of bandwagoning on size, available allies and adjacency × weakness, one draw.

    All (R, T, N − 1); errors clustered by state. NaN where bandwagoning is universal or absent, or a regressor fixed.
    """
    runs, _, states = follows.shape
    cluster = np.broadcast_to(np.arange(runs)[:, None, None] * states + np.arange(states), follows.shape).ravel()
    x = np.stack([size.ravel(), available.ravel(), (-size * border).ravel(), border.ravel(), np.ones(follows.size)], 1)
    z = logit_z(x.astype(float), follows.ravel().astype(float), cluster)
    return z[:3]


def logit_z(x: np.ndarray, y: np.ndarray, cluster: np.ndarray, steps: int = 25) -> np.ndarray:
    """z of the coefficients of a logit with errors clustered by `cluster`; NaN where it cannot be fitted.

    x : (n, k) regressors; y : (n,) of 0 and 1; cluster : (n,) labels
    """
    unknown = np.full(x.shape[1], np.nan)
    if np.ptp(y) == 0.0 or np.linalg.matrix_rank(x) < x.shape[1]:
        return unknown
    b = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ b, -30.0, 30.0)))
        hessian = (x * (p * (1.0 - p))[:, None]).T @ x
        if np.linalg.cond(hessian) > 1e12:
            return unknown
        step = np.linalg.solve(hessian, x.T @ (y - p))
        b += step
        if np.abs(step).max() < 1e-8:
            break
    else:
        return unknown  # separated: the likelihood has no maximum
    labels = np.unique(cluster, return_inverse=True)[1]
    scores = np.zeros((labels.max() + 1, x.shape[1]))
    np.add.at(scores, labels, x * (y - p)[:, None])
    bread = np.linalg.inv(hessian)
    variance = np.diag(bread @ (scores.T @ scores) @ bread)
    return b / np.sqrt(variance) if (variance > 0.0).all() else unknown


CLAIMS = (
    Claim(
        4, "Unipolar mix", "Walt 2009",
        "At sea, shares .45–.65, u = .1: soft balancing exceeds external hard balancing, major powers bandwagon in "
        "less than .15 of state-years, weak states with a strong local rival more than those without by at least "
        ".15; P(coalition) rises by at least .15 from u = .1 to .9",
        "no weight on intentions in threat", unipolar_mix, held(theory__weights__intentions=0.0),
    ),
    Claim(
        8, "Weak bandwagon", "Walt 1987",
        "Land, share .45, u = .5: the logit slope of bandwagoning on own capability and on available allies (last "
        "year's hard balancers) is negative, |z| > 3 clustered by state; adjacency × weakness is positive",
        "autonomy is worth nothing (the pivotality term)", weak_bandwagon, held(theory__autonomy=0.0),
    ),
)  # fmt: skip

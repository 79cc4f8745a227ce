"""Tests 9 and 10: is it balancing at all, and can it be reversed?"""

from __future__ import annotations

import numpy as np

from balsim.analysis.scorecard.claim import Change, Claim, Parts, held, truth
from balsim.analysis.scorecard.worlds import Case, Ensemble, at
from balsim.params import STRATEGIES
from balsim.planes import SHARE

ACTUAL = 0.45
CUT = ACTUAL / 3 / (ACTUAL / 3 + 1 - ACTUAL)
PARITY = 1.0 / 11.0
LOOP = 0.02
OTHER_MOTIVES = ("theory.threat_scale", "theory.policy", "theory.prestige", "theory.regional", "theory.norm")


def attribution(worlds: Ensemble, change: Change) -> Parts:
    here = change(at(ACTUAL, where="sea"))
    cut = here.but(values={SHARE: CUT})
    alone = {"hegemon.commitment": 0.0}
    one = _acts(worlds, here) - _acts(worlds, here.but(values={SHARE: PARITY}))
    two = _acts(worlds, here.but(values=alone)) - _acts(worlds, here.but(values={SHARE: PARITY, **alone}))
    material = _fall(_owed_to_material(worlds, here), _owed_to_material(worlds, cut))
    security = _fall(*(worlds.mean(case, "instrument_territorial_denial") for case in (here, cut)))
    return {
        "acts owed to material interest change by at most 5 %": truth(np.abs(material) <= 0.05, ~np.isnan(material)),
        "acts led by security fall by at least half": truth(security >= 0.5, ~np.isnan(security)),
        "one factor overstates against two by two": truth(one > two),
    }


def _acts(worlds: Ensemble, case: Case) -> np.ndarray:
    return np.sum([worlds.mean(case, f"from_{name}_to_soft_balance") for name in STRATEGIES], axis=0)


def _owed_to_material(worlds: Ensemble, case: Case) -> np.ndarray:
    """(D,) soft acts with material interest as the only motive, beyond those with none."""
    alone = case.but(values={key: 0.0 for key in OTHER_MOTIVES})
    return _acts(worlds, alone) - _acts(worlds, alone.but(values={"theory.material": 0.0}))


def _fall(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(D,) proportion by which acts fall; NaN where there were none."""
    return np.divide(before - after, before, out=np.full(len(before), np.nan), where=before > 0.0)


def hysteresis(worlds: Ensemble, change: Change) -> Parts:
    ramp = Case("land", {SHARE: ACTUAL, "hegemon.policy": "ramp"}, years=120)
    return {f"loop area of at least {LOOP:g}": truth(worlds.mean(change(ramp), "loop_area") >= LOOP)}


CLAIMS = (
    Claim(
        9, "Attribution", "Brooks & Wohlforth 2005",
        "At sea, share .45, u = .5: with two-thirds of the hegemon's capability cut, acts owed to material interest "
        "alone change by at most 5 % and acts led by security fall by at least half; the one-factor counterfactual "
        "finds more balancing than the two by two",
        "nothing threatens (θ = 0)", attribution, held(theory__threat_scale=0.0),
    ),
    Claim(
        10, "Hysteresis", "Joffe; Pape 2005 (irreversibility)",
        "Land, share .45, unilateralism ramped up and down over 120 years: the loop of hard balancing has an area of "
        "at least .02",
        "no interaction and no stocks: others' record does not count, reputation, legitimacy and arms adapt at once",
        hysteresis,
        held(theory__conversion=0.0, theory__foresight=1.0, theory__memory=1.0, theory__followers=0.0,
             theory__denial=0.0, theory__intentions_rise=0.5, theory__intentions_fall=0.5,
             theory__legitimacy_speed=1.0, theory__alliance_bonus=0.0, arms__adjustment=1.0, arms__depreciation=1.0,
             choice__inertia=0.0),
        "mean-field folds, passage times and the global game are tested with the kernels; whether lag or memory makes "
        "the loop is for experiment=hysteresis",
    ),
)  # fmt: skip

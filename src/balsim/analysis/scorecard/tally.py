"""From truths by draw to a row per part of a claim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from balsim.analysis.scorecard.claim import NOT_MEANT, Change, Claim, same
from balsim.analysis.scorecard.worlds import Ensemble
from balsim.cells import wilson

REQUIRED = 0.8
"""A claim holds where it does in at least this share of draws, and must do so in fewer under its ablation."""
WHOLE = "all parts"
_WORDS = {1.0: "holds", 0.0: "fails", -1.0: "cannot be said"}
VERDICTS = ("holds", "fails", "built in")


def judge(drawn: Ensemble, default: Ensemble, claims: tuple[Claim, ...]) -> pd.DataFrame:
    """A row per claim, part, arm and draw: 1 holds, 0 does not, NaN cannot be said.

    Arms: "full" and "ablated" of the draws, and "default", the one draw of the theory's own values.
    """
    rows = []
    for claim in claims:
        arms: dict[str, tuple[Ensemble, Change]] = {
            "full": (drawn, same), "ablated": (drawn, claim.ablate), "default": (default, same),
        }  # fmt: skip
        for arm, (worlds, change) in arms.items():
            parts = claim.holds(worlds, change)
            found = np.stack(list(parts.values()))
            whole = np.where(np.isinf(found).any(axis=0), NOT_MEANT, (found == 1.0).all(axis=0))
            for name, values in {**parts, WHOLE: whole}.items():
                rows.append(pd.DataFrame({"test": claim.number, "part": name, "arm": arm,
                                          "draw": np.arange(len(values)), "holds": values}))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def table(judged: pd.DataFrame) -> pd.DataFrame:
    """A row per claim and part: share of draws in which it holds, in full and ablated, what holds at the theory's own
    values, and for the whole the verdict.

    judged : as from `judge`. A draw of which a part cannot be said counts as one in which it does not hold; draws that
    a claim does not mean are left out.
    """
    rows = []
    for (number, part), group in judged.groupby(["test", "part"], sort=False):
        counted = group[~np.isinf(group["holds"])]
        arms = {arm: counted.loc[counted["arm"] == arm, "holds"].to_numpy() for arm in ("full", "ablated", "default")}
        full, ablated = ((arms[arm] == 1.0) for arm in ("full", "ablated"))
        if len(full) == 0:
            full = ablated = np.zeros(1, dtype=bool)  # no draw is meant: nothing holds
        low, high = wilson(full.sum(), len(full))
        rows.append({
            "test": number, "part": part, "draws": len(arms["full"]),
            "share": full.mean(), "low": float(low), "high": float(high),
            "unknown": float(np.isnan(arms["full"]).sum() / len(full)), "ablated": ablated.mean(),
            "default": _WORDS[float(np.nan_to_num(arms["default"][0], nan=-1.0))] if len(arms["default"]) else "–",
            "verdict": verdict(full.mean(), ablated.mean()) if part == WHOLE else "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def verdict(share: float, ablated: float) -> str:
    """One of VERDICTS. A fact that survives its ablation was built in."""
    if share < REQUIRED:
        return "fails"
    return "built in" if ablated >= REQUIRED else "holds"

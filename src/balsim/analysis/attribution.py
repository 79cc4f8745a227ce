"""Is it balancing at all? Brooks and Wohlforth's tests, from the same worlds with one thing changed at a time.

A soft act is a state-year in which a second-tier state balances softly. Acts are counted per second-tier
state-year, so that designs of different length and size compare.

Source of the tests: Brooks & Wohlforth 2005; of the sharing among motives: Shapley 1953.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from balsim.analysis.finding import Finding
from balsim.analysis.paired import Effect, effect
from balsim.drawing import STYLE
from balsim.params import STRATEGIES, BadInput
from balsim.planes import LAND, SHARE

if TYPE_CHECKING:
    from balsim.results import Results

MENU, COMMITMENT = "theory.menu", "hegemon.commitment"
FULL = "+".join(STRATEGIES)
NO_SOFT = "+".join(s for s in STRATEGIES if s != "soft_balance")
MOTIVES = {
    "security": "theory.threat_scale", "policy": "theory.policy", "prestige": "theory.prestige",
    "material": "theory.material", "regional": "theory.regional",
}  # fmt: skip
COSTS = ("motive_effort_soft_balance", "motive_dependence_soft_balance")
BY_PRODUCTS = tuple(f"motive_{name}_soft_balance" for name in ("policy", "prestige", "material", "regional"))
LED_BY_SECURITY = "led_by_security"


def acts(runs: pd.DataFrame) -> pd.DataFrame:
    """The table of runs with soft acts per second-tier state-year: `acts`, and `led_by_security`.

    Security leads an act where it is the largest single motive, which is what its instrument records (denial of
    territory).
    """
    state_years = runs[[f"from_{a}_to_{b}" for a in STRATEGIES for b in STRATEGIES]].sum(axis=1)
    soft = runs[[f"from_{a}_to_soft_balance" for a in STRATEGIES]].sum(axis=1)
    return runs.assign(**{
        "acts": soft / state_years,
        LED_BY_SECURITY: runs["instrument_territorial_denial"] / state_years,
    })  # fmt: skip


def shapley(values: Mapping[frozenset[str], np.ndarray]) -> dict[str, np.ndarray]:
    """Shapley value of every player, for each run.

    values : worth of every coalition of players, (R,) each; all 2ⁿ coalitions
    The values sum to the worth of all players less the worth of none. Raises BadInput where a coalition is missing.
    """
    players = sorted(frozenset().union(*values))
    n = len(players)
    if len(values) != 2**n:
        raise BadInput(f"Shapley shares need all {2**n} combinations of {', '.join(players)}, not {len(values)}")
    found = {}
    for player in players:
        others = [p for p in players if p != player]
        total = np.zeros_like(np.asarray(values[frozenset()], dtype=float))
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                total += weight * (values[frozenset((*chosen, player))] - values[frozenset(chosen)])
        found[player] = total
    return found


def motive_values(table: pd.DataFrame, outcome: str = "acts") -> dict[frozenset[str], np.ndarray]:
    """Outcome under every combination of motives that are on, by run; a motive is on where its key is not zero."""
    keys = [key for key in MOTIVES.values() if key in table]
    names = {key: name for name, key in MOTIVES.items()}
    found = {}
    for where, part in table.groupby(keys, sort=False):
        on = frozenset(names[key] for key, value in zip(keys, where, strict=True) if value != 0.0)
        found[on] = part.sort_values("run")[outcome].to_numpy(dtype=float)
    return found


def two_by_two(table: pd.DataFrame, outcome: str = "acts", *, actual: float, parity: float, supplied: float
               ) -> dict[str, Effect]:  # fmt: skip
    """Effect of concentration on soft acts where the hegemon supplies security, where it does not, and the rest.

    table : worlds with all motives and the full menu; actual, parity : its two shares; supplied : commitment > 0
    `one_factor` is the naive counterfactual; `balancing` the effect without supplied security, which rival motives
    do not share; `enabled` the interaction: what concentration adds by way of the supply of security.
    """
    cell = {(share, supply): _column(table, outcome, {SHARE: share, COMMITMENT: supply})
            for share in (actual, parity) for supply in (supplied, 0.0)}  # fmt: skip
    one, two = (cell[actual, supply] - cell[parity, supply] for supply in (supplied, 0.0))
    zero = np.zeros_like(one)
    return {"one_factor": effect(zero, one), "balancing": effect(zero, two), "enabled": effect(zero, one - two)}


def paying(table: pd.DataFrame) -> pd.DataFrame:
    """Willingness to pay in each world: costs borne per act, what by-products repay of them, and the rest.

    In units of full security; NaN in worlds without a soft act. Costs are those of the payoff (effort, dependence);
    by-products are policy, prestige, material and regional gains. A rest above zero is paid for constraint, for the
    norm, or in error (states choose by logit); one below shows acts that pay for themselves.
    """
    each = table["acts"].where(table["acts"] > 0.0)
    found = pd.DataFrame({"cost": -table[list(COSTS)].sum(axis=1) / each})
    found["by-products"] = table[list(BY_PRODUCTS)].sum(axis=1) / each
    found["norm"] = table["motive_norm_soft_balance"] / each
    found["paid"] = found["cost"] - found["by-products"]
    return found


def passes(table: pd.DataFrame, *, actual: float, parity: float, cut: float, supplied: float) -> pd.DataFrame:
    """One row per test: how much of what is labelled soft balancing passes, as a proportion with its interval.

    table : as from `acts`, one panel of the design (all shares, supplies, menus and motives)
    Proportions are of the mean number of acts; negative where acts are more frequent without the condition. The last
    row bounds from above what passes the two-by-two, pays and changes capability: no act is seen to pass all three.
    """
    whole = _all_on(table)
    here = _at(whole, {SHARE: actual, COMMITMENT: supplied, MENU: FULL})
    acted = here["acts"].to_numpy(dtype=float)
    if acted.mean() <= 0.0:
        raise BadInput("attribution: there is no soft act to attribute in this panel")
    crossed = two_by_two(whole[whole[MENU] == FULL], actual=actual, parity=parity, supplied=supplied)
    motives = motive_values(_at(table, {SHARE: actual, COMMITMENT: supplied, MENU: FULL}))
    before = shapley(motives)
    after = shapley(motive_values(_at(table, {SHARE: cut, COMMITMENT: supplied, MENU: FULL})))
    without = motives[frozenset(MOTIVES) - {"security"}]
    no_soft = _at(whole, {SHARE: actual, COMMITMENT: supplied, MENU: NO_SOFT})
    # Acts that are there with no motive at all are noise, and noise is no willingness to pay.
    paid = np.where(paying(here)["paid"] > 0.0, acted - motives[frozenset()], 0.0)
    share = effect(here["capability_share"].to_numpy(), no_soft["capability_share"].to_numpy())
    poles = effect(no_soft["poles"].to_numpy(), here["poles"].to_numpy())
    rows = [
        ("counterfactual, one factor", "gone at parity", *_ratio(crossed["one_factor"], acted)),
        ("counterfactual, two by two", "gone at parity where no security is supplied",
         *_ratio(crossed["balancing"], acted)),
        ("counterfactual, difference", "one factor less two by two: what the former overstates",
         *_ratio(crossed["enabled"], acted)),
        ("security, leading motive", "security is the largest motive of the act",
         *_share_of(here[LED_BY_SECURITY].to_numpy(dtype=float), acted)),
        ("security, necessary", "gone without the security motive", *_share_of(acted - without, acted)),
        ("security, Shapley", "share of acts that falls to security", *_share_of(before["security"], acted)),
        ("willingness to pay", "with a motive, in worlds where costs exceed by-products", *_share_of(paid, acted)),
        ("two-thirds cut, security", "fall of the acts that fall to security (Shapley)",
         *_share_of(before["security"] - after["security"], before["security"])),
        ("two-thirds cut, material", "fall of the acts that fall to material interest (Shapley)",
         *_share_of(before["material"] - after["material"], before["material"])),
        ("capability, share", "fall of the hegemon's share with soft balancing on the menu",
         share.effect, share.low, share.high),
        ("capability, poles", "rise in the effective number of poles", poles.effect, poles.low, poles.high),
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["test", "what passes", "value", "low", "high"])
    passing = found.set_index("test").loc[["counterfactual, two by two", "willingness to pay"]]
    least = passing.loc[passing["value"].idxmin(), ["value", "low", "high"]].astype(float)
    bound = least.clip(lower=0.0) if share.sign > 0 else least * 0.0
    found.loc[len(found)] = ["all three, at most", "passes two by two, pays, and capability changes", *bound]
    found.attrs["acts"] = float(acted.mean())
    return found


def motive_shares(table: pd.DataFrame, *, actual: float, supplied: float) -> pd.DataFrame:
    """Shapley shares of soft acts over the five motives, and what is done with no motive of the five (norm, noise)."""
    values = motive_values(_at(table, {SHARE: actual, COMMITMENT: supplied, MENU: FULL}))
    whole = values[frozenset(MOTIVES)]
    parts = {**shapley(values), "none of the five": values[frozenset()]}
    rows = [(name, *_share_of(part, whole), float(part.mean())) for name, part in parts.items()]
    return pd.DataFrame(rows, columns=["motive", "share", "low", "high", "acts"])


def analyse(results: Results) -> Finding:
    """All tests and the sharing among motives, for every panel of the design."""
    runs = results.runs
    for key in (MENU, SHARE, COMMITMENT, *MOTIVES.values()):
        if key not in runs:
            raise BadInput(f"attribution: the design needs {key} as an axis (see experiment=attribution)")
    runs = acts(runs.assign(**{MENU: runs[MENU].astype(str)}))
    shares = [float(v) for v in results.axes[SHARE]]
    if len(shares) != 3:
        raise BadInput("attribution: hegemon.capability_share needs three values: actual, parity, two-thirds cut")
    actual, parity, cut = shares
    supplied = max(float(v) for v in results.axes[COMMITMENT])
    own = {MENU, SHARE, COMMITMENT, *MOTIVES.values()}
    others = [key for key in results.axes if key not in own]
    tables: dict[str, pd.DataFrame] = {}
    shared: dict[str, pd.DataFrame] = {}
    answer = []
    for name, part in _panels(runs, others):
        tested = passes(part, actual=actual, parity=parity, cut=cut, supplied=supplied)
        shared[name] = motive_shares(part, actual=actual, supplied=supplied)
        here = _at(_all_on(part), {SHARE: actual, COMMITMENT: supplied, MENU: FULL})
        tables |= {f"tests, {name}": tested, f"motives, {name}": shared[name], f"per act, {name}": _means(here)}
        answer += _sentences(name, tested, shared[name])
    return Finding("attribution", "Is it balancing at all?", answer, tables, {"motives": _figure(tables)})


def _all_on(table: pd.DataFrame) -> pd.DataFrame:
    return table[np.logical_and.reduce([table[key] != 0.0 for key in MOTIVES.values()])]


def _at(table: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Worlds at these values, by run. Raises BadInput where there are none."""
    for key, value in where.items():
        table = table[table[key] == value]
    if table.empty:
        raise BadInput(f"attribution: no world with {', '.join(f'{k}={v}' for k, v in where.items())}")
    return table.sort_values("run", kind="stable")


def _column(table: pd.DataFrame, outcome: str, where: Mapping[str, Any]) -> np.ndarray:
    return _at(table, where)[outcome].to_numpy(dtype=float)


def _ratio(found: Effect, acted: np.ndarray) -> tuple[float, float, float]:
    scale = acted.mean()
    return found.effect / scale, found.low / scale, found.high / scale


def _share_of(part: np.ndarray, whole: np.ndarray, resamples: int = 2000) -> tuple[float, float, float]:
    """Ratio of two means over the same runs, with a seeded percentile-bootstrap 95 % interval; NaN where undefined."""
    if whole.mean() == 0.0:
        return np.nan, np.nan, np.nan
    drawn = np.random.default_rng(0).integers(0, len(part), size=(resamples, len(part)))
    below = whole[drawn].mean(axis=1)
    ratios = part[drawn].mean(axis=1)[below > 0.0] / below[below > 0.0]
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(part.mean() / whole.mean()), float(low), float(high)


def _means(here: pd.DataFrame) -> pd.DataFrame:
    """Means over worlds of what an act costs and brings, with t intervals."""
    found = paying(here).dropna()
    rows = [(name, *_mean(found[name].to_numpy())) for name in found] if len(found) > 1 else []
    return pd.DataFrame(rows, columns=["per act, units of full security", "mean", "low", "high"])


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    found = effect(np.zeros_like(values), values)
    return found.effect, found.low, found.high


def _panels(runs: pd.DataFrame, keys: Sequence[str]) -> list[tuple[str, pd.DataFrame]]:
    if not keys:
        return [("all", runs)]
    found = []
    for where, part in runs.groupby(list(keys), observed=True, sort=False):
        words = [("land power" if value else "as the scenario has it") if key == LAND else f"{key} {value}"
                 for key, value in zip(keys, where, strict=True)]  # fmt: skip
        found.append((", ".join(words), part))
    return found


def _sentences(name: str, tested: pd.DataFrame, shared: pd.DataFrame) -> list[str]:
    row = tested.set_index("test")

    def of(test: str) -> str:
        r = row.loc[test]
        return "–" if np.isnan(r["value"]) else f"{r['value']:.0%} [{r['low']:.0%}, {r['high']:.0%}]"

    ranked = shared.sort_values("share", ascending=False)
    motives = ", ".join(f"{r.motive} {r.share:.0%}" for r in ranked.itertuples())
    apart = row.loc["counterfactual, difference"]
    verb = "overstates" if apart["low"] > 0.0 else "understates" if apart["high"] < 0.0 else "is not seen to overstate"
    return [
        f"{name}: {tested.attrs['acts']:.1%} of second-tier state-years are soft acts. Gone at parity: "
        f"{of('counterfactual, one factor')}; where no security is supplied: {of('counterfactual, two by two')}: the "
        f"one-factor counterfactual {verb} (by {of('counterfactual, difference')}).",
        f"{name}: security leads {of('security, leading motive')} of acts and is necessary for "
        f"{of('security, necessary')}. Shapley shares: {motives}.",
        f"{name}: costs exceed by-products, with a motive, for {of('willingness to pay')} of acts. Cutting the hegemon "
        f"by two-thirds lowers acts for security by {of('two-thirds cut, security')}, for material interest by "
        f"{of('two-thirds cut, material')}. Soft balancing takes {row.loc['capability, share', 'value']:+.4f} "
        f"[{row.loc['capability, share', 'low']:+.4f}, {row.loc['capability, share', 'high']:+.4f}] off the hegemon's "
        f"share. At most {of('all three, at most')} of acts pass all three tests.",
    ]


def _figure(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Above, what passes each test; below, Shapley shares; a column per panel."""
    panels = [name.removeprefix("tests, ") for name in tables if name.startswith("tests, ")]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(4.6 * len(panels) + 1.0, 5.4), layout="constrained")
        axes = figure.subplots(2, len(panels), squeeze=False, sharex=True, sharey="row")
        for k, panel in enumerate(panels):
            tested = tables[f"tests, {panel}"]
            shown = tested[~tested["test"].str.startswith("capability,")]
            _dots(axes[0, k], shown["test"], shown)
            _dots(axes[1, k], tables[f"motives, {panel}"]["motive"],
                  tables[f"motives, {panel}"].rename(columns={"share": "value"}))  # fmt: skip
            axes[0, k].set_title(f"What passes which test\n{panel}")
            axes[1, k].set_title("Shapley shares of the motives")
            axes[1, k].set_xlabel("proportion of soft acts")
    return figure


def _dots(ax: Any, names: pd.Series, rows: pd.DataFrame) -> None:
    place = np.arange(len(rows))[::-1]
    value = rows["value"].to_numpy()
    error = np.abs(np.stack([value - rows["low"].to_numpy(), rows["high"].to_numpy() - value]))
    ax.errorbar(value, place, xerr=error, fmt="o", color="#A1305F", markersize=4, capsize=2)
    ax.axvline(0.0, color="#888888", linewidth=0.8)
    ax.set_yticks(place, names)
    ax.grid(axis="x", color="#DDDDDD", linewidth=0.6)

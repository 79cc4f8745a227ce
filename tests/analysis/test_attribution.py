"""Attribution: Shapley shares against known games, the two by two against planted worlds, and its tests."""

from __future__ import annotations

from itertools import chain, combinations, product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from balsim.analysis.attribution import (
    COMMITMENT,
    FULL,
    MENU,
    MOTIVES,
    NO_SOFT,
    acts,
    analyse,
    motive_shares,
    passes,
    paying,
    shapley,
    two_by_two,
)
from balsim.params import STRATEGIES, BadInput
from balsim.planes import SHARE

ACTUAL, PARITY, CUT, SUPPLIED = 0.45, 0.09, 0.2, 0.6
YEARS = 1000.0


def coalitions(players: str) -> list[frozenset[str]]:
    return [frozenset(c) for c in chain.from_iterable(combinations(players, k) for k in range(len(players) + 1))]


def test_shapley_values_of_the_glove_game_are_those_of_the_textbook() -> None:
    # One left glove (a), two right ones (b, c): a pair is worth 1. Values 2/3, 1/6, 1/6.
    worth = {c: np.array([1.0 if "a" in c and len(c) > 1 else 0.0]) for c in coalitions("abc")}
    found = {player: value[0] for player, value in shapley(worth).items()}
    assert found == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})


def test_shapley_values_add_up_and_give_a_player_without_effect_nothing() -> None:
    rng = np.random.default_rng(1)
    base = {c: rng.normal(size=5) for c in coalitions("abc")}
    worth = {c: base[c - {"d"}] for c in coalitions("abcd")}
    found = shapley(worth)
    assert np.allclose(sum(found.values()), worth[frozenset("abcd")] - worth[frozenset()])
    assert np.allclose(found["d"], 0.0), "a motive that changes nothing must get no share"


def test_shapley_values_of_additive_motives_are_what_each_adds() -> None:
    adds = {"a": 0.3, "b": 0.2, "c": 0.0}
    worth = {c: np.full(3, 0.1 + sum(adds[p] for p in c)) for c in coalitions("abc")}
    assert {p: v[0] for p, v in shapley(worth).items()} == pytest.approx(adds)


def test_a_missing_combination_of_motives_is_refused() -> None:
    worth = {c: np.zeros(2) for c in coalitions("abc") if c != frozenset("ab")}
    with pytest.raises(BadInput, match="all 8 combinations"):
        shapley(worth)


def worlds(rng: np.random.Generator, runs: int = 20, adds: dict[str, float] | None = None, noise: float = 0.1,
           enabled: float = 0.2, capability: float = 0.01) -> pd.DataFrame:  # fmt: skip
    """A whole design with planted rates of soft acts: noise, plus what each motive that is on adds.

    Security adds in proportion to share; the supply of security adds `enabled` to policy at the actual share only.
    """
    adds = adds or {"security": 0.3, "policy": 0.1, "prestige": 0.05, "material": 0.05, "regional": 0.0}
    luck = 0.01 * rng.normal(size=runs)
    rows = []
    for share, supply, menu in product((ACTUAL, PARITY, CUT), (SUPPLIED, 0.0), (FULL, NO_SOFT)):
        for on in product((True, False), repeat=5):
            active = dict(zip(MOTIVES, on, strict=True))
            rate = noise + sum(adds[m] for m in MOTIVES if active[m] and m != "security")
            rate += adds["security"] * active["security"] * (share - PARITY) / (ACTUAL - PARITY)
            rate += enabled * active["policy"] * (supply > 0.0) * (share == ACTUAL)
            soft = np.round(YEARS * (rate + luck)) * (menu == FULL)
            table = {f"from_{a}_to_{b}": np.zeros(runs) for a in STRATEGIES for b in STRATEGIES}
            table["from_bargain_to_soft_balance"] = soft
            table["from_bargain_to_bargain"] = YEARS - soft
            table |= {"run": np.arange(runs), SHARE: share, COMMITMENT: supply, MENU: menu,
                      **{key: 1.0 if active[name] else 0.0 for name, key in MOTIVES.items()},
                      "instrument_territorial_denial": 0.5 * soft, "capability_share": share - capability * (soft > 0),
                      "poles": 5.0 + capability * (soft > 0), "motive_effort_soft_balance": -0.03 * soft / YEARS,
                      "motive_dependence_soft_balance": 0.0, "motive_norm_soft_balance": 0.0,
                      "motive_policy_soft_balance": 0.01 * soft / YEARS,
                      **{f"motive_{m}_soft_balance": 0.0 for m in ("prestige", "material", "regional")}}  # fmt: skip
            rows.append(pd.DataFrame(table))
    return pd.concat(rows, ignore_index=True)


def judged(table: pd.DataFrame) -> pd.DataFrame:
    return passes(acts(table), actual=ACTUAL, parity=PARITY, cut=CUT, supplied=SUPPLIED).set_index("test")


def test_the_two_by_two_takes_out_what_the_supply_of_security_adds() -> None:
    table = acts(worlds(np.random.default_rng(2)))
    full = table[np.logical_and.reduce([table[k] > 0 for k in MOTIVES.values()]) & (table[MENU] == FULL)]
    found = two_by_two(full, actual=ACTUAL, parity=PARITY, supplied=SUPPLIED)
    assert found["one_factor"].effect == pytest.approx(0.5), "concentration .3, and .2 by way of supplied security"
    assert found["balancing"].effect == pytest.approx(0.3)
    assert found["enabled"].effect == pytest.approx(0.2)


def test_the_one_factor_counterfactual_overstates_where_rival_motives_vanish_at_parity_too() -> None:
    found = judged(worlds(np.random.default_rng(3)))["value"]
    whole = 0.1 + 0.3 + 0.1 + 0.05 + 0.05 + 0.2
    assert found["counterfactual, one factor"] == pytest.approx(0.5 / whole, abs=0.01)
    assert found["counterfactual, two by two"] == pytest.approx(0.3 / whole, abs=0.01)
    assert found["security, necessary"] == pytest.approx(0.3 / whole, abs=0.01)


def test_where_nothing_but_noise_acts_no_test_is_passed() -> None:
    nothing = dict.fromkeys(MOTIVES, 0.0)
    found = judged(worlds(np.random.default_rng(4), adds=nothing, enabled=0.0, noise=0.3, capability=0.0))
    for test in ("counterfactual, one factor", "counterfactual, two by two", "security, Shapley", "willingness to pay",
                 "all three, at most"):  # fmt: skip
        assert found.loc[test, "value"] == pytest.approx(0.0, abs=1e-9), f"noise passes '{test}'"


def test_acts_that_leave_capability_alone_pass_no_more_than_nothing_of_all_three() -> None:
    found = judged(worlds(np.random.default_rng(5), capability=0.0))
    assert found.loc["capability, share", "value"] == 0.0
    assert found.loc["all three, at most", "value"] == 0.0


def test_two_thirds_of_capability_cut_away_leave_material_acts_alone_and_take_security_acts() -> None:
    found = judged(worlds(np.random.default_rng(6)))["value"]
    kept = (CUT - PARITY) / (ACTUAL - PARITY)
    assert found["two-thirds cut, security"] == pytest.approx(1.0 - kept, abs=0.01)
    assert found["two-thirds cut, material"] == pytest.approx(0.0, abs=0.01)


def test_shares_of_the_motives_cover_planted_ones_at_the_stated_rate() -> None:
    rng = np.random.default_rng(7)
    truth, luck = 0.3, 0.05
    keys = list(MOTIVES.values())
    hits = 0
    for _ in range(200):
        run = luck * rng.normal(size=25)
        rows = [pd.DataFrame({"run": range(25), SHARE: ACTUAL, COMMITMENT: SUPPLIED, MENU: FULL,
                              **dict(zip(keys, map(float, on), strict=True)),
                              "acts": 0.7 + (truth + run) * on[0]})
                for on in product((1, 0), repeat=5)]  # fmt: skip
        found = motive_shares(pd.concat(rows), actual=ACTUAL, supplied=SUPPLIED).set_index("motive").loc["security"]
        hits += found["low"] <= truth <= found["high"]
    # A percentile bootstrap of 25 runs covers a little less than it says.
    assert hits / 200 >= 0.92 - 4.0 * np.sqrt(0.92 * 0.08 / 200)


def test_costs_less_by_products_are_what_is_paid_per_act() -> None:
    pay = paying(acts(worlds(np.random.default_rng(8))).query("acts > 0"))
    assert pay["cost"].to_numpy() == pytest.approx(0.03) and pay["paid"].to_numpy() == pytest.approx(0.02)


def test_the_analysis_reports_every_panel() -> None:
    table = worlds(np.random.default_rng(9))
    both = pd.concat([table.assign(**{"hegemon.land_power": land}) for land in (False, True)])
    axes = {SHARE: [ACTUAL, PARITY, CUT], COMMITMENT: [SUPPLIED, 0.0], MENU: [FULL, NO_SOFT],
            **{key: [1.0, 0.0] for key in MOTIVES.values()}, "hegemon.land_power": [False, True]}  # fmt: skip
    found = analyse(SimpleNamespace(runs=both, axes=axes))
    assert "tests, land power" in found.tables and len(found.answer) == 6
    assert "overstates" in found.answer[0]


def test_a_design_without_the_motives_as_axes_is_refused() -> None:
    table = worlds(np.random.default_rng(10), runs=3).drop(columns="theory.policy")
    with pytest.raises(BadInput, match=r"theory\.policy"):
        analyse(SimpleNamespace(runs=table, axes={}))

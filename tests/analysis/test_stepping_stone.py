"""Stepping stone or safety valve: verdicts on planted planes, and none in noise."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from balsim.analysis.stepping_stone import FULL, MENU, VERDICTS, analyse, effects, regions, without
from balsim.params import BadInput
from balsim.planes import LAND, SHARE, UNILATERALISM

SHARES, CONDUCTS = (0.2, 0.4, 0.6), (0.0, 0.5, 1.0)
MENUS = (FULL, without("soft_balance"), without("bargain"))


def plane(rng: np.random.Generator, runs: int = 60, stone: float = 0.0, valve: float = 0.0) -> pd.DataFrame:
    """Worlds that tip with chance .4; soft balancing adds `stone` at high share and takes `valve` at low share."""
    rows = []
    for share in SHARES:
        for conduct in CONDUCTS:
            luck = rng.random(runs)
            for menu in MENUS:
                soft = "soft_balance" in menu
                chance = 0.4 + soft * (stone * (share > 0.5) - valve * (share < 0.3))
                rows.append(pd.DataFrame({MENU: menu, SHARE: share, UNILATERALISM: conduct, LAND: True,
                                          "run": range(runs), "tipped": luck < chance,
                                          "share_hard_balance": chance + 0.1 * (luck - 0.5)}))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


def results(runs: pd.DataFrame) -> SimpleNamespace:
    axes = {MENU: list(MENUS), SHARE: list(SHARES), UNILATERALISM: list(CONDUCTS), LAND: [True]}
    return SimpleNamespace(runs=runs, axes=axes)


def test_planted_regions_get_their_own_verdict() -> None:
    table = effects(plane(np.random.default_rng(1), stone=0.5, valve=0.35), "soft_balance", "tipped",
                    [SHARE, UNILATERALISM])  # fmt: skip
    found = {share: set(part["verdict"]) for share, part in table.groupby(SHARE)}
    assert found == {0.2: {"safety valve"}, 0.4: {"neither"}, 0.6: {"stepping stone"}}
    assert dict(regions(table, [SHARE]).set_index(SHARE)["stepping stone"]) == {0.2: 0, 0.4: 0, 0.6: 3}


def test_worlds_that_do_not_depend_on_the_menu_show_neither() -> None:
    rng = np.random.default_rng(2)
    for _ in range(10):
        table = effects(plane(rng), "soft_balance", "tipped", [SHARE, UNILATERALISM])
        assert set(table["verdict"]) == {"neither"}, "the same worlds under both menus cannot show an effect"


def test_noise_that_the_menus_do_not_share_shows_neither_at_the_stated_rate() -> None:
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(200):
        cells = [pd.DataFrame({MENU: menu, "cell": cell, "run": range(30), "tipped": rng.random(30) < 0.4})
                 for cell in range(4) for menu in MENUS[:2]]  # fmt: skip
        table = effects(pd.concat(cells), "soft_balance", "tipped", ["cell"])
        wrong += (table["verdict"] != "neither").any()
    assert wrong / 200 <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 200), "a plane of noise got a verdict too often"


def test_an_effect_too_small_to_matter_is_neither_however_certain() -> None:
    table = effects(plane(np.random.default_rng(4), stone=0.04), "soft_balance", "share_hard_balance",
                    [SHARE, UNILATERALISM])  # fmt: skip
    high = table[table[SHARE] > 0.5]
    assert (high["low"] > 0.0).all(), "the small effect is certain here"
    assert set(high["verdict"]) == {VERDICTS[0]}


def test_the_analysis_answers_for_each_strategy_and_names_the_gain_of_pairing() -> None:
    found = analyse(results(plane(np.random.default_rng(5), stone=0.5)))
    assert len(found.answer) == 4 and all("times as wide" in line for line in found.answer)
    assert set(found.tables) == {f"{s} on {o}" for s in ("soft_balance", "bargain")
                                 for o in ("tipped", "share_hard_balance")}  # fmt: skip
    assert list(found.figures) == ["effects"]


def test_a_design_without_the_menu_as_an_axis_is_refused() -> None:
    runs = plane(np.random.default_rng(6))
    with pytest.raises(BadInput, match=r"theory\.menu"):
        analyse(results(runs[runs[MENU] == FULL]))

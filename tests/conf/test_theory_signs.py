"""Each theory file shows the signs that its own school predicts: a preset that does not is not that theory."""

from __future__ import annotations

from functools import cache

import pandas as pd

import balsim
from balsim.design import Design
from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES
from balsim.scenario import build
from balsim.shocks import draw

SHARES, CONDUCT = [0.2, 0.35, 0.45, 0.65], [0.0, 0.5, 1.0]


@cache
def world_of(theory: str, *overrides: str) -> pd.DataFrame:
    """Mean outcomes of 24 runs by share (s), unilateralism (u) and contiguity (land), in the world of 2003."""
    cfg = balsim.compose(
        "experiment=tipping_surface", f"theory={theory}", "runs=24", *overrides,
        f"design.axes.share={{key: hegemon.capability_share, values: {SHARES}}}",
        f"design.axes.unilateralism={{key: hegemon.unilateralism, values: {CONDUCT}}}",
    )  # fmt: skip
    design = Design.from_config(cfg)
    scenario = build(design.scenario_settings[0], design.seed, design.runs)
    shocks = draw(design.seed, range(design.runs), design.years, len(scenario.codes))
    batch = run_batch(scenario.start, design.records, shocks)
    index = pd.MultiIndex.from_frame(design.points.set_axis(["s", "u", "land"], axis=1))
    return pd.DataFrame(batch.outcomes.mean(axis=1), columns=list(OUTCOMES), index=index)


def at(theory: str, outcome: str, s: float, u: float, land: bool, *overrides: str) -> float:
    return float(world_of(theory, *overrides).loc[(s, u, land), outcome])


def test_waltz_neither_conduct_nor_geography_changes_anything_states_do() -> None:
    shares = [c for c in OUTCOMES if c.startswith("share_")]
    found = world_of("waltz_1979")[shares]
    for s in SHARES:
        rows = found.loc[s]
        assert (rows == rows.iloc[0]).all(axis=None), f"at share {s} states react to more than power"


def test_waltz_balancing_grows_with_power_and_buck_passing_shrinks() -> None:
    hard = [at("waltz_1979", "share_hard_balance", s, 0.0, True) for s in SHARES[:3]]
    passing = [at("waltz_1979", "share_buck_pass", s, 0.0, True) for s in SHARES[:3]]
    assert hard == sorted(hard) and hard[0] < hard[2], f"hard balancing by share: {hard}"
    assert passing == sorted(passing, reverse=True) and passing[0] > passing[2], f"buck-passing by share: {passing}"


def test_walt_balancing_grows_with_unilateralism_and_proximity() -> None:
    for s in (0.35, 0.45):
        hard = [at("walt_1987", "share_hard_balance", s, u, True) for u in CONDUCT]
        assert hard[0] < hard[2] and hard == sorted(hard), f"at share {s} hard balancing by unilateralism: {hard}"
        offshore = at("walt_1987", "share_hard_balance", s, 1.0, False)
        assert offshore < hard[2], f"at share {s} a distant hegemon is balanced as much as a near one"


def test_walt_bandwagoning_is_the_exception_where_threat_is_high() -> None:
    for s in SHARES:
        following = at("walt_1987", "share_bandwagon", s, 1.0, True)
        standing_up = at("walt_1987", "share_hard_balance", s, 1.0, True)
        assert following < 0.15, f"at share {s} the states that bandwagon hold {following:.2f} of capability"
        if s < 0.5:
            assert standing_up > following, f"at share {s} bandwagoning is commoner than balancing"


def test_paul_soft_balancing_converts_only_where_power_also_threatens() -> None:
    assert at("paul_2004", "tipped", 0.45, 1.0, True) > 0.5, "no conversion under a strong and threatening neighbour"
    for s, u, land, brake in ((0.45, 0.0, True, "restrained"), (0.2, 1.0, True, "weak"), (0.45, 1.0, False, "distant")):
        assert at("paul_2004", "tipped", s, u, land) < 0.1, f"soft balancing tips although the hegemon is {brake}"


def test_paul_soft_balancing_grows_with_unilateralism_short_of_conversion() -> None:
    soft = [at("paul_2004", "share_soft_balance", 0.45, u, False) for u in CONDUCT]
    assert soft == sorted(soft) and soft[0] < soft[2], f"soft balancing by unilateralism: {soft}"


def test_paul_without_conversion_fewer_worlds_tip() -> None:
    without = at("paul_2004", "tipped", 0.45, 0.5, True, "theory.conversion=0")
    assert without < at("paul_2004", "tipped", 0.45, 0.5, True)


def test_brooks_and_wohlforth_nobody_balances_hard_or_for_security() -> None:
    found = world_of("brooks_wohlforth_2005")
    assert (found["share_hard_balance"] < 0.02).all(), "hard balancing against a unipole"
    opposition = found["share_soft_balance"] + found["share_bargain"]
    assert (found["soft_security"] < 0.15 * opposition).all(), "much of the opposition is for security"


def test_brooks_and_wohlforth_opposition_follows_policy_rather_than_fear() -> None:
    free, lopsided = 0.35, 0.65
    for land in (False, True):
        acts = [at("brooks_wohlforth_2005", "share_soft_balance", free, u, land) for u in CONDUCT]
        assert acts[0] < acts[2], "issue-by-issue opposition does not grow with unilateral conduct"
        assert at("brooks_wohlforth_2005", "threat", free, 0.0, land) > 0.0
        more = at("brooks_wohlforth_2005", "share_soft_balance", lopsided, 1.0, land)
        assert more > acts[2], "opposition does not get cheaper the more the hegemon supplies security"


def test_olson_the_more_public_the_good_the_less_of_it() -> None:
    for s in SHARES[:3]:
        club = at("olson_1965", "share_hard_balance", s, 0.5, True, "theory.publicness=0")
        public = at("olson_1965", "share_hard_balance", s, 0.5, True)
        assert public < club, f"at share {s} a public good is supplied as well as a private one"


def test_olson_most_leave_it_to_others_and_more_so_the_dearer_it_gets() -> None:
    found = world_of("olson_1965")
    assert (found["share_hard_balance"] < 0.5).all(), "a public good is paid for by most"
    paying, passing = (
        [at("olson_1965", outcome, s, 0.5, True) for s in (0.45, 0.65)]
        for outcome in ("share_hard_balance", "share_buck_pass")
    )
    assert paying[0] > paying[1] and passing[0] < passing[1], "a dearer good is not supplied less"

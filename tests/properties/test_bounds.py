"""What every variable of the model may be, in any admissible world."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import Case, Play, Ran, cases

from balsim.params import STRATEGIES

pytestmark = pytest.mark.uncompiled

UNIT = ("regional_threat", "intentions", "rhetoric", "share", "strongest_tie")
PROPORTIONS = (
    *(f"share_{name}" for name in STRATEGIES), *(f"states_{name}" for name in STRATEGIES), "hard_external",
    "soft_security", "staked_buck_pass", "intentions", "legitimacy", "unilateralism", "capability_share",
    "concentration", "rhetoric",
)  # fmt: skip


def within(values: np.ndarray, low: float, high: float, what: str) -> None:
    assert np.isfinite(values).all(), f"{what} is not a number"
    least, most = float(values.min()), float(values.max())
    assert low <= least and most <= high, f"{what} leaves [{low}, {high}]: it runs from {least} to {most}"


def check_bounds(case: Case, rounding: float) -> None:
    ran = Ran(case)
    for name in UNIT:
        within(ran.panel[name], 0.0, 1.0 + 1e-12, name)
    within(ran.panel["threat"], 0.0, float(case.params["threat_scale"][0]) * (1 + 1e-12), "threat")
    for name in ("burden", "economy", "military", "allies"):
        within(ran.panel[name], 0.0, np.inf, name)
    for name in PROPORTIONS:
        within(ran.ticks[name], -1e-12, 1.0 + rounding, name)
    for name in ("coalition_ratio", "alliances", "threat", "burden", "arming_excess"):
        within(ran.ticks[name], 0.0, np.inf, name)
    within(ran.ticks["poles"], 1.0 - 1e-12, case.n + 1e-9, "effective number of poles")
    np.testing.assert_allclose(ran.panel["share"].sum(axis=1), 1.0, rtol=0, atol=1e-12, err_msg="capability shares")
    states = sum(ran.ticks[f"states_{name}"] for name in STRATEGIES)
    np.testing.assert_allclose(states, 1.0, rtol=0, atol=1e-12, err_msg="second-tier states by strategy")
    tier = sum(ran.ticks[f"share_{name}"] for name in STRATEGIES)
    np.testing.assert_allclose(tier, 1.0, rtol=0, atol=rounding, err_msg="second-tier capability by strategy")
    odds = ran.odds[1:, case.second_tier]
    within(odds, 0.0, 1.0, "odds")
    np.testing.assert_allclose(odds.sum(axis=-1), 1.0, rtol=0, atol=1e-12, err_msg="odds of a state")
    wholes = {"hard_external": "hard_balance", "soft_security": "soft_balance", "staked_buck_pass": "buck_pass"}
    for part, whole in wholes.items():
        assert (ran.ticks[part] <= ran.ticks[f"share_{whole}"] + 1e-12).all(), f"{part} exceeds {whole}"
    assert np.isfinite(ran.batch.outcomes).all(), "an outcome is not a number"


@given(cases())
def test_bounds_hold_over_the_priors(case: Case) -> None:
    check_bounds(case, 1e-9)


@given(cases(extremes=True))
def test_bounds_hold_at_the_ends_of_the_admissible_ranges(case: Case) -> None:
    check_bounds(case, 1e-6)


@given(cases(extremes=True, years=(1, 4)))
def test_remembered_expected_and_known_quantities_stay_proportions(case: Case) -> None:
    world = Play(case)
    for _ in range(case.years):
        world.begin_year()
        for decision in world.decide().values():
            s = decision.situation
            for name in ("odds_apart", "odds_joined", "constraint_apart", "constraint_joined", "weight", "malign",
                         "enabler", "disagreement", "carried", "regional_threat", "nearness"):  # fmt: skip
                within(np.array(getattr(s, name)), 0.0, 1.0 + 1e-12, name)
            within(np.array(s.self_help), 0.0, float(case.params["self_help"][0]) * (1 + 1e-12), "self_help")
            assert s.odds_joined >= s.odds_apart, "joining lowers the coalition's odds"
            assert s.constraint_joined >= s.constraint_apart, "joining lowers what the soft coalition achieves"
            assert min(s.coalition, s.contribution, s.opposing) >= 0.0
        world.end_year()
        tier = case.second_tier
        for name in ("hard_record", "soft_record", "bandwagon_record", "expected_hard", "expected_carry"):
            within(world.column(name)[tier], 0.0, 1.0 + 1e-12, name)
        records = sum(world.column(f"{kind}_record")[tier] for kind in ("hard", "soft", "bandwagon"))
        within(records, 0.0, 1.0 + 1e-12, "remembered frequencies together")
        within(world.column("tier_share"), 0.0, 1.0 + 1e-6, "tier_share")
        tie = np.asarray(world.w.tie)
        assert (tie == tie.T).all(), "a tie is stronger on one side"
        assert (np.diag(tie) == 0.0).all(), "a state is tied to itself"
        within(tie, 0.0, 1.0 + 1e-12, "ties")


@given(cases(years=(1, 2)), st.floats(0.02, 0.98))
def test_p1_the_asked_share_is_exact_in_year_0_in_any_world(case: Case, share: float) -> None:
    ran, usual = Ran(case.but(hegemon__capability_share=share)), Ran(case.but(hegemon__capability_share=None))
    assert ran.panel["share"][0, case.hegemon] == pytest.approx(share, rel=1e-12)
    tier = case.second_tier
    for name in ("economy", "military"):
        assert (ran.panel[name][0, tier] == usual.panel[name][0, tier]).all(), f"{name} of the second tier moved"

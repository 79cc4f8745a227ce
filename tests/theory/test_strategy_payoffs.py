"""The five strategies (S1–S5): every named term against the written formula, and what a soft act is for."""

from __future__ import annotations

from typing import Any

import pytest
from mpmath import mp, mpf
from worlds import parameters, situation

from balsim.params import STRATEGIES
from balsim.theory.strategies import (
    FIRST_BANDWAGON,
    FIRST_BARGAIN,
    FIRST_HARD,
    FIRST_PASS,
    FIRST_SOFT,
    INSTRUMENTS,
    MENU,
    TERMS,
    SoftBalance,
    Strategy,
    bandwagon,
    bargain,
    buck_pass,
    clock,
    effort,
    exposed_loss,
    hard_balance,
    instrument,
    is_for_security,
    open_menu,
    security_gain,
    soft_balance,
    total,
)

pytestmark = pytest.mark.uncompiled
mp.dps = 30

# Every worth positive, so that no term can hide; figures unlike the defaults, so that none can be mistaken.
VALUES = {
    "theory__publicness": 0.35, "theory__publicness_soft": 0.45, "theory__policy": 0.11, "theory__prestige": 0.13,
    "theory__material": 0.07, "theory__regional": 0.05, "theory__arms_cost": 0.19, "theory__retaliation": 0.06,
    "theory__trade": 0.04, "theory__soft_cost": 0.033, "theory__dependence_cost": 0.021, "theory__bargain_cost": 0.017,
    "theory__pass_cost": 0.012, "theory__influence": 0.09, "theory__norm": 0.08, "theory__vulnerability": 0.6,
    "theory__relative_gain": 1.3, "theory__appease": 0.25, "theory__autonomy": 0.1, "theory__autonomy_legitimacy": 0.7,
    "theory__protection": 0.22, "theory__spoils": 0.18, "theory__order_benefit": 0.03, "theory__rhetoric_discount": 0.4,
    "arms__effort_hard": 1.4, "arms__effort_soft": 0.15, "arms__effort_buck_pass": 0.3,
}  # fmt: skip


def known() -> dict[str, mpf]:
    """The situation of the tests and the parameters, in mpmath."""
    figures = {k: mpf(v) for k, v in situation()._asdict().items() if k != "has_catcher"}
    return figures | {"p_" + k.split("__")[1]: mpf(v) for k, v in VALUES.items()}


def check(found: Any, written: dict[str, mpf]) -> None:
    assert set(found._fields) == set(written), "a term is missing from the test or from the strategy"
    for name, value in written.items():
        assert getattr(found, name) == pytest.approx(float(value), rel=1e-14, abs=1e-300), f"term '{name}' is wrong"
    assert total(found) == pytest.approx(float(sum(written.values())), rel=1e-13), "terms do not sum to the payoff"


def exposed(k: dict[str, mpf]) -> mpf:
    return (
        k["threat"] * (1 - k["p_publicness"] * k["odds_apart"]) * (1 - k["p_publicness_soft"] * k["constraint_apart"])
    )


def test_s1_hard_balancing() -> None:
    k = known()
    b, B, gH = k["contribution"], k["coalition"], k["opposing"]
    fails = 1 - k["odds_joined"]
    check(hard_balance(situation(), parameters(**VALUES)), {
        "security": -k["threat"] * (1 - k["self_help"]) * fails * (1 - k["constraint_joined"]),
        "arms": -k["p_arms_cost"] * k["p_effort_hard"],
        "retaliation": -k["p_retaliation"] * k["nearness"] * fails,
        "trade": -k["p_trade"] * k["trade"],
        "influence": k["p_influence"] * (b / (B + b) - b / (gH + b)) * B / (B + b),
    })  # fmt: skip


def test_s2_soft_balancing() -> None:
    k = known()
    check(soft_balance(situation(), parameters(**VALUES)), {
        "security": -k["threat"] * (1 - k["p_publicness"] * k["odds_apart"]) * (1 - k["constraint_joined"]),
        "effort": -k["p_soft_cost"],
        "dependence": -k["p_dependence_cost"] * k["trade"],
        "norm": k["p_norm"] * (1 - k["legitimacy"]),
        "policy": k["enabler"] * k["p_policy"] * k["disagreement"] * k["unilateralism"],
        "prestige": k["enabler"] * k["p_prestige"] * k["prestige"],
        "material": k["enabler"] * k["p_material"] * k["material"],
        "regional": k["enabler"] * k["p_regional"] * k["regional_threat"],
    })  # fmt: skip


def test_s3_bargaining() -> None:
    k = known()
    alone = 1 - k["unilateralism"]
    heard = 1 - k["p_rhetoric_discount"] * k["rhetoric"]
    check(bargain(situation(), parameters(**VALUES)), {
        "security": -exposed(k),
        "effort": -k["p_bargain_cost"],
        "policy": k["enabler"] * k["p_policy"] * k["disagreement"] * alone * heard,
        "order": k["p_order_benefit"] * k["legitimacy"],
    })  # fmt: skip


def test_s4_buck_passing() -> None:
    k = known()
    check(buck_pass(situation(), parameters(**VALUES)), {
        "security": -exposed(k) * (1 + k["p_vulnerability"] * k["nearness"] * (1 - k["odds_apart"])),
        "relief": k["p_relative_gain"] * k["p_arms_cost"] * k["p_effort_hard"] * k["carried"],
        "effort": -k["p_pass_cost"],
    })  # fmt: skip


def test_s5_bandwagoning() -> None:
    k = known()
    benign = 1 - k["malign"]
    check(bandwagon(situation(), parameters(**VALUES)), {
        "security": -exposed(k) * (1 - k["p_appease"] * benign),
        "autonomy": -k["p_autonomy"] * k["weight"] * (1 - k["p_autonomy_legitimacy"] * k["legitimacy"]),
        "protection": k["p_protection"] * k["regional_threat"] * k["commitment"] * k["hegemon_share"] * benign,
        "spoils": k["p_spoils"] * k["revisionism"] * k["hegemon_share"],
        "order": k["p_order_benefit"] * k["legitimacy"],
    })  # fmt: skip


PAYOFFS = (hard_balance, soft_balance, bargain, buck_pass, bandwagon)


@pytest.mark.parametrize("payoff", PAYOFFS, ids=STRATEGIES)
def test_without_threat_no_strategy_has_anything_to_secure(payoff: Any) -> None:
    assert payoff(situation(threat=0.0), parameters(**VALUES)).security == 0.0


@pytest.mark.parametrize("payoff", PAYOFFS, ids=STRATEGIES)
def test_with_every_worth_at_zero_only_security_is_left(payoff: Any) -> None:
    worths = ("policy", "prestige", "material", "regional", "arms_cost", "retaliation", "trade", "soft_cost", "norm",
              "dependence_cost", "bargain_cost", "pass_cost", "influence", "relative_gain", "autonomy", "protection",
              "spoils", "order_benefit")  # fmt: skip
    found = payoff(situation(), parameters(**{f"theory__{name}": 0.0 for name in worths}))
    assert total(found) == found.security, f"a term other than security is not switched off: {found}"


def test_s1_influence_needs_partners() -> None:
    p = parameters(**VALUES)
    assert hard_balance(situation(coalition=0.0), p).influence == 0.0
    assert hard_balance(situation(coalition=0.0, contribution=0.0), p).influence == 0.0
    assert hard_balance(situation(opposing=0.0, contribution=0.0), p).influence == 0.0


def test_s1_influence_is_greater_on_the_weaker_side() -> None:
    p = parameters(**VALUES)
    assert hard_balance(situation(opposing=0.8), p).influence > hard_balance(situation(opposing=0.3), p).influence
    assert hard_balance(situation(coalition=0.3, opposing=0.3), p).influence == 0.0
    assert hard_balance(situation(coalition=0.3, opposing=0.2), p).influence < 0.0


def test_s1_a_coalition_sure_to_prevail_leaves_no_loss_and_no_retaliation() -> None:
    found = hard_balance(situation(odds_joined=1.0), parameters(**VALUES))
    assert found.security == 0.0 and found.retaliation == 0.0


def test_f4_a_pure_club_leaves_outsiders_the_whole_loss_and_a_pure_public_good_none() -> None:
    club = parameters(theory__publicness=0.0, theory__publicness_soft=0.0)
    public = parameters(theory__publicness=1.0, theory__publicness_soft=0.0)
    assert exposed_loss(situation(odds_apart=0.9), club) == situation().threat
    assert exposed_loss(situation(odds_apart=1.0), public) == 0.0


def test_s4_the_buck_passer_loses_more_the_likelier_the_catcher_fails() -> None:
    p = parameters(**VALUES)
    losses = [buck_pass(situation(odds_apart=odds), p).security for odds in (0.0, 0.3, 0.6, 1.0)]
    assert losses == sorted(losses) and losses[0] < losses[-1]
    assert losses[-1] == -exposed_loss(situation(odds_apart=1.0), p), "a caught buck costs what idleness costs"


def test_s5_nothing_is_had_from_a_hegemon_that_means_harm() -> None:
    p = parameters(**VALUES)
    found = bandwagon(situation(malign=1.0), p)
    assert found.security == -exposed_loss(situation(malign=1.0), p), "appeasing a malign hegemon averts nothing"
    assert found.protection == 0.0


def test_prestige_pays_in_full_in_an_election_year_and_half_otherwise() -> None:
    assert clock(1.0) == 1.0 and clock(0.0) == 0.5
    p = parameters(**VALUES)
    assert soft_balance(situation(election=1.0), p).prestige == 2.0 * soft_balance(situation(election=0.0), p).prestige


def test_the_buck_is_off_the_menu_where_nobody_could_catch_it() -> None:
    everything = 0b11111
    assert open_menu(everything, True) == everything
    assert open_menu(everything, False) == 0b10111, "only buck-passing leaves the menu"


def test_effort_by_strategy() -> None:
    p = parameters(**VALUES)
    assert [effort(k, p) for k in range(5)] == [1.4, 0.15, 0.0, 0.3, 0.0]


def test_tallies_list_every_term_once_in_the_order_of_the_menu() -> None:
    assert [s.name.lower() for s in Strategy] == list(STRATEGIES)
    listed = [(term, name) for name, terms in zip(STRATEGIES, MENU, strict=True) for term in terms._fields]
    assert list(TERMS) == listed
    firsts = (FIRST_HARD, FIRST_SOFT, FIRST_BARGAIN, FIRST_PASS, FIRST_BANDWAGON)
    assert [TERMS[first] for first in firsts] == [("security", name) for name in STRATEGIES]
    assert len(set(TERMS)) == len(TERMS)


# ---- what a soft act is for, and by what means


def soft(**terms: float) -> SoftBalance:
    return SoftBalance(**(dict.fromkeys(SoftBalance._fields, 0.0) | terms))


def test_security_gain_is_what_joining_takes_off_the_exposed_loss() -> None:
    k = known()
    p = parameters(**VALUES)
    joined = k["threat"] * (1 - k["p_publicness"] * k["odds_apart"]) * (1 - k["constraint_joined"])
    assert security_gain(situation(), p) == pytest.approx(float(exposed(k) - joined), rel=1e-13)


def test_a_soft_act_is_for_security_only_where_no_other_motive_is_larger() -> None:
    assert is_for_security(0.02, soft(policy=0.01, norm=0.02))
    assert not is_for_security(0.02, soft(material=0.021))
    assert not is_for_security(0.0, soft()), "an act without any motive is not for security"
    assert not is_for_security(-0.01, soft())


@pytest.mark.parametrize(("motive", "means"), [
    ("policy", "diplomatic"), ("prestige", "diplomatic"), ("norm", "institutional"), ("regional", "economic"),
    ("material", "indirect"),
])  # fmt: skip
def test_the_largest_motive_chooses_the_instrument(motive: str, means: str) -> None:
    others = dict.fromkeys(("policy", "prestige", "norm", "regional", "material"), 0.02)
    assert INSTRUMENTS[instrument(0.02, soft(**others | {motive: 0.03}))] == means


def test_security_is_served_by_denying_territory() -> None:
    assert INSTRUMENTS[instrument(0.04, soft(policy=0.03, norm=0.02))] == "territorial_denial"
    for motive in ("policy", "prestige", "norm", "regional", "material"):
        assert INSTRUMENTS[instrument(0.03, soft(**{motive: 0.03}))] == "territorial_denial", f"security ties {motive}"

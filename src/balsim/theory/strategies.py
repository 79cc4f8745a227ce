"""The five strategies: payoffs as sums of named terms (equations S1–S5), and the instrument of a soft act.

Payoffs are in units of the value of full security. Every term is kept: the decision trace shows which part of a
choice was security, which policy, prestige, material interest, region or cost.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

from balsim.params import STRATEGIES
from balsim.rule import rule

Strategy = IntEnum("Strategy", [(name.upper(), k) for k, name in enumerate(STRATEGIES)])  # type: ignore[misc]
HARD_BALANCE, SOFT_BALANCE, BARGAIN, BUCK_PASS, BANDWAGON = range(len(STRATEGIES))

INSTRUMENTS = ("territorial_denial", "diplomatic", "institutional", "economic", "indirect")
TERRITORIAL_DENIAL, DIPLOMATIC, INSTITUTIONAL, ECONOMIC, INDIRECT = range(len(INSTRUMENTS))


class HardBalance(NamedTuple):
    """Terms of S1."""

    security: float  # −T (1 − D)(1 − P1)(1 − Q1)
    arms: float  # −c_arms Δm
    retaliation: float  # −retaliation · prox · (1 − P1)
    trade: float  # −trade · x
    influence: float  # influence · [b/(B+b) − b/(gH+b)] · B/(B+b)


class SoftBalance(NamedTuple):
    """Terms of S2."""

    security: float  # −T (1 − f P0)(1 − Q1)
    effort: float  # −c_soft
    dependence: float  # −c_dependence · x
    norm: float  # norm · (1 − L)
    policy: float  # E · policy · δ u
    prestige: float  # E · prestige · π · clock
    material: float  # E · material · y
    regional: float  # E · regional · R


class Bargain(NamedTuple):
    """Terms of S3."""

    security: float  # −X0
    effort: float  # −c_bargain
    policy: float  # E · policy · δ (1 − u)(1 − discount · rhetoric)
    order: float  # order benefit · L


class BuckPass(NamedTuple):
    """Terms of S4."""

    security: float  # −X0 (1 + vulnerability · prox · (1 − P0))
    relief: float  # relative_gain · c_arms Δm · expected share of the others' strength that carries
    effort: float  # −c_pass


class Bandwagon(NamedTuple):
    """Terms of S5."""

    security: float  # −X0 (1 − appease (1 − Ĩ))
    autonomy: float  # −autonomy · W · (1 − aut_L L)
    protection: float  # protection · R φ s_h (1 − Ĩ)
    spoils: float  # spoils · v · s_h
    order: float  # order benefit · L


MENU: tuple[Any, ...] = (HardBalance, SoftBalance, Bargain, BuckPass, Bandwagon)
TERMS = tuple((term, name) for name, terms in zip(STRATEGIES, MENU, strict=True) for term in terms._fields)
"""(term, strategy) of every named term, in the order of the tallies."""

FIRST_HARD, FIRST_SOFT, FIRST_BARGAIN, FIRST_PASS, FIRST_BANDWAGON = (
    sum(len(terms._fields) for terms in MENU[:k]) for k in range(len(MENU))
)


@rule
def exposed_loss(s, p) -> float:
    """What a state loses that does nothing of its own for security (eq. F4): X0 = T (1 − f P0)(1 − f_S Q0).

    f, f_S : publicness of what hard and soft coalitions win.  Source: Olson 1965.
    """
    return s.threat * (1.0 - p.publicness * s.odds_apart) * (1.0 - p.publicness_soft * s.constraint_apart)


@rule
def hard_balance(s, p) -> HardBalance:
    """S1: arm, and ally where others do the same. Source: Waltz 1979, ch. 6; Walt 1987; Parent & Rosato 2015."""
    partners = s.coalition + s.contribution
    against = s.opposing + s.contribution
    voice = 0.0
    if partners > 0.0 and against > 0.0:
        voice = (s.contribution / partners - s.contribution / against) * (s.coalition / partners)
    return HardBalance(
        -s.threat * (1.0 - s.self_help) * (1.0 - s.odds_joined) * (1.0 - s.constraint_joined),
        -p.arms_cost * p.effort_hard,
        -p.retaliation * s.nearness * (1.0 - s.odds_joined),
        -p.trade * s.trade,
        p.influence * voice,
    )


@rule
def soft_balance(s, p) -> SoftBalance:
    """S2: delay, frustrate, undermine, short of arms and alliance. Source: Paul 2004; Pape 2005; for the motives that
    are not security, Brooks & Wohlforth 2005; for the norm, Clark 2009."""
    return SoftBalance(
        -s.threat * (1.0 - p.publicness * s.odds_apart) * (1.0 - s.constraint_joined),
        -p.soft_cost,
        -p.dependence_cost * s.trade,
        p.norm * (1.0 - s.legitimacy),
        s.enabler * p.policy_stake * s.disagreement * s.unilateralism,
        s.enabler * p.prestige * s.prestige * clock(s.election),
        s.enabler * p.material * s.material,
        s.enabler * p.regional * s.regional_threat,
    )


@rule
def bargain(s, p) -> Bargain:
    """S3: bargain over policy, as in unipolar politics as usual. Source: Brooks & Wohlforth 2005."""
    return Bargain(
        -exposed_loss(s, p),
        -p.bargain_cost,
        s.enabler
        * p.policy_stake
        * s.disagreement
        * (1.0 - s.unilateralism)
        * (1.0 - p.rhetoric_discount * s.rhetoric),
        p.order_benefit * s.legitimacy,
    )


@rule
def buck_pass(s, p) -> BuckPass:
    """S4: leave it to others, at the risk that they fail. Source: Mearsheimer 2001, ch. 5; Olson 1965."""
    return BuckPass(
        -exposed_loss(s, p) * (1.0 + p.vulnerability * s.nearness * (1.0 - s.odds_apart)),
        p.relative_gain * p.arms_cost * p.effort_hard * s.carried,
        -p.pass_cost,
    )


@rule
def bandwagon(s, p) -> Bandwagon:
    """S5: join the stronger side, for safety or for spoils. Source: Walt 1987; Schweller 1994; Walt 2009."""
    benign = 1.0 - s.malign
    return Bandwagon(
        -exposed_loss(s, p) * (1.0 - p.appease * benign),
        -p.autonomy * s.weight * (1.0 - p.autonomy_legitimacy * s.legitimacy),
        p.protection * s.regional_threat * s.commitment * s.hegemon_share * benign,
        p.spoils * s.revisionism * s.hegemon_share,
        p.order_benefit * s.legitimacy,
    )


@rule
def clock(election: float) -> float:
    """Weight of prestige over the electoral cycle: 1 in an election year, ½ otherwise.

    Source: Brooks & Wohlforth 2005 (opposition for prestige peaks before elections); the ½ is ours.
    """
    return 0.5 + 0.5 * election


@rule
def total(terms) -> float:
    """Payoff of a strategy: the sum of its named terms, in their order (eqs S1–S5)."""
    payoff = 0.0
    for term in terms:
        payoff += term
    return payoff


@rule
def open_menu(menu: int, has_catcher: bool) -> int:
    """The menu as it stands for a state: with nobody to catch the buck, it cannot be passed.

    Source: Mearsheimer 2001; in bipolarity there is no third state to pass it to.
    """
    return menu if has_catcher else menu & ~(1 << BUCK_PASS)


@rule
def security_gain(s, p) -> float:
    """What a soft act adds to security: the exposed loss less the loss under S2 [≥0 where f_S ≤ 1]."""
    return exposed_loss(s, p) - s.threat * (1.0 - p.publicness * s.odds_apart) * (1.0 - s.constraint_joined)


@rule
def is_for_security(gain: float, soft: SoftBalance) -> bool:
    """Whether a soft act serves security more than any other single motive.

    gain : see `security_gain`; soft : the terms of S2.
    Source: Brooks & Wohlforth 2005 (what is called soft balancing has other motives); the test is ours.
    """
    return gain > 0.0 and gain >= max(soft.policy, soft.prestige, soft.material, soft.regional, soft.norm)


@rule
def instrument(gain: float, soft: SoftBalance) -> int:
    """By what means a state balances softly: the one that serves its largest motive.

    security: denial of territory; policy or prestige: diplomacy; norm: institutions; region: economic blocs;
    material interest: indirect, by arming the hegemon's opponents.
    Source: Pape 2005 (instruments); Brooks & Wohlforth 2005 (motives); the pairing is ours.
    """
    best = gain
    means = TERRITORIAL_DENIAL
    if soft.policy > best:
        best = soft.policy
        means = DIPLOMATIC
    if soft.prestige > best:
        best = soft.prestige
        means = DIPLOMATIC
    if soft.norm > best:
        best = soft.norm
        means = INSTITUTIONAL
    if soft.regional > best:
        best = soft.regional
        means = ECONOMIC
    if soft.material > best:
        means = INDIRECT
    return means


@rule
def effort(strategy: int, p) -> float:
    """Extra military burden that a strategy commits a state to, Δm_k, as a proportion of the usual burden [≥0].

    Hard balancing in full, soft balancing a little (Paul 2004), buck-passing some (Mearsheimer 2001, third measure).
    """
    if strategy == HARD_BALANCE:
        return p.effort_hard
    if strategy == SOFT_BALANCE:
        return p.effort_soft
    if strategy == BUCK_PASS:
        return p.effort_buck_pass
    return 0.0

"""Every parameter of the model in one place: key, unit, range, default, reason.

From this table come the configuration schema, the record that the engines read (`record_dtype`), the range checks
and the parameter table in the documentation. A parameter's `low` and `high` are what is admissible; its `prior` is
the range over which sensitivity analyses and the scorecard draw.

Values marked "calibrated" were chosen by search in a prototype so that each strategy appears somewhere on the plane
of share and unilateralism: they are therefore no evidence for that. No value was chosen from facts after 1990.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

STRATEGIES = ("hard_balance", "soft_balance", "bargain", "buck_pass", "bandwagon")
"""The menu, in the order in which every table and array lists it."""

POLICIES = ("fixed", "ramp")
EXPECTATIONS = ("plug_in", "exact")
BELIEFS = ("individual", "pooled")


class BadInput(ValueError):
    """Something the user gave is not acceptable; the message says what, where and the nearest valid choice."""


@dataclass(frozen=True)
class Parameter:
    """One number (or choice) of the model.

    key : dotted name in the configuration; field : name in the parameter record
    default, low, high : in `unit`; prior : (low, high) for sensitivity analysis, None where it is not varied
    choices : names of an enumerated parameter, stored as their index
    optional : None is allowed and means "as the scenario has it" (stored as NaN)
    """

    key: str
    default: Any
    low: float
    high: float
    unit: str
    meaning: str
    source: str
    symbol: str = ""
    prior: tuple[float, float] | None = None
    field: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    kind: type = float

    def __post_init__(self) -> None:
        if not self.field:
            object.__setattr__(self, "field", self.key.rsplit(".", 1)[-1])

    @property
    def group(self) -> str:
        """The first part of the key, which names the section of the configuration."""
        return self.key.split(".", 1)[0]


def _share(key: str, default: Any, symbol: str, meaning: str, source: str, **more: Any) -> Parameter:
    """A parameter that is a proportion: range [0, 1], and varied over all of it unless said otherwise."""
    more.setdefault("prior", (0.0, 1.0))
    return Parameter(key, default, 0.0, 1.0, "proportion", meaning, source, symbol, **more)


def _worth(key: str, default: float, symbol: str, meaning: str, source: str, **more: Any) -> Parameter:
    """A parameter in units of the value of full security; varied from nothing to twice the default."""
    more.setdefault("prior", (0.0, 2.0 * default))
    return Parameter(key, default, 0.0, 1e9, "security", meaning, source, symbol, **more)


ASSUMED = "ours, assumed; the range states how little is known"
CALIBRATED = "ours, calibrated in a prototype"

PARAMETERS: tuple[Parameter, ...] = (
    # ---- the hegemon
    Parameter("hegemon.capability_share", None, 0.02, 0.98, "proportion",
              "the hegemon's share of the system's capability in year 0; null keeps the scenario's figure",
              "swept; Levy & Thompson 2005 put the threshold of balancing near 1/3", "s_h", (0.15, 0.75),
              optional=True),
    _share("hegemon.unilateralism", 0.5, "u", "probability that the hegemon handles an issue alone",
           "swept; Brooks & Wohlforth 2005 on the charge of unilateralism"),
    _share("hegemon.commitment", 0.6, "φ", "how far the hegemon supplies security to others", "Brooks & Wohlforth 2005 "
           "(others believe that it has means and motive to supply core security)"),
    Parameter("hegemon.presence", None, 0.0, 1.0, "proportion",
              "forward presence (bases, command of the commons): how near it brings an offshore hegemon; "
              "null keeps the scenario's", "Posen 2003, command of the commons", "", (0.0, 1.0), optional=True),
    Parameter("hegemon.land_power", False, 0, 1, "yes/no",
              "the same system with a hegemon that borders every other state on land",
              "Levy & Thompson 2010: land powers are balanced, sea powers are not", kind=bool),
    Parameter("hegemon.policy", "fixed", 0, len(POLICIES) - 1, "choice",
              "how unilateralism moves: fixed, or a ramp from ramp_low up to ramp_high and back",
              "model equation H1", choices=POLICIES, kind=int),
    _share("hegemon.ramp_low", 0.0, "", "unilateralism at both ends of the ramp", "design of the hysteresis experiment",
           prior=None),
    _share("hegemon.ramp_high", 1.0, "", "unilateralism at the turn of the ramp", "design of the hysteresis experiment",
           prior=None),
    _share("hegemon.severity_treaty_exit", 0.25, "v", "how much a unilateral exit from a treaty shows of intentions",
           ASSUMED + "; order treaty exit < sanctions < force", prior=(0.1, 0.4)),
    _share("hegemon.severity_sanctions", 0.5, "v", "the same of unilateral sanctions", ASSUMED, prior=(0.3, 0.7)),
    _share("hegemon.severity_force", 1.0, "v", "the same of the use of force abroad",
           "strongest signal: violating the norm of territorial integrity (Walt 2005)", prior=(0.7, 1.0)),
    _share("hegemon.issues_sanctions", 0.35, "", "proportion of issues that are about sanctions", ASSUMED,
           prior=(0.2, 0.5)),
    _share("hegemon.issues_force", 0.2, "", "proportion of issues that are about the use of force", ASSUMED,
           prior=(0.05, 0.3)),
    _share("hegemon.issue_spread", 0.75, "", "how far the positions of issues scatter about the hegemon's ideal point",
           ASSUMED),
    # ---- power
    _share("theory.military_weight", 0.5, "ω", "weight of military stock against economy in capability",
           "equal weights, as in the two halves of most indices (Singer, Bremer & Stuckey 1972)"),
    # ---- threat
    Parameter("theory.weights.power", 1.0, 0.0, 100.0, "relative weight", "weight of aggregate power in threat",
              "Walt 1987 (equal weights)", "w_P", (0.0, 2.0), "weight_power"),
    Parameter("theory.weights.proximity", 1.0, 0.0, 100.0, "relative weight", "weight of proximity in threat",
              "Walt 1987 (equal weights)", "w_D", (0.0, 2.0), "weight_proximity"),
    Parameter("theory.weights.offence", 1.0, 0.0, 100.0, "relative weight", "weight of offensive power in threat",
              "Walt 1987 (equal weights)", "w_O", (0.0, 2.0), "weight_offence"),
    Parameter("theory.weights.intentions", 1.0, 0.0, 100.0, "relative weight", "weight of perceived intentions in "
              "threat", "Walt 1987 (equal weights)", "w_I", (0.0, 2.0), "weight_intentions"),
    Parameter("theory.curvature", 3.0, 1.0, 4.0, "exponent", "how steeply threat rises with its factors together",
              CALIBRATED + "; with 1 threat is nearly flat in share", "ν", (1.0, 4.0)),
    Parameter("theory.threat_scale", 2.5, 0.0, 100.0, "security", "value of security at stake where every factor of "
              "threat is 1; fixes the scale on which costs are measured", CALIBRATED, "θ", (1.5, 3.5)),
    _share("theory.possibilism", 0.0, "ϖ", "0 judges intentions by what was seen, 1 fears the worst case",
           "Brooks 1997, possibilistic against probabilistic states"),
    Parameter("theory.rise_weight", 0.0, 0.0, 100.0, "weight", "how much more a rising hegemon threatens than an "
              "established one", "critics in Levy & Thompson: theories of balancing concern the rise", "w_ds",
              (0.0, 5.0)),
    Parameter("theory.distance_scale", 5000.0, 100.0, 1e6, "km", "distance over which strength falls to 1/e",
              "Boulding 1962, loss-of-strength gradient", "λ", (1000.0, 10000.0)),
    _share("theory.water", 0.4, "", "what a sea between two states leaves of proximity (1: no hindrance)",
           "Mearsheimer 2001, stopping power of water; figure assumed"),
    Parameter("theory.intentions_rise", 0.25, 0.0, 1.0, "per act", "step of perceived malign intent after a unilateral "
              "act of severity 1", "faster than the way back: reputation is built over decades and lost act by act",
              "η₊", (0.05, 0.5)),
    Parameter("theory.intentions_fall", 0.1, 0.0, 1.0, "per act", "step back after a multilateral act",
              "slower than the loss (Brooks & Wohlforth 2005 on the proponents' premise)", "η₋", (0.02, 0.3)),
    Parameter("theory.intentions_noise", 0.2, 0.0, 2.0, "standard deviation", "how differently states read the "
              "same act",
              ASSUMED, "", (0.0, 0.5)),
    Parameter("theory.norm_gap", 0.0, 0.0, 10.0, "weight", "extra weight of acts that break norms the hegemon "
              "professes (the use of force)", "Clark 2009, norm–deed gap; zero by default", "", (0.0, 1.0)),
    # ---- free riding
    Parameter("theory.decisiveness", 3.0, 0.1, 500.0, "exponent", "how surely the stronger side prevails",
              "contest success function, Hirshleifer 1989; above 1 as in land wars", "γ", (0.5, 5.0)),
    Parameter("theory.projection", 0.8, 0.01, 1e7, "proportion", "share of its strength that the hegemon can bring to "
              "bear", "loss of strength abroad; feasibility edge s* = E/(E+g)", "g", (0.2, 1.0)),
    _share("theory.reliability", 0.75, "q", "chance that an ally without rivalry turns up",
           "Leeds, Long & Mitchell 2000: .745; Berkemeier & Fuhrmann 2018: .22 after 1945", prior=(0.22, 0.95)),
    _share("theory.publicness", 0.3, "f", "what outsiders enjoy of security won by arms: 1 pure public good, 0 club",
           "Olson 1965; partly excludable (Olson & Zeckhauser 1966, Oneal 1990)"),
    _share("theory.publicness_soft", 0.3, "f_S", "the same of what soft coalitions win", "as theory.publicness"),
    _share("theory.conversion", 0.7, "χ", "how far soft balancing now is read as readiness to balance hard later",
           "Paul 2004: soft may be converted to hard; 0 is Brooks & Wohlforth's claim; figure calibrated"),
    _share("theory.foresight", 0.2, "τ", "how far a state reckons from others' interest rather than from their record",
           ASSUMED),
    Parameter("theory.expectation", "plug_in", 0, len(EXPECTATIONS) - 1, "choice", "odds at the expected coalition, or "
              "expected odds over who joins (exact: for at most 20 second-tier states)", "model equation F3",
              choices=EXPECTATIONS, kind=int),
    Parameter("theory.beliefs", "individual", 0, len(BELIEFS) - 1, "choice", "what is remembered of others: each "
              "state's own record, or one pooled frequency", "model equation F3", choices=BELIEFS, kind=int),
    Parameter("theory.memory", 0.2, 0.0, 1.0, "per year", "weight of the latest year in what is remembered of others",
              ASSUMED, "", (0.05, 0.5)),
    _share("theory.rivalry_shelving", 0.5, "ξ", "how far a common threat shelves rivalries", "secondary disputes are "
           "shelved against a common threat (Walt 1987)"),
    Parameter("theory.alliance_bonus", 0.2, 0.0, 5.0, "proportion", "how much more reliable a full alliance makes a "
              "partner", "Leeds, Long & Mitchell 2000", "", (0.0, 0.5)),
    Parameter("theory.constraint", 0.25, 0.0, 1.0, "proportion", "the most that soft coalitions can delay, frustrate "
              "and raise cost", "Pape 2005; figure assumed", "ε", (0.0, 0.5)),
    Parameter("theory.constraint_half", 0.3, 0.001, 10.0, "proportion", "soft coalition (share of second-tier "
              "capability) at which half of it is reached", ASSUMED, "S₀", (0.1, 0.6)),
    _share("theory.enabler", 0.3, "e₁", "how much cheaper opposition for other motives is the more the hegemon "
           "supplies security", "Brooks & Wohlforth 2005; small by assumption"),
    # ---- motives, costs
    _worth("theory.policy", 0.17, "", "stake in the policy at issue", "Brooks & Wohlforth 2005, bargaining; "
           "figure calibrated", field="policy_stake"),
    _worth("theory.prestige", 0.02, "", "gain in standing from opposing a prominent state", "Brooks & Wohlforth 2005; "
           "small by assumption"),
    _worth("theory.material", 0.02, "", "commercial gain from acts that look like balancing", "Brooks & Wohlforth "
           "2005 (arms sales); small by assumption"),
    _worth("theory.regional", 0.03, "", "gain from regional cooperation that by the way constrains the hegemon",
           "Brooks & Wohlforth 2005; small by assumption"),
    _worth("theory.arms_cost", 0.17, "c_arms", "cost of doubling the military burden", CALIBRATED),
    _worth("theory.retaliation", 0.08, "", "what the hegemon inflicts on a near state that arms against it",
           CALIBRATED),
    _worth("theory.trade", 0.05, "", "cost of hard balancing to a state wholly dependent on trade with the hegemon",
           "He & Feng 2008; figure assumed"),
    _worth("theory.soft_cost", 0.03, "c_soft", "cost of soft balancing", ASSUMED),
    _worth("theory.dependence_cost", 0.03, "c_dependence", "further cost of soft balancing to a dependent state",
           "Brooks & Wohlforth 2005; figure assumed"),
    _worth("theory.bargain_cost", 0.02, "c_bargain", "cost of bargaining", ASSUMED),
    _worth("theory.pass_cost", 0.01, "c_pass", "cost of passing the buck", ASSUMED),
    _worth("theory.influence", 0.08, "", "value of a voice in the coalition", "Waltz 1979, p. 127: on the weaker side "
           "a state is more appreciated; figure assumed"),
    _share("theory.self_help", 0.3, "κ_s", "what arming alone protects at best", "Parent & Rosato 2015, internal "
           "balancing; figure assumed", prior=(0.0, 0.6)),
    _worth("theory.norm", 0.02, "", "gain from opposing a hegemon without legitimacy", "Clark 2009, Nye 2004; "
           "as small as the other motives that are not security"),
    _worth("theory.vulnerability", 0.8, "", "how much worse off a near state is where the buck is not caught",
           "Mearsheimer 2001; figure assumed"),
    _worth("theory.relative_gain", 1.0, "", "what others' spending is worth to the one that saves it",
           "Mearsheimer 2001, ch. 5; figure assumed"),
    _share("theory.appease", 0.2, "", "part of a loss that going along averts, where the hegemon is benign",
           "Walt 1987, defensive bandwagoning; figure assumed"),
    _worth("theory.autonomy", 0.16, "", "worth of one's own freedom of action to a state that bandwagons",
           "as much as doubling the military burden costs: Waltz 1979, p. 126 (autonomy first), and Walt 1987, ch. 5 "
           "(bandwagoning is rare among states that count); the prototype's .08 made it the rule at low unilateralism"),
    _share("theory.autonomy_legitimacy", 0.5, "aut_L", "how far legitimacy makes following painless", "Clark 2009; "
           "figure assumed"),
    _worth("theory.protection", 0.25, "", "worth of the hegemon's shield against a regional threat",
           "Walt 2009, weak states ally with the unipole against local threats; figure assumed"),
    _worth("theory.spoils", 0.15, "", "share in the spoils, to a revisionist", "Schweller 1994; figure assumed"),
    _worth("theory.order_benefit", 0.0, "", "gain from working within a legitimate order", "Ikenberry 2001; zero by "
           "default", prior=(0.0, 0.1)),
    _share("theory.rhetoric_discount", 0.5, "", "how far rhetoric makes the hegemon discount specific objections",
           "Brooks & Wohlforth 2005, the French dilemma; figure assumed"),
    Parameter("theory.menu", STRATEGIES, 0, 0, "set of strategies", "what a state may do at all",
              "per theory; all by default", kind=tuple),
    # ---- rhetoric, legitimacy
    Parameter("theory.rhetoric_base", -2.0, -20.0, 20.0, "log-odds", "rhetoric of a state without motive for it",
              ASSUMED, "", (-3.0, -1.0)),
    Parameter("theory.rhetoric_prestige", 2.0, 0.0, 20.0, "log-odds", "effect of prestige orientation on rhetoric",
              "Brooks & Wohlforth 2005; figure assumed", "", (0.0, 4.0)),
    Parameter("theory.rhetoric_clock", 1.0, 0.0, 20.0, "log-odds", "effect of an election year on rhetoric",
              "Brooks & Wohlforth 2005 (Yeltsin 1999, Schröder 2002); figure assumed", "", (0.0, 2.0)),
    Parameter("theory.rhetoric_threat", 1.0, 0.0, 20.0, "log-odds", "effect of threat on rhetoric", ASSUMED, "",
              (0.0, 2.0)),
    _share("theory.disempowerment", 0.2, "ψ_L", "part of the hegemon's strength that a lack of legitimacy takes",
           "Clark 2009, p. 282; figure assumed"),
    _share("theory.followers", 0.5, "ψ_B", "part of bandwagoners' strength that adds to the hegemon's",
           "Walt 1987, offensive use of allies; figure assumed"),
    _share("theory.denial", 0.5, "deny", "how far soft balancing denies legitimacy", "Nye 2004, Clark 2009; figure "
           "assumed"),
    _share("theory.legitimacy_cost", 0.8, "", "how far wholly unilateral conduct lowers what legitimacy tends to",
           "Clark 2009; figure assumed"),
    Parameter("theory.legitimacy_speed", 0.1, 0.0, 1.0, "per year", "speed at which legitimacy adapts", ASSUMED,
              "λ_L", (0.02, 0.3)),
    # ---- alliances
    Parameter("theory.tie_growth", 0.3, 0.0, 1.0, "per year", "growth of a tie between two that balance hard, without "
              "rivalry or distance", "first counter-alliance within about two years of 1945 (Gibler 2009)", "",
              (0.1, 0.5)),
    Parameter("theory.tie_decay", 0.06, 0.0, 1.0, "per year", "decay of a tie that is not used",
              "dissolution of major-power pacts .02–.09 a year, 1816–1990 (Gibler 2009)", "", (0.02, 0.1)),
    _share("theory.tie_threshold", 0.5, "w*", "tie from which two states count as allied", "definition", prior=None),
    # ---- arms and growth
    Parameter("arms.depreciation", 0.12, 0.0, 1.0, "per year", "part of the military stock that is worn out and "
              "replaced", "service life of equipment about eight years; assumed", "ζ", (0.05, 0.2)),
    Parameter("arms.adjustment", 0.3, 0.0, 1.0, "per year", "speed at which the burden reaches its target", ASSUMED,
              "η_m", (0.1, 0.6)),
    Parameter("arms.rivalry_response", 0.3, 0.0, 10.0, "proportion", "extra burden per unit of regional threat",
              ASSUMED, "a_R", (0.0, 0.6)),
    Parameter("arms.effort_hard", 1.0, 0.0, 20.0, "proportion", "extra burden of a state that balances hard (1: it "
              "doubles)", "between the half by which France armed in peace, 1875–85, and what wars bring; assumed",
              "Δm_hard", (0.5, 2.0)),
    Parameter("arms.effort_soft", 0.1, 0.0, 20.0, "proportion", "extra burden of a state that balances softly",
              "Paul 2004: limited arms build-up; figure assumed", "Δm_soft", (0.0, 0.3)),
    Parameter("arms.effort_buck_pass", 0.25, 0.0, 20.0, "proportion", "extra burden of a state that passes the buck",
              "Mearsheimer 2001: buck-passers arm to deter and redirect; figure assumed", "Δm_pass", (0.0, 0.5)),
    Parameter("growth.differential", 0.0, 0.0, 10.0, "factor", "weight of the scenario's growth rates (0: all grow "
              "alike)", "zero keeps the swept share exogenous", "", (0.0, 1.0)),
    Parameter("growth.noise", 0.01, 0.0, 1.0, "per year", "standard deviation of yearly growth about its mean",
              ASSUMED, "σ_g", (0.0, 0.03)),
    Parameter("growth.drag", 0.05, 0.0, 10.0, "per year", "growth lost per unit of burden above the usual",
              "small and disputed in the literature on defence and growth; assumed", "", (0.0, 0.2)),
    # ---- choice
    Parameter("choice.rationality", 40.0, 0.0, 1e9, "per security", "how strictly the better payoff is taken",
              CALIBRATED + "; logit choice (McKelvey & Palfrey 1995)", "β", (5.0, 200.0)),
    _share("choice.inertia", 0.4, "", "chance that a state does not reconsider in a year", ASSUMED, prior=(0.0, 0.9)),
    # ---- start
    Parameter("start.strategy", "bargain", 0, len(STRATEGIES) - 1, "choice", "what every state does in year 0",
              "unipolar politics as usual", choices=STRATEGIES, kind=int, field="start_strategy"),
    _share("start.intentions", 0.2, "I₀", "perceived malign intent in year 0", "a benign image, built over decades",
           field="start_intentions", prior=(0.0, 0.5)),
    _share("start.legitimacy", 0.8, "L₀", "the hegemon's legitimacy in year 0", "as above; assumed",
           field="start_legitimacy", prior=(0.4, 1.0)),
    _share("start.pact_tie", 0.25, "", "tie in year 0 between second-tier states with a defence pact: half of an "
           "alliance's threshold, since these pacts are not against the hegemon", ASSUMED, prior=(0.0, 0.5)),
)  # fmt: skip

BY_KEY: dict[str, Parameter] = {p.key: p for p in PARAMETERS}


def record_dtype() -> np.dtype:
    """dtype of one row of parameters: float64, or int64 for choices, flags and the menu (a bit per strategy)."""
    fields: list[tuple[str, type]] = [(p.field, np.float64 if p.kind is float else np.int64) for p in PARAMETERS]
    return np.dtype([*fields, ("years", np.int64)], align=True)


def check(key: str, value: Any) -> Any:
    """The value of parameter `key` as the record stores it.

    Raises BadInput for an unknown key, a wrong type, or a value out of range.
    """
    parameter = BY_KEY.get(key)
    if parameter is None:
        raise BadInput(f"unknown parameter '{key}'{nearest(key, BY_KEY)}")
    if parameter.kind is tuple:
        return _menu_bits(key, value)
    if value is None:
        if parameter.optional:
            return math.nan
        raise BadInput(f"{key} may not be null")
    if parameter.choices:
        if value not in parameter.choices:
            raise BadInput(
                f"{key}: '{value}' is not one of {', '.join(parameter.choices)}{nearest(str(value), parameter.choices)}"
            )
        return parameter.choices.index(value)
    if parameter.kind is bool:
        if value in (True, False, 0, 1):
            return int(value)
        raise BadInput(f"{key} must be true or false, not {value!r}")
    if isinstance(value, (bool, str)):
        raise BadInput(f"{key} must be a number, not {value!r}")
    number = float(value)
    if not parameter.low <= number <= parameter.high:
        span = f"between {parameter.low:g} and {parameter.high:g} ({parameter.unit})"
        raise BadInput(f"{key}={value:g} is out of range: must be {span}")
    return number


def nearest(word: str, valid: Iterable[str]) -> str:
    """«; did you mean '…'?» for a misspelt word, or nothing where no valid choice is near."""
    valid = list(valid)
    found = difflib.get_close_matches(word, valid, n=1, cutoff=0.6)
    if not found:
        # A key of which only the last part is near: 'theory.unilateralism' for 'hegemon.unilateralism'.
        tails = {v.rsplit(".", 1)[-1]: v for v in reversed(valid)}
        close = difflib.get_close_matches(word.rsplit(".", 1)[-1], tails, n=1, cutoff=0.6)
        found = [tails[tail] for tail in close]
    return f"; did you mean '{found[0]}'?" if found else ""


def _menu_bits(key: str, value: Any) -> int:
    names = list(value) if not isinstance(value, str) else [value]
    for name in names:
        if name not in STRATEGIES:
            raise BadInput(f"{key}: '{name}' is not one of {', '.join(STRATEGIES)}{nearest(str(name), STRATEGIES)}")
    if not names:
        raise BadInput(f"{key} is empty: states need at least one strategy")
    if set(names) == {"buck_pass"}:
        raise BadInput(f"{key} holds only buck_pass: with nobody to catch the buck a state would have no choice at all")
    return sum(1 << STRATEGIES.index(name) for name in dict.fromkeys(names))


def record(values: Mapping[str, Any], years: int) -> np.recarray:
    """One checked row of parameters; keys that `values` does not hold take their defaults.

    Returns a record array of shape (1,). Raises BadInput.
    """
    row = np.recarray(1, dtype=record_dtype())
    for key in values:
        if key not in BY_KEY:
            check(key, values[key])
    for parameter in PARAMETERS:
        row[parameter.field] = check(parameter.key, values.get(parameter.key, parameter.default))
    if _weight_sum(row) <= 0.0:
        raise BadInput("theory.weights: at least one weight must be positive")
    row["years"] = years
    return row


def _weight_sum(row: np.recarray) -> float:
    """Sum of Walt's four weights in a row of parameters."""
    return float(row.weight_power[0] + row.weight_proximity[0] + row.weight_offence[0] + row.weight_intentions[0])

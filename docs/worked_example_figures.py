"""The figures and draws of the worked example: three states, their distances and quarrels, parameters, luck."""

from __future__ import annotations

from typing import Any

STRATEGIES = ("hard_balance", "soft_balance", "bargain", "buck_pass", "bandwagon")

STATES: dict[str, dict[str, Any]] = {
    "H": {"K": 0.45, "M": 0.6, "m0": 0.04, "growth": 0.05, "off": 0.6, "x": 0, "π": 0, "period": 0, "phase": 0,
          "y": 0, "z": 0.5, "v": 0},
    "B": {"K": 0.3, "M": 0.25, "m0": 0.03, "growth": 0.02, "off": 0.5, "x": 0.2, "π": 0.6, "period": 4, "phase": 2,
          "y": 0.3, "z": -0.4, "v": 0.2},
    "C": {"K": 0.25, "M": 0.15, "m0": 0.02, "growth": 0.015, "off": 0.3, "x": 0.5, "π": 0.2, "period": 0, "phase": 0,
          "y": 0.5, "z": 0.1, "v": 0.5},
}  # fmt: skip
TRAITS = {
    "K": "economy, share of the system's", "M": "military stock, share of the system's", "m0": "usual military burden",
    "growth": "yearly growth, log points", "off": "offensive part of the force", "x": "trade dependence on the hegemon",
    "π": "prestige orientation", "period": "years between elections (0: none)", "phase": "year of the first election",
    "y": "material interest", "z": "policy ideal point", "v": "revisionism",
}  # fmt: skip
# Distance in km, whether water parts the two, rivalry, defence pact; no land borders.
PAIRS = {("H", "B"): (1500, 0, 0, 0), ("H", "C"): (6000, 1, 0, 0), ("B", "C"): (2500, 1, 0.4, 1)}
PRESENCE = 0.3

# Parameter → symbol in the equations, value.
PARAMETERS: dict[str, tuple[str, Any]] = {
    "hegemon.capability_share": ("share_h", 0.5), "hegemon.unilateralism": ("u", 0.6),
    "hegemon.commitment": ("φ", 0.6), "hegemon.severity_treaty_exit": ("v_exit", 0.25),
    "hegemon.severity_sanctions": ("v_sanctions", 0.5), "hegemon.severity_force": ("v_force", 1),
    "hegemon.issues_sanctions": ("n_sanctions", 0.35), "hegemon.issues_force": ("n_force", 0.2),
    "hegemon.issue_spread": ("spread", 0.75), "theory.military_weight": ("ω", 0.5), "theory.weights.power": ("w_P", 2),
    "theory.weights.proximity": ("w_D", 1), "theory.weights.offence": ("w_O", 1),
    "theory.weights.intentions": ("w_I", 1), "theory.curvature": ("ν", 1.5), "theory.threat_scale": ("θ", 2.5),
    "theory.possibilism": ("possibilism", 0.1), "theory.rise_weight": ("w_ds", 1), "theory.distance_scale": ("λ", 5000),
    "theory.water": ("water", 0.4), "theory.intentions_rise": ("η_up", 0.25), "theory.intentions_fall": ("η_down", 0.1),
    "theory.intentions_noise": ("noise", 0.2), "theory.norm_gap": ("norm_gap", 0.2), "theory.decisiveness": ("γ", 2),
    "theory.projection": ("g", 0.8), "theory.reliability": ("q", 0.75), "theory.publicness": ("f", 0.3),
    "theory.publicness_soft": ("f_S", 0.4), "theory.conversion": ("χ", 0.7), "theory.foresight": ("τ", 0.2),
    "theory.memory": ("memory", 0.2), "theory.rivalry_shelving": ("ξ", 0.5), "theory.alliance_bonus": ("bonus", 0.2),
    "theory.constraint": ("ε", 0.25), "theory.constraint_half": ("S0", 0.3), "theory.enabler": ("e_1", 0.3),
    "theory.policy": ("policy", 0.17), "theory.prestige": ("prestige", 0.02), "theory.material": ("material", 0.02),
    "theory.regional": ("regional", 0.03), "theory.arms_cost": ("c_arms", 0.17),
    "theory.retaliation": ("retaliation", 0.08), "theory.trade": ("trade", 0.05), "theory.soft_cost": ("c_soft", 0.03),
    "theory.dependence_cost": ("c_dep", 0.03), "theory.bargain_cost": ("c_bargain", 0.02),
    "theory.pass_cost": ("c_pass", 0.01), "theory.influence": ("influence", 0.08), "theory.self_help": ("κ_s", 0.3),
    "theory.norm": ("norm", 0.05), "theory.vulnerability": ("vulnerability", 0.8),
    "theory.relative_gain": ("relative_gain", 0.9), "theory.appease": ("appease", 0.2),
    "theory.autonomy": ("autonomy", 0.08), "theory.autonomy_legitimacy": ("aut_L", 0.5),
    "theory.protection": ("protection", 0.25), "theory.spoils": ("spoils", 0.15),
    "theory.order_benefit": ("order", 0.01), "theory.rhetoric_discount": ("discount", 0.5),
    "theory.rhetoric_base": ("talk_0", -2), "theory.rhetoric_prestige": ("talk_π", 2),
    "theory.rhetoric_clock": ("talk_clock", 1), "theory.rhetoric_threat": ("talk_T", 1),
    "theory.disempowerment": ("ψ_L", 0.2), "theory.followers": ("ψ_B", 0.5), "theory.denial": ("deny", 0.5),
    "theory.legitimacy_cost": ("cost_u", 0.8), "theory.legitimacy_speed": ("λ_L", 0.1),
    "theory.tie_growth": ("tie_growth", 0.3), "theory.tie_decay": ("tie_decay", 0.06),
    "theory.tie_threshold": ("w_allied", 0.5), "arms.depreciation": ("ζ", 0.12), "arms.adjustment": ("η_m", 0.3),
    "arms.rivalry_response": ("a_R", 0.3), "arms.effort_hard": ("Δm_hard", 1), "arms.effort_soft": ("Δm_soft", 0.1),
    "arms.effort_buck_pass": ("Δm_pass", 0.25), "growth.differential": ("differential", 1),
    "growth.noise": ("σ_g", 0.01), "growth.drag": ("drag", 0.05), "choice.rationality": ("β", 8),
    "choice.inertia": ("inertia", 0.4), "start.intentions": ("I_0", 0.5), "start.legitimacy": ("L_0", 0.7),
    "start.pact_tie": ("pact_tie", 0.25),
}  # fmt: skip
CHOICES: dict[str, Any] = {
    "hegemon.policy": "fixed", "hegemon.land_power": False, "hegemon.presence": None, "theory.expectation": "plug_in",
    "theory.beliefs": "individual", "theory.menu": STRATEGIES, "start.strategy": "soft_balance",
}  # fmt: skip

# For each year: three draws for each of three issues (alone? how severe? on what position?), and for each state the
# draws of reconsidering and choosing, the shock to growth, and how it reads each of the three issues.
ISSUES = {
    1: ((0.35, 0.1, 0.8), (0.72, 0.9, 0.3), (0.08, 0.45, 0.55)),
    2: ((0.5, 0.15, 0.95), (0.2, 0.4, 0.1), (0.9, 0.6, 0.62)),
}
DRAWS = {
    1: {"H": (0, 0, 0.4, 0, 0, 0), "B": (0.81, 0.5, -0.6, 0.3, -1.1, 0.7), "C": (0.12, 0.93, 1.2, -0.5, 0.2, 1.6)},
    2: {"H": (0, 0, -0.3, 0, 0, 0), "B": (0.33, 0.07, 0.9, 1.0, 0.4, -0.2), "C": (0.59, 0.02, -1.4, 0.6, -0.8, 0.1)},
}

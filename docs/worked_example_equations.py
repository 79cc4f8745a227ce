"""The equations of the worked example, as text: written here from the model's description, not taken from balsim.

In a formula for state i, `_j` is the other second-tier state, `_h` the hegemon, `_B` and `_C` the two by name. Most
symbols are those of the model's description; the page lists the parameters with theirs.
"""

from __future__ import annotations

Line = tuple[str, ...]
"""Equation, what it gives, symbol, formula; and, where the formula is long, what to print in its place."""

START = [
    ("P3", "stock per unit of spending", "κ", "M / (m0 * K)"),
    ("P3", "arming that goes with the starting strategy", "effort", "Δm_soft"),
    ("P3", "burden", "m", "m0 * (1 + effort)"),
    ("P3", "stock", "M", "M * (1 + effort)"),
]
START_HEGEMON = [
    ("P3", "stock per unit of spending", "κ", "M / (m0 * K)"),
    ("P3", "burden", "m", "m0"),
]
DISTANCE = [("T2", "what distance and water leave of the hegemon's strength", "prox", "exp(-d_h / λ) * water**sea_h")]
BETWEEN = [
    ("T2", "proximity of B and C", "prox_BC", "exp(-d_BC / λ) * water**sea_BC"),
    ("", "tie of B and C", "w", "pact_tie * pact_BC"),
    ("T1", "sum of Walt's weights", "w_all", "w_P + w_D + w_O + w_I"),
]
CAPABILITY = [("P1", "capability", "c", "K**(1 - ω) * M**ω")]
SCALE = [
    ("P1", "factor that gives the hegemon its share", "factor", "share_h / (1 - share_h) * (c_B + c_C) / c"),
    ("P1", "economy", "K", "factor * K"),
    ("P1", "stock", "M", "factor * M"),
]
SHARES_HEGEMON = [("P1", "share of the system", "s", "c / (c + c_B + c_C)")]
SHARES = [
    ("P1", "share of the system", "s", "c / (c + c_j + c_h)"),
    ("P1", "share of the second tier", "t", "c / (c + c_j)"),
]
NEIGHBOUR = [
    ("T4", "regional threat", "R", "r_BC * s_j / (s + s_j) * prox_BC * off_j"),
    ("P3", "the same, so far as the hegemon does not shield from it", "R_open", "R * (1 - φ * s_h)"),
]
KEEP_START = [("P3", "regional threat that the usual burden answers", "R_start", "R_open")]

ISSUE = [
    ("", "issue {k}: alone?", "alone{k}", "1 if d_alone{k} < u else 0"),
    ("", "issue {k}: severity", "v{k}", "v_force * (1 + norm_gap) if d_severity{k} < n_force else "
     "v_sanctions if d_severity{k} < n_force + n_sanctions else v_exit"),
    ("", "issue {k}: position", "pos{k}", "min(1, max(-1, z_h + spread * (2 * d_position{k} - 1)))"),
]  # fmt: skip
READ_ALONE = (
    "T5",
    "intentions after issue {k}, unilateral",
    "I",
    "I + η_up * v{k} * (1 - I) * max(0, 1 + noise * ε{k})",
)
READ_TOGETHER = ("T5", "intentions after issue {k}, multilateral", "I", "I - η_down * I * max(0, 1 + noise * ε{k})")
DISAGREE = ("", "disagreement over policy", "δ", "(abs(z - pos1) + abs(z - pos2) + abs(z - pos3)) / 2 / 3")
CONCENTRATION = [
    ("P2", "concentration among three states", "ŝ_level", "max(0, (s_h - 1 / 3) / (1 - 1 / 3))"),
    ("T1", "the same, as a rise strikes others", "ŝ",
     "min(1, ŝ_level * (1 + w_ds * max(0, (s_h - s_last) / s_last)))"),
]  # fmt: skip
APPRAISE = [
    ("T2", "proximity of the hegemon, with its bases", "near", "prox + presence * φ * (1 - prox)"),
    ("T3", "intentions reckoned with", "Ĩ", "(1 - possibilism) * I + possibilism"),
    ("T1", "Walt's four factors together", "G",
     "ŝ**(w_P / w_all) * near**(w_D / w_all) * off_h**(w_O / w_all) * Ĩ**(w_I / w_all)"),
    ("T1", "threat", "T", "θ * G**ν"),
    *NEIGHBOUR,
    ("", "election this year?", "clock", "1 if period > 0 and (year - phase) % period == 0 else 0"),
    ("", "rhetoric", "talk", "1 / (1 + exp(-(talk_0 + talk_π * π + talk_clock * clock + talk_T * T)))"),
    ("F3", "what hard balancing costs", "cost", "c_arms * Δm_hard + retaliation * near + trade * x"),
    ("F3", "interest in it", "interest", "T**2 / (T**2 + cost**2)"),
    ("F3", "hard balancing that others expect of it", "q_e",
     "(1 - τ) * min(1, q_hard + χ * q_soft) + τ * interest"),
    ("S4", "how far it is expected to carry the burden", "q_carry", "(1 - τ) * q_hard + τ * q_e"),
]  # fmt: skip
SITUATION = [
    ("P3", "stock that full effort sustains", "M_full", "κ * m0 * (1 + Δm_hard) * K"),
    ("P3", "stock that the usual effort sustains", "M_usual", "κ * m0 * K"),
    ("P3", "what it would field by balancing", "b", "M + ζ * max(0, M_full - M)"),
    ("F2", "strength that the hegemon can use", "usable", "M_h * (1 - ψ_L * (1 - L)) + ψ_B * M_j * q_band_j"),
    ("F1", "what of it the hegemon can bring to bear", "gH", "g * usable"),
    ("F3", "rivalry that the common threat leaves", "r_left", "r_BC * (1 - min(1, ξ * sqrt(T * T_j)))"),
    ("F3", "reliability of the other as an ally", "ρ", "min(1, q * (1 - r_left) * (1 + bonus * w))"),
    ("F3", "coalition expected without it", "coalition", "ρ * M_j * q_e_j"),
    ("F1", "odds without it", "P0", "coalition**γ / (coalition**γ + gH**γ)"),
    ("F1", "odds with it", "P1", "(coalition + b)**γ / ((coalition + b)**γ + gH**γ)"),
    ("F5", "soft coalition without it", "soft", "t_j * (q_soft_j + q_hard_j)"),
    ("F5", "constraint without it", "Q0", "ε * soft / (soft + S0)"),
    ("F5", "constraint with it", "Q1", "ε * (soft + t) / (soft + t + S0)"),
    ("S1", "what arming alone protects", "D", "κ_s * max(0, M_full / (M_full + gH) - M_usual / (M_usual + gH))"),
    ("", "own weight", "W", "K / (K + (K + K_j) / 2)"),
    ("F6", "ease of opposition for other motives", "E", "1 - e_1 * (1 - s_h * φ)"),
    ("S4", "part of the others' strength expected to carry", "carried", "M_j * q_carry_j / M_j"),
    ("F4", "exposed loss", "X0", "T * (1 - f * P0) * (1 - f_S * Q0)"),
]
PAYOFFS = {
    "hard_balance": ("S1", {
        "security": "-T * (1 - D) * (1 - P1) * (1 - Q1)",
        "arms": "-c_arms * Δm_hard",
        "retaliation": "-retaliation * near * (1 - P1)",
        "trade": "-trade * x",
        "influence": "influence * (b / (coalition + b) - b / (gH + b)) * coalition / (coalition + b)",
    }),
    "soft_balance": ("S2", {
        "security": "-T * (1 - f * P0) * (1 - Q1)",
        "effort": "-c_soft",
        "dependence": "-c_dep * x",
        "norm": "norm * (1 - L)",
        "policy": "E * policy * δ * u",
        "prestige": "E * prestige * π * (1 + clock) / 2",
        "material": "E * material * y",
        "regional": "E * regional * R",
    }),
    "bargain": ("S3", {
        "security": "-X0",
        "effort": "-c_bargain",
        "policy": "E * policy * δ * (1 - u) * (1 - discount * talk)",
        "order": "order * L",
    }),
    "buck_pass": ("S4", {
        "security": "-X0 * (1 + vulnerability * near * (1 - P0))",
        "relief": "relative_gain * c_arms * Δm_hard * carried",
        "effort": "-c_pass",
    }),
    "bandwagon": ("S5", {
        "security": "-X0 * (1 - appease * (1 - Ĩ))",
        "autonomy": "-autonomy * W * (1 - aut_L * L)",
        "protection": "protection * R * φ * s_h * (1 - Ĩ)",
        "spoils": "spoils * v * s_h",
        "order": "order * L",
    }),
}  # fmt: skip
EFFORT = {"hard_balance": "Δm_hard", "soft_balance": "Δm_soft", "buck_pass": "Δm_pass"}
RECORDS = {"q_hard": "hard_balance", "q_soft": "soft_balance", "q_band": "bandwagon"}
ARM_AND_GROW = [
    ("P3", "burden", "m", "m + η_m * (m_target - m)"),
    ("P3", "arming beyond the usual, so far as strategies add it", "effort", "effort + η_m * ({effort} - effort)"),
    ("P3", "stock", "M", "(1 - ζ) * M + ζ * κ * m * K"),
    ("P4", "economy", "K", "K * exp(differential * growth + σ_g * ε_g - drag * max(0, m - m0))"),
]
TIE_GROWS = [
    ("", "common threat over itself and mutual threat", "pull", "min(T_B, T_C) / (min(T_B, T_C) + max(R_B, R_C))"),
    ("", "tie, as both balance hard", "w", "w + tie_growth * (1 - r_left_B) * (1 + prox_BC) / 2 * pull * (1 - w)"),
]
TIE_FADES = [("", "tie, as not both balance hard", "w", "w - tie_decay * w")]
LEGITIMACY = [
    ("H2", "share of the second tier that balances softly", "soft_share", "{soft}"),
    ("H2", "legitimacy", "L", "L + λ_L * ((1 - cost_u * u) * (1 - deny * soft_share) - L)"),
]

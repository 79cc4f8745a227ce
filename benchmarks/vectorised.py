"""What a user might write instead: the same five payoffs with NumPy, over all worlds at once.

Same issues, threat, expectations, payoffs (S1–S5), choice, memory, arms and growth under the default parameters. It
leaves out ties, transitions, motives and most outcomes, so that it does less than balsim does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.worlds import Case


def figures(case: Case) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Parameters by name, starting figures of the second tier (names × N − 1), and nearness (N − 1)."""
    p = {name: float(case.params[name][0]) for name in case.params.dtype.names}
    start, h = case.world.start, case.world.hegemon
    rest = [i for i in range(len(case.world.codes)) if i != h]
    names = ("economy", "military", "burden", "trade", "prestige", "material", "revisionism", "ideal_point")
    traits = np.array([getattr(start, name)[0, rest] for name in names])
    nearness = np.exp(-start.distance[0, h, rest] / p["distance_scale"])
    return p, traits, nearness


def play(case: Case, runs: np.ndarray) -> np.ndarray:
    """Share of second-tier states in each strategy, (runs, T, 5)."""
    p, traits, near = figures(case)
    K0, M0, burden0, trade, prestige, material, revisionism, ideal = traits
    h = case.world.hegemon
    start, worlds, n = case.world.start, len(runs), len(K0)
    rest = [i for i in range(n + 1) if i != h]
    K, M, burden = (np.tile(x, (worlds, 1)) for x in (K0, M0, burden0))
    KH, MH = np.full(worlds, start.economy[0, h]), np.full(worlds, start.military[0, h])
    offence = start.offence[0, h]
    seen_as, L = np.full((worlds, n), p["start_intentions"]), np.full(worlds, p["start_legitimacy"])
    hard_record, soft_record, follow_record = (np.zeros((worlds, n)) for _ in range(3))
    strategy = np.full((worlds, n), 2)
    efficiency = p["depreciation"] * M0 / np.maximum(burden0 * K0, 1e-12)
    R = np.zeros((worlds, n))
    shares = np.empty((worlds, case.shocks.state.shape[1], 5))
    u, commit, share_h = p["unilateralism"], p["commitment"], None
    for t in range(shares.shape[1]):
        noise, issues = case.shocks.state[runs, t][:, rest], case.shocks.issue[runs, t]
        apart = np.zeros((worlds, n))
        for k in range(issues.shape[1]):
            alone = (issues[:, k, 0] < u)[:, None]
            jolt = np.maximum(0.0, 1.0 + p["intentions_noise"] * noise[:, :, 3 + k])
            seen_as = np.clip(np.where(alone, seen_as + p["intentions_rise"] * 0.5 * (1 - seen_as) * jolt,
                                 seen_as - p["intentions_fall"] * seen_as * jolt), 0, 1)  # fmt: skip
            apart += 0.5 * np.abs(ideal - (2 * issues[:, k, 1] - 1)[:, None])
        disagreement = apart / issues.shape[1]
        w = p["military_weight"]
        c, ch = K ** (1 - w) * M**w, KH ** (1 - w) * MH**w
        total = c.sum(1) + ch
        share_h, tier = ch / total, c / c.sum(1)[:, None]
        s = np.maximum(0.0, (share_h - 1 / (n + 1)) / (1 - 1 / (n + 1)))[:, None]
        T = p["threat_scale"] * ((s * near * offence * seen_as) ** 0.25) ** p["curvature"]
        talk = p["rhetoric_base"] + p["rhetoric_prestige"] * prestige + p["rhetoric_threat"] * T
        rhetoric = 1 / (1 + np.exp(-talk))
        cost = p["arms_cost"] * p["effort_hard"] + p["retaliation"] * near + p["trade"] * trade
        q = (1 - p["foresight"]) * np.minimum(1, hard_record + p["conversion"] * soft_record) + p["foresight"] * (
            T * T / (T * T + cost * cost))
        carry = (1 - p["foresight"]) * hard_record + p["foresight"] * q
        usable = MH * (1 - p["disempowerment"] * (1 - L))
        followers = (M * follow_record).sum(1)[:, None] - M * follow_record
        opposing = p["projection"] * (usable[:, None] + p["followers"] * followers)
        strength = p["reliability"] * M * q
        B = strength.sum(1)[:, None] - strength
        full = efficiency / p["depreciation"] * burden0 * (1 + p["effort_hard"]) * K
        usual = efficiency / p["depreciation"] * burden0 * K
        b = M + p["depreciation"] * np.maximum(0, full - M)
        g = p["decisiveness"]
        P0, P1 = (x**g / (x**g + opposing**g) for x in (B, B + b))
        S = (tier * (soft_record + hard_record)).sum(1)[:, None] - tier * (soft_record + hard_record)
        Q0, Q1 = (p["constraint"] * x / (x + p["constraint_half"]) for x in (S, S + tier))
        X0 = T * (1 - p["publicness"] * P0) * (1 - p["publicness_soft"] * Q0)
        D = p["self_help"] * (full / (full + opposing) - usual / (usual + opposing))
        E = 1 - p["enabler"] * (1 - share_h * commit)[:, None]
        legitimacy, benign = L[:, None], 1 - seen_as
        carried = ((M * carry).sum(1)[:, None] - M * carry) / (M.sum(1)[:, None] - M)
        voice = (b / (B + b) - b / (opposing + b)) * B / (B + b)
        U = np.stack([
            -T * (1 - D) * (1 - P1) * (1 - Q1) - p["arms_cost"] * p["effort_hard"] - p["retaliation"] * near * (1 - P1)
            - p["trade"] * trade + p["influence"] * voice,
            -T * (1 - p["publicness"] * P0) * (1 - Q1) - p["soft_cost"] - p["dependence_cost"] * trade
            + p["norm"] * (1 - legitimacy) + E * (p["policy_stake"] * disagreement * u + p["prestige"] * prestige * 0.5
                                                  + p["material"] * material + p["regional"] * R),
            -X0 - p["bargain_cost"] + E * p["policy_stake"] * disagreement * (1 - u)
            * (1 - p["rhetoric_discount"] * rhetoric) + p["order_benefit"] * legitimacy,
            -X0 * (1 + p["vulnerability"] * near * (1 - P0))
            + p["relative_gain"] * p["arms_cost"] * p["effort_hard"] * carried - p["pass_cost"],
            -X0 * (1 - p["appease"] * benign)
            - p["autonomy"] * K / (K + K.mean(1)[:, None]) * (1 - p["autonomy_legitimacy"] * legitimacy)
            + p["protection"] * R * (commit * share_h)[:, None] * benign
            + p["spoils"] * revisionism * share_h[:, None] + p["order_benefit"] * legitimacy,
        ], axis=2)  # fmt: skip
        odds = np.exp(p["rationality"] * (U - U.max(2, keepdims=True)))
        odds /= odds.sum(2, keepdims=True)
        chosen = np.minimum(4, (noise[:, :, 1, None] >= odds.cumsum(2)).sum(2))
        strategy = np.where(noise[:, :, 0] < 1 - p["inertia"], chosen, strategy)
        for record, which in ((hard_record, 0), (soft_record, 1), (follow_record, 4)):
            record += p["memory"] * ((strategy == which) - record)
        effort = np.choose(strategy, [p["effort_hard"], p["effort_soft"], 0.0, p["effort_buck_pass"], 0.0])
        burden += p["adjustment"] * (burden0 * (1 + effort) - burden)
        M = (1 - p["depreciation"]) * M + efficiency * burden * K
        K = K * np.exp(p["noise"] * (noise[:, :, 2] - 0.5) - p["drag"] * np.maximum(0, burden - burden0))
        soft_share = (tier * (strategy == 1)).sum(1)
        L = L + p["legitimacy_speed"] * ((1 - p["legitimacy_cost"] * u) * (1 - p["denial"] * soft_share) - L)
        shares[:, t] = np.stack([(strategy == a).mean(1) for a in range(5)], axis=1)
    return shares


def run(case: Case, threads: int) -> None:
    """All runs of one point, in as many blocks as there are threads."""
    blocks = np.array_split(np.arange(case.shocks.state.shape[0]), threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda runs: play(case, runs), blocks))

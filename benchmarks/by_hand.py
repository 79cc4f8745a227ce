"""What a user might write instead: the same five payoffs in plain Python, as a Mesa model under `mesa.batch_run`.

Equations as in `vectorised`, one agent at a time; it leaves out what that leaves out.
"""

from __future__ import annotations

import math
import random
from typing import Any

import mesa
import numpy as np

from benchmarks.vectorised import figures
from benchmarks.worlds import Case


class Power(mesa.Agent):
    """A second-tier state."""

    def __init__(self, model: mesa.Model, traits: np.ndarray, near: float) -> None:
        super().__init__(model)
        (self.K, self.M, self.burden, self.trade, self.prestige, self.material, self.revisionism,
         self.ideal) = map(float, traits)  # fmt: skip
        self.burden0, self.near = self.burden, float(near)
        self.efficiency = self.M / max(self.burden * self.K, 1e-12)
        self.I = model.p["start_intentions"]
        self.hard = self.soft = self.follow = 0.0
        self.strategy = 2

    def perceive(self) -> None:
        p, apart = self.model.p, 0.0
        for alone, position in self.model.issues:
            jolt = max(0.0, 1.0 + p["intentions_noise"] * self.model.chance.gauss(0, 1))
            step = p["intentions_rise"] * 0.5 * (1 - self.I) if alone else -p["intentions_fall"] * self.I
            self.I += step * jolt
            self.I = min(1.0, max(0.0, self.I))
            apart += 0.5 * abs(self.ideal - position)
        self.disagreement = apart / 3
        w = p["military_weight"]
        self.c = self.K ** (1 - w) * self.M**w

    def appraise(self) -> None:
        m, p = self.model, self.model.p
        self.T = p["threat_scale"] * ((m.s * self.near * m.offence * self.I) ** 0.25) ** p["curvature"]
        self.rhetoric = 1 / (1 + math.exp(-(p["rhetoric_base"] + p["rhetoric_prestige"] * self.prestige
                                            + p["rhetoric_threat"] * self.T)))  # fmt: skip
        cost = p["arms_cost"] * p["effort_hard"] + p["retaliation"] * self.near + p["trade"] * self.trade
        self.q = (1 - p["foresight"]) * min(1, self.hard + p["conversion"] * self.soft) + p["foresight"] * (
            self.T**2 / (self.T**2 + cost**2))
        self.carry = (1 - p["foresight"]) * self.hard + p["foresight"] * self.q

    def decide(self) -> None:
        m, p = self.model, self.model.p
        if m.chance.random() >= 1 - p["inertia"]:
            return
        others = [a for a in m.powers if a is not self]
        strength, mean = sum(a.M for a in others), sum(a.K for a in m.powers) / len(m.powers)
        opposing = p["projection"] * (m.MH * (1 - p["disempowerment"] * (1 - m.L))
                                      + p["followers"] * sum(a.M * a.follow for a in others))
        B = sum(p["reliability"] * a.M * a.q for a in others)
        usual = self.efficiency * self.burden0 * self.K
        full = usual * (1 + p["effort_hard"])
        b, g = self.M + p["depreciation"] * max(0.0, full - self.M), p["decisiveness"]
        P0, P1 = (x**g / (x**g + opposing**g) for x in (B, B + b))
        S, tier = sum(a.c / m.tier * (a.soft + a.hard) for a in others), self.c / m.tier
        Q0, Q1 = (p["constraint"] * x / (x + p["constraint_half"]) for x in (S, S + tier))
        T, benign, free = self.T, 1 - self.I, 1 - p["publicness"] * P0
        X0 = T * free * (1 - p["publicness_soft"] * Q0)
        D = p["self_help"] * (full / (full + opposing) - usual / (usual + opposing))
        E = 1 - p["enabler"] * (1 - m.share * p["commitment"])
        carried = sum(a.M * a.carry for a in others) / strength
        voice = (b / (B + b) - b / (opposing + b)) * B / (B + b)
        stake = E * p["policy_stake"] * self.disagreement
        U = (
            -T * (1 - D) * (1 - P1) * (1 - Q1) - p["arms_cost"] * p["effort_hard"]
            - p["retaliation"] * self.near * (1 - P1) - p["trade"] * self.trade + p["influence"] * voice,
            -T * free * (1 - Q1) - p["soft_cost"] - p["dependence_cost"] * self.trade + p["norm"] * (1 - m.L)
            + stake * p["unilateralism"] + E * (p["prestige"] * self.prestige * 0.5 + p["material"] * self.material),
            -X0 - p["bargain_cost"] + stake * (1 - p["unilateralism"]) * (1 - p["rhetoric_discount"] * self.rhetoric)
            + p["order_benefit"] * m.L,
            -X0 * (1 + p["vulnerability"] * self.near * (1 - P0))
            + p["relative_gain"] * p["arms_cost"] * p["effort_hard"] * carried - p["pass_cost"],
            -X0 * (1 - p["appease"] * benign)
            - p["autonomy"] * self.K / (self.K + mean) * (1 - p["autonomy_legitimacy"] * m.L)
            + p["spoils"] * self.revisionism * m.share + p["order_benefit"] * m.L,
        )  # fmt: skip
        best = max(U)
        odds = [math.exp(p["rationality"] * (x - best)) for x in U]
        self.strategy = m.chance.choices(range(5), odds)[0]

    def adjust(self) -> None:
        p = self.model.p
        self.hard += p["memory"] * ((self.strategy == 0) - self.hard)
        self.soft += p["memory"] * ((self.strategy == 1) - self.soft)
        self.follow += p["memory"] * ((self.strategy == 4) - self.follow)
        effort = (p["effort_hard"], p["effort_soft"], 0.0, p["effort_buck_pass"], 0.0)[self.strategy]
        self.burden += p["adjustment"] * (self.burden0 * (1 + effort) - self.burden)
        self.M = (1 - p["depreciation"]) * self.M + p["depreciation"] * self.efficiency * self.burden * self.K
        drag = p["drag"] * max(0.0, self.burden - self.burden0)
        self.K *= math.exp(p["noise"] * self.model.chance.gauss(0, 1) - drag)


class ByHand(mesa.Model):
    """One world."""

    def __init__(self, case: Case, number: int = 0) -> None:
        super().__init__(rng=number)
        self.chance = random.Random(number)
        self.p, traits, near = figures(case)
        h, start = case.world.hegemon, case.world.start
        self.KH, self.MH, self.offence = (float(getattr(start, x)[0, h]) for x in ("economy", "military", "offence"))
        self.L = self.p["start_legitimacy"]
        self.powers = [Power(self, traits[:, i], near[i]) for i in range(traits.shape[1])]
        self.datacollector = mesa.DataCollector(
            {f"share_{k}": lambda m, k=k: sum(a.strategy == k for a in m.powers) / len(m.powers) for k in range(5)}
            | {"legitimacy": "L"}
        )

    def step(self) -> None:
        p, chance = self.p, self.chance
        self.issues = [(chance.random() < p["unilateralism"], 2 * chance.random() - 1) for _ in range(3)]
        for state in self.powers:
            state.perceive()
        w = p["military_weight"]
        self.tier, own = sum(a.c for a in self.powers), self.KH ** (1 - w) * self.MH**w
        self.share, n = own / (own + self.tier), len(self.powers) + 1
        self.s = max(0.0, (self.share - 1 / n) / (1 - 1 / n))
        for phase in ("appraise", "decide", "adjust"):
            self.agents.do(phase)
        soft = sum(a.c for a in self.powers if a.strategy == 1) / self.tier
        target = (1 - p["legitimacy_cost"] * p["unilateralism"]) * (1 - p["denial"] * soft)
        self.L += p["legitimacy_speed"] * (target - self.L)
        self.datacollector.collect(self)


def batch_run(model: type[mesa.Model], fixed: dict[str, Any], name: str, runs: int, years: int) -> None:
    """`mesa.batch_run` over so many runs, in one process."""
    parameters = {key: [value] for key, value in fixed.items()} | {name: range(runs)}
    mesa.batch_run(model, parameters, iterations=1, max_steps=years, number_processes=1, data_collection_period=-1,
                   display_progress=False)  # fmt: skip

"""The yearly map of the mean field: what a large second tier of like states does next.

With equal states and no noise of their own, a state's choice differs from its neighbour's by its luck in the draw
only. Of a large second tier everything is then known by the law of one state: which strategy it holds, what is
remembered of it, how it is armed. That law moves by a fixed rule from year to year. Its fixed points are the phases of
the model, its folds the thresholds.

Nothing of the model is written again here: payoffs, odds, threat, records, arms and legitimacy are the shipped rules,
called with averages over the tier. What is approximated: (a) strength-weighted capability, to second order in the
spread of arms; (b) ties count by their mean; (c) what one state differs from the mean in its own record and arms
changes its own odds by terms of order 1/N, which are left out; (d) noise in reading intentions (`intentions_noise`)
and in growth, which are left out. `follow` takes the issues of the years as given; `settled` and `reply`, on
which fixed points rest, put in their place what issues do to intentions on average (the deterministic skeleton), which
is exact where u is 0 or 1 and all issues weigh alike.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from balsim.analysis.homogeneous import enlarged, require_alike
from balsim.dynamics.appraise import EXACT, POOLED
from balsim.dynamics.begin import begin
from balsim.dynamics.hegemon import act
from balsim.dynamics.perceive import perceive
from balsim.params import STRATEGIES
from balsim.rule import COMPILED, rule
from balsim.shocks import ISSUE_CHANNELS, ISSUES_PER_YEAR, POSITION, SEVERITY, STATE_CHANNELS
from balsim.theory import free_riding
from balsim.theory.alliances import tie_faded, tie_grown
from balsim.theory.choice import logit
from balsim.theory.legitimacy import legitimacy_next, rhetoric
from balsim.theory.power import burden_target, capability, concentration, fieldable, stock_next
from balsim.theory.strategies import (
    BANDWAGON,
    HARD_BALANCE,
    SOFT_BALANCE,
    bandwagon,
    bargain,
    buck_pass,
    effort,
    hard_balance,
    open_menu,
    soft_balance,
    total,
)
from balsim.theory.threat import (
    after_multilateral,
    after_unilateral,
    forward_presence,
    rising,
    threat,
    worst_case,
)
from balsim.world import Situation, Start, World, pack, plain, plain_origin

S = len(STRATEGIES)
# One state: 1, remembered hard, soft and bandwagoning, burden, military stock (the last two over the usual ones).
ONE, HARD, SOFT, FOLLOW, BURDEN, ARMS = range(6)
_GRID = 600  # issues over which severity and position are averaged


@rule
def _choice(s, p):
    """Odds of a situation, as `dynamics.decide` has them: one call of a rule, since calls are what takes time here."""
    payoffs = (
        total(hard_balance(s, p)),
        total(soft_balance(s, p)),
        total(bargain(s, p)),
        total(buck_pass(s, p)),
        total(bandwagon(s, p)),
    )
    return logit(payoffs, open_menu(p.menu, s.has_catcher), p.rationality)


class Law(NamedTuple):
    """The law of one state of the second tier, and the condition of the system.

    moments : (S, 6, 6), E[y yᵀ; holds strategy k] of y = (1, hard, soft and bandwagon record, burden/usual, arms/usual)
    ties : (S, S), E[w; one holds k, the other l]
    intentions : I; legitimacy : L; share : the hegemon's capability share a year ago; all [0–1]
    """

    moments: np.ndarray
    ties: np.ndarray
    intentions: float
    legitimacy: float
    share: float

    @property
    def shares(self) -> np.ndarray:
        """(S,) proportion of states that holds each strategy."""
        return self.moments[:, ONE, ONE]

    def flat(self) -> np.ndarray:
        """All numbers in one vector, for derivatives."""
        return np.concatenate([self.moments.ravel(), self.ties.ravel(), self[2:]])

    @classmethod
    def of_flat(cls, x: np.ndarray) -> Law:
        """The law that a vector describes, made symmetric and of total weight 1."""
        moments = x[: S * 36].reshape(S, 6, 6)
        moments = 0.5 * (moments + moments.transpose(0, 2, 1))
        ties = x[S * 36 : S * 36 + S * S].reshape(S, S)
        return cls(moments / moments[:, ONE, ONE].sum(), 0.5 * (ties + ties.T), *x[-3:].tolist())


class MeanField:
    """The yearly map of a homogeneous world.

    start : Start of one variant of three states or more, in which all of the second tier are alike
    params : one row of `params.record_dtype()`
    states : number of states to reckon with, the tier as a whole as strong as in `start`; as many as there where None

    Raises BadInput where states differ, are rivals, have pacts or elections, or where economies drift apart (then
    there is no fixed point).
    """

    def __init__(self, start: Start, params: np.ndarray, states: int | None = None) -> None:
        row = np.array(params).reshape(1).view(np.recarray)
        require_alike(start, row)
        # NumPy's records are slow to read from Python, plain ones are not what compiled rules take.
        self.p: Any = plain(row)[0]
        self.row: Any = row[0] if COMPILED else self.p
        self.tier = (states or start.economy.shape[1]) - 1
        # Three states show everything but the size of one, however many there are.
        few = enlarged(start, 3)
        w = _begun(few, ISSUES_PER_YEAR, self.row)
        leader, first = w.state[0], w.state[1]
        self.economy = float(first["economy"]) * 2 / self.tier
        self.usual = float(first["arms_efficiency"] * first["baseline_burden"]) * self.economy
        self.hegemon = {name: float(leader[name]) for name in ("economy", "military", "offence")}
        self.own = {name: float(first[name]) for name in ("trade", "prestige", "material", "revisionism")}
        self.presence = float(w.system[0]["presence"])
        self.proximity = float(w.proximity[0, 1])
        self.neighbourhood = float(w.proximity[1, 2])
        self.begin_share = float(leader["share"])
        # The world in which issues are handled and read.
        self._reader = w
        self._steps = np.array([_step(k, self.row) for k in range(S)])
        self._squares = np.array([np.kron(a, a) for a in self._steps])
        severities, self.disagreement = _average_issue(few, self.row)
        self._issue = self._expected_issue(severities)

    def begin(self, strategy: int | None = None) -> Law:
        """The law in year 0, everybody holding `strategy` (the start strategy where None), known and armed for it."""
        k = self.p.start_strategy if strategy is None else strategy
        y = np.array([1.0, k == HARD_BALANCE, k == SOFT_BALANCE, k == BANDWAGON, *[1.0 + effort(k, self.row)] * 2])
        moments = np.zeros((S, 6, 6))
        moments[k] = np.outer(y, y)
        return Law(moments, np.zeros((S, S)), self.p.start_intentions, self.p.start_legitimacy, self.begin_share)

    # ---- what a typical state knows

    def weighted(self, total: np.ndarray, exponent: float) -> tuple[float, np.ndarray]:
        """Mean of arms^exponent, and of the six figures weighted by it, to second order in the spread of arms.

        total : (6, 6) moments of the tier
        """
        mean = total[ONE]
        spread = (total[ARMS] - mean[ARMS] * mean) / mean[ARMS]
        curve = 1.0 + 0.5 * exponent * (exponent - 1.0) * spread[ARMS] / mean[ARMS]
        level = math.pow(mean[ARMS], exponent)
        return level * curve, level * (mean * curve + exponent * spread)

    def capability_shares(self, moments: np.ndarray) -> np.ndarray:
        """(S,) shares of the tier's capability by strategy, to the same order; moments : (S, 6, 6)."""
        w, mean = self.p.military_weight, moments[:, ONE, ARMS].sum()
        apart = moments[:, ONE, ARMS] / mean - moments[:, ONE, ONE]
        squared = moments[:, ARMS, ARMS] / mean**2 - 2.0 * moments[:, ONE, ARMS] / mean + moments[:, ONE, ONE]
        shares = moments[:, ONE, ONE] + w * apart + 0.5 * w * (w - 1.0) * squared
        return shares / shares.sum()

    def hegemon_share(self, law: Law) -> float:
        """s_h that a law of the tier implies."""
        return self._share(law.moments.sum(axis=0))

    def _share(self, total: np.ndarray) -> float:
        w = self.p.military_weight
        own = capability(self.hegemon["economy"], self.hegemon["military"], w)
        each = capability(self.economy, self.usual, w) * self.weighted(total, w)[0]
        return own / (own + self.tier * each)

    def situation(self, law: Law, disagreement: float, unilateralism: float) -> Situation:
        """What a typical state knows when it decides: `dynamics.appraise.situate` with means in place of sums.

        law : of last year, with this year's intentions; disagreement : δ; unilateralism : u
        """
        p, n = self.p, self.tier
        total = law.moments.sum(axis=0)
        share = self._share(total)
        near = forward_presence(self.proximity, self.presence, p.commitment)
        malign = worst_case(law.intentions, p.possibilism)
        weight = p.weight_power + p.weight_proximity + p.weight_offence + p.weight_intentions
        stake = threat(
            rising(concentration(share, n + 1), share, law.share, p.rise_weight), near, self.hegemon["offence"], malign,
            p.weight_power / weight, p.weight_proximity / weight, p.weight_offence / weight,
            p.weight_intentions / weight, p.curvature, p.threat_scale,
        )  # fmt: skip
        cost = p.arms_cost * p.effort_hard + p.retaliation * near + p.trade * self.own["trade"]
        drive = free_riding.interest(stake, cost)
        arms, by_arms = self.weighted(total, 1.0)
        stock = self.usual * arms
        known = total[ONE] if p.beliefs == POOLED else by_arms / arms
        expected = free_riding.expected_hard(known[HARD], known[SOFT], p.conversion, p.foresight, drive)
        tie = float(law.ties.sum())
        reliable = free_riding.reliability(p.reliability, 0.0, tie, p.alliance_bonus)
        opposing = p.projection * free_riding.usable_strength(
            self.hegemon["military"], law.legitimacy, p.disempowerment,
            (n - 1) * self.usual * by_arms[FOLLOW], p.followers,
        )  # fmt: skip
        full = self.usual * (1.0 + p.effort_hard)
        own = fieldable(stock, full, p.depreciation)
        coalition = (n - 1) * reliable * stock * expected
        apart, joined = self._odds_of_coalition(coalition, own, opposing, reliable * stock, expected)
        level, by_capability = self.weighted(total, p.military_weight)
        soft = total[ONE] if p.beliefs == POOLED else by_capability / level
        others_soft = (soft[HARD] + soft[SOFT]) * (n - 1) / n
        return Situation(
            stake, 0.0, near, malign, apart, joined, coalition, own, opposing,
            free_riding.constraint(others_soft, p.constraint, p.constraint_half),
            free_riding.constraint(others_soft + 1.0 / n, p.constraint, p.constraint_half),
            free_riding.self_help(full, self.usual, opposing, p.self_help),
            free_riding.own_weight(self.economy, self.economy),
            free_riding.enabler(share, p.commitment, p.enabler),
            disagreement, 0.0,
            free_riding.expected_carry(known[HARD], expected, p.foresight) if n > 1 else 0.0,
            n > 1,
            rhetoric(p.rhetoric_base, self.own["prestige"], p.rhetoric_prestige, 0.0, p.rhetoric_clock, stake,
                     p.rhetoric_threat),
            self.own["trade"], self.own["prestige"], self.own["material"], self.own["revisionism"],
            share, p.commitment, law.legitimacy, unilateralism,
        )  # fmt: skip

    def _odds_of_coalition(self, coalition, own, opposing, each, chance) -> tuple[float, float]:
        """P0 and P1 at the expected coalition, or in expectation over who joins."""
        p = self.p
        if p.expectation != EXACT:
            return (free_riding.contest(coalition, opposing, p.decisiveness),
                    free_riding.contest(coalition + own, opposing, p.decisiveness))  # fmt: skip
        strength, join = np.full(self.tier + 1, each), np.full(self.tier + 1, chance)
        return (free_riding.exact_odds(0, 1, strength, join, 0.0, opposing, p.decisiveness),
                free_riding.exact_odds(0, 1, strength, join, own, opposing, p.decisiveness))  # fmt: skip

    def odds(self, s: Situation) -> np.ndarray:
        """(S,) odds of choosing each strategy (eqs S1–S5, C1)."""
        return np.array(_choice(s, self.row))

    # ---- a year

    def year(self, law: Law, issues: np.ndarray | None = None, year: int = 0) -> Law:
        """The law a year on.

        issues : (ISSUES_PER_YEAR, ISSUE_CHANNELS) uniforms of the year, or None for what issues do on average
        """
        if issues is None:
            intentions, disagreement, u = self.expected_reading(law.intentions), self.disagreement, self.p.unilateralism
        else:
            intentions, disagreement, u = self.reading(law.intentions, issues, year)
        s = self.situation(law._replace(intentions=intentions), disagreement, u)
        return self._next(law._replace(intentions=intentions), self.odds(s), s)

    def follow(self, law: Law, issues: np.ndarray) -> list[Law]:
        """The laws of the years 1 … T under given issues (T, ISSUES_PER_YEAR, ISSUE_CHANNELS)."""
        found = []
        for t in range(len(issues)):
            law = self.year(law, issues[t], t + 1)
            found.append(law)
        return found

    def moves(self, odds: np.ndarray) -> np.ndarray:
        """(S, S) chance that a state goes from one strategy (row) to another: inertia, then choice."""
        kept = np.array([self.p.inertia if (self.p.menu >> k) & 1 else 0.0 for k in range(S)])
        return np.diag(kept) + np.outer(1.0 - kept, odds)

    def _next(self, law: Law, odds: np.ndarray, s: Situation) -> Law:
        moves, share = self.moves(odds), self.hegemon_share(law)
        chosen = np.einsum("ka,kij->aij", moves, law.moments)
        moments = self._steps @ chosen @ self._steps.transpose(0, 2, 1)
        fade, grow, gain = self._tie_steps(s.threat)
        carried = moves.T @ law.ties @ moves
        both = grow * carried[HARD_BALANCE, HARD_BALANCE] + gain * moments[HARD_BALANCE, ONE, ONE] ** 2
        ties = fade * carried
        ties[HARD_BALANCE, HARD_BALANCE] = both
        return Law(moments, ties, law.intentions, self._legitimacy(law.legitimacy, chosen, s.unilateralism), share)

    def _legitimacy(self, legitimacy: float, chosen: np.ndarray, unilateralism: float) -> float:
        soft = float(self.capability_shares(chosen)[SOFT_BALANCE])
        return legitimacy_next(legitimacy, unilateralism, soft, self.p.legitimacy_cost, self.p.denial,
                               self.p.legitimacy_speed)  # fmt: skip

    def _tie_steps(self, common: float) -> tuple[float, float, float]:
        """Factor of an unused tie; factor and gain of one between two that balance hard."""
        p = self.p
        gain, full = (tie_grown(tie, 0.0, self.neighbourhood, common, 0.0, p.tie_growth) for tie in (0.0, 1.0))
        return tie_faded(1.0, p.tie_decay), full - gain, gain

    # ---- issues

    def reading(self, intentions: float, issues: np.ndarray, year: int) -> tuple[float, float, float]:
        """Intentions and disagreement after a year's issues, and that year's unilateralism."""
        w = self._reader
        state, system = w.state[1], w.system[0]
        system["year"], state["intentions"] = year, intentions
        act(w, self.row, issues)
        perceive(w, self.row, np.zeros((3, STATE_CHANNELS)))
        return float(state["intentions"]), float(state["disagreement"]), float(system["unilateralism"])

    def expected_reading(self, intentions: float) -> float:
        """Intentions after a year's issues, on average over issues and how they are handled."""
        constant, factor = self._issue
        for _ in range(ISSUES_PER_YEAR):
            intentions = constant + factor * intentions
        return intentions

    def _expected_issue(self, severities: list[float]) -> tuple[float, float]:
        """Constant and factor of what one issue does to intentions, on average."""
        p, ends = self.p, []
        levels, counts = np.unique(severities, return_counts=True)
        for start in (0.0, 1.0):
            alone = sum(n * after_unilateral(start, v, p.intentions_rise, 0.0, 0.0)
                        for v, n in zip(levels.tolist(), counts.tolist(), strict=True)) / _GRID  # fmt: skip
            together = after_multilateral(start, p.intentions_fall, 0.0, 0.0)
            ends.append(p.unilateralism * alone + (1.0 - p.unilateralism) * together)
        return ends[0], ends[1] - ends[0]

    # ---- self-consistency

    def settled(self, odds: np.ndarray) -> Law:
        """The law to which the tier settles if states go on choosing with the same odds (S,), issues on average."""
        p = self.p
        moves = self.moves(odds)
        system = np.eye(S * 36) - np.einsum("ka,aij->aikj", moves, self._squares).reshape(S * 36, S * 36)
        # The total weight of a law is kept: one equation says that of itself, and is replaced by "it is 1".
        ones = np.arange(S) * 36
        right = np.zeros(S * 36)
        system[ones[0]] = 0.0
        system[ones[0], ones] = 1.0
        right[ones[0]] = 1.0
        moments = np.linalg.solve(system, right).reshape(S, 6, 6)
        constant, factor = self._issue
        intentions = constant / (1.0 - factor) if factor < 1.0 else p.start_intentions
        share = self._share(moments.sum(axis=0))
        law = Law(moments, np.zeros((S, S)), intentions, p.start_legitimacy, share)
        fade, grow, gain = self._tie_steps(self.situation(law, 0.0, p.unilateralism).threat)
        factors = np.full((S, S), fade)
        factors[HARD_BALANCE, HARD_BALANCE] = grow
        right = np.zeros(S * S)
        right[HARD_BALANCE * S + HARD_BALANCE] = gain * odds[HARD_BALANCE] ** 2
        if min(p.tie_growth, p.tie_decay) > 0.0:
            system = np.eye(S * S) - factors.ravel()[:, None] * np.kron(moves.T, moves.T)
            law = law._replace(ties=np.linalg.lstsq(system, right, rcond=None)[0].reshape(S, S))
        chosen = np.einsum("ka,kij->aij", moves, moments)
        low, high = (self._legitimacy(end, chosen, p.unilateralism) for end in (0.0, 1.0))
        return law._replace(legitimacy=low / (1.0 - high + low) if high - low < 1.0 else p.start_legitimacy)

    def reply(self, odds: np.ndarray) -> np.ndarray:
        """(S,) odds with which states choose once the tier has settled to `odds`: the self-consistency map."""
        clean = np.maximum(odds, 0.0) / np.maximum(odds, 0.0).sum()
        law = self.settled(clean)
        return self.odds(self.situation(law, self.disagreement, self.p.unilateralism))


def _step(strategy: int, p: Any) -> np.ndarray:
    """(6, 6) matrix that carries the figures of a state through a year in which it holds `strategy` (eqs F3, P3)."""

    def carried(y: np.ndarray) -> np.ndarray:
        records = [free_riding.fading(y[at], float(strategy == k), p.memory)
                   for at, k in ((HARD, HARD_BALANCE), (SOFT, SOFT_BALANCE), (FOLLOW, BANDWAGON))]  # fmt: skip
        target = burden_target(1.0, effort(strategy, p), 0.0, 0.0, p.rivalry_response)
        burden = y[BURDEN] + p.adjustment * (target - y[BURDEN])
        return np.array([1.0, *records, burden, stock_next(y[ARMS], burden, p.depreciation)])

    constant = carried(np.zeros(6))
    matrix = np.array([carried(unit) - constant for unit in np.eye(6)]).T
    matrix[:, ONE] = constant
    return matrix


def _begun(start: Start, issues: int, p: Any) -> World:
    """The world in year 0, with room for so many issues a year."""
    origin = pack(start, issues)
    return begin(origin if COMPILED else plain_origin(origin), 0, p)


def _average_issue(few: Start, p: Any) -> tuple[list[float], float]:
    """Severities of a representative sample of issues, and the mean disagreement over them."""
    grid = np.zeros((_GRID, ISSUE_CHANNELS))
    grid[:, SEVERITY] = grid[:, POSITION] = (np.arange(_GRID) + 0.5) / _GRID
    w = _begun(few, _GRID, p)
    act(w, p, grid)
    perceive(w, p, np.zeros((3, STATE_CHANNELS + _GRID)))
    return [float(issue["severity"]) for issue in w.issue], float(w.state[1]["disagreement"])

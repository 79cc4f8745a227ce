"""World: one international system, as records.

Axes: N states, of which one is the hegemon and the others the second tier. `i` observes, `j` is observed.
A world is a table of states, a few N × N matrices, and the figures of the system as a whole.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

TRAITS = (
    ("baseline_burden", "military burden in year 0, proportion of the economy [0–1]"),
    ("growth", "yearly growth of the economy, log points"),
    ("offence", "offensive part of the force [0–1]"),
    ("trade", "trade dependence on the hegemon [0–1]"),
    ("prestige", "prestige orientation [≥0]"),
    ("clock_period", "years between elections; 0: none"),
    ("clock_phase", "year of the first election, counted from year 0"),
    ("material", "interest in trade that looks like balancing, e.g. arms exports [≥0]"),
    ("ideal_point", "policy ideal point [−1, 1]"),
    ("revisionism", "0 status quo … 1 revisionist"),
)
"""What the scenario gives a state and no tick changes."""

CONDITION = (
    ("economy", "K, share of the system's economy in year 0"),
    ("military", "M, military stock, share of the system's in year 0"),
    ("arms_efficiency", "κ: stock per unit of spending, such that year 0 is a steady state [≥0]"),
    ("burden", "m, military spending, proportion of the economy"),
    ("effort", "the part of m/m₀ − 1 that comes from the strategies held: arming beyond the usual"),
    ("intentions", "I: how malign i thinks the hegemon [0–1]"),
    ("hard_record", "q̂: remembered frequency of hard balancing [0–1]"),
    ("soft_record", "the same of soft balancing"),
    ("bandwagon_record", "the same of bandwagoning"),
)
"""What a state carries from year to year, besides its strategy."""

APPRAISED = (
    ("share", "s: share of the system's capability"),
    ("tier_share", "share of the second tier's capability; 0 for the hegemon"),
    ("nearness", "proximity of the hegemon, with forward presence [0–1]"),
    ("threat", "T, in units of full security"),
    ("threat_root", "√T"),
    ("regional_threat", "R [0–1]"),
    ("regional_start", "R(1 − φ s_h) in year 0, which the baseline burden already answers"),
    ("expected_hard", "q̂ᵉ: what others expect of the state's hard balancing [0–1]"),
    ("expected_carry", "q̃: how far the state is expected to carry the burden [0–1]"),
    ("rhetoric", "talk of balancing [0–1]"),
    ("disagreement", "δ: mean distance to this year's policy positions [0–1]"),
    ("staked", "1 where the state has something at stake and someone to leave it to, else 0"),
    ("soft_security", "1 where the state balances softly, and for security more than any other motive"),
)
"""What is worked out anew each year."""

STATE = np.dtype(
    [(name, np.float64) for name, _ in (*TRAITS, *CONDITION, *APPRAISED)] + [("strategy", np.int64)], align=True
)
"""One state. `strategy` is an index into params.STRATEGIES, −1 for the hegemon."""

SYSTEM_FIELDS = (
    ("presence", "the hegemon's forward presence [0–1]"),
    ("legitimacy", "L [0–1]"),
    ("unilateralism", "u [0–1]"),
    ("commitment", "φ [0–1]"),
    ("concentration", "ŝ [0–1], with the weight of its rise"),
    ("last_share", "the hegemon's capability share a year ago"),
    ("soft_total", "Σ tier_share · (remembered soft + hard)"),
    ("follower_total", "Σ M · remembered bandwagoning"),
    ("carry_total", "Σ M · q̃"),
    ("second_tier_total", "Σ M over the second tier"),
    ("mean_economy", "mean K over the second tier"),
    ("pooled_record", "mean remembered soft + hard over the second tier"),
)
SYSTEM = np.dtype(
    [(name, np.float64) for name, _ in SYSTEM_FIELDS] + [("hegemon", np.int64), ("year", np.int64)], align=True
)
"""The system as a whole. `hegemon` is the hegemon's row; `year` counts from the start."""

ISSUE = np.dtype([("unilateral", np.float64), ("severity", np.float64), ("position", np.float64)], align=True)
"""One issue of the year: 1 where the hegemon acted alone; severity v [≥0]; policy position [−1, 1]."""

PAIR = np.dtype([(name, np.float64) for name in ("distance", "sea", "border", "rivalry", "pact")], align=True)


class World(NamedTuple):
    """Everything that a tick reads or changes. Records are reached by name: ``w.state[i].threat``."""

    state: Any  # (N,) of STATE
    system: Any  # (1,) of SYSTEM: an array, so that a phase can change it in place
    issue: Any  # (ISSUES_PER_YEAR,) of ISSUE
    rivalry: np.ndarray  # (N, N), r: hostile intent between neighbours [0–1]
    proximity: np.ndarray  # (N, N), loss-of-strength gradient, without forward presence [0–1]
    tie: np.ndarray  # (N, N), w: strength of the tie between i and j [0–1]
    motives: np.ndarray  # (TERMS,) tally: each named term over the state-years in which its strategy was held
    transitions: np.ndarray  # (25,) tally: state-years by strategy before (row) and after (column)
    instruments: np.ndarray  # (INSTRUMENTS,) tally: state-years of soft balancing by instrument


class Start(NamedTuple):
    """The starting figures of a scenario, for V variants of it (axis 0): V = 1, or one variant a run.

    Shapes: (V, N) unless said otherwise.
    """

    economy: np.ndarray  # share of the system's economy (sums to 1)
    military: np.ndarray  # share of the system's military strength (sums to 1)
    burden: np.ndarray  # military spending, proportion of the economy (0, 1)
    growth: np.ndarray
    offence: np.ndarray
    trade: np.ndarray
    prestige: np.ndarray
    clock_period: np.ndarray
    clock_phase: np.ndarray
    material: np.ndarray
    ideal_point: np.ndarray
    revisionism: np.ndarray
    distance: np.ndarray  # (V, N, N) km between capitals
    sea: np.ndarray  # (V, N, N) 1 where i and j are parted by water, else 0
    border: np.ndarray  # (V, N, N) 1 where i and j share a land border, else 0
    rivalry: np.ndarray  # (V, N, N) [0–1]
    pact: np.ndarray  # (V, N, N) 1 where a defence pact holds in year 0
    presence: np.ndarray  # (V, 1) the hegemon's forward presence
    hegemon: np.ndarray  # (V, 1) int64, the hegemon's row


class Origin(NamedTuple):
    """A Start packed into records, as `dynamics.begin` reads it."""

    state: Any  # (V, N) of STATE: traits, economy, military, burden; the rest zero
    system: Any  # (V, 1) of SYSTEM: presence, hegemon
    pair: Any  # (V, N, N) of PAIR
    issue: Any  # (ISSUES_PER_YEAR,) of ISSUE, zero


class Situation(NamedTuple):
    """All that state i knows when it decides. Proportions are in [0, 1]; worths in units of full security."""

    threat: float  # T
    regional_threat: float  # R
    nearness: float  # proximity of the hegemon
    malign: float  # Ĩ
    odds_apart: float  # P0: odds of the others' coalition without i
    odds_joined: float  # P1: odds with i
    coalition: float  # B: expected strength of the others' coalition
    contribution: float  # b: what i would field
    opposing: float  # gH: strength the hegemon can bring to bear
    constraint_apart: float  # Q0: what the soft coalition achieves without i
    constraint_joined: float  # Q1
    self_help: float  # D: what arming alone protects
    weight: float  # W: own weight, K/(K + mean K)
    enabler: float  # E
    disagreement: float  # δ
    election: float  # 1 in an election year
    carried: float  # share of the others' strength expected to carry the burden
    has_catcher: bool  # whether there is anyone to pass the buck to
    rhetoric: float
    trade: float
    prestige: float
    material: float
    revisionism: float
    hegemon_share: float  # s_h
    commitment: float  # φ
    legitimacy: float  # L
    unilateralism: float  # u


def pack(start: Start, issues: int) -> Origin:
    """The records of a Start; `issues` is the number of issues a year."""
    variants, n = start.economy.shape
    state = np.recarray((variants, n), dtype=STATE)
    state.view(np.uint8)[:] = 0
    for name, _ in TRAITS:
        state[name] = start.burden if name == "baseline_burden" else getattr(start, name)
    for name in ("economy", "military", "burden"):
        state[name] = getattr(start, name)
    state["strategy"] = -1
    system = np.recarray((variants, 1), dtype=SYSTEM)
    system.view(np.uint8)[:] = 0
    system["presence"] = start.presence
    system["hegemon"] = start.hegemon
    pair = np.recarray((variants, n, n), dtype=PAIR)
    for name in PAIR.names or ():
        pair[name] = getattr(start, name)
    return Origin(state, system, pair, np.zeros(issues, dtype=ISSUE).view(np.recarray))


class PlainRecord:
    """A record as a plain object, which uncompiled rules read many times faster than NumPy's."""

    def __init__(self, values: dict[str, float]) -> None:
        self.__dict__.update(values)

    def __getitem__(self, name: str) -> float:
        return self.__dict__[name]

    def __setitem__(self, name: str, value: float) -> None:
        self.__dict__[name] = value


class PlainRecords(list):
    """A table of plain records, with the one method of an array that the rules use."""

    def copy(self) -> PlainRecords:
        """A table of copies: changing one changes no row of the other."""
        return PlainRecords(PlainRecord(vars(row)) for row in self)


def plain(table: np.ndarray) -> PlainRecords:
    """A table (R,) of records as plain objects."""
    names = table.dtype.names or ()
    return PlainRecords(PlainRecord(dict(zip(names, row.tolist(), strict=True))) for row in table)


def plain_origin(origin: Origin) -> Origin:
    """An Origin of plain records, for uncompiled rules."""
    return Origin(
        [plain(variant) for variant in origin.state],
        [plain(variant) for variant in origin.system],
        [[plain(row) for row in variant] for variant in origin.pair],
        plain(origin.issue),
    )

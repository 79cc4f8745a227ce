"""The worked example of the documentation: the model's own trace equals the page to twelve digits, line by line.

`docs/worked_example.py` computes with mpmath from equations written out as text, and imports nothing from balsim.
"""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import Case, Play, Ran, start_of

from balsim.params import PARAMETERS, STRATEGIES
from balsim.shocks import ISSUE_CHANNELS, ISSUES_PER_YEAR, STATE_CHANNELS, Shocks

pytestmark = pytest.mark.uncompiled

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS))

import worked_example as example  # noqa: E402  (it lies with the page that it writes)
import worked_example_figures as figures  # noqa: E402

ROWS = {"H": 0, "B": 1, "C": 2}
SECOND_TIER = ("B", "C")
YEARS = (1, 2)

# Name in the model → symbol on the page.
APPRAISED = {
    "nearness": "near", "threat": "T", "regional_threat": "R", "rhetoric": "talk", "expected_hard": "q_e",
    "expected_carry": "q_carry", "intentions": "I", "disagreement": "δ",
}  # fmt: skip
KNOWN = {
    "threat": "T", "regional_threat": "R", "nearness": "near", "malign": "Ĩ", "odds_apart": "P0", "odds_joined": "P1",
    "coalition": "coalition", "contribution": "b", "opposing": "gH", "constraint_apart": "Q0",
    "constraint_joined": "Q1", "self_help": "D", "weight": "W", "enabler": "E", "disagreement": "δ",
    "election": "clock", "carried": "carried", "rhetoric": "talk", "trade": "x", "prestige": "π", "material": "y",
    "revisionism": "v",
}  # fmt: skip
LEFT_BEHIND = {
    "burden": "m", "effort": "effort", "military": "M", "economy": "K", "share": "s", "tier_share": "t",
    "hard_record": "q_hard", "soft_record": "q_soft", "bandwagon_record": "q_band",
}  # fmt: skip


def same(expected: Any) -> Any:
    return pytest.approx(float(expected), rel=1e-12, abs=1e-15)


def case() -> Case:
    """The figures and draws of the page, as the model takes them."""
    codes = list(figures.STATES)
    names = {
        "economy": "K", "military": "M", "burden": "m0", "growth": "growth", "offence": "off", "trade": "x",
        "prestige": "π", "clock_period": "period", "clock_phase": "phase", "material": "y", "ideal_point": "z",
        "revisionism": "v",
    }  # fmt: skip
    start = start_of(
        3,
        presence=figures.PRESENCE,
        **{ours: [figures.STATES[c][theirs] for c in codes] for ours, theirs in names.items()},
    )
    for (a, b), pair in figures.PAIRS.items():
        for name, figure in zip(("distance", "sea", "rivalry", "pact"), pair, strict=True):
            table = getattr(start, name)
            table[0, ROWS[a], ROWS[b]] = table[0, ROWS[b], ROWS[a]] = figure
    state = np.zeros((1, len(YEARS), 3, STATE_CHANNELS))
    issue = np.zeros((1, len(YEARS), ISSUES_PER_YEAR, ISSUE_CHANNELS))
    for t, year in enumerate(YEARS):
        issue[0, t] = figures.ISSUES[year]
        for code, draws in figures.DRAWS[year].items():
            state[0, t, ROWS[code]] = draws
    values = figures.CHOICES | {key: value for key, (_, value) in figures.PARAMETERS.items()}
    return Case(start, values, Shocks(state, issue))


@cache
def book() -> Any:
    return example.work_out()


@cache
def trace() -> dict[Any, Any]:
    """What the model does: the world before it starts, at each year's decisions, and at each year's end."""
    world = Play(case())
    found: dict[Any, Any] = {"start": snapshot(world)}
    for year in YEARS:
        world.begin_year()
        decisions = world.decide()
        found["decided", year] = snapshot(world) | {
            "decisions": decisions,
            "issues": [(i.unilateral, i.severity, i.position) for i in world.w.issue],
        }
        world.end_year()
        found["ended", year] = snapshot(world)
    return found


def snapshot(world: Play) -> dict[str, Any]:
    columns = {name: world.column(name) for name in (*APPRAISED, *LEFT_BEHIND, "arms_efficiency", "regional_start")}
    system = {name: world.system(name) for name in ("legitimacy", "unilateralism", "concentration")}
    return columns | system | {"tie": np.array(world.w.tie), "proximity": np.array(world.w.proximity)}


def test_the_page_is_what_the_arithmetic_writes() -> None:
    page = (DOCS / "worked_example.md").read_text(encoding="utf-8")
    assert page == example.page(), "docs/worked_example.md is stale: run python docs/worked_example.py"


@pytest.mark.parametrize("file", sorted(DOCS.glob("worked_example*.py")), ids=lambda file: file.name)
def test_the_arithmetic_knows_nothing_of_the_model(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            assert not any(name.startswith("balsim") for name in names), f"{file.name} imports from balsim"


def test_the_page_leaves_no_parameter_to_defaults() -> None:
    unused = {"hegemon.ramp_low", "hegemon.ramp_high"}  # of the other policy
    stated = set(figures.PARAMETERS) | set(figures.CHOICES)
    assert {p.key for p in PARAMETERS} - stated == unused


def test_the_example_shows_what_it_should() -> None:
    """Inertia, three strategies, a follower, a forming tie: else the page would teach less than it claims."""
    did = {(year, code): book().decided[year][code]["strategy"] for year in YEARS for code in SECOND_TIER}
    assert set(did.values()) == {"soft_balance", "bandwagon", "hard_balance"}
    assert did[2, "B"] == did[2, "C"] == "hard_balance"
    assert book().decided[1]["B"]["d_reconsider"] > 1 - book().system["inertia"]
    assert book().decided[2][""]["ŝ"] > book().decided[2][""]["ŝ_level"], "the hegemon does not rise"


def test_year_0() -> None:
    page, start = book().ended[0], trace()["start"]
    for code, row in ROWS.items():
        assert start["arms_efficiency"][row] == same(page[code]["κ"]), f"κ of {code}"
        for name in ("burden", "military", "economy", "share"):
            assert start[name][row] == same(page[code][LEFT_BEHIND[name]]), f"{name} of {code}"
    for code in SECOND_TIER:
        assert start["tier_share"][ROWS[code]] == same(page[code]["t"])
        assert start["proximity"][0, ROWS[code]] == same(page[code]["prox"])
        assert start["regional_start"][ROWS[code]] == same(page[code]["R_start"])
    assert start["proximity"][1, 2] == same(page[""]["prox_BC"])
    assert start["tie"][1, 2] == same(page[""]["w"])
    assert start["share"][0] == same(figures.PARAMETERS["hegemon.capability_share"][1])


@pytest.mark.parametrize("year", YEARS)
def test_the_hegemons_issues(year: int) -> None:
    page = book().decided[year][""]
    for k, issue in enumerate(trace()["decided", year]["issues"], start=1):
        for name, figure in zip(("alone", "v", "pos"), issue, strict=True):
            assert figure == same(page[f"{name}{k}"]), f"{name} of issue {k}"
    assert trace()["decided", year]["concentration"] == same(page["ŝ"])


@pytest.mark.parametrize("code", SECOND_TIER)
@pytest.mark.parametrize("year", YEARS)
class TestYear:
    """One state in one year."""

    def test_intentions_threat_and_expectations(self, year: int, code: str) -> None:
        for name, symbol in APPRAISED.items():
            found = trace()["decided", year][name][ROWS[code]]
            assert found == same(book().decided[year][code][symbol]), f"{name} ({symbol})"

    def test_what_it_knows(self, year: int, code: str) -> None:
        page, system = book().decided[year][code], book().decided[year][""]
        found = trace()["decided", year]["decisions"][ROWS[code]].situation
        for name, symbol in KNOWN.items():
            assert getattr(found, name) == same(page[symbol]), f"{name} ({symbol})"
        assert found.has_catcher
        for name, symbol in (("commitment", "φ"), ("legitimacy", "L"), ("unilateralism", "u")):
            assert getattr(found, name) == same(system[symbol])
        assert found.hegemon_share == same(book().decided[year]["H"]["s"])
        left_out = set(found._fields) - set(KNOWN) - {"has_catcher", "commitment", "legitimacy", "unilateralism"}
        assert left_out == {"hegemon_share"}, "the page leaves out part of what a state knows"

    def test_every_term_of_every_payoff(self, year: int, code: str) -> None:
        page = book().decided[year][code]
        decision = trace()["decided", year]["decisions"][ROWS[code]]
        for k, strategy in enumerate(STRATEGIES):
            terms = getattr(decision, strategy)
            assert set(terms._fields) == set(example.PAYOFFS[strategy][1]), f"terms of {strategy}"
            for term, value in terms._asdict().items():
                assert value == same(page[f"{strategy}_{term}"]), f"{strategy}: {term}"
            assert decision.payoffs[k] == same(page[f"U_{strategy}"]), f"payoff of {strategy}"

    def test_odds_and_choice(self, year: int, code: str) -> None:
        page = book().decided[year][code]
        decision = trace()["decided", year]["decisions"][ROWS[code]]
        assert STRATEGIES[decision.before] == page["before"]
        assert STRATEGIES[decision.strategy] == page["strategy"]
        asked = page["d_reconsider"] < 1 - book().system["inertia"]
        assert bool(decision.reconsidered) == asked
        for k, strategy in enumerate(STRATEGIES):
            expected = page[f"p_{strategy}"] if asked else float(strategy == page["before"])
            assert decision.odds[k] == same(expected), f"odds of {strategy}"

    def test_what_the_year_leaves_behind(self, year: int, code: str) -> None:
        for name, symbol in LEFT_BEHIND.items():
            found = trace()["ended", year][name][ROWS[code]]
            assert found == same(book().ended[year][code][symbol]), f"{name} ({symbol})"


@pytest.mark.parametrize("year", YEARS)
def test_the_system_after_the_year(year: int) -> None:
    page, world = book().ended[year], trace()["ended", year]
    for name in ("burden", "military", "economy", "share"):
        assert world[name][0] == same(page["H"][LEFT_BEHIND[name]]), f"the hegemon's {name}"
    assert world["tie"][1, 2] == world["tie"][2, 1] == same(page[""]["w"])
    assert world["legitimacy"] == same(page[""]["L"])


def test_the_batched_engine_tells_the_same_story() -> None:
    ran = Ran(case())
    for year in YEARS:
        for code in SECOND_TIER:
            page = book().decided[year][code]
            assert STRATEGIES[int(ran.panel["strategy"][year, ROWS[code]])] == page["strategy"]
            for strategy in STRATEGIES:
                assert ran.panel[f"payoff_{strategy}"][year, ROWS[code]] == same(page[f"U_{strategy}"])
            for column, symbol in (("economy", "K"), ("military", "M"), ("share", "s"), ("burden", "m")):
                assert ran.panel[column][year, ROWS[code]] == same(book().ended[year][code][symbol])
        assert ran.ticks["legitimacy"][year] == same(book().ended[year][""]["L"])
        assert ran.ticks["capability_share"][year] == same(book().ended[year]["H"]["s"])
    assert ran.outcomes["alliances"] == 0.0, "a tie below w* is no alliance yet"

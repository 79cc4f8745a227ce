"""Three states, two years, every number: the model worked out step by step in plain arithmetic.

Nothing here is taken from balsim. The equations stand as text in `worked_example_equations.py`; that text is what is
computed (with mpmath, to 30 digits) and what `worked_example.md` prints, with the numbers put in, so that page and
arithmetic cannot disagree. A test compares every quantity with the model's own trace.

    python docs/worked_example.py        writes worked_example.md anew
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mpmath import exp, mp, mpf, nstr, sqrt
from worked_example_equations import (
    APPRAISE,
    ARM_AND_GROW,
    BETWEEN,
    CAPABILITY,
    CONCENTRATION,
    DISAGREE,
    DISTANCE,
    EFFORT,
    ISSUE,
    KEEP_START,
    LEGITIMACY,
    NEIGHBOUR,
    PAYOFFS,
    READ_ALONE,
    READ_TOGETHER,
    RECORDS,
    SCALE,
    SHARES,
    SHARES_HEGEMON,
    SITUATION,
    START,
    START_HEGEMON,
    TIE_FADES,
    TIE_GROWS,
    Line,
)
from worked_example_figures import CHOICES, DRAWS, ISSUES, PAIRS, PARAMETERS, PRESENCE, STATES, STRATEGIES, TRAITS

mp.dps = 30

# ---- working them out

SECOND_TIER = ("B", "C")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
NAME = re.compile(r"[^\W\d]\w*")
WORDS = {"exp", "sqrt", "max", "min", "abs", "if", "else", "and"}


def brief(value: Any) -> str:
    """A number as the page shows it: five significant digits."""
    text = nstr(mpf(value), 5)
    return text.removesuffix(".0")


def table(head: list[str], rows: list[list[Any]]) -> list[str]:
    cells = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(str(cell) for cell in row) + " |" for row in cells]


class Book:
    """The world as it stands, the page as far as it is written, and what every year came to."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, Any]] = {
            code: {name: mpf(str(figure)) for name, figure in traits.items()} for code, traits in STATES.items()
        }
        self.system = {symbol: mpf(str(value)) for symbol, value in PARAMETERS.values()}
        self.page: list[str] = []
        self.decided: dict[int, dict[str, dict[str, Any]]] = {}
        self.ended: dict[int, dict[str, dict[str, Any]]] = {}

    def look_up(self, name: str, who: str) -> Any:
        """What a name stands for in a formula of state `who` ("" for the system)."""
        if who and name in self.of[who]:
            return self.of[who][name]
        if name in self.system:
            return self.system[name]
        base, _, whose = name.rpartition("_")
        state = {"h": "H", "j": {"B": "C", "C": "B"}.get(who, "")}.get(whose, whose)
        return self.of[state][base]

    def work(self, lines: list[Line], *states: str) -> None:
        """Work out lines for some states (none: for the system), line by line, and print a table for each.

        All states finish a line before any of its results is used.
        """
        whose = states or ("",)
        tables: dict[str, list[list[Any]]] = {who: [] for who in whose}
        for equation, what, symbol, formula, *shown in lines:
            results = {}
            for who in whose:
                names = {name: self.look_up(name, who) for name in NAME.findall(formula) if name not in WORDS}
                exact = NUMBER.sub(lambda m: f"mpf('{m.group()}')", formula)
                results[who] = mpf(eval(exact, {"exp": exp, "sqrt": sqrt, "mpf": mpf}, names))
                numbers = NAME.sub(lambda m, n=names: brief(n[m.group()]) if m.group() in n else m.group(), formula)
                text = shown[0] if shown else f"`{symbol} = {pretty(formula)}`"
                tables[who].append([equation, what, text, f"`{pretty(numbers)}`", brief(results[who])])
            for who, result in results.items():
                (self.of[who] if who else self.system)[symbol] = result
        head = ["", "", "formula", "in numbers", "="]
        if len(whose) > 1 and len(lines) <= 4:  # short: one table, line by line
            rows = [[who, *tables[who][k]] for k in range(len(lines)) for who in whose]
            self.page += ["", *table(["", *head], rows)]
            return
        for who in whose:
            self.page += ["", *([f"**{who}**", ""] if who else []), *table(head, tables[who])]

    def say(self, *text: str) -> None:
        self.page += ["", *text]

    def snapshot(self) -> dict[str, dict[str, Any]]:
        return {"": dict(self.system), **{code: dict(figures) for code, figures in self.of.items()}}


def pretty(formula: str) -> str:
    """A formula in print: · for times, ^ for powers, no − − or doubled signs."""
    text = formula.replace("**", "^").replace(" * ", "·").replace(" / ", "/").replace("*", "·")
    return text.replace("- -", "+ ").replace("+ -", "- ").replace("--", "")


def numbered(line: Line, k: int) -> Line:
    """The line of issue k."""
    return tuple(part.format(k=k) for part in line)


def year_0(book: Book) -> None:
    book.say("## Year 0", "", "Every state has balanced softly for some time: it is known for it and has armed for it.")
    for code in SECOND_TIER:
        d, sea, _, _ = PAIRS["H", code]
        book.of[code] |= {"d_h": mpf(d), "sea_h": mpf(sea), "I": book.system["I_0"], "strategy": "soft_balance",
                          "q_hard": mpf(0), "q_soft": mpf(1), "q_band": mpf(0)}  # fmt: skip
    d, sea, rivalry, pact = PAIRS["B", "C"]
    book.system |= {"d_BC": mpf(d), "sea_BC": mpf(sea), "r_BC": mpf(str(rivalry)), "pact_BC": mpf(pact)}
    book.system |= {"presence": mpf(str(PRESENCE)), "L": book.system["L_0"]}
    book.work(START_HEGEMON, "H")
    book.work(START, *SECOND_TIER)
    book.work(DISTANCE, *SECOND_TIER)
    book.work(BETWEEN)
    book.say("The hegemon's economy and stock are scaled so that its share is the one asked for.")
    book.work(CAPABILITY, "H", *SECOND_TIER)
    book.work(SCALE, "H")
    weigh(book)
    book.system["s_last"] = book.of["H"]["s"]
    book.work(NEIGHBOUR + KEEP_START, *SECOND_TIER)
    book.ended[0] = book.snapshot()


def weigh(book: Book) -> None:
    book.work(CAPABILITY, "H", *SECOND_TIER)
    book.work(SHARES_HEGEMON, "H")
    book.work(SHARES, *SECOND_TIER)


def act(book: Book, year: int) -> None:
    book.say(f"### {year}.1 The hegemon acts")
    for k, draws in enumerate(ISSUES[year], start=1):
        names = ("d_alone", "d_severity", "d_position")
        book.system |= {f"{name}{k}": mpf(str(d)) for name, d in zip(names, draws, strict=True)}
    book.work([numbered(line, k) for k in (1, 2, 3) for line in ISSUE])


def perceive(book: Book, year: int) -> None:
    book.say(f"### {year}.2 The others read its intentions")
    for code, draws in DRAWS[year].items():
        names = ("d_reconsider", "d_choose", "ε_g", "ε1", "ε2", "ε3")
        book.of[code] |= {name: mpf(str(d)) for name, d in zip(names, draws, strict=True)}
    cases = (READ_ALONE if book.system[f"alone{k}"] else READ_TOGETHER for k in (1, 2, 3))
    book.work([*(numbered(case, k) for k, case in enumerate(cases, start=1)), DISAGREE], *SECOND_TIER)


def appraise(book: Book, year: int) -> None:
    book.say(f"### {year}.3 They appraise their situation")
    book.work(CONCENTRATION)
    book.work(APPRAISE, *SECOND_TIER)
    book.say("What each knows when it decides; nothing of it is this year's choice of the other:")
    book.work(SITUATION, *SECOND_TIER)


def decide(book: Book, year: int) -> None:
    book.say(f"### {year}.4 They decide", "", "Payoffs, term by term, in units of the value of full security:")
    lines: list[Line] = []
    for strategy, (equation, terms) in PAYOFFS.items():
        for term, formula in terms.items():
            lines.append((equation, f"{strategy}: {term}", f"{strategy}_{term}", formula, f"`{pretty(formula)}`"))
        together = " + ".join(f"{strategy}_{term}" for term in terms)
        lines.append((equation, f"**{strategy}**", f"U_{strategy}", together, "sum of its terms"))
    best = ", ".join(f"U_{strategy}" for strategy in STRATEGIES)
    lines.append(("C1", "best payoff", "U_best", f"max({best})", "the largest"))
    for s in STRATEGIES:
        lines.append(("C1", f"weight of {s}", f"weight_{s}", f"exp(β * (U_{s} - U_best))", "`exp(β·(U - U_best))`"))
    weights = " + ".join(f"weight_{s}" for s in STRATEGIES)
    for s in STRATEGIES:
        lines.append(("C1", f"**odds of {s}**", f"p_{s}", f"weight_{s} / ({weights})", "weight / sum of weights"))
    book.work(lines, *SECOND_TIER)
    for code in SECOND_TIER:
        state = book.of[code]
        asked, keep = brief(state["d_reconsider"]), brief(1 - book.system["inertia"])
        state["before"] = state["strategy"]
        if state["d_reconsider"] >= 1 - book.system["inertia"]:
            book.say(f"{code} draws {asked}, not below 1 − inertia = {keep}: it does not reconsider, and goes on with "
                     f"**{state['strategy']}**.")  # fmt: skip
            continue
        passed = mpf(0)
        for strategy in STRATEGIES:
            low, passed = passed, passed + state[f"p_{strategy}"]
            if state["d_choose"] < passed:
                state["strategy"] = strategy
                break
        book.say(
            f"{code} draws {asked}, below 1 − inertia = {keep}: it reconsiders. Its second draw, "
            f"{brief(state['d_choose'])}, falls between {brief(low)} and {brief(passed)}, the part of the unit "
            f"interval that the odds, laid end to end, give to **{state['strategy']}**."
        )
    book.decided[year] = book.snapshot()


def adjust(book: Book, year: int) -> None:
    book.say(f"### {year}.5 What the year leaves behind")
    for code in ("H", *SECOND_TIER):
        held = book.of[code].get("strategy", "")
        effort = EFFORT.get(held, "0")
        lines: list[Line] = []
        if code != "H":
            for record, strategy in RECORDS.items():
                happened = 1 if held == strategy else 0
                what = f"remembered {strategy}"
                lines.append(("F3", what, record, f"{record} + memory * ({happened} - {record})"))
            target = f"max(0, m0 * (1 + {effort} + a_R * (R_open - R_start)))"
            lines.append(("P3", "target of the burden", "m_target", target))
            lines += [(e, w, s, f.format(effort=effort)) for e, w, s, f in ARM_AND_GROW]
        else:
            lines = [line for line in ARM_AND_GROW if line[2] in ("M", "K")]
        book.work(lines, code)
    both_hard = all(book.of[code]["strategy"] == "hard_balance" for code in SECOND_TIER)
    book.work(TIE_GROWS if both_hard else TIE_FADES)
    soft = " + ".join(f"t_{code}" for code in SECOND_TIER if book.of[code]["strategy"] == "soft_balance") or "0"
    book.work([(e, w, s, f.format(soft=soft)) for e, w, s, f in LEGITIMACY])
    book.system["s_last"] = book.of["H"]["s"]
    weigh(book)
    book.ended[year] = book.snapshot()


# ---- the page


def introduction() -> list[str]:
    choices = {key: ", ".join(v) if isinstance(v, tuple) else "as the scenario has it" if v is None else v
               for key, v in CHOICES.items()}  # fmt: skip
    traits = [[f"`{name}`", what, *(STATES[code][name] for code in STATES)] for name, what in TRAITS.items()]
    pairs = [
        [f"{a}–{b}", d, "yes" if sea else "no", r, "yes" if pact else "no"]
        for (a, b), (d, sea, r, pact) in PAIRS.items()
    ]
    values = [[f"`{key}`", f"`{symbol}`", value] for key, (symbol, value) in PARAMETERS.items()]
    draws = []
    for year, issues in ISSUES.items():
        for k, issue in enumerate(issues, start=1):
            draws.append([year, f"issue {k}", *issue, "", "", ""])
        draws += [[year, code, *(("", "", d[2], "", "", "") if code == "H" else d)] for code, d in DRAWS[year].items()]
    return [
        "# Worked example", "",
        "A hegemon (H) and two second-tier states, one near it by land (B) and one across the sea (C), for two years.",
        "Every quantity of the model is worked out, each line with the equation it belongs to (as in the model's",
        "description), the formula, and the numbers put in. In a formula for one of the two, `_j` is the other and",
        "`_h` the hegemon. Numbers are shown to five digits and carried to thirty.", "",
        "The page is written by `docs/worked_example.py`, which knows the equations but not balsim; a test compares",
        "every number with what balsim does with the same figures and draws.", "",
        "## The figures", "",
        *table(["", "", *STATES], traits), "",
        *table(["pair", "distance, km", "sea between", "rivalry `r`", "defence pact"], pairs), "",
        f"The hegemon's forward presence (`presence`) is {PRESENCE}.", "",
        *table(["parameter", "symbol here", "value"], values), "",
        *table(["choice", ""], [[f"`{key}`", value] for key, value in choices.items()]), "",
        "## The draws", "",
        "The model takes its random numbers as given. An issue has three uniform numbers: alone or not, how severe,",
        "on what position. A state has two uniform numbers, for reconsidering and choosing, and four standard normal",
        "ones, for growth (`ε_g`) and for its reading of each issue (`ε1`, `ε2`, `ε3`).", "",
        *table(["year", "of", "1st", "2nd", "3rd", "4th", "5th", "6th"], draws),
    ]  # fmt: skip


def work_out() -> Book:
    """The whole example: two years, with the page as it is written along the way."""
    book = Book()
    book.page += introduction()
    year_0(book)
    for year in (1, 2):
        book.system["year"] = mpf(year)
        book.say(f"## Year {year}")
        for phase in (act, perceive, appraise, decide, adjust):
            phase(book, year)
    did = "; ".join(
        f"{code} {', then '.join(book.decided[year][code]['strategy'] for year in (1, 2))}" for code in SECOND_TIER
    )
    book.say("## What happened", "", f"{did}. The hegemon's share went from {brief(book.ended[0]['H']['s'])} to "
             f"{brief(book.ended[2]['H']['s'])}, its legitimacy from {brief(book.ended[0]['']['L'])} to "
             f"{brief(book.ended[2]['']['L'])}, the tie of B and C from {brief(book.ended[0]['']['w'])} to "
             f"{brief(book.ended[2]['']['w'])}.")  # fmt: skip
    return book


def page() -> str:
    """The text of worked_example.md."""
    return "\n".join(work_out().page) + "\n"


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(page(), encoding="utf-8")

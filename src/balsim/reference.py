"""Pages of the documentation that are written from the source: parameters, payoff terms, equations.

``python -m balsim.reference`` rewrites them in a checkout; a test fails where they have gone stale.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from balsim.params import PARAMETERS, STRATEGIES, Parameter

PACKAGE = Path(__file__).parent
DOCS = PACKAGE.parents[1] / "docs"
WHERE_EQUATIONS_ARE = ("theory", "dynamics")

SECTIONS = {
    "hegemon": "The hegemon",
    "theory": "Theory",
    "arms": "Arms",
    "growth": "Growth",
    "choice": "Choice",
    "start": "Year 0",
}
FAMILIES = "PTFSCH"
"""Initials of the equations in their order: power, threat, free riding, strategies, choice, the hegemon."""

_NAMED = re.compile(r"\(eqs?\.? ([^)]*)\)")
_LEADS = re.compile(r"^([PTFSCH]\d): ")
_ID = re.compile(r"\b[PTFSCH]\d\b")


@dataclass(frozen=True)
class Equation:
    """A function that computes an equation of the model.

    ids : names in the specification, e.g. ("P1",); function : dotted name, e.g. "balsim.theory.power.capability"
    says : first sentence of its docstring; formulas : its lines in plain-text mathematics, perhaps none
    """

    ids: tuple[str, ...]
    function: str
    says: str
    formulas: tuple[str, ...]


# ---- parameters


def parameters_markdown() -> str:
    """The page of parameters: a section per group, a row per parameter, in the order of `params.PARAMETERS`."""
    lines = [
        "# Parameters",
        "",
        "<!-- Written by `python -m balsim.reference` from src/balsim/params.py. -->",
        "",
        "Every number of the model, with its unit, default, admissible range and reason. Give any of them on the",
        "command line (`balsim theory.conversion=0`), in a configuration file, or as an axis of a design.",
        "",
        "- The range is what is admissible; the prior is the range over which sensitivity analyses draw, where they",
        "  vary the parameter at all.",
        "- Worths and costs are in units of the value of full security (unit *security*).",
        '- A source that says "ours" is an assumption. "Calibrated" means chosen by search in a prototype, so that',
        "  each strategy appears somewhere: such a value is no evidence for that.",
    ]
    for group, title in SECTIONS.items():
        lines += ["", f"## {title}", "", *_table(PARAMETER_HEAD, map(_parameter_row, _of_group(group)))]
    return "\n".join(lines) + "\n"


PARAMETER_HEAD = ("key", "default", "range", "unit", "meaning and *reason*")


def _of_group(group: str) -> list[Parameter]:
    return [parameter for parameter in PARAMETERS if parameter.group == group]


def _parameter_row(parameter: Parameter) -> tuple[str, ...]:
    symbol = f"<br>{parameter.symbol}" if parameter.symbol else ""
    prior = "" if parameter.prior is None else f"<br>prior {_span(*parameter.prior)}"
    return (f"`{parameter.key}`{symbol}", _default(parameter), _range(parameter) + prior, parameter.unit,
            f"{parameter.meaning}<br>*{parameter.source}*")  # fmt: skip


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return "null"
    if parameter.kind is bool:
        return str(parameter.default).lower()
    if parameter.kind is tuple:
        return "all" if tuple(parameter.default) == STRATEGIES else ", ".join(parameter.default)
    return str(parameter.default) if parameter.choices else f"{parameter.default:g}"


def _range(parameter: Parameter) -> str:
    if parameter.kind is tuple:
        return ", ".join(STRATEGIES)
    if parameter.kind is bool:
        return "true, false"
    if parameter.choices:
        return ", ".join(parameter.choices)
    # So large a bound only guards against typing errors.
    return f"at least {_number(parameter.low)}" if parameter.high >= 1e6 else _span(parameter.low, parameter.high)


def _span(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    return f"{value:,g}".replace("-", "−")


# ---- payoff terms


def payoffs_markdown() -> str:
    """A table of the named terms of the five strategies, from `theory.strategies`: each field and its comment."""
    path = PACKAGE / "theory" / "strategies.py"
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    rows = []
    for node in ast.parse(text).body:
        heading = re.match(r"Terms of (S\d)", ast.get_docstring(node) or "") if isinstance(node, ast.ClassDef) else None
        if heading is None or not isinstance(node, ast.ClassDef):
            continue
        strategy = re.sub(r"(?<!^)([A-Z])", r"_\1", node.name).lower()
        for field in node.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                formula = lines[field.lineno - 1].partition("#")[2].strip()
                rows.append((heading[1], f"`{strategy}`", f"`{field.target.id}`", f"`{formula}`"))
    return "\n".join(_table(("eq.", "strategy", "term", "worth"), rows))


# ---- symbols


def symbols_markdown() -> str:
    """A table of the parameters that have a symbol, in the order of `params.PARAMETERS`."""
    rows = [(p.symbol, f"`{p.key}`", p.meaning) for p in PARAMETERS if p.symbol]
    return "\n".join(_table(("symbol", "key", "meaning"), rows))


# ---- equations


def equations_markdown(*ids: str) -> str:
    """A table of these equations (all, where none is named), in the order of the specification, with their functions.

    Functions that are documented on the page `code.md` are linked there.
    """
    rows = []
    for equation in equations():
        *_, module, function = equation.function.split(".")
        link = f"[`{module}.{function}`](code.md#{equation.function})"
        lines = "".join(f"<br>`{formula}`" for formula in equation.formulas)
        rows += [(name, equation.says + lines, link) for name in equation.ids if not ids or name in ids]
    # Python sorts stably: functions of one equation stay as the code has them.
    rows.sort(key=lambda row: (FAMILIES.index(row[0][0]), row[0]))
    return "\n".join(_table(("eq.", "what it is", "in the code"), rows))


def equations() -> list[Equation]:
    """Every function of the theory and of the phases whose docstring names an equation, in the order of the code."""
    found = []
    for folder in WHERE_EQUATIONS_ARE:
        for path in sorted((PACKAGE / folder).glob("*.py")):
            module = f"balsim.{folder}.{path.stem}"
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    ids = named_equations(ast.get_docstring(node) or "")
                    if ids:
                        found.append(_equation(ids, f"{module}.{node.name}", ast.get_docstring(node) or ""))
    return found


def named_equations(docstring: str) -> tuple[str, ...]:
    """Ids that a docstring names: "(eq. P1)", "(eqs F2, F5, S4)", or "S1: …" at its start."""
    lead = _LEADS.match(docstring)
    names = [lead[1]] if lead else []
    for group in _NAMED.findall(docstring):
        names += _ID.findall(group)
    return tuple(dict.fromkeys(names))


def _equation(ids: tuple[str, ...], function: str, docstring: str) -> Equation:
    paragraph = _LEADS.sub("", " ".join(docstring.split("\n\n")[0].split()))
    named = re.match(r"(.*?)\s*\(eqs?\.? [^)]*\)(: )?(.*)", paragraph)
    says, inline = paragraph, ""
    if named and named[2]:
        says, inline = named[1], named[3]
    elif named:
        says = named[1] + named[3]
    says = _NAMED.sub("", re.split(r"[.;] |\.$", says)[0]).strip()
    says = re.sub(r"( military strength)? \[[^]]*\]$", "", says).rstrip(",")
    displayed = re.findall(r"^    (\S.*)$", docstring, re.MULTILINE) or [_formula(inline)]
    # The whole formula will stand in code type, so no name within it does.
    formulas = tuple(formula.replace("`", "") for formula in displayed if formula)
    return Equation(ids, function, _capital(says), formulas)


def _capital(text: str) -> str:
    """With a capital letter, unless a symbol stands first."""
    return text[0].upper() + text[1:] if text[0].isascii() else text


def _formula(text: str) -> str:
    """The equation at the start of a text, up to the end of its sentence; "" where it starts with words."""
    formula = re.split(r"\.\s|\.$|;\s|,\s+in\s", text)[0].strip()
    return formula if re.search(r"[=←/²·√−+]", formula) else ""


# ---- pages


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table."""
    shown = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return ["| " + " | ".join(row) + " |" for row in shown]


def with_generated(page: str) -> str:
    """A page with its generated parts written anew.

    They stand between ``<!-- equations: P1 P2 -->`` (some ids), ``<!-- payoffs -->`` or ``<!-- symbols -->`` and
    ``<!-- end -->``.
    """
    marked = r"<!-- (equations|payoffs|symbols)(?:: ([A-Z\d ]+?))? -->\n.*?<!-- end -->"
    return re.sub(marked, _generated, page, flags=re.DOTALL)


def _generated(part: re.Match[str]) -> str:
    table = {
        "equations": lambda: equations_markdown(*(part[2] or "").split()),
        "payoffs": payoffs_markdown,
        "symbols": symbols_markdown,
    }[part[1]]()
    return f"{part[0].splitlines()[0]}\n\n{table}\n\n<!-- end -->"


def main() -> None:
    """Rewrite the generated pages of a checkout."""
    (DOCS / "parameters.md").write_text(parameters_markdown(), encoding="utf-8")
    model = DOCS / "model.md"
    model.write_text(with_generated(model.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()

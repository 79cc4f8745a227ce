"""The generated pages of the documentation say what the code says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from balsim import reference
from balsim.params import PARAMETERS
from balsim.theory.strategies import TERMS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
THEORY = ROOT / "src" / "balsim" / "theory"
LAST = {"P": 4, "T": 5, "F": 6, "S": 5, "C": 1, "H": 2}
IDS = [f"{family}{k + 1}" for family, last in LAST.items() for k in range(last)]
REWRITE = "stale; rewrite it with `python -m balsim.reference`"


def model_page() -> str:
    return (DOCS / "model.md").read_text(encoding="utf-8")


def test_the_page_of_parameters_is_what_the_parameter_table_says() -> None:
    assert (DOCS / "parameters.md").read_text(encoding="utf-8") == reference.parameters_markdown(), REWRITE


def test_the_tables_on_the_page_of_the_model_are_what_the_docstrings_say() -> None:
    assert reference.with_generated(model_page()) == model_page(), REWRITE


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.key)
def test_every_parameter_is_listed_once_with_its_reason(parameter) -> None:
    rows = [line for line in reference.parameters_markdown().splitlines() if line.startswith(f"| `{parameter.key}`")]
    assert len(rows) == 1, f"{parameter.key} is listed {len(rows)} times"
    assert parameter.meaning in rows[0] and parameter.source in rows[0]


def test_every_function_of_the_theory_that_names_an_equation_is_on_the_page_of_the_model() -> None:
    page = model_page()
    for path in sorted(THEORY.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and re.search(r"\(eqs?\.? ", ast.get_docstring(node) or ""):
                link = f"(code.md#balsim.theory.{path.stem}.{node.name})"
                assert link in page, f"{node.name} is not on docs/model.md"


@pytest.mark.parametrize("name", IDS)
def test_every_equation_of_the_model_is_explained_on_its_page(name: str) -> None:
    assert re.search(rf"(^\| {name} \||\b{name} is )", model_page(), re.MULTILINE), f"{name} is not on docs/model.md"


def test_every_function_is_in_one_section_of_the_page_only() -> None:
    listed = re.findall(r"^\| [PTFSCH]\d \| .*\(code\.md#(.*?)\) \|$", model_page(), re.MULTILINE)
    expected = [equation.function for equation in reference.equations() for _ in equation.ids]
    assert sorted(listed) == sorted(expected)


def test_every_term_of_every_payoff_is_on_the_page_of_the_model() -> None:
    table = reference.payoffs_markdown()
    for term, strategy in TERMS:
        row = re.search(rf"^\| S\d \| `{strategy}` \| `{term}` \| `(.+)` \|$", table, re.MULTILINE)
        assert row and row[1], f"the worth of {term} in {strategy} is not written beside it"


@pytest.mark.parametrize(
    ("docstring", "ids"),
    [
        ("Odds that a coalition prevails (eq. F1).", ("F1",)),
        ("What others expect (eq. F3), and the totals (eqs F2, F5, S4).", ("F3", "F2", "F5", "S4")),
        ("S1: arm, and ally.", ("S1",)),
        ("No equation at all. P0 is not one.", ()),
    ],
)
def test_equations_are_found_however_a_docstring_names_them(docstring: str, ids: tuple[str, ...]) -> None:
    assert reference.named_equations(docstring) == ids

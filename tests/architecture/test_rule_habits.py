"""The habits under which compiled and uncompiled rules agree to the last bit, and under which rules can be read.

NumPy's functions, sums and literal exponents round differently from what the compiler makes of them; fast-math gives
up rounding altogether; a call of a C library that only one side makes breaks the identity of the engines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import balsim

PACKAGE = Path(balsim.__file__).parent
ALLOCATIONS = {"zeros", "empty"}
MATHEMATICS = {"exp", "sqrt", "inf", "isnan", "pow"}
METHODS = {"copy"}
# A source, a reason, the equation that a helper belongs to (T4, S2 …), or a publication by its year.
GROUND = re.compile(r"Source|because|\b[PTFSCH][1-6]\b|\b(19|20)\d\d\b")
BUILTINS_THAT_ROUND = {"sum", "pow", "round", "divmod"}


class Rule(NamedTuple):
    """One function marked @rule or @allocating_rule."""

    module: str
    tree: ast.FunctionDef

    @property
    def name(self) -> str:
        return f"{self.module}.{self.tree.name}"


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        yield name.removesuffix(".__init__"), ast.parse(path.read_text(encoding="utf-8"))


def is_rule(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id in {"rule", "allocating_rule"}


RULES = [
    Rule(module, node)
    for module, tree in modules()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef) and any(map(is_rule, node.decorator_list))
]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


def calls(rule: Rule) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call in a rule: its node, what it is called on ('' for a plain name), and the name called."""
    for node in ast.walk(rule.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                owner = node.func.value
                yield node, owner.id if isinstance(owner, ast.Name) else "…", node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node, "", node.func.id


def where(rule: Rule, node: ast.AST) -> str:
    return f"{rule.name}, line {getattr(node, 'lineno', '?')}"


def test_the_equations_and_phases_are_rules() -> None:
    homes = {rule.module for rule in RULES}
    for module, tree in modules():
        if module.startswith(("balsim.theory.", "balsim.dynamics.")):
            functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
            plain = [f.name for f in functions if not any(map(is_rule, f.decorator_list))]
            assert not plain, f"{module}: {', '.join(plain)} without @rule"
            assert module in homes, f"{module} holds no rule"


@every_rule
def test_rules_raise_to_a_power_only_through_the_power_rule(rule: Rule) -> None:
    for node in ast.walk(rule.tree):
        if isinstance(node, (ast.BinOp, ast.AugAssign)):
            assert not isinstance(node.op, ast.Pow), (
                f"{where(rule, node)}: `**` rounds differently compiled; use power()"
            )
    for node, owner, name in calls(rule):
        if (owner, name) == ("math", "pow"):
            assert rule.name == "balsim.rule.power", (
                f"{where(rule, node)}: use power(), which knows 0⁰ and cheap exponents"
            )


@every_rule
def test_rules_use_the_mathematics_of_the_c_library_and_numpy_only_to_allocate(rule: Rule) -> None:
    for node in ast.walk(rule.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("np", "numpy"):
                assert node.attr in ALLOCATIONS, f"{where(rule, node)}: np.{node.attr} rounds differently compiled"
            if node.value.id == "math":
                assert node.attr in MATHEMATICS, f"{where(rule, node)}: math.{node.attr} is not among {MATHEMATICS}"


@every_rule
def test_rules_add_up_in_explicit_loops(rule: Rule) -> None:
    for node, owner, name in calls(rule):
        assert owner in ("", "np", "math") or name in METHODS, f"{where(rule, node)}: .{name}() hides the order of sums"
        assert owner or name not in BUILTINS_THAT_ROUND, f"{where(rule, node)}: {name}() rounds differently compiled"
    for node in ast.walk(rule.tree):
        assert not isinstance(node, ast.MatMult), f"{where(rule, node)}: `@` hides the order of sums"


@every_rule
def test_rules_keep_full_precision(rule: Rule) -> None:
    for node in ast.walk(rule.tree):
        word = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        narrow = word.endswith(("32", "16")) and word.startswith(("int", "uint", "float"))
        assert not narrow, f"{where(rule, node)}: {word} cannot hold what a double can"


@every_rule
def test_rules_depend_on_nothing_but_their_arguments(rule: Rule) -> None:
    for node in ast.walk(rule.tree):
        assert not isinstance(node, (ast.Global, ast.Nonlocal)), f"{where(rule, node)}: state outside the arguments"
        assert not isinstance(node, (ast.Yield, ast.Await, ast.Lambda)), f"{where(rule, node)}: not a plain rule"
    words = {node.id for node in ast.walk(rule.tree) if isinstance(node, ast.Name)}
    assert not words & {"random", "time", "os", "print", "open"}, f"{rule.name} reaches outside the model"


@every_rule
def test_rules_say_where_they_come_from(rule: Rule) -> None:
    text = ast.get_docstring(rule.tree) or ""
    assert text, f"{rule.name} has no docstring"
    if rule.module.startswith("balsim.theory."):
        assert GROUND.search(text), f"{rule.name}: neither a source, nor a reason, nor the equation it belongs to"


def test_the_compiler_is_switched_in_one_place_and_never_loosened() -> None:
    for module, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                names = []
            for name in names:
                assert name.split(".")[0] != "numba" or module == "balsim.rule", f"{module} calls the compiler itself"
            if isinstance(node, ast.keyword):
                assert node.arg not in ("fastmath", "parallel", "error_model"), f"{module}, line {node.value.lineno}"


def test_only_marked_functions_are_marked() -> None:
    for module, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    called = isinstance(decorator, ast.Call) and is_rule(decorator.func)
                    assert not called, f"{module}.{node.name}: @rule takes no options"


@every_rule
def test_only_allocating_rules_make_arrays(rule: Rule) -> None:
    """Plain rules are compiled without counting who holds an array: one that made an array would leak or lose it."""
    makes = any(owner == "np" and name in ALLOCATIONS for _, owner, name in calls(rule)) or ".copy()" in ast.unparse(
        rule.tree
    )
    marked = any(isinstance(d, ast.Name) and d.id == "allocating_rule" for d in rule.tree.decorator_list)
    assert marked or not makes, f"{rule.name} makes an array: mark it @allocating_rule"

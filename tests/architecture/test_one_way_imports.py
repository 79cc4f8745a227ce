"""Imports point one way, so that the theory can be read, tested and replaced without the rest."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import balsim

PACKAGE = Path(balsim.__file__).parent

LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"rule", "params", "world", "shocks"}),
    frozenset({"theory", "data"}),
    frozenset({"measures", "scenario"}),
    frozenset({"dynamics", "schema"}),
    frozenset({"engines.batch", "overrides"}),
    frozenset({"config"}),
    frozenset({"engines.agents", "design"}),
    frozenset({"*"}),  # storing, running, analysing, drawing: everything that is not named here
    frozenset({"commands", "dashboard"}),
    frozenset({"cli"}),
    frozenset({"__main__"}),
)
"""A module imports from the layers before its own; packages of one layer do not import one another."""

CORE = ("rule", "params", "world", "shocks", "theory", "measures", "dynamics", "engines.batch")
WEIGHTY = {"mesa", "hydra", "omegaconf", "pandas", "pyarrow", "matplotlib", "rich", "networkx", "solara", "dask"}


def files() -> dict[str, Path]:
    """Module (without 'balsim.') → its file; the package root is left out, as it only names homes."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        if name != "__init__":
            found[name] = path
    return found


MODULES = files()


def imports(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every imported name in full, with its line; an import for the type checker only is none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        else:
            yield from imports(node)


def own(name: str) -> str | None:
    """The module of balsim that an imported name lies in, without 'balsim.'; None for others and for the root."""
    parts = name.split(".")
    if parts[0] != "balsim":
        return None
    for end in range(len(parts), 1, -1):
        if ".".join(parts[1:end]) in MODULES:
            return ".".join(parts[1:end])
    return None


def layer(module: str) -> int:
    for k, members in enumerate(LAYERS):
        if any(module == m or module.startswith(m + ".") for m in members):
            return k
    return next(k for k, members in enumerate(LAYERS) if "*" in members)


def package(module: str) -> str:
    return module.split(".")[0]


every_module = pytest.mark.parametrize("module", [m for m in MODULES if m != "engines"])


@every_module
def test_a_module_imports_only_from_layers_before_its_own(module: str) -> None:
    free = "*" in LAYERS[layer(module)]
    for name, line in imports(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        imported = own(name)
        if imported is None or package(imported) == package(module):
            continue
        before = layer(imported) < layer(module) or (free and layer(imported) == layer(module))
        assert before, f"balsim.{module}, line {line}, imports balsim.{imported}, which stands above or beside it"


@every_module
def test_the_core_needs_nothing_but_arrays_and_the_compiler(module: str) -> None:
    if not any(module == m or module.startswith(m + ".") for m in CORE):
        return
    for name, line in imports(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        assert name.split(".")[0] not in WEIGHTY, f"balsim.{module}, line {line}, imports {name}"


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("theory")])
def test_theory_is_equations_and_nothing_else(module: str) -> None:
    """Not even arrays: the standard library, the compiler switch, the names of strategies, other equations."""
    for name, line in imports(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        imported = own(name)
        allowed = imported is not None and (imported in ("rule", "params") or imported.startswith("theory"))
        assert allowed or name.split(".")[0] in sys.stdlib_module_names, f"balsim.{module}, line {line}, imports {name}"


def test_no_modules_import_one_another_in_a_circle() -> None:
    """At import time; an import inside a function is made only when it is called."""
    reached: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        tree.body = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
        reached[module] = {m for name, _ in imports(tree) if (m := own(name)) is not None and m != module}
    for start in reached:
        ahead, seen = list(reached[start]), set()
        while ahead:
            module = ahead.pop()
            assert module != start, f"balsim.{start} imports itself by way of others"
            if module not in seen:
                seen.add(module)
                ahead.extend(reached.get(module, ()))

"""The notebooks run from top to bottom, define nothing of their own, and type in no results."""

from __future__ import annotations

import ast
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SMALL = {
    "alignment": "years, runs = 12, 5",
    "tipping_surface": "points, runs, years = 3, 4, 12",
}


def opened(name: str) -> nbformat.NotebookNode:
    return jupytext.read(NOTEBOOKS / f"{name}.md")


def code_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """Source of the code cells, without IPython's own lines."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return ["\n".join(line for line in cell.splitlines() if not line.startswith("%")) for cell in cells]


def made_small(notebook: nbformat.NotebookNode, size: str) -> nbformat.NotebookNode:
    """A copy with its parameters overwritten after the cell tagged `parameters`, as papermill does."""
    places = [k for k, c in enumerate(notebook.cells) if "parameters" in c.metadata.get("tags", [])]
    assert len(places) == 1, "a notebook needs exactly one cell tagged 'parameters'"
    notebook.cells.insert(places[0] + 1, nbformat.v4.new_code_cell(f"{size}\nout = 'out'"))
    return notebook


def test_every_notebook_is_executed_here() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.md")} == set(SMALL), "a notebook is not executed by any test"


@pytest.mark.parametrize("name", SMALL)
def test_a_reader_can_run_the_notebook_from_top_to_bottom(name: str, tmp_path: Path) -> None:
    notebook = made_small(opened(name), SMALL[name])
    where = {"metadata": {"path": str(tmp_path)}}
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where)
    try:
        client.execute()
    except CellExecutionError as error:
        pytest.fail(f"notebooks/{name}.md stops with an error:\n{error}")
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    pictures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert pictures, f"notebooks/{name}.md shows no figure"
    errors = [o.text for o in outputs if o.output_type == "stream" and o.name == "stderr" and "Warning" in o.text]
    assert not errors, f"notebooks/{name}.md prints warnings: {errors}"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out"], "results go only where the reader said"


@pytest.mark.parametrize("name", SMALL)
def test_notebooks_define_no_functions_or_classes_of_their_own(name: str) -> None:
    for cell in code_cells(opened(name)):
        defined = [n.name for n in ast.walk(ast.parse(cell)) if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
        assert not defined, f"notebooks/{name}.md defines {defined}: it belongs into balsim"

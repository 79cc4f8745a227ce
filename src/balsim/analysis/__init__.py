"""What a design shows, beyond its tables: each module answers one question of the debate from stored results.

A module that an experiment names under ``design.analysis`` has a function ``analyse(results) -> Finding``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from balsim.params import BadInput, nearest

if TYPE_CHECKING:
    from balsim.analysis.finding import Finding
    from balsim.results import Results


def names() -> list[str]:
    """The analyses that an experiment may name: the modules and packages here that have an `analyse`."""
    here = Path(__file__).parent
    sources = {
        p.parent.name if p.name == "__init__.py" else p.stem: p
        for p in [*here.glob("*.py"), *here.glob("*/__init__.py")]
    }
    return sorted(
        name for name, path in sources.items() if path != Path(__file__) and "\ndef analyse(" in path.read_text("utf-8")
    )


def findings(results: Results) -> list[Finding]:
    """What the analyses find that the experiment names. Raises BadInput for an unknown one."""
    found = []
    for name in results.config["design"]["analysis"]:
        if name not in names():
            raise BadInput(f"design.analysis: '{name}' is not one of {', '.join(names())}{nearest(name, names())}")
        found.append(importlib.import_module(f"balsim.analysis.{name}").analyse(results))
    return found

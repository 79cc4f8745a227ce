"""balsim: an agent-based laboratory of great-power balancing under unipolarity."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from balsim.config import compose
    from balsim.engines.agents import BalancingModel
    from balsim.runner import open_results as open
    from balsim.runner import run

# Loaded on first use: importing the compiler and the table library takes longer than most commands.
_HOMES = {
    "BalancingModel": ("balsim.engines.agents", "BalancingModel"),
    "compose": ("balsim.config", "compose"),
    "run": ("balsim.runner", "run"),
    "open": ("balsim.runner", "open_results"),
}

__all__ = ["BalancingModel", "__version__", "compose", "open", "run"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        module, attribute = _HOMES[name]
        return getattr(importlib.import_module(module), attribute)
    raise AttributeError(f"module 'balsim' has no attribute {name!r}")

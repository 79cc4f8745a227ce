"""Lets Hydra find balsim's configuration tree, in a checkout and in an installed wheel alike.

Hydra imports every plug-in of the environment at start, so nothing here imports balsim.
"""

from pathlib import Path

from hydra.core.config_search_path import ConfigSearchPath
from hydra.plugins.search_path_plugin import SearchPathPlugin

HERE = Path(__file__).resolve()
WHEEL = HERE.parents[1] / "balsim" / "conf"
CHECKOUT = HERE.parents[2] / "conf"


class BalsimSearchPath(SearchPathPlugin):
    """Append the tree last, so that a user's own files of the same name win."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        tree = WHEEL if WHEEL.is_dir() else CHECKOUT
        search_path.append(provider="balsim", path=f"file://{tree}")

"""Compiled and uncompiled rules, one thread and many: the same worlds to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from many_worlds import YEARS, many, play_all

from balsim.measures import OUTCOMES, PANEL, TICK
from balsim.params import STRATEGIES

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, np.ndarray]]:
    """What fresh interpreters with the compiler on and off make of the same worlds."""
    folder = tmp_path_factory.mktemp("worlds")
    found = {}
    for name, disabled in (("compiled", "0"), ("uncompiled", "1")):
        file = folder / f"{name}.npz"
        environment = os.environ | {"NUMBA_DISABLE_JIT": disabled}
        command = [sys.executable, str(HERE / "many_worlds.py"), str(file)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name} worlds failed:\n{done.stderr}"
        with np.load(file) as arrays:
            found[name] = dict(arrays)
    return found


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray], what: str) -> None:
    """Fail at the first world and figure that differ."""
    names = {"outcomes": OUTCOMES, "years": TICK, "states": PANEL}
    for part, columns in names.items():
        assert a[part].shape == b[part].shape
        if a[part].tobytes() == b[part].tobytes():
            continue
        world, *_, column = np.argwhere(a[part] != b[part])[0]
        differ = (a[part] != b[part]).mean()
        pytest.fail(f"{what}: {differ:.2%} of {part} differ, first in world {world} ('{columns[column]}')")


def test_compiled_and_uncompiled_rules_give_the_same_bytes(both: dict[str, dict[str, np.ndarray]]) -> None:
    assert bool(both["compiled"]["compiled"]) and not bool(both["uncompiled"]["compiled"]), "one mode was compared twice"
    same(both["compiled"], both["uncompiled"], "compiled and uncompiled")


def test_the_compared_worlds_see_every_strategy_instrument_and_switch(both: dict[str, dict[str, np.ndarray]]) -> None:
    outcome = dict(zip(OUTCOMES, both["compiled"]["outcomes"].T, strict=True))
    for name in STRATEGIES:
        assert outcome[f"share_{name}"].max() > 0.0, f"nobody ever takes {name}"
    for name in OUTCOMES:
        if name.startswith("instrument_"):
            assert outcome[name].max() > 0.0, f"no soft act uses {name}"
    assert outcome["alliances"].max() > 0.0 and outcome["tipped"].max() == 1.0
    values = [world.values for world in many()]
    for key, choices in (("hegemon.policy", 2), ("theory.expectation", 2), ("theory.beliefs", 2), ("start.strategy", 5)):
        assert len({value[key] for value in values}) == choices, f"{key} is not varied"
    assert {value["hegemon.land_power"] for value in values} == {False, True}


@pytest.mark.parametrize("threads", [2, 4])
def test_any_number_of_threads_gives_the_same_bytes(threads: int) -> None:
    same(play_all(threads=1), play_all(threads=threads), f"one thread and {threads}")


def test_points_and_runs_together_are_what_they_are_alone(many_points: Callable[[int | None], Any]) -> None:
    together, apart = many_points(None), [many_points(k) for k in range(4)]
    for k, alone in enumerate(apart):
        assert (together.outcomes[k] == alone.outcomes[0]).all(), f"point {k} depends on the points beside it"
        assert (together.trajectories[k] == alone.trajectories[0]).all()
    assert together.panels.shape[:3] == (4, 2, YEARS + 1)


@pytest.fixture
def many_points() -> Callable[[int | None], Any]:
    """Four points under six runs of one scenario, together or one of them."""
    from balsim.engines.batch import run_batch
    from balsim.params import record
    from balsim.shocks import draw

    start = many()[0].start
    rows = [record({"hegemon.unilateralism": u, "hegemon.land_power": True}, YEARS) for u in (0.0, 0.4, 0.8, 1.0)]
    shocks = draw(4, range(6), YEARS, start.economy.shape[1])

    def run(k: int | None) -> Any:
        chosen = np.concatenate(rows if k is None else rows[k : k + 1]).view(np.recarray)
        return run_batch(start, chosen, shocks, panel=2, threads=3)

    return run

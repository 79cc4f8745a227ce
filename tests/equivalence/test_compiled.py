"""Compiled and uncompiled rules, one thread and many: the same worlds to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from many_worlds import STATES, YEARS, many, play_all
from worlds import random_start

from balsim.engines.batch import run_batch
from balsim.measures import OUTCOMES, PANEL, TICK
from balsim.params import STRATEGIES, record
from balsim.shocks import Shocks, draw
from balsim.world import Start

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
    for part, columns in {"outcomes": OUTCOMES, "years": TICK, "states": PANEL, "untraced": OUTCOMES}.items():
        assert a[part].shape == b[part].shape
        if a[part].tobytes() != b[part].tobytes():
            world, *_, column = np.argwhere(a[part] != b[part])[0]
            differ = (a[part] != b[part]).mean()
            pytest.fail(f"{what}: {differ:.2%} of {part} differ, first in world {world} ('{columns[column]}')")


def test_compiled_and_uncompiled_rules_give_the_same_bytes(both: dict[str, dict[str, np.ndarray]]) -> None:
    assert bool(both["compiled"]["compiled"]) and not bool(both["uncompiled"]["compiled"]), (
        "one mode was compared twice"
    )
    same(both["compiled"], both["uncompiled"], "compiled and uncompiled")


def test_the_compared_worlds_see_every_strategy_instrument_and_switch(both: dict[str, dict[str, np.ndarray]]) -> None:
    outcome = dict(zip(OUTCOMES, both["compiled"]["outcomes"].T, strict=True))
    for name in STRATEGIES:
        assert outcome[f"share_{name}"].max() > 0.0, f"nobody ever takes {name}"
    for name in OUTCOMES:
        if name.startswith("instrument_"):
            assert outcome[name].max() > 0.0, f"no soft act uses {name}"
    assert outcome["alliances"].max() > 0.0 and outcome["tipped"].max() == 1.0
    values = [point for ensemble in many() for point in ensemble.values]
    for key, choices in (
        ("hegemon.policy", 2), ("hegemon.land_power", 2), ("theory.expectation", 2), ("theory.beliefs", 2),
        ("start.strategy", 5),
    ):  # fmt: skip
        assert len({point[key] for point in values}) == choices, f"{key} is not varied"


@pytest.mark.parametrize("threads", [2, 4])
def test_any_number_of_threads_gives_the_same_bytes(threads: int) -> None:
    same(play_all(threads=1), play_all(threads=threads), f"one thread and {threads}")


POINTS, RUNS = 4, 6


def points(chosen: range) -> np.recarray:
    conduct = (0.0, 0.4, 0.8, 1.0)
    rows = [record({"hegemon.unilateralism": conduct[k], "hegemon.land_power": True}, YEARS) for k in chosen]
    return np.concatenate(rows).view(np.recarray)


def variants() -> Start:
    """A scenario that is invented anew for each run."""
    starts = [random_start(np.random.default_rng(100 + run), STATES) for run in range(RUNS)]
    return Start(*(np.concatenate(figures) for figures in zip(*starts, strict=True)))


@pytest.mark.uncompiled
@pytest.mark.parametrize("start", [many()[0].start, variants()], ids=["one scenario", "a scenario a run"])
def test_a_world_is_the_same_alone_and_among_others(start: Start) -> None:
    shocks = draw(4, range(RUNS), YEARS, STATES)
    together: Any = run_batch(start, points(range(POINTS)), shocks, panel=RUNS, threads=3)
    assert together.panels.shape == (POINTS, RUNS, YEARS + 1, STATES, len(PANEL))
    for k in range(POINTS):
        for r in range(RUNS):
            own = start if len(start.economy) == 1 else Start(*(figures[r : r + 1] for figures in start))
            shock = Shocks(shocks.state[r : r + 1], shocks.issue[r : r + 1])
            alone = run_batch(own, points(range(k, k + 1)), shock, panel=1, threads=1)
            assert (alone.outcomes[0, 0] == together.outcomes[k, r]).all(), f"outcomes of point {k}, run {r}"
            assert (alone.panels[0, 0] == together.panels[k, r]).all(), f"states of point {k}, run {r}"


@pytest.mark.uncompiled
def test_trajectories_are_the_statistics_of_the_runs_of_a_point() -> None:
    """Against the panels of the same worlds: mean threat of each run, then mean, spread and quantiles over the runs."""
    batch = run_batch(variants(), points(range(POINTS)), draw(4, range(RUNS), YEARS, STATES), panel=RUNS)
    threat = batch.panels[..., 1:, PANEL.index("threat")].mean(axis=-1)  # the hegemon is row 0
    found = batch.trajectories[:, :, TICK.index("threat")]
    expected = [threat.mean(axis=1), threat.std(axis=1, ddof=1)]
    expected += [np.quantile(threat, q, axis=1) for q in (0.05, 0.25, 0.5, 0.75, 0.95)]
    np.testing.assert_allclose(found, np.stack(expected, axis=-1), rtol=1e-12, atol=1e-15)


@pytest.mark.uncompiled
def test_one_run_has_no_spread() -> None:
    batch = run_batch(many()[0].start, points(range(1)), draw(4, range(1), YEARS, STATES))
    assert (batch.trajectories[..., 1] == 0.0).all()
    assert batch.panels.shape[1] == 0, "a panel that nobody asked for"

"""The planted designs. They are made once a session: no test may change one."""

from __future__ import annotations

from typing import Any

import pytest
from planted import LAND, LEVELS, SHARE, SHARES, UNILATERALISM, Planted, above_the_line, design, ramp, world


@pytest.fixture(scope="session")
def tipping_plane(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Share × unilateralism × land power with a planted tipping line."""
    return design(
        tmp_path_factory.mktemp("tipping_plane"),
        {SHARE: SHARES, UNILATERALISM: LEVELS, LAND: [False, True]},
        above_the_line,
    )


@pytest.fixture(scope="session")
def quiet_plane(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A plane on which no world tips."""
    return design(
        tmp_path_factory.mktemp("quiet_plane"),
        {SHARE: SHARES, UNILATERALISM: LEVELS},
        lambda run, **_: world("bargain"),
    )


@pytest.fixture(scope="session")
def sticky_ramp(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A ramp on which hard balancing is 0.3 higher on the way down."""
    worlds, paths = ramp(lambda run: 0.3 + 0.001 * (run % 3))
    return design(tmp_path_factory.mktemp("sticky_ramp"), {SHARE: [0.45]}, worlds, paths, policy="ramp")


@pytest.fixture(scope="session")
def retraced_ramp(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A ramp whose way down is its way up, but for noise about zero."""
    worlds, paths = ramp(lambda run: 0.02 * (-1) ** run)
    return design(tmp_path_factory.mktemp("retraced_ramp"), {SHARE: [0.45]}, worlds, paths, policy="ramp")


@pytest.fixture(scope="session")
def single_point(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """One point: 4 of 20 worlds tip in year 20, two of them without a soft phase; shares are 0.6 and 0.1."""

    def worlds(run: int) -> dict[str, Any]:
        return world("hard_balance", tipped=True, soft=run > 1) if run < 4 else world("bargain")

    return design(tmp_path_factory.mktemp("single_point"), {}, worlds)


@pytest.fixture(scope="session")
def one_axis(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Unilateralism alone, by theory: worlds tip from 0.75 upwards under the second theory."""

    def worlds(run: int, theory: str, unilateralism: float) -> dict[str, Any]:
        tips = theory == "waltz_1979" and unilateralism >= 0.75
        return world("hard_balance", tipped=True) if tips else world("bandwagon")

    return design(
        tmp_path_factory.mktemp("one_axis"), {"theory": ["walt_1987", "waltz_1979"], UNILATERALISM: LEVELS}, worlds
    )


@pytest.fixture(scope="session")
def theories(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Three theories, nothing else swept."""
    return design(tmp_path_factory.mktemp("theories"), {"theory": ["walt_1987", "waltz_1979", "paul_2004"]},
                  lambda run, theory: world("soft_balance" if theory == "paul_2004" else "buck_pass"))  # fmt: skip

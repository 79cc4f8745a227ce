"""No dead parameters: each one, moved within its range, changes what some world does."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import numpy as np
import pytest
from worlds import TEXTBOOK, Case, Play, Ran, random_start, start_of

from balsim.params import PARAMETERS, STRATEGIES, Parameter
from balsim.shocks import draw

# A world in which everything happens: a strong, near, unilateral hegemon, rivals, pacts, growth, elections.
BUSY = TEXTBOOK | {
    "hegemon.capability_share": 0.45, "hegemon.unilateralism": 0.8, "hegemon.presence": 0.5, "theory.possibilism": 0.1,
    "theory.rise_weight": 1.0, "theory.norm_gap": 0.3, "theory.order_benefit": 0.02, "growth.differential": 0.5,
    "start.intentions": 0.5, "choice.rationality": 15.0, "theory.decisiveness": 1.5,
}  # fmt: skip
# What only counts together with something else.
CONTEXT: dict[str, dict[str, Any]] = {
    "hegemon.ramp_low": {"hegemon.policy": "ramp"},
    "hegemon.ramp_high": {"hegemon.policy": "ramp"},
}


@cache
def busy_worlds() -> tuple[Case, ...]:
    years, n = 40, 6
    return tuple(
        Case(random_start(np.random.default_rng(seed), n), BUSY, draw(seed, range(1), years, n), seed)
        for seed in (16, 32, 56)
    )


def fingerprint(values: dict[str, Any]) -> str:
    """Digest of all that the busy worlds do under other parameters."""
    digest = hashlib.sha256()
    for case in busy_worlds():
        digest.update(Ran(Case(case.start, case.values | values, case.shocks, case.seed)).bytes())
    return digest.hexdigest()


@cache
def unmoved(context: tuple[tuple[str, Any], ...]) -> str:
    return fingerprint(dict(context))


def other_value(p: Parameter, now: Any) -> Any:
    """An admissible value unlike the present one: the far end of the prior."""
    if p.kind is tuple:
        return STRATEGIES[:-1]
    if p.choices:
        return next(choice for choice in p.choices if choice != now)
    if p.kind is bool:
        return not now
    low, high = p.prior or (p.low, p.high)
    return high if abs(high - now) >= abs(now - low) else low


def test_the_busy_worlds_see_every_strategy_and_alliances() -> None:
    for case in busy_worlds():
        ran = Ran(case)
        assert set(ran.panel["strategy"][:, 1:].ravel()) == {0.0, 1.0, 2.0, 3.0, 4.0}, f"{case}"
        assert ran.ticks["alliances"].max() > 0, f"{case}"


@pytest.mark.parametrize("p", PARAMETERS, ids=lambda p: p.key)
def test_moving_a_parameter_moves_a_world(p: Parameter) -> None:
    context = CONTEXT.get(p.key, {})
    moved = other_value(p, (BUSY | context).get(p.key, p.default))
    assert fingerprint(context | {p.key: moved}) != unmoved(tuple(context.items())), (
        f"{p.key} = {moved} changes nothing: dead, or never reached in a busy world"
    )


def test_the_menu_mask_keeps_every_state_to_the_strategies_allowed() -> None:
    for strategy in STRATEGIES:
        if strategy == "buck_pass":
            continue
        case = busy_worlds()[0].but(theory__menu=[strategy], start__strategy=strategy)
        assert (Ran(case).panel["strategy"][:, 1:] == STRATEGIES.index(strategy)).all()


def test_growth_noise_of_zero_keeps_equals_equal() -> None:
    world = Play(Case(start_of(4), TEXTBOOK, draw(1, range(1), 6, 4)).but(growth__noise=0.0, theory__menu=["bargain"]))
    for _ in range(6):
        world.run_year()
    assert np.ptp(world.column("share")) == 0.0

"""The answer in words says what the tables hold, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from planted import SHARE, UNILATERALISM, design, trajectory, world

from balsim.answer import answer, scenario_share


def text(results: Any) -> str:
    return "\n".join(answer(results))


def test_the_planted_tipping_line_is_found(tipping_plane: Any) -> None:
    said = text(tipping_plane)
    assert "As a land power: half or more of the worlds tip in 6 of 20 cells (30%)" in said
    assert "soft balancing had come first in 100% of the 120 worlds that tip" in said
    assert "the lowest unilateralism at which half of the worlds tip, by share, is 0.5 at 0.4" in said
    assert "at share 0.2–0.3 it is reached nowhere" in said


def test_each_panel_and_their_difference_are_named(tipping_plane: Any) -> None:
    said = text(tipping_plane)
    assert "Offshore, as the scenario has it: nothing tips: in none of 400 worlds" in said
    assert "of all worlds tip 0% (offshore, as the scenario has it) and 30% (as a land power)" in said
    assert "The most frequent phase differs in 30% of the cells." in said


def test_phases_are_located(tipping_plane: Any) -> None:
    assert "hard balancing in 30% of the cells (share 0.4–0.5, unilateralism 0.5–1)" in text(tipping_plane)
    assert "nowhere buck-passing or bandwagoning" in text(tipping_plane)


def test_a_plane_without_tipping_says_so_and_claims_no_edge(quiet_plane: Any) -> None:
    said = text(quiet_plane)
    assert "Nothing tips: in none of 400 worlds is hard balancing sustained" in said
    assert "lowest unilateralism" not in said
    assert "nowhere hard balancing, soft balancing, buck-passing or bandwagoning" in said


def test_rare_tipping_is_not_called_a_tipping_region(tmp_path: Path) -> None:
    def worlds(run: int, capability_share: float, unilateralism: float) -> dict[str, Any]:
        return world("soft_balance", tipped=run < 5 and unilateralism == 1.0 and capability_share == 0.3, soft=run > 2)

    said = text(design(tmp_path, {SHARE: [0.2, 0.3], UNILATERALISM: [0.5, 1.0]}, worlds))
    assert "In no cell do half of the worlds tip; the most is 25% [11–47] at share 0.3, unilateralism 1" in said
    assert "soft balancing had come first in 40% of the 5 worlds that tip" in said


def test_tipping_after_a_soft_phase_is_compared_within_points(tmp_path: Path) -> None:
    """At share .3, all ten worlds with a soft phase tip and one in ten of those without."""

    def worlds(run: int, capability_share: float, unilateralism: float) -> dict[str, Any]:
        if capability_share == 0.2:
            return world("bargain")
        return world("hard_balance", tipped=run <= 10, soft=run < 10)

    said = text(design(tmp_path, {SHARE: [0.2, 0.3], UNILATERALISM: [0.5, 1.0]}, worlds))
    assert "100% (20 of 20) of the worlds with a soft phase first tip, and 3% (2 of 60) of those without" in said
    assert "within the 2 points that have both kinds and tipping, the share that tips differs by +90.0 points" in said


def test_a_soft_phase_that_follows_tipping_does_not_count_as_first(tmp_path: Path) -> None:
    def worlds(run: int, **_: Any) -> dict[str, Any]:
        late = world("hard_balance", tipped=True, soft=True, path="hard_without_soft", tick_tipped=5.0, tick_soft=30.0)
        return late if run < 10 else world("soft_balance", soft=True)

    said = text(design(tmp_path, {SHARE: [0.2, 0.3], UNILATERALISM: [0.5, 1.0]}, worlds))
    assert "0% (0 of 40) of the worlds with a soft phase first tip, and 100% (40 of 40) of those without" in said


def test_one_point_is_answered_with_shares_tipping_and_paths(single_point: Any) -> None:
    said = text(single_point)
    assert "bargaining 50%" in said and "hard balancing 20%" in said, "0.6 in 16 (4) and 0.1 in 4 (16) of 20 worlds"
    assert "20% [8–42] of worlds tip into hard balancing, on average in year 20" in said
    assert "quiet 80%, soft to hard 10%, hard without soft 10%" in said


def test_points_without_a_plane_are_answered_one_by_one(one_axis: Any, theories: Any) -> None:
    assert "Theory waltz_1979, unilateralism 0.75: 100% [84–100] of worlds tip" in text(one_axis)
    assert "Theory walt_1987, unilateralism 1: nothing tips" in text(one_axis)
    assert "Theory paul_2004: second-tier capability" in text(theories)


def test_a_loop_is_measured(sticky_ramp: Any) -> None:
    said = text(sticky_ramp)
    assert "area of the loop 0.301 [0.30" in said
    assert "0.30 higher on the way down" in said
    assert "reversible" not in said


def test_a_loop_whose_interval_includes_zero_is_reversible(retraced_ramp: Any) -> None:
    assert "reversible (the interval includes 0)" in text(retraced_ramp)


def test_a_ramp_without_hard_balancing_has_nothing_to_reverse(tmp_path: Path) -> None:
    u = np.concatenate([np.linspace(0, 1, 6), np.linspace(1, 0, 6)[1:]])
    flat = design(tmp_path, {SHARE: [0.3]}, lambda run, **_: world("bargain"),
                  lambda **_: trajectory(unilateralism=u, share_hard_balance=0.01), policy="ramp")  # fmt: skip
    said = text(flat)
    assert said.startswith("Nothing tips: at no point is hard balancing sustained")
    assert "there is hardly any hard balancing to reverse" in said


def test_the_scenarios_own_share_is_named_unless_the_scenario_is_swept(tipping_plane: Any, tmp_path: Path) -> None:
    own = scenario_share(tipping_plane)
    assert own is not None and 0.2 < own < 0.6
    assert f"The scenario's own share is {own:.2f}" in text(tipping_plane)
    swept = design(tmp_path, {"scenario": ["unipolar_1991", "unipolar_2003"]}, lambda run, **_: world())
    assert scenario_share(swept) is None

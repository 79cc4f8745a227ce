"""Figures show what is planted, to every reader."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from balsim import report
from balsim.drawing import LOOKS, root
from balsim.params import STRATEGIES, BadInput
from balsim.plots import Plots, figures

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}  # fmt: skip


def lightness(colour: str, vision: str = "normal") -> float:
    """CIE L* of a colour as someone with that vision sees it."""
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(np.clip(VISIONS[vision] @ linear, 0, 1) @ [0.2126, 0.7152, 0.0722])
    return 116.0 * luminance ** (1 / 3) - 16.0 if luminance > 0.008856 else 903.3 * luminance


def words(ax: Axes) -> str:
    """All titles and texts of a figure."""
    figure = root(ax)
    found = [a.get_title(loc="left") for a in figure.axes] + [text.get_text() for a in figure.axes for text in a.texts]
    return " ".join(" ".join([*found, figure.get_suptitle()]).split())


@pytest.mark.parametrize("vision", VISIONS)
def test_strategies_differ_in_lightness_for_every_kind_of_vision(vision: str) -> None:
    seen = {name: lightness(look.colour, vision) for name, look in LOOKS.items()}
    for a, b in itertools.combinations(seen, 2):
        assert abs(seen[a] - seen[b]) >= 12.0, f"{a} and {b} look alike in grey, or under {vision}"


def test_looks_follow_the_menu_and_have_distinct_letters() -> None:
    assert tuple(LOOKS) == STRATEGIES, "colours are not listed in the order of the menu"
    assert [look.letter for look in LOOKS.values()] == ["H", "S", "B", "P", "W"]


def test_letters_are_legible_on_their_colours() -> None:
    for name, look in LOOKS.items():
        ink = 100.0 if look.ink == "white" else 0.0
        assert abs(lightness(look.colour) - ink) >= 45.0, f"the letter of {name} is hard to read on its colour"


@pytest.mark.parametrize(("fixture", "names"), [
    ("tipping_plane", ["phase_map", "hard_balancing", "alignment"]),
    ("sticky_ramp", ["hysteresis", "alignment"]),
    ("single_point", ["alignment"]),
    ("one_axis", ["profile", "alignment"]),
    ("theories", ["profile", "alignment"]),
])  # fmt: skip
def test_a_design_gets_the_figures_that_make_sense_for_it(
    fixture: str, names: list[str], request: pytest.FixtureRequest
) -> None:
    assert list(figures(request.getfixturevalue(fixture))) == names


def test_the_phase_map_names_its_panels_and_draws_the_tipping_line(tipping_plane: Any) -> None:
    ax = Plots(tipping_plane).phase_map()
    figure = root(ax)
    assert "offshore, as the scenario has it: no world tips on this plane" in words(ax)
    assert figure.axes[1].get_title(loc="left") == "as a land power"
    contours = [c for c in figure.axes[1].collections if type(c).__name__ == "QuadContourSet"]
    edge = np.concatenate([path.vertices for path in contours[0].get_paths() if len(path.vertices)])
    inside = (edge[:, 0] > 0.3) & (edge[:, 0] <= 0.5) & (edge[:, 1] > 0.25) & (edge[:, 1] <= 1.0)
    assert inside.all(), "the tipping line runs where nothing tips"


def test_a_plane_without_tipping_says_so_and_has_no_line(quiet_plane: Any) -> None:
    ax = Plots(quiet_plane).phase_map()
    assert "no world tips on this plane" in words(ax).lower()
    assert not [c for c in ax.collections if type(c).__name__ == "QuadContourSet"], "a tipping line where nothing tips"


def test_alignment_says_which_share_unilateralism_and_theory(single_point: Any) -> None:
    title = words(Plots(single_point).alignment())
    for part in ("capability share 0.20 as in the scenario", "unilateralism 0.5", "theory synthesis", "20 worlds"):
        assert part in title, f"the title does not say: {part}"


def test_hysteresis_draws_both_ways_and_states_the_area(sticky_ramp: Any) -> None:
    ax = Plots(sticky_ramp).hysteresis()
    ways = [line for line in ax.lines if isinstance(line, Line2D)]
    up, down = (np.asarray(line.get_xdata(), dtype=float) for line in ways)
    assert (np.diff(up) > 0).all() and (np.diff(down) < 0).all(), "the way up and the way down are mixed"
    assert f"area of the loop {sticky_ramp.cells['loop_area'].item():.3f}" in words(ax)


def test_a_selection_may_be_near_and_a_wrong_one_is_named(tipping_plane: Any) -> None:
    plot = Plots(tipping_plane)
    assert "capability share 0.4, unilateralism 1, as a land power" in words(
        plot.alignment(capability_share=0.42, unilateralism=1.0, land_power=True)
    )
    wrong: list[tuple[Callable[[], Axes], str]] = [
        (lambda: plot.phase_map(land_pwer=True), "land_pwer"),
        (lambda: plot.heat("share_hard"), "share_hard"),
        (lambda: plot.phase_map(unilateralism=1.0), "no plane"),
    ]
    for draw, named in wrong:
        with pytest.raises(BadInput, match=named):
            draw()


def test_a_panel_can_be_drawn_into_given_axes(tipping_plane: Any) -> None:
    ax = Figure().subplots()
    assert Plots(tipping_plane).phase_map(ax=ax, land_power=True) is ax
    assert ax.collections, "nothing was drawn"


def test_figures_are_written_as_png_and_svg_and_come_out_the_same_twice(tipping_plane: Any) -> None:
    first = {path.name: path.read_bytes() for path in report.write_figures(tipping_plane)}
    second = {path.name: path.read_bytes() for path in report.write_figures(tipping_plane)}
    assert set(first) == {
        f"{name}.{form}" for name in ("phase_map", "hard_balancing", "alignment") for form in ("png", "svg")
    }
    assert first == second, "the same results gave other figures"
    assert all(Path(tipping_plane.out, "figures", name).stat().st_size > 2000 for name in first), "a figure is empty"

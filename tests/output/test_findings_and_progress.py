"""What an experiment asks of analyses, and what a person at a terminal sees while a design runs."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

import balsim
from balsim import analysis
from balsim.params import BadInput


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def small(out: Path, *more: str) -> Any:
    size = ("runs=3", "years=6", "design.axes.share.points=2", "design.axes.unilateralism.points=2")
    return balsim.compose("experiment=tipping_surface", *size, f"out={out}", *more)


def test_an_experiment_gets_the_findings_it_names(tmp_path: Path) -> None:
    results = balsim.run(small(tmp_path / "a", "design.analysis=[tipping]"))
    assert [finding.name for finding in results.findings] == ["tipping"]
    assert results.findings[0].answer, "the analysis of tipping has nothing to say"


def test_an_unknown_analysis_is_refused_with_the_nearest(tmp_path: Path) -> None:
    results = balsim.run(small(tmp_path / "b", "design.analysis=[tiping]"))
    with pytest.raises(BadInput, match="did you mean 'tipping'"):
        _ = results.findings
    assert "tipping" in analysis.names()


def test_a_terminal_sees_worlds_go_by_and_learns_what_is_there_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    balsim.run(small(tmp_path / "c", "progress=true"))
    assert "worlds" in screen.getvalue(), "no progress is shown"
    balsim.run(small(tmp_path / "c", "progress=true", "design.axes.unilateralism.points=3"))
    assert "are there already" in screen.getvalue(), "what is reused is not said"

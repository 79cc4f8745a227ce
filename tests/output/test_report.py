"""The report and the terminal: complete, self-contained, readable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure
from planted import SHARE, UNILATERALISM, design, world

from balsim import report
from balsim.analysis.finding import Finding
from balsim.measures import HARD_ENOUGH, SOFT_ENOUGH, SUSTAINED
from balsim.report_html import page as page_of

VOID = {"meta", "img", "br", "link", "hr", "input"}


class Reader(HTMLParser):
    """Checks that elements nest, and keeps what a reader meets."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.headings: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append(dict(attrs))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture(scope="session")
def written(tipping_plane: Any) -> Path:
    """The report of the planted tipping line."""
    return report.write(tipping_plane)


def read(path: Path) -> tuple[str, Reader]:
    page = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(page)
    reader.close()
    return page, reader


@pytest.mark.parametrize("fixture", ["tipping_plane", "sticky_ramp", "single_point", "one_axis", "theories"])
def test_the_report_is_one_well_formed_file_that_needs_nothing_else(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    results = request.getfixturevalue(fixture)
    path = report.write(results)
    page, reader = read(path)
    assert path == results.out / "report.html"
    assert not reader.problems and not reader.open, f"badly nested: {reader.problems or reader.open}"
    assert "http://" not in page and "https://" not in page and "<script" not in page, (
        "the page asks for something from outside"
    )
    assert not re.search(r'(?:src|href)="(?!data:)', page), "the page refers to another file"
    assert path.stat().st_size < 3e6, "the page is too large to be sent"


def test_the_report_holds_question_answer_definitions_and_provenance(tipping_plane: Any, written: Path) -> None:
    _, reader = read(written)
    text = " ".join("".join(reader.text).split())
    for line in [*report.answer(tipping_plane), *tipping_plane.notes, tipping_plane.question, tipping_plane.name]:
        assert line in text, f"the report does not say: {line}"
    assert f"at least {HARD_ENOUGH:g} of second-tier capability for {SUSTAINED} consecutive years" in text
    assert f"at least {SOFT_ENOUGH:g} of second-tier capability" in text
    for part in ("abc", "seed", "balsim --config-dir", "military_weight: 0.5", "worlds asked"):
        assert part in text, f"provenance or configuration is missing: {part}"


def test_headings_descend_one_by_one_and_every_image_has_a_text(written: Path) -> None:
    _, reader = read(written)
    assert reader.headings[0] == "h1" and set(reader.headings[1:]) == {"h2"}
    assert len(reader.images) == 3
    assert all(len(image["alt"] or "") > 40 for image in reader.images), "an image without alternative text"


def test_what_the_user_wrote_is_escaped(written: Path) -> None:
    page, _ = read(written)
    assert "Planted &lt;design&gt;" in page and "<design>" not in page


def test_the_points_table_is_short_and_says_so(tipping_plane: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("balsim.report_html.MOST_ROWS", 7)
    page = page_of(tipping_plane, [], {})
    assert "7 of 40 points, evenly spread" in page
    assert page.count("<tr><td>") == 7


def test_the_terminal_shows_answer_map_and_places(tipping_plane: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tipping_plane.out.parent)
    shown = report.terminal(tipping_plane)
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 100, "the terminal text is wider than 100 columns"
    assert tipping_plane.question in shown and tipping_plane.notes[0] in shown
    rows = [line.split() for line in lines if re.match(r" +\d\S* [HSBPW]{4} ", line)]
    assert [(row[1], row[3]) for row in rows] == [("SSSS", "SSHH")] * 3 + [("BBBB", "BBBB")] * 2, (
        "the letter maps are wrong"
    )
    assert [float(row[0]) for row in rows] == [1.0, 0.75, 0.5, 0.25, 0.0], "unilateralism must fall from top to bottom"
    folder = tipping_plane.out.name
    for place in ("report.html", "cells.csv", "runs", "figures"):
        assert f"{folder}/{place}" in shown.replace("\\", "/"), f"the terminal does not say where {place} is"


def test_the_terminal_gives_no_map_where_there_is_no_plane(single_point: Any) -> None:
    assert "The most frequent phase, by" not in report.terminal(single_point)


def test_small_letters_mark_phases_that_few_worlds_share(tmp_path: Path) -> None:
    phases = ("soft_balance", "bargain", "bandwagon")
    mixed = design(tmp_path, {SHARE: [0.2, 0.3], UNILATERALISM: [0.0, 1.0]},
                   lambda run, unilateralism, **_: world(phases[run % 3] if unilateralism else "bargain"),
                   runs=4)  # fmt: skip
    rows = [line.split() for line in report.terminal(mixed).splitlines() if re.match(r" +[01] ", line)]
    assert rows == [["1", "SS"], ["0", "BB"]]
    thirds = design(
        tmp_path, {SHARE: [0.2, 0.3], UNILATERALISM: [0.0, 1.0]}, lambda run, **_: world(phases[run % 3]), runs=3
    )
    assert "1 ss" in report.terminal(thirds)


def test_the_report_shows_what_an_analysis_found(tmp_path: Path) -> None:
    """Answer, figure and table of a finding stand in the report, and its table is written beside it."""
    axes = {SHARE: [0.2, 0.4], UNILATERALISM: [0.0, 1.0]}
    results = design(tmp_path, axes, lambda run, **point: world())
    figure = Figure()
    figure.add_subplot().plot([0, 1])
    table = pd.DataFrame({"motive": ["prestige <domestic>"], "share": [0.25]})
    results.findings = [
        Finding("attribution", "Whose motives?", ["Prestige & rest: 25%."], {"motives": table}, {"bars": figure})
    ]
    html = report.write(results).read_text("utf-8")
    for text in ("Whose motives?", "Prestige &amp; rest: 25%.", "prestige &lt;domestic&gt;", "attribution_motives.csv"):
        assert text in html, f"the report leaves out '{text}' of the finding"
    assert (tmp_path / "analysis" / "attribution_motives.csv").read_text("utf-8").startswith("motive,share")
    assert (tmp_path / "figures" / "attribution_bars.png").is_file(), (
        "the figure of the finding is not beside the report"
    )
    assert "Whose motives?" in report.terminal(results), "the terminal does not give the finding"

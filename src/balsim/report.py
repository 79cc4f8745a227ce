"""The answer on the terminal, the figures as files, and the report."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from balsim import report_html
from balsim.answer import answer
from balsim.drawing import LOOKS, STYLE
from balsim.planes import Layout, Panel, Plane, label, number
from balsim.plots import figures
from balsim.store import write_text

if TYPE_CHECKING:
    from balsim.results import Results

__all__ = ["answer", "terminal", "write", "write_figures"]

WIDTH = 100
_MOST_ROWS, _MOST_COLUMNS = 25, 40


def terminal(results: Results) -> str:
    """The answer, a phase map in letters where there is a plane, and where the files are."""
    parts = [f"{results.name}: {results.question}", ""]
    for finding in results.findings:
        parts += [finding.title, *(_wrapped(line, "- ") for line in finding.answer), ""]
    if not results.findings:
        parts += [_wrapped(line, "- ") for line in answer(results)]
    plane = Layout(results).plane
    if plane is not None:
        parts += ["", _letter_maps(plane)]
    if results.notes:
        parts += ["", *(_wrapped(note, "Note: ") for note in results.notes)]
    parts += ["", *_places(results)]
    return "\n".join(parts)


def write(results: Results) -> Path:
    """Draw the figures, write the tables of findings and the self-contained report.html; returns its path."""
    drawn = figures(results)
    of_findings = {f"{f.name}_{name}": figure for f in results.findings for name, figure in f.figures.items()}
    _save({**drawn, **of_findings}, results.out)
    for finding in results.findings:
        for name, frame in finding.tables.items():
            (results.out / "analysis").mkdir(exist_ok=True)
            write_text(frame.to_csv(index=False), results.out / "analysis" / f"{finding.name}_{name}.csv")
    images = {name: _png(results.out, name) for name in [*drawn, *of_findings]}
    path = results.out / "report.html"
    write_text(report_html.page(results, answer(results), images, results.findings), path)
    return path


def write_figures(results: Results) -> list[Path]:
    """Write the figures of a design as figures/*.png and *.svg; returns the files."""
    return _save(figures(results), results.out)


def _save(drawn: dict[str, Figure], out: Path) -> list[Path]:
    """The same figures give the same bytes: no dates, no random identifiers."""
    folder = out / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with mpl.rc_context(STYLE):
        for name, figure in drawn.items():
            for form, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
                path = folder / f"{name}.{form}"
                figure.savefig(path, metadata=metadata)
                # The layout stands after the first form: no need to work it out twice.
                figure.set_layout_engine("none")
                written.append(path)
    return written


def _png(out: Path, name: str) -> bytes:
    return (out / "figures" / f"{name}.png").read_bytes()


def _letter_maps(plane: Plane) -> str:
    """The most frequent phase in letters, highest y on top; small where fewer than half the worlds agree."""
    maps = [_letter_map(plane, panel) for panel in plane.panels]
    lines: list[str] = []
    row: list[list[str]] = []
    for found in [*maps, None]:
        if found is None or (row and sum(len(m[0]) + 3 for m in [*row, found]) - 3 > WIDTH):
            height = max(map(len, row))
            padded = [[" " * len(m[0])] * (height - len(m)) + m for m in row]
            lines += ["   ".join(parts).rstrip() for parts in zip(*padded, strict=True)] + [""]
            row = []
        if found is not None:
            row.append(found)
    key = "  ".join(f"{look.letter} {look.label}" for look in LOOKS.values())
    what = (
        f"The most frequent phase, by {label(plane.y)} (up) and {label(plane.x)} (across); small letter: in fewer than "
        "half of the worlds."
    )
    return "\n".join([*lines, key, _wrapped(what, "")])


def _letter_map(plane: Plane, panel: Panel) -> list[str]:
    """One panel as lines of equal length: title, rows, scale."""
    names, shares = plane.names(panel, "phase"), plane.grid(panel, "phase_share")
    rows = _thinned(len(plane.ys), _MOST_ROWS)[::-1]
    columns = _thinned(len(plane.xs), _MOST_COLUMNS)
    lines = [f"{number(plane.ys[r]):>5} " + "".join(_letter(names[r, c], shares[r, c]) for c in columns) for r in rows]
    low, high = number(plane.xs[columns[0]]), number(plane.xs[columns[-1]])
    lines.append(" " * 6 + low + high.rjust(max(len(columns) - len(low), len(high) + 1)))
    caption = textwrap.wrap(panel.title, max(30, len(lines[0])))
    width = max(map(len, [*lines, *caption]))
    return [line.ljust(width) for line in [*caption, *lines]]


def _letter(name: str, share: float) -> str:
    if not name:
        return "."
    return LOOKS[name].letter if share >= 0.5 else LOOKS[name].letter.lower()


def _thinned(count: int, most: int) -> list[int]:
    """At most so many indices, evenly spread, the ends among them."""
    return sorted({round(k) for k in np.linspace(0, count - 1, min(count, most))})


def _wrapped(text: str, mark: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark), break_on_hyphens=False)


def _places(results: Results) -> list[str]:
    """Paths of what was written, from the working directory where it is above them."""
    out = results.out.resolve()
    shown = out.relative_to(Path.cwd()) if out.is_relative_to(Path.cwd()) else out
    entries = {"Report": "report.html", "Cells": "cells.csv", "Runs": f"runs{os.sep}", "Figures": f"figures{os.sep}"}
    return [f"{name + ':':9}{os.path.join(shown, place)}" for name, place in entries.items()]

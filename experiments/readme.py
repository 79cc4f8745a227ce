"""Puts what an experiment gave into its README, so that no number there is older than the code."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- results: written by analysis.py -->", "<!-- end of results -->"


def put_results(folder: Path, text: str) -> None:
    """Replace what stands between the marks in ``folder/README.md`` by `text`."""
    path = folder / "README.md"
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}", encoding="utf-8")


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

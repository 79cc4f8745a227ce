"""Keys of points: what a stored row must have been computed from, to be used again."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from balsim import rule
from balsim.design import Design
from balsim.files import checksum


def point_keys(design: Design) -> list[str]:
    """Key of each point: parameters, scenario, seed, years, and the code and libraries that bear on results.

    Points that differ in name only (two theory files with the same content) get keys of their own.
    """
    common = json.dumps([design.seed, design.years, result_hash()])
    settings = [json.dumps([s, _file_hash(s)], sort_keys=True, default=str) for s in design.scenario_settings]
    before = [hashlib.sha256(f"{common}\n{section}".encode()) for section in settings]
    found: dict[str, None] = {}
    for scenario_index, record in zip(design.scenario_of, design.records, strict=True):
        point = before[scenario_index].copy()
        point.update(record.tobytes())
        while point.hexdigest()[:16] in found:
            point.update(b"again")
        found[point.hexdigest()[:16]] = None
    return list(found)


@cache
def result_hash() -> str:
    """Hash of the result-bearing modules and of the versions of numba and numpy."""
    parts = [rule.source_hash(), version("numba"), version("numpy")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _file_hash(settings: dict[str, Any]) -> list[str]:
    """Checksums of the user's own scenario files, whose content is part of what a point is."""
    if not settings.get("file"):
        return []
    path = Path(settings["file"])
    return [checksum(p) for p in (path, path.with_name(f"{path.stem}_pairs.csv")) if p.is_file()]

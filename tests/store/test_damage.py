"""Damaged files are noticed, named and repaired, and nothing that is good is computed again."""

from __future__ import annotations

from pathlib import Path

import pytest
from designs import SHARES, files, run

from balsim import runner
from balsim.results import open_results

pytestmark = pytest.mark.usefixtures("one_point_a_chunk")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(at: float):
    """Turn over one bit so far into the file."""

    def change(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[int(at * (len(content) - 1))] ^= 4
        path.write_bytes(bytes(content))

    return change


DAMAGES = {"truncated": truncate, "emptied": lambda path: path.write_bytes(b""), "removed": Path.unlink,
           **{f"a bit flipped at {at:g}": flip(at) for at in (0.0, 0.1, 0.3, 0.5, 0.9, 1.0)}}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_part_is_named_and_only_its_points_are_run_again(tmp_path, worked, damage: str) -> None:
    results = run(tmp_path)
    before = results.digests()
    part = sorted((tmp_path / "runs").glob("*.parquet"))[1]
    worked.clear()
    DAMAGES[damage](part)
    assert [line.split(":")[0] for line in runner.verify(tmp_path)] == [f"runs/{part.name}"]
    again = run(tmp_path)
    assert again.digests() == before and runner.verify(tmp_path, 3) == []
    assert len(worked) == 1, f"{damage}: {len(worked)} points were run again to repair one"
    assert again.manifest["counts"]["reused"] == 8


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_trajectories_are_named_and_cost_at_most_the_points_they_hit(tmp_path, worked, damage: str) -> None:
    before = run(tmp_path).digests()
    worked.clear()
    DAMAGES[damage](tmp_path / "trajectories.parquet")
    assert [line.split(":")[0] for line in runner.verify(tmp_path)] == ["trajectories.parquet"]
    assert run(tmp_path).digests() == before and runner.verify(tmp_path, 3) == []
    # The end of a Parquet file says where everything else is: without it nothing can be read.
    readable = 0.0 < float(damage.split()[-1] if "flipped" in damage else 1.0) < 0.6
    assert len(worked) <= (1 if readable else 3), f"{damage}: {len(worked)} points were run again"


def test_a_damaged_part_of_an_unfinished_design_is_noticed_too(tmp_path, worked) -> None:
    before = run(tmp_path / "whole").digests()
    out = tmp_path / "out"
    run(out)
    (out / "manifest.json").rename(tmp_path / "manifest.json")
    flip(0.3)(next((out / "runs").glob("*.parquet")))
    assert run(out).digests() == before


def test_other_damage_is_named_and_repaired_without_running_anything(tmp_path, worked) -> None:
    before = run(tmp_path).digests()
    worked.clear()
    for name in ("cells.csv", "config.yaml"):
        flip(0.5)(tmp_path / name)
        assert [line.split(":")[0] for line in runner.verify(tmp_path)] == [name]
        assert run(tmp_path).digests() == before and runner.verify(tmp_path, 1) == []
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert run(tmp_path).digests() == before
    assert worked == [] or len(worked) == len(SHARES), "some points but not all"


def test_verify_finds_rows_that_are_whole_but_wrong(tmp_path) -> None:
    """Someone edits a number and writes the file as if it were new."""
    import json

    import pyarrow.parquet as pq

    from balsim.files import checksum

    run(tmp_path, SHARES[:1])
    part = next((tmp_path / "runs").glob("*.parquet"))
    table = pq.read_table(part)
    k = table.column_names.index("threat")
    table = table.set_column(k, "threat", [[x + 1e-9 for x in table["threat"].to_pylist()]])
    pq.write_table(table, part)
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    manifest["checksums"][f"runs/{part.name}"] = checksum(part)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert all("differs when run again" in line for line in runner.verify(tmp_path)) and runner.verify(tmp_path)


def test_left_overs_of_a_killed_process_are_cleared_away(tmp_path) -> None:
    whole = files(run(tmp_path / "whole").out)
    out = tmp_path / "out"
    (out / "runs").mkdir(parents=True)
    (out / "runs" / "part-1.2.parquet.99.tmp").write_bytes(b"half")
    (out / "cells.csv.99.tmp").write_bytes(b"half")
    assert files(run(out).out) == whole
    assert open_results(out).digests()

"""What is stored is used again where it is the same, and never where it is not."""

from __future__ import annotations

import itertools
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from designs import SHARES, run

from balsim.params import BY_KEY, BadInput
from balsim.store import Asked, Store

pytestmark = pytest.mark.usefixtures("one_point_a_chunk")


def test_a_finished_design_is_not_run_again(tmp_path, worked) -> None:
    first = run(tmp_path)
    worked.clear()
    again = run(tmp_path)
    assert worked == [] and again.digests() == first.digests()
    assert again.manifest["counts"] == {"asked": 12, "done": 12, "failed": 0, "reused": 12}


def test_a_wider_grid_reuses_what_is_there_and_gives_the_bytes_of_a_fresh_one(tmp_path, worked) -> None:
    run(tmp_path / "out", (0.4,))
    worked.clear()
    wide = run(tmp_path / "out")
    assert sorted(worked) == [0.3, 0.5]
    assert wide.digests() == run(tmp_path / "fresh").digests()
    assert wide.runs["hegemon.capability_share"].tolist() == list(np.repeat(SHARES, 4)), "not in the design's order"


def test_a_new_axis_reuses_points_and_labels_their_rows(tmp_path, worked) -> None:
    run(tmp_path / "out", SHARES[:2])
    worked.clear()
    default = BY_KEY["hegemon.unilateralism"].default
    wide = run(tmp_path / "out", SHARES[:2], 4,
               f"design.axes.u={{key: hegemon.unilateralism, values: [{default}, 0.77]}}")  # fmt: skip
    assert len(worked) == 2, "points whose parameters are the same are run again"
    assert wide.runs["hegemon.unilateralism"].tolist() == [default] * 4 + [0.77] * 4 + [default] * 4 + [0.77] * 4, (
        "reused rows do not say where on the new axis they are"
    )
    assert wide.cells["n"].tolist() == [4] * 4


def test_more_runs_are_checked_against_the_old_ones(tmp_path, monkeypatch) -> None:
    run(tmp_path / "out", SHARES[:1], 3)
    assert run(tmp_path / "out", SHARES[:1], 5).digests() == run(tmp_path / "fresh", SHARES[:1], 5).digests()
    calls = itertools.count()
    monkeypatch.setattr("balsim.runner.digest", lambda table: next(calls))
    with pytest.raises(RuntimeError, match="differ when run again"):
        run(tmp_path / "out", SHARES[:1], 6)


def test_a_narrower_grid_sets_rows_aside_and_takes_them_back(tmp_path, worked) -> None:
    wide = run(tmp_path).digests()
    narrow = run(tmp_path, SHARES[1:2], 3)
    assert len(narrow.runs) == 3 and len(narrow.trajectories["point"].unique()) == 1
    worked.clear()
    assert run(tmp_path).digests() == wide
    assert worked == [], "rows that a narrower design did not ask for were thrown away"


def test_rows_of_other_code_are_set_aside_and_said_so(tmp_path, monkeypatch, capsys, worked) -> None:
    first = run(tmp_path)
    for module in ("keys", "runner", "chunks"):
        monkeypatch.setattr(f"balsim.{module}.result_hash", lambda: "0" * 64)
    worked.clear()
    other = run(tmp_path)
    assert sorted(worked) == list(SHARES), "rows of other code were used"
    assert "12 worlds of other code" in capsys.readouterr().err
    assert len(other.runs) == 12 and set(other.runs["point"]).isdisjoint(first.manifest["points"])


def test_fresh_runs_everything_again(tmp_path, worked) -> None:
    before = run(tmp_path).digests()
    worked.clear()
    again = run(tmp_path, SHARES, 4, "fresh=true")
    assert sorted(worked) == list(SHARES) and again.digests() == before
    assert again.manifest["counts"]["reused"] == 0
    assert "fresh: false" in (tmp_path / "config.yaml").read_text(encoding="utf-8")


def test_the_panel_is_added_when_it_is_asked_for_and_kept_when_it_is_there(tmp_path, worked) -> None:
    rows = run(tmp_path).digests()["runs"]
    panel = run(tmp_path, SHARES, 4, "record.panel=2")
    assert panel.digests()["runs"] == rows and set(panel.panel["run"]) == {0, 1}
    worked.clear()
    assert run(tmp_path, SHARES, 4, "record.panel=2").digests() == panel.digests() and worked == []


def test_points_that_differ_in_name_only_keep_their_own_rows(tmp_path) -> None:
    twice = "design.axes.menu={key: theory.menu, values: [[bargain, bandwagon], [bandwagon, bargain]]}"
    results = run(tmp_path, SHARES[:1], 3, twice)
    assert results.runs["theory.menu"].tolist() == ["bargain+bandwagon"] * 3 + ["bandwagon+bargain"] * 3
    assert results.cells["n"].tolist() == [3, 3]


def test_columns_and_rows_can_be_chosen(tmp_path) -> None:
    results = run(tmp_path)
    whole = results.runs
    some = results.read_runs(["run", "threat"], {"hegemon.capability_share": [0.3, 0.5], "run": range(2)})
    chosen = whole[whole["hegemon.capability_share"].isin([0.3, 0.5]) & (whole["run"] < 2)]
    assert list(some.columns) == ["run", "threat"] and some["threat"].tolist() == chosen["threat"].tolist()
    assert len(results.read_runs(["phase"], {"phase": str(whole["phase"].iloc[0])})) > 0
    assert results.read_runs(where=pc.field("threat") > 1e9).empty
    with pytest.raises(BadInput, match="threat"):
        results.read_runs(["thraet"])


def test_ten_million_rows_open_in_little_memory(tmp_path) -> None:
    """A store of 100 parts with 100,000 rows each, of which one is asked for."""
    points = [f"{k:016d}" for k in range(10_000)]
    labels = pa.table({"point": points, "hegemon.capability_share": np.arange(10_000) / 10_000})
    asked = Asked(labels, 1000, 0, "source")
    store = Store(tmp_path)
    store.begin(asked)
    for first in range(0, 10_000, 100):
        some = labels.slice(first, 100)
        rows = some.take(np.repeat(np.arange(100), 1000)).append_column("run", pa.array(np.tile(np.arange(1000), 100)))
        rows = rows.append_column("threat", pa.array(np.arange(100_000) / 7.0))
        ticks = some.append_column("tick", pa.array([0] * 100))
        store.save(asked, some["point"].to_pylist(), {"runs": rows, "trajectories": ticks})
    store.finish(asked)
    store.write_manifest({"points": points, "configuration": {"seed": 1}, "design": {"axes": {}}})
    store.close()
    # In a process of its own: Arrow's memory counter never goes down, and writing has raised it here.
    script = (
        "import balsim, pyarrow as pa, sys; r = balsim.open(sys.argv[1]); "
        "f = r.read_runs(['run', 'threat'], {'hegemon.capability_share': 0.5}); "
        "assert f['run'].tolist() == list(range(1000)); print(pa.default_memory_pool().max_memory())"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100e6, f"1,000 of 10,000,000 rows took {int(done.stdout) / 1e6:.0f} MB"

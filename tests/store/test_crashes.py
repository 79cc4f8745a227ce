"""A sweep that is killed, at whatever moment, is resumed to the same bytes; a full disk loses nothing."""

from __future__ import annotations

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from designs import SHARES, elsewhere, files, overrides, run

from balsim import files as storage
from balsim import runner
from balsim.errors import Unfinished
from balsim.results import open_results

pytestmark = pytest.mark.usefixtures("one_point_a_chunk")
MANY = tuple(round(0.2 + 0.02 * k, 2) for k in range(20))


class Killed(BaseException):
    """Stands for SIGKILL: nothing that follows in the process touches the disk."""


class Disk:
    """Lets a number of changes to the disk happen, and then none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        for owner, name in ((os, "replace"), (os, "unlink"), (os, "rmdir"), (os, "fsync"), (Path, "unlink"),
                            (Path, "rmdir"), (Path, "write_bytes"), (Path, "write_text")):  # fmt: skip
            monkeypatch.setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, change):
        def counted(*args, **kwargs):
            if self.left is not None:
                if self.left == 0:
                    raise Killed
                self.left -= 1
            return change(*args, **kwargs)

        return counted


def crash_everywhere(disk: Disk, folder: Path, start, then) -> Iterator[Path]:
    """Kill `then` before its first, second, third … change to the disk, each time after `start` in a new folder.

    Yields each folder after `then` was run again.
    """
    for moment in range(1000):
        out = folder / str(moment)
        disk.left = None
        start(out)
        disk.left = moment
        try:
            then(out)
        except Killed:
            disk.left = None
            then(out)
            yield out
        else:
            return
    raise AssertionError("the run never ends")


def test_a_design_killed_between_any_two_changes_to_the_disk_resumes_to_the_same_bytes(tmp_path, monkeypatch) -> None:
    whole = run(tmp_path / "whole", SHARES[:2])
    moments = 0
    for out in crash_everywhere(Disk(monkeypatch), tmp_path, lambda out: None, lambda out: run(out, SHARES[:2])):
        moments += 1
        assert open_results(out).digests() == whole.digests(), f"{out.name}: other bytes after a kill"
        assert files(out) == files(whole.out), f"{out.name}: a kill leaves other files behind"
    assert moments > 15, "hardly any moment was tried"


def test_widening_killed_between_any_two_changes_to_the_disk_loses_no_row(tmp_path, monkeypatch, worked) -> None:
    whole = run(tmp_path / "whole")
    moments = 0
    for out in crash_everywhere(Disk(monkeypatch), tmp_path, lambda out: run(out, SHARES[:2]), run):
        moments += 1
        assert open_results(out).digests() == whole.digests(), f"{out.name}: other bytes after a kill"
        # Two to begin with; the third once, or twice where the kill came before it was stored.
        assert worked.count(SHARES[0]) <= moments + 2, f"{out.name}: a stored point was run again"
    assert moments > 15


def test_narrowing_killed_between_any_two_changes_to_the_disk_resumes_to_the_same_bytes(tmp_path, monkeypatch) -> None:
    whole = run(tmp_path / "whole", SHARES[1:])
    for out in crash_everywhere(Disk(monkeypatch), tmp_path, run, lambda out: run(out, SHARES[1:])):
        assert open_results(out).digests() == whole.digests(), f"{out.name}: other bytes after a kill"


def kill_and_resume(out: Path, times: int) -> None:
    """Start a sweep, kill it after a random number of new files and a random moment more, and start it again."""
    chance = random.Random(times)
    for _ in range(times):
        process = elsewhere(out, MANY)
        before, more = len(files(out)) if out.exists() else 0, chance.randrange(8)
        while process.poll() is None and (not out.exists() or len(files(out)) < before + more):
            time.sleep(0.002)
        time.sleep(chance.random() * 0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.replication)])
def test_a_sweep_killed_with_sigkill_at_random_moments_resumes_to_the_same_bytes(tmp_path, times: int) -> None:
    kill_and_resume(tmp_path / "killed", times)
    whole, resumed = run(tmp_path / "whole", MANY), run(tmp_path / "killed", MANY)
    assert resumed.digests() == whole.digests()
    assert runner.verify(resumed.out, 3) == []


def test_a_full_disk_ends_in_a_clear_error_and_keeps_what_was_finished(tmp_path, monkeypatch, worked) -> None:
    whole = run(tmp_path / "whole")
    worked.clear()
    original, room = Path.write_bytes, [3]

    def full(path: Path, content: bytes) -> int:
        if not room[0]:
            original(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        room[0] -= 1
        return original(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(Unfinished, match=r"No space left on device.*kept"):
        run(tmp_path / "full")
    monkeypatch.setattr(Path, "write_bytes", original)
    assert not list((tmp_path / "full").rglob("*.tmp")), "half a file is left behind"
    resumed = run(tmp_path / "full")
    assert resumed.digests() == whole.digests()
    assert worked.count(SHARES[0]) == 1, "a point that was finished before the disk was full is run again"


@pytest.mark.slow
def test_a_sweep_on_a_disk_that_is_too_small_ends_in_one_line_with_status_1(tmp_path) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True,
                             text=True, check=False)  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        command = [sys.executable, "-m", "balsim", *overrides(disk / "out", MANY, 200)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        assert "No space left on device" in done.stderr and "what was finished is kept" in done.stderr
        assert "Traceback" not in done.stderr
        assert not list(disk.rglob("*.tmp")) and not (disk / "out" / "manifest.json").exists()
        subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
        assert open_results(disk / "out").digests() == run(tmp_path / "whole", MANY, 200).digests()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_two_processes_on_the_same_folder_do_not_corrupt_it(tmp_path) -> None:
    both = [elsewhere(tmp_path / "shared", MANY) for _ in range(2)]
    for process in both:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    results = open_results(tmp_path / "shared")
    assert results.digests() == run(tmp_path / "whole", MANY).digests()
    assert runner.verify(results.out, 3) == []


def test_a_second_process_waits_for_the_folder_and_says_so(tmp_path) -> None:
    with storage.locked(tmp_path / "out"):
        second = elsewhere(tmp_path / "out", SHARES[:1])
        assert second.stderr is not None and "waiting for it to end" in second.stderr.readline()
        assert not files(tmp_path / "out"), "the second process has not waited"
    assert second.wait() == 0

"""The same bytes wherever the work is done, and whatever happens to those who do it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from designs import SHARES, overrides, run

from balsim import cluster, runner
from balsim.errors import Unfinished

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("one_point_a_chunk")]
distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
MANY = tuple(round(0.2 + 0.01 * k, 2) for k in range(40))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Digests of the design as threads of this process compute it."""
    return run(tmp_path_factory.mktemp("here") / "out", MANY, 20).digests()


@contextmanager
def started(*command: str, until: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that runs until the end of the block; what it said when it was ready."""
    process = subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if until in line)
        # Its further lines must go somewhere, or it stops when the pipe is full.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield process, line
    finally:
        process.kill()
        process.wait()


@contextmanager
def scheduler() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A Dask scheduler on the loopback: its process and its address."""
    command = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    with started(*command, until="Scheduler at") as (process, line):
        found = re.search(r"tcp://\S+", line)
        assert found is not None, line
        yield process, found[0]


@contextmanager
def worker(address: str) -> Iterator[subprocess.Popen[str]]:
    command = ("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with started(*command, until="Registered to") as (process, _):
        yield process


def test_processes_on_this_machine_give_the_same_bytes(tmp_path, here) -> None:
    for workers in (1, 2):
        found = run(tmp_path / str(workers), MANY, 20, "cluster=dask", f"cluster.workers={workers}")
        assert found.digests() == here, f"other bytes with {workers} worker(s)"
        assert runner.verify(found.out, 2) == []


def test_chunks_of_killed_workers_are_done_again(tmp_path, here, monkeypatch) -> None:
    """Kills every worker that the cluster starts with, once it has begun."""
    original, killed = cluster._spread, []

    def deadly(client, chunks, worlds):
        for k, done in enumerate(original(client, chunks, worlds)):
            if k in (3, 9):
                pids = client.run(os.getpid)
                killed.append(min(pids.values()))
                os.kill(killed[-1], signal.SIGKILL)
            yield done

    monkeypatch.setattr(cluster, "_spread", deadly)
    found = run(tmp_path / "out", MANY, 20, "cluster=dask", "cluster.workers=2")
    assert len(set(killed)) == 2, "no worker was killed"
    assert found.digests() == here


def test_a_scheduler_at_an_address_gives_the_same_bytes(tmp_path, here) -> None:
    with scheduler() as (_, address), worker(address), worker(address):
        found = run(tmp_path / "out", MANY, 20, "cluster=dask", f"cluster.scheduler='{address}'")
    assert found.digests() == here


def test_a_lost_scheduler_ends_in_a_clear_error_and_a_store_that_resumes(tmp_path, here, monkeypatch) -> None:
    with scheduler() as (process, address), worker(address):
        original = cluster._spread

        def doomed(client, chunks, worlds):
            for k, done in enumerate(original(client, chunks, worlds)):
                if k == 5:
                    process.kill()
                yield done

        monkeypatch.setattr(cluster, "_spread", doomed)
        with pytest.raises(Unfinished, match=r"scheduler was lost.*run the same command again"):
            run(tmp_path / "out", MANY, 20, "cluster=dask", f"cluster.scheduler='{address}'")
    assert not (tmp_path / "out" / "manifest.json").exists()
    stored = len(list((tmp_path / "out" / "runs").glob("*.parquet")))
    assert 5 <= stored < len(MANY), "what was finished is not kept"
    resumed = run(tmp_path / "out", MANY, 20)
    assert resumed.digests() == here
    assert resumed.manifest["counts"]["reused"] == stored * 20, "what was finished is run again"


def test_a_worker_with_other_code_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("balsim.chunks.result_hash", lambda: "another")
    with pytest.raises(Unfinished, match="another version of balsim"):
        run(tmp_path / "out", SHARES, 4, "cluster=dask", "cluster.workers=1")


def test_an_address_where_no_scheduler_is_ends_in_one_line(tmp_path) -> None:
    command = [sys.executable, "-m", "balsim", *overrides(tmp_path / "out"), "cluster=dask", "cluster.wait=2",
               "cluster.scheduler='tcp://127.0.0.1:1'"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if line.startswith("balsim:")] == [
        "balsim: cluster.scheduler=tcp://127.0.0.1:1: no scheduler answers there"
    ]

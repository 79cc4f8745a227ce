"""A real Slurm, of one node on the loopback, gives the same bytes."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator

import pytest
import slurm
from designs import run

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("one_point_a_chunk")]
pytest.importorskip("dask_jobqueue", reason="the extra 'cluster' is not installed")
SHARES = (0.3, 0.35, 0.4, 0.45, 0.5)


@pytest.fixture
def node(tmp_path) -> Iterator[None]:
    if slurm.missing():
        pytest.skip(slurm.missing())
    free = []
    for _ in range(2):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            free.append(listener.getsockname()[1])
    folder = tmp_path / "slurm"
    folder.mkdir()
    with slurm.one_node(folder, (free[0], free[1])):
        yield


def test_jobs_of_slurm_give_the_same_bytes(tmp_path, node, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = run(tmp_path / "slurm-out", SHARES, 10, "cluster=slurm", "cluster.workers=2", "cluster.cores=1",
                "cluster.memory=500MB", "cluster.interface=lo", "cluster.wait=120")  # fmt: skip
    assert found.digests() == run(tmp_path / "here", SHARES, 10).digests()
    left = subprocess.run(["squeue", "--noheader"], capture_output=True, text=True, check=True)
    assert "RUNNING" not in left.stdout and " R " not in left.stdout, "jobs outlive the sweep"

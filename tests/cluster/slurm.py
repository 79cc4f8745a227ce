"""A Slurm of one node on the loopback, for as long as a test needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo")
CONFIGURATION = """\
ClusterName=balsim
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={first}
SlurmdPort={second}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdSpoolDir={folder}/spool
StateSaveLocation={folder}/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str:
    """Why a Slurm cannot be started here; empty where it can."""
    absent = [name for name in PROGRAMS if not _path(name)]
    if absent:
        return f"{', '.join(absent)} not installed (Debian: slurm-wlm and munge)"
    return "" if os.geteuid() == 0 else "Slurm's daemons must be started by root"


def _path(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


@contextmanager
def one_node(folder: Path, ports: tuple[int, int]) -> Iterator[None]:
    """Start munge, the controller and a node, and stop them at the end. SLURM_CONF is set meanwhile."""
    host = os.uname().nodename.split(".")[0]
    (folder / "spool").mkdir()
    (folder / "state").mkdir()
    settings = folder / "slurm.conf"
    settings.write_text(CONFIGURATION.format(host=host, folder=folder, first=ports[0], second=ports[1],
                                             cores=os.cpu_count()))  # fmt: skip
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    before = os.environ.get("SLURM_CONF")
    os.environ["SLURM_CONF"] = str(settings)
    running = []
    try:
        with (folder / "daemons.log").open("wb") as log:
            for command in (
                ["munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket",
                 f"--pid-file={folder}/munge.pid", f"--seed-file={folder}/munge.seed"],
                ["slurmctld", "-D"],
                ["slurmd", "-D", "-N", host],
            ):  # fmt: skip
                program = _path(command[0])
                assert program is not None
                running.append(subprocess.Popen([program, *command[1:]], stdout=log, stderr=log))
                time.sleep(1.0)
        _await_node(folder)
        yield
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait()
        if before is None:
            del os.environ["SLURM_CONF"]
        else:
            os.environ["SLURM_CONF"] = before


def _await_node(folder: Path) -> None:
    for _ in range(120):
        found = subprocess.run(["sinfo", "--noheader", "--format=%T"], capture_output=True, text=True, check=False)
        if found.stdout.strip() in {"idle", "mixed"}:
            return
        time.sleep(0.5)
    raise RuntimeError(f"Slurm's node does not come up: {(folder / 'daemons.log').read_text()[-3000:]}")

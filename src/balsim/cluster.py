"""Where the work is done: threads of this process, or a Dask cluster (on this machine, at an address, on Slurm).

Work goes out in chunks of points with all their runs, the same chunks everywhere, and comes back in any order: the
store puts rows in the order of the design. Chunks of a worker that dies are done again by another.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from omegaconf import DictConfig, OmegaConf

from balsim.chunks import Chunk, Tables, work_off
from balsim.errors import Unfinished
from balsim.params import BadInput
from balsim.scenario import Scenario

Run = Callable[[Iterable[Chunk], Sequence[Scenario]], Iterator[tuple[Chunk, Tables]]]
"""Works off chunks of some scenarios and yields each with its tables, in any order."""

# Chunks that are out at a time, for each thread that works: enough to keep it busy, few enough to keep memory small.
_AHEAD = 3


@contextmanager
def workers(cfg: DictConfig) -> Iterator[Run]:
    """What works off the chunks of this configuration; a cluster that was started for it ends with it.

    Raises BadInput for a scheduler that does not answer, or where the packages of the extra `cluster` are missing.
    """
    if cfg.cluster.kind == "local":
        yield lambda chunks, worlds: ((c, work_off(c, worlds[c.scenario], cfg.threads)) for c in chunks)
        return
    with _client(cfg) as client:
        yield lambda chunks, worlds: _spread(client, chunks, worlds)


def _spread(client: Any, chunks: Iterable[Chunk], worlds: Sequence[Scenario]) -> Iterator[tuple[Chunk, Tables]]:
    """Work off chunks on the workers of a Dask client. Raises Unfinished where the cluster is lost."""
    from distributed import KilledWorker, as_completed

    # Submitted rather than scattered: what was scattered to a worker that dies is gone for good.
    starts = [client.submit(_same, world, pure=False) for world in worlds]
    out: dict[str, Chunk] = {}

    def send(chunk: Chunk) -> Any:
        future = client.submit(work_off, chunk, starts[chunk.scenario], 1, pure=False)
        out[future.key] = chunk
        return future

    todo = iter(chunks)
    threads = sum(client.nthreads().values())
    try:
        done = as_completed([send(chunk) for chunk in islice(todo, _AHEAD * max(threads, os.cpu_count() or 1))],
                            loop=client.loop)  # fmt: skip
        for future in done:
            if future.cancelled():
                raise Unfinished(_LOST)
            tables = future.result()
            yield out.pop(future.key), tables
            for chunk in islice(todo, 1):
                done.add(send(chunk))
    except KilledWorker as error:
        raise Unfinished(
            f"{error.allowed_failures + 1} workers have died over the same chunk (too little memory?); what was "
            "finished is kept: run the same command again"
        ) from error
    except OSError as error:
        raise Unfinished(_LOST) from error


_LOST = "the connection to the cluster's scheduler was lost; what was finished is kept: run the same command again"


def _same(world: Scenario) -> Scenario:
    """A scenario as a task of the cluster, which can be done again where a worker dies."""
    return world


@contextmanager
def _client(cfg: DictConfig) -> Iterator[Any]:
    """A Dask client for this configuration."""
    try:
        from distributed import Client
    except ImportError as error:
        raise _missing(error) from error
    settings: Any = OmegaConf.to_container(cfg.cluster)
    if settings["scheduler"]:
        try:
            client = Client(settings["scheduler"], timeout=settings["wait"], set_as_default=False)
        except (OSError, ValueError) as error:
            raise BadInput(f"cluster.scheduler={settings['scheduler']}: no scheduler answers there") from error
        with client:
            _await_workers(client, settings["wait"])
            yield client
    else:
        with _started(settings) as cluster, Client(cluster, set_as_default=False) as client:
            _await_workers(client, settings["wait"])
            yield client


def _started(settings: dict[str, Any]) -> Any:
    """A cluster of our own: processes on this machine, or jobs on Slurm."""
    count = settings["workers"] or os.cpu_count() or 1
    if settings["kind"] == "dask":
        from distributed import LocalCluster

        # Its page of statistics is reached from this machine only, at whatever port is free.
        return LocalCluster(n_workers=count, threads_per_worker=1, memory_limit=0, dashboard_address="127.0.0.1:0",
                            silence_logs=50)  # fmt: skip
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise _missing(error) from error
    cluster = SLURMCluster(
        queue=settings["queue"], account=settings["account"], walltime=settings["walltime"],
        cores=settings["cores"], processes=1, memory=settings["memory"], interface=settings["interface"],
        job_extra_directives=settings["directives"], job_script_prologue=settings["prologue"],
        scheduler_options={"dashboard_address": "127.0.0.1:0"},
    )  # fmt: skip
    cluster.scale(jobs=count)
    return cluster


def _await_workers(client: Any, seconds: float) -> None:
    """Wait for the first worker; the others may join while work goes on. Raises Unfinished where none comes."""
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError as error:
        raise Unfinished(
            f"no worker has joined the cluster within {seconds:g} seconds (cluster.wait); look at the queue"
        ) from error


def _missing(error: ImportError) -> BadInput:
    return BadInput(f"cluster: the package '{error.name}' is missing; pip install 'balsim[cluster]' brings it")

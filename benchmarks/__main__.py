"""Print the table of benchmarks: ``python -m benchmarks [--quick] [--only NAME]``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version

from balsim.engines.batch import default_threads
from benchmarks import command, engines
from benchmarks.rows import Row, Scale, table

PARTS = {
    "batched": engines.batched, "compared": engines.compared, "grown": engines.grown, "start": command.start,
    "sweeps": command.sweeps, "store": command.store, "dask": command.dask, "memory": engines.memory,
}  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than a minute; the figures mean little")
    parser.add_argument("--only", choices=PARTS, action="append", help="some of the benchmarks")
    args = parser.parse_args(argv)
    cores = tuple(n for n in (1, 2, 4) if n <= default_threads())
    rows: list[Row] = []
    for name in args.only or PARTS:
        print(f"{name} …", file=sys.stderr)
        rows += PARTS[name](Scale(args.quick), cores)
    print(f"{_processor()}, {default_threads()} cores, load {os.getloadavg()[0]:.1f} at the end; "
          f"Python {platform.python_version()}, numba {version('numba')}, numpy {version('numpy')}"
          f"{'; quick run, figures mean little' if args.quick else ''}\n")  # fmt: skip
    print(table(rows))
    return 0


def _processor() -> str:
    """Name of the processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    sys.exit(main())

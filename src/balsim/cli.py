"""The ``balsim`` command: a Hydra application, with a few plain commands beside it.

Whatever a user can get wrong ends in one line on stderr and exit status 2, before anything is written; a failure
while running ends in one line and status 1. ``BALSIM_TRACEBACK=1`` shows where it happened.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import argparse

    from omegaconf import DictConfig

    from balsim.overrides import Override

HELP = """\
balsim: an agent-based laboratory of great-power balancing under unipolarity

Usage
  balsim [key=value ...]             run a design; without keys, the main job (experiment=tipping_surface)
  balsim -m key=a,b key=range(0,1,0.1)   sweep: one design per combination, joined in one table
  balsim list [theory|scenario|experiment|hegemon]   what there is to choose from
  balsim explain KEY                 meaning, unit, range, default and source of a key
  balsim report DIR                  write the report of stored results again
  balsim compare A B                 two stored designs, paired where they share random numbers
  balsim export DIR --format csv     tables for other programs (csv, dta)
  balsim verify DIR                  run a sample again and compare

Examples
  balsim experiment=alignment hegemon.capability_share=0.45 hegemon.unilateralism=0.7 theory=walt_1987 runs=500
  balsim hegemon.unilateralism=0.5 design.axes.share.points=41
  balsim -m hegemon.capability_share=0.3,0.4,0.5 theory=walt_1987,waltz_1979
  balsim experiment=hysteresis engine=mesa

Keys
  groups   scenario, theory, hegemon, experiment  (a choice among files: balsim list)
  model    hegemon.*, theory.*, arms.*, growth.*, choice.*, start.*, scenario.*  (balsim explain KEY)
  run      runs, years, seed, engine, threads, out, progress, record.panel, design.axes.*
A key that is an axis of the experiment pins that axis to the value given; the other axes stay.

Options
  -m, --multirun        sweep over several values
  -c job, --cfg job     print the configuration and stop
  --config-dir DIR      start from one's own configuration files (with --config-name NAME)
  --version, -h, --hydra-help

Results go to outputs/<experiment>-<key>/ or to out=DIR: start with report.html, then cells.csv.
"""

COMMANDS = ("list", "explain", "report", "compare", "export", "verify")
FAILED = "failed.json"
"""Left in a job's folder where it did not finish: exit status and message."""

QUIET = ("hydra/job_logging=none", "hydra/hydra_logging=none", "hydra.job.name=balsim", "hydra.job.chdir=false")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 2 for bad input, 1 for a failure while running."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if "-h" in arguments or "--help" in arguments:
        print(HELP, end="")
        return 0
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        print("balsim: interrupted; what was finished is kept", file=sys.stderr)
        return 130
    except Exception as error:
        return _explain_failure(error)


def _dispatch(arguments: list[str]) -> int:
    if "--version" in arguments:
        from balsim import __version__

        print(f"balsim {__version__}")
        return 0
    if arguments and arguments[0] in COMMANDS:
        from balsim import commands

        return commands.run(arguments)
    if arguments and arguments[0].isidentifier():
        from balsim.params import BadInput, nearest

        raise BadInput(f"unknown command '{arguments[0]}'{nearest(arguments[0], COMMANDS)} (see balsim --help)")
    return _application(arguments)


def _explain_failure(error: Exception) -> int:
    """Print one line on stderr (the traceback as well on request) and return the exit status."""
    if os.environ.get("BALSIM_TRACEBACK") == "1":
        import traceback

        traceback.print_exception(error)
    status, message = _verdict(error)
    print(f"balsim: {message}", file=sys.stderr)
    return status


def _verdict(error: Exception) -> tuple[int, str]:
    """Exit status and message of an error: 2 where the user's input is at fault, else 1."""
    from balsim.errors import Unfinished
    from balsim.params import BadInput

    message = " ".join(str(error).split())
    if isinstance(error, BadInput):
        return 2, message
    if isinstance(error, Unfinished):
        return 1, message
    if type(error).__module__.startswith(("hydra.", "omegaconf.")):
        return 2, message
    return 1, f"{type(error).__name__}: {message} (BALSIM_TRACEBACK=1 shows where)"


# ---- the Hydra application


def _application(arguments: list[str]) -> int:
    """Read the command line as Hydra does, check all of it, then let Hydra run the job or jobs."""
    from balsim.overrides import check_overrides, parse
    from balsim.schema import known_keys

    args = _read(arguments)
    overrides = parse(args.overrides)
    if args.cfg or args.info or args.hydra_help or args.shell_completion or args.experimental_rerun:
        check_overrides([o for o in overrides if not o.sweep], known_keys(), _directory(args))
        _hydra(arguments)
        return 0
    return _sweep(args, overrides) if args.multirun else _single(args, overrides)


def _read(arguments: list[str]) -> argparse.Namespace:
    """Hydra's own flags, with one line instead of a usage text where they are wrong."""
    from hydra._internal.utils import get_args_parser

    from balsim.params import BadInput

    parser = get_args_parser()

    def refuse(message: str) -> NoReturn:
        raise BadInput(f"{message} (see balsim --help)")

    parser.error = refuse  # type: ignore[method-assign]
    return parser.parse_intermixed_args(arguments)


def _directory(args: argparse.Namespace) -> Path | None:
    given = args.config_dir or args.config_path
    return Path(given) if given else None


def _single(args: argparse.Namespace, overrides: list[Override]) -> int:
    """One design."""
    from balsim.config import compose, default_out
    from balsim.overrides import quoted

    cfg = compose(*(o.text for o in overrides), directory=_directory(args), name=args.config_name or "config")
    points = _check_worlds(cfg)
    _announce(cfg, points)
    folder = _given(overrides, "hydra.run.dir") or default_out(cfg)
    texts = [o.text for o in overrides if o.key not in {"out", "hydra.run.dir"}]
    _hydra([*_flags(args), *texts, f"hydra.run.dir={quoted(str(folder))}"])
    return _failures([Path(folder)])


def _sweep(args: argparse.Namespace, overrides: list[Override]) -> int:
    """A job per combination of swept values, all of them in one table; folded into one batch where that can be."""
    from balsim.config import compose, sweepable
    from balsim.folding import foldable
    from balsim.overrides import check_value, parse

    if args.config_name is None and not any(o.key == "experiment" for o in overrides):
        overrides = [*overrides, *parse(["experiment=alignment"])]
    swept = {o.key: o.sweep for o in overrides if o.sweep}
    for key, found in swept.items():
        for chosen in parse(f"{key}={value}" for value in found):
            check_value(key, chosen.value, _directory(args))
    texts = [o.text for o in overrides if not o.sweep and o.key not in {"out", "hydra.sweep.dir"}]
    opening = [f"{key}={found[0]}" for key, found in swept.items() if not sweepable(key)]
    cfg = compose(*texts, *opening, directory=_directory(args), name=args.config_name or "config")
    folder = _sweep_folder(cfg, overrides, swept)
    print(f"{_product(swept)} designs over {', '.join(swept) or 'nothing'} → {folder}")
    return (_folded if foldable(overrides) else _one_by_one)(args, overrides, cfg, folder)


def _folded(args: argparse.Namespace, overrides: list[Override], cfg: DictConfig, folder: Path) -> int:
    """All jobs of a sweep as one design."""
    from balsim import report, runner
    from balsim.folding import fold, number_jobs

    cfg = fold(cfg, {o.key: o.sweep for o in overrides if o.sweep})
    cfg.out = str(folder)
    _check_worlds(cfg)
    number_jobs(folder, [o for o in overrides if o.key not in {"out", "hydra.sweep.dir"}])
    results = runner.run(cfg)
    report.write(results)
    print(report.terminal(results))
    return 0


def _one_by_one(args: argparse.Namespace, overrides: list[Override], cfg: DictConfig, folder: Path) -> int:
    """A design per job, by Hydra's own sweeper and launcher; joined where they differ in nothing but their axes."""
    from balsim.config import expand_axes, sweepable
    from balsim.overrides import quoted

    _check_worlds(cfg)
    swept = {o.key: o.sweep for o in overrides if o.sweep}
    present = set(expand_axes(cfg))
    columns = [key for key in swept if sweepable(key)]
    texts = [o.text for o in overrides if o.key not in {"out", "hydra.sweep.dir"}]
    texts += [f"++design.axes.{key.replace('.', '_')}={{key:{key}}}" for key in columns if key not in present]
    _hydra([*_flags(args), *texts, f"hydra.sweep.dir={quoted(str(folder))}", "hydra.sweep.subdir=${hydra.job.num}"])
    jobs = [folder / str(number) for number in range(_product(swept))]
    status = _failures(jobs)
    if status == 0 and len(columns) == len(swept):
        _print_joined(jobs, folder)
    return status


def _sweep_folder(cfg: DictConfig, overrides: list[Override], swept: dict[str, tuple[str, ...]]) -> Path:
    """The user's folder, or one named by what is swept, so that the same command goes on where it stopped."""
    import hashlib

    from balsim.config import default_out

    given = _given(overrides, "out") or _given(overrides, "hydra.sweep.dir")
    content = json.dumps([str(default_out(cfg)), sorted(swept.items())])
    return Path(given or f"outputs/{cfg.experiment or 'design'}-{hashlib.sha256(content.encode()).hexdigest()[:8]}")


def _product(swept: dict[str, tuple[str, ...]]) -> int:
    count = 1
    for found in swept.values():
        count *= len(found)
    return count


def _given(overrides: list[Override], key: str) -> str | None:
    """The value given for a key, the last one counting."""
    found = [o.value for o in overrides if o.key == key]
    return str(found[-1]) if found and found[-1] is not None else None


def _check_worlds(cfg: DictConfig) -> int:
    """Number of points of the design; raises BadInput where its grid or one of its scenarios does not hold up."""
    from balsim.design import Design

    design = Design.from_config(cfg)
    design.worlds()
    return len(design)


def _announce(cfg: DictConfig, points: int) -> None:
    """Say which axes the command line has pinned, and what is left to run."""
    from balsim.config import expand_axes, pinned

    axes = expand_axes(cfg)
    for key in pinned(cfg):
        print(f"{key} is held at {axes[key][0]} (given); the other axes of the design stay")
    open_axes = [f"{key} ({len(found)})" for key, found in axes.items() if len(found) > 1]
    over = f" over {', '.join(open_axes)}" if open_axes else ""
    print(f"{points} point{'s' if points > 1 else ''}{over}, {cfg.runs} runs each, {cfg.years} years")


def _flags(args: argparse.Namespace) -> list[str]:
    """Hydra's flags again. A user's folder becomes the main one: added, it would come after the built-in files."""
    flags = ["--multirun"] if args.multirun else []
    directory = _directory(args)
    if directory is not None:
        flags += ["--config-path", str(directory.resolve())]
    if args.config_name is not None:
        flags += ["--config-name", args.config_name]
    return flags


def _hydra(arguments: Sequence[str]) -> None:
    """Run Hydra's application on these arguments; its errors are raised instead of printed."""
    import hydra

    application: Any = hydra.main(version_base=None, config_path=None, config_name="config")(job)
    with _process(["balsim", *arguments, *QUIET]):
        application()


@contextmanager
def _process(argv: list[str]) -> Iterator[None]:
    """The command line and the setting that Hydra reads from the process, put back afterwards."""
    before, setting = sys.argv, os.environ.get("HYDRA_FULL_ERROR")
    sys.argv, os.environ["HYDRA_FULL_ERROR"] = argv, "1"
    try:
        yield
    finally:
        sys.argv = before
        if setting is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = setting


def job(cfg: DictConfig) -> None:
    """One Hydra job: run the design and, where it is the only one, print its answer.

    An error is left in the job's folder instead of raised: Hydra would print a traceback, and a launcher that runs
    jobs in other processes would not pass on which kind it was.
    """
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    from balsim.config import finish
    from balsim.overrides import parse

    settings = HydraConfig.get()
    folder = Path(settings.runtime.output_dir)
    problem = folder / FAILED
    problem.unlink(missing_ok=True)
    try:
        own = [s.path for s in settings.runtime.config_sources if s.provider == "main" and s.path]
        cfg = finish(cfg, parse(settings.overrides.task), Path(own[0]) if own else None)
        cfg.out = str(folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder)
        _run(cfg, alone=settings.mode == RunMode.RUN)
    except Exception as error:
        if os.environ.get("BALSIM_TRACEBACK") == "1":
            import traceback

            traceback.print_exception(error)
        status, message = _verdict(error)
        problem.write_text(json.dumps({"status": status, "message": message}) + "\n", encoding="utf-8")


def _run(cfg: DictConfig, alone: bool) -> None:
    from balsim import report, runner

    results = runner.run(cfg)
    if alone:
        report.write(results)
        print(report.terminal(results))


def _print_joined(jobs: list[Path], folder: Path) -> None:
    """Join the tables of a sweep's jobs in its folder, report on them and print the answer."""
    from balsim import report, runner

    results = runner.join(jobs, folder)
    report.write(results)
    print(report.terminal(results))


def _failures(folders: list[Path]) -> int:
    """Exit status of finished jobs; what went wrong is printed, one line per distinct message."""
    failed = [json.loads(f.read_text(encoding="utf-8")) for f in (d / FAILED for d in folders) if f.is_file()]
    if not failed:
        return 0
    message = failed[0]["message"]
    count = f"{len(failed)} of {len(folders)} designs failed; the first: " if len(folders) > 1 else ""
    print(f"balsim: {count}{message}", file=sys.stderr)
    return max(entry["status"] for entry in failed)

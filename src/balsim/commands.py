"""The plain commands beside the Hydra application: list, explain, report, compare, export, verify."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from omegaconf import OmegaConf

from balsim.overrides import GROUPS, choices, conf_tree
from balsim.params import BY_KEY, BadInput, Parameter, nearest
from balsim.schema import MEANINGS

if TYPE_CHECKING:
    from balsim.runner import Results

FORMATS = ("csv", "dta")


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{self.prog}: {message} (see balsim --help)")


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. Raises BadInput."""
    parser = _Parser(prog="balsim", add_help=False)
    commands: Any = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list").add_argument("group", nargs="?")
    commands.add_parser("explain").add_argument("key")
    for name in ("report", "verify", "export"):
        commands.add_parser(name).add_argument("directory", type=Path)
    commands.choices["verify"].add_argument("--sample", type=int, default=10)
    commands.choices["export"].add_argument("--format", default="csv")
    compare = commands.add_parser("compare")
    compare.add_argument("first", type=Path)
    compare.add_argument("second", type=Path)
    args = parser.parse_args(arguments)
    carry_out: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": lambda a: _show(list_choices(a.group)),
        "explain": lambda a: _show(explain(a.key)),
        "report": _report,
        "verify": _verify,
        "export": lambda a: _show("\n".join(map(str, export(a.directory, a.format)))),
        "compare": _compare,
    }
    return carry_out[args.command](args)


def _show(text: str) -> int:
    print(text)
    return 0


def list_choices(group: str | None = None) -> str:
    """The choices of one group with their descriptions, or the names in every group. Raises BadInput."""
    if group is None:
        return "\n".join(f"{name:11} {', '.join(choices(name))}" for name in GROUPS)
    if group not in GROUPS:
        raise BadInput(f"unknown group '{group}'{nearest(group, GROUPS)} (there are {', '.join(GROUPS)})")
    return "\n".join(_described(group, name) for name in choices(group))


def _described(group: str, name: str) -> str:
    """A choice and what its file says of it."""
    if group == "scenario":
        from balsim.scenario import facts

        found: dict[str, Any] = facts(name) if name != "file" else {"title": "your own states, from scenario.file"}
        return f"{name}\n    {found.get('title', '')}"
    content: Any = OmegaConf.to_container(OmegaConf.load(conf_tree() / group / f"{name}.yaml"))
    lines = [content["design"]["question"] if group == "experiment" else content.get("description", "")]
    lines += [f"{label}: {content[part]}" for part, label in (("source", "Source"), ("leaves_out", "Leaves out"))
              if content.get(part)]  # fmt: skip
    return "\n    ".join([name, *lines])


def explain(key: str) -> str:
    """What a key of the configuration means. Raises BadInput for an unknown one, naming the nearest."""
    if key in BY_KEY:
        return _parameter(BY_KEY[key])
    if key in GROUPS:
        return f"{key}: {MEANINGS[key]}\n  choices  {', '.join(choices(key))}"
    if key in MEANINGS:
        return f"{key}: {MEANINGS[key]}"
    if key.startswith("scenario."):
        from balsim.scenario import ScenarioSettings

        if key.split(".")[1] in ScenarioSettings.__dataclass_fields__:
            return f"{key}: a setting of the starting world (see balsim list scenario and the documentation)"
    raise BadInput(f"unknown key '{key}'{nearest(key, [*BY_KEY, *MEANINGS])}")


def _parameter(parameter: Parameter) -> str:
    """The entry of one parameter."""
    if parameter.choices:
        span = ", ".join(parameter.choices)
    elif parameter.kind is tuple:
        span = f"any of {', '.join(parameter.default)}"
    elif parameter.kind is bool:
        span = "true or false"
    else:
        span = f"{parameter.low:g} to {parameter.high:g}"
    default = ", ".join(parameter.default) if parameter.kind is tuple else parameter.default
    lines = [f"{parameter.key}: {parameter.meaning}", f"  unit     {parameter.unit}", f"  range    {span}",
             f"  default  {_as_yaml(default)}"]  # fmt: skip
    if parameter.prior:
        lines.append(f"  prior    {parameter.prior[0]:g} to {parameter.prior[1]:g} (sensitivity analysis)")
    if parameter.symbol:
        lines.append(f"  symbol   {parameter.symbol}")
    return "\n".join([*lines, f"  source   {parameter.source}"])


def _as_yaml(value: Any) -> str:
    """A value as the configuration files write it."""
    return {None: "null", True: "true", False: "false"}.get(value, str(value)) if not isinstance(value, float) \
        else f"{value:g}"  # fmt: skip


def _open(directory: Path) -> Results:
    """Stored results. Raises BadInput where the folder holds none."""
    from balsim import runner

    if not (directory / "manifest.json").is_file():
        raise BadInput(f"'{directory}' holds no results (no manifest.json)")
    return runner.open_results(directory)


def _report(args: argparse.Namespace) -> int:
    from balsim import report

    results = _open(args.directory)
    report.write(results)
    return _show(report.terminal(results))


def _verify(args: argparse.Namespace) -> int:
    from balsim import runner

    if args.sample < 1:
        raise BadInput(f"--sample {args.sample}: at least one run must be drawn")
    _open(args.directory)
    problems = runner.verify(args.directory, args.sample)
    for problem in problems:
        print(problem)
    print(f"{args.directory}: {'differs from what is computed now' if problems else 'computed again, the same'}")
    return 1 if problems else 0


def _compare(args: argparse.Namespace) -> int:
    from balsim.compare import compare

    table = compare(_open(args.first), _open(args.second))
    print(f"{args.second} against {args.first}: {table.attrs['basis']}")
    return _show(table.to_string(index=False, float_format=lambda x: f"{x:.4g}"))


def export(directory: Path, form: str) -> list[Path]:
    """Write runs, cells and trajectories of stored results as ``DIR/export/<table>.<form>``; returns the files.

    form : ``csv``, or ``dta`` (Stata 14 and later; a column is renamed where Stata cannot have its name, and labelled
    with the name it had)

    Raises BadInput for another form or a folder without results.
    """
    if form not in FORMATS:
        raise BadInput(f"--format: '{form}' is not one of {', '.join(FORMATS)}{nearest(form, FORMATS)}")
    results = _open(directory)
    folder = directory / "export"
    folder.mkdir(exist_ok=True)
    written = []
    for name in ("runs", "cells", "trajectories"):
        table, path = getattr(results, name), folder / f"{name}.{form}"
        if form == "csv":
            table.to_csv(path, index=False)
        else:
            _write_stata(table, path)
        written.append(path)
    return written


def _write_stata(table: Any, path: Path) -> None:
    """Write a table in Stata's format: names of at most 32 letters, digits and underscores, no booleans."""
    names: dict[str, str] = {}
    for column in table.columns:
        plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in column)
        plain = plain if plain[0].isalpha() else f"_{plain}"
        short, count = plain[:32], 1
        while short in names.values():
            count += 1
            short = f"{plain[: 31 - len(str(count))]}_{count}"
        names[column] = short
    plain_table = table.rename(columns=names)
    for column in plain_table.columns:
        if plain_table[column].dtype == bool:
            plain_table[column] = plain_table[column].astype("int8")
        elif plain_table[column].dtype.kind not in "iuf":
            plain_table[column] = plain_table[column].astype(object).where(plain_table[column].notna(), "").map(str)
    labels = {short: column[:80] for column, short in names.items()}
    plain_table.to_stata(path, write_index=False, variable_labels=labels, version=118)

"""The configuration's schema, generated from the parameter table, so that a parameter is written down once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, make_dataclass
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from balsim.params import PARAMETERS, Parameter
from balsim.scenario import ScenarioSettings


@dataclass
class Axis:
    """One swept key: either `values`, or `points` equally spaced values from `low` to `high`."""

    key: str = ""
    low: float | None = None
    high: float | None = None
    points: int | None = None
    values: list[Any] | None = None


@dataclass
class Sample:
    """Points spread over the priors of parameters instead of a grid; an empty method means a grid over the axes."""

    method: str = ""  # one of design.SAMPLES
    parameters: list[str] = field(default_factory=list)  # numeric ones; none for all that have a prior
    draws: int = 0
    seed: int = 0


@dataclass
class DesignSettings:
    """What an experiment asks, and the axes over which it asks."""

    name: str = ""
    question: str = ""
    analysis: list[str] = field(default_factory=list)  # modules of balsim.analysis whose findings the report shows
    axes: dict[str, Any] = field(default_factory=dict)  # of Axis; plain, so that a whole axis can be given at once
    sample: Sample = field(default_factory=Sample)


@dataclass
class Sensitivity:
    """What the sensitivity analysis asks of a Morris sample, and of the Sobol' sample that follows it."""

    outcomes: list[str] = field(default_factory=lambda: ["tipped", "share_hard_balance", "share_soft_balance"])
    keep: int = 6
    draws: int = 128


@dataclass
class Record:
    """What is kept beyond the outcome of each run."""

    panel: int = 0


@dataclass
class Cluster:
    """Where the work is done."""

    name: str = ""
    description: str = ""
    kind: str = "local"
    scheduler: str | None = None
    workers: int | None = None
    cores: int = 4
    memory: str = "4GB"
    queue: str | None = None
    account: str | None = None
    walltime: str = "01:00:00"
    interface: str | None = None
    directives: list[str] = field(default_factory=list)
    prologue: list[str] = field(default_factory=list)
    wait: float = 300.0


@dataclass
class Application:
    """The keys that are not parameters of the model."""

    scenario: ScenarioSettings = field(default_factory=ScenarioSettings)
    design: DesignSettings = field(default_factory=DesignSettings)
    sensitivity: Sensitivity = field(default_factory=Sensitivity)
    record: Record = field(default_factory=Record)
    cluster: Cluster = field(default_factory=Cluster)
    experiment: str = ""
    engine: str = "batch"
    runs: int = 100
    years: int = 60
    seed: int = 1
    threads: int | None = None
    out: str | None = None
    progress: bool = True
    fresh: bool = False
    given: list[str] = field(default_factory=list)
    config_dir: str | None = None


MEANINGS = {
    "experiment": "the question: sets the axes of the design and what differs from the defaults",
    "theory": "the school of thought: weights, switches and menu",
    "scenario": "the starting world",
    "hegemon": "how the hegemon's conduct moves",
    "engine": "batch (many worlds at once) or mesa (readable, one world at a time); both give the same bytes",
    "runs": "worlds per point of the design, at least 1",
    "years": "length of a run in years, at least 1",
    "seed": "selects the random numbers; same seed, same results",
    "threads": "processor cores to use; null for all",
    "out": "folder of the results; null for outputs/<experiment>-<key>",
    "progress": "whether to show progress on the terminal",
    "fresh": "run everything again instead of using what the folder holds already",
    "cluster": "where the work is done: local (threads of this process), dask or slurm",
    "cluster.kind": "local (threads of this process), dask (processes on this machine, or a scheduler) or slurm",
    "cluster.scheduler": "address of a running Dask scheduler, such as tcp://127.0.0.1:8786",
    "cluster.workers": "worker processes on this machine, or jobs on Slurm; null for one a processor",
    "cluster.cores": "processor cores of a Slurm job",
    "cluster.memory": "memory of a Slurm job, such as 4GB",
    "cluster.queue": "partition of Slurm; null for its default",
    "cluster.account": "account that Slurm charges; null for the user's own",
    "cluster.walltime": "longest time a Slurm job may take, hours:minutes:seconds",
    "cluster.interface": "network interface over which workers reach the scheduler, such as ib0; null to choose",
    "cluster.directives": "further #SBATCH lines of a Slurm job",
    "cluster.prologue": "shell lines that a Slurm job runs first, such as module load",
    "cluster.wait": "seconds to wait for the scheduler and the first worker",
    "record.panel": "worlds per point of which every state-year is kept",
    "design.name": "name of the design in reports",
    "design.question": "the question of the experiment in words",
    "design.analysis": "analyses whose findings the report shows",
    "design.sample.method": "empty: a grid over the axes; else latin_hypercube, morris or sobol, over priors",
    "design.sample.parameters": "parameters that a sample varies; none for all that have a prior",
    "design.sample.draws": "points of a Latin hypercube, trajectories of Morris, base points of Sobol'",
    "design.sample.seed": "of the draw of points; the random numbers of the runs depend on seed only",
    "sensitivity.outcomes": "outcomes of a run whose sensitivity is analysed",
    "sensitivity.keep": "parameters that go on from Morris' screening to Sobol' indices, share and unilateralism aside",
    "sensitivity.draws": "base points of Sobol' indices, a power of two; 0 stops after the screening",
    "given": "the overrides that the user gave; kept by balsim itself",
    "config_dir": "folder of the user's own configuration files (--config-dir); kept by balsim itself",
}
"""What each key outside the parameter table means."""

TEXTS = {"theory": ("name", "description", "source", "leaves_out"), "hegemon": ("name", "description"),
         "cluster": ("name", "description")}
"""Plain-text keys that the files of a group carry beside its parameters."""


def schema(parameters: Iterable[Parameter] = PARAMETERS) -> type:
    """The dataclass of the whole configuration, with a nested section for each dotted prefix of the parameters."""
    tree: dict[str, Any] = {}
    for parameter in parameters:
        *parents, leaf = parameter.key.split(".")
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
        node[leaf] = parameter
    sections = []
    for name, node in tree.items():
        section = _section(name, node, TEXTS.get(name, ()))
        sections.append((name, section, field(default_factory=section)))
    return make_dataclass("Configuration", sections, bases=(Application,))


def _section(name: str, node: Mapping[str, Any], texts: tuple[str, ...] = ()) -> type:
    """The dataclass of one section: its parameters, its subsections and its texts."""
    fields: list[tuple[str, Any, Any]] = [(text, str, field(default="")) for text in texts]
    for key, entry in node.items():
        if isinstance(entry, Parameter):
            fields.append((key, _annotation(entry), _default(entry)))
        else:
            inner = _section(key, entry)
            fields.append((key, inner, field(default_factory=inner)))
    return make_dataclass(name.capitalize(), fields)


def _annotation(parameter: Parameter) -> Any:
    """The type under which OmegaConf checks a parameter."""
    if parameter.kind is tuple:
        return list[str]
    kind = str if parameter.choices else parameter.kind
    return kind | None if parameter.optional else kind


def _default(parameter: Parameter) -> Any:
    """The dataclass field that holds a parameter's default."""
    if parameter.kind is tuple:
        return field(default_factory=lambda: list(parameter.default))
    return field(default=parameter.default)


CONFIGURATION = schema()

# Hydra merges conf/config.yaml over what is stored here under the name that the file starts from.
ConfigStore.instance().store(name="balsim_schema", node=CONFIGURATION)


def known_keys() -> list[str]:
    """Every key that the configuration has, dotted."""
    return _dotted(OmegaConf.to_container(OmegaConf.structured(CONFIGURATION)))


def _dotted(tree: Any, prefix: str = "") -> list[str]:
    keys: list[str] = []
    for name, entry in tree.items():
        keys += _dotted(entry, f"{prefix}{name}.") if isinstance(entry, dict) and entry else [f"{prefix}{name}"]
    return keys

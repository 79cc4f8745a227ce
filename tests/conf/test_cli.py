"""The command line: one clear line for every mistake, pinned axes, sweeps, and the plain commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf

import balsim
from balsim import cli, config
from balsim.design import Design
from balsim.params import BadInput

SMALL = ("experiment=alignment", "runs=3", "years=5")


class Laboratory:
    """Stands in for runner and report: writes a table of invented outcomes and remembers what it was asked."""

    def __init__(self) -> None:
        self.designs: list[Design] = []
        self.configs: list = []
        self.joined: list[list[Path]] = []
        self.failure: Exception | None = None

    def run(self, cfg) -> SimpleNamespace:
        if self.failure is not None:
            raise self.failure
        design = Design.from_config(cfg)
        self.configs.append(cfg)
        self.designs.append(design)
        runs = design.points.loc[design.points.index.repeat(design.runs)].reset_index(drop=True)
        runs["run"] = np.tile(np.arange(design.runs), len(design))
        return self._store(Path(cfg.out), runs, design.seed)

    def join(self, directories: list[Path], out: Path) -> SimpleNamespace:
        self.joined.append(directories)
        return self._store(out, pd.concat([pd.read_csv(d / "runs.csv") for d in directories]), 1)

    @staticmethod
    def _store(out: Path, runs: pd.DataFrame, seed: int) -> SimpleNamespace:
        out.mkdir(parents=True, exist_ok=True)
        runs.to_csv(out / "runs.csv", index=False)
        (out / "manifest.json").write_text(json.dumps({"seed": seed}), encoding="utf-8")
        return SimpleNamespace(runs=runs, manifest={"seed": seed}, out=out)


@pytest.fixture
def laboratory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Laboratory:
    lab = Laboratory()
    report = SimpleNamespace(write=lambda results: results.out, terminal=lambda results: f"ANSWER in {results.out}")
    for name, stub in (("runner", SimpleNamespace(run=lab.run, join=lab.join)), ("report", report)):
        monkeypatch.setitem(sys.modules, f"balsim.{name}", stub)
        monkeypatch.setattr(balsim, name, stub, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BALSIM_TRACEBACK", raising=False)
    return lab


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    """What was printed on stdout, and the lines on stderr."""
    out, err = capsys.readouterr()
    return out, err.splitlines()


BAD = [
    ("hegemon.unilateralsm=1", "hegemon.unilateralism"),
    ("theory=walt_1978", "walt_1987"),
    ("hegemon.capability_share=1.3", "out of range"),
    ("runs=0", "runs=0"),
    ("design.axes.share.points=0", "at least one point"),
    ("design.axes.land.values=[]", "is empty"),
    ("scenario.file=nowhere.csv", "nowhere.csv"),
    ("lisst", "list"),
    ("--multi-run", "--help"),
    ("list theori", "theory"),
    ("explain hegemon.unilateralsm", "hegemon.unilateralism"),
    ("verify nowhere", "nowhere"),
    ("report nowhere", "nowhere"),
    ("export nowhere --format xls", "csv, dta"),
    ("compare nowhere", "second"),
    ("-m hegemon.capability_share=0.3,1.3", "out of range"),
    ("-m theory=walt_1987,waltz_1997", "waltz_1979"),
    ("-m runs=0,1", "runs=0"),
    ("--config-dir nowhere", "nowhere"),
]


@pytest.mark.parametrize(("arguments", "names"), BAD, ids=[a for a, _ in BAD])
def test_bad_input_ends_in_one_line_with_status_2_and_writes_nothing(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str], arguments: str, names: str
) -> None:
    status = cli.main(arguments.split())
    _, errors = said(capsys)
    assert status == 2
    assert len(errors) == 1 and errors[0].startswith("balsim: "), f"not one clear line: {errors}"
    assert names in errors[0], f"the line does not help: {errors[0]}"
    assert list(Path.cwd().iterdir()) == [], "bad input has left files behind"


def test_a_traceback_is_shown_on_request_only(laboratory, capsys, monkeypatch) -> None:
    monkeypatch.setenv("BALSIM_TRACEBACK", "1")
    assert cli.main(["runs=0"]) == 2
    _, errors = said(capsys)
    assert errors[0].startswith("Traceback") and errors[-1].startswith("balsim: runs=0")


def test_one_design_runs_in_its_folder_and_prints_its_answer(laboratory, capsys) -> None:
    assert cli.main([*SMALL, "out=my results"]) == 0
    out, errors = said(capsys)
    assert "ANSWER in my results" in out and errors == []
    assert Path("my results/.hydra/overrides.yaml").is_file(), "what reproduces the run is not beside it"
    assert not Path("outputs").exists()


def test_the_default_folder_is_named_by_experiment_and_key(laboratory) -> None:
    assert cli.main([*SMALL]) == 0
    folder = config.default_out(balsim.compose(*SMALL))
    assert Path(laboratory.configs[0].out) == folder and (folder / ".hydra").is_dir()


def test_pinned_axes_are_announced(laboratory, capsys) -> None:
    assert cli.main(["hegemon.unilateralism=0.5", "runs=1", "design.axes.share.points=2"]) == 0
    out, _ = said(capsys)
    assert "hegemon.unilateralism is held at 0.5" in out
    assert len(laboratory.designs[0]) == 4 and laboratory.designs[0].pinned == ["hegemon.unilateralism"]


def test_a_failure_while_running_ends_in_one_line_with_status_1(laboratory, capsys) -> None:
    laboratory.failure = RuntimeError("disk full\nno space left")
    assert cli.main([*SMALL, "out=here"]) == 1
    out, errors = said(capsys)
    assert len(errors) == 1 and "disk full" in errors[0] and "ANSWER" not in out
    laboratory.failure = None
    assert cli.main([*SMALL, "out=here"]) == 0, "a failure must not stick to the folder"


def test_bad_input_found_while_running_has_status_2(laboratory, capsys) -> None:
    laboratory.failure = BadInput("theory.expectation=exact takes at most 20 states")
    assert cli.main([*SMALL]) == 2
    assert said(capsys)[1] == ["balsim: theory.expectation=exact takes at most 20 states"]


def test_an_interruption_has_status_130(laboratory, capsys) -> None:
    laboratory.failure = KeyboardInterrupt()  # type: ignore[assignment]
    assert cli.main([*SMALL]) == 130
    assert len(said(capsys)[1]) == 1


def test_a_sweep_is_one_batch_with_one_table(laboratory, capsys) -> None:
    arguments = ["-m", "hegemon.capability_share=0.3,0.5", "hegemon.unilateralism=0.2,0.8", "runs=50", "out=sweep"]
    assert cli.main(arguments) == 0
    out, errors = said(capsys)
    assert errors == [] and out.count("ANSWER") == 1
    assert [c.experiment for c in laboratory.configs] == ["alignment"], "-m alone means an ensemble at each point"
    table = pd.read_csv("sweep/runs.csv")
    counts = table.groupby(["hegemon.capability_share", "hegemon.unilateralism"])["run"].nunique()
    assert len(table) == 200 and dict(counts) == dict.fromkeys([(0.3, 0.2), (0.3, 0.8), (0.5, 0.2), (0.5, 0.8)], 50)


def jobs(folder: str) -> dict[int, list[str]]:
    """Overrides of each job of a sweep by its number."""
    found = {int(p.parts[-3]): OmegaConf.load(p) for p in Path(folder).glob("*/.hydra/overrides.yaml")}
    return {number: list(found[number]) for number in sorted(found)}


def test_every_job_of_a_sweep_leaves_its_number_and_its_overrides(laboratory) -> None:
    assert cli.main(["-m", "hegemon.unilateralism=0.2,0.8", "runs=2", "theory=walt_1987,waltz_1979", "out=sweep"]) == 0
    assert jobs("sweep") == {
        k: [f"hegemon.unilateralism={u}", "runs=2", f"theory={theory}", "experiment=alignment"]
        for k, (u, theory) in enumerate(product(("0.2", "0.8"), ("walt_1987", "waltz_1979")))
    }, "not the jobs that Hydra's own sweeper numbers"


def test_another_sweep_into_the_same_folder_overwrites_no_job(laboratory) -> None:
    for shares in ("0.3,0.5", "0.3,0.4,0.5"):
        assert cli.main(["-m", f"hegemon.capability_share={shares}", "out=sweep"]) == 0
    assert [found[0] for found in jobs("sweep").values()] == [f"hegemon.capability_share={s}" for s in (0.3, 0.5, 0.4)]


def test_hydra_s_own_launcher_runs_the_same_jobs_one_by_one(laboratory) -> None:
    sweep = ["-m", "hegemon.unilateralism=0.2,0.8", "theory=walt_1987,waltz_1979", "runs=2", "years=5"]
    assert cli.main([*sweep, "out=folded"]) == 0
    assert cli.main([*sweep, "out=single", "hydra/launcher=basic"]) == 0
    folded, *single = laboratory.designs
    assert [len(d) for d in single] == [1] * 4 and laboratory.joined == [[Path("single") / str(k) for k in range(4)]]
    assert folded.records.tobytes() == b"".join(d.records.tobytes() for d in single), "folding changes parameters"
    assert folded.points.equals(pd.concat([d.points for d in single], ignore_index=True)[list(folded.points)])
    assert [set(found) for found in jobs("folded").values()] <= [set(found) for found in jobs("single").values()]


@pytest.mark.parametrize("swept", [
    ["theory.menu=[hard_balance,bargain],[soft_balance,bargain]"], ["hegemon.capability_share=null,0.4"],
    ["hegemon.unilateralism=range(0,1.01,0.1)"], ["scenario.n_states=5,7", "scenario=synthetic"],
    ["scenario.state.CHN.offence=0.1,0.9"], ["hegemon=fixed,ramp", "hegemon.unilateralism=0.2,0.4"],
    ["theory=walt_1987,waltz_1979", "theory.conversion=0.3"],
])  # fmt: skip
def test_folded_jobs_are_what_hydra_would_have_run(laboratory, swept: list[str]) -> None:
    assert cli.main(["-m", *swept, "runs=2", "years=5", "out=folded"]) == 0
    assert cli.main(["-m", *swept, "runs=2", "years=5", "out=single", "hydra/launcher=basic"]) == 0
    folded, *single = laboratory.designs
    assert folded.records.tobytes() == b"".join(d.records.tobytes() for d in single), "folding changes parameters"
    worlds = [d.scenario_settings[0] for d in single]
    assert [folded.scenario_settings[s] for s in folded.scenario_of] == worlds, "folding changes the starting world"


def test_a_sweep_over_theories_keeps_them_apart_in_the_table(laboratory) -> None:
    assert cli.main(["--multirun", "theory=walt_1987,waltz_1979", "runs=2", "years=5"]) == 0
    assert laboratory.designs[0].points["theory"].tolist() == ["walt_1987", "waltz_1979"]


def test_a_sweep_may_name_an_experiment_and_replaces_its_axes(laboratory) -> None:
    sweep = ["-m", "experiment=tipping_surface", "hegemon.unilateralism=0,1"]
    assert cli.main([*sweep, "design.axes.share.points=2"]) == 0
    assert [len(d) for d in laboratory.designs] == [8]
    assert set(laboratory.designs[0].points["hegemon.unilateralism"]) == {0.0, 1.0}


def test_the_same_sweep_goes_to_the_same_folder_and_another_elsewhere(laboratory) -> None:
    for values in ("0,1", "0,1", "0,0.5"):
        assert cli.main(["-m", f"hegemon.unilateralism={values}", "runs=2"]) == 0
    first, again, other = (cfg.out for cfg in laboratory.configs)
    assert first == again != other


def test_designs_that_differ_in_their_seed_are_not_joined(laboratory) -> None:
    assert cli.main(["-m", "seed=1,2", "runs=2", "years=5"]) == 0
    assert [d.seed for d in laboratory.designs] == [1, 2] and laboratory.joined == []


def test_a_sweep_that_fails_says_so_at_once(laboratory, capsys) -> None:
    laboratory.failure = RuntimeError("disk full")
    assert cli.main(["-m", "hegemon.unilateralism=0,1", "runs=2"]) == 1
    out, errors = said(capsys)
    assert len(errors) == 1 and "disk full" in errors[0] and "ANSWER" not in out


def test_a_design_that_fails_under_hydra_s_launcher_is_reported_once_and_nothing_is_joined(laboratory, capsys) -> None:
    laboratory.failure = RuntimeError("disk full")
    assert cli.main(["-m", "hegemon.unilateralism=0,1", "runs=2", "hydra/launcher=basic"]) == 1
    out, errors = said(capsys)
    assert len(errors) == 1 and "2 of 2" in errors[0] and "disk full" in errors[0]
    assert laboratory.joined == [] and "ANSWER" not in out


def test_the_configuration_in_a_result_folder_runs_the_same_design_again(laboratory, tmp_path) -> None:
    cfg = balsim.compose(*SMALL, "theory=walt_1987", "theory.memory=0.37")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "config.yaml").write_text(config.as_yaml(cfg), encoding="utf-8")
    assert cli.main(["--config-dir", "old", "--config-name", "config", "out=new"]) == 0
    assert config.key(laboratory.configs[0]) == config.key(cfg)
    assert laboratory.configs[0].runs == 3


def test_hydra_s_own_view_of_the_configuration_is_at_hand(laboratory, capsys) -> None:
    assert cli.main(["--cfg", "job", "theory=walt_1987"]) == 0
    out, _ = said(capsys)
    assert "unilateralism: 0.5" in out and "name: walt_1987" in out and laboratory.designs == []


def test_list_names_every_choice_with_what_it_is(capsys) -> None:
    assert cli.main(["list"]) == 0
    assert "tipping_surface" in said(capsys)[0]
    for group, text in (("theory", "Leaves out"), ("scenario", "2003"), ("experiment", "?"), ("hegemon", "ramp_low")):
        assert cli.main(["list", group]) == 0
        assert text in said(capsys)[0], f"balsim list {group} does not describe its choices"


@pytest.mark.parametrize(("key", "says"), [
    ("theory.conversion", "Paul 2004"), ("theory.menu", "soft_balance"), ("hegemon.policy", "fixed, ramp"),
    ("hegemon.land_power", "true or false"), ("hegemon.capability_share", "null"), ("theory", "walt_1987"),
    ("runs", "worlds per point"), ("scenario.n_states", "starting world"), ("choice.rationality", "symbol   β"),
])  # fmt: skip
def test_explain_says_what_a_key_means(capsys, key: str, says: str) -> None:
    assert cli.main(["explain", key]) == 0
    assert says in said(capsys)[0]


def test_verify_reports_differences_by_its_status(laboratory, capsys, tmp_path) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    sys.modules["balsim.runner"].open_results = lambda d: None  # type: ignore[attr-defined]
    for problems, status in (([], 0), (["run 3 differs"], 1)):
        sys.modules["balsim.runner"].verify = lambda d, sample, p=problems: p  # type: ignore[attr-defined]
        assert cli.main(["verify", str(tmp_path), "--sample", "5"]) == status
    assert "run 3 differs" in said(capsys)[0]


def test_help_is_balsim_s_own_and_needs_no_heavy_library() -> None:
    code = (
        "import sys; from balsim.cli import main; status = main(['--help']); "
        "heavy = {'pandas', 'numba', 'matplotlib', 'mesa', 'scipy', 'hydra'} & set(sys.modules); "
        "sys.exit(status or len(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, f"--help imports heavy libraries or fails: {done.stderr}"
    assert "balsim -m" in done.stdout and "balsim explain KEY" in done.stdout


def test_python_m_balsim_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "balsim", "runs=0"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["balsim: runs=0 is out of range: must be at least 1"]
    done = subprocess.run([sys.executable, "-m", "balsim", "--version"], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == f"balsim {balsim.__version__}"


def test_a_sweep_over_one_s_own_theory_files(laboratory, tmp_path) -> None:
    (tmp_path / "own" / "theory").mkdir(parents=True)
    (tmp_path / "own" / "theory" / "mine.yaml").write_text("name: mine\nconversion: 0.11\n", encoding="utf-8")
    assert cli.main(["--config-dir", "own", "-m", "theory=mine,walt_1987", "runs=2", "years=5"]) == 0
    assert laboratory.designs[0].records.conversion.tolist() == [0.11, 0.0]

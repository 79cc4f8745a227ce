"""The configuration: generated from the parameter table, composed from conf/, strict about what users type."""

from __future__ import annotations

import itertools
import json

import pytest
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

import balsim
from balsim import config
from balsim.overrides import GROUPS, choices, conf_tree
from balsim.params import BY_KEY, PARAMETERS, BadInput, Parameter
from balsim.schema import CONFIGURATION, MEANINGS, TEXTS, known_keys, schema

EVERY_CHOICE = [(group, name) for group in GROUPS for name in choices(group)]
BOTH = list(itertools.product(choices("theory"), choices("experiment")))
OWN_STATES = {"file": ["scenario.file=states.csv"]}


def test_schema_holds_every_parameter_at_its_default() -> None:
    plain = OmegaConf.structured(CONFIGURATION)
    for parameter in PARAMETERS:
        found = OmegaConf.select(plain, parameter.key)
        found = tuple(found) if parameter.kind is tuple else found
        assert found == parameter.default, f"{parameter.key} starts at {found}, the table says {parameter.default}"


def test_a_parameter_added_to_the_table_appears_in_the_schema() -> None:
    new = Parameter("theory.honour.weight", 0.25, 0.0, 1.0, "proportion", "worth of honour", "Lebow 2008")
    plain = OmegaConf.structured(schema([*PARAMETERS, new]))
    assert plain.theory.honour.weight == 0.25, "the schema is not generated from the table of parameters"


def test_the_synthesis_with_a_fixed_hegemon_changes_no_default() -> None:
    found = config.values(balsim.compose("experiment=alignment"))
    for parameter in PARAMETERS:
        default = list(parameter.default) if parameter.kind is tuple else parameter.default
        assert found[parameter.key] == default, f"the defaults of conf/ move {parameter.key}"


@pytest.mark.parametrize(("group", "name"), EVERY_CHOICE, ids=[f"{g}={n}" for g, n in EVERY_CHOICE])
def test_every_file_of_every_group_composes(group: str, name: str) -> None:
    cfg = balsim.compose(f"{group}={name}", *OWN_STATES.get(name, []))
    label = cfg.experiment if group == "experiment" else cfg[group].name
    assert label == name, f"conf/{group}/{name}.yaml calls itself '{label}'"


@pytest.mark.parametrize(("theory", "experiment"), BOTH)
def test_every_experiment_composes_under_every_theory(theory: str, experiment: str) -> None:
    cfg = balsim.compose(f"theory={theory}", f"experiment={experiment}")
    assert cfg.theory.name == theory, f"{experiment} takes the place of the theory that was asked for"
    assert cfg.design.question, f"conf/experiment/{experiment}.yaml asks no question"


@pytest.mark.parametrize("theory", choices("theory"))
def test_every_theory_says_what_it_is_and_what_it_leaves_out(theory: str) -> None:
    section = balsim.compose(f"theory={theory}").theory
    for text in ("description", "source", "leaves_out"):
        assert section[text], f"conf/theory/{theory}.yaml has no {text}"


@pytest.mark.parametrize("theory", choices("theory"))
def test_every_value_of_a_theory_file_has_a_reason(theory: str) -> None:
    lines = (conf_tree() / "theory" / f"{theory}.yaml").read_text(encoding="utf-8").splitlines()
    for before, line in itertools.pairwise(["", *lines]):
        key, _, value = line.partition(":")
        if value and key.strip().isidentifier() and key not in ("name", "description", "source", "leaves_out"):
            assert "#" in line or before.startswith("#"), f"{theory}.yaml gives no reason for {line.strip()}"


def test_values_of_waltz_let_neither_conduct_nor_legitimacy_matter() -> None:
    found = config.values(balsim.compose("theory=waltz_1979"))
    assert "soft_balance" not in found["theory.menu"], "Waltz knows no soft balancing"
    for key in ("weights.proximity", "weights.offence", "weights.intentions", "policy", "norm", "disempowerment",
                "autonomy_legitimacy", "order_benefit"):  # fmt: skip
        assert found[f"theory.{key}"] == 0.0, f"under Waltz theory.{key} must be off"


def test_overrides_win_over_the_files() -> None:
    cfg = balsim.compose("experiment=tipping_surface", "theory=walt_1987", "theory.conversion=0.4", "runs=7")
    assert (cfg.theory.conversion, cfg.runs) == (0.4, 7), "what the user gives must win over theory and experiment"


def test_a_given_key_pins_its_axis_and_leaves_the_others() -> None:
    free = config.expand_axes(balsim.compose("experiment=tipping_surface"))
    cfg = balsim.compose("experiment=tipping_surface", "hegemon.unilateralism=0.5")
    axes = config.expand_axes(cfg)
    assert axes == free | {"hegemon.unilateralism": [0.5]}, "only the axis of the given key may change"
    assert config.pinned(cfg) == ["hegemon.unilateralism"]


def test_a_given_theory_pins_an_axis_over_theories() -> None:
    cfg = balsim.compose("experiment=alignment", "design.axes.school={key: theory, values: [synthesis, walt_1987]}",
                         "theory=waltz_1979")  # fmt: skip
    assert config.expand_axes(cfg) == {"theory": ["waltz_1979"]}


def test_equally_spaced_values_are_the_numbers_a_user_types() -> None:
    axes = config.expand_axes(balsim.compose("experiment=tipping_surface"))
    assert 0.45 in axes["hegemon.capability_share"] and 0.3 in axes["hegemon.unilateralism"]


def test_an_axis_can_be_refined_and_one_state_changed_without_hydra_s_signs() -> None:
    cfg = balsim.compose("design.axes.share.points=41", "scenario.state.CHN.offence=0.8")
    assert len(config.expand_axes(cfg)["hegemon.capability_share"]) == 41
    assert cfg.scenario.state.CHN.offence == 0.8


BAD = [
    (["hegemon.unilateralsm=1"], "did you mean 'hegemon.unilateralism'"),
    (["theory.wieghts.power=1"], "did you mean 'theory.weights.power'"),
    (["unilateralism=1"], "did you mean 'hegemon.unilateralism'"),
    (["+bogus=1"], "unknown key 'bogus'"),
    (["theory=walt_1978"], "unknown theory 'walt_1978'; did you mean 'walt_1987'"),
    (["scenario=unipolar_2030"], "did you mean 'unipolar_2003'"),
    (["experiment=tiping_surface"], "did you mean 'tipping_surface'"),
    (["hegemon=rampp"], "did you mean 'ramp'"),
    (["engine=mesaa"], "did you mean 'mesa'"),
    (["hegemon.capability_share=1.3"], "hegemon.capability_share=1.3 is out of range"),
    (["hegemon.unilateralism=much"], "hegemon.unilateralism must be a number"),
    (["theory.menu=[hard_balence]"], "did you mean 'hard_balance'"),
    (["theory.menu=[]"], "theory.menu is empty"),
    (["theory.menu=hard_balance"], "theory.menu"),
    (["runs=0"], "runs=0"),
    (["runs=many"], "runs: "),
    (["years=0"], "years=0"),
    (["seed=-1"], "seed=-1"),
    (["threads=0"], "threads=0"),
    (["record.panel=-1"], "record.panel=-1"),
    (["design.axes.share.points=0"], "design.axes.share.points=0: a grid needs at least one point"),
    (["design.axes.land.values=[]"], "design.axes.land.values is empty"),
    (["design.axes.land.values=[true,true]"], "lists a value twice"),
    (["design.axes.share.low=tiny"], "design.axes.share.low: "),
    (["design.axes.share.high=2"], "out of range"),
    (["design.axes.share.pionts=3"], "did you mean 'points'"),
    (["design.axes.share.key=hegemon.comitment"], "did you mean 'hegemon.commitment'"),
    (["design.axes.new=3"], "design.axes.new must have a key"),
    (["design.axes.new={key: hegemon.commitment}"], "design.axes.new has no points"),
    (["design.axes.new={key: hegemon.unilateralism, values: [1]}"], "already the key of another axis"),
    (["design.axes.new={key: theory, values: [walt_1978]}"], "did you mean 'walt_1987'"),
    (["design.axes.new={ky: theory}"], "did you mean 'key'"),
    (["runs=1,2"], "add -m"),
    (["runs"], "neither a command nor key=value"),
    (["runs=[1"], "cannot read"),
    ([f"theory.weights.{w}=0" for w in ("power", "proximity", "offence", "intentions")], "theory.weights"),
]


@pytest.mark.parametrize(("overrides", "says"), BAD, ids=[" ".join(o) for o, _ in BAD])
def test_bad_input_is_refused_in_one_line_that_names_it(overrides: list[str], says: str) -> None:
    with pytest.raises(BadInput) as refused:
        balsim.compose(*overrides)
    message = str(refused.value)
    assert says in message, f"the message does not help: {message}"
    assert "\n" not in message


def test_a_missing_folder_of_own_files_is_named(tmp_path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        config.compose(directory=tmp_path / "nowhere")


def test_composing_leaves_another_hydra_application_as_it_was() -> None:
    from hydra import compose, initialize_config_dir

    with initialize_config_dir(str(conf_tree()), version_base=None):
        balsim.compose()
        assert GlobalHydra.instance().is_initialized(), "compose() has torn down the user's own Hydra"
        assert compose("config", overrides=["experiment=alignment"]).experiment == "alignment"
    assert not GlobalHydra.instance().is_initialized()
    balsim.compose()
    assert not GlobalHydra.instance().is_initialized(), "compose() leaves Hydra initialised"


def test_resolved_is_plain_sorted_data_with_the_axes_in_their_order() -> None:
    plain = config.resolved(balsim.compose())
    json.dumps(plain)
    assert list(plain) == sorted(plain) and list(plain["theory"]) == sorted(plain["theory"])
    assert list(plain["design"]["axes"]) == ["share", "unilateralism", "land"]


SAME = ("runs=500", "engine=mesa", "threads=2", "progress=false", "out=elsewhere", "record.panel=3",
        "design.question=why")  # fmt: skip
OTHER = ("seed=2", "years=61", "theory=walt_1987", "theory.conversion=0.1", "scenario.n_states=6",
         "hegemon.unilateralism=0.5", "design.axes.share.points=22")  # fmt: skip


@pytest.mark.parametrize("override", SAME)
def test_the_key_does_not_depend_on_what_changes_no_world(override: str) -> None:
    assert config.key(balsim.compose(override)) == config.key(balsim.compose())


@pytest.mark.parametrize("override", OTHER)
def test_the_key_depends_on_what_changes_worlds(override: str) -> None:
    assert config.key(balsim.compose(override)) != config.key(balsim.compose())


def test_the_written_configuration_composes_to_itself(tmp_path) -> None:
    cfg = balsim.compose("theory=walt_1987", "hegemon.unilateralism=0.5", "runs=3", "out=somewhere")
    (tmp_path / "config.yaml").write_text(config.as_yaml(cfg), encoding="utf-8")
    again = config.compose("runs=4", directory=tmp_path)
    assert config.key(again) == config.key(cfg), "config.yaml of a design does not reproduce it"
    assert (again.runs, again.out) == (4, None)
    assert config.pinned(again) == ["hegemon.unilateralism"], "which axes were pinned is forgotten"


def test_own_theory_files_can_be_used(tmp_path) -> None:
    (tmp_path / "theory").mkdir()
    (tmp_path / "theory" / "mine.yaml").write_text("name: mine\nconversion: 0.11\n", encoding="utf-8")
    cfg = config.compose("theory=mine", directory=tmp_path)
    assert cfg.theory.conversion == 0.11
    assert cfg.runs == 100, "the built-in files are still there"


def test_default_folder_names_experiment_and_key() -> None:
    cfg = balsim.compose()
    assert config.default_out(cfg).as_posix() == f"outputs/tipping_surface-{config.key(cfg)[:8]}"
    assert config.default_out(balsim.compose("out=my folder")).as_posix() == "my folder"


def test_every_key_outside_the_table_has_a_meaning() -> None:
    own = [k for k in known_keys() if k not in BY_KEY and not k.startswith("scenario.")]
    texts = [f"{section}.{text}" for section, found in TEXTS.items() for text in found]
    unsaid = set(own) - set(MEANINGS) - set(texts) - {"design.axes"}
    assert not unsaid, f"balsim explain does not know {sorted(unsaid)}"

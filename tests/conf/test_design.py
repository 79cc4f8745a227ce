"""The design table: the full grid, its records and its scenarios."""

from __future__ import annotations

import numpy as np
import pytest

import balsim
from balsim import config
from balsim.design import Design
from balsim.params import BY_KEY, PARAMETERS, BadInput, record


def grid(*overrides: str) -> Design:
    return Design.from_config(balsim.compose(*overrides))


def axis(key: str, values: str) -> str:
    return f"design.axes.{key.replace('.', '_')}={{key: {key}, values: [{values}]}}"


def test_the_grid_is_the_full_product_in_the_order_of_the_axes() -> None:
    design = grid("design.axes.share.points=3", "design.axes.unilateralism.points=2")
    assert list(design.points.columns) == ["hegemon.capability_share", "hegemon.unilateralism", "hegemon.land_power"]
    expected = [(s, u, land) for s in (0.15, 0.45, 0.75) for u in (0.0, 1.0) for land in (False, True)]
    assert list(design.points.itertuples(index=False, name=None)) == expected


def test_records_hold_at_each_point_what_the_table_of_points_says() -> None:
    design = grid("design.axes.share.points=3", "design.axes.unilateralism.points=2", "theory=walt_1987")
    for key in design.points:
        assert np.array_equal(design.records[BY_KEY[key].field], design.points[key].astype(float)), key
    base = record(config.values(balsim.compose("theory=walt_1987")), 60)
    swept = {BY_KEY[key].field for key in design.points}
    for parameter in PARAMETERS:
        if parameter.field not in swept:
            same = np.array_equal(design.records[parameter.field], np.repeat(base[parameter.field], len(design)),
                                  equal_nan=parameter.kind is float)  # fmt: skip
            assert same or parameter.group == "growth", f"{parameter.key} differs from what the theory file says"


def test_an_ensemble_without_axes_is_one_point() -> None:
    design = grid("experiment=alignment", "runs=5", "years=7", "seed=3")
    assert (len(design), design.points.shape) == (1, (1, 0))
    assert (design.runs, design.years, design.seed, int(design.records.years[0])) == (5, 7, 3, 7)


def test_an_axis_over_theories_uses_each_theory_s_own_values() -> None:
    theories, conduct = axis("theory", "waltz_1979, walt_1987"), axis("hegemon.unilateralism", "0, 1")
    design = grid("experiment=alignment", theories, conduct)
    for name in ("waltz_1979", "walt_1987"):
        own = record(config.values(balsim.compose("experiment=alignment", f"theory={name}")), 60)
        rows = design.records[(design.points["theory"] == name).to_numpy()]
        assert len(rows) == 2 and list(rows.unilateralism) == [0.0, 1.0]
        assert np.all(rows.weight_intentions == own.weight_intentions) and np.all(rows.menu == own.menu), name


def test_what_the_user_gave_holds_under_every_theory_of_an_axis() -> None:
    design = grid("experiment=alignment", axis("theory", "waltz_1979, walt_1987"), "theory.memory=0.37")
    assert np.all(design.records.memory == 0.37)


def test_what_was_changed_after_composing_holds_under_every_theory_of_an_axis() -> None:
    cfg = balsim.compose("experiment=alignment", axis("theory", "waltz_1979, walt_1987"))
    cfg.theory.memory = 0.37
    cfg.hegemon.commitment = 0.9
    design = Design.from_config(cfg)
    assert np.all(design.records.memory == 0.37) and np.all(design.records.commitment == 0.9)


def test_axes_over_scenarios_and_their_settings_give_distinct_sections() -> None:
    design = grid("experiment=alignment", axis("scenario", "unipolar_1991, unipolar_2003"),
                  axis("hegemon.unilateralism", "0, 1"), axis("scenario.n_states", "4, 8"))  # fmt: skip
    assert len(design.scenario_settings) == 4
    for point, used in zip(design.points.to_dict("records"), design.scenario_of, strict=True):
        section = design.scenario_settings[used]
        assert (section["name"], section["n_states"]) == (point["scenario"], point["scenario.n_states"])


def test_one_trait_of_one_state_can_be_swept() -> None:
    design = grid("experiment=alignment", axis("scenario.state.CHN.offence", "0.2, 0.8"))
    assert [s["state"]["CHN"]["offence"] for s in design.scenario_settings] == [0.2, 0.8]


def test_menus_can_be_swept() -> None:
    design = grid("experiment=alignment", axis("theory.menu", "hard_balance+buck_pass, [bargain]"))
    bits = [record({"theory.menu": m}, 1).menu[0] for m in (("hard_balance", "buck_pass"), ("bargain",))]
    assert list(design.records.menu) == bits
    assert list(design.points["theory.menu"]) == ["hard_balance+buck_pass", "bargain"]


def test_the_scenario_s_own_figure_is_an_admissible_value_of_an_optional_axis() -> None:
    design = grid("experiment=alignment", axis("hegemon.capability_share", "null, 0.3"))
    assert np.isnan(design.records.capability_share[0]) and design.records.capability_share[1] == 0.3


def test_a_pinned_axis_keeps_its_column() -> None:
    design = grid("hegemon.land_power=true", "hegemon.unilateralism=0.5")
    assert design.pinned == ["hegemon.unilateralism", "hegemon.land_power"]
    assert set(design.points["hegemon.land_power"]) == {True} and len(design) == 21


@pytest.mark.parametrize("bad", [axis("scenario.n_states", "few, 4"), axis("scenario.nstates", "3, 4")])
def test_a_bad_setting_of_the_scenario_is_refused(bad: str) -> None:
    with pytest.raises(BadInput, match=r"scenario\.n"):
        grid("experiment=alignment", bad)


def test_weights_that_are_all_zero_at_one_point_are_refused() -> None:
    others = [f"theory.weights.{w}=0" for w in ("proximity", "offence", "intentions")]
    with pytest.raises(BadInput, match="weights"):
        grid("experiment=alignment", axis("theory.weights.power", "1, 0"), *others)


def test_latin_hypercube_puts_one_draw_in_every_stratum_of_every_prior() -> None:
    keys = ["theory.conversion", "theory.decisiveness", "choice.rationality"]
    design = Design.latin_hypercube(balsim.compose("experiment=alignment"), keys, draws=20, seed=4)
    assert list(design.points.columns) == keys
    for key in keys:
        low, high = BY_KEY[key].prior or (0.0, 0.0)
        stratum = np.floor((design.points[key] - low) / (high - low) * 20).astype(int)
        assert sorted(stratum) == list(range(20)), f"draws of {key} do not cover its prior evenly"
        assert np.array_equal(design.records[BY_KEY[key].field], design.points[key])


def test_latin_hypercube_is_the_same_for_the_same_seed_and_covers_all_priors_by_default() -> None:
    cfg = balsim.compose("experiment=alignment")
    first, again, other = (Design.latin_hypercube(cfg, draws=5, seed=s) for s in (1, 1, 2))
    assert first.points.equals(again.points) and not first.points.equals(other.points)
    assert list(first.points) == [p.key for p in PARAMETERS if p.prior is not None and p.kind is float]


@pytest.mark.parametrize(("keys", "draws"), [(["theory.menu"], 5), (["theory.foo"], 5), (["hegemon.ramp_low"], 5),
                                             (["theory.conversion"], 0), ([], 5)])  # fmt: skip
def test_latin_hypercube_refuses_what_it_cannot_draw(keys: list[str], draws: int) -> None:
    with pytest.raises(BadInput):
        Design.latin_hypercube(balsim.compose(), keys, draws)


def test_own_theory_files_can_stand_on_an_axis_beside_the_built_in_ones(tmp_path) -> None:
    (tmp_path / "theory").mkdir()
    (tmp_path / "theory" / "mine.yaml").write_text("name: mine\nconversion: 0.11\n", encoding="utf-8")
    cfg = config.compose("experiment=alignment", axis("theory", "mine, walt_1987"), directory=tmp_path)
    design = Design.from_config(cfg)
    assert list(design.records.conversion) == [0.11, 0.0]


def test_more_coalitions_than_can_be_counted_are_refused() -> None:
    cfg = config.compose("scenario=homogeneous", "scenario.n_states=22", "theory.expectation=exact")
    with pytest.raises(BadInput, match="at most 20 second-tier states, not 21"):
        Design.from_config(cfg).worlds()

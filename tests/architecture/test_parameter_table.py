"""The table of parameters: complete, consistent, and read by the model."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import balsim
from balsim.params import BY_KEY, PARAMETERS, STRATEGIES, BadInput, Parameter, check, record, record_dtype

PACKAGE = Path(balsim.__file__).parent
MODEL = ("theory", "dynamics", "measures.py")

# Fields that stand in the equations as 1 − x or as a weighted mean.
TAKEN_FROM_ONE = (
    "military_weight", "water", "possibilism", "intentions_rise", "intentions_fall", "reliability", "publicness",
    "publicness_soft", "foresight", "memory", "rivalry_shelving", "constraint", "enabler", "self_help", "appease",
    "autonomy_legitimacy", "rhetoric_discount", "disempowerment", "denial", "legitimacy_cost", "legitimacy_speed",
    "tie_growth", "tie_decay", "depreciation", "adjustment", "inertia", "commitment", "presence",
)  # fmt: skip

every_parameter = pytest.mark.parametrize("p", PARAMETERS, ids=lambda p: p.key)


def read_from_the_record() -> set[str]:
    """Every `p.<field>` in the equations, the phases and the measures."""
    fields = set()
    for part in MODEL:
        path = PACKAGE / part
        for file in [path] if path.is_file() else path.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "p":
                    fields.add(node.attr)
    return fields


READ = read_from_the_record()


@every_parameter
def test_a_parameter_is_read_somewhere_in_the_model(p: Parameter) -> None:
    assert p.field in READ, f"{p.key} is dead: no equation, phase or measure reads p.{p.field}"


def test_the_model_reads_no_field_that_is_not_in_the_table() -> None:
    assert READ - set(record_dtype().names or ()) == set()


def test_keys_and_fields_are_unique() -> None:
    assert len({p.key for p in PARAMETERS}) == len(PARAMETERS) == len(BY_KEY)
    fields = [p.field for p in PARAMETERS]
    assert len(set(fields)) == len(fields), (
        f"two keys share a field: {sorted(f for f in fields if fields.count(f) > 1)}"
    )
    assert "years" not in fields


@every_parameter
def test_a_parameter_says_what_it_is_in_what_unit_and_why(p: Parameter) -> None:
    for what in ("unit", "meaning", "source"):
        assert getattr(p, what).strip(), f"{p.key} has no {what}"


@every_parameter
def test_default_and_prior_lie_within_the_admissible_range(p: Parameter) -> None:
    assert check(p.key, p.default) is not None
    if p.kind is tuple or p.choices or p.kind is bool:
        assert p.prior is None, f"{p.key} is a choice and cannot be drawn from a range"
        return
    assert p.low <= p.high
    if p.default is not None:
        assert p.low <= p.default <= p.high
    if p.prior is not None:
        low, high = p.prior
        assert p.low <= low < high <= p.high, f"{p.key}: prior {p.prior} leaves [{p.low:g}, {p.high:g}]"
        if p.default is not None:
            assert low <= p.default <= high, f"{p.key}: the prior leaves out the default"


@pytest.mark.parametrize("field", TAKEN_FROM_ONE)
def test_what_is_taken_from_one_is_at_most_one(field: str) -> None:
    p = next(p for p in PARAMETERS if p.field == field)
    assert 0.0 <= p.low <= p.high <= 1.0, f"{p.key} may be {p.high:g}: 1 − {p.symbol or field} turns the sign of a term"


@every_parameter
def test_a_value_out_of_range_is_refused_by_name(p: Parameter) -> None:
    wrong = "nonsense" if p.choices or p.kind in (bool, tuple) else p.high + abs(p.high) + 1.0
    with pytest.raises(BadInput, match=p.key.replace(".", r"\.")):
        record({p.key: wrong}, 10)


def test_a_record_holds_what_was_given_and_the_default_of_the_rest() -> None:
    row = record({"theory.conversion": 0.4, "start.strategy": "buck_pass", "theory.menu": ["bargain", "bandwagon"]}, 25)
    assert row["conversion"][0] == 0.4
    assert row["start_strategy"][0] == STRATEGIES.index("buck_pass")
    assert row["menu"][0] == 0b10100
    assert row["years"][0] == 25
    assert row["decisiveness"][0] == BY_KEY["theory.decisiveness"].default


@pytest.mark.parametrize("menu", [[], ["buck_pass"], ["buck_pass", "buck_pass"], ["surrender"]])
def test_a_menu_that_could_leave_a_state_without_a_choice_is_refused(menu: list[str]) -> None:
    with pytest.raises(BadInput, match="menu"):
        record({"theory.menu": menu}, 10)


def test_weights_that_are_all_zero_are_refused() -> None:
    zero = {f"theory.weights.{name}": 0.0 for name in ("power", "proximity", "offence", "intentions")}
    with pytest.raises(BadInput, match="weight"):
        record(zero, 10)

"""What every calculator promises, held against all of them: declared ranges, no clamping, one shape in and the same out."""

import ast
import inspect
import json
import math
import re
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.risk.calculators.model import SUBJECTS, Calculator, Choice, Flag, Items, Number, Output, Unit
from healthmgmt.risk.calculators.registry import load
from healthmgmt.risk.calculators.table import calculate

CALCULATORS = load()
# What the product says it has.
SERVED = """
china_par prevent_base pce_2013 pce_2018_yadlowsky score2 score2_op score2_asia_pacific framingham_cvd_2008 framingham_bmi_2008 ncdrs
findrisc ckd_epi_2021 kdigo_albuminuria fib4 metabolic_syndrome_cds metabolic_syndrome_harmonized tyg homa_ir bri absi bmi
mean_arterial_pressure bsa_mosteller ldl_friedewald mdrd ideal_body_weight_devine qtc_bazett cha2ds2_vasc phq9 gad7 audit_c stop_bang
ipaq_short qinghai_cms thresholds_cn critical_values_cn unit_conversion jp_tokutei
""".split()
# Choices whose words decide what else is wanted: (model, words of one row that has an answer).
WANTED = {
    "thresholds_cn": {"item": "bmi", "value": 24, "sbp": None, "dbp": None, "altitude_m": None, "pregnant": False},
    "critical_values_cn": {"item": "fpg_mmol_l"},
    "unit_conversion": {"analyte": "glucose", "from": "mg/dl", "to": "mmol/l"},
    "score2": {"diabetes": False},
    "score2_op": {"diabetes": False},
    "mean_arterial_pressure": {"sbp": 120, "dbp": 80},
    "ipaq_short": {"vigorous_min": 30, "moderate_min": 30, "walk_min": 30},
    "bri": {"waist_cm": 80, "height_cm": 170},
}
every_model = pytest.mark.parametrize("name", sorted(CALCULATORS))
NUMBERS = [
    (name, spec.key, unit.name)
    for name, model in CALCULATORS.items()
    for spec in model.inputs
    if isinstance(spec, Number)
    for unit in spec.units
]


def middle(unit: Unit) -> float:
    """A whole number within the range where there is one."""
    half = (unit.low + unit.high) / 2
    return math.floor(half) if math.floor(half) >= unit.low else half


def within(model: Calculator) -> dict[str, object]:
    """One person's inputs of a model, all within their ranges."""
    found: dict[str, object] = {}
    for spec in model.inputs:
        if isinstance(spec, Number):
            found |= as_given(spec, spec.units[0].name, middle(spec.units[0]))
        elif isinstance(spec, Flag):
            found[spec.key] = False
        elif isinstance(spec, Choice):
            found[spec.key] = spec.options[0]
        else:
            found[spec.key] = [spec.low] * spec.count
    return found | WANTED.get(model.name, {})


def as_given(spec: Number, unit: str, value: object) -> dict[str, object]:
    if spec.paired:
        return {spec.key: [value, unit]}
    return {spec.key: value} | ({spec.unit_key: unit} if spec.unit_key else {})


def number(name: str, key: str, unit: str) -> tuple[Number, Unit]:
    spec = next(spec for spec in CALCULATORS[name].inputs if spec.key == key)
    return spec, next(one for one in spec.units if one.name == unit)


def answers(name: str, inputs: dict[str, object]) -> dict[str, tuple[str, str]]:
    rows = [{"id": "1", "model": name, "inputs": json.dumps(inputs)}]
    return {output: (value, reason) for _, output, value, reason in calculate(rows)}


@pytest.mark.parametrize("name", SERVED)
def test_every_model_of_the_product_is_served(name):
    assert name in CALCULATORS
    assert set(answers(name, within(CALCULATORS[name]))) == {output.name for output in CALCULATORS[name].outputs}


@every_model
def test_declaration_is_whole(name):
    """What the page of the models shows, none of it left blank."""
    model = CALCULATORS[name]
    assert model.name == name and model.title and model.citation and model.subject in SUBJECTS
    for spec in model.inputs:
        for unit in spec.units if isinstance(spec, Number) else ():
            assert math.isfinite(unit.low) and math.isfinite(unit.high) and unit.low < unit.high, spec.key
            assert unit.name or spec.unit_of in model.keys, f"{spec.key} has no unit"
    for output in model.outputs:
        says = [bool(output.unit), bool(output.unit_of), bool(output.words), output.is_flag]
        assert sum(says) == 1 or (name, output.name) == ("jp_tokutei", "missing"), output.name


@every_model
def test_docstring_says_what_goes_in_and_comes_out(name):
    """Every input with both ends of its range, every output, the shapes, what goes wrong, the source."""
    text = " ".join(inspect.getdoc(import_module(f"healthmgmt.risk.calculators.{name}")).split())
    wanted = ["Input", "Output", "Errors: ", "Source: ", *(spec.key for spec in CALCULATORS[name].inputs)]
    for spec in CALCULATORS[name].inputs:
        if isinstance(spec, Number):
            wanted += [as_written(spec.units[0].low), as_written(spec.units[0].high)]
    wanted += [re.sub("_[13]0y$", "", output.name) for output in CALCULATORS[name].outputs]
    assert [word for word in wanted if word not in text] == []
    # A list of answers says its own shape.
    assert "any shape" in text or "an array of shape" in text


def as_written(bound: float) -> str:
    return "10^12" if bound == 1e12 else f"{round(bound, 6):,.9g}"


@every_model
def test_values_within_the_range_have_an_answer(name):
    found = answers(name, within(CALCULATORS[name]))
    assert [output for output, (value, reason) in found.items() if not value and not reason.startswith("only for")] == []


@pytest.mark.parametrize(("name", "key", "unit"), NUMBERS)
def test_outside_the_range_no_value_and_a_reason(name, key, unit):
    """Every number of every model in each of its units, just beyond both ends and far beyond."""
    spec, at = number(name, key, unit)
    rest = within(CALCULATORS[name])
    for value in (math.nextafter(at.low, -math.inf), at.low - 10 * (at.high - at.low), math.nextafter(at.high, math.inf), at.high * 10):
        found = answers(name, rest | as_given(spec, unit, value))
        assert all(result == "" and f"{key} outside " in reason for result, reason in found.values()), (value, found)


@pytest.mark.parametrize(("name", "key", "unit"), NUMBERS)
def test_both_ends_belong_to_the_range(name, key, unit):
    spec, at = number(name, key, unit)
    rest = within(CALCULATORS[name])
    for value in (at.low, at.high):
        found = answers(name, rest | as_given(spec, unit, value))
        assert not any("outside " in reason.replace("outside the usual", "") for _, reason in found.values()), (value, found)


@every_model
def test_what_is_missing_or_cannot_be_read_has_no_value(name):
    model = CALCULATORS[name]
    whole = within(model)
    for spec in model.inputs:
        for wrong in ("nonsense", math.inf):
            given_ = as_given(spec, spec.units[0].name, wrong) if isinstance(spec, Number) else {spec.key: wrong}
            result = model(**{**whole, **given_})
            assert all(is_nothing(value) for value in result.outputs.values()), spec.key
            assert all(f"cannot read {spec.key}" in str(reason) for reason in result.reasons.values()), spec.key
        if spec.required and math.isnan(getattr(spec, "default", math.nan)):
            left = {key: value for key, value in whole.items() if key not in spec.keys}
            found = answers(name, left)
            assert all((value, f"missing {spec.key}" in reason) == ("", True) for value, reason in found.values()), spec.key


def is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


@every_model
def test_scalars_give_scalars_and_arrays_arrays_of_the_same_length(name):
    model = CALCULATORS[name]
    one = model(**within(model))
    for length in (1, 3):
        many = model(**repeated(model, within(model), length))
        for output in model.outputs:
            assert np.ndim(one.outputs[output.name]) == 0
            assert np.shape(many.outputs[output.name]) == np.shape(many.reasons[output.name]) == (length,)
            assert all(same(one.outputs[output.name], value) for value in many.outputs[output.name])


def repeated(model: Calculator, inputs: dict[str, object], length: int) -> dict[str, object]:
    """The same person `length` times, as columns."""
    columns: dict[str, object] = {key: [value] * length for key, value in inputs.items()}
    for spec in model.inputs:
        if isinstance(spec, Number) and spec.paired:
            columns[spec.key] = tuple([part] * length for part in inputs[spec.key])
        if isinstance(spec, Items):
            columns[spec.key] = np.array([inputs[spec.key]] * length)
    return columns


def same(one: object, other: object) -> bool:
    return one == other or (is_nothing(one) and is_nothing(other))


def rows_of(model: Calculator) -> st.SearchStrategy[dict[str, object]]:
    """Rows of inputs, also beyond the ranges."""
    cells: dict[str, st.SearchStrategy] = {}
    for spec in model.inputs:
        if isinstance(spec, Number):
            cells[spec.key] = st.sampled_from(spec.units).flatmap(
                lambda unit, spec=spec: numbers_near(unit).map(lambda value: as_given(spec, unit.name, value))
            )
        elif isinstance(spec, Flag):
            cells[spec.key] = st.booleans().map(lambda value, key=spec.key: {key: value})
        elif isinstance(spec, Choice):
            cells[spec.key] = st.sampled_from(spec.options).map(lambda value, key=spec.key: {key: value})
        else:
            items = st.lists(st.integers(spec.low, spec.high), min_size=spec.count, max_size=spec.count)
            cells[spec.key] = items.map(lambda value, key=spec.key: {key: value})
    return st.tuples(*cells.values()).map(lambda parts: {key: value for part in parts for key, value in part.items()})


def numbers_near(unit: Unit) -> st.SearchStrategy[float]:
    width = (unit.high - unit.low) / 20
    return st.one_of(st.floats(unit.low, unit.high), st.floats(unit.low - width, unit.high + width))


@every_model
def test_answers_are_as_declared_whatever_goes_in(name):
    """Alone or among others a row has the same answer; a number, a word or yes and no as the model says; or none and a reason."""
    model = CALCULATORS[name]

    @settings(max_examples=8, deadline=None, database=None, derandomize=True)
    @given(st.lists(rows_of(model), min_size=2, max_size=4))
    def check(rows: list[dict[str, object]]) -> None:
        table = [{"id": str(at), "model": name, "inputs": json.dumps(row)} for at, row in enumerate(rows)]
        together = list(calculate(table))
        assert together == [answer for row in table for answer in calculate([row])]
        for at, output_name, value, reason in together:
            output = next(one for one in model.outputs if one.name == output_name)
            assert bool(value) or bool(reason), output_name
            assert not value or is_as_declared(output, value), (output_name, value)
            assert not (value and is_beyond(model, rows[int(at)])), (rows[int(at)], value)

    check()


def is_as_declared(output: Output, value: str) -> bool:
    if output.words or output.is_flag:
        return value in (output.words or ("true", "false"))
    return not (output.unit or output.unit_of) or math.isfinite(float(value))


def is_beyond(model: Calculator, row: dict[str, object]) -> bool:
    """Whether a number of the row lies outside of its range."""
    for spec in model.inputs:
        if isinstance(spec, Number):
            value, name = row[spec.key] if spec.paired else (row[spec.key], row.get(spec.unit_key, spec.units[0].name))
            unit = next(one for one in spec.units if one.name == name)
            if not unit.low <= value <= unit.high:
                return True
    return False


def test_formulas_do_not_clamp_their_inputs():
    """A formula may bend at its own knots (min, max of an equation); nothing in the package clips to a range."""
    found = []
    for name in ["model", "cells", "table", *CALCULATORS]:
        tree = ast.parse(inspect.getsource(import_module(f"healthmgmt.risk.calculators.{name}")))
        found += [name for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in ("clip", "clamp")]
    assert found == []

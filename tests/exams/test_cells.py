from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthmgmt.exams import cells
from healthmgmt.exams.cells import Measured


@pytest.mark.parametrize(
    ("text", "value", "qualifier"),
    [
        ("5.4", 5.4, ""), ("５．４", 5.4, ""), (" 5.4 ", 5.4, ""), ("5.", 5.0, ""), (".9", 0.9, ""), ("5.4 5.4", 5.4, ""),
        ("<0.5", 0.5, "<"), ("＜ 2.00", 2.0, "<"), (">11.3", 11.3, ">"), ("≥6.1", 6.1, ">="), ("≤6.1", 6.1, "<="),
        ("=>6.1", 6.1, ">="), ("大于11.3", 11.3, ">"), ("5.4↑", 5.4, ""), ("5.4 ↓", 5.4, ""), ("5.4*", 5.4, ""),
        ("5.4 H", 5.4, ""), ("5.4L", 5.4, ""), ("5.4(偏高)", 5.4, ""), ("5.4mmol/L", 5.4, ""), ("5.4 mmol/L↑", 5.4, ""),
        ("↑5.4", 5.4, ""), ("↓ 5.4", 5.4, ""), ("H 5.4", 5.4, ""), ("* <0.5", 0.5, "<"), ("↑5.4↑", 5.4, ""),
    ],
)  # fmt: skip
def test_measure_numbers(text, value, qualifier):
    assert cells.measure("tg", text, "mmol/L") == Measured(value, qualifier)


@pytest.mark.parametrize("text", ["未查", "弃检", "/", "-", "--", "N/A", "nan nan", "", "?"])
def test_measure_not_measured(text):
    assert cells.measure("tg", text, "mmol/L") == Measured()


@pytest.mark.parametrize(
    "text",
    ["5.42 5.43", "5,4", "60--70次/分", "7.75轻度乳糜", "16.04++", "4.15+", "见报告", "1.2.3", "5.4x", "inf", "1e999", "٥", "=1+2", "5.4 5", "H5.4", "↑", "↑高", "T 5.4"],
)
def test_measure_what_is_no_number(text):
    assert cells.measure("tg", text, "mmol/L") == Measured(problem="number")


def test_measure_thousands():
    assert cells.measure("plt", "1,234", "10*9/L") == Measured(1234.0)
    assert cells.measure("plt", "12,34", "10*9/L") == Measured(problem="number")
    assert [cells.measure("tg", text, "mmol/L").problem for text in ("6,1", "6;1", "6、1")] == ["number"] * 3


def test_measure_units():
    assert cells.measure("tc", "190", "mg/dL") == Measured(4.9134, "", 190.0, "mg/dL")
    assert cells.measure("tc", "190mg/dL", "mmol/L") == Measured(4.9134, "", 190.0, "mg/dL")
    assert cells.measure("tc", "5.2 kg", "mmol/L") == Measured(problem="unit")
    assert cells.measure("tc", "5.2", None) == Measured(problem="unit")
    assert cells.measure("hgb", "<6 g/dL", "g/L") == Measured(60.0, "<", 6.0, "g/dL")


@pytest.mark.parametrize(
    ("code", "text", "problem"),
    [
        ("tc", "190", "unit"), ("tc", "0.02", "range"), ("tc", "45", "range"), ("creatinine", "0.9", "unit"),
        ("hgb", "13.5", "unit"), ("height", "1.72", "unit"), ("height", "17", "range"), ("fpg", "99", "unit"),
        ("tg", "0", "range"), ("hdl", "8110", "range"), ("sbp", "-150", "range"), ("dbp", "974", "range"), ("alt", "0.4", "range"),
        ("weight", "999", "range"),
    ],
)  # fmt: skip
def test_measure_impossible_values(code, text, problem):
    assert cells.measure(code, text, cells.catalogue.load()[code].unit) == Measured(problem=problem)


def test_value_in_another_unit_that_cannot_be_right_is_no_matter_of_units():
    """1290 mg/dL are 33 mmol/L, which look like mg/dL: they are none."""
    assert cells.measure("ldl", "1290", "mg/dL") == Measured(problem="range")


def test_unit_hints_lie_outside_the_plausible_limits():
    inside = [
        (code, number)
        for code, (low, high, _) in cells.unit_hints().items()
        for number in (low + (high - low) * part / 100 for part in range(1, 100))
        if cells.catalogue.load()[code].is_plausible(number)
    ]
    # the weak ends may touch the limits: then the value counts as plausible, the hint is not asked
    assert {code for code, _ in inside} <= {"hgb"}


@given(st.text(max_size=12))
def test_measure_never_guesses(text):
    """Any text is a number in the text's own digits, or nothing, or a problem - and never breaks."""
    found = cells.measure("tg", text, "mmol/L")
    if found.value is not None:
        assert any(character.isdigit() for character in text)
        assert not found.problem


@given(st.floats(0.1, 60, allow_nan=False))
def test_measure_keeps_every_digit(number):
    assert cells.measure("tg", repr(number), "mmol/L").value == number


@pytest.mark.parametrize("text", ["120/80", "120-80", "120／80", "１２０/８０mmHg", "120 / 80", "120\\80"])
def test_pressure_in_one_cell(text):
    assert cells.pressure(text, "mm[Hg]") == (Measured(120.0), Measured(80.0))


@pytest.mark.parametrize(
    ("text", "problem"), [("80/120", "order"), ("120", "number"), ("120/80/60", "number"), ("120/974", "range"), ("16/10 x", "number")]
)
def test_pressure_that_is_none(text, problem):
    assert cells.pressure(text, "mm[Hg]") == (Measured(problem=problem), Measured())


def test_pressure_other_unit_and_nothing():
    assert cells.pressure("16/10.6", "kPa")[0] == Measured(120.00992, "", 16.0, "kPa")
    assert cells.pressure("未测", "mm[Hg]") == (Measured(), Measured())


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("3.9-6.1", 3.9, 6.1), ("3.9～6.1", 3.9, 6.1), ("0.9--1.2", 0.9, 1.2), ("<5.2", None, 5.2), ("≥90", 90.0, None), ("3.9-6.1mmol/L", 3.9, 6.1)],
)
def test_limits_as_reports_write_them(text, low, high):
    assert cells.limits(text) == (low, high)


@pytest.mark.parametrize("text", ["", "阴性", "6.1-3.9", "5.2"])
def test_limits_that_are_none(text):
    assert cells.limits(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-04-08", "2024/4/8", "2024.4.8", "20240408", "2024年4月8日", "２０２４年４月８日", "2024-04-08 08:31:00", "2024/4/8 0:00",
        "2024-04-08T08:31", "45390", "45390.5", "2024년 4월 8일", "2024-04-08 上午8:31",
    ],
)  # fmt: skip
def test_day_forms(text):
    assert cells.day(text) == date(2024, 4, 8)


@pytest.mark.parametrize(
    "text", ["2023年11月31日", "2024-13-01", "24-04-08", "2024-4", "4月8日", "", "去年", "08/04/2024", "12345", "1924-04-08", "202404080", "99999"]
)
def test_day_that_is_none(text):
    assert cells.day(text) is None


def test_day_by_the_order_of_the_column():
    assert cells.day("12/10/2017", "dmy") == date(2017, 10, 12)
    assert cells.day("12/10/2017", "mdy") == date(2017, 12, 10)
    assert cells.day("31/12/2017", "mdy") is None
    assert cells.day("43928", is_1904=True) == date(2024, 4, 8)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        ({"12/10/2017", "13/10/2017"}, "dmy"), ({"10/12/2017", "10/13/2017"}, "mdy"), ({"12/10/2017"}, ""),
        ({"13/10/2017", "10/13/2017"}, ""), ({"2024-04-08", ""}, ""),
    ],
)  # fmt: skip
def test_date_order_needs_proof(texts, order):
    assert cells.date_order(texts) == order

"""What a column as a whole suggests is proposed, and its numbers wait; nothing of it is used unasked."""

import pytest

from tests.exams import making

PERSON = ["工号", "体检日期"]


def column(heading, *values, **options):
    rows = ([f"D{at}", "2024-04-08", value] for at, value in enumerate(values, start=1))
    return making.read(making.text([*PERSON, heading], *rows, delimiter="|"), **options)


def proposals(found):
    return [{key: one[key] for key in one if key not in ("index", "heading")} for one in found.frames[-1]["proposals"]]


@pytest.mark.parametrize(
    ("heading", "code", "values", "unit"),
    [
        ("空腹血糖", "fpg", [88, 92, 95, 97, 99, 101, 103, 110, 126, 58], "mg/dL"),  # 58 alone could be mmol/L
        ("甘油三酯", "tg", [45, 52, 60, 80, 100, 110, 130, 150, 170, 210], "mg/dL"),
        ("收缩压", "sbp", [14, 15, 15.5, 16, 16, 16.5, 17, 18, 18.6, 20], "kPa"),
        ("肌酐", "creatinine", [0.6, 0.7, 0.8, 0.8, 0.9, 0.9, 1, 1.1, 1.2, 10.5], "mg/dL"),
        ("血红蛋白", "hgb", [12, 12.5, 13, 13.5, 14, 14.5, 15, 15.5, 16, 20.5], "g/dL"),
        ("身高", "height", [1.5, 1.6, 1.62, 1.65, 1.7, 1.7, 1.72, 1.75, 1.8, 1.85], "m"),
        ("总胆红素", "tbil", [0.4, 0.5, 0.6, 0.7, 0.7, 0.8, 0.9, 1, 1.1, 1.4], "mg/dL"),
        ("体重", "weight", [96, 110, 118, 124, 130, 134, 140, 150, 160, 180], "jin"),
        ("尿素氮", "urea", [9, 10, 11, 12, 13, 14, 15, 16, 17, 20], "mg/dL(BUN)"),
        ("腰围", "waist", [2.1, 2.2, 2.3, 2.4, 2.4, 2.5, 2.6, 2.7, 2.8, 3], "chi"),
    ],
)  # fmt: skip
def test_a_column_in_another_unit_waits_as_a_whole_and_the_unit_is_proposed(heading, code, values, unit):
    found = column(heading, *values)
    assert proposals(found) == [{"code": code, "kind": "unit", "unit": unit, "count": 10}]
    assert [row["values"] for row in found.rows] == [{}] * 10
    assert {reason for _row, _cell, reason in found.problems} == {"unit"}


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("空腹血糖", [4.4, 4.8, 5, 5.1, 5.2, 5.3, 5.5, 5.6, 6.1, 11]), ("血红蛋白", [110, 120, 125, 130, 135, 140, 145, 150, 155, 160]),
        ("空腹血糖(mmol/L)", [88, 92, 95, 97, 99, 101, 103, 110, 126, 58]), ("体重", [48, 52, 55, 60, 62, 65, 70, 75, 80, 130]),
        ("尿素氮", [3, 4, 4.2, 4.5, 5, 5.2, 5.5, 6, 7, 9.5]), ("白蛋白", [40, 41, 42, 43, 44, 45, 46, 47, 48, 49]),
    ],
)  # fmt: skip
def test_nothing_is_proposed_where_the_unit_fits_or_is_stated(heading, values):
    assert proposals(column(heading, *values)) == []


def test_a_stated_unit_is_taken_at_its_word():
    assert [row["values"] for row in column("总胆红素(mg/dL)", *["1"] * 12).rows] == [{"tbil": 17.104}] * 12
    assert column("体重(kg)", *["130"] * 12).problems == []


def test_a_few_impossible_numbers_are_no_proposal():
    assert proposals(column("总胆固醇", 5, 4.8, 190)) == []


def test_a_short_column_of_impossible_numbers_is_one():
    found = column("总胆固醇", 190, 205, "未查")
    assert found.frames[-1]["proposals"] == [
        {"index": 2, "heading": "总胆固醇", "code": "tc", "kind": "unit", "unit": "mg/dL", "count": 2}
    ]


def test_zeros_of_an_item_that_cannot_be_zero_are_asked_about():
    found = column("身高(cm)", 170, "0", "0.0", 165, "０")
    assert proposals(found) == [{"code": "height", "kind": "zeros", "count": 3}]
    assert [reason for _row, _cell, reason in found.problems] == ["range"] * 3
    assert proposals(column("身高(cm)", 170, 0)) == []
    assert proposals(column("C反应蛋白(mg/L)", 0, 0, 0)) == []


def test_zeros_that_people_said_are_no_result():
    layout = column("身高(cm)", 170, 0, 0).layout
    layout["columns"][2]["zero_is_missing"] = True
    found = column("身高(cm)", 170, 0, "0.00", layout=layout)
    assert (found.problems, [row["values"] for row in found.rows]) == ([], [{"height": 170}, {}, {}])


def test_sheets_of_one_heading_propose_together():
    rows = [[f"D{at}", "2024-04-08", str(at + 180)] for at in range(12)]
    found = making.read(making.xlsx(sheets={"一": [[*PERSON, "总胆固醇"], *rows], "二": [[*PERSON, "总胆固醇"], *rows]}))
    assert proposals(found) == [{"code": "tc", "kind": "unit", "unit": "mg/dL", "count": 24}]

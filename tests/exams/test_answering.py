"""What people say about columns, checked against the file and put beside what they said before."""

import pytest

from healthmgmt.exams import answering
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.recognising import Column, recognise
from healthmgmt.records.units import UnknownUnit

HEADINGS = ["工号", "姓名", "体检日期", "胆固醇结果", "空腹血糖", "血压", "糖(mg/dL)", "小结", "小结"]


def columns(headings=HEADINGS) -> list[Column]:
    return recognise([(1, headings), (2, ["E1", "何兰", "2026-03-02", "5.1", "5.2", "120/80", "95", "x", "y"])]).columns


def test_answer_names_item_and_its_usual_unit():
    after = answering.answered(columns()[3], Answer(3, "indicator", "tc"))
    assert (after.role, after.code, after.unit, after.unit_stated) == ("indicator", "tc", "mmol/L", False)


def test_answer_takes_the_unit_that_was_chosen():
    after = answering.answered(columns()[3], Answer(3, "indicator", "tc", "mg/dL", zero_is_missing=True))
    assert (after.unit, after.unit_stated, after.zero_is_missing) == ("mg/dL", True, True)


def test_answer_takes_the_unit_that_the_heading_states():
    after = answering.answered(columns()[6], Answer(6, "indicator", "fpg"))
    assert (after.unit, after.unit_stated) == ("mg/dL", True)


def test_answer_with_an_item_that_the_stated_unit_does_not_fit_is_none():
    with pytest.raises(UnknownUnit):
        answering.answered(columns()[6], Answer(6, "indicator", "weight"))


def test_faults_are_told_all_at_once():
    answers = [
        Answer(0, "other"),
        Answer(2, "ignored"),
        Answer(3, "indicator", "fpg"),
        Answer(6, "indicator", "weight"),
        Answer(7, "indicator", "tc"),
    ]
    assert answering.faults(columns(), answers) == {0: "needed", 2: "needed", 3: "twice", 6: "stated-unit", 7: "repeated"}


def test_faults_name_a_unit_that_the_item_cannot_have():
    assert answering.faults(columns(), [Answer(3, "indicator", "tc", "kg")]) == {3: "unit"}


def test_pressure_may_stand_beside_a_column_of_both():
    assert answering.faults(columns(), [Answer(3, "indicator", "sbp")]) == {}
    assert answering.faults(columns(), [Answer(3, "indicator", "sbp"), Answer(4, "indicator", "sbp")]) == {3: "twice", 4: "twice"}
    assert answering.faults(columns(), [Answer(3, "bp")]) == {3: "twice"}


def test_two_columns_may_change_places():
    assert answering.faults(columns(), [Answer(3, "indicator", "fpg"), Answer(4, "indicator", "tc")]) == {}


def test_merged_keeps_other_answers_and_replaces_those_of_the_same_heading():
    first = answering.merged(answering.EMPTY, [answering.answered(columns()[3], Answer(3, "indicator", "tc"))], [("空腹血糖", "zeros")])
    second = answering.merged(first, [answering.answered(columns()[3], Answer(3, "other")), answering.answered(columns()[5], Answer(5, "ignored"))])
    assert [(one["heading"], one["role"]) for one in second["columns"]] == [("胆固醇结果", "other"), ("血压", "ignored")]
    assert second["declined"] == [{"heading": "空腹血糖", "kind": "zeros"}]


def test_changes_tell_new_other_and_gone_answers_only():
    one = answering.answered(columns()[3], Answer(3, "indicator", "tc"))
    other = answering.answered(columns()[4], Answer(4, "ignored"))
    first = answering.merged(answering.EMPTY, [one, other])
    second = answering.merged(first, [answering.answered(columns()[3], Answer(3, "indicator", "tc", "mg/dL"))])
    assert [(c.heading, c.before and c.before.unit, c.after and c.after.unit) for c in answering.changes(first, second)] == [("胆固醇结果", "mmol/L", "mg/dL")]
    assert [(c.heading, c.after) for c in answering.changes(second, answering.EMPTY)] == [("空腹血糖", None), ("胆固醇结果", None)]


def test_open_questions_leave_out_what_was_answered_with_no():
    known = answering.merged(answering.EMPTY, [], [("空腹血糖", "zeros")])
    asked = [{"index": 4, "heading": "空腹 血糖", "kind": "zeros"}, {"index": 4, "heading": "空腹血糖", "kind": "unit"}]
    assert [one["kind"] for one in answering.open_questions(asked, known)] == ["unit"]


def test_fingerprint_is_of_folded_headings_in_order():
    assert answering.fingerprint(columns()) == answering.fingerprint(columns([name.replace("血糖", " 血糖") for name in HEADINGS]))
    assert answering.fingerprint(columns()) != answering.fingerprint(columns([*HEADINGS[:3], HEADINGS[4], HEADINGS[3], *HEADINGS[5:]]))


def test_codes_of_a_column_of_both_pressures_are_both():
    assert answering.codes(columns()) == ["dbp", "fpg", "sbp"]


def test_stored_layouts_of_a_later_kind_are_read():
    assert answering.columns_of({"columns": [{"index": 0, "heading": "x", "cell": "A1", "role": "other", "later": 1}]})[0].role == "other"

"""A file with one row a result, over the whole road: one row of the receipt for each person and day."""

import pytest

from healthmgmt.core.actors import Actor
from healthmgmt.exams import correcting, repairing, selectors
from healthmgmt.exams.access import Hands
from healthmgmt.exams.models import Exam
from tests.exams.road import enrol_badfiles_roster, text, upload

HEADING = ["工号", "姓名", "体检日期", "项目名称", "结果", "单位", "参考范围"]


@pytest.fixture
def people(org_a):
    return enrol_badfiles_roster()[:2]


def rows(person, *results):
    return [[person.emp_no, person.name, "2024-04-08", *result] for result in results]


def test_results_of_a_person_become_one_exam(people):
    first, second = people
    lines = rows(first, ("总胆固醇", "190", "mg/dL", "<200"), ("身高", "170", "cm", "")) + rows(second, ("身高", "160", "cm", ""))
    done = upload(text([*lines, *rows(first, ("体重", "65", "kg", ""))], HEADING))
    assert (done.state, done.received, done.accepted) == ("applied", 2, 2)
    exam = Exam.objects.get(person=first)
    assert exam.results == {"tc": 4.9134, "height": 170, "weight": 65}
    assert (exam.reported, exam.ranges) == ({"tc": [190, "mg/dL"]}, {"tc": [None, 5.172]})
    assert done.rows.get(number=1).places["6"] == "E5"


def test_a_result_that_contradicts_itself_can_be_left_out(people):
    first, second = people
    lines = rows(first, ("总胆固醇", "5.1", "mmol/L", ""), ("身高", "170", "cm", ""), ("总胆固醇", "6.1", "mmol/L", ""))
    done = upload(text([*lines, *rows(second, ("身高", "160", "cm", ""))], HEADING))
    assert (done.received, done.accepted, done.waiting) == (2, 1, 1)
    problem = selectors.problems(done)[0]
    assert (problem["row"], problem["cell"], problem["column"], problem["reason"]) == (1, "E4", "总胆固醇(mmol/L)", "conflict")
    assert repairing.leave_values(done, reason="conflict", column="总胆固醇(mmol/L)", by=Actor.system()) == 1
    assert done.rows.get(number=1).state == "ready"


def test_a_result_can_be_typed_anew_and_equal_ones_with_it(people):
    first, second = people
    lines = rows(first, ("总胆固醇", "五", "mmol/L", ""), ("身高", "170", "cm", "")) + rows(second, ("身高", "160", "cm", ""), ("总胆固醇", "五", "mmol/L", ""))
    done = upload(text(lines, HEADING), apply=False)
    assert [one["cell"] for one in selectors.problems(done)] == ["E2", "E5"]
    hands = Hands(mends=True, values=True, sees=True)
    correcting.mend_alike(done, kind="text", reason="number", column="总胆固醇(mmol/L)", hands=hands, by=Actor.system(), text="五", given="5.0")
    assert [(row.state, row.values["tc"]) for row in done.rows.order_by("number")] == [("ready", 5)] * 2


def test_rows_about_one_day_are_no_values_to_leave_out(people):
    first, _second = people
    done = upload(text([[first.emp_no, "2024-04-08", high] for high in (120, 130)], ["工号", "体检日期", "收缩压"]))
    assert {problem["reason"] for problem in selectors.problems(done)} == {"conflict"}
    assert not repairing.may_do_without(done.layout, "conflict", "工号")

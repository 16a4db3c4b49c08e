"""Who a row is about must agree in everything that it says of the person."""

import pytest

from healthmgmt.exams import selectors
from tests.exams.road import enrol_badfiles_roster, text, upload

HEADING = ["工号", "身份证号", "性别", "体检日期", "身高", "PSA(ng/mL)", "宫颈TCT", "前列腺彩超"]


@pytest.fixture
def people(org_a):
    found = enrol_badfiles_roster()
    return next(one for one in found if one.sex == "m"), next(one for one in found if one.sex == "f")


def problems(*rows, heading=HEADING):
    return [(one["row"], one["cell"], one["reason"]) for one in selectors.problems(upload(text(list(rows), heading)))]


def test_results_of_the_other_sex_wait(people):
    man, woman = people
    assert problems([man.emp_no, "", "", "2024-04-08", "170", "0.8", "未查", "正常"], [woman.emp_no, "", "", "2024-04-08", "160", "", "未见异常", ""]) == []
    assert problems([man.emp_no, "", "", "2024-04-08", "170", "", "未见异常", ""], [woman.emp_no, "", "", "2024-04-09", "160", "0.8", "", "/"]) == [
        (1, "G2", "conflict"), (2, "F3", "conflict"),
    ]  # fmt: skip


def test_another_sex_than_the_roster_s_waits(people):
    man, woman = people
    assert problems([man.emp_no, "", "女", "2024-04-08", "170", "", "", ""], [woman.emp_no, "", "女", "2024-04-08", "160", "", "", ""]) == [(1, "C2", "conflict")]


def test_a_number_that_is_somebody_else_s_waits_also_where_the_roster_has_none(people):
    man, woman = people
    type(man).objects.filter(pk=man.pk).update(id_no="", id_hash="")
    row = [man.emp_no, woman.id_no, "", "2024-04-08", "170", "", "", ""]
    assert problems(row) == [(1, "B2", "id-number")]


def test_results_of_the_other_sex_in_a_file_with_one_row_a_result(people):
    _man, woman = people
    rows = [[woman.emp_no, "2024-04-08", "身高", "160", "cm"], [woman.emp_no, "2024-04-08", "前列腺特异性抗原", "0.8", "ng/mL"]]
    assert problems(*rows, heading=["工号", "体检日期", "项目", "结果", "单位"]) == [(1, "D3", "conflict")]

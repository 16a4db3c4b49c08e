"""The first sentence, for each colour and what is to be done."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from healthmgmt.portal.employee import sentence
from tests.portal.employee.making import TODAY, assessment, exam, items, step

DOCTOR = dict(kind="case_review", doer="physician")
HOME = dict(kind="home_reading", doer="person", number=2, window=6)


def said(one, *open_steps, found=None, is_settled=False, exam_by=None, language="en"):
    with translation.override("zh-hans" if language == "zh" else "en"):
        return sentence.today_sentence(one, found or {}, open_steps, today=TODAY, is_settled=is_settled, exam_by=exam_by)


@pytest.fixture(autouse=True)
def _in_2026(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


def test_sentence_of_orange_names_what_the_doctor_and_what_to_do_by_when():
    plan = (step(due_on=date(2026, 7, 2), **DOCTOR), step(due_on=date(2026, 7, 9), **HOME))
    found = items(exam(sbp=148, dbp=92, tc=4.9, tg=1.5, hdl=1.2, fpg=5.0))
    one = assessment(sbp=148, dbp=92)
    assert said(one, *plan, found=found) == (
        "Your blood pressure is high. A doctor will review your results by 2 July. Please measure at home from 9 July. "
        "4 other results are within range."
    )
    assert said(one, *plan, found=found, language="zh") == (
        "您的血压偏高。7 月 2 日前，医生复核您的结果。7 月 9 日起，请在家测量。其余 4 项在范围内。"
    )


def test_sentence_of_red_asks_for_today_until_it_is_settled():
    call = step("call", "case_manager", TODAY, template="red_alert")
    one = assessment(sbp=190, dbp=115, tg=2.5)
    assert said(one, call) == "Your blood pressure is very high. This needs checking at once. Your case manager will call you today."
    assert said(one, call, language="zh") == "您的血压很高，需要马上核实。今天个案管理师给您打电话。"
    assert said(one, is_settled=True) == "Your blood pressure is very high. A clinician has looked into it."


def test_sentence_of_known_disease_says_that_it_is_on_record():
    contact = step("first_contact", "case_manager", TODAY + timedelta(days=7), template="red_high_risk")
    assert said(assessment(condition_ascvd=1), contact) == (
        "Your record notes a disease of heart or vessels. Your own case manager will contact you by 25 June."
    )


def test_sentence_prefers_a_measured_value_to_a_record_and_counts_the_rest():
    assert said(assessment(sbp=148, condition_hypertension=1)).startswith("Your blood pressure is high.")
    assert said(assessment(condition_hypertension=1)).startswith("Your record notes high blood pressure or its treatment.")
    assert said(assessment(sbp=148, fpg=7.5, tg=2.5, iop_l=30)).startswith(
        "Your blood pressure is high and glucose is high, and 2 things more."
    )


def test_sentence_of_yellow_and_blue():
    enrol = step("enrol", "person", TODAY + timedelta(days=3), window=28, template="yellow")
    assert said(assessment(bmi=26), enrol) == "Your body mass index is high. Please join the weight programme by 19 July."
    lesson = step("lesson", "person", TODAY + timedelta(days=3), window=13, template="blue")
    assert said(assessment(fpg=6.3, tc=5.3, tg=1.8), lesson) == (
        "Nothing urgent. Please keep an eye on your glucose and blood lipids. Please take one health lesson from 21 June."
    )
    assert said(assessment(fpg=6.3), lesson, language="zh") == "没有急事，血糖要留意。6 月 21 日起，请学一节健康课程。"


def test_sentence_of_green_grey_and_nothing():
    keep = step("keep_going", "person", TODAY, window=30, template="green")
    assert said(assessment(), keep) == "Nothing that needs action was found in what was measured. Please keep going."
    grey = assessment(missing={"minimum": ["tc", "tg"]}, incomplete=True)
    assert said(grey) == "There is not enough data to tell yet. Missing: total cholesterol and triglycerides."
    assert said(grey, language="zh") == "资料还不全，暂时无法判定。还缺总胆固醇、甘油三酯。"
    assert said(None) == "There is no exam result of yours here yet."
    assert said(None, exam_by=date(2026, 10, 31)).endswith("Please take this round's examination by 31 October.")
    assert said(None, exam_by=date(2026, 6, 1)) == "There is no exam result of yours here yet."


def test_sentence_of_the_report_counts_what_is_in_range():
    found = items(exam(sbp=148, dbp=92, tc=4.9, fpg=6.3, height=173, weight=68))
    assert sentence.report_sentence(assessment(sbp=148, dbp=92, fpg=6.3), found) == (
        "2 of 5 values are within range. For a clinician: blood pressure. To keep an eye on: glucose."
    )
    assert sentence.report_sentence(assessment(), items(exam(tc=4.9, tg=1.0))) == "All 2 values are within range."


def test_value_that_is_a_reason_inside_its_range_is_not_counted_as_in_range():
    found = items(exam(sbp=125, tc=4.9))
    assert sentence.report_sentence(assessment(sbp=125), found).startswith("1 of 2 values")

"""The plan as the person reads it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from healthmgmt.portal.employee import steps
from tests.portal.employee.making import TODAY, step


@pytest.fixture(autouse=True)
def _in_2026(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *args: TODAY)


def in_days(days: int, **given):
    return step(given.pop("kind", "weigh_in"), given.pop("doer", "person"), TODAY + timedelta(days=days), **given)


def test_next_step_is_the_persons_own_else_the_nearest():
    doctor, own = in_days(1, kind="case_review", doer="physician"), in_days(9)
    assert steps.next_step([doctor, own]) is own
    assert steps.next_step([doctor]) is doctor
    assert steps.next_step([]) is None


@pytest.mark.parametrize(
    ("days", "window", "words"),
    [(0, 6, "by 24 June"), (7, 6, "from 25 June"), (-6, 6, "today"), (-9, 6, "soon"), (0, 0, "today"), (3, 0, "from 21 June")],
)
def test_when_says_by_which_day(days, window, words):
    assert steps.when(in_days(days, window=window, number=2, template="yellow"), TODAY) == words


def test_step_done_once_may_be_done_before_its_day_and_a_weekly_one_not():
    enrol = in_days(3, kind="enrol", window=28, template="yellow")
    weekly = in_days(7, window=6, number=2, template="yellow")
    exam = in_days(330, kind="next_exam", window=90, number=2, template="green")
    others = in_days(0, kind="case_review", doer="physician")
    assert [steps.may_finish(one, TODAY) for one in (enrol, weekly, exam, others)] == [True, False, False, False]
    assert steps.may_finish(in_days(0, window=6, number=2, template="yellow"), TODAY)


def test_action_counts_the_days_left_and_offers_what_can_be_done():
    action = steps.action([in_days(3, kind="enrol", window=28, template="yellow")], TODAY)
    assert (action.eyebrow, action.title, action.step is not None) == ("The one thing to do · 31 days left", "Join the weight programme", True)
    later = steps.action([in_days(7, window=6, number=2, template="yellow")], TODAY)
    assert (later.eyebrow, later.step) == ("The one thing to do · begins 25 June", None)


def test_action_of_others_says_so():
    doctor = steps.action([in_days(14, kind="case_review", doer="physician")], TODAY)
    assert (doctor.eyebrow, doctor.is_theirs) == ("Nothing to do for you now", False)
    call = steps.action([in_days(0, kind="call", doer="case_manager", template="red_alert")], TODAY)
    assert (call.eyebrow, call.is_theirs, call.step) == ("The one thing to do · keep your phone at hand", True, None)


def test_list_shows_what_the_template_still_holds():
    doctor, own = in_days(14, kind="case_review", doer="physician"), in_days(21, kind="home_reading", number=2, window=6)
    listed = steps.listed(own.plan, [doctor, own], TODAY)
    assert [(one.state, one.title, one.text) for one in listed] == [
        ("", "A doctor reviews your results", "By 2 July · Physician"),
        ("now", "Measure at home and write it down", "From 9 July"),
        ("", "Follow-up every quarter", "Around 16 September"),
    ]


def test_list_marks_what_is_past_its_day_and_what_lapsed():
    late = in_days(-3, kind="call", doer="case_manager", template="red_alert")
    lapsed = in_days(-9, window=6, number=2, template="yellow", state="lapsed")
    assert steps.listed(late.plan, [late], TODAY)[0].state == "late"
    assert [(one.state, one.text) for one in steps.ended([lapsed], TODAY)] == [("past", "Not done in time")]


def test_kind_without_words_takes_those_of_the_plan():
    unknown = in_days(0, kind="new_kind", number=2, template="yellow")
    assert (steps.words_of(unknown).title["en"], steps.lead(unknown, TODAY)) == ("Weigh yourself once a week", "")

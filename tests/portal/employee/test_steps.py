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


def test_list_shows_what_is_open_and_then_what_the_template_still_holds():
    doctor, own = in_days(14, kind="case_review", doer="physician"), in_days(21, kind="home_reading", number=2, window=6)
    assert [(one.state, one.title, one.text) for one in steps.listed(own.plan, [doctor, own], TODAY)] == [
        ("", "A doctor reviews your results", "By 2 July · Physician"),
        ("now", "Measure at home and write it down", "From 9 July"),
    ]
    assert [(one.state, one.title, one.text) for one in steps.ahead(own.plan, [doctor, own], {})] == [
        ("", "Your case manager follows up", "Around 16 September"),
    ]


def test_what_was_done_or_declined_is_not_announced_again():
    weighing = in_days(4, window=6, number=2, template="yellow")
    assert "Join the weight programme" in [one.title for one in steps.ahead(weighing.plan, [weighing], {})]
    assert "Join the weight programme" not in [one.title for one in steps.ahead(weighing.plan, [weighing], {}, made=[1, 2])]


def test_what_is_repeated_stands_in_the_list_once():
    first, second = in_days(0, window=6, number=2, template="yellow"), in_days(7, window=6, number=2, template="yellow")
    assert [one.text for one in steps.listed(first.plan, [first, second], TODAY)] == ["By 24 June"]


def test_what_is_far_is_put_apart_and_something_always_stands_near():
    soon, later, latest = (steps.ShownStep("", str(days), "", on=TODAY + timedelta(days=days)) for days in (3, 40, 90))
    done = steps.ShownStep("done", "done", "")
    assert steps.parted([done, latest, soon, later], TODAY) == ([done, soon], [later, latest])
    assert steps.parted([done, latest, later], TODAY) == ([done, later], [latest])


def merged(**parts):
    own = in_days(2, kind="lesson", number=2, window=28, version=2)
    return [one.title for one in steps.ahead(own.plan, [own], parts)]


def test_merged_plan_names_what_several_pathways_ask_for_once():
    found = merged(hypertension=TODAY, diabetes=TODAY)
    assert found.count("Your case manager follows up") == 1
    assert {"Measure your pressure at home and write it down", "Measure your fasting glucose at home and write it down"} <= set(found)
    assert "Measure your fasting glucose at home and write it down" not in merged(hypertension=TODAY)
    assert sorted(found) == sorted(set(found))


def test_part_counts_from_its_own_day():
    own = in_days(2, kind="lesson", number=2, window=28, version=2)
    (visit,) = [one for one in steps.ahead(own.plan, [own], {"hypertension": TODAY + timedelta(days=100)}) if one.title == "Your case manager follows up"]
    assert visit.text == "Around 25 December"


def test_lesson_is_called_by_its_title_and_done_by_its_questions():
    lesson = in_days(2, kind="lesson", number=2, window=28, version=2)
    shown = steps.action([lesson], TODAY)
    assert (shown.title, shown.text, shown.is_lesson, shown.may_wait) == ("Reading your report", "About 3 minutes, with a few questions at the end.", True, False)
    assert steps.lead(lesson, TODAY) == "Please take a lesson by 18 July: Reading your report."


def test_step_put_off_is_asked_for_from_its_new_day():
    weekly = in_days(-3, window=6, number=2, template="yellow", postponed_until=TODAY + timedelta(days=4))
    assert (steps.when(weekly, TODAY), steps.may_finish(weekly, TODAY)) == ("from 22 June", False)
    begun = in_days(0, window=28, kind="enrol", template="yellow")
    assert (steps.action([begun], TODAY).may_wait, steps.action([in_days(3, window=28, kind="enrol", template="yellow")], TODAY).may_wait) == (True, False)


def test_list_marks_what_is_past_its_day_and_what_lapsed():
    late = in_days(-3, kind="call", doer="case_manager", template="red_alert")
    lapsed = in_days(-9, window=6, number=2, template="yellow", state="lapsed")
    assert steps.listed(late.plan, [late], TODAY)[0].state == "late"
    assert [(one.state, one.text) for one in steps.ended([lapsed], TODAY)] == [("past", "Not done in time")]


def test_kind_without_words_takes_those_of_the_plan():
    unknown = in_days(0, kind="new_kind", number=2, template="yellow")
    assert (steps.words_of(unknown).title["en"], steps.lead(unknown, TODAY)) == ("Weigh yourself once a week", "")

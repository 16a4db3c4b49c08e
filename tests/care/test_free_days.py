"""Steps and mails on free days: what moves, and what waits for nothing."""

from datetime import date, datetime, timedelta

from healthmgmt.care import reminding, stepping
from healthmgmt.care.models import Plan, Step
from healthmgmt.organization import calendar
from tests.care.making import DAY, assessment
from tests.care.over_time import BY, MANY, SHANGHAI, after, daily, plan, planned


def test_calls_move_from_a_free_day_to_the_next_one_worked_and_keep_their_key(cast) -> None:
    # 10 June 2026 is a Wednesday, so the first contact of day 7 falls on one too; day 14 becomes a holiday, with the two after it.
    for days in (7, 8):
        calendar.set_day(after(days), name="Festival", is_free=True, by=BY)
    plan(assessment(cast.anna, "red", "known_ascvd"))
    step = Step.objects.get(number=1)
    assert (step.due_on, step.asked_on) == (after(7), after(9))
    daily(after(7))
    assert Step.objects.get(number=1).state == "planned"
    daily(after(9))
    assert (Step.objects.get(number=1).fired_on, Step.objects.get(number=1).due_on) == (after(9), after(7))


def test_steps_of_the_person_keep_their_day_and_the_mail_waits(cast) -> None:
    calendar.set_day(after(3), name="Festival", is_free=True, by=BY)
    plan(assessment(cast.anna, "yellow", "overweight"))
    assert daily(after(3)) == 1
    noon = datetime(2026, 6, 13, 12, tzinfo=SHANGHAI)
    # A Saturday: the mails go out on Monday morning.
    assert reminding.earliest(noon) == datetime(2026, 6, 15, 8, tzinfo=SHANGHAI)
    assert reminding.remind(now=noon, by=BY, size=20) is False
    assert not Step.objects.filter(reminded_on__isnull=False).exists()


def test_clock_of_a_class_a_result_waits_for_no_holiday(cast) -> None:
    for days in range(-1, 9):
        calendar.set_day(after(days), name="Festival", is_free=True, by=BY)
    plan(assessment(cast.anna, "red", "critical_bp"))
    assert daily(DAY) == 1
    assert daily(after(1)) == 1


def test_weekend_that_is_worked_is_a_day_like_others(cast) -> None:
    # The first contact is due on a Saturday.
    made = assessment(cast.anna, "red", "known_ascvd")
    plan(made, today=after(3))
    assert Step.objects.get(number=1).asked_on == after(12)
    monday = date(2026, 6, 22)
    calendar.set_weekdays([1, 2, 3, 4, 5, 6], by=BY)
    Plan.objects.all().delete()
    saturday = date(2026, 6, 20)
    plan(made, today=saturday - timedelta(7))
    assert Step.objects.get(number=1).asked_on == saturday
    calendar.set_day(saturday, name="Festival", is_free=True, by=BY)
    assert stepping.follow_calendar(today=after(4), size=MANY) == 1
    assert stepping.follow_calendar(today=after(4), size=MANY) == 0
    # Sunday is free too.
    assert Step.objects.get(number=1).asked_on == monday
    calendar.remove_day(saturday, by=BY)
    stepping.follow_calendar(today=after(4), size=MANY)
    assert Step.objects.get(number=1).asked_on == saturday

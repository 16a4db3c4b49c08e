"""Plans that stand still for a while, and go on where they stood."""

import random
from datetime import date, datetime, timedelta

import pytest

from healthmgmt.care import pausing, reminding, selectors, services, stepping
from healthmgmt.care.models import Alert, Pause, Plan, Step
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import calendar
from tests.care.making import DAY, assessment, exam
from tests.care.over_time import BY, MANY, SHANGHAI, after, daily, finish_all, pause, plan, planned


def test_nothing_fires_lapses_or_is_mailed_in_a_paused_plan(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    daily(after(3))
    pause(cast.anna, after(4))
    for days in range(5, 60):
        assert daily(after(days)) == 0
    assert list(Step.objects.values_list("number", "state")) == [(1, "fired")]
    assert reminding.remind(now=datetime(2026, 8, 3, 12, tzinfo=SHANGHAI), by=BY, size=20) is False
    assert not Step.objects.filter(reminded_on__isnull=False).exists()


def test_plan_goes_on_where_it_stood(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    for days in range(5):
        daily(after(days))
    assert planned(cast.anna) == [(3, 1, 5)]
    pause(cast.anna, after(4))
    assert planned(cast.anna) == []
    assert pausing.resume(cast.anna, today=after(54), by=BY) is True
    assert pausing.resume(cast.anna, today=after(54), by=BY) is False
    # Fifty days later than it was, and so is the end of what was to be done.
    assert planned(cast.anna) == [(3, 1, 55)]
    assert Step.objects.get(number=1).lapses_on == after(3 + 28 + 50)
    assert Pause.objects.get().ended_on == after(54)


def test_pause_costs_nothing_of_a_programme_and_nothing_comes_in_a_heap(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"), assessment(cast.ben, "yellow", "overweight"))
    for days in range(150):
        if days == 20:
            pause(cast.anna, after(days), until=after(60))
        daily(after(days))
        new = Step.objects.filter(fired_on=after(days), plan__person=cast.anna)
        assert new.count() <= 2
        assert not (20 <= days < 60 and new)

    def asked(person) -> list[tuple]:
        found = Step.objects.filter(plan__person=person, plan__template="yellow", fired_on__isnull=False)
        return sorted(found.values_list("number", "occurrence"))

    assert asked(cast.anna) == asked(cast.ben)
    assert len(asked(cast.anna)) > 10


def test_pause_until_a_day_ends_by_itself_also_after_an_outage(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    pause(cast.anna, after(1), until=after(10), is_own=True, reason="not_now")
    assert pausing.resume_due(today=after(9), by=BY, size=MANY) == 0
    assert pausing.resume_due(today=after(12), by=BY, size=MANY) == 1
    assert pausing.resume_due(today=after(12), by=BY, size=MANY) == 0
    assert planned(cast.anna) == [(1, 1, 14), (3, 1, 16)]


def test_class_a_plan_and_open_alert_do_not_pause(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    plan(made)
    with pytest.raises(Rejected):
        pause(cast.anna, DAY)
    plan(assessment(cast.ben, "orange", "hypertension"))
    Alert.objects.create(person=cast.ben, assessment=made, code="critical_bp", measured_on=DAY)
    with pytest.raises(Rejected):
        pause(cast.ben, DAY)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": "weather"}, "reason"),
        ({"reason": "other"}, "note"),
        ({"until": DAY}, "until"),
        ({"until": DAY + timedelta(400)}, "until"),
        ({"is_own": True}, "until"),
        ({"is_own": True, "until": DAY + timedelta(93)}, "until"),
    ],
)
def test_pause_says_what_is_wrong(cast, given, field) -> None:
    plan(assessment(cast.anna, "yellow"))
    with pytest.raises(Rejected) as refused:
        pause(cast.anna, DAY, **given)
    assert refused.value.field == field


def test_red_finding_ends_the_pause_of_a_lighter_plan(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    pause(cast.anna, after(1))
    plan(assessment(cast.anna, "red", "known_ascvd"), today=after(5))
    assert Pause.objects.get().ended_on == after(5)
    assert planned(cast.anna)[0] == (4, 1, 7)


def test_lighter_plan_that_comes_meanwhile_is_paused_too(cast) -> None:
    plan(assessment(cast.anna, "orange", "hypertension"))
    pause(cast.anna, after(1))
    plan(assessment(cast.anna, "yellow"), today=after(5))
    assert planned(cast.anna) == []
    pausing.resume(cast.anna, today=after(30), by=BY)
    assert planned(cast.anna) == [(1, 1, 33), (3, 1, 35)]


def test_last_step_done_in_a_pause_ends_the_plan_when_it_would_go_on(cast) -> None:
    for person in (cast.ben, cast.anna):
        plan(assessment(person, "yellow", "overweight", exams=(exam(person),)))
    finish_all(cast.ben, "yellow", after(100))
    mine = Step.objects.filter(plan__person=cast.anna, plan__template="yellow", state__in=Step.OPEN).order_by("due_on", "number")
    for _step in range(Step.objects.filter(plan__person=cast.ben, plan__template="yellow").count() - 1):
        services.finish_step(mine[0], today=max(after(100), mine[0].due_on), by=BY)
    last = mine.get()
    fired = max(after(100), last.due_on)
    daily(fired)
    pause(cast.anna, fired + timedelta(days=1))
    services.finish_step(mine.get(), today=fired + timedelta(days=2), by=BY)
    assert Plan.objects.get(person=cast.anna).ended_on is None
    pausing.resume(cast.anna, today=fired + timedelta(days=9), by=BY)
    found = Plan.objects.filter(person=cast.anna).order_by("pk").values_list("template", "ended_on")
    assert list(found) == [("yellow", fired + timedelta(days=9)), ("yellow_after", None)]


def test_pause_without_an_end_is_looked_at_again(cast) -> None:
    plan(assessment(cast.anna, "orange", "hypertension"))
    pause(cast.anna, after(1))
    found = {days: bool(selectors.worklist(cast.case_manager, today=after(days))) for days in (60, 91, 120)}
    assert found == {60: False, 91: True, 120: True}


def test_step_is_not_put_off_while_the_plan_rests(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    daily(after(3))
    pause(cast.anna, after(4))
    with pytest.raises(Rejected):
        services.postpone_step(Step.objects.get(number=1), today=after(5), by=BY)


def test_paused_person_stands_on_the_worklist_for_an_alert_only(cast) -> None:
    made = assessment(cast.anna, "orange", "hypertension")
    plan(made)
    services.assign_manager(cast.case_manager, person=cast.anna, by=BY)

    def headings() -> list[str]:
        return [row["heading"] for row in selectors.worklist(cast.case_manager, today=after(200)) if row["id"] == cast.anna.pk]

    assert headings() == ["due"]
    pause(cast.anna, after(150))
    assert headings() == []
    Alert.objects.create(person=cast.anna, assessment=made, code="critical_bp", measured_on=DAY)
    assert headings() == ["alert"]


@pytest.mark.parametrize("seed", range(4))
def test_steps_fire_once_and_none_is_lost_whatever_comes_between(cast, seed) -> None:
    chance = random.Random(seed)
    plan(assessment(cast.anna, "red", "known_ascvd"), assessment(cast.ben, "yellow", "overweight"))
    fired: dict[int, date] = {}
    for days in range(80):
        today = after(days)
        act = chance.random()
        if act < 0.03:
            calendar.set_day(today + timedelta(chance.randint(0, 9)), name="Festival", is_free=chance.random() < 0.7, by=BY)
            stepping.follow_calendar(today=today, size=MANY)
        elif act < 0.08:
            for person in (cast.anna, cast.ben):
                if pausing.of_person(person):
                    pausing.resume(person, today=today, by=BY)
                elif pausing.may_pause(person):
                    pause(person, today, until=chance.choice([None, today + timedelta(chance.randint(1, 20))]))
        elif act < 0.25:
            # Nobody worked on that day.
            continue
        paused = set(Pause.objects.filter(ended_on=None).exclude(until__lte=today).values_list("person", flat=True))
        for _twice in range(2):
            daily(today)
        for step in Step.objects.filter(fired_on__isnull=False).exclude(pk__in=fired).select_related("plan"):
            assert step.plan.person_id not in paused
            assert step.doer == "person" or not calendar.working_days().is_free(step.fired_on)
            fired[step.pk] = step.fired_on
    kept = {step.pk: step.fired_on for step in Step.objects.filter(pk__in=fired)}
    assert kept == fired
    keys = [tuple(key) for key in Step.objects.values_list("plan", "number", "due_on")]
    assert len(keys) == len(set(keys))
    # What is asked for once was, as soon as the plan's own clock had come to it.
    for person, numbers in ((cast.anna, {1, 2, 4}), (cast.ben, {1, 3})):
        open_pause, own = pausing.of_person(person), Plan.objects.get(person=person, ended_on=None)
        clock = 79 - own.paused_days - ((after(79) - open_pause.begun_on).days if open_pause else 0)
        if clock > 35:
            assert numbers <= set(Step.objects.filter(pk__in=fired, plan=own).values_list("number", flat=True))


def test_what_the_person_put_off_does_not_fire_in_a_pause(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    daily(after(3))
    services.postpone_step(Step.objects.get(number=1), today=after(3), by=BY)
    pause(cast.anna, after(4))
    assert daily(after(12)) == 0
    pausing.resume(cast.anna, today=after(14), by=BY)
    assert Step.objects.get(number=1).asked_on == after(20)

"""Plans over time: free days, pauses, leaving and coming back, and how each ends."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.care import access, outcomes, pausing, reminding, selectors, services, stepping
from healthmgmt.care.models import Alert, GoalState, Pause, Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import calendar
from healthmgmt.people import moves
from healthmgmt.people import services as people
from healthmgmt.risk.models import Assessment
from tests.care.making import DAY, assessment, exam

BY = Actor(label="system:test")
MANY = 1000
SHANGHAI = ZoneInfo("Asia/Shanghai")


def plan(*found: Assessment, today: date = DAY) -> int:
    ids = [one.pk for one in found]
    return services.plan_assessed(min(ids), max(ids), today=today, by=BY)


def daily(today: date) -> int:
    """What the job of a day does."""
    outcomes.end_left(today=today, by=BY)
    pausing.resume_due(today=today, by=BY, size=MANY)
    services.lapse_steps(today=today, by=BY, size=MANY)
    return services.fire_steps(today=today, by=BY, size=MANY)


def after(days: int) -> date:
    return DAY + timedelta(days)


def planned(person) -> list[tuple]:
    found = Step.objects.filter(plan__person=person, plan__ended_on=None, state="planned").order_by("due_on", "number")
    return [(step.number, step.occurrence, (step.asked_on - DAY).days) for step in found]


# --- free days ------------------------------------------------------------------------------------------------------------


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


# --- pauses ---------------------------------------------------------------------------------------------------------------


def pause(person, today: date, until: date | None = None, **given) -> Pause:
    return pausing.pause(person, reason=given.pop("reason", "rotation"), until=until, today=today, by=BY, **given)


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


# --- moving, leaving, coming back -----------------------------------------------------------------------------------------


def test_plan_goes_along_to_another_unit_and_the_manager_of_the_unit_changes(cast) -> None:
    plan(assessment(cast.anna, "orange", "hypertension"))
    services.log_contact(cast.anna, ending="will_come", by=Actor.of(cast.case_manager))
    before = Plan.objects.get().pk
    assert access.visible_to(cast.case_manager).filter(pk=cast.anna.pk).exists()
    moves.transfer([cast.anna.pk], to=cast.bella.unit, on=DAY, by=BY)
    assert not access.visible_to(cast.case_manager).filter(pk=cast.anna.pk).exists()
    assert (Plan.objects.get().pk, Plan.objects.get().ended_on) == (before, None)
    # Whom the new unit is given to has the open steps and what came of former calls.
    cast.anna.refresh_from_db()
    assert [one.ending for one in selectors.call(cast.anna, today=DAY).contacts] == ["will_come"]
    assert access.visible_to(cast.physician).filter(pk=cast.anna.pk).exists()


def leave(person, on: date) -> None:
    type(person).objects.filter(pk=person.pk).update(left_on=on)


def test_who_left_is_asked_for_nothing_and_an_alert_stands(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    plan(made)
    services.open_alerts(made.pk, made.pk, by=BY)
    plan(assessment(cast.ben, "yellow", "overweight"))
    pause(cast.ben, after(1))
    for person in (cast.anna, cast.ben):
        leave(person, after(2))
    assert outcomes.end_left(today=after(1), by=BY) == 0
    assert outcomes.end_left(today=after(2), by=BY) == 2
    assert outcomes.end_left(today=after(2), by=BY) == 0
    assert set(Plan.objects.values_list("outcome", flat=True)) == {"left"}
    assert not Step.objects.filter(state__in=Step.OPEN).exists()
    assert Alert.objects.get().closed_at is None
    assert Pause.objects.get().ended_on == after(2)
    assert Event.objects.filter(action="care.plan_ended").count() == 2


def test_nobody_who_left_today_is_reminded_before_the_plan_has_ended(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    daily(after(5))
    leave(cast.anna, after(5))
    reminding.remind(now=datetime(2026, 6, 15, 12, tzinfo=SHANGHAI), by=BY, size=20)
    assert not Step.objects.filter(reminded_on__isnull=False).exists()


def test_who_is_back_gets_a_new_plan(cast) -> None:
    made = assessment(cast.anna, "yellow", "overweight")
    plan(made)
    leave(cast.anna, after(2))
    outcomes.end_left(today=after(2), by=BY)
    assert outcomes.returned(today=after(3)) == []
    leave(cast.anna, None)
    assert outcomes.returned(today=after(30)) == [made.pk]
    plan(made, today=after(30))
    assert list(Plan.objects.order_by("pk").values_list("outcome", flat=True)) == ["left", ""]
    assert outcomes.returned(today=after(30)) == []


def test_roster_file_ends_the_plan_at_once(cast, settings) -> None:
    from healthmgmt.work.models import Job

    plan(assessment(cast.anna, "yellow"))
    people.import_roster(f"emp_no,name,id_no,sex,birth,unit,dept,left_on\n{cast.anna.emp_no},,,,,,,2026-06-01\n".encode(), by=BY)
    assert Job.objects.filter(kind="care.follow_roster", lane="now").exists()


# --- how plans end --------------------------------------------------------------------------------------------------------


def goals(person) -> list[tuple]:
    found = GoalState.objects.filter(plan__person=person).order_by("pk")
    return [(one.goal, one.state, one.measured_on) for one in found]


def finish_all(person, template: str, today: date) -> None:
    while step := Step.objects.filter(plan__person=person, plan__template=template, state__in=Step.OPEN).order_by("due_on", "number").first():
        services.finish_step(step, today=max(today, step.due_on), by=BY)


@pytest.mark.parametrize(("weight", "outcome", "state"), [(76, "goal_reached", "reached"), (76.5, "finished", "not_reached"), (None, "finished", "not_measured")])
def test_programme_ends_with_its_goal_as_it_was_measured_and_goes_over_into_keeping(cast, weight, outcome, state) -> None:
    first = exam(cast.anna, results={"weight": 80, "sbp": 120})
    plan(assessment(cast.anna, "yellow", "overweight", exams=(first,)))
    if weight:
        exam(cast.anna, taken_on=after(60), results={"weight": weight})
    finish_all(cast.anna, "yellow", after(100))
    assert list(Plan.objects.order_by("pk").values_list("template", "outcome")) == [("yellow", outcome), ("yellow_after", "")]
    assert goals(cast.anna)[0] == ("weight", state, after(60) if weight else None)


def test_weight_without_one_before_the_plan_is_no_goal_reached(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna),)))
    exam(cast.anna, taken_on=after(60), results={"weight": 60})
    finish_all(cast.anna, "yellow", after(100))
    assert goals(cast.anna)[0][1] == "not_measured"
    assert Plan.objects.get(template="yellow").outcome == "finished"


def test_bound_is_no_goal_reached(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna, results={"weight": 80}),)))
    made = exam(cast.anna, taken_on=after(60), results={"weight": 60})
    type(made).objects.filter(pk=made.pk).update(qualifiers={"weight": ">"})
    finish_all(cast.anna, "yellow", after(100))
    assert goals(cast.anna)[0][1] == "not_measured"


def test_next_exam_closes_the_loop(cast) -> None:
    first = exam(cast.anna, results={"sbp": 160, "dbp": 95})
    plan(assessment(cast.anna, "orange", "hypertension", exams=(first,)))
    assert goals(cast.anna) == []
    second = exam(cast.anna, taken_on=after(300), results={"sbp": 132, "dbp": 82})
    newer = assessment(cast.anna, "orange", "hypertension", on=after(300), exams=(second,))
    for _twice in range(2):
        plan(newer, today=after(301))
    assert goals(cast.anna) == [("pressure", "reached", after(300))]
    told = GoalState.objects.get()
    assert (told.before, told.before_on, told.now) == ({"sbp": 160, "dbp": 95}, DAY, {"sbp": 132, "dbp": 82})
    # Half of a pressure is none.
    exam(cast.anna, taken_on=after(600), results={"sbp": 120})
    plan(assessment(cast.anna, "orange", "hypertension", on=after(600)), today=after(601))
    assert goals(cast.anna) == [("pressure", "reached", after(300))]


def test_round_without_the_value_says_so(cast) -> None:
    plan(assessment(cast.anna, "orange", "hyperlipidaemia"))
    exam(cast.anna, taken_on=after(300), results={"sbp": 132})
    plan(assessment(cast.anna, "orange", "hyperlipidaemia", on=after(300)), today=after(301))
    assert goals(cast.anna) == [("ldl", "not_measured", None)]


def test_keeping_goes_on_until_another_exam(cast) -> None:
    first = exam(cast.anna, results={"weight": 80})
    made = assessment(cast.anna, "yellow", "overweight", exams=(first,))
    plan(made)
    finish_all(cast.anna, "yellow", after(100))
    # Assessed again without another exam: it goes on.
    plan(assessment(cast.anna, "yellow", "overweight", exams=(first,)), today=after(230))
    assert Plan.objects.get(ended_on=None).template == "yellow_after"
    second = exam(cast.anna, taken_on=after(300), results={"weight": 79})
    plan(assessment(cast.anna, "yellow", "overweight", exams=(second,)), today=after(301))
    assert list(Plan.objects.order_by("pk").values_list("template", "outcome"))[1:] == [("yellow_after", "renewed"), ("yellow", "")]


def test_class_a_plan_ends_with_its_alert_and_case_management_follows(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    plan(made)
    services.open_alerts(made.pk, made.pk, by=BY)
    finish_all(cast.anna, "red_alert", DAY)
    assert Plan.objects.get().ended_on is None
    services.close_alert(Alert.objects.get(), outcome="confirmed", by=BY)
    assert list(Plan.objects.order_by("pk").values_list("template", "outcome")) == [("red_alert", "finished"), ("red_high_risk", "")]
    # Assessed again from the same values, nothing begins anew; another class A result does.
    plan(assessment(cast.anna, "red", "critical_bp"), today=after(20))
    assert Plan.objects.get(ended_on=None).template == "red_high_risk"
    plan(assessment(cast.anna, "red", "critical_bp", "critical_glucose"), today=after(21))
    assert Plan.objects.get(ended_on=None).template == "red_alert"


def test_plan_of_which_nothing_was_wanted_ends_as_that_and_nothing_follows(cast) -> None:
    made = assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna),))
    plan(made)
    while step := Step.objects.filter(state__in=Step.OPEN).order_by("due_on").first():
        services.decline_step(step, today=after(90), by=BY)
    assert list(Plan.objects.values_list("template", "outcome")) == [("yellow", "declined")]
    # The same results ask for nothing again; those of another exam do.
    assert plan(made, today=after(91)) == 0
    assert plan(assessment(cast.anna, "yellow", "overweight", exams=(exam(cast.anna, taken_on=after(300)),)), today=after(301)) == 1


@pytest.mark.parametrize("outcome", ["referred", "declined", "died"])
def test_plan_is_ended_by_hand_and_stays_ended(cast, outcome) -> None:
    first = exam(cast.anna)
    made = assessment(cast.anna, "orange", "hypertension", exams=(first,))
    plan(made)
    ended = outcomes.end_by_hand(Plan.objects.get(), outcome=outcome, today=after(3), by=BY)
    assert (ended.outcome, ended.ended_on) == (outcome, after(3))
    assert not Step.objects.filter(state__in=Step.OPEN).exists()
    assert plan(made, today=after(4)) == 0
    newer = assessment(cast.anna, "orange", "hypertension", exams=(exam(cast.anna, taken_on=after(300)),))
    assert plan(newer, today=after(301)) == (0 if outcome == "died" else 1)
    with pytest.raises(Rejected):
        outcomes.end_by_hand(ended, outcome=outcome, today=after(3), by=BY)


def test_plan_does_not_end_by_hand_over_an_open_alert_or_without_a_reason(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    plan(made)
    services.open_alerts(made.pk, made.pk, by=BY)
    for outcome in ("referred", "goal_reached"):
        with pytest.raises(Rejected):
            outcomes.end_by_hand(Plan.objects.get(), outcome=outcome, today=DAY, by=BY)


def test_what_the_person_put_off_does_not_fire_in_a_pause(cast) -> None:
    plan(assessment(cast.anna, "yellow", "overweight"))
    daily(after(3))
    services.postpone_step(Step.objects.get(number=1), today=after(3), by=BY)
    pause(cast.anna, after(4))
    assert daily(after(12)) == 0
    pausing.resume(cast.anna, today=after(14), by=BY)
    assert Step.objects.get(number=1).asked_on == after(20)


def test_round_without_a_new_value_does_not_count_the_old_one(cast) -> None:
    first = exam(cast.anna, results={"sbp": 120, "dbp": 80})
    plan(assessment(cast.anna, "orange", "hypertension", exams=(first,)))
    plan(assessment(cast.anna, "orange", "hypertension", on=after(300)), today=after(301))
    assert goals(cast.anna) == [("pressure", "not_measured", None)]

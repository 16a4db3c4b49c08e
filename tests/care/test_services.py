"""Plans follow colours, alerts follow class A results, steps fire on their day; all of it twice."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from healthmgmt.audit.models import Event
from healthmgmt.care import services
from healthmgmt.care.models import Alert, Assignment, Plan, PlanPart, Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.care.making import DAY, assessment, exam

BY = Actor(label="system:test")


def plan(*found: Assessment, today: date = DAY) -> int:
    ids = [one.pk for one in found]
    return services.plan_assessed(min(ids), max(ids), today=today, by=BY)


def history(person) -> list[tuple]:
    return list(Plan.objects.filter(person=person).order_by("id").values_list("template", "outcome"))


def steps(person) -> list[tuple]:
    found = Step.objects.filter(plan__person=person, plan__ended_on=None).order_by("due_on", "number")
    return [(step.number, step.occurrence, (step.due_on - step.plan.opened_on).days, step.state) for step in found]


def snapshot() -> list:
    return [list(model.objects.order_by("pk").values()) for model in (Plan, PlanPart, Step, Alert, Assignment)]


@pytest.mark.parametrize(
    ("colour", "codes", "template"),
    [
        ("red", ["critical_bp"], "red_alert"),
        ("red", ["known_ascvd"], "red_high_risk"),
        ("red", ["high_ascvd_risk", "critical_glucose"], "red_alert"),
        ("orange", ["hypertension"], "orange"),
        ("yellow", ["overweight"], "yellow"),
        ("blue", ["low_hdl"], "blue"),
        ("green", [], "green"),
        ("grey", [], "grey"),
    ],
)
def test_plan_opens_by_colour_and_reason(cast, colour, codes, template) -> None:
    made = assessment(cast.anna, colour, *codes)
    assert plan(made) == 1
    found = Plan.objects.get()
    assert (found.person, found.assessment, found.template, found.colour) == (cast.anna, made, template, colour)
    assert (found.version, found.opened_on, found.ended_on, found.outcome) == (2, DAY, None, "")


def test_plan_has_its_next_two_steps(cast) -> None:
    plan(assessment(cast.anna, "red", "known_ascvd"), assessment(cast.ben, "yellow", "overweight"))
    # Two of the person's own and two of those who care for them.
    assert steps(cast.anna) == [(4, 1, 2, "planned"), (1, 1, 7, "planned"), (2, 1, 14, "planned")]
    assert steps(cast.ben) == [(1, 1, 3, "planned"), (3, 1, 5, "planned")]


def test_plan_twice_is_once(cast) -> None:
    made = [assessment(cast.anna, "red", "known_ascvd"), assessment(cast.ben, "blue", "low_hdl")]
    plan(*made)
    before = snapshot()
    assert plan(*made) == 0
    assert snapshot() == before


def test_plan_is_kept_while_the_colour_stays(cast) -> None:
    plan(assessment(cast.anna, "orange", "hypertension"))
    newer = assessment(cast.anna, "orange", "hyperglycaemia")
    assert plan(newer, today=DAY + timedelta(300)) == 0
    assert history(cast.anna) == [("orange", "")]
    assert Plan.objects.get().assessment == newer


@pytest.mark.parametrize(
    ("colours", "outcomes"),
    [
        (["yellow", "orange"], [("yellow", "stepped_up"), ("orange", "")]),
        (["orange", "green"], [("orange", "stepped_down"), ("green", "")]),
        (["green", "grey"], [("green", "stepped_up"), ("grey", "")]),
        (["grey", "blue"], [("grey", "determined"), ("blue", "")]),
        # Data too poor for a colour say nothing against the plan that a known colour began.
        (["orange", "grey"], [("orange", "")]),
        (["blue", "red", "yellow"], [("blue", "stepped_up"), ("red_high_risk", "stepped_down"), ("yellow", "")]),
    ],
)
def test_plan_follows_the_colour(cast, colours, outcomes) -> None:
    for colour in colours:
        plan(assessment(cast.anna, colour))
    assert history(cast.anna) == outcomes


def test_plan_changes_between_the_two_of_red(cast) -> None:
    for codes in (["known_ascvd"], ["known_ascvd", "critical_bp"], ["known_ascvd"]):
        plan(assessment(cast.anna, "red", *codes))
    assert history(cast.anna) == [("red_high_risk", "stepped_up"), ("red_alert", "stepped_down"), ("red_high_risk", "")]


def test_plan_that_ends_cancels_its_open_steps(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    plan(assessment(cast.anna, "green"), today=DAY + timedelta(2))
    ended = Plan.objects.get(template="yellow")
    assert ended.ended_on == DAY + timedelta(2)
    assert list(ended.steps.values_list("state", "ended_by")) == [("cancelled", "system:test")] * 2


def test_plan_ignores_an_assessment_that_is_not_current(cast) -> None:
    old = assessment(cast.anna, "red", "known_ascvd")
    assessment(cast.anna, "green")
    assert plan(old) == 0
    assert Plan.objects.count() == 0


def test_plan_records_one_event_for_all_and_none_for_nothing(cast) -> None:
    made = [assessment(cast.anna, "green"), assessment(cast.ben, "orange")]
    plan(*made)
    plan(*made)
    plan(assessment(cast.anna, "green"), assessment(cast.ben, "blue"))
    assert list(Event.objects.filter(action="care.planned").values_list("detail", flat=True)) == [
        {"opened": 2, "kept": 0, "ended": 0, "added": 0, "dropped": 0},
        {"opened": 1, "kept": 1, "ended": 1, "added": 0, "dropped": 0},
    ]


def test_plan_needs_as_many_queries_for_thirty_people_as_for_one(cast) -> None:
    counts = []
    for size in (1, 30):
        people = [casting.person(f"Q{size}-{number}", cast.b1) for number in range(size)]
        made = [assessment(one, "red", "known_ascvd") for one in people]
        with CaptureQueriesContext(connection) as queries:
            plan(*made)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_database_refuses_a_second_open_plan(cast) -> None:
    made = assessment(cast.anna, "green")
    plan(made)
    with pytest.raises(IntegrityError, match="one_open_plan"):
        Plan.objects.create(person=cast.anna, assessment=made, template="green", version=1, colour="green", opened_on=DAY)


def test_baseless_plans_end_when_no_assessment_is_left(cast) -> None:
    made = assessment(cast.anna, "orange")
    plan(made, assessment(cast.ben, "orange"))
    Assessment.objects.filter(pk=made.pk).update(is_current=False)
    assert [services.end_baseless_plans(today=DAY, by=BY) for _ in range(2)] == [1, 0]
    assert (history(cast.anna), history(cast.ben)) == ([("orange", "withdrawn")], [("orange", "")])
    assert set(Step.objects.filter(plan__person=cast.anna).values_list("state", flat=True)) == {"cancelled"}


# Alerts ------------------------------------------------------------------------------------------------------------------


def alert(*found: Assessment) -> int:
    ids = [one.pk for one in found]
    return services.open_alerts(min(ids), max(ids), by=BY)


def test_alert_opens_for_class_a_only(cast) -> None:
    made = [
        assessment(cast.anna, "red", "critical_bp", "critical_glucose", "hypertension"),
        assessment(cast.ben, "red", "known_ascvd", "high_ascvd_risk"),
        assessment(cast.amos, "orange", "hypertension"),
    ]
    assert alert(*made) == 2
    assert list(Alert.objects.order_by("code").values_list("person", "code", "measured_on")) == [
        (cast.anna.pk, "critical_bp", DAY),
        (cast.anna.pk, "critical_glucose", DAY),
    ]
    assert list(Event.objects.filter(action="alert.opened").values_list("person_id", flat=True)) == [cast.anna.pk]
    assert Alert.objects.filter(closed_at=None).count() == 2


def test_alert_of_two_lines_of_one_reason_is_one(cast) -> None:
    assert alert(assessment(cast.anna, "red", "critical_bp", "critical_bp")) == 1


def test_alert_twice_and_assessed_again_is_one(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    alert(made)
    assert alert(made) == 0
    assert alert(assessment(cast.anna, "red", "critical_bp")) == 0
    assert Alert.objects.count() == 1


def test_alert_opens_again_for_a_result_of_another_day(cast) -> None:
    alert(assessment(cast.anna, "red", "critical_bp"))
    services.close_alert(Alert.objects.get(), outcome="repeat_normal", by=BY)
    assert alert(assessment(cast.anna, "red", "critical_bp")) == 0
    assert alert(assessment(cast.anna, "red", "critical_bp", on=DAY + timedelta(200))) == 1


def test_alert_opens_for_an_assessment_replaced_before_the_job_ran(cast) -> None:
    taken = exam(cast.anna)
    old = assessment(cast.anna, "red", "critical_bp", exams=(taken,))
    assessment(cast.anna, "orange", on=DAY + timedelta(1))
    assert alert(old) == 1


def test_alert_does_not_open_for_a_result_withdrawn_before_the_job_ran(cast) -> None:
    taken = exam(cast.anna)
    old = assessment(cast.anna, "red", "critical_bp", exams=(taken,))
    taken.state = "withdrawn"
    taken.save()
    assessment(cast.anna, "orange", on=DAY + timedelta(1))
    assert alert(old) == 0


def test_close_alert_needs_an_outcome_and_works_once(cast) -> None:
    alert(assessment(cast.anna, "red", "critical_bp"))
    found = Alert.objects.get()
    with pytest.raises(Rejected):
        services.close_alert(found, outcome="", by=BY)
    closed = services.close_alert(found, outcome="confirmed", by=Actor.of(cast.physician))
    assert (closed.outcome, closed.closed_by) == ("confirmed", f"user:{cast.physician.pk}")
    with pytest.raises(Rejected):
        services.close_alert(found, outcome="artefact", by=BY)
    assert Event.objects.get(action="alert.closed").person_id == cast.anna.pk


def test_database_refuses_an_alert_closed_without_outcome(cast) -> None:
    alert(assessment(cast.anna, "red", "critical_bp"))
    with pytest.raises(IntegrityError, match="alert_closed_with_outcome"):
        Alert.objects.update(closed_at="2026-06-11T00:00:00Z", closed_by="x")


# Case managers -------------------------------------------------------------------------------------------------------------


def test_high_risk_dedicates_the_case_manager_of_the_nearest_unit(cast) -> None:
    far = casting.user("far", "case_manager", cast.a)
    plan(
        assessment(cast.anna, "red", "known_ascvd"),
        assessment(cast.amos, "red", "high_ascvd_risk"),
        assessment(cast.bella, "red", "known_ascvd"),
        assessment(cast.ben, "red", "critical_bp"),
    )
    assert list(Assignment.objects.values_list("person", "manager", "reasons")) == [
        (cast.anna.pk, cast.case_manager.pk, ["known_ascvd"]),
        (cast.amos.pk, far.pk, ["high_ascvd_risk"]),
    ]
    assert sorted(Event.objects.filter(action="care.manager_assigned").values_list("person_id", flat=True)) == [cast.anna.pk, cast.amos.pk]


def test_high_risk_is_dealt_out_in_turn_and_never_reassigned(cast) -> None:
    second = casting.user("second", "case_manager", cast.a1)
    people = [casting.person(f"T{number}", cast.a1) for number in range(4)]
    made = [assessment(one, "red", "known_ascvd") for one in people]
    plan(*made)
    plan(*made)
    dealt = list(Assignment.objects.order_by("person").values_list("manager", flat=True))
    assert sorted(dealt) == sorted([cast.case_manager.pk, second.pk] * 2)


def test_high_risk_passes_over_users_who_left(cast) -> None:
    cast.case_manager.is_active = False
    cast.case_manager.save()
    plan(assessment(cast.anna, "red", "known_ascvd"))
    assert Assignment.objects.count() == 0


def test_assign_manager_takes_over_and_is_idempotent(cast) -> None:
    second = casting.user("second", "case_manager", cast.a1)
    first = services.assign_manager(cast.case_manager, person=cast.anna, by=BY)
    assert services.assign_manager(cast.case_manager, person=cast.anna, by=BY) == first
    services.assign_manager(second, person=cast.anna, by=BY)
    first.refresh_from_db()
    assert (first.ended_by, Assignment.objects.get(ended_at=None).manager) == ("system:test", second)


def test_assign_manager_refuses_who_has_no_role_in_care_there(cast) -> None:
    for user in (cast.leader, cast.liaison_a1, cast.case_manager):
        with pytest.raises(Rejected):
            services.assign_manager(user, unit=cast.b1, by=BY)
    with pytest.raises(ValueError, match="a person or to a unit"):
        services.assign_manager(cast.case_manager, by=BY)


# Due steps -----------------------------------------------------------------------------------------------------------------


def daily(today: date) -> tuple[int, int]:
    lapsed = services.lapse_steps(today=today, by=BY, size=1000)
    return lapsed, services.fire_steps(today=today, by=BY, size=1000)


def test_step_fires_on_its_day_and_never_before_or_twice(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    assert daily(DAY + timedelta(2)) == (0, 0)
    assert daily(DAY + timedelta(3)) == (0, 1)
    assert daily(DAY + timedelta(3)) == (0, 0)
    assert steps(cast.anna) == [(1, 1, 3, "fired"), (3, 1, 5, "planned")]
    assert Step.objects.get(number=1).fired_on == DAY + timedelta(3)


def test_step_fires_once_after_a_stop_of_many_days(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    late = DAY + timedelta(40)
    assert daily(late) == (0, 2)
    assert daily(late) == (0, 0)
    found = Step.objects.get(number=3)
    # The window counts from the day on which it was there to be done.
    assert (found.fired_on, found.lapses_on) == (late, late + timedelta(28))


def test_step_that_lapses_makes_room_for_the_next_and_skips_those_missed(cast) -> None:
    made = assessment(cast.anna, "yellow")
    Plan.objects.create(person=cast.anna, assessment=made, template="yellow", version=1, colour="yellow", opened_on=DAY)
    plan(made)
    daily(DAY + timedelta(7))
    # Weigh-ins whose week is over are not asked for; the one of this week is, and the enrolment still waits.
    assert daily(DAY + timedelta(32)) == (1, 1)
    assert steps(cast.anna) == [(1, 1, 3, "fired"), (2, 1, 7, "lapsed"), (2, 4, 28, "fired")]
    assert daily(DAY + timedelta(40)) == (2, 1)
    assert steps(cast.anna)[2:] == [(2, 4, 28, "lapsed"), (2, 5, 35, "fired"), (2, 6, 42, "planned")]


def test_step_without_a_window_waits_for_ever(cast) -> None:
    plan(assessment(cast.anna, "red", "critical_bp"))
    daily(DAY + timedelta(1))
    assert daily(DAY + timedelta(400)) == (0, 0)
    assert steps(cast.anna) == [(1, 1, 0, "fired"), (2, 1, 1, "fired")]


def test_finish_step_brings_the_next(cast) -> None:
    plan(assessment(cast.anna, "red", "critical_bp"))
    services.finish_step(Step.objects.get(number=1), today=DAY, by=Actor.of(cast.case_manager))
    assert steps(cast.anna) == [(1, 1, 0, "done"), (2, 1, 1, "planned"), (3, 1, 7, "planned")]
    with pytest.raises(Rejected):
        services.finish_step(Step.objects.get(number=1), today=DAY, by=BY)
    assert Event.objects.get(action="step.done").person_id == cast.anna.pk


def test_finish_step_goes_through_a_whole_programme(cast) -> None:
    plan(assessment(cast.anna, "blue"))
    today = DAY
    while open_steps := list(Step.objects.filter(plan__template="blue", state__in=["planned", "fired"]).order_by("due_on")):
        assert len(open_steps) <= 2
        today = max(today, open_steps[0].due_on)
        services.finish_step(open_steps[0], today=today, by=BY)
    found = Step.objects.filter(plan__template="blue").order_by("due_on")
    assert list(found.values_list("number", "kind")) == [*((number, "lesson") for number in range(1, 9)), (9, "next_exam")]


def test_step_of_an_ended_plan_does_not_fire(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    Plan.objects.update(ended_on=DAY, outcome="stepped_down")
    assert daily(DAY + timedelta(10)) == (0, 0)


def test_fire_steps_works_in_slices(cast) -> None:
    plan(assessment(cast.anna, "yellow"), assessment(cast.ben, "yellow"))
    late = DAY + timedelta(8)
    assert [services.fire_steps(today=late, by=BY, size=3) for _ in range(3)] == [3, 1, 0]


def test_database_refuses_a_step_twice_and_an_early_one(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    found = Step.objects.get(number=1)
    with pytest.raises(IntegrityError, match="step_not_fired_early"):
        Step.objects.filter(pk=found.pk).update(state="fired", fired_on=found.due_on - timedelta(1))


def test_database_refuses_a_step_of_a_day_twice(cast) -> None:
    plan(assessment(cast.anna, "yellow"))
    found = Step.objects.get(number=1)
    found.pk, found.occurrence = None, 2
    with pytest.raises(IntegrityError, match="step_of_day_once"):
        found.save()


def test_plan_is_not_opened_for_somebody_who_has_left(cast) -> None:
    cast.ben.left_on = DAY - timedelta(1)
    cast.ben.save()
    plan(assessment(cast.ben, "orange", "hypertension"))
    assert Plan.objects.filter(person=cast.ben).count() == 0


def test_history_of_an_earlier_round_opens_no_alert(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    Assessment.objects.filter(pk=made.pk).update(is_current=False, is_history=True)
    assert (services.open_alerts(made.pk, made.pk, by=BY), Alert.objects.count()) == (0, 0)


def test_green_asks_for_the_next_examination_until_there_are_new_results(cast) -> None:
    plan(assessment(cast.anna, "green"))
    for _ in range(3):
        for step in Step.objects.filter(kind__in=("keep_going", "next_exam"), state__in=("planned", "fired")).order_by("due_on")[:1]:
            services.finish_step(step, today=step.due_on, by=BY)
    due = Step.objects.filter(kind="next_exam").order_by("due_on").values_list("due_on", flat=True)
    assert [(day - DAY).days for day in due] == [330, 420, 510, 600]

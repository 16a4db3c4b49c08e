"""Several reasons make one plan: which parts it has, and that nothing in it is asked for twice."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from healthmgmt.care import services, templates
from healthmgmt.care.models import LessonResult, Plan, PlanPart, Step
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Settings
from healthmgmt.people.models import Exposure
from tests import cast as casting
from tests.care.making import DAY, assessment, exam

BY = Actor(label="system:test")
HYPERTENSION, DIABETES, LIPIDS = "hypertension", "hyperglycaemia", "hyperlipidaemia"


@pytest.fixture(autouse=True)
def every_day_is_worked(cast) -> None:
    """The rhythms of parts are what is looked at here; free days are in test_free_days."""
    Settings.objects.update(working_days=[1, 2, 3, 4, 5, 6, 7])


def plan(person, colour: str, *codes: str, today: date = DAY) -> None:
    made = assessment(person, colour, *codes)
    services.plan_assessed(made.pk, made.pk, today=today, by=BY)


def parts(person) -> list[tuple]:
    return list(PlanPart.objects.filter(plan__person=person).order_by("slug", "id").values_list("slug", "begun_on", "ended_on"))


def present(person) -> list[str]:
    return [slug for slug, _begun, ended in parts(person) if ended is None]


def key(step: Step) -> str:
    return templates.load().plan(step.plan.template, step.plan.version).step(step.number).key


def through(person, days: int, *, start: date = DAY) -> list[tuple[str, int]]:
    """Live so many days in which everything is done at once: (key, day) of what was asked for."""
    done = []
    for day in range(days + 1):
        today = start + timedelta(day)
        services.fire_steps(today=today, by=BY, size=1000)
        for step in Step.objects.filter(plan__person=person, state="fired").select_related("plan").order_by("due_on", "number"):
            done.append((key(step), (today - start).days))
            if step.kind == "lesson":
                LessonResult.objects.create(
                    step=step, person=person, lesson=key(step).removeprefix("lesson_"), edition=1, attempt=1, answers=[0], right=0, answered_at=today.isoformat() + "T12:00:00Z"
                )
            services.finish_step(step, today=today, by=BY)
    return done


def days_of(done: list[tuple[str, int]], wanted: str) -> list[int]:
    return [day for found, day in done if found == wanted]


def test_two_diseases_make_one_plan_with_both_pathways_and_one_visit(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION, DIABETES)
    assert Plan.objects.count() == 1
    assert present(cast.anna) == ["diabetes", "hypertension"]
    done = through(cast.anna, 200)
    assert days_of(done, "visit") == [90, 180]
    assert len(days_of(done, "pressure_reading")) > 8
    assert len(days_of(done, "glucose_reading")) > 8
    assert [len(days_of(done, f"lesson_{one}")) for one in ("report", "pressure", "salt", "glucose")] == [1, 1, 1, 1]


def test_no_step_of_a_merged_plan_is_there_twice(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION, DIABETES, LIPIDS)
    done = through(cast.anna, 400)
    assert [one for one in done if done.count(one) > 1] == []
    # The lipid pathway alone would ask for a visit on day 105; the other pathways' visits are nearer to each other.
    assert days_of(done, "visit") == [90, 180, 270, 360]


def test_high_risk_keeps_its_monthly_call_beside_a_pathway_with_quarterly_visits(cast) -> None:
    plan(cast.anna, "red", "known_ascvd", HYPERTENSION)
    assert days_of(through(cast.anna, 100), "visit") == [30, 60, 90]


def test_pathway_alone_has_its_own_rhythm(cast) -> None:
    plan(cast.anna, "orange", LIPIDS)
    done = through(cast.anna, 300)
    assert days_of(done, "visit") == [105, 285]
    assert days_of(done, "pressure_reading") == []


def test_reason_that_goes_takes_its_planned_steps_along_and_nothing_that_was_done(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION, DIABETES)
    before = through(cast.anna, 30)
    later = DAY + timedelta(31)
    plan(cast.anna, "orange", HYPERTENSION, today=later)
    assert parts(cast.anna) == [("diabetes", DAY, later), ("hypertension", DAY, None)]
    dropped = Step.objects.filter(part__slug="diabetes")
    assert not dropped.filter(state__in=("planned", "fired")).exists()
    assert dropped.filter(state="done").count() == sum(one in ("glucose_reading", "lesson_glucose") for one, _day in before)
    assert "glucose_reading" not in [one for one, _day in through(cast.anna, 60, start=later)]


def test_reason_that_comes_adds_its_steps_from_its_own_day(cast) -> None:
    plan(cast.anna, "orange", LIPIDS)
    through(cast.anna, 100)
    later = DAY + timedelta(101)
    plan(cast.anna, "orange", LIPIDS, HYPERTENSION, today=later)
    done = through(cast.anna, 100, start=later)
    assert Plan.objects.count() == 1
    assert days_of(done, "pressure_reading")[0] == 7
    # The visit of the lipid pathway on its day 105 stays; from then on the tighter rhythm counts.
    assert days_of(done, "visit") == [4, 90]


def test_tighter_rhythm_takes_the_place_of_a_visit_planned_for_later(cast) -> None:
    plan(cast.anna, "orange", "medium_ascvd_risk")
    assert list(Step.objects.filter(kind="visit").order_by("due_on").values_list("due_on", flat=True)) == [DAY + timedelta(180)]
    plan(cast.anna, "orange", "medium_ascvd_risk", HYPERTENSION, today=DAY + timedelta(10))
    assert days_of(through(cast.anna, 200), "visit") == [100, 190]


def test_looser_rhythm_goes_on_when_the_tighter_one_is_gone(cast) -> None:
    plan(cast.anna, "orange", "medium_ascvd_risk", HYPERTENSION)
    through(cast.anna, 100)
    later = DAY + timedelta(101)
    plan(cast.anna, "orange", "medium_ascvd_risk", today=later)
    assert days_of(through(cast.anna, 300, start=later), "visit") == [79, 259]


def test_reason_that_comes_back_begins_anew(cast) -> None:
    for start, codes in ((0, (HYPERTENSION,)), (40, ("medium_ascvd_risk",)), (60, (HYPERTENSION,))):
        today = DAY + timedelta(start)
        plan(cast.anna, "orange", *codes, today=today)
        done = through(cast.anna, 19, start=today)
    assert parts(cast.anna) == [("hypertension", DAY, DAY + timedelta(40)), ("hypertension", DAY + timedelta(60), None)]
    assert days_of(done, "pressure_reading") == [7, 14]
    # The lesson was learnt in the first run.
    assert days_of(done, "lesson_pressure") == []


def test_merging_twice_is_once(cast) -> None:
    def snapshot() -> list:
        return [list(model.objects.order_by("pk").values()) for model in (Plan, PlanPart, Step)]

    made = assessment(cast.anna, "orange", HYPERTENSION, DIABETES)
    services.plan_assessed(made.pk, made.pk, today=DAY, by=BY)
    before = snapshot()
    services.plan_assessed(made.pk, made.pk, today=DAY, by=BY)
    assert snapshot() == before


def test_exposure_at_work_brings_its_part_whatever_the_colour(cast) -> None:
    for person, colour in ((cast.anna, "green"), (cast.ben, "yellow"), (cast.amos, "green")):
        if person is not cast.amos:
            Exposure.objects.create(person=person, kind="high_altitude", since=DAY)
        plan(person, colour)
    assert [present(one) for one in (cast.anna, cast.ben, cast.amos)] == [["high_altitude"], ["high_altitude"], []]
    assert days_of(through(cast.anna, 40), "rotation_check") == [30]


def test_exposure_that_ended_takes_its_part_along(cast) -> None:
    Exposure.objects.create(person=cast.anna, kind="high_altitude", since=DAY)
    plan(cast.anna, "green")
    Exposure.objects.update(until=DAY + timedelta(20))
    plan(cast.anna, "green", today=DAY + timedelta(20))
    assert present(cast.anna) == []


def test_plan_that_ends_ends_its_parts(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION)
    plan(cast.anna, "green", today=DAY + timedelta(5))
    assert parts(cast.anna) == [("hypertension", DAY, DAY + timedelta(5))]


def test_open_plan_keeps_its_version_and_has_no_parts_of_a_later_one(cast) -> None:
    made = assessment(cast.anna, "orange", HYPERTENSION)
    Plan.objects.create(person=cast.anna, assessment=made, template="orange", version=1, colour="orange", opened_on=DAY)
    plan(cast.anna, "orange", HYPERTENSION, DIABETES)
    assert (Plan.objects.get().version, parts(cast.anna)) == (1, [])
    assert set(Step.objects.values_list("number", flat=True)) == {1, 2, 3}


def test_readings_stop_while_the_target_is_held_and_come_back_when_it_is_not(cast) -> None:
    for days, sbp in ((-120, 150), (-90, 136), (-2, 132)):
        exam(cast.anna, DAY + timedelta(days), {"sbp": sbp, "dbp": 80})
    plan(cast.anna, "orange", HYPERTENSION)
    assert "pressure_reading" not in [one for one, _day in through(cast.anna, 30)]
    exam(cast.anna, DAY + timedelta(31), {"sbp": 149, "dbp": 80})
    plan(cast.anna, "orange", HYPERTENSION, today=DAY + timedelta(31))
    assert "pressure_reading" in [one for one, _day in through(cast.anna, 20, start=DAY + timedelta(31))]


@pytest.mark.parametrize(
    "taken",
    [
        [(-90, 136, 80), (-50, 145, 80), (-2, 132, 80)],  # missed between
        [(-90, 136, 95), (-2, 132, 80)],  # the other number of the pressure missed
        [(-20, 136, 80), (-2, 132, 80)],  # not for long enough
        [(-200, 136, 80), (-100, 132, 80)],  # too long ago
    ],
)
def test_target_that_is_not_held_stops_nothing(cast, taken) -> None:
    for days, sbp, dbp in taken:
        exam(cast.anna, DAY + timedelta(days), {"sbp": sbp, "dbp": dbp})
    plan(cast.anna, "orange", HYPERTENSION)
    assert "pressure_reading" in [one for one, _day in through(cast.anna, 20)]


def test_lesson_that_was_learnt_is_not_asked_again_in_another_plan(cast) -> None:
    plan(cast.anna, "blue", "high_normal_bp")
    assert days_of(through(cast.anna, 5), "lesson_pressure") == [1]
    later = DAY + timedelta(10)
    plan(cast.anna, "orange", HYPERTENSION, today=later)
    assert days_of(through(cast.anna, 40, start=later), "lesson_pressure") == []


def test_blue_begins_with_the_lesson_of_its_reason_and_has_all_eight(cast) -> None:
    plan(cast.anna, "blue", "high_uric_acid")
    lessons = [(one, day) for one, day in through(cast.anna, 200) if one.startswith("lesson_")]
    assert lessons[0] == ("lesson_uric_acid", 1)
    assert len({one for one, _day in lessons}) == len(lessons) == 9


def test_nobody_is_asked_for_more_than_the_week_allows(cast) -> None:
    most = templates.load().courtesy.most_contacts_a_week
    plan(cast.anna, "orange", HYPERTENSION, DIABETES, LIPIDS, "overweight")
    own = {step.number for _part, step in templates.load().plan("orange", 2).all_steps if step.doer == "person"}
    done = through(cast.anna, 60)
    fired = sorted((step.fired_on - DAY).days for step in Step.objects.filter(number__in=own, fired_on__isnull=False))
    assert len(done) > 10
    assert max(sum(day <= other < day + 7 for other in fired) for day in fired) == most


def test_call_of_a_case_manager_counts_as_a_contact_and_is_never_held_back(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION, DIABETES)
    for number in range(templates.load().courtesy.most_contacts_a_week):
        contact = services.log_contact(cast.anna, ending="will_come", by=BY)
        type(contact).objects.filter(pk=contact.pk).update(made_at=f"{DAY + timedelta(1)}T08:00:0{number}Z")
    Step.objects.filter(doer="physician").update(due_on=DAY + timedelta(4))
    services.fire_steps(today=DAY + timedelta(4), by=BY, size=1000)
    assert set(Step.objects.filter(state="fired").values_list("doer", flat=True)) == {"physician"}
    services.fire_steps(today=DAY + timedelta(9), by=BY, size=1000)
    assert "person" in Step.objects.filter(state="fired").values_list("doer", flat=True)


def test_held_back_steps_do_not_hold_up_those_of_others(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION)
    plan(cast.ben, "yellow", today=DAY + timedelta(5))
    for person in (cast.anna,):
        for _time in range(3):
            contact = services.log_contact(person, ending="will_come", by=BY)
            type(contact).objects.filter(pk=contact.pk).update(made_at=f"{DAY + timedelta(7)}T08:00:00Z")
    assert services.fire_steps(today=DAY + timedelta(8), by=BY, size=1) == 1
    assert Step.objects.get(state="fired").plan.person == cast.ben


def test_merging_needs_as_many_queries_for_thirty_people_as_for_one(cast) -> None:
    counts = []
    for size in (1, 30):
        people = [casting.person(f"Q{size}-{number}", cast.b1) for number in range(size)]
        made = [assessment(one, "orange", HYPERTENSION, DIABETES) for one in people]
        with CaptureQueriesContext(connection) as queries:
            services.plan_assessed(made[0].pk, made[-1].pk, today=DAY, by=BY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_database_refuses_a_part_twice(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION)
    with pytest.raises(IntegrityError, match="plan_part_once"):
        PlanPart.objects.create(plan=Plan.objects.get(), slug="hypertension", begun_on=DAY)


# Not now, and not for me -------------------------------------------------------------------------------------------------------


def own(number: int) -> Step:
    return Step.objects.filter(number=number, plan__ended_on=None).latest("due_on")


def test_step_put_off_is_asked_for_again_in_a_week(cast) -> None:
    plan(cast.anna, "yellow")
    services.fire_steps(today=DAY + timedelta(3), by=BY, size=10)
    services.postpone_step(own(1), today=DAY + timedelta(4), by=BY)
    found = own(1)
    assert (found.state, found.postponed_until, found.asked_on, found.fired_on) == ("planned", DAY + timedelta(11), DAY + timedelta(11), None)
    services.fire_steps(today=DAY + timedelta(10), by=BY, size=10)
    assert own(1).state == "planned"
    services.fire_steps(today=DAY + timedelta(11), by=BY, size=10)
    assert (own(1).state, own(1).lapses_on) == ("fired", DAY + timedelta(39))


def test_weekly_step_put_off_is_left_out_this_once(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION)
    services.fire_steps(today=DAY + timedelta(7), by=BY, size=10)
    first = Step.objects.get(number=12, occurrence=1)
    assert services.postpone_step(first, today=DAY + timedelta(7), by=BY).state == "skipped"
    assert Step.objects.get(number=12, occurrence=2).state == "planned"


def test_step_that_is_not_for_somebody_ends_and_is_not_asked_for_again(cast) -> None:
    plan(cast.anna, "orange", HYPERTENSION)
    services.fire_steps(today=DAY + timedelta(7), by=BY, size=10)
    services.decline_step(Step.objects.get(number=12, occurrence=1), today=DAY + timedelta(7), by=BY)
    assert set(Step.objects.filter(number=12).values_list("state", flat=True)) == {"declined"}
    assert "pressure_reading" not in [one for one, _day in through(cast.anna, 40, start=DAY + timedelta(8))]
    plan(cast.anna, "orange", HYPERTENSION, today=DAY + timedelta(60))
    assert "pressure_reading" not in [one for one, _day in through(cast.anna, 40, start=DAY + timedelta(60))]


@pytest.mark.parametrize("act", [services.postpone_step, services.decline_step])
def test_step_that_has_ended_is_neither_put_off_nor_declined(cast, act) -> None:
    from healthmgmt.core.exceptions import Rejected

    plan(cast.anna, "yellow")
    services.finish_step(own(1), today=DAY, by=BY)
    with pytest.raises(Rejected):
        act(own(1), today=DAY, by=BY)

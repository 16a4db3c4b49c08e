"""Plans of people who move to another unit, leave, and come back."""

from datetime import date, datetime

from healthmgmt.audit.models import Event
from healthmgmt.care import access, outcomes, reminding, selectors, services
from healthmgmt.care.models import Alert, Pause, Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.people import moves
from healthmgmt.people import services as people
from tests.care.making import DAY, assessment
from tests.care.over_time import BY, SHANGHAI, after, daily, pause, plan


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

"""Readings come in once, checked, and can be taken back; the step that asked for them is done."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.care import services as care
from healthmgmt.care.models import Alert, Step
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.devices import selectors, services
from healthmgmt.devices.models import Reading
from healthmgmt.organization.selectors import today
from healthmgmt.risk import urgency
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests.care.making import assessment

BY = Actor(label="user:1")


def record(person, kind: str = "pressure", *, ago: timedelta = timedelta(minutes=1), token: uuid.UUID | None = None, **typed: str) -> Reading:
    typed = typed or {"sbp_home": "128", "dbp_home": "82"}
    return services.record(person, kind=kind, typed=typed, taken_at=timezone.now() - ago, token=token or uuid.uuid4(), by=BY)


def test_reading_is_stored_audited_without_its_value_and_announced(cast) -> None:
    made = record(cast.anna)
    assert (made.values, made.kind) == ({"sbp_home": 128.0, "dbp_home": 82.0}, "pressure")
    event = Event.objects.get(action="reading.recorded")
    assert (event.person_id, event.detail) == (cast.anna.pk, {})
    told = {job.kind for job in Job.objects.all() if job.payload == {"reading": made.pk}}
    assert told == {"care.finish_by_reading", "risk.watch_reading", "risk.assess_reading", "engagement.act_by_reading"}


@pytest.mark.parametrize(
    ("kind", "typed", "field", "fault"),
    [
        ("pressure", {"sbp_home": "128", "dbp_home": ""}, "dbp_home", "Type the number"),
        ("pressure", {"sbp_home": "80", "dbp_home": "120"}, "dbp_home", "smaller than the upper"),
        ("pressure", {"sbp_home": "1280", "dbp_home": "82"}, "sbp_home", "outside of 50 to 300"),
        ("pressure", {"sbp_home": "128/82", "dbp_home": "82"}, "sbp_home", "no plain number"),
        ("weight", {"weight": "7"}, "weight", "cannot be right"),
        ("glucose", {"cap_glucose": "105"}, "cap_glucose", "outside of 0.5 to 60"),
        ("steps", {"steps": "9000"}, "", "nothing of this kind"),
    ],
)
def test_what_cannot_be_right_is_said_and_not_stored(cast, kind, typed, field, fault) -> None:
    with pytest.raises(Rejected, match=fault) as refused:
        record(cast.anna, kind, **typed)
    assert (refused.value.field, Reading.objects.count(), Job.objects.count()) == (field, 0, 0)


@pytest.mark.parametrize("ago", [timedelta(hours=-1), timedelta(days=15)])
def test_a_time_that_has_not_come_or_is_long_gone_is_refused(cast, ago) -> None:
    with pytest.raises(Rejected) as refused:
        record(cast.anna, ago=ago)
    assert (refused.value.field, Reading.objects.count()) == ("taken_at", 0)


def test_the_same_form_and_the_same_moment_are_one_reading(cast) -> None:
    token, at = uuid.uuid4(), timezone.now()
    typed = {"weight": "71.5"}
    first = services.record(cast.anna, kind="weight", typed=typed, taken_at=at, token=token, by=BY)
    assert services.record(cast.anna, kind="weight", typed={"weight": "72"}, taken_at=at, token=token, by=BY) == first
    assert services.record(cast.anna, kind="weight", typed=typed, taken_at=at, token=uuid.uuid4(), by=BY) == first
    with pytest.raises(Rejected, match="another reading of this minute"):
        services.record(cast.anna, kind="weight", typed={"weight": "75"}, taken_at=at, token=uuid.uuid4(), by=BY)
    assert Reading.objects.count() == 1


def test_a_reading_that_was_taken_back_counts_no_more_and_makes_room(cast) -> None:
    made = record(cast.anna)
    assert services.withdraw(made, by=BY).withdrawn_at == services.withdraw(made, by=BY).withdrawn_at
    assert (selectors.recent(cast.anna), Event.objects.filter(action="reading.withdrawn").count()) == ([], 1)
    again = services.record(
        cast.anna, kind="pressure", typed={"sbp_home": "138", "dbp_home": "82"}, taken_at=made.taken_at, token=uuid.uuid4(), by=BY
    )
    assert selectors.recent(cast.anna) == [again]


def test_a_critical_reading_opens_an_alert_once_and_gives_no_colour(cast) -> None:
    made = record(cast.anna, sbp_home="186", dbp_home="104")
    work.drain()
    alert = Alert.objects.get()
    assert (alert.person, alert.code, alert.measured_on) == (cast.anna, "critical_bp", local_day(made.taken_at, "Asia/Shanghai"))
    assert urgency.watch_reading(made.pk) is False
    assert (Alert.objects.count(), Assessment.objects.filter(is_current=True).count(), Assessment.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("pressure", {"sbp_home": "179", "dbp_home": "109"}), ("glucose", {"cap_glucose": "16.6"}), ("weight", {"weight": "180"})],
)
def test_a_reading_below_the_critical_limits_opens_none(cast, kind, typed) -> None:
    made = record(cast.anna, kind, **typed)
    work.drain()
    assert (urgency.watch_reading(made.pk), Alert.objects.count(), Assessment.objects.count()) == (False, 0, 0)


def test_a_critical_reading_that_was_taken_back_at_once_opens_none(cast) -> None:
    services.withdraw(record(cast.anna, "glucose", cap_glucose="2.5"), by=BY)
    work.drain()
    assert Alert.objects.count() == 0


def own_step(person, kind: str, number: int, due: int = 0) -> Step:
    plan = person.plans.get(ended_on=None)
    return Step.objects.create(plan=plan, number=number, occurrence=90, kind=kind, doer="person", due_on=today() + timedelta(days=due), window_days=6)


def test_the_first_due_step_that_asked_for_it_is_done_and_no_other(cast) -> None:
    made = assessment(cast.anna, "orange", "hypertension")
    care.plan_assessed(made.pk, made.pk, today=today(), by=BY)
    due, weighing, later = own_step(cast.anna, "home_reading", 80), own_step(cast.anna, "weigh_in", 81), own_step(cast.anna, "home_reading", 82, due=3)
    reading = record(cast.anna)
    work.drain()
    for _ in range(2):
        care.finish_by_reading(reading.pk, today=today() + timedelta(days=9))
    states = [Step.objects.get(pk=step.pk) for step in (due, weighing, later)]
    assert [(step.state, step.ended_by) for step in states] == [("done", "user:1"), ("planned", ""), ("planned", "")]


@pytest.mark.parametrize(("kind", "typed", "done"), [("weight", {"weight": "71"}, []), ("glucose", {"cap_glucose": "6.1"}, []), ("pressure", {}, ["home_reading"])])
def test_a_step_that_asks_for_pressure_is_done_by_no_other_reading(cast, kind, typed, done) -> None:
    made = assessment(cast.anna, "orange", "hypertension")
    care.plan_assessed(made.pk, made.pk, today=today(), by=BY)
    Step.objects.filter(kind="home_reading").update(due_on=today())
    record(cast.anna, kind, **typed)
    work.drain()
    assert list(Step.objects.filter(state="done").values_list("kind", flat=True)) == done


def test_a_reading_without_a_step_and_one_taken_back_change_nothing(cast) -> None:
    reading = record(cast.anna)
    assert care.finish_by_reading(reading.pk, today=today()) is None
    made = assessment(cast.anna, "orange", "hypertension")
    care.plan_assessed(made.pk, made.pk, today=today(), by=BY)
    step = own_step(cast.anna, "home_reading", 80)
    services.withdraw(reading, by=BY)
    assert care.finish_by_reading(reading.pk, today=today()) is None
    assert Step.objects.get(pk=step.pk).state == "planned"

"""Returned within 15 days of contact: who counts, who came, and until when."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from healthmgmt.care import returning, services
from healthmgmt.care.models import Contact, Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.devices.models import Reading
from healthmgmt.exams.models import Exam
from healthmgmt.organization.selectors import today as local_today
from tests import cast as casting
from tests.care.making import assessment, exam

BY = Actor(label="system:test")
ZONE = ZoneInfo("Asia/Shanghai")


def day(ago: int) -> date:
    return local_today() - timedelta(days=ago)


def at(ago: int, hour: int = 10) -> datetime:
    return datetime.combine(day(ago), time(hour), ZONE)


def asked(person, ago: int = 40, ending: str = "will_come") -> Contact:
    return Contact.objects.create(person=person, made_at=at(ago), made_by="x", ending=ending)


def reading(person, ago: int, hour: int = 12) -> Reading:
    return Reading.objects.create(person=person, kind="weight", taken_at=at(ago, hour), values={"weight": 70}, entered_by="x")


def step_done(person, kind: str, ago: int) -> None:
    made = assessment(person, "orange", "hypertension", on=day(60))
    plan = Plan.objects.create(person=person, assessment=made, template="orange", version=2, colour="orange", opened_on=day(60))
    Step.objects.create(plan=plan, number=90, kind=kind, doer="case_manager", due_on=day(60), state="done", ended_at=at(ago, 11), ended_by="x")


def found(user) -> tuple[int, int]:
    got = returning.of_manager(user, today=local_today())
    return got.returned, got.asked


@pytest.mark.parametrize("ending", ["will_be_seen_today", "will_come", "referred"])
def test_person_who_was_asked_to_come_counts(cast, ending) -> None:
    asked(cast.anna, ending=ending)
    assert found(cast.case_manager) == (0, 1)


@pytest.mark.parametrize("ending", ["in_treatment", "not_reached", "wrong_number", "not_now", "to_physician"])
def test_other_endings_ask_nobody_to_come(cast, ending) -> None:
    asked(cast.anna, ending=ending)
    assert found(cast.case_manager) == (0, 0)


@pytest.mark.parametrize(("ago", "returned"), [(41, 0), (40, 1), (25, 1), (24, 0)])
def test_exam_counts_from_the_day_of_the_contact_to_the_fifteenth_after_it(cast, ago, returned) -> None:
    asked(cast.anna)
    exam(cast.anna, day(ago))
    assert found(cast.case_manager) == (returned, 1)


def test_withdrawn_exam_and_reading_do_not_count(cast) -> None:
    asked(cast.anna)
    Exam.objects.filter(pk=exam(cast.anna, day(30)).pk).update(state="withdrawn")
    Reading.objects.filter(pk=reading(cast.anna, 30).pk).update(withdrawn_at=timezone.now(), withdrawn_by="x")
    assert found(cast.case_manager) == (0, 1)


@pytest.mark.parametrize(("ago", "hour", "returned"), [(40, 9, 0), (40, 11, 1), (25, 23, 1), (24, 1, 0)])
def test_reading_counts_after_the_contact_by_the_organisations_day(cast, ago, hour, returned) -> None:
    asked(cast.anna)
    reading(cast.anna, ago, hour)
    assert found(cast.case_manager) == (returned, 1)


@pytest.mark.parametrize(("kind", "returned"), [("visit", 1), ("recheck", 1), ("referral", 1), ("lesson", 0), ("call", 0)])
def test_visits_and_rechecks_of_the_plan_count(cast, kind, returned) -> None:
    asked(cast.anna)
    step_done(cast.anna, kind, 30)
    assert found(cast.case_manager) == (returned, 1)


def test_person_counts_once_from_the_first_contact(cast) -> None:
    asked(cast.anna, 60)
    asked(cast.anna, 40)
    exam(cast.anna, day(30))
    assert found(cast.case_manager) == (0, 1)


def test_contacts_whose_days_are_not_over_or_that_are_old_are_left_out(cast) -> None:
    for person, ago in ((cast.anna, 15), (cast.ben, 106)):
        asked(person, ago)
    assert found(cast.case_manager) == (0, 0)
    for person, ago in ((casting.person("N1", cast.a1), 16), (casting.person("N2", cast.a1), 105)):
        asked(person, ago)
    assert found(cast.case_manager) == (0, 2)


def test_people_are_those_on_the_managers_list(cast) -> None:
    zhao = casting.user("zhao", "case_manager", cast.a1)
    for person in (cast.anna, cast.ben, cast.amos, cast.bella):
        asked(person)
    services.assign_manager(zhao, person=cast.ben, by=BY)
    assert (found(cast.case_manager), found(zhao)) == ((0, 1), (0, 2))


def test_units_are_counted_each_by_itself(cast) -> None:
    for person in (cast.anna, cast.ben, cast.bella):
        asked(person)
    exam(cast.ben, day(30))
    counts = {unit: (one.returned, one.asked) for unit, one in returning.by_unit(None, today=local_today()).items()}
    assert counts == {cast.a1.pk: (1, 2), cast.b1.pk: (0, 1)}
    assert list(returning.by_unit([cast.b1.pk], today=local_today())) == [cast.b1.pk]

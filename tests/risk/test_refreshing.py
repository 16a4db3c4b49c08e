"""What a night changes: exactly what judging everybody anew would, and nothing else."""

import random
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from healthmgmt.care.models import Plan
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Settings
from healthmgmt.people.models import Exposure, Person
from healthmgmt.risk import refreshing, services
from healthmgmt.risk.models import Assessment
from healthmgmt.work import claiming
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from healthmgmt.work.running import HandlerFailed
from tests import cast as casting
from tests.exams.road import ground
from tests.risk.test_changing import newer

DAY = date(2026, 3, 10)
VALUES = {
    "sbp": (100, 195), "dbp": (60, 115), "bmi": (18, 31), "fpg": (4, 9), "tc": (3, 7), "tg": (0.5, 4), "hdl": (0.8, 2), "waist": (70, 105),
    "smoking": (0, 2), "treatment:bp": (0, 1), "condition:diabetes": (0, 1), "family:ascvd": (0, 1), "creatinine": (50, 120),
}  # fmt: skip
FLAGS = ("smoking", "treatment:bp", "condition:diabetes", "family:ascvd")


@pytest.fixture
def on(monkeypatch):
    """`on(day)` sets the organisation's day."""
    return lambda day: monkeypatch.setattr(services, "today", lambda: day)


def exam(person: Person, taken_on: date, **results: float) -> Exam:
    sent = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=person.unit)
    return Exam.objects.create(person=person, taken_on=taken_on, upload=sent, row_number=1, results=results)


def perform(kind: str, key: str, **payload) -> Job:
    job = work.submit(kind, key, payload)
    work.drain()
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def assess(day: date, key: str = "all") -> None:
    perform("risk.assess", f"{key}-{day}", as_of=day.isoformat(), pack="")


def refresh(day: date, key: str = "night") -> Job:
    return perform("risk.refresh", f"{key}-{day}", day=day.isoformat())


def crowd(size: int, rng: random.Random) -> list[Person]:
    unit = casting.unit("Yard", ground(), place="北京")
    people = [casting.person(f"P{number}", unit, sex=rng.choice("mf"), birth=date(rng.randint(1950, 2000), 1, 5)) for number in range(size)]
    for person in people:
        for back in rng.sample(range(0, 800, 3), rng.randint(0, 4)):
            codes = [code for code in VALUES if rng.random() < rng.choice((0.3, 0.95))]
            found = {code: rng.randint(*VALUES[code]) if code in FLAGS else round(rng.uniform(*VALUES[code]), 1) for code in codes}
            exam(person, DAY - timedelta(days=back), **found)
    return people


def said() -> list[tuple]:
    """What stands of everybody now; days and ids left out."""
    names = ("person_id", "colour", "reasons", "scores", "missing", "exams", "pack", "edition", "before__colour", "before__exams")
    return [repr(row) for row in Assessment.objects.filter(is_current=True).order_by("person").values_list(*names)]


def everything() -> list[tuple]:
    return list(Assessment.objects.order_by("id").values_list("id", "is_current", "before_id"))


@pytest.mark.parametrize(("seed", "later"), [(1, 1), (2, 40), (3, 200), (4, 600)])
def test_night_says_what_judging_everybody_anew_says_and_writes_no_more(org_a, on, seed, later) -> None:
    crowd(40, random.Random(seed))
    on(DAY)
    assess(DAY)
    day, before = DAY + timedelta(days=later), dict(Assessment.objects.filter(is_current=True).values_list("person_id", "id"))
    on(day)
    point = transaction.savepoint()
    assess(day)
    anew = said()
    changed = {person for person, pk in Assessment.objects.filter(is_current=True).values_list("person_id", "id") if before.get(person) != pk}
    transaction.savepoint_rollback(point)
    refresh(day)
    now = dict(Assessment.objects.filter(is_current=True).values_list("person_id", "id"))
    assert said() == anew
    assert {person for person, pk in now.items() if before.get(person) != pk} == changed
    stored = everything()
    refresh(day, "again")
    assert everything() == stored


def test_value_that_left_the_window_is_judged_without_it(org_a, on) -> None:
    person = casting.person("P1", ground())
    exam(person, date(2025, 1, 10), sbp=150, dbp=80)
    exam(person, date(2026, 1, 10), tc=5.4)
    on(DAY)
    assess(DAY)
    on(date(2026, 7, 9))
    refresh(date(2026, 7, 9))
    assert Assessment.objects.get(is_current=True).colour == "orange"
    on(date(2026, 7, 10))
    refresh(date(2026, 7, 10))
    now = Assessment.objects.get(is_current=True)
    assert (now.colour, now.is_incomplete, len(now.exams), now.assessed_on) == ("blue", True, 1, date(2026, 7, 10))


def test_who_has_no_usable_value_keeps_what_was_said(org_a, on) -> None:
    exam(casting.person("P1", ground()), date(2025, 1, 10), sbp=150, dbp=80)
    on(DAY)
    assess(DAY)
    stored = everything()
    on(date(2027, 1, 1))
    assert refresh(date(2027, 1, 1)).cursor["people"] == 0
    assert everything() == stored


def test_edition_that_takes_effect_is_for_everybody_with_last_year_by_it_too(org_a, on, monkeypatch) -> None:
    people = [casting.person(f"P{number}", ground()) for number in range(3)]
    for one in people:
        exam(one, date(2025, 5, 2), sbp=135, dbp=78)
        exam(one, date(2026, 3, 2), sbp=125, dbp=78)
    on(DAY)
    assess(DAY)
    newer(monkeypatch)
    refresh(DAY)
    found = Assessment.objects.filter(is_current=True).values_list("edition", "colour", "before__edition", "before__colour")
    assert list(found) == [("2026", "blue", "2026", "orange")] * 3


def test_exposure_that_begins_or_ends_by_its_day(org_a, on) -> None:
    person = casting.person("P1", ground(), sex="m")
    Settings.objects.update(pack="cn+high-altitude")
    exam(person, date(2026, 1, 20), sbp=118, dbp=76, hgb=150, altitude=3600)
    Exposure.objects.create(person=person, kind="high_altitude", since=date(2026, 1, 15), until=date(2026, 4, 30))
    on(DAY)
    assess(DAY)
    assert "high_altitude_months" in Assessment.objects.get(is_current=True).scores
    on(date(2026, 5, 1))
    assert refresh(date(2026, 4, 30), "early").cursor["people"] == 1
    assert "high_altitude_months" not in Assessment.objects.get(is_current=True).scores


def test_exam_of_a_day_that_had_not_come(org_a, on) -> None:
    person = casting.person("P1", ground())
    exam(person, date(2026, 3, 2), sbp=118, dbp=76)
    exam(person, date(2026, 3, 12), sbp=150, dbp=76)
    on(DAY)
    assess(DAY)
    on(date(2026, 3, 12))
    refresh(date(2026, 3, 12))
    assert Assessment.objects.get(is_current=True).colour == "orange"


def test_night_that_was_stopped_goes_on_where_it_was(org_a, on, monkeypatch) -> None:
    rng = random.Random(7)
    crowd(12, rng)
    on(DAY)
    assess(DAY)
    day = DAY + timedelta(days=200)
    on(day)
    point = transaction.savepoint()
    refresh(day, "whole")
    whole = said()
    transaction.savepoint_rollback(point)
    monkeypatch.setattr(services, "SLICE_PEOPLE", 2)
    calls, real = [], refreshing.changing.compare

    def breaking(people, **options):
        calls.append(len(people))
        if len(calls) in (2, 4):
            raise RuntimeError("the machine went away")
        return real(people, **options)

    monkeypatch.setattr(refreshing.changing, "compare", breaking)
    job = work.submit("risk.refresh", "stopped", {"day": day.isoformat()})
    for _ in range(2):
        Job.objects.filter(pk=job.pk).update(run_after=Now())
        with pytest.raises(HandlerFailed):
            claiming.perform(claiming.claim(Job.objects.filter(pk=job.pk).due()))
    Job.objects.filter(pk=job.pk).update(run_after=Now())
    assert claiming.perform(claiming.claim(Job.objects.filter(pk=job.pk).due()))
    assert (said(), len(calls)) == (whole, 6 + 2)


def test_night_does_not_begin_before_its_day(org_a, on) -> None:
    ground()
    on(DAY)
    job = work.submit("risk.refresh", "early", {"day": (DAY + timedelta(days=1)).isoformat()})
    with pytest.raises(HandlerFailed):
        claiming.perform(claiming.claim(Job.objects.filter(pk=job.pk).due()))


def test_orange_value_that_aged_ends_no_plan_and_a_new_exam_does(org_a, on) -> None:
    person = casting.person("P1", ground())
    exam(person, date(2025, 1, 10), sbp=150, dbp=80)
    exam(person, date(2026, 1, 10), tc=5.4)
    on(DAY)
    assess(DAY)
    on(date(2026, 7, 10))
    assert [job.kind for job in work.announce("work.daily", day="2026-07-10") if job.kind.startswith("risk.")] == ["risk.refresh"]
    work.drain()
    assert (Assessment.objects.get(is_current=True).colour, Plan.objects.get().colour, Plan.objects.get().ended_on) == ("blue", "orange", None)
    exam(person, date(2026, 7, 1), sbp=125, dbp=80)
    assess(date(2026, 7, 10), "new")
    assert list(Plan.objects.order_by("id").values_list("colour", "outcome")) == [("orange", "stepped_down"), ("blue", "")]

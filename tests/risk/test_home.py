"""Means of home readings beside exams: judged at once by the home limits, by the same functions as everybody."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from healthmgmt.care.models import Plan
from healthmgmt.core.actors import Actor
from healthmgmt.devices import services as devices
from healthmgmt.devices.models import Reading
from healthmgmt.people import purposes
from healthmgmt.people import services as people
from healthmgmt.people.models import Person
from healthmgmt.risk import explanation, services
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import ground
from tests.risk.test_refreshing import assess, crowd, exam, perform, refresh, said

DAY = date(2026, 3, 10)
BY = Actor(label="user:1")
PURPOSE = purposes.HOME_READINGS
WHOLE = {"bmi": 22, "sbp": 118, "dbp": 76, "fpg": 5.0, "tc": 4.5, "tg": 1.0}


@pytest.fixture
def on(monkeypatch):
    """`on(day)` sets the organisation's day."""
    return lambda day: monkeypatch.setattr(services, "today", lambda: day)


@pytest.fixture
def person(org_a, on) -> Person:
    on(DAY)
    return casting.person("P1", ground(), sex="m", birth=date(1980, 5, 1))


def reading(person: Person, ago: int, sbp: float = 142, dbp: float = 80, *, kind: str = "pressure", hour: int = 1, **values: float) -> Reading:
    moment = datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=UTC) - timedelta(days=ago)
    found = values or {"sbp_home": sbp, "dbp_home": dbp}
    return Reading.objects.create(person=person, kind=kind, taken_at=moment, values=found, entered_by="user:1")


def taken(one: Reading) -> None:
    perform("risk.assess_reading", f"test:{one.pk}", reading=one.pk)


def now(person: Person) -> Assessment | None:
    return Assessment.objects.filter(person=person, is_current=True).first()


def test_three_days_above_the_home_limit_are_a_reason_beside_the_exam(person) -> None:
    one = exam(person, date(2026, 1, 5), **WHOLE)
    assess(DAY)
    assert now(person).colour == "green"
    readings = [reading(person, ago) for ago in (4, 2)]
    taken(readings[1])
    assert (now(person).colour, now(person).readings) == ("green", [])
    readings.append(reading(person, 0, sbp=139))
    taken(readings[2])
    found = now(person)
    assert (found.colour, found.exams, found.readings, found.home_on) == ("orange", [one.pk], [each.pk for each in readings], DAY)
    (reason,) = found.reasons
    assert (reason["indicator"], reason["value"], reason["limit"], reason["mean_of"], reason["on"]) == ("sbp_home", 141, 135, 3, DAY.isoformat())
    assert Plan.objects.get(person=person, ended_on=None).colour == "orange"


def test_reason_says_mean_days_and_dates(person) -> None:
    for ago in (4, 2, 0):
        taken(reading(person, ago))
    pack, found = services.pack_in_force(DAY), now(person)
    (zh,) = explanation.reason_texts(pack, found.reasons, "zh")
    (en,) = explanation.reason_texts(pack, found.reasons, "en")
    assert "2026年3月4日至2026年3月10日（测了3天）家庭收缩压（近七日均值）142" in zh.text
    assert "at home (mean of seven days) 142 mmHg on 3 days from 4 March 2026 to 10 March 2026" in en.text


def test_without_an_exam_readings_below_the_limit_are_grey_and_never_green(person) -> None:
    for ago in (2, 1, 0):
        taken(reading(person, ago, sbp=118, dbp=74))
    found = now(person)
    assert (found.colour, found.is_incomplete, found.exams, len(found.readings)) == ("grey", True, [], 3)


def test_days_further_apart_than_a_week_make_no_mean(person) -> None:
    for ago in (9, 3, 0):
        taken(reading(person, ago))
    assert now(person) is None


def test_last_mean_with_days_enough_stays_while_a_new_week_begins(person) -> None:
    old = [reading(person, ago) for ago in (42, 41, 40)]
    for one in (*old, reading(person, 0, sbp=110)):
        taken(one)
    assert (now(person).colour, now(person).readings, now(person).home_on) == ("orange", [one.pk for one in old], DAY - timedelta(days=40))


def test_exam_of_the_same_day_or_later_counts_before_readings(person) -> None:
    for ago in (4, 3, 2):
        reading(person, ago)
    exam(person, DAY - timedelta(days=2), sbp_home=120, dbp_home=70, **WHOLE)
    assess(DAY)
    assert (now(person).colour, now(person).readings) == ("green", [])


def test_weight_and_glucose_at_home_give_no_colour(person) -> None:
    exam(person, date(2026, 1, 5), **WHOLE, height=170)
    assess(DAY)
    before = now(person).pk
    taken(reading(person, 0, kind="weight", weight=95))
    taken(reading(person, 0, kind="glucose", cap_glucose=12))
    assert now(person).pk == before


def test_reading_taken_back_is_no_longer_counted(person) -> None:
    exam(person, date(2026, 1, 5), **WHOLE)
    readings = [reading(person, ago) for ago in (4, 2, 0)]
    taken(readings[0])
    assert now(person).colour == "orange"
    devices.withdraw(readings[0], by=BY)
    work.drain()
    assert (now(person).colour, now(person).readings) == ("green", [])


def test_colour_that_rested_on_readings_alone_goes_with_them_and_so_does_its_plan(person) -> None:
    readings = [reading(person, ago) for ago in (4, 2, 0)]
    taken(readings[0])
    assert Plan.objects.filter(person=person, ended_on=None).exists()
    devices.withdraw(readings[1], by=BY)
    work.drain()
    assert now(person) is None
    assert not Plan.objects.filter(person=person, ended_on=None).exists()


def test_consent_taken_back_stops_the_counting_and_given_again_resumes_it(person) -> None:
    for ago in (4, 2, 0):
        last = reading(person, ago)
    taken(last)
    version = purposes.load()[PURPOSE].text.version
    people.give_consent(person, purpose=PURPOSE, version=version, by=BY)
    people.withdraw_consent(person, purpose=PURPOSE, by=BY)
    work.drain()
    assert now(person) is None
    assess(DAY)
    taken(reading(person, 1))
    assert now(person) is None
    people.give_consent(person, purpose=PURPOSE, version=version, by=BY)
    work.drain()
    assert now(person).colour == "orange"


def test_other_consents_judge_nobody(person) -> None:
    exam(person, date(2026, 1, 5), **WHOLE)
    people.give_consent(person, purpose="plan_mail", version="1", by=BY)
    work.drain()
    assert now(person) is None and not Job.objects.filter(kind="risk.compare_person").exists()


def test_time_alone_ends_no_plan_that_rested_on_readings(person, on) -> None:
    for ago in (4, 2, 0):
        last = reading(person, ago)
    exam(person, date(2026, 3, 1), **WHOLE)
    taken(last)
    work.drain()
    assert Plan.objects.get(person=person, ended_on=None).colour == "orange"
    later = date(2027, 9, 5)
    exam(person, date(2026, 9, 1), **{code: value for code, value in WHOLE.items() if code in ("bmi", "fpg")})
    on(later)
    refresh(later)
    work.drain()
    assert Plan.objects.get(person=person, ended_on=None).colour == "orange"


def test_readings_that_the_person_takes_out_count_in_no_earlier_round(person, on) -> None:
    last_year = DAY - timedelta(days=365)
    exam(person, last_year, **{code: value for code, value in WHOLE.items() if code not in ("sbp", "dbp")})
    for ago in (369, 367, 365):
        reading(person, ago)
    on(last_year)
    assess(last_year)
    assert now(person).colour == "orange"
    on(DAY)
    exam(person, date(2026, 3, 1), **WHOLE)
    assess(DAY)
    work.drain()
    assert now(person).before.colour == "orange"
    people.decline_consent(person, purpose=PURPOSE, version=purposes.load()[PURPOSE].text.version, by=BY)
    work.drain()
    assert (now(person).before.colour, now(person).before.readings) == ("grey", [])


def test_mean_that_left_the_window_is_forgotten_at_night(person, on) -> None:
    for ago in (4, 2, 0):
        reading(person, ago)
    assess(DAY)
    exam(person, date(2027, 1, 5), **WHOLE)
    later = date(2027, 9, 10)
    on(later - timedelta(days=1))
    refresh(later - timedelta(days=1))
    assert now(person).colour == "orange"
    on(later)
    refresh(later)
    assert (now(person).colour, now(person).readings) == ("green", [])


def test_mean_alone_expires_when_it_is_too_old(person) -> None:
    for ago in (4, 2, 0):
        last = reading(person, ago)
    taken(last)
    assert Assessment.objects.with_age().get(is_current=True).newest_on == DAY
    found = {start: Assessment.objects.standing(start).get(is_current=True) for start in (DAY - timedelta(days=1), DAY)}
    assert [(one.is_expired, one.standing) for one in found.values()] == [(False, "orange"), (True, "grey")]


def test_looking_again_finds_the_numbers_that_were_judged(person) -> None:
    exam(person, date(2026, 1, 5), **WHOLE)
    for ago, sbp in ((4, 141.1), (2, 139.7), (0, 138.3)):
        last = reading(person, ago, sbp=sbp)
    taken(last)
    one = now(person)
    change = services.outlook_of(one, list(person.exams.all()), person).improvement.smallest
    assert (change.lever.name, change.colour) == ("blood_pressure_home", "green")
    devices.withdraw(last, by=BY)
    assert services.outlook_of(one, list(person.exams.all()), person).improvement.smallest is None


def test_round_before_is_judged_with_the_readings_of_its_day(person) -> None:
    exam(person, date(2025, 2, 1), **WHOLE)
    exam(person, date(2026, 1, 5), **WHOLE)
    for ago in (4, 2, 0):
        last = reading(person, ago)
    taken(last)
    assert (now(person).colour, now(person).before.colour, now(person).before.readings) == ("orange", "green", [])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_alone_and_everybody_together_are_judged_alike(org_a, on, seed) -> None:
    on(DAY)
    rng = random.Random(seed)
    measured(crowd(30, rng), rng)
    point = transaction.savepoint()
    assess(DAY)
    together = said()
    transaction.savepoint_rollback(point)
    for one in Reading.objects.order_by("person_id", "-id").distinct("person_id"):
        taken(one)
    alone = {row for row in said()}
    whose = {repr(pk) for pk in Reading.objects.values_list("person", flat=True)}
    theirs = {row for row in together if row[1:].split(",")[0] in whose}
    assert sorted(alone - theirs) == sorted(theirs - alone) == [] and len(alone) > 5


@pytest.mark.parametrize(("seed", "later"), [(4, 1), (5, 300), (6, 640)])
def test_night_says_what_judging_everybody_anew_says_of_who_measures_at_home(org_a, on, seed, later) -> None:
    rng, day = random.Random(seed), DAY + timedelta(days=later)
    on(DAY)
    measured(crowd(30, rng), rng)
    assess(DAY)
    on(day)
    refresh(day)
    at_night = said()
    assess(day)
    assert said() == at_night


def measured(crowded: list[Person], rng: random.Random) -> None:
    """Some of them measure at home, some days once, some twice, some long ago."""
    for person in crowded:
        if rng.random() < 0.6:
            start = rng.choice((0, 0, 30, 500))
            for ago in rng.sample(range(start, start + 12), rng.randint(1, 8)):
                for hour in rng.sample(range(24), rng.randint(1, 2)):
                    reading(person, ago + 1, round(rng.uniform(110, 165), 1), round(rng.uniform(65, 100), 1), hour=hour)

"""Rapid worsening opens an alert, by published definitions, and gives nobody a colour."""

from datetime import date, timedelta

import pytest

from healthmgmt.care import calling, rapid, selectors, services, worsening
from healthmgmt.care.models import Alert
from healthmgmt.care.worsening import Pair
from healthmgmt.core.actors import Actor
from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests.care.making import DAY, assessment, exam

BY = Actor.system()
YEAR = timedelta(days=365)


def pair(code: str, was: float, now: float, *, height: float | None = 170) -> Pair:
    return Pair(1, 1, code, "m", date(1980, 1, 1), height, was, DAY - YEAR, now, DAY)


@pytest.mark.parametrize(
    ("code", "was", "now", "is_met"),
    [
        # Creatinine 80, 106 and 111 umol/L are 111, 80 and 76 at these ages.
        ("rapid_kidney", 80, 111, True),
        ("rapid_kidney", 80, 90, False),
        ("rapid_kidney", 60, 80, False),
        ("rapid_kidney", 111, 80, False),
        ("rapid_haemoglobin", 145, 125, True),
        ("rapid_haemoglobin", 145, 125.1, False),
        ("rapid_haemoglobin", 125, 145, False),
        ("rapid_weight", 60, 57, True),
        ("rapid_weight", 60, 57.1, False),
        # A body mass index of 24 and more: whoever is asked to lose weight loses it.
        ("rapid_weight", 69.36, 60, False),
        ("rapid_weight", 69.3, 60, True),
    ],
)
def test_pair_meets_its_rule_at_the_limit_and_not_before(code, was, now, is_met) -> None:
    assert bool(worsening.worsened([pair(code, was, now)])) is is_met


def test_weight_without_height_and_kidney_without_sex_say_nothing() -> None:
    assert worsening.worsened([pair("rapid_weight", 60, 50, height=None), pair("rapid_kidney", 80, 140)._replace(sex="")]) == []


@pytest.mark.parametrize("text", ["code = \"critical_x\"", "value = \"sbp\"", "within_days = 0", "fall = 0"])
def test_rules_that_cannot_be_are_refused(text) -> None:
    lines = {"code": '"rapid_x"', "value": '"hgb"', "fall": "20", "within_days": "100", "zh": '"x"', "en": '"x"'}
    lines |= dict([text.split(" = ")])
    with pytest.raises(worsening.WorseningError):
        worsening.parse("fresh_days = 90\n[[rule]]\n" + "\n".join(f"{key} = {value}" for key, value in lines.items()))


def fallen(person: Person, was: float = 150, now: float = 125, *, ago: timedelta = YEAR, on: date = DAY) -> list[Exam]:
    return [exam(person, on - ago, {"hgb": was}), exam(person, on, {"hgb": now})]


def opened(person: Person, exams: list[Exam], *, assessed_on: date = DAY) -> list[str]:
    one = assessment(person, "green", on=assessed_on, exams=tuple(exams))
    rapid.open_rapid(one.pk, one.pk, by=BY)
    return list(Alert.objects.filter(person=person).values_list("code", flat=True))


def test_alert_holds_both_values_and_leaves_the_colour(cast) -> None:
    assert opened(cast.anna, fallen(cast.anna)) == ["rapid_haemoglobin"]
    alert = Alert.objects.get()
    assert (alert.measured_on, alert.facts) == (DAY, {"was": 150.0, "was_on": (DAY - YEAR).isoformat(), "now": 125.0})
    assert alert.assessment.colour == "green"
    assert calling.told_of(alert).text == "Haemoglobin has fallen: Hemoglobin 150 → 125 g/L, compared with 10 June 2025"


def test_twice_is_once_for_a_person_reason_and_day(cast) -> None:
    exams = fallen(cast.anna)
    assert opened(cast.anna, exams) == opened(cast.anna, exams) == ["rapid_haemoglobin"]


def test_what_is_old_too_far_apart_withdrawn_or_a_bound_opens_none(cast) -> None:
    assert opened(cast.anna, fallen(cast.anna), assessed_on=DAY + timedelta(days=91)) == []
    assert opened(cast.ben, fallen(cast.ben, ago=timedelta(days=481))) == []
    first, second = fallen(cast.amos)
    Exam.objects.filter(pk=first.pk).update(state=Exam.State.WITHDRAWN)
    assert opened(cast.amos, [second]) == []
    exams = fallen(cast.bella)
    Exam.objects.filter(pk=exams[1].pk).update(qualifiers={"hgb": "<"})
    assert opened(cast.bella, exams) == []


def test_value_that_has_recovered_since_opens_none(cast) -> None:
    exams = [*fallen(cast.anna, on=DAY - timedelta(days=10)), exam(cast.anna, DAY, {"hgb": 148})]
    assert opened(cast.anna, exams) == []


def test_second_person_and_physician_are_told_after_days_and_not_hours(cast) -> None:
    opened(cast.anna, fallen(cast.anna))
    jobs = Job.objects.filter(kind="care.escalate").order_by("run_after")
    assert [job.lane for job in jobs] == ["now"] * 3
    since = Alert.objects.get().opened_at
    hours = [round((job.run_after - since).total_seconds() / 3600) for job in jobs]
    assert hours == [0, 24, 72]


def test_job_that_opens_alerts_looks_for_worsening_and_no_colour_changes(cast) -> None:
    one = assessment(cast.anna, "green", exams=tuple(fallen(cast.anna)))
    work.submit("care.alert", "test", {"first": one.pk, "last": one.pk}, lane="now")
    work.drain()
    assert [alert.code for alert in Alert.objects.all()] == ["rapid_haemoglobin"]
    one.refresh_from_db()
    assert (one.colour, one.is_current) == ("green", True)


def test_class_a_result_stands_before_worsening_on_the_worklist(cast) -> None:
    first = assessment(cast.anna, "red", "critical_bp", on=DAY - timedelta(days=9))
    services.plan_assessed(first.pk, first.pk, today=DAY, by=BY)
    Alert.objects.create(person=cast.anna, assessment=first, code="critical_bp", measured_on=DAY - timedelta(days=9))
    opened(cast.anna, fallen(cast.anna))
    (row,) = selectors.worklist(cast.case_manager, today=DAY)
    assert (row["code"], row["alerts"]) == ("critical_bp", 2)


def test_class_a_alert_opens_whatever_becomes_of_the_rules_of_worsening(cast, monkeypatch) -> None:
    one = assessment(cast.anna, "red", "critical_bp")

    def fails(*_given, **_named):
        raise RuntimeError("no rule")

    monkeypatch.setattr(rapid, "open_rapid", fails)
    work.submit("care.alert", "test", {"first": one.pk, "last": one.pk}, lane="now")
    work.drain(kinds=("care.alert",))
    assert Alert.objects.filter(code="critical_bp").exists()

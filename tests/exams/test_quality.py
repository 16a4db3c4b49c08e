"""How good deliveries are: what is counted of an upload, and what of it stands out."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from healthmgmt.exams import quality, services
from healthmgmt.exams.models import QualityFact
from healthmgmt.exams.quality import Counts, Mark, Signal
from healthmgmt.exams.selectors import quality_counts
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.road import BY, ground, text, upload

HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "空腹血糖(mg/dL)"]


def facts() -> dict:
    return {(str(one.month), one.indicator, one.measure): one.count for one in QualityFact.objects.all()}


@pytest.fixture
def told(org_a):
    """Two days of this and the month before; a pressure that cannot be; nobody's row."""
    root = ground()
    people = [casting.person(f"P{number}", root) for number in range(3)]
    late, soon = (timezone.localdate() - timedelta(days=days) for days in (70, 2))
    rows = [[people[0].emp_no, people[0].name, late, 120, 95], [people[1].emp_no, people[1].name, soon, 123, 99]]
    rows += [[people[2].emp_no, people[2].name, soon, 9000, 99], ["P9", "Nobody", soon, 125, 90]]
    done = upload(text(rows, headings=HEADINGS), centre="Harbour")
    return done, str(late.replace(day=1)), str(soon.replace(day=1))


def test_facts_of_an_upload(told):
    _done, late, soon = told
    assert facts() == {
        (late, "", "received"): 1,
        (late, "", "late"): 1,
        (late, "sbp", "received"): 1,
        (late, "sbp", "digit:0"): 1,
        (late, "fpg", "received"): 1,
        (late, "fpg", "unit:mg/dL"): 1,
        (soon, "", "received"): 3,
        (soon, "", "waiting"): 2,
        (soon, "", "reason:range"): 1,
        (soon, "", "reason:unknown-employee"): 1,
        (soon, "sbp", "received"): 2,
        (soon, "sbp", "reason:range"): 1,
        (soon, "sbp", "digit:3"): 1,
        (soon, "sbp", "digit:5"): 1,
        (soon, "fpg", "received"): 3,
        (soon, "fpg", "unit:mg/dL"): 3,
    }


def test_facts_counted_again_are_counted_once(told):
    before = facts()
    services.count_quality(told[0])
    assert facts() == before


def test_facts_of_an_undone_upload_are_gone(told):
    services.withdraw(told[0], by=BY)
    work.drain()
    assert facts() == {}


def test_facts_stay_when_the_rows_are_removed(told):
    before = facts()
    told[0].purged_at = timezone.now()
    told[0].rows.all().delete()
    services.count_quality(told[0])
    assert facts() == before


def test_counts_by_centre(told):
    found = quality_counts(date(2000, 1, 1))
    assert list(found) == [told[0].centre_id]
    assert found[told[0].centre_id].of("sbp")["received"] == 3
    assert quality_counts(date(2000, 1, 1), told[0].centre_id + 1) == {}


def counts(item: str, **measures) -> Counts:
    found = Counts()
    for measure, count in measures.items():
        found.add(date(2026, 3, 1), item, measure.replace("_", ":"), count)
    return found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (counts("", received=1000, waiting=10), {}),
        (counts("", received=1000, waiting=10, refused=10), {Signal.WAITING: Mark.LOOK}),
        (counts("", received=1000, late=250), {Signal.LATE: Mark.TALK}),
        (counts("fpg", received=999, reason_range=1), {Signal.IMPLAUSIBLE: Mark.LOOK}),
        (counts("fpg", received=100, **{"unit_mg/dL": 100}), {}),
        (counts("fpg", received=100, **{"unit_mg/dL": 40}), {Signal.UNITS: Mark.LOOK}),
        (counts("sbp", received=100, digit_0=20, digit_5=10, digit_2=70), {}),
        (counts("sbp", received=100, digit_0=40, digit_5=10, digit_2=50), {Signal.DIGITS: Mark.TALK}),
        (counts("sbp", received=20, digit_0=20), {}),
    ],
)
def test_signals(given, expected):
    assert quality.of_centre(given) == expected


def test_units_are_told_most_frequent_first():
    assert quality.units(Counter({"received": 10, "unit:mg/dL": 7}), "mmol/L") == ["mg/dL", "mmol/L"]

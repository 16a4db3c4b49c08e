"""The calendar of rounds."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import periods
from healthmgmt.organization.models import Period
from healthmgmt.work.models import Job

BY = Actor(label="system:test")
DAYS = {"starts_on": date(2027, 1, 1), "deadline_on": date(2027, 10, 31), "ends_on": date(2027, 12, 31)}


def test_open_close_and_lock(cast):
    period = periods.open_period(name="2027", by=BY, **DAYS)
    period = periods.close_period(period, by=BY)
    assert (period.state, period.closed_by, period.closed_at is not None) == ("closed", "system:test", True)
    assert periods.lock_period(period, by=BY).state == "locked"
    assert list(Event.objects.values_list("action", flat=True)) == ["period.opened", "period.closed", "period.locked"]


@pytest.mark.parametrize(
    "given",
    [
        {"name": "2026"},
        {"starts_on": date(2026, 12, 31)},
        {"deadline_on": date(2028, 1, 1)},
        {"ends_on": date(2026, 12, 31)},
    ],
)
def test_open_refuses_a_taken_name_shared_days_and_disorder(cast, given):
    with pytest.raises(Rejected):
        periods.open_period(**{"name": "2027", "by": BY, **DAYS} | given)
    assert Period.objects.count() == 1


def test_steps_cannot_be_skipped_or_repeated(cast):
    with pytest.raises(Rejected):
        periods.lock_period(cast.period, by=BY)
    periods.close_period(cast.period, by=BY)
    with pytest.raises(Rejected):
        periods.close_period(cast.period, by=BY)
    locked = periods.lock_period(cast.period, by=BY)
    with pytest.raises(Rejected):
        periods.lock_period(locked, by=BY)


def test_deadline_is_changed_recorded_and_announced(cast):
    for _ in range(2):
        period = periods.change_deadline(cast.period, deadline_on=date(2026, 11, 30), by=BY)
    assert period.deadline_on == date(2026, 11, 30)
    event = Event.objects.get(action="period.deadline_changed")
    assert event.detail == {"from": "2026-10-31", "to": "2026-11-30"}
    assert Job.objects.filter(kind="insight.count").count() == 1


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_deadline_lies_within_the_period(cast, day):
    with pytest.raises(Rejected) as error:
        periods.change_deadline(cast.period, deadline_on=day, by=BY)
    assert error.value.field == "deadline_on"


def test_deadline_of_a_closed_period_stays(cast):
    periods.close_period(cast.period, by=BY)
    with pytest.raises(Rejected):
        periods.change_deadline(cast.period, deadline_on=date(2026, 11, 30), by=BY)


def test_years_are_opened_at_one_price_however_many_days(cast):
    """A file may hold hundreds of days, and its last step is short."""
    counts = []
    for days in ([date(2031, 3, 1)], [date(2032, 1, 1) + timedelta(days=day) for day in range(366)]):
        with CaptureQueriesContext(connection) as captured:
            periods.open_calendar_years(days, by=BY)
        counts.append(len(captured))
    assert counts[0] == counts[1]

"""When a colour expires: from the day on which every value that it rests on is older than the window of the pack in force. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from healthmgmt.core.dates import months_before


@dataclass(frozen=True)
class Expired:
    """A colour that is none any more: what it was, the day of its newest exam, and since when it does not count."""

    colour: str
    newest_on: date
    since: date


def expired(assessment: Any, today: date) -> Expired | None:
    """None while the colour counts. `assessment` comes with its age (`Assessment.objects.with_age`)."""
    if assessment is None or assessment.newest_on is None or assessment.newest_on > months_before(today, assessment.window_months):
        return None
    return Expired(assessment.colour, assessment.newest_on, expires_on(assessment.newest_on, assessment.window_months))


def expires_on(newest_on: date, window_months: int) -> date:
    """The first day on which a value of `newest_on` is too old. Months end on days of their own: 31 August and half a year is 1 March."""
    day = months_before(newest_on, -window_months)
    while months_before(day, window_months) < newest_on:
        day += timedelta(days=1)
    return day

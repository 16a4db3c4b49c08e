"""When a colour expires: from the day on which every value that it rests on is older than the window of the pack in force. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from healthmgmt.core.dates import months_before

# Yearly examinations, and a month for who comes late: no pack lets values count for less.
SHORTEST_MONTHS = 13


@dataclass(frozen=True)
class Expired:
    """A colour that is none any more: what it was, the day of its newest exam, and since when it does not count."""

    colour: str
    newest_on: date
    since: date


def expired(colour: str, newest_on: date | None, *, window_months: int, today: date) -> Expired | None:
    """None while the colour counts, the newest value of which is of `newest_on`; for whom one has, see `editions.expired`."""
    if newest_on is None or newest_on > months_before(today, window_months):
        return None
    return Expired(colour, newest_on, expires_on(newest_on, window_months))


def expires_on(newest_on: date, window_months: int) -> date:
    """The first day on which a value of `newest_on` is too old. Months end on days of their own: 31 August and half a year is 1 March."""
    day = months_before(newest_on, -window_months)
    while months_before(day, window_months) < newest_on:
        day += timedelta(days=1)
    return day

"""From which day on a colour does not count any more."""

from datetime import date, timedelta

import pytest

from healthmgmt.core.dates import months_before
from healthmgmt.risk.expiring import expired, expires_on


@pytest.mark.parametrize(
    ("newest_on", "months", "day"),
    [
        (date(2024, 12, 9), 18, date(2026, 6, 9)),
        (date(2024, 8, 31), 18, date(2026, 3, 1)),
        (date(2024, 2, 29), 24, date(2026, 3, 1)),
        (date(2024, 12, 31), 14, date(2026, 3, 1)),
    ],
)
def test_expires_on_the_first_day_on_which_the_value_is_too_old(newest_on, months, day) -> None:
    assert expires_on(newest_on, months) == day
    assert months_before(day, months) >= newest_on > months_before(day - timedelta(days=1), months)


def test_expired_is_what_the_loader_would_not_read() -> None:
    assert expired("orange", date(2024, 12, 9), window_months=18, today=date(2026, 6, 8)) is None
    gone = expired("orange", date(2024, 12, 9), window_months=18, today=date(2026, 6, 9))
    assert (gone.colour, gone.newest_on, gone.since) == ("orange", date(2024, 12, 9), date(2026, 6, 9))
    assert expired("red", None, window_months=18, today=date(2026, 6, 9)) is None

from datetime import UTC, date, datetime

import pytest

from healthmgmt.core.dates import completed_years, local_day, months_before


@pytest.mark.parametrize(("hour", "day"), [(15, date(2026, 3, 1)), (16, date(2026, 3, 2))])
def test_local_day_begins_at_local_midnight(hour, day):
    assert local_day(datetime(2026, 3, 1, hour, tzinfo=UTC), "Asia/Shanghai") == day


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(1980, 5, 17), date(2026, 5, 16), 45),
        (date(1980, 5, 17), date(2026, 5, 17), 46),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
    ],
)
def test_completed_years(birth, day, years):
    assert completed_years(birth, day) == years


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 18, date(2024, 7, 15)),
        (date(2026, 12, 1), 12, date(2025, 12, 1)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
    ],
)
def test_months_before(day, months, earlier):
    assert months_before(day, months) == earlier

"""Days as an organisation counts them."""

import calendar
from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_day(moment: datetime, timezone: str) -> date:
    """The calendar day of an aware moment in a time zone such as `Asia/Shanghai`."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def completed_years(birth: date, day: date) -> int:
    """Age in completed years on a day; someone born on 29 February completes a year on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_before(day: date, months: int) -> date:
    """The same day of the month that many months earlier, or that month's last day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))

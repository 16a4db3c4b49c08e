"""Days as an organisation counts them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_day(moment: datetime, timezone: str) -> date:
    """The calendar day of an aware moment in a time zone such as `Asia/Shanghai`."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def completed_years(birth: date, day: date) -> int:
    """Age in completed years on a day; someone born on 29 February completes a year on 1 March of other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))

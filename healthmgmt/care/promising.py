"""By when a message is answered: a number of working days, until the evening. Pure."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

# Until this hour of the last day.
CLOSING = time(18)
# So many days without a single working day between them are a fault of the calendar.
LONGEST_PAUSE = 60


def working_day_after(day: date, count: int, is_working: Callable[[date], bool]) -> date:
    """The `count`-th working day after a day. Raises ValueError when the calendar has none for too long, or the count is not positive."""
    if count < 1:
        raise ValueError("An answer takes at least a working day.")
    pause = 0
    while count:
        day += timedelta(days=1)
        pause = 0 if is_working(day) else pause + 1
        count -= not pause
        if pause > LONGEST_PAUSE:
            raise ValueError(f"No working day within {LONGEST_PAUSE} days before {day}.")
    return day


def answer_by(sent: datetime, count: int, is_working: Callable[[date], bool]) -> datetime:
    """When a message has to be answered that was sent at a moment of the organisation's clock."""
    return datetime.combine(working_day_after(sent.date(), count, is_working), CLOSING, tzinfo=sent.tzinfo)

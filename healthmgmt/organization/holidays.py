"""Working days and free ones: the published holidays of a country (data/holidays.toml), and what a calendar says of a day. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "holidays.toml"
# Whoever has declared nothing but free days gets the day after so many: work is never put off for ever.
LONGEST_REST = 60


@dataclass(frozen=True)
class Day:
    """A day that the rhythm of the week does not tell: a holiday, or a weekend's day that is worked."""

    day: date
    name: str
    is_free: bool


@dataclass(frozen=True)
class Year:
    """What a country published for a year."""

    country: str
    year: int
    source: str
    source_en: str
    days: tuple[Day, ...]


class HolidayError(ValueError):
    """The file breaks the schema; the message names the place."""


@dataclass(frozen=True)
class WorkingDays:
    """An organisation's calendar: the days of the week that are worked (Monday is 1), and the days that are different."""

    weekdays: frozenset[int]
    exceptions: Mapping[date, bool]

    def is_free(self, day: date) -> bool:
        return self.exceptions.get(day, day.isoweekday() not in self.weekdays)

    def on_or_after(self, day: date) -> date:
        """The day itself where it is worked, else the next one that is."""
        for after in range(LONGEST_REST + 1):
            if not self.is_free(day + timedelta(days=after)):
                return day + timedelta(days=after)
        return day + timedelta(days=LONGEST_REST)

    def moved(self, first: date, last: date) -> dict[date, date]:
        """The free days of a span with the working day that each goes over to."""
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return {day: self.on_or_after(day) for day in days if self.is_free(day)}


@cache
def load() -> Mapping[tuple[str, int], Year]:
    """What was published, by country and year. Raises HolidayError."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Mapping[tuple[str, int], Year]:
    """Text of a file of holidays. Raises HolidayError."""
    found: dict[tuple[str, int], Year] = {}
    for entry in tomllib.loads(text)["year"]:
        place = (entry["country"], entry["year"])
        days = tuple(sorted(_days(entry["holidays"]), key=lambda one: one.day))
        if place in found or len({one.day for one in days}) < len(days) or any(one.day.year != entry["year"] for one in days):
            raise HolidayError(f"{place}: a year or a day stands twice, or a day is of another year")
        if not (entry["source"].strip() and entry["source_en"].strip()):
            raise HolidayError(f"{place}: nothing says where it was published")
        found[place] = Year(*place, entry["source"], entry["source_en"], days)
    return found


def _days(holidays: list[dict]) -> list[Day]:
    found = []
    for one in holidays:
        first, last = one["free"]
        if last < first:
            raise HolidayError(f"{one['name']}: it ends before it begins")
        found += [Day(first + timedelta(days=number), one["name"], True) for number in range((last - first).days + 1)]
        found += [Day(day, one["name"], False) for day in one["worked"]]
    return found

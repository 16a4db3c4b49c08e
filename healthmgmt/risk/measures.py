"""The current values of n people as columns: what the stratification reads. Built from COPY, or from a few records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

Array = np.ndarray
MALE, FEMALE, UNKNOWN = 1, 2, 0
SEX_CODES = {"m": MALE, "f": FEMALE}
EXACT, LESS, AT_MOST, GREATER, AT_LEAST = range(5)
QUALIFIERS = ("", "<", "<=", ">", ">=")
NO_UNIT = -1
EXPOSURE = "exposure:"


@dataclass(frozen=True)
class Column:
    """One indicator over n people; None where nobody has that part. Flags (`condition:...`) hold 1, 0 or nan.

    value        float64 in the canonical unit, nan = absent
    reported     float64 as the laboratory wrote it, nan where that is the canonical unit
    unit         int16 position in Measures.units of the reported unit, NO_UNIT where canonical
    qualifier    int8: EXACT, LESS (<), AT_MOST (<=), GREATER (>), AT_LEAST (>=)
    upper        float64 upper limit printed on the report, in the canonical unit, nan where none
    measured_on  datetime64[D]; None = Measures.measured_on
    computed     bool: worked out from other values, not reported
    mean_of      int16: of how many days at home it is the mean, 0 for a value of one measurement
    """

    value: Array
    reported: Array | None = None
    unit: Array | None = None
    qualifier: Array | None = None
    upper: Array | None = None
    measured_on: Array | None = None
    computed: Array | None = None
    mean_of: Array | None = None

    @property
    def exact(self) -> Array:
        """The canonical values, nan where a qualifier makes them a range."""
        if self.qualifier is None:
            return self.value
        return np.where(self.qualifier == EXACT, self.value, np.nan)

    def of(self, rows: Array) -> "Column":
        """Some of the people, by position."""
        return Column(**{name: None if values is None else values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Measures:
    """n people. `sex` int8 MALE, FEMALE, UNKNOWN; `birth` datetime64[D], NaT = unknown; `north` and `urban` float64 1, 0
    or nan from the place of the unit; `measured_on` datetime64[D] (one or n) for columns without days of their own.
    A column `exposure:...` holds 1 where somebody works under a hazard, with its first day as the day."""

    sex: Array
    birth: Array
    columns: Mapping[str, Column]
    north: Array
    urban: Array
    units: tuple[str, ...] = ()
    measured_on: Array = field(default_factory=lambda: np.datetime64("NaT", "D"))

    @property
    def size(self) -> int:
        return len(self.sex)

    @property
    def measured(self) -> tuple[str, ...]:
        """What was measured or answered at exams; who works under a hazard is known from elsewhere."""
        return tuple(code for code in self.columns if not code.startswith(EXPOSURE))

    def column(self, code: str) -> Column | None:
        return self.columns.get(code)

    def value(self, code: str) -> Array:
        """Canonical values; all nan where nobody has the indicator."""
        column = self.columns.get(code)
        return np.full(self.size, np.nan) if column is None else column.value

    def exact(self, code: str) -> Array:
        column = self.columns.get(code)
        return np.full(self.size, np.nan) if column is None else column.exact

    def days(self, code: str) -> Array:
        """Day of measurement per person, NaT where there is no value."""
        column = self.columns.get(code)
        if column is None:
            return np.full(self.size, np.datetime64("NaT", "D"))
        own = self.measured_on if column.measured_on is None else column.measured_on
        return np.where(np.isnan(column.value), np.datetime64("NaT", "D"), own)

    def newest_day(self, codes: Sequence[str]) -> Array:
        """The latest day on which any of these was measured."""
        newest = np.full(self.size, np.datetime64("NaT", "D"))
        for code in codes:
            newest = np.fmax(newest, self.days(code))
        return newest

    def exposed(self, flag: str, on: Array) -> Array:
        """Who works under a hazard and did on the day; a day that is not known counts."""
        return (self.value(flag) == 1) & ~(on < self.days(flag))

    def of(self, rows: Array) -> "Measures":
        """Some of the people, by position."""
        day = self.measured_on
        columns = {code: column.of(rows) for code, column in self.columns.items()}
        return Measures(
            self.sex[rows], self.birth[rows], columns, self.north[rows], self.urban[rows], self.units, day if day.ndim == 0 else day[rows]
        )

    def age(self, on: Array) -> Array:
        return completed_years(self.birth, on)


def completed_years(birth: Array, on: Array) -> Array:
    """Completed years (float64) between two datetime64[D] arrays, nan where either is NaT. 29 February turns on 1 March."""
    return completed_months(birth, on) // 12


def completed_months(since: Array, on: Array) -> Array:
    """Completed months (float64) between two datetime64[D] arrays, nan where either is NaT."""
    unknown = np.isnat(since) | np.isnat(on)
    since_month, on_month = since.astype("M8[M]"), on.astype("M8[M]")
    early = (on - on_month.astype("M8[D]")) < (since - since_month.astype("M8[D]"))
    with np.errstate(over="ignore"):
        months = on_month.astype(np.int64) - since_month.astype(np.int64) - early
    return np.where(unknown, np.nan, months.astype(np.float64))


@dataclass(frozen=True)
class Person:
    """One person's current values by indicator code, for the few; the same parts as Column. `days` overrides `day`."""

    sex: str = ""
    birth: date | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    reported: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    uppers: Mapping[str, float] = field(default_factory=dict)
    day: date | None = None
    days: Mapping[str, date] = field(default_factory=dict)
    north: bool | None = None
    urban: bool | None = None


def of_people(people: Sequence[Person]) -> Measures:
    """Columns of a handful of people: the same road as a million. Raises ValueError for an unknown qualifier."""
    codes = sorted({code for person in people for code in person.values})
    units = tuple(sorted({unit for person in people for _, unit in person.reported.values()}))
    return Measures(
        sex=np.array([SEX_CODES.get(person.sex, UNKNOWN) for person in people], dtype=np.int8),
        birth=np.array([person.birth for person in people], dtype="M8[D]"),
        columns={code: _column(code, people, units) for code in codes},
        north=_truth([person.north for person in people]),
        urban=_truth([person.urban for person in people]),
        units=units,
    )


def _column(code: str, people: Sequence[Person], units: tuple[str, ...]) -> Column:
    reported = [person.reported.get(code, (np.nan, "")) for person in people]
    return Column(
        value=np.array([person.values.get(code, np.nan) for person in people], dtype=np.float64),
        reported=np.array([number for number, _ in reported], dtype=np.float64),
        unit=np.array([units.index(unit) if unit else NO_UNIT for _, unit in reported], dtype=np.int16),
        qualifier=np.array([QUALIFIERS.index(person.qualifiers.get(code, "")) for person in people], dtype=np.int8),
        upper=np.array([person.uppers.get(code, np.nan) for person in people], dtype=np.float64),
        measured_on=np.array([person.days.get(code, person.day) for person in people], dtype="M8[D]"),
    )


def _truth(answers: Sequence[bool | None]) -> Array:
    return np.array([np.nan if answer is None else float(answer) for answer in answers], dtype=np.float64)

"""Means of what people measure at home, as values beside those of exams: newer ones count, and who has no exam is judged by them alone.

Which kinds count, and over how many days, is said by the devices' data (`is_judged`), whose pages show the same mean.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from healthmgmt.core import sql
from healthmgmt.core.dates import local_day
from healthmgmt.devices import kinds
from healthmgmt.devices.models import Reading
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.purposes import HOME_READINGS
from healthmgmt.risk.measures import NO_UNIT, SEX_CODES, UNKNOWN, Column, Measures
from healthmgmt.risk.slices import AtHome, Slice

Array = np.ndarray
NO_DAY = np.datetime64("NaT", "D")
NOWHERE = (np.nan, np.nan)
# What somebody without a value has in each part of a column.
ABSENT = {
    "value": np.nan, "reported": np.nan, "unit": NO_UNIT, "qualifier": 0, "upper": np.nan, "measured_on": NO_DAY, "computed": False, "mean_of": 0,
}  # fmt: skip
TYPES = {"unit": np.int16, "qualifier": np.int8, "measured_on": "M8[D]", "computed": bool, "mean_of": np.int16}


class Mean(NamedTuple):
    """What a person's readings of a kind come to, and from which it was worked out."""

    person: int
    sex: str
    birth: date | None
    unit: int
    summary: kinds.Summary
    readings: tuple[int, ...]


@dataclass(frozen=True)
class MeanAsExam:
    """A mean as an exam of its last day: what reads exams again reads it with them. Of one day an exam counts before it."""

    taken_on: date
    results: Mapping[str, float]
    pk: int = 0
    reported: Mapping[str, Any] = field(default_factory=dict)
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, Any] = field(default_factory=dict)


def judged_kinds() -> list[kinds.Kind]:
    return [kind for kind in kinds.load().values() if kind.is_judged]


def measuring(*, after: int, last: int, upload: int | None) -> list[int]:
    """Those with ids in (after, last] who measure at home what is judged; of an upload only its own people."""
    asked = {"after": after, "last": last, "upload": upload, "kinds": [kind.slug for kind in judged_kinds()]}
    return [person for (person,) in sql.rows("risk/people_measuring", asked)]


def means(people: Sequence[int], days: Sequence[date], sinces: Sequence[date]) -> list[Mean]:
    """The newest mean of each person that has days enough, as of the day beside them, if it ends after the other one; of those who took
    their consent back none."""
    if not people:
        return []
    known = judged_kinds()
    asked = {
        "people": list(people), "days": list(days), "sinces": list(sinces), "timezone": organisation_settings().timezone,
        "kinds": [kind.slug for kind in known], "mean_days": [kind.mean_days for kind in known], "least_days": [kind.least_days for kind in known],
        "purpose": HOME_READINGS,
    }  # fmt: skip
    rows = sql.dicts("risk/load_home", asked)
    return [_mean(list(of_one)) for _, of_one in groupby(rows, key=itemgetter("person_id", "kind"))]


def _mean(rows: list[dict[str, Any]]) -> Mean:
    first = rows[0]
    found = kinds.summary(kinds.load()[first["kind"]], [(row["day"], row["values"]) for row in rows])
    return Mean(first["person_id"], first["sex"], first["birth"], first["unit_id"], found, tuple(row["id"] for row in rows))


def beside(found: Slice, given: Sequence[Mean], places: Mapping[int, tuple[float, float]]) -> Slice:
    """A slice with the means in it: where an exam says nothing newer."""
    if not given:
        return found
    found = _with_people(found, given, places)
    columns, home = dict(found.measures.columns), {}
    for code in {code for mean in given for code in mean.summary.values}:
        columns[code], used = _newer(code, columns.get(code), found.people, given)
        for mean in used:
            before = home.get(mean.person)
            readings = set(mean.readings) | set(before.readings if before else ())
            home[mean.person] = AtHome(max(mean.summary.until, before.on if before else mean.summary.until), tuple(sorted(readings)))
    return replace(found, measures=replace(found.measures, columns=columns), home=home)


def _newer(code: str, column: Column | None, people: Array, given: Sequence[Mean]) -> tuple[Column, list[Mean]]:
    """The column with the means that are newer than what stands in it, and those means."""
    having = [mean for mean in given if code in mean.summary.values]
    parts = {name: None if values is None else values.copy() for name, values in vars(column or Column(np.full(len(people), np.nan))).items()}
    for name in ("measured_on", "mean_of"):
        if parts[name] is None:
            parts[name] = np.full(len(people), ABSENT[name], dtype=TYPES[name])
    rows = np.searchsorted(people, [mean.person for mean in having])
    days = np.array([mean.summary.until for mean in having], dtype="M8[D]")
    wins = np.isnan(parts["value"][rows]) | (parts["measured_on"][rows] < days)
    used, at = [mean for mean, is_newer in zip(having, wins.tolist(), strict=True) if is_newer], rows[wins]
    for name, values in parts.items():
        if values is not None:
            values[at] = ABSENT[name]
    parts["value"][at] = [mean.summary.values[code] for mean in used]
    parts["measured_on"][at], parts["mean_of"][at] = days[wins], [mean.summary.days for mean in used]
    return Column(**parts), used


def _with_people(found: Slice, given: Sequence[Mean], places: Mapping[int, tuple[float, float]]) -> Slice:
    """A slice with those as well of whom there are no exams."""
    more = {mean.person: mean for mean in given}
    new = np.setdiff1d(np.array(list(more), dtype=np.int64), found.people)
    if not len(new):
        return found
    people = np.union1d(found.people, new)
    old, added = np.searchsorted(people, found.people), np.searchsorted(people, new)
    of_new = [more[person] for person in new.tolist()]

    def spread(values: Array, absent: Any) -> Array:
        wide = np.full(len(people), absent, dtype=values.dtype)
        wide[old] = values
        return wide

    measures = found.measures
    sex, birth = spread(measures.sex, UNKNOWN), spread(measures.birth, NO_DAY)
    north, urban = spread(measures.north, np.nan), spread(measures.urban, np.nan)
    sex[added] = [SEX_CODES.get(mean.sex or "", UNKNOWN) for mean in of_new]
    birth[added] = np.array([mean.birth for mean in of_new], dtype="M8[D]")
    where = [places.get(mean.unit, NOWHERE) for mean in of_new]
    north[added], urban[added] = [one[0] for one in where], [one[1] for one in where]
    columns = {
        code: Column(**{name: None if values is None else spread(values, ABSENT[name]) for name, values in vars(column).items()})
        for code, column in measures.columns.items()
    }
    counts = np.zeros(len(people), dtype=np.int64)
    counts[old] = np.diff(found.ends, prepend=0)
    wider = Measures(sex=sex, birth=birth, columns=columns, north=north, urban=urban, units=measures.units, measured_on=measures.measured_on)
    return replace(found, people=people, measures=wider, ends=np.cumsum(counts))


def are_counting(person: int, ids: Sequence[int]) -> bool:
    """Whether readings that an assessment rested on may still count: aged they may, taken back or without consent not."""
    is_whole = Reading.objects.filter(pk__in=ids, withdrawn_at=None).count() == len(ids)
    return is_whole and bool(sql.rows("risk/people_agreeing", {"people": [person], "purpose": HOME_READINGS}))


def as_exams(ids: Iterable[int]) -> list[MeanAsExam] | None:
    """The means of readings that an assessment names, one for each kind; None where one of them was taken back since."""
    wanted = set(ids)
    if not wanted:
        return []
    rows = list(Reading.objects.filter(pk__in=wanted, withdrawn_at=None).order_by("kind", "pk"))
    if len(rows) != len(wanted):
        return None
    zone, found = organisation_settings().timezone, []
    for slug, of_kind in groupby(rows, key=lambda row: row.kind):
        one = kinds.summary(kinds.load()[slug], [(local_day(row.taken_at, zone), row.values) for row in of_kind])
        # Below every exam, and each by itself.
        found.append(MeanAsExam(one.until, one.values, pk=-len(found)))
    return found

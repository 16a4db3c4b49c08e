"""Current values of a slice of people, from COPY into columns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from healthmgmt.core import sql
from healthmgmt.risk.measures import EXPOSURE, NO_UNIT, QUALIFIERS, SEX_CODES, UNKNOWN, Column, Measures

Array = np.ndarray
NULL = "\\N"


@dataclass
class Slice:
    """`people` int64 ids, ascending; `measures` their newest values; `exams` per person the ids of the exams that were read."""

    people: Array
    measures: Measures
    exams: list[list[int]]


@dataclass
class _Sparse:
    """What few values have beside their number: which row, and what."""

    rows: list[int] = field(default_factory=list)
    given: list = field(default_factory=list)


class Loader:
    """Collects exam rows, oldest first, so that the last assignment to a person is the newest value."""

    def __init__(self, places: Mapping[int, tuple[float, float]]) -> None:
        self._places = places
        self._people: list[int] = []
        self._sex: list[int] = []
        self._birth: list[str | None] = []
        self._place: list[tuple[float, float]] = []
        self._person_of_row: list[int] = []
        self._day_of_row: list[int] = []
        self._exam_of_row: list[int] = []
        self._rows: dict[str, list[int]] = {}
        self._values: dict[str, list[float]] = {}
        self._reported: dict[str, _Sparse] = {}
        self._qualifiers: dict[str, _Sparse] = {}
        self._uppers: dict[str, _Sparse] = {}

    def add(self, line: str) -> None:
        """One line of `risk/load_exams` as COPY text."""
        person, sex, birth, unit, exam, day, results, reported, qualifiers, ranges = line.split("\t")
        if not self._people or self._people[-1] != int(person):
            self._people.append(int(person))
            self._sex.append(SEX_CODES.get(sex, UNKNOWN))
            self._birth.append(None if birth == NULL else birth)
            self._place.append(self._places.get(int(unit), (np.nan, np.nan)))
        row = len(self._person_of_row)
        self._person_of_row.append(len(self._people) - 1)
        self._day_of_row.append(int(day))
        self._exam_of_row.append(int(exam))
        for code, value in _json(results).items():
            if code not in self._rows:
                self._rows[code], self._values[code] = [], []
            self._rows[code].append(row)
            self._values[code].append(value)
        self._add_sparse(self._reported, row, reported)
        self._add_sparse(self._qualifiers, row, qualifiers)
        self._add_sparse(self._uppers, row, ranges)

    def slice(self) -> Slice:
        """The columns of everybody added."""
        person_of_row = np.array(self._person_of_row, dtype=np.int64)
        day_of_row = np.array(self._day_of_row, dtype="M8[D]")
        units = tuple(sorted({unit for sparse in self._reported.values() for _, unit in sparse.given}))
        size, read = len(self._people), []
        columns = {}
        for code, values in self._values.items():
            rows = np.array(self._rows[code], dtype=np.int64)
            people = person_of_row[rows]
            winner = np.full(size, -1, dtype=np.int64)
            winner[people] = rows
            value = np.full(size, np.nan)
            value[people] = np.array(values, dtype=np.float64)
            measured_on = np.full(size, np.datetime64("NaT", "D"))
            measured_on[people] = day_of_row[rows]
            columns[code] = Column(
                value=value,
                measured_on=measured_on,
                **self._sides(code, winner, person_of_row, units),
            )
            read.append(winner[winner >= 0])
        return Slice(np.array(self._people, dtype=np.int64), self._measures(columns, units), self._exams_read(read, size))

    def _measures(self, columns: dict[str, Column], units: tuple[str, ...]) -> Measures:
        places = np.array(self._place, dtype=np.float64).reshape(-1, 2)
        return Measures(
            sex=np.array(self._sex, dtype=np.int8),
            birth=np.array(self._birth, dtype="M8[D]"),
            columns=columns,
            north=places[:, 0],
            urban=places[:, 1],
            units=units,
        )

    def _sides(self, code: str, winner: Array, person_of_row: Array, units: tuple[str, ...]) -> dict[str, Array]:
        """Reported number and unit, qualifier and upper limit where the newest value has them."""
        size, sides = len(winner), {}
        people, given = _of_winners(self._reported.get(code), winner, person_of_row)
        if given:
            sides["reported"], sides["unit"] = np.full(size, np.nan), np.full(size, NO_UNIT, dtype=np.int16)
            sides["reported"][people] = [number for number, _ in given]
            sides["unit"][people] = [units.index(unit) for _, unit in given]
        people, given = _of_winners(self._qualifiers.get(code), winner, person_of_row)
        if given:
            sides["qualifier"] = np.zeros(size, dtype=np.int8)
            sides["qualifier"][people] = [QUALIFIERS.index(sign) for sign in given]
        people, given = _of_winners(self._uppers.get(code), winner, person_of_row)
        if given:
            sides["upper"] = np.full(size, np.nan)
            sides["upper"][people] = [np.nan if high is None else high for _, high in given]
        return sides

    def _exams_read(self, read: list[Array], size: int) -> list[list[int]]:
        exams: list[list[int]] = [[] for _ in range(size)]
        for row in np.unique(np.concatenate(read)).tolist() if read else []:
            exams[self._person_of_row[row]].append(self._exam_of_row[row])
        return exams

    @staticmethod
    def _add_sparse(store: dict[str, _Sparse], row: int, text: str) -> None:
        if text == NULL:
            return
        for code, given in _json(text).items():
            sparse = store.setdefault(code, _Sparse())
            sparse.rows.append(row)
            sparse.given.append(given)


def load(
    *, after: int, last: int, since: date, as_of: date, upload: int | None, places: Mapping[int, tuple[float, float]],
    flags: Sequence[str] = (),
) -> Slice:  # fmt: skip
    """The newest values of the people with ids in (after, last] who have any in (since, as_of], and of the flags `exposure:...`
    asked for, which are true of them on `as_of`."""
    parameters = {"after": after, "last": last, "since": since, "as_of": as_of, "upload": upload}
    exposed = {flag: sql.rows("risk/load_exposures", parameters | _kind(flag)) for flag in flags}
    return _exposed(_slice(sql.copy_out("risk/load_exams", parameters), places), exposed)


def load_as_of(
    people: Sequence[int], days: Sequence[date], *, window_months: int, places: Mapping[int, tuple[float, float]], flags: Sequence[str] = ()
) -> Slice:
    """As `load`, of the people named, each as of the day beside them."""
    parameters = {"people": list(people), "days": list(days), "window_months": window_months}
    exposed = {flag: sql.rows("risk/load_exposures_as_of", parameters | _kind(flag)) for flag in flags}
    return _exposed(_slice(sql.copy_out("risk/load_as_of", parameters), places), exposed)


def _slice(blocks: Iterator[bytes], places: Mapping[int, tuple[float, float]]) -> Slice:
    loader = Loader(places)
    for line in _lines(blocks):
        loader.add(line)
    return loader.slice()


def _kind(flag: str) -> dict[str, str]:
    return {"kind": flag.removeprefix(EXPOSURE)}


def _exposed(found: Slice, rows: Mapping[str, Sequence[tuple[int, date]]]) -> Slice:
    columns = {flag: _exposure(found.people, one) for flag, one in rows.items()}
    return replace(found, measures=replace(found.measures, columns={**found.measures.columns, **columns}))


def _exposure(people: Array, rows: Sequence[tuple[int, date]]) -> Column:
    """1 for those of the people who have a row (person, first day), on that day."""
    value, since = np.full(len(people), np.nan), np.full(len(people), np.datetime64("NaT", "D"))
    ids = np.array([person for person, _ in rows], dtype=np.int64)
    known = np.isin(ids, people)
    at = np.searchsorted(people, ids[known])
    value[at], since[at] = 1.0, np.array([day for _, day in rows], dtype="M8[D]")[known]
    return Column(value, measured_on=since)


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    for block in blocks:
        yield from block.decode().splitlines()


def _json(text: str) -> dict:
    # COPY doubles backslashes, which JSON uses itself.
    return json.loads(text.replace("\\\\", "\\") if "\\" in text else text)


def _of_winners(sparse: _Sparse | None, winner: Array, person_of_row: Array) -> tuple[list[int], list]:
    people, given = [], []
    if sparse:
        for row, what in zip(sparse.rows, sparse.given, strict=True):
            person = int(person_of_row[row])
            if winner[person] == row:
                people.append(person)
                given.append(what)
    return people, given

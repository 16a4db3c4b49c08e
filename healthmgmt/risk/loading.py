"""Current values of a slice of people, from COPY into columns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from healthmgmt.core import sql
from healthmgmt.core.dates import months_before
from healthmgmt.risk import home
from healthmgmt.risk.flatjson import Reader
from healthmgmt.risk.measures import EXPOSURE, NO_UNIT, QUALIFIERS, SEX_CODES, UNKNOWN, Column, Measures
from healthmgmt.risk.slices import Slice

Array = np.ndarray
FIELDS = 10
NULL, NO_DAY = b"\\N", b"NaT"
SEXES = {sex.encode(): code for sex, code in SEX_CODES.items()}
NOWHERE = (np.nan, np.nan)


@dataclass
class _Sparse:
    """What few values have beside their number: which row, and what."""

    rows: list[int] = field(default_factory=list)
    given: list = field(default_factory=list)


class Loader:
    """Collects exam rows, oldest first, so that the last assignment to a person is the newest value."""

    def __init__(self, places: Mapping[int, tuple[float, float]]) -> None:
        self._places = places
        self._sexes: list[bytes] = []
        self._births: list[bytes] = []
        self._heads: list[Array] = [np.empty((4, 0), dtype=np.int64)]
        self._results = Reader()
        self._rows: list[Array] = []
        self._codes: list[Array] = []
        self._values: list[Array] = []
        self._reported: dict[str, _Sparse] = {}
        self._qualifiers: dict[str, _Sparse] = {}
        self._uppers: dict[str, _Sparse] = {}

    def add(self, lines: Sequence[bytes]) -> None:
        """Lines of `risk/load_exams` as COPY text, which doubles the backslashes of JSON."""
        cells = b"".join(lines).replace(b"\\\\", b"\\").replace(b"\n", b"\t").split(b"\t")[:-1]
        person, sex, birth, unit, exam, day, results, *sparse = (cells[place::FIELDS] for place in range(FIELDS))
        first = len(self._sexes)
        self._sexes += sex
        self._births += birth
        self._heads.append(np.fromstring(b" ".join([*person, *unit, *exam, *day]), dtype=np.int64, sep=" ").reshape(4, -1))
        found = self._results.read(results)
        self._rows.append(np.repeat(np.arange(first, first + len(lines)), found.counts))
        self._codes.append(found.names)
        self._values.append(found.values)
        for store, texts in zip((self._reported, self._qualifiers, self._uppers), sparse, strict=True):
            if texts.count(NULL) < len(texts):
                _add_sparse(store, first, texts)

    def slice(self) -> Slice:
        """The columns of everybody added."""
        person, unit, exam, day = np.concatenate(self._heads, axis=1)
        is_first = np.diff(person, prepend=-1) != 0
        first_rows, person_of_row = np.flatnonzero(is_first), np.cumsum(is_first) - 1
        units = tuple(sorted({unit for sparse in self._reported.values() for _, unit in sparse.given}))
        columns, is_read = {}, np.zeros(len(person), dtype=bool)
        for code, rows, values in self._by_code():
            winner = np.full(len(first_rows), -1, dtype=np.int64)
            winner[person_of_row[rows]] = rows
            columns[code] = self._column(code, rows, values, winner, person_of_row, day.view("M8[D]"), units)
            is_read[winner[winner >= 0]] = True
        measures = Measures(
            sex=np.array([SEXES.get(self._sexes[row], UNKNOWN) for row in first_rows.tolist()], dtype=np.int8),
            birth=np.array([self._births[row].replace(NULL, NO_DAY) for row in first_rows.tolist()]).astype("M8[D]"),
            columns=columns,
            units=units,
            **self._where(unit[first_rows]),
        )
        ends = np.cumsum(np.bincount(person_of_row[is_read], minlength=len(first_rows)))
        return Slice(person[first_rows], measures, exam[is_read], ends)

    def _by_code(self) -> Iterator[tuple[str, Array, Array]]:
        """(code, rows that have it, their values), rows ascending; codes in the order in which they were met."""
        if self._results.names:
            codes = np.concatenate(self._codes)
            order, ends = np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1]
            rows, values = (np.split(np.concatenate(parts)[order], ends) for parts in (self._rows, self._values))
            yield from zip(self._results.names, rows, values, strict=True)

    def _column(
        self, code: str, rows: Array, values: Array, winner: Array, person_of_row: Array, day_of_row: Array, units: tuple[str, ...]
    ) -> Column:  # fmt: skip
        """The newest values; reported number and unit, qualifier and upper limit where those have them."""
        size, people, sides = len(winner), person_of_row[rows], {}
        value, measured_on = np.full(size, np.nan), np.full(size, np.datetime64("NaT", "D"))
        value[people], measured_on[people] = values, day_of_row[rows]
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
        return Column(value=value, measured_on=measured_on, **sides)

    def _where(self, unit: Array) -> dict[str, Array]:
        """Measures.north and Measures.urban of people of these units."""
        distinct, back = np.unique(unit, return_inverse=True)
        known = np.array([self._places.get(one, NOWHERE) for one in distinct.tolist()], dtype=np.float64).reshape(-1, 2)
        return {"north": known[back, 0], "urban": known[back, 1]}


def load(
    *, after: int, last: int, since: date, as_of: date, upload: int | None, places: Mapping[int, tuple[float, float]],
    flags: Sequence[str] = (),
) -> Slice:  # fmt: skip
    """The newest values of the people with ids in (after, last] who have any in (since, as_of], means of home readings among them, and
    of the flags `exposure:...` asked for, which are true of them on `as_of`."""
    parameters = {"after": after, "last": last, "since": since, "as_of": as_of, "upload": upload}
    loader = Loader(places)
    sql.copy_out("risk/load_exams" if upload is None else "risk/load_exams_of_upload", parameters, loader.add)
    measuring = home.measuring(after=after, last=last, upload=upload)
    found = home.beside(loader.slice(), home.means(measuring, [as_of] * len(measuring), [since] * len(measuring)), places)
    return _exposed(found, {flag: sql.rows("risk/load_exposures", parameters | _kind(flag)) for flag in flags})


def load_as_of(
    people: Sequence[int], days: Sequence[date], *, window_months: int, places: Mapping[int, tuple[float, float]], flags: Sequence[str] = ()
) -> Slice:
    """As `load`, of the people named, each as of the day beside them."""
    parameters = {"people": list(people), "days": list(days), "window_months": window_months}
    loader = Loader(places)
    sql.copy_out("risk/load_as_of", parameters, loader.add)
    found = home.beside(loader.slice(), home.means(people, days, [months_before(day, window_months) for day in days]), places)
    return _exposed(found, {flag: sql.rows("risk/load_exposures_as_of", parameters | _kind(flag)) for flag in flags})


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


def _add_sparse(store: dict[str, _Sparse], first: int, texts: Sequence[bytes]) -> None:
    for row, text in enumerate(texts, start=first):
        if text != NULL:
            for code, given in json.loads(text).items():
                sparse = store.setdefault(code, _Sparse())
                sparse.rows.append(row)
                sparse.given.append(given)


def _of_winners(sparse: _Sparse | None, winner: Array, person_of_row: Array) -> tuple[Array, list]:
    """The people whose newest value has something beside it, and what."""
    if not sparse:
        return np.empty(0, dtype=np.int64), []
    rows = np.array(sparse.rows, dtype=np.int64)
    people = person_of_row[rows]
    wins = winner[people] == rows
    return people[wins], [sparse.given[place] for place in np.flatnonzero(wins).tolist()]

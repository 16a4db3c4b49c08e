"""Rows of a roster file -> what each says about one employee, or why it cannot be used. Pure.

Blank means that the file does not say, and keeps what is stored. Nothing is guessed: a date is read in year-month-day
order only, a doubtful cell is a problem of its row.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from healthmgmt.core import resident_id
from healthmgmt.organization import places
from healthmgmt.people import hazards
from healthmgmt.people.identity import canonical
from healthmgmt.people.sheets import Row, Sheet, Unreadable

DATA = Path(__file__).parent / "data"
HEADING_ROWS = 20
YOUNGEST_YEARS = 14
OLDEST_BIRTH = date(1900, 1, 1)
LATEST_HIRE_DAYS = 366
FARTHEST_ROTATION_DAYS = 3 * 366
LIMITS = {"emp_no": 40, "name": 100, "occupation": 120, "unit": 120, "exposure": 40}
SEXES = {"m": "m", "male": "m", "男": "m", "男性": "m", "1": "m", "f": "f", "female": "f", "女": "f", "女性": "f", "2": "f"}
NONE_WORDS = frozenset({"无", "没有", "none", "no", "-", "/"})
DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]00:00(?::00(?:\.0+)?)?)?")
SEPARATORS = re.compile(r"[;；,，、/|\n]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Problem:
    """Why a cell keeps its row out: `row` counts data rows from 1, `cell` is the sheet's own address."""

    row: int
    cell: str
    column: str
    reason: str


@dataclass
class RosterLine:
    """What a row says. None, or blank, where it does not say."""

    number: int
    sheet_row: int
    emp_no: str
    name: str = ""
    id_no: str = ""
    sex: str = ""
    birth: date | None = None
    path: tuple[str, ...] | None = None
    place: str = ""
    left_on: date | None = None
    hired_on: date | None = None
    occupation: str = ""
    exposures: list[str] | None = None
    rotates_on: date | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Columns:
    """Which column says what: {field: index}, with the headings as written."""

    index: dict[str, int]
    headings: list[str]
    heading_row: int

    def cell(self, name: str, sheet_row: int) -> str:
        return f"{letters(self.index[name])}{sheet_row}" if name in self.index else ""

    def says(self, *names: str) -> bool:
        return any(name in self.index for name in names)

    def heading(self, name: str) -> str:
        return self.headings[self.index[name]] if name in self.index else name


def letters(index: int) -> str:
    """0 -> A, 26 -> AA."""
    text, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def find_columns(sheets: Iterator[Sheet]) -> tuple[Columns, Iterator[Row]]:
    """The heading of the first sheet that has one, and the rows below it.

    Raises Unreadable: `missing-column` without an employee number, `duplicate-heading` when two columns say the same.
    """
    for sheet in sheets:
        rows = iter(sheet.rows)
        for _number, (sheet_row, cells) in zip(range(HEADING_ROWS), rows):
            index: dict[str, int] = {}
            fields = [known_headings().get(heading_key(cell)) for cell in cells]
            for position, name in enumerate(fields):
                if name is not None and name not in index:
                    index[name] = position
            if "emp_no" in index:
                if len([name for name in fields if name]) > len(index):
                    raise Unreadable("duplicate-heading")
                return Columns(index, cells, sheet_row), rows
    raise Unreadable("missing-column")


def heading_key(text: str) -> str:
    """A heading without what makes no difference: case, blanks, underscores, hyphens, stars, colons, the kind of brackets."""
    return re.sub(r"[\s_\-*:]+", "", unicodedata.normalize("NFKC", text).casefold())


@cache
def known_headings() -> dict[str, str]:
    """{heading key: field}."""
    table = tomllib.loads((DATA / "headings.toml").read_text(encoding="utf-8"))
    return {heading_key(word): name for name, words in table.items() for word in words}


class Reader:
    """Turns rows into lines; `today` is the organisation's local day."""

    def __init__(self, columns: Columns, today: date) -> None:
        self._columns = columns
        self._today = today
        self._days: dict[str, date | None] = {}

    def lines(self, rows: Iterator[Row]) -> Iterator[RosterLine]:
        """One line for each row, in order, good or not."""
        for number, (sheet_row, cells) in enumerate(rows, start=1):
            yield self._line(number, sheet_row, cells)

    def _line(self, number: int, sheet_row: int, cells: list[str]) -> RosterLine:
        texts = {name: (cells[at] if at < len(cells) else "") for name, at in self._columns.index.items()}
        line = RosterLine(number, sheet_row, emp_no=unicodedata.normalize("NFKC", texts["emp_no"]))
        if CONTROL.search("".join(texts.values())):
            for name in [name for name, text in texts.items() if CONTROL.search(text)]:
                self._blame(line, name, "characters")
            return line
        if not line.emp_no:
            self._blame(line, "emp_no", "missing")
        line.name = " ".join(texts.get("name", "").split())
        line.occupation = texts.get("occupation", "")
        self._read_person(line, texts)
        self._read_work(line, texts)
        for name, limit in LIMITS.items():
            if name in texts and len(getattr(line, name, "")) > limit:
                self._blame(line, name, "too-long")
        return line

    def _read_person(self, line: RosterLine, texts: dict[str, str]) -> None:
        if sex := texts.get("sex", ""):
            line.sex = SEXES.get(sex.casefold(), "")
            if not line.sex:
                self._blame(line, "sex", "sex")
        line.birth = self._day(line, texts, "birth")
        if line.birth and not OLDEST_BIRTH <= line.birth <= self._youngest():
            self._blame(line, "birth", "date")
        if number := texts.get("id_no", ""):
            self._read_id(line, canonical(number))

    def _read_id(self, line: RosterLine, number: str) -> None:
        """Birth and sex of the number stand for cells that are blank; a cell that contradicts it is a problem."""
        if not resident_id.valid_resident_id(number):
            self._blame(line, "id_no", "id-number")
            return
        line.id_no = number
        birth, sex = resident_id.birth_date(number), resident_id.sex(number)
        if line.birth is not None and line.birth != birth:
            self._blame(line, "birth", "contradicts-id")
        elif not OLDEST_BIRTH <= birth <= self._youngest():
            self._blame(line, "id_no", "id-number")
        if line.sex and line.sex != sex:
            self._blame(line, "sex", "contradicts-id")
        line.birth, line.sex = line.birth or birth, line.sex or sex

    def _read_work(self, line: RosterLine, texts: dict[str, str]) -> None:
        line.left_on = self._day(line, texts, "left_on")
        if line.left_on and line.left_on > self._today:
            self._blame(line, "left_on", "future-date")
        line.hired_on = self._day(line, texts, "hired_on")
        if line.hired_on and line.hired_on > self._today + timedelta(days=LATEST_HIRE_DAYS):
            self._blame(line, "hired_on", "future-date")
        if line.birth:
            for name in ("hired_on", "left_on"):
                day = getattr(line, name)
                if day and day < _birthday(line.birth, YOUNGEST_YEARS):
                    self._blame(line, name, "date")
        if line.left_on and line.hired_on and line.left_on < line.hired_on:
            self._blame(line, "left_on", "order")
        line.path = self._path(line, texts)
        if place := texts.get("place", ""):
            found = places.lookup(place)
            if found is None:
                self._blame(line, "place", "place")
            line.place = found.name if found else ""
            if line.path is None:
                self._blame(line, "unit", "missing")
        if "exposure" in texts:
            line.exposures = self._exposures(line, texts["exposure"])
        line.rotates_on = self._day(line, texts, "rotates_on")
        if line.rotates_on and abs((line.rotates_on - self._today).days) > FARTHEST_ROTATION_DAYS:
            self._blame(line, "rotates_on", "date")

    def _path(self, line: RosterLine, texts: dict[str, str]) -> tuple[str, ...] | None:
        """The names below the root; None where the row does not say."""
        upper = _names(texts.get("unit", ""))
        lower = _names(texts.get("dept", ""))
        # The same name again says nothing more.
        path = upper if lower and upper[-1:] == lower[:1] and len(lower) == 1 else upper + lower
        if any(len(name) > LIMITS["unit"] for name in path):
            self._blame(line, "unit" if "unit" in texts else "dept", "too-long")
        return path or None

    def _exposures(self, line: RosterLine, text: str) -> list[str] | None:
        if not text:
            return None
        words = [word.strip() for word in SEPARATORS.split(text) if word.strip()]
        kinds = sorted({hazards.slugs().get(word.casefold(), word) for word in words if word.casefold() not in NONE_WORDS})
        if any(len(kind) > LIMITS["exposure"] for kind in kinds):
            self._blame(line, "exposure", "too-long")
        return kinds

    def _day(self, line: RosterLine, texts: dict[str, str], name: str) -> date | None:
        text = texts.get(name, "")
        if not text:
            return None
        if text not in self._days:
            self._days[text] = day(text)
        if self._days[text] is None:
            self._blame(line, name, "date")
        return self._days[text]

    def _youngest(self) -> date:
        return _birthday(self._today, -YOUNGEST_YEARS)

    def _blame(self, line: RosterLine, name: str, reason: str) -> None:
        line.problems.append(
            Problem(line.number, self._columns.cell(name, line.sheet_row), self._columns.heading(name), reason)
        )


def day(text: str) -> date | None:
    """`1990-01-02`, `1990/1/2`, `1990.1.2`, `19900102`, `1990年1月2日`; None for anything else."""
    match = DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    year, month, day_of_month = match[1], match[2] or match[4], match[3] or match[5]
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split("/") if (name := " ".join(part.split())))


def _birthday(birth: date, years: int) -> date:
    """The same day some years later; 1 March where there is no 29 February."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)

"""Sheets with one row a result (person, item, value, unit, range) -> the same results with one row an exam. Pure.

From here on nothing else knows of the long form: a turned sheet has a column for each item and unit, and says of each cell
where it stands in the file. Rows of one person and day become one, wherever they stand. What contradicts itself is a fault of
its cell: nothing is chosen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from healthmgmt.core import resident_id
from healthmgmt.exams import cells, headings
from healthmgmt.exams.datarows import data_rows
from healthmgmt.exams.headrows import PERSON, Heading, find_heading
from healthmgmt.exams.reading.refusals import FileRefused
from healthmgmt.exams.reading.sheets import Row, Sheet, address, column_letters
from healthmgmt.exams.recognising import Column, Layout, Seen, agreed_columns, columns_told, lacking, settle_roles, understood, unmistakable
from healthmgmt.records import catalogue, coding, units

IDENTITY = ("emp_no", "id_no", "name")
OF_RESULT = ("item", "result", "unit", "range", "low", "high", "section", "specimen", "code", "flag", "method")
NO_UNIT = ("", "-", "/", "--", "无", "none", "n/a")
BETWEEN = "；"  # several texts in one cell
SAMPLE_RESULTS = 200
OF_ITEMS = ("indicator", "flag", "bp", "range")  # what a column beside the results never is
MOST_JOINED = 20
JOINED = ("other", "remark", "ignored")  # roles of which every result may tell something of its own
CONTRADICTION = {"name": "name-mismatch", "id_no": "id-number", "sex": "conflict"}


@dataclass(frozen=True, slots=True)
class Parts:
    """The columns of a long sheet: what each says of a result (by its index), and the others as they are understood."""

    heading: Heading
    of_result: Mapping[str, tuple[int, ...]]
    others: list[Column]

    @property
    def layout(self) -> Layout:
        """Of the sheet as it stands in the file, for finding its data rows."""
        named = {column.index: column for column in self.others}
        blank = [Column(at, name, address(self.heading.rows[-1], at), "other") for at, name in enumerate(self.heading.names)]
        return Layout([named.get(column.index, column) for column in blank], self.heading.rows)


class Result(NamedTuple):
    """One data row. `who`: the texts of the other columns; `what`: section, item, code and unit."""

    sheet: int
    number: int
    who: tuple[str, ...]
    what: tuple[str, str, str, str]
    text: str
    limits: str
    fault: str


@dataclass(slots=True)
class Exam:
    """The results of one person and day, by column; `who` as far as it is filled in. It stands where its first row stands."""

    sheet: int
    number: int
    who: list[list[str]]
    results: dict[int, list[Result]] = field(default_factory=dict)
    faults: dict[int, tuple[str, Result]] = field(default_factory=dict)  # of the other columns


def find(sample: list[Row], known: Layout | None) -> Parts | None:
    """The parts of a sheet that has one row a result; None of any other sheet.

    It has a column of items, some of which are known, a column of results, and no column of an item's own.
    """
    heading = find_heading(sample, agreed_columns(known))
    if heading is None:
        return None
    agreed = unmistakable(agreed_columns(known), heading.names)
    beside = {name: column for name, column in agreed.items() if column.role not in OF_ITEMS}
    body = [row for number, row in sample if number > heading.rows[-1]]
    found: dict[str, list[int]] = {}
    for index, name in enumerate(heading.names):
        kind = headings.part(name) if name else None
        if kind == "unit" and "result" not in found and not any(units.parse(row[index]) for row in body if index < len(row)):
            kind = None  # 单位 may also be where somebody works
        if kind:
            found.setdefault(kind, []).append(index)
        elif name and _is_item(name):
            return None
    items = _by_known_items(found.get("item", []), body)
    if not items or "result" not in found:
        return None
    found["item"], more = items[:1], items[1:]
    found["section"] = more + found.get("section", [])
    found["result"].sort(key=lambda index: headings.part_rank(heading.names[index]))
    taken = {index for listed in found.values() for index in listed}
    others = [
        understood(Seen(index, name, address(heading.rows[-1], index)), beside, [])
        for index, name in enumerate(heading.names)
        if index not in taken
    ]
    return Parts(heading, {kind: tuple(listed) for kind, listed in found.items()}, _settled(others))


def _is_item(text: str) -> bool:
    meaning = headings.read(text)
    return meaning is not None and meaning.role in ("indicator", "flag", "bp")


def _by_known_items(indexes: list[int], body: list[list[str]]) -> list[int]:
    """Columns of items, the one with the most known ones first; [] when none is known."""
    counts = {index: sum(map(_is_item, {row[index] for row in body if index < len(row)})) for index in indexes}
    ordered = sorted(indexes, key=lambda index: -counts[index])
    return ordered if ordered and counts[ordered[0]] else []


def _settled(others: list[Column]) -> list[Column]:
    """One column a role, as in wide sheets."""
    numbered = [replace(column, index=at) for at, column in enumerate(others)]
    return [replace(column, index=own.index) for column, own in zip(settle_roles(numbered), others)]


def turn(
    parts: Parts, sheets: Sequence[Sheet], known: Layout | None, day: Callable[[str], str], most: int
) -> tuple[Layout, list[Sheet], int]:
    """The layout of the turned table, its sheets, each with the exams that begin in one of the file's, and how many these are.

    `day` reads the text of an exam day; equal days are one. Raises FileRefused: `missing-column`, `too-large` (more than
    `most` results).
    """
    results = list(_results(parts, sheets, most))
    if lacking(parts.others):
        texts = [[result.who[at] for result in results[:SAMPLE_RESULTS]] for at in range(len(parts.others))]
        raise FileRefused("missing-column", len(results), columns_told(parts.heading, parts.others, texts))
    table = _Table(parts, known)
    exams: dict[tuple, Exam] = {}
    for key, result in _grouped(parts, results, day):
        exam = exams.get(key)
        if exam is None:
            exam = exams[key] = Exam(result.sheet, result.number, [[] for _ in parts.others])
        table.note(exam, result)
    columns = table.columns()
    layout = Layout(columns, parts.heading.rows, "long", list(parts.heading.names))
    turned = _Turned(table, [sheet.name for sheet in sheets])
    table_sheets = [turned.sheet(at, [exam for exam in exams.values() if exam.sheet == at]) for at in range(len(sheets))]
    return layout, table_sheets, len(exams)


def _results(parts: Parts, sheets: Sequence[Sheet], most: int) -> Iterator[Result]:
    """Every data row as a result; equal texts are kept once."""
    kept: dict = {}
    count, layout = 0, parts.layout
    width = len(layout.columns)
    of = {kind: parts.of_result.get(kind, ()) for kind in OF_RESULT}
    others = [column.index for column in parts.others]
    for at, sheet in enumerate(sheets):
        for number, row in data_rows(sheet, layout):
            count += 1
            if count > most:
                raise FileRefused("too-large", count)
            is_cut = sheet.is_ragged and len(row) < width or any(text.strip() for text in row[width:])
            row = [text.strip() for text in row[:width]] + [""] * (width - len(row))
            fault = "columns" if is_cut else _fault(sheet, number, (*of["result"], *of["item"], *of["unit"]))
            who = tuple(row[index] for index in others)
            section = " ".join(filter(None, (row[index] for index in (*of["section"], *of["specimen"]))))
            what = (section, *(_first(row, of[kind]) for kind in ("item", "code", "unit")))
            text, limits = "" if fault else _first(row, of["result"]), _limits(row, of)
            yield Result(
                at, number, kept.setdefault(who, who), kept.setdefault(what, what), kept.setdefault(text, text),
                kept.setdefault(limits, limits), fault,
            )  # fmt: skip


def _first(row: list[str], indexes: Sequence[int]) -> str:
    return next((row[index] for index in indexes if row[index]), "")


def _fault(sheet: Sheet, number: int, indexes: Sequence[int]) -> str:
    if not sheet.faults:
        return ""
    return next((sheet.faults[number, index] for index in indexes if (number, index) in sheet.faults), "")


def _limits(row: list[str], of: Mapping[str, Sequence[int]]) -> str:
    written, low, high = (_first(row, of[kind]) for kind in ("range", "low", "high"))
    if written or not (low or high):
        return written
    return f"{low}-{high}" if low and high else f">={low}" if low else f"<={high}"


def _grouped(parts: Parts, results: list[Result], day: Callable[[str], str]) -> Iterator[tuple[tuple, Result]]:
    """Each result with the person and day that it is of; what is written once for a block is filled in below.

    Blanks are filled in only where the sheet leaves no doubt: it never repeats what it wrote in the row above, and
    writes it in fewer rows than not. Otherwise a row without a person is nobody's.
    """
    places = {column.role: at for at, column in enumerate(parts.others)}
    identity = [places[role] for role in IDENTITY if role in places]
    when = places["exam_date"]
    fills_person = _is_written_once(results, lambda result: tuple(result.who[at] for at in identity))
    fills_day = _is_written_once(results, lambda result: result.who[when] and (*map(result.who.__getitem__, identity), result.who[when]))
    fills_section = _is_written_once(results, lambda result: result.what[0] and (*map(result.who.__getitem__, identity), result.what[0]))
    passed_on = [at for at, column in enumerate(parts.others) if at != when and column.role not in JOINED]
    person: tuple = ()
    above: tuple[str, ...] = ()
    moment = section = ""
    days: dict[str, str] = {}
    for result in results:
        named = tuple(result.who[at] for at in identity)
        is_same = fills_person and not any(named) and person and result.sheet == person[0]
        if not is_same:
            own = (result.sheet, _person(result, places) or ("", result.sheet, result.number))
            if not person or own[1] != person[1] or own[0] != person[0]:
                moment = section = ""
            person = own
        moment = result.who[when] or (moment if fills_day else "")
        section = result.what[0] or (section if fills_section else "")
        who = list(result.who)
        if is_same:
            for at in passed_on:
                who[at] = who[at] or above[at]
        who[when] = moment
        above = tuple(who)
        if (above, section) != (result.who, result.what[0]):
            result = result._replace(who=above, what=(section, *result.what[1:]))
        if moment not in days:
            days[moment] = day(moment) or moment
        yield (*person[1], days[moment]), result


def _is_written_once(results: list[Result], value: Callable[[Result], tuple | str]) -> bool:
    written = blank = 0
    before: tuple | str = ()
    row = (-1, 0)
    for result in results:
        here = value(result)
        if not any(here):
            blank += 1
        else:
            if here == before and row == (result.sheet, result.number - 1):
                return False
            written += 1
        before, row = here, (result.sheet, result.number)
    return blank >= written


def _person(result: Result, places: Mapping[str, int]) -> tuple[str, ...] | None:
    for role in (*PERSON, "name"):
        text = result.who[places[role]] if role in places else ""
        if text:
            return role, resident_id.normalise(text) if role == "id_no" else text
    return None


class _Table:
    """The columns of the turned table: those of the person, then one for each item and unit, each with its range beside it."""

    def __init__(self, parts: Parts, known: Layout | None) -> None:
        self.parts = parts
        self.agreed = agreed_columns(known)
        self.keys: dict[tuple[str, str, str, str], int] = {}
        self.samples: list[list[str]] = []
        self.ranged: set[int] = set()
        self.items: dict[int, Column] = {}  # key -> column; several keys may share one
        self.ranges: dict[int, Column] = {}  # index of an item's column -> its range

    def note(self, exam: Exam, result: Result) -> None:
        """Put a result down to its exam."""
        for at, text in enumerate(result.who):
            if text and text not in exam.who[at]:
                self._note_who(exam, at, text, result)
        if not any(result.what) and not result.text:
            return
        key = self.keys.setdefault(result.what, len(self.keys))
        if key == len(self.samples):
            self.samples.append([])
        if len(self.samples[key]) < SAMPLE_RESULTS:
            self.samples[key].append(result.text)
        if result.limits:
            self.ranged.add(key)
        if result.text or result.fault:
            exam.results.setdefault(key, []).append(result)

    def _note_who(self, exam: Exam, at: int, text: str, result: Result) -> None:
        told, role = exam.who[at], self.parts.others[at].role
        if told and role in CONTRADICTION and not _is_same_person(role, told[0], text):
            exam.faults.setdefault(at, (CONTRADICTION[role], result))
        elif not told or role in JOINED[:2] and len(told) < MOST_JOINED:
            told.append(text)

    def columns(self) -> list[Column]:
        """All columns in order. Call it when every result was noted."""
        found = [replace(column, index=at) for at, column in enumerate(self.parts.others)]
        letters, row = column_letters(self.parts.of_result["result"][0]), self.parts.heading.rows[-1]
        used = {column.heading for column in found}
        shared: dict[tuple, Column] = {}
        for what, key in self.keys.items():
            seen = Seen(len(found), _heading(what), f"{letters}{row}", what[0], "", self.samples[key])
            column = self._column(seen, what[3])
            same = (column.role, column.code, column.unit, column.unit_stated) if column.role != "other" else (seen.name, what[0])
            if same not in shared:
                shared[same] = replace(column, heading=_unused(seen.name or letters, what[0], used))
                found.append(shared[same])
            self.items[key] = shared[same]
            if key in self.ranged and shared[same].index not in self.ranges:
                self.ranges[shared[same].index] = self._range(shared[same], len(found), found)
        return found

    def _column(self, seen: Seen, unit: str) -> Column:
        column = understood(seen, self.agreed, [])
        if column.role not in ("indicator", "flag", "bp", "ignored"):
            return replace(column, role="other", code=None, unit=None)
        is_number = column.role == "bp" or column.role == "indicator" and catalogue.load()[column.code].is_numeric
        if is_number and not column.unit_stated and unit.casefold() not in NO_UNIT:
            return replace(column, unit=None, unit_stated=True, looks_like=None)  # a unit that nobody knows
        return column

    def _range(self, item: Column, index: int, found: list[Column]) -> Column:
        names = (*self.parts.of_result.get("range", ()), *self.parts.of_result.get("low", ()), *self.parts.of_result.get("high", ()))
        is_number = item.role == "indicator" and catalogue.load()[item.code].is_numeric
        blank = Column(index, self.parts.heading.names[names[0]], address(self.parts.heading.rows[-1], names[0]), "ignored")
        found.append(replace(blank, role="range", code=item.code, unit=item.unit) if is_number else blank)
        return found[-1]


def _is_same_person(role: str, first: str, second: str) -> bool:
    if role == "sex":
        return coding.sex(first) == coding.sex(second)
    return resident_id.normalise(first) == resident_id.normalise(second)


def _heading(what: tuple[str, str, str, str]) -> str:
    """An item as a heading of its own: the name, or the code where only that is known, and the unit."""
    _section, item, code, unit = what
    name = code if code and not (item and headings.read(item)) and headings.read(code) else item or code
    return f"{name}({unit})" if name and unit.casefold() not in NO_UNIT else name


def _unused(name: str, section: str, used: set[str]) -> str:
    """A heading that no other column has, so that it finds its column again."""
    found = f"{section} {name}" if section and name in used else name
    number = 2
    while found in used:
        found, number = f"{name} ({number})", number + 1
    used.add(found)
    return found


class _Turned:
    """Exams as rows of a sheet."""

    def __init__(self, table: _Table, names: list[str]) -> None:
        self.table = table
        self.names = names
        self.others = table.parts.others
        self.width = len(self.others) + len({column.index for column in table.items.values()}) + len(table.ranges)
        self.result = table.parts.of_result["result"][0]
        self.columns = {column.index: column for column in table.items.values()}
        self._last: tuple[Exam | None, dict[int, list[Result]]] = (None, {})

    def sheet(self, at: int, exams: list[Exam]) -> Sheet:
        by_number = {exam.number: exam for exam in exams}
        faults = {(exam.number, index): fault for exam in exams for index, fault in self._faults(exam).items()}
        return Sheet(self.names[at], partial(self._rows, exams), faults, moved=lambda number: self._places(by_number[number]))

    def _rows(self, exams: list[Exam]) -> Iterator[Row]:
        for exam in exams:
            row = [BETWEEN.join(told) for told in exam.who] + [""] * (self.width - len(self.others))
            for index, results in self._by_column(exam).items():
                row[index] = BETWEEN.join(_told(result.text for result in results))
                if limits := self.table.ranges.get(index):
                    told = _told(result.limits for result in results)
                    row[limits.index] = told[0] if len(told) == 1 else ""
            yield exam.number, row

    def _by_column(self, exam: Exam) -> dict[int, list[Result]]:
        if self._last[0] is not exam:
            found: dict[int, list[Result]] = {}
            for key, results in exam.results.items():
                found.setdefault(self.table.items[key].index, []).extend(results)
            self._last = exam, found
        return self._last[1]

    def _faults(self, exam: Exam) -> dict[int, str]:
        found = {at: reason for at, (reason, _result) in exam.faults.items()}
        for key, results in exam.results.items():
            if fault := next((result.fault for result in results if result.fault), ""):
                found[self.table.items[key].index] = fault
        for index, results in self._by_column(exam).items():
            if index not in found and len(_told(result.text for result in results)) > 1 and self._must_agree(results, index):
                found[index] = "conflict"
        return found

    def _must_agree(self, results: list[Result], index: int) -> bool:
        """Whether two results of a column contradict each other: texts are told one after the other."""
        column = self.columns[index]
        if column.role == "indicator":
            return catalogue.load()[column.code].value_type in ("num", "ord")
        return column.role in ("bp", "flag")

    def _places(self, exam: Exam) -> dict[int, str]:
        """Where the filled cells stand in the file; with the sheet's name where it is another one than the exam's."""
        found = {}
        for at, column in enumerate(self.others):
            contradiction = exam.faults.get(at)
            found[at] = (
                self._address(exam, contradiction[1], column.index) if contradiction else address(exam.number, column.index)
            )
        for index, results in self._by_column(exam).items():
            found[index] = self._address(exam, _told_at_fault(results), self.result)
        return found

    def _address(self, exam: Exam, result: Result, index: int) -> str:
        found = address(result.number, index)
        return found if result.sheet == exam.sheet else f"{self.names[result.sheet]}!{found}"


def _told_at_fault(results: list[Result]) -> Result:
    """The result of a cell that is at fault, if any: the one that was cut or has no value, else the first that says another thing."""
    if len(results) == 1:
        return results[0]
    told = _told(result.text for result in results)
    faulty = next((result for result in results if result.fault), None)
    return faulty or next((result for result in results if len(told) > 1 and result.text == told[1]), results[0])


def _told(texts: Iterable[str]) -> list[str]:
    """Different texts in order; such that say the same number or grade count once."""
    told: list[str] = []
    for text in dict.fromkeys(filter(None, texts)):
        if not any(_is_same(text, other) for other in told):
            told.append(text)
    return told


def _is_same(first: str, second: str) -> bool:
    if first == second:
        return True
    numbers = cells.bare_number(first), cells.bare_number(second)
    if None not in numbers:
        return numbers[0] == numbers[1]
    grades = coding.ordinal(first), coding.ordinal(second)
    return None not in grades and grades[0] == grades[1]

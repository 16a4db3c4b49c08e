"""Which row is the heading and what each column holds. Pure.

Names are matched whole (headings.py); where several indicators share a name, the section, the unit or the
form of the values decides; what stays undecided is kept raw, never guessed.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

from healthmgmt.core import resident_id
from healthmgmt.exams import cells, headings
from healthmgmt.exams.headrows import PERSON, SINGLE, Heading, find_heading, is_unit, rows_under
from healthmgmt.exams.reading.refusals import FileRefused
from healthmgmt.exams.reading.sheets import Row, column_letters
from healthmgmt.records import catalogue, coding, units

FIVE_MARK_LOWEST = 3.0  # acuity: the 5-mark scale begins where the decimal scale has long ended
SHORT_NAME = 2
LABORATORY = ("glucose", "lipids", "liver", "kidney", "blood_routine", "electrolytes", "thyroid")
GRADES = {"0", "1", "2", "3"}
FEWEST_GRADES = 20
FEWEST_NUMBERS = 10  # make a median
NEEDED = {"person": PERSON, "exam_date": ("exam_date",)}  # a row is somebody's, and of a day
FEWEST_KNOWN = 2  # of a row of headings


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file.

    `role`: one of SINGLE, `indicator`, `flag`, `range` (limits of the indicator `code`), `ignored`, `other`.
    `unit`: the catalogue's token, None where an indicator states a unit that it cannot have, or where `looks_like` is set.
    `low`, `high`: the report's own limits from a range row, in `unit`.
    `zero_is_missing`: people said that a zero in this column means "not measured".
    `looks_like`: the unit that the numbers look like where none is stated; proposed, never used.
    """

    index: int
    heading: str
    cell: str
    role: str
    code: str | None = None
    unit: str | None = None
    unit_stated: bool = False
    low: float | None = None
    high: float | None = None
    zero_is_missing: bool = False
    looks_like: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a sheet, and the sheet's rows that belong to the heading (last one first below data).

    `form`: `wide` (one row an exam) or `long` (one row a result, see longform.py). The columns of a long sheet are those
    that it is turned into; `source` holds the headings that it has itself.
    """

    columns: list[Column]
    header_rows: list[int]
    form: str = "wide"
    source: list[str] = field(default_factory=list)

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "Layout":
        columns = [Column(**column) for column in data["columns"]]
        return cls(columns, list(data.get("header_rows", ())), data.get("form", "wide"), list(data.get("source", ())))

    @property
    def headings(self) -> list[str]:
        """By which a layout is known again: folded, as the file has them."""
        return list(map(headings.fold, self.source or (column.heading for column in self.columns)))

    def of_role(self, role: str) -> Column | None:
        return next((column for column in self.columns if column.role == role), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of a column before it is understood: its name, what stands over and under it, and results."""

    index: int
    name: str
    cell: str
    section: str = ""
    written: str = ""  # unit
    values: Sequence[str] = ()


def agreed_columns(known: Layout | None) -> dict[str, Column]:
    """Folded heading -> what people said that it is."""
    return {headings.fold(column.heading): column for column in known.columns} if known else {}


def recognise(sample: list[Row], known: Layout | None = None) -> Layout:
    """The layout of a sheet from its first rows; `known` is a layout that people agreed on earlier.

    Raises FileRefused: `header`, `missing-column`, `duplicate-heading`.
    """
    agreed = agreed_columns(known)
    heading = find_heading(sample, agreed)
    if heading is None:
        raise FileRefused("header")
    agreed = unmistakable(agreed, heading.names)
    body = [row for row in sample if row[0] > heading.rows[-1]]
    unit_row, range_row, used = rows_under(heading, body[:3])
    body = [row for row in body if row[0] not in used]
    columns: list[Column] = []
    texts = [[row[1][index] for row in body if index < len(row[1])] for index in range(len(heading.names))]
    for index, (name, values) in enumerate(zip(heading.names, texts)):
        written = unit_row[index] if index < len(unit_row) else ""
        cell = f"{column_letters(index)}{heading.rows[-1]}"
        column = understood(Seen(index, name, cell, heading.sections[index], written, values), agreed, columns)
        columns.append(_with_limits(column, range_row))
    columns = settle_roles(_without_rivals(columns, agreed))
    _check_twice(columns)
    if lacking(columns):
        raise FileRefused("missing-column", told=columns_told(heading, columns, texts))
    return Layout(columns, [*heading.rows, *used])


def lacking(columns: Iterable[Column]) -> list[str]:
    """What no column is of, although every row needs it: `person`, `exam_date`."""
    roles = {column.role for column in columns}
    return [name for name, of in NEEDED.items() if roles.isdisjoint(of)]


def columns_told(heading: Heading, columns: Sequence[Column], texts: Iterable[Iterable[str]]) -> dict[str, Any]:
    """The columns of a sheet that lacks one, as JSON, and beside each what its cells are like (cells.kind_of): enough for people to
    say what else they are. Nothing where the heading may be a row of data, whose cells are nobody's to see: it holds a number or a
    day, or nothing that is known but diseases, which are as well written under a heading.
    """
    is_known = heading.known >= FEWEST_KNOWN and any(column.role not in ("other", "flag") for column in columns)
    if not is_known or any(_is_no_heading(name) for name in heading.names if name):
        return {}
    return {"columns": list(map(asdict, columns)), "kinds": list(map(cells.kind_of, texts))}


def _is_no_heading(name: str) -> bool:
    return cells.kind(name) != "words" or resident_id.valid_resident_id(name)


def unmistakable(agreed: dict[str, Column], names: Sequence[str]) -> dict[str, Column]:
    """The answers that say of one column of this file what it is: a heading that stands twice may mean two things."""
    times = Counter(map(headings.fold, names))
    return {name: column for name, column in agreed.items() if times[name] == 1}


def _without_rivals(columns: list[Column], agreed: dict[str, Column]) -> list[Column]:
    """Where an answer from another file names an item that this file has once more, the column is kept raw, and people are asked."""
    held = Counter(column.code for column in columns if column.role in ("indicator", "flag"))
    return [
        replace(column, role="other", code=None, unit=None, unit_stated=False, looks_like=None)
        if column.role == "indicator" and held[column.code] > 1 and headings.fold(column.heading) in agreed
        else column
        for column in columns
    ]


def understood(seen: Seen, agreed: dict[str, Column], before: list[Column]) -> Column:
    """What a column holds; people's answer wins."""
    name, values = seen.name, seen.values
    blank = Column(seen.index, name, seen.cell, "other")
    remembered = agreed.get(headings.fold(name)) if name else None
    if remembered:
        return _remembered(replace(remembered, index=seen.index, heading=name, cell=seen.cell, low=None, high=None), seen)
    if limited := _limits_column(name, before):
        return replace(blank, role="range", code=limited.code, unit=limited.unit)
    meaning = headings.read(name) if name else None
    if meaning is None:
        return blank
    if meaning.role == "flag":
        return replace(blank, role="flag", code=meaning.codes[0])
    stated = meaning.unit or (seen.written if is_unit(seen.written) else None)
    if meaning.role == "bp":
        if not _are_pressures(values):
            return blank
        return replace(blank, role="bp", unit=_unit("sbp", stated, name, values)[0], unit_stated=bool(stated))
    if meaning.role != "indicator":
        return replace(blank, role=meaning.role)
    code = _choose(meaning.codes, stated, seen.section, name, values)
    if code is None:
        return blank
    unit, is_stated = _unit(code, stated, name, values)
    if not is_stated and (_are_grades(code, values) or _are_answers(code, values)):
        return blank
    if not is_stated and (other := _looks_like(code, values)) is not None:
        return replace(blank, role="indicator", code=code, unit=None, looks_like=other or None)
    return replace(blank, role="indicator", code=code, unit=unit, unit_stated=is_stated)


def _remembered(column: Column, seen: Seen) -> Column:
    """What people said. The unit is the one of the sheet's own unit row where there is one, and never taken for granted."""
    if column.role != "indicator" or not catalogue.load()[column.code].is_numeric:
        return column
    if is_unit(seen.written):
        unit, is_stated = _unit(column.code, seen.written, seen.name, seen.values)
        return replace(column, unit=unit, unit_stated=is_stated, looks_like=None)
    if not column.unit_stated and (other := _looks_like(column.code, seen.values)) is not None:
        return replace(column, unit=None, looks_like=other or None)
    return column


def _limits_column(name: str, before: list[Column]) -> Column | None:
    """The indicator that a column of reference ranges belongs to: the one beside it, or the one that its heading names."""
    items = [column for column in before if column.role == "indicator"]
    if items and items[-1] is before[-1] and headings.is_mark(name, "range_row"):
        return before[-1]
    item = headings.limited_name(name)
    meaning = headings.read(item) if item else None
    return next((column for column in items if meaning and column.code in meaning.codes), None)


def _choose(codes: tuple[str, ...], stated: str | None, section: str, name: str, values: Sequence[str]) -> str | None:
    """The one indicator that a shared name means here; None when nothing decides."""
    items = catalogue.load()
    candidates = [code for code in codes if headings.may_stand_in(section, code)]
    if len(candidates) > 1 and stated:
        candidates = [code for code in candidates if _accepts(code, stated, name)]
    if len(candidates) == 1:
        only = candidates[0]
        is_foreign = stated and items[only].is_numeric and not _accepts(only, stated, name)
        bare = headings.fold(name.split("(")[0].split("（")[0])
        return None if is_foreign and (len(codes) > 1 or len(bare) <= SHORT_NAME) else only
    form = _form(values)
    fitting = [code for code in candidates if items[code].value_type == form]
    # Of two counts the one in the first place is meant (blood before urine sediment); two strip tests may be either.
    return fitting[0] if fitting and (form == "num" or len(fitting) == 1) else None


def _accepts(code: str, stated: str, name: str) -> bool:
    return catalogue.load()[code].is_numeric and _unit(code, stated, name, [])[0] is not None


def _form(values: Sequence[str]) -> str | None:
    """`num`, `ord` or None, by what most of the results look like."""
    results = [text for text in values if text.strip() and not coding.is_not_measured(text, "ord")]
    ordinals = sum(coding.ordinal(text) is not None for text in results)
    numbers = sum(bool(cells.NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())) for text in results)
    if ordinals == numbers:
        return None
    return "ord" if ordinals > numbers else "num"


def _are_pressures(values: Sequence[str]) -> bool:
    """Whether a column called "blood pressure" holds pairs, alone or in words; single numbers could be either of the two."""
    results = [text for text in values if not coding.is_not_measured(text, "num")]
    pairs = sum(cells.pressure(text, "mm[Hg]")[0].problem != "number" or cells.holds_pair(text) for text in results)
    return not results or pairs * 2 > len(results)


def _are_answers(code: str, values: Sequence[str]) -> bool:
    """Whether a question about habits that is asked for a number (minutes of exercise) was answered in words; these are kept as they are."""
    item = catalogue.load()[code]
    if not item.is_numeric or item.category != "lifestyle":
        return False
    results = [text for text in values if not coding.is_not_measured(text, "num")]
    return 2 * sum(cells.measure(code, text, item.unit).problem == "number" for text in results) > len(results)


def _are_grades(code: str, values: Sequence[str]) -> bool:
    """Whether a laboratory column holds grades (1 normal, 2 raised, 3 high) instead of measurements."""
    indicator = catalogue.load()[code]
    results = [text.strip() for text in values if text.strip()]
    return (
        indicator.is_numeric and indicator.category in LABORATORY and len(results) >= FEWEST_GRADES
        and set(results) <= GRADES
    )  # fmt: skip


def _looks_like(code: str, values: Sequence[str]) -> str | None:
    """The unit that a column is in to judge by its median, where none is stated: then no number of it may pass as canonical. Blank for one
    that the item has no name for."""
    usual = cells.unit_medians().get(code)
    if not usual:
        return None
    numbers = [number for number in map(cells.bare_number, values) if number]
    if len(numbers) < FEWEST_NUMBERS:
        return None
    middle = median(numbers)
    return next((unit for low, high, unit in usual if low <= middle <= high), None)


def _unit(code: str, stated: str | None, name: str, values: Sequence[str]) -> tuple[str | None, bool]:
    """The catalogue's token for a column's unit, and whether the file states it."""
    indicator = catalogue.load()[code]
    if not indicator.is_numeric:
        return indicator.unit, False
    if not stated:
        return ("5-mark" if _is_five_mark(code, values) else indicator.unit), False
    if code == "urea" and units.parse(stated) == "mg/dL":
        is_nitrogen = any(word in headings.fold(name) for word in ("bun", "尿素氮", "nitrogen"))
        return ("mg/dL(BUN)" if is_nitrogen else "mg/dL(urea)"), True
    try:
        return units.resolve(code, stated), True
    except units.UnknownUnit:
        return None, True


def _is_five_mark(code: str, values: Sequence[str]) -> bool:
    """Visual acuity on the Chinese 5-mark scale (4.0 to 5.3), which no decimal acuity reaches."""
    if not code.startswith("vision_"):
        return False
    numbers = [float(text) for text in values if cells.PLAIN.fullmatch(text.strip())]
    return bool(numbers) and min(number for number in numbers) >= FIVE_MARK_LOWEST


def _with_limits(column: Column, range_row: list[str]) -> Column:
    if column.role != "indicator" or column.unit is None or column.index >= len(range_row):
        return column
    found = cells.limits(range_row[column.index])
    return replace(column, low=found[0], high=found[1]) if found else column


def settle_roles(columns: list[Column]) -> list[Column]:
    """One column a role: the word that stands first in the dictionary; the others are kept raw."""
    settled = list(columns)
    for role in SINGLE:
        rivals = [column for column in columns if column.role == role]
        if len(rivals) < 2:
            continue
        if len({headings.fold(column.heading) for column in rivals}) < len(rivals) and role in ("exam_date", *PERSON):
            raise FileRefused("duplicate-heading")
        words = [headings.fold(word) for word in headings.dictionary()["roles"][role]]
        first = min(rivals, key=lambda column: _rank(words, column.heading))
        for column in rivals:
            if column is not first:
                settled[column.index] = replace(column, role="other")
    return settled


def _rank(words: list[str], heading: str) -> int:
    folded = headings.fold(heading)
    return words.index(folded) if folded in words else len(words)


def _check_twice(columns: list[Column]) -> None:
    # A pair of pressures may stand beside one column of each: where they differ, the row waits (see cleaning).
    codes = [column.code for column in columns if column.role in ("indicator", "flag")]
    if len(set(codes)) < len(codes):
        raise FileRefused("duplicate-heading")

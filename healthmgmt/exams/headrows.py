"""Where the heading of a sheet stands, in up to three rows, and the rows of units and ranges under it. Pure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial

from healthmgmt.exams import cells, headings
from healthmgmt.exams.reading.sheets import Row
from healthmgmt.records import units

HEAD_ROWS = 40  # a heading is looked for in so many rows
MOST_LINES = 3  # a heading may take so many of them
PERSON = ("emp_no", "id_no")
SINGLE = ("emp_no", "name", "id_no", "sex", "age", "birth", "dept", "exam_date", "phone", "bp", "remark")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the heading was found: the names with the section above each, the rows, and how many are known."""

    names: list[str]
    sections: list[str]
    rows: list[int]
    known: int


def find_heading(sample: list[Row], agreed: Collection[str] = ()) -> Heading | None:
    """The row, or up to three rows, with the most recognised names; None when no name is recognised.

    `agreed`: folded headings that people said the meaning of.
    """
    knows = partial(_knows, agreed=agreed)
    best: Heading | None = None
    for at in range(len(sample[:HEAD_ROWS])):
        for found in _ending_at(sample, at, knows):
            if found.known > (best.known if best else 0):
                best = found
    return _trimmed(best) if best else None


def _ending_at(sample: list[Row], at: int, knows: Callable[[str], bool]) -> Iterator[Heading]:
    """The headings that end in one row: of this row alone, and of one and two more rows right above it."""
    number, row = sample[at]
    above = sample[at - 1][1] if at and _is_group_row(sample[at - 1][1]) else []
    names = [text.strip() for text in row]
    found = Heading(names, _filled(above, len(row)), [number], sum(map(knows, names)))
    yield found
    found = Heading(names, [""] * len(row), [number], found.known)
    for upper in range(at - 1, max(at - MOST_LINES, -1), -1):
        if sample[upper][0] != found.rows[0] - 1 or not _may_continue(sample[upper][1], found.names):
            return
        found = _combined(sample[upper], found, knows)
        yield found


def _knows(text: str, agreed: Collection[str]) -> bool:
    return bool(text) and (headings.read(text) is not None or bool(agreed) and headings.fold(text) in agreed)


def _may_continue(upper: list[str], lower: list[str]) -> bool:
    """Whether a row may be the second half of a heading: a person's own cells are filled in data rows only."""
    for first, second in zip(upper, lower):
        meaning = headings.read(first) if first and second.strip() else None
        if meaning and meaning.role in SINGLE and meaning.role != "bp" and not headings.read(second):
            return False
    return True


def _is_group_row(row: list[str]) -> bool:
    """A single text in the first column is a title."""
    return any(row[1:])


def _filled(row: list[str], width: int) -> list[str]:
    """A row of group headings with each group over all its columns, as merged cells mean it."""
    filled, last = [], ""
    for text in (row + [""] * width)[:width]:
        last = text.strip() or last
        filled.append(last)
    return filled


def _combined(upper: Row, lower: Heading, knows: Callable[[str], bool]) -> Heading:
    """A further row over a heading: the lower name where it is known, else both together, else the upper one."""
    width = max(len(upper[1]), len(lower.names))
    over = _filled(upper[1], width)
    names, sections = [], []
    for index in range(width):
        first = upper[1][index].strip() if index < len(upper[1]) else ""
        second = lower.names[index] if index < len(lower.names) else ""
        section = lower.sections[index] if index < len(lower.sections) else ""
        joined = over[index] + second
        name = second if knows(second) else joined if second and knows(joined) else first if not second else second
        names.append(name)
        sections.append("" if name == first else f"{over[index]} {section}".strip())
    return Heading(names, sections, [upper[0], *lower.rows], sum(map(knows, names)))


def _trimmed(heading: Heading) -> Heading:
    width = max(index for index, name in enumerate(heading.names, start=1) if name)
    return replace(heading, names=heading.names[:width], sections=heading.sections[:width])


def rows_under(heading: Heading, body: list[Row]) -> tuple[list[str], list[str], list[int]]:
    """The unit row and the range row under a heading (either may be []), and their row numbers."""
    unit_row: list[str] = []
    range_row: list[str] = []
    used: list[int] = []
    for number, row in body[:2]:
        filled = [text for text in row if text.strip()]
        if not unit_row and _all_are(filled, is_unit, "unit_row"):
            unit_row = row
        elif not range_row and _all_are(filled, cells.limits, "range_row") and not _names_person(heading, row):
            range_row = row
        else:
            break
        used.append(number)
    return unit_row, range_row, used


def is_unit(text: str) -> bool:
    return units.parse(text) is not None and not cells.NUMBER.fullmatch(text.strip())


def _all_are(filled: list[str], test, mark: str) -> bool:
    real = [text for text in filled if not headings.is_mark(text, mark) and text.strip() not in ("-", "/", "--", "阴性")]
    is_marked = any(headings.is_mark(text, mark) for text in filled)
    return len(real) > (0 if is_marked else 1) and all(test(text) for text in real)


def _names_person(heading: Heading, row: list[str]) -> bool:
    for index, name in enumerate(heading.names[: len(row)]):
        meaning = headings.read(name)
        if meaning and meaning.role in (*PERSON, "name") and row[index].strip():
            return not headings.is_mark(row[index], "range_row")
    return False



"""Which rows under a heading are data: no repeated heading, no title above one, no total, no note. Pure."""

import re
from collections.abc import Iterator

from healthmgmt.exams import headings
from healthmgmt.exams.headrows import PERSON
from healthmgmt.exams.reading.sheets import Row, Sheet
from healthmgmt.exams.recognising import Layout

NOTE_CELLS = 3  # a total or a note under the table fills no more
CODE = re.compile(r"[\w./-]*[0-9][\w./-]*", re.ASCII)


def data_rows(sheet: Sheet, layout: Layout) -> Iterator[Row]:
    """The rows under the heading without repeated headings and the titles above these, and without totals and notes."""
    last = max(layout.header_rows)
    names = [column.heading for column in layout.columns]
    day = next((column.index for column in layout.columns if column.role == "exam_date"), None)
    person = next((column.index for column in layout.columns if column.role in PERSON), None)
    titles: list[Row] = []  # or rows of which nearly all is lacking: what comes next tells
    for number, row in sheet.read():
        if number <= last:
            continue
        if person is not None and person < len(row) and row[person].strip() == names[person]:
            if [text.strip() for text in row[: len(names)]] == names:
                titles.clear()
                continue
        # A row that begins with more cells than that is seen to be none without counting.
        if not all(row[: NOTE_CELLS + 1]) and len(row) - row.count("") <= NOTE_CELLS and headings.is_note(_first_text(row)):
            continue
        # No exam is without a day; so only few rows are looked at more closely.
        if day is None or day >= len(row) or not row[day].strip():
            if headings.is_total(_first_text(row)):
                continue
            if _is_like_title(row):
                titles.append((number, row))
                continue
        if titles:
            yield from titles
            titles.clear()
        yield number, row
    yield from titles


def _is_like_title(row: list[str]) -> bool:
    """A single cell, which is no code or number by which somebody may be meant."""
    return len(row) - row.count("") == 1 and CODE.fullmatch(_first_text(row).strip()) is None


def _first_text(row: list[str]) -> str:
    return next((text for text in row if text.strip()), "")

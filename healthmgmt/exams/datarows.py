"""Which rows under a heading are data: no repeated heading, no total, no note. Pure."""

from collections.abc import Iterator

from healthmgmt.exams import headings
from healthmgmt.exams.headrows import PERSON
from healthmgmt.exams.reading.sheets import Row, Sheet
from healthmgmt.exams.recognising import Layout

NOTE_CELLS = 3  # a total or a note under the table fills no more


def data_rows(sheet: Sheet, layout: Layout) -> Iterator[Row]:
    """The rows under the heading without repeated headings, and without totals and notes."""
    last = max(layout.header_rows)
    names = [column.heading for column in layout.columns]
    day = next((column.index for column in layout.columns if column.role == "exam_date"), None)
    person = next((column.index for column in layout.columns if column.role in PERSON), None)
    for number, row in sheet.read():
        if number <= last:
            continue
        if person is not None and person < len(row) and row[person].strip() == names[person]:
            if [text.strip() for text in row[: len(names)]] == names:
                continue
        # A row that begins with more cells than that is seen to be none without counting.
        if not all(row[: NOTE_CELLS + 1]) and len(row) - row.count("") <= NOTE_CELLS and headings.is_note(_first_text(row)):
            continue
        # No exam is without a day; so only few rows are looked at more closely.
        if (day is None or day >= len(row) or not row[day].strip()) and headings.is_total(_first_text(row)):
            continue
        yield number, row


def _first_text(row: list[str]) -> str:
    return next((text for text in row if text.strip()), "")

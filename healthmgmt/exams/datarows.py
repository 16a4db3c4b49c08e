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
    person = next((column.index for column in layout.columns if column.role in PERSON), None)
    for number, row in sheet.read():
        if number <= last:
            continue
        if person is not None and person < len(row) and row[person].strip() == names[person]:
            if [text.strip() for text in row[: len(names)]] == names:
                continue
        if len(row) - row.count("") <= NOTE_CELLS and _is_note(row):
            continue
        yield number, row


def _is_note(row: list[str]) -> bool:
    return headings.is_note(next((text for text in row if text), ""))

"""A file of rows that was downloaded to be mended: how it is known again. Pure.

Each row ends with a key that names its upload, its number and its version, and that nobody can make up (see rowkeys).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from healthmgmt.exams.reading.sheets import Sheet, Workbook

# The same in every language: it is looked for in files.
HEADING = "行标识 row key"
HEAD_ROWS = 10
BLOCK_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Keyed:
    """The sheet, the row of its heading, the headings, and the column of the key."""

    sheet: Sheet
    row: int
    headings: list[str]
    at: int

    def blocks(self) -> Iterator[list[list]]:
        """The rows below the heading as [number from 1, the sheet's row, key, cells], some at a time."""
        rows = ((number, cells) for number, cells in self.sheet.read() if number > self.row)
        count = 0
        while block := list(islice(rows, BLOCK_ROWS)):
            yield [[count + at, number, cells[self.at] if self.at < len(cells) else "", cells] for at, (number, cells) in enumerate(block, start=1)]
            count += len(block)


def found(book: Workbook) -> Keyed | None:
    """The rows to be merged, None where a file is no such file."""
    for sheet in book.sheets:
        for number, cells in islice(sheet.read(), HEAD_ROWS):
            names = [text.strip() for text in cells]
            if HEADING in names:
                return Keyed(sheet, number, names, names.index(HEADING))
    return None

"""Tables for spreadsheets, in which no text is ever run as a formula."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | float | date | None

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet would run a text that begins so.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TITLE = 31
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
LEAST_WIDTH, MOST_WIDTH = 12, 40
WIDE_SIGNS = "\u2e80"


def safe_text(text: str) -> str:
    """A text with a leading `'` where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "") -> bytes:
    """A workbook of one sheet: the headings, then the rows. Texts are safe and stay texts; numbers and days stay what they are."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_title(title) or None)
    sheet.freeze_panes = "A2"
    cells = []
    for column, heading in enumerate(headings, start=1):
        cell = WriteOnlyCell(sheet, _stored(str(heading)))
        cell.font = Font(bold=True)
        cells.append(cell)
        sheet.column_dimensions[get_column_letter(column)].width = width(str(heading))
    sheet.append(cells)
    for row in rows:
        sheet.append([_stored(cell) for cell in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _stored(cell: Cell) -> Cell:
    # What XML cannot hold goes first, so that it hides no formula.
    return safe_text(ILLEGAL_CHARACTERS_RE.sub("", cell)) if isinstance(cell, str) else cell


def sheet_title(text: str) -> str:
    """A text as spreadsheets let a sheet be called."""
    return NOT_IN_TITLES.sub(" ", text)[:LONGEST_TITLE].strip()


def width(heading: str) -> int:
    """How wide the column of a heading is. A Chinese sign is as wide as two letters."""
    signs = sum(2 if sign >= WIDE_SIGNS else 1 for sign in heading)
    return min(max(signs + 4, LEAST_WIDTH), MOST_WIDTH)

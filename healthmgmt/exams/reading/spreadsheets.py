"""xlsx and xls through calamine, guarded against what calamine does not say."""

import io
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import python_calamine as calamine

from healthmgmt.exams.reading import archives, biff, formats
from healthmgmt.exams.reading.refusals import FileRefused, Limits
from healthmgmt.exams.reading.sheets import Row, Sheet, Workbook
from healthmgmt.exams.reading.sheetxml import SheetScan

CELL_BYTES = 32  # of calamine's rectangle
RECTANGLE = 640 << 20
SECTOR = 512
MOST_NUMBERS = 100_000
Faults = Mapping[tuple[int, int], str]
Percentages = Mapping[int, list[int]]
MIDNIGHT = time(0)


def open_xlsx(data: bytes, limits: Limits) -> Workbook:
    """Raises FileRefused."""
    archive = archives.inspect(data, limits)
    for scan in archive.scans.values():
        if scan.last_row * max(scan.last_column, 1) * CELL_BYTES > RECTANGLE:
            raise FileRefused("too-large", min(scan.rows - 1, limits.rows))
        if scan.is_lost:
            raise FileRefused("formula", scan.rows - 1)
    scans = _scans_by_sheet(data, archive)
    book = _load(data, sum(scan.rows - 1 for scan in scans.values()))
    looks = {name: (scan.faults, scan.percentages) for name, scan in scans.items()}
    return Workbook("xlsx", None, _sheets(book, scans, looks), archive.is_1904)


def open_xls(data: bytes, limits: Limits) -> Workbook:
    """Raises FileRefused."""
    if _has_name(data, "EncryptedPackage"):
        raise FileRefused("password")
    if _has_name(data, "_VBA_PROJECT_CUR") or _has_name(data, "_VBA_PROJECT"):
        raise FileRefused("macro")
    if not (_has_name(data, "Workbook") or _has_name(data, "Book")):
        directory = int.from_bytes(data[48:52], "little")
        raise FileRefused("corrupt" if (directory + 1) * SECTOR >= len(data) else "format")
    looks, is_encrypted = biff.look(biff.stream(data, "Workbook", "Book") or b"")
    if is_encrypted:
        raise FileRefused("password")
    book = _load(data, 0)
    return Workbook("xls", None, _sheets(book, {}, dict(zip(book.sheet_names, looks))))


def _has_name(data: bytes, name: str) -> bool:
    """Whether the directory of an OLE2 file holds an entry of this name."""
    return (name + "\x00").encode("utf-16-le") in data


def _load(data: bytes, received: int) -> calamine.CalamineWorkbook:
    try:
        return calamine.load_workbook(io.BytesIO(data))
    except calamine.PasswordError:
        raise FileRefused("password") from None
    except calamine.CalamineError:
        raise FileRefused("corrupt", received) from None


def _scans_by_sheet(data: bytes, archive: archives.Archive) -> dict[str, SheetScan]:
    return {name: archive.scans[part] for name, part in archives.sheet_parts(data).items() if part in archive.scans}


def _sheets(
    book: calamine.CalamineWorkbook, scans: dict[str, SheetScan], looks: Mapping[str, tuple[Faults, Percentages]]
) -> list[Sheet]:
    # One sheet is kept laid out at a time: laying out is most of the work, and all of the memory.
    opened = lru_cache(maxsize=1)(book.get_sheet_by_index)
    return [
        _sheet(name, index, opened, scans.get(name), *looks.get(name, ({}, {})), meta.visible != calamine.SheetVisibleEnum.Visible)
        for index, (name, meta) in enumerate(zip(book.sheet_names, book.sheets_metadata))
        if meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _sheet(
    name: str,
    index: int,
    opened: Callable[[int], calamine.CalamineSheet],
    scan: SheetScan | None,
    faults: Faults,
    percentages: Percentages,
    is_hidden: bool,
) -> Sheet:
    def read() -> Iterator[Row]:
        try:
            sheet = opened(index)
        except calamine.CalamineError:
            raise FileRefused("corrupt", scan.rows - 1 if scan else 0) from None
        yield from _rows(sheet, scan, {row for row, _ in faults}, percentages)

    return Sheet(name, read, faults, is_hidden=is_hidden)


def _rows(sheet: calamine.CalamineSheet, scan: SheetScan | None, faulty_rows: set[int], percentages: Percentages) -> Iterator[Row]:
    if sheet.start is None:
        return
    left = [""] * sheet.start[1]
    number = last = 0
    known = _Numbers()
    for number, values in enumerate(sheet.iter_rows(), start=1):
        if number in percentages:
            values = _shown(values, [index - len(left) for index in percentages[number]])
        cells = left + [
            value if type(value) is str else known[value] if type(value) is float else text(value) for value in values
        ]
        if cells[0].strip() or any(map(str.strip, cells)) or number in faulty_rows:
            last = number
            yield number, cells
    if scan and last < scan.last_row and scan.last_row not in faulty_rows and number < scan.last_row:
        raise FileRefused("corrupt", scan.rows - 1)  # the reader stopped before the sheet's end


def _shown(values: list[object], percentages: list[int]) -> list[object]:
    """A row with its percentages as the sheet shows them; a format says nothing of what is no number."""
    found = list(values)
    for index in percentages:
        if 0 <= index < len(found) and type(found[index]) in (float, int) and math.isfinite(found[index]):
            found[index] = text(formats.shown(found[index])) + "%"
    return found


class _Numbers(dict):
    """Number -> its text; a sheet repeats the same few thousand."""

    def __missing__(self, number: float) -> str:
        if len(self) > MOST_NUMBERS:
            self.clear()
        found = self[number] = text(number)
        return found


def text(value: object) -> str:
    """A cell's value as the shortest text that reads back equal; days as ISO text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return repr(value) if math.isfinite(value) else ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        return str(value)
    return str(value)

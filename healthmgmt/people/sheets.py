"""A roster file -> rows of text cells. Pure: bytes in, rows out, and a clear reason when there is no table to read."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import python_calamine

Row = tuple[int, list[str]]

ZIP, OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = ",\t;"
LONGEST_CELL = 1_000
# A workbook's reader makes room for the whole rectangle up to the farthest cell, so far cells are refused unread:
# columns from CW on, rows from 260,000 on.
FAR_CELL = re.compile(rb'r="(?:(?:C[W-Z]|[D-Z][A-Z]|[A-Z]{3})[0-9]|[A-Z]{1,2}(?:[0-9]{7}|[3-9][0-9]{5}|2[6-9][0-9]{4})")')
# Fewer zero bytes than this are strays in another encoding.
ZERO_SHARE = 0.03
UNPACKED_LIMIT = 512 << 20


class Unreadable(Exception):
    """No table can be read; `reason` is one of the keywords of presenters.FILE_REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sheet:
    """A table: rows that hold anything, with the sheet's own row numbers from 1."""

    name: str
    rows: Iterator[Row]


def open_sheets(data: bytes) -> Iterator[Sheet]:
    """The sheets of a csv, tsv, xlsx or xls file, by content. Raises Unreadable, also while rows are read."""
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith((ZIP, OLE2)):
        yield from _workbook(data)
    else:
        yield Sheet("", _text_rows(data))


def _workbook(data: bytes) -> Iterator[Sheet]:
    try:
        if data.startswith(ZIP):
            _check_archive(data)
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        for name in workbook.sheet_names:
            yield Sheet(name, _sheet_rows(workbook.get_sheet_by_name(name)))
    except python_calamine.PasswordError as error:
        raise Unreadable("password") from error
    except (python_calamine.CalamineError, zipfile.BadZipFile) as error:
        raise Unreadable("corrupt") from error


def _check_archive(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > UNPACKED_LIMIT:
            raise Unreadable("too-large")
        for part in archive.infolist():
            if part.filename.startswith("xl/worksheets/") and FAR_CELL.search(archive.read(part)):
                raise Unreadable("too-large")


def _sheet_rows(sheet: python_calamine.CalamineSheet) -> Iterator[Row]:
    # Rows above the table are handed out, columns left of it are not.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = left + [_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _text_rows(data: bytes) -> Iterator[Row]:
    text = _decoded(data)
    if "\0" in text:
        raise Unreadable("format")
    lines = [line for line in text[:65_536].splitlines()[:50] if line.strip()]
    delimiter = max(DELIMITERS, key=lambda one: sum(line.count(one) for line in lines))
    csv.field_size_limit(1 << 20)
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1):
            texts = [cell.strip() for cell in cells]
            if any(texts):
                yield number, texts
    except csv.Error as error:
        raise Unreadable("malformed") from error


def _decoded(data: bytes) -> str:
    for codec in _codecs(data):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def _codecs(data: bytes) -> list[str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    # Without a mark: commas, digits and line ends show on which side of the pairs the zero bytes stand.
    even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
    if max(even, odd) > ZERO_SHARE * min(len(data), 4096) and not min(even, odd):
        return ["utf-16-le" if odd else "utf-16-be"]
    return ["utf-8-sig", "gb18030"]

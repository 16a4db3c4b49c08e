"""Writes text files and workbooks. The same cells give the same bytes."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

STAMP = datetime(2024, 1, 1)


def write_text(path: Path, heading: Sequence[str], rows: Iterable[Sequence], encoding: str) -> None:
    """A comma-separated file with the line ends that spreadsheets write."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(heading)
        writer.writerows(rows)


def write_workbook(path: Path, heading: Sequence[str], rows: Iterable[Sequence], titles: Sequence[str] = ()) -> None:
    """One sheet: the titles in merged rows, the heading, the rows."""
    book = Workbook()
    sheet = book.active
    sheet.title = "体检结果"
    for number, title in enumerate(titles, start=1):
        sheet.append([title])
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(heading))
        sheet.cell(number, 1).alignment = Alignment(horizontal="center")
    sheet.append(list(heading))
    for cell in sheet[len(titles) + 1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    book.properties.creator = ""
    held = io.BytesIO()
    book.save(held)
    _write_archive(path, held)


def _write_archive(path: Path, held: io.BytesIO) -> None:
    """The archive without the moment of its making, in its parts or in their text."""
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "docProps/core.xml":
                content = _without_moment(content)
            fixed = zipfile.ZipInfo(part.filename, STAMP.timetuple()[:6])
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, content)


def _without_moment(content: bytes) -> bytes:
    """Both times of the document's properties set to STAMP."""
    for tag in (b"dcterms:created", b"dcterms:modified"):
        before, rest = content.split(b"<" + tag, 1)
        attributes, rest = rest.split(b">", 1)
        _, after = rest.split(b"</" + tag, 1)
        stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        content = before + b"<" + tag + attributes + b">" + stamp + b"</" + tag + after
    return content

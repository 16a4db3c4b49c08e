"""Files as they arrive, made in memory: workbooks, patched workbooks, old xls files; and a short way to read them."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

from healthmgmt.exams import child
from healthmgmt.exams.cleaning import FIELDS

BAD_FILES = Path(__file__).resolve().parents[1] / "files" / "badfiles"
TODAY = "2024-05-01"
HEADING = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "尿蛋白", "备注"]
ROW = ["D0001", "何兰", "2024-04-08", "120", "80", "5.1", "-", ""]
FIRST_SHEET = "xl/worksheets/sheet1.xml"


def text(*rows: list, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """Rows as a text file; cells must hold neither quotes nor the delimiter."""
    return "".join(delimiter.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


def xlsx(*rows: list, change: Callable[[openpyxl.Workbook], None] | None = None, sheets: dict[str, list] | None = None) -> bytes:
    """A workbook of one sheet (`rows`) or of several (`sheets`)."""
    book = openpyxl.Workbook()
    for number, (name, content) in enumerate((sheets or {"体检": list(rows)}).items()):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = name
        for row in content:
            sheet.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repack(data: bytes, change: Callable[[str, bytes], bytes] = lambda name, part: part, more: dict | None = None) -> bytes:
    """The archive again with changed and additional parts."""
    source, file = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, change(entry.filename, source.read(entry.filename)))
        for name, part in (more or {}).items():
            target.writestr(name, part)
    return file.getvalue()


def in_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    """The archive with one replacement in the XML of its first sheet."""
    return repack(data, lambda name, part: part.replace(old, new, 1) if name == FIRST_SHEET else part)


def xls(*rows: list, more: bytes = b"", entries: tuple[str, ...] = ()) -> bytes:
    """An Excel 97 file: text and number cells of one sheet. `more`: further records of the sheet."""
    name = _text16("Sheet1", "<BB")
    globals_ = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    bound_length = 4 + 6 + len(name)
    offset = len(globals_) + 4 + bound_length - 4 + 4
    globals_ += _record(0x0085, struct.pack("<IBB", offset, 0, 0) + name) + _record(0x000A, b"")
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            place = struct.pack("<HHH", r, c, 0)
            if isinstance(value, int | float):
                sheet += _record(0x0203, place + struct.pack("<d", value))
            elif value:
                sheet += _record(0x0204, place + _text16(value, "<HB"))
    return _compound({"Workbook": globals_ + sheet + more + _record(0x000A, b"")} | dict.fromkeys(entries, b"x"))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text16(value: str, form: str) -> bytes:
    return struct.pack(form, len(value), 1) + value.encode("utf-16-le")


def _compound(streams: dict[str, bytes]) -> bytes:
    """The smallest compound file that holds the streams, each padded past the small-stream limit."""
    sectors: list[bytes] = []
    fat: list[int] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), start=1):
        content = content.ljust(4096 + 512 * (len(content) // 512), b"\0")
        start, count = len(sectors), len(content) // 512
        sectors += [content[at : at + 512] for at in range(0, len(content), 512)]
        fat += [*range(start + 1, start + count), 0xFFFFFFFE]
        entries.append(_entry(name, 2, start, len(content), right=number + 1 if number < len(streams) else 0xFFFFFFFF))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    directory_start, count = len(sectors), len(directory) // 512
    sectors += [directory[at : at + 512] for at in range(0, len(directory), 512)]
    fat += [*range(directory_start + 1, directory_start + count), 0xFFFFFFFE]
    fat_count = -(-(len(fat) + 8) // 128)
    fat_start = len(sectors)
    fat += [0xFFFFFFFD] * fat_count
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512 * fat_count, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, fat_count, directory_start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    header += struct.pack(f"<{fat_count}I", *range(fat_start, fat_start + fat_count)).ljust(436, b"\xff")
    return header + b"".join(sectors) + table


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16sIQQIQ", raw, len(raw), kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0, start, size)


class Read:
    """The frames of one file: `layout`, `rows` (dicts by field, JSON decoded), `reason` and `received`."""

    def __init__(self, frames: list[dict]) -> None:
        self.frames = frames
        self.layout = next((frame for frame in frames if frame["kind"] == "layout"), None)
        self.rows = [_decoded(row) for frame in frames if frame["kind"] == "rows" for row in frame["rows"]]
        self.received = frames[-1]["received"]
        self.reason = frames[-1].get("reason")

    @property
    def problems(self) -> list[tuple[int, str, str]]:
        """(row number, cell, reason) of every problem."""
        return [(row["number"], one["cell"], one["reason"]) for row in self.rows for one in row["problems"]]

    @property
    def roles(self) -> list[str]:
        return [column["code"] or column["role"] for column in self.layout["columns"]]


def _decoded(row: list) -> dict:
    found = dict(zip(FIELDS, row, strict=True))
    return found | {name: json.loads(found[name]) for name in FIELDS[9:]}


def read(data: bytes, **options) -> Read:
    return Read(list(child.frames(data, {"name": "file", "today": TODAY} | options)))

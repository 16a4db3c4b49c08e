"""Files as they arrive, made in memory: workbooks, patched workbooks, old xls files; and a short way to read them."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl

from healthmgmt.exams import child, lines
from healthmgmt.exams.cleaning import FIELDS

BAD_FILES = Path(__file__).resolve().parents[1] / "files" / "badfiles"
TODAY = "2024-05-01"
HEADING = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "总胆固醇(mmol/L)", "尿蛋白", "备注"]
ROW = ["D0001", "何兰", "2024-04-08", "120", "80", "5.1", "-", ""]
END, NONE = 0xFFFFFFFE, 0xFFFFFFFF  # marks in compound files
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


def xls(*rows: list, more: bytes = b"", entries: tuple[str, ...] = (), small: bool = False, shown_as: str = "") -> bytes:
    """An Excel 97 file: text and number cells of one sheet. `more`: further records of the sheet; `shown_as`: the number format of
    fractions."""
    name = _text16("Sheet1", "<BB")
    globals_ = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    bound_length = 4 + 6 + len(name)
    if shown_as:
        globals_ += record(0x041E, struct.pack("<H", 164) + _text16(shown_as, "<HB"))
        globals_ += b"".join(record(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 164))
    offset = len(globals_) + 4 + bound_length - 4 + 4
    globals_ += record(0x0085, struct.pack("<IBB", offset, 0, 0) + name) + record(0x000A, b"")
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            place = struct.pack("<HHH", r, c, bool(shown_as) and isinstance(value, float))
            if isinstance(value, int | float):
                sheet += record(0x0203, place + struct.pack("<d", value))
            elif value:
                sheet += record(0x0204, place + _text16(value, "<HB"))
    return _compound({"Workbook": globals_ + sheet + more + record(0x000A, b"")} | dict.fromkeys(entries, b"x"), small)


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text16(value: str, form: str) -> bytes:
    return struct.pack(form, len(value), 1) + value.encode("utf-16-le")


class _Sectors:
    """The sectors of a compound file and the table that chains them."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.fat: list[int] = []

    def add(self, content: bytes) -> int:
        """Append a stream; the number of its first sector."""
        start, count = len(self.parts), -(-len(content) // 512)
        self.parts += [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        self.fat += [*range(start + 1, start + count), END]
        return start


def _compound(streams: dict[str, bytes], small: bool) -> bytes:
    """The smallest compound file that holds the streams: small ones in the root's stream, or padded past that."""
    sectors, entries, root, small_fat = _Sectors(), [], b"", b""
    for number, (name, content) in enumerate(streams.items(), start=1):
        right = number + 1 if number < len(streams) else NONE
        if small and len(content) < 4096:
            start, count = len(root) // 64, -(-len(content) // 64)
            root += content.ljust(count * 64, b"\0")
            small_fat += struct.pack(f"<{count}I", *range(start + 1, start + count), END)
        else:
            content = content.ljust(4096, b"\0")
            start = sectors.add(content)
        entries.append(_entry(name, 2, start, len(content), right=right))
    root_start = sectors.add(root) if root else END
    table_start = sectors.add(small_fat.ljust(512, b"\xff")) if root else END
    entries.insert(0, _entry("Root Entry", 5, root_start, len(root), child=1))
    directory = sectors.add(b"".join(entries))
    count = -(-(len(sectors.fat) + 8) // 128)
    places = range(len(sectors.parts), len(sectors.parts) + count)
    table = struct.pack(f"<{len(sectors.fat) + count}I", *sectors.fat, *[0xFFFFFFFD] * count).ljust(512 * count, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, count, directory, 0, 4096, table_start, int(bool(root)), END, 0,
    )  # fmt: skip
    return header + struct.pack(f"<{count}I", *places).ljust(436, b"\xff") + b"".join(sectors.parts) + table


def _entry(name: str, kind: int, start: int, size: int, child: int = NONE, right: int = NONE) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16sIQQIQ", raw, len(raw), kind, 1, NONE, right, child, b"", 0, 0, 0, start, size)


class Read:
    """The frames of one file: `layout`, `rows` (dicts by field, JSON decoded), `reason` and `received`."""

    def __init__(self, frames: list[dict]) -> None:
        self.frames = frames
        self.layout = next((frame for frame in frames if frame["kind"] == "layout"), None)
        self.rows = [_decoded(row) for frame in frames for row in rows_of(frame)]
        self.received = frames[-1]["received"]
        self.reason = frames[-1].get("reason")

    @property
    def problems(self) -> list[tuple[int, str, str]]:
        """(row number, cell, reason) of every problem."""
        return [(row["number"], one["cell"], one["reason"]) for row in self.rows for one in row["problems"]]

    @property
    def roles(self) -> list[str]:
        return [column["code"] or column["role"] for column in self.layout["columns"]]


def rows_of(frame: dict) -> list[list]:
    """The rows of a frame, shaped as FIELDS; none of a frame of another kind."""
    return [lines.decode(row) for row in frame["lines"].split(b"\n")] if "lines" in frame else []


def _decoded(row: list) -> dict:
    """`places` only where the sheet was turned."""
    found = dict(zip(FIELDS, row, strict=True))
    found |= {name: int(found[name]) for name in ("number", "sheet_row")}
    places = found.pop("places")
    found |= {"places": json.loads(places)} if places else {}
    return found | {name: json.loads(found[name]) for name in FIELDS[10:]}


def read(data: bytes, **options) -> Read:
    return Read(list(child.frames(data, {"name": "file", "today": TODAY} | options)))

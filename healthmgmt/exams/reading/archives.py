"""The archive around an xlsx: every part is unpacked and counted once before any reader sees the file."""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.etree import ElementTree

from healthmgmt.exams.reading import formats
from healthmgmt.exams.reading.refusals import FileRefused, Limits
from healthmgmt.exams.reading.sheetxml import SheetScan

PIECE = 1 << 20
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
MACRO_PART = re.compile(r"vbaproject\.bin$|xl/macrosheets/", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)|<\x00!\x00[DE]\x00|\x00<\x00!\x00[DE]")
LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
END_RECORD = struct.Struct("<4sHHHHIIH")
SMALLEST_ENTRY = 46
STYLES_PART = "xl/styles.xml"
LARGEST_STYLES = 8 << 20
READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DATE_1904 = re.compile(rb"""date1904=["'](1|true)["']""")


@dataclass(slots=True)
class Archive:
    """What the look through the archive found. `scans` by part name (`xl/worksheets/sheet1.xml`); `percentages` are the numbers of the
    cell formats that show one."""

    scans: dict[str, SheetScan] = field(default_factory=dict)
    is_1904: bool = False
    percentages: frozenset[int] = frozenset()


def inspect(data: bytes, limits: Limits) -> Archive:
    """Unpack every part without keeping it; raises FileRefused for what must not reach a reader."""
    try:
        return _inspect(data, limits)
    except FileRefused as refusal:
        raise FileRefused(refusal.reason, count_surviving_rows(data, limits)) from None


def _inspect(data: bytes, limits: Limits) -> Archive:
    _refuse_many_parts(data, limits)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, struct.error, UnicodeDecodeError):
        raise FileRefused("corrupt") from None
    entries = archive.infolist()
    _refuse_forms(entries, limits)
    found = Archive()
    budget = limits.unpacked_for(len(data))
    # What cells look like is told by a part of its own, wherever it stands.
    for entry in sorted(entries, key=lambda one: one.filename != STYLES_PART):
        try:
            budget = _unpack(archive, entry, budget, found)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error):
            raise FileRefused("corrupt") from None
        if budget < 0:
            raise FileRefused("too-large")
    return found


def _refuse_many_parts(data: bytes, limits: Limits) -> None:
    """Before the directory is loaded: its size says how many entries it can hold at most."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - (66 << 10)))
    if at < 0 or len(data) - at < END_RECORD.size:
        return
    _, _, _, _, entries, directory_size, _, _ = END_RECORD.unpack_from(data, at)
    if entries > limits.parts or directory_size > limits.parts * (SMALLEST_ENTRY + 512):
        raise FileRefused("too-large")


def _refuse_forms(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [entry.filename for entry in entries]
    lowered = {name.lower() for name in names}
    if len(names) > limits.parts:
        raise FileRefused("too-large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("password")
    if any(MACRO_PART.search(name) for name in names):
        raise FileRefused("macro")
    if "[content_types].xml" not in lowered or "xl/workbook.xml" not in lowered:
        raise FileRefused("format")
    if len(lowered) != len(names) or any(entry.compress_type not in READABLE for entry in entries):
        raise FileRefused("corrupt")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int, found: Archive) -> int:
    """Read one part; what is left of the budget (negative: too large)."""
    name = entry.filename
    scan = SheetScan(found.percentages) if SHEET_PART.fullmatch(name) else None
    styles = bytearray()
    is_xml = name.lower().endswith((".xml", ".rels"))
    tail = b""
    with archive.open(entry) as part:
        while piece := part.read(PIECE):
            budget -= len(piece)
            if budget < 0:
                return budget
            if is_xml and DOCTYPE.search(tail + piece):
                raise FileRefused("xml")
            if name == "[Content_Types].xml" and b"macroEnabled" in piece:
                raise FileRefused("macro")
            if name == "xl/workbook.xml" and DATE_1904.search(piece):
                found.is_1904 = True
            if scan:
                scan.feed(piece)
            if name == STYLES_PART and len(styles) < LARGEST_STYLES:
                styles += piece
            tail = piece[-16:]
    if scan:
        found.scans[name] = scan.finish()
    if styles:
        found.percentages = formats.of_styles(bytes(styles))
    return budget


def sheet_parts(data: bytes) -> dict[str, str]:
    """Sheet name -> the archive's part that holds it. Raises FileRefused for a broken workbook part."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        raise FileRefused("corrupt", count_surviving_rows(data, Limits())) from None
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in sheet.items() if key.rpartition("}")[2] == "id"), "")
            target = targets.get(link, "")
            parts[sheet.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts


def count_surviving_rows(data: bytes, limits: Limits) -> int:
    """Data rows of a file that is refused anyway: as many as its sheets show or say that they had.

    Walks the local headers, because the directory of half a file is gone. One heading row a sheet is
    taken off. Unpacks no more than the limit for a whole file twice over.
    """
    rows, at, budget = 0, data.find(b"PK\x03\x04"), 2 * limits.unpacked
    while 0 <= at <= len(data) - LOCAL_HEADER.size and budget > 0:
        header = LOCAL_HEADER.unpack_from(data, at)
        begin = at + LOCAL_HEADER.size + header[9] + header[10]
        name = data[at + LOCAL_HEADER.size : at + LOCAL_HEADER.size + header[9]].decode("utf-8", "replace")
        if SHEET_PART.fullmatch(name) and header[3] == zipfile.ZIP_DEFLATED:
            scan, used = _scan_stream(data, begin, budget)
            budget -= used
            rows += min(max(scan.rows, scan.declared_rows) - 1, limits.rows)
        at = data.find(b"PK\x03\x04", at + 4)
    return max(rows, 0)


def _scan_stream(data: bytes, begin: int, budget: int) -> tuple[SheetScan, int]:
    scan, used, rest = SheetScan(), 0, memoryview(data)[begin:]
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while used < budget and not stream.eof:
            piece = stream.decompress(stream.unconsumed_tail or rest, PIECE)
            rest = b""
            if not piece:
                break
            used += len(piece)
            scan.feed(piece)
    except zlib.error:
        pass  # the damaged end: what came before it is counted
    return scan.finish(), used

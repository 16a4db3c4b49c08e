"""csv and tsv: encoding by content, delimiter by content, rows streamed."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from healthmgmt.exams.reading.detecting import utf16
from healthmgmt.exams.reading.refusals import FileRefused, Limits
from healthmgmt.exams.reading.sheets import Row, Sheet, Workbook

PIECE = 1 << 20
SAMPLE = 256 << 10
SAMPLE_ROWS = 60
DELIMITERS = ",\t;|"
# Tried in this order; all that decode the whole file compete by how many known headings they show.
REGIONAL = ("gb18030", "big5hkscs", "cp949", "cp932")
FALLBACK = "cp1252"
WIDE = ("utf-16-le", "utf-16-be")
FIELD_LIMIT = 1 << 20
# How a text file keeps a spreadsheet from making a number of 0012: `="0012"`.
SHIELDED = re.compile(r'^="([^"]*)"$')


def open_text(data: bytes, limits: Limits, count_known: Callable[[str], int]) -> Workbook:
    """`count_known(text)`: how many known headings stand in a text. Raises FileRefused."""
    encoding = find_encoding(data, count_known)
    delimiter = _find_delimiter(data, encoding, count_known)
    csv.field_size_limit(FIELD_LIMIT)
    written = WIDE if encoding.startswith("utf-16") else ("ascii",)
    is_shielded = any('="'.encode(codec) in data for codec in written)

    def read() -> Iterator[Row]:
        rows = csv.reader(_text(data, encoding), delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(rows, start=1):
                if cells and (cells[0].strip() or any(map(str.strip, cells))):
                    yield number, [SHIELDED.sub(r"\1", cell) for cell in cells] if is_shielded else cells
        except csv.Error as error:
            reason = "too-long" if "field larger" in str(error) else "malformed"
            raise FileRefused(reason, count_lines(data, encoding) - 1) from None

    return Workbook("tsv" if delimiter == "\t" else "csv", encoding, [Sheet("", read, is_ragged=True)])


def find_encoding(data: bytes, count_known: Callable[[str], int]) -> str:
    """The codec that reads the whole file; raises FileRefused with `encoding`."""
    if data.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif wide := utf16(data[:4096]):
        candidates = ["utf-16" if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else wide]
    elif _decodes(data, "utf-8"):
        return "utf-8"
    else:
        candidates = [*REGIONAL, FALLBACK]
    readable = [encoding for encoding in candidates if _decodes(data, encoding)]
    if not readable:
        raise FileRefused("encoding", max(data.count(b"\n") - 1, 0))
    if len(readable) == 1 and readable[0] != FALLBACK:
        return readable[0]
    scores = {encoding: count_known(data[:SAMPLE].decode(encoding, "ignore")) for encoding in readable}
    best = max(readable, key=lambda encoding: scores[encoding])
    if best == FALLBACK and not scores[best]:
        raise FileRefused("encoding", max(data.count(b"\n") - 1, 0))
    return best


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _text(data: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")


def count_lines(data: bytes, encoding: str) -> int:
    """Lines that hold anything: the count by another route for a file whose rows cannot be told apart."""
    return sum(1 for line in _text(data, encoding) if line.strip())


def _find_delimiter(data: bytes, encoding: str, count_known: Callable[[str], int]) -> str:
    """The one that cuts the line of headings into the most of them, and then the first rows most evenly."""
    sample = io.TextIOWrapper(io.BytesIO(data[:SAMPLE]), encoding=encoding, errors="ignore", newline="")
    lines = list(islice(sample, SAMPLE_ROWS))
    heading = max(lines, key=count_known, default="")
    return max(DELIMITERS, key=lambda delimiter: (_headings_cut(heading, delimiter, count_known), _evenness(lines, delimiter)))


def _headings_cut(line: str, delimiter: str, count_known: Callable[[str], int]) -> int:
    """Into how many fields with a known heading a delimiter cuts a line."""
    try:
        fields = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return 0
    return sum(count_known(field) > 0 for field in fields)


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row))
    except csv.Error:
        return 0.0, 0
    widths.pop(1, None)
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / max(len(lines), 1), width

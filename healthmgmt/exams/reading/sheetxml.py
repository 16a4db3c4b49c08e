"""A look at the XML of a worksheet while it is unpacked, before a reader is let loose on it.

The reader (calamine) lays a sheet out as a full rectangle, which a single far cell makes larger than any
memory; it shows a formula without a stored result and an error value as blank cells, and a percentage as the fraction that
is stored. This scan finds all of them, and the last row that holds anything, with searches that run at the speed of the unpacking.
"""

import re
from collections.abc import Collection

from healthmgmt.exams.reading.sheets import column_index

TAIL = 256 << 10
ROW_END = 8 << 10  # bytes that hold the last cells of a row
FAR = re.compile(rb"""r=["'][A-Z]{3}[0-9]""")
ROOT = re.compile(rb"<(?:([\w.-]+):)?worksheet[\s>]")
DIMENSION = re.compile(rb"""dimension\s+ref=["'][A-Z]+[0-9]+:[A-Z]+([0-9]+)["']""")
ADDRESS = re.compile(rb"""(?:^|\s)r=["']([A-Z]{1,3})([0-9]{1,7})["']""")
IS_ERROR = re.compile(rb"""(?:^|\s)t=["']e["']""")
IS_TEXT = re.compile(rb"""(?:^|\s)t=["']str["']""")
IS_SHARED = re.compile(rb"""(?:^|\s)t=["']s["']""")


class SheetScan:
    """Feed it the unpacked XML in pieces, then `finish()`.

    `rows`: row elements; `declared_rows`: what the file says of itself; `last_row`, `last_column`: of the
    cells that are not empty elements (columns matter from AAA on); `faults`: as in Sheet; `is_lost`: a
    fault in a cell without an address; `percentages`: the columns of cells whose format (of these numbers) shows one, by row.
    """

    def __init__(self, percentages: Collection[int] = ()) -> None:
        self.rows = 0
        self.declared_rows = 0
        self.last_row = 0
        self.last_column = 0
        self.faults: dict[tuple[int, int], str] = {}
        self.is_lost = False
        self.percentages: dict[int, list[int]] = {}
        self._formats = b"|".join(str(one).encode() for one in sorted(percentages))
        self._buffer = b""
        self._patterns: dict[str, re.Pattern[bytes]] | None = None

    def feed(self, piece: bytes) -> None:
        buffer = self._buffer + piece
        if self._patterns is None:
            root = ROOT.search(buffer)
            if root is None:
                self._buffer = buffer[-TAIL:]
                return
            self._prepare(root.group(1))
        cut = max(buffer.rfind(self._cell_end) + len(self._cell_end), buffer.rfind(b"/>") + 2)
        if cut < len(buffer) - TAIL:  # nothing but blanks or one long text since then
            cut = len(buffer) - TAIL
        self._look(buffer[:cut])
        self._buffer = buffer[cut:]

    def finish(self) -> "SheetScan":
        if self._patterns is not None:
            self._look(self._buffer)
        self._buffer = b""
        return self

    def _prepare(self, prefix: bytes | None) -> None:
        tag = re.escape(prefix) + b":" if prefix else b""
        self._cell_end = b"</" + tag + b"c>"
        self._formula = b"<" + tag + b"f"
        self._patterns = {
            "row": re.compile(b"<" + tag + rb"row[\s/>]"),
            "formula": re.compile(
                b"<" + tag + rb"c(\s[^>]*)?>\s*(?:<" + tag + rb"f[^>]*/>|<" + tag + rb"f(?:\s[^>]*)?>[^<]*</" + tag + rb"f>)"
                rb"\s*(<" + tag + rb"v\s*/>|<" + tag + rb"v>\s*</" + tag + rb"v>)?\s*</" + tag + rb"c>"
            ),
            "error": re.compile(b"<" + tag + rb"""c(\s[^>]*t=["']e["'][^>]*)>"""),
            "far": re.compile(b"<" + tag + rb"""c\s[^>]*?r=["']([A-Z]{3})[0-9]{1,7}["'](?:[^>]*[^/])?>"""),
            "filled": re.compile(
                b"<" + tag + rb"""c(\s[^>]*[^/])>\s*"""
                rb"(?:<" + tag + rb"v>|<" + tag + rb"is>\s*<" + tag + rb"t(?:\s[^>]*)?>)[^<\s]"
            ),
        }  # fmt: skip
        if self._formats:
            self._patterns["percentage"] = re.compile(
                b"<" + tag + rb"""c(?=[^>]*\ss=["'](?:""" + self._formats + rb""")["'])(\s[^>]*[^/])>"""
            )

    def _look(self, part: bytes) -> None:
        patterns = self._patterns
        self.rows += len(patterns["row"].findall(part))
        if not self.declared_rows and (declared := DIMENSION.search(part)):
            self.declared_rows = int(declared.group(1))
        for match in patterns["far"].finditer(part) if FAR.search(part) else ():
            self.last_column = max(self.last_column, column_index(match.group(1).decode()))
        self._note_last_row(part)
        if self._formula in part:
            for match in patterns["formula"].finditer(part):
                if not (match.group(2) and IS_TEXT.search(match.group(1) or b"")):  # a stored empty text is a result
                    self._note(match.group(1) or b"", "formula")
        if b't="e"' in part or b"t='e'" in part:
            for match in patterns["error"].finditer(part):
                self._note(match.group(1), "cell-error")

        if self._formats:
            for match in patterns["percentage"].finditer(part):
                if address := ADDRESS.search(match.group(1)):
                    self.percentages.setdefault(int(address.group(2)), []).append(column_index(address.group(1).decode()))

    def _note_last_row(self, part: bytes) -> None:
        # Rows come in order in all but broken files, so the end of each part is enough. Shared texts are left
        # out, because they may be blank.
        for match in self._patterns["filled"].finditer(part, max(0, len(part) - ROW_END)):
            address = ADDRESS.search(match.group(1))
            if address and not IS_SHARED.search(match.group(1)):
                self.last_row = max(self.last_row, int(address.group(2)))

    def _note(self, attributes: bytes, fault: str) -> None:
        address = ADDRESS.search(attributes)
        if address is None:
            self.is_lost = True
            return
        self.faults[int(address.group(2)), column_index(address.group(1).decode())] = fault

"""A look at the records of an old xls file, for what calamine does not show as it is: error values, and percentages.

Compound files and records as in Microsoft's [MS-CFB] and [MS-XLS]. Anything that does not add up is left to
the reader, which refuses the file in its own words.
"""

import struct
from collections.abc import Iterator

from healthmgmt.exams.reading import formats

FREE = 0xFFFFFFFA  # sector numbers from here on are marks
HEADER = struct.Struct("<30xHH10xII4xIIIII")
ENTRY = struct.Struct("<64sH50xIQ")
BOF, BOUNDSHEET, BOOLERR, FILEPASS = 0x0809, 0x0085, 0x0205, 0x002F
FORMULAS = (0x0006, 0x0206, 0x0406)
FORMAT, XF, NUMBER, RK, MULRK = 0x041E, 0x00E0, 0x0203, 0x027E, 0x00BD
RK_IN_MULRK = 6
ERROR_RESULT = 2


class _Broken(ValueError):
    """The compound file does not add up."""


def stream(data: bytes, *names: str) -> bytes | None:
    """The content of the first stream of one of these names; None when there is none or the file is broken."""
    try:
        return _Compound(data).stream(names)
    except (struct.error, IndexError, _Broken):
        return None


class _Compound:
    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, small_shift, fat_count, directory, self.cutoff, small_fat, _, more, more_count = HEADER.unpack_from(data)
        if shift not in (9, 12) or small_shift != 6:
            raise _Broken
        self.size, self.small_size = 1 << shift, 1 << small_shift
        places = [place for place in struct.unpack_from("<109I", data, 76) if place < FREE]
        for _ in range(min(more_count, len(data) // self.size)):
            block = struct.unpack(f"<{self.size // 4}I", self._sector(more))
            places += [place for place in block[:-1] if place < FREE]
            more = block[-1]
        self.fat = self._numbers(b"".join(map(self._sector, places[:fat_count])))
        self.entries = self._entries(self._chain(directory))
        self.small_fat = self._numbers(self._chain(small_fat))
        self.small = self._chain(self.entries[0][1]) if self.entries else b""

    def stream(self, names: tuple[str, ...]) -> bytes | None:
        for name, start, size in self.entries:
            if name in names:
                if size >= self.cutoff:
                    return self._chain(start)[:size]
                places = self._walk(start, self.small_fat)
                return b"".join(self.small[at * self.small_size : (at + 1) * self.small_size] for at in places)[:size]
        return None

    def _sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size].ljust(self.size, b"\xff")

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._walk(start, self.fat)))

    def _walk(self, start: int, table: tuple[int, ...]) -> Iterator[int]:
        steps = 0
        while start < FREE:
            if steps > len(table):
                raise _Broken  # a ring
            yield start
            start, steps = table[start], steps + 1

    @staticmethod
    def _numbers(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    @staticmethod
    def _entries(directory: bytes) -> list[tuple[str, int, int]]:
        found = []
        for at in range(0, len(directory) - 127, 128):
            raw, length, start, size = ENTRY.unpack_from(directory, at)
            found.append((raw[: max(length - 2, 0)].decode("utf-16-le", "replace"), start, size & 0xFFFFFFFF))
        return found


Faults = dict[tuple[int, int], str]
Percentages = dict[int, list[int]]


def look(workbook: bytes) -> tuple[list[tuple[Faults, Percentages]], bool]:
    """Of each sheet, in the workbook's order, cells without a result and columns of percentages; and whether the file is encrypted.

    Shape: [({(row from 1, column from 0): "cell-error"}, {row from 1: [column from 0, ...]}), ...].
    """
    order: list[int] = []
    found: dict[int, tuple[Faults, Percentages]] = {}
    here, percentages = {}, {}
    own: dict[int, str] = {}
    cell_formats: list[int] = []
    shown: frozenset[int] = frozenset()
    at, end = 0, len(workbook) - 4
    while at <= end:
        kind, length = struct.unpack_from("<HH", workbook, at)
        body = at + 4
        if kind == FILEPASS:
            return [], True
        if kind == BOF:
            here, percentages = found.setdefault(at, ({}, {}))
            shown = formats.percentages(cell_formats, own)
        elif kind == FORMAT and length >= 5:
            own[struct.unpack_from("<H", workbook, body)[0]] = _code(workbook[body + 2 : body + length])
        elif kind == XF and length >= 4:
            cell_formats.append(struct.unpack_from("<H", workbook, body + 2)[0])
        elif kind == MULRK and shown and length >= 6 + RK_IN_MULRK:
            row, first = struct.unpack_from("<HH", workbook, body)
            for number in range((length - 6) // RK_IN_MULRK):
                if struct.unpack_from("<H", workbook, body + 4 + RK_IN_MULRK * number)[0] in shown:
                    percentages.setdefault(row + 1, []).append(first + number)
        elif kind == BOUNDSHEET and length >= 4:
            order.append(struct.unpack_from("<I", workbook, body)[0])
        elif kind == BOOLERR and length >= 8 and workbook[body + 7] == 1:
            _note(workbook, body, here)
        elif kind in FORMULAS and length >= 14:
            is_special = workbook[body + 12 : body + 14] == b"\xff\xff"
            if is_special and workbook[body + 6] == ERROR_RESULT:
                _note(workbook, body, here)
        if shown and kind in (NUMBER, RK, *FORMULAS) and length >= 6:
            row, column, cell_format = struct.unpack_from("<HHH", workbook, body)
            if cell_format in shown:
                percentages.setdefault(row + 1, []).append(column)
        at = body + length
    return [found.get(place, ({}, {})) for place in order], False


def _code(told: bytes) -> str:
    """A format's code: its length, how it is written, its signs."""
    if len(told) < 3:
        return ""
    length, is_wide = struct.unpack_from("<HB", told)
    return told[3:].decode("utf-16-le" if is_wide & 1 else "latin-1", "replace")[:length]


def _note(workbook: bytes, body: int, here: dict[tuple[int, int], str]) -> None:
    row, column = struct.unpack_from("<HH", workbook, body)
    here[row + 1, column] = "cell-error"

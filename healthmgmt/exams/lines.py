"""Rows on their way from the reading child to the staging table: a line of COPY text each, so that nothing in between takes them
apart and puts them together again. Pure.

A line holds fields by tab, `\\N` for nothing, and no tab, line end or bare backslash inside of a field: so a line is a row, whatever
its cells say.
"""

import re
from collections.abc import Collection, Iterable, Sequence

NOTHING = "\\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
ORDINARY = bytes(set(range(256)).difference(b"\\\t\n\r"))
_NAMES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_NAMED = re.compile(r"\\(.)")
_SIGNS = {name[1]: sign for sign, name in _NAMES.items()}


def encode(columns: Sequence[Sequence[str | None]], lacking: Collection[int]) -> bytes:
    """Columns of one length -> their rows as lines, without a line end behind the last. Only `lacking` ones may hold None."""
    blanks = sum(columns[index].count(None) for index in lacking)
    text = _joined([_told(column) if index in lacking else column for index, column in enumerate(columns)])
    # Most need nothing more done to them, which is seen at one glance at all of them.
    signs, count = text.translate(None, ORDINARY), len(columns[0])
    if (signs.count(b"\t"), signs.count(b"\n"), signs.count(b"\\"), len(signs)) == (
        (len(columns) - 1) * count,
        count - 1,
        blanks,
        len(columns) * count - 1 + blanks,
    ):
        return text
    return _joined([_told(list(map(_escaped, column))) for column in columns])


def of(rows: Iterable[Sequence[str | None]]) -> bytes:
    """Rows -> lines."""
    columns = list(zip(*rows, strict=True))
    return encode(columns, range(len(columns)))


def decode(line: bytes) -> list[str | None]:
    """The fields of one line."""
    return [None if field == NOTHING else unescape(field) for field in line.decode().split("\t")]


def texts(fields: Sequence[bytes]) -> list[str]:
    """The texts of many fields; nothing is a blank one."""
    joined = b"\n".join(fields).decode()
    if "\\" not in joined:
        return joined.split("\n")
    return ["" if field == NOTHING else unescape(field) for field in joined.split("\n")]


def escape(text: str) -> str:
    """A text as a field."""
    return _SPECIAL.sub(lambda found: _NAMES[found[0]], text)


def unescape(field: str) -> str:
    """The text of a field."""
    return _NAMED.sub(lambda found: _SIGNS[found[1]], field) if "\\" in field else field


def _told(column: Sequence[str | None]) -> list[str]:
    return [NOTHING if text is None else text for text in column]


def _escaped(text: str | None) -> str | None:
    return None if text is None else escape(text)


def _joined(columns: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(map("\t".join, zip(*columns, strict=True))).encode()

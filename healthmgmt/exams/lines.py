"""Rows on their way from the reading child to the staging table: a line of COPY text each, so that nothing in between takes them
apart and puts them together again. Pure.

A line holds fields by tab, `\\N` for nothing, and no tab, line end or bare backslash inside of a field: so a line is a row, whatever
its cells say.
"""

import re
from collections.abc import Iterable, Sequence

NOTHING = "\\N"
_SPECIAL = re.compile(r"[\\\t\n\r]")
_NAMES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_NAMED = re.compile(r"\\(.)")
_SIGNS = {name[1]: sign for sign, name in _NAMES.items()}


def encode(columns: Iterable[Sequence[str | None]]) -> bytes:
    """Columns of one length -> their rows as lines, without a line end behind the last."""
    return "\n".join(map("\t".join, zip(*map(_escaped, columns), strict=True))).encode()


def of(rows: Iterable[Sequence[str | None]]) -> bytes:
    """Rows -> lines."""
    return encode(list(zip(*rows, strict=True)))


def decode(line: bytes) -> list[str | None]:
    """The fields of one line."""
    return [None if field == NOTHING else unescape(field) for field in line.decode().split("\t")]


def escape(text: str) -> str:
    """A text as a field."""
    return _SPECIAL.sub(lambda found: _NAMES[found[0]], text)


def unescape(field: str) -> str:
    """The text of a field."""
    return _NAMED.sub(lambda found: _SIGNS[found[1]], field) if "\\" in field else field


def _escaped(column: Sequence[str | None]) -> Sequence[str]:
    """A column as fields. Most need nothing done to them, which is seen at one glance at all of them."""
    if None in column:
        return [NOTHING if text is None else escape(text) for text in column]
    joined = "".join(column)
    return list(map(escape, column)) if any(sign in joined for sign in _NAMES) else column

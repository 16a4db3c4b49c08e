"""The only door to raw SQL: named statements in files, parameters apart, and COPY in both directions.

A statement `exams/apply` is the file `healthmgmt/exams/sql/apply.sql`. Nothing is ever pasted into it: the second wall
against a forged `SET ROLE` is that no SQL text is put together anywhere else.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

DOMAINS = Path(__file__).resolve().parent.parent
Parameters = Mapping[str, Any]
JSONB = 3802  # the type's number in every PostgreSQL
COPY_PIECE = 256 * 1024


class CopyMismatch(RuntimeError):
    """PostgreSQL stored another number of rows than it was given; the transaction must not commit."""


@cache
def statement(name: str) -> str:
    """The text of a named statement."""
    if not re.fullmatch(r"[a-z_]+/[a-z0-9_]+", name):
        raise ValueError(f"{name!r} does not name a statement.")
    app, _, file = name.partition("/")
    return (DOMAINS / app / "sql" / f"{file}.sql").read_text(encoding="utf-8")


def execute(name: str, parameters: Parameters | None = None) -> int:
    """Run a statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters or {})
        return cursor.rowcount


def rows(name: str, parameters: Parameters | None = None) -> list[tuple]:
    """All rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters or {})
        return cursor.fetchall()


def dicts(name: str, parameters: Parameters | None = None) -> list[dict[str, Any]]:
    """All rows of a statement, each by column name; jsonb comes decoded (Django leaves it to its own fields)."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters or {})
        names = [(column.name, column.type_code == JSONB) for column in cursor.description]
        return [
            {name: json.loads(value) if is_json and value is not None else value for (name, is_json), value in zip(names, row)}
            for row in cursor.fetchall()
        ]


def row(name: str, parameters: Parameters | None = None) -> tuple | None:
    """The first row of a statement, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters or {})
        return cursor.fetchone()


def text_array(texts: Iterable[str]) -> str:
    """Many texts as one literal of type text[]: the database takes that apart much faster than a list of constants."""
    listed = list(texts)
    whole = "".join(listed)
    if '"' in whole or "\\" in whole:
        listed = [text.replace("\\", "\\\\").replace('"', '\\"') for text in listed]
    return '{"' + '","'.join(listed) + '"}' if listed else "{}"


def copy_in(table: str, columns: list[str], values: Iterable[Iterable[str | None]]) -> int:
    """COPY rows of texts (None is NULL) into a table; returns their number.

    Every field is quoted, since a bare `\\.` would end the data and drop the rest, and the count is checked.
    Raises DatabaseError on what cannot be stored (a NUL character, say), CopyMismatch when rows are missing.
    """
    _check_names(table, *columns)
    stream = _CsvStream(values)
    listed = ", ".join(columns)
    with transaction.atomic(), connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({listed}) FROM STDIN WITH (FORMAT csv)", stream)
        if cursor.rowcount != stream.count:
            raise CopyMismatch(f"{table}: {stream.count} rows given, {cursor.rowcount} stored")
    return stream.count


def copy_lines(table: str, columns: list[str], lines: Iterable[bytes]) -> int:
    """COPY rows that are lines of COPY text already (fields by tab, `\\N` for NULL), none of which holds a line end, into a table;
    returns their number. They may be made while the database takes them in.

    Raises DatabaseError on what cannot be stored, CopyMismatch when rows are missing.
    """
    _check_names(table, *columns)
    stream = _LineStream(lines)
    listed = ", ".join(columns)
    with transaction.atomic(), connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({listed}) FROM STDIN", stream, COPY_PIECE)
        if cursor.rowcount != stream.count:
            raise CopyMismatch(f"{table}: {stream.count} rows given, {cursor.rowcount} stored")
    return stream.count


def copy_out(name: str, parameters: Parameters | None, take: Callable[[list[bytes]], None]) -> None:
    """The result of a statement as COPY text, handed to `take` in lists of lines while the database makes the next: fields by tab, `\\N`
    for NULL, backslashes doubled."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        query = cursor.mogrify(statement(name), parameters or {}).decode()
        sink = _Lines(take)
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", sink)
        sink.hand_over()


def _check_names(*names: str) -> None:
    for name in names:
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            raise ValueError(f"{name!r} is not a plain table or column name.")


class _Lines:
    """A file that hands what COPY writes to somebody, so many lines at a time; the driver writes each line by itself."""

    AT_ONCE = 2000

    def __init__(self, take: Callable[[list[bytes]], None]) -> None:
        self._take = take
        self._lines: list[bytes] = []

    def write(self, line: bytes) -> None:
        self._lines.append(line)
        if len(self._lines) == self.AT_ONCE:
            self.hand_over()

    def hand_over(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, []
            self._take(lines)


class _LineStream:
    """A file of lines, so many of which are asked for at a time."""

    BLOCK_ROWS = 500

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._left = b""
        self.count = 0

    def read(self, size: int) -> bytes:
        blocks, length = [self._left], len(self._left)
        while length < size and (lines := list(islice(self._lines, self.BLOCK_ROWS))):
            self.count += len(lines)
            blocks.append(b"\n".join(lines) + b"\n")
            length += len(blocks[-1])
        text = b"".join(blocks)
        self._left = text[size:]
        return text[:size]


class _CsvStream:
    """A file of quoted CSV made while psycopg2 reads it."""

    BLOCK_ROWS = 500

    def __init__(self, values: Iterable[Iterable[str | None]]) -> None:
        self._values = iter(values)
        self._left = b""
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            block = self._next_block()
            if not block:
                break
            self._left += block
        if size < 0:
            size = len(self._left)
        data, self._left = self._left[:size], self._left[size:]
        return data

    def _next_block(self) -> bytes:
        lines = []
        for fields in self._values:
            lines.append(",".join(["" if field is None else '"' + field.replace('"', '""') + '"' for field in fields]))
            if len(lines) == self.BLOCK_ROWS:
                break
        self.count += len(lines)
        if not lines:
            return b""
        text = "\n".join(lines) + "\n"
        if "\0" in text:
            raise ValueError("A text holds a NUL character, which PostgreSQL cannot store.")
        return text.encode("utf-8")

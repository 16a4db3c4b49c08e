"""What the database alone needs for the same bytes: COPY by the owner, beside the product and outside of its rules."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

SCHEMA = "bench"


class Bare:
    """A connection of the owner. Each COPY is a transaction of its own."""

    def __init__(self, connection: "psycopg2.extensions.connection") -> None:
        self._connection = connection
        self.run(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))

    def run(self, statement: sql.Composable | str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def make_table(self, name: str, columns: Mapping[str, str]) -> None:
        """A table without indexes; `columns` is name -> type."""
        listed = [sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns.items()]
        self.run(sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(SCHEMA, name), sql.SQL(", ").join(listed)))

    def make_same(self, name: str, columns: list[str], schema: str) -> None:
        """A table with these columns of the product's table of that name, and nothing else of it."""
        tables = sql.Identifier(SCHEMA, name), sql.Identifier(schema, name)
        self.run(sql.SQL("CREATE TABLE {} AS SELECT {} FROM {} WITH NO DATA").format(tables[0], _listed(columns), tables[1]))

    def load(self, name: str, path: Path, columns: list[str], options: str, schema: str = SCHEMA, append: bool = False) -> None:
        """COPY a file into a table, emptied first unless told otherwise."""
        table = sql.Identifier(schema, name)
        if not append:
            self.run(sql.SQL("TRUNCATE {}").format(table))
        statement = sql.SQL("COPY {} ({}) FROM STDIN WITH ({})").format(table, _listed(columns), sql.SQL(options))
        with path.open("rb") as file, self._connection.cursor() as cursor:
            cursor.copy_expert(statement, file, size=1 << 20)

    def unload(self, schema: str, name: str, columns: list[str], path: Path) -> None:
        """COPY columns of a table out as text."""
        with path.open("wb") as file, self._connection.cursor() as cursor:
            cursor.copy_expert(sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(schema, name), _listed(columns)), file)

    def settle(self, schema: str, *names: str) -> None:
        """What autovacuum does soon after such a load, done now."""
        for name in names:
            self.run(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(schema, name)))


@contextmanager
def connected() -> Iterator[Bare]:
    """The owner's connection to the installation in use."""
    from django.conf import settings

    connection = psycopg2.connect(settings.OWNER_URL)
    connection.autocommit = True
    try:
        yield Bare(connection)
    finally:
        connection.close()


def _listed(columns: list[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))

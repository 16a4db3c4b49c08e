"""Which organisation this process is working for.

The name is kept in a context variable beside the connection's own, so that a connection that was switched by any other
road than `use` is refused by the backend, and a new thread starts without an organisation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

PUBLIC = "public"
# No schema of this name exists; see the roles in tenants.db.base.
DISPATCH = "dispatch"
_expected: ContextVar[str] = ContextVar("expected_schema", default=PUBLIC)


def expected() -> str:
    """The schema that the code now running was let into; `public` outside every organisation."""
    return _expected.get()


@contextmanager
def use(schema_name: str) -> Iterator[None]:
    """Work inside one organisation's schema (or `public`); restores the former one whatever happens."""
    before = _expected.get()
    token = _expected.set(schema_name)
    connection.set_schema(schema_name)
    try:
        yield
    finally:
        _expected.reset(token)
        connection.set_schema(before)

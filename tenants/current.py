"""Which organisation this process is working for.

The name is kept in a context variable beside the connection's own, so that a connection that was switched by any other
road than `use` is refused by the backend, and a new thread starts without an organisation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

PUBLIC = "public"
# No schema of this name exists; see the roles in tenants.db.base.
DISPATCH = "dispatch"
_expected: ContextVar[str] = ContextVar("expected_schema", default=PUBLIC)
_noted: ContextVar[dict[str, Any] | None] = ContextVar("noted_inside", default=None)


def expected() -> str:
    """The schema that the code now running was let into; `public` outside every organisation."""
    return _expected.get()


def noted() -> dict[str, Any]:
    """What code inside noted down for itself, as long as this stay in the organisation lasts: a request, a job, a command. Nothing
    is kept of it afterwards, and nothing outside."""
    found = _noted.get()
    return {} if found is None else found


@contextmanager
def use(schema_name: str) -> Iterator[None]:
    """Work inside one organisation's schema (or `public`); restores the former one whatever happens."""
    before = _expected.get()
    token, notes = _expected.set(schema_name), _noted.set({})
    connection.set_schema(schema_name)
    try:
        yield
    finally:
        _expected.reset(token)
        _noted.reset(notes)
        connection.set_schema(before)

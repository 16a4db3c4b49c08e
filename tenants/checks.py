"""What a serving process refuses to run on: a user with too many rights, or a proxy that swaps connections.

A transaction-pooling proxy gives each transaction any of its server connections, so that the role and the path set by one
organisation's request would be met by another's.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from secrets import token_hex
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

ROUNDS = 4
POOLED = (
    "DATABASE_URL leads through a transaction-pooling proxy, which mixes the organisations' sessions up. "
    "Connect directly or through session pooling."
)
# What a user has the powers of, which schemas it owns, and which it sees without becoming somebody else.
RIGHTS = """
SELECT (SELECT role.rolname::text FROM pg_roles role
         WHERE (role.rolsuper OR role.rolbypassrls OR role.rolcreaterole OR role.rolcreatedb OR role.rolreplication
                OR role.rolname LIKE 'pg\\_%%')
           AND pg_has_role(%(user)s, role.oid, 'MEMBER')
         ORDER BY role.rolname <> %(user)s, role.rolname LIMIT 1),
       (SELECT string_agg(space.nspname, ', ' ORDER BY space.nspname) FROM pg_namespace space
         WHERE space.nspname !~ '^(pg_|information_schema$)'
           AND pg_has_role(%(user)s, space.nspowner, 'MEMBER')),
       (SELECT string_agg(space.nspname, ', ' ORDER BY space.nspname) FROM pg_namespace space
         WHERE space.nspname !~ '^(pg_|information_schema$)'
           AND has_schema_privilege(%(user)s, space.oid, 'USAGE'))
"""


class UnsafeConnection(RuntimeError):
    """The database connection would undo the separation of organisations; the message says how to mend it."""


def refuse_unsafe_connection(alias: str = "default") -> None:
    """Called first by every serving process. Raises UnsafeConnection."""
    with ExitStack() as stack:
        first = stack.enter_context(_opened(alias))
        problems = rights_faults(first, *_one(first, "SELECT current_user::text"))
        if not problems and is_pooled(first, stack.enter_context(_opened(alias))):
            problems = [POOLED]
    if problems:
        raise UnsafeConnection(" ".join(problems))


def rights_faults(raw: Any, user: str) -> list[str]:
    """What a database user may do beyond becoming an organisation."""
    powers, owned, open_schemas = _one(raw, RIGHTS, {"user": user})
    found = []
    if powers:
        found.append(f"The database user {user} has the powers of {powers}, which no serving process may have.")
    if owned:
        found.append(f"The database user {user} owns {owned}; serve as app_login and migrate as app_owner.")
    elif open_schemas:
        found.append(f"The database user {user} sees {open_schemas} without becoming an organisation first; it must be NOINHERIT.")
    return found


def is_pooled(first: Any, second: Any) -> bool:
    """Whether two connections that are both open share servers, or one of them changes its server between transactions."""
    for _ in range(ROUNDS):
        mark = token_hex(8)
        server = _one(first, "SELECT pg_backend_pid(), set_config('healthmgmt.mark', %s, false)", [mark])
        if _one(second, "SELECT pg_backend_pid()")[0] == server[0]:
            return True
        # The second holds a server now; behind a pool, the first may find its own taken.
        _run(second, "BEGIN")
        try:
            if _one(first, "SELECT pg_backend_pid(), current_setting('healthmgmt.mark', true)") != server:
                return True
        finally:
            _run(second, "ROLLBACK")
    return False


@register(Tags.database)
def connection_is_safe(app_configs: Any = None, databases: list[str] | None = None, **kwargs: Any) -> list[Error]:
    """The same as a system check: `manage.py check --database default`."""
    try:
        if "default" in (databases or []):
            refuse_unsafe_connection()
    except UnsafeConnection as error:
        return [Error(str(error), id="tenants.E001")]
    return []


@contextmanager
def _opened(alias: str) -> Iterator[Any]:
    """A driver's connection of its own, without role and path, closed at the end."""
    wrapper = connections[alias].copy()
    raw = wrapper.get_new_connection(wrapper.get_connection_params())
    raw.autocommit = True
    try:
        yield raw
    finally:
        raw.close()


def _one(raw: Any, statement: str, parameters: Any = None) -> tuple:
    with raw.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchone()


def _run(raw: Any, statement: str) -> None:
    with raw.cursor() as cursor:
        cursor.execute(statement)

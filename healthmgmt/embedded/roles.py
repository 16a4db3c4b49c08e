"""The database and its roles, made once by a superuser: on the embedded server by servers.py, on a real one by
`python -m healthmgmt.embedded bootstrap`. May be repeated; needs PostgreSQL 15 or later. No Django.

`app_owner` owns the database, migrates and provisions. `app_login` is who web and workers are when they connect: it may do
nothing but become `app_public` (routing tables, operators), `app_dispatch` (the reconciler's view of jobs) or an
organisation's own role, which provisioning makes as a member of the group `app_tenant`.
"""

import secrets
from contextlib import closing

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection
from psycopg2.extensions import encrypt_password, make_dsn, parse_dsn

OWNER, LOGIN = "app_owner", "app_login"
TENANT, PUBLIC, DISPATCH = "app_tenant", "app_public", "app_dispatch"
_NEVER = "NOSUPERUSER NOCREATEDB NOREPLICATION NOBYPASSRLS"
ATTRIBUTES = {
    OWNER: f"LOGIN INHERIT CREATEROLE {_NEVER}",
    LOGIN: f"LOGIN NOINHERIT NOCREATEROLE {_NEVER}",
    TENANT: f"NOLOGIN INHERIT NOCREATEROLE {_NEVER}",
    PUBLIC: f"NOLOGIN INHERIT NOCREATEROLE {_NEVER}",
    DISPATCH: f"NOLOGIN INHERIT NOCREATEROLE {_NEVER}",
}


def statements(database: str, version: int) -> tuple[list[str], list[str]]:
    """What bootstrap runs on any database of the server, and then inside the new one; `version` as in `server_version_num`.

    The database itself is created between the two, where it does not exist (`create_database`).
    """
    server = []
    for role, attributes in ATTRIBUTES.items():
        server.append(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE {role}; END IF; END $$"
        )
        server.append(f"ALTER ROLE {role} WITH {attributes}")
    # Since 16 being allowed to SET ROLE and to inherit are properties of the grant, and CREATEROLE no longer implies
    # that one may hand on roles made by others.
    become = " WITH INHERIT FALSE, SET TRUE" if version >= 160_000 else ""
    server.append(f"GRANT {PUBLIC}, {DISPATCH} TO {LOGIN}{become}")
    if version >= 160_000:
        server.append(f"GRANT {TENANT}, {PUBLIC}, {DISPATCH} TO {OWNER} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    name = _quoted(database)
    inside = [
        f"ALTER DATABASE {name} OWNER TO {OWNER}",
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {OWNER}, {LOGIN}",
        f"ALTER SCHEMA public OWNER TO {OWNER}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    ]
    return server, inside


def create_database(database: str, ctype: str = "C.UTF-8") -> str:
    """Sorted by code point everywhere; upper case, lower case and word characters as Unicode has them, where the machine can."""
    return (
        f"CREATE DATABASE {_quoted(database)} OWNER {OWNER} TEMPLATE template0 "
        f"ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE '{ctype}'"
    )


def bootstrap(superuser_url: str, database: str, owner_password: str = "", login_password: str = "") -> dict[str, str]:
    """Make the roles and the database as designed, whatever of it is there. Needs a superuser.

    A password that is given is set. One that is not given is invented where the role has none, and returned by the role's name.
    Raises psycopg2.Error.
    """
    invented: dict[str, str] = {}
    with closing(psycopg2.connect(superuser_url)) as connection:
        connection.autocommit = True
        server, inside = statements(database, connection.server_version)
        _run(connection, server)
        for role, password in ((OWNER, owner_password), (LOGIN, login_password)):
            if not password and not _has_password(connection, role):
                password = invented[role] = secrets.token_urlsafe(24)
            if password:
                _set_password(connection, role, password)
        _create(connection, database)
    with closing(psycopg2.connect(make_dsn(**{**parse_dsn(superuser_url), "dbname": database}))) as connection:
        connection.autocommit = True
        _run(connection, inside)
    return invented


def plan(superuser_url: str, database: str) -> tuple[list[str], list[str]]:
    """The statements for the server at that address. Raises psycopg2.Error."""
    with closing(psycopg2.connect(superuser_url)) as connection:
        return statements(database, connection.server_version)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _run(connection: Connection, commands: list[str]) -> None:
    with connection.cursor() as cursor:
        for command in commands:
            cursor.execute(command)


def _has_password(connection: Connection, role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = %s", [role])
        return cursor.fetchone()[0]


def _set_password(connection: Connection, role: str, password: str) -> None:
    # Hashed here, so that no server log can hold it.
    hashed = encrypt_password(password, role, connection, "scram-sha-256")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed)))


def _create(connection: Connection, database: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if cursor.fetchone():
            return
        try:
            cursor.execute(create_database(database))
        except psycopg2.errors.WrongObjectType:
            # "invalid LC_CTYPE locale name": a machine without C.UTF-8.
            cursor.execute(create_database(database, ctype="C"))

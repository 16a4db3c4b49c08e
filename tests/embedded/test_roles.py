"""The roles of the role design, exactly; what each may and may not do."""

import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from healthmgmt.embedded import roles
from tests.embedded.conftest import ROOT, clean_environ
from tests.embedded.test_servers import run

ATTRIBUTES = """
    SELECT rolname, rolcanlogin, rolinherit, rolcreaterole, rolsuper OR rolcreatedb OR rolreplication OR rolbypassrls,
           rolpassword IS NOT NULL
    FROM pg_authid WHERE rolname LIKE 'app%' ORDER BY rolname
"""
MEMBERS = """
    SELECT m.rolname, r.rolname, admin_option FROM pg_auth_members
    JOIN pg_roles m ON m.oid = member JOIN pg_roles r ON r.oid = roleid WHERE r.rolname LIKE 'app%' ORDER BY 1, 2
"""


def attempt(url: str, *commands: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for command in commands:
            cursor.execute(command)
        connection.commit()


def test_roles_of_a_new_cluster(use):
    login, owner, _, superuser = use().urls()
    version = run(superuser, "SHOW server_version_num")[0][0]

    assert run(superuser, ATTRIBUTES) == [
        ("app_dispatch", False, True, False, False, False),
        ("app_login", True, False, False, False, True),
        ("app_owner", True, True, True, False, True),
        ("app_public", False, True, False, False, False),
        ("app_tenant", False, True, False, False, False),
    ]
    of_owner = [("app_owner", role, True) for role in ("app_dispatch", "app_public", "app_tenant")]
    assert run(superuser, MEMBERS) == [("app_login", "app_dispatch", False), ("app_login", "app_public", False)] + (
        of_owner if int(version) >= 160_000 else []
    )
    assert run(superuser, "SELECT datcollate, datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'healthmgmt'") == [
        ("C", "C.UTF-8", "UTF8")
    ]
    assert run(superuser, "SELECT upper('é'), '张' ~ '^\\w$'") == [("É", True)]
    _owner_provisions(login, owner)
    _login_has_no_rights(login)
    _bootstrap_again_changes_nothing(superuser, owner)
    _bootstrap_command(superuser)


def _owner_provisions(login: str, owner: str) -> None:
    attempt(
        owner,
        "CREATE SCHEMA x AUTHORIZATION app_owner",
        "CREATE TABLE x.t AS SELECT 1 AS n",
        "CREATE TABLE public.secret AS SELECT 2 AS n",
        "CREATE ROLE t_x NOLOGIN",
        "GRANT app_tenant TO t_x",
        "GRANT t_x TO app_login",
        "GRANT USAGE ON SCHEMA x TO t_x",
        "GRANT SELECT ON ALL TABLES IN SCHEMA x TO t_x",
        "GRANT USAGE ON SCHEMA public TO app_public",
        "GRANT SELECT ON public.secret TO app_public",
    )
    assert run(login, 'SET ROLE "t_x"; SET search_path = "x", public; SELECT current_user, n FROM t') == [("t_x", 1)]
    assert run(login, "SET ROLE app_public; SELECT current_user, n FROM public.secret") == [("app_public", 2)]
    assert run(login, "SET ROLE app_dispatch; SELECT current_user") == [("app_dispatch",)]


def _login_has_no_rights(login: str) -> None:
    for command in (
        "SELECT * FROM x.t",
        "SELECT * FROM public.secret",
        "SET ROLE t_x; SELECT * FROM public.secret",
        "SET ROLE app_owner",
        "SET ROLE postgres",
        "CREATE TABLE public.mine (n int)",
        "CREATE TEMP TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE t_x; CREATE TEMP TABLE mine (n int)",
    ):
        with pytest.raises(InsufficientPrivilege):
            run(login, command)


def _bootstrap_again_changes_nothing(superuser: str, owner: str) -> None:
    attempt(superuser, "ALTER ROLE app_login INHERIT BYPASSRLS", "GRANT ALL ON SCHEMA public TO PUBLIC")
    before = run(superuser, MEMBERS)

    assert roles.bootstrap(superuser, "healthmgmt") == {}

    assert run(superuser, ATTRIBUTES)[1] == ("app_login", True, False, False, False, True)
    assert run(superuser, MEMBERS) == before
    assert run(owner, "SELECT has_schema_privilege('app_login', 'public', 'USAGE')") == [(False,)]


def _bootstrap_command(superuser: str) -> None:
    for words, said in (
        (["--print"], 'CREATE DATABASE "other" OWNER app_owner'),
        ([], "other and its roles are as designed\n"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "healthmgmt.embedded", "bootstrap", superuser, "--database", "other", *words],
            cwd=ROOT, env=clean_environ(), capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout
    assert run(superuser, "SELECT pg_get_userbyid(datdba), datctype FROM pg_database WHERE datname = 'other'") == [("app_owner", "C.UTF-8")]


def test_bootstrap_invents_missing_passwords_and_does_without_utf8_ctype(use, monkeypatch):
    _, _, _, superuser = use().urls()
    attempt(superuser, "ALTER ROLE app_owner PASSWORD NULL")
    whole = roles.create_database
    monkeypatch.setattr(roles, "create_database", lambda database, ctype="no_SUCH": whole(database, ctype))

    invented = roles.bootstrap(superuser, "bare")

    assert list(invented) == ["app_owner"]
    address = superuser.rpartition("@")[2].rpartition("/")[0]
    assert run(f"postgresql://app_owner:{invented['app_owner']}@{address}/bare", "SELECT current_user") == [("app_owner",)]
    assert run(superuser, "SELECT datctype FROM pg_database WHERE datname = 'bare'") == [("C",)]


def test_bootstrap_bad_address_is_one_sentence():
    done = subprocess.run(
        [sys.executable, "-m", "healthmgmt.embedded", "bootstrap", "postgresql://nobody@127.0.0.1:1/postgres"],
        cwd=ROOT, env=clean_environ(), capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr

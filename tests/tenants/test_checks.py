"""Serving processes refuse the owner, a superuser, an inheriting user and transaction pooling."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.checks import run_checks
from django.db import connections

from tenants import checks
from tests.tenants.servers import Proxy, direct

pytestmark = pytest.mark.usefixtures("free_database")


@pytest.fixture
def through() -> Iterator[Callable]:
    """`with through(size=1): ...` leads the `default` connection through a proxy."""

    @contextmanager
    def lead(**options) -> Iterator[None]:
        settings = connections["default"].settings_dict
        host, port = settings["HOST"], settings["PORT"]
        proxy = Proxy(host, int(port), **options)
        settings |= {"HOST": "127.0.0.1", "PORT": str(proxy.port)}
        try:
            yield
        finally:
            settings |= {"HOST": host, "PORT": port}
            proxy.close()

    return lead


def test_checks_accept_the_serving_connection():
    checks.refuse_unsafe_connection()

    assert run_checks(databases=["default"], tags=["database"]) == []


def test_checks_refuse_the_owner():
    with pytest.raises(checks.UnsafeConnection, match="^The database user app_owner has the powers of app_owner"):
        checks.refuse_unsafe_connection("owner")


@pytest.fixture
def probe() -> Iterator:
    """The owner's cursor, beside a role `probe_of_checks` that nobody signs in as."""
    with direct("owner") as cursor:
        cursor.execute("CREATE ROLE probe_of_checks NOLOGIN NOINHERIT; GRANT probe_of_checks TO CURRENT_USER")
        try:
            yield cursor
        finally:
            cursor.execute("DROP SCHEMA IF EXISTS probe_of_checks; DROP OWNED BY probe_of_checks; DROP ROLE probe_of_checks")


def faults_of_probe(cursor) -> list[str]:
    return checks.rights_faults(cursor.connection, "probe_of_checks")


def test_checks_accept_a_role_without_rights(probe):
    assert faults_of_probe(probe) == []


def test_checks_refuse_a_role_with_more_than_it_needs(probe):
    probe.execute("ALTER ROLE probe_of_checks CREATEROLE")

    assert faults_of_probe(probe) == [
        "The database user probe_of_checks has the powers of probe_of_checks, which no serving process may have."
    ]


def test_checks_refuse_a_role_that_can_become_more(probe):
    probe.execute("CREATE ROLE second_probe NOLOGIN CREATEROLE; GRANT second_probe TO probe_of_checks")
    try:
        assert faults_of_probe(probe) == [
            "The database user probe_of_checks has the powers of second_probe, which no serving process may have."
        ]
    finally:
        probe.execute("DROP ROLE second_probe")


def test_checks_refuse_a_role_that_owns(probe):
    probe.execute("CREATE SCHEMA probe_of_checks AUTHORIZATION probe_of_checks")

    assert faults_of_probe(probe) == [
        "The database user probe_of_checks owns probe_of_checks; serve as app_login and migrate as app_owner."
    ]


def test_checks_refuse_a_role_that_sees_an_organisation_by_itself(probe, django_db_setup):
    probe.execute(f'GRANT USAGE ON SCHEMA "{django_db_setup["beta"]}" TO probe_of_checks')

    assert faults_of_probe(probe) == [
        f"The database user probe_of_checks sees {django_db_setup['beta']} without becoming an organisation first; it must be NOINHERIT."
    ]


@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize("newest_first", [False, True])
def test_checks_refuse_transaction_pooling(through, size, newest_first):
    with through(size=size, newest_first=newest_first), pytest.raises(checks.UnsafeConnection, match="transaction-pooling proxy"):
        checks.refuse_unsafe_connection()


def test_checks_report_transaction_pooling_to_the_check_command(through):
    with through():
        found = run_checks(databases=["default"], tags=["database"])

    assert [(one.id, one.msg) for one in found] == [("tenants.E001", checks.POOLED)]


def test_checks_accept_session_pooling(through):
    with through(by="session"):
        checks.refuse_unsafe_connection()

"""P02: a wrong search path or a forgotten switch fails, it does not read."""

import threading
from contextvars import copy_context

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, InternalError, ProgrammingError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django_tenants.utils import schema_context

from healthmgmt.core import organisations
from healthmgmt.organization.models import Unit
from tenants import current
from tenants.db.base import WrongSchema
from tests.tenants.servers import direct


def names() -> list[str]:
    """The units of wherever this runs; the marked one tells whose they are."""
    return list(Unit.objects.filter(pk=7001).values_list("name", flat=True))


def run(statement: str, parameters: tuple = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def test_P02_switch_reads_the_organisation_that_was_entered(pair):
    with current.use(pair.a):
        assert names() == [pair.a]
        with current.use(pair.b):
            assert names() == [pair.b]
        assert names() == [pair.a]


def test_P02_wrong_path_set_by_hand_is_an_error(pair):
    with current.use(pair.a):
        run(f'SET search_path = "{pair.b}"')
        with pytest.raises(ProgrammingError, match="does not exist|permission denied"):
            names()
        connection.close()
        assert names() == [pair.a]


def test_P02_wrong_path_with_public_is_an_error(pair):
    with current.use(pair.a):
        run("SET search_path = public")
        with pytest.raises(ProgrammingError):
            run("SELECT email FROM accounts_user")
        connection.close()


def test_P02_qualified_name_is_an_error(pair):
    with current.use(pair.a), pytest.raises(ProgrammingError, match="permission denied for schema"):
        run(f'SELECT name FROM "{pair.b}".organization_unit')
    with current.use(pair.a), pytest.raises(ProgrammingError, match="permission denied for schema"):
        run(f"INSERT INTO \"{pair.b}\".partners_examcentre (name, created_at) VALUES ('x', now())")


def test_P02_qualified_name_of_routing_and_operators_is_an_error(pair):
    for table in ("tenants_organisation", "tenants_domain", "accounts_user", "django_session", "audit_event"):
        with current.use(pair.a), pytest.raises(ProgrammingError, match="permission denied for table"):
            run(f"SELECT * FROM public.{table}")


def test_P02_missing_schema_is_an_error(pair):
    with pytest.raises(DatabaseError, match='role "t_nobody" does not exist'), current.use("t_nobody"):
        names()
    with current.use(pair.a):
        assert names() == [pair.a]


def test_P02_schema_without_role_is_an_error(pair):
    """PostgreSQL would skip the missing schema in the path silently; the role is what fails."""
    with direct("owner") as cursor:
        cursor.execute("CREATE SCHEMA t_roleless")
        try:
            with pytest.raises(DatabaseError, match='role "t_roleless" does not exist'), current.use("t_roleless"):
                names()
        finally:
            cursor.execute("DROP SCHEMA t_roleless")


def test_P02_failed_set_after_a_switch_does_not_read_the_former_organisation(pair):
    with direct("owner") as cursor:
        cursor.execute(f'REVOKE "{pair.b}" FROM app_login')
        try:
            with current.use(pair.a):
                assert names() == [pair.a]
                with current.use(pair.b):
                    for _ in range(2):
                        with pytest.raises(DatabaseError, match="permission denied to set role"):
                            names()
                assert names() == [pair.a]
        finally:
            cursor.execute(f'GRANT "{pair.b}" TO app_login')
    with current.use(pair.b):
        assert names() == [pair.b]


def test_P02_cancelled_set_does_not_read_the_former_organisation(pair, monkeypatch):
    """A SET that never reached the server leaves no belief that it did."""
    with current.use(pair.a):
        assert names() == [pair.a]
        with current.use(pair.b):
            with monkeypatch.context() as patch:
                patch.setattr(connection, "_switch_statement", lambda is_owner: "SELECT 1 / 0")
                with pytest.raises(DatabaseError, match="division by zero"):
                    names()
            assert names() == [pair.b]


def test_P02_new_thread_is_an_error(pair):
    def look() -> None:
        try:
            seen.append(names())
        except DatabaseError as error:
            seen.append(type(error))
        finally:
            connection.close()

    seen: list = []
    with current.use(pair.a):
        for target in (look, lambda: inherited.run(look)):
            inherited = copy_context()
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    # A bare thread stands in `public` as app_public; one that inherits the context has a connection of its own in `public`.
    assert seen == [ProgrammingError, WrongSchema]


def test_P02_aborted_transaction_is_an_error(pair):
    with current.use(pair.a):
        with pytest.raises(ProgrammingError), transaction.atomic():
            run("SELECT 1 FROM no_such_table")
        with transaction.atomic():
            with pytest.raises(ProgrammingError):
                run("SELECT 1 FROM no_such_table")
            with pytest.raises((InternalError, TransactionManagementError)):
                names()
            transaction.set_rollback(True)
        assert names() == [pair.a]


def test_P02_switch_inside_an_aborted_transaction_is_an_error(pair):
    with current.use(pair.a):
        with transaction.atomic():
            with pytest.raises(ProgrammingError):
                run("SELECT 1 FROM no_such_table")
            with current.use(pair.b):
                for _ in range(2):
                    with pytest.raises((InternalError, TransactionManagementError)):
                        names()
            transaction.set_rollback(True)
        assert names() == [pair.a]
    with current.use(pair.b):
        assert names() == [pair.b]


def test_P02_rolled_back_switch_is_made_again(pair):
    """PostgreSQL takes a SET back with its transaction or savepoint."""
    with current.use(pair.a):
        assert names() == [pair.a]
        with current.use(pair.b):
            with transaction.atomic():
                assert names() == [pair.b]
                transaction.set_rollback(True)
            assert names() == [pair.b]
            with transaction.atomic():
                with pytest.raises(ZeroDivisionError), transaction.atomic():
                    assert names() == [pair.b]
                    raise ZeroDivisionError
                assert names() == [pair.b]
        assert names() == [pair.a]


def test_P02_savepoint_of_another_organisation_does_not_leave_its_path(pair):
    with current.use(pair.a), transaction.atomic():
        assert names() == [pair.a]
        with pytest.raises(ZeroDivisionError), transaction.atomic(), current.use(pair.b):
            assert names() == [pair.b]
            raise ZeroDivisionError
        assert names() == [pair.a]


def test_P02_error_inside_a_savepoint_can_be_survived(pair):
    with current.use(pair.a), transaction.atomic():
        with pytest.raises(ProgrammingError), transaction.atomic():
            run("SELECT 1 FROM no_such_table")
        assert names() == [pair.a]


def test_P02_forgotten_switch_back_is_an_error(pair):
    with current.use(pair.a):
        connection.set_schema(pair.b)
        with pytest.raises(WrongSchema):
            names()
        connection.set_schema(pair.a)
        assert names() == [pair.a]


def test_P02_switch_by_another_road_is_an_error(pair):
    with schema_context(pair.b), pytest.raises(WrongSchema):
        names()
    with current.use(pair.a):
        with schema_context(pair.b), pytest.raises(WrongSchema):
            names()
        connection.set_schema_to_public()
        with pytest.raises(WrongSchema):
            names()


def test_P02_public_sees_no_organisation(pair):
    with current.use(current.PUBLIC):
        assert run("SELECT current_user") == [("app_public",)]
        with pytest.raises(ProgrammingError):
            names()
        with pytest.raises(ProgrammingError, match="permission denied for schema"):
            run(f'SELECT * FROM "{pair.a}".organization_unit')


def test_P02_error_inside_an_organisation_leaves_it(pair):
    with pytest.raises(ZeroDivisionError), current.use(pair.a):
        assert names() == [pair.a]
        raise ZeroDivisionError
    assert (current.expected(), connection.schema_name) == (current.PUBLIC, current.PUBLIC)
    with pytest.raises(ProgrammingError):
        names()


def test_P02_lost_connection_is_switched_again(pair):
    with current.use(pair.a):
        assert names() == [pair.a]
        connection.close()
        assert names() == [pair.a]


def test_P02_server_side_cursor_reads_the_organisation_that_was_entered(pair):
    with current.use(pair.a):
        assert names() == [pair.a]
        with current.use(pair.b):
            assert [unit.name for unit in Unit.objects.filter(pk=7001).iterator(chunk_size=1)] == [pair.b]
        connection.set_schema(pair.b)
        with pytest.raises(WrongSchema):
            list(Unit.objects.iterator(chunk_size=1))


def test_P02_removed_organisation_cannot_be_entered(free_database):
    from tenants import provisioning

    schema = provisioning.create("removed-soon", name="Removed")
    with current.use(schema):
        assert names() == []
    provisioning.remove(schema)
    with pytest.raises(organisations.UnknownOrganisation), organisations.entered(schema):
        names()
    with pytest.raises(DatabaseError, match="does not exist"), current.use(schema):
        names()


def test_P02_hostile_values_stay_values(pair):
    with current.use(pair.a):
        for text in (f"x'; SET ROLE \"{pair.b}\"; --", f"'||set_config('role','{pair.b}',false)||'", "%s", "\\'; RESET ROLE"):
            assert Unit.objects.filter(name=text).count() == 0
            assert Unit.objects.filter(pk=7001).update(name=text) == 1
            assert Unit.objects.get(pk=7001).name == text
        assert run("SELECT current_user") == [(pair.a,)]


def test_P02_hostile_names_are_refused(pair):
    hostile = f"name\" FROM organization_unit; SET ROLE \"{pair.b}\"; --"
    with current.use(pair.a):
        with pytest.raises(FieldError):
            list(Unit.objects.order_by(hostile))
        with pytest.raises((FieldError, ValueError)):
            list(Unit.objects.annotate(**{hostile: F("name")}))
        with pytest.raises(FieldError):
            list(Unit.objects.filter(**{hostile: 1}))
        assert run("SELECT current_user") == [(pair.a,)]

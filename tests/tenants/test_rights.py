"""The table of rights, read from the server: who may do what, with nothing between the lines."""

import psycopg2.errors
import pytest
from django.conf import settings

from healthmgmt.core import sql
from healthmgmt.work.models import Job
from tenants import current
from tests.tenants.servers import direct

pytestmark = pytest.mark.usefixtures("free_database")
DENIED = psycopg2.errors.InsufficientPrivilege
AUDIT = ("audit_event", "audit_seal")
APPEND_ONLY = (*AUDIT, "risk_ownedition", "risk_decision", "engagement_act", "engagement_pointsentry")
READ_ONLY = ("django_migrations",)
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
RIGHTS = """
SELECT space.nspname || '.' || relation.relname, array_agg(verb ORDER BY verb)
  FROM pg_class relation JOIN pg_namespace space ON space.oid = relation.relnamespace, unnest(%s::text[]) verb
 WHERE relation.relkind IN ('r', 'p', 'v', 'm', 'f') AND space.nspname !~ '^(pg_|information_schema$)'
   AND (has_table_privilege(%s, relation.oid, verb)
        OR verb IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(%s, relation.oid, verb))
 GROUP BY 1
"""


def rights(role: str) -> dict[str, set[str]]:
    """What a role may do with each table of every schema, itself or by inheritance."""
    with direct("owner") as cursor:
        cursor.execute(RIGHTS, [list(VERBS), role, role])
        return {table: set(verbs) for table, verbs in cursor.fetchall()}


def tables(schema: str) -> set[str]:
    with direct("owner") as cursor:
        cursor.execute("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname = %s", [schema])
        return {name for (name,) in cursor.fetchall()}


def attempt(role: str, statement: str) -> int:
    """Rows touched by a statement as the role; taken back."""
    with direct(role=role, autocommit=False) as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def test_rights_of_the_serving_user_are_none():
    assert rights("app_login") == {}


def test_rights_of_the_serving_user_cannot_read_anything(pair):
    for table in sorted(tables(pair.a) | tables("public")):
        with pytest.raises(DENIED):
            attempt("", f"SELECT * FROM {table}")


def test_rights_of_an_organisation(pair):
    ordinary = {"SELECT", "INSERT", "UPDATE", "DELETE"}
    expected = dict.fromkeys(tables(pair.a), ordinary)
    expected |= {f"{pair.a}.{name}": {"SELECT", "INSERT"} for name in APPEND_ONLY}
    expected |= {f"{pair.a}.{name}": {"SELECT"} for name in READ_ONLY}
    expected |= {"public.work_job": ordinary}

    assert rights(pair.a) == expected


def test_rights_of_the_group_of_organisations_are_jobs_alone():
    assert rights("app_tenant") == {"public.work_job": {"SELECT", "INSERT", "UPDATE", "DELETE"}}


def test_rights_of_dispatch_are_the_columns_that_find_due_work():
    assert rights("app_dispatch") == {"public.work_job": {"SELECT"}}
    with direct("owner") as cursor:
        cursor.execute(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'public.work_job'::regclass AND attnum > 0 "
            "AND has_column_privilege('app_dispatch', attrelid, attnum, 'SELECT')"
        )
        seen = {name for (name,) in cursor.fetchall()}
    assert seen & {"payload", "key", "cursor", "message", "error", "lease_by"} == set()


def test_rights_of_public_reach_no_organisation_and_no_job():
    found = rights("app_public")
    assert {name.partition(".")[0] for name in found} == {"public"}
    assert "public.work_job" not in found
    assert (found["public.tenants_organisation"], found["public.tenants_domain"]) == ({"SELECT"}, {"SELECT"})
    assert (found["public.audit_event"], found["public.audit_seal"]) == ({"SELECT", "INSERT"}, {"SELECT", "INSERT"})
    assert found["public.django_migrations"] == {"SELECT"}


def test_rights_allow_nobody_to_make_tables(pair):
    for role in ("", pair.a, "app_public", "app_dispatch"):
        for target in ("public", pair.a):
            with pytest.raises(DENIED):
                attempt(role, f"CREATE TABLE {target}.mine ()")
        with pytest.raises(DENIED):
            attempt(role, "CREATE SCHEMA mine")


def test_rights_on_functions_are_the_owners_alone(pair):
    for role in ("", pair.a, "app_public", "app_dispatch"):
        with pytest.raises(DENIED):
            attempt(role, f"SELECT public.clone_schema('{settings.TENANT_TEMPLATE_SCHEMA}', 't_mine', 'DATA')")


ALTERING = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}", "ALTER TABLE {} DISABLE TRIGGER ALL")


def test_P21_audit_records_can_only_be_added(pair):
    for role, schema in ((pair.a, pair.a), ("app_public", "public")):
        for table in AUDIT:
            for statement in ALTERING:
                with pytest.raises(DENIED):
                    attempt(role, statement.format(f"{schema}.{table}"))


def test_what_is_only_added_cannot_be_changed(pair):
    for table in set(APPEND_ONLY) - set(AUDIT):
        for statement in ALTERING:
            with pytest.raises(DENIED):
                attempt(pair.a, statement.format(f"{pair.a}.{table}"))


def test_rights_on_jobs_end_at_the_own_organisation(pair):
    ids = {}
    for schema in pair:
        with current.use(schema):
            sql.execute("work/submit", {"kind": "rights", "key": "same", "payload": "{}", "lane": "bulk", "run_after": None, "origin": "test"})
            ids[schema] = Job.objects.get(kind="rights").pk
    try:
        with current.use(pair.a):
            assert list(Job.objects.filter(kind="rights").values_list("pk", "org")) == [(ids[pair.a], pair.a)]
            assert Job.objects.filter(pk=ids[pair.b]).update(done=1) == 0
            assert Job.objects.filter(pk=ids[pair.b]).delete()[0] == 0
        with pytest.raises(DENIED):
            attempt(pair.a, f"UPDATE public.work_job SET org = '{pair.b}' WHERE id = {ids[pair.a]}")
        with pytest.raises(DENIED):
            attempt(pair.a, f"INSERT INTO public.work_job (org, kind) VALUES ('{pair.b}', 'forged')")
        with pytest.raises(DENIED):
            attempt("app_dispatch", f"UPDATE public.work_job SET done = 1 WHERE id = {ids[pair.a]}")
        with pytest.raises(DENIED):
            attempt("app_dispatch", "SELECT payload FROM public.work_job")
    finally:
        for schema in pair:
            with current.use(schema):
                Job.objects.filter(kind="rights").delete()

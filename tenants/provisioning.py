"""Making and removing organisations: schema, role and rights, as the owner, each in one transaction.

`clone_schema` of django-tenants grants in the clone what its source grants and nothing to the new role, so the source has
no grants and everything is granted here. A new schema is a clone without data of the
migrated template; the clone is refused while the template is behind the code.
"""

import re
import secrets
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django_tenants.clone import CLONE_SCHEMA_FUNCTION

from tenants import current
from tenants.models import Domain, Organisation

# Rows that the application may add to an organisation's schema but never change or remove.
APPEND_ONLY = ("audit_event", "audit_seal", "risk_ownedition", "risk_decision", "engagement_act", "engagement_pointsentry")
READ_ONLY = ("django_migrations",)
# Advisory lock: one clone at a time, since clone_schema keeps its parameters in shared objects.
CLONE_LOCK = 7_001


class ProvisioningError(RuntimeError):
    """An organisation cannot be made or removed; the message says why in one sentence."""


def owner():
    """The provisioning connection; a serving process has none."""
    if "owner" not in settings.DATABASES:
        raise ProvisioningError("Migrations and provisioning need DATABASE_OWNER_URL.")
    return connections["owner"]


def migrate(verbosity: int = 1) -> list[str]:
    """Bring `public`, the template and every organisation up to the code, one after the other; returns the schemas done.

    Stops at the first that fails; running it again resumes there.
    """
    connection = owner()
    _migrate_schema("public", verbosity)
    with connection.cursor() as cursor:
        _install_clone_function(cursor)
        _secure_public(cursor)
        _create_schema(cursor, settings.TENANT_TEMPLATE_SCHEMA)
    # The template gets no role: what is granted there, clone_schema would grant in every clone.
    _migrate_schema(settings.TENANT_TEMPLATE_SCHEMA, verbosity)
    names = list(_organisation_schemas(connection))
    for name in names:
        _migrate_schema(name, verbosity)
        with transaction.atomic(using="owner"), connection.cursor() as cursor:
            _grant(cursor, name)
        _note_version(name)
    return ["public", settings.TENANT_TEMPLATE_SCHEMA, *names]


@cache
def code_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration that the code has for an organisation's schema."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(key for key in loader.disk_migrations if _belongs(key[0], settings.TENANT_TEMPLATE_SCHEMA))


def is_current(schema_name: str) -> bool:
    """Whether a schema has every migration that the code has."""
    connection = owner()
    connection.set_schema(schema_name, include_public=False)
    try:
        executor = MigrationExecutor(connection)
        leaves = [leaf for leaf in executor.loader.graph.leaf_nodes() if _belongs(leaf[0], schema_name)]
        return not [step for step in executor.migration_plan(leaves) if _belongs(step[0].app_label, schema_name)]
    finally:
        connection.set_schema_to_public()


def create(slug: str, *, name: str, country: str = "cn") -> str:
    """A new organisation's schema name. Raises ProvisioningError when the slug is taken or unusable."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", slug):
        raise ProvisioningError(f"{slug!r} cannot be a host name: use up to 40 small letters, digits and, between them, hyphens.")
    template = settings.TENANT_TEMPLATE_SCHEMA
    if not _schema_exists(template) or not is_current(template):
        if settings.ENV.database_url:
            raise ProvisioningError("The template schema is behind the code; run `manage.py migrate` first.")
        # The embedded servers belong to this installation alone: nobody else decides when they are migrated.
        migrate(verbosity=0)
    schema = f"t_{secrets.token_hex(6)}"
    connection = owner()
    with transaction.atomic(using="owner"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CLONE_LOCK])
        if Organisation.objects.using("owner").filter(slug=slug).exists():
            raise ProvisioningError(f"There is already an organisation {slug!r}.")
        organisation = Organisation(slug=slug, name=name, country=country, schema_name=schema)
        organisation.save(using="owner")
        # bulk_create, since DomainMixin.save looks for other domains over the default connection.
        Domain.objects.using("owner").bulk_create(
            [Domain(domain=f"{slug}.{settings.ORGANISATION_DOMAIN}", tenant=organisation, is_primary=True)]
        )
        cursor.execute("SELECT public.clone_schema(%s, %s, 'NODATA')", [template, schema])
        cursor.execute("SET search_path = public")
        _align_with_template(cursor, template, schema)
        _copy_migration_history(cursor, template, schema)
        _grant(cursor, schema)
        _note_version(schema)
    connection.search_path_set_schemas = None
    return schema


def remove(schema_name: str) -> None:
    """Drop an organisation with everything that it stored, in the database and then in files. There is no way back."""
    _check_name(schema_name)
    if schema_name == settings.TENANT_TEMPLATE_SCHEMA:
        raise ProvisioningError("The template schema is no organisation; new ones are made from it.")
    connection = owner()
    with transaction.atomic(using="owner"), connection.cursor() as cursor:
        Organisation.objects.using("owner").filter(schema_name=schema_name).delete()
        cursor.execute("DELETE FROM public.work_job WHERE org = %s", [schema_name])
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema_name}" CASCADE')
        cursor.execute(f'DROP ROLE "{schema_name}"')
    shutil.rmtree(Path(settings.UPLOAD_ROOT) / schema_name, ignore_errors=True)


def _belongs(app_label: str, schema_name: str) -> bool:
    router_apps = settings.SHARED_APPS if schema_name == current.PUBLIC else settings.TENANT_APPS
    return any(name == app_label or name.endswith("." + app_label) for name in router_apps)


def _note_version(schema_name: str) -> None:
    """How many of the code's migrations a schema has, beside the organisation's name, where operators may read it."""
    connection = owner()
    connection.set_schema(schema_name, include_public=False)
    try:
        applied = MigrationRecorder(connection).applied_migrations().keys() & code_migrations()
    finally:
        connection.set_schema_to_public()
    Organisation.objects.using("owner").filter(schema_name=schema_name).update(migrations_applied=len(applied))


def _check_name(schema_name: str) -> None:
    if not re.fullmatch(r"t_[a-z0-9]+", schema_name):
        raise ProvisioningError(f"{schema_name!r} is not an organisation's schema name.")


def _schema_exists(schema_name: str) -> bool:
    with owner().cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema_name])
        return cursor.fetchone() is not None


def _organisation_schemas(connection) -> Iterator[str]:
    rows = Organisation.objects.using("owner").order_by("slug").values_list("schema_name", flat=True)
    return iter(list(rows))


def _migrate_schema(schema_name: str, verbosity: int) -> None:
    connection = owner()
    # Without `public` on the path first: else its migration table would be taken for the schema's own.
    connection.set_schema(schema_name, include_public=False)
    MigrationRecorder(connection).ensure_schema()
    connection.set_schema(schema_name)
    try:
        MigrateCommand().run_from_argv(
            ["manage.py", "migrate", "--database=owner", "--noinput", "--skip-checks", f"--verbosity={max(verbosity - 1, 0)}"]
        )
    finally:
        owner().set_schema_to_public()


def _install_clone_function(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT 1 FROM pg_proc WHERE proname = 'clone_schema'")
    if cursor.fetchone() is None:
        cursor.execute(CLONE_SCHEMA_FUNCTION.format(db_user=owner().settings_dict["USER"]))


def _create_schema(cursor: CursorWrapper, schema_name: str) -> None:
    _check_name(schema_name)
    cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema_name}"')


def _align_with_template(cursor: CursorWrapper, template: str, schema_name: str) -> None:
    """clone_schema names unique constraints anew, where a later migration would not find them, and widens counters."""
    cursor.execute(
        """
        SELECT string_agg(step, ';') FROM (
            SELECT format('ALTER TABLE %%I.%%I RENAME CONSTRAINT %%I TO %%I', %(schema)s, mine.relname, given.conname, origin.conname)
              FROM pg_constraint origin
              JOIN pg_class theirs ON theirs.oid = origin.conrelid AND theirs.relnamespace = %(template)s::regnamespace
              JOIN pg_class mine ON mine.relname = theirs.relname AND mine.relnamespace = %(schema)s::regnamespace
              JOIN pg_constraint given ON given.conrelid = mine.oid AND given.contype = 'u'
               AND pg_get_constraintdef(given.oid) = pg_get_constraintdef(origin.oid)
             WHERE origin.contype = 'u' AND given.conname <> origin.conname
            UNION ALL
            SELECT format('ALTER SEQUENCE %%I.%%I AS %%s', %(schema)s, mine.sequencename, theirs.data_type)
              FROM pg_sequences theirs
              JOIN pg_sequences mine ON mine.sequencename = theirs.sequencename AND mine.schemaname = %(schema)s
             WHERE theirs.schemaname = %(template)s AND mine.data_type <> theirs.data_type
        ) AS steps (step)
        """,
        {"template": template, "schema": schema_name},
    )
    statement = cursor.fetchone()[0]
    if statement:
        cursor.execute(statement)


def _copy_migration_history(cursor: CursorWrapper, template: str, schema_name: str) -> None:
    """The clone is without data, but it stands where its template stands."""
    cursor.execute(
        f'INSERT INTO "{schema_name}".django_migrations (app, name, applied) '
        f'SELECT app, name, applied FROM "{template}".django_migrations ORDER BY id'
    )
    cursor.execute(
        f'INSERT INTO "{schema_name}".django_content_type (id, app_label, model) '
        f'SELECT id, app_label, model FROM "{template}".django_content_type'
    )


def _secure_public(cursor: CursorWrapper) -> None:
    """Rights in `public`: routing and operators' tables for app_public, jobs by row policy for every organisation."""
    cursor.execute(
        """
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
        GRANT USAGE ON SCHEMA public TO app_public, app_tenant, app_dispatch;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app_public;
        REVOKE ALL ON public.work_job FROM app_public;
        REVOKE INSERT, UPDATE, DELETE ON public.django_migrations, public.tenants_organisation, public.tenants_domain FROM app_public;
        REVOKE UPDATE, DELETE ON public.audit_event, public.audit_seal FROM app_public;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app_public;
        ALTER TABLE public.work_job ALTER COLUMN org SET DEFAULT current_user;
        ALTER TABLE public.work_job ENABLE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS own_jobs ON public.work_job;
        CREATE POLICY own_jobs ON public.work_job TO app_tenant USING (org = current_user) WITH CHECK (org = current_user);
        DROP POLICY IF EXISTS dispatch ON public.work_job;
        CREATE POLICY dispatch ON public.work_job FOR SELECT TO app_dispatch USING (true);
        DROP POLICY IF EXISTS owner_all ON public.work_job;
        CREATE POLICY owner_all ON public.work_job TO app_owner USING (true);
        GRANT SELECT, INSERT, DELETE ON public.work_job TO app_tenant;
        GRANT USAGE ON SEQUENCE public.work_job_id_seq TO app_tenant;
        GRANT SELECT (id, org, kind, lane, state, run_after, lease_until, created_at) ON public.work_job TO app_dispatch;
        """
    )
    # Never `org`: whose a job is was settled when it was written.
    cursor.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = 'work_job' AND column_name NOT IN ('id', 'org')"
    )
    cursor.execute(f"GRANT UPDATE ({cursor.fetchone()[0]}) ON public.work_job TO app_tenant")


def _grant(cursor: CursorWrapper, schema_name: str) -> None:
    """The organisation's role and all its rights, the same for a cloned and for a migrated schema."""
    _check_name(schema_name)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
    if cursor.fetchone() is None:
        cursor.execute(f'CREATE ROLE "{schema_name}" NOLOGIN')
        cursor.execute(f'GRANT app_tenant TO "{schema_name}"')
        cursor.execute(f'GRANT "{schema_name}" TO app_login')
    cursor.execute(
        f"""
        REVOKE ALL ON SCHEMA "{schema_name}" FROM PUBLIC;
        GRANT USAGE ON SCHEMA "{schema_name}" TO "{schema_name}";
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{schema_name}" TO "{schema_name}";
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "{schema_name}" TO "{schema_name}";
        ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA "{schema_name}"
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{schema_name}";
        ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA "{schema_name}" GRANT USAGE, SELECT ON SEQUENCES TO "{schema_name}";
        """
    )
    for table in APPEND_ONLY:
        cursor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{schema_name}".{table} FROM "{schema_name}"')
    for table in READ_ONLY:
        cursor.execute(f'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON "{schema_name}".{table} FROM "{schema_name}"')

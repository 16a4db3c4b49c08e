"""Which apps' tables belong into which schema."""

from django.conf import settings
from django.db import connections
from django_tenants.routers import TenantSyncRouter


class SchemaRouter(TenantSyncRouter):
    """Shared apps migrate into `public`, organisations' apps into their schema, whichever connection does it.

    Always answers, so that django-tenants' own router, which it insists on finding in the settings, is never asked.
    """

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints) -> bool:
        is_public = connections[db].schema_name == "public"
        apps = settings.SHARED_APPS if is_public else settings.TENANT_APPS
        return self.app_in_list(app_label, apps)

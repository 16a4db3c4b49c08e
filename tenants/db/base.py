"""django-tenants' backend with a role per organisation, so that a wrong search path is an error and not a leak.

Every switch is one statement that sets the role and the path together. It is never swallowed: a cursor is handed out
only on a connection that is where the code expects it to be.
"""

from django.db.utils import ProgrammingError
from django_tenants.postgresql_backend import base

from tenants import current

# Not organisations: who may read the routing tables, and who may see when jobs are due; neither sees anything else.
ROLES = {current.PUBLIC: "app_public", current.DISPATCH: "app_dispatch"}


class WrongSchema(ProgrammingError):
    """The connection points at another schema than the one this code was let into."""


class DatabaseWrapper(base.DatabaseWrapper):
    """`OWNER: True` in the settings marks the provisioning connection, which keeps its own role."""

    def savepoint_rollback(self, sid: str) -> None:
        # In an aborted transaction no SET can run before the rollback that ends it.
        self._setting_search_path = True
        super().savepoint_rollback(sid)

    def _handle_search_path(self, cursor=None) -> None:
        if self._setting_search_path:
            return
        is_owner = self.settings_dict.get("OWNER", False)
        if not is_owner and self.schema_name != current.expected():
            raise WrongSchema(f"The connection is set to {self.schema_name!r}, this code works for {current.expected()!r}.")
        if self.search_path_set_schemas == [self.schema_name]:
            return
        self._setting_search_path = True
        own_cursor = cursor is None
        cursor = self.connection.cursor() if own_cursor else cursor
        try:
            cursor.execute(self._switch_statement(is_owner))
            self.search_path_set_schemas = [self.schema_name]
        finally:
            self._setting_search_path = False
            if own_cursor:
                cursor.close()

    def _switch_statement(self, is_owner: bool) -> str:
        paths = ", ".join(base.quote_schema_name(path) for path in self._get_cursor_search_paths())
        if is_owner:
            return f"SET search_path = {paths}"
        role = ROLES.get(self.schema_name, self.schema_name)
        return f"SET ROLE {base.quote_schema_name(role)}; SET search_path = {paths}"

"""Fields that Django does not have."""

from typing import Any

from django.db import models


class WrittenJSONField(models.JSONField):
    """JSON kept as it was written: the database checks it and does not take it apart, which costs a third of storing a row of texts.
    For what is stored by everybody and read by few. It cannot be searched, compared or indexed.
    """

    def db_type(self, connection: Any) -> str:
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The driver decodes this type by itself."""
        return value

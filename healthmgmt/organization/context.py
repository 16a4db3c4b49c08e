"""What every page says of its organisation."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from healthmgmt.core import organisations
from healthmgmt.organization.selectors import frame


def organisation(request: HttpRequest) -> dict[str, object]:
    """Its name, and its time zone set for the templates; nothing on the bare domain and before it is established."""
    found = frame() if organisations.current() != organisations.PUBLIC else None
    if found is not None:
        timezone.activate(ZoneInfo(found.timezone))
    return {"organisation": found}

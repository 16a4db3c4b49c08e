"""What work has to know of an organisation: when its day begins."""

from healthmgmt.organization.models import Settings
from healthmgmt.work.registry import tells_time_zone


@tells_time_zone
def time_zone() -> str | None:
    """The organisation's time zone; None before it is established."""
    return Settings.objects.filter(pk=1).values_list("timezone", flat=True).first()

"""What employers see of an activity: counted and stored once a local day, so that no two numbers of a day tell what one person did."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from healthmgmt.core import sql
from healthmgmt.core.suppression import COVERAGE_FLOOR
from healthmgmt.engagement import funnels
from healthmgmt.engagement.models import Activity, PublishedCount
from healthmgmt.organization.selectors import organisation_settings


# An attendance list may come after the end.
LAST_COUNTS = timedelta(days=32)


def smallest_group(activity: Activity) -> int:
    """How many people a group needs before a number of the activity is shown to an employer."""
    if activity.sensitivity == Activity.Sensitivity.HEALTH:
        return organisation_settings().smallest_group
    return COVERAGE_FLOOR


def publish(activity: Activity, *, today: date) -> bool:
    """Count an activity for employers, unless it was on this day; whether it was done now. A larger smallest group counts at once."""
    with transaction.atomic():
        activity = Activity.objects.select_for_update(no_key=True).get(pk=activity.pk)
        present, group = PublishedCount.objects.filter(activity=activity).first(), smallest_group(activity)
        if present and present.counted_on >= today and present.smallest_group >= group:
            return False
        nobody = (0,) * len(funnels.PARTS)
        counted = {unit: tuple(counts) for unit, *counts in sql.rows("engagement/count_stages", {"activity": activity.pk})}
        own = counted.pop(None, nobody)
        is_health = activity.sensitivity == Activity.Sensitivity.HEALTH
        rows = funnels.published(activity.unit_id, counted, own, smallest_group=group, is_health_content=is_health)
        PublishedCount.objects.update_or_create(activity=activity, defaults={"counted_on": today, "smallest_group": group, "rows": rows})
    return True


def to_publish() -> list[Activity]:
    """Those that run, and those that were closed lately: the last day's acts are still to be counted.

    The first count is made when everybody is invited.
    """
    closed_lately = Q(closed_at__gte=timezone.now() - LAST_COUNTS)
    found = Activity.objects.filter(Q(state=Activity.State.OPEN) | closed_lately, published__isnull=False)
    return list(found.order_by("pk"))

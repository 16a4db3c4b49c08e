"""How much care is under way."""

from django.db.models import Count

from healthmgmt.care.models import Alert, Plan


def open_plans() -> dict[str, int]:
    """How many plans are open, by colour."""
    counted = Plan.objects.filter(ended_on=None).order_by().values_list("colour").annotate(plans=Count("id"))
    return dict(counted)


def open_alerts() -> int:
    """How many alerts wait for an outcome."""
    return Alert.objects.filter(closed_at=None).count()

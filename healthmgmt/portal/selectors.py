"""What the home page of a user shows."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.utils import timezone

from healthmgmt.accounts.models import User
from healthmgmt.care.models import Alert, Plan, Step
from healthmgmt.core.permissions import Permission, role
from healthmgmt.exams import access
from healthmgmt.exams.models import Upload
from healthmgmt.exams.presenters import state_in_words
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment

LATEST_UPLOADS = 10


def home(user: User) -> dict[str, Any]:
    """Roles with their units, and the latest uploads for those who follow them."""
    if user.is_operator:
        return {"roles": [], "uploads": [], "shows_uploads": False}
    memberships = user.memberships.select_related("unit").order_by("role", "unit__path")
    shows_uploads = user.can(Permission.UPLOAD_VIEW) or user.can(Permission.OWN_DELIVERIES)
    return {
        "roles": [(role(one.role).words, one.unit) for one in memberships],
        "uploads": _latest_uploads(user) if shows_uploads else [],
        "shows_uploads": shows_uploads,
    }


def _latest_uploads(user: User) -> list[tuple[Upload, datetime, str]]:
    """Each with the local time of its arrival and its state in words."""
    zone = ZoneInfo(organisation_settings().timezone)
    latest = access.visible_to(user).order_by("-id")[:LATEST_UPLOADS]
    return [(upload, timezone.localtime(upload.uploaded_at, zone), state_in_words(upload)) for upload in latest]


def demonstration_counts() -> dict[str, Any]:
    """What the summary of the demonstration says of the present organisation: people by colour, plans, alerts, steps."""
    colours = Assessment.objects.filter(is_current=True).values_list("colour").annotate(people=Count("pk"))
    return {
        "people": Person.objects.employed().count(),
        "colours": {colour: dict(colours).get(colour, 0) for colour in Assessment.Colour.values},
        "open plans": Plan.objects.filter(ended_on=None).count(),
        "open alerts": Alert.objects.filter(closed_at=None).count(),
        "steps": Step.objects.count(),
    }

"""Reads over readings."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from healthmgmt.devices import kinds
from healthmgmt.devices.models import Reading
from healthmgmt.people.models import Person

SHOWN_DAYS = 90


def recent(person: Person, days: int = SHOWN_DAYS) -> list[Reading]:
    """A person's readings that count, the last first; one query."""
    since = timezone.now() - timedelta(days=days)
    return list(Reading.objects.filter(person=person, withdrawn_at=None, taken_at__gte=since).order_by("-taken_at", "-id"))


def summaries(readings: list[Reading]) -> dict[str, kinds.Summary]:
    """What a person's readings come to, by kind; kinds without any are left out."""
    found = {}
    for kind in kinds.load().values():
        days = [(timezone.localdate(one.taken_at), one.values) for one in readings if one.kind == kind.slug]
        if days:
            found[kind.slug] = kinds.summary(kind, days)
    return found


def of_token(person: Person, token: UUID) -> Reading | None:
    """A person's own reading, taken back or not."""
    return Reading.objects.filter(person=person, token=token).first()

"""Reads over the record of what was done."""

from django.db.models import QuerySet

from healthmgmt.audit.models import Event


def events_of_person(person_id: int) -> QuerySet[Event]:
    """What was done to a person's data, the last first; served by the index over person and id."""
    return Event.objects.filter(person_id=person_id).order_by("-id")

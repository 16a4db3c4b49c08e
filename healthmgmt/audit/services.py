"""Writing the record of what was done to whose data. Where it cannot be written, what it is about does not happen."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import DatabaseError, models, transaction

from healthmgmt.audit.models import Event
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor

BATCH = 5_000


class AuditUnavailable(RuntimeError):
    """The record cannot be written; pages and API then answer 503 and show nothing."""


def record(
    action: str,
    *,
    by: Actor,
    subject: models.Model | None = None,
    person_id: int | None = None,
    detail: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Add one event, in the transaction of what it tells of.

    `detail` holds ids, counts and names of fields, never a clinical value. Raises AuditUnavailable, and PermissionError
    when nobody is named as the actor.
    """
    event = Event(
        action=action,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        person_id=person_id,
        detail=detail or {},
        reason=reason,
        **_actor_fields(by),
    )
    try:
        # A savepoint: the caller's connection stays usable for the page that says so.
        with transaction.atomic():
            event.save(force_insert=True)
    except DatabaseError as error:
        raise AuditUnavailable(action) from error
    return event


def record_each(action: str, subjects: Sequence[models.Model], *, by: Actor, detail: dict[str, Any] | None = None) -> int:
    """One event for each of many subjects, in one statement; returns their number. Raises as `record` does."""
    fields = {"action": action, "detail": detail or {}, **_actor_fields(by)}
    events = [Event(subject_kind=one._meta.label_lower, subject_id=str(one.pk), **fields) for one in subjects]
    try:
        with transaction.atomic():
            Event.objects.bulk_create(events, batch_size=BATCH)
    except DatabaseError as error:
        raise AuditUnavailable(action) from error
    return len(events)


def record_people(
    action: str, person_ids: Collection[int], *, by: Actor, subject: models.Model | None = None, detail: dict[str, Any] | None = None
) -> int:
    """One event for each of many people, in one statement; returns their number. Raises as `record` does."""
    if not person_ids:
        return 0
    parameters = {
        "action": action,
        "person_ids": list(person_ids),
        "subject_kind": subject._meta.label_lower if subject is not None else "",
        "subject_id": str(subject.pk) if subject is not None else "",
        "detail": json.dumps(detail or {}),
        **_actor_fields(by),
    }
    try:
        with transaction.atomic():
            return sql.execute("audit/record_people", parameters)
    except DatabaseError as error:
        raise AuditUnavailable(action) from error


def _actor_fields(by: Actor) -> dict[str, Any]:
    if not isinstance(by, Actor) or not by.label:
        raise PermissionError("No act without an actor.")
    return {"actor": by.label, "actor_id": by.user_id, "address": by.address}

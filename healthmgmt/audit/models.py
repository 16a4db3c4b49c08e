"""What was done to whose data: events that are only ever added."""

from django.db import models

from healthmgmt.core.classification import IDENTIFIER, PLAIN


class Event(models.Model):
    """One act. No foreign keys: events outlive what they describe. Never a clinical value."""

    at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=60)
    actor = models.CharField(max_length=100)
    actor_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    person_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    address = models.CharField(max_length=45, blank=True)

    CLASSIFICATION = {
        "at": PLAIN,
        "action": PLAIN,
        "actor": IDENTIFIER,
        "actor_id": IDENTIFIER,
        "subject_kind": PLAIN,
        "subject_id": IDENTIFIER,
        "person_id": IDENTIFIER,
        "detail": PLAIN,
        "reason": PLAIN,
        "address": IDENTIFIER,
    }

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["person_id", "id"], name="event_of_person", condition=models.Q(person_id__isnull=False)),
            models.Index(fields=["subject_kind", "subject_id"], name="event_of_subject"),
        ]


class Seal(models.Model):
    """A link of the hash chain over the events from `first_id` to `last_id`."""

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    events = models.IntegerField()
    # [[event id, first 16 digits of its digest], ...]: with it a changed event is named, not only its seal.
    leaves = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {
        "first_id": PLAIN,
        "last_id": PLAIN,
        "events": PLAIN,
        "leaves": PLAIN,
        "previous": PLAIN,
        "digest": PLAIN,
        "sealed_at": PLAIN,
    }

    class Meta:
        ordering = ["id"]

"""Readings that people take at home."""

import uuid

from django.db import models
from django.db.models import Q

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.people.models import Person


class Reading(models.Model):
    """What somebody measured at home at a moment: `values` by indicator code, in the catalogue's unit. Never changed; taken back
    when it was typed wrongly. `token` is of the form that it was written in: sent twice, it is stored once."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=20)
    taken_at = models.DateTimeField()
    values = models.JSONField()
    entered_at = models.DateTimeField(auto_now_add=True)
    entered_by = models.CharField(max_length=100)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "token": PLAIN,
        "person": IDENTIFIER,
        "kind": CLINICAL,
        "taken_at": CLINICAL,
        "values": CLINICAL,
        "entered_at": CLINICAL,
        "entered_by": IDENTIFIER,
        "withdrawn_at": CLINICAL,
        "withdrawn_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["person", "-taken_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "taken_at"], name="reading_of_a_moment_once", condition=Q(withdrawn_at=None)),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="") | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by=""),
                name="reading_withdrawn_at_with_by",
            ),
            models.CheckConstraint(condition=~Q(entered_by=""), name="reading_entered_by_somebody"),
        ]
        indexes = [models.Index(fields=["person", "-taken_at"], name="reading_of_person", condition=Q(withdrawn_at=None))]

"""Words of a health office to those who look after a unit."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from healthmgmt.core.classification import IDENTIFIER, PLAIN
from healthmgmt.organization.models import Unit


class CoachNote(models.Model):
    """What was said to whom (`readers` are ids of users) about the numbers of a unit."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="coach_notes")
    text = models.CharField(max_length=600)
    readers = ArrayField(models.BigIntegerField())
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    CLASSIFICATION = {
        "uuid": PLAIN,
        "unit": PLAIN,
        "text": PLAIN,
        "readers": IDENTIFIER,
        "by": IDENTIFIER,
        "by_name": IDENTIFIER,
        "at": PLAIN,
    }

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="coach_note_says_something")]

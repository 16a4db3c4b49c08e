"""Integrity lights of units: what the numbers themselves say about how they came about, and what the unit said of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.organization.models import Period, Unit


class Look(models.Model):
    """When a period was looked through last: without it, no light does not mean that there is none."""

    period = models.OneToOneField(Period, on_delete=models.CASCADE, related_name="look")
    looked_at = models.DateTimeField()

    CLASSIFICATION = {"period": PLAIN, "looked_at": PLAIN}

    class Meta:
        ordering = ["period"]


class Light(models.Model):
    """A signal about a unit's numbers, from the day on which it was raised until it is gone. `kind` is one of data/lights.toml.

    The unit sees it at once; the level above from `shared_on`, or as soon as it was answered. Where nobody is of the unit, those of the
    nearest above that has somebody are `asked` in its place. `told` are the counts that may be told.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="lights")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="lights")
    asked = models.ForeignKey(Unit, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    told = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    shared_on = models.DateField()
    answered_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "period": PLAIN,
        "unit": PLAIN,
        "asked": PLAIN,
        "kind": PLAIN,
        "told": CLINICAL,
        "raised_at": PLAIN,
        "shared_on": PLAIN,
        "answered_at": PLAIN,
        "cleared_at": PLAIN,
    }

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["period", "unit", "kind"], name="light_once", condition=Q(cleared_at=None))]


class LightStep(models.Model):
    """Something that became of a light: when, by whom, and with which words."""

    class Event(models.TextChoices):
        RAISED = "raised", _("Seen for the first time")
        ANSWERED = "answered", _("Explained by the unit")
        CLEARED = "cleared", _("No longer seen")

    light = models.ForeignKey(Light, on_delete=models.CASCADE, related_name="steps")
    event = models.CharField(max_length=8, choices=Event)
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    CLASSIFICATION = {"light": PLAIN, "event": PLAIN, "note": PLAIN, "by": IDENTIFIER, "by_name": IDENTIFIER, "at": PLAIN}

    class Meta:
        ordering = ["light", "at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(event="answered") | ~Q(note=""), name="light_answered_in_words")]

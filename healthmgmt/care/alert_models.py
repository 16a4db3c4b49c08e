"""Results that a clinician has to settle, and who was told of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment


class Alert(models.Model):
    """A class A result, or rapid worsening, that a clinician has to settle. One per person, reason and day of measurement, however
    often the result is delivered or assessed again; only an outcome closes it."""

    class Outcome(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed, in treatment")
        REPEAT_NORMAL = "repeat_normal", _("Repeat measurement was normal")
        ARTEFACT = "artefact", _("Measurement error")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="alerts")
    assessment = models.ForeignKey(Assessment, on_delete=models.RESTRICT, related_name="alerts")
    code = models.CharField(max_length=60)
    measured_on = models.DateField()
    opened_at = models.DateTimeField(auto_now_add=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=100, blank=True, db_default="")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=100, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    # Of rapid worsening the values that were compared; of a class A result the assessment has them.
    facts = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    CLASSIFICATION = {
        "uuid": PLAIN,
        "person": IDENTIFIER,
        "assessment": IDENTIFIER,
        "code": CLINICAL,
        "measured_on": CLINICAL,
        "opened_at": CLINICAL,
        "acknowledged_at": CLINICAL,
        "acknowledged_by": IDENTIFIER,
        "confirmed_at": CLINICAL,
        "confirmed_by": IDENTIFIER,
        "closed_at": CLINICAL,
        "closed_by": IDENTIFIER,
        "outcome": CLINICAL,
        "facts": CLINICAL,
    }

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "code", "measured_on"], name="alert_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by="", outcome="") | Q(closed_at__isnull=False) & ~Q(closed_by="") & ~Q(outcome=""),
                name="alert_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by="") | Q(confirmed_at__isnull=False) & ~Q(confirmed_by=""),
                name="alert_confirmed_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by="") | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by=""),
                name="alert_acknowledged_at_with_by",
            ),
        ]
        indexes = [models.Index(fields=["opened_at"], name="alert_open", condition=Q(closed_at=None))]

    @property
    def is_rapid(self) -> bool:
        """Rapid worsening, which is a question and makes nobody red."""
        return bool(self.facts)

    @property
    def colour(self) -> str:
        """Red of a class A result, else that of the assessment."""
        return self.assessment.colour if self.is_rapid else Assessment.Colour.RED


class Escalation(models.Model):
    """Somebody who was told of an alert, and as what: once each. `mailed_at` stays empty for who has no address."""

    class Tier(models.TextChoices):
        CASE_MANAGER = "case_manager", _("Case manager")
        SECOND = "second", _("Second person")
        PHYSICIAN = "physician", _("Physician")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="escalations")
    tier = models.CharField(max_length=12, choices=Tier)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="escalations")
    told_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True)

    CLASSIFICATION = {"alert": CLINICAL, "tier": PLAIN, "user": IDENTIFIER, "told_at": CLINICAL, "mailed_at": CLINICAL}

    class Meta:
        ordering = ["told_at", "id"]
        constraints = [models.UniqueConstraint(fields=["alert", "user"], name="told_once_of_an_alert")]

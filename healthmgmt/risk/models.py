"""Assessments: a person's colour on a day, with what it rests on."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.people.models import Person


class Assessment(models.Model):
    """A screening result in one edition of a rule pack. The latest of a person is current; none is ever changed."""

    class Colour(models.TextChoices):
        RED = "red", _("High-risk alert")
        ORANGE = "orange", _("Chronic care")
        YELLOW = "yellow", _("Overweight")
        BLUE = "blue", _("Sub-health")
        GREEN = "green", _("Nothing to do")
        GREY = "grey", _("Cannot be determined")

    # Without a constraint, as exams: they come by the million, of people whom the same statement has just found in the roster, from
    # which nobody is removed. It would look everybody up again, and write into their row, at the end of each slice.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assessments", db_constraint=False)
    assessed_on = models.DateField()
    colour = models.CharField(max_length=6, choices=Colour)
    reasons = models.JSONField(default=list)
    scores = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    is_incomplete = models.BooleanField(default=False)
    exams = ArrayField(models.BigIntegerField(), default=list)
    pack = models.CharField(max_length=40)
    edition = models.CharField(max_length=20)
    is_current = models.BooleanField(default=True)
    stored_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "assessed_on": CLINICAL,
        "colour": CLINICAL,
        "reasons": CLINICAL,
        "scores": CLINICAL,
        "missing": CLINICAL,
        "is_incomplete": CLINICAL,
        "exams": CLINICAL,
        "pack": PLAIN,
        "edition": PLAIN,
        "is_current": PLAIN,
        "stored_at": PLAIN,
    }

    class Meta:
        ordering = ["person", "-assessed_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["person"], name="one_current_assessment", condition=Q(is_current=True))]

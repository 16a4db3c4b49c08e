"""Scorecards on their way up the tiers: what the level above weighs, what was handed in, and what was said of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.organization.models import Period, Unit


class Target(models.Model):
    """How much a metric weighs in the scorecards of the units directly below a unit, and its target in percent."""

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="targets")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField()
    target = models.PositiveSmallIntegerField()

    CLASSIFICATION = {"period": PLAIN, "unit": PLAIN, "metric": PLAIN, "weight": PLAIN, "target": PLAIN}

    class Meta:
        ordering = ["period", "unit", "metric"]
        constraints = [
            models.UniqueConstraint(fields=["period", "unit", "metric"], name="target_once"),
            models.CheckConstraint(condition=Q(weight__lte=100, target__gte=1, target__lte=100), name="target_in_percent"),
        ]


class Card(models.Model):
    """The scorecard of a unit and a period since it was handed in. `numbers` is what it said then, as it may be shown: it never moves."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Handed in")
        RETURNED = "returned", _("Sent back")
        ACCEPTED = "accepted", _("Accepted")

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="cards")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cards")
    state = models.CharField(max_length=9, choices=State, default=State.SUBMITTED)
    numbers = models.JSONField(default=list)
    changed_at = models.DateTimeField(auto_now=True)

    CLASSIFICATION = {"period": PLAIN, "unit": PLAIN, "state": PLAIN, "numbers": CLINICAL, "changed_at": PLAIN}

    class Meta:
        ordering = ["period", "unit"]
        constraints = [models.UniqueConstraint(fields=["period", "unit"], name="card_once")]


class CardStep(models.Model):
    """Something that was done with a card: by whom, when, and with which words."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=9, choices=Card.State)
    note = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=100)
    by_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {"card": PLAIN, "state": PLAIN, "note": PLAIN, "by": IDENTIFIER, "by_name": IDENTIFIER, "at": PLAIN}

    class Meta:
        ordering = ["card", "at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(state="returned") | ~Q(note=""), name="card_sent_back_with_a_reason")]

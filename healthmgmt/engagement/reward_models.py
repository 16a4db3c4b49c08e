"""Points as a ledger, and what they can be given for."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person


class PointsEntry(models.Model):
    """Points that came or went, once by their key. Added, never changed: the balance is their sum, a correction another entry."""

    class Kind(models.TextChoices):
        ACT = "act", _("Taking part")
        FINISHED = "finished", _("Activity carried through")
        CORRECTION = "correction", _("Corrected")
        REWARD = "reward", _("Asked for a reward")
        RETURNED = "returned", _("Given back")

    person = models.ForeignKey(Person, on_delete=models.RESTRICT, related_name="points")
    points = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    activity = models.ForeignKey("Activity", on_delete=models.RESTRICT, null=True, related_name="points")
    request = models.ForeignKey("RewardRequest", on_delete=models.RESTRICT, null=True, related_name="points")
    key = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=100)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "points": CLINICAL,
        "kind": CLINICAL,
        "activity": CLINICAL,
        "request": CLINICAL,
        "key": CLINICAL,
        "made_at": CLINICAL,
        "made_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["person", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(points=0) & ~Q(key="") & ~Q(made_by=""), name="points_with_key_by_somebody"),
            models.CheckConstraint(
                condition=Q(activity__isnull=False, request=None, kind__in=["act", "finished", "correction"])
                | Q(activity=None, request__isnull=False, kind__in=["reward", "returned"]),
                name="points_of_an_activity_or_a_request",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["act", "finished", "returned"], points__gt=0) | Q(kind__in=["correction", "reward"], points__lt=0),
                name="points_come_or_go_by_kind",
            ),
        ]


class Reward(models.Model):
    """Something that people of a unit and below can have for points, as long as there is any. `stock` counts what nobody has asked for."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rewards")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    price = models.PositiveIntegerField()
    stock = models.PositiveIntegerField()
    is_offered = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=100)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "unit": PLAIN,
        "name_zh": PLAIN,
        "name_en": PLAIN,
        "price": PLAIN,
        "stock": PLAIN,
        "is_offered": PLAIN,
        "made_at": PLAIN,
        "made_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["price", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=1, stock__gte=0), name="reward_has_a_price_and_no_debts"),
            models.CheckConstraint(condition=~Q(name_zh="") & ~Q(name_en=""), name="reward_has_a_name"),
        ]


class RewardRequest(models.Model):
    """A person who wants a reward, at the `price` of that moment. `token` is of the form that it was asked for in.

    The points go, and one piece of the stock with them, when it is asked for; both come back when it is declined or withdrawn.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Not possible this time")
        WITHDRAWN = "withdrawn", _("Withdrawn by you")
        HANDED_OVER = "handed_over", _("Handed over")

    OPEN = (State.ASKED, State.APPROVED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.UUIDField(unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reward_requests")
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="requests")
    price = models.PositiveIntegerField()
    state = models.CharField(max_length=11, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=100, blank=True)
    handed_at = models.DateTimeField(null=True)
    handed_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "token": PLAIN,
        "person": IDENTIFIER,
        "reward": PLAIN,
        "price": PLAIN,
        "state": PLAIN,
        "asked_at": PLAIN,
        "decided_at": PLAIN,
        "decided_by": IDENTIFIER,
        "handed_at": PLAIN,
        "handed_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None, decided_by="") | ~Q(state="asked") & Q(decided_at__isnull=False) & ~Q(decided_by=""),
                name="request_decided_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(state="handed_over", handed_at__isnull=False) & ~Q(handed_by="") | ~Q(state="handed_over") & Q(handed_at=None, handed_by=""),
                name="request_handed_over_at_with_by",
            ),
        ]
        indexes = [models.Index(fields=["reward"], name="request_to_see_to", condition=Q(state__in=["asked", "approved"]))]

"""What people say of their own values: that one is not theirs, or not right."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.exams.models.results import Exam
from healthmgmt.people.models import Person


class Dispute(models.Model):
    """A value of an exam of which its person says that it is wrong. Open until somebody who may change clinical values answers; the value
    counts meanwhile, so that nothing critical is lost."""

    class Claim(models.TextChoices):
        NOT_MINE = "not_mine", _("This is not my result")
        WRONG_NUMBER = "wrong_number", _("The number is wrong")
        WRONG_UNIT = "wrong_unit", _("The unit is wrong")

    class Outcome(models.TextChoices):
        WITHDRAWN = "withdrawn", _("The value was taken out")
        CORRECTED = "corrected", _("The value was corrected")
        KEPT = "kept", _("The value is right and stays")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="disputes")
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="disputes")
    code = models.CharField(max_length=60)
    claim = models.CharField(max_length=12, choices=Claim)
    note = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "person": IDENTIFIER,
        "exam": IDENTIFIER,
        "code": CLINICAL,
        "claim": CLINICAL,
        "note": CLINICAL,
        "opened_at": PLAIN,
        "outcome": CLINICAL,
        "answer": CLINICAL,
        "answered_at": PLAIN,
        "answered_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "code"], name="one_open_dispute", condition=Q(answered_at=None)),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by="", outcome="", answer="")
                | Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(outcome="") & ~Q(answer=""),
                name="dispute_answered_whole",
            ),
        ]

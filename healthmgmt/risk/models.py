"""Assessments: a person's colour on a day, with what it rests on."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.core.dates import months_before
from healthmgmt.exams.models import Exam
from healthmgmt.organization.models import Settings
from healthmgmt.people.models import Person


class IsAmong(models.Func):
    """Whether the first is an element of the second, an array: `id = ANY (exams)`, which an index on the first serves."""

    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    arity = 2
    output_field = models.BooleanField()


class AssessmentQuerySet(models.QuerySet):
    def with_age(self) -> "AssessmentQuerySet":
        """With what decides whether a colour has expired (see expiring.py): `newest_on`, the day of the newest exam that it rests
        on, and the organisation's `window_months`."""
        newest = Exam.objects.filter(IsAmong(F("pk"), OuterRef("exams"))).order_by("-taken_on").values("taken_on")
        return self.annotate(newest_on=Subquery(newest[:1]), window_months=Subquery(Settings.objects.values("window_months")[:1]))

    def standing(self, today: date) -> "AssessmentQuerySet":
        """With `is_expired`, and the colour that counts on a day as `standing`: grey once it has expired. One query for the window."""
        last = months_before(today, Settings.objects.values_list("window_months", flat=True).get())
        read = Exam.objects.filter(IsAmong(F("pk"), OuterRef("exams")))
        expired = Exists(read) & ~Exists(read.filter(taken_on__gt=last))
        standing = Case(When(expired, then=Value(Assessment.Colour.GREY)), default=F("colour"))
        return self.annotate(is_expired=ExpressionWrapper(expired, output_field=models.BooleanField()), standing=standing)


class Assessment(models.Model):
    """A screening result in one edition of a rule pack. The latest of a person is current; none is ever changed.

    `is_history`: exams of an earlier round, judged as of their day. `before`: of the current one, the assessment of the round before
    by the same edition (see changing.py).
    """

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
    is_history = models.BooleanField(default=False, db_default=False)
    # Both are of one person, who takes them along; assessments come by the million, and what a slice repeats is deleted at once.
    before = models.ForeignKey("self", on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False)
    stored_at = models.DateTimeField(auto_now_add=True)

    objects = AssessmentQuerySet.as_manager()

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
        "is_history": PLAIN,
        "before": CLINICAL,
        "stored_at": PLAIN,
    }

    class Meta:
        ordering = ["person", "-assessed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="one_current_assessment", condition=Q(is_current=True)),
            models.CheckConstraint(condition=Q(is_current=False) | Q(is_history=False), name="history_is_not_current"),
        ]

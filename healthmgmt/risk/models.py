"""Assessments: a person's colour on a day, with what it rests on. And the organisation's own editions of packs, from draft to decision."""

import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person


class IsAmong(models.Func):
    """Whether the first is an element of the second, an array: `id = ANY (exams)`, which an index on the first serves."""

    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    arity = 2
    output_field = models.BooleanField()


class AssessmentQuerySet(models.QuerySet):
    def with_age(self) -> "AssessmentQuerySet":
        """With `newest_on`, the day of the newest exam or home reading that a colour rests on: it decides whether the colour has
        expired (see expiring.py)."""
        newest = Exam.objects.filter(IsAmong(F("pk"), OuterRef("exams"))).order_by("-taken_on").values("taken_on")
        return self.annotate(newest_on=Greatest(Subquery(newest[:1]), F("home_on")))

    def standing(self, window_start: date) -> "AssessmentQuerySet":
        """With `is_expired`, and the colour that counts as `standing`: grey once it has expired, where values of `window_start` and
        before are too old."""
        read = Exam.objects.filter(IsAmong(F("pk"), OuterRef("exams")))
        has_base = Exists(read) | Q(home_on__isnull=False)
        expired = has_base & ~Exists(read.filter(taken_on__gt=window_start)) & (Q(home_on=None) | Q(home_on__lte=window_start))
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
    # The readings at home whose means counted, and the last day of those means.
    readings = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    home_on = models.DateField(null=True)
    pack = models.CharField(max_length=80)
    edition = models.CharField(max_length=80)
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
        "readings": CLINICAL,
        "home_on": CLINICAL,
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


OF_TEXTS = dict.fromkeys(("uuid", "name", "edition", "base_name", "base_edition", "head", "lines", "words", "fingerprint"), PLAIN)


class PackTexts(models.Model):
    """A copy of a pack under a name and edition of its own: the three texts that `packs.parse` reads, with their fingerprint."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=40)
    edition = models.CharField(max_length=12)
    base_name = models.CharField(max_length=40)
    base_edition = models.CharField(max_length=20)
    head = models.TextField()
    lines = models.TextField()
    words = models.TextField()
    fingerprint = models.CharField(max_length=64)

    class Meta:
        abstract = True


class PackDraft(PackTexts):
    """A copy of a pack that is being edited."""

    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pack_drafts")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    CLASSIFICATION = OF_TEXTS | {
        "made_by": IDENTIFIER,
        "made_at": PLAIN,
        "changed_at": PLAIN,
    }

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [models.UniqueConstraint(fields=["name", "edition"], name="pack_draft_once")]


class Simulation(models.Model):
    """A draft and the pack in force, both tried on the people's last exams as of a day. Counts alone are kept, those of
    the slices done so far until it is finished; nobody's assessment is touched. It speaks for texts with this fingerprint."""

    draft = models.ForeignKey(PackDraft, on_delete=models.CASCADE, related_name="simulations")
    fingerprint = models.CharField(max_length=64)
    pack = models.CharField(max_length=80)
    edition = models.CharField(max_length=80)
    as_of = models.DateField()
    counts = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pack_simulations")
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    CLASSIFICATION = {
        "draft": PLAIN,
        "fingerprint": PLAIN,
        "pack": PLAIN,
        "edition": PLAIN,
        "as_of": PLAIN,
        "counts": CLINICAL,
        "asked_by": IDENTIFIER,
        "asked_at": PLAIN,
        "finished_at": PLAIN,
    }

    class Meta:
        ordering = ["-id"]


class OwnEditionQuerySet(models.QuerySet):
    def approved(self) -> "OwnEditionQuerySet":
        """Approved by both, and not withdrawn."""
        given = Decision.objects.filter(edition=OuterRef("pk"))
        found = self.exclude(Exists(given.filter(part=Decision.Part.WITHDRAWAL)))
        for part in (Decision.Part.STEWARD, Decision.Part.PHYSICIAN):
            found = found.filter(Exists(given.filter(part=part)))
        return found

    def waiting(self) -> "OwnEditionQuerySet":
        """Proposed, and neither approved by both nor withdrawn."""
        return self.exclude(decisions__part=Decision.Part.WITHDRAWAL).exclude(pk__in=OwnEdition.objects.approved())


class OwnEdition(PackTexts):
    """An organisation's own edition of a pack, as it was proposed. The database lets nobody change or remove a row; what becomes of it
    are its decisions. `window_months` is what its head says, 0 in an addition; `simulated` are the counts of the simulation it was proposed with."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        APPROVED = "approved", _("Approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    effective_from = models.DateField()
    window_months = models.PositiveSmallIntegerField()
    why = models.TextField()
    simulated = models.JSONField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposed_editions")
    proposed_at = models.DateTimeField(auto_now_add=True)

    objects = OwnEditionQuerySet.as_manager()

    CLASSIFICATION = OF_TEXTS | {
        "effective_from": PLAIN,
        "window_months": PLAIN,
        "why": PLAIN,
        "simulated": CLINICAL,
        "proposed_by": IDENTIFIER,
        "proposed_at": PLAIN,
    }

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["name", "edition"], name="own_edition_once"),
            models.CheckConstraint(condition=~Q(why=""), name="own_edition_says_why"),
        ]

    @property
    def state(self) -> State:
        """Follows from the decisions; prefetch them for lists."""
        parts = {one.part for one in self.decisions.all()}
        if Decision.Part.WITHDRAWAL in parts:
            return self.State.WITHDRAWN
        return self.State.APPROVED if {Decision.Part.STEWARD, Decision.Part.PHYSICIAN} <= parts else self.State.PROPOSED


class Decision(models.Model):
    """What somebody decided about a proposed edition: as the second steward, as the physician, or that it is withdrawn. The database
    lets nobody change or remove a row."""

    class Part(models.TextChoices):
        STEWARD = "steward", _("Data steward")
        PHYSICIAN = "physician", _("Physician")
        WITHDRAWAL = "withdrawal", _("Withdrawn")

    edition = models.ForeignKey(OwnEdition, on_delete=models.PROTECT, related_name="decisions")
    part = models.CharField(max_length=10, choices=Part)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pack_decisions")
    decided_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {"edition": PLAIN, "part": PLAIN, "reason": PLAIN, "decided_by": IDENTIFIER, "decided_at": PLAIN}

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "part"], name="one_decision_a_part"),
            models.UniqueConstraint(fields=["edition", "decided_by"], name="nobody_approves_twice", condition=~Q(part="withdrawal")),
            models.CheckConstraint(condition=~Q(part="withdrawal", reason=""), name="withdrawal_says_why"),
        ]

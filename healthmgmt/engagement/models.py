"""Activities, who takes part in them and with which acts, and what of it may be shown to employers."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, QUASI_IDENTIFIER
from healthmgmt.engagement.reward_models import PointsEntry, Reward, RewardRequest
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person

# Models of a module of their own.
__all__ = ["Act", "Activity", "AttendanceList", "Participation", "PointsEntry", "PublishedCount", "Reward", "RewardRequest"]


class Activity(models.Model):
    """A template of data/activities/, in its edition, offered to everybody who works in a unit or below it, for some days.

    A draft invites nobody. `sensitivity` decides how large a group has to be before a number of it is shown to an employer, and
    whether anybody is named to one at all.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Being prepared")
        OPEN = "open", _("Running")
        ENDED = "ended", _("Over")
        CANCELLED = "cancelled", _("Called off")

    class Sensitivity(models.TextChoices):
        COVERAGE = "coverage", _("General activity")
        HEALTH = "health", _("Health content")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    edition = models.PositiveSmallIntegerField()
    sensitivity = models.CharField(max_length=8, choices=Sensitivity)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="activities")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=100)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "kind": PLAIN,
        "edition": PLAIN,
        "sensitivity": PLAIN,
        "unit": PLAIN,
        "starts_on": PLAIN,
        "ends_on": PLAIN,
        "state": PLAIN,
        "made_at": PLAIN,
        "made_by": IDENTIFIER,
        "closed_at": PLAIN,
        "closed_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_start"),
            models.CheckConstraint(condition=~Q(made_by=""), name="activity_made_by_somebody"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open"], closed_at=None, closed_by="")
                | Q(state__in=["ended", "cancelled"], closed_at__isnull=False) & ~Q(closed_by=""),
                name="activity_closed_at_with_by",
            ),
        ]


class Participation(models.Model):
    """A person who was invited to an activity, in the `unit` of that day, and how far they have gone: each of the days comes with those
    before it.

    Who said "not for me" has `declined_at`, which is told to nobody; "not now" is `later_until`. `way` is the act that they chose,
    the main one or an alternative to it: chosen without a reason, and of the same worth. Only `first_act_on` and `finished_at` can
    be taken back, when what they rest on is.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="participations")
    way = models.CharField(max_length=40, blank=True)
    invited_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    later_until = models.DateField(null=True)
    first_act_on = models.DateField(null=True)
    finished_at = models.DateTimeField(null=True)

    CLASSIFICATION = {
        "activity": PLAIN,
        "person": IDENTIFIER,
        "unit": QUASI_IDENTIFIER,
        "way": CLINICAL,
        "invited_at": PLAIN,
        "opened_at": CLINICAL,
        "enrolled_at": CLINICAL,
        "declined_at": CLINICAL,
        "later_until": CLINICAL,
        "first_act_on": CLINICAL,
        "finished_at": CLINICAL,
    }

    class Meta:
        ordering = ["activity", "person"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "person"], name="participation_once"),
            models.CheckConstraint(condition=Q(enrolled_at=None, way="") | Q(enrolled_at__isnull=False) & ~Q(way=""), name="enrolled_in_a_way"),
            models.CheckConstraint(condition=Q(enrolled_at=None) | Q(opened_at__isnull=False), name="enrolled_after_opened"),
            models.CheckConstraint(condition=Q(first_act_on=None) | Q(enrolled_at__isnull=False), name="act_after_enrolled"),
            models.CheckConstraint(condition=Q(finished_at=None) | Q(first_act_on__isnull=False), name="finished_after_an_act"),
            models.CheckConstraint(condition=Q(declined_at=None) | Q(enrolled_at=None), name="declined_or_enrolled"),
        ]
        indexes = [models.Index(fields=["person", "-invited_at"], name="participation_of_person")]


class ActQuerySet(models.QuerySet):
    def counting(self) -> "ActQuerySet":
        """Those that were not taken back."""
        return self.exclude(kind="taken_back").filter(taken_back=None)


class Act(models.Model):
    """Something done that counts in an activity, once by its key. Added, never changed: what was wrong is taken back by another row.

    `kind` is where it comes from: typed in, a lesson, a reading at home, an attendance list; `source` says which one. `amount` is what
    was typed, such as steps of a day. `slot` is what the act fills: a day, a week, a lesson.
    """

    class Kind(models.TextChoices):
        FORM = "form", _("Typed in")
        LESSON = "lesson", _("Lesson")
        READING = "reading", _("Home reading")
        ATTENDANCE = "attendance", _("Attendance list")
        TAKEN_BACK = "taken_back", _("Taken back")

    participation = models.ForeignKey(Participation, on_delete=models.RESTRICT, related_name="acts")
    done_on = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    slot = models.CharField(max_length=60)
    source = models.CharField(max_length=40, blank=True)
    amount = models.PositiveIntegerField(null=True)
    takes_back = models.OneToOneField("self", on_delete=models.RESTRICT, null=True, related_name="taken_back")
    key = models.CharField(max_length=80, unique=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.CharField(max_length=100)

    objects = ActQuerySet.as_manager()

    CLASSIFICATION = {
        "participation": IDENTIFIER,
        "done_on": CLINICAL,
        "kind": CLINICAL,
        "slot": CLINICAL,
        "source": CLINICAL,
        "amount": CLINICAL,
        "takes_back": CLINICAL,
        "key": CLINICAL,
        "recorded_at": CLINICAL,
        "recorded_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["participation", "done_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & ~Q(recorded_by=""), name="act_with_key_by_somebody"),
            models.CheckConstraint(
                condition=Q(kind="taken_back", takes_back__isnull=False) | ~Q(kind="taken_back") & Q(takes_back=None), name="act_takes_back_an_act"
            ),
        ]
        indexes = [models.Index(fields=["source"], name="act_of_source", condition=~Q(source=""))]


class AttendanceList(models.Model):
    """A list of who was there, as a file: how many of its rows counted, were known already, or could not be used and why.

    `problems` are [row of the sheet, reason], without names. The same file for the same day is the same list.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="attendance_lists")
    held_on = models.DateField()
    sha256 = models.CharField(max_length=64)
    counted = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    taken_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.CharField(max_length=100)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "activity": PLAIN,
        "held_on": PLAIN,
        "sha256": PLAIN,
        "counted": PLAIN,
        "known": PLAIN,
        "problems": PLAIN,
        "taken_at": PLAIN,
        "taken_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["activity", "-taken_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(taken_by=""), name="attendance_taken_by_somebody")]


class PublishedCount(models.Model):
    """The funnel of an activity as employer roles see it, of one local day: the whole, and the units side by side.

    `rows` are those of `funnels.published`; a stage without a number is hidden, or there is nobody.
    """

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, related_name="published")
    counted_on = models.DateField()
    smallest_group = models.PositiveSmallIntegerField()
    rows = models.JSONField(default=list)

    CLASSIFICATION = {"activity": PLAIN, "counted_on": PLAIN, "smallest_group": PLAIN, "rows": PLAIN}

    class Meta:
        ordering = ["activity"]

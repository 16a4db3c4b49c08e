"""Plans, their parts and steps, what was learnt in lessons, alerts, who cares for whom, and what came of each contact."""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthmgmt.care.alert_models import Alert, Escalation
from healthmgmt.care.message_models import Addressee, Message
from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment

# Models of a module of their own.
__all__ = [
    "Addressee", "Alert", "Assignment", "Contact", "Escalation", "ExceptionalAccess", "GoalState", "LessonResult", "Message", "Pause", "Plan",
    "PlanPart", "Sharing", "Step",
]  # fmt: skip

# Steps that count: all but those cancelled before they had fired.
COUNTING = ~Q(state="cancelled", fired_on=None)


class Plan(models.Model):
    """What is done for a person because of a colour, by a template of data/plans/. A person has one open plan.

    `assessment` is the newest that the plan was checked against; `colour` is the colour that the plan is for. A plan that is paused
    stands still: its own clock is `paused_days` behind the calendar.
    """

    class Outcome(models.TextChoices):
        STEPPED_UP = "stepped_up", _("Replaced by a stronger plan")
        STEPPED_DOWN = "stepped_down", _("Replaced by a lighter plan")
        DETERMINED = "determined", _("What was missing is there")
        WITHDRAWN = "withdrawn", _("Its results were withdrawn")
        RENEWED = "renewed", _("A new examination began it anew")
        GOAL_REACHED = "goal_reached", _("Carried through, goals reached")
        FINISHED = "finished", _("Carried through")
        DECLINED = "declined", _("Not wanted by the person")
        REFERRED = "referred", _("Cared for elsewhere")
        LEFT = "left", _("Left the organisation")
        DIED = "died", _("Died")

    # What somebody says of a plan; all others follow from what happens.
    BY_HAND = (Outcome.REFERRED, Outcome.DECLINED, Outcome.DIED)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Without constraints, as parts: the statement that opens plans has just read both rows, and a check would write a lock into each.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="plans", db_constraint=False)
    assessment = models.ForeignKey(Assessment, on_delete=models.RESTRICT, related_name="plans", db_constraint=False)
    template = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    colour = models.CharField(max_length=6, choices=Assessment.Colour)
    opened_on = models.DateField()
    ended_on = models.DateField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    paused_days = models.PositiveSmallIntegerField(default=0, db_default=0)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "person": IDENTIFIER,
        "assessment": IDENTIFIER,
        "template": CLINICAL,
        "version": PLAIN,
        "colour": CLINICAL,
        "opened_on": CLINICAL,
        "ended_on": CLINICAL,
        "outcome": CLINICAL,
        "paused_days": CLINICAL,
    }

    class Meta:
        ordering = ["person", "-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="one_open_plan", condition=Q(ended_on=None)),
            models.CheckConstraint(
                condition=Q(ended_on=None, outcome="") | Q(ended_on__isnull=False) & ~Q(outcome=""), name="plan_ended_with_outcome"
            ),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__gte=models.F("opened_on")), name="plan_ends_after_start"),
        ]


class PlanPart(models.Model):
    """A part of the template that a plan has because of a reason or an exposure of the person, such as the pathway for
    hypertension. Dropped when the reason is gone; when it comes back it begins anew, as another row. `paused_days`: how far the plan's
    clock was behind when it began."""

    # Without a constraint, as assessments: they come by the million, of plans that the same statement has just made or found, and whose
    # rows it would look up again and write into, one after the other.
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="parts", db_constraint=False)
    slug = models.CharField(max_length=40)
    begun_on = models.DateField()
    ended_on = models.DateField(null=True)
    paused_days = models.PositiveSmallIntegerField(default=0, db_default=0)

    CLASSIFICATION = {"plan": IDENTIFIER, "slug": CLINICAL, "begun_on": CLINICAL, "ended_on": CLINICAL, "paused_days": CLINICAL}

    class Meta:
        ordering = ["plan", "begun_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="plan_part_once", condition=Q(ended_on=None)),
            models.CheckConstraint(condition=Q(ended_on=None) | Q(ended_on__gte=models.F("begun_on")), name="plan_part_ends_after_start"),
        ]


class Step(models.Model):
    """One thing to do in a plan: `number` of its template, for the `occurrence`-th time, on the local day `due_on`, because of
    `part` where it is a step of one.

    It fires once, on the first local day on or after `due_on` on which somebody looked and the week's contacts leave room:
    that is `fired_on`. From then it lapses after `window_days`; with 0 it waits until somebody ends it. `postponed_until` is a later
    day on which it fires: the person put it off, or it is of those who work and its own day is free. `due_on` stays its key.
    `paused_days`: how far the plan's clock was behind when it was planned.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        FIRED = "fired", _("To be done")
        DONE = "done", _("Done")
        LAPSED = "lapsed", _("Not done in time")
        CANCELLED = "cancelled", _("Not needed any more")
        SKIPPED = "skipped", _("Left out this time")
        DECLINED = "declined", _("Not for me")

    OPEN = (State.PLANNED, State.FIRED)

    class Doer(models.TextChoices):
        PERSON = "person", _("Employee")
        CASE_MANAGER = "case_manager", _("Case manager")
        PHYSICIAN = "physician", _("Physician")

    # Without constraints, as parts; the steps of a part are found among those of its plan.
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="steps", db_constraint=False)
    part = models.ForeignKey(PlanPart, on_delete=models.CASCADE, null=True, related_name="steps", db_constraint=False, db_index=False)
    number = models.PositiveSmallIntegerField()
    occurrence = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=40)
    doer = models.CharField(max_length=12, choices=Doer)
    due_on = models.DateField()
    window_days = models.PositiveSmallIntegerField(default=0)
    lapses_on = models.DateField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    postponed_until = models.DateField(null=True)
    paused_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    fired_on = models.DateField(null=True)
    reminded_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "plan": IDENTIFIER,
        "part": IDENTIFIER,
        "number": CLINICAL,
        "occurrence": CLINICAL,
        "kind": CLINICAL,
        "doer": PLAIN,
        "due_on": CLINICAL,
        "window_days": PLAIN,
        "lapses_on": CLINICAL,
        "state": CLINICAL,
        "postponed_until": CLINICAL,
        "paused_days": CLINICAL,
        "fired_on": CLINICAL,
        "reminded_on": CLINICAL,
        "ended_at": CLINICAL,
        "ended_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["plan", "due_on", "number", "occurrence"]
        constraints = [
            # What was cancelled before its day had come leaves the day to its successor.
            models.UniqueConstraint(fields=["plan", "number", "due_on"], name="step_of_day_once", condition=COUNTING),
            models.UniqueConstraint(fields=["plan", "number", "occurrence"], name="step_occurrence_once", condition=COUNTING),
            # A step may be done, or not needed any more, before its day.
            models.CheckConstraint(
                condition=~Q(state__in=["fired", "lapsed"]) | Q(fired_on__isnull=False), name="step_fired_before_it_lapses"
            ),
            models.CheckConstraint(condition=Q(fired_on=None) | Q(fired_on__gte=models.F("due_on")), name="step_not_fired_early"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "fired"], ended_at=None, ended_by="")
                | Q(ended_at__isnull=False) & ~Q(ended_by="") & Q(state__in=["done", "lapsed", "cancelled", "skipped", "declined"]),
                name="step_ended_at_with_by",
            ),
            models.CheckConstraint(
                condition=Q(postponed_until=None) | Q(postponed_until__gt=models.F("due_on")), name="step_postponed_to_later"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], name="step_planned", condition=Q(state="planned")),
            models.Index(fields=["lapses_on"], name="step_fired_with_window", condition=Q(state="fired", lapses_on__isnull=False)),
            models.Index(fields=["fired_on"], name="step_asked_of_person", condition=Q(doer="person", fired_on__isnull=False)),
            models.Index(fields=["plan"], name="step_to_remind_of", condition=Q(state="fired", doer="person", reminded_on=None)),
        ]

    @property
    def asked_on(self) -> date:
        """The day from which it is to be done: its own, or the one that it was put off to."""
        return self.postponed_until or self.due_on


class Pause(models.Model):
    """A person's plan stands still, from `begun_on` until the day `until` (empty: until somebody resumes it); `is_own`: the
    person asked for it. `ended_on` is the first day on which it went on. One at a time; alerts never pause.
    """

    class Reason(models.TextChoices):
        ROTATION = "rotation", _("Away on rotation")
        LEAVE = "leave", _("On leave")
        MATERNITY = "maternity", _("Pregnancy or maternity leave")
        IN_HOSPITAL = "in_hospital", _("In hospital")
        NOT_NOW = "not_now", _("Not now")
        OTHER = "other", _("Other, see the note")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=200, blank=True)
    is_own = models.BooleanField(default=False)
    begun_on = models.DateField()
    begun_by = models.CharField(max_length=100)
    until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "reason": CLINICAL,
        "note": CLINICAL,
        "is_own": CLINICAL,
        "begun_on": CLINICAL,
        "begun_by": IDENTIFIER,
        "until": CLINICAL,
        "ended_on": CLINICAL,
        "ended_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["person", "-begun_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], name="one_open_pause", condition=Q(ended_on=None)),
            models.CheckConstraint(condition=~Q(begun_by=""), name="pause_begun_by_somebody"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=models.F("begun_on")), name="pause_until_a_later_day"),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_by="") | Q(ended_on__gte=models.F("begun_on")) & ~Q(ended_by=""), name="pause_ended_on_with_by"
            ),
            models.CheckConstraint(condition=~Q(reason="other") | ~Q(note=""), name="pause_for_another_reason_says_which"),
        ]
        indexes = [models.Index(fields=["until"], name="pause_to_resume", condition=Q(ended_on=None))]


class GoalState(models.Model):
    """Where a person stood with a goal of a plan (see data/plans/) on a day: by the values `now` of `measured_on`, at home or in an exam,
    against those `before` the plan. Added whenever it is another than before; what was not measured is never reached.
    """

    class State(models.TextChoices):
        REACHED = "reached", _("Reached")
        NOT_REACHED = "not_reached", _("Not reached")
        NOT_MEASURED = "not_measured", _("Not measured")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="goals")
    goal = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=State)
    stated_on = models.DateField()
    measured_on = models.DateField(null=True)
    is_home = models.BooleanField(default=False)
    now = models.JSONField(default=dict)
    before_on = models.DateField(null=True)
    before = models.JSONField(default=dict)

    CLASSIFICATION = {
        "plan": IDENTIFIER,
        "goal": CLINICAL,
        "state": CLINICAL,
        "stated_on": CLINICAL,
        "measured_on": CLINICAL,
        "is_home": CLINICAL,
        "now": CLINICAL,
        "before_on": CLINICAL,
        "before": CLINICAL,
    }

    class Meta:
        ordering = ["plan", "goal", "-id"]
        constraints = [models.CheckConstraint(condition=Q(state="not_measured") | Q(measured_on__isnull=False), name="goal_stated_by_a_value")]
        indexes = [models.Index(fields=["plan", "goal", "-id"], name="goal_of_plan")]


class LessonResult(models.Model):
    """What somebody answered to the questions of a lesson, by the lesson's `edition`; each try is a row. Added, never changed.

    `answers` are places of options, one a question, `right` how many of them were right. Nothing depends on the number.
    """

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="results")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="lesson_results")
    lesson = models.CharField(max_length=40)
    edition = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField()
    answers = ArrayField(models.PositiveSmallIntegerField())
    right = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()

    CLASSIFICATION = {
        "step": IDENTIFIER,
        "person": IDENTIFIER,
        "lesson": CLINICAL,
        "edition": PLAIN,
        "attempt": CLINICAL,
        "answers": CLINICAL,
        "right": CLINICAL,
        "answered_at": CLINICAL,
    }

    class Meta:
        ordering = ["step", "attempt"]
        constraints = [models.UniqueConstraint(fields=["step", "attempt"], name="lesson_try_once")]
        indexes = [models.Index(fields=["person", "lesson"], name="lesson_of_person")]


class Assignment(models.Model):
    """A case manager who cares for one person, or for the people of a unit and below. Ended, never deleted."""

    manager = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="assignments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="assignments")
    reasons = ArrayField(models.CharField(max_length=60), default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    started_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    CLASSIFICATION = {
        "manager": IDENTIFIER,
        "person": IDENTIFIER,
        "unit": PLAIN,
        "reasons": CLINICAL,
        "started_at": PLAIN,
        "started_by": IDENTIFIER,
        "ended_at": PLAIN,
        "ended_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None), name="assignment_of_person_or_unit"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""), name="assignment_ended_at_with_by"
            ),
            models.UniqueConstraint(fields=["person"], name="one_manager_of_person", condition=Q(ended_at=None, person__isnull=False)),
            models.UniqueConstraint(
                fields=["manager", "unit"], name="manager_of_unit_once", condition=Q(ended_at=None, unit__isnull=False)
            ),
        ]


class ExceptionalAccess(models.Model):
    """A clinician whom neither role nor assignment leads to a person opened that record, with a written reason, for a few hours."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exceptional_accesses")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exceptional_accesses")
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    CLASSIFICATION = {"user": IDENTIFIER, "person": IDENTIFIER, "reason": CLINICAL, "opened_at": PLAIN, "ends_at": PLAIN}

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="exceptional_access_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("opened_at"), ends_at__lte=models.F("opened_at") + timedelta(hours=3)),
                name="exceptional_access_ends_within_hours",
            ),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="exceptional_access_of_user")]


class Contact(models.Model):
    """A call or a visit and what it ended with. `next_on` is the day of the next one. Added, never changed.

    `token` is of the form that it was written in: sent twice, it is stored once.
    """

    class Ending(models.TextChoices):
        """Their words and rules stand in data/endings.toml."""

        WILL_BE_SEEN_TODAY = "will_be_seen_today"
        WILL_COME = "will_come"
        REFERRED = "referred"
        IN_TREATMENT = "in_treatment"
        NOT_REACHED = "not_reached"
        WRONG_NUMBER = "wrong_number"
        NOT_NOW = "not_now"
        TO_PHYSICIAN = "to_physician"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contacts")
    plan = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, related_name="contacts")
    alert = models.ForeignKey(Alert, on_delete=models.SET_NULL, null=True, related_name="contacts")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    ending = models.CharField(max_length=20, choices=Ending)
    note = models.CharField(max_length=500, blank=True)
    next_on = models.DateField(null=True)

    CLASSIFICATION = {
        "token": PLAIN,
        "person": IDENTIFIER,
        "plan": IDENTIFIER,
        "alert": IDENTIFIER,
        "made_at": CLINICAL,
        "made_by": IDENTIFIER,
        "ending": CLINICAL,
        "note": CLINICAL,
        "next_on": CLINICAL,
    }

    class Meta:
        ordering = ["person", "-made_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(made_by=""), name="contact_made_by_somebody")]
        indexes = [models.Index(fields=["person", "-made_at"], name="contact_of_person")]


class Sharing(models.Model):
    """People of a unit that were given to case managers in one go: those who had nobody, or those of `source`, who hands over.

    `token` is of the form: sent twice, it is done once. `left_over`: for so many no case manager had a place.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sharings")
    source = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sharings")
    people = models.PositiveIntegerField()
    left_over = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=100)

    CLASSIFICATION = {
        "token": PLAIN,
        "unit": PLAIN,
        "source": IDENTIFIER,
        "people": PLAIN,
        "left_over": PLAIN,
        "made_at": PLAIN,
        "made_by": IDENTIFIER,
    }

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(made_by=""), name="sharing_made_by_somebody")]

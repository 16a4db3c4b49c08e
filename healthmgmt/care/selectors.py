"""Reads of case managers and physicians: the worklist, people, alerts, and what is needed for a call."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from healthmgmt.accounts.models import User
from healthmgmt.care import access, endings, lessons, templates
from healthmgmt.care.lessons import Lesson
from healthmgmt.care.models import Alert, Assignment, Contact, Escalation, ExceptionalAccess, LessonResult, Pause, Plan, PlanPart, Step
from healthmgmt.core import sql
from healthmgmt.core.dates import months_before
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Membership
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person, named
from healthmgmt.risk import editions
from healthmgmt.risk.expiring import Expired
from healthmgmt.risk.models import Assessment

# From light to grave, for "worse than". Without data there is no such comparison.
RANKS = ["green", "blue", "yellow", "orange", "red"]
FEW, MOST = 20, 500
HANDED_OVER_DAYS = 60


def worklist(user: User, *, today: date, more: str = "") -> list[dict[str, Any]]:
    """Who on a case manager's list has to be called, and why (care/worklist.sql); two queries beside that for the units.

    At most FEW rows a heading, MOST under the one named by `more`; `people` and `today_people` count all of the heading.
    """
    rules, own = endings.load(), organisation_settings()
    return sql.dicts(
        "care/worklist",
        {
            "user": user.pk,
            "units": list(access.care_units(user).values_list("pk", flat=True)),
            "today": today,
            "window_start": months_before(today, editions.present_window(today)),
            "timezone": own.timezone,
            "reached": rules.reached,
            "worsened_colours": list(rules.worsened_colours),
            "ranks": RANKS,
            "more": more,
            "few": FEW,
            "most": MOST,
        },
    )


def last_step() -> int:
    """The highest id of a step."""
    return Step.objects.aggregate(last=Max("pk"))["last"] or 1


def open_alert_count(user: User) -> int:
    """How many alerts are open: of a case manager's own list, for others of everybody whose record they may open."""
    return Alert.objects.filter(closed_at=None, person__in=access.on_list(user)).count()


def alerts(user: User, *, is_open: bool) -> QuerySet[Alert]:
    """The open alerts, the oldest first, with `raised_to`, the last tier beside the first that was told; or the closed ones."""
    found = access.alerts_visible_to(user).filter(closed_at__isnull=is_open).select_related("person__unit", "assessment")
    spoken = Contact.objects.filter(person=OuterRef("person"), made_at__gte=OuterRef("opened_at"), ending__in=endings.load().reached)
    raised = Escalation.objects.filter(alert=OuterRef("pk")).exclude(tier=Escalation.Tier.CASE_MANAGER).order_by("-told_at", "-id")
    open_ones = found.annotate(is_contacted=Exists(spoken), raised_to=Subquery(raised.values("tier")[:1])).order_by("opened_at", "id")
    return open_ones if is_open else found.order_by("-closed_at", "-id")


class OpenCounts(NamedTuple):
    """Alerts that are open, wait for a physician, and are of people whom nobody has spoken to since."""

    open: int
    unconfirmed: int
    unspoken: int


def open_counts(user: User) -> OpenCounts:
    """Of everybody whose record the user may open."""
    found = alerts(user, is_open=True).order_by()
    counts = found.aggregate(
        open=Count("pk"), unconfirmed=Count("pk", filter=Q(confirmed_at=None)), unspoken=Count("pk", filter=Q(is_contacted=False))
    )
    return OpenCounts(**counts)


def handed_over(user: User) -> QuerySet[Contact]:
    """The last contacts of people whom a case manager handed to a physician and nobody has called since."""
    later = Contact.objects.filter(person=OuterRef("person"), made_at__gt=OuterRef("made_at"))
    since = timezone.now() - timedelta(days=HANDED_OVER_DAYS)
    found = Contact.objects.filter(~Exists(later), ending=Contact.Ending.TO_PHYSICIAN, made_at__gte=since, person__in=access.visible_to(user))
    return found.select_related("person__unit").order_by("made_at", "id")


def people(user: User, *, search: str = "", colour: str = "", is_due: bool = False, today: date) -> QuerySet[Person]:
    """A case manager's list, for others everybody whose record they may open: with `colour` (grey once it
    has expired), `is_expired`, `last_ending`, `last_at`, `next_on`.

    `is_due` leaves those for whom a step of the plan waits for this user's profession.
    """
    found = access.on_list(user).employed().select_related("unit").order_by("emp_no")
    if search:
        found = found.filter(named(search) | Q(emp_no__icontains=search))
    present = Assessment.objects.filter(person=OuterRef("pk"), is_current=True).standing(months_before(today, editions.present_window(today)))
    if colour:
        found = found.filter(Exists(present.filter(standing=colour)))
    if is_due:
        doers = [Step.Doer.PHYSICIAN] if user.can(Permission.ALERT_DECIDE) else [Step.Doer.CASE_MANAGER]
        waiting = Step.objects.filter(plan__person=OuterRef("pk"), plan__ended_on=None, state__in=Step.OPEN, doer__in=doers)
        waiting = waiting.annotate(asked=Coalesce("postponed_until", "due_on")).filter(asked__lte=today)
        found = found.filter(Exists(waiting), ~Exists(Pause.objects.filter(person=OuterRef("pk"), ended_on=None)))
    last = Contact.objects.filter(person=OuterRef("pk")).order_by("-made_at", "-id")
    return found.annotate(
        colour=Subquery(present.values("standing")[:1]),
        is_expired=Subquery(present.values("is_expired")[:1]),
        last_ending=Subquery(last.values("ending")[:1]),
        last_at=Subquery(last.values("made_at")[:1]),
        next_on=Subquery(last.values("next_on")[:1]),
    )


def assessments(people: QuerySet[Person], *, colour: str = "", today: date) -> QuerySet[Assessment]:
    """The present assessments of people, each with its age and the person's unit; of one `colour` by what it counts as today."""
    found = Assessment.objects.filter(person__in=people, is_current=True).with_age()
    if colour:
        found = found.standing(months_before(today, editions.present_window(today))).filter(standing=colour)
    return found.select_related("person__unit").defer("person__id_no").order_by("person__emp_no")


def plans(people: QuerySet[Person], *, colour: str = "") -> QuerySet[Plan]:
    """The open plans of people, each with its open steps (the first one due first) and parts and the pause that runs."""
    found = Plan.objects.filter(person__in=people, ended_on=None)
    if colour:
        found = found.filter(colour=colour)
    steps = Step.objects.filter(state__in=Step.OPEN).order_by("due_on", "number", "occurrence")
    parts, pauses = PlanPart.objects.filter(ended_on=None), Pause.objects.filter(ended_on=None)
    found = found.prefetch_related(Prefetch("steps", steps), Prefetch("parts", parts), Prefetch("person__pauses", pauses))
    return found.select_related("person__unit").defer("person__id_no").order_by("person__emp_no")


@dataclass(frozen=True)
class Call:
    """What is needed to call somebody: open alerts with the newest measurement first, the present assessment with the one of the round
    before, the last contacts."""

    person: Person
    mobile: str
    alerts: list[Alert]
    assessment: Assessment | None
    contacts: list[Contact]
    expired: Expired | None

    @property
    def colour(self) -> str:
        if any(not alert.is_rapid for alert in self.alerts):
            return Assessment.Colour.RED
        if self.expired:
            return Assessment.Colour.GREY
        return self.assessment.colour if self.assessment else Assessment.Colour.GREY


def call(person: Person, *, today: date) -> Call:
    """Three queries and the window of values; `person` comes with unit and user."""
    assessment = Assessment.objects.filter(person=person, is_current=True).select_related("before").with_age().first()
    return Call(
        person=person,
        mobile=(person.user.mobile or "") if person.user else "",
        alerts=list(Alert.objects.filter(person=person, closed_at=None).select_related("assessment").order_by("-measured_on", "id")),
        assessment=assessment,
        contacts=list(Contact.objects.filter(person=person).order_by("-made_at", "-id")[:5]),
        expired=editions.expired(assessment, today),
    )


def open_plan(person: Person) -> Plan | None:
    """The plan that a person follows."""
    return Plan.objects.filter(person=person, ended_on=None).first()


def reached_endings() -> list[str]:
    """The endings of contacts in which the person was spoken to."""
    return endings.load().reached


def deadline(alert: Alert) -> datetime:
    """When the person has to have been spoken to."""
    return alert.opened_at + timedelta(hours=endings.load().alert_contact_hours)


def names_of(labels: Iterable[str]) -> dict[str, str]:
    """The names of the users among labels such as `user:12`, by label."""
    ids = {int(label.partition(":")[2]) for label in labels if label.startswith("user:")}
    return {f"user:{user.pk}": user.shown_name for user in User.objects.filter(pk__in=ids)} if ids else {}


def carers_of(person: Person) -> list[str]:
    """Who cares for a person: the manager of their own, else those of the nearest unit, by assignment or by role."""
    open_ones = Assignment.objects.filter(ended_at=None, manager__is_active=True).select_related("manager", "unit")
    own = open_ones.filter(person=person).first()
    if own:
        return [own.manager.shown_name]
    above = [int(pk) for pk in person.unit.path.split(".") if pk]
    by_depth: dict[str, set[str]] = {}
    for one in open_ones.filter(unit__in=above):
        by_depth.setdefault(one.unit.path, set()).add(one.manager.shown_name)
    held = Membership.objects.filter(unit__in=above, role="case_manager", user__is_active=True).select_related("user", "unit")
    for one in held:
        by_depth.setdefault(one.unit.path, set()).add(one.user.shown_name)
    return sorted(by_depth[max(by_depth, key=len)]) if by_depth else []


def open_steps(person: Person) -> list[Step]:
    """The steps of the present plan that are planned or to be done, the first one due first."""
    found = Step.objects.filter(plan__person=person, plan__ended_on=None, state__in=Step.OPEN).select_related("plan")
    return list(found.order_by(F("due_on"), "number", "occurrence"))


def opened_by_exception(days: int) -> int:
    """How many records were opened by exception in so many days."""
    return ExceptionalAccess.objects.filter(opened_at__gte=timezone.now() - timedelta(days=days)).count()


def lesson_of(step: Step) -> Lesson | None:
    """The lesson that a step asks for; None for every other step. `step` comes with its plan."""
    template = templates.load().plan(step.plan.template, step.plan.version).step(step.number)
    return lessons.load()[template.lesson] if template and template.lesson else None


def last_result(step: Step) -> LessonResult | None:
    """What was answered last, if it was of the edition that is shown now."""
    found, lesson = LessonResult.objects.filter(step=step).order_by("-attempt").first(), lesson_of(step)
    return found if found and lesson and found.edition == lesson.edition else None

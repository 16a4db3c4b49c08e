"""Reads of the employee's own pages, each of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.audit.selectors import events_of_person
from healthmgmt.care import worsening
from healthmgmt.care.models import COUNTING, Alert, Assignment, Pause, Plan, PlanPart, Step
from healthmgmt.core.permissions import Permission
from healthmgmt.exams.models import Exam
from healthmgmt.organization.models import Membership
from healthmgmt.organization.selectors import period_of
from healthmgmt.people.models import Person
from healthmgmt.portal.employee import measured
from healthmgmt.portal.employee.measured import Item
from healthmgmt.risk import editions
from healthmgmt.risk import services as risk
from healthmgmt.risk.expiring import Expired
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.outlook import Outlook
from healthmgmt.risk.packs import Pack

# Far more than there are of one person.
MOST_EXAMS = 60
COUNTED_OPENINGS = 100
# What a page says of a pause.
PAUSE = ("reason", "begun_on", "until")
# Deeper than any unit.
OWN_MANAGER = 1000


def own_person(user: User) -> Person | None:
    """Who of the employees a user is, with the pause of the plan; None for somebody who is none."""
    pause = Pause.objects.filter(person=OuterRef("pk"), ended_on=None).values(found=JSONObject(**{name: name for name in PAUSE}))
    return Person.objects.visible_to(user, Permission.OWN_RECORD_VIEW).select_related("unit").annotate(resting=Subquery(pause[:1])).first()


def pause_of(person: Person) -> Pause | None:
    """The pause that runs, of somebody who comes from `own_person`; no query."""
    if person.resting is None:
        return None
    days = {name: date.fromisoformat(day) for name in ("begun_on", "until") if (day := person.resting[name])}
    return Pause(reason=person.resting["reason"], **days)


def exams_of(person: Person) -> list[Exam]:
    """The exams that count, the oldest first."""
    found = Exam.objects.filter(person=person, state=Exam.State.CURRENT).select_related("upload__centre")
    return list(found.order_by("-taken_on", "-id")[:MOST_EXAMS])[::-1]


def assessment_of(person: Person) -> Assessment | None:
    """The present assessment with the one of the round before; None while none counts.

    `is_settled`: the person had alerts, and a clinician has closed them all. Comes with its age.
    """
    alerts = Alert.objects.filter(person=OuterRef("person")).exclude(code__startswith=worsening.PREFIX)
    settled = ExpressionWrapper(Exists(alerts) & ~Exists(alerts.filter(closed_at=None)), output_field=BooleanField())
    present = Assessment.objects.filter(person=person, is_current=True).select_related("before").with_age()
    return present.annotate(is_settled=settled).first()


def open_steps(person: Person) -> list[Step]:
    """The steps of the present plan that have not ended, the first one due first; see `manager_name` and `parts_of`. `made` are
    the numbers of all steps that the plan has had."""
    found = Step.objects.filter(plan__person=person, plan__ended_on=None, state__in=Step.OPEN)
    made = Step.objects.filter(COUNTING, plan=OuterRef("plan")).order_by("number").values("number").distinct()
    found = found.annotate(open_parts=_open_parts("plan"), made=ArraySubquery(made), **_managers(person))
    return sorted(found.select_related("plan"), key=lambda step: (step.asked_on, step.number, step.occurrence))


def plans_of(person: Person) -> list[Plan]:
    """All plans with their steps, the present one first; see `manager_name` and `parts_of`."""
    found = Plan.objects.filter(person=person).annotate(open_parts=_open_parts("pk"), **_managers(person))
    found = found.prefetch_related(Prefetch("steps", Step.objects.filter(COUNTING)))
    return sorted(found, key=lambda plan: (plan.ended_on is not None, -plan.opened_on.toordinal(), -plan.pk))


def _open_parts(plan: str) -> ArraySubquery:
    """The parts of a plan that have not ended, in the query of the rows that it is asked for."""
    found = PlanPart.objects.filter(plan=OuterRef(plan), ended_on=None)
    return ArraySubquery(found.values(row=JSONObject(slug="slug", begun_on="begun_on")))


def parts_of(row: Step | Plan) -> dict[str, date]:
    """When each part of the plan began that has not ended."""
    return {one["slug"]: date.fromisoformat(one["begun_on"]) for one in row.open_parts}


def step_of(person: Person, *, plan: UUID, number: int, occurrence: int) -> Step | None:
    """A step of one of the person's own plans; None for anybody else's."""
    found = Step.objects.select_related("plan").filter(plan__person=person, plan__uuid=plan)
    return found.filter(COUNTING, number=number, occurrence=occurrence).first()


def _managers(person: Person) -> dict[str, ArraySubquery]:
    """Who looks after a person, in one query with the rows that it is asked for: by assignment, and by role."""
    above = [int(pk) for pk in person.unit.path.split(".") if pk]
    assigned = Assignment.objects.filter(Q(person=person) | Q(unit__in=above), ended_at=None, manager__is_active=True)
    held = Membership.objects.filter(unit__in=above, role="case_manager", user__is_active=True)
    return {
        "assigned": ArraySubquery(assigned.values(row=JSONObject(level="unit__level", **_name("manager")))),
        "held": ArraySubquery(held.values(row=JSONObject(level="unit__level", **_name("user")))),
    }


def _name(user: str) -> dict[str, Any]:
    return {"name": Coalesce(NullIf(f"{user}__name", Value("")), f"{user}__employee_no", f"{user}__email")}


def manager_name(row: Step | Plan) -> str:
    """Who looks after the person of a step or plan: their own case manager, else that of the nearest unit.

    Blank where it is nobody, or several of one unit.
    """
    found = row.assigned or row.held
    nearest = max((_nearness(one) for one in found), default=0)
    names = {one["name"] for one in found if _nearness(one) == nearest}
    return names.pop() if len(names) == 1 else ""


def _nearness(one: dict[str, Any]) -> int:
    """An assignment of the person has no unit, and is the nearest."""
    return OWN_MANAGER if one["level"] is None else one["level"]


def exam_due_by(today: date) -> date | None:
    """When the examinations of the present round are due."""
    period = period_of(today)
    return period.deadline_on if period else None


@dataclass(frozen=True)
class Record:
    """What a person's exams and assessment say; `pack` is the edition of the present assessment, else the one in force, and `items` are
    read by it. Once the colour has `expired` there is no assessment that counts."""

    exams: list[Exam]
    assessment: Assessment | None
    expired: Expired | None
    items: dict[str, Item]
    pack: Pack

    def outlook(self, person: Person) -> Outlook:
        """What would better the colour; see `risk.services.outlook_of`."""
        return risk.outlook_of(self.assessment, self.exams, person) if self.assessment else Outlook()


def record_of(person: Person, *, today: date) -> Record:
    """Two queries, and what the pack in force is asked for (`editions.present_window`)."""
    exams, one = exams_of(person), assessment_of(person)
    pack = editions.load(one.pack, one.edition) if one else risk.pack_in_force(today)
    items = measured.items(exams, sex=person.sex, birth=person.birth, pack=pack)
    gone = editions.expired(one, today)
    return Record(exams, None if gone else one, gone, items, pack)


class Opened(NamedTuple):
    """How often others were at the record since a day (at most COUNTED_OPENINGS are counted), and who was the last."""

    times: int
    last_by: str


def opened(person: Person, *, since: datetime) -> Opened:
    """One query; the platform itself and the person do not count."""
    name = User.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]
    last = events_by_others(person).filter(actor_id__isnull=False).annotate(actor_name=Subquery(name))
    rows = list(last.values_list("at", "actor_name")[:COUNTED_OPENINGS])
    return Opened(sum(at >= since for at, _name in rows), rows[0][1] or "" if rows else "")


def events_by_others(person: Person) -> QuerySet[Event]:
    """What others and the platform did with a person's data, the last first."""
    found = events_of_person(person.pk)
    return found.exclude(actor_id=person.user_id) if person.user_id else found


def own_events(person: Person) -> QuerySet[Event]:
    """What the person did with their own data, the last first."""
    return events_of_person(person.pk).filter(actor_id=person.user_id) if person.user_id else Event.objects.none()


class Acting(NamedTuple):
    """A user as others read of them: name and roles."""

    name: str
    roles: tuple[str, ...]


def actors_of(events: Sequence[Event]) -> dict[int, Acting]:
    """The users who acted, by id; two queries, however many events."""
    ids = {event.actor_id for event in events if event.actor_id}
    roles: dict[int, list[str]] = {}
    for user_id, role in Membership.objects.filter(user__in=ids).order_by("role").values_list("user_id", "role").distinct():
        roles.setdefault(user_id, []).append(role)
    return {user.pk: Acting(user.shown_name, tuple(roles.get(user.pk, ()))) for user in User.objects.filter(pk__in=ids)}

"""A plan stands still for a while, and goes on where it stood."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.care import outcomes, stepping, templates
from healthmgmt.care.models import Alert, Pause, Plan
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.people.models import Person

LONGEST_DAYS, LONGEST_OWN_DAYS = 366, 92
NOBODY: list[int] = []


def of_person(person: Person | int) -> Pause | None:
    """The pause that runs."""
    return Pause.objects.filter(person=person, ended_on=None).first()


def may_pause(person: Person) -> bool:
    """Whether there is a plan that can be paused: not one for a class A result, and not while an alert is open."""
    plan = Plan.objects.filter(person=person, ended_on=None).exclude(template__in=templates.load().urgent())
    return plan.exclude(Exists(Alert.objects.filter(person=person, closed_at=None))).exists()


def pause(
    person: Person, *, reason: str, until: date | None, today: date, by: Actor, note: str = "", is_own: bool = False
) -> Pause:
    """Let a person's plan stand still until a day, or until somebody resumes it; who does it for themselves names a day.

    Raises Rejected: no plan that can be paused, a pause that runs already, a day that has passed or is too far away.
    """
    longest = LONGEST_OWN_DAYS if is_own else LONGEST_DAYS
    if reason not in Pause.Reason.values:
        raise Rejected(_("Choose why the plan is paused."), field="reason")
    if reason == Pause.Reason.OTHER and not note.strip():
        raise Rejected(_("Please write a word on why."), field="note")
    if (until is None and is_own) or (until and not today < until <= today + timedelta(days=longest)):
        raise Rejected(_("Choose a day within the next %(days)d days.") % {"days": longest}, field="until")
    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if Pause.objects.filter(person=person, ended_on=None).exists():
            raise Rejected(_("This plan is paused already."))
        if not may_pause(person):
            raise Rejected(_("This plan cannot be paused at present: somebody has to speak to the person first."))
        made = Pause.objects.create(
            person=person, reason=reason, note=note.strip(), is_own=is_own, begun_on=today, begun_by=by.label, until=until
        )  # fmt: skip
        sql.execute("care/pause_plans", {"person": person.pk})
        audit.record("care.plan_paused", by=by, subject=made, person_id=person.pk)
    return made


def resume(person: Person, *, today: date, by: Actor) -> bool:
    """Let a person's plan go on; whether it was paused. Twice is once."""
    with transaction.atomic():
        people = _resume([person.pk], today=today, by=by, size=1)
        if people:
            audit.record("care.plan_resumed", by=by, subject=person, person_id=person.pk)
    return bool(people)


def resume_due(*, today: date, by: Actor, size: int) -> int:
    """Let up to `size` plans go on whose pause is over; returns how many pauses ended. Twice is once."""
    with transaction.atomic():
        people = _resume(NOBODY, today=today, by=by, size=size)
        audit.record_people("care.plan_resumed", sorted(people), by=by)
    return len(people)


def end_for_red(first: int, last: int, *, today: date, by: Actor) -> int:
    """A finding that is red ends the pause of a plan that was for less; of plans that a range of assessments opened today."""
    found = Plan.objects.filter(assessment__gte=first, assessment__lte=last, colour="red", opened_on=today, ended_on=None)
    people = list(found.filter(person__pauses__ended_on=None, person__pauses__isnull=False).values_list("person", flat=True))
    if people:
        audit.record_people("care.plan_resumed", sorted(_resume(people, today=today, by=by, size=len(people))), by=by)
    return len(people)


def _resume(people: list[int], *, today: date, by: Actor, size: int) -> list[int]:
    given = {"people": people, "today": today, "by": by.label, "size": size, "urgent": templates.load().urgent()}
    found = sql.rows("care/resume_plans", given)
    if plans := [plan for _person, plan in found if plan]:
        stepping.next_steps(today=today, plan_ids=plans)
        # What was done meanwhile may have been all that was left.
        outcomes.finish(plans, today=today, by=by)
    return [person for person, _plan in found]

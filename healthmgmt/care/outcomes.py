"""How plans end: carried through, left behind by who goes, or as somebody says; and whether their goals were reached."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.care import stepping, templates
from healthmgmt.care.models import Alert, Pause, Plan
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.devices.models import Reading
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person


def state_goals(*, today: date, first: int = 1, last: int = 0, plan_ids: Sequence[int] = (), say_missing: bool) -> int:
    """Write down where people stand with the goals of their open plans: of those newly assessed in a range of ids, and of the named
    plans. Returns how many goals stand differently than before."""
    span = {"first": first, "last": last, "plan_ids": list(plan_ids), "today": today, "timezone": organisation_settings().timezone}
    return sql.execute("care/state_goals", span | {"goals": templates.load().goals_json(), "say_missing": say_missing})


def state_by_reading(reading_id: int, *, today: date) -> int:
    """Write down what a reading at home says of the goals of the person's plan."""
    person = Reading.objects.values_list("person", flat=True).get(pk=reading_id)
    plans = list(Plan.objects.filter(person=person, ended_on=None).values_list("pk", flat=True))
    return state_goals(today=today, plan_ids=plans, say_missing=False)


def finish(plan_ids: Sequence[int], *, today: date, by: Actor) -> int:
    """End those of the plans in which nothing follows any more, and open what comes then; returns how many. Twice is once."""
    shipped = templates.load()
    choosing = {"plans": shipped.plans_json(today), "plan_ids": list(plan_ids), "urgent": shipped.urgent()}
    found = [plan for (plan,) in sql.rows("care/finished_plans", choosing)]
    if not found:
        return 0
    with transaction.atomic():
        state_goals(today=today, plan_ids=found, say_missing=True)
        named = {"plan_ids": found, "today": today, "by": by.label}
        (ended,) = sql.row("care/finish_plans", named | {"outcome": ""})
        following = [plan for (plan,) in sql.rows("care/follow_plans", named | {"plans": shipped.plans_json(today)})]
        sql.row("care/merge_parts", named | {"first": 1, "last": 0, "plan_ids": following, "parts": shipped.parts_json()})
        stepping.next_steps(today=today, plan_ids=following)
        audit.record("care.plans_finished", by=by, detail={"ended": ended, "opened": len(following)})
    return ended


def end_left(*, today: date, by: Actor) -> int:
    """End the plans and pauses of everybody who has left; returns how many plans. Twice is once."""
    with transaction.atomic():
        people = [person for (person,) in sql.rows("care/end_left", {"today": today, "by": by.label})]
        audit.record_people("care.plan_ended", people, by=by)
    return len(people)


def returned(*, today: date) -> list[int]:
    """The present assessments of people who had left and are back without a plan."""
    return [pk for (pk,) in sql.rows("care/returned_people", {"today": today})]


def end_by_hand(plan: Plan, *, outcome: str, today: date, by: Actor) -> Plan:
    """End a plan because the person is cared for elsewhere, does not want it, or has died; with its goals as they stand.

    Raises Rejected for another outcome, for a plan that has ended, and while an alert is open, except for who died.
    """
    if outcome not in Plan.BY_HAND:
        raise Rejected(_("Choose how the plan ends."), field="outcome")
    with transaction.atomic():
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if plan.ended_on:
            raise Rejected(_("This plan has ended already."))
        if outcome != Plan.Outcome.DIED and Alert.objects.filter(person=plan.person_id, closed_at=None).exists():
            raise Rejected(_("An alert is open. Settle it first; then the plan can end."), field="outcome")
        state_goals(today=today, plan_ids=[plan.pk], say_missing=True)
        sql.row("care/finish_plans", {"plan_ids": [plan.pk], "today": today, "by": by.label, "outcome": outcome})
        Pause.objects.filter(person=plan.person_id, ended_on=None).update(ended_on=today, ended_by=by.label)
        audit.record("care.plan_ended", by=by, subject=plan, person_id=plan.person_id)
        plan.refresh_from_db()
    return plan


def finish_of_person(person: Person | int, *, today: date, by: Actor) -> None:
    """End a person's plan if an alert was all that it still waited for."""
    finish(list(Plan.objects.filter(person=person, ended_on=None).values_list("pk", flat=True)), today=today, by=by)

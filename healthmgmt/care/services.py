"""Plans follow colours, alerts follow class A results, steps fire on their day; all of it set-based."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import templates
from healthmgmt.care.models import Alert, Assignment, Step
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person
from healthmgmt.work import services as work

NOBODY: list[int] = []


def plan_assessed(first: int, last: int, *, today: date, by: Actor) -> int:
    """Bring plans in line with the current assessments of a range of ids; returns how many plans were opened.

    Plans are kept, ended or opened; every open plan of the range has its next two steps; high risk gets a case manager of
    its own. Twice is once.
    """
    shipped = templates.load()
    span = {"first": first, "last": last, "today": today, "by": by.label}
    with transaction.atomic():
        kept, ended = sql.row("care/end_plans", span | {"plans": shipped.plans_json()})
        opened = sql.execute("care/open_plans", span | {"plans": shipped.plans_json()})
        sql.execute("care/plan_steps", span | {"steps": shipped.steps_json(), "plan_ids": NOBODY})
        dedicated = sql.rows("care/dedicate_managers", span | {"beginnings": list(shipped.manager_reasons)})
        audit.record_people("care.manager_assigned", [person for (person,) in dedicated], by=by)
        _record_counts("care.planned", by, opened=opened, kept=kept, ended=ended)
    return opened


def open_alerts(first: int, last: int, *, by: Actor) -> int:
    """An alert for each class A result in a range of assessments; returns how many are new. Twice is once."""
    beginnings = list(templates.load().alert_reasons)
    with transaction.atomic():
        opened = sql.rows("care/open_alerts", {"first": first, "last": last, "beginnings": beginnings})
        audit.record_people("alert.opened", sorted({person for (person,) in opened}), by=by)
        if opened:
            work.announce("care.alerts_changed", change=f"opened:{first}-{last}")
    return len(opened)


def close_alert(alert: Alert, *, outcome: str, by: Actor) -> Alert:
    """Settle an alert. Raises Rejected without one of the outcomes, and when it is settled already."""
    if outcome not in Alert.Outcome.values:
        raise Rejected(_("An alert is closed with one of its outcomes only."), field="outcome")
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=alert.pk)
        if alert.closed_at:
            raise Rejected(_("This alert is closed already."))
        alert.closed_at, alert.closed_by, alert.outcome = timezone.now(), by.label, outcome
        alert.save(update_fields=["closed_at", "closed_by", "outcome"])
        audit.record("alert.closed", by=by, subject=alert, person_id=alert.person_id)
        work.announce("care.alerts_changed", change=f"closed:{alert.pk}")
    return alert


def assign_manager(manager: User, *, by: Actor, person: Person | None = None, unit: Unit | None = None) -> Assignment:
    """Give a person (taking over from whoever had them) or a unit's people to a case manager; to the same one twice is once.

    Raises Rejected when the user does not do care work there, ValueError unless exactly one of person and unit is named.
    """
    if (person is None) == (unit is None):
        raise ValueError("A case manager is assigned to a person or to a unit.")
    if not manager.can(Permission.CARE_WORK, unit or person.unit):
        raise Rejected(_("This user has no role in care there."), field="manager")
    with transaction.atomic():
        present = Assignment.objects.select_for_update().filter(person=person, unit=unit, ended_at=None)
        if same := present.filter(manager=manager).first():
            return same
        if person is not None:
            present.update(ended_at=timezone.now(), ended_by=by.label)
        assignment = Assignment.objects.create(manager=manager, person=person, unit=unit, started_by=by.label)
        audit.record(
            "care.manager_assigned", by=by, subject=assignment, person_id=person.pk if person else None, detail={"manager": manager.pk}
        )
    return assignment


def finish_step(step: Step, *, today: date, by: Actor) -> Step:
    """Note that a step was done, and give its plan the next ones. Raises Rejected when it has ended already."""
    with transaction.atomic():
        step = Step.objects.select_for_update().select_related("plan").get(pk=step.pk)
        if step.state not in (Step.State.PLANNED, Step.State.FIRED):
            raise Rejected(_("This step has ended already."))
        step.state, step.ended_at, step.ended_by = Step.State.DONE, timezone.now(), by.label
        step.save(update_fields=["state", "ended_at", "ended_by"])
        _next_steps([step.plan_id], today=today)
        audit.record("step.done", by=by, subject=step, person_id=step.plan.person_id)
    return step


def end_baseless_plans(*, today: date, by: Actor) -> int:
    """End the plans of people of whom no assessment counts any more; returns how many."""
    with transaction.atomic():
        (ended,) = sql.row("care/end_baseless", {"today": today, "by": by.label})
        _record_counts("care.plans_withdrawn", by, ended=ended)
    return ended


def lapse_steps(*, today: date, by: Actor, size: int) -> int:
    """Close up to `size` steps whose window is over, and give their plans the next ones; returns how many."""
    with transaction.atomic():
        plans = sql.rows("care/lapse_steps", {"today": today, "by": by.label, "size": size})
        if plans:
            _next_steps([plan for (plan,) in plans], today=today)
        _record_counts("care.steps_lapsed", by, steps=len(plans))
    return len(plans)


def fire_steps(*, today: date, by: Actor, size: int) -> int:
    """Fire up to `size` steps that are due on a local day or before; returns how many. Each step fires once, ever."""
    with transaction.atomic():
        fired = sql.execute("care/fire_steps", {"today": today, "size": size})
        _record_counts("care.steps_fired", by, steps=fired)
    return fired


def _record_counts(action: str, by: Actor, **counts: int) -> None:
    """One event for what a statement did to many; none when it did nothing, so that twice is once."""
    if any(counts.values()):
        audit.record(action, by=by, detail=counts)


def _next_steps(plan_ids: list[int], *, today: date) -> None:
    # A range without ids chooses nothing: only the named plans are filled up.
    none = {"first": 1, "last": 0}
    sql.execute("care/plan_steps", none | {"plan_ids": plan_ids, "today": today, "steps": templates.load().steps_json()})

"""Plans follow colours, alerts follow class A results, steps fire on their day, all of it set-based; and what people note."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import endings, escalating, templates
from healthmgmt.care.models import Alert, Assignment, Contact, Plan, Step
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.devices.models import Reading
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work

NOBODY: list[int] = []
# What a physician finds a class A result to be, and what a case manager hears of it.
CLEARED = (Alert.Outcome.REPEAT_NORMAL, Alert.Outcome.ARTEFACT)
HEARD = (Alert.Outcome.CONFIRMED, Alert.Outcome.REPEAT_NORMAL)
# Which kinds of steps a reading fulfils.
ASKS_FOR = {"pressure": ("home_reading",), "glucose": ("home_reading",), "weight": ("weigh_in", "home_reading")}
Settling = Callable[..., Alert]


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
        opened = sorted(sql.rows("care/open_alerts", {"first": first, "last": last, "beginnings": beginnings}))
        audit.record_people("alert.opened", sorted({person for _alert, person in opened}), by=by)
        if opened:
            escalating.begin(opened[0][0], opened[-1][0])
            work.announce("care.alerts_changed", change=f"opened:{first}-{last}")
    return len(opened)


def confirm_alert(alert: Alert, *, by: Actor) -> Alert:
    """A physician says that a class A result is real; it stays open until there is an outcome. Twice is once."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update().get(pk=alert.pk)
        if alert.closed_at:
            raise Rejected(_("This alert is closed already."))
        if not alert.confirmed_at:
            alert.confirmed_at, alert.confirmed_by = timezone.now(), by.label
            alert.save(update_fields=["confirmed_at", "confirmed_by"])
            audit.record("alert.confirmed", by=by, subject=alert, person_id=alert.person_id)
    return alert


def clear_alert(alert: Alert, *, outcome: str, by: Actor) -> Alert:
    """A physician closes an alert as no danger. Raises Rejected without a reason for it, and when it is closed already."""
    if outcome not in CLEARED:
        raise Rejected(_("Say whether the repeat was normal or the measurement wrong."), field="outcome")
    with transaction.atomic():
        alert = _close(alert, outcome, by)
        audit.record("alert.cleared", by=by, subject=alert, person_id=alert.person_id)
    return alert


def close_alert(alert: Alert, *, outcome: str, by: Actor) -> Alert:
    """Settle an alert. Raises Rejected without one of the outcomes, and when it is settled already."""
    if outcome not in Alert.Outcome.values:
        raise Rejected(_("An alert is closed with one of its outcomes only."), field="outcome")
    with transaction.atomic():
        alert = _close(alert, outcome, by)
        audit.record("alert.closed", by=by, subject=alert, person_id=alert.person_id)
    return alert


def close_after_contact(alert: Alert, *, outcome: str, by: Actor) -> Alert:
    """Settle an alert by what the person told. Raises Rejected before anybody spoke to them, and as `close_alert` does."""
    if outcome not in HEARD:
        raise Rejected(_("An alert is closed with one of its outcomes only."), field="outcome")
    spoken = Contact.objects.filter(person=alert.person_id, made_at__gte=alert.opened_at, ending__in=endings.load().reached)
    if not spoken.exists():
        raise Rejected(_("Speak to the person first and record the contact; then the alert can be closed."), field="outcome")
    return close_alert(alert, outcome=outcome, by=by)


def _close(alert: Alert, outcome: str, by: Actor) -> Alert:
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.closed_at:
        raise Rejected(_("This alert is closed already."))
    alert.closed_at, alert.closed_by, alert.outcome = timezone.now(), by.label, outcome
    alert.save(update_fields=["closed_at", "closed_by", "outcome"])
    work.announce("care.alerts_changed", change=f"closed:{alert.pk}")
    return alert


def log_contact(person: Person, *, ending: str, by: Actor, note: str = "", next_on: date | None = None, token: UUID | None = None) -> Contact:
    """Note what a contact ended with and when the next one is: by the rules of data/endings.toml where no day is given.

    A person who was reached has the contact step that is due done. The same token is the same contact. Raises Rejected for
    an ending that is none, and for a day that has passed or is too far away.
    """
    rules, today = endings.load(), local_today()
    if ending not in Contact.Ending.values:
        raise Rejected(_("Choose what the contact ended with."), field="ending")
    with transaction.atomic():
        # One after the other for a person: a form sent twice at once meets its own contact here.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if token and (same := Contact.objects.filter(token=token, person=person).first()):
            return same
        alert = Alert.objects.filter(person=person, closed_at=None).first()
        plan = Plan.objects.filter(person=person, ended_on=None).first()
        colour = Assessment.objects.filter(person=person, is_current=True).values_list("colour", flat=True).first() or Assessment.Colour.GREY
        if next_on is None:
            next_on = rules.ending(ending).next_on(today, colour=colour, has_alert=alert is not None)
        _check_day(next_on, today=today, longest=rules.alert_longest_days if alert else endings.LONGEST_DAYS)
        contact = Contact.objects.create(
            token=token or uuid4(), person=person, plan=plan, alert=alert, made_at=timezone.now(), made_by=by.label,
            ending=ending, note=note.strip(), next_on=next_on,
        )  # fmt: skip
        audit.record("contact.logged", by=by, subject=contact, person_id=person.pk)
        if plan and rules.ending(ending).reached and (step := _contact_step(plan, today)):
            finish_step(step, today=today, by=by)
    return contact


def _check_day(next_on: date, *, today: date, longest: int) -> None:
    if next_on < today:
        raise Rejected(_("The next contact cannot lie in the past."), field="next_on")
    if next_on > today + timedelta(days=longest):
        raise Rejected(_("The next contact is within %(days)d days.") % {"days": longest}, field="next_on")


def _contact_step(plan: Plan, today: date) -> Step | None:
    """The first step of a plan that a contact today fulfils."""
    rules = endings.load()
    present = plan.steps.filter(doer=Step.Doer.CASE_MANAGER, state__in=(Step.State.PLANNED, Step.State.FIRED)).order_by("due_on", "number")
    for step in present.filter(kind__in=rules.contact_kinds):
        if step.due_on <= today or step.kind in rules.early_kinds:
            return step
    return None


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


def finish_by_reading(reading_id: int, *, today: date) -> Step | None:
    """Note the person's first due step that asks for such a reading as done; None where there is none. Twice is once."""
    reading = Reading.objects.get(pk=reading_id)
    asked = Step.objects.filter(plan__person=reading.person_id, plan__ended_on=None, doer=Step.Doer.PERSON, kind__in=ASKS_FOR[reading.kind])
    is_noted = asked.filter(state=Step.State.DONE, ended_at__gte=reading.entered_at).exists()
    present = asked.filter(state__in=(Step.State.PLANNED, Step.State.FIRED), due_on__lte=today)
    step = present.order_by("due_on", "number", "occurrence").first()
    if step is None or is_noted or reading.withdrawn_at:
        return None
    return finish_step(step, today=today, by=Actor(label=reading.entered_by))


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

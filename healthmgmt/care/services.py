"""Plans follow colours, alerts follow class A results, steps fire on their day, all of it set-based; and what people note."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import endings, escalating, outcomes, pausing, selectors, stepping, templates
from healthmgmt.care.halving import ALL, Span
from healthmgmt.care.models import Alert, Assignment, Contact, LessonResult, Plan, Step
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.devices.models import Reading
from healthmgmt.organization import calendar
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Person
from healthmgmt.people.purposes import HOME_READINGS
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work

# For so long a step that is put off rests.
POSTPONED_DAYS = 7
# Whoever likes may try the questions of a lesson again, and not without end.
MOST_TRIES = 5
# What a physician finds a class A result to be, and what a case manager hears of it.
CLEARED = (Alert.Outcome.REPEAT_NORMAL, Alert.Outcome.ARTEFACT)
HEARD = (Alert.Outcome.CONFIRMED, Alert.Outcome.REPEAT_NORMAL)
# Which reading a step asks for, by its key; those of former plans, which have none, ask for any, or for a weight.
READINGS = {"pressure_reading": "pressure", "glucose_reading": "glucose", "weigh_in": "weight"}
MEASURING = ("home_reading", "weigh_in")
Settling = Callable[..., Alert]


def plan_assessed(first: int, last: int, *, today: date, by: Actor) -> int:
    """Bring plans in line with the current assessments of a range of ids; returns how many plans were opened.

    Plans are kept, ended or opened; each has the parts that its reasons ask for, and its next steps; high risk gets a case
    manager of its own. Twice is once.
    """
    shipped = templates.load()
    span = {"first": first, "last": last, "today": today, "by": by.label}
    plans, steps = {"plans": shipped.plans_json(today)}, {"steps": shipped.steps_json()}
    with transaction.atomic():
        outcomes.state_goals(today=today, first=first, last=last, say_missing=True)
        kept, ended = sql.row("care/end_plans", span | plans | {"home": HOME_READINGS})
        opened = sql.execute("care/open_plans", span | plans)
        added, dropped = sql.row("care/merge_parts", span | {"parts": shipped.parts_json(), "plan_ids": []})
        if added:
            sql.execute("care/tighten_steps", span | steps)
        pausing.end_for_red(first, last, today=today, by=by)
        stepping.next_steps(today=today, first=first, last=last)
        dedicated = sql.rows("care/dedicate_managers", span | {"beginnings": list(shipped.manager_reasons)})
        audit.record_people("care.manager_assigned", [person for (person,) in dedicated], by=by)
        _record_counts("care.planned", by, opened=opened, kept=kept, ended=ended, added=added, dropped=dropped)
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
    outcomes.finish_of_person(alert.person_id, today=local_today(), by=by)
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
    present = plan.steps.filter(doer=Step.Doer.CASE_MANAGER, state__in=Step.OPEN).order_by("due_on", "number")
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
    return _end_step(step, Step.State.DONE, "step.done", today=today, by=by)


def postpone_step(step: Step, *, today: date, by: Actor) -> Step:
    """Ask again in a week. Where the same is asked for again by then anyway, this once is left out. Raises Rejected when the step
    has ended already, or has not begun."""
    with transaction.atomic():
        step = _locked(step)
        if step.asked_on > today:
            raise Rejected(_("This step has not begun yet."))
        if pausing.of_person(step.plan.person_id) is not None:
            raise Rejected(_("Your plan is resting. Nothing is asked of you until it goes on."))
        again = today + timedelta(days=POSTPONED_DAYS)
        template = templates.load().plan(step.plan.template, step.plan.version).step(step.number)
        if template and 0 < template.every <= POSTPONED_DAYS:
            return _end_step(step, Step.State.SKIPPED, "step.skipped", today=today, by=by)
        step.state, step.postponed_until = Step.State.PLANNED, again
        step.fired_on = step.lapses_on = step.reminded_on = None
        step.save(update_fields=["state", "postponed_until", "fired_on", "lapses_on", "reminded_on"])
        audit.record("step.postponed", by=by, subject=step, person_id=step.plan.person_id)
    return step


def decline_step(step: Step, *, today: date, by: Actor) -> Step:
    """The person does not want this in the present plan; it is not asked for again there, and nothing follows from it. Raises
    Rejected when it has ended already."""
    with transaction.atomic():
        declined = _end_step(step, Step.State.DECLINED, "step.declined", today=today, by=by)
        # Others of its kind may have been planned already.
        alike = Step.objects.filter(plan=step.plan_id, number=step.number, state__in=Step.OPEN)
        alike.update(state=Step.State.DECLINED, ended_at=timezone.now(), ended_by=by.label)
        _next_steps([step.plan_id], today=today, by=by)
    return declined


def _end_step(step: Step, state: str, event: str, *, today: date, by: Actor) -> Step:
    with transaction.atomic():
        step = _locked(step)
        step.state, step.ended_at, step.ended_by = state, timezone.now(), by.label
        step.save(update_fields=["state", "ended_at", "ended_by"])
        _next_steps([step.plan_id], today=today, by=by)
        audit.record(event, by=by, subject=step, person_id=step.plan.person_id)
    return step


def finish_by_reading(reading_id: int, *, today: date) -> Step | None:
    """Note the person's first due step that asks for such a reading as done; None where there is none. Twice is once."""
    reading = Reading.objects.get(pk=reading_id)
    own = Step.objects.filter(plan__person=reading.person_id, plan__ended_on=None, doer=Step.Doer.PERSON, kind__in=MEASURING)
    present = Q(state__in=Step.OPEN, due_on__lte=today) | Q(state=Step.State.DONE, ended_at__gte=reading.entered_at)
    found = own.filter(present).select_related("plan").order_by("due_on", "number", "occurrence")
    asked = [step for step in found if _asks_for(step, reading.kind)]
    is_noted = any(step.state == Step.State.DONE for step in asked)
    if not asked or is_noted or reading.withdrawn_at:
        return None
    return finish_step(asked[0], today=today, by=Actor(label=reading.entered_by))


def _asks_for(step: Step, kind: str) -> bool:
    template = templates.load().plan(step.plan.template, step.plan.version).step(step.number)
    if template and template.key in READINGS:
        return READINGS[template.key] == kind
    return step.kind == "home_reading" or kind == "weight"


def _locked(step: Step) -> Step:
    step = Step.objects.select_for_update(of=("self",)).select_related("plan").get(pk=step.pk)
    if step.state not in Step.OPEN:
        raise Rejected(_("This step has ended already."))
    return step


def answer_lesson(step: Step, *, answers: Sequence[int], today: date, by: Actor) -> LessonResult:
    """Keep the answers (places of options, one a question); however many are right, the step is done with them.

    Raises Rejected for a step that is no lesson or has ended otherwise, for answers that are missing, and after so many tries.
    """
    with transaction.atomic():
        step = Step.objects.select_for_update(of=("self",)).select_related("plan").get(pk=step.pk)
        lesson = selectors.lesson_of(step)
        if lesson is None or step.state not in (*Step.OPEN, Step.State.DONE):
            raise Rejected(_("This step has ended already."))
        try:
            right = lesson.count_right(answers)
        except ValueError:
            raise Rejected(_("Please answer every question.")) from None
        attempt = (step.results.aggregate(last=Max("attempt"))["last"] or 0) + 1
        if attempt > MOST_TRIES:
            raise Rejected(_("You have answered these questions often enough. Thank you."))
        result = LessonResult.objects.create(
            step=step, person_id=step.plan.person_id, lesson=lesson.slug, edition=lesson.edition, attempt=attempt, answers=list(answers),
            right=right, answered_at=timezone.now(),
        )  # fmt: skip
        audit.record("lesson.answered", by=by, subject=step, person_id=step.plan.person_id)
        work.announce("care.lesson_answered", result=result.pk)
        if step.state != Step.State.DONE:
            finish_step(step, today=today, by=by)
    return result


def end_baseless_plans(*, today: date, by: Actor) -> int:
    """End the plans of people of whom no assessment counts any more; returns how many."""
    with transaction.atomic():
        (ended,) = sql.row("care/end_baseless", {"today": today, "by": by.label})
        _record_counts("care.plans_withdrawn", by, ended=ended)
    return ended


def lapse_steps(*, today: date, by: Actor, size: int, span: Span = ALL) -> int:
    """Close up to `size` steps of a range of ids whose window is over, and give their plans the next ones; returns how many."""
    with transaction.atomic():
        chosen = {"today": today, "size": size, "first": span[0], "last": span[1]}
        plans = sql.rows("care/lapse_steps", chosen | {"by": by.label})
        if plans:
            _next_steps([plan for (plan,) in plans], today=today, by=by)
        _record_counts("care.steps_lapsed", by, steps=len(plans))
    return len(plans)


def fire_steps(*, today: date, by: Actor, size: int, span: Span = ALL) -> int:
    """Fire up to `size` steps of a range of ids that are due on a local day or before; returns how many. Each step fires once, ever,
    unless its person puts it off. Of a person's own steps no more fire in a week than the courtesy of the templates allows."""
    with transaction.atomic():
        shipped, is_free = templates.load(), calendar.working_days().is_free(today)
        most = {"most": shipped.courtesy.most_contacts_a_week, "reached": endings.load().reached, "urgent": shipped.urgent()}
        chosen = {"today": today, "size": size, "first": span[0], "last": span[1], "is_free": is_free}
        chosen["timezone"] = organisation_settings().timezone
        fired = sql.execute("care/fire_steps", chosen | most)
        _record_counts("care.steps_fired", by, steps=fired)
    return fired


def _record_counts(action: str, by: Actor, **counts: int) -> None:
    """One event for what a statement did to many; none when it did nothing, so that twice is once."""
    if any(counts.values()):
        audit.record(action, by=by, detail=counts)


def _next_steps(plan_ids: list[int], *, today: date, by: Actor) -> None:
    """What follows in these plans; where nothing does, they end."""
    stepping.next_steps(today=today, plan_ids=plan_ids)
    outcomes.finish(plan_ids, today=today, by=by)

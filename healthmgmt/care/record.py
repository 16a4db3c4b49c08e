"""The story of one person on one page, put together for case managers and physicians."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.care import calling, measured, presenters, reasons, selectors
from healthmgmt.care.models import Alert, Contact, Plan, Step
from healthmgmt.core.permissions import Permission
from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.devices import presenters as at_home
from healthmgmt.devices import selectors as readings
from healthmgmt.exams import disputing
from healthmgmt.exams import presenters as deliveries
from healthmgmt.exams import selectors as uploads
from healthmgmt.people import presenters as roster
from healthmgmt.people import selectors as people
from healthmgmt.people.models import Person
from healthmgmt.risk import editions, explanation, packs
from healthmgmt.risk import services as risk
from healthmgmt.risk.expiring import Expired
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.selectors import colour_history

TIMELINE = 20
LAST_READINGS = 6


@dataclass(frozen=True)
class Year:
    """A period's colour and what was its first reason."""

    name: str
    colour: str
    why: str


@dataclass(frozen=True)
class ShownStep:
    """An open step; `may_finish` says whether this user may note it as done."""

    pk: int
    title: str
    text: str
    state: str
    may_finish: bool


@dataclass(frozen=True)
class Entry:
    """Something that happened."""

    at: date | datetime
    title: str
    text: str


@dataclass(frozen=True)
class ShownAlert:
    """An alert in a line."""

    alert: Alert
    text: str
    state: str


@dataclass(frozen=True)
class Home:
    """What was measured at home: what it comes to, and the last readings."""

    means: list[at_home.Mean]
    last: list[Entry]


@dataclass(frozen=True)
class Record:
    """Everything of the page, in words."""

    person: Person
    meta: str
    colour: str
    sentence: str
    next: list[str]
    years: list[Year]
    edition: str
    why: reasons.Why
    pressure: dict[str, Any] | None
    exam_days: list[str]
    values: list[measured.Value]
    said: list[measured.Said]
    disputed: list[str]
    told: list[dict[str, Any]]
    plan: presenters.PlanWords | None
    steps: list[ShownStep]
    timeline: list[Entry]
    alerts: list[ShownAlert]
    answers: list[tuple[str, str]]
    carers: list[str]
    home: Home | None


def story(person: Person, *, user: User, today: date) -> Record:
    """Fourteen queries, however much there is; `person` comes with unit and user."""
    call, exams, history = selectors.call(person, today=today), measured.exams_of(person), colour_history(person.pk)
    one, counting = call.assessment, None if call.expired else call.assessment
    pack = editions.load(one.pack, one.edition) if one else None
    chart = measured.pressure_chart(exams, pack)
    plan, steps = selectors.open_plan(person), selectors.open_steps(person)
    return Record(
        person=person,
        meta=_joined(person.name, presenters.sex_age(person.sex, person.birth, today), person.unit.name, person.emp_no),
        colour=call.colour,
        sentence=_sentence(call, today),
        next=_next(steps, counting, call.expired, pack, today),
        years=_years(history, one),
        edition=pack.titles[page_language()] if pack else "",
        why=reasons.why(counting, pack, exams, person),
        pressure=chart,
        exam_days=measured.day_labels([exam.taken_on for exam in exams[-2:]]),
        values=measured.values(
            exams, person, reasons=_colours(counting, pack), with_pressure=chart is None, pack=pack or risk.pack_in_force(today)
        ),
        said=measured.said(exams),
        disputed=[f"{measured.name_of(code)} ({day(taken_on, 'year')})" for code, taken_on in disputing.open_values(person)],
        told=deliveries.told_lines(uploads.tellings(person, sorted({exam.taken_on for exam in exams})[-2:])),
        plan=presenters.plan_words(plan) if plan else None,
        steps=[_step(step, place, user, person, today) for place, step in enumerate(steps)],
        timeline=_timeline(person),
        alerts=alerts_of(person),
        home=_home(person),
        answers=[*_exposures(person), *measured.answers(exams), (_("Calls"), presenters.consent_to_calls(person))],
        carers=selectors.carers_of(person),
    )


def _exposures(person: Person) -> list[tuple[str, str]]:
    """The hazards at work, where there are any; one query."""
    found = [roster.exposure_words(one) for one in people.exposures_of(person)]
    return [(_("Works under"), "; ".join(found))] if found else []


def _home(person: Person) -> Home | None:
    """What the person measured at home in the last weeks; one query."""
    found = readings.recent(person)
    if not found:
        return None
    last = [Entry(one.taken_at, at_home.told(one), at_home.title(one.kind)) for one in found[:LAST_READINGS]]
    return Home(at_home.means(readings.summaries(found)), last)


def _sentence(call: selectors.Call, today: date) -> str:
    result, change, contact = _result(call), _change(call), _contact(call, today)
    words = {"result": result, "change": change, "contact": contact}
    if change and contact:
        return _("%(result)s, %(change)s; %(contact)s.") % words
    if contact:
        return _("%(result)s; %(contact)s.") % words
    return (_("%(result)s, %(change)s.") if change else _("%(result)s.")) % words


def _result(call: selectors.Call) -> str:
    if call.alerts and (told := calling.told_of(call.alerts[0])):
        return told.title
    if call.assessment is None:
        return _("There is no exam that counts")
    if call.expired:
        return presenters.expired_colour(call.expired.colour, call.expired.newest_on)
    told = presenters.told(editions.load(call.assessment.pack, call.assessment.edition), call.assessment.reasons)
    if told:
        return told.title
    return _("The colour cannot be determined yet") if call.colour == Assessment.Colour.GREY else _("Nothing found in what was measured")


def _change(call: selectors.Call) -> str:
    """Against the round before, by the same edition; nothing where one of the two has no colour to compare."""
    pair = [one.colour for one in (call.assessment and call.assessment.before, call.assessment) if one]
    if call.expired or len(pair) < 2 or not set(pair) <= set(selectors.RANKS):
        return ""
    before, now = map(selectors.RANKS.index, pair)
    if now > before:
        return _("worse than last time")
    return _("better than last time") if now < before else _("as last time")


def _contact(call: selectors.Call, today: date) -> str:
    if not call.contacts:
        return _("no contact so far") if call.colour in (Assessment.Colour.RED, Assessment.Colour.ORANGE) else ""
    last = call.contacts[0]
    words = {"ending": presenters.ending_words(last.ending), "next": presenters.on_day(last.next_on, today) if last.next_on else ""}
    return (_("last contact: %(ending)s, next one %(next)s") if last.next_on else _("last contact: %(ending)s")) % words


def _next(
    steps: Sequence[Step], one: Assessment | None, gone: Expired | None, pack: packs.Pack | None, today: date
) -> list[str]:
    found = []
    if gone:
        found.append(_("No value has counted since %(day)s: an exam centre can supply new ones.") % {"day": day(gone.since, "year")})
    if steps:
        # What those who read this page have to do themselves comes before what the person does.
        first = next((step for step in steps if step.doer != Step.Doer.PERSON), steps[0])
        words = {"step": _step_words(first), "doer": first.get_doer_display(), "day": presenters.on_day(first.asked_on, today)}
        found.append(_("Next: %(step)s (%(doer)s, %(day)s).") % words)
    if one and pack:
        told = explanation.explain(pack, page_language(), colour=one.colour, reasons=(), missing={}, scores=one.scores)
        for score in told.scores:
            if score.name == "china_par":
                found.append(_("%(score)s: %(value)s %(unit)s.") % {"score": score.label, "value": score.value, "unit": score.unit})
    return found


def _years(history: Sequence[dict[str, Any]], present: Assessment | None) -> list[Year]:
    """A colour by another edition than the present one says so; of the round before, what the present edition makes of it."""
    rounds = [_year(row, present) for row in history]
    if present and present.before and len(history) > 1 and history[-1]["is_current"]:
        last, again = history[-2], colour_word(present.before.colour)
        if (last["pack"], last["edition"]) != (present.pack, present.edition):
            rounds[-2] = replace(rounds[-2], why=_joined(rounds[-2].why, _("by the present edition %(colour)s") % {"colour": again}))
    return rounds


def _year(row: dict[str, Any], present: Assessment | None) -> Year:
    pack = editions.load(row["pack"], row["edition"])
    told = presenters.told(pack, row["reasons"])
    is_other = present is not None and (row["pack"], row["edition"]) != (present.pack, present.edition)
    edition = _("edition %(edition)s") % {"edition": row["edition"]} if is_other else ""
    return Year(row["name"], row["colour"], _joined((told.measured or told.title) if told else "", edition))


def _colours(one: Assessment | None, pack: packs.Pack | None) -> dict[str, str]:
    """The highest colour that each indicator is a reason for."""
    if not one or not pack:
        return {}
    return {met.line.indicator: met.line.colour for met in reversed(explanation.ranked(pack, one.reasons))}


def _step_words(step: Step) -> str:
    return presenters.step_words(step.plan.template, step.plan.version, step.number)


def _step(step: Step, place: int, user: User, person: Person, today: date) -> ShownStep:
    is_late = step.asked_on < today
    when = presenters.late_days(step.asked_on, today) if is_late else presenters.on_day(step.asked_on, today)
    needed = {Step.Doer.CASE_MANAGER: Permission.CARE_WORK, Step.Doer.PHYSICIAN: Permission.ALERT_DECIDE}.get(step.doer)
    # What lies ahead is not offered yet, except the very next one.
    is_near = place == 0 or step.asked_on <= today
    may_finish = needed is not None and is_near and (needed == Permission.CARE_WORK or user.can(needed, person.unit))
    return ShownStep(step.pk, _step_words(step), _joined(step.get_doer_display(), when), "late" if is_late else "" if place else "now", may_finish)


def _timeline(person: Person) -> list[Entry]:
    """Contacts, and the plans that began, the last one first."""
    contacts = list(Contact.objects.filter(person=person)[:TIMELINE])
    names = selectors.names_of(contact.made_by for contact in contacts)
    entries = [
        Entry(one.made_at, presenters.ending_words(one.ending), _joined(presenters.doer(one.made_by, names), one.note)) for one in contacts
    ]
    for plan in Plan.objects.filter(person=person)[:TIMELINE]:
        entries.append(Entry(plan.opened_on, presenters.step_words(plan.template, plan.version), _("The plan began")))
    return sorted(entries, key=lambda entry: _day(entry.at), reverse=True)[:TIMELINE]


def _day(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def alerts_of(person: Person) -> list[ShownAlert]:
    """All alerts of a person, open ones first."""
    found = list(Alert.objects.filter(person=person).select_related("assessment").order_by("-measured_on", "-id"))
    found.sort(key=lambda alert: alert.closed_at is not None)
    names = selectors.names_of(label for alert in found for label in (alert.confirmed_by, alert.closed_by))
    return [ShownAlert(alert, told.text if (told := calling.told_of(alert)) else "", state_of(alert, names)) for alert in found]


def state_of(alert: Alert, names: dict[str, str]) -> str:
    """`Open, confirmed by ...`, or how it was closed."""
    if alert.closed_at:
        words = {"outcome": alert.get_outcome_display(), "name": presenters.doer(alert.closed_by, names), "day": day(alert.closed_at)}
        return _("Closed %(day)s by %(name)s: %(outcome)s") % words
    if alert.confirmed_at:
        return _("Confirmed by %(name)s") % {"name": presenters.doer(alert.confirmed_by, names)}
    if alert.acknowledged_at:
        return _("Taken on by %(name)s; waits for a physician to confirm") % {"name": presenters.doer(alert.acknowledged_by, names)}
    return _("Waits for a physician to confirm")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)

"""What each of the employee's pages shows, put together."""

from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.utils import timezone

from healthmgmt.care import course
from healthmgmt.care.models import Step
from healthmgmt.exams import presenters as deliveries
from healthmgmt.exams import selectors as uploads
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.people.presenters import exposure_words
from healthmgmt.people.selectors import consents_of, exposures_of
from healthmgmt.portal.employee import changes, colour, consenting, correcting, openings, selectors, sentence, steps
from healthmgmt.portal.employee import report as results
from healthmgmt.portal.employee.measured import ROUND_DAYS, present
from healthmgmt.portal.employee.pausing import RestForm

LAST_OPENINGS, OWN_VIEWS, OLD_STEPS, NEAR_STEPS = 4, 20, 5, 4


def today(person: Person, *, today: date) -> dict[str, Any]:
    """How am I, what is the one thing to do, by when."""
    record = selectors.record_of(person, today=today)
    one, items, gone = record.assessment, record.items, record.expired
    open_steps, paused = selectors.open_steps(person), selectors.pause_of(person)
    exam_by = None if one else selectors.exam_due_by(today)
    if gone and exam_by and exam_by < today:
        exam_by = None
    return {
        "person": person,
        "today": today,
        "sentence": sentence.today_sentence(
            one, items, [] if paused else open_steps, today=today, is_settled=one is not None and one.is_settled, exam_by=exam_by, expired=gone
        ),
        "exam_by": exam_by,
        "is_expired": gone is not None,
        # While nothing counts, new results are the one thing to do.
        "action": None if gone or paused else steps.action(open_steps, today),
        "paused": course.paused_words(paused) if paused else "",
        "card": colour.card(one, items, record.outlook(person)) if one else colour.expired_card(gone, record.pack) if gone else None,
        "steps": [] if paused else _near(open_steps, today),
        "manager": selectors.manager_name(open_steps[0]) if open_steps else "",
        "changes": None if gone else changes.since(present(items), one),
        "opened": selectors.opened(person, since=_month_start()),
    }


def _near(open_steps: list[Step], today: date) -> list[steps.ShownStep]:
    """What of the plan comes first."""
    if not open_steps:
        return []
    plan, parts = open_steps[0].plan, selectors.parts_of(open_steps[0])
    shown = [*steps.listed(plan, open_steps, today), *steps.ahead(plan, open_steps, parts, made=open_steps[0].made)]
    return [one for some in steps.parted(shown, today) for one in some][:NEAR_STEPS]


def report(person: Person, *, today: date) -> dict[str, Any]:
    """Values by group, texts, where the colour comes from, who looked."""
    record = selectors.record_of(person, today=today)
    one, items, gone = record.assessment, record.items, record.expired
    outlook = record.outlook(person)
    card = colour.card(one, items, outlook) if one else colour.expired_card(gone, record.pack) if gone else None
    newest = record.exams[-1] if record.exams else None
    round_ = [exam for exam in record.exams if newest and (newest.taken_on - exam.taken_on).days < ROUND_DAYS]
    events = list(selectors.events_by_others(person).filter(actor_id__isnull=False)[: 20 * LAST_OPENINGS])
    said, asked = results.texts(round_), correcting.open_codes(person, items)
    told = openings.entries(events, selectors.actors_of(events))
    return {
        "person": person,
        "sentence": sentence.report_sentence(one, items, expired=gone),
        "newest": newest,
        "count": sum(1 for item in present(items).values() if item.last.is_reported),
        "groups": results.groups(items, one, record.pack, outlook, asked, list(correcting.values(record))),
        "texts": [one for one in said if not one.is_told],
        "told": [one for one in said if one.is_told],
        "not_done": results.not_done(items),
        "card": card,
        "disputed": correcting.words(asked),
        "origin": results.origin(one, person.sex, outlook) if one else None,
        "files": [file for one in uploads.exams_with_reports(person) for file in one.files],
        "came_from": deliveries.told_lines(uploads.tellings(person, sorted({exam.taken_on for exam in round_}))),
        "entries": openings.latest(told, openings.deliveries(record.exams), most=LAST_OPENINGS),
    }


def plan(person: Person, *, today: date) -> dict[str, Any]:
    """The present plan with its steps, and the earlier ones."""
    plans = selectors.plans_of(person)
    present_plan = plans[0] if plans and plans[0].ended_on is None else None
    found = sorted(present_plan.steps.all(), key=lambda step: (step.asked_on, step.number)) if present_plan else []
    ended = [step for step in found if step.state not in Step.OPEN]
    older, shown = ended[:-OLD_STEPS], [step for step in found if step not in ended[:-OLD_STEPS]]
    open_steps = [step for step in found if step.state in Step.OPEN]
    parts = selectors.parts_of(present_plan) if present_plan else {}
    listed = [*steps.listed(present_plan, shown, today), *steps.ahead(present_plan, found, parts)] if present_plan else []
    near, ahead = steps.parted(listed, today)
    return {
        "person": person,
        "plan": present_plan,
        "name": steps.plan_name(present_plan) if present_plan else "",
        "lead": sentence.plan_sentence(open_steps, today),
        "steps": near,
        "ahead": ahead,
        "parts": steps.part_names(present_plan, parts) if present_plan else [],
        "older": steps.ended(older, today),
        "manager": selectors.manager_name(present_plan) if present_plan else "",
        "past": [steps.past_plan(one) for one in plans if one.ended_on],
        "course": course.of_person(person),
        "rest_form": RestForm(),
        "hazards": [exposure_words(one) for one in exposures_of(person)],
    }


def privacy(person: Person, events: Page) -> dict[str, Any]:
    """Who opened the record, who can see what, and what the person agreed to."""
    own = selectors.own_events(person)
    exams = selectors.exams_of(person)
    listed = list(events)
    return {
        "person": person,
        "page": events,
        "days": openings.by_day(openings.entries(listed, selectors.actors_of(listed))),
        "deliveries": openings.deliveries(exams),
        "own_days": openings.by_day(openings.entries(own[:OWN_VIEWS], {person.user_id: selectors.Acting(person.name, ())})),
        "sights": openings.sights(),
        "consents": consenting.cards(consents_of(person)),
        "smallest_group": organisation_settings().smallest_group,
        "sentence": openings.sentence(selectors.opened(person, since=_month_start())),
    }


def _month_start() -> datetime:
    return timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)

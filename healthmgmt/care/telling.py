"""Assessments and plans of people in care as the API tells them: the words of a record's page, for a whole list at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from healthmgmt.care import course, presenters, reasons
from healthmgmt.care.models import Plan, Step
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.people.selectors import states_of
from healthmgmt.risk import editions, explanation
from healthmgmt.risk.models import Assessment


def assessment(one: Assessment, today: date) -> dict[str, Any]:
    """What counts today: of a colour that has expired what it was, and neither its reasons nor its scores. `one` comes with age and person."""
    pack, language, gone = editions.load(one.pack, one.edition), page_language(), editions.expired(one, today)
    told = explanation.explain(pack, language, colour=one.colour, reasons=(), missing=one.missing, scores=one.scores)
    return {
        "person": one.person,
        "colour": Assessment.Colour.GREY if gone else one.colour,
        "reasons": [] if gone else reasons.told(one, pack),
        "scores": () if gone else told.scores,
        "missing": () if gone else told.missing,
        "is_incomplete": one.is_incomplete or gone is not None,
        "assessed_on": one.assessed_on,
        "pack": one.pack,
        "edition": one.edition,
        "title": pack.titles[language],
        "screening": told.screening,
        "expired": gone,
    }


def plans(found: Sequence[Plan], today: date) -> list[dict[str, Any]]:
    """One query, for what people answered about calls; plans come as selectors.plans gives them."""
    answers = states_of([plan.person_id for plan in found], presenters.CALLS)
    return [_plan(plan, answers[plan.person_id], today) for plan in found]


def _plan(plan: Plan, calls: str, today: date) -> dict[str, Any]:
    pause = next(iter(plan.person.pauses.all()), None)
    return {
        "id": plan.uuid,
        "person": plan.person,
        "name": presenters.step_words(plan.template, plan.version),
        "template": plan.template,
        "version": plan.version,
        "colour": plan.colour,
        "opened_on": plan.opened_on,
        "parts": presenters.part_names(plan, {part.slug for part in plan.parts.all()}),
        "paused": course.paused_words(pause) if pause else "",
        "calls": {"state": calls, "text": presenters.calls_in_words(calls)},
        "steps": [_step(plan, step, today) for step in plan.steps.all()],
    }


def _step(plan: Plan, step: Step, today: date) -> dict[str, Any]:
    return {
        "title": presenters.step_words(plan.template, plan.version, step.number),
        "kind": step.kind,
        "doer": step.doer,
        "state": step.state,
        "on": step.asked_on,
        "lapses_on": step.lapses_on,
        "is_late": step.asked_on < today,
    }

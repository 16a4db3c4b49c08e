"""The record, the assessment and the plan of the signed-in person as data: what their pages say, from the same functions, and no more."""

from datetime import date
from typing import Any

from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person
from healthmgmt.portal.employee import colour, correcting, pages, report, selectors, sentence
from healthmgmt.portal.employee.steps import ShownStep
from healthmgmt.records import catalogue
from healthmgmt.risk.outlook import Outlook


def record(person: Person, found: selectors.Record, outlook: Outlook) -> dict[str, Any]:
    """Every exam that counts, the newest first, each value beside the exam that says it."""
    rows = report.history(found.items, found.assessment, found.pack, outlook)
    disputed = correcting.open_codes(person, found.items)
    asked = {(code, found.items[code].last.on) for code in disputed}
    said = _said(found.exams)
    return {
        "sentence": sentence.report_sentence(found.assessment, found.items, expired=found.expired) if found.exams else "",
        "disputed": correcting.words(disputed),
        "not_measured": report.not_done(found.items),
        "exams": [
            {
                "taken_on": exam.taken_on,
                "centre": exam.upload.centre.name if exam.upload.centre else "",
                "values": [_value(found, key, row, key in asked) for key, row in rows.items() if said.get(key, said["", key[1]]) is exam],
                "texts": report.texts([exam]),
            }
            for exam in reversed(found.exams)
        ],
    }


def _said(exams: list[Exam]) -> dict[tuple[str, date], Exam]:
    """Which exam says a value of a day; under "" the last of a day, to which what was worked out belongs."""
    return {(code, exam.taken_on): exam for exam in exams for code in ("", *exam.results)}


def _value(found: selectors.Record, key: tuple[str, date], row: report.Row, is_disputed: bool) -> dict[str, Any]:
    """A value that is told in a conversation alone has neither number nor text, here as on the page."""
    known, reading = catalogue.load()[key[0]], next(one for one in found.items[key[0]].readings if one.on == key[1])
    number = row.number if known.is_numeric else reading.value
    return {
        "code": row.code,
        "loinc": known.loinc,
        "name": row.name,
        "group": report.GROUPS[known.category],
        "value": row.value,
        "number": number if row.value else None,
        "qualifier": row.qualifier,
        "ucum": row.ucum,
        "unit": row.unit,
        "low": row.low,
        "high": row.high,
        "is_out": row.is_out,
        "colour": row.colour if row.colour != "plain" else "",
        "text": row.say,
        "is_disputed": is_disputed,
    }


def assessment(person: Person, found: selectors.Record, outlook: Outlook, today: date) -> dict[str, Any] | None:
    """The colour that counts, with everything that the card and the report say of it; of one that has expired what it was. None without any."""
    one, gone = found.assessment, found.expired
    if one is None and gone is None:
        return None
    card = colour.card(one, found.items, outlook) if one else colour.expired_card(gone, found.pack)
    origin = report.origin(one, person.sex, outlook) if one else None
    is_settled = one is not None and one.is_settled
    return {
        "sentence": sentence.today_sentence(one, found.items, [], today=today, is_settled=is_settled, exam_by=None, expired=gone),
        "colour": card.colour,
        "source": card.source,
        "reasons": colour.shown_reasons(one, found.items, outlook) if one else card.reasons,
        "change": card.change,
        "missing": card.missing,
        "is_incomplete": card.is_incomplete,
        "screening": card.screening,
        "assessed_on": one.assessed_on if one else None,
        "pack": found.pack.name,
        "edition": found.pack.edition,
        "scores": origin.scores if origin else (),
        "outside": origin.outside if origin else (),
        "ideal": origin.ideal if origin else "",
        "expired": gone,
    }


def plan(person: Person, today: date) -> dict[str, Any]:
    """The plan with its steps as its page shows them, near ones first, and the plans before it."""
    page = pages.plan(person, today=today)
    present = page["plan"]
    return {
        "lead": "" if page["course"].pause or not present else page["lead"],
        "plan": present
        and {
            "name": page["name"],
            "colour": present.colour,
            "opened_on": present.opened_on,
            "parts": page["parts"],
            "manager": page["manager"],
            "paused": page["course"].paused,
            "goals": page["course"].goals,
            "steps": [_step(one) for one in page["steps"]],
            "ahead": [_step(one) for one in page["ahead"]],
            "ended": [_step(one) for one in page["older"]],
            "hazards": page["hazards"],
        },
        "earlier": page["past"],
    }


def _step(one: ShownStep) -> dict[str, Any]:
    return {"state": one.state or "later", "title": one.title, "text": one.text, "hint": one.hint, "on": one.on}

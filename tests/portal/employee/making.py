"""Assessments and exams made by hand, without a database: reasons are those that the shipped pack would store."""

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

from healthmgmt.care.models import Plan, Step
from healthmgmt.portal.employee import measured
from healthmgmt.risk import outlook, packs, rereading
from healthmgmt.risk.judging import COMPARE
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.stratification import evaluate

PACK = packs.load("cn", "2024")
DAY = date(2026, 6, 9)
LAST_YEAR = date(2025, 6, 12)
TODAY = date(2026, 6, 18)


def reasons(sex: str = "m", on: date = DAY, **values: float) -> list[dict[str, Any]]:
    """What the pack's plain lines store for values; `condition_hypertension=1` stands for a flag."""
    named = {name.replace("_", ":", 1) if name.startswith(("condition_", "finding_")) else name: value for name, value in values.items()}
    found = []
    for line in PACK.lines:
        value = named.get(line.indicator)
        if value is None or line.times_upper or line.sex not in ("", sex) or not COMPARE[line.op](value, line.limit):
            continue
        told = {"value": True, "limit": True, "unit": ""} if line.is_flag else {"value": value, "limit": line.limit, "unit": line.unit}
        found.append({"code": line.reason, "line": line.number, "indicator": line.indicator, "on": on.isoformat()} | told)
    return found


def assessment(*, missing: dict | None = None, incomplete: bool = False, exams: tuple[int, ...] = (), **values: float) -> Assessment:
    """An assessment of these values, in the colour of its highest reason."""
    found = reasons(**values)
    colours = [PACK.line(one["line"]).colour for one in found]
    colour = max(colours, key=packs.COLOURS.index, default="grey" if incomplete else "green")
    return Assessment(
        colour=colour, reasons=found, missing=missing or {}, scores={}, is_incomplete=incomplete, exams=list(exams), pack="cn", edition="2024"
    )


def exam(on: date = DAY, *, reported: dict | None = None, ranges: dict | None = None, qualifiers: dict | None = None, **results: float):
    """What `measured.items` reads of an exam."""
    return SimpleNamespace(pk=on.toordinal(), taken_on=on, results=results, reported=reported or {}, ranges=ranges or {}, qualifiers=qualifiers or {}, texts={})


def judged(*exams: SimpleNamespace, sex: str = "m", birth: date = date(1974, 3, 1)) -> tuple[Assessment, outlook.Outlook]:
    """What the pack says of exams of somebody north of the Yangtze, in a town; and what would better it."""
    named, place = [one.pk for one in exams], (True, True)
    outcome = evaluate(PACK, rereading.of_assessment(exams, named, sex=sex, birth=birth, place=place), {})
    texts = (outcome.reasons_json(), outcome.scores_json(), outcome.missing_json())
    reasons, scores, missing = (json.loads(text[0]) for text in texts)
    one = Assessment(
        colour=packs.COLOURS[outcome.colour[0]], reasons=reasons, scores=scores, missing=missing, exams=named, pack="cn", edition="2024",
        is_incomplete=bool(outcome.incomplete[0]),
    )  # fmt: skip
    found = outlook.look(
        PACK, exams, colour=one.colour, reasons=reasons, named=named, sex=sex, birth=birth, place=place, since=date(2024, 12, 18), uppers={}
    )  # fmt: skip
    return one, found


def items(*exams: SimpleNamespace, sex: str = "m", birth: date | None = date(1974, 3, 1)) -> dict[str, measured.Item]:
    return measured.items(exams, sex=sex, birth=birth, pack=PACK)


def step(kind: str, doer: str, due_on: date, *, window: int = 0, number: int = 1, state: str = "planned", template: str = "orange", version: int = 1, postponed_until: date | None = None) -> Step:
    """A step of a plan that begins on TODAY; nothing is stored."""
    plan = Plan(template=template, version=version, colour=template.partition("_")[0], opened_on=TODAY)
    return Step(plan=plan, number=number, kind=kind, doer=doer, due_on=due_on, window_days=window, state=state, postponed_until=postponed_until)

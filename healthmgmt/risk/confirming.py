"""Whether a reason rests on one reading or on those of two days that agree. Pure.

Confirmed: the reading before, of another day and of the same question (data/levers.toml), met a line of the same reason too.
A reading in between that did not meet it ends the agreement. Nothing is said of what is no matter of repeating.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from . import rereading
from .judging import Uppers
from .levers import Group, Levers
from .packs import Line, Pack
from .stratification import Outcome, evaluate


@dataclass(frozen=True)
class Confirmation:
    """`before` is the day of the reading before, None without one; `is_confirmed`: it met the reason as well."""

    is_confirmed: bool
    before: date | None


def confirmations(
    pack: Pack, reasons: Sequence[Mapping[str, Any]], exams: Sequence[Any], *,
    sex: str, birth: date | None, since: date, uppers: Uppers, levers: Levers,
) -> dict[int, Confirmation]:  # fmt: skip
    """By the line's number. `reasons` as stored; `exams` of one person; what was measured on `since` or before is too old."""
    usable = sorted((exam for exam in exams if exam.taken_on > since), key=lambda exam: exam.taken_on)
    asked = [(pack.line(reason["line"]), reason) for reason in reasons]
    asked = [(line, date.fromisoformat(reason["on"])) for line, reason in asked if reason.get("on") and levers.group(line.indicator)]
    if not usable or not asked:
        return {}
    outcome = evaluate(pack, rereading.of_each(usable, sex=sex, birth=birth), uppers)
    days = [exam.taken_on for exam in usable]
    return {line.number: _confirmation(line, on, days, outcome, levers.group(line.indicator)) for line, on in asked}


def _confirmation(line: Line, on: date, days: Sequence[date], outcome: Outcome, group: Group) -> Confirmation:
    measured = np.zeros(len(days), dtype=bool)
    for code in group.indicators:
        measured |= ~np.isnan(outcome.measures.value(code))
    latest = on - timedelta(days=group.days)
    earlier = {day for day, is_measured in zip(days, measured, strict=True) if is_measured and day <= latest}
    if not earlier:
        return Confirmation(False, None)
    before = max(earlier)
    same = [one for one in outcome.pack.lines if one.reason == line.reason and one.indicator in group.indicators]
    judged = [outcome.judged[one.number - 1] for one in same]
    met = [hit for one in judged if one is not None for day, hit in zip(days, one.hit, strict=True) if day == before]
    return Confirmation(any(met), before)

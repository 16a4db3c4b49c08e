"""What would better a colour, how the ten-year risk compares, and how sure a reason is: for pages, in both languages. Pure.

Worked out when somebody looks, from the exams that the assessment read, by its own edition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from healthmgmt.core.wording import day_text
from healthmgmt.records import catalogue

from . import confirming, ideal, improving, levers, rereading
from .confirming import Confirmation
from .improving import Change, Improvement, Move
from .judging import Uppers
from .packs import COLOURS, Line, Pack
from .rereading import Place
from .stratification import evaluate

# How packs call class A results: they stay until they are settled, and just below one is no aim.
CRITICAL = "critical_"
BELOW = {">=": "below", ">": "at_most", "<=": "above", "<": "at_least"}


@dataclass(frozen=True)
class Outlook:
    """`own_risk`, `ideal_risk` in per cent, None where there is no ten-year risk; `confirmations` by the line's number."""

    improvement: Improvement = field(default_factory=Improvement)
    own_risk: float | None = None
    ideal_risk: float | None = None
    confirmations: Mapping[int, Confirmation] = field(default_factory=dict)


def look(
    pack: Pack, exams: Sequence[Any], *, colour: str, reasons: Sequence[Mapping[str, Any]], named: Sequence[int],
    sex: str, birth: date | None, place: Place, since: date, uppers: Uppers,
) -> Outlook:  # fmt: skip
    """`named`: the exams that the assessment read, out of `exams`; `since`: values of this day and before were too old for it.

    Without change and risk where these exams do not give the same colour and reasons any more: then it is about to be judged anew, or
    rests on more than exams (a hazard at work).
    """
    known = levers.load()
    confirmed = confirming.confirmations(pack, reasons, exams, sex=sex, birth=birth, since=since, uppers=uppers, levers=known)
    measures = rereading.of_assessment(exams, named, sex=sex, birth=birth, place=place)
    if measures is None:
        return Outlook(confirmations=confirmed)
    outcome = evaluate(pack, measures, uppers)
    given = {line.number for line, rows in zip(pack.lines, outcome.fired, strict=True) if len(rows)}
    if COLOURS[int(outcome.colour[0])] != colour or not given.issuperset(reason["line"] for reason in reasons):
        return Outlook(confirmations=confirmed)
    own = float(outcome.scores["china_par"][0]) if "china_par" in outcome.scores else np.nan
    best = None if np.isnan(own) else float(ideal.china_par_pct(measures)[0])
    is_critical = any(reason["code"].startswith(CRITICAL) for reason in reasons)
    improvement = Improvement() if is_critical else improving.improve(pack, measures, uppers, known)
    return Outlook(improvement, None if best is None else own, best, confirmed)


def change_text(improvement: Improvement, pack: Pack, language: str) -> str:
    """`With blood pressure below 140/90 the colour becomes yellow.`; empty where no change suffices."""
    change = improvement.smallest
    if change is None:
        return ""
    known = levers.load()
    given = {"condition": _condition(change, pack, language), "colour": known.colours[change.colour][language]}
    return known.sentences["change"][language].format(**given)


def standing_text(improvement: Improvement, pack: Pack, language: str) -> str:
    """That no single change suffices, and what stands in the way; empty where one does or nothing is known."""
    names = [_name(line, pack, language) for line in improvement.standing]
    if not names:
        return ""
    sentence = levers.load().sentences["two" if len(names) > 1 else "one"][language]
    return sentence.format(first=names[0], second=names[-1])


def ideal_text(outlook: Outlook, language: str) -> str:
    """The own ten-year risk and that in the ideal state; empty without one."""
    if outlook.own_risk is None:
        return ""
    name = "ideal_met" if outlook.own_risk <= outlook.ideal_risk else "ideal"
    return levers.load().sentences[name][language].format(own=f"{outlook.own_risk:.1f}", ideal=f"{outlook.ideal_risk:.1f}")


def ideal_meaning(sex: str, language: str) -> str:
    """What the ideal state is, and whose definition."""
    return levers.load().sentences["ideal_means"][language].format(waist=f"{ideal.IDEAL_WAIST[sex]:g}")


def clinical_note(found: Confirmation | None, language: str) -> str:
    """`confirmed on two days (also 12 June 2025)`, without a full stop; empty where that is no question."""
    if found is None:
        return ""
    name = "confirmed" if found.is_confirmed else "contradicted" if found.before else "single"
    return _dated(name, found, language)


def own_note(found: Confirmation | None, language: str) -> str:
    """The same as a plain sentence for the person."""
    if found is None:
        return ""
    return _dated("own_confirmed" if found.is_confirmed else "own_single", found, language)


def _dated(name: str, found: Confirmation, language: str) -> str:
    return levers.load().sentences[name][language].format(date=day_text(found.before, language) if found.before else "")


def _name(line: Line, pack: Pack, language: str) -> str:
    if line.reason in pack.words.private:
        return pack.words.reasons[line.reason][language]
    lever = levers.load().of(line.indicator)
    return lever.words[language] if lever else pack.words.indicators[line.indicator][language]


def _condition(change: Change, pack: Pack, language: str) -> str:
    if change.lever.said:
        return change.lever.said[language]
    if len(change.moves) == 1:
        return _moved(change.moves[0], pack, language)
    limits = [move for move in change.moves if move.limit is not None]
    if len(limits) == len(change.moves) and len({move.op for move in limits}) == 1:
        numbers = "/".join(f"{move.limit:.10g}" for move in limits)
        return _said(BELOW[limits[0].op], change.lever.words[language], numbers, _unit(limits[0], pack, language), language)
    return (" and ", "，且")[language == "zh"].join(_moved(move, pack, language) for move in change.moves)


def _moved(move: Move, pack: Pack, language: str) -> str:
    name, unit = move.part.words[language], _unit(move, pack, language)
    if move.limit is not None:
        return _said(BELOW[move.op], name, f"{move.limit:.10g}", unit, language)
    is_less = move.value < move.was
    condition = _said("down" if is_less else "up", name, f"{move.value:g}", unit, language)
    if not move.part.tells_amount:
        return condition
    words = levers.load().conditions["less" if is_less else "more"][language]
    return words.format(condition=condition, value=f"{round(abs(move.value - move.was), 2):g}", unit=unit)


def _said(kind: str, name: str, value: str, unit: str, language: str) -> str:
    return levers.load().conditions[kind][language].format(name=name, value=value, unit=unit).strip()


def _unit(move: Move, pack: Pack, language: str) -> str:
    ucum, known = move.unit or catalogue.load()[move.part.code].unit, levers.load().units
    return known[ucum][language] if ucum in known else pack.words.unit(ucum)

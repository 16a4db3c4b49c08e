"""Stored reasons in sentences, in the wording of the pack's edition. Pure: called when somebody looks.

A reason is the mapping that stratification stored: code, line, indicator, value, unit, limit, maybe qualifier and on.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from healthmgmt.devices import kinds

from .judging import COMPARE
from .lines import ORDINAL, Line
from .packs import COLOURS, Pack
from .words import COMPUTED

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
OUT_OF_RANGE = "_out_of_range"
# A number without a unit leaves its blank behind; a Chinese bracket brings its own.
STRAY_BLANK = re.compile(r" +(?=[ ,.，。：])|(?<=）) +")


@dataclass(frozen=True)
class ReasonText:
    """`value` and `limit` as text with no unit, empty for a flag or a private reason. `computed` says how the value was worked
    out, empty where it was reported. `is_main` is false where the same indicator already gives a reason of the same or a higher
    colour."""

    code: str
    colour: str
    indicator: str
    text: str
    advice: str
    value: str
    unit: str
    limit: str
    on: date | None
    source: str
    is_main: bool
    computed: str = ""


class Ranked(NamedTuple):
    """A stored reason with the line of the pack that it met; see ReasonText for `is_main`."""

    reason: Mapping[str, object]
    line: Line
    is_main: bool


@dataclass(frozen=True)
class MissingText:
    """`who` is exam_centre, person or hr; `purposes` are "minimum" and the models that need it."""

    name: str
    label: str
    who: str
    text: str
    purposes: tuple[str, ...]

    @property
    def is_for_green(self) -> bool:
        return "minimum" in self.purposes


@dataclass(frozen=True)
class ScoreText:
    """A score that was computed."""

    name: str
    label: str
    value: str
    unit: str


@dataclass(frozen=True)
class Explanation:
    colour: str
    label: str
    plan: str
    screening: str
    reasons: tuple[ReasonText, ...]
    missing: tuple[MissingText, ...]
    outside: tuple[str, ...]
    scores: tuple[ScoreText, ...]


def explain(
    pack: Pack,
    language: str,
    *,
    colour: str,
    reasons: Sequence[Mapping[str, object]],
    missing: Mapping[str, Sequence[str]],
    scores: Mapping[str, float],
    clinical: bool = False,
) -> Explanation:
    """`language` zh or en; `clinical` shows the values of private reasons. Raises KeyError for an unknown language."""
    words = pack.words
    return Explanation(
        colour=colour,
        label=words.colours[colour][language],
        plan=words.plans[colour][language],
        screening=words.screening[language],
        reasons=reason_texts(pack, reasons, language, clinical=clinical),
        missing=missing_texts(pack, missing, language),
        outside=outside_texts(pack, missing, language),
        scores=tuple(_score(pack, name, value, language) for name, value in scores.items() if name in SCORE_UNITS),
    )


def reason_texts(
    pack: Pack, reasons: Sequence[Mapping[str, object]], language: str, *, clinical: bool = False
) -> tuple[ReasonText, ...]:
    """Every reason, in the order of `ranked`."""
    return tuple(reason_text(pack, one, language, clinical=clinical) for one in ranked(pack, reasons))


def ranked(pack: Pack, reasons: Sequence[Mapping[str, object]]) -> list[Ranked]:
    """Highest colour first, else in the order of the pack."""
    met = [(reason, pack.line(reason["line"])) for reason in reasons]
    seen: set[str] = set()
    found = []
    for reason, line in sorted(met, key=lambda one: -COLOURS.index(one[1].colour)):
        found.append(Ranked(reason, line, line.indicator not in seen))
        seen.add(line.indicator)
    return found


def missing_texts(pack: Pack, missing: Mapping[str, Sequence[str]], language: str) -> tuple[MissingText, ...]:
    """Each missing input once, what green needs first, with who can supply it."""
    purposes: dict[str, list[str]] = {}
    for purpose, names in missing.items():
        if not purpose.endswith(OUT_OF_RANGE):
            for name in names:
                purposes.setdefault(name, []).append(purpose)
    words = pack.words
    texts = []
    for name, needed_for in purposes.items():
        label, who = words.inputs[name][language], words.suppliers[name]
        text = words.templates["missing"][language].format(input=label, who=words.who[who][language])
        texts.append(MissingText(name, label, who, text, tuple(needed_for)))
    return tuple(texts)


def day_text(day: date, language: str) -> str:
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number_text(value: float, line: Line, limit: float, qualifier: str = "") -> str:
    """A number as people read it. What was computed gets one decimal, or as many as it takes to stay on its side of the
    limit; ordinals are written as on the strip."""
    if ORDINAL.fullmatch(line.limit_text):
        return f"{qualifier}{_ordinal(value)}"
    if line.indicator not in COMPUTED:
        return f"{qualifier}{value:.10g}"
    for decimals in range(1, 7):
        shown = round(value, decimals)
        if COMPARE[line.op](shown, limit):
            return f"{qualifier}{shown:.{decimals}f}"
    return f"{qualifier}{value:.10g}"


def _ordinal(value: float) -> str:
    return {0: "-", 0.5: "±"}.get(value) or f"{value:g}+"


def reason_text(pack: Pack, one: Ranked, language: str, *, clinical: bool = False) -> ReasonText:
    words, (reason, line, is_main) = pack.words, one
    on = date.fromisoformat(reason["on"]) if reason.get("on") else None
    hidden = line.reason in words.private and not clinical
    shown = not hidden and not line.is_flag
    value = number_text(reason["value"], line, reason["limit"], reason.get("qualifier", "")) if shown else ""
    limit = _limit_text(line, reason["limit"]) if shown else ""
    unit = words.unit(reason["unit"]) if shown else ""
    indicator = words.indicators[line.indicator][language]
    computed = words.computed[line.indicator][language] if reason.get("computed") and shown else ""
    if computed:
        indicator = words.templates["computed"][language].format(indicator=indicator, computed=computed)
    kind = "private" if hidden else ("flag" if line.is_flag else "value") + ("" if on else "_undated")
    text = words.templates[kind][language].format(
        title=words.reasons[line.reason][language],
        indicator=indicator,
        op=words.ops[line.op][language] if line.op in words.ops else "",
        value=value, limit=limit, unit=unit, date=_measured(line.indicator, on, reason.get("mean_of", 0), language) if on else "",
    )  # fmt: skip
    return ReasonText(
        code=line.reason, colour=line.colour, indicator="" if hidden else line.indicator,
        text=STRAY_BLANK.sub("", text), advice=_advice(pack, line, language),
        value=value, unit=unit, limit=limit, on=on, source=line.source, is_main=is_main, computed=computed,
    )  # fmt: skip


def _measured(indicator: str, on: date, mean_of: int, language: str) -> str:
    """The day of a value; of a mean at home from when to when, and how many days of it were measured."""
    if not mean_of:
        return day_text(on, language)
    days = next(kind.mean_days for kind in kinds.load().values() if indicator in kind.codes)
    first = day_text(on - timedelta(days=days - 1), language)
    if language == "zh":
        return f"{first}至{day_text(on, language)}（测了{mean_of}天）"
    return f"{mean_of} days from {first} to {day_text(on, language)}"


def _limit_text(line: Line, limit: float) -> str:
    return line.limit_text if ORDINAL.fullmatch(line.limit_text) else f"{limit:.10g}"


def _advice(pack: Pack, line: Line, language: str) -> str:
    advice = pack.words.advice
    phrase = advice.get(f"{line.reason}:{line.indicator}:{line.op}") or advice.get(line.reason)
    return phrase[language] if phrase else ""


def outside_texts(pack: Pack, missing: Mapping[str, Sequence[str]], language: str) -> tuple[str, ...]:
    """Each input that lies outside the range of a model, which therefore gives no value."""
    words = pack.words
    names = [name for purpose, found in missing.items() if purpose.endswith(OUT_OF_RANGE) for name in found]
    return tuple(words.templates["outside"][language].format(input=words.inputs[name][language]) for name in names)


SCORE_UNITS = {"bmi": "kg/m2", "ckd_epi_2021": "mL/min/{1.73_m2}", "china_par": "%"}


def _score(pack: Pack, name: str, value: float, language: str) -> ScoreText:
    label = pack.words.scores[name][language]
    return ScoreText(name, label, f"{value:.1f}", pack.words.unit(SCORE_UNITS[name]))

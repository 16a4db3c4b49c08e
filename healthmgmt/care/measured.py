"""What a person's exams hold, as a record shows it: pressure over the years, the other values of the last two, what texts say."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.exams import findings
from healthmgmt.exams.findings import Level
from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue
from healthmgmt.risk import computed
from healthmgmt.risk.computed import Computed
from healthmgmt.risk.packs import Pack

# Shown whenever they were measured; every other number only when it is outside its range or a reason for the colour.
MAIN = ("bmi", "waist", "heart_rate", "fpg", "hba1c", "tc", "ldl", "hdl", "tg", "uric_acid", "creatinine", "egfr", "alt", "hgb")
PRESSURE = ("sbp", "dbp")
STEP = 20  # mmHg between two lines of the chart
LEVEL_COLOURS = {Level.REFER: "orange", Level.WATCH: "blue"}
LEVEL_WORDS = {Level.REFER: gettext_lazy("A referral is advised"), Level.WATCH: gettext_lazy("Worth watching")}
# What was answered about illnesses, treatment and family, by the heading under which it stands.
ANSWERS = (
    (
        gettext_lazy("Known illnesses"),
        {
            "condition:hypertension": gettext_lazy("hypertension"),
            "condition:diabetes": gettext_lazy("diabetes"),
            "condition:dyslipidaemia": gettext_lazy("dyslipidaemia"),
            "condition:ascvd": gettext_lazy("heart or vessel disease"),
            "condition:pregnant": gettext_lazy("pregnant"),
        },
    ),
    (
        gettext_lazy("Medicine"),
        {
            "treatment:bp": gettext_lazy("for blood pressure"),
            "treatment:lipid": gettext_lazy("for blood lipids"),
            "treatment:glucose": gettext_lazy("for glucose"),
        },
    ),
    (gettext_lazy("Family"), {"family:ascvd": gettext_lazy("heart or vessel disease"), "family:diabetes": gettext_lazy("diabetes")}),
)
SMOKING = {0: gettext_lazy("never smoked"), 1: gettext_lazy("stopped smoking"), 2: gettext_lazy("smokes")}


@dataclass(frozen=True)
class Value:
    """One indicator: the last two exams in which anything was measured, its range, its course, and the colour it is a reason for.

    `notes` say of either exam how the value was worked out, or that the one on the paper is not used.
    """

    name: str
    unit: str
    before: str
    now: str
    range: str
    series: list[float]
    limit: float | None
    colour: str
    say: str
    notes: list[str]


@dataclass(frozen=True)
class Said:
    """A text of the last exam that has one: what it asks for, if anything."""

    name: str
    text: str
    colour: str
    level: str
    is_same: bool


def exams_of(person: Person) -> list[Exam]:
    """The exams that count, oldest first."""
    return list(Exam.objects.filter(person=person, state=Exam.State.CURRENT).order_by("taken_on", "id"))


@dataclass(frozen=True)
class Reading:
    """An exam with what is computed at it."""

    exam: Exam
    computed: Mapping[str, Computed]

    def judged(self, code: str) -> float | None:
        """The number that counts, in the canonical unit."""
        return self.computed[code].value if code in self.computed else self.exam.results.get(code)

    def told(self, code: str) -> str:
        """The number on the paper, else the one that is computed."""
        made = self.computed.get(code)
        if made is None or made.reported is not None:
            return self.exam.qualifiers.get(code, "") + shown(self.exam.results.get(code))
        return made.qualifier + shown(made.value)


def shown(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2):g}"


def day_labels(days: Sequence[date]) -> list[str]:
    """The years, where no year stands twice; else year and month."""
    years = [str(one.year) for one in days]
    return years if len(set(years)) == len(years) else [f"{one.year}-{one.month:02}" for one in days]


def pressure_chart(exams: Sequence[Exam], pack: Pack | None) -> dict[str, Any] | None:
    """What js/charts.js draws, and `rows` for who cannot see it; None with fewer than two measurements."""
    measured = [exam for exam in exams if all(exam.results.get(code) is not None for code in PRESSURE)]
    if len(measured) < 2:
        return None
    names = (_("Systolic"), _("Diastolic"))
    numbers = [[exam.results[code] for exam in measured] for code in PRESSURE]
    limits = [_limit(pack, code) for code in PRESSURE]
    reach = [*numbers[0], *numbers[1], *(limit for limit in limits if limit)]
    series = [
        {"name": name, "data": data, "end": f"{name} {data[-1]:g}", "limit": limit} | style
        for name, data, limit, style in zip(names, numbers, limits, ({}, {"symbol": "diamond", "dash": True}), strict=True)
    ]
    low, high = _("from %(first)g/%(second)g"), _("to %(first)g/%(second)g")
    span = " ".join(words % {"first": numbers[0][at], "second": numbers[1][at]} for words, at in ((low, 0), (high, -1)))
    return {
        "kind": "line",
        "description": _("Blood pressure %(span)s mmHg") % {"span": span},
        "x": day_labels([exam.taken_on for exam in measured]),
        "min": math.floor(min(reach) / STEP) * STEP - STEP,
        # Room above the highest line for its number.
        "max": math.floor(max(reach) / STEP) * STEP + STEP,
        "step": STEP,
        "right": 120,
        "series": series,
        "rows": [[day(exam.taken_on, "year"), *(shown(exam.results[code]) for code in PRESSURE)] for exam in measured],
    }


def _limit(pack: Pack | None, code: str) -> float | None:
    return next((line.limit for line in pack.lines if line.indicator == code and line.colour == "orange"), None) if pack else None


def values(exams: Sequence[Exam], person: Person, *, reasons: Mapping[str, str], with_pressure: bool, pack: Pack) -> list[Value]:
    """The indicators of the last exam worth a line, and those of the one before that still are reasons; `reasons` are colours by indicator."""
    if not exams:
        return []
    made = computed.at_exams(exams, sex=person.sex, birth=person.birth, pack=pack)
    readings = [Reading(exam, one) for exam, one in zip(exams, made, strict=True)]
    before, last = readings[-2:][0], readings[-1]
    outside = {one.indicator for one in findings.outside(last.exam.results, last.exam.ranges, person.sex)}
    found = []
    for code, indicator in catalogue.load().items():
        is_worth = code in MAIN or code in outside or code in reasons
        if not indicator.is_numeric or not is_worth or (code in PRESSURE and not with_pressure):
            continue
        if last.judged(code) is None and (code not in reasons or before.judged(code) is None):
            continue
        found.append(_value(readings, indicator, person.sex, reasons.get(code, ""), pack))
    return found


def name_of(code: str) -> str:
    """An indicator's name in the language of the page."""
    indicator = catalogue.load()[code]
    return indicator.name_zh if page_language() == "zh" else indicator.name_en


def _value(readings: Sequence[Reading], indicator: catalogue.Indicator, sex: str, colour: str, pack: Pack) -> Value:
    last, code = readings[-1], indicator.code
    now = last.judged(code)
    low, high = last.exam.ranges.get(code) or _reference(indicator, sex)
    return Value(
        name=name_of(code),
        unit=pack.words.unit(indicator.unit),
        before=readings[-2].told(code) if len(readings) > 1 else "",
        now=last.told(code),
        range=_range(low, high),
        series=[number for number in (one.judged(code) for one in readings) if number is not None],
        limit=high if high is not None else low,
        colour=colour,
        say=_standing(now, low, high) if now is not None else "",
        notes=_notes(readings[-2:], code, pack),
    )


def _notes(readings: Sequence[Reading], code: str, pack: Pack) -> list[str]:
    """How the shown values were worked out; with the exam's day where that is not true of all that stand there."""
    told = {one.exam.taken_on: computed.note(pack, page_language(), code, one.computed[code]) for one in readings if code in one.computed}
    is_true_of_all = len(set(told.values())) == 1 and all(code in one.computed or one.judged(code) is None for one in readings)
    if is_true_of_all:
        return list(told.values())[:1]
    return [_("%(day)s: %(note)s") % {"day": day(on, "year"), "note": note} for on, note in told.items()]


def _reference(indicator: catalogue.Indicator, sex: str) -> tuple[float | None, float | None]:
    if sex == "f":
        return indicator.ref_low_f, indicator.ref_high_f
    return indicator.ref_low_m, indicator.ref_high_m


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g}–{high:g}"
    if high is not None:
        return _("up to %(limit)s") % {"limit": f"{high:g}"}
    return _("from %(limit)s") % {"limit": f"{low:g}"} if low is not None else ""


def _standing(now: float, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is not None and now > high:
        return _("above the range")
    return _("below the range") if low is not None and now < low else _("in the range")


def said(exams: Sequence[Exam]) -> list[Said]:
    """What the last exam with texts of imaging and ECG says; what asks for something first."""
    items = catalogue.load()
    telling = [exam for exam in exams if any(code in items and items[code].category == "imaging" for code in exam.texts)]
    if not telling:
        return []
    last, former = telling[-1], telling[-2] if len(telling) > 1 else None
    levels: dict[str, str] = {}
    for one in findings.said(last.findings):
        if levels.get(one.indicator) != Level.REFER:
            levels[one.indicator] = one.level
    found = []
    for code, text in last.texts.items():
        if code in items and items[code].category == "imaging":
            level = levels.get(code, "")
            name = items[code].name_zh if page_language() == "zh" else items[code].name_en
            is_same = former is not None and former.texts.get(code) == text
            found.append(Said(name, text, LEVEL_COLOURS.get(level, ""), str(LEVEL_WORDS.get(level, "")), is_same))
    return sorted(found, key=lambda one: ("orange", "blue", "").index(one.colour))


def answers(exams: Sequence[Exam]) -> list[tuple[str, str]]:
    """What the person last answered about illnesses, medicine, family and smoking."""
    known: dict[str, Any] = {}
    for exam in exams:
        known |= exam.results
    found = []
    for heading, codes in ANSWERS:
        yes = [str(words) for code, words in codes.items() if known.get(code)]
        asked = any(code in known for code in codes)
        found.append((str(heading), _("; ").join(yes) or (_("none") if asked else _("not recorded"))))
    smoking = known.get("smoking")
    found.append((_("Smoking"), str(SMOKING[int(smoking)]) if smoking in SMOKING else _("not recorded")))
    return found

"""The report: values by group, the groups with something out of range first; texts, and what was not measured."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.exams import findings
from healthmgmt.exams.models import Exam
from healthmgmt.portal.employee import units, words
from healthmgmt.portal.employee.colour import CLINICAL, NOTHING, crossed, difference, pack_of, told_lines
from healthmgmt.portal.employee.measured import Item, Reading, axis, factor, left_out, present, shown
from healthmgmt.portal.employee.writing import bare, enumerated, joined, name, run_on, stopped
from healthmgmt.records import catalogue
from healthmgmt.risk import computed, explanation
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.outlook import Outlook, ideal_meaning, ideal_text, own_note
from healthmgmt.risk.packs import COLOURS, Pack

GROUPS = {
    "vitals": gettext_lazy("Blood pressure and pulse"),
    "home": gettext_lazy("Measured at home"),
    "anthropometry": gettext_lazy("Body"),
    "glucose": gettext_lazy("Glucose"),
    "lipids": gettext_lazy("Blood lipids"),
    "kidney": gettext_lazy("Kidney"),
    "liver": gettext_lazy("Liver"),
    "blood_routine": gettext_lazy("Blood count"),
    "cardiac": gettext_lazy("Heart and vessels"),
    "electrolytes": gettext_lazy("Electrolytes"),
    "thyroid": gettext_lazy("Thyroid"),
    "tumour_markers": gettext_lazy("Tumour markers"),
    "inflammation": gettext_lazy("Inflammation"),
    "nutrition": gettext_lazy("Nutrition"),
    "infection": gettext_lazy("Infection"),
    "urine": gettext_lazy("Urine"),
    "stool": gettext_lazy("Stool"),
    "eye": gettext_lazy("Eyes"),
    "hearing": gettext_lazy("Hearing"),
    "lung": gettext_lazy("Lungs"),
    "imaging": gettext_lazy("Imaging"),
    "lifestyle": gettext_lazy("Habits"),
    "mental": gettext_lazy("Mood"),
    "history": gettext_lazy("History"),
    "exposure": gettext_lazy("Work surroundings"),
}
# Results of strips and tests in words.
GRADES = {0.0: gettext_lazy("negative"), 0.5: gettext_lazy("trace"), 1.0: "1+", 2.0: "2+", 3.0: "3+", 4.0: "4+"}
# Told in a conversation with a clinician, never as a number on a page.
PRIVATE_CATEGORY = "mental"
# What the person told, beside what was found.
TOLD = ("lifestyle", "history")
# Not compared from year to year.
STEADY = ("height",)


@dataclass(frozen=True)
class Row:
    """A value as `components/value_row.html` draws it; `place` is its place among those that may be disputed, from 0."""

    code: str
    name: str
    value: str
    unit: str = ""
    range: str = ""
    number: float = 0
    axis: tuple[float, float] | None = None
    low: float | None = None
    high: float | None = None
    previous: float | None = None
    series: list[float] = field(default_factory=list)
    limit: float | None = None
    colour: str = ""
    say: str = ""
    is_out: bool = False
    is_disputed: bool = False
    place: int | None = None
    ucum: str = ""
    qualifier: str = ""


@dataclass(frozen=True)
class Group:
    """Values of one kind; `colour` is the highest that one of them is a reason for."""

    name: str
    rows: list[Row]
    colour: str

    @property
    def out(self) -> list[Row]:
        return [row for row in self.rows if row.is_out]

    @property
    def inside(self) -> list[Row]:
        return [row for row in self.rows if not row.is_out]


@dataclass(frozen=True)
class Groups:
    """`told` stand open; of `quiet` ones nothing is out of range, so that one line folds them all."""

    told: list[Group]
    quiet: list[Group]

    @property
    def quiet_count(self) -> int:
        return sum(len(group.rows) for group in self.quiet)


def groups(
    items: Mapping[str, Item], assessment: Assessment | None, pack: Pack, outlook: Outlook = NOTHING, disputed: Collection[str] = (), disputable: Sequence[str] = (),
) -> Groups:
    """Every value of the newest examination; how one was computed stands in the words of the pack. `disputed` are being checked, `disputable`
    may be."""
    reasons, none = _reasons(assessment, outlook), NO_REASON if assessment else NOT_JUDGED
    found: dict[str, list[Row]] = {}
    newest = max((item.last.on for item in items.values()), default=date.min)
    for code, item in present(items).items():
        place = disputable.index(code) if code in disputable else None
        row = replace(_row(item, reasons.get(code, none), newest, _origin_of(item, pack)), is_disputed=code in disputed, place=place)
        found.setdefault(catalogue.load()[code].category, []).append(row)
    made = [_group(category, found[category]) for category in GROUPS if category in found]
    told = sorted((one for one in made if one.out), key=lambda group: -_rank(group.colour))
    return Groups(told, [one for one in made if not one.out])


def history(items: Mapping[str, Item], assessment: Assessment | None, pack: Pack, outlook: Outlook = NOTHING) -> dict[tuple[str, date], Row]:
    """Every value of every day by its item, worded as `groups` words the last ones; an earlier one is no reason for the present colour."""
    reasons, none = _reasons(assessment, outlook), NO_REASON if assessment else NOT_JUDGED
    found = {}
    for code, item in items.items():
        for count, reading in enumerate(item.readings, 1):
            until = Item(code, item.readings[:count])
            reason = reasons.get(code, none) if count == len(item.readings) else NOT_JUDGED
            found[code, reading.on] = _row(until, reason, reading.on, _origin_of(until, pack))
    return found


class Reason(NamedTuple):
    """The highest colour that a value is a reason for, the line that it crossed, and that it was so on an earlier day too; whether
    there is a colour at all that it could be a reason for."""

    colour: str
    crossed: str
    again: str = ""
    is_judged: bool = True


NO_REASON = Reason("", "")
NOT_JUDGED = Reason("", "", is_judged=False)


def _reasons(assessment: Assessment | None, outlook: Outlook) -> dict[str, Reason]:
    if assessment is None:
        return {}
    pack = pack_of(assessment)
    found: dict[str, Reason] = {}
    for text, line in told_lines(assessment):
        if not line.is_flag:
            known = outlook.confirmations.get(line.number)
            again = own_note(known, page_language()) if known and known.is_confirmed else ""
            found.setdefault(line.indicator, Reason(line.colour, crossed(text, line, pack), again))
    return found


def _group(category: str, rows: list[Row]) -> Group:
    rows = sorted(rows, key=lambda row: -(_rank(row.colour) + row.is_out))
    return Group(str(GROUPS[category]), rows, max((row.colour for row in rows if _rank(row.colour)), key=_rank, default=""))


def _rank(colour: str) -> int:
    return COLOURS.index(colour) + 1 if colour in COLOURS else 0


def _origin_of(item: Item, pack: Pack) -> str:
    """A sentence on how the value came about; blank for what was reported and stands."""
    made = item.last.computed
    return stopped(computed.note(pack, page_language(), item.code, made)) if made else ""


def _row(item: Item, reason: Reason, newest: date, came_about: str) -> Row:
    indicator, last, colour = catalogue.load()[item.code], item.last, reason.colour
    if indicator.category == PRIVATE_CATEGORY:
        return Row(item.code, name(item.code), "", colour=colour, is_out=bool(colour), say=_("A clinician goes through it with you."))
    if not indicator.is_numeric:
        grade = str(GRADES.get(last.value, f"{last.value:g}"))
        return Row(item.code, name(item.code), grade, colour=colour, is_out=bool(colour), say=_said_of_strip(item, colour))
    scale = factor(last, item.code)
    reported = last.reported if scale is not None else None
    scale = scale or 1.0
    low, high = (None if limit is None else float(shown(limit * scale, 3)) for limit in last.span)
    series = [one.value * scale for one in item.readings]
    plausible = tuple(None if end is None else end * scale for end in (indicator.low_plausible, indicator.high_plausible))
    number = reported[0] if reported else last.value
    contradicted = last.computed.reported if last.computed else None
    # The bar and the course are of the value that is judged; on the paper another one may stand.
    has_bar = last.has_span or colour
    return Row(
        code=item.code,
        name=name(item.code),
        value=f"{last.qualifier}{shown(number)}" if contradicted is None else shown(contradicted),
        unit=units.written(reported[1] if reported else indicator.unit, page_language()),
        range=_range(low, high),
        number=number,
        axis=axis((low, high), series[-2:], plausible) if has_bar else None,
        low=low,
        high=high,
        previous=item.before.value * scale if item.before else None,
        series=series,
        limit=high if high is not None else low,
        colour=colour or ("plain" if last.side else ""),
        say=_say(item, reason, newest, came_about),
        is_out=bool(last.side or colour),
        ucum=reported[1] if reported else indicator.unit,
        qualifier=last.qualifier,
    )


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g}–{high:g}"
    if high is not None:
        return _("up to %(limit)s") % {"limit": f"{high:g}"}
    return _("from %(limit)s") % {"limit": f"{low:g}"} if low is not None else ""


def _say(item: Item, reason: Reason, newest: date, came_about: str) -> str:
    """Where the value stands, how it moved, how it came about, and a hint where it is a reason for a clinician's look."""
    moved = "" if item.code in STEADY else difference(item)
    parts = [came_about, stopped(joined([_standing(item.last, reason), moved]))]
    if reason.colour in CLINICAL:
        hint = words.load().hints.get(item.code)
        # A hint that one result tells little is none where there are two.
        parts.append(reason.again or (hint[page_language()] if hint else ""))
    if item.last.on != newest:
        parts.append(_("Measured on %(day)s.") % {"day": day(item.last.on)})
    return run_on(parts)


def _standing(last: Reading, reason: Reason) -> str:
    if reason.colour:
        return _("%(why)s, so %(colour)s") % {"why": reason.crossed, "colour": colour_word(reason.colour).lower()}
    if last.side:
        return _("slightly outside, no reason for a colour") if reason.is_judged else _("out of range")
    return _("within range") if last.has_span else ""


def _said_of_strip(item: Item, colour: str) -> str:
    if colour:
        return _("A reason for %(colour)s.") % {"colour": colour_word(colour).lower()}
    before = item.before
    if before is None or before.value == item.last.value:
        return ""
    return _("Last time: %(grade)s.") % {"grade": str(GRADES.get(before.value, f"{before.value:g}"))}


@dataclass(frozen=True)
class Text:
    """What was said in words: `levels` of what is to be watched or referred."""

    name: str
    text: str
    is_refer: bool
    is_watch: bool
    is_told: bool


def texts(exams: Sequence[Exam]) -> list[Text]:
    """The texts of the newest examination, those that ask for something first."""
    levels: dict[str, set[str]] = {}
    said: dict[str, str] = {}
    known = catalogue.load()
    for exam in exams:
        for finding in findings.said(exam.findings):
            levels.setdefault(finding.indicator, set()).add(finding.level)
        said |= {code: text for code, text in exam.texts.items() if text}
    found = [
        Text(name(code), text, "refer" in levels.get(code, ()), "watch" in levels.get(code, ()), known[code].category in TOLD)
        for code, text in said.items()
        if code in known
    ]
    return sorted(found, key=lambda one: (-one.is_refer, -one.is_watch))


def not_done(items: Mapping[str, Item]) -> str:
    """What the examination before had and this one has not."""
    return enumerated([name(code) for code in left_out(items)])


@dataclass(frozen=True)
class Origin:
    """Where the colour comes from."""

    title: str
    edition: str
    sources: list[tuple[str, str]]
    scores: tuple[explanation.ScoreText, ...]
    outside: tuple[str, ...]
    ideal: str
    ideal_meaning: str


def origin(assessment: Assessment, sex: str, outlook: Outlook = NOTHING) -> Origin:
    """Pack, edition, the source of each reason, what was computed, and the ten-year risk beside that in the ideal state."""
    pack, language = pack_of(assessment), page_language()
    told = explanation.explain(
        pack, language, colour=assessment.colour, reasons=assessment.reasons, missing=assessment.missing, scores=assessment.scores
    )
    sources = {bare(one.text): pack.words.source(one.source, language) for one in told.reasons if one.is_main}
    ideal = ideal_text(outlook, language)
    meaning = ideal_meaning(sex, language) if ideal else ""
    return Origin(pack.titles[language], pack.edition, list(sources.items()), told.scores, told.outside, ideal, meaning)

"""Why a person has their colour, for clinicians: each reason in a sentence, how sure it is, what would better it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import page_language
from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person
from healthmgmt.risk import explanation, outlook, packs
from healthmgmt.risk import services as risk
from healthmgmt.risk.models import Assessment

UNASKED = outlook.Outlook()


@dataclass(frozen=True)
class Reason:
    """A reason with value, limit, date and whether one reading or two days say so; and what the line rests on."""

    colour: str
    text: str
    advice: str
    source: str
    code: str


@dataclass(frozen=True)
class Why:
    """`change`: the smallest single one that betters the colour, or what stands in the way of any; `ideal` beside the own risk;
    `missing` of the minimum set and `missing_for_risk`: a line for each who can supply it; `outside`: inputs beyond a model's range."""

    colour: str = ""
    reasons: list[Reason] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    missing_for_risk: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    change: str = ""
    ideal: str = ""
    ideal_meaning: str = ""
    screening: str = ""


def why(one: Assessment | None, pack: packs.Pack | None, exams: Sequence[Exam], person: Person) -> Why:
    """Nothing without an assessment. One query where the ten-year risk asks for the place of the unit."""
    if one is None or pack is None:
        return Why()
    language, found = page_language(), risk.outlook_of(one, exams, person)
    lacking = explanation.missing_texts(pack, one.missing, language)
    ideal = outlook.ideal_text(found, language)
    return Why(
        colour=one.colour,
        reasons=told(one, pack, found),
        missing=_by_supplier([each for each in lacking if each.is_for_green]),
        missing_for_risk=_by_supplier([each for each in lacking if not each.is_for_green]),
        outside=list(explanation.outside_texts(pack, one.missing, language)),
        change=outlook.change_text(found.improvement, pack, language) or outlook.standing_text(found.improvement, pack, language),
        ideal=ideal,
        ideal_meaning=outlook.ideal_meaning(person.sex, language) if ideal else "",
        screening=pack.words.screening[language],
    )


def told(one: Assessment, pack: packs.Pack, found: outlook.Outlook = UNASKED) -> list[Reason]:
    """Every reason in a sentence, the highest colour first; how sure it is only where the exams were looked at (`found`)."""
    texts = [(met, explanation.reason_text(pack, met, page_language(), clinical=True)) for met in explanation.ranked(pack, one.reasons) if met.is_main]
    return [_reason(pack, met, text, found) for met, text in texts]


def _by_supplier(lacking: Sequence[explanation.MissingText]) -> list[str]:
    """The pack's own words speak to the person; these speak of them."""
    labels: dict[str, list[str]] = {}
    for one in lacking:
        labels.setdefault(one.who, []).append(one.label)
    between = "、" if page_language() == "zh" else ", "
    lines = {
        "exam_centre": _("The exam centre can supply: %(what)s"),
        "person": _("The person can say: %(what)s"),
        "hr": _("The health liaison can supply: %(what)s"),
    }
    return [lines[who] % {"what": between.join(found)} for who, found in labels.items()]


def _reason(pack: packs.Pack, met: explanation.Ranked, text: explanation.ReasonText, found: outlook.Outlook) -> Reason:
    note = outlook.clinical_note(found.confirmations.get(met.line.number), page_language())
    sentence = text.text
    if note:
        sentence = _("%(reason)s; %(note)s.") % {"reason": sentence.rstrip("。."), "note": note}
    return Reason(text.colour, sentence, text.advice, pack.words.source(text.source, page_language()), text.code)

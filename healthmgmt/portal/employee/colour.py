"""A person's colour in words: its reasons, what would move it, what is missing; in the wording of its edition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.portal.employee.measured import Item, factor, is_a_year, shown
from healthmgmt.portal.employee.writing import bare, enumerated, first_upper, joined, run_on, stopped
from healthmgmt.risk import editions, explanation
from healthmgmt.risk.expiring import Expired
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.outlook import Outlook, change_text, own_note, standing_text
from healthmgmt.risk.packs import Line, Pack

PRESSURES = {"sbp": "dbp", "dbp": "sbp", "sbp_home": "dbp_home", "dbp_home": "sbp_home"}
UPPER = ("sbp", "sbp_home")
# Of what asks for a clinician it is said whether it was measured once or on two days.
CLINICAL = ("red", "orange")
NOTHING = Outlook()
# A colour card names so many reasons; the report has them all.
SHOWN_REASONS = 6


@dataclass(frozen=True)
class ShownReason:
    """A reason as the card shows it."""

    colour: str
    title: str
    text: str
    code: str = ""


@dataclass(frozen=True)
class Missing:
    """What somebody can supply."""

    who: str
    what: str


@dataclass(frozen=True)
class Card:
    """The colour card; `missing` is what green needs, else what the ten-year risk would need."""

    colour: str
    source: str
    reasons: list[ShownReason]
    more: int
    change: str
    screening: str
    missing: list[Missing]
    missing_labels: list[str]
    is_incomplete: bool


def pack_of(assessment: Assessment) -> Pack:
    return editions.load(assessment.pack, assessment.edition)


def card(assessment: Assessment, items: Mapping[str, Item], outlook: Outlook = NOTHING) -> Card:
    """Everything that the card says."""
    pack, language = pack_of(assessment), page_language()
    told = explanation.explain(
        pack, language, colour=assessment.colour, reasons=assessment.reasons, missing=assessment.missing, scores=assessment.scores
    )
    reasons = shown_reasons(assessment, items, outlook)
    missing = [one for one in told.missing if one.is_for_green] or [one for one in told.missing if "china_par" in one.purposes]
    return Card(
        colour=assessment.colour,
        source=source(assessment, items),
        reasons=reasons[:SHOWN_REASONS],
        more=max(0, len(reasons) - SHOWN_REASONS),
        change=change(assessment, outlook),
        screening=told.screening,
        missing=_by_supplier(missing, pack),
        missing_labels=[one.label for one in missing],
        is_incomplete=assessment.is_incomplete,
    )


def expired_card(expired: Expired, pack: Pack) -> Card:
    """What is left of a colour whose values are all too old: what it was, until when it counted, who can supply new ones."""
    language = page_language()
    was = ShownReason(
        "grey",
        _("It was %(colour)s") % {"colour": colour_word(expired.colour).lower()},
        _("These results counted until %(day)s. They no longer say how you are now.") % {"day": day(expired.since - timedelta(days=1))},
    )
    who = _("%(who)s can supply it") % {"who": first_upper(pack.words.who["exam_centre"][language])}
    return Card(
        colour=Assessment.Colour.GREY, source=_("Exam of %(day)s · expired") % {"day": day(expired.newest_on)}, reasons=[was], more=0, change="",
        screening=pack.words.screening[language], missing=[Missing(who, _("A new examination"))], missing_labels=[], is_incomplete=True,
    )  # fmt: skip


def _by_supplier(missing: Sequence[explanation.MissingText], pack: Pack) -> list[Missing]:
    labels: dict[str, list[str]] = {}
    for one in missing:
        labels.setdefault(one.who, []).append(one.label)
    who = {slug: first_upper(pack.words.who[slug][page_language()]) for slug in labels}
    return [Missing(_("%(who)s can supply it") % {"who": who[slug]}, first_upper(enumerated(found))) for slug, found in labels.items()]


def source(assessment: Assessment, items: Mapping[str, Item]) -> str:
    """`Exam of 9 June · rules edition 2024`."""
    on = max((item.last.on for item in items.values()), default=assessment.assessed_on)
    words = {"day": day(on), "edition": assessment.edition}
    if assessment.home_on and not assessment.exams:
        return _("Measured at home until %(day)s · rules edition %(edition)s") % (words | {"day": day(assessment.home_on)})
    if assessment.home_on:
        return _("Exam of %(day)s, at home until %(home)s · rules edition %(edition)s") % (words | {"home": day(assessment.home_on)})
    return _("Exam of %(day)s · rules edition %(edition)s") % words


def shown_reasons(assessment: Assessment, items: Mapping[str, Item], outlook: Outlook = NOTHING) -> list[ShownReason]:
    """One row a thing measured, the highest colour first: the two pressures are one."""
    found: list[ShownReason] = []
    seen: set[str] = set()
    for text, line in told_lines(assessment):
        if text.is_main and line.indicator not in seen:
            seen |= {line.indicator, PRESSURES.get(line.indicator, line.indicator)}
            found.append(_shown(text, line, assessment, items, outlook))
    return found


def told_lines(assessment: Assessment) -> list[tuple[explanation.ReasonText, Line]]:
    """Each reason in the edition's words with the line of the pack that it met, the highest colour first."""
    pack = pack_of(assessment)
    ranked = explanation.ranked(pack, assessment.reasons)
    return [(explanation.reason_text(pack, one, page_language()), one.line) for one in ranked]


def crossed(text: explanation.ReasonText, line: Line, pack: Pack) -> str:
    """The line that was crossed: `at or above 140`."""
    return f"{pack.words.ops[line.op][page_language()]} {text.limit}"


def _shown(
    told: explanation.ReasonText, line: Line, assessment: Assessment, items: Mapping[str, Item], outlook: Outlook
) -> ShownReason:
    if not told.value:
        return ShownReason(told.colour, *_halves(told), code=told.code)
    pack = pack_of(assessment)
    title, limit = f"{_title(pack, told.indicator)} {told.value}", crossed(told, line, pack)
    if told.indicator in PRESSURES and (pair := _pressure(told, line, assessment, items)):
        title, limit = pair
    why = joined([limit, difference(items.get(told.indicator))])
    if told.colour == assessment.colour:
        why = _("%(why)s, so %(colour)s") % {"why": why, "colour": colour_word(told.colour).lower()}
    found = outlook.confirmations.get(line.number) if line.colour in CLINICAL else None
    more = run_on([stopped(told.computed), told.advice, own_note(found, page_language())])
    text = run_on([stopped(why), more]) if more else first_upper(why)
    return ShownReason(told.colour, f"{title} {told.unit}".strip(), text, code=told.code)


def _halves(told: explanation.ReasonText) -> tuple[str, str]:
    """The pack's own sentence as title and text."""
    colon, stop = ("：", "。") if page_language() == "zh" else (": ", ". ")
    title, _colon, rest = bare(told.text).partition(colon)
    title, _stop, more = title.partition(stop)
    text = joined([rest or more, bare(told.advice)])
    return title, first_upper(text)


def _pressure(
    told: explanation.ReasonText, line: Line, assessment: Assessment, items: Mapping[str, Item]
) -> tuple[str, str] | None:
    """`Blood pressure 148/92` and `at or above 140/90`, of the two the one that was met; None without a partner of that day."""
    pack, other = pack_of(assessment), PRESSURES[told.indicator]
    partner, partner_line = items.get(other), _partner_line(pack, told.code, told.indicator)
    if partner is None or partner_line is None or (told.on and partner.last.on != told.on):
        return None
    values, limits = [told.value, shown(partner.last.value)], [told.limit, f"{partner_line.limit:g}"]
    if told.indicator not in UPPER:
        values.reverse()
        limits.reverse()
    name = _("Blood pressure at home") if told.indicator.endswith("_home") else _("Blood pressure")
    has_both = any(pack.line(reason["line"]) == partner_line for reason in assessment.reasons)
    op = pack.words.ops[line.op][page_language()]
    blank = "" if page_language() == "zh" else " "
    met = f"{op} {'/'.join(limits)}"
    if not has_both:
        met = f"{pack.words.indicators[told.indicator][page_language()]}{blank}{crossed(told, line, pack)}"
    return f"{name} {'/'.join(values)}", met


def _partner_line(pack: Pack, reason: str, indicator: str) -> Line | None:
    """The same reason's line about the other pressure."""
    return next((one for one in pack.lines if (one.reason, one.indicator) == (reason, PRESSURES.get(indicator))), None)


def difference(item: Item | None) -> str:
    """`0.8 lower than last year`, in the unit of the paper; nothing where there is nothing to compare, or no difference."""
    if item is None or item.before is None:
        return ""
    scale = factor(item.last, item.code)
    gap = round((item.last.value - item.before.value) * scale, 2) if scale else 0
    if not gap:
        return ""
    given = {"number": shown(abs(gap), 3)}
    if is_a_year(item.before.on, item.last.on):
        return (_("%(number)s higher than last year") if gap > 0 else _("%(number)s lower than last year")) % given
    return (_("%(number)s higher than last time") if gap > 0 else _("%(number)s lower than last time")) % given


def change(assessment: Assessment, outlook: Outlook) -> str:
    """The smallest single change that betters the colour, or the two things that both stand in the way.

    Nothing where one thing alone holds the colour: of what is on record nobody need be reminded.
    """
    pack, found = pack_of(assessment), outlook.improvement
    if len(found.standing) > 1:
        return standing_text(found, pack, page_language())
    return change_text(found, pack, page_language())


def _title(pack: Pack, indicator: str) -> str:
    return first_upper(pack.words.indicators[indicator][page_language()])


def value_colours(assessment: Assessment | None) -> dict[str, str]:
    """The highest colour of the reasons that name an item."""
    found: dict[str, str] = {}
    for _text, line in told_lines(assessment) if assessment else ():
        if not line.is_flag:
            found.setdefault(line.indicator, line.colour)
    return found

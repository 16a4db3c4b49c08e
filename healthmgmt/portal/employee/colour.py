"""A person's colour in words: its reasons, what would move it, what is missing; in the wording of its edition."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.portal.employee import words
from healthmgmt.portal.employee.measured import Item, factor, is_a_year, shown
from healthmgmt.portal.employee.writing import bare, enumerated, first_upper, joined, run_on, stopped
from healthmgmt.risk import explanation, packs
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.packs import COLOURS, Line, Pack

PRESSURES = {"sbp": "dbp", "dbp": "sbp", "sbp_home": "dbp_home", "dbp_home": "sbp_home"}
UPPER = ("sbp", "sbp_home")
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
    return packs.load(assessment.pack, assessment.edition)


def card(assessment: Assessment, items: Mapping[str, Item]) -> Card:
    """Everything that the card says."""
    pack, language = pack_of(assessment), page_language()
    told = explanation.explain(
        pack, language, colour=assessment.colour, reasons=assessment.reasons, missing=assessment.missing, scores=assessment.scores
    )
    reasons = shown_reasons(assessment, items)
    missing = [one for one in told.missing if "minimum" in one.purposes] or list(told.missing)
    return Card(
        colour=assessment.colour,
        source=source(assessment, items),
        reasons=reasons[:SHOWN_REASONS],
        more=max(0, len(reasons) - SHOWN_REASONS),
        change=change(assessment, items),
        screening=told.screening,
        missing=_by_supplier(missing, pack),
        missing_labels=[one.label for one in missing],
        is_incomplete=assessment.is_incomplete,
    )


def _by_supplier(missing: Sequence[explanation.MissingText], pack: Pack) -> list[Missing]:
    labels: dict[str, list[str]] = {}
    for one in missing:
        labels.setdefault(one.who, []).append(one.label)
    who = {slug: first_upper(pack.words.who[slug][page_language()]) for slug in labels}
    return [Missing(_("%(who)s can supply it") % {"who": who[slug]}, first_upper(enumerated(found))) for slug, found in labels.items()]


def source(assessment: Assessment, items: Mapping[str, Item]) -> str:
    """`Exam of 9 June · rules edition 2024`."""
    on = max((item.last.on for item in items.values()), default=assessment.assessed_on)
    return _("Exam of %(day)s · rules edition %(edition)s") % {"day": day(on), "edition": assessment.edition}


def shown_reasons(assessment: Assessment, items: Mapping[str, Item]) -> list[ShownReason]:
    """One row a thing measured, the highest colour first: the two pressures are one."""
    found: list[ShownReason] = []
    seen: set[str] = set()
    for text, line in told_lines(assessment):
        if text.is_main and line.indicator not in seen:
            seen |= {line.indicator, PRESSURES.get(line.indicator, line.indicator)}
            found.append(_shown(text, line, assessment, items))
    return found


def told_lines(assessment: Assessment) -> list[tuple[explanation.ReasonText, Line]]:
    """Each reason in the edition's words with the line of the pack that it met, the highest colour first."""
    pack = pack_of(assessment)
    ranked = explanation.ranked(pack, assessment.reasons)
    return [(explanation.reason_text(pack, one, page_language()), one.line) for one in ranked]


def crossed(text: explanation.ReasonText, line: Line, pack: Pack) -> str:
    """The line that was crossed: `at or above 140`."""
    return f"{pack.words.ops[line.op][page_language()]} {text.limit}"


def _shown(told: explanation.ReasonText, line: Line, assessment: Assessment, items: Mapping[str, Item]) -> ShownReason:
    if not told.value:
        return ShownReason(told.colour, *_halves(told), code=told.code)
    pack = pack_of(assessment)
    title, limit = f"{_title(pack, told.indicator)} {told.value}", crossed(told, line, pack)
    if told.indicator in PRESSURES and (pair := _pressure(told, line, assessment, items)):
        title, limit = pair
    why = joined([limit, difference(items.get(told.indicator))])
    if told.colour == assessment.colour:
        why = _("%(why)s, so %(colour)s") % {"why": why, "colour": colour_word(told.colour).lower()}
    more = run_on([stopped(told.computed), told.advice])
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


def change(assessment: Assessment, items: Mapping[str, Item]) -> str:
    """What the colour becomes once every reason of the present one is gone, and when; nothing where that cannot be said.

    Only values that a person can work on move a colour; the lower reasons of the same value stay, as they do just past a limit.
    """
    pack, known = pack_of(assessment), words.load()
    lines = [(pack.line(reason["line"]), reason) for reason in assessment.reasons]
    top = [(line, reason) for line, reason in lines if line.colour == assessment.colour]
    if not top or any(line.indicator not in known.moves or line.reason.startswith(known.never_moves) for line, _reason in top):
        return ""
    below = [line.colour for line, _reason in lines if line.colour != assessment.colour]
    if not below and assessment.is_incomplete:
        return ""
    becomes = max(below, key=COLOURS.index) if below else "green"
    conditions = list(dict.fromkeys(_condition(pack, line, reason, items) for line, reason in top))
    if len(conditions) > known.most_moves:
        return ""
    given = {"conditions": enumerated(conditions), "colour": colour_word(becomes).lower()}
    return _("With %(conditions)s the colour becomes %(colour)s.") % given


def _condition(pack: Pack, line: Line, reason: Mapping[str, Any], items: Mapping[str, Item]) -> str:
    """`blood pressure below 140/90`."""
    limit, name = f"{float(reason['limit']):.10g}", pack.words.indicators[line.indicator][page_language()]
    unit = pack.words.unit(str(reason["unit"]))
    if other := _partner_line(pack, line.reason, line.indicator):
        pair = [limit, f"{other.limit:g}"] if line.indicator in UPPER else [f"{other.limit:g}", limit]
        limit, unit = "/".join(pair), ""
        name = _("blood pressure at home") if line.indicator.endswith("_home") else _("blood pressure")
    said = {
        ">=": _("%(name)s below %(limit)s"),
        ">": _("%(name)s at %(limit)s or below"),
        "<": _("%(name)s at %(limit)s or above"),
        "<=": _("%(name)s above %(limit)s"),
    }[line.op] % {"name": name, "limit": f"{limit} {unit}".strip()}
    kilos = _kilos(line, items)
    return _("%(condition)s (about %(kilos)s kg less)") % {"condition": said, "kilos": kilos} if kilos else said


def _kilos(line: Line, items: Mapping[str, Item]) -> str:
    """How many kilograms stand between a body mass index and its limit, to the next half."""
    if line.indicator != "bmi" or line.op not in (">", ">=") or not {"weight", "height", "bmi"} <= items.keys():
        return ""
    height, weight = items["height"].last.value / 100, items["weight"].last.value
    surplus = weight - line.limit * height * height
    return f"{math.ceil(surplus * 2) / 2:g}" if surplus > 0 else ""


def _title(pack: Pack, indicator: str) -> str:
    return first_upper(pack.words.indicators[indicator][page_language()])


def value_colours(assessment: Assessment | None) -> dict[str, str]:
    """The highest colour of the reasons that name an item."""
    found: dict[str, str] = {}
    for _text, line in told_lines(assessment) if assessment else ():
        if not line.is_flag:
            found.setdefault(line.indicator, line.colour)
    return found

"""What has changed since the examination before: a few values, and the colour by the same edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import colour_word, day, page_language
from healthmgmt.portal.employee import units, words
from healthmgmt.portal.employee.measured import Item, Reading, factor, is_a_year, shown
from healthmgmt.portal.employee.writing import joined, name
from healthmgmt.records import catalogue
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.packs import COLOURS


class Change(NamedTuple):
    """A row of the card."""

    icon: str
    title: str
    text: str


@dataclass(frozen=True)
class Changes:
    """The card; `title` says which examination is meant."""

    title: str
    rows: list[Change]


def since(items: Mapping[str, Item], assessment: Assessment | None) -> Changes | None:
    """`assessment` comes with the one of the round before. None where there is nothing to compare."""
    known = words.load().compared
    pairs = [(one, items[one.code]) for one in known if one.code in items and items[one.code].before]
    if not pairs:
        return None
    rows = [row for one, item in pairs if (row := _row(item, one.least))]
    if moved := colour_change(assessment):
        rows.append(moved)
    item = pairs[0][1]
    is_last_year = all(is_a_year(item.before.on, item.last.on) for _one, item in pairs)
    title = _("Since last year") if is_last_year else _("Since %(day)s") % {"day": day(item.before.on)}
    return Changes(title, rows)


def colour_change(now: Assessment | None) -> Change | None:
    """The colour of the round before and the present one, by the same edition (see risk.changing); None without the two."""
    then = now.before if now else None
    if now is None or then is None:
        return None
    title = _("Colour: %(then)s → %(now)s") % {"then": colour_word(then.colour).lower(), "now": colour_word(now.colour).lower()}
    if then.colour == now.colour:
        title = _("Colour: %(now)s, as before") % {"now": colour_word(now.colour).lower()}
    rise = COLOURS.index(now.colour) - COLOURS.index(then.colour)
    is_known = "grey" not in (then.colour, now.colour)
    icon = ("arrow-up-right" if rise > 0 else "arrow-down-right") if rise and is_known else "minus"
    judged = _("The earlier results were judged again by edition %(edition)s") if then.is_history else _("Both judged by edition %(edition)s")
    return Change(icon, title, judged % {"edition": now.edition})


def _row(item: Item, least: float) -> Change | None:
    before, last = item.before, item.last
    scale = factor(last, item.code)
    if before is None or scale is None:
        return None
    gap = round(last.value - before.value, 4)
    unit = _("kg") if item.code == "weight" and not last.reported else _unit(item)
    text = f"{shown(before.value * scale)} → {shown(last.value * scale)} {unit}".strip()
    if abs(gap) < least:
        return Change("minus", _no_change(item.code), joined([text, _place(last)]))
    icon = "arrow-up" if gap > 0 else "arrow-down"
    number = f"{shown(abs(gap) * scale, 3)} {unit}".strip()
    return Change(icon, _title(item.code, gap) % {"name": name(item.code), "number": number}, joined([text, _crossing(before, last)]))


def _unit(item: Item) -> str:
    return units.written(item.last.reported[1] if item.last.reported else catalogue.load()[item.code].unit, page_language())


def _title(code: str, gap: float) -> str:
    if code == "weight":
        return _("%(number)s heavier") if gap > 0 else _("%(number)s lighter")
    return _("%(name)s %(number)s higher") if gap > 0 else _("%(name)s %(number)s lower")


def _no_change(code: str) -> str:
    return _("%(name)s without clear change") % {"name": name(code)}


def _crossing(before: Reading, last: Reading) -> str:
    if last.side and not before.side:
        return _("now out of range")
    if before.side and not last.side:
        return _("back in range")
    return _place(last)


def _place(last: Reading) -> str:
    if not last.has_span:
        return ""
    return _("out of range") if last.side else _("within range")

"""What templates draw and write with: icons, marks, bars, days and numbers in the language of the page."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from healthmgmt.core import drawing, icons, wording

register = template.Library()

# The label that stands beside a risk colour, and the colour's own word.
LABELS = {
    "red": _("High-risk alert"),
    "orange": _("Chronic care"),
    "yellow": _("Overweight"),
    "blue": _("Sub-health"),
    "green": _("Nothing to do"),
    "grey": _("Cannot be determined"),
}
WORDS = {
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "blue": _("Blue"),
    "green": _("Green"),
    "grey": _("Grey"),
}


def page_language() -> str:
    """`zh` or `en`."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


@register.simple_tag
@lru_cache(500)
def icon(name: str, extra: str = "") -> SafeString:
    """A Tabler icon as decoration; `extra` is `icon-s` or `icon-l`."""
    return format_html('<svg class="icon {}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', extra, mark_safe(icons.drawing(name)))


@register.simple_tag
def mark(colour: str, extra: str = "", label: str = "") -> SafeString:
    """The shape of a risk colour; give a label where no words stand beside it."""
    return mark_safe(drawing.mark(colour, label=str(label), extra=extra))


@register.filter
def colour_word(colour: str) -> str:
    """`Orange`."""
    return str(WORDS[colour])


@register.filter
def colour_label(colour: str) -> str:
    """`Chronic care`."""
    return str(LABELS[colour])


@register.filter
def colour_name(colour: str) -> str:
    """`Orange · Chronic care`."""
    return f"{WORDS[colour]} · {LABELS[colour]}"


@register.simple_tag
def band(colour: str) -> SafeString:
    """A colour in a row or a heading: shape, word and label."""
    return format_html(
        '<span class="band band-{}">{}{}</span>', colour, mark_safe(drawing.mark(colour, extra="mk-s")), colour_name(colour)
    )


@register.simple_tag
def range_bar(value: float, axis: Sequence[float], low: Any = None, high: Any = None, previous: Any = None, colour: str = "") -> SafeString:
    """See `core.drawing.range_bar`."""
    # A name that a row lacks comes as an empty text.
    low, high, previous = (None if given == "" else given for given in (low, high, previous))
    return mark_safe(drawing.range_bar(value, (axis[0], axis[1]), low=low, high=high, previous=previous, colour=colour))


@register.simple_tag
def spark(values: Sequence[float], limit: Any = None) -> SafeString:
    """See `core.drawing.spark`."""
    return mark_safe(drawing.spark(values or (), limit=None if limit == "" else limit))


@register.simple_tag
def stacked_bar(parts: Sequence[tuple[int, str]], extra: str = "") -> SafeString:
    """See `core.drawing.stacked_bar`."""
    return mark_safe(drawing.stacked_bar(parts, extra=extra))


@register.simple_tag
def part_bar(part: int, whole: int, extra: str = "sb-s") -> SafeString:
    """One count of a whole as a bar."""
    return mark_safe(drawing.stacked_bar([(part, "w1"), (max(0, whole - part), "w4")], extra=extra))


@register.simple_tag
def key(fill: str) -> SafeString:
    """The square beside a word that names a fill; stands inside `.key`."""
    return mark_safe(drawing.key(fill))


@register.filter
def clauses(sentence: Any) -> SafeString:
    """A sentence whose Chinese lines break after a stop, never inside a word."""
    if page_language() != "zh":
        return conditional_escape(sentence)
    return format_html_join("", '<span class="cl">{}</span>', ((piece,) for piece in wording.clauses(str(sentence))))


@register.filter
def number(value: int | float | None) -> str:
    """`5,154`; a dash for nothing."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


@register.simple_tag
def percent(part: int, whole: int) -> str:
    """`93%`. The counts stand beside it."""
    return wording.percent_text(part, whole)


@register.filter
def day(value: date | datetime | None, style: str = "") -> str:
    """`6 月 18 日` or `18 June`; the year where it is not the present one; `weekday` adds the day of the week, `year` the year."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    this_year = None if style == "year" else timezone.localdate().year
    return wording.day_text(value, page_language(), this_year=this_year, weekday=style == "weekday")


@register.filter
def clock(value: datetime | None) -> str:
    """`14:29`, in the organisation's time."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """`6 月 18 日 14:29`, in the organisation's time."""
    return f"{day(value)} {clock(value)}" if value else ""

"""Readings in words."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.devices import kinds
from healthmgmt.devices.models import Reading
from healthmgmt.records import catalogue


class Mean(NamedTuple):
    """What the readings of a kind come to, and over which days."""

    title: str
    value: str
    words: str


def told(reading: Reading) -> str:
    """`128/82 mmHg`, `71.5 kg`."""
    return _text(kinds.load()[reading.kind], reading.values)


def title(kind: str) -> str:
    return kinds.load()[kind].words[page_language()]


def unit(code: str) -> str:
    """The unit of an indicator as meters print it."""
    canonical = catalogue.load()[code].unit
    return {"mm[Hg]": "mmHg"}.get(canonical, canonical)


def means(found: Mapping[str, kinds.Summary]) -> list[Mean]:
    """In the order of the kinds."""
    rows = []
    for slug, one in found.items():
        kind = kinds.load()[slug]
        if not one.is_enough:
            words = _("%(days)d of %(least)d days so far") % {"days": one.days, "least": kind.least_days}
        elif kind.mean_days == 1:
            words = _("last on %(day)s") % {"day": day(one.until)}
        else:
            words = ngettext("mean of %(days)d day up to %(day)s", "mean of %(days)d days up to %(day)s", one.days) % {
                "days": one.days, "day": day(one.until)
            }  # fmt: skip
        rows.append(Mean(title(slug), _text(kind, one.values), words))
    return rows


def _text(kind: kinds.Kind, values: Mapping[str, float]) -> str:
    return f"{'/'.join(f'{round(values[code], 1):g}' for code in kind.codes)} {unit(kind.codes[0])}"

"""What somebody measures at home, as the page of readings shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.devices import kinds, selectors
from healthmgmt.devices.models import Reading
from healthmgmt.people.models import Person
from healthmgmt.portal.employee.writing import run_on
from healthmgmt.records import catalogue

PRESSURE = "pressure"
# Limits of the mean at home (mmHg), Chinese hypertension guideline 2024; the colour itself follows the pack in force.
HOME_LIMIT = (135, 85)
ICONS = {"pressure": "heartbeat", "weight": "scale", "glucose": "droplet"}


@dataclass(frozen=True)
class Field:
    """A number to type: `text` as it was typed, `fault` what is wrong with it."""

    code: str
    label: str
    unit: str
    text: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Entry:
    """The form of a kind. `is_open` where somebody just typed in it, or it is the first."""

    slug: str
    title: str
    icon: str
    fields: list[Field]
    taken_at: str
    token: UUID
    fault: str = ""
    is_open: bool = False


@dataclass(frozen=True)
class Shown:
    """A reading in the list."""

    at: datetime
    title: str
    text: str
    token: UUID


def page(person: Person, *, now: datetime, chosen: str = "", typed: Mapping[str, Any] | None = None, fault: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """Forms and readings; with `typed` and `fault` (field, sentence) the form of the kind `chosen` comes back as it was."""
    readings = selectors.recent(person)
    found = selectors.summaries(readings)
    return {
        "person": person,
        "sentence": sentence(found),
        "entries": [_entry(kind, now, kind.slug == chosen, typed or {}, fault) for kind in kinds.load().values()],
        "days": [(one, [_shown(reading) for reading in of_day]) for one, of_day in groupby(readings, key=_day)],
        "means": _means(found),
    }


def sentence(found: Mapping[str, kinds.Summary]) -> str:
    """What the readings say so far."""
    pressure = found.get(PRESSURE)
    if pressure is None:
        return _("Type in what you measure at home; it counts like what was measured at the examination.") if not found else _("Your readings at home.")
    if not pressure.is_enough:
        kind = kinds.load()[PRESSURE]
        words = {"days": pressure.days, "least": kind.least_days}
        return ngettext(
            "You measured on %(days)d day. From %(least)d days of a week on, the mean tells something.",
            "You measured on %(days)d days. From %(least)d days of a week on, the mean tells something.",
            pressure.days,
        ) % words
    upper, lower = (round(pressure.values[code]) for code in kinds.load()[PRESSURE].codes)
    is_high = pressure.values["sbp_home"] >= HOME_LIMIT[0] or pressure.values["dbp_home"] >= HOME_LIMIT[1]
    words = {"upper": upper, "lower": lower, "days": pressure.days, "limit": f"{HOME_LIMIT[0]}/{HOME_LIMIT[1]}"}
    first = _("At home your blood pressure was %(upper)d/%(lower)d mmHg in the mean of %(days)d days.") % words
    second = _("That is at or above the limit for home readings, %(limit)s.") if is_high else _("That is below the limit for home readings, %(limit)s.")
    return run_on([first, second % words])


def noted(reading: Reading) -> str:
    """What the page answers to a reading."""
    return _("Noted: %(reading)s. Thank you.") % {"reading": told(reading)}


def told(reading: Reading) -> str:
    """`128/82 mmHg`, `71.5 kg`."""
    codes = kinds.load()[reading.kind].codes
    return f"{'/'.join(f'{reading.values[code]:g}' for code in codes)} {_unit(codes[0])}"


def _means(found: Mapping[str, kinds.Summary]) -> list[tuple[str, str, str]]:
    """Kind, value and over which days."""
    rows = []
    for slug, one in found.items():
        kind = kinds.load()[slug]
        value = f"{'/'.join(f'{round(one.values[code], 1):g}' for code in kind.codes)} {_unit(kind.codes[0])}"
        if kind.mean_days == 1:
            words = _("last on %(day)s") % {"day": day(one.until)}
        else:
            words = ngettext("mean of %(days)d day up to %(day)s", "mean of %(days)d days up to %(day)s", one.days) % {"days": one.days, "day": day(one.until)}
        rows.append((kind.words[page_language()], value, words))
    return rows


def _entry(kind: kinds.Kind, now: datetime, is_chosen: bool, typed: Mapping[str, Any], fault: tuple[str, str]) -> Entry:
    own = typed if is_chosen else {}
    fields = [_field(code, str(own.get(code, "")), fault[1] if is_chosen and fault[0] == code else "") for code in kind.codes]
    is_of_field = fault[0] in (*kind.codes, "taken_at")
    return Entry(
        slug=kind.slug,
        title=kind.words[page_language()],
        icon=ICONS[kind.slug],
        fields=fields,
        taken_at=str(own.get("taken_at") or timezone.localtime(now).strftime("%Y-%m-%dT%H:%M")),
        token=own.get("token") or uuid4(),
        fault=fault[1] if is_chosen and (fault[0] == "taken_at" or not is_of_field) else "",
        is_open=is_chosen,
    )


def _field(code: str, text: str, fault: str) -> Field:
    labels = {"sbp_home": _("Upper (systolic)"), "dbp_home": _("Lower (diastolic)"), "weight": _("Weight"), "cap_glucose": _("Glucose")}
    return Field(code, labels[code], _unit(code), text, fault)


def _shown(reading: Reading) -> Shown:
    return Shown(reading.taken_at, kinds.load()[reading.kind].words[page_language()], told(reading), reading.token)


def _day(reading: Reading) -> date:
    return timezone.localdate(reading.taken_at)


def _unit(code: str) -> str:
    return {"mm[Hg]": "mmHg"}.get(catalogue.load()[code].unit, catalogue.load()[code].unit)


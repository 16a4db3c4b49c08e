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

from healthmgmt.core.templatetags.health import page_language
from healthmgmt.devices import kinds, presenters, selectors
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
        "means": presenters.means(found),
    }


def sentence(found: Mapping[str, kinds.Summary]) -> str:
    """What the readings say so far."""
    pressure = found.get(PRESSURE)
    if pressure is None:
        return _("Type in what you measure at home; your case manager sees it, and what is critical at once.") if not found else _("Your readings at home.")
    if not pressure.is_enough:
        kind = kinds.load()[PRESSURE]
        words = {"days": pressure.days, "least": kind.least_days}
        return ngettext(
            "You have measured on %(days)d day. The mean counts from %(least)d days within a week on.",
            "You have measured on %(days)d days. The mean counts from %(least)d days within a week on.",
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
    return _("Noted: %(reading)s. Thank you.") % {"reading": presenters.told(reading)}


def warning(reading: Reading) -> str:
    """What somebody is told at once whose reading is critical by the catalogue; empty for every other one. Needs a clinician's approval."""
    items = catalogue.load()
    for code, value in reading.values.items():
        low, high = items[code].panic_low, float(items[code].panic_high or "inf")
        if value >= high or (low is not None and value <= low):
            return _(
                "%(reading)s is a value that a professional has to look at today. Sit down, rest for five minutes and measure again. With pain in "
                "the chest, weakness on one side, trouble speaking or confusion call 120 at once. Your case manager is being told."
            ) % {"reading": presenters.told(reading)}
    return ""


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
    return Field(code, labels[code], presenters.unit(code), text, fault)


def _shown(reading: Reading) -> Shown:
    return Shown(reading.taken_at, presenters.title(reading.kind), presenters.told(reading), reading.token)


def _day(reading: Reading) -> date:
    return timezone.localdate(reading.taken_at)

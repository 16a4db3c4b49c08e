"""Who was at somebody's record, as that person reads it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.audit.models import Event
from healthmgmt.audit.words import in_words, reason_in_words
from healthmgmt.core.templatetags.health import day
from healthmgmt.core.permissions import ROLES, Permission
from healthmgmt.exams.models import Exam
from healthmgmt.portal.employee.selectors import Acting, Opened
from healthmgmt.portal.employee.writing import enumerated

SYSTEM = "system:"
# Said in a note below the table: what they see follows from no permission about people.
APART = ("employee", "operator", "exam_centre", "data_steward")


@dataclass(frozen=True)
class Entry:
    """One act, or several alike of one day (`times`)."""

    at: datetime
    who: str
    role: str
    what: str
    why: str = ""
    times: int = 1


@dataclass(frozen=True)
class Day:
    """The acts of a day, the last first."""

    day: date
    entries: list[Entry]


def entries(events: Iterable[Event], actors: Mapping[int, Acting]) -> list[Entry]:
    """Events in words."""
    return [_entry(event, actors) for event in events]


def deliveries(exams: Sequence[Exam]) -> list[Entry]:
    """When results came, and from where; the last first."""
    found = {}
    for exam in exams:
        found.setdefault(exam.upload_id, exam)
    told = [
        Entry(
            at=exam.stored_at,
            who=exam.upload.centre.name if exam.upload.centre else _("Your organisation"),
            role="",
            what=_("Results of %(day)s delivered") % {"day": day(exam.taken_on)},
        )
        for exam in found.values()
    ]
    return sorted(told, key=lambda entry: entry.at, reverse=True)


def latest(*lists: list[Entry], most: int) -> list[Entry]:
    """The last entries of several lists, alike ones of a day as one."""
    everything = sorted((entry for one in lists for entry in one), key=lambda entry: entry.at, reverse=True)
    return [entry for one in by_day(everything) for entry in one.entries][:most]


def by_day(found: Sequence[Entry]) -> list[Day]:
    """Entries by local day; what the same one did for the same reason several times stands there once."""
    days = []
    for one, of_day in groupby(found, key=lambda entry: timezone.localtime(entry.at).date()):
        alike: dict[tuple[str, ...], Entry] = {}
        for entry in of_day:
            key = (entry.who, entry.role, entry.what, entry.why)
            first = alike.get(key)
            alike[key] = replace(first, times=first.times + 1) if first else entry
        days.append(Day(one, list(alike.values())))
    return days


def _entry(event: Event, actors: Mapping[int, Acting]) -> Entry:
    acting = actors.get(event.actor_id)
    if acting:
        return Entry(event.at, acting.name, _roles(acting), in_words(event), reason_in_words(event))
    who = _("The platform") if event.actor.startswith(SYSTEM) else _("A former user")
    return Entry(event.at, who, "", in_words(event), reason_in_words(event))


def _roles(acting: Acting) -> str:
    """What somebody is to the record: the roles that see people; where there is none, what else they are."""
    seeing = [role for role in acting.roles if ROLES[role].sees_people] or list(acting.roles)
    return enumerated([str(ROLES[role].words) for role in seeing if role != "employee" or len(seeing) == 1])


def sentence(opened: Opened) -> str:
    """How often somebody was at the record this month, and who was the last."""
    if opened.times:
        words = {"times": opened.times, "name": opened.last_by}
        return ngettext(
            "Others were at your record %(times)d time this month: %(name)s.",
            "Others were at your record %(times)d times this month, the last was %(name)s.",
            opened.times,
        ) % words
    if opened.last_by:
        return _("Nobody but you was at your record this month.")
    return _("Nobody but you has been at your record so far.")


@dataclass(frozen=True)
class Sight:
    """What a role can see of a person."""

    role: str
    is_named: bool
    is_state: bool
    is_health: bool
    is_counted: bool


def sights() -> list[Sight]:
    """Who can see what, from the permissions that the views ask for."""
    found = []
    for role in ROLES.values():
        held = role.permissions
        if role.slug in APART:
            continue
        found.append(
            Sight(
                role=str(role.words),
                is_named=bool(held & {Permission.ROSTER_VIEW, Permission.RECORD_VIEW}),
                is_state=bool(held & {Permission.WORK_STATE_VIEW, Permission.RECORD_VIEW}),
                is_health=Permission.RECORD_VIEW in held,
                is_counted=Permission.METRICS_VIEW in held,
            )
        )
    return sorted(found, key=lambda sight: (-sight.is_health, -sight.is_named, -sight.is_state))

"""The page of work among case managers in words: one's own share of it, what everybody has, and how people would be shared out."""

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.accounts.models import User
from healthmgmt.care import access, returning, sharing
from healthmgmt.care.sharing import Lacking, Load
from healthmgmt.core.permissions import Permission
from healthmgmt.core.templatetags.health import day
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings, unit_choices

# The units that are named; the others are few people each, and counted.
MOST_UNITS = 50


@dataclass(frozen=True)
class Workload:
    """`tile`: how many of one's own people came after they were asked to; None for who has no list."""

    sentence: str
    tile: dict[str, Any] | None
    loads: list[Load]
    lacking: list[Lacking]
    more_units: int
    capacity: int
    units: list[tuple[str, str]]


def build(user: User, *, today: date) -> Workload:
    """What a user may see of it now."""
    lacking = sharing.lacking(user, today=today)
    return Workload(
        sentence=_sentence(sum(one.people for one in lacking)),
        tile=_tile(returning.of_manager(user, today=today)) if access.has_list(user) else None,
        loads=sharing.loads(user, today=today),
        lacking=lacking[:MOST_UNITS],
        more_units=len(lacking[MOST_UNITS:]),
        capacity=capacity(),
        units=unit_choices(user, Permission.CARE_WORK),
    )


def capacity() -> int:
    """How many people a case manager cares for at most."""
    return organisation_settings().people_per_manager


def _sentence(people: int) -> str:
    if not people:
        return _("Everybody who is red or orange has a case manager of their own.")
    return ngettext(
        "%(count)d red or orange person has no case manager of their own.",
        "%(count)d red or orange people have no case manager of their own.",
        people,
    ) % {"count": people}


def _tile(found: returning.Returned) -> dict[str, Any]:
    words = {"returned": found.returned, "asked": found.asked, "since": day(found.since), "until": day(found.until)}
    return {
        "question": _("My people: did they come?"),
        "figure": f"{round(100 * found.returned / found.asked)} %" if found.asked else "–",
        "counts": _("%(returned)d of %(asked)d people") % words,
        "note": _("Asked to come from %(since)s to %(until)s, and came within 15 days") % words,
        "definition": {
            "id": "returned-definition",
            "name": _("Returned within 15 days of contact"),
            "rows": [
                (_("Numerator"), _("Those of them with an exam, a reading taken at home, or a visit, re-check or referral noted as done, within 15 days of that contact")),
                (_("Denominator"), _("People on my list whom somebody asked to come (will be seen today, will come for a check, referred); each once, from the first such contact")),
                (_("Excluded"), _("Contacts whose 15 days are not over yet")),
                (_("Period"), _("Contacts from %(since)s to %(until)s") % words),
            ],
        },
    }  # fmt: skip


class Row(NamedTuple):
    """A manager who takes over: what they have, what would come, and what they would have then."""

    load: Load
    comes: int
    red: int
    orange: int
    after: int


@dataclass(frozen=True)
class Preview:
    rows: list[Row]
    people: int
    left_over: int


def preview(unit: Unit, managers: list[User], user: User, *, source: User | None, most: int | None, today: date) -> Preview:
    """What sharing out would change, before anybody does it."""
    shares = {one.manager_id: one for one in sharing.proposal(unit, managers, source=source, most=most)}
    rows = []
    for load in sharing.loads_of(managers, user, today=today):
        share = shares.get(load.manager.pk) or sharing.Share(load.manager.pk, 0, 0, 0, [])
        rows.append(Row(load, share.people, share.red, share.orange, load.people + share.people))
    return Preview(rows, sum(row.comes for row in rows), shares[None].people if None in shares else 0)


def waiting(unit: Unit) -> int:
    """How many people of a unit and below have nobody."""
    return sum(one.people for one in sharing.proposal(unit, []))


def done(people: int, left_over: int) -> str:
    """What came of it."""
    given = ngettext("%(count)d person has another case manager now.", "%(count)d people have another case manager now.", people) % {"count": people}
    if not left_over:
        return given
    return given + " " + ngettext("%(count)d stays as before.", "%(count)d stay as before.", left_over) % {"count": left_over}

"""What an administrator comes in to: counts of the own units, and the few things that wait."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.accounts.models import User
from healthmgmt.core import wording
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Membership, Period
from healthmgmt.organization.presenters import deadline_sentence, next_deadline
from healthmgmt.organization.selectors import units_visible_to
from healthmgmt.people.models import Person


@dataclass(frozen=True)
class Counts:
    """`users` hold another role than that of an employee; of those `waiting` never signed in. `period` has the next deadline."""

    people: int
    without_account: int
    units: int
    users: int
    waiting: int
    period: Period | None


def counts(admin: User) -> Counts:
    """Five queries, whatever the size of the organisation."""
    people = Person.objects.visible_to(admin, Permission.ROSTER_VIEW).employed()
    units = units_visible_to(admin, Permission.USERS_MANAGE)
    held = Membership.objects.exclude(role="employee").filter(unit__in=units, user__is_active=True).order_by()
    users = held.values("user").distinct()
    return Counts(
        people=people.count(),
        without_account=people.filter(user=None).count(),
        units=units.open().count(),
        users=users.count(),
        waiting=users.filter(user__last_login=None).count(),
        period=next_deadline(list(Period.objects.filter(state=Period.State.OPEN))),
    )


def sentence(found: Counts, today: date, language: str) -> str:
    """What stands first."""
    if not found.people:
        return _("The roster is empty. Nothing can be counted before somebody is on it.")
    lacking = found.without_account
    first = (
        ngettext("%(count)s person has no account.", "%(count)s people have no account.", lacking) % {"count": f"{lacking:,}"}
        if lacking
        else _("Everybody on the roster has an account.")
    )
    if found.period is None:
        second = _("No period is open.")
    else:
        second = deadline_sentence(found.period, today)
    return wording.paragraph([first, second], language)

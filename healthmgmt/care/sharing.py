"""Work shared out among case managers: what each of them has, who has nobody, and people given by unit and capacity.

Whoever does care work at a unit by their role hands out its people among the case managers whose role reaches it. What is shown are
numbers, of the own units alone but for how many people a manager has at all, which is what the capacity counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.care import endings
from healthmgmt.care.models import Assignment, Sharing
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.organization.selectors import today as local_today

# Red has a manager of its own, orange a pathway with follow-up; the other colours go on by themselves.
COLOURS = ["red", "orange"]


@dataclass(frozen=True)
class Load:
    """What a case manager has; all but `people` count those at the units of who looks."""

    manager: User
    people: int = 0
    here: int = 0
    red: int = 0
    orange: int = 0
    alerts: int = 0
    overdue: int = 0


class Lacking(NamedTuple):
    """A unit (without those below it) with people who need a case manager and have none of their own."""

    unit_id: int
    name: str
    people: int
    red: int
    orange: int


class Share(NamedTuple):
    """What a manager would get; for nobody (`manager_id` None) what is left over."""

    manager_id: int | None
    people: int
    red: int
    orange: int
    person_ids: list[int] | None


def managers_reaching(unit: Unit) -> QuerySet[User]:
    """The case managers whose role reaches a unit."""
    above = [int(pk) for pk in unit.path.split(".") if pk]
    return User.objects.filter(is_active=True, memberships__role="case_manager", memberships__unit__in=above).distinct().order_by("name", "pk")


def holders_in(unit: Unit) -> QuerySet[User]:
    """Who has people of their own in a unit or below it, with their number there as `held`."""
    held = Q(assignments__ended_at=None, assignments__person__unit__path__startswith=unit.path)
    return User.objects.filter(held, is_active=True).annotate(held=Count("assignments")).order_by("name", "pk")


def loads(user: User, *, today: date) -> list[Load]:
    """Of the case managers of a user's units and of who has people of their own there, the fullest first."""
    paths = user.unit_paths(Permission.CARE_WORK)
    above = {int(pk) for path in paths for pk in path.split(".") if pk}
    within = Q(memberships__unit__in=above)
    giving = Q(pk__in=[])
    for path in paths:
        within |= Q(memberships__unit__path__startswith=path)
        giving |= Q(assignments__ended_at=None, assignments__person__unit__path__startswith=path)
    found = User.objects.filter(is_active=True).filter(Q(memberships__role="case_manager") & within | giving).distinct()
    return _loads(list(found.order_by("name", "pk")), paths, today)


def loads_of(managers: Sequence[User], user: User, *, today: date) -> list[Load]:
    """Of these managers, as a user may see them."""
    return _loads(managers, user.unit_paths(Permission.CARE_WORK), today)


def _loads(managers: Sequence[User], paths: list[str], today: date) -> list[Load]:
    counted = sql.dicts("care/load", {"managers": [one.pk for one in managers], "below": _below(paths), "today": today})
    by_manager = {row.pop("manager_id"): row for row in counted}
    return sorted((Load(one, **by_manager.get(one.pk, {})) for one in managers), key=lambda one: -one.people)


def lacking(user: User, *, today: date) -> list[Lacking]:
    """The units of a user with people who have no case manager of their own, those with most red people first."""
    paths = user.unit_paths(Permission.CARE_WORK)
    return [Lacking(*row) for row in sql.rows("care/without_manager", {"below": _below(paths), "colours": COLOURS, "today": today})]


def _below(paths: list[str]) -> list[str]:
    return [f"{path}%" for path in paths]


def proposal(unit: Unit, managers: Sequence[User], *, source: User | None = None, most: int | None = None) -> list[Share]:
    """Who would get how many of a unit's people who have nobody, or of those of `source`; one query."""
    own = organisation_settings()
    parameters = {
        "path": unit.path, "managers": [one.pk for one in managers], "from_manager": source.pk if source else None, "most": most,
        "capacity": own.people_per_manager, "colours": COLOURS, "reached": endings.load().reached, "timezone": own.timezone,
        "today": local_today(),
    }  # fmt: skip
    return [Share(*row) for row in sql.rows("care/share_out", parameters)]


def share_out(
    unit: Unit, managers: Sequence[User], *, token: UUID, by: Actor, source: User | None = None, most: int | None = None
) -> Sharing:
    """Give a unit's people who have nobody, or those of `source`, to case managers, each up to their capacity; with all of somebody's
    people go the units that were given to them there. The same token is the same sharing.

    Raises Rejected without a manager, for one whose role does not reach the unit, and for one who would take over from themselves.
    """
    _check(unit, managers, source)
    with transaction.atomic():
        # One after the other for a manager, so that nobody gets more than the capacity.
        list(User.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in managers]).order_by("pk"))
        if same := Sharing.objects.filter(token=token).first():
            return same
        shares = proposal(unit, managers, source=source, most=most)
        pairs = [(person, share.manager_id) for share in shares if share.manager_id for person in share.person_ids or ()]
        given = _give(pairs, source, by)
        sharing = Sharing.objects.create(
            token=token, unit=unit, source=source, people=len(given), left_over=sum(one.people for one in shares) - len(given), made_by=by.label
        )  # fmt: skip
        units = _hand_units_over(unit, managers, source, by) if source and most is None else 0
        audit.record_people("care.manager_assigned", given, by=by, subject=sharing)
        detail = {"people": sharing.people, "left_over": sharing.left_over, "units": units, "to": [one.pk for one in managers]}
        audit.record("care.people_shared_out", by=by, subject=sharing, detail=detail | {"from": source.pk if source else None})
    return sharing


def _check(unit: Unit, managers: Sequence[User], source: User | None) -> None:
    if not managers:
        raise Rejected(_("Choose at least one case manager."), field="managers")
    if source in managers:
        raise Rejected(_("Nobody takes over from themselves."), field="managers")
    reaching = set(managers_reaching(unit).values_list("pk", flat=True))
    if any(one.pk not in reaching for one in managers):
        raise Rejected(_("This user has no role in care there."), field="managers")


def _give(pairs: list[tuple[int, int]], source: User | None, by: Actor) -> list[int]:
    parameters = {
        "people": [person for person, _manager in pairs], "managers": [manager for _person, manager in pairs],
        "from_manager": source.pk if source else None, "by": by.label,
    }  # fmt: skip
    return sorted(person for (person,) in sql.rows("care/give_people", parameters)) if pairs else []


def _hand_units_over(unit: Unit, managers: Sequence[User], source: User, by: Actor) -> int:
    """The units that were given to somebody, at or below a unit, go to all who take over; returns how many there are."""
    held = Assignment.objects.select_for_update(of=("self",)).filter(manager=source, unit__path__startswith=unit.path, ended_at=None)
    units = list(held.values_list("unit", flat=True))
    has = set(Assignment.objects.filter(manager__in=managers, unit__in=units, ended_at=None).values_list("manager", "unit"))
    held.update(ended_at=timezone.now(), ended_by=by.label)
    Assignment.objects.bulk_create(
        Assignment(manager=one, unit_id=pk, started_by=by.label) for one in managers for pk in units if (one.pk, pk) not in has
    )
    return len(units)

"""Who sees a light and when, and how many there are of units. Loading is authorising."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from healthmgmt.accounts.models import User
from healthmgmt.core import sql
from healthmgmt.core.permissions import Permission, roles_with
from healthmgmt.insight.models import Light
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import at_or_below


@dataclass(frozen=True)
class Lit:
    """The lights of units: how many that may be seen, and of which kind the newest is."""

    count: int = 0
    newest: str = ""


@dataclass(frozen=True)
class OpenLight:
    """A light that is lit, as far as counting needs it."""

    unit: int
    path: str
    kind: str


def own_units(user: User) -> frozenset[int]:
    """The units at which a user holds a role that reads scorecards: their lights are seen there first."""
    roles = roles_with(Permission.SCORECARD_VIEW)
    return frozenset(one.unit_id for one in user.held_roles if one.role in roles) if user.is_active else frozenset()


def visible_to(user: User, *, today: date) -> QuerySet[Light]:
    """Lights about which the user is asked at once, those of units below when they were answered, or when the unit's days are over."""
    within = at_or_below(user.unit_paths(Permission.SCORECARD_VIEW), "unit__path")
    own = own_units(user)
    seen = Q(asked__in=own) | Q(asked=None, unit__in=own) | Q(answered_at__isnull=False) | Q(shared_on__lte=today)
    return Light.objects.filter(within).filter(seen).select_related("unit", "asked", "period")


def own_light_or_404(user: User, uuid: str, *, today: date) -> Light:
    """A light about which the user is asked. Raises Http404 for one that they do not see, PermissionDenied where others are asked."""
    light = get_object_or_404(visible_to(user, today=today), uuid=uuid)
    if not is_asked(light, own_units(user)):
        raise PermissionDenied
    return light


def is_asked(light: Light, own: frozenset[int]) -> bool:
    """Whether those of these units are asked about a light."""
    return (light.asked_id or light.unit_id) in own


def open_lights(period: Period, *, today: date, own: Collection[int] = ()) -> list[OpenLight] | None:
    """What is lit in a period and may be seen by the level above, or at once by who is of the units `own`; None while nobody has looked.

    One query.
    """
    rows = sql.rows("insight/light_open", {"period": period.pk, "today": today, "own": list(own)})
    return [OpenLight(*row) for row in rows if row[0] is not None] if rows else None


def lights_of(units: Iterable[int], lit: Iterable[OpenLight]) -> Lit:
    """What is lit of units and below them together."""
    wanted = set(units)
    found = [one for one in lit if wanted & {int(pk) for pk in one.path.split(".") if pk}]
    return Lit(len(found), found[0].kind) if found else Lit()

"""Finding units, periods and what a unit inherits."""

import math
from collections.abc import Iterable
from copy import copy
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core import organisations
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Period, Settings, Unit
from healthmgmt.organization.places import Place, lookup

SHOWN_ALTERNATIVES = 5
OFFERED_UNITS = 300
OFFERED_NAMES = 30


def organisation_settings() -> Settings:
    """The organisation's own choices. Raises Settings.DoesNotExist before the organisation is established."""
    # Each its own copy: what a form was given and refused is nobody else's.
    return copy(organisations.once("organization.settings", lambda: Settings.objects.get(pk=1)))


class Frame(NamedTuple):
    """What stands around every page: the organisation's name (that of its root unit) and its time zone."""

    name: str
    timezone: str


def frame() -> Frame | None:
    """One query, that for the settings; None before the organisation is established."""
    root = Unit.objects.filter(level=0).values("name")[:1]
    found = Settings.objects.filter(pk=1).annotate(root_name=Subquery(root)).first()
    if found is None:
        return None
    organisations.once("organization.settings", lambda: found)
    return Frame(found.root_name or "", found.timezone)


def today() -> date:
    """The organisation's local day."""
    return local_day(timezone.now(), organisation_settings().timezone)


def root_unit() -> Unit:
    """The unit at the top. Raises Unit.DoesNotExist before the organisation is established."""
    return Unit.objects.get(level=0)


def unit_by_path(text: str) -> Unit:
    """The open unit of `A/B/C`, names from the root down (the root's own may be left out), or of one unique name.

    Raises Rejected: there is none, or the name is borne by several.
    """
    names = [name.strip() for name in text.strip().strip("/").split("/") if name.strip()]
    if not names:
        return root_unit()
    if len(names) == 1 and (unit := _unit_by_unique_name(names[0])) is not None:
        return unit
    unit = root_unit()
    for position, name in enumerate(names):
        below = Unit.objects.open().filter(parent=unit, name__iexact=name).first()
        if below is None and position == 0 and name.casefold() == unit.name.casefold():
            continue
        if below is None:
            raise Rejected(_("There is no unit “%(name)s” below “%(parent)s”.") % {"name": name, "parent": unit.name}, field="unit")
        unit = below
    return unit


def _unit_by_unique_name(name: str) -> Unit | None:
    found = list(Unit.objects.open().filter(name__iexact=name).order_by("level", "path")[: SHOWN_ALTERNATIVES + 1])
    if not found:
        raise Rejected(_("There is no unit “%(name)s”.") % {"name": name}, field="unit")
    # A unit right below the root (or the root) is what its bare name says, whoever else bears it further down.
    if len(found) == 1 or found[0].level <= 1 < found[1].level:
        return found[0]
    listed = ", ".join(names_from_root(unit) for unit in found[:SHOWN_ALTERNATIVES])
    raise Rejected(
        _("Several units are called “%(name)s”; please name the whole path: %(paths)s.") % {"name": name, "paths": listed}, field="unit"
    )


def names_from_root(unit: Unit) -> str:
    """`A/B/C`: the names of a unit and of those above it, without the root's; the root's own name for the root."""
    above = list(unit_and_above(unit).values_list("name", flat=True))
    return "/".join(above[1:]) or above[0]


def paths_in_names(units: Iterable[Unit]) -> dict[int, str]:
    """`names_from_root` of many units, by the unit's id; one query."""
    chains = {unit.pk: _ids(unit.path) for unit in units}
    names = dict(Unit.objects.filter(pk__in={pk for chain in chains.values() for pk in chain}).values_list("pk", "name"))
    return {unit: "/".join(names[pk] for pk in chain[1:]) or names[chain[0]] for unit, chain in chains.items()}


def unit_and_above(unit: Unit) -> QuerySet[Unit]:
    """A unit and everything above it, the root first."""
    return Unit.objects.filter(pk__in=_ids(unit.path)).order_by("level")


def _ids(path: str) -> list[int]:
    return [int(pk) for pk in path.split(".") if pk]


def place_of(unit: Unit) -> Place | None:
    """Where a unit is: its own place, else that of the nearest unit above that has one."""
    places = list(unit_and_above(unit).exclude(place="").values_list("place", flat=True))
    return lookup(places[-1]) if places else None


def places_by_unit() -> dict[int, Place | None]:
    """Where every unit is, by the unit's id; two levels or eight, one query."""
    by_unit: dict[int, Place | None] = {}
    # Parents come before their children, so what is inherited is known by then.
    for pk, parent, place in Unit.objects.order_by("level").values_list("pk", "parent", "place"):
        by_unit[pk] = lookup(place) if place else by_unit.get(parent)
    return by_unit


def place_flags() -> dict[int, tuple[float, float]]:
    """(north of the Yangtze, urban) of every unit whose place is known, by the unit's id: 1.0, 0.0, NaN where the place does not say."""
    return {pk: (_number(place.north), _number(place.urban)) for pk, place in places_by_unit().items() if place is not None}


def _number(flag: bool | None) -> float:
    return math.nan if flag is None else float(flag)


def units_visible_to(user: User, permission: Permission | str) -> QuerySet[Unit]:
    """The units where a user holds a permission: those of its roles and everything below. None without a role."""
    return Unit.objects.filter(at_or_below(user.unit_paths(permission)))


def at_or_below(paths: Iterable[str], field: str = "path") -> Q:
    """Whatever belongs to units at some paths, or below them; nothing without a path. `field` leads to the unit's path.

    Nothing is `pk__in=[]`, which Django leaves out beside anything else: `pk IS NULL OR path LIKE ...` is about two tables, so that
    the database would read everybody before it looks at their units.
    """
    return reduce(or_, (Q(**{f"{field}__startswith": path}) for path in paths), Q(pk__in=[]))


def top_units(user: User, permission: Permission | str) -> list[Unit]:
    """The units where a user holds a permission, without those that lie below another of them."""
    paths = user.unit_paths(permission)
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return list(Unit.objects.filter(path__in=tops).order_by("path"))


def units_to_choose(user: User, permission: Permission | str, chosen: Unit | None = None) -> list[Unit]:
    """The open units that a list offers as a filter, each below its parent.

    Of more than a list can show: the highest with what lies right below, and the way down to the chosen one and its children.
    """
    units = units_visible_to(user, permission).open().order_by("path")
    found = list(units[: OFFERED_UNITS + 1])
    if len(found) <= OFFERED_UNITS:
        return found
    near = Q(path__in=user.unit_paths(permission)) | Q(parent__path__in=user.unit_paths(permission))
    if chosen is not None:
        near |= Q(pk__in=[int(pk) for pk in chosen.path.split(".") if pk]) | Q(parent=chosen)
    return list(units.filter(near))


def unit_choices(user: User, permission: Permission | str, chosen: Unit | None = None) -> list[tuple[str, str]]:
    """`units_to_choose` as (id, name) for a form, each indented below its parent; empty where there is nothing to choose."""
    units = units_to_choose(user, permission, chosen)
    highest = min((unit.level for unit in units), default=0)
    return [(str(unit.pk), "\u3000" * (unit.level - highest) + unit.name) for unit in units] if len(units) > 1 else []


class Round(NamedTuple):
    """Where a user stands in the examinations: the units that they look after, the period that runs, and the local day."""

    units: list[Unit]
    period: Period | None
    today: date


def present_round(user: User, permission: Permission | str) -> Round:
    """Three queries."""
    day = today()
    return Round(top_units(user, permission), running_period(day), day)


def units_offered(user: User, permission: Permission | str, text: str = "") -> list[str]:
    """The first open units, as `A/B/C`, where a user holds a permission and whose name holds the text (behind the last slash)."""
    *above, last = [name.strip() for name in text.split("/")]
    found = units_visible_to(user, permission).open().filter(name__icontains=last)
    if above and above[-1]:
        found = found.filter(parent__name__iexact=above[-1])
    units = list(found.order_by("level", "path")[:OFFERED_NAMES])
    names = paths_in_names(units)
    return [names[unit.pk] for unit in units]


def holds_everywhere(user: User, permission: Permission | str) -> bool:
    """Whether a user holds a permission at the root, and so for the whole organisation."""
    return any(len(_ids(path)) == 1 for path in user.unit_paths(permission))


def period_named(name: str) -> Period:
    """Raises Rejected when there is none of this name."""
    period = Period.objects.filter(name=name).first()
    if period is None:
        raise Rejected(_("There is no period “%(name)s”.") % {"name": name}, field="period")
    return period


def newest_period() -> Period | None:
    """The period that began last."""
    return Period.objects.order_by("-starts_on").first()


def running_period(day: date) -> Period | None:
    """The period that a day lies in, else the last one that began before it."""
    return Period.objects.filter(starts_on__lte=day).order_by("-starts_on").first()


def period_of(day: date) -> Period | None:
    """The period that a day lies in."""
    return Period.objects.filter(starts_on__lte=day, ends_on__gte=day).first()

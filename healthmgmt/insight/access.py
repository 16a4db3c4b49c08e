"""Of which units a user may see numbers."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import at_or_below, unit_by_path

NUMBERS = (Permission.METRICS_VIEW, Permission.SCORECARD_VIEW)


def units_with_numbers(user: User) -> QuerySet[Unit]:
    """The units whose numbers the user may see: those of a role that holds metrics or scorecards, and everything below."""
    return Unit.objects.filter(at_or_below(_paths(user)))


def get_unit_or_404(user: User, pk: int) -> Unit:
    """A unit whose numbers the user may see. Raises Http404 for every other one."""
    return get_object_or_404(units_with_numbers(user), pk=pk)


def unit_with_numbers(user: User, text: str = "") -> Unit:
    """The unit named by path or unique name; without a name the highest that the user may see.

    Raises Rejected: no such unit (also for one outside the user's units), several highest ones, or none at all.
    """
    if text:
        return _named(user, text)
    paths = _paths(user)
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    if not tops:
        raise Rejected(_("Your roles do not include numbers of a unit."))
    if len(tops) > 1:
        raise Rejected(_("You see several units; please name one."), field="unit")
    return Unit.objects.get(path=tops[0])


def top_units(user: User, *permissions: Permission) -> list[Unit]:
    """The highest units at which a user holds all these permissions. Raises PermissionDenied when there is none."""
    reached = [set(user.unit_paths(permission)) for permission in permissions]
    paths = [path for path in set().union(*reached) if all(any(path.startswith(one) for one in paths) for paths in reached)]
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    if not tops:
        raise PermissionDenied
    return list(Unit.objects.filter(path__in=tops))


def chosen_unit(user: User, text: str, *permissions: Permission) -> Unit | None:
    """The unit of a page: the one of the number asked for, else the only highest one; None where several are to choose from.

    Raises PermissionDenied without the permissions, and Http404 for a unit whose numbers the user may not see.
    """
    tops = top_units(user, *permissions)
    if not text:
        return tops[0] if len(tops) == 1 else None
    unit = get_object_or_404(units_with_numbers(user), pk=int(text) if text.isdecimal() else 0)
    if not all(user.can(permission, unit) for permission in permissions):
        raise PermissionDenied
    return unit


def _named(user: User, text: str) -> Unit:
    """Whether a unit exists elsewhere is nobody's business: the answer is the same."""
    no_such_unit = Rejected(_("There is no such unit."), field="unit")
    try:
        unit = unit_by_path(text)
    except Rejected as error:
        raise no_such_unit from error
    if not units_with_numbers(user).filter(pk=unit.pk).exists():
        raise no_such_unit
    return unit


def _paths(user: User) -> list[str]:
    return sorted({path for permission in NUMBERS for path in user.unit_paths(permission)})

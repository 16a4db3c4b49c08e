"""Loading a unit is authorising it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import holds_everywhere, unit_by_path, units_visible_to


def get_unit_or_404(user: User, pk: int | str, permission: Permission | str) -> Unit:
    """A unit where the user holds the permission. Raises Http404 for any other, whether it exists or not."""
    unit = units_visible_to(user, permission).filter(pk=pk).first() if str(pk).isdecimal() else None
    if unit is None:
        raise Http404(_("There is no such unit."))
    return unit


def unit_named(user: User, text: str, permission: Permission | str) -> Unit:
    """The open unit that a user wrote down (see `unit_by_path`), where the user holds the permission.

    Raises Rejected; outside of the user's units with one sentence, whether there is such a unit or not.
    """
    if not text.strip():
        raise Rejected(_("Please name a unit."), field="unit")
    try:
        unit = unit_by_path(text)
    except Rejected:
        if holds_everywhere(user, permission):
            raise
        unit = None
    if unit is None or not user.can(permission, unit):
        raise Rejected(_("There is no such unit among those that you look after."), field="unit")
    return unit


def check_whole(user: User, permission: Permission | str) -> None:
    """Raises PermissionDenied unless the user holds the permission at the root: what follows concerns the whole organisation."""
    if not holds_everywhere(user, permission):
        raise PermissionDenied


def get_period_or_404(user: User, pk: int, permission: Permission | str) -> Period:
    """A period that the user may change. Raises PermissionDenied for who holds the permission below the root only."""
    check_whole(user, permission)
    return get_object_or_404(Period, pk=pk)

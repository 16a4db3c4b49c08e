"""Loading a unit is authorising it."""

from django.http import Http404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import units_visible_to


def get_unit_or_404(user: User, pk: int | str, permission: Permission | str) -> Unit:
    """A unit where the user holds the permission. Raises Http404 for any other, whether it exists or not."""
    unit = units_visible_to(user, permission).filter(pk=pk).first() if str(pk).isdecimal() else None
    if unit is None:
        raise Http404(_("There is no such unit."))
    return unit

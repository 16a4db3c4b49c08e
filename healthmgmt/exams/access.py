"""Whose uploads a user may see, and with which reach they upload."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.exams.models import Upload
from healthmgmt.organization.models import Unit


def visible_to(user: User) -> QuerySet[Upload]:
    """Uploads made within the user's units, and those that the user delivered."""
    within = Q(uploaded_by=user) if user.can(Permission.OWN_DELIVERIES) else Q(pk=None)
    for path in user.unit_paths(Permission.UPLOAD_VIEW):
        within |= Q(unit__path__startswith=path)
    return Upload.objects.filter(within)


def get_upload_or_404(user: User, uuid: UUID, permission: Permission | None = None) -> Upload:
    """An upload that the user may see; inside the reach but without the permission asked for, 403."""
    upload = get_object_or_404(visible_to(user), uuid=uuid)
    if permission and not user.can(permission, upload.unit):
        raise PermissionDenied
    return upload


def uploading_unit(user: User) -> Unit:
    """The unit whose subtree a user uploads for. Raises Rejected when there is none, or more than one."""
    paths = user.unit_paths(Permission.UPLOAD_CREATE)
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    if not tops:
        raise Rejected(_("Your roles do not include uploading."))
    if len(tops) > 1:
        raise Rejected(_("You upload for several units; please say for which one."))
    return Unit.objects.get(path=tops[0])

"""Loading a person is authorising it."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.people.models import Person

# Each of them lets its holder know that a person exists.
KNOWING = (Permission.ROSTER_VIEW, Permission.RECORD_VIEW, Permission.OWN_RECORD_VIEW)


def get_person_or_404(user: User, uuid: UUID, permission: Permission | str) -> Person:
    """A person for whom the user holds the permission.

    Raises Http404 for somebody whom the user may not know of (leadership knows nobody), PermissionDenied for somebody
    known on whom this permission does not reach.
    """
    permission = Permission(permission)
    people = Person.objects.select_related("unit")
    person = people.visible_to(user, permission).filter(uuid=uuid).first()
    if person is not None:
        return person
    if any(people.visible_to(user, known).filter(uuid=uuid).exists() for known in KNOWING):
        raise PermissionDenied
    raise Http404(_("There is no such person."))

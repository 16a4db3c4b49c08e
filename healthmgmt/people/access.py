"""Loading a person is authorising it."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import at_or_below
from healthmgmt.people.models import Person

# Whoever holds one of them for a person reads the person's roster entry: those who look after the roster, and who opens the record.
READING = (Permission.ROSTER_VIEW, Permission.RECORD_VIEW)
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


def get_known_person_or_404(user: User, uuid: UUID) -> Person:
    """A person whom the user knows by the roster or by the record. Raises Http404 for everybody else."""
    for permission in READING:
        if person := Person.objects.select_related("unit").visible_to(user, permission).filter(uuid=uuid).first():
            return person
    raise Http404(_("There is no such person."))


def get_unit_of_people_or_404(user: User, pk: int) -> Unit:
    """A unit of whose people the user reads by a role there or above. Raises Http404 for every other one."""
    paths = {path for permission in READING for path in user.unit_paths(permission)}
    return get_object_or_404(Unit.objects.filter(at_or_below(sorted(paths))), pk=pk)

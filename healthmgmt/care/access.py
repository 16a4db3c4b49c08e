"""Whose record a clinician may open, and who stands on whose list.

A case manager's list holds the people of the units of the role, without those of a unit that was given to somebody else;
the people of units given to this manager; and their own people. Who has a manager of their own stands on that one's list
alone. All of them are visible, and so is whoever else the role reaches; anybody else by exception, with a written reason, for hours.
"""

from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.care.models import Alert, Assignment, ExceptionalAccess, Step
from healthmgmt.core import organisations
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import at_or_below, units_visible_to
from healthmgmt.people.models import Person, gives_people


def care_units(user: User) -> QuerySet[Unit]:
    """The units whose people stand on a case manager's list, those with a manager of their own aside."""
    if not user.can(Permission.CARE_WORK):
        return Unit.objects.none()
    own, others = _units_given(user)
    of_role = at_or_below([one.unit_path for one in user.held_roles if one.role == "case_manager"], "path")
    return Unit.objects.filter(at_or_below(own, "path") | of_role & ~at_or_below(others, "path"))


class UnitsGiven(NamedTuple):
    """Paths of the units given to a manager, and of those given to others who are there."""

    own: list[str]
    others: list[str]


def _units_given(user: User) -> UnitsGiven:
    """Read once for a page, which asks for it with every list and count that it shows."""
    return organisations.once(f"care.units_given.{user.pk}", partial(_read_units_given, user))


def _read_units_given(user: User) -> UnitsGiven:
    given = Assignment.objects.filter(ended_at=None, unit__isnull=False).filter(Q(manager__is_active=True) | Q(manager=user))
    found = list(given.values_list("manager", "unit__path"))
    own, others = ([path for manager, path in found if (manager == user.pk) is is_own] for is_own in (True, False))
    return UnitsGiven(own, others)


def get_care_unit_or_404(user: User, pk: int) -> Unit:
    """An open unit whose people this user may give to case managers: one that a role in care reaches. Raises Http404 for every other one."""
    return get_object_or_404(units_visible_to(user, Permission.CARE_WORK).open(), pk=pk)


def has_list(user: User) -> bool:
    """Whether a user has a list of people to call: by the role of a case manager, or because somebody was given to them."""
    if any(one.role == "case_manager" for one in user.held_roles):
        return True
    return user.can(Permission.CARE_WORK) and Assignment.objects.filter(manager=user, ended_at=None).exists()


def cared_for(user: User) -> QuerySet[Person]:
    """The people on a case manager's list, whether or not anything has to be done for them."""
    return Person.objects.filter(is_cared_for(user))


def is_cared_for(user: User) -> Q:
    """Of a person, whether they stand on a case manager's list. Beside other conditions it is asked of whom these leave, where a list of
    everybody would be made first."""
    if not user.can(Permission.CARE_WORK):
        return Q(pk__in=[])
    dedicated = Assignment.objects.filter(person=OuterRef("pk"), ended_at=None)
    to_another = dedicated.filter(manager__is_active=True).exclude(manager=user)
    return Q(Exists(dedicated.filter(manager=user))) | Q(unit__in=care_units(user)) & ~Exists(to_another)


def visible_to(user: User) -> QuerySet[Person]:
    """The people whose record a clinician may open: those whom the role reaches, and those given to this manager."""
    return Person.objects.visible_to(user, Permission.RECORD_VIEW)


def on_list(user: User) -> QuerySet[Person]:
    """Whom a clinician's own lists are about: a case manager's list, for others everybody whose record they may open."""
    return cared_for(user) if has_list(user) else visible_to(user)


@gives_people()
def given_to(user: User) -> Q:
    """The people given to a manager, one by one or with their unit."""
    given = Assignment.objects.filter(manager=user, ended_at=None)
    # People by the thousand are left to the database: as a list they would take longer to write down than to find.
    return Q(pk__in=given.filter(person__isnull=False).values("person")) | at_or_below(_units_given(user).own, "unit__path")


@gives_people(frozenset({Permission.RECORD_VIEW}))
def opened_by(user: User) -> Q:
    """The people whose record somebody has opened by exception, while its hours last."""
    return Q(pk__in=ExceptionalAccess.objects.filter(user=user, ends_at__gt=timezone.now()).values("person"))


def get_person_or_404(user: User, uuid: UUID) -> Person:
    """A person whose record the user may open. Raises Http404 for everybody else."""
    return get_object_or_404(visible_to(user).select_related("unit", "user"), uuid=uuid)


def alerts_visible_to(user: User) -> QuerySet[Alert]:
    """The alerts of the people whose record the user may open."""
    return Alert.objects.filter(person__in=visible_to(user))


def get_alert_or_404(user: User, uuid: UUID) -> Alert:
    """An alert of somebody whose record the user may open. Raises Http404 for every other one."""
    return get_object_or_404(alerts_visible_to(user).select_related("person__unit", "person__user", "assessment"), uuid=uuid)


def get_step_or_404(user: User, person: Person, pk: int) -> Step:
    """A step of a person's plans that this user may note as done.

    Raises Http404 for a step of somebody else or one that the person does alone, PermissionDenied for a physician's.
    """
    step = Step.objects.select_related("plan").filter(plan__person=person, pk=pk).exclude(doer=Step.Doer.PERSON).first()
    if step is None:
        raise Http404(_("There is no such step."))
    if step.doer == Step.Doer.PHYSICIAN and not user.can(Permission.ALERT_DECIDE, person.unit):
        raise PermissionDenied
    return step

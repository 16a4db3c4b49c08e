"""Which users an administrator looks after, what they hold there, and how far they have come towards signing in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import EXAM_CENTRE, ROLES, Permission
from healthmgmt.organization.models import Membership
from healthmgmt.organization.selectors import at_or_below, holds_everywhere, paths_in_names
from healthmgmt.people.models import Person

MANAGE = Permission.USERS_MANAGE
# Reaches the own record alone, wherever it is held: nobody's units are touched by it.
OF_EVERYBODY = "employee"
WITH_TASKS, NO_ROLE, WAITING, CLOSED = "", "none", "waiting", "closed"


class Standing(models.TextChoices):
    """How far a user has come towards signing in."""

    ACTIVE = "active"
    CODE = "code"
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(frozen=True)
class ShownRole:
    """A role within the administrator's units. `unit` is its path in names, empty for a role that knows no unit; `centre` names whose
    account it is, None for a role that is of no exam centre.
    """

    pk: int
    slug: str
    words: str
    unit: str
    centre: str | None


@dataclass(frozen=True)
class ShownUser:
    """A user as an administrator sees it; `outside` counts roles at units that the administrator does not look after."""

    user: User
    roles: list[ShownRole]
    outside: int
    standing: Standing


def users_of(admin: User) -> QuerySet[User]:
    """The users whom an administrator looks after: everybody from the root, else who holds a role or works within the units."""
    if holds_everywhere(admin, MANAGE):
        return User.objects.all()
    paths = admin.unit_paths(MANAGE)
    roles = Membership.objects.filter(at_or_below(paths, "unit__path"), user=OuterRef("pk"))
    work = Person.objects.filter(at_or_below(paths, "unit__path"), user=OuterRef("pk"))
    return User.objects.filter(Exists(roles) | Exists(work))


def found(admin: User, *, search: str = "", role: str = WITH_TASKS) -> QuerySet[User]:
    """Users by a part of the name or address or the beginning of a number, and by a role or a keyword of the filter.

    Without a role named these are the users who do something for the organisation: all but mere employees.
    """
    users = users_of(admin).order_by("name", "pk")
    if search:
        users = users.filter(Q(name__icontains=search) | Q(email__icontains=search) | Q(employee_no__istartswith=search))
    held = Membership.objects.filter(user=OuterRef("pk"))
    if role == WITH_TASKS:
        return users.filter(Exists(held.exclude(role=OF_EVERYBODY)))
    if role == NO_ROLE:
        return users.filter(~Exists(held))
    if role == WAITING:
        return users.filter(Exists(held.exclude(role=OF_EVERYBODY)), is_active=True, last_login=None)
    if role == CLOSED:
        return users.filter(is_active=False)
    return users.filter(Exists(held.filter(role=role))) if role in ROLES else users


def get_user_or_404(admin: User, pk: int) -> User:
    """A user whom the administrator looks after. Raises Http404 for any other, whether it exists or not."""
    user = users_of(admin).select_related("activation", "person__unit").filter(pk=pk).first()
    if user is None:
        raise Http404(_("There is no such user."))
    return user


def get_account_or_404(admin: User, pk: int) -> User:
    """A user whose account the administrator may open, close and give a code for.

    Raises Http404 as `get_user_or_404`, PermissionDenied when a role at other units hangs on the account: a code is as good
    as the account itself.
    """
    user = get_user_or_404(admin, pk)
    if not owns_account(admin, user):
        raise PermissionDenied
    return user


def owns_account(admin: User, user: User) -> bool:
    """Whether everything that hangs on an account lies within the administrator's units."""
    if holds_everywhere(admin, MANAGE):
        return True
    paths = admin.unit_paths(MANAGE)
    held = [one for one in user.held_roles if one.role != OF_EVERYBODY]
    return all(any(one.unit_path.startswith(path) for path in paths) for one in held)


def role_held(admin: User, user: User, pk: int) -> Membership | None:
    """One of a user's roles, None when it was taken away meanwhile. Raises Http404 for one at other units."""
    membership = user.memberships.select_related("unit").filter(pk=pk).first()
    if membership is not None and not admin.can(MANAGE, membership.unit):
        raise Http404(_("There is no such role."))
    return membership


def person_on_roster(admin: User, emp_no: str) -> Person:
    """The employee of a number whom the administrator may know of. Raises Rejected for any other number."""
    people = Person.objects.visible_to(admin, Permission.ROSTER_VIEW)
    person = people.filter(emp_no=emp_no.strip(), left_on=None).first()
    if person is None:
        raise Rejected(_("There is no employee “%(emp_no)s” in the roster.") % {"emp_no": emp_no}, field="emp_no")
    return person


def shown(admin: User, users: Collection[User], now: datetime) -> list[ShownUser]:
    """Users with their roles in words; two queries, however many they are. `users` come with `activation` selected."""
    held = Membership.objects.filter(user__in=users).select_related("unit").order_by("role", "unit__path")
    by_user: dict[int, list[Membership]] = {}
    for membership in held:
        by_user.setdefault(membership.user_id, []).append(membership)
    names = paths_in_names([membership.unit for membership in held])
    return [_shown(admin, user, by_user.get(user.pk, []), names, now) for user in users]


def standing_of(user: User, now: datetime) -> Standing:
    """How far a user has come; free of queries where `activation` was selected."""
    if not user.is_active:
        return Standing.CLOSED
    if user.has_usable_password():
        return Standing.ACTIVE
    code = getattr(user, "activation", None)
    return Standing.CODE if code is not None and code.used_at is None and code.expires_at > now else Standing.EXPIRED


def _shown(admin: User, user: User, held: list[Membership], names: dict[int, str], now: datetime) -> ShownUser:
    near = [one for one in held if one.role == OF_EVERYBODY or admin.can(MANAGE, one.unit)]
    roles = [_role(one, names) for one in near]
    return ShownUser(user, roles, len(held) - len(near), standing_of(user, now))


def _role(held: Membership, names: dict[int, str]) -> ShownRole:
    unit = "" if held.role == OF_EVERYBODY else names[held.unit_id]
    return ShownRole(held.pk, held.role, str(ROLES[held.role].words), unit, held.centre if held.role == EXAM_CENTRE else None)

"""What can be done with people and their accounts. Each change is recorded."""

from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person


class AddedUser(NamedTuple):
    """A new user and the password, told this once."""

    user: User
    password: str


def add_user(
    *, email: str, role: str, unit: Unit, by: Actor, emp_no: str = "", name: str = "", password: str | None = None
) -> AddedUser:
    """A user with a role at a unit, and who of the employees it is where `emp_no` says so.

    Raises Rejected: unknown role, e-mail taken, weak password, no such employee, an employee with an account.
    """
    password = accounts.generate_password() if password is None else password
    with transaction.atomic():
        person = _person_without_account(emp_no) if emp_no else None
        user = accounts.create_user(
            email=email,
            employee_no=person.emp_no if person else None,
            name=name or (person.name if person else ""),
            password=password,
            by=by,
        )
        organization.grant(user, unit=unit, role=role, by=by)
        if person:
            link_account(person, user=user, by=by)
    return AddedUser(user, password)


def link_account(person: Person, *, user: User, by: Actor) -> None:
    """Say that a user is this employee."""
    with transaction.atomic():
        person.user = user
        person.save(update_fields=["user"])
        audit.record("person.account_linked", by=by, subject=person, person_id=person.pk, detail={"user": user.pk})


def close_unit(unit: Unit, *, by: Actor) -> Unit:
    """Close a unit where nobody works any more. Raises Rejected with the number of those who still do."""
    with transaction.atomic():
        remaining = Person.objects.employed().filter(unit=unit).count()
        if remaining:
            raise Rejected(
                _("%(count)d people still work in “%(name)s”; move them first.") % {"count": remaining, "name": unit.name}
            )
        return organization.close(unit, by=by)


def _person_without_account(emp_no: str) -> Person:
    person = Person.objects.select_for_update().filter(emp_no=emp_no.strip()).first()
    if person is None:
        raise Rejected(_("There is no employee “%(emp_no)s” in the roster.") % {"emp_no": emp_no}, field="person")
    if person.user_id is not None:
        raise Rejected(_("The employee “%(emp_no)s” has an account already.") % {"emp_no": emp_no}, field="person")
    return person

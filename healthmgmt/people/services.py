"""What can be done with people and their accounts. Each change is recorded."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Membership, Settings, Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people import importing, parsing, presenters, purposes, sheets
from healthmgmt.people.models import Consent, Person
from healthmgmt.work import services as work

WHOLE_TREE = importing.Reach(roster=[""], units=[""])


class AddedUser(NamedTuple):
    """A new user and the password, told this once."""

    user: User
    password: str


def add_user(
    *, email: str, role: str, unit: Unit, by: Actor, emp_no: str = "", name: str = "", password: str | None = None, centre: str = ""
) -> AddedUser:
    """A user with a role at a unit, and who of the employees it is where `emp_no` says so; `centre` as in `organization.grant`.

    Raises Rejected: unknown role, e-mail taken, weak password, no such employee, an employee with an account, no exam centre named.
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
        organization.grant(user, unit=unit, role=role, centre=centre, by=by)
        if person:
            link_account(person, user=user, by=by)
    return AddedUser(user, password)


class InvitedUser(NamedTuple):
    """A user with a new role, and the one-time code, told this once; no code for somebody who had an account."""

    user: User
    code: str


def invite_user(
    *,
    role: str,
    unit: Unit,
    by: Actor,
    person: Person | None = None,
    name: str = "",
    email: str = "",
    mobile: str = "",
    centre: str = "",
) -> InvitedUser:
    """A role at a unit for somebody who chooses the password by a code: an employee, or a user of their own.

    An employee with an account gets the role there, and nothing else of the account changes; `centre` as in `organization.grant`.
    Raises Rejected: unknown role, no identifier, one that is taken, no exam centre named.
    """
    with transaction.atomic():
        # Of two at once, the second sees the account that the first has opened.
        person = Person.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk) if person else None
        if person and person.user:
            organization.grant(person.user, unit=unit, role=role, centre=centre, by=by)
            return InvitedUser(person.user, "")
        user = accounts.create_user(
            email=email, mobile=mobile, employee_no=person.emp_no if person else None, name=name or (person.name if person else ""),
            language=organisation_settings().language, by=by,
        )  # fmt: skip
        organization.grant(user, unit=unit, role=role, centre=centre, by=by)
        if person:
            link_account(person, user=user, by=by)
        return InvitedUser(user, accounts.issue_code(user, by=by))


@dataclass(frozen=True)
class RosterReceipt:
    """What became of the rows: received = created + updated + unchanged + left + refused."""

    received: int
    created: int
    updated: int
    unchanged: int
    left: int
    refused: int
    units_created: int
    problems: list[parsing.Problem]


def import_roster(data: bytes, *, by: Actor, user: User | None = None) -> RosterReceipt:
    """Take a roster file in: units, people, employment and exposures. Re-import updates and never deletes.

    Rows with a problem stay out and are listed; `user` limits what may be changed to that user's units, None to nothing.
    Raises Rejected when the file cannot be used at all; then nothing has changed.
    """
    if len(data) > settings.UPLOAD_LIMITS["file_bytes"]:
        raise Rejected(presenters.file_sentence("too-large"))
    reach = WHOLE_TREE
    if user is not None:
        reach = importing.Reach(user.unit_paths(Permission.ROSTER_EDIT), user.unit_paths(Permission.UNITS_MANAGE))
        if not reach.roster:
            raise Rejected(_("Your roles do not include the roster."))
    with transaction.atomic():
        # One roster at a time in an organisation; the settings' row stands for it.
        own = Settings.objects.select_for_update().get(pk=1)
        today = local_day(timezone.now(), own.timezone)
        staging = _stage(data, today)
        units_made = importing.judge(staging, reach, by=by)
        importing.apply(says_left="left_on" in staging.columns.index, today=today)
        receipt = _receipt(staging, units_made)
        importing.record_changes(by=by)
        _take_roles_of_leavers(by=by)
        sql.execute("people/clear_roster")
        counted = {name: value for name, value in vars(receipt).items() if name != "problems"}
        event = audit.record("roster.imported", by=by, detail={"sha256": hashlib.sha256(data).hexdigest(), **counted})
        work.announce("roster.imported", record=event.pk)
    return receipt


def _stage(data: bytes, today: date) -> importing.Staging:
    try:
        columns, rows = parsing.find_columns(sheets.open_sheets(data))
        staging = importing.Staging(columns)
        staging.store(parsing.Reader(columns, today).lines(rows))
    except sheets.Unreadable as error:
        raise Rejected(presenters.file_sentence(error.reason)) from error
    if not staging.received:
        raise Rejected(presenters.file_sentence("no-rows"))
    return staging


def _receipt(staging: importing.Staging, units_made: int) -> RosterReceipt:
    found = importing.counts()
    problems = staging.problems + importing.refusals(staging.columns)
    done = {name: found.get(name, 0) for name in ("created", "updated", "unchanged", "left")}
    refused = len({problem.row for problem in problems})
    return RosterReceipt(
        received=staging.received,
        refused=refused,
        units_created=units_made,
        problems=sorted(problems, key=lambda problem: (problem.row, problem.cell)),
        **done,
    )


def _take_roles_of_leavers(*, by: Actor) -> None:
    """Who has left keeps nothing but the own record; administrators are left to people to decide."""
    left = Membership.objects.filter(user__person__left_on__isnull=False).exclude(role__in=("employee", "org_admin"))
    for membership in left.select_related("user"):
        organization.revoke(membership, by=by)


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


def give_consent(person: Person, *, purpose: str, version: str, by: Actor) -> Consent:
    """Note that a person agrees to a purpose in the wording that they were shown; the same wording twice is once.

    Consent to an earlier wording ends with it. Raises Rejected for an unknown purpose, or a wording that is not in force.
    """
    _check_wording(_purpose(purpose), version)
    with transaction.atomic():
        present = _open_consent(person, purpose)
        if present and present.text_version == version:
            return present
        now = timezone.now()
        if present:
            present.withdrawn_at = now
            present.save(update_fields=["withdrawn_at"])
        consent = Consent.objects.create(person=person, purpose=purpose, text_version=version, given_at=now)
        audit.record("consent.given", by=by, subject=consent, person_id=person.pk, detail={"purpose": purpose, "version": version})
        work.announce("consents.changed", consent=consent.pk, change=f"given:{consent.pk}")
    return consent


def withdraw_consent(person: Person, *, purpose: str, by: Actor) -> Consent | None:
    """Note that a person takes a consent back; returns it, None when there was none. Raises Rejected for an unknown purpose."""
    _purpose(purpose)
    with transaction.atomic():
        present = _open_consent(person, purpose)
        if present is None:
            return None
        present.withdrawn_at = timezone.now()
        present.save(update_fields=["withdrawn_at"])
        detail = {"purpose": purpose, "version": present.text_version}
        audit.record("consent.withdrawn", by=by, subject=present, person_id=person.pk, detail=detail)
        work.announce("consents.changed", consent=present.pk, change=f"withdrawn:{present.pk}")
    return present


def decline_consent(person: Person, *, purpose: str, version: str, by: Actor) -> Consent:
    """Note that a person says no in the wording that they were shown; the same no twice is once. What was in force ends with it.

    Raises Rejected for an unknown purpose, or a wording that is not in force.
    """
    _check_wording(_purpose(purpose), version)
    with transaction.atomic():
        present = _open_consent(person, purpose)
        if present and present.text_version == version:
            return withdraw_consent(person, purpose=purpose, by=by)
        now, last = timezone.now(), Consent.objects.filter(person=person, purpose=purpose).order_by("given_at", "id").last()
        if present:
            present.withdrawn_at = now
            present.save(update_fields=["withdrawn_at"])
        elif last and last.is_declined and last.text_version == version:
            return last
        consent = Consent.objects.create(
            person=person, purpose=purpose, text_version=version, given_at=now, withdrawn_at=now, is_declined=True
        )
        audit.record("consent.declined", by=by, subject=consent, person_id=person.pk, detail={"purpose": purpose, "version": version})
        work.announce("consents.changed", consent=consent.pk, change=f"declined:{consent.pk}")
    return consent


def _check_wording(asked: purposes.Purpose, version: str) -> None:
    if version != asked.text.version:
        raise Rejected(_("The wording has changed since you opened the page. Please read it again."), field=asked.slug)


def _purpose(slug: str) -> purposes.Purpose:
    known = purposes.load().get(slug)
    if known is None:
        raise Rejected(_("There is no such purpose."), field="purpose")
    return known


def _open_consent(person: Person, purpose: str) -> Consent | None:
    """The consent in force, with the person's row locked, so that two answers at once come one after the other."""
    Person.objects.select_for_update().get(pk=person.pk)
    return Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()


def _person_without_account(emp_no: str) -> Person:
    person = Person.objects.select_for_update().filter(emp_no=emp_no.strip()).first()
    if person is None:
        raise Rejected(_("There is no employee “%(emp_no)s” in the roster.") % {"emp_no": emp_no}, field="person")
    if person.user_id is not None:
        raise Rejected(_("The employee “%(emp_no)s” has an account already.") % {"emp_no": emp_no}, field="person")
    return person

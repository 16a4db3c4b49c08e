"""Accounts of employees: for one with a code, for a whole unit in one action."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.activation import VALID_DAYS, code_digest, new_code
from healthmgmt.audit import services as audit
from healthmgmt.core import sql, workbooks
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings, root_unit
from healthmgmt.people.models import Person
from healthmgmt.people.roster import count_without_account
from healthmgmt.people.services import link_account

MOST_CODES = 20_000


class OpenedAccount(NamedTuple):
    """An employee who can now sign in by employee number, and the one-time code, told this once."""

    emp_no: str
    name: str
    unit: str
    code: str


def open_accounts(unit: Unit, *, by: Actor) -> list[OpenedAccount]:
    """An account for everybody who works in a unit's subtree and has none; only digests of the codes are kept."""
    with transaction.atomic():
        # The tables are as large as the organisation, and the planner cannot know how long the lists are.
        sql.rows("people/plan_for_many")
        people = sql.rows("people/people_without_account", {"path": unit.path})
        opened = [OpenedAccount(emp_no, name, unit_name, new_code()) for _id, emp_no, name, unit_name in people]
        ids = [person_id for person_id, *_rest in people]
        parameters = {
            "people": ids,
            "digests": [code_digest(account.code) for account in opened],
            "language": organisation_settings().language,
            "root": root_unit().pk,
            "expires_at": timezone.now() + timedelta(days=VALID_DAYS),
        }
        sql.execute("people/open_accounts", parameters)
        audit.record_people("person.account_opened", ids, by=by)
        audit.record("accounts.opened", by=by, subject=unit, detail={"accounts": len(opened)})
    return opened


def codes_workbook(unit: Unit, *, by: Actor) -> bytes | None:
    """Open the accounts of a unit and give the codes as a workbook, which is the one place where they stand; None for nobody.

    Raises Rejected for more people than one file is made for; then nothing has changed.
    """
    lacking = count_without_account(unit)
    if lacking > MOST_CODES:
        raise Rejected(_("%(count)d people have no account; please go unit by unit, at most %(most)d at once.") % {"count": lacking, "most": MOST_CODES})
    with transaction.atomic():
        opened = open_accounts(unit, by=by)
        headings = [_("Employee number"), _("Name"), _("Unit"), _("Activation code")]
        return workbooks.write(headings, opened, title=unit.name) if opened else None


def issue_code(person: Person, *, by: Actor) -> str:
    """A one-time code with which an employee chooses a password, in place of any earlier one; opens the account where there is none.

    Raises Rejected: somebody who has left and has none, a closed account, one that has more rights than an employee's own.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        if person.user is None:
            _open_account(person, by=by)
        if not person.user.is_active:
            raise Rejected(_("This account is closed. An administrator can say why."))
        # Whoever holds the code could sign in first, so nobody gets more by it than the employee's own pages.
        if person.user.memberships.exclude(role="employee").exists():
            raise Rejected(_("This account has other roles as well; its code has to come from an administrator."))
        code = accounts.issue_code(person.user, by=by)
        audit.record("person.code_issued", by=by, subject=person, person_id=person.pk)
    return code


def _open_account(person: Person, *, by: Actor) -> None:
    """As `open_accounts` does for many: sign-in by employee number, the role of an employee."""
    if person.left_on is not None:
        raise Rejected(_("Whoever has left gets no new account."))
    user = accounts.create_user(employee_no=person.emp_no, name=person.name, language=organisation_settings().language, by=by)
    organization.grant(user, unit=root_unit(), role="employee", by=by)
    link_account(person, user=user, by=by)

"""Accounts for a whole roster in one action."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from healthmgmt.accounts.activation import VALID_DAYS, code_digest, new_code
from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings, root_unit


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

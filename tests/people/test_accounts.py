"""Accounts of employees: one code at a time, and a workbook of them for a unit."""

import io
from datetime import date

import openpyxl
import pytest

from healthmgmt.accounts import services as signing_in
from healthmgmt.accounts.models import ActivationCode, User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services as organization
from healthmgmt.people import accounts
from healthmgmt.people.models import Person

BY = Actor(label="system:test")
PASSWORD = "a long enough sentence"


def lines(data: bytes) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


def test_issue_code_opens_the_account_with_an_employees_role_and_nothing_more(cast):
    code = accounts.issue_code(cast.ben, by=BY)
    user = signing_in.activate(code, password=PASSWORD)
    assert (user.person, user.employee_no, user.name) == (cast.ben, "E1002", "Name E1002")
    assert [(one.role, one.unit_name) for one in user.held_roles] == [("employee", "Root")]


def test_issue_code_again_makes_the_first_void_and_opens_no_second_account(cast):
    first = accounts.issue_code(cast.ben, by=BY)
    users = User.objects.count()
    second = accounts.issue_code(cast.ben, by=BY)
    with pytest.raises(Rejected):
        signing_in.activate(first, password=PASSWORD)
    assert signing_in.activate(second, password=PASSWORD).person == cast.ben
    assert User.objects.count() == users


def test_issue_code_is_recorded_for_the_person(cast):
    accounts.issue_code(cast.anna, by=BY)
    assert Event.objects.filter(action="person.code_issued", person_id=cast.anna.pk, actor="system:test").count() == 1


def test_issue_code_to_an_account_with_other_roles_is_refused(cast):
    organization.grant(cast.employee, unit=cast.a1, role="case_manager", by=BY)
    with pytest.raises(Rejected, match="other roles"):
        accounts.issue_code(cast.anna, by=BY)
    assert not ActivationCode.objects.filter(user=cast.employee).exists()


def test_issue_code_to_a_closed_account_is_refused(cast):
    signing_in.deactivate(cast.employee, by=BY)
    with pytest.raises(Rejected, match="closed"):
        accounts.issue_code(cast.anna, by=BY)


def test_issue_code_to_who_has_left_opens_no_account(cast):
    Person.objects.filter(pk=cast.ben.pk).update(left_on=date(2026, 1, 31))
    with pytest.raises(Rejected, match="left"):
        accounts.issue_code(cast.ben, by=BY)
    assert Person.objects.get(pk=cast.ben.pk).user is None


def test_codes_workbook_holds_a_code_that_works_for_each_who_had_none(cast):
    found = lines(accounts.codes_workbook(cast.a, by=BY))
    assert [row[:3] for row in found] == [
        ["Employee number", "Name", "Unit"],
        ["E1002", "Name E1002", "A1"],
        ["E2001", "Name E2001", "A2"],
    ]
    assert signing_in.activate(found[1][3], password=PASSWORD).person == cast.ben


def test_codes_workbook_is_none_when_everybody_has_an_account(cast):
    accounts.codes_workbook(cast.a1, by=BY)
    assert accounts.codes_workbook(cast.a1, by=BY) is None


def test_codes_workbook_runs_no_name_as_a_formula(cast):
    Person.objects.filter(pk=cast.ben.pk).update(name="=1+1")
    assert lines(accounts.codes_workbook(cast.a1, by=BY))[1][1] == "'=1+1"


def test_codes_workbook_for_too_many_opens_nothing(cast, monkeypatch):
    monkeypatch.setattr(accounts, "MOST_CODES", 1)
    with pytest.raises(Rejected, match="2 people"):
        accounts.codes_workbook(cast.a, by=BY)
    assert Person.objects.filter(user=None).count() == 3

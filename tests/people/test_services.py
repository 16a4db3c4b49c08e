"""Users who are employees, accounts for a whole roster, units that close."""

import csv
import io
import json

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from healthmgmt.accounts import services as accounts
from healthmgmt.accounts.models import ActivationCode, User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.people import presenters, services
from healthmgmt.people.accounts import open_accounts
from healthmgmt.people.models import Person
from tests.people.rosters import id_number

BY = Actor(label="system:test")
PASSWORD = "a long enough phrase"


def test_add_user_with_a_role(cast):
    added = services.add_user(email="new@example.org", role="liaison", unit=cast.b1, by=BY)
    assert (added.user.can("roster.edit", cast.b1), added.user.can("roster.edit", cast.a1)) == (True, False)
    assert authenticate(None, identifier="new@example.org", password=added.password) == added.user


@pytest.mark.parametrize(("named", "centre"), [(["--centre", "Mingde"], "Mingde"), ([], "new@example.org")])
def test_add_user_of_an_exam_centre_is_of_that_one_alone(cast, named, centre):
    call_command("add_user", "--org", "alpha", "--email", "new@example.org", "--role", "exam_centre", *named, "--json")
    assert User.objects.get(email="new@example.org").centre == centre


def test_add_user_who_is_an_employee(cast):
    added = services.add_user(email="ben@example.org", role="employee", unit=cast.a1, emp_no="E1002", password=PASSWORD, by=BY)
    cast.ben.refresh_from_db()
    assert (cast.ben.user, added.user.name) == (added.user, "Name E1002")
    assert authenticate(None, identifier="E1002", password=PASSWORD) == added.user
    assert Event.objects.get(action="person.account_linked").person_id == cast.ben.pk


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "king"}, "role"),
        ({"role": "operator"}, "role"),
        ({"email": "ANNA@example.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"emp_no": "E9"}, "person"),
        ({"emp_no": "E1001"}, "person"),
    ],
)
def test_add_user_refuses_and_leaves_nothing(cast, given, field):
    users, events = User.objects.count(), Event.objects.count()
    with pytest.raises(Rejected) as error:
        services.add_user(**{"email": "new@example.org", "role": "liaison", "unit": cast.a1, "by": BY} | given)
    assert (error.value.field, User.objects.count(), Event.objects.count()) == (field, users, events)


def test_add_user_command(cast):
    out = io.StringIO()
    call_command("add_user", org="alpha", email="new@example.org", role="liaison", unit="A/A1", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["email"], told["role"], told["unit"], len(told["password"])) == ("new@example.org", "liaison", "A/A1", 20)
    out = io.StringIO()
    call_command("add_user", org="alpha", email="n2@example.org", role="liaison", password=PASSWORD, stdout=out)
    assert PASSWORD not in out.getvalue()


@pytest.mark.parametrize(
    "given", [{"role": "king"}, {"unit": "X/Y"}, {"email": "anna@example.org"}, {"password": "short"}, {"org": "nowhere"}]
)
def test_add_user_command_errors(cast, given):
    with pytest.raises(CommandError):
        call_command("add_user", **{"org": "alpha", "email": "new@example.org", "role": "liaison"} | given)


def test_open_accounts_for_a_subtree(cast):
    opened = open_accounts(cast.a, by=BY)
    assert [(one.emp_no, one.unit) for one in opened] == [("E1002", "A1"), ("E2001", "A2")]
    user = accounts.activate(opened[0].code, password=PASSWORD)
    cast.ben.refresh_from_db()
    assert (cast.ben.user, user.employee_no, user.can("own_record.view")) == (user, "E1002", True)
    assert list(Person.objects.visible_to(user, "own_record.view")) == [cast.ben]
    assert authenticate(None, identifier="E1002", password=PASSWORD) == user
    people = Event.objects.filter(action="person.account_opened").values_list("person_id", flat=True)
    assert set(people) == {cast.ben.pk, cast.amos.pk}


def test_open_accounts_twice_opens_none(cast):
    open_accounts(cast.root, by=BY)
    assert open_accounts(cast.root, by=BY) == []


def test_open_accounts_leaves_out_who_left_and_numbers_that_are_taken(cast):
    Person.objects.filter(pk=cast.amos.pk).update(left_on="2026-01-01")
    accounts.create_user(employee_no="E1002", by=BY)
    assert [one.emp_no for one in open_accounts(cast.root, by=BY)] == ["E3001"]


def test_open_accounts_stores_digests_only(cast):
    opened = open_accounts(cast.root, by=BY)
    stored = str(list(ActivationCode.objects.values())) + str(list(Event.objects.values()))
    assert [one.code for one in opened if one.code in stored or one.code.replace("-", "") in stored] == []


def test_accounts_without_activation_cannot_sign_in(cast):
    open_accounts(cast.root, by=BY)
    user = User.objects.get(employee_no="E1002")
    assert user.has_usable_password() is False
    assert authenticate(None, identifier="E1002", password=user.password) is None


def test_open_accounts_command_writes_a_file_that_runs_nothing(cast, tmp_path):
    Person.objects.filter(pk=cast.ben.pk).update(name="=cmd|' /C calc'!A0")
    path = tmp_path / "codes.csv"
    call_command("open_accounts", org="alpha", unit="A", out=path, stdout=io.StringIO())
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert (rows[0], rows[1][:3], len(rows)) == (["emp_no", "name", "unit", "code"], ["E1002", "'=cmd|' /C calc'!A0", "A1"], 3)
    assert path.stat().st_mode & 0o777 == 0o600


def test_open_accounts_command_that_cannot_write_opens_nothing(cast, tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("precious")
    with pytest.raises(CommandError, match="No account was opened"):
        call_command("open_accounts", org="alpha", out=path)
    assert (path.read_text(), Person.objects.filter(user=None).count()) == ("precious", 3)


def test_close_unit_asks_who_still_works_there(cast):
    with pytest.raises(Rejected):
        services.close_unit(cast.a1, by=BY)
    Person.objects.filter(unit=cast.a1).update(unit=cast.a2)
    assert services.close_unit(cast.a1, by=BY).closed_on is not None


def test_identity_number_is_shown_masked(cast):
    from datetime import date

    cast.anna.id_no = id_number(date(1980, 5, 17), 22)
    cast.anna.save()
    assert presenters.shown_id(Person.objects.get(pk=cast.anna.pk))[:14] == "760101********"

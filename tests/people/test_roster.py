"""Reads over the roster: whom a user finds there, since when, and who can sign in."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from healthmgmt.accounts import services as accounts
from healthmgmt.core.actors import Actor
from healthmgmt.people import roster
from healthmgmt.people.importing import BEFORE_RECORDS
from healthmgmt.people.models import Employment, Person
from tests import cast as casting

BY = Actor(label="system:test")


def numbers(people) -> list[str]:
    return [person.emp_no for person in people]


def test_people_on_roster_are_those_of_the_users_units(cast):
    found = {name: numbers(roster.people_on_roster(getattr(cast, name))) for name in ("liaison_a1", "office_a", "admin", "leader", "physician")}
    assert found == {
        "liaison_a1": ["E1001", "E1002"],
        "office_a": ["E1001", "E1002", "E2001"],
        "admin": ["E1001", "E1002", "E2001", "E3001"],
        "leader": [],
        "physician": [],
    }


@pytest.mark.parametrize(
    ("search", "found"),
    [("E10", ["E1001", "E1002"]), ("e1002", ["E1002"]), ("1002", ["E1002"]), ("02", ["E1002"]), ("ame e2", ["E2001"]), ("Nobody", []), ("%", [])],
)
def test_people_on_roster_by_name_or_beginning_of_number(cast, search, found):
    """A made name ends with the number, so a part of the number is found in it."""
    assert numbers(roster.people_on_roster(cast.office_a, search=search)) == found


def test_people_on_roster_by_number_needs_its_beginning(cast):
    Person.objects.update(name="X")
    assert numbers(roster.people_on_roster(cast.office_a, search="1002")) == []


def test_people_on_roster_within_a_unit(cast):
    assert numbers(roster.people_on_roster(cast.office_a, unit=cast.a2)) == ["E2001"]


def test_people_on_roster_by_who_has_left(cast):
    Person.objects.filter(pk=cast.ben.pk).update(left_on=date(2026, 1, 31))
    found = [numbers(roster.people_on_roster(cast.liaison_a1, has_left=has_left)) for has_left in (False, True, None)]
    assert found == [["E1001"], ["E1002"], ["E1001", "E1002"]]


def test_people_on_roster_without_account(cast):
    assert numbers(roster.people_on_roster(cast.liaison_a1, lacks_account=True)) == ["E1002"]
    assert roster.count_without_account(cast.a) == 2


def test_since_is_the_first_day_in_the_present_unit(cast):
    Employment.objects.filter(person=cast.anna).update(ended_on=date(2020, 5, 1))
    Employment.objects.create(person=cast.anna, unit=cast.a1, started_on=date(2020, 5, 2))
    Employment.objects.filter(person=cast.ben).update(started_on=BEFORE_RECORDS)
    assert [person.since for person in roster.people_on_roster(cast.liaison_a1)] == [date(2020, 5, 2), None]


def test_employments_newest_first_and_none_for_before_records(cast):
    Employment.objects.filter(person=cast.anna).update(started_on=BEFORE_RECORDS, ended_on=date(2020, 5, 1))
    Employment.objects.create(person=cast.anna, unit=cast.a2, started_on=date(2020, 5, 2))
    found = [(one.unit_name, one.began, one.ended_on) for one in roster.employments(cast.anna)]
    assert found == [("A2", date(2020, 5, 2), None), ("A1", None, date(2020, 5, 1))]


def test_account_of_says_how_far_a_person_has_come(cast):
    now = timezone.now()
    assert roster.account_of(cast.ben, now) == roster.Account.NONE
    accounts.issue_code(cast.employee, by=BY)
    anna = Person.objects.get(pk=cast.anna.pk)
    assert roster.account_of(anna, now) == roster.Account.CODE
    assert roster.account_of(anna, now + timedelta(days=31)) == roster.Account.EXPIRED
    accounts.set_password(cast.employee, password="a long enough sentence", by=BY)
    assert roster.account_of(Person.objects.get(pk=cast.anna.pk), now) == roster.Account.ACTIVE
    accounts.deactivate(cast.employee, by=BY)
    assert roster.account_of(Person.objects.get(pk=cast.anna.pk), now) == roster.Account.CLOSED


@pytest.mark.parametrize("more", [0, 2])
def test_people_on_roster_with_their_accounts_is_one_query(cast, django_assert_num_queries, more):
    for number in range(more):
        casting.person(f"E19{number:02}", cast.a1)
    people = roster.people_on_roster(cast.liaison_a1)
    with django_assert_num_queries(1):
        assert len([(person.unit.name, person.since, roster.account_of(person, timezone.now())) for person in people]) == 2 + more

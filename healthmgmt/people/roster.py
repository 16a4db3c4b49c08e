"""Reads over the roster: who is on it, where they work, and whether they can sign in."""

from datetime import datetime

from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import NullIf

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.organization.models import Unit
from healthmgmt.people.importing import BEFORE_RECORDS
from healthmgmt.people.models import Employment, Person


class Account(models.TextChoices):
    """How far a person has come towards signing in."""

    NONE = "none"
    CODE = "code"
    EXPIRED = "expired"
    ACTIVE = "active"
    CLOSED = "closed"


def people_on_roster(
    user: User, *, search: str = "", unit: Unit | None = None, has_left: bool | None = False, lacks_account: bool = False
) -> QuerySet[Person]:
    """The people that a user may know of by the roster, each with `since`, the first day in the present unit (None: before records).

    `search` is a part of the name or the beginning of the employee number; `has_left` None means both.
    """
    people = Person.objects.visible_to(user, Permission.ROSTER_VIEW)
    if unit is not None:
        people = people.within(unit)
    if has_left is not None:
        people = people.filter(left_on__isnull=not has_left)
    if lacks_account:
        people = people.filter(user=None)
    return placed(people.matching(search)).select_related("user__activation")


def placed(people: QuerySet[Person]) -> QuerySet[Person]:
    """People by their number, each with unit and `since`, the first day in it (None: before records)."""
    latest = Employment.objects.filter(person=OuterRef("pk")).order_by("-started_on", "-id")
    since = NullIf(Subquery(latest.values("started_on")[:1]), Value(BEFORE_RECORDS))
    # No list shows identity numbers, which would be decrypted one by one.
    return people.annotate(since=since).select_related("unit").defer("id_no").order_by("emp_no")


def employments(person: Person) -> QuerySet[Employment]:
    """Every stretch of work with `unit_name` and `began`, its first day (None: before records), the newest first."""
    began = NullIf("started_on", Value(BEFORE_RECORDS))
    return person.employments.annotate(unit_name=F("unit__name"), began=began).order_by("-started_on", "-id")


def account_of(person: Person, now: datetime) -> Account:
    """How far a person has come; free of queries where `user__activation` was selected."""
    user = person.user
    if user is None:
        return Account.NONE
    if not user.is_active:
        return Account.CLOSED
    if user.has_usable_password():
        return Account.ACTIVE
    code = getattr(user, "activation", None)
    return Account.CODE if code is not None and code.used_at is None and code.expires_at > now else Account.EXPIRED


def count_without_account(unit: Unit) -> int:
    """How many of those who work in a unit's subtree have no account."""
    return Person.objects.employed().within(unit).filter(user=None).count()

"""Reads over activities, acts and points."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from healthmgmt.accounts.models import User
from healthmgmt.core.permissions import Permission
from healthmgmt.engagement.models import Act, Activity, Participation, PointsEntry, PublishedCount
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person

SHOWN_ENTRIES = 100


def with_acts(found: QuerySet[Participation]) -> QuerySet[Participation]:
    """Each with `done`, how many acts count."""
    counting = Q(acts__taken_back=None) & ~Q(acts__kind=Act.Kind.TAKEN_BACK)
    return found.annotate(done=Count("acts", filter=counting, distinct=True))


def acts_of(participation: Participation) -> list[Act]:
    """The acts that count, the last first."""
    return list(Act.objects.counting().filter(participation=participation).order_by("-done_on", "-pk"))


def entries_of(person: Person) -> list[PointsEntry]:
    """The newest entries of a person's points."""
    found = PointsEntry.objects.filter(person=person).select_related("activity", "request__reward")
    return list(found.order_by("-pk")[:SHOWN_ENTRIES])


def published_of(activity: Activity) -> PublishedCount | None:
    """What employers see of an activity; None before its first count."""
    return PublishedCount.objects.filter(activity=activity).first()


def unit_names(published: PublishedCount) -> dict[int, str]:
    """The names of the units of published rows, by id."""
    ids = {pk for row in published.rows for pk in (*row["units"], *row["own_units"])}
    return dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name"))


def count_to_invite(activity: Activity, today: date) -> int:
    """How many people work in the unit of an activity and below it."""
    here = Person.objects.within(activity.unit)
    return here.filter(Q(left_on=None) | Q(left_on__gt=today)).count()


def invited_to(user: User, activity: Activity, search: str = "") -> QuerySet[Participation]:
    """Who of a user's people is invited to an activity, each with `took_part`; of who declined nothing tells that they did."""
    people = Person.objects.visible_to(user, Permission.WORK_STATE_VIEW).matching(search)
    found = Participation.objects.filter(activity=activity, person__in=people).select_related("person__unit")
    took_part = Act.objects.counting().filter(participation=OuterRef("pk"))
    return found.annotate(took_part=Exists(took_part)).order_by("person__emp_no")


class Named(NamedTuple):
    """How many of a user's people are invited to an activity and took part."""

    invited: int
    took_part: int


def named_counts(user: User, activities: Iterable[Activity]) -> dict[int, Named]:
    """By activity; one query."""
    people = Person.objects.visible_to(user, Permission.WORK_STATE_VIEW)
    found = Participation.objects.filter(activity__in=list(activities), person__in=people).order_by().values("activity")
    counted = found.annotate(invited=Count("pk"), took_part=Coalesce(Count("first_act_on"), 0))
    return {row["activity"]: Named(row["invited"], row["took_part"]) for row in counted}

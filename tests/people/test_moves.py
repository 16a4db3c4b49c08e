"""Transfers and mergers: people, roles and units go over with a date, and nothing of what was is lost."""

from datetime import date, timedelta

import pytest

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Membership, Unit
from healthmgmt.organization.selectors import today
from healthmgmt.people import moves
from healthmgmt.people.models import Employment, Person
from healthmgmt.work.models import Job
from tests import cast as casting

BY = Actor(label="system:test")
DAY = date(2026, 3, 2)


def stretches(person: Person) -> list[tuple[str, date, date | None]]:
    return list(Employment.objects.filter(person=person).order_by("started_on").values_list("unit__name", "started_on", "ended_on"))


def acts(*beginnings: str) -> list[str]:
    return [action for action in Event.objects.order_by("id").values_list("action", flat=True) if action.startswith(beginnings)]


def jobs(kind: str) -> int:
    return Job.objects.filter(kind=kind).count()


def state() -> tuple:
    """What a refused change must leave as it was."""
    return (
        list(Person.objects.order_by("pk").values_list("pk", "unit")),
        list(Employment.objects.order_by("pk").values_list("pk", "unit", "started_on", "ended_on")),
        list(Membership.objects.order_by("pk").values_list("pk", "unit", "role")),
        list(Unit.objects.order_by("pk").values_list("pk", "path", "closed_on")),
        Event.objects.count(),
        Job.objects.count(),
    )


def test_transfer_ends_the_stretch_the_day_before_and_begins_another(cast):
    Employment.objects.filter(person=cast.ben).update(occupation="welder")
    assert moves.transfer([cast.anna.pk, cast.ben.pk], to=cast.b1, on=DAY, by=BY) == 2
    cast.ben.refresh_from_db()
    assert cast.ben.unit == cast.b1
    assert stretches(cast.ben) == [("A1", date(2015, 1, 1), DAY - timedelta(days=1)), ("B1", DAY, None)]
    assert Employment.objects.get(person=cast.ben, ended_on=None).occupation == "welder"
    assert stretches(cast.amos) == [("A2", date(2015, 1, 1), None)]


def test_transfer_is_recorded_for_each_person_and_announced(cast):
    moves.transfer([cast.anna.pk, cast.ben.pk], to=cast.b1, on=DAY, by=BY)
    recorded = Event.objects.filter(action="person.transferred")
    assert set(recorded.values_list("person_id", "subject_id")) == {(cast.anna.pk, str(cast.b1.pk)), (cast.ben.pk, str(cast.b1.pk))}
    assert (acts("people."), jobs("insight.count")) == (["people.transferred"], 1)


def test_transfer_twice_is_once(cast):
    moves.transfer([cast.ben.pk], to=cast.b1, on=DAY, by=BY)
    before = state()
    assert moves.transfer([cast.ben.pk], to=cast.b1, on=DAY, by=BY) == 0
    assert state() == before


def test_transfer_passes_over_who_has_left(cast):
    Person.objects.filter(pk=cast.ben.pk).update(left_on=DAY)
    assert moves.transfer([cast.ben.pk, cast.anna.pk], to=cast.b1, on=DAY, by=BY) == 1
    cast.ben.refresh_from_db()
    assert cast.ben.unit == cast.a1


@pytest.mark.parametrize(("on", "field"), [("tomorrow", "on"), ("first day", "on"), ("before", "on")])
def test_transfer_refuses_a_day_that_cannot_be(cast, on, field):
    day = {"tomorrow": today() + timedelta(days=1), "first day": date(2015, 1, 1), "before": date(2014, 5, 5)}[on]
    before = state()
    with pytest.raises(Rejected) as error:
        moves.transfer([cast.anna.pk, cast.ben.pk], to=cast.b1, on=day, by=BY)
    assert (error.value.field, state()) == (field, before)


def test_transfer_refuses_a_closed_unit(cast):
    moves.merge_units(cast.b1, into=cast.b, on=DAY, by=BY)
    with pytest.raises(Rejected) as error:
        moves.transfer([cast.ben.pk], to=cast.b1, on=DAY, by=BY)
    assert error.value.field == "unit"


def test_transfer_lets_the_scope_follow(cast):
    moves.transfer([cast.ben.pk], to=cast.b1, on=DAY, by=BY)
    seen = {who: cast.ben in Person.objects.visible_to(getattr(cast, who), "roster.view") for who in ("office_a", "liaison_a1", "office_b", "liaison_b1")}
    assert seen == {"office_a": False, "liaison_a1": False, "office_b": True, "liaison_b1": True}


def test_merge_moves_people_units_and_roles_and_closes(cast):
    below = organization.create_unit(cast.a1, name="A1a", by=BY)
    deep = casting.person("E9", below)
    assert moves.merge_units(cast.a1, into=cast.b1, on=DAY, by=BY) == 2
    cast.a1.refresh_from_db()
    below.refresh_from_db()
    assert cast.a1.closed_on == DAY
    assert (below.parent, below.path) == (cast.b1, f"{cast.b1.path}{below.pk}.")
    assert set(Person.objects.employed().filter(unit=cast.b1)) == {cast.anna, cast.ben, cast.bella}
    assert (stretches(cast.ben)[-1], stretches(deep)) == (("B1", DAY, None), [("A1a", date(2015, 1, 1), None)])
    assert not Membership.objects.filter(unit=cast.a1).exists()
    liaison = User.objects.get(pk=cast.liaison_a1.pk)
    assert (liaison.can("roster.edit", cast.b1), liaison.can("roster.edit", below), liaison.can("roster.edit", cast.a2)) == (True, True, False)
    assert liaison.session_epoch == 1


def test_merge_keeps_those_who_left_where_they_were(cast):
    Person.objects.filter(pk=cast.ben.pk).update(left_on=DAY)
    Employment.objects.filter(person=cast.ben).update(ended_on=DAY)
    assert moves.merge_units(cast.a1, into=cast.b1, on=DAY, by=BY) == 1
    cast.ben.refresh_from_db()
    assert (cast.ben.unit, stretches(cast.ben)) == (cast.a1, [("A1", date(2015, 1, 1), DAY)])


def test_merge_makes_one_role_of_two(cast):
    organization.grant(cast.liaison_a1, unit=cast.b1, role="liaison", by=BY)
    moves.merge_units(cast.a1, into=cast.b1, on=DAY, by=BY)
    assert list(Membership.objects.filter(user=cast.liaison_a1).values_list("unit", "role")) == [(cast.b1.pk, "liaison")]


def test_merge_into_the_unit_above_with_a_child_of_the_same_name(cast):
    twin = organization.create_unit(cast.a1, name="A1", by=BY)
    moves.merge_units(cast.a1, into=cast.a, on=DAY, by=BY)
    twin.refresh_from_db()
    assert (twin.parent, twin.closed_on, Unit.objects.open().filter(name="A1").get()) == (cast.a, None, twin)


def test_merge_is_recorded_and_announced(cast):
    moves.merge_units(cast.a1, into=cast.b1, on=DAY, by=BY)
    event = Event.objects.get(action="unit.merged")
    assert (event.subject_id, event.detail) == (str(cast.a1.pk), {"into": cast.b1.pk, "on": "2026-03-02", "units": 0, "roles": 3})
    assert set(Event.objects.filter(action="person.transferred").values_list("person_id", flat=True)) == {cast.anna.pk, cast.ben.pk}
    assert [jobs(kind) for kind in ("insight.count", "care.follow_merger", "exams.follow_merger")] == [1, 1, 1]


@pytest.mark.parametrize("case", ["root", "itself", "below", "closed", "into closed", "name taken", "tomorrow", "before somebody began"])
def test_merge_refuses_and_leaves_everything(cast, case):
    unit, into, on = cast.a, cast.b, DAY
    if case == "root":
        unit = cast.root
    elif case == "itself":
        into = cast.a
    elif case == "below":
        into = cast.a1
    elif case == "closed":
        unit = organization.close(organization.create_unit(cast.root, name="C", by=BY), by=BY)
    elif case == "into closed":
        into = organization.close(organization.create_unit(cast.root, name="C", by=BY), by=BY)
    elif case == "name taken":
        organization.create_unit(cast.b, name="a2", by=BY)
    elif case == "tomorrow":
        unit, on = cast.a1, today() + timedelta(days=1)
    else:
        unit = cast.a1
        Employment.objects.filter(person=cast.ben).update(started_on=DAY)
    before = state()
    with pytest.raises(Rejected):
        moves.merge_units(unit, into=into, on=on, by=BY)
    assert state() == before

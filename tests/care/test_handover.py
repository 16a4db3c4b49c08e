"""Case managers after a merger: what the other unit has arranged stays, and nobody is cared for by nobody."""

from datetime import date

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.care import handover, services
from healthmgmt.care.models import Assignment
from healthmgmt.core.actors import Actor
from healthmgmt.organization import services as organization
from healthmgmt.people import moves
from healthmgmt.work import services as work
from tests import cast as casting

BY = Actor(label="system:test")


@pytest.fixture
def assignment(cast) -> Assignment:
    """The case manager of A1 is assigned to it; the role reaches A2 as well."""
    organization.grant(cast.case_manager, unit=cast.a, role="case_manager", by=BY)
    return services.assign_manager(cast.case_manager, unit=cast.a1, by=BY)


def open_ones() -> list[tuple[str, str]]:
    return list(Assignment.objects.filter(ended_at=None).values_list("manager__name", "unit__name"))


def test_assignment_goes_over_where_nobody_cares_yet(cast, assignment):
    moves.merge_units(cast.a1, into=cast.a2, on=date(2026, 3, 2), by=BY)
    work.drain(["care.follow_merger"])
    assert open_ones() == [("Case Manager", "A2")]
    assignment.refresh_from_db()
    assert (assignment.unit, assignment.ended_at is not None) == (cast.a1, True)
    event = Event.objects.get(action="care.unit_handed_over")
    assert event.detail == {"manager": cast.case_manager.pk, "from": cast.a1.pk, "to": cast.a2.pk}


def test_assignment_ends_where_the_other_unit_has_its_own(cast, assignment):
    other = casting.user("other", "case_manager", cast.a2)
    services.assign_manager(other, unit=cast.a2, by=BY)
    assert handover.follow_merger(cast.a1.pk, cast.a2.pk, by=BY) == 0
    assert open_ones() == [("Other", "A2")]


def test_assignment_ends_where_somebody_holds_the_role_there(cast, assignment):
    casting.user("other", "case_manager", cast.a2)
    handover.follow_merger(cast.a1.pk, cast.a2.pk, by=BY)
    assert open_ones() == []


def test_assignment_ends_where_the_role_does_not_reach(cast, assignment):
    handover.follow_merger(cast.a1.pk, cast.b1.pk, by=BY)
    assert open_ones() == []


def test_manager_of_ones_own_stays(cast, assignment):
    services.assign_manager(cast.case_manager, person=cast.ben, by=BY)
    moves.merge_units(cast.a1, into=cast.b1, on=date(2026, 3, 2), by=BY)
    handover.follow_merger(cast.a1.pk, cast.b1.pk, by=BY)
    assert list(Assignment.objects.filter(ended_at=None, unit=None).values_list("person", flat=True)) == [cast.ben.pk]


def test_following_a_merger_twice_is_once(cast, assignment):
    handover.follow_merger(cast.a1.pk, cast.a2.pk, by=BY)
    before = Event.objects.count()
    assert handover.follow_merger(cast.a1.pk, cast.a2.pk, by=BY) == 0
    assert (open_ones(), Event.objects.count()) == ([("Case Manager", "A2")], before)

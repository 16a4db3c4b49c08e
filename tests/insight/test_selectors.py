"""Who sees which scorecard, and that nothing but published cells is in it."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.core.exceptions import Rejected
from healthmgmt.insight import access, presenters, selectors, services
from healthmgmt.insight.models import UnitFact
from healthmgmt.insight.selectors import Figure
from tests import cast as casting
from tests.insight.making import TODAY, populate


@pytest.fixture
def counted(cast):
    """Twenty people each in A1, A2 and B1, three in a unit of its own below B."""
    cast.b2 = casting.unit("B2", cast.b)
    for unit, count in ((cast.a1, 20), (cast.a2, 20), (cast.b1, 20), (cast.b2, 3)):
        for number in range(count):
            casting.person(f"{unit.name}-{number}", unit)
    services.count_period(cast.period, today=TODAY)
    return cast


def card(user, unit, period):
    return selectors.scorecard(user, unit, period)


def test_leader_sees_the_group_and_its_secondary_units(counted) -> None:
    found = card(counted.leader, counted.root, counted.period)
    assert (found.row.name, found.row.people) == ("Root", 67)
    assert [(row.name, row.people) for row in found.children] == [("A", 43), ("B", 24)]


def test_small_unit_stands_with_its_sibling(counted) -> None:
    found = card(counted.office_b, counted.b, counted.period)
    assert [(row.name, row.people) for row in found.children] == [("B1 + B2", 24)]
    assert card(counted.office_b, counted.b2, counted.period).row.name == "B1 + B2"


def test_unit_below_a_small_one_shows_no_number(counted) -> None:
    low = casting.unit("B2a", counted.b2)
    found = card(counted.office_b, low, counted.period)
    assert (found.row.people, found.children) == (None, ())
    assert set(found.row.figures[0:1]) == {Figure("covered", None, None, "small_group")}


def test_rows_of_a_siblings_subunits_are_not_shown_beside_a_joined_unit(counted) -> None:
    # B2 joins B1; when B1 has subunits, B2's viewer sees the row that B2 is part of and none of the others.
    for name in ("B1a", "B1b"):
        unit = casting.unit(name, counted.b1)
        for number in range(12):
            casting.person(f"{name}-{number}", unit)
    services.count_period(counted.period, today=TODAY)
    viewer = casting.user("office_b2", "health_office", counted.b2)
    found = card(viewer, counted.b2, counted.period)
    assert found.row.name == "B1 + B2"
    assert len(found.children) == 1 and "B2" in found.children[0].name


@pytest.mark.parametrize("name", ["office_a", "liaison_a1", "employee", "case_manager", "admin", "steward", "physician", "exam_centre"])
def test_outside_of_the_scope_there_is_no_such_unit(counted, name) -> None:
    for unit in (counted.root, counted.b, counted.b1):
        with pytest.raises(Rejected, match="no such unit"):
            card(getattr(counted, name), unit, counted.period)
        with pytest.raises(Rejected, match="no such unit"):
            access.unit_with_numbers(getattr(counted, name), unit.name)


def test_a_unit_that_does_not_exist_gets_the_same_answer(counted) -> None:
    messages = []
    for text in ("B", "Atlantis"):
        with pytest.raises(Rejected) as caught:
            access.unit_with_numbers(counted.office_a, text)
        messages.append(str(caught.value))
    assert messages[0] == messages[1] == "There is no such unit."


def test_without_a_name_it_is_the_highest_unit_of_the_viewer(counted) -> None:
    assert access.unit_with_numbers(counted.leader) == counted.root
    assert access.unit_with_numbers(counted.liaison_a1) == counted.a1
    casting.Membership.objects.create(user=counted.office_a, unit=counted.b1, role="liaison")
    with pytest.raises(Rejected, match="several units"):
        access.unit_with_numbers(counted.office_a)
    with pytest.raises(Rejected, match="do not include numbers"):
        access.unit_with_numbers(counted.employee)


def test_scorecard_reads_no_fact(counted) -> None:
    UnitFact.objects.all().delete()
    assert card(counted.leader, counted.root, counted.period).row.people == 67


def test_scorecard_of_an_uncounted_period_is_refused(counted) -> None:
    other = type(counted.period).objects.create(name="2025", starts_on="2025-01-01", ends_on="2025-12-31", deadline_on="2025-10-31")
    with pytest.raises(Rejected, match="Nothing was counted"):
        card(counted.leader, counted.root, other)


def test_scorecard_period_is_the_newest_or_the_named(counted) -> None:
    older = type(counted.period).objects.create(name="2025", starts_on="2025-01-01", ends_on="2025-12-31", deadline_on="2025-10-31")
    assert selectors.scorecard_period() == counted.period
    assert selectors.scorecard_period("2025") == older
    with pytest.raises(Rejected):
        selectors.scorecard_period("1999")
    type(counted.period).objects.all().delete()
    with pytest.raises(Rejected, match="No period"):
        selectors.scorecard_period()


def test_scorecard_needs_as_many_queries_for_one_child_as_for_many(cast) -> None:
    counts = []
    assert cast.leader.held_roles
    for size in (2, 12):
        for number in range(size):
            unit = casting.unit(f"Q{size}-{number}", cast.a)
            for index in range(11):
                casting.person(f"Q{size}-{number}-{index}", unit)
        services.count_period(cast.period, today=TODAY)
        with CaptureQueriesContext(connection) as queries:
            found = card(cast.leader, cast.a, cast.period)
        counts.append((len(queries), len(found.children)))
    assert counts[0][0] == counts[1][0] <= 8
    assert counts[0][1] < counts[1][1]


def test_percent_is_of_the_denominator_and_absent_where_hidden() -> None:
    assert Figure("covered", 1, 3, "").percent == 33.3
    assert Figure("red", None, 30, "small_group").percent is None
    assert Figure("red", None, 0, "nobody").percent is None


def test_json_holds_definitions_and_reasons_but_no_hidden_number(cast) -> None:
    populate(cast.period, random.Random(9), people=120)
    services.count_period(cast.period, today=TODAY)
    content = presenters.as_json(card(cast.leader, cast.root, cast.period))
    assert content["metrics"]["covered"]["en"]["name"] == "Coverage"
    assert content["metrics"]["red"]["sensitivity"] == "health"
    assert "10" in content["hidden"]["small_group"]["zh"]
    cells = [cell for row in [content["row"], *content["children"]] for cell in row["cells"].values()]
    assert any(cell["hidden"] for cell in cells)
    assert all((cell["numerator"] is None) == bool(cell["hidden"]) for cell in cells)
    assert all(cell["percent"] is None for cell in cells if cell["hidden"])

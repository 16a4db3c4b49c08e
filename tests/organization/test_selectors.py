"""Finding units by path, what they inherit, and who sees which."""

import math
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.organization import selectors, services
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person

BY = Actor(label="system:test")


@pytest.mark.parametrize(
    ("text", "name"), [("", "Root"), ("/", "Root"), ("A", "A"), ("a/a1", "A1"), ("Root/A/A1", "A1"), ("B1", "B1"), (" A / A2 ", "A2")]
)
def test_unit_by_path(cast, text, name):
    assert selectors.unit_by_path(text).name == name


@pytest.mark.parametrize("text", ["C", "A/B1", "Root/X", "A/A1/x"])
def test_unit_by_path_unknown(cast, text):
    with pytest.raises(Rejected) as error:
        selectors.unit_by_path(text)
    assert error.value.field == "unit"


def test_unit_by_path_ambiguous_name_lists_the_paths(cast):
    services.create_unit(cast.b, name="A1", by=BY)
    with pytest.raises(Rejected, match="A/A1, B/A1"):
        selectors.unit_by_path("A1")
    assert selectors.unit_by_path("B/A1").parent_id == cast.b.pk


def test_unit_by_path_does_not_find_closed_units(cast):
    services.close(cast.a1, by=BY)
    with pytest.raises(Rejected):
        selectors.unit_by_path("A/A1")


def test_names_from_root(cast):
    assert [selectors.names_from_root(unit) for unit in (cast.root, cast.a, cast.a1)] == ["Root", "A", "A/A1"]


def test_place_is_inherited_downwards(cast):
    services.place_at(cast.a2, place="大连", by=BY)
    found = {unit.name: getattr(selectors.place_of(unit), "name", None) for unit in (cast.root, cast.a, cast.a1, cast.a2, cast.b1)}
    assert found == {"Root": None, "A": "北京", "A1": "北京", "A2": "大连", "B1": "广州"}


def test_places_by_unit_agree_with_place_of_in_one_query(cast, django_assert_num_queries):
    units = (cast.root, cast.a, cast.a1, cast.a2, cast.b, cast.b1)
    expected = {unit.pk: selectors.place_of(unit) for unit in units}
    with django_assert_num_queries(1):
        assert selectors.places_by_unit() == expected


def test_place_flags_are_numbers(cast):
    services.place_at(cast.a2, place="江苏", by=BY)
    flags = selectors.place_flags()
    assert (flags[cast.a1.pk], flags[cast.b1.pk], cast.root.pk in flags) == ((1.0, 1.0), (0.0, 1.0), False)
    assert [math.isnan(value) for value in flags[cast.a2.pk]] == [True, True]


def test_P05_units_visible_to_each_role(cast):
    def names(user):
        return sorted(selectors.units_visible_to(user, "roster.view").values_list("name", flat=True))

    assert names(cast.office_a) == ["A", "A1", "A2"]
    assert names(cast.liaison_a1) == ["A1"]
    assert names(cast.liaison_b1) == ["B1"]
    assert (names(cast.leader), names(cast.employee), names(cast.steward)) == ([], [], [])


def test_unknown_permission_raises(cast):
    with pytest.raises(ValueError):
        selectors.units_visible_to(cast.office_a, "roster.vieww")


def test_periods(cast):
    assert (selectors.period_named("2026"), selectors.newest_period()) == (cast.period, cast.period)
    assert (selectors.period_of(date(2026, 12, 31)), selectors.period_of(date(2027, 1, 1))) == (cast.period, None)
    with pytest.raises(Rejected):
        selectors.period_named("2031")


def test_top_units_leave_out_what_lies_below_another(cast):
    for unit in (cast.a, cast.b1):
        services.grant(cast.liaison_a1, unit=unit, role="liaison", by=BY)
    assert [unit.name for unit in selectors.top_units(cast.liaison_a1, "roster.view")] == ["A", "B1"]
    assert selectors.top_units(cast.leader, "roster.view") == []


def test_unit_choices_stand_below_their_parents(cast):
    choices = selectors.unit_choices(cast.office_a, "roster.view")
    assert choices == [(str(cast.a.pk), "A"), (str(cast.a1.pk), "\u3000A1"), (str(cast.a2.pk), "\u3000A2")]


def test_unit_choices_of_one_unit_are_none(cast):
    assert selectors.unit_choices(cast.liaison_a1, "roster.view") == []


def test_units_to_choose_leave_out_closed_ones(cast):
    services.close(cast.a2, by=BY)
    assert [unit.name for unit in selectors.units_to_choose(cast.office_a, "roster.view")] == ["A", "A1"]


def test_units_to_choose_of_too_many_lead_down_to_the_chosen_one(cast, monkeypatch):
    services.create_unit(cast.a1, name="A11", by=BY)
    monkeypatch.setattr(selectors, "OFFERED_UNITS", 3)
    names = {chosen and chosen.name: [unit.name for unit in selectors.units_to_choose(cast.admin, "roster.view", chosen)] for chosen in (None, cast.a1)}
    assert names == {None: ["Root", "A", "B"], "A1": ["Root", "A", "A1", "A11", "B"]}


def test_running_period_is_the_last_that_has_begun(cast):
    assert [selectors.running_period(day) for day in (date(2025, 12, 31), date(2026, 6, 1), date(2027, 2, 1))] == [None, cast.period, cast.period]


def test_at_or_below_finds_the_subtrees_and_nothing_without_a_path(cast):
    def found(paths: list[str]) -> set[str]:
        return set(Unit.objects.filter(selectors.at_or_below(paths)).values_list("name", flat=True))

    assert found([cast.a.path, cast.b1.path]) == {"A", "A1", "A2", "B1"}
    assert found([]) == set()


def test_at_or_below_asks_of_the_units_alone(cast):
    """A condition about both tables would make the database read everybody before it looks at their units."""
    people = Person.objects.filter(selectors.at_or_below([cast.a.path], "unit__path"))
    assert "IS NULL" not in str(people.query)


def test_page_reads_the_settings_once(cast, sign_in) -> None:
    browser = sign_in(cast.admin)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/admin/settings/").status_code == 200
    assert sum('FROM "organization_settings"' in one["sql"] for one in queries) == 1


def test_settings_that_a_form_refused_are_nobody_elses(cast) -> None:
    with organisations.only_reading():
        selectors.organisation_settings().timezone = "Mars/Olympus"
        assert selectors.organisation_settings().timezone == "Asia/Shanghai"

"""The administrator's pages of units: the tree, every change of it, and people moved with a date."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today
from healthmgmt.people.administration import units as tree
from healthmgmt.people.models import Person
from tests import cast as casting

UNITS = "/admin/units/"


@pytest.fixture
def lower(cast) -> User:
    return casting.user("lower", "org_admin", cast.a)


def at(unit: Unit, act: str = "") -> str:
    return f"{UNITS}{unit.pk}/{act}"


def flat(nodes) -> list[tuple[str, int]]:
    return [pair for node in nodes for pair in [(node.unit.name, node.people), *flat(node.children)]]


def test_tree_counts_people_upwards(cast, sign_in):
    page = sign_in(cast.admin).get(UNITS)
    assert flat(page.context["forest"].roots) == [("Root", 4), ("A", 3), ("A1", 2), ("A2", 1), ("B", 1), ("B1", 1)]
    assert page.context["sentence"] == "6 units, 4 people. In each of them somebody works."


def test_tree_of_a_lower_administrator_begins_at_the_own_unit(cast, sign_in, lower):
    assert flat(sign_in(lower).get(UNITS).context["forest"].roots) == [("A", 3), ("A1", 2), ("A2", 1)]


def test_large_tree_fetches_its_branches(cast, sign_in, monkeypatch):
    monkeypatch.setattr(tree, "SHOWN_AT_ONCE", 3)
    browser = sign_in(cast.admin)
    page = browser.get(UNITS)
    assert flat(page.context["forest"].roots) == [("Root", 4), ("A", 3), ("B", 1)]
    assert f'hx-get="{at(cast.a, "children/")}"' in page.content.decode()
    branch = browser.get(at(cast.a, "children/"))
    assert (branch.status_code, [name for name, _ in flat(branch.context["nodes"])]) == (200, ["A1", "A2"])


def test_tree_costs_the_same_however_many_units(cast, sign_in):
    browser = sign_in(cast.admin)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get(UNITS)
        return len(found)

    few = cost()
    for number in range(3):
        casting.unit(f"C{number}", cast.b)
    assert cost() == few


def test_unit_is_found_by_its_names(cast, sign_in):
    browser = sign_in(cast.admin)
    assert browser.get(UNITS, {"unit": "A/A1"})["Location"] == at(cast.a1)
    page = browser.get(UNITS, {"unit": "nowhere"})
    assert (page.status_code, "nowhere" in page.context["fault"]) == (422, True)


@pytest.mark.parametrize(("typed", "offered"), [("a1", ["A/A1"]), ("A/", ["A/A1", "A/A2"]), ("zzz", [])])
def test_suggestions_follow_what_is_typed(cast, sign_in, typed, offered):
    assert sign_in(cast.admin).get(UNITS + "options/", {"unit": typed}).context["units"] == offered


def test_suggestions_are_of_the_own_units(cast, sign_in, lower):
    assert sign_in(lower).get(UNITS + "options/", {"unit": "1"}).context["units"] == ["A/A1"]


def test_unit_page_lists_people_and_is_recorded_for_them(cast, sign_in):
    page = sign_in(cast.admin).get(at(cast.a1))
    assert [person.emp_no for person in page.context["page"]] == ["E1001", "E1002"]
    recorded = Event.objects.filter(action="unit.people_viewed").values_list("person_id", "subject_id")
    assert set(recorded) == {(cast.anna.pk, str(cast.a1.pk)), (cast.ben.pk, str(cast.a1.pk))}


def test_unit_page_costs_the_same_for_more_people(cast, sign_in):
    browser = sign_in(cast.admin)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get(at(cast.b1))
        return len(found)

    one = cost()
    for number in range(2):
        casting.person(f"E31{number}", cast.b1)
    assert cost() == one


def test_unit_page_narrows_its_people(cast, sign_in):
    page = sign_in(cast.admin).get(at(cast.a1), {"q": "e1002"})
    assert [person.emp_no for person in page.context["page"]] == ["E1002"]


def test_units_of_others_are_not_there(cast, sign_in, lower):
    browser = sign_in(lower)
    gets = [browser.get(at(unit, act)).status_code for unit in (cast.b1, cast.root) for act in ("", "children/", "move/", "merge/")]
    posts = [browser.post(at(cast.b1, act)).status_code for act in ("add/", "rename/", "place/", "move/", "merge/", "close/", "transfer/")]
    assert (gets, posts) == ([404] * 8, [404] * 7)


def test_add_rename_place_and_close(cast, sign_in):
    browser = sign_in(cast.admin)
    assert browser.post(at(cast.a, "add/"), {"name": "A3", "place": "上海"}).status_code == 302
    made = Unit.objects.get(name="A3")
    assert (made.parent, made.place) == (cast.a, "上海")
    assert browser.post(at(made, "rename/"), {"name": "A three"}).status_code == 302
    assert browser.post(at(made, "place/"), {"place": ""}).status_code == 302
    assert browser.post(at(made, "close/")).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.place, made.closed_on is not None) == ("A three", "", True)


@pytest.mark.parametrize(
    ("act", "given", "form", "field"),
    [
        ("add/", {"name": "a2"}, "add_form", "name"),
        ("add/", {"name": "A3", "place": "火星"}, "add_form", "place"),
        ("rename/", {"name": "A/2"}, "name_form", "name"),
        ("rename/", {"name": "b"}, "name_form", "name"),
        ("place/", {"place": "火星"}, "place_form", "place"),
        ("close/", {}, "close_form", "__all__"),
    ],
)
def test_faults_stand_beside_their_fields(cast, sign_in, act, given, form, field):
    page = sign_in(cast.admin).post(at(cast.a, act), given)
    assert (page.status_code, list(page.context[form].errors)) == (422, [field])
    assert set(Unit.objects.values_list("name", flat=True)) == {"Root", "A", "A1", "A2", "B", "B1"}


def test_move_says_first_who_gains_and_loses_sight(cast, sign_in):
    page = sign_in(cast.admin).get(at(cast.a1, "move/"), {"unit": "B"})
    held = {name: [(role.user.name, role.unit) for role in page.context[name]] for name in ("lost", "gained")}
    assert held == {"lost": [("Office A", "A")], "gained": [("Office B", "B")]}
    cast.a1.refresh_from_db()
    assert cast.a1.parent == cast.a


def test_move_and_its_faults(cast, sign_in):
    browser = sign_in(cast.admin)
    for target, unit in ((cast.a, "A/A1"), (cast.a1, "nowhere"), (cast.a1, "")):
        page = browser.post(at(target, "move/"), {"unit": unit})
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["unit"])
    assert browser.post(at(cast.a1, "move/"), {"unit": "B"}).status_code == 302
    cast.a1.refresh_from_db()
    assert cast.a1.parent == cast.b


def test_move_ends_at_the_own_units(cast, sign_in, lower):
    page = sign_in(lower).post(at(cast.a1, "move/"), {"unit": "B"})
    cast.a1.refresh_from_db()
    assert (page.status_code, list(page.context["form"].errors), cast.a1.parent) == (422, ["unit"], cast.a)


def test_merge_says_first_what_goes_over(cast, sign_in):
    page = sign_in(cast.admin).get(at(cast.a1, "merge/"), {"unit": "A2", "on": "2026-03-02"})
    assert (page.context["people"], [role.user.name for role in page.context["roles"]]) == (2, ["Case Manager", "Liaison A1"])
    cast.a1.refresh_from_db()
    assert cast.a1.closed_on is None


def test_merge_twice_is_once(cast, sign_in):
    browser, given = sign_in(cast.admin), {"unit": "A2", "on": "2026-03-02"}
    assert browser.post(at(cast.a1, "merge/"), given)["Location"] == at(cast.a2)
    assert browser.post(at(cast.a1, "merge/"), given).status_code == 422
    assert (Person.objects.filter(unit=cast.a2).count(), Event.objects.filter(action="unit.merged").count()) == (3, 1)


def test_transfer_of_those_who_were_chosen(cast, sign_in):
    browser = sign_in(cast.admin)
    given = {"people": [str(cast.ben.uuid), str(cast.bella.uuid)], "unit": "B/B1", "on": "2026-03-02"}
    for _ in range(2):
        assert browser.post(at(cast.a1, "transfer/"), given).status_code == 302
    cast.ben.refresh_from_db()
    cast.anna.refresh_from_db()
    assert (cast.ben.unit, cast.anna.unit) == (cast.b1, cast.a1)
    # Somebody of another unit is not moved from this one's page, and a second time nobody is.
    assert list(Event.objects.filter(action="person.transferred").values_list("person_id", flat=True)) == [cast.ben.pk]


def test_transfer_of_everybody(cast, sign_in):
    given = {"everybody": "on", "unit": "A2", "on": str(today())}
    assert sign_in(cast.admin).post(at(cast.a1, "transfer/"), given).status_code == 302
    assert set(Person.objects.filter(unit=cast.a2)) == {cast.anna, cast.ben, cast.amos}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"people": []}, "__all__"),
        ({"people": ["nobody"]}, "people"),
        ({"unit": "nowhere"}, "unit"),
        ({"on": "2999-01-01"}, "on"),
        ({"on": "2010-01-01"}, "on"),
        ({"on": ""}, "on"),
    ],
)
def test_transfer_shows_faults_beside_their_fields(cast, sign_in, given, field):
    sent = {"people": [str(cast.ben.uuid)], "unit": "B/B1", "on": "2026-03-02"} | given
    page = sign_in(cast.admin).post(at(cast.a1, "transfer/"), sent)
    assert (page.status_code, field in page.context["transfer_form"].errors) == (422, True)
    cast.ben.refresh_from_db()
    assert cast.ben.unit == cast.a1


def test_transfer_ends_at_the_own_units(cast, sign_in, lower):
    page = sign_in(lower).post(at(cast.a1, "transfer/"), {"people": [str(cast.ben.uuid)], "unit": "B/B1", "on": date(2026, 3, 2)})
    assert (page.status_code, list(page.context["transfer_form"].errors)) == (422, ["unit"])

"""People over HTTP: whom each role lists, nothing about health, each of them told; and the description of the whole API."""

from datetime import timedelta
from uuid import uuid4

import pytest
import yaml
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft4Validator

from healthmgmt.accounts import services as accounts
from healthmgmt.audit.models import Event
from healthmgmt.care.models import Assignment, ExceptionalAccess
from healthmgmt.core.actors import Actor
from healthmgmt.core.api import Pages
from healthmgmt.organization.models import Membership
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Person
from tests import cast as casting
from tests.care.test_exceptional import PATH, given
from tests.care.test_views import assessed
from tests.guards.test_urls import patterns
from tests.insight import crowds

BY = Actor(label="system:test")
URL = "/api/v1/people/"
ROSTER = {
    "admin": ["E1001", "E1002", "E2001", "E3001"],
    "office_a": ["E1001", "E1002", "E2001"],
    "office_b": ["E3001"],
    "liaison_a1": ["E1001", "E1002"],
    "liaison_b1": ["E3001"],
}
CLINICIANS = {"case_manager": ["E1001", "E1002"], "physician": ["E1001", "E1002", "E2001", "E3001"]}
OTHERS = ("leader", "steward", "employee", "exam_centre")


def listed(answer) -> list[str]:
    assert answer.status_code == 200
    return [one["emp_no"] for one in answer.json()["results"]]


def told(action: str) -> list[int]:
    return sorted(Event.objects.filter(action=action).values_list("person_id", flat=True))


def ids(*people: Person) -> list[int]:
    return sorted(one.pk for one in people)


# Whom -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "people"), [*ROSTER.items(), *CLINICIANS.items()])
def test_list_is_that_of_the_callers_own_pages(cast, sign_in, who, people) -> None:
    assert listed(sign_in(getattr(cast, who)).get(URL)) == people


@pytest.mark.parametrize("who", OTHERS)
def test_P04_others_are_refused_and_reach_nobody(cast, sign_in, who) -> None:
    browser = sign_in(getattr(cast, who))
    assert [browser.get(url).status_code for url in (URL, f"{URL}{cast.anna.uuid}/")] == [403, 403]
    assert told("roster.viewed") == told("record.listed") == told("person.identity_viewed") == []


def test_clinician_without_people_lists_nobody(cast, sign_in) -> None:
    unassigned = casting.user("unassigned", "case_manager", casting.unit("A9", cast.a))
    assert listed(sign_in(unassigned).get(URL)) == []
    assert sign_in(unassigned).get(f"{URL}{cast.anna.uuid}/").status_code == 404
    Assignment.objects.create(manager=unassigned, person=cast.bella, started_by="x")
    assert listed(sign_in(unassigned).get(URL)) == ["E3001"]


def test_who_has_several_roles_lists_the_people_of_all_once(cast, sign_in) -> None:
    Membership.objects.create(user=cast.case_manager, unit=cast.b1, role="liaison")
    Membership.objects.create(user=cast.case_manager, unit=cast.a1, role="liaison")
    assert listed(sign_in(cast.case_manager).get(URL)) == ["E1001", "E1002", "E3001"]


def test_who_has_left_is_not_listed_and_still_found(cast, sign_in) -> None:
    Person.objects.filter(pk=cast.ben.pk).update(left_on=local_today())
    browser = sign_in(cast.liaison_a1)
    assert listed(browser.get(URL)) == ["E1001"]
    assert browser.get(f"{URL}{cast.ben.uuid}/").json()["left_on"] == local_today().isoformat()


def test_unit_narrows_to_its_subtree_and_a_foreign_one_is_not_found(cast, sign_in) -> None:
    office, manager = sign_in(cast.office_a), sign_in(cast.case_manager)
    assert listed(office.get(URL, {"unit": cast.a2.pk})) == ["E2001"]
    assert listed(office.get(URL, {"unit": cast.a.pk})) == ROSTER["office_a"]
    assert listed(manager.get(URL, {"unit": cast.a1.pk})) == CLINICIANS["case_manager"]
    for browser, unit in ((office, cast.b), (office, cast.root), (manager, cast.a), (office, 10**30)):
        assert browser.get(URL, {"unit": getattr(unit, "pk", unit)}).status_code == 404


@pytest.mark.parametrize(
    ("who", "found", "hidden"), [("liaison_a1", "anna", "bella"), ("office_a", "amos", "bella"), ("case_manager", "anna", "amos"), ("admin", "bella", None)]
)
def test_person_outside_is_not_found_and_looks_like_nobody(cast, sign_in, who, found, hidden) -> None:
    browser = sign_in(getattr(cast, who))
    assert browser.get(f"{URL}{getattr(cast, found).uuid}/").json()["emp_no"] == getattr(cast, found).emp_no
    answers = [browser.get(f"{URL}{one}/") for one in (getattr(cast, hidden).uuid if hidden else uuid4(), uuid4())]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[1].content)}
    assert told("person.identity_viewed") == ids(getattr(cast, found))


def test_record_opened_by_exception_is_found_while_its_hours_last(cast, sign_in) -> None:
    manager, url = sign_in(cast.case_manager), f"{URL}{cast.bella.uuid}/"
    assert manager.get(url).status_code == 404
    manager.post(PATH, given(cast.bella))
    assert (manager.get(url).status_code, listed(manager.get(URL))) == (200, CLINICIANS["case_manager"])
    opened, gone = ExceptionalAccess.objects.get(), timedelta(hours=3, seconds=1)
    ExceptionalAccess.objects.update(opened_at=opened.opened_at - gone, ends_at=opened.ends_at - gone)
    assert manager.get(url).status_code == 404


def test_token_answers_as_the_session_does(cast, sign_in) -> None:
    token = {"authorization": f"Token {accounts.create_token(cast.liaison_a1, label='test', by=BY)}"}
    for url in (URL, f"{URL}{cast.anna.uuid}/"):
        assert sign_in().get(url, headers=token).json() == sign_in(cast.liaison_a1).get(url).json()
        assert (sign_in().get(url).status_code, sign_in().get(url, headers={"authorization": "Token x"}).status_code) == (401, 401)


def test_person_of_another_organisation_is_nobody(cast, sign_in, org_a, org_b) -> None:
    from tenants import current

    with current.use(org_b):
        foreign = casting.make().anna
    assert sign_in(cast.admin).get(f"{URL}{foreign.uuid}/").status_code == 404


# What -----------------------------------------------------------------------------------------------------------------------

LINE = {"id", "emp_no", "name", "unit", "unit_id", "since"}


def test_line_tells_number_name_unit_and_since(cast, sign_in) -> None:
    (one, *_rest) = sign_in(cast.liaison_a1).get(URL).json()["results"]
    assert one == {
        "id": str(cast.anna.uuid), "emp_no": "E1001", "name": "Name E1001", "unit": "A1", "unit_id": cast.a1.pk, "since": "2015-01-01",
    }  # fmt: skip


def test_entry_tells_where_somebody_worked_and_no_identity_number(cast, sign_in) -> None:
    cast.anna.id_no, cast.anna.id_hash = "110101198005170029", "x"
    cast.anna.save()
    cast.anna.employments.update(occupation="Welder")
    answer = sign_in(cast.liaison_a1).get(f"{URL}{cast.anna.uuid}/")
    assert set(answer.json()) == LINE - {"since"} | {"left_on", "employments"}
    assert answer.json()["employments"] == [{"unit": "A1", "occupation": "Welder", "began": "2015-01-01", "ended_on": None}]
    assert "1101011980" not in answer.content.decode() and "0029" not in answer.content.decode()


@pytest.mark.parametrize("who", [*ROSTER, *CLINICIANS])
def test_nothing_about_health_is_told_to_anybody(cast, sign_in, who) -> None:
    """Neither colour nor plan, to no role: the answer is the same before and after there is a result."""
    browser, person = sign_in(getattr(cast, who)), cast.bella if who.endswith("b1") or who == "office_b" else cast.anna
    urls = (URL, f"{URL}{person.uuid}/")
    before = [browser.get(url).content for url in urls]
    assessed(person, "red", "critical_bp")
    assert [browser.get(url).content for url in urls] == before
    assert {key for one in browser.get(URL).json()["results"] for key in one} == LINE


# On record ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "action"), [("office_a", "roster.viewed"), ("physician", "record.listed")])
def test_P20_each_person_of_a_page_is_told_once_and_nobody_else(cast, sign_in, who, action) -> None:
    sign_in(getattr(cast, who)).get(URL, {"limit": 2, "offset": 1})
    assert told(action) == ids(cast.ben, cast.amos)
    assert Event.objects.filter(person_id__isnull=False, actor_id=getattr(cast, who).pk).count() == 2


def test_P22_nobody_is_shown_when_it_cannot_be_recorded(cast, sign_in, monkeypatch) -> None:
    from healthmgmt.audit import services as audit

    def broken(*args, **kwargs):
        raise DatabaseError("no record can be written")

    browser = sign_in(cast.liaison_a1)
    monkeypatch.setattr(audit.sql, "execute", broken)
    monkeypatch.setattr(Event, "save", broken)
    for url in (URL, f"{URL}{cast.anna.uuid}/"):
        answer = browser.get(url)
        assert (answer.status_code, b"E1001" in answer.content) == (503, False)


# Pages and parameters -------------------------------------------------------------------------------------------------------


def test_page_of_the_list_is_bounded(cast, sign_in, monkeypatch) -> None:
    monkeypatch.setattr(Pages, "max_limit", 2)
    browser = sign_in(cast.admin)
    answer = browser.get(URL, {"limit": 100_000}).json()
    assert (answer["count"], len(answer["results"]), answer["previous"]) == (4, 2, None)
    assert listed(browser.get(answer["next"])) == ["E2001", "E3001"]
    assert listed(browser.get(URL, {"offset": 10**30})) == []


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": "x"}, {"offset": -1}, {"unit": "x"}, {"unit": ""}, {"q": "Name"}, {"unit__path": "1."}, {"ordering": "id_no"}, {"id_hash": "x"}]
)
def test_parameters_are_those_that_are_described(cast, sign_in, asked) -> None:
    answer = sign_in(cast.admin).get(URL, asked)
    assert (answer.status_code, set(answer.json())) == (400, set(asked))
    assert told("roster.viewed") == []


@pytest.mark.parametrize("who", ["admin", "liaison_a1", "case_manager", "physician"])
def test_list_asks_as_much_for_three_people_as_for_one(cast, sign_in, who) -> None:
    Person.objects.exclude(pk=cast.anna.pk).update(left_on=local_today())
    browser, counts = sign_in(getattr(cast, who)), []
    for number in range(2):
        browser.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(browser.get(URL))) == 1 + 2 * number
        counts.append(len(queries))
        for more in range(2):
            casting.person(f"Q{number}{more}", cast.a1)
    assert counts[0] == counts[1]


def test_people_are_only_read(cast, sign_in) -> None:
    browser = sign_in(cast.admin)
    for url in (URL, f"{URL}{cast.anna.uuid}/"):
        assert [getattr(browser, method)(url).status_code for method in ("post", "put", "patch", "delete")] == [405] * 4


# The description ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def described(capsys) -> dict:
    GENERATOR_STATS.reset()
    found = SchemaGenerator(urlconf="healthmgmt.urls").get_schema(request=None, public=True)
    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {}), capsys.readouterr().err
    return found


def test_description_is_whole_and_without_warnings(described) -> None:
    from django.urls import get_resolver

    validate_schema(described)
    routes = {"/" + route for route, _pattern in patterns(get_resolver("healthmgmt.urls")) if route.startswith("api/v1/")}
    assert {path.count("/") for path in described["paths"]} == {route.count("/") for route in routes} and len(described["paths"]) == len(routes)
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            assert one["security"] == [{"token": []}, {"cookieAuth": []}], (path, method)


def test_description_names_every_parameter_of_a_list(described) -> None:
    asked = {path: {one["name"] for one in described["paths"][f"/api/v1/{path}"]["get"].get("parameters", ())} for path in ("people/", "assessments/", "plans/", "me/")}
    pages = {"limit", "offset"}
    assert asked == {"people/": pages | {"unit"}, "assessments/": pages | {"person", "colour"}, "plans/": pages | {"person", "colour"}, "me/": set()}


def strict(schema: object) -> object:
    """A schema of OpenAPI 3.0 as JSON schema: `nullable` in its words, and nothing that is not described."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: strict(value) for key, value in schema.items() if key not in ("nullable", "readOnly")}
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found["additionalProperties"] = False
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found


def test_answers_are_as_described(cast, sign_in, described) -> None:
    crowds.fill(cast)
    crowds.publish(cast)
    for person in (cast.anna, cast.ben):
        assessed(person, "red", "critical_bp", year=1)
        assessed(person, "orange", "hypertension")
    callers = {
        "me/": cast.employee, "me/record/": cast.employee, "me/assessment/": cast.employee, "me/plan/": cast.employee, "people/": cast.liaison_a1,
        "people/{uuid}/": cast.admin, "assessments/": cast.physician, "plans/": cast.case_manager, "units/{id}/scorecard/": cast.leader,
        "uploads/": cast.liaison_a1,
    }  # fmt: skip
    for path, caller in callers.items():
        answer = sign_in(caller).get("/api/v1/" + path.format(uuid=cast.anna.uuid, id=cast.root.pk))
        shape = described["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        judge = Draft4Validator(strict({**shape, "components": described["components"]}))
        faults = [f"{path} {'/'.join(map(str, one.path))}: {one.message}" for one in judge.iter_errors(answer.json())]
        assert (answer.status_code, faults, judge.is_valid({**answer.json(), "undescribed": 1})) == (200, [], False)


def test_description_is_served(cast, sign_in) -> None:
    found = yaml.safe_load(sign_in(cast.leader).get("/api/schema/").content)
    assert {"/api/v1/me/", "/api/v1/people/", "/api/v1/assessments/", "/api/v1/plans/", "/api/v1/units/{id}/scorecard/"} <= set(found["paths"])

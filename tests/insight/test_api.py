"""The numbers of a unit over HTTP: what the command prints, for who may see them, and nothing that is not published."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts import services as accounts
from healthmgmt.core import organisations
from healthmgmt.core.actors import Actor
from healthmgmt.insight import api
from healthmgmt.insight.models import PublishedRow
from healthmgmt.people.models import Person
from tests.insight import crowds

BY = Actor(label="system:test")


@pytest.fixture
def crowd(cast):
    crowds.fill(cast)
    crowds.publish(cast)
    return cast


def url(unit) -> str:
    return f"/api/v1/units/{getattr(unit, 'pk', unit)}/scorecard/"


def printed(email: str, unit: str, period: str = "2026") -> dict:
    out = StringIO()
    call_command("scorecard", "--org", organisations.slug(), "--by", email, "--unit", unit, "--period", period, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize(("who", "unit", "path"), [("leader", "root", "Root"), ("office_a", "a", "A"), ("liaison_a1", "a1", "A/A1")])
def test_scorecard_is_what_the_command_prints(crowd, sign_in, who, unit, path):
    viewer = getattr(crowd, who)
    for period in ("2025", "2026"):
        answer = sign_in(viewer).get(url(getattr(crowd, unit)), {"period": period})
        assert (answer.status_code, answer.json()) == (200, printed(viewer.email, path, period))


def test_scorecard_by_token_and_without_a_period_is_of_the_newest(crowd, sign_in):
    token = accounts.create_token(crowd.office_a, label="test", by=BY)
    answer = sign_in().get(url(crowd.a), headers={"authorization": f"Token {token}"})
    assert (answer.status_code, answer.json()["period"]["name"]) == (200, "2026")


def test_scorecard_holds_no_number_that_is_hidden_on_the_published_row(crowd, sign_in):
    told = sign_in(crowd.office_a).get(url(crowd.a1)).json()
    stored = PublishedRow.objects.get(period=crowd.period, units__contains=[crowd.a1.pk], parent__isnull=False)
    hidden = {metric for metric, cell in stored.cells.items() if cell["hidden"]}
    shown = {metric for metric, cell in told["row"]["cells"].items() if cell["numerator"] is not None}
    assert hidden and not hidden & shown
    assert {metric: cell["numerator"] for metric, cell in told["row"]["cells"].items()} == {
        metric: cell["numerator"] for metric, cell in stored.cells.items()
    }


def test_scorecard_of_three_people_tells_nothing_of_them_alone(crowd, sign_in):
    """A3 stands in one row with a sibling; its own colours are in no cell."""
    told = sign_in(crowd.office_a).get(url(crowd.a3)).json()
    assert " + " in told["row"]["name"] and told["row"]["people"] > 3


@pytest.mark.parametrize("who", ["office_a", "liaison_a1"])
def test_unit_outside_of_the_scope_is_not_found(crowd, sign_in, who):
    browser = sign_in(getattr(crowd, who))
    bodies = set()
    for unit in (crowd.b, crowd.b1, crowd.root, 10**30, 0):
        answer = browser.get(url(unit))
        assert answer.status_code == 404, unit
        bodies.add(answer.content)
    assert len(bodies) == 1


@pytest.mark.parametrize("who", ["employee", "case_manager", "physician", "exam_centre", "steward", "admin"])
def test_others_are_refused(crowd, sign_in, who):
    assert sign_in(getattr(crowd, who)).get(url(crowd.a1)).status_code == 403


def test_nobody_without_a_session(crowd, sign_in):
    assert sign_in().get(url(crowd.a1)).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_scorecard_is_only_read(crowd, sign_in, method):
    assert getattr(sign_in(crowd.leader), method)(url(crowd.root)).status_code == 405


@pytest.mark.parametrize("asked", [{"period": "1999"}, {"period": ""}, {"unit": "1"}, {"colour": "red"}])
def test_what_makes_no_sense_is_refused_in_words(crowd, sign_in, asked):
    answer = sign_in(crowd.leader).get(url(crowd.root), asked)
    assert answer.status_code in (400, 422) and (set(answer.json()) == {"detail", "field"} or set(answer.json()) == set(asked))


def test_without_a_publication_the_answer_says_so(cast, sign_in):
    answer = sign_in(cast.leader).get(url(cast.root))
    assert (answer.status_code, answer.json()["field"]) == (422, "period")


def test_scorecard_names_nobody_and_asks_as_much_for_few_units_as_for_many(crowd, sign_in):
    browser, counts = sign_in(crowd.leader), {}
    for unit in (crowd.root, crowd.b):
        browser.get(url(unit))
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(url(unit))
        counts[unit] = len(queries)
        assert not [emp_no for emp_no in Person.objects.values_list("emp_no", flat=True) if f'"{emp_no}"' in answer.content.decode()]
    assert counts[crowd.root] == counts[crowd.b]


def test_answer_has_the_parts_that_its_description_names(crowd, sign_in):
    told = sign_in(crowd.leader).get(url(crowd.root)).json()
    assert set(told) - {"flows"} == set(api.ScorecardTold().fields) - {"flows"}
    assert set(told["row"]) == set(api.RowTold().fields)
    assert {key for cell in told["row"]["cells"].values() for key in cell} == set(api.CellTold().fields)
    assert {key for metric in told["metrics"].values() for key in metric} >= set(api.MetricTold().fields)

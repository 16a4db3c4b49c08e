"""The liaison's pages over HTTP."""

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.organization.models import Membership, Period
from healthmgmt.people.models import Person
from healthmgmt.portal import due_lists
from tests import cast as casting
from tests.exams.road import text, upload
from tests.portal.test_completeness import bad, good, unknown

HEALTH = ("red", "orange", "yellow", "mmHg", "120", "5.2")


def shown(response) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def told(action: str) -> list[int]:
    return sorted(Event.objects.filter(action=action).values_list("person_id", flat=True))


@pytest.fixture
def delivered(cast) -> None:
    casting.person("E1003", cast.a1)
    upload(text([good(cast.anna), bad(cast.ben), unknown()]), unit=cast.a1, name="march.csv")


def test_home_is_where_a_liaison_comes_in(cast, sign_in):
    answer = sign_in(cast.liaison_a1).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/liaison/")


def test_home_says_what_is_missing_and_what_is_stuck(cast, sign_in, delivered):
    page = shown(sign_in(cast.liaison_a1).get("/liaison/"))
    assert "2 people missing. Mend 2 rows first and only 1 has to be contacted." in page
    assert "3 people due" in page and "Received 1 · 33%" in page
    assert "Received 1 Waiting in a file 1 Not examined yet 1" in page
    assert "2 things are stuck" in page and "2 rows wait to be mended" in page and "1 person has not been examined" in page
    assert re.search(r"march\.csv .*? 3 1 0 2 0", page)


def test_home_names_nobody_and_records_nobody(cast, sign_in, delivered):
    page = shown(sign_in(cast.liaison_a1).get("/liaison/"))
    assert not any(number in page for number in ("E1001", "E1002", "E1003"))
    assert not Event.objects.filter(action="due.viewed").exists()


def test_home_shows_only_files_and_rows_of_ones_own_units(cast, sign_in, delivered):
    page = shown(sign_in(cast.liaison_b1).get("/liaison/"))
    assert "march.csv" not in page and "rows wait" not in page and "1 person due" in page


def test_home_of_several_units_counts_all_of_them(cast, sign_in):
    Membership.objects.create(user=cast.liaison_a1, unit=cast.b1, role="liaison")
    page = shown(sign_in(cast.liaison_a1).get("/liaison/"))
    assert "2 units · Period 2026" in page and "3 people missing in 2 units." in page


def test_home_with_nothing_missing(cast, sign_in):
    upload(text([good(cast.anna), good(cast.ben)]), unit=cast.a1)
    page = shown(sign_in(cast.liaison_a1).get("/liaison/"))
    assert "Everybody has been examined, all 2." in page and "Nothing is stuck" in page


def test_home_without_a_period(cast, sign_in):
    Period.objects.all().delete()
    page = shown(sign_in(cast.liaison_a1).get("/liaison/"))
    assert "No period has been opened yet." in page and "people due" not in page


def test_home_is_closed_to_those_without_the_work_state(cast, sign_in):
    found = {who: sign_in(getattr(cast, who)).get("/liaison/").status_code for who in ("leader", "employee", "physician", "admin", "office_a")}
    assert found == {"leader": 403, "employee": 403, "physician": 403, "admin": 403, "office_a": 200}


def test_home_asks_as_often_for_three_files_as_for_one(cast, sign_in):
    browser, counts = sign_in(cast.liaison_a1), []
    for more in (1, 2):
        for number in range(more):
            upload(text([bad(cast.ben), unknown()]), unit=cast.a1, name=f"{more}{number}.csv")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/liaison/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_due_lists_who_has_no_result_and_records_each(cast, sign_in, delivered):
    page = shown(sign_in(cast.liaison_a1).get("/due/"))
    assert "2 of 3 people due have no result yet. 1 not examined, 1 waiting in a file." in page
    assert re.search(r"E1002 A1 Waiting in a file march\.csv", page) and "E1003 A1 Not examined yet" in page and "E1001" not in page
    assert told("due.viewed") == sorted(Person.objects.filter(emp_no__in=("E1002", "E1003")).values_list("pk", flat=True))


def test_due_shows_whether_and_never_what(cast, sign_in, delivered):
    page = shown(sign_in(cast.liaison_a1).get("/due/", {"standing": "all"}))
    assert "E1001 A1 Examined" in page and [word for word in HEALTH if word in page] == []


def test_due_of_the_health_office_reaches_its_subtree(cast, sign_in):
    page = shown(sign_in(cast.office_a).get("/due/"))
    assert [number in page for number in ("E1001", "E2001", "E3001")] == [True, True, False]


def test_due_is_narrowed_by_unit_standing_and_search(cast, sign_in, delivered):
    browser = sign_in(cast.office_a)
    assert "1 person fits." in shown(browser.get("/due/", {"unit": cast.a2.pk}))
    assert "1 person fits." in shown(browser.get("/due/", {"standing": "waiting"}))
    assert "Nobody fits" in shown(browser.get("/due/", {"q": "zzz"}))


@pytest.mark.parametrize("path", ["/due/", "/due/export/"])
def test_due_of_a_unit_out_of_reach_is_not_found(cast, sign_in, path):
    assert sign_in(cast.liaison_a1).get(path, {"unit": cast.b1.pk}).status_code == 404


@pytest.mark.parametrize("path", ["/due/", "/due/export/"])
def test_due_is_closed_to_those_without_the_work_state(cast, sign_in, path):
    assert {who: sign_in(getattr(cast, who)).get(path).status_code for who in ("leader", "employee", "case_manager")} == dict.fromkeys(
        ("leader", "employee", "case_manager"), 403
    )


def test_due_without_a_period_is_empty(cast, sign_in):
    Period.objects.all().delete()
    assert "Nobody is due yet." in shown(sign_in(cast.liaison_a1).get("/due/"))


def test_due_asks_as_often_for_three_as_for_one(cast, sign_in):
    browser, counts = sign_in(cast.liaison_b1), []
    for more in (0, 2):
        for number in range(more):
            casting.person(f"E39{number:02}", cast.b1)
        with CaptureQueriesContext(connection) as queries:
            assert shown(browser.get("/due/")).count("Name E3") == 1 + more
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_due_export_is_the_list_and_is_recorded_for_each(cast, sign_in, delivered):
    answer = sign_in(cast.liaison_a1).get("/due/export/", {"standing": "missing"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows == [("Name", "Employee number", "Unit", "Standing"), ("Name E1003", "E1003", "A1", "Not examined yet")]
    assert told("due.exported") == [Person.objects.get(emp_no="E1003").pk]


def test_due_export_runs_no_name_as_a_formula(cast, sign_in):
    Person.objects.filter(pk=cast.ben.pk).update(name='=HYPERLINK("http://example.org")')
    answer = sign_in(cast.liaison_a1).get("/due/export/")
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"} and "'=HYPERLINK(\"http://example.org\")" in [cell.value for cell in cells]


def test_due_export_of_too_many_leaves_nothing(cast, sign_in, monkeypatch):
    monkeypatch.setattr(due_lists, "MOST_PEOPLE", 1)
    answer = sign_in(cast.liaison_a1).get("/due/export/")
    assert answer.status_code == 422 and "More than 1 people" in answer.content.decode()
    assert told("due.exported") == []


def test_reminder_reaches_who_was_not_examined_once_a_week_and_is_recorded(cast, sign_in, delivered):
    other = casting.person("E1009", cast.a1, login=casting.user("late"))
    liaison = sign_in(cast.liaison_a1)
    for count in (1, 0):
        answer = liaison.post("/due/remind/", follow=True)
        assert f"{count} pe" in shown(answer) and "reminded" in shown(answer)
    assert list(Notice.objects.filter(kind="examination_due").values_list("user", flat=True)) == [other.user_id]
    assert told("due.reminded") == [other.pk]


def test_reminder_goes_to_nobody_of_other_units_and_of_no_closed_period(cast, sign_in, delivered):
    casting.person("E3009", cast.b1, login=casting.user("elsewhere"))
    sign_in(cast.liaison_a1).post("/due/remind/")
    Period.objects.update(state="closed", closed_at="2026-11-21T00:00Z", closed_by="x")
    sign_in(cast.liaison_b1).post("/due/remind/")
    assert not Notice.objects.filter(kind="examination_due").exists()

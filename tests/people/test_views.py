"""The roster over HTTP."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts import services as signing_in
from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core.encryption import keyed_hash
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Person
from tenants import current
from tests import cast as casting
from tests.people.rosters import csv_bytes, id_number

CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def text(response) -> str:
    return response.content.decode()


def file(data: bytes, name: str = "roster.csv") -> dict:
    return {"file": SimpleUploadedFile(name, data)}


def told(action: str) -> list[int]:
    return sorted(Event.objects.filter(action=action).values_list("person_id", flat=True))


def test_roster_shows_the_people_of_the_users_units_and_records_each(cast, sign_in):
    page = text(sign_in(cast.liaison_a1).get("/roster/"))
    assert [number in page for number in ("E1001", "E1002", "E2001", "E3001")] == [True, True, False, False]
    assert "2 people work here." in page and "1 of them cannot sign in yet." in page and "Period 2026" in page
    assert told("roster.viewed") == sorted([cast.anna.pk, cast.ben.pk])


def test_roster_is_closed_to_those_without_it(cast, sign_in):
    found = {who: sign_in(getattr(cast, who)).get("/roster/").status_code for who in ("leader", "physician", "employee", "exam_centre", "office_a")}
    assert found == {"leader": 403, "physician": 403, "employee": 403, "exam_centre": 403, "office_a": 200}


def test_roster_narrows_by_search_and_says_how_many_fit(cast, sign_in):
    page = text(sign_in(cast.office_a).get("/roster/", {"q": "E2", "unit": cast.a.pk}))
    assert "1 person fits." in page and "E2001" in page and "E1001" not in page


def test_roster_of_who_has_left(cast, sign_in):
    Person.objects.filter(pk=cast.ben.pk).update(left_on=date(2026, 1, 31))
    browser = sign_in(cast.liaison_a1)
    assert ["E1002" in text(browser.get("/roster/", {"who": who})) for who in ("", "left", "all", "nonsense")] == [False, True, True, False]


def test_roster_that_fits_nobody_says_what_to_type(cast, sign_in):
    assert "Nobody fits" in text(sign_in(cast.liaison_a1).get("/roster/", {"q": "zzz"}))


@pytest.mark.parametrize("unit", ["b1", "root"])
def test_roster_of_a_unit_out_of_reach_is_not_found(cast, sign_in, unit):
    assert sign_in(cast.liaison_a1).get("/roster/", {"unit": getattr(cast, unit).pk}).status_code == 404


@pytest.mark.parametrize("unit", ["x", "-1", "99999999999999999999"])
def test_roster_of_a_unit_that_is_none_is_not_found(cast, sign_in, unit):
    assert sign_in(cast.liaison_a1).get("/roster/", {"unit": unit}).status_code == 404


def test_roster_asks_as_often_for_three_as_for_one(cast, sign_in):
    browser, counts = sign_in(cast.liaison_b1), []
    for more in (0, 2):
        for number in range(more):
            casting.person(f"E39{number:02}", cast.b1)
        with CaptureQueriesContext(connection) as queries:
            assert text(browser.get("/roster/")).count("Name E3") == 1 + more
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_roster_without_a_period_has_no_deadline(cast, sign_in):
    Period.objects.all().delete()
    page = text(sign_in(cast.liaison_a1).get("/roster/"))
    assert "E1001" in page and "deadline" not in page


def test_roster_of_the_health_office_offers_no_change(cast, sign_in):
    pages = [text(sign_in(getattr(cast, who)).get("/roster/")) for who in ("liaison_a1", "office_a")]
    assert ["Take in a roster" in page and "Open accounts, download codes" in page for page in pages] == [True, False]
    assert "Take in a roster" not in pages[1]


def test_person_shows_the_identity_masked_and_records_it(cast, sign_in):
    number = id_number(date(1970, 1, 2))
    cast.ben.id_no, cast.ben.id_hash = number, keyed_hash(number)
    cast.ben.save()
    page = text(sign_in(cast.liaison_a1).get(f"/roster/{cast.ben.uuid}/"))
    assert number not in page and number[:6] + "********" + number[-4:] in page
    assert "1 January 2015" in page and "until today" in page and "No account" in page
    assert told("person.identity_viewed") == [cast.ben.pk]


def test_person_of_another_unit_is_not_found(cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    assert [browser.get(f"/roster/{one.uuid}/").status_code for one in (cast.anna, cast.amos, cast.bella)] == [200, 404, 404]
    assert told("person.identity_viewed") == [cast.anna.pk]


def test_code_is_shown_once_and_opens_the_account(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(f"/roster/{cast.ben.uuid}/code/")
    code = CODE.search(text(answer))[0]
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    again = text(browser.get(f"/roster/{cast.ben.uuid}/"))
    assert code not in again and "Code issued, not used yet" in again
    with current.use(org_a):
        assert signing_in.activate(code, password="a long enough sentence").person == cast.ben
    assert told("person.code_issued") == [cast.ben.pk]


def test_code_sent_twice_opens_one_account_and_the_last_code_works(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    users = User.objects.count()
    codes = [CODE.search(text(browser.post(f"/roster/{cast.ben.uuid}/code/")))[0] for _time in range(2)]
    assert User.objects.count() == users + 1
    with current.use(org_a):
        assert signing_in.activate(codes[1], password="a long enough sentence").person == cast.ben


def test_code_for_somebody_of_another_unit_is_not_issued(cast, sign_in):
    assert sign_in(cast.liaison_a1).post(f"/roster/{cast.bella.uuid}/code/").status_code == 404
    assert told("person.code_issued") == [] and Person.objects.get(pk=cast.bella.pk).user is None


def test_code_is_not_the_health_offices_to_issue(cast, sign_in):
    assert sign_in(cast.office_a).post(f"/roster/{cast.ben.uuid}/code/").status_code == 403


def test_code_that_is_refused_is_explained_on_the_page(cast, sign_in):
    Person.objects.filter(pk=cast.ben.pk).update(left_on=date(2026, 1, 31))
    answer = sign_in(cast.liaison_a1).post(f"/roster/{cast.ben.uuid}/code/")
    assert answer.status_code == 422 and "Whoever has left gets no new account." in text(answer)


def test_accounts_of_a_unit_come_as_a_workbook_once(cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    first = browser.post(f"/roster/units/{cast.a1.pk}/accounts/")
    assert first.content.startswith(b"PK") and 'filename="codes A1.xlsx"' in first.headers["Content-Disposition"]
    assert told("person.account_opened") == [cast.ben.pk]
    second = browser.post(f"/roster/units/{cast.a1.pk}/accounts/", follow=True)
    assert "Everybody in “A1” has an account." in text(second)
    assert told("person.account_opened") == [cast.ben.pk]


def test_accounts_of_a_unit_out_of_reach_are_not_opened(cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    assert [browser.post(f"/roster/units/{unit.pk}/accounts/").status_code for unit in (cast.a, cast.b1)] == [404, 404]
    assert told("person.account_opened") == []


def test_import_shows_a_receipt_that_adds_up_and_every_problem(cast, sign_in):
    rows = [
        ["E1001", "Name E1001", "", "", "", "A/A1", "", ""],
        ["E1002", "Renamed", "", "", "", "A/A1", "", ""],
        ["E1900", "New", "", "f", "", "A/A1", "", ""],
        ["E1901", "Elsewhere", "", "f", "", "B/B1", "", ""],
        ["", "Nameless", "", "f", "", "A/A1", "", ""],
        ["E1902", "Sexless", "", "x", "", "A/A1", "", ""],
    ]
    answer = sign_in(cast.liaison_a1).post("/roster/import/", file(csv_bytes(rows)))
    page = re.sub(r"<[^>]+>", " ", text(answer))
    assert answer.status_code == 200
    assert "2 people of the roster have changed." in page and "3 rows have to be mended." in page
    assert re.search(r"6\s+rows read\s+=\s+1\s+new\s+\+\s+1\s+changed\s+\+\s+1\s+as before\s+\+\s+0\s+left\s+\+\s+3\s+refused", page)
    for sentence, place in (
        ("This is outside the units that you look after.", "F5 · row 4"),
        ("“emp_no” is empty, and is needed.", "A6 · row 5"),
        ("“sex” is not a sex that is understood", "D7 · row 6"),
    ):
        assert sentence in page and place in page
    assert Person.objects.filter(emp_no="E1900", unit=cast.a1).exists() and not Person.objects.filter(emp_no="E1901").exists()


def test_import_of_the_same_file_again_changes_nothing(cast, sign_in):
    browser, data = sign_in(cast.liaison_a1), csv_bytes([["E1900", "New", "", "f", "", "A/A1", "", ""]])
    browser.post("/roster/import/", file(data))
    assert "The roster says this already. Nothing has changed." in text(browser.post("/roster/import/", file(data)))
    assert Person.objects.filter(emp_no="E1900").count() == 1


@pytest.mark.parametrize(("data", "sentence"), [(b"", "empty"), (b"a,b\n1,2\n", "There is no column with employee numbers"), (b"emp_no\n", "no rows")])
def test_import_of_a_file_that_cannot_be_used_says_so_beside_it(cast, sign_in, data, sentence):
    answer = sign_in(cast.liaison_a1).post("/roster/import/", file(data))
    assert answer.status_code == 422 and sentence in text(answer)
    assert not Event.objects.filter(action="roster.imported").exists()


def test_import_without_a_file_says_so(cast, sign_in):
    answer = sign_in(cast.liaison_a1).post("/roster/import/")
    assert answer.status_code == 422 and "This field is required." in text(answer)


def test_import_is_closed_to_the_health_office(cast, sign_in):
    browser = sign_in(cast.office_a)
    assert [browser.get("/roster/import/").status_code, browser.post("/roster/import/", file(b"emp_no\n1\n")).status_code] == [403, 403]

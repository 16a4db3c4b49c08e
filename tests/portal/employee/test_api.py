"""The signed-in person's own record, assessment and plan over HTTP: what the pages say, and nobody else's."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.accounts import services as accounts
from healthmgmt.audit.models import Event
from healthmgmt.care import pausing
from healthmgmt.care.models import Plan
from healthmgmt.core.actors import Actor
from healthmgmt.exams import disputing
from healthmgmt.exams.models import Exam
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.care.making import assessment, exam
from tests.exams.road import text, upload
from tests.portal.employee.test_views import examine

BY = Actor(label="system:test")
URL = "/api/v1/me/"
URLS = (URL, f"{URL}record/", f"{URL}assessment/", f"{URL}plan/")
OTHERS = ("leader", "office_a", "liaison_a1", "admin", "steward", "case_manager", "physician", "exam_centre")


@pytest.fixture
def orange(cast):
    """Anna with two exams a year apart, and ben, whose data are nobody's business here."""
    now = timezone.now().date() - timedelta(days=20)
    examine(cast.anna, now - timedelta(days=365), 173.5, 81.0, 137, 87, 5.4, 4.9, 1.5, "未见明显异常", name="last.csv")
    examine(cast.anna, now, 173.5, 78.6, 148, 92, 6.3, 4.9, 1.5, "甲状腺结节，建议观察", name="this.csv")
    examine(cast.ben, now, 181.5, 99.9, 177, 99, 6.9, 7.7, 3.3, "胆囊息肉", name="ben.csv")
    return cast.anna


@pytest.fixture
def own(cast, sign_in):
    return sign_in(cast.employee)


def words(browser, path: str) -> str:
    page = browser.get(path).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def bare(said: str) -> str:
    return re.sub(r"\s+", "", said)


# Record ---------------------------------------------------------------------------------------------------------------------


def test_answer_has_three_parts_which_also_have_addresses_of_their_own(orange, own) -> None:
    told = own.get(URL).json()
    assert list(told) == ["record", "assessment", "plan"]
    assert [own.get(url).json() for url in URLS[1:]] == list(told.values())


def test_record_tells_every_exam_with_coded_values_units_ranges_day_and_centre(cast, orange, own) -> None:
    exams = own.get(URLS[1]).json()["exams"]
    stored = Exam.objects.filter(person=orange).order_by("-taken_on")
    assert [one["taken_on"] for one in exams] == [one.taken_on.isoformat() for one in stored]
    values = [{one["code"]: one for one in each["values"]} for each in exams]
    sbp = values[0]["sbp"]
    assert {key: sbp[key] for key in ("loinc", "name", "group", "value", "number", "ucum", "unit", "low", "high", "is_out", "colour")} == {
        "loinc": "8480-6", "name": "Systolic blood pressure", "group": "Blood pressure and pulse", "value": "148", "number": 148.0,
        "ucum": "mm[Hg]", "unit": "mmHg", "low": 90.0, "high": 139.0, "is_out": True, "colour": "orange",
    }  # fmt: skip
    assert sbp["text"].startswith("At or above 140, so orange, 11 higher than last year.")
    assert (values[1]["sbp"]["number"], values[1]["sbp"]["is_out"], values[1]["sbp"]["colour"]) == (137.0, False, "")
    assert values[0]["bmi"]["text"].startswith("Computed from height and weight.")
    assert [one["text"] for one in exams[0]["texts"]] == ["甲状腺结节，建议观察"] and exams[0]["texts"][0]["is_watch"]


def test_record_says_what_the_report_says(orange, own) -> None:
    told, page = own.get(URLS[1]).json(), words(own, "/report/")
    assert told["sentence"] in page
    for one in told["exams"][0]["values"]:
        assert one["name"] in page and one["value"] in page and one["unit"] in page and bare(one["text"]) in bare(page), one


def test_record_names_the_exam_centre(cast, own) -> None:
    made = upload(text([[cast.anna.emp_no, cast.anna.name, "2026-03-02", 150, 95, 5.0, 5.2]]), unit=cast.root, centre="Mingde")
    assert made.centre.name == own.get(URLS[1]).json()["exams"][0]["centre"] == "Mingde"


def test_value_is_told_in_the_unit_of_the_paper(cast, own) -> None:
    made = exam(cast.anna, timezone.now().date(), {"fpg": 7.6035})
    Exam.objects.filter(pk=made.pk).update(reported={"fpg": [137, "mg/dL"]}, ranges={"fpg": [3.9, 6.1]})
    (one,) = own.get(URLS[1]).json()["exams"][0]["values"]
    assert (one["value"], one["number"], one["ucum"], one["unit"]) == ("137", 137.0, "mg/dL", "mg/dL")
    assert (round(one["low"]), round(one["high"])) == (70, 110)


def test_what_a_page_keeps_for_a_conversation_has_no_number_here(cast, own) -> None:
    on = timezone.now().date()
    made = exam(cast.anna, on, {"phq9_total": 17, "hbsag": 1.0, "sbp": 120})
    exam(cast.anna, on - timedelta(days=400), {"phq9_total": 19})
    assessment(cast.anna, "blue", "distress", on=on, exams=(made,))
    told = own.get(URL)
    values = {one["code"]: one for one in told.json()["record"]["exams"][0]["values"]}
    assert (values["phq9_total"]["value"], values["phq9_total"]["number"]) == ("", None)
    assert values["phq9_total"]["text"] == "A clinician goes through it with you."
    assert "17" not in str(values["phq9_total"]) and "19" not in str(told.json()["record"]["exams"][1]["values"])
    assert (values["hbsag"]["value"], values["hbsag"]["number"]) == ("1+", 1.0)
    (reason,) = told.json()["assessment"]["reasons"]
    assert reason["title"] == "A questionnaire suggests distress" and not re.search(r"\b1[79]\b", str(reason))


def test_what_does_not_count_is_not_told(cast, own) -> None:
    for state in ("superseded", "repeated", "withdrawn"):
        Exam.objects.filter(pk=exam(cast.anna, timezone.now().date(), {"sbp": 199}).pk).update(state=state)
    assert own.get(URLS[1]).json()["exams"] == []


def test_two_exams_of_a_day_each_tell_their_own_values(cast, own) -> None:
    on = timezone.now().date()
    for results in ({"sbp": 120}, {"tc": 4.9}):
        exam(cast.anna, on, results)
    assert [[one["code"] for one in each["values"]] for each in own.get(URLS[1]).json()["exams"]] == [["tc"], ["sbp"]]


def test_disputed_value_says_so(orange, own) -> None:
    disputing.open_dispute(orange, exam=orange.exams.latest("taken_on"), code="sbp", claim="not_mine", note="", by=BY)
    told = own.get(URLS[1]).json()
    assert told["disputed"].startswith("1 value is disputed")
    assert [[one["code"] for one in each["values"] if one["is_disputed"]] for each in told["exams"]] == [["sbp"], []]


# Assessment -----------------------------------------------------------------------------------------------------------------


def test_assessment_tells_colour_reasons_scores_edition_and_day(orange, own) -> None:
    told, stored = own.get(URLS[2]).json(), Assessment.objects.get(person=orange, is_current=True)
    assert (told["colour"], told["pack"], told["edition"], told["assessed_on"]) == ("orange", "cn", "2024", stored.assessed_on.isoformat())
    assert told["reasons"][0] == {
        "code": "hypertension", "colour": "orange", "title": "Blood pressure 148/92 mmHg",
        "text": "At or above 140/90, 11 higher than last year, so orange. One reading so far.",
    }  # fmt: skip
    assert {one["name"]: one["value"] for one in told["scores"]}["bmi"] == 26.1
    assert told["expired"] is None


def test_assessment_says_what_the_pages_say(orange, own) -> None:
    told, page = own.get(URLS[2]).json(), bare(words(own, "/today/") + words(own, "/report/"))
    said = [told["change"], told["source"], told["screening"], *(one[part] for one in told["reasons"][:6] for part in ("title", "text"))]
    assert [one for one in said if bare(one) not in page] == []
    assert told["sentence"].startswith("Your blood pressure is high.")


def test_expired_colour_is_grey_and_says_what_it_was(cast, own) -> None:
    old = local_today() - timedelta(days=1500)
    assessment(cast.anna, "red", "known_ascvd", on=old, exams=(exam(cast.anna, old),))
    told = own.get(URLS[2]).json()
    assert (told["colour"], told["scores"], told["assessed_on"], told["expired"]["colour"]) == ("grey", [], None, "red")
    assert "It was red" == told["reasons"][0]["title"]


# Plan -----------------------------------------------------------------------------------------------------------------------


def test_plan_tells_what_its_page_tells(orange, own) -> None:
    told, page = own.get(URLS[3]).json(), bare(words(own, "/plan/"))
    plan = told["plan"]
    assert (plan["name"], plan["colour"]) == ("Chronic-disease pathway", "orange") and plan["steps"]
    said = [told["lead"], plan["name"], *plan["parts"], *(one["title"] for part in ("steps", "ahead", "ended") for one in plan[part])]
    assert [one for one in said if bare(one) not in page] == []
    assert [one["name"] for one in told["earlier"]] == ["Twelve-week weight programme"]
    assert {one["state"] for one in plan["steps"]} <= {"done", "past", "now", "late", "later"}


def test_plan_that_rests_asks_for_nothing(orange, own) -> None:
    pausing.pause(orange, reason="leave", until=local_today() + timedelta(days=9), today=local_today(), by=BY)
    told = own.get(URLS[3]).json()
    assert (told["lead"], "On leave" in told["plan"]["paused"]) == ("", True)


def test_who_has_no_exam_yet_is_told_so(cast, own) -> None:
    told = own.get(URL).json()
    assert (told["record"]["exams"], told["assessment"], told["plan"]) == ([], None, {"lead": "", "plan": None, "earlier": []})
    answer = own.get(URLS[2])
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is no result that counts yet."})


# Whose ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", URLS)
def test_nothing_of_anybody_else_is_told(cast, orange, own, url) -> None:
    content = own.get(url).content.decode()
    for mark in ("E1002", "Name E1002", "99.9", "177", "胆囊息肉", str(cast.ben.uuid), str(Plan.objects.get(person=cast.ben, ended_on=None).uuid)):
        assert mark not in content


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("asked", [{"person": "1"}, {"id": "1"}, {"user": "1"}, {"limit": "1"}])
def test_nobody_else_can_be_asked_for(orange, own, url, asked) -> None:
    answer = own.get(url, asked)
    assert (answer.status_code, set(answer.json())) == (400, set(asked))


@pytest.mark.parametrize("who", OTHERS)
def test_others_are_refused(cast, orange, sign_in, who) -> None:
    browser = sign_in(getattr(cast, who))
    assert [browser.get(url).status_code for url in URLS] == [403] * 4
    assert not Event.objects.filter(action="own_record.viewed").exists()


def test_clinician_who_is_an_employee_too_is_told_their_own(cast, orange, sign_in) -> None:
    casting.Membership.objects.create(user=cast.case_manager, unit=cast.a1, role="employee")
    assert sign_in(cast.case_manager).get(URL).status_code == 404
    Person.objects.filter(pk=cast.amos.pk).update(user=cast.case_manager)
    assert sign_in(cast.case_manager).get(URL).json()["record"]["exams"] == []


def test_user_who_is_no_employee_is_told_whom_to_ask(cast, sign_in) -> None:
    answer = sign_in(casting.user("guest", "employee", cast.a1)).get(URL)
    assert answer.status_code == 404 and "ask your administrator" in answer.json()["detail"]


@pytest.mark.parametrize("url", URLS)
def test_token_answers_as_the_session_does(cast, orange, own, sign_in, url) -> None:
    secret = {"authorization": f"Token {accounts.create_token(cast.employee, label='test', by=BY)}"}
    told = sign_in().get(url, headers=secret | {"accept-language": "en"})
    assert told.json() == own.get(url).json()
    assert re.search(r"[一-鿿]{2}", sign_in().get(url, headers=secret | {"accept-language": "zh-hans"}).content.decode())
    assert sign_in().get(url).status_code == 401


# On record ------------------------------------------------------------------------------------------------------------------


def test_P20_each_look_is_recorded_once_and_apart_from_others(cast, orange, own) -> None:
    seen = Event.objects.filter(action="own_record.viewed", person_id=orange.pk, actor_id=cast.employee.pk).order_by("id")
    for url in URLS:
        own.get(url)
    assert [one.detail["page"] for one in seen] == ["me", "record", "assessment", "plan"]
    assert "Nobody but you has been at your record so far." in words(own, "/privacy/")


@pytest.mark.parametrize("url", URLS)
def test_P22_nothing_is_shown_when_the_look_cannot_be_recorded(orange, own, url, monkeypatch) -> None:
    def broken(*args, **kwargs):
        raise DatabaseError("no record can be written")

    monkeypatch.setattr(Event, "save", broken)
    answer = own.get(url)
    assert (answer.status_code, list(answer.json())) == (503, ["detail"])


@pytest.mark.parametrize("url", URLS)
def test_answers_ask_as_much_for_many_exams_as_for_one(cast, own, url) -> None:
    on, counts = timezone.now().date() - timedelta(days=3), []
    examine(cast.anna, on, 173.5, 81.0, 137, 87, 5.4, 4.9, 1.5, "未见明显异常")
    for _number in range(2):
        own.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert own.get(url).status_code == 200
        counts.append(len(queries))
        for years in range(1, 4):
            exam(cast.anna, on - timedelta(days=365 * years), {"sbp": 130, "dbp": 80, "tc": 4.9})
    assert counts[0] == counts[1]


@pytest.mark.parametrize("url", URLS)
def test_own_data_are_only_read(own, url) -> None:
    assert [getattr(own, method)(url).status_code for method in ("post", "put", "patch", "delete")] == [405] * 4

"""Assessments and plans over HTTP: of whom, for whom, on record, and as on the pages."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts import services as accounts
from healthmgmt.audit.models import Event
from healthmgmt.care import pausing
from healthmgmt.care.models import Assignment, ExceptionalAccess, Plan
from healthmgmt.core.actors import Actor
from healthmgmt.core.api import Pages
from healthmgmt.organization.selectors import today as local_today
from healthmgmt.people import services as people
from healthmgmt.risk.models import Assessment
from tests import cast as casting
from tests.care.making import assessment, exam
from tests.care.test_exceptional import PATH, given
from tests.care.test_views import assessed

BY = Actor(label="system:test")
ASSESSMENTS, PLANS = "/api/v1/assessments/", "/api/v1/plans/"
LISTS = (ASSESSMENTS, PLANS)
OTHERS = ("leader", "office_a", "liaison_a1", "admin", "steward", "employee", "exam_centre")


@pytest.fixture
def everybody(cast):
    """Everybody with a colour and a plan."""
    for person in (cast.anna, cast.ben, cast.amos, cast.bella):
        assessed(person, "orange", "hypertension", sbp=148, dbp=92)
    return cast


@pytest.fixture
def manager(everybody, sign_in):
    return sign_in(everybody.case_manager)


def listed(answer) -> list[str]:
    assert answer.status_code == 200
    return [one["person"]["emp_no"] for one in answer.json()["results"]]


def told(action: str) -> list[int]:
    return sorted(Event.objects.filter(action=action).values_list("person_id", flat=True))


# Of whom --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", LISTS)
def test_list_is_that_of_the_page_of_people(everybody, sign_in, url) -> None:
    assert listed(sign_in(everybody.case_manager).get(url)) == ["E1001", "E1002"]
    assert listed(sign_in(everybody.physician).get(url)) == ["E1001", "E1002", "E2001", "E3001"]


@pytest.mark.parametrize("url", LISTS)
def test_who_is_cared_for_by_somebody_else_is_on_that_list_alone(everybody, sign_in, url) -> None:
    second = casting.user("second", "case_manager", everybody.b)
    Assignment.objects.create(manager=second, person=everybody.anna, started_by=BY.label)
    assert listed(sign_in(everybody.case_manager).get(url)) == ["E1002"]
    assert listed(sign_in(second).get(url)) == ["E1001", "E3001"]


@pytest.mark.parametrize("url", LISTS)
def test_who_has_left_is_on_no_list(everybody, manager, url) -> None:
    type(everybody.ben).objects.filter(pk=everybody.ben.pk).update(left_on=local_today())
    assert listed(manager.get(url)) == ["E1001"]


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("who", OTHERS)
def test_others_are_refused_and_leave_no_event(everybody, sign_in, url, who) -> None:
    browser = sign_in(getattr(everybody, who))
    assert [browser.get(url, asked).status_code for asked in ({}, {"person": everybody.anna.uuid})] == [403, 403]
    assert told("record.listed") == told("record.viewed") == []


@pytest.mark.parametrize("url", LISTS)
def test_token_answers_as_the_session_does(everybody, sign_in, url) -> None:
    token = accounts.create_token(everybody.case_manager, label="test", by=BY)
    answer = sign_in().get(url, headers={"authorization": f"Token {token}", "accept-language": "en"})
    assert answer.json() == sign_in(everybody.case_manager).get(url).json()
    assert sign_in().get(url).status_code == 401
    assert told("record.listed") == sorted([everybody.anna.pk, everybody.ben.pk] * 2)


@pytest.mark.parametrize("url", LISTS)
def test_person_outside_is_not_found_and_looks_like_nobody(everybody, manager, url) -> None:
    assert listed(manager.get(url, {"person": everybody.anna.uuid})) == ["E1001"]
    hidden, nobody = (manager.get(url, {"person": one}) for one in (everybody.bella.uuid, uuid4()))
    assert (hidden.status_code, hidden.content) == (nobody.status_code, nobody.content) == (404, nobody.content)
    assert told("record.viewed") == [everybody.anna.pk]


@pytest.mark.parametrize("url", LISTS)
def test_record_opened_by_exception_is_read_as_on_the_pages(everybody, manager, url) -> None:
    asked = {"person": everybody.bella.uuid}
    assert manager.get(url, asked).status_code == 404
    manager.post(PATH, given(everybody.bella))
    assert listed(manager.get(url, asked)) == ["E3001"]
    # It is nobody of the list, there as here.
    assert listed(manager.get(url)) == ["E1001", "E1002"]
    assert told("record.viewed") == [everybody.bella.pk]
    opened, gone = ExceptionalAccess.objects.get(), timedelta(hours=3, seconds=1)
    ExceptionalAccess.objects.update(opened_at=opened.opened_at - gone, ends_at=opened.ends_at - gone)
    assert manager.get(url, asked).status_code == 404


# On record ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", LISTS)
def test_P20_each_person_of_a_page_is_told_once_and_nobody_else(everybody, sign_in, url) -> None:
    sign_in(everybody.physician).get(url, {"limit": 2, "offset": 1})
    assert told("record.listed") == sorted([everybody.ben.pk, everybody.amos.pk])
    assert set(Event.objects.filter(action="record.listed").values_list("actor_id", flat=True)) == {everybody.physician.pk}


@pytest.mark.parametrize("url", LISTS)
def test_P20_one_person_is_told_that_their_record_was_opened_and_why(everybody, manager, url) -> None:
    manager.get(url, {"person": everybody.anna.uuid})
    events = Event.objects.filter(action__in=("record.viewed", "record.listed"))
    assert list(events.values_list("action", "person_id", "reason")) == [("record.viewed", everybody.anna.pk, "care")]


@pytest.mark.parametrize("url", LISTS)
def test_P22_nothing_is_shown_when_it_cannot_be_recorded(everybody, manager, url, monkeypatch) -> None:
    from healthmgmt.audit import services as audit

    def broken(*args, **kwargs):
        raise DatabaseError("no record can be written")

    monkeypatch.setattr(audit.sql, "execute", broken)
    answer = manager.get(url)
    assert (answer.status_code, b"E1001" in answer.content) == (503, False)


# Pages and parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", LISTS)
def test_page_of_the_list_is_bounded(everybody, sign_in, url, monkeypatch) -> None:
    monkeypatch.setattr(Pages, "max_limit", 3)
    answer = sign_in(everybody.physician).get(url, {"limit": 100_000})
    assert (answer.json()["count"], listed(answer)) == (4, ["E1001", "E1002", "E2001"])
    assert listed(sign_in(everybody.physician).get(url, {"offset": 10**30})) == []


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(
    "asked",
    [{"limit": 0}, {"limit": "x"}, {"offset": -1}, {"person": "x"}, {"person": ""}, {"colour": "pink"}, {"unit": 1}, {"person__name": "x"}, {"ordering": "name"}],
)
def test_parameters_are_those_that_are_described(manager, url, asked) -> None:
    answer = manager.get(url, asked)
    assert (answer.status_code, set(answer.json())) == (400, set(asked))
    assert told("record.listed") == []


@pytest.mark.parametrize("url", LISTS)
def test_list_asks_as_much_for_three_people_as_for_one(cast, sign_in, url) -> None:
    browser, counts = sign_in(cast.case_manager), []
    assessed(cast.anna, "orange", "hypertension", sbp=148, dbp=92)
    for number in range(2):
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert len(browser.get(url).json()["results"]) == 1 + 2 * number
        counts.append(len(queries))
        for more in range(2):
            assessed(casting.person(f"Q{number}{more}", cast.a1), "red", "known_ascvd")
    assert counts[0] == counts[1]


@pytest.mark.parametrize("url", LISTS)
def test_lists_are_only_read(manager, url) -> None:
    assert [getattr(manager, method)(url).status_code for method in ("post", "put", "patch", "delete")] == [405] * 4


# What is told ---------------------------------------------------------------------------------------------------------------


def test_assessment_tells_colour_reasons_edition_and_day(everybody, manager) -> None:
    one = manager.get(ASSESSMENTS, {"person": everybody.anna.uuid}).json()["results"][0]
    stored = Assessment.objects.get(person=everybody.anna, is_current=True)
    assert one["person"] == {"id": str(everybody.anna.uuid), "emp_no": "E1001", "name": "Name E1001", "unit": "A1"}
    assert (one["colour"], one["pack"], one["edition"], one["assessed_on"]) == ("orange", "cn", "2024", stored.assessed_on.isoformat())
    reason = one["reasons"][0]
    assert (reason["code"], reason["colour"]) == ("hypertension", "orange") and "140 mmHg" in reason["text"]
    page = manager.get(f"/care/people/{everybody.anna.uuid}/").content.decode()
    assert reason["text"].rstrip(".") in page and reason["source"] in page
    assert "not a diagnosis" in one["screening"] and one["expired"] is None


def test_scores_are_numbers_with_what_they_lack(everybody, manager) -> None:
    Assessment.objects.filter(person=everybody.anna).update(scores={"bmi": 26.04, "china_par": 7.25}, missing={"china_par": ["waist"]})
    one = manager.get(ASSESSMENTS).json()["results"][0]
    assert {score["name"]: score["value"] for score in one["scores"]} == {"bmi": 26.0, "china_par": 7.2}
    assert [(missing["name"], missing["who"]) for missing in one["missing"]] == [("waist", "exam_centre")]


def test_private_reasons_are_told_to_clinicians_with_their_value(everybody, manager) -> None:
    assessment(everybody.anna, "blue", "distress")
    text = manager.get(ASSESSMENTS).json()["results"][0]["reasons"][0]["text"]
    assert "PHQ-9" in text


def test_expired_colour_is_grey_without_reasons_and_says_what_it_was(everybody, manager) -> None:
    old = local_today() - timedelta(days=1500)
    assessment(everybody.anna, "red", "known_ascvd", on=old, exams=(exam(everybody.anna, old),))
    one = manager.get(ASSESSMENTS).json()["results"][0]
    assert (one["colour"], one["reasons"], one["scores"], one["is_incomplete"]) == ("grey", [], [], True)
    assert (one["expired"]["colour"], one["expired"]["newest_on"]) == ("red", old.isoformat())
    assert listed(manager.get(ASSESSMENTS, {"colour": "grey"})) == ["E1001"]
    assert listed(manager.get(ASSESSMENTS, {"colour": "red"})) == []


def test_colour_narrows_and_who_has_no_result_is_not_there(everybody, manager) -> None:
    assessed(everybody.ben, "red", "known_ascvd")
    casting.person("E1003", everybody.a1)
    assert {colour: listed(manager.get(ASSESSMENTS, {"colour": colour})) for colour in ("red", "orange", "green")} == {
        "red": ["E1002"], "orange": ["E1001"], "green": [],
    }  # fmt: skip
    assert listed(manager.get(PLANS, {"colour": "red"})) == ["E1002"]


def test_plan_tells_its_parts_and_next_steps(everybody, manager) -> None:
    one = manager.get(PLANS, {"person": everybody.anna.uuid}).json()["results"][0]
    plan = Plan.objects.get(person=everybody.anna, ended_on=None)
    assert (one["id"], one["template"], one["version"], one["opened_on"]) == (str(plan.uuid), plan.template, plan.version, plan.opened_on.isoformat())
    assert (one["name"], one["paused"]) == ("Chronic-disease pathway", "") and any("pressure" in part.lower() for part in one["parts"])
    steps = plan.steps.filter(state__in=("planned", "fired")).order_by("due_on", "number", "occurrence")
    assert [(step["kind"], step["doer"], step["state"], step["on"]) for step in one["steps"]] == [
        (step.kind, step.doer, step.state, step.asked_on.isoformat()) for step in steps
    ]
    page = manager.get(f"/care/people/{everybody.anna.uuid}/").content.decode()
    assert all(step["title"] in page for step in one["steps"])


def test_plan_that_has_ended_is_not_there_and_one_that_rests_says_so(everybody, manager) -> None:
    pausing.pause(everybody.anna, reason="leave", until=local_today() + timedelta(days=9), today=local_today(), by=BY)
    assert "On leave" in manager.get(PLANS).json()["results"][0]["paused"]
    Plan.objects.filter(person=everybody.anna).update(ended_on=local_today(), outcome="referred")
    assert listed(manager.get(PLANS)) == ["E1002"]


def test_P23_plans_say_how_the_person_stands_to_calls(everybody, manager) -> None:
    for person, answers in ((everybody.anna, (people.give_consent, people.withdraw_consent)), (everybody.ben, (people.give_consent,))):
        for answer in answers:
            answer(person, purpose="care_contact", by=BY, **({"version": "1"} if answer is people.give_consent else {}))
    calls = [one["calls"] for one in manager.get(PLANS).json()["results"]]
    assert [one["state"] for one in calls] == ["withdrawn", "given"]
    page = manager.get(f"/care/people/{everybody.anna.uuid}/").content.decode()
    assert calls[0]["text"] in page and "only a critical result" in calls[0]["text"]


def test_texts_are_in_the_language_of_the_request(everybody, sign_in) -> None:
    token = accounts.create_token(everybody.case_manager, label="test", by=BY)
    answers = {
        language: sign_in().get(ASSESSMENTS, headers={"authorization": f"Token {token}", "accept-language": language}).json()["results"][0]
        for language in ("en", "zh-hans")
    }
    assert "hypertension" in answers["en"]["reasons"][0]["text"].lower() and "高血压" in answers["zh-hans"]["reasons"][0]["text"]
    assert {one["reasons"][0]["code"] for one in answers.values()} == {"hypertension"}

"""Who opens whose messages, what stands on the pages, and what is recorded."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthmgmt.accounts import notices
from healthmgmt.audit.models import Event
from healthmgmt.care import messaging
from healthmgmt.care.models import Message
from healthmgmt.core.actors import Actor
from tests import cast as casting

QUESTION = "May I take both tablets together?"


@pytest.fixture
def asked(cast) -> Message:
    return messaging.ask(cast.anna, text=QUESTION, token=uuid4(), by=Actor.of(cast.employee))


def page_of(person) -> str:
    return f"/care/people/{person.uuid}/messages/"


def body(response) -> str:
    return response.content.decode()


def test_inbox_shows_who_waits_without_what_was_written_and_records_it(cast, asked, sign_in) -> None:
    page = body(sign_in(cast.case_manager).get("/care/messages/"))
    assert "1 person waits for your answer." in page and cast.anna.name in page and QUESTION not in page
    assert list(Event.objects.filter(action="message.listed").values_list("person_id", "actor_id")) == [(cast.anna.pk, cast.case_manager.pk)]


def test_conversation_is_read_recorded_and_seen_by_the_person(cast, asked, sign_in) -> None:
    client = sign_in(cast.case_manager)
    assert notices.unread(cast.case_manager) == 1
    assert QUESTION in body(client.get(page_of(cast.anna)))
    assert list(Event.objects.filter(action="message.read").values_list("person_id", "actor_id")) == [(cast.anna.pk, cast.case_manager.pk)]
    asked.refresh_from_db()
    assert asked.read_at and notices.unread(cast.case_manager) == 0
    assert "Messages read" in body(sign_in(cast.employee).get("/privacy/"))


def test_manager_of_another_unit_finds_no_conversation_and_leaves_no_trace(cast, asked, sign_in) -> None:
    far = casting.user("far", "case_manager", cast.b)
    client = sign_in(far)
    for answer in (client.get(page_of(cast.anna)), client.post(page_of(cast.anna), {"text": "x", "token": uuid4()}), client.post(page_of(cast.anna) + "settled/")):
        assert answer.status_code == 404 and QUESTION not in body(answer)
    assert QUESTION not in body(client.get("/care/messages/")) and cast.anna.name not in body(client.get("/care/messages/"))
    assert not Event.objects.filter(action__startswith="message.", actor_id=far.pk).exists()
    asked.refresh_from_db()
    assert asked.answered_at is None and asked.read_at is None


@pytest.mark.parametrize("who", ["leader", "office_a", "liaison_a1", "admin", "steward"])
def test_employer_roles_do_not_learn_that_anybody_wrote(cast, asked, sign_in, who) -> None:
    client = sign_in(getattr(cast, who))
    for path in ("/care/messages/", page_of(cast.anna), "/messages/"):
        assert client.get(path).status_code == 403
    assert notices.unread(getattr(cast, who)) == 0


def test_answer_goes_to_the_person_once(cast, asked, sign_in) -> None:
    client, given = sign_in(cast.case_manager), {"text": "Yes, with water.", "token": uuid4()}
    for _time in range(2):
        assert client.post(page_of(cast.anna), given).headers["Location"] == page_of(cast.anna)
    assert "Yes, with water." in body(client.get(page_of(cast.anna)))
    assert Message.objects.filter(side="care").count() == 1
    employee = sign_in(cast.employee)
    assert "1 notice not read" in body(employee.get("/today/"))
    assert "Yes, with water." in body(employee.get("/messages/"))
    assert "1 notice not read" not in body(employee.get("/today/"))


@pytest.mark.parametrize("given", [{"text": " "}, {"text": "x" * 1001}, {"text": "Hello", "token": "no token"}])
def test_what_cannot_be_sent_comes_back_with_a_sentence(cast, asked, sign_in, given) -> None:
    for who, path in ((cast.case_manager, page_of(cast.anna)), (cast.employee, "/messages/")):
        answer = sign_in(who).post(path, {"token": uuid4()} | given)
        assert (answer.status_code, 'role="alert"' in body(answer), Message.objects.count()) == (422, True, 1)


def test_what_is_written_is_never_markup(cast, sign_in) -> None:
    messaging.ask(cast.anna, text="<script>alert(1)</script>", token=uuid4(), by=Actor.of(cast.employee))
    for who, path in ((cast.case_manager, page_of(cast.anna)), (cast.employee, "/messages/")):
        page = body(sign_in(who).get(path))
        assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_settled_without_an_answer(cast, asked, sign_in) -> None:
    assert sign_in(cast.case_manager).post(page_of(cast.anna) + "settled/").status_code == 302
    asked.refresh_from_db()
    assert asked.answered_at is not None


def test_person_without_an_account_is_called(cast, sign_in) -> None:
    page = body(sign_in(cast.case_manager).get(page_of(cast.ben)))
    assert "has no account here" in page and "<textarea" not in page


def test_employee_writes_and_reads_by_when_the_answer_comes(cast, sign_in) -> None:
    client = sign_in(cast.employee)
    page = body(client.get("/messages/"))
    assert "within 2 working days" in page and page.index("This is not for emergencies") < page.index("<textarea")
    token = uuid4()
    for _time in range(2):
        assert client.post("/messages/", {"text": QUESTION, "token": token}).headers["Location"] == "/messages/"
    page = body(client.get("/messages/"))
    assert "Your message has arrived. You get an answer by" in page and QUESTION in page and "18:00" in page
    assert Message.objects.count() == 1


def test_employee_without_anybody_to_answer_reads_so_and_has_no_field(cast, sign_in) -> None:
    for user in (cast.case_manager, cast.physician):
        user.is_active = False
        user.save()
    page = body(sign_in(cast.employee).get("/messages/"))
    assert "nobody is there to answer you" in page and "<textarea" not in page and "120" in page


def test_pages_take_the_same_queries_for_one_and_five_messages(cast, asked, sign_in) -> None:
    pages = ((cast.case_manager, "/care/messages/"), (cast.case_manager, page_of(cast.anna)), (cast.employee, "/messages/"))

    def counted() -> list[int]:
        found = []
        for who, path in pages:
            client = sign_in(who)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            found.append(len(queries))
        return found

    # The first look notes what was read.
    counted()
    for_one = counted()
    for _number in range(4):
        messaging.ask(cast.anna, text=QUESTION, token=uuid4(), by=Actor.of(cast.employee))
    counted()
    assert counted() == for_one

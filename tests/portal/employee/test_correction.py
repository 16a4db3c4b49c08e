"""The page on which somebody says that a value is not theirs, and where they read the answer."""

import re

import pytest

from healthmgmt.core.actors import Actor
from healthmgmt.exams import disputing
from healthmgmt.exams.models import Dispute
from tests.exams.road import text, upload


@pytest.fixture
def examined(cast):
    upload(text([[cast.anna.emp_no, cast.anna.name, "2026-03-02", 150, 95, 5.0, 5.2]]), unit=cast.root)
    return cast


def test_value_is_disputed_marked_on_the_report_and_answered(sign_in, examined) -> None:
    own, doctor = sign_in(examined.employee), sign_in(examined.physician)
    assert own.get("/report/correction/").status_code == 200
    assert own.post("/report/correction/", {"code": "sbp", "claim": "nonsense"}).status_code == 422
    assert own.post("/report/correction/", {"code": "sbp", "claim": "not_mine", "note": "Mixed up"}).status_code == 302
    one = Dispute.objects.get()
    page = own.get("/report/").content.decode()
    assert page.count("You disputed this value") == 1 and "1 value is disputed" in page
    waiting = doctor.get("/uploads/disputes/").content.decode()
    assert "Mixed up" in waiting and "150" in waiting
    assert doctor.post(f"/uploads/disputes/{one.uuid}/answer/", {"outcome": "kept", "answer": "It was measured twice."}).status_code == 302
    assert "It was measured twice." in own.get("/report/correction/").content.decode()


def test_liaison_reaches_neither_list_nor_answer(sign_in, examined) -> None:
    exam = examined.anna.exams.get()
    one = disputing.open_dispute(examined.anna, exam=exam, code="sbp", claim="not_mine", note="", by=Actor(label="user:1"))
    liaison = sign_in(examined.liaison_a1)
    assert liaison.get("/uploads/disputes/").status_code == 403
    assert liaison.post(f"/uploads/disputes/{one.uuid}/answer/", {"outcome": "kept", "answer": "x"}).status_code in (403, 404)


def test_report_leads_from_a_value_to_its_dispute_without_naming_it_in_the_address(sign_in, examined) -> None:
    own = sign_in(examined.employee)
    links = re.findall(r'href="(/report/correction/\?value=\d+)"', own.get("/report/").content.decode())
    chosen = [re.search(r'<option value="(\w+)" selected>', own.get(link).content.decode())[1] for link in links]
    assert {"sbp", "dbp", "fpg"} <= set(chosen) and len(set(chosen)) == len(links)
    assert own.get("/report/correction/?value=999").status_code == own.get("/report/correction/?value=x").status_code == 200


def test_clinician_sees_on_the_record_what_is_disputed_until_it_is_answered(sign_in, examined) -> None:
    doctor, exam = sign_in(examined.physician), examined.anna.exams.get()
    one = disputing.open_dispute(examined.anna, exam=exam, code="sbp", claim="not_mine", note="", by=Actor(label="user:1"))
    record = f"/care/people/{examined.anna.uuid}/"
    assert "Disputed by the person, not answered yet: Systolic" in doctor.get(record).content.decode()
    disputing.settle(one, outcome="kept", answer="It is yours.", by=Actor(label="user:2"), user=examined.physician)
    assert "Disputed by the person" not in doctor.get(record).content.decode()

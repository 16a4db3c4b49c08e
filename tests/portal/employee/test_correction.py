"""The page on which somebody says that a value is not theirs, and where they read the answer."""

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

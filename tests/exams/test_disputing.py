"""A person says that a value is not theirs; a clinician or the exam centre answers, and nothing is overwritten."""

import pytest

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.care import exceptional
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, disputing, services
from healthmgmt.exams.models import Dispute, Exam
from healthmgmt.risk.models import Assessment
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.road import text, upload

BY = Actor(label="user:1")
DAY = "2026-03-02"


@pytest.fixture
def exam(cast) -> Exam:
    """Anna's exam: a pressure of 150/95, and a fasting glucose that is in order."""
    upload(text([[cast.anna.emp_no, cast.anna.name, DAY, 150, 95, 5.0, 5.2]]), unit=cast.root)
    return Exam.objects.get(person=cast.anna)


def disputed(exam: Exam, code: str = "sbp", claim: str = "not_mine", note: str = "Somebody else's") -> Dispute:
    return disputing.open_dispute(exam.person, exam=exam, code=code, claim=claim, note=note, by=BY)


def settled(one: Dispute, cast, outcome: str, answer: str = "Thank you") -> Dispute:
    return disputing.settle(one, outcome=outcome, answer=answer, by=BY, user=cast.physician)


def test_dispute_is_noted_once_without_its_value_and_the_value_counts_meanwhile(cast, exam) -> None:
    one = disputed(exam)
    assert disputed(exam).pk == one.pk
    event = Event.objects.get(action="dispute.opened")
    assert (event.person_id, event.detail) == (cast.anna.pk, {})
    exam.refresh_from_db()
    assert (exam.state, Assessment.objects.get(is_current=True).colour) == ("current", "orange")


@pytest.mark.parametrize(("code", "claim"), [("ldl", "not_mine"), ("sbp", "nonsense")])
def test_what_is_no_value_or_no_claim_is_refused(exam, code, claim) -> None:
    with pytest.raises(Rejected):
        disputed(exam, code, claim)


def test_nobody_disputes_a_value_of_somebody_else(cast, exam) -> None:
    with pytest.raises(Rejected):
        disputing.open_dispute(cast.ben, exam=exam, code="sbp", claim="not_mine", note="", by=BY)


def test_value_taken_out_is_superseded_and_the_colour_follows(cast, exam) -> None:
    for code in ("sbp", "dbp"):
        settled(disputed(exam, code), cast, "withdrawn")
        work.drain()
        exam = Exam.objects.get(person=cast.anna, state="current")
    assert not {"sbp", "dbp"} & set(exam.results) and exam.results
    assert [one.state for one in Exam.objects.filter(person=cast.anna).order_by("pk")] == ["superseded", "superseded", "current"]
    assert Assessment.objects.get(person=cast.anna, is_current=True).colour != "orange"


def test_undoing_brings_the_value_back(cast, exam) -> None:
    settled(disputed(exam), cast, "withdrawn")
    services.withdraw(Exam.objects.get(person=cast.anna, state="current").upload, by=BY)
    exam.refresh_from_db()
    assert (exam.state, exam.results["sbp"]) == ("current", 150)


def test_answer_needs_words_and_is_given_once(cast, exam) -> None:
    one = disputed(exam)
    with pytest.raises(Rejected):
        settled(one, cast, "kept", answer=" ")
    settled(one, cast, "kept", answer="It was measured twice.")
    with pytest.raises(Rejected):
        settled(one, cast, "withdrawn")
    exam.refresh_from_db()
    assert exam.state == "current"


def test_corrected_is_said_only_after_the_exam_was_typed_anew(cast, exam) -> None:
    one = disputed(exam, claim="wrong_number")
    with pytest.raises(Rejected):
        settled(one, cast, "corrected")
    upload(text([[cast.anna.emp_no, cast.anna.name, DAY, 118, 75, 5.0, 5.2]]), unit=cast.root)
    assert settled(one, cast, "corrected").outcome == "corrected"


def test_clinicians_of_the_person_answer_and_employer_roles_see_nothing(cast, exam) -> None:
    disputed(exam)
    seen = {name: access.disputes_visible_to(getattr(cast, name)).count() for name in ("physician", "liaison_a1", "office_a", "leader", "employee")}
    assert seen == {"physician": 1, "liaison_a1": 0, "office_a": 0, "leader": 0, "employee": 0}


def test_two_values_disputed_at_once_are_both_taken_out_and_neither_is_called_corrected(cast, exam) -> None:
    first, second = disputed(exam, "sbp"), disputed(exam, "dbp")
    settled(first, cast, "withdrawn")
    with pytest.raises(Rejected, match="right value first"):
        settled(second, cast, "corrected")
    settled(second, cast, "withdrawn")
    work.drain()
    assert not {"sbp", "dbp"} & set(Exam.objects.get(person=cast.anna, state="current").results)


def test_value_that_was_all_of_an_exam_takes_the_colour_along(cast) -> None:
    upload(text([[cast.anna.emp_no, cast.anna.name, DAY, 150, "", "", ""]]), unit=cast.root)
    assert Assessment.objects.get(person=cast.anna, is_current=True).colour == "orange"
    settled(disputed(Exam.objects.get(person=cast.anna)), cast, "withdrawn")
    work.drain()
    assert not Assessment.objects.filter(person=cast.anna, is_current=True).exists()


def test_undoing_the_file_takes_what_was_said_anew_along(cast, exam) -> None:
    settled(disputed(exam), cast, "withdrawn")
    services.withdraw(exam.upload, by=BY)
    assert not Exam.objects.filter(person=cast.anna, state="current").exists()


def test_employer_roles_see_no_upload_by_which_a_value_was_taken_out(cast, exam) -> None:
    settled(disputed(exam), cast, "withdrawn")
    made = Exam.objects.get(person=cast.anna, state="current").upload
    assert [access.visible_to(user).filter(pk=made.pk).exists() for user in (cast.liaison_a1, cast.office_a, cast.physician)] == [False, False, True]


def test_person_is_told_of_the_answer_and_nobody_answers_their_own(cast, exam) -> None:
    one = disputed(exam)
    assert access.disputes_visible_to(cast.physician).filter(pk=one.pk).exists()
    settled(one, cast, "kept")
    assert list(Notice.objects.values_list("user", "kind")) == [(cast.employee.pk, "correction_answered")]
    cast.anna.user = cast.physician
    cast.anna.save()
    assert not access.disputes_visible_to(cast.physician).exists()


def test_record_opened_by_exception_is_read_and_not_changed(cast, exam) -> None:
    disputed(exam)
    nurse = casting.user("nurse", "case_manager", cast.b1)
    exceptional.open_record(nurse, emp_no=cast.anna.emp_no, name=cast.anna.name, reason="The colleague is ill.", by=Actor.of(nurse))
    assert not access.disputes_visible_to(nurse).exists()

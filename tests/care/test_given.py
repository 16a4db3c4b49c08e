"""Who was given to a clinician is theirs for records, exams and report files, wherever they work; nobody else is."""

import pytest

from healthmgmt.accounts.models import User
from healthmgmt.care import services
from healthmgmt.care.models import Assignment
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, reports
from healthmgmt.exams.models import Exam, ReportFile
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.test_typing_in import PDF, URL, a_pdf, given, stored

BY = Actor(label="system:test")


@pytest.fixture(params=["case_manager", "physician"])
def clinician(cast, request) -> User:
    """Of A1 by the role; and of anna, who works in B1 since she was given to them."""
    found = casting.user("given", request.param, cast.a1)
    services.assign_manager(found, person=cast.anna, by=BY)
    cast.anna.unit = cast.b1
    cast.anna.save()
    return found


def test_person_given_is_typed_in_by_the_form_opened_from_the_record(cast, clinician, sign_in):
    browser = sign_in(clinician)
    assert browser.get(f"{URL}?person={cast.anna.uuid}").status_code == 200
    answer = browser.post(URL, given(cast.anna) | {"report": a_pdf()})
    assert answer.status_code == 302
    work.drain()
    assert (Exam.objects.get().person, ReportFile.objects.get().person) == (cast.anna, cast.anna)
    assert browser.get(answer.headers["Location"]).status_code == 200


def test_report_files_of_a_person_given_are_listed_added_and_taken_along(cast, clinician, sign_in):
    exam = stored(cast.anna)
    report = reports.attach_to_exam(exam, a_pdf(), by=BY)
    browser, url = sign_in(clinician), f"/uploads/people/{cast.anna.uuid}/reports/"
    assert browser.get(url).status_code == 200
    assert b"".join(browser.get(f"/uploads/reports/{report.uuid}/").streaming_content) == PDF
    assert browser.post(url, {"exam": exam.pk, "report": a_pdf()}).status_code == 302
    assert url in browser.get(f"/care/people/{cast.anna.uuid}/").content.decode()


def test_others_of_that_unit_are_not_reached(cast, clinician, sign_in):
    other = cast.bella
    report = reports.attach_to_exam(stored(other), a_pdf(), by=BY)
    browser = sign_in(clinician)
    paths = (f"/uploads/people/{other.uuid}/reports/", f"/uploads/reports/{report.uuid}/", f"{URL}?person={other.uuid}")
    assert [browser.get(path).status_code for path in paths] == [404] * 3
    assert browser.post(URL, given(other)).status_code == 422


def test_whoever_was_given_and_is_not_any_more_is_not_reached(cast, clinician, sign_in):
    report = reports.attach_to_exam(stored(cast.anna), a_pdf(), by=BY)
    Assignment.objects.update(ended_at="2026-01-01T00:00Z", ended_by="x")
    browser = sign_in(clinician)
    assert browser.get(f"/uploads/reports/{report.uuid}/").status_code == 404
    with pytest.raises(Rejected):
        access.person_to_examine(User.objects.get(pk=clinician.pk), emp_no=cast.anna.emp_no, name=cast.anna.name)


def test_whoever_lost_the_role_keeps_nothing_of_what_was_given(cast, clinician, sign_in):
    """Nor does an exam centre's role, which types exams in, make up for it."""
    report = reports.attach_to_exam(stored(cast.anna), a_pdf(), by=BY)
    clinician.memberships.update(role="exam_centre", centre=casting.CENTRE)
    browser = sign_in(clinician)
    assert browser.get(f"/uploads/reports/{report.uuid}/").status_code == 403
    assert browser.post(URL, given(cast.anna)).status_code == 422


def test_roster_is_not_opened_by_what_was_given(cast, clinician, sign_in):
    assert sign_in(clinician).get("/roster/").status_code == 403

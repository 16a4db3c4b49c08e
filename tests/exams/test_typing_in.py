"""One exam typed in by hand takes the road of a file's row; a PDF beside it is for the person and the clinicians alone."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, findings, reports, services, typing_in
from healthmgmt.exams.models import Exam, ReportFile, Upload
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import BY

URL, DAY = "/uploads/typed/", date(2026, 3, 2)
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n%%EOF\n"


def a_pdf(content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("report.pdf", content)


def given(person, **items) -> dict:
    values = items or {"sbp": "128", "dbp": "82", "tc": "5.1"}
    texts = {f"item-{code}": text for code, text in values.items()}
    return {"emp_no": person.emp_no, "name": person.name, "exam_date": "2026-03-02", "items": list(values), **texts}


def stored(person, **typed) -> Exam:
    """Typed in, and let in by the job."""
    found = typing_in.read(person, DAY, typed or {"sbp": "128", "dbp": "82"})
    typing_in.store(person, found, by=BY)
    work.drain()
    return Exam.objects.filter(person=person).latest("pk")


def content(answer) -> str:
    return answer.content.decode()


def kept_files(org: str) -> set[Path]:
    return set((Path(settings.UPLOAD_ROOT) / org).glob("*"))


def test_typed_exam_is_an_upload_of_one_row_with_receipt_and_undo(cast, sign_in, org_a):
    browser = sign_in(cast.case_manager)
    answer = browser.post(URL, given(cast.anna, sbp="128", dbp="82", tc="197.2 mg/dL", u_pro="1+") | {"centre": "Ward 3"})
    assert answer.status_code == 302, content(answer)
    with current.use(org_a):
        work.drain()
        upload, exam = Upload.objects.get(), Exam.objects.get()
        assert (upload.kind, upload.received, upload.accepted, upload.uploaded_by, upload.unit) == ("typed", 1, 1, cast.case_manager, cast.a1)
        assert (exam.person, exam.taken_on, exam.upload.centre.name) == (cast.anna, DAY, "Ward 3")
        assert exam.results == {"sbp": 128, "dbp": 82, "tc": pytest.approx(5.1, abs=0.01), "u_pro": 1} and exam.reported["tc"][1] == "mg/dL"
        assert Event.objects.get(action="exam.typed").person_id == cast.anna.pk
    url = answer.headers["Location"]
    receipt = content(browser.get(url))
    assert "1 row was taken in." in receipt and 'href="undo/"' in receipt
    assert "Undoing takes back 1 exam" in content(browser.get(f"{url}undo/"))
    assert browser.post(f"{url}undo/", {"reason": "mistyped"}).status_code == 302
    with current.use(org_a):
        assert Exam.objects.get().state == "withdrawn"


def test_typed_exam_gives_findings_as_a_file_does(cast):
    exam = stored(cast.anna, fpg="7.9")
    assert [(one.indicator, one.level) for one in findings.all_of(exam.results, exam.ranges, exam.findings, exam.person.sex)] == [("fpg", "high")]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sbp": "999"}, "is outside the possible range"),
        ({"tc": "a lot"}, "is not a number that can be read"),
        ({"sbp": "80", "dbp": "120"}, "systolic pressure must be above diastolic"),
    ],
)
def test_problems_stand_beside_their_fields_and_nothing_is_stored(cast, sign_in, org_a, values, words):
    answer = sign_in(cast.case_manager).post(URL, given(cast.anna, **values))
    shown, code = content(answer), list(values)[-1]
    assert (answer.status_code, words in shown, f'id="id_item-{code}_error"' in shown) == (422, True, True)
    with current.use(org_a):
        assert Upload.objects.count() == 0


def test_day_in_the_future_is_told_beside_the_day(cast, sign_in, org_a):
    tomorrow = timezone.localdate() + timedelta(days=3)
    answer = sign_in(cast.case_manager).post(URL, given(cast.anna) | {"exam_date": tomorrow.isoformat()})
    assert (answer.status_code, 'id="id_exam_date_error"' in content(answer)) == (422, True)


def test_value_far_from_usual_is_asked_about_once(cast, sign_in, org_a):
    import re

    browser, sent = sign_in(cast.case_manager), given(cast.anna, k="7.4")
    asked = browser.post(URL, sent)
    assert (asked.status_code, "Far from what is usual" in content(asked)) == (422, True)
    sign = re.search(r'name="confirmed" value="(\w+)"', content(asked)).group(1)
    changed = browser.post(URL, sent | {"item-k": "7.9", "confirmed": sign})
    assert changed.status_code == 422
    assert browser.post(URL, sent | {"confirmed": sign}).status_code == 302
    with current.use(org_a):
        work.drain()
        assert Exam.objects.get().results == {"k": 7.4}


@pytest.mark.parametrize("which", ["other unit", "other name", "nobody"])
def test_person_outside_the_scope_is_not_typed_in(cast, sign_in, org_a, which):
    sent = {
        "other unit": given(cast.bella),
        "other name": given(cast.anna) | {"name": cast.ben.name},
        "nobody": given(cast.anna) | {"emp_no": "X9"},
    }[which]
    answer = sign_in(cast.case_manager).post(URL, sent)
    assert (answer.status_code, "Nobody of those whom you look after" in content(answer)) == (422, True)
    with current.use(org_a):
        assert Upload.objects.count() == 0
        with pytest.raises(Rejected):
            access.person_to_examine(cast.liaison_a1, emp_no=cast.anna.emp_no, name=cast.anna.name)


def test_exam_centre_types_in_and_sees_its_own_alone(cast, sign_in, org_a):
    browser = sign_in(cast.exam_centre)
    answer = browser.post(URL, given(cast.bella))
    assert answer.status_code == 302
    with current.use(org_a):
        work.drain()
        other = typing_in.store(cast.anna, typing_in.read(cast.anna, DAY, {"sbp": "120", "dbp": "70"}), by=BY, user=cast.case_manager)
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert browser.get(f"/uploads/{other.uuid}/").status_code == 404
    assert browser.get(f"/uploads/people/{cast.bella.uuid}/reports/").status_code == 403


def test_same_exam_twice_counts_once(cast, sign_in, org_a):
    browser = sign_in(cast.case_manager)
    for _ in range(2):
        assert browser.post(URL, given(cast.anna)).status_code == 302
    with current.use(org_a):
        work.drain()
        assert sorted(Exam.objects.values_list("state", flat=True)) == ["current", "repeated"]
        assert sorted(Upload.objects.values_list("accepted", "unchanged")) == [(0, 1), (1, 0)]


def test_person_who_had_left_is_told(cast, sign_in, org_a):
    with current.use(org_a):
        type(cast.anna).objects.filter(pk=cast.anna.pk).update(left_on=date(2026, 1, 31))
    answer = sign_in(cast.case_manager).post(URL, given(cast.anna) | {"report": a_pdf()})
    assert (answer.status_code, "had left before the exam date" in content(answer)) == (422, True)
    with current.use(org_a):
        assert (Upload.objects.count(), ReportFile.objects.count()) == (0, 0)


def test_form_holds_a_package_or_chosen_items_and_names_whom_it_was_opened_for(cast, sign_in, org_a):
    browser = sign_in(cast.case_manager)
    assert "item-hgb" not in content(browser.get(URL)) and "item-hgb" in content(browser.get(f"{URL}?package=standard"))
    chosen = content(browser.get(f"{URL}?items=hba1c&items=tsh&person={cast.anna.uuid}"))
    assert "item-hba1c" in chosen and "item-sbp" not in chosen and cast.anna.emp_no in chosen
    with current.use(org_a):
        assert Event.objects.get(action="exam.form_opened").person_id == cast.anna.pk
    assert [browser.get(f"{URL}?{query}").status_code for query in ("package=none", "items=none", f"person={cast.bella.uuid}", "person=x")] == [404] * 4
    assert "value=\"hba1c\"" in content(browser.get(f"{URL}items/"))


def test_report_is_kept_encrypted_and_seen_by_the_person_and_clinicians_alone(cast, sign_in, org_a):
    with current.use(org_a):
        before = kept_files(org_a)
    answer = sign_in(cast.case_manager).post(URL, given(cast.anna) | {"report": a_pdf()})
    assert answer.status_code == 302
    with current.use(org_a):
        work.drain()
        report = ReportFile.objects.get()
        (path,) = kept_files(org_a) - before
        assert b"%PDF" not in path.read_bytes() and report.person == cast.anna
    url = f"/uploads/reports/{report.uuid}/"
    for user in (cast.case_manager, cast.physician, cast.employee):
        taken = sign_in(user).get(url)
        assert b"".join(taken.streaming_content) == PDF
        assert taken.headers["Content-Disposition"].startswith("attachment") and taken.headers["Content-Type"] == "application/pdf"
        assert "sandbox" in taken.headers["Content-Security-Policy"] and taken.headers["X-Content-Type-Options"] == "nosniff"
    for user in (cast.liaison_a1, cast.office_a, cast.leader, cast.admin, cast.exam_centre, cast.steward):
        assert sign_in(user).get(url).status_code == 403
    assert url in content(sign_in(cast.employee).get("/report/"))
    with current.use(org_a):
        assert Event.objects.filter(action="exam.report_downloaded", person_id=cast.anna.pk).count() == 3


@pytest.mark.parametrize("role", ["liaison_a1", "office_a", "leader", "admin", "exam_centre", "steward"])
def test_report_is_in_no_employer_role_s_reach(cast, role):
    exam = stored(cast.anna)
    reports.attach_to_exam(exam, a_pdf(), by=BY)
    assert access.report_files_visible_to(getattr(cast, role)).count() == 0
    assert access.report_files_visible_to(cast.physician).count() == 1


def test_report_of_somebody_else_is_not_there(cast, sign_in, org_a):
    with current.use(org_a):
        report = reports.attach_to_exam(stored(cast.bella), a_pdf(), by=BY)
    for user in (cast.employee, cast.case_manager):
        assert sign_in(user).get(f"/uploads/reports/{report.uuid}/").status_code == 404


def test_report_is_added_later_and_goes_with_the_undo(cast, sign_in, org_a, django_capture_on_commit_callbacks):
    with current.use(org_a):
        exam = stored(cast.anna)
        before = kept_files(org_a)
    browser, url = sign_in(cast.physician), f"/uploads/people/{cast.anna.uuid}/reports/"
    assert browser.post(url, {"exam": exam.pk, "report": a_pdf()}).status_code == 302
    assert "/uploads/reports/" in content(browser.get(url))
    assert browser.post(url, {"exam": exam.pk, "report": a_pdf(b"MZ")}).status_code == 422
    with current.use(org_a):
        assert len(kept_files(org_a) - before) == 1
        with django_capture_on_commit_callbacks(execute=True):
            services.withdraw(exam.upload, by=BY)
        assert (ReportFile.objects.count(), kept_files(org_a)) == (0, before)
        assert Event.objects.get(action="exam.report_removed").person_id == cast.anna.pk


def test_report_at_fault_keeps_nothing_of_the_exam(cast, sign_in, org_a):
    with current.use(org_a):
        before = kept_files(org_a)
    sent = given(cast.anna) | {"report": a_pdf(b"%PDF-1.4 << /S /JavaScript >> %%EOF")}
    answer = sign_in(cast.case_manager).post(URL, sent)
    assert (answer.status_code, "does more than show pages" in content(answer)) == (422, True)
    with current.use(org_a):
        assert (Upload.objects.count(), kept_files(org_a)) == (0, before)


def test_report_over_its_limit_is_refused(cast, monkeypatch):
    exam = stored(cast.anna)
    monkeypatch.setitem(settings.UPLOAD_LIMITS, "report_bytes", 10)
    with pytest.raises(Rejected) as error:
        reports.attach_to_exam(exam, a_pdf(), by=BY)
    assert error.value.field == "report"


def test_digest_of_a_typed_exam_tells_nothing_of_it(cast):
    first = typing_in.store(cast.anna, typing_in.read(cast.anna, DAY, {"tc": "5.1"}), by=BY)
    second = typing_in.store(cast.ben, typing_in.read(cast.ben, DAY, {"tc": "5.1"}), by=BY)
    assert first.sha256 != second.sha256

"""Files and rows go when their time is over; receipt, causes, exams and undo stay."""

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.core import files
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.templatetags.health import day
from healthmgmt.exams import jobs, purging, repairing, reports, selectors, services
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tenants import current
from tests.exams.road import BY, HEADINGS, text, upload
from tests.exams.test_typing_in import PDF

DAY = "2026-03-02"
TC = HEADINGS[5]


def row(person, *values) -> list:
    return [person.emp_no, person.name, DAY, *values]


@pytest.fixture
def old(cast) -> Upload:
    """Three months ago: two rows went in, one waits, one was left out."""
    rows = [row(cast.anna, 120, 80, 5.0, 5.2), row(cast.ben, 120, 80, 4321, 5.2), row(cast.amos, 121, 81, 5.1, 5.2), ["X9", "Nobody", DAY, 1, 2, 3, 4]]
    one = upload(text(rows), unit=cast.root)
    repairing.leave_rows(one, reason="unknown-employee", column=HEADINGS[0], by=BY)
    aged(one, days=91)
    return one


def aged(one: Upload, *, days: int) -> None:
    Upload.objects.filter(pk=one.pk).update(uploaded_at=F("uploaded_at") - timedelta(days=days))
    one.refresh_from_db()


def night(day: str = "2026-06-01") -> None:
    work.announce("work.daily", day=day)
    work.drain(kinds=["exams.purge"])



def test_P25_file_and_rows_go_and_the_receipt_stays(old, org_a):
    before = (old.received, old.accepted, old.unchanged, old.waiting, old.refused)
    causes = [selectors.causes(old, state) for state in ("waiting", "refused")]
    path = Path(settings.UPLOAD_ROOT) / org_a / old.file_key
    assert path.exists()
    night()
    old.refresh_from_db()
    assert (old.received, old.accepted, old.unchanged, old.waiting, old.refused) == before
    assert (old.rows.count(), old.file_key, path.exists(), old.purged_at is not None) == (0, "", False, True)
    assert Exam.objects.filter(upload=old, state="current").count() == 2
    kept = [[(group.reason, group.column, group.rows) for group in groups] for groups in causes]
    assert [[(group.reason, group.column, group.rows) for group in selectors.causes(old, state)] for state in ("waiting", "refused")] == kept
    assert Event.objects.get(action="upload.purged").detail == {"rows": 4, "waiting": 1}


def test_P25_nothing_goes_before_its_time_and_the_setting_decides(old):
    aged(old, days=-2)  # 89 days
    night("2026-06-01")
    old.refresh_from_db()
    assert (old.rows.count(), old.purged_at, bool(old.file_key)) == (4, None, True)
    Settings.objects.update(file_retention_days=30)
    night("2026-06-02")
    assert old.rows.count() == 0


def test_purge_twice_is_once(old):
    night("2026-06-01")
    first = Upload.objects.get(pk=old.pk).purged_at
    night("2026-06-02")
    assert (Upload.objects.get(pk=old.pk).purged_at, Event.objects.filter(action="upload.purged").count()) == (first, 1)


def test_file_goes_with_its_row_whichever_way_the_row_goes(cast, old, org_a):
    """A person is erased, with the report beside the exam; an upload's row goes; and a process died between a file and its row."""
    kept = upload(text([row(cast.ben, 120, 80, 5.0, 5.2)]), unit=cast.root)
    exam = Exam.objects.get(upload=old, person=cast.anna)
    report = reports.attach_to_exam(exam, SimpleUploadedFile("report.pdf", PDF), by=BY)
    lost = upload(text([row(cast.bella, 120, 80, 5.0, 5.2)]), unit=cast.root, apply=False)
    never = files.store(io.BytesIO(b"x"))
    fresh = files.store(io.BytesIO(b"y"))
    folder = Path(settings.UPLOAD_ROOT) / org_a
    for key in (old.file_key, kept.file_key, report.file_key, lost.file_key, never):
        os.utime(folder / key, times=(0, 0))
    Person.objects.filter(pk=cast.anna.pk).delete()
    lost.delete()
    assert all((folder / key).exists() for key in (report.file_key, lost.file_key, never))
    work.announce("work.daily", day="2026-06-01")
    work.drain(kinds=["exams.sweep"])
    left = {key: (folder / key).exists() for key in (old.file_key, kept.file_key, fresh, report.file_key, lost.file_key, never)}
    assert left == {old.file_key: True, kept.file_key: True, fresh: True, report.file_key: False, lost.file_key: False, never: False}
    assert Event.objects.get(action="files.removed").detail == {"files": 3}


def test_purge_that_was_stopped_half_way_is_finished_the_next_night(old, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH_ROWS", 2)
    purging.begin(old, by=BY)
    purging.remove_rows(old, most=2)
    assert old.rows.count() == 2
    with pytest.raises(Rejected):
        repairing.leave_values(old, reason="range", column=TC, by=BY)
    night()
    old.refresh_from_db()
    assert (old.rows.count(), old.file_key, old.waiting) == (0, "", 1)


def test_purged_upload_is_undone_and_what_it_superseded_counts_again(cast, old):
    corrected = upload(text([row(cast.anna, 130, 85, 5.0, 5.2)]), unit=cast.root)
    aged(corrected, days=100)
    night()
    assert Exam.objects.get(upload=old, person=cast.anna).state == "superseded"
    services.withdraw(corrected, by=BY)
    assert Exam.objects.get(upload=old, person=cast.anna).state == "current"


def test_what_a_mended_row_did_without_is_known_after_the_purge(cast):
    """The second exam lacks cholesterol, so the first goes on counting, also when the days are settled again."""
    first = upload(text([row(cast.anna, 120, 80, 5.0, 5.2)]), unit=cast.root)
    second = upload(text([row(cast.anna, 121, 80, 4321, 5.2)]), unit=cast.root, apply=False)
    repairing.leave_values(second, reason="range", column=TC, by=BY)
    services.request_apply(second, by=BY)
    work.drain()
    third = upload(text([row(cast.anna, 122, 80, 5.5, 5.3)]), unit=cast.root)
    aged(second, days=91)
    night()
    services.withdraw(third, by=BY)
    assert {exam.upload_id: exam.state for exam in Exam.objects.filter(person=cast.anna)} == {
        first.pk: "current", second.pk: "current", third.pk: "withdrawn"
    }  # fmt: skip
    assert Exam.objects.get(upload=second).left_out == ["tc"]


def test_upload_never_let_in_goes_too_and_cannot_be_let_in(cast):
    one = upload(text([row(cast.anna, 120, 80, 5.0, 5.2)]), unit=cast.root, apply=False)
    aged(one, days=91)
    night()
    with pytest.raises(Rejected, match="deliver the file again"):
        services.request_apply(one, by=BY)
    assert Exam.objects.count() == 0


def test_upload_under_way_is_left_alone_unless_its_job_was_given_up(cast):
    one = upload(text([row(cast.anna, 120, 80, 5.0, 5.2)]), unit=cast.root, apply=False)
    aged(one, days=91)
    Upload.objects.update(state=Upload.State.READING)
    Job.objects.filter(kind="exams.read").update(state=Job.State.RUNNING, lease_by="other", lease_until=timezone.now() + timedelta(minutes=1))
    night("2026-06-01")
    assert one.rows.count() == 1
    Job.objects.filter(kind="exams.read").update(state=Job.State.FAILED)
    night("2026-06-02")
    assert one.rows.count() == 0


def test_export_still_tells_purged_exams(cast, old):
    before = list(selectors.exported(old))
    night()
    gone = [line | {"dept": "", "other": {}} for line in before]
    assert list(selectors.exported(old)) == gone


def test_waiting_rows_of_a_purged_upload_are_on_nobody_s_list(cast, old):
    assert selectors.waiting_rows(cast.liaison_a1) == 0  # an upload of the root's
    Upload.objects.update(unit=cast.a1)
    assert selectors.waiting_rows(cast.liaison_a1) == 1
    night()
    assert selectors.waiting_rows(cast.liaison_a1) == 0


def test_page_says_until_when_rows_that_wait_can_follow(cast, sign_in):
    """Not at any time: the rows are removed."""
    one = upload(text([row(cast.anna, 120, 80, 5.0, 5.2), row(cast.ben, 120, 80, 4321, 5.2)]), unit=cast.a1, apply=False)
    Upload.objects.filter(pk=one.pk).update(uploaded_by=cast.liaison_a1)
    aged(one, days=30)
    shown = sign_in(cast.liaison_a1).get(f"/uploads/{one.uuid}/").content.decode()
    with timezone.override(organisation_settings().timezone):
        until = day(purging.kept_until(one))
    assert f"mended before {until}, they can follow" in shown and "at any time" not in shown


def test_pages_of_a_purged_upload_say_so_kindly(cast, sign_in, old, org_a):
    Upload.objects.update(unit=cast.a1, uploaded_by=cast.liaison_a1)
    browser, url = sign_in(cast.liaison_a1), f"/uploads/{old.uuid}/"
    near = browser.get(f"{url}problems/").content.decode()
    assert "The rows that wait are kept until" in near
    with current.use(org_a):
        night()
    receipt = browser.get(url).content.decode()
    assert "kept for their time and are removed" in receipt and "1 row was not mended in time." in receipt and "2 rows were taken in." in receipt
    assert "outside the possible range" in receipt and "bad-rows" not in receipt
    assert "has to be delivered again" in browser.get(f"{url}undo/").content.decode()
    assert browser.get(f"{url}problems/").headers["Location"] == url
    for path in ("bad-rows/", "rows/2/"):
        answer = browser.get(url + path)
        assert (answer.status_code, "deliver the file again" in answer.content.decode()) == (422, True)
    answer = browser.post(f"{url}leave/", {"what": "rows", "reason": "range", "column": TC})
    assert (answer.status_code, "deliver the file again" in answer.content.decode()) == (422, True)
    assert "rows removed" in browser.get("/uploads/").content.decode()
    with current.use(org_a):
        assert UploadRow.objects.count() == 0

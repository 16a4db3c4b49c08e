"""Uploads in the browser: delivering, following, letting in, undoing."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthmgmt.audit.models import Event
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Membership, Period
from healthmgmt.partners.models import ExamCentre
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tenants import current
from tests.exams.road import text, upload

URL = "/uploads/"
DAY = "2026-03-02"


def row(person, *values) -> list:
    return [person.emp_no, person.name, DAY, *values]


def a_file(*rows, name: str = "march.csv") -> dict:
    return {"file": SimpleUploadedFile(name, text(list(rows)))}


def page(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def delivered(browser: Client, org: str, *rows) -> Upload:
    """A file sent through the page, read, and not let in yet."""
    answer = browser.post(URL, a_file(*rows))
    assert answer.status_code == 302, answer.content.decode()
    with current.use(org):
        work.drain()
        return Upload.objects.get(uuid=answer.headers["Location"].strip("/").split("/")[-1])


@pytest.fixture
def sound(cast, sign_in, org_a) -> Upload:
    """Anna's row, checked."""
    return delivered(sign_in(cast.liaison_a1), org_a, row(cast.anna, 120, 80, 5.0, 5.2))


def test_delivered_file_is_followed_let_in_and_undone(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2)) | {"centre": "Harbour clinic"}, follow=True)
    url = answer.redirect_chain[-1][0]
    assert "waits for a worker" in answer.content.decode() or "being checked" in answer.content.decode()
    with current.use(org_a):
        work.drain()
        assert Upload.objects.get().centre.name == "Harbour clinic"
    assert "All of it can go in now." in page(browser, url)
    assert browser.post(f"{url}apply/").status_code == 302
    with current.use(org_a):
        work.drain()
    receipt = page(browser, url)
    assert "1 row was taken in." in receipt and "Harbour clinic" in receipt and "See what undoing changes" in receipt
    assert "Undoing takes back 1 exam." in page(browser, f"{url}undo/")
    assert browser.post(f"{url}undo/", {"reason": "wrong year"}, follow=True).status_code == 200
    undone = page(browser, url)
    assert "This upload was undone." in undone and "wrong year" in undone and "Liaison A1" in undone
    with current.use(org_a):
        assert Exam.objects.get().state == "withdrawn"


def test_progress_fragment_moves_and_then_asks_for_the_page(cast, sign_in, org_a, sound):
    browser = sign_in(cast.liaison_a1)
    with current.use(org_a):
        Upload.objects.update(state="reading")
        Job.objects.filter(kind="exams.read").update(state="running", done=1, total=4, lease_until=timezone.now() + timedelta(seconds=60))
    fragment = page(browser, f"{URL}{sound.uuid}/progress/")
    assert "hx-trigger" in fragment and "1 / 4" in fragment and "<html" not in fragment
    with current.use(org_a):
        Upload.objects.update(state="checked")
    answer = browser.get(f"{URL}{sound.uuid}/progress/")
    assert (answer.content, answer.headers["HX-Refresh"]) == (b"", "true")


def test_progress_says_when_no_worker_takes_the_job(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2)))
    with current.use(org_a):
        url = f"{URL}{Upload.objects.get().uuid}/"
        Job.objects.update(run_after=timezone.now() - timedelta(minutes=2))
    assert "waits for a worker" in page(browser, url)
    with current.use(org_a):
        Job.objects.update(state="failed")
    assert "could not be finished" in page(browser, url)


def test_columns_are_shown_as_understood_and_no_cell(cast, sign_in, org_a, sound):
    with current.use(org_a):
        Upload.objects.update(state="reading")
    shown = page(sign_in(cast.liaison_a1), f"{URL}{sound.uuid}/")
    assert "收缩压(mmHg)" in shown and "Systolic" in shown and "mmHg" in shown
    assert "E1001" not in shown and DAY not in shown


def test_refused_file_says_why_and_what_to_do(cast, sign_in, org_a):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(URL, {"file": SimpleUploadedFile("notes.pdf", b"%PDF-1.7 nothing")})
    with current.use(org_a):
        work.drain()
    shown = page(browser, answer.headers["Location"])
    assert "This is not a table that can be read" in shown and "deliver it once more" in shown


@pytest.mark.parametrize(
    ("file", "words"),
    [(None, "Please choose a file."), (SimpleUploadedFile("empty.csv", b""), "This file is empty.")],
    ids=["none", "empty"],
)
def test_file_at_fault_is_told_beside_the_field(cast, sign_in, org_a, file, words):
    answer = sign_in(cast.liaison_a1).post(URL, {"file": file} if file else {})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    with current.use(org_a):
        assert Upload.objects.count() == 0


def with_token(user, sign_in) -> tuple[Client, str]:
    """A browser in which forgery is looked for, as in earnest, and its token."""
    browser = sign_in(user)
    browser.handler.enforce_csrf_checks = True
    browser.get(URL)
    return browser, browser.cookies["csrf"].value


def test_file_over_the_limit_is_told_on_the_page_and_nothing_kept(cast, sign_in, org_a, monkeypatch):
    monkeypatch.setitem(settings.UPLOAD_LIMITS, "file_bytes", 1000)
    browser, token = with_token(cast.liaison_a1, sign_in)
    answer = browser.post(URL, {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("big.csv", b"x" * 3_000)})
    assert (answer.status_code, "larger than" in answer.content.decode()) == (422, True)
    with current.use(org_a):
        assert Upload.objects.count() == 0


def test_file_far_over_the_limit_is_not_read_to_its_end(cast, sign_in, org_a, monkeypatch):
    monkeypatch.setitem(settings.UPLOAD_LIMITS, "file_bytes", 1000)
    browser, token = with_token(cast.liaison_a1, sign_in)
    answer = browser.post(URL, {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("big.csv", b"x" * 400_000)})
    assert answer.status_code == 422


def test_delivery_without_the_form_s_token_is_refused(cast, sign_in, org_a):
    browser, _token = with_token(cast.liaison_a1, sign_in)
    assert browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2))).status_code == 403
    with current.use(org_a):
        assert Upload.objects.count() == 0


def test_file_that_breaks_off_on_its_way_keeps_nothing_and_says_so(cast, sign_in, org_a, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", str(tmp_path))
    before = files_kept(org_a)
    browser = sign_in(cast.liaison_a1)
    whole = text([row(cast.anna, 120, 80, 5.0, 5.2)] * 50)
    head = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="march.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = head + whole[: len(whole) // 2]
    answer = browser.generic("POST", URL, body, content_type="multipart/form-data; boundary=cut")
    assert (answer.status_code, "broke off on its way" in answer.content.decode()) == (422, True)
    with current.use(org_a):
        assert Upload.objects.count() == 0
    assert (files_kept(org_a), list(tmp_path.iterdir())) == (before, [])
    api = browser.generic("POST", "/api/v1/uploads/", body, content_type="multipart/form-data; boundary=cut")
    assert api.status_code == 422


def files_kept(org: str) -> list[str]:
    folder = Path(settings.UPLOAD_ROOT) / org
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_same_file_again_is_recognised_and_may_be_delivered_on_purpose(cast, sign_in, org_a, sound):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2), name="again.csv"))
    shown = answer.content.decode()
    assert (answer.status_code, f"/uploads/{sound.uuid}/" in shown, "delivered before" in shown) == (409, True, True)
    with current.use(org_a):
        assert Upload.objects.count() == 1
    assert browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2)) | {"again": "1"}).status_code == 302
    with current.use(org_a):
        assert Upload.objects.count() == 2


@pytest.mark.parametrize(("state", "became"), [("withdrawn", "It was undone"), ("refused", "It was refused.")])
def test_same_file_again_says_that_the_first_is_gone(cast, sign_in, org_a, sound, state, became):
    with current.use(org_a):
        Upload.objects.update(state=state, reason="format", accepted=1, refused=0)
    browser, again = sign_in(cast.liaison_a1), lambda: a_file(row(cast.anna, 120, 80, 5.0, 5.2))
    told = browser.post(URL, again())
    assert (told.status_code, became in told.content.decode()) == (409, True)
    assert browser.post(URL, again() | {"again": "1"}).status_code == 302


def test_same_file_of_another_unit_is_not_betrayed(cast, sign_in, org_a, sound):
    assert sign_in(cast.liaison_b1).post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2))).status_code == 302


def test_who_uploads_for_several_units_says_for_which(cast, sign_in, org_a):
    with current.use(org_a):
        Membership.objects.create(user=cast.liaison_a1, unit=cast.b1, role="liaison")
    browser = sign_in(cast.liaison_a1)
    assert "For which unit" in page(browser, URL)
    assert browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2))).status_code == 422
    assert browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2)) | {"unit": cast.a2.pk}).status_code == 422
    assert browser.post(URL, a_file(row(cast.anna, 120, 80, 5.0, 5.2)) | {"unit": cast.b1.pk}).status_code == 302
    with current.use(org_a):
        assert Upload.objects.get().unit == cast.b1


def test_list_is_scoped_and_takes_the_same_queries_for_one_and_three(cast, sign_in, org_a):
    browser, seen = sign_in(cast.liaison_a1), []
    browser.get(URL)
    for number in range(3):
        delivered(browser, org_a, row(cast.anna, 120 + number, 80, 5.0, 5.2))
        with current.use(org_a), CaptureQueriesContext(connection) as queries:
            shown = page(browser, URL)
        seen.append((shown.count("march.csv"), len(queries)))
    assert ([count for count, _ in seen], seen[0][1]) == ([1, 2, 3], seen[2][1])
    assert "march.csv" not in page(sign_in(cast.liaison_b1), URL)


def test_list_is_paginated(cast, sign_in, org_a):
    with current.use(org_a):
        for number in range(21):
            Upload.objects.create(file_name=f"{number}.csv", sha256=str(number), size=1, unit=cast.a1, state="stored")
    browser = sign_in(cast.liaison_a1)
    assert [page(browser, f"{URL}?page={number}").count(".csv</a>") for number in (1, 2)] == [20, 1]


def test_exam_centre_sees_its_own_deliveries_and_is_reminded_of_its_own_name_only(cast, sign_in, org_a, sound):
    with current.use(org_a):
        ExamCentre.objects.create(name="Somebody else")
    browser = sign_in(cast.exam_centre)
    assert "march.csv" not in page(browser, URL) and "Somebody else" not in page(browser, URL)
    assert "Somebody else" in page(sign_in(cast.liaison_a1), URL)
    assert browser.get(f"{URL}{sound.uuid}/").status_code == 404
    own = delivered(browser, org_a, row(cast.bella, 120, 80, 5.0, 5.2))
    assert browser.post(f"{URL}{own.uuid}/apply/").status_code == 302
    assert browser.post(f"{URL}{own.uuid}/undo/", {"reason": "x"}).status_code == 403


def test_exam_centre_comes_in_at_its_deliveries(cast, sign_in):
    assert sign_in(cast.exam_centre).get("/").headers["Location"] == URL


def test_office_reads_and_does_nothing(cast, sign_in, org_a, sound):
    office = sign_in(cast.office_a)
    assert "march.csv" in page(office, URL) and 'type="file"' not in page(office, URL)
    shown = page(office, f"{URL}{sound.uuid}/")
    assert "All of it can go in now." in shown and "Take in" not in shown
    codes = [office.post(f"{URL}{path}", {}).status_code for path in ("", f"{sound.uuid}/apply/", f"{sound.uuid}/undo/", f"{sound.uuid}/leave/")]
    assert codes == [403, 403, 403, 403]
    assert office.get(f"{URL}{sound.uuid}/bad-rows/").status_code == 403


@pytest.mark.parametrize("who", ["case_manager", "physician"])
def test_clinicians_see_no_upload_but_what_they_typed_in(cast, sign_in, sound, who):
    browser = sign_in(getattr(cast, who))
    assert "march.csv" not in page(browser, URL)
    assert [browser.get(f"{URL}{sound.uuid}/{path}").status_code for path in ("", "problems/", "bad-rows/")] == [404, 404, 404]
    assert browser.post(URL, a_file()).status_code == 403


@pytest.mark.parametrize("who", ["leader", "admin", "employee", "steward"])
def test_uploads_are_not_for_others(cast, sign_in, sound, who):
    browser = sign_in(getattr(cast, who))
    assert [browser.get(url).status_code for url in (URL, f"{URL}{sound.uuid}/", f"{URL}{sound.uuid}/problems/")] == [403, 403, 403]


def test_receipt_adds_up_in_front_of_the_user(cast, sign_in, org_a):
    rows = [row(cast.anna, 120, 80, 5.0, 5.2), row(cast.anna, 120, 80, 5.0, 5.2), row(cast.ben, 120, 80, 9999, 5.2), row(cast.bella, 1, 1, 1, 1)]
    with current.use(org_a):
        done = upload(text(rows), unit=cast.a1)
    shown = page(sign_in(cast.liaison_a1), f"{URL}{done.uuid}/")
    assert "1 + 0 + 2 + 1" in shown
    assert "1 row was taken in. 2 rows still wait. 1 row was left out." in shown
    assert done.sha256[:4] in shown


def test_undo_asks_why_and_is_done_once(cast, sign_in, org_a, sound):
    browser, url = sign_in(cast.liaison_a1), f"{URL}{sound.uuid}/"
    browser.post(f"{url}apply/")
    with current.use(org_a):
        work.drain()
    answer = browser.post(f"{url}undo/", {"reason": " "})
    assert (answer.status_code, "Please say why" in answer.content.decode()) == (422, True)
    assert [browser.post(f"{url}undo/", {"reason": "twice"}).status_code for _ in range(2)] == [302, 302]
    with current.use(org_a):
        assert Counter(Event.objects.filter(action="upload.withdrawn").values_list("reason", flat=True)) == {"twice": 1}


def test_undo_is_not_offered_when_the_period_is_locked(cast, sign_in, org_a, sound):
    browser, url = sign_in(cast.liaison_a1), f"{URL}{sound.uuid}/"
    browser.post(f"{url}apply/")
    with current.use(org_a):
        work.drain()
        Period.objects.update(state="locked", closed_at=timezone.now(), closed_by="x")
    shown = page(browser, url)
    assert "is locked, so this upload stands" in shown and "Yes, undo it" not in shown
    assert browser.post(f"{url}undo/", {"reason": "x"}).status_code == 422


def test_apply_twice_begins_one_round(cast, sign_in, org_a, sound):
    browser = sign_in(cast.liaison_a1)
    assert [browser.post(f"{URL}{sound.uuid}/apply/").status_code for _ in range(2)] == [302, 302]
    with current.use(org_a):
        work.drain()
        assert (Upload.objects.get().rounds, Exam.objects.count()) == (1, 1)

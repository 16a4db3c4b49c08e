"""Uploads over HTTP."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from healthmgmt.accounts import services as accounts
from healthmgmt.audit.models import Event
from healthmgmt.exams import api
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.organization.models import Membership
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import BY, text

URL = "/api/v1/uploads/"


def file_of(person, *values, name="file.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text([[person.emp_no, person.name, "2026-03-02", *values]]))


def finish(org: str, uuid: str) -> Upload:
    with current.use(org):
        work.drain()
        return Upload.objects.get(uuid=uuid)


def test_upload_is_answered_at_once_and_applied_when_asked(org_a, cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)})
    assert (answer.status_code, answer.json()["state"]) == (201, "stored")
    uuid = answer.json()["id"]
    assert finish(org_a, uuid).state == "checked"
    assert browser.post(f"{URL}{uuid}/apply/").status_code == 202
    assert finish(org_a, uuid).state == "applied"
    receipt = browser.get(f"{URL}{uuid}/").json()
    assert (receipt["outcome"], receipt["received"], receipt["accepted"], receipt["problems"]) == ("accept-all", 1, 1, [])
    assert browser.post(f"{URL}{uuid}/undo/").json() == {"id": uuid, "withdrawn": 1}
    with current.use(org_a):
        assert Exam.objects.get().state == "withdrawn"


def test_upload_by_token_without_a_session(org_a, cast, sign_in):
    token = accounts.create_token(cast.exam_centre, label="test", by=BY)
    client = sign_in()
    answer = client.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2), "apply": "true"}, headers={"authorization": f"Token {token}"})
    assert answer.status_code == 201
    assert finish(org_a, answer.json()["id"]).state == "applied"


def test_problems_name_row_cell_and_reason_but_no_value(org_a, cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    uuid = browser.post(URL, {"file": file_of(cast.anna, 120, 80, 987, 5.2)}).json()["id"]
    finish(org_a, uuid)
    answer = browser.get(f"{URL}{uuid}/")
    problem = answer.json()["problems"][0]
    assert (problem["row"], problem["cell"]) == (1, "F2")
    assert problem["reason"] in ("range", "unit")
    assert "987" not in answer.content.decode()


@pytest.mark.parametrize(("who", "status"), [("liaison_b1", 404), ("office_b", 404), ("leader", 403), ("employee", 403), ("liaison_a1", 200), ("office_a", 200)])
def test_upload_is_seen_within_the_units_of_the_caller(org_a, cast, sign_in, who, status):
    uuid = sign_in(cast.liaison_a1).post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)}).json()["id"]
    assert sign_in(getattr(cast, who)).get(f"{URL}{uuid}/").status_code == status


def test_office_sees_the_upload_but_may_not_apply_or_undo(org_a, cast, sign_in):
    uuid = sign_in(cast.liaison_a1).post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)}).json()["id"]
    office = sign_in(cast.office_a)
    assert [office.post(f"{URL}{uuid}/{verb}/").status_code for verb in ("apply", "undo")] == [403, 403]


RECEIPT = set(
    "id upload state outcome received accepted unchanged waiting refused reasons problems notes problem_rows".split()
)


def test_receipt_has_the_parts_and_the_outcomes_of_the_contract(org_a, cast, sign_in):
    browser, told = sign_in(cast.liaison_a1), {}
    for name, value in (("accept-all", 5.0), ("accept-some", 987)):
        uuid = browser.post(URL, {"file": file_of(cast.anna, 120, 80, value, 5.2)}).json()["id"]
        finish(org_a, uuid)
        told[name] = browser.get(f"{URL}{uuid}/").json()
    uuid = browser.post(URL, {"file": SimpleUploadedFile("empty.csv", b"")}).json()["id"]
    finish(org_a, uuid)
    told["reject-file"] = browser.get(f"{URL}{uuid}/").json()
    for outcome, receipt in told.items():
        assert (set(receipt), receipt["outcome"]) == (RECEIPT, outcome)
        assert receipt["received"] == sum(receipt[part] for part in ("accepted", "unchanged", "waiting", "refused"))
    assert told["reject-file"]["reasons"] == ["empty"]
    assert set(told["accept-some"]["problems"][0]) - {"sheet"} == {"row", "cell", "column", "reason", "text"}


def test_reasons_are_those_of_all_rows_also_of_a_list_that_was_cut(org_a, cast, sign_in, monkeypatch):
    monkeypatch.setattr(api, "PROBLEM_ROWS", 1)
    rows = [[cast.anna.emp_no, cast.anna.name, "2026-03-02", 120, 80, 987, 5.2], ["X9", "Nobody", "2026-03-02", 120, 80, 5.0, 5.2]]
    browser = sign_in(cast.liaison_a1)
    uuid = browser.post(URL, {"file": SimpleUploadedFile("file.csv", text(rows))}).json()["id"]
    finish(org_a, uuid)
    receipt = browser.get(f"{URL}{uuid}/").json()
    assert ({problem["row"] for problem in receipt["problems"]}, receipt["problem_rows"]) == ({1}, 2)
    assert "unknown-employee" in receipt["reasons"] and len(receipt["reasons"]) == 2


def test_apply_twice_is_once(org_a, cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    uuid = browser.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)}).json()["id"]
    finish(org_a, uuid)
    assert [browser.post(f"{URL}{uuid}/apply/").status_code for _ in range(2)] == [202, 202]
    finish(org_a, uuid)
    assert browser.post(f"{URL}{uuid}/apply/").json()["state"] == "applied"
    with current.use(org_a):
        assert (Exam.objects.count(), Upload.objects.get().rounds) == (1, 1)


def test_same_file_twice_is_unchanged(org_a, cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    for parts in ((1, 0), (0, 1)):
        uuid = browser.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2), "apply": "true"}).json()["id"]
        finish(org_a, uuid)
        receipt = browser.get(f"{URL}{uuid}/").json()
        assert (receipt["state"], receipt["accepted"], receipt["unchanged"]) == ("applied", *parts)


def test_undo_says_why_and_a_second_one_is_refused_in_words(org_a, cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    uuid = browser.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2), "apply": "true"}).json()["id"]
    finish(org_a, uuid)
    assert browser.post(f"{URL}{uuid}/undo/", {"reason": "wrong year"}, content_type="application/json").status_code == 200
    again = browser.post(f"{URL}{uuid}/undo/")
    assert (again.status_code, set(again.json())) == (422, {"detail", "field"})
    with current.use(org_a):
        assert Event.objects.get(action="upload.withdrawn").reason == "wrong year"


def test_what_was_to_be_checked_only_is_not_applied(org_a, cast, sign_in):
    browser = sign_in(cast.liaison_a1)
    uuid = browser.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2), "check_only": "true", "apply": "true"}).json()["id"]
    assert finish(org_a, uuid).state == "checked"
    assert browser.post(f"{URL}{uuid}/apply/").status_code == 422
    with current.use(org_a):
        assert Exam.objects.count() == 0


def test_who_delivers_for_several_units_says_for_which(org_a, cast, sign_in):
    with current.use(org_a):
        Membership.objects.create(user=cast.liaison_a1, unit=cast.a2, role="liaison")
    browser = sign_in(cast.liaison_a1)
    for more in ({}, {"unit": cast.b1.pk}, {"unit": cast.a.pk}):
        answer = browser.post(URL, {"file": file_of(cast.amos, 120, 80, 5.0, 5.2)} | more)
        assert (answer.status_code, answer.json()["field"]) == (422, "unit")
    assert browser.post(URL, {"file": file_of(cast.amos, 120, 80, 5.0, 5.2), "unit": cast.a2.pk}).status_code == 201
    with current.use(org_a):
        assert Upload.objects.get().unit == cast.a2


def test_office_reads_and_does_not_deliver(org_a, cast, sign_in):
    assert sign_in(cast.office_a).post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)}).status_code == 403


def test_page_of_the_list_is_bounded(org_a, cast, sign_in, monkeypatch):
    monkeypatch.setattr(api.Pages, "max_limit", 1)
    browser = sign_in(cast.liaison_a1)
    for _ in range(2):
        browser.post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)})
    told = browser.get(f"{URL}?limit=100000").json()
    assert (told["count"], len(told["results"])) == (2, 1)


@pytest.mark.parametrize(("asked", "status"), [({"limit": 0}, 400), ({"offset": "x"}, 400), ({"unit": 1}, 400), ({"format": "json"}, 200)])
def test_parameters_are_those_that_are_described(org_a, cast, sign_in, asked, status):
    assert sign_in(cast.liaison_a1).get(URL, asked).status_code == status


def test_nobody_without_a_session(org_a, sign_in):
    assert sign_in().get(URL).status_code in (401, 403)


def test_list_is_scoped_and_takes_the_same_queries_for_one_and_three(org_a, cast, sign_in, django_assert_num_queries):
    browser = sign_in(cast.liaison_a1)
    browser.get(URL)
    seen = []
    for number in range(3):
        browser.post(URL, {"file": file_of(cast.anna, 120 + number, 80, 5.0, 5.2)})
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with current.use(org_a), CaptureQueriesContext(connection) as queries:
            answer = browser.get(URL)
        seen.append((answer.json()["count"], len(queries)))
    assert [count for count, _ in seen] == [1, 2, 3]
    assert seen[0][1] == seen[2][1]
    assert sign_in(cast.liaison_b1).get(URL).json()["count"] == 0


def test_client_cannot_set_what_is_not_its_own(org_a, cast, sign_in):
    other = {"unit": cast.b.pk, "state": "applied", "uploaded_by": cast.leader.pk, "accepted": 9}
    uuid = sign_in(cast.liaison_a1).post(URL, {"file": file_of(cast.anna, 120, 80, 5.0, 5.2)} | other).json()["id"]
    with current.use(org_a):
        stored = Upload.objects.get(uuid=uuid)
    assert (stored.unit_id, stored.state, stored.uploaded_by_id, stored.accepted) == (cast.a1.pk, "stored", cast.liaison_a1.pk, 0)


@pytest.mark.parametrize("given", [{}, {"file": "text"}])
def test_upload_without_a_file_is_refused_in_words(org_a, cast, sign_in, given):
    answer = sign_in(cast.liaison_a1).post(URL, given)
    assert answer.status_code == 400
    assert "file" in answer.json()


def test_file_over_the_limit_is_stopped_on_the_way(org_a, cast, sign_in, settings):
    settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "file_bytes": 100}
    answer = sign_in(cast.liaison_a1).post(URL, {"file": SimpleUploadedFile("big.csv", b"x" * 200)})
    assert answer.status_code == 422
    with current.use(org_a):
        assert Upload.objects.count() == 0

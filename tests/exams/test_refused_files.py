"""A file that was refused because nobody knew which column names the person, or the exam date: it is read once people say so."""

import pytest

from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import jobs, layouts, repairing, rereading, services
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.models import ExamLayout, Upload
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests.exams.explaining import DAY, HEADINGS, TC, answer, deliver, kill_after, killed_to_the_end, reading, row, seen, staff, standing
from tests.exams.road import BY

UNNAMED = ["人员识别码", "姓名", "检查时点", "收缩压(mmHg)", "胆固醇结果", "甘油三酯"]
NUMBER, WHEN = Answer(0, "emp_no"), Answer(2, "exam_date")


@pytest.fixture
def people(org_a) -> list[Person]:
    return staff()


def refused(people, *, headings=UNNAMED, **options) -> Upload:
    upload = deliver(people, headings=headings, **options)
    assert (upload.state, upload.reason, upload.received, upload.refused) == ("refused", "missing-column", 4, 4)
    return upload


def state(upload: Upload) -> tuple:
    return upload.state, upload.reason, upload.received, upload.accepted, upload.waiting, upload.refused


def test_refused_file_keeps_its_columns_and_no_cell(people):
    upload = refused(people)
    assert [(one["heading"], one["role"]) for one in upload.layout["columns"]][:3] == [("人员识别码", "other"), ("姓名", "name"), ("检查时点", "other")]
    assert upload.layout["kinds"] == ["words", "words", "dates", "numbers", "numbers", "numbers"]
    assert not upload.rows.exists() and people[0].name not in str(upload.layout) and DAY not in str(upload.layout)


def test_refused_file_is_read_in_place_with_the_answer(people):
    upload = answer(refused(people), NUMBER, WHEN)
    assert state(upload) == ("checked", "", 4, 4, 0, 0)
    assert (upload.readings, upload.agreed.version) == (1, 1)
    assert [one.person for one in upload.rows.order_by("number")] == people
    services.request_apply(upload, by=BY)
    work.drain()
    upload.refresh_from_db()
    assert state(upload) == ("applied", "", 4, 4, 0, 0) and standing(people[0])["sbp"] == 120


def test_next_file_with_the_named_columns_is_read_silently(people):
    answer(refused(people), NUMBER, WHEN)
    assert state(deliver(people, headings=UNNAMED)) == ("checked", "", 4, 4, 0, 0)
    assert deliver(people, headings=UNNAMED, centre="Ruici").state == "refused"


def test_person_and_day_have_to_be_named_both(people):
    upload = refused(people)
    for said, lacking in (([NUMBER], ["exam_date"]), ([WHEN], ["person"]), ([TC], ["person", "exam_date"])):
        with pytest.raises(layouts.Unanswerable) as refusal:
            layouts.agree(upload, said, seen=seen(upload), by=BY, user=None)
        assert (refusal.value.faults, refusal.value.lacking) == ({}, lacking)
    upload.refresh_from_db()
    assert upload.state == "refused" and not ExamLayout.objects.exists()


def test_one_is_enough_where_the_other_is_known(people):
    upload = answer(refused(people, headings=["人员识别码", *HEADINGS[1:]]), NUMBER)
    assert state(upload) == ("checked", "", 4, 4, 0, 0)


def test_what_was_read_after_a_refusal_is_read_again_like_any_other(people):
    upload = answer(refused(people, rows=[row(one, 900 if one is people[0] else 120, 190, 1.5) for one in people]), NUMBER, WHEN)
    assert upload.waiting == 1
    repairing.leave_values(upload, reason="range", column="收缩压(mmHg)", by=BY)
    upload = answer(upload, TC)
    assert (upload.readings, state(upload)) == (2, ("checked", "", 4, 4, 0, 0))
    assert upload.rows.get(number=1).left_out[0]["reason"] == "range"


def refusing(monkeypatch, *, after: int, reason: str = "too-large", received: int = 7) -> None:
    """Reading gets so many frames far."""
    real = jobs.intake.run

    def run(*given):
        frames = list(real(*given))[:after]
        return iter([*frames, {"kind": "refused", "reason": reason, "received": received}])

    monkeypatch.setattr(jobs.intake, "run", run)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_file_that_still_cannot_be_used_is_refused_again(people, monkeypatch, after):
    monkeypatch.setattr(jobs, "BATCH_ROWS", 1)
    upload = refused(people)
    with monkeypatch.context() as patched:
        refusing(patched, after=after)
        answer(upload, NUMBER, WHEN)
    assert state(upload) == ("refused", "too-large", 7, 0, 0, 7)
    assert upload.agreed.version == 1 and not upload.rows.exists() and not upload.row_problems.exists()


def test_file_that_still_lacks_a_column_stays_open_to_answers(people):
    upload = answer(refused(people), NUMBER, WHEN)
    layouts.go_back(upload, 0, seen=seen(upload), by=BY, user=None)
    work.drain()
    upload.refresh_from_db()
    # It was whole before: an answer taken back does not take its rows.
    assert state(upload) == ("checked", "", 4, 4, 0, 0) and upload.layout["refused"] == "missing-column"
    other = refused(people)
    layouts.go_back(other, 1, seen=seen(other), by=BY, user=None)
    work.drain()
    other.refresh_from_db()
    assert state(other) == ("checked", "", 4, 4, 0, 0)


def test_refused_file_is_read_with_answers_that_another_file_brought(people):
    first, second = refused(people), refused(people)
    answer(first, NUMBER, WHEN)
    rereading.read_again(second, by=BY)
    work.drain()
    second.refresh_from_db()
    assert state(second)[0] == "checked"


def test_refused_again_with_the_same_answers_it_is_not_read_in_vain(people):
    upload = refused(people)
    ExamLayout.objects.create(centre=upload.centre, version=1, fingerprint="x", layout={"columns": [], "header_rows": [], "declined": []})
    rereading.read_again(upload, by=BY)
    work.drain()
    upload.refresh_from_db()
    assert state(upload) == ("refused", "missing-column", 4, 0, 0, 4) and upload.agreed.version == 1
    with pytest.raises(Rejected):
        rereading.read_again(upload, by=BY)


def test_file_refused_for_something_else_has_no_columns_to_name(people):
    upload = deliver(people, headings=[*HEADINGS[:5], "收缩压"])
    assert (upload.state, upload.reason) == ("refused", "duplicate-heading")
    with pytest.raises(Rejected):
        layouts.agree(upload, [], seen=seen(upload), by=BY, user=None)


def test_refused_file_that_is_not_kept_any_more_teaches_the_next_one(people):
    upload = refused(people)
    Upload.objects.update(file_key="")
    upload.refresh_from_db()
    answer(upload, NUMBER, WHEN)
    assert state(upload)[:2] == ("refused", "missing-column") and not upload.readings
    assert state(deliver(people, headings=UNNAMED))[0] == "checked"


def test_reading_a_refused_file_survives_a_kill_at_every_batch(people, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH_ROWS", 1)
    upload = refused(people)
    layouts.agree(upload, [NUMBER, WHEN], seen=seen(upload), by=BY, user=None)
    kills = killed_to_the_end(upload, monkeypatch)
    assert kills == 4 and state(upload) == ("checked", "", 4, 4, 0, 0)
    assert list(upload.rows.values_list("number", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("kill", [0, 1, 2, 3])
def test_refusing_a_file_again_survives_a_kill(people, monkeypatch, kill):
    monkeypatch.setattr(jobs, "BATCH_ROWS", 1)
    upload = refused(people)
    layouts.agree(upload, [NUMBER, WHEN], seen=seen(upload), by=BY, user=None)
    job = reading(upload)
    refusing(monkeypatch, after=2)
    kill_after(kill, job, monkeypatch)
    if job.state != Job.State.DONE:
        Job.objects.filter(pk=job.pk).update(state="queued")
    work.drain()
    upload.refresh_from_db()
    assert state(upload) == ("refused", "too-large", 7, 0, 0, 7) and not upload.rows.exists()


def test_further_reading_that_was_refused_still_takes_over_what_people_mended(people, monkeypatch):
    first = answer(deliver(people, rows=[row(people[0], 900, 190, 1.5), row(people[1], 120, 191, 1.5)], apply=True), TC)
    repairing.leave_values(first, reason="range", column="收缩压(mmHg)", by=BY)
    with monkeypatch.context() as patched:
        columns = [one | {"role": "other"} if one["role"] == "emp_no" else one for one in first.layout["columns"]]
        told = {"kind": "refused", "reason": "missing-column", "received": 2, "columns": columns, "kinds": ["words"] * len(columns)}
        patched.setattr(jobs.intake, "run", lambda *given: iter([told]))
        again = rereading.read_again(first, by=BY)
        work.drain()
    again.refresh_from_db()
    assert state(again)[:2] == ("refused", "missing-column")
    again = answer(again, NUMBER)
    assert state(again) == ("checked", "", 2, 2, 0, 0) and again.rows.get(number=1).left_out[0]["reason"] == "range"

"""Answers about columns: kept by exam centre, used for its next files and for nobody else's; and a file read again with them."""

import pytest
from django.db import IntegrityError, transaction

from healthmgmt.audit.models import Event
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import correcting, jobs, layouts, repairing, rereading, selectors, services
from healthmgmt.exams.access import Hands
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.models import ExamLayout, MendedCell, Upload, UploadRow
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tenants import current
from tests import cast as casting
from tests.exams import road
from tests.exams.explaining import DAY, HEADINGS, TC, answer, deliver, kill_after, killed_to_the_end, reading, row, seen, staff, standing
from tests.exams.road import BY


@pytest.fixture
def people(org_a) -> list[Person]:
    return staff()


def test_answer_is_kept_with_the_centre_and_the_file_read_again_with_it(people):
    upload = deliver(people)
    assert "tc" not in upload.rows.first().values
    answer(upload, TC)
    layout = ExamLayout.objects.get()
    assert (layout.centre.name, layout.unit, layout.version, upload.agreed) == ("Mingde", None, 1, layout)
    assert (upload.state, upload.received, upload.accepted, upload.readings) == ("checked", 4, 4, 1)
    assert upload.rows.first().values["tc"] == pytest.approx(190 * 0.02586)
    assert list(upload.rows.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_next_file_of_the_centre_is_read_with_the_answers_silently(people):
    answer(deliver(people), TC)
    upload = deliver(people, rows=[row(people[0], 121, 200, 1.1)])
    assert upload.rows.get().values["tc"] == pytest.approx(200 * 0.02586)
    assert (upload.agreed.version, upload.readings, upload.layout["proposals"]) == (1, 0, [])


def test_answers_reach_neither_another_centre_nor_files_of_no_centre(people):
    answer(deliver(people), TC)
    for centre in ("Ruici", None):
        upload = deliver(people, centre=centre)
        assert upload.agreed is None and "tc" not in upload.layout["codes"]


def test_without_a_centre_answers_belong_to_the_unit(people):
    upload = answer(deliver(people, centre=None), TC)
    assert (upload.agreed.centre, upload.agreed.unit) == (None, upload.unit)
    assert "tc" in deliver(people, centre=None).layout["codes"]
    other = road.upload(road.text([row(people[0], 120, 190, 1)], headings=HEADINGS), unit=people[0].unit, apply=False)
    assert "tc" not in other.layout["codes"]


def test_answers_stay_inside_the_organisation(people, org_b):
    answer(deliver(people), TC)
    with current.use(org_b):
        road.ground()
        upload = deliver(people)
        assert upload.agreed is None and "tc" not in upload.layout["codes"] and not ExamLayout.objects.exists()


def test_answers_add_up_over_files(people):
    answer(deliver(people), TC)
    other = deliver(people, headings=[*HEADINGS[:4], "糖化", "甘油三酯"])
    answer(other, Answer(4, "indicator", "hba1c"))
    assert [one["heading"] for one in selectors.agreed_now(other).layout["columns"]] == ["胆固醇结果", "糖化"]
    assert selectors.agreed_now(other).version == 2
    assert "tc" in deliver(people).layout["codes"]


def test_agree_leaves_a_record_that_names_headings_and_no_value(people):
    upload = answer(deliver(people), TC)
    told = {event.action: event for event in Event.objects.filter(subject_id=str(upload.pk))}
    assert told["upload.columns_answered"].detail == {"version": 1, "columns": ["胆固醇结果"]}
    assert told["upload.read_again"].detail == {"reading": 1}


def test_agree_refuses_what_cannot_be_and_changes_nothing(people):
    upload = deliver(people)
    with pytest.raises(layouts.Unanswerable) as refusal:
        layouts.agree(upload, [TC, Answer(5, "indicator", "tc")], seen=seen(upload), by=BY, user=None)
    upload.refresh_from_db()
    assert refusal.value.faults == {4: "twice", 5: "twice"} and upload.state == "checked" and not ExamLayout.objects.exists()


def test_agree_refuses_what_was_seen_before_others_answered(people):
    upload = deliver(people)
    was_seen = seen(upload)
    answer(upload, TC)
    with pytest.raises(Rejected):
        layouts.agree(upload, [Answer(5, "ignored")], seen=was_seen, by=BY, user=None)
    assert ExamLayout.objects.count() == 1


def test_agree_refuses_a_file_that_is_being_read(people):
    upload = deliver(people)
    Upload.objects.update(state="reading")
    with pytest.raises(Rejected):
        layouts.agree(upload, [TC], seen=seen(upload), by=BY, user=None)


def test_versions_are_told_apart_by_the_database(people):
    upload = answer(deliver(people), TC)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamLayout.objects.create(centre=upload.centre, version=1, fingerprint="x", layout={})
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamLayout.objects.create(centre=upload.centre, unit=upload.unit, version=9, fingerprint="x", layout={})


def test_going_back_is_a_new_version(people):
    upload = answer(deliver(people), TC)
    answer(upload, Answer(5, "ignored"))
    layouts.go_back(upload, 1, seen=seen(upload), by=BY, user=None)
    work.drain()
    upload.refresh_from_db()
    assert (upload.agreed.version, upload.readings) == (3, 3) and "tg" in upload.layout["codes"]
    layouts.go_back(upload, 0, seen=seen(upload), by=BY, user=None)
    work.drain()
    upload.refresh_from_db()
    assert "tc" not in upload.layout["codes"]


def test_going_back_to_what_never_was_is_refused(people):
    upload = answer(deliver(people), TC)
    for version in (1, 7):
        with pytest.raises(Rejected):
            layouts.go_back(upload, version, seen=seen(upload), by=BY, user=None)


def test_no_is_remembered(people, monkeypatch):
    asked = [{"index": 5, "heading": "甘油三酯", "code": "tg", "kind": "zeros", "count": 4}]
    real = jobs.intake.run
    monkeypatch.setattr(jobs.intake, "run", lambda *given: (f | {"proposals": asked} if f["kind"] == "end" else f for f in real(*given)))
    upload = deliver(people)
    assert upload.layout["proposals"] == asked
    answer(upload, declined=[("甘油三酯", "zeros")])
    assert upload.layout["proposals"] == []
    assert deliver(people, rows=[row(people[0], 100, 100, 0)]).layout["proposals"] == []


# Reading again, and what people mended.


def test_reading_again_keeps_left_out_values_named_persons_and_left_out_rows(people):
    rows = [row(people[0], 900, 190, 1.5), ["X9", "Nobody", DAY, 120, 191, 1.5], ["X8", "Nobody", DAY, 120, 192, 1.5], row(people[3], 120, 193, 1.5)]
    upload = deliver(people, rows=rows)
    assert upload.waiting == 3
    repairing.leave_values(upload, reason="range", column="收缩压(mmHg)", by=BY)
    repairing.assign_person(upload, 2, person=people[1], by=BY)
    repairing.leave_rows(upload, reason="unknown-employee", column="工号", by=BY)
    before = list(upload.rows.order_by("number").values("number", "state", "person_id", "person_chosen", "left_out", "problems"))
    answer(upload, TC)
    after = list(upload.rows.order_by("number").values("number", "state", "person_id", "person_chosen", "left_out", "problems"))
    assert after == before
    assert (upload.accepted, upload.waiting, upload.refused) == (3, 0, 1)
    assert [one.values.get("tc") is not None for one in upload.rows.order_by("number")] == [True] * 4


def test_reading_again_keeps_cells_that_people_typed(people):
    upload = deliver(people, rows=[row(people[0], 900, 190, 1.5), row(people[1], 120, 191, 1.5)])
    correcting.type_cells(upload, 1, {3: "130"}, hands=Hands(mends=True, values=True, sees=True), by=BY)
    answer(upload, TC)
    one = upload.rows.get(number=1)
    assert (one.state, one.values["sbp"], round(one.values["tc"], 2), one.raw[3]) == ("ready", 130, 4.91, "900")
    assert [(cell.before, cell.after) for cell in MendedCell.objects.order_by("id")] == [("900", "130")] * 2
    assert not upload.row_problems.exists() and upload.accepted == 2


def test_further_reading_keeps_cells_that_people_typed(people):
    first = deliver(people, rows=[row(people[0], 900, 190, 1.5), row(people[1], 120, 191, 1.5)], apply=True)
    correcting.type_cells(first, 1, {3: "130"}, hands=Hands(mends=True, values=True, sees=True), by=BY)
    answer(first, TC)
    again = rereading.read_again(first, by=BY)
    work.drain()
    assert [one.values["sbp"] for one in again.rows.order_by("number")] == [130, 120]


def test_value_that_was_left_out_comes_in_when_the_answer_makes_it_sound(people):
    upload = deliver(people, rows=[row(people[0], 120, 5.1, 190)])
    assert [problem["reason"] for problem in upload.rows.get().problems] == ["unit"]
    repairing.leave_values(upload, reason="unit", column="甘油三酯", by=BY)
    answer(upload, Answer(5, "indicator", "tg", "mg/dL"))
    one = upload.rows.get()
    assert (one.state, one.left_out, one.values["tg"]) == ("accepted", [], pytest.approx(190 * 0.01129, rel=1e-3))


def test_row_that_was_left_out_for_a_cell_comes_back_when_the_cell_is_sound(people):
    upload = deliver(people, rows=[row(people[0], 120, 5.1, 190), row(people[1], 900, 5.1, 190)])
    repairing.leave_rows(upload, reason="unit", column="甘油三酯", by=BY)
    answer(upload, Answer(5, "indicator", "tg", "mg/dL"))
    assert list(upload.rows.order_by("number").values_list("state", flat=True)) == ["accepted", "refused"]


def test_repeats_of_a_file_are_left_out_again_and_not_taken_for_mended(people):
    upload = deliver(people, rows=[row(people[0], 120, 190, 1.5), row(people[0], 120, 190, 1.5)])
    answer(upload, TC)
    assert list(upload.rows.order_by("number").values_list("state", flat=True)) == ["accepted", "refused"]
    assert upload.rows.get(number=2).problems[0]["reason"] == "duplicate"


def test_file_that_the_answers_make_unusable_stands_as_it_was_read(people, monkeypatch):
    upload = deliver(people)
    rows = list(upload.rows.order_by("number").values())
    monkeypatch.setattr(jobs.intake, "run", lambda *given: iter([{"kind": "refused", "reason": "duplicate-heading", "received": 4}]))
    answer(upload, TC)
    assert (upload.state, upload.agreed, upload.layout["refused"]) == ("checked", None, "duplicate-heading")
    assert list(upload.rows.order_by("number").values()) == rows and upload.accepted == 4


def test_reading_again_survives_a_kill_at_every_batch(people, monkeypatch):
    rows = [row(people[0], 900, 190, 1.5), ["X9", "Nobody", DAY, 120, 191, 1.5], row(people[2], 120, 192, 1.5), row(people[3], 120, 193, 1.5)]
    monkeypatch.setattr(jobs, "BATCH_ROWS", 1)
    upload = deliver(people, rows=rows)
    repairing.leave_values(upload, reason="range", column="收缩压(mmHg)", by=BY)
    repairing.assign_person(upload, 2, person=people[1], by=BY)
    layouts.agree(upload, [TC], seen=seen(upload), by=BY, user=None)
    kills = killed_to_the_end(upload, monkeypatch)
    assert kills == 4 and (upload.state, upload.received, upload.accepted) == ("checked", 4, 4)
    assert [round(one.values["tc"] / 0.02586) for one in upload.rows.order_by("number")] == [190, 191, 192, 193]
    assert [(one.person_chosen, bool(one.left_out)) for one in upload.rows.order_by("number")] == [(False, True), (True, False), (False, False), (False, False)]


def test_resumed_reading_goes_on_with_the_answers_that_it_began_with(people, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH_ROWS", 1)
    upload = deliver(people)
    layouts.agree(upload, [TC], seen=seen(upload), by=BY, user=None)
    job = reading(upload)
    kill_after(2, job, monkeypatch)
    ExamLayout.objects.create(centre=upload.centre, version=2, fingerprint="x", layout={"columns": [], "header_rows": [], "declined": []})
    Job.objects.filter(pk=job.pk).update(state="queued")
    work.drain()
    upload.refresh_from_db()
    assert upload.agreed.version == 1 and all("tc" in one.values for one in upload.rows.all())


# A file whose rows went in.


def test_answers_for_an_applied_file_wait_until_it_is_read_again(people):
    upload = answer(deliver(people, apply=True), TC)
    assert (upload.state, upload.agreed, upload.readings) == ("applied", None, 0) and "tc" not in standing(people[0])


def test_applied_file_read_again_supersedes_and_its_undo_brings_the_first_reading_back(people):
    first = answer(deliver(people, apply=True), TC)
    before = standing(people[0])
    again = rereading.read_again(first, by=BY)
    work.drain()
    again.refresh_from_db()
    assert (again.follows, again.state, again.accepted, again.file_key != first.file_key) == (first, "checked", 4, True)
    services.request_apply(again, by=BY)
    work.drain()
    assert standing(people[0]) == before | {"tc": 4.913}
    again.refresh_from_db()
    services.withdraw(again, by=BY)
    assert standing(people[0]) == before


def test_applied_file_is_read_again_once_however_often_it_is_asked(people):
    first = answer(deliver(people, apply=True), TC)
    again = rereading.read_again(first, by=BY)
    assert rereading.read_again(first, by=BY) == again
    work.drain()
    with pytest.raises(Rejected):
        rereading.read_again(first, by=BY)
    assert Upload.objects.count() == 2


def test_further_reading_keeps_what_people_mended(people):
    rows = [row(people[0], 900, 190, 1.5), ["X9", "Nobody", DAY, 120, 191, 1.5], ["X8", "Nobody", DAY, 120, 192, 1.5]]
    first = deliver(people, rows=rows)
    repairing.leave_values(first, reason="range", column="收缩压(mmHg)", by=BY)
    repairing.assign_person(first, 2, person=people[1], by=BY)
    services.request_apply(first, by=BY)
    work.drain()
    first = answer(first, TC)
    again = rereading.read_again(first, by=BY)
    work.drain()
    states = list(again.rows.order_by("number").values_list("state", "person_chosen"))
    assert states == [("ready", False), ("ready", True), ("waiting", False)]
    assert UploadRow.objects.filter(upload=first, state="accepted").count() == 2


def test_rows_that_wait_are_counted_where_the_file_was_read_last(people):
    liaison = casting.user("liaison_x", "liaison", road.root_unit())
    rows = [row(people[0], 120, 190, 1.5), ["X9", "Nobody", DAY, 120, 191, 1.5]]
    first = answer(deliver(people, rows=rows, apply=True), TC)
    assert selectors.waiting_rows(liaison) == 1
    rereading.read_again(first, by=BY)
    work.drain()
    assert selectors.waiting_rows(liaison) == 1


def test_file_that_is_not_kept_any_more_cannot_be_read_again(people):
    upload = deliver(people)
    Upload.objects.update(file_key="")
    upload.refresh_from_db()
    answer(upload, TC)
    assert upload.state == "checked" and selectors.agreed_now(upload).version == 1
    with pytest.raises(Rejected):
        rereading.read_again(upload, by=BY)

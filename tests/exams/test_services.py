"""Receiving, applying, superseding, withdrawing."""

import io
from datetime import date

import psycopg2
import pytest
from django.conf import settings
from django.db import connection, transaction

from healthmgmt.core import files
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, findings, services
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.organization.models import Period
from healthmgmt.people.identity import canonical, id_hash
from healthmgmt.work import services as work
from tests import cast as casting
from tests.exams.road import BY, HEADINGS, ground, text, upload


def row(person, *values, day="2026-03-02"):
    return [person.emp_no, person.name, day, *values]


def current(person) -> list[dict]:
    return [exam.results for exam in Exam.objects.filter(person=person, state="current").order_by("id")]


def counts(one: Upload) -> tuple[int, int, int, int, int]:
    return one.received, one.accepted, one.unchanged, one.waiting, one.refused


@pytest.fixture
def two(org_a):
    root = ground()
    return casting.person("P1", root), casting.person("P2", root)


def test_upload_applied_stores_values_and_findings(two):
    done = upload(text([row(two[0], 150, 85, 5.0, 5.2), row(two[1], 118, 76, 6.5, 5.0)]))
    assert (done.state, counts(done)) == ("applied", (2, 2, 0, 0, 0))
    assert current(two[0]) == [{"sbp": 150, "dbp": 85, "tc": 5.0, "fpg": 5.2}]
    found = {exam.person.emp_no: [(one.indicator, one.level) for one in findings.all_of(exam.results, exam.ranges, exam.findings, exam.person.sex)] for exam in Exam.objects.order_by("id")}
    assert found == {"P1": [("sbp", "high")], "P2": [("tc", "high")]}


def test_upload_same_file_again_is_unchanged(two):
    content = text([row(two[0], 120, 80, 5.0, 5.2), row(two[1], 118, 76, 4.5, "")])
    upload(content)
    again = upload(content)
    assert (again.state, counts(again)) == ("applied", (2, 0, 2, 0, 0))
    assert Exam.objects.filter(state="current").count() == 2


@pytest.mark.parametrize(("second", "states"), [(9999, ["waiting", "refused"]), (9998, ["waiting", "waiting"])])
def test_equal_faulty_rows_are_repeats_and_different_ones_contradict_each_other(two, second, states):
    done = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[0], 120, 80, second, 5.2)]))
    assert list(done.rows.order_by("number").values_list("state", flat=True)) == states
    assert [one["reason"] for one in done.rows.get(number=2).problems] == ["range", "duplicate" if second == 9999 else "conflict"]


def test_upload_correction_supersedes_and_undo_revives(two):
    upload(text([row(two[0], 150, 85, 5.0, 5.2)]))
    corrected = upload(text([row(two[0], 115, 75, 5.0, "")]))
    assert current(two[0]) == [{"sbp": 115, "dbp": 75, "tc": 5.0}]
    assert services.withdraw(corrected, by=BY) == 1
    work.drain()
    assert current(two[0]) == [{"sbp": 150, "dbp": 85, "tc": 5.0, "fpg": 5.2}]
    corrected.refresh_from_db()
    assert corrected.state == "withdrawn"


def test_histories_repeat_and_supersede_like_values(two):
    headings = [*HEADINGS[:4], "既往史", "家族史", "备注"]
    first = text([row(two[0], 120, "高血压", "无", "x")], headings=headings)
    upload(first)
    assert counts(upload(first)) == (1, 0, 1, 0, 0)
    upload(text([row(two[0], 120, "无", "无", "x")], headings=headings))
    assert [exam["condition:hypertension"] for exam in current(two[0])] == [0]


def test_upload_of_other_items_of_the_day_keeps_the_first(two):
    upload(text([row(two[0], 120, 80, 5.0, 5.2)]))
    upload(text([row(two[0], 300)], headings=[*HEADINGS[:3], "尿酸(μmol/L)"]))
    assert current(two[0]) == [{"sbp": 120, "dbp": 80, "tc": 5.0, "fpg": 5.2}, {"uric_acid": 300}]


def test_withdraw_out_of_order_ends_as_if_it_never_came(two):
    first = upload(text([row(two[0], 150, 85, 5.0, 5.2)]))
    second = upload(text([row(two[0], 115, 75, 5.0, 5.2)]))
    services.withdraw(first, by=BY)
    assert current(two[0]) == [{"sbp": 115, "dbp": 75, "tc": 5.0, "fpg": 5.2}]
    services.withdraw(second, by=BY)
    assert current(two[0]) == []


def test_withdraw_in_a_locked_period_is_rejected(two):
    done = upload(text([row(two[0], 120, 80, 5.0, 5.2)]))
    Period.objects.update(state="locked", closed_at="2026-12-31T00:00Z", closed_by="x")
    with pytest.raises(Rejected, match="2026"):
        services.withdraw(done, by=BY)
    assert Exam.objects.get().state == "current"


def test_withdraw_twice_is_rejected(two):
    done = upload(text([row(two[0], 120, 80, 5.0, 5.2)]))
    services.withdraw(done, by=BY)
    with pytest.raises(Rejected):
        services.withdraw(done, by=BY)


def test_apply_twice_does_nothing_twice(two):
    checked = upload(text([row(two[0], 120, 80, 5.0, 5.2)]), apply=False)
    assert (checked.state, counts(checked)) == ("checked", (1, 1, 0, 0, 0))
    services.request_apply(checked, by=BY)
    services.request_apply(checked, by=BY)
    work.drain()
    services.request_apply(checked, by=BY)
    assert Exam.objects.count() == 1


def test_check_only_stores_no_exam(two):
    checked = upload(text([row(two[0], 120, 80, 5.0, 5.2)]), check_only=True)
    assert (checked.state, Exam.objects.count()) == ("checked", 0)
    with pytest.raises(Rejected):
        services.request_apply(checked, by=BY)


def test_rows_of_other_units_and_leavers_wait(org_a):
    cast = casting.make()
    cast.ben.left_on = date(2026, 1, 31)
    cast.ben.save()
    rows = [row(cast.anna, 120, 80, 5.0, 5.2), row(cast.ben, 120, 80, 5.0, 5.2), row(cast.bella, 120, 80, 5.0, 5.2)]
    done = upload(text(rows), unit=cast.a1)
    found = {one.number: [problem["reason"] for problem in one.problems] for one in UploadRow.objects.filter(state="waiting")}
    assert (done.state, counts(done)) == ("partly_applied", (3, 1, 0, 2, 0))
    assert found == {2: ["inactive"], 3: ["scope"]}


def test_repeated_row_is_left_out_and_contradiction_waits(two):
    rows = [row(two[0], 120, 80, 5.0, 5.2), row(two[0], 120, 80, 5.0, 5.2), row(two[1], 120, 80, 5.0, 5.2), row(two[1], 121, 80, 5.0, 5.2)]
    done = upload(text(rows))
    states = list(UploadRow.objects.order_by("number").values_list("state", flat=True))
    assert counts(done) == (4, 1, 0, 2, 1)
    assert states == ["accepted", "refused", "waiting", "waiting"]


def test_name_of_another_person_waits(two):
    wrong = row(two[0], 120, 80, 5.0, 5.2)
    wrong[1] = two[1].name
    done = upload(text([wrong]))
    assert [problem["reason"] for problem in done.rows.get().problems] == ["name-mismatch"]
    assert done.rows.get().problems[0]["cell"] == "B2"


def test_receive_too_large_keeps_the_record_and_no_file(two, monkeypatch):
    monkeypatch.setitem(settings.UPLOAD_LIMITS, "file_bytes", 10)
    refused = upload(b"x" * 11)
    assert (refused.state, refused.reason, refused.file_key) == ("refused", "too-large", "")


def test_receive_on_a_full_disk_keeps_nothing(two, monkeypatch):
    def full(source, target):
        target.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.encryption, "encrypt_stream", full)
    with pytest.raises(Rejected, match="No space left on device"):
        services.receive(io.BytesIO(b"a"), name="a.csv", unit=ground(), by=BY)
    assert Upload.objects.count() == 0
    assert [path for path in files._path("0" * 32).parent.iterdir() if path.suffix == ".part"] == []


def test_identity_number_is_never_stored_in_clear(org_a):
    root = ground()
    person = casting.person("P1", root)
    content = text([["P1", person.name, "11010519491231002X", "2026-03-02", 120]], headings=["工号", "姓名", "身份证号", "体检日期", "收缩压"])
    upload(content)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM exams_uploadrow AS r")
        stored = cursor.fetchone()[0]
    assert "11010519491231002" not in stored
    assert UploadRow.objects.get().id_no == "11010519491231002X"


def test_results_outside_of_all_periods_open_their_calendar_year(two):
    upload(text([row(two[0], 120, 80, 5.0, 5.2, day="2025-03-02"), row(two[1], 120, 80, 5.0, 5.2, day="2026-03-02")]))
    found = Period.objects.values_list("name", "starts_on", "deadline_on")
    assert list(found) == [("2025", date(2025, 1, 1), date(2025, 12, 31)), ("2026", date(2026, 1, 1), date(2026, 12, 31))]


def test_results_inside_a_period_open_none(two):
    Period.objects.create(name="round", starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31), deadline_on=date(2026, 6, 30))
    upload(text([row(two[0], 120, 80, 5.0, 5.2), row(two[1], 120, 80, 5.0, 5.2, day="2025-03-02")]))
    # The calendar year 2025 would overlap with the round, so that its day waits for a period of somebody's making.
    assert list(Period.objects.values_list("name", flat=True)) == ["round"]


def test_old_identity_number_finds_the_person_of_the_new_one(two):
    two[0].id_hash = id_hash(canonical("110105491231002"))
    two[0].save()
    done = upload(text([["110105491231002", two[0].name, "2026-03-02", 120]], headings=["身份证号", "姓名", "体检日期", "收缩压"]))
    assert (counts(done), done.rows.get().person) == ((1, 1, 0, 0, 0), two[0])


def test_rows_keep_their_own_number_and_person_whichever_they_name(two):
    one, other = "11010519491231002X", "110105194912310046"
    two[1].id_hash = id_hash(other)
    two[1].save()
    rows = [["P1", "", "2026-03-02", 120], ["", other, "2026-03-02", 121], ["P1", one, "2026-03-03", 122], ["P9", "", "2026-03-02", 123]]
    done = upload(text(rows, headings=["工号", "身份证号", "体检日期", "收缩压"]))
    stored = [(found.id_no, found.person, found.values["sbp"]) for found in done.rows.order_by("number")]
    assert stored == [("", two[0], 120), (other, two[1], 121), (one, two[0], 122), ("", None, 123)]
    assert [found.id_hash for found in done.rows.order_by("number")] == ["", id_hash(other), id_hash(one), ""]


@pytest.mark.parametrize(
    ("who", "people", "unit"),
    [
        ("exam_centre", ("anna", "ben"), "a1"), ("exam_centre", ("anna", "amos"), "a"), ("exam_centre", ("anna", "bella"), "root"),
        ("exam_centre", (), "root"), ("liaison_a1", ("anna",), "a1"),
    ],
)  # fmt: skip
def test_delivery_of_an_exam_centre_belongs_to_the_unit_of_its_people(cast, who, people, unit):
    user = getattr(cast, who)
    rows = [[getattr(cast, name).emp_no, getattr(cast, name).name, "2026-03-02", 120, 80, 9999, 5.2] for name in people]
    one = upload(text([*rows, ["X9", "Nobody", "2026-03-02", 120, 80, 5.0, 5.2]]), unit=access.uploading_unit(user), user=user, apply=False)
    assert one.unit == getattr(cast, unit)
    mends = unit == "a1"
    assert access.visible_to(cast.liaison_a1).filter(pk=one.pk).exists() is mends
    assert access.hands(cast.liaison_a1, one).mends is mends and access.visible_to(user).filter(pk=one.pk).exists()


def holds_days() -> bool:
    """Whether the present transaction keeps others from settling days."""
    with psycopg2.connect(settings.OWNER_URL) as other, connection.cursor() as here, other.cursor() as there:
        here.execute("SELECT 'exams_exam'::regclass::oid::bigint")
        there.execute("SELECT pg_try_advisory_xact_lock(%s)", here.fetchone())
        return not there.fetchone()[0]


def test_days_are_settled_by_one_after_the_other(two):
    with transaction.atomic():
        checked = upload(text([row(two[0], 120, 80, 5.0, 5.2)]), apply=False)
        assert not holds_days()
    with transaction.atomic():
        services.request_apply(checked, by=BY)
        work.drain()
        assert holds_days()

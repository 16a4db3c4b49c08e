"""Mending rows that wait, and letting them in later."""

from datetime import date

import pytest

from healthmgmt.accounts.models import Notice
from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import repairing, selectors, services
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.people.identity import canonical, id_hash
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, HEADINGS, ground, text, upload

TC = "总胆固醇(mmol/L)"
RANGE = {"reason": "range", "column": TC}
UNKNOWN = {"reason": "unknown-employee", "column": "工号"}
DAY = "2026-03-02"


@pytest.fixture
def two(org_a):
    root = ground()
    return casting.person("P1", root), casting.person("P2", root)


def row(person, *values, day=DAY):
    return [person.emp_no, person.name, day, *values]


def counts(one: Upload) -> tuple[int, int, int, int, int]:
    one.refresh_from_db()
    return one.received, one.accepted, one.unchanged, one.waiting, one.refused


def states(one: Upload) -> list[str]:
    return list(one.rows.order_by("number").values_list("state", flat=True))


def let_in(one: Upload) -> Upload:
    services.request_apply(one, by=BY)
    work.drain()
    one.refresh_from_db()
    return one


def results(person) -> list[dict]:
    return [exam.results for exam in Exam.objects.filter(person=person, state="current").order_by("id")]


def test_value_left_out_lets_the_rest_of_the_row_in(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 5.2)]), apply=False)
    assert counts(checked) == (2, 1, 0, 1, 0)
    assert repairing.leave_values(checked, **RANGE, by=BY) == 1
    assert counts(checked) == (2, 2, 0, 0, 0)
    assert let_in(checked).state == "applied"
    assert results(two[0]) == [{"sbp": 120, "dbp": 80, "fpg": 5.2}]


def test_value_left_out_of_one_row_leaves_the_others_of_the_group(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 9999, 5.2)]), apply=False)
    assert repairing.leave_values(checked, **RANGE, numbers=[2], by=BY) == 1
    assert states(checked) == ["waiting", "ready"]
    assert repairing.leave_values(checked, **RANGE, numbers=[2], by=BY) == 0


def test_row_with_another_problem_goes_on_waiting(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 999)]), apply=False)
    repairing.leave_values(checked, **RANGE, by=BY)
    assert (states(checked), [one["column"] for one in checked.rows.get().problems]) == (["waiting"], [HEADINGS[6]])


def test_pressure_that_contradicts_the_pair_beside_it_can_be_left_out(two):
    headings = [*HEADINGS[:3], "血压", "收缩压", "舒张压"]
    rows = [row(two[0], "120/80", 130, 80), row(two[1], "120/80", 120, "")]
    checked = upload(text(rows, headings=headings), apply=False)
    assert [(one["reason"], one["cell"]) for one in checked.rows.get(number=1).problems] == [("conflict", "E2")]
    assert counts(checked) == (2, 1, 0, 1, 0)
    repairing.leave_values(checked, reason="conflict", column="收缩压", by=BY)
    let_in(checked)
    assert [results(one) for one in two] == [[{"dbp": 80}], [{"sbp": 120, "dbp": 80}]]


def test_contradicting_pressures_are_both_left_out(two):
    headings = [*HEADINGS[:3], "收缩压(kPa)", "舒张压(kPa)", *HEADINGS[5:]]
    checked = upload(text([row(two[0], 10, 16, 5.0, 5.2)], headings=headings), apply=False)
    assert repairing.leave_values(checked, reason="order", column="舒张压(kPa)", by=BY) == 1
    found = checked.rows.get()
    assert (found.values, found.reported) == ({"tc": 5.0, "fpg": 5.2}, {})
    let_in(checked)
    assert results(two[0]) == [{"tc": 5.0, "fpg": 5.2}]


@pytest.mark.parametrize("group", [UNKNOWN, {"reason": "date", "column": "体检日期"}, {"reason": "characters", "column": "姓名"}])
def test_what_a_row_cannot_do_without_is_not_left_out(two, group):
    checked = upload(text([["P9", "?", DAY, 120, 80, 5.0, 5.2]]), apply=False)
    with pytest.raises(Rejected):
        repairing.leave_values(checked, **group, by=BY)
    assert states(checked) == ["waiting"]


def test_rows_left_out_are_counted_once(two):
    rows = [row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 5.2, day="2026-03-03")]
    checked = upload(text(rows), apply=False)
    assert repairing.leave_rows(checked, **RANGE, numbers=[1], by=BY) == 1
    assert counts(checked) == (3, 1, 0, 1, 1)
    assert repairing.leave_rows(checked, **RANGE, by=BY) == 1
    assert counts(checked) == (3, 1, 0, 0, 2)
    assert repairing.leave_rows(checked, **RANGE, by=BY) == 0
    assert counts(let_in(checked)) == (3, 1, 0, 0, 2)


def test_row_left_out_frees_the_one_that_it_contradicted(two):
    checked = upload(text([row(two[0], 120, 80, 5.0, 5.2), row(two[0], 121, 80, 5.0, 5.2)]), apply=False)
    assert states(checked) == ["waiting", "waiting"]
    repairing.leave_rows(checked, reason="conflict", column="工号", numbers=[2], by=BY)
    assert (states(checked), checked.rows.get(number=1).problems) == (["ready", "refused"], [])


def test_person_named_lets_the_row_in(two):
    checked = upload(text([["P9", "Name P1", DAY, 120, 80, 5.0, 5.2]]), apply=False)
    repairing.assign_person(checked, 1, person=two[0], by=BY)
    assert counts(checked) == (1, 1, 0, 0, 0)
    let_in(checked)
    assert results(two[0]) == [{"sbp": 120, "dbp": 80, "tc": 5.0, "fpg": 5.2}]
    assert Event.objects.filter(action="upload.person_named", person_id=two[0].pk).count() == 1


def test_person_named_twice_is_one_act(two):
    checked = upload(text([["P9", "?", DAY, 120, 80, 5.0, 5.2]]), apply=False)
    for _ in range(2):
        repairing.assign_person(checked, 1, person=two[0], by=BY)
    assert Event.objects.filter(action="upload.person_named").count() == 1
    with pytest.raises(Rejected):
        repairing.assign_person(checked, 1, person=two[1], by=BY)


def test_person_named_keeps_what_else_is_wrong(two):
    checked = upload(text([["P9", "?", DAY, 120, 80, 9999, 5.2]]), apply=False)
    found = repairing.assign_person(checked, 1, person=two[0], by=BY)
    assert (found.state, [one["reason"] for one in found.problems], found.person) == ("waiting", ["range"], two[0])


def test_person_outside_of_the_upload_s_units_is_not_named(org_a):
    cast = casting.make()
    checked = upload(text([["P9", "?", DAY, 120, 80, 5.0, 5.2]]), unit=cast.a1, apply=False)
    with pytest.raises(Rejected):
        repairing.assign_person(checked, 1, person=cast.bella, by=BY)
    assert checked.rows.get().person is None


def test_person_who_has_left_before_the_exam_keeps_waiting(two):
    two[0].left_on = date(2026, 1, 31)
    two[0].save()
    checked = upload(text([["P9", "?", DAY, 120, 80, 5.0, 5.2]]), apply=False)
    found = repairing.assign_person(checked, 1, person=two[0], by=BY)
    assert (found.state, [one["reason"] for one in found.problems]) == ("waiting", ["inactive"])


def numbered(person, number: str):
    person.id_no, person.id_hash = number, id_hash(canonical(number))
    person.save()


ID_HEADINGS = ["身份证号", "姓名", "体检日期", "收缩压"]
RIGHT, OTHER, MISTYPED = "11010519491231002X", "110105194912310038", "110105194912310020"


def test_mistyped_identity_number_is_settled_by_naming_the_person(two):
    numbered(two[0], RIGHT)
    checked = upload(text([[MISTYPED, two[0].name, DAY, 120]], headings=ID_HEADINGS), apply=False)
    assert states(checked) == ["waiting"]
    assert repairing.assign_person(checked, 1, person=two[0], by=BY).state == "ready"


def test_identity_number_of_somebody_else_is_not_overruled(two):
    numbered(two[0], RIGHT)
    checked = upload(text([[OTHER, two[0].name, DAY, 120]], headings=ID_HEADINGS), apply=False)
    with pytest.raises(Rejected):
        repairing.assign_person(checked, 1, person=two[0], by=BY)
    assert states(checked) == ["waiting"]


def test_person_named_who_went_in_before_contradicts_or_repeats(two):
    rows = [row(two[0], 120, 80, 5.0, 5.2), ["P8", "?", DAY, 120, 80, 5.0, 5.2], ["P9", "?", DAY, 121, 80, 5.0, 5.2]]
    partly = upload(text(rows))
    assert (repairing.assign_person(partly, 2, person=two[0], by=BY).state, counts(partly)) == ("refused", (3, 1, 0, 1, 1))
    found = repairing.assign_person(partly, 3, person=two[0], by=BY)
    assert (found.state, [one["reason"] for one in found.problems], counts(partly)) == ("waiting", ["conflict"], (3, 1, 0, 1, 1))


def test_two_rows_named_for_one_day_wait_until_one_is_left_out(two):
    checked = upload(text([["P8", "?", DAY, 120, 80, 5.0, 5.2], ["P9", "?", DAY, 121, 80, 5.0, 5.2]]), apply=False)
    for number in (1, 2):
        repairing.assign_person(checked, number, person=two[0], by=BY)
    assert states(checked) == ["waiting", "waiting"]
    repairing.leave_rows(checked, reason="conflict", column="工号", numbers=[1], by=BY)
    assert (states(checked), counts(checked)) == (["refused", "ready"], (2, 1, 0, 0, 1))


def test_roster_put_in_order_frees_rows(two):
    checked = upload(text([["P8", "?", DAY, 120, 80, 5.0, 5.2], row(two[0], 120, 80, 9999, 5.2), ["P7", "?", DAY, 120, 80, 5.0, 5.2]]), apply=False)
    newcomer = casting.person("P8", ground())
    UploadRow.objects.filter(number=1).update(name=newcomer.name)
    assert repairing.check_again(checked, by=BY) == 1
    assert (states(checked), checked.rows.get(number=1).person) == (["ready", "waiting", "waiting"], newcomer)
    assert repairing.check_again(checked, by=BY) == 0


def test_mended_rows_go_in_a_second_round(two):
    partly = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 150, 80, 7.9, 5.2)]))
    assert (partly.state, partly.rounds, counts(partly)) == ("partly_applied", 1, (2, 1, 0, 1, 0))
    repairing.leave_values(partly, **RANGE, by=BY)
    assert (counts(partly), selectors.mended_count(partly)) == ((2, 1, 0, 1, 0), 1)
    before = set(Exam.objects.values_list("pk", flat=True))
    again = let_in(partly)
    assert (again.state, again.rounds, counts(again)) == ("applied", 2, (2, 2, 0, 0, 0))
    assert results(two[0]) == [{"sbp": 120, "dbp": 80, "fpg": 5.2}]
    # Those of the first round are there, once.
    assert set(Exam.objects.values_list("pk", flat=True)) > before and Exam.objects.count() == 2
    assert Job.objects.filter(kind="exams.apply", state="done").count() == 2
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("is_own", [True, False])
def test_whoever_delivered_is_told_when_others_mended_the_last_row(two, is_own):
    liaison, other = (casting.user(name, "liaison", ground()) for name in ("deliverer", "other"))
    partly = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 150, 80, 7.9, 5.2)]))
    Upload.objects.filter(pk=partly.pk).update(uploaded_by=liaison)
    repairing.leave_values(partly, **RANGE, by=BY)
    services.request_apply(partly, by=Actor.of(liaison if is_own else other))
    work.drain()
    found = list(Notice.objects.filter(kind="upload_repaired").values_list("user", "link"))
    assert found == ([] if is_own else [(liaison.pk, f"/uploads/{partly.uuid}/")])


def test_second_round_reaches_who_follows(two):
    from healthmgmt.risk.models import Assessment

    partly = upload(text([row(two[0], 190, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 5.2)]))
    assert not Assessment.objects.filter(person=two[0], is_current=True).exists()
    repairing.leave_values(partly, **RANGE, by=BY)
    let_in(partly)
    assert Assessment.objects.filter(person=two[0], is_current=True).count() == 1


def test_apply_without_mended_rows_begins_no_round(two):
    partly = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 5.2)]))
    for _ in range(2):
        services.request_apply(partly, by=BY)
    work.drain()
    partly.refresh_from_db()
    assert (partly.state, partly.rounds) == ("partly_applied", 1)


def test_all_rows_left_out_end_the_waiting(two):
    partly = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 5.2)]))
    repairing.leave_rows(partly, **RANGE, by=BY)
    assert (counts(partly), partly.state) == ((2, 1, 0, 0, 1), "applied")


def test_undo_takes_back_all_rounds_and_says_so_before(two):
    upload(text([row(two[0], 150, 85, 5.0, ""), row(two[1], 150, 85, 5.0, 5.2)]))
    partly = upload(text([row(two[0], 120, 80, 5.1, 9999), row(two[1], 120, 80, 5.0, 5.2)]))
    repairing.leave_values(partly, reason="range", column=HEADINGS[6], by=BY)
    let_in(partly)
    assert selectors.undo_effect(partly) == (2, 2, 2, 0)
    assert services.withdraw(partly, by=BY, reason="wrong file") == 2
    assert [len(results(person)) for person in two] == [1, 1]
    assert [exam["sbp"] for person in two for exam in results(person)] == [150, 150]
    assert Event.objects.get(action="upload.withdrawn").reason == "wrong file"


def test_value_left_out_does_not_take_the_earlier_one_of_the_day(two):
    upload(text([row(two[0], 150, 85, 5.0, 5.2)]))
    later = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    repairing.leave_values(later, **RANGE, by=BY)
    let_in(later)
    assert [exam.get("tc") for exam in results(two[0])] == [5.0, None]
    assert selectors.undo_effect(later).revived == 0


@pytest.mark.parametrize("state", ["stored", "reading", "applying", "applied", "withdrawn", "refused"])
def test_rows_are_not_mended_while_they_are_read_or_go_in(two, state):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    Upload.objects.update(state=state, accepted=0, waiting=1)
    for act in (
        lambda: repairing.leave_values(checked, **RANGE, by=BY),
        lambda: repairing.leave_rows(checked, **RANGE, by=BY),
        lambda: repairing.assign_person(checked, 1, person=two[0], by=BY),
        lambda: repairing.check_again(checked, by=BY),
    ):
        with pytest.raises(Rejected):
            act()
    assert states(checked) == ["waiting"]


def test_repairs_are_on_record_for_the_upload_and_for_each_person(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 9999, 5.2)]), apply=False)
    repairing.leave_values(checked, **RANGE, numbers=[1], by=BY)
    repairing.leave_rows(checked, **RANGE, by=BY)
    found = Event.objects.filter(action__in=("upload.value_left_out", "upload.row_left_out")).order_by("id")
    assert [(event.action, event.person_id) for event in found] == [
        ("upload.value_left_out", None), ("upload.value_left_out", two[0].pk), ("upload.row_left_out", None), ("upload.row_left_out", two[1].pk),
    ]  # fmt: skip
    assert all(set(event.detail) <= {"reason", "column", "rows"} for event in found)


def test_groups_stand_largest_first_with_their_first_rows(two):
    rows = [row(two[0], 120, 80, 9999, 5.2, day=f"2026-03-{day:02}") for day in range(1, 6)] + [["P9", "?", DAY, 120, 80, 9999, 5.2]]
    checked = upload(text(rows), apply=False)
    found = [(group.reason, group.rows, group.numbers, group.cells) for group in selectors.problem_groups(checked)]
    assert found == [("range", 6, [1, 2, 3], ["F2", "F3", "F4"]), ("unknown-employee", 1, [6], ["A7"])]
    assert [one.number for one in selectors.group_problems(checked, **RANGE)] == [1, 2, 3, 4, 5, 6]

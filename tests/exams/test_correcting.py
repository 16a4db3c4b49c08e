"""Cells typed anew, the same for all like it, and what is taken back."""

import pytest

from healthmgmt.audit.models import Event
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import correcting, mending, repairing
from healthmgmt.exams.access import Hands
from healthmgmt.exams.alike import with_unit
from healthmgmt.exams.models import MendedCell, Mending, Upload
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.exams.road import BY, HEADINGS, ground, text, upload
from tests.exams.test_repairing import DAY, counts, let_in, results, row, states

CENTRE = Hands(mends=True, values=True, sees=True)
LIAISON = Hands(mends=True, values=False, sees=False)
TC, FPG = HEADINGS[5], HEADINGS[6]


@pytest.fixture
def two(org_a):
    root = ground()
    return casting.person("P1", root), casting.person("P2", root)


def typed(one: Upload, number: int, index: int, said: str, hands: Hands = CENTRE) -> Mending:
    return correcting.type_cells(one, number, {index: said}, hands=hands, by=BY)


def reasons(one: Upload, number: int) -> list[str]:
    return [problem["reason"] for problem in one.rows.get(number=number).problems]


def test_unit_is_stated_of_a_number_and_of_one_with_a_range_behind_it():
    texts = ("98", "↑98", "<98", "98(70-99)", "98 mg/dL (70-99)", "98(again)", "(70-99)")
    stated = ["98 mg/dL", "98 mg/dL", "<98 mg/dL", "98 mg/dL (70-99)", None, None, None]
    assert [with_unit(one, "mg/dL") for one in texts] == stated


def test_value_typed_anew_lets_the_row_in(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 5.2)]), apply=False)
    typed(checked, 1, 5, "5.3")
    assert (states(checked), counts(checked)) == (["ready", "accepted"], (2, 2, 0, 0, 0))
    let_in(checked)
    assert results(two[0]) == [{"sbp": 120, "dbp": 80, "tc": 5.3, "fpg": 5.2}]


def test_original_cell_new_text_who_and_when_are_kept_and_never_in_the_record(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    act = typed(checked, 1, 5, "5.3")
    kept = MendedCell.objects.get()
    assert (kept.number, kept.index, kept.before, kept.after, kept.mending.made_by) == (1, 5, "9999", "5.3", BY.label)
    assert checked.rows.get().raw[5] == "9999" and act.made_at and act.finished_at
    events = Event.objects.filter(action="upload.cells_mended")
    assert [event.person_id for event in events.order_by("id")] == [None, two[0].pk]
    assert not any(value in str(event.detail) for event in events for value in ("9999", "5.3"))


def test_text_that_is_wrong_again_waits_again(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    typed(checked, 1, 5, "many")
    assert (states(checked), reasons(checked, 1)) == (["waiting"], ["number"])
    typed(checked, 1, 5, "5.3")
    assert (states(checked), checked.rows.get().version) == (["ready"], 2)
    assert [(cell.before, cell.after) for cell in MendedCell.objects.order_by("id")] == [("9999", "many"), ("many", "5.3")]


def test_same_text_is_no_change(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    with pytest.raises(Rejected):
        typed(checked, 1, 5, "9999")
    assert not Mending.objects.exists()


def test_identity_is_typed_by_a_liaison_and_looked_for_anew(two):
    checked = upload(text([["P9", two[0].name, DAY, 120, 80, 5.0, 5.2]]), apply=False)
    typed(checked, 1, 0, "P1", LIAISON)
    found = checked.rows.get()
    assert (found.state, found.person, found.emp_no) == ("ready", two[0], "P1")


def test_name_typed_settles_a_mismatch(two):
    checked = upload(text([["P1", "Somebody", DAY, 120, 80, 5.0, 5.2]]), apply=False)
    assert reasons(checked, 1) == ["name-mismatch"]
    typed(checked, 1, 1, two[0].name, LIAISON)
    assert states(checked) == ["ready"]


def test_date_typed_by_a_liaison(two):
    checked = upload(text([["P1", two[0].name, "2026-02-30", 120, 80, 5.0, 5.2]]), apply=False)
    typed(checked, 1, 2, "2026-02-20", LIAISON)
    assert (states(checked), checked.rows.get().exam_on.isoformat()) == (["ready"], "2026-02-20")


def test_clinical_value_is_not_a_liaison_s_to_change(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    with pytest.raises(Rejected):
        typed(checked, 1, 5, "5.3", LIAISON)
    assert (states(checked), MendedCell.objects.count()) == (["waiting"], 0)


def test_what_was_left_out_stays_left_out_when_another_cell_is_typed(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 9999)]), apply=False)
    repairing.leave_values(checked, reason="range", column=TC, by=BY)
    typed(checked, 1, 6, "5.2")
    found = checked.rows.get()
    assert (found.state, found.values, [one["column"] for one in found.left_out]) == ("ready", {"sbp": 120, "dbp": 80, "fpg": 5.2}, [TC])


def test_value_left_out_and_typed_after_all_counts(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 9999)]), apply=False)
    repairing.leave_values(checked, reason="range", column=TC, by=BY)
    correcting.type_cells(checked, 1, {5: "5.0", 6: "5.2"}, hands=CENTRE, by=BY)
    assert (checked.rows.get().values["tc"], checked.rows.get().left_out) == (5.0, [])


def test_fault_that_only_the_file_shows_stays_until_its_cell_is_typed(two):
    checked = upload(text([row(two[0], 120, 80, "5\x07.0", 9999)]), apply=False)
    typed(checked, 1, 6, "5.2")
    assert (states(checked), reasons(checked, 1)) == (["waiting"], ["characters"])
    typed(checked, 1, 5, "5.0")
    assert states(checked) == ["ready"]


def test_person_chosen_stays_chosen_when_a_value_is_typed(two):
    checked = upload(text([["P9", "?", DAY, 120, 80, 9999, 5.2]]), apply=False)
    repairing.assign_person(checked, 1, person=two[0], by=BY)
    typed(checked, 1, 5, "5.0")
    assert (states(checked), checked.rows.get().person) == (["ready"], two[0])


def test_row_typed_into_a_repeat_counts_once(two):
    checked = upload(text([row(two[0], 120, 80, 5.0, 5.2), row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    assert states(checked) == ["waiting", "waiting"]
    typed(checked, 2, 5, "5.0")
    assert (states(checked), counts(checked)) == (["ready", "refused"], (2, 1, 0, 0, 1))


def test_change_is_taken_back(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    typed(checked, 1, 5, "5.3")
    correcting.take_back(checked, 1, hands=CENTRE, by=BY)
    assert (states(checked), reasons(checked, 1)) == (["waiting"], ["range"])
    assert mending.texts_of(checked, checked.rows.all())[1][5] == "9999"
    assert MendedCell.objects.count() == 2
    with pytest.raises(Rejected):
        correcting.take_back(checked, 1, hands=CENTRE, by=BY)


def test_change_of_a_value_is_not_a_liaison_s_to_take_back(two):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2)]), apply=False)
    typed(checked, 1, 5, "5.3")
    with pytest.raises(Rejected):
        correcting.take_back(checked, 1, hands=LIAISON, by=BY)
    assert states(checked) == ["ready"]


def test_identity_number_typed_is_nowhere_in_the_clear(two):
    from tests.exams.test_repairing import ID_HEADINGS, MISTYPED, RIGHT, numbered

    numbered(two[0], RIGHT)
    checked = upload(text([[MISTYPED, two[0].name, DAY, 120]], headings=ID_HEADINGS), apply=False)
    typed(checked, 1, 0, RIGHT, LIAISON)
    found = checked.rows.get()
    assert (found.state, found.person, found.id_no, found.raw[0]) == ("ready", two[0], RIGHT, None)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text || row_to_json(r)::text FROM exams_mendedcell AS c, exams_uploadrow AS r")
        assert RIGHT not in cursor.fetchone()[0]


def alike(one: Upload, kind: str, reason: str, column: str, hands: Hands = CENTRE, **more) -> Mending:
    act = correcting.mend_alike(one, kind=kind, reason=reason, column=column, hands=hands, by=BY, **more)
    work.drain()
    act.refresh_from_db()
    return act


def test_unit_is_stated_for_all_cells_of_the_group_and_no_other(two):
    rows = [row(two[0], 120, 80, 193.35, 5.2), row(two[1], 120, 80, 200, 90), row(two[1], 120, 80, 5.0, 90, day="2026-03-03")]
    checked = upload(text(rows), apply=False)
    act = alike(checked, "unit", "unit", TC, LIAISON, given="mg/dL")
    assert (act.rows, act.changed, act.finished_at is not None) == (2, 2, True)
    assert (states(checked), [reasons(checked, number) for number in (1, 2, 3)]) == (["ready", "waiting", "waiting"], [[], ["unit"], ["unit"]])
    found = checked.rows.get(number=1)
    assert (round(found.values["tc"], 2), found.reported["tc"]) == (5.0, [193.35, "mg/dL"])
    assert MendedCell.objects.get(number=1).after == "193.35 mg/dL"


@pytest.mark.parametrize("kind", ["values", "rows"])
def test_leaving_out_is_of_one_column_alone(two, kind):
    checked = upload(text([row(two[0], 120, 80, 9999, 5.2), row(two[1], 120, 80, 5.0, 9999)]), apply=False)
    act = alike(checked, kind, "range", TC)
    assert (act.rows, act.changed, states(checked)) == (1, 1, ["ready" if kind == "values" else "refused", "waiting"])


def test_days_before_months_for_all_dates_of_the_group(two):
    rows = [["P1", two[0].name, "03/04/2026", 120, 80, 5.0, 5.2], ["P2", two[1].name, "02/03/2026", 120, 80, 5.0, 5.2]]
    checked = upload(text(rows), apply=False)
    assert states(checked) == ["waiting", "waiting"]
    alike(checked, "order", "date", "体检日期", LIAISON, given="dmy")
    assert [day.isoformat() for day in checked.rows.order_by("number").values_list("exam_on", flat=True)] == ["2026-04-03", "2026-03-02"]
    assert states(checked) == ["ready", "ready"]


def test_equal_texts_of_a_column_mean_the_same(two):
    rows = [row(two[0], 120, 80, "没查上", 5.2), row(two[1], 120, 80, "没查上", 5.2), row(two[1], 120, 80, "多", 5.2, day="2026-03-03")]
    checked = upload(text(rows), apply=False)
    act = alike(checked, "text", "number", TC, text="没查上", given="")
    assert (act.changed, states(checked)) == (2, ["ready", "ready", "waiting"])
    assert "tc" not in checked.rows.get(number=1).values


def test_pressures_in_two_columns_are_exchanged(two):
    checked = upload(text([row(two[0], 80, 120, 5.0, 5.2)]), apply=False)
    alike(checked, "swap", "order", HEADINGS[4])
    assert (states(checked), checked.rows.get().values) == (["ready"], {"sbp": 120, "dbp": 80, "tc": 5.0, "fpg": 5.2})


def test_pressures_in_one_cell_are_exchanged(two):
    checked = upload(text([["P1", two[0].name, DAY, "80/120"]], headings=[*HEADINGS[:3], "血压"]), apply=False)
    alike(checked, "swap", "order", "血压")
    assert (states(checked), checked.rows.get().values) == (["ready"], {"sbp": 120, "dbp": 80})


@pytest.mark.parametrize(
    ("kind", "reason", "column", "given"),
    [("swap", "order", HEADINGS[4], ""), ("text", "range", TC, "5.0"), ("unit", "range", TC, "mg/dL"), ("unit", "unit", TC, "stone"), ("order", "date", TC, "dmy")],
)  # fmt: skip
def test_decision_that_is_not_a_liaison_s_or_makes_no_sense(two, kind, reason, column, given):
    checked = upload(text([row(two[0], 80, 120, 9999, 5.2)]), apply=False)
    with pytest.raises(Rejected):
        alike(checked, kind, reason, column, LIAISON, given=given)
    assert not Mending.objects.exists()


def test_height_in_metres_is_not_a_liaison_s_to_convert(two):
    checked = upload(text([["P1", two[0].name, DAY, 1.72]], headings=[*HEADINGS[:3], "身高(cm)"]), apply=False)
    with pytest.raises(Rejected):
        alike(checked, "unit", "unit", "身高(cm)", LIAISON, given="m")
    alike(checked, "unit", "unit", "身高(cm)", CENTRE, given="m")
    assert (states(checked), checked.rows.get().values) == (["ready"], {"height": 172})


def test_large_group_is_a_job_that_nothing_overtakes(two, monkeypatch):
    monkeypatch.setattr(correcting, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(correcting, "BATCH_ROWS", 2)
    rows = [row(two[0], 120, 80, 9999, 5.2, day=f"2026-03-{day:02}") for day in range(1, 6)]
    checked = upload(text(rows), apply=False)
    act = correcting.mend_alike(checked, kind="text", reason="range", column=TC, text="9999", given="5.0", hands=CENTRE, by=BY)
    assert states(checked) == ["waiting"] * 5
    for refused in (lambda: typed(checked, 1, 5, "5.1"), lambda: repairing.leave_rows(checked, reason="range", column=TC, by=BY)):
        with pytest.raises(Rejected):
            refused()
    work.drain()
    act.refresh_from_db()
    assert (act.changed, states(checked), counts(checked)) == (5, ["ready"] * 5, (5, 5, 0, 0, 0))
    assert Job.objects.get(kind="exams.mend").state == "done"
    let_in(checked)
    assert len(results(two[0])) == 5


@pytest.mark.parametrize("kind", ["values", "rows"])
def test_leaving_out_a_large_group_is_a_job_too(two, monkeypatch, kind):
    monkeypatch.setattr(correcting, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(correcting, "BATCH_ROWS", 2)
    rows = [row(two[0], 120, 80, 9999, 5.2, day=f"2026-03-{day:02}") for day in range(1, 6)]
    checked = upload(text(rows), apply=False)
    act = alike(checked, kind, "range", TC, LIAISON)
    assert (act.changed, set(states(checked))) == (5, {"ready" if kind == "values" else "refused"})


def test_ragged_row_typed_anew_as_a_whole_goes_in(two):
    checked = upload(text([[*row(two[0], 120, 80, 5.0, 5.2), "more"], row(two[1], 120, 80, 5.0)]), apply=False)
    assert [reasons(checked, number) for number in (1, 2)] == [["columns"], ["columns"]]
    typed(checked, 2, 6, "5.2")
    assert states(checked) == ["waiting", "ready"]

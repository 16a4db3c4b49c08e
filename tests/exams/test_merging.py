"""Rows that were downloaded, mended in a spreadsheet and delivered again."""

import io

import openpyxl
import pytest

from healthmgmt.core import exporting
from healthmgmt.core.actors import Actor
from healthmgmt.exams import access, correcting, downloads, keyed, rowkeys, services
from healthmgmt.exams.models import MendedCell, Upload
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import HEADINGS, text
from tests.exams.test_repairing import counts, states

DAY = "2026-03-02"
TC = 5


def delivered(content: bytes, user, unit, *, name="file.csv", apply=False) -> Upload:
    one = services.receive(io.BytesIO(content), name=name, unit=unit, by=Actor.of(user), user=user, apply_when_read=apply)
    work.drain()
    one.refresh_from_db()
    return one


def taken(one: Upload, user) -> openpyxl.Workbook:
    with downloads.bad_rows(one, state="waiting", hands=access.hands(user, one), by=Actor.of(user)) as file:
        return openpyxl.load_workbook(file)


def content(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(person, *values, day=DAY):
    return [person.emp_no, person.name, day, *values]


@pytest.fixture
def waiting(cast) -> Upload:
    """Of the exam centre: an impossible cholesterol, a mistyped number, a sound row, another impossible cholesterol."""
    rows = [row(cast.anna, 120, 80, 9999, 5.2), ["X9", cast.ben.name, DAY, 120, 80, 5.0, 5.2], row(cast.bella, 120, 80, 5.0, 5.2)]
    return delivered(text([*rows, row(cast.anna, 120, 80, 8888, 5.2, day="2026-03-03")]), cast.exam_centre, cast.root)


def test_rows_mended_in_a_spreadsheet_go_home(cast, waiting):
    book = taken(waiting, cast.exam_centre)
    sheet = book.active
    assert [cell.value for cell in sheet[1]][-1] == keyed.HEADING
    sheet.cell(2, TC + 1).value = 5.3
    sheet.cell(3, 1).value = cast.ben.emp_no
    again = delivered(content(book), cast.exam_centre, cast.root, name="mended.xlsx")
    assert (again.state, again.mends, counts(again)) == ("merged", waiting, (3, 2, 1, 0, 0))
    assert (states(waiting), counts(waiting)) == (["ready", "ready", "accepted", "waiting"], (4, 3, 0, 1, 0))
    assert (waiting.rows.get(number=1).values["tc"], waiting.rows.get(number=2).person) == (5.3, cast.ben)


def test_same_file_again_changes_nothing(cast, waiting):
    book = taken(waiting, cast.exam_centre)
    book.active.cell(2, TC + 1).value = 5.3
    for _ in range(2):
        again = delivered(content(book), cast.exam_centre, cast.root)
    assert counts(again) == (3, 0, 3, 0, 0)
    assert (counts(waiting), MendedCell.objects.count()) == ((4, 2, 0, 2, 0), 1)


def test_file_as_it_was_downloaded_changes_nothing(cast, waiting):
    again = delivered(content(taken(waiting, cast.exam_centre)), cast.exam_centre, cast.root)
    assert (counts(again), MendedCell.objects.exists()) == ((3, 0, 3, 0, 0), False)


def test_what_was_typed_in_the_browser_meanwhile_stays_and_is_said(cast, waiting):
    book = taken(waiting, cast.exam_centre)
    correcting.type_cells(waiting, 1, {TC: "many"}, hands=access.hands(cast.exam_centre, waiting), by=Actor.of(cast.exam_centre))
    book.active.cell(2, TC + 1).value = 5.3
    book.active.cell(4, TC + 1).value = 5.4
    again = delivered(content(book), cast.exam_centre, cast.root)
    assert (again.layout["outcomes"]["meanwhile"], again.layout["outcomes"]["merged"]) == ([2], [4])
    assert "tc" not in waiting.rows.get(number=1).values and waiting.rows.get(number=4).values["tc"] == 5.4


def test_other_cell_changed_meanwhile_is_kept_beside_the_file_s(cast, waiting):
    book = taken(waiting, cast.exam_centre)
    correcting.type_cells(waiting, 1, {6: "5.9"}, hands=access.hands(cast.exam_centre, waiting), by=Actor.of(cast.exam_centre))
    book.active.cell(2, TC + 1).value = 5.3
    delivered(content(book), cast.exam_centre, cast.root)
    assert waiting.rows.get(number=1).values == {"sbp": 120, "dbp": 80, "tc": 5.3, "fpg": 5.9}


def test_columns_and_rows_in_another_order_find_their_place(cast, waiting):
    old = taken(waiting, cast.exam_centre).active
    book = openpyxl.Workbook()
    lines = [[cell.value for cell in line] for line in old]
    for line in [lines[0], lines[3], lines[1]]:
        book.active.append([*reversed(line)])
    book.active.cell(3, len(lines[0]) - TC).value = "5.3"
    delivered(content(book), cast.exam_centre, cast.root)
    assert states(waiting) == ["ready", "waiting", "accepted", "waiting"]


@pytest.mark.parametrize("forge", [
    lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"), lambda key: key.replace(".1.", ".3.", 1), lambda key: "", lambda key: "a" * 32 + key[32:],
])  # fmt: skip
def test_forged_key_reaches_no_row(cast, waiting, forge):
    book = taken(waiting, cast.exam_centre)
    sheet = book.active
    key = sheet.cell(2, sheet.max_column)
    key.value = forge(key.value)
    sheet.cell(2, TC + 1).value = 5.3
    again = delivered(content(book), cast.exam_centre, cast.root)
    assert again.layout["outcomes"]["foreign"] == [2]
    assert not MendedCell.objects.exists() and set(states(waiting)) == {"waiting", "accepted"}


@pytest.mark.parametrize("stranger", ["liaison_a1", "liaison_b1"])
def test_upload_that_the_deliverer_may_not_mend_is_not_reached(cast, waiting, stranger):
    book = taken(waiting, cast.exam_centre)
    book.active.cell(3, 1).value = cast.ben.emp_no
    user = getattr(cast, stranger)
    again = delivered(content(book), user, access.uploading_unit(user))
    assert (again.state, again.reason, again.mends, counts(again)) == ("refused", "foreign-rows", None, (3, 0, 0, 0, 3))
    assert not MendedCell.objects.exists()


def test_another_organisation_s_key_is_none_here(cast, waiting, org_b):
    from tests import cast as casting

    data = content(taken(waiting, cast.exam_centre))
    with current.use(org_b):
        other = casting.make()
        again = delivered(data, other.exam_centre, other.root)
        assert (again.state, again.reason) == ("refused", "foreign-rows")


def test_liaison_mends_identity_but_no_masked_value(cast):
    rows = [["X9", cast.anna.name, DAY, 120, 80, 5.0, 5.2], row(cast.anna, 120, 80, 9999, 5.2, day="2026-03-03")]
    one = delivered(text(rows), cast.liaison_a1, cast.a1)
    book = taken(one, cast.liaison_a1)
    sheet = book.active
    assert {sheet.cell(2, column).value for column in range(4, 8)} == {"•••"}
    sheet.cell(2, 1).value = cast.anna.emp_no
    sheet.cell(3, TC + 1).value = "5.3"
    again = delivered(content(book), cast.liaison_a1, cast.a1)
    assert (again.layout["outcomes"]["merged"], again.layout["outcomes"]["value"], states(one)) == ([2], [3], ["ready", "waiting"])


def test_cells_that_a_spreadsheet_would_run_come_back_as_they_were(cast):
    hostile = ["=1+1", "+5", "-3", "@x", "'-7"]
    head = [*HEADINGS, *"一二三四五"]
    one = delivered(text([[*row(cast.anna, 120, 80, 9999, 5.2), *hostile]], headings=head), cast.exam_centre, cast.root)
    book = taken(one, cast.exam_centre)
    sheet = book.active
    assert [sheet.cell(2, column).value for column in range(8, 12)] == ["'=1+1", "'+5", "'-3", "'@x"]
    assert counts(delivered(content(book), cast.exam_centre, cast.root)) == (1, 0, 1, 0, 0)
    sheet.cell(2, 10).value = "'-4"
    sheet.cell(2, TC + 1).value = "5.3"
    delivered(content(book), cast.exam_centre, cast.root)
    assert [one.rows.get().other[name] for name in "一二三四"] == ["=1+1", "+5", "-4", "@x"]


def test_row_that_went_in_meanwhile_stays(cast, waiting):
    book = taken(waiting, cast.exam_centre)
    book.active.cell(2, TC + 1).value = 5.3
    correcting.type_cells(waiting, 1, {TC: "5.5"}, hands=access.hands(cast.exam_centre, waiting), by=Actor.of(cast.exam_centre))
    services.request_apply(waiting, by=Actor.of(cast.exam_centre))
    work.drain()
    again = delivered(content(book), cast.exam_centre, cast.root)
    assert again.layout["outcomes"]["meanwhile"] == [2]


def test_mended_file_delivered_to_be_let_in_goes_in(cast, waiting):
    services.request_apply(waiting, by=Actor.of(cast.exam_centre))
    work.drain()
    book = taken(waiting, cast.exam_centre)
    book.active.cell(2, TC + 1).value = 5.3
    delivered(content(book), cast.exam_centre, cast.root, apply=True)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.rounds, counts(waiting)) == ("partly_applied", 2, (4, 2, 0, 2, 0))


def test_row_with_cells_too_many_is_put_in_order(cast):
    one = delivered(text([[*row(cast.anna, 120, 80, 5.0, 5.2), "9"]]), cast.exam_centre, cast.root)
    book = taken(one, cast.exam_centre)
    book.active.cell(2, TC + 1).value = 5.3
    delivered(content(book), cast.exam_centre, cast.root)
    assert (states(one), one.rows.get().values["tc"]) == (["ready"], 5.3)


def test_file_without_rows_of_anybody_is_refused(cast, waiting):
    with exporting.workbook([["工号", keyed.HEADING]], sheet="x") as file:
        again = delivered(file.read(), cast.exam_centre, cast.root)
    assert (again.state, again.reason) == ("refused", "no-rows")


def test_key_is_read_back_and_no_other():
    from uuid import uuid4

    upload = uuid4()
    written = rowkeys.written(upload, 12, 3)
    assert rowkeys.read(f" '{written} ") == (upload, 12, 3)
    assert rowkeys.read(written.upper()) is None and rowkeys.read("x") is None

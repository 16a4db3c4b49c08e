"""Rows that wait, in the browser: causes, one cause, one row; what may be seen of them and by whom."""

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.exams import keyed, services
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.work import services as work
from tenants import current
from tests.exams.road import HEADINGS, text

DAY = "2026-03-02"
VALUE = "8765"  # of a cholesterol that cannot be
TC = HEADINGS[5]
HEAD = [*HEADINGS, "备注"]


def row(person, *values) -> list:
    return [person.emp_no, person.name, DAY, *values]


def checked(user, unit, *rows) -> Upload:
    """A file of a user, read."""
    import io

    one = services.receive(io.BytesIO(text(list(rows), headings=HEAD)), name="march.csv", unit=unit, by=Actor.of(user), user=user)
    work.drain()
    one.refresh_from_db()
    return one


@pytest.fixture
def waiting(cast, org_a) -> Upload:
    """Anna's row has an impossible value, one row is of nobody known."""
    rows = [row(cast.anna, 120, 80, VALUE, 5.2, "secret"), ["X9", "Somebody", DAY, 120, 80, 5.0, 5.2, ""], row(cast.ben, 120, 80, 5.0, 5.2, "")]
    return checked(cast.liaison_a1, cast.a1, *rows)


def url(one: Upload, path: str = "") -> str:
    return f"/uploads/{one.uuid}/{path}"


def group(one: Upload, reason: str, column: str) -> str:
    from urllib.parse import urlencode

    return url(one, "problems/?") + urlencode({"reason": reason, "column": column})


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def states(org: str, one: Upload) -> list[str]:
    with current.use(org):
        return list(one.rows.order_by("number").values_list("state", flat=True))


def test_causes_name_row_cell_and_person_and_never_a_value(cast, sign_in, waiting):
    shown = page(sign_in(cast.liaison_a1), url(waiting))
    assert all(part in shown for part in ("F2", cast.anna.name, cast.anna.emp_no, "outside the possible range", "A3", "Somebody", "•••"))
    assert VALUE not in shown and "secret" not in shown


def test_one_cause_names_rows_and_never_a_value(cast, sign_in, waiting):
    shown = page(sign_in(cast.liaison_a1), group(waiting, "range", TC))
    assert cast.anna.name in shown and "Somebody" not in shown and VALUE not in shown


def test_one_cause_is_paginated_and_takes_the_same_queries(cast, sign_in, org_a):
    browser, seen = sign_in(cast.liaison_a1), []
    for count in (1, 3, 60):
        rows = [[f"X{number}", "Somebody", DAY, 120, 80, 5.0, 5.2, number] for number in range(count)]
        with current.use(org_a):
            one = checked(cast.liaison_a1, cast.a1, *rows)
        with current.use(org_a), CaptureQueriesContext(connection) as queries:
            shown = page(browser, group(one, "unknown-employee", "工号"))
        seen.append((shown.count("Somebody"), len(queries)))
    assert [count for count, _ in seen] == [1, 3, 50]
    assert seen[0][1] == seen[1][1] == seen[2][1]


def test_causes_take_the_same_queries_for_one_and_three(cast, sign_in, org_a):
    browser, seen = sign_in(cast.liaison_a1), []
    for count in (1, 3):
        wrong = [row(cast.anna, 120, 80, VALUE, 5.2, ""), ["X1", "Somebody", DAY, 120, 80, 5.0, 5.2, ""], row(cast.bella, 120, 80, 5.0, 5.2, "")]
        with current.use(org_a):
            one = checked(cast.liaison_a1, cast.a1, *wrong[:count], row(cast.ben, 120, 80 + count, 5.0, 5.2, ""))
        page(browser, url(one))
        with current.use(org_a), CaptureQueriesContext(connection) as queries:
            page(browser, url(one))
        seen.append(len(queries))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("path", ["", "problems/", "rows/1/", "bad-rows/"])
def test_looking_at_rows_is_on_record_for_whom_they_are_about(cast, sign_in, org_a, waiting, path):
    answer = sign_in(cast.liaison_a1).get(url(waiting, path))
    # A file is closed by who has read it.
    assert b"".join(answer.streaming_content) if answer.streaming else answer.content
    action = "upload.rows_downloaded" if path == "bad-rows/" else "upload.rows_viewed"
    with current.use(org_a):
        found = Event.objects.filter(action=action, person_id__isnull=False).values_list("person_id", "actor_id")
        assert list(found) == [(cast.anna.pk, cast.liaison_a1.pk)]


def test_value_left_out_of_all_rows_of_a_cause(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(url(waiting, "leave/"), {"what": "values", "reason": "range", "column": TC}, follow=True)
    assert "1 value was left out." in answer.content.decode()
    assert states(org_a, waiting) == ["ready", "waiting", "accepted"]
    again = browser.post(url(waiting, "leave/"), {"what": "values", "reason": "range", "column": TC}, follow=True)
    assert "Nothing of this waits any more." in again.content.decode()


def test_row_left_out(cast, sign_in, org_a, waiting):
    given = {"what": "rows", "reason": "unknown-employee", "column": "工号", "number": 2, "from": "group"}
    answer = sign_in(cast.liaison_a1).post(url(waiting, "leave/"), given)
    assert (answer.headers["Location"], states(org_a, waiting)) == (url(waiting), ["waiting", "refused", "accepted"])


@pytest.mark.parametrize(
    "given", [{}, {"what": "all"}, {"what": "values", "reason": "unknown-employee", "column": "工号"}, {"what": "rows", "reason": "x", "number": "y"}]
)
def test_what_cannot_be_left_out_is_said(cast, sign_in, org_a, waiting, given):
    assert sign_in(cast.liaison_a1).post(url(waiting, "leave/"), given).status_code == 422
    assert states(org_a, waiting) == ["waiting", "waiting", "accepted"]


def test_mended_rows_follow_in_a_second_round(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    browser.post(url(waiting, "apply/"))
    with current.use(org_a):
        work.drain()
    assert "2 rows wait, for 2 reasons." in page(browser, url(waiting, "problems/"))
    browser.post(url(waiting, "leave/"), {"what": "values", "reason": "range", "column": TC})
    shown = page(browser, url(waiting, "problems/"))
    assert "1 row waits, for 1 reason. 1 row is mended and can go in." in shown and "Take in 1 row" in shown
    assert "mended, can go in" in page(browser, url(waiting))
    browser.post(url(waiting, "apply/"))
    with current.use(org_a):
        work.drain()
        assert Upload.objects.get().rounds == 2
    assert "2 rows were taken in. 1 row still waits." in page(browser, url(waiting))
    assert "of these mended before: 1" in page(browser, url(waiting))


def test_person_is_looked_for_inside_the_upload_s_units_only(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    shown = page(browser, url(waiting, "rows/2/?q=Name"))
    assert (cast.anna.emp_no in shown, cast.ben.emp_no in shown) == (True, True)
    assert (cast.amos.emp_no in shown, cast.bella.emp_no in shown) == (False, False)
    with current.use(org_a):
        found = Event.objects.filter(action="upload.people_searched").values_list("person_id", flat=True)
        assert set(found) == {cast.anna.pk, cast.ben.pk}


def test_person_is_named_and_the_row_goes_in(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    answer = browser.post(url(waiting, "rows/2/"), {"person": cast.anna.uuid}, follow=True)
    # Anna's other row of that day says something else.
    assert (states(org_a, waiting), "still waits for another reason" in answer.content.decode()) == (["waiting", "waiting", "accepted"], True)
    with current.use(org_a):
        UploadRow.objects.filter(number=2).update(exam_on="2026-03-09")
        UploadRow.objects.filter(number=2).update(state="waiting", person=None, person_chosen=False)
    browser.post(url(waiting, "rows/2/"), {"person": cast.anna.uuid})
    assert states(org_a, waiting)[1] == "ready"


@pytest.mark.parametrize(("who", "status"), [("bella", 404), ("amos", 404), ("nobody", 422)])
def test_person_out_of_reach_cannot_be_named(cast, sign_in, org_a, waiting, who, status):
    uuid = getattr(cast, who).uuid if who != "nobody" else "no number"
    assert sign_in(cast.liaison_a1).post(url(waiting, "rows/2/"), {"person": uuid}).status_code == status
    with current.use(org_a):
        assert waiting.rows.get(number=2).person is None


def test_row_of_another_file_is_not_found(cast, sign_in, waiting):
    assert sign_in(cast.liaison_a1).get(url(waiting, "rows/99/")).status_code == 404


def test_roster_is_asked_again(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    assert "the same rows wait" in browser.post(url(waiting, "check-again/"), follow=True).content.decode()
    with current.use(org_a):
        cast.amos.unit, cast.amos.emp_no, cast.amos.name = cast.a1, "X9", "Somebody"
        cast.amos.save()
    assert "1 row does not wait any more" in browser.post(url(waiting, "check-again/"), follow=True).content.decode()
    assert states(org_a, waiting) == ["waiting", "ready", "accepted"]


@pytest.mark.parametrize("who", ["office_a", "exam_centre", "leader", "employee"])
def test_nobody_else_mends(cast, sign_in, org_a, waiting, who):
    browser = sign_in(getattr(cast, who))
    for path, given in (("leave/", {"what": "rows", "reason": "range", "column": TC}), ("check-again/", {}), ("rows/2/", {"person": cast.anna.uuid})):
        # The exam centre mends what it delivered, and this file it does not know.
        assert browser.post(url(waiting, path), given).status_code == (404 if (who, path) == ("exam_centre", "leave/") else 403)
    assert states(org_a, waiting) == ["waiting", "waiting", "accepted"]


def test_office_sees_names_and_neither_values_nor_buttons(cast, sign_in, waiting):
    shown = page(sign_in(cast.office_a), url(waiting))
    assert cast.anna.name in shown and VALUE not in shown
    assert not any(words in shown for words in ("Leave", "Say who it is", "Take in", "Download"))


def workbook(browser: Client, one: Upload, state: str = "waiting") -> list[list]:
    import io

    answer = browser.get(url(one, f"bad-rows/?state={state}"))
    assert (answer.status_code, "attachment" in answer.headers["Content-Disposition"]) == (200, True)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in line] for line in book.active.iter_rows()]


def test_liaison_takes_rows_along_with_masked_cells(cast, sign_in, waiting):
    heading, *lines = workbook(sign_in(cast.liaison_a1), waiting)
    assert heading == [*HEAD, "Row in the file", "Cells at fault", "Why", keyed.HEADING]
    masked = ["•••"] * 5
    assert [line[:-1] for line in lines] == [
        [cast.anna.emp_no, cast.anna.name, DAY, *masked, "2", "F2", f"“{TC}” is outside the possible range."],
        ["X9", "Somebody", DAY, *masked, "3", "A3", "Nobody in the roster has this number."],
    ]


def test_exam_centre_takes_its_own_rows_along_with_their_cells(cast, sign_in, org_a):
    with current.use(org_a):
        own = checked(cast.exam_centre, cast.root, row(cast.anna, 120, 80, VALUE, 5.2, "=cmd|' /C calc'!A0"))
    line = workbook(sign_in(cast.exam_centre), own)[1]
    assert line[3:8] == ["120", "80", VALUE, "5.2", "'=cmd|' /C calc'!A0"]


def test_names_that_a_spreadsheet_would_run_are_quoted(cast, sign_in, org_a):
    with current.use(org_a):
        one = checked(cast.liaison_a1, cast.a1, ["+X1", "@SUM(A1)", DAY, 120, 80, 5.0, 5.2, ""])
    assert workbook(sign_in(cast.liaison_a1), one)[1][:2] == ["'+X1", "'@SUM(A1)"]


def test_rows_left_out_are_taken_along_apart(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    browser.post(url(waiting, "leave/"), {"what": "rows", "reason": "unknown-employee", "column": "工号"})
    assert [line[0] for line in workbook(browser, waiting, "refused")[1:]] == ["X9"]
    assert [line[0] for line in workbook(browser, waiting)[1:]] == [cast.anna.emp_no]


def test_identity_numbers_are_masked_on_page_and_in_the_workbook(cast, sign_in, org_a):
    with current.use(org_a):
        import io

        content = text([["11010519491231002X", "Somebody", DAY, 120]], headings=["身份证号", "姓名", "体检日期", "收缩压"])
        one = services.receive(io.BytesIO(content), name="id.csv", unit=cast.a1, by=Actor.of(cast.liaison_a1), user=cast.liaison_a1)
        work.drain()
    browser = sign_in(cast.liaison_a1)
    assert "110105********002X" in page(browser, url(one))
    assert workbook(browser, one)[1][0] == "110105********002X"


def test_exam_centre_sees_and_types_the_cells_of_its_own_delivery(cast, sign_in, org_a):
    with current.use(org_a):
        own = checked(cast.exam_centre, cast.root, row(cast.anna, 120, 80, VALUE, 5.2, ""), row(cast.ben, 120, 80, VALUE, 5.2, ""))
    browser = sign_in(cast.exam_centre)
    shown = page(browser, url(own))
    assert VALUE in shown and "•••" not in shown
    browser.post(url(own, "rows/1/cell/"), {"index": "5", "text": "5.3", "reason": "range", "column": TC})
    assert states(org_a, own) == ["ready", "waiting"]


def test_liaison_types_identity_on_the_page_and_no_value(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    assert browser.post(url(waiting, "rows/1/cell/"), {"index": "5", "text": "5.3"}).status_code == 422
    with current.use(org_a):
        cast.amos.unit, cast.amos.name = cast.a1, "Somebody"
        cast.amos.save()
    answer = browser.post(url(waiting, "rows/2/cell/"), {"index": "0", "text": cast.amos.emp_no}, follow=True)
    assert "Mended. The row can go in." in answer.content.decode()
    assert states(org_a, waiting) == ["waiting", "ready", "accepted"]


def test_one_change_is_offered_for_all_that_say_the_same(cast, sign_in, org_a):
    with current.use(org_a):
        rows = [row(person, 120, 80, "many", 5.2, "") for person in (cast.anna, cast.ben)]
        own = checked(cast.exam_centre, cast.root, *rows, row(cast.bella, 120, 80, "more", 5.2, ""))
    browser = sign_in(cast.exam_centre)
    given = {"index": "5", "text": "5.3", "reason": "number", "column": TC}
    shown = browser.post(url(own, "rows/1/cell/"), given, follow=True).content.decode()
    assert "1 other cell says the same" in shown
    like = shown.split('name="like" value="')[1].split('"')[0]
    browser.post(url(own, "alike/"), {"kind": "text", "like": like, "reason": "number", "column": TC})
    assert states(org_a, own) == ["ready", "ready", "waiting"]


def test_texts_that_stand_often_are_named_to_the_exam_centre_alone(cast, sign_in, org_a):
    with current.use(org_a):
        rows = [row(person, 120, 80, "many", 5.2, "") for person in (cast.anna, cast.ben)]
        own, other = checked(cast.exam_centre, cast.root, *rows), checked(cast.liaison_a1, cast.a1, *rows)
    assert "Was not measured" in page(sign_in(cast.exam_centre), group(own, "number", TC))
    shown = page(sign_in(cast.liaison_a1), group(other, "number", TC))
    assert "Was not measured" not in shown and "many" not in shown


def test_counts_move_by_themselves(cast, sign_in, org_a, waiting):
    browser = sign_in(cast.liaison_a1)
    assert "2 rows wait, for 2 reasons." in page(browser, url(waiting, "counts/"))
    browser.post(url(waiting, "leave/"), {"what": "values", "reason": "range", "column": TC, "number": "1"})
    assert "1 row waits, for 1 reason." in page(browser, url(waiting, "counts/"))
    assert browser.get(url(waiting, "counts/?under=1")).headers["HX-Refresh"] == "true"


def test_large_decision_shows_how_far_it_is_and_when_it_stopped(cast, sign_in, org_a, waiting, monkeypatch):
    from healthmgmt.exams import correcting
    from healthmgmt.work.models import Job

    monkeypatch.setattr(correcting, "ROWS_AT_ONCE", 0)
    browser = sign_in(cast.liaison_a1)
    browser.post(url(waiting, "leave/"), {"what": "values", "reason": "range", "column": TC})
    shown = page(browser, url(waiting, "counts/?under=1"))
    assert "Being mended: 0 of 1 rows." in shown and "every 2s" in shown
    with current.use(org_a):
        Job.objects.filter(kind="exams.mend").update(state="failed")
    shown = page(browser, url(waiting, "counts/?under=1"))
    # Nobody's session is kept alive by a page that asks for ever.
    assert "Mending stopped on the way." in shown and "every" not in shown


def test_urgent_rows_stand_first_without_saying_why(cast, sign_in, org_a):
    with current.use(org_a):
        rows = [row(cast.ben, 120, 80, VALUE, 5.2, ""), row(cast.anna, 199, 80, VALUE, 5.2, ""), ["X9", "Somebody", DAY, 198, 80, 5.0, 5.2, ""]]
        one = checked(cast.liaison_a1, cast.a1, *rows)
    shown = page(sign_in(cast.liaison_a1), url(one))
    first, rest = shown.split("Please mend these rows first")[1].split("</article>", 1)
    assert cast.anna.name in first and "Somebody" in first and cast.ben.name not in first
    assert first.count("It is not certain whose row this is.") == 1 and "alert" not in first.lower().replace("role=", "")
    assert "199" not in shown and "198" not in shown

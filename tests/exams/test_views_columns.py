"""The page on which columns are corrected: what is shown to whom, what can be said, and what is refused beside its field."""

import io
import re

import pytest
from django.test import Client

from healthmgmt.audit.models import Event
from healthmgmt.core.actors import Actor
from healthmgmt.exams import links, services
from healthmgmt.exams.models import ExamLayout, Upload
from healthmgmt.work import services as work
from tenants import current
from tests import cast as casting
from tests.exams.road import text

DAY = "2026-03-02"
SECRET = "187.125"
HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "胆固醇结果", "甘油三酯", "小结", "小结"]


def deliver(cast, org, user, *, apply=False, rows=None, headings=HEADINGS) -> Upload:
    rows = rows or [[one.emp_no, one.name, DAY, 120, SECRET, 1.5, "x", "y"] for one in (cast.anna, cast.ben)]
    with current.use(org):
        unit = cast.a1 if user != cast.exam_centre else cast.root
        file = io.BytesIO(text(rows, headings=headings))
        one = services.receive(file, name="march.csv", unit=unit, by=Actor.of(user), user=user, centre=casting.CENTRE, apply_when_read=apply)
        work.drain()
        one.refresh_from_db()
    return one


def url(one: Upload, path: str = "") -> str:
    return f"/uploads/{one.uuid}/columns/{path}"


def page(browser: Client, one: Upload) -> str:
    answer = browser.get(url(one))
    assert answer.status_code == 200
    return answer.content.decode()


def fields(shown: str) -> dict[str, str]:
    """The page's form as a browser would send it, untouched."""
    found = dict(re.findall(r'<input class="form-control" type="text" id="[^"]+" name="(item-\d+)" list="items" value="([^"]*)"', shown))
    for name, options in re.findall(r'name="(unit-\d+)"[^>]*>(.*?)</select>', shown, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    for name in re.findall(r'name="((?:zero|ignore)-\d+)" value="1" checked', shown):
        found[name] = "1"
    return found | {"seen": re.search(r'name="seen" value="([^"]*)"', shown).group(1)}


def send(browser: Client, one: Upload, org: str, **changes) -> object:
    given = fields(page(browser, one)) | {name.replace("_", "-"): value for name, value in changes.items()}
    answer = browser.post(url(one), given)
    with current.use(org):
        work.drain()
        one.refresh_from_db()
    return answer


def test_page_lists_every_column_unrecognised_ones_first(cast, sign_in, org_a):
    shown = page(sign_in(cast.liaison_a1), deliver(cast, org_a, cast.liaison_a1))
    assert "5 of 8 columns were recognised." in shown and "Mingde" in shown
    assert shown.index("胆固醇结果") < shown.index("小结") < shown.index("收缩压(mmHg)")
    assert shown.count("This heading stands more than once in the file.") == 2


def test_samples_are_masked_for_a_liaison_and_clear_for_who_delivered(cast, sign_in, org_a):
    shown = page(sign_in(cast.liaison_a1), deliver(cast, org_a, cast.liaison_a1))
    assert SECRET not in shown and "•••" in shown and "numbers" in shown and "dates" in shown and cast.anna.name in shown
    assert SECRET in page(sign_in(cast.exam_centre), deliver(cast, org_a, cast.exam_centre))


def test_columns_kept_from_employers_are_not_even_named_to_a_liaison(cast, sign_in, org_a):
    rows = [[one.emp_no, one.name, DAY, 120, "阴性"] for one in (cast.anna, cast.ben)]
    headings = [*HEADINGS[:4], "HIV抗体"]
    told = {}
    for who in ("liaison_a1", "exam_centre"):
        user = getattr(cast, who)
        one = deliver(cast, org_a, user, rows=rows, headings=headings)
        told[who] = "HIV" in page(sign_in(user), one)
    assert told == {"liaison_a1": False, "exam_centre": True}


def test_every_opening_is_on_record_also_for_whose_cells_are_shown(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    page(sign_in(cast.liaison_a1), one)
    with current.use(org_a):
        told = Event.objects.filter(action="upload.columns_viewed", actor_id=cast.liaison_a1.pk)
        assert {event.person_id for event in told} == {None, cast.anna.pk, cast.ben.pk}


def test_untouched_form_says_nothing(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    assert send(sign_in(cast.liaison_a1), one, org_a).status_code == 302
    with current.use(org_a):
        assert not ExamLayout.objects.exists()


def test_answer_is_kept_and_the_file_read_again(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    answer = send(sign_in(cast.liaison_a1), one, org_a, item_4="总胆固醇", unit_4="mg/dL", zero_5="1")
    assert answer.url == f"/uploads/{one.uuid}/"
    with current.use(org_a):
        layout = ExamLayout.objects.get()
        said = [(column["heading"], column["code"], column["unit"], column["zero_is_missing"]) for column in layout.layout["columns"]]
        assert said == [("胆固醇结果", "tc", "mg/dL", False), ("甘油三酯", "tg", "mmol/L", True)]
        assert (layout.made_by, one.agreed, "tc" in one.layout["codes"]) == (cast.liaison_a1, layout, True)


@pytest.mark.parametrize(("fresh", "unit"), [({}, "mmol/L"), ({"fresh_4": "1"}, "mg/dL")])
def test_unit_of_the_former_item_counts_only_where_it_was_chosen_for_the_new_one(cast, sign_in, org_a, fresh, unit):
    one, browser = deliver(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    send(browser, one, org_a, item_4="Total cholesterol", unit_4="mg/dL")
    send(browser, one, org_a, item_4="LDL cholesterol", unit_4="mg/dL", **fresh)
    with current.use(org_a):
        said = ExamLayout.objects.first().layout["columns"][0]
    assert (said["code"], said["unit"]) == ("ldl", unit)


def test_column_can_be_put_aside_and_given_back(cast, sign_in, org_a):
    one, browser = deliver(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    send(browser, one, org_a, ignore_5="1", item_4="Total cholesterol")
    assert one.layout["codes"] == ["sbp", "tc"]
    send(browser, one, org_a, item_4="")
    assert one.layout["codes"] == ["sbp"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"item_4": "Nothing known"}, "There is no item of this name."),
        ({"item_4": "Total cholesterol", "unit_4": "kg"}, "This item is not measured in this unit."),
        ({"item_4": "Triglycerides"}, "Another column holds the same already."),
        ({"item_2": ""}, "Without this column no row is anybody"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(cast, sign_in, org_a, changes, words):
    one = deliver(cast, org_a, cast.liaison_a1)
    answer = send(sign_in(cast.liaison_a1), one, org_a, **{"zero_5": "1"} | changes)
    shown = answer.content.decode()
    assert answer.status_code == 422 and words in shown and 'name="zero-5" value="1" checked' in shown
    with current.use(org_a):
        assert not ExamLayout.objects.exists() and one.state == "checked" and one.readings == 0


def test_somebody_elses_answer_is_not_overwritten(cast, sign_in, org_a):
    one, browser = deliver(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    stale = fields(page(browser, one))
    send(browser, one, org_a, item_4="Total cholesterol")
    answer = browser.post(url(one), stale | {"ignore-5": "1"})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "Somebody else answered meanwhile" in shown and 'name="ignore-5" value="1" checked' not in shown
    with current.use(org_a):
        assert ExamLayout.objects.count() == 1


def test_units_of_a_chosen_item(cast, sign_in, org_a):
    one, browser = deliver(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    shown = browser.get(url(one, "units/"), {"index": "4", "item-4": "总胆固醇"}).content.decode()
    assert re.findall(r'<option value="([^"]*)"', shown) == ["", "mmol/L", "mg/dL"] and 'name="unit-4"' in shown


def test_question_is_answered_in_one_click(cast, sign_in, org_a):
    people = []
    with current.use(org_a):
        people = [casting.person(f"E50{number}", cast.a1) for number in range(12)]
    rows = [[one.emp_no, one.name, DAY, 120, "", 140 + at, "", ""] for at, one in enumerate(people)]
    one, browser = deliver(cast, org_a, cast.liaison_a1, rows=rows), sign_in(cast.liaison_a1)
    shown = page(browser, one)
    assert one.waiting == 12 and "is it measured in mg/dL?" in shown and "Half of them" not in shown
    answer = browser.post(url(one, "answer/"), {"index": "5", "kind": "unit", "say": "yes", "seen": fields(shown)["seen"]})
    with current.use(org_a):
        work.drain()
        one.refresh_from_db()
    assert answer.status_code == 302 and (one.waiting, one.accepted, one.layout["proposals"]) == (0, 12, [])


def test_median_is_told_to_who_may_see_cells_only(cast, sign_in, org_a):
    with current.use(org_a):
        people = [casting.person(f"E50{number}", cast.a1) for number in range(24)]
    rows = [[one.emp_no, one.name, DAY, 120, "", 140 + at, "", ""] for at, one in enumerate(people)]
    assert "Half of them are below 152." in page(sign_in(cast.exam_centre), deliver(cast, org_a, cast.exam_centre, rows=rows))
    # The names of files above may hold any digits.
    assert "152" not in page(sign_in(cast.liaison_a1), deliver(cast, org_a, cast.liaison_a1, rows=rows)).partition("<main")[2]


def test_history_tells_who_said_what_and_leads_back(cast, sign_in, org_a):
    one, browser = deliver(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    send(browser, one, org_a, item_4="Total cholesterol", unit_4="mg/dL")
    send(browser, one, org_a, ignore_5="1")
    shown = page(browser, one)
    assert "Version 2" in shown and "Total cholesterol, mg/dL" in shown and cast.liaison_a1.shown_name in shown
    browser.post(url(one, "back/"), {"version": "1", "seen": fields(shown)["seen"]})
    with current.use(org_a):
        work.drain()
        one.refresh_from_db()
    assert one.agreed.version == 3 and one.layout["codes"] == ["sbp", "tc", "tg"]


def test_applied_file_is_read_again_on_demand(cast, sign_in, org_a):
    one, browser = deliver(cast, org_a, cast.liaison_a1, apply=True), sign_in(cast.liaison_a1)
    answer = send(browser, one, org_a, item_4="Total cholesterol", unit_4="mg/dL")
    assert answer.url == url(one) and "This file was read before the newest answers." in page(browser, one)
    further = browser.post(url(one, "again/"))
    with current.use(org_a):
        again = Upload.objects.get(follows=one)
    assert further.url == f"/uploads/{again.uuid}/" and "read again with later answers" in page(browser, one)
    assert browser.post(url(again, "again/")).status_code == 302


def test_page_of_a_file_that_is_being_read_leads_to_its_progress(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    with current.use(org_a):
        Upload.objects.update(state="reading")
    assert sign_in(cast.liaison_a1).get(url(one)).url == f"/uploads/{one.uuid}/"


def test_others_who_see_the_upload_do_not_explain_it(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    assert sign_in(cast.office_a).get(url(one)).status_code == 403
    assert sign_in(cast.liaison_b1).get(url(one)).status_code == 404
    assert sign_in(cast.exam_centre).get(url(one)).status_code == 404


def test_upload_leads_to_its_columns(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    assert "5 of 8 columns recognised" in sign_in(cast.liaison_a1).get(f"/uploads/{one.uuid}/").content.decode()
    assert "columns recognised" not in sign_in(cast.office_a).get(f"/uploads/{one.uuid}/").content.decode()


def test_page_takes_the_same_queries_however_many_versions(cast, sign_in, org_a):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one, browser = deliver(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    seen = []
    for item in ("Total cholesterol", "HDL cholesterol", "LDL cholesterol"):
        send(browser, one, org_a, item_4=item)
        with CaptureQueriesContext(connection) as queries:
            page(browser, one)
        seen.append(len(queries))
    assert len(set(seen)) == 1


def test_page_takes_the_same_queries_however_many_rows(cast, sign_in, org_a):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seen = []
    for count in (1, 3):
        rows = [[cast.anna.emp_no, cast.anna.name, f"2026-03-0{day}", 120, 4.5, 1.5, "x", "y"] for day in range(1, count + 1)]
        one, browser = deliver(cast, org_a, cast.liaison_a1, rows=rows), sign_in(cast.liaison_a1)
        page(browser, one)
        with CaptureQueriesContext(connection) as queries:
            page(browser, one)
        seen.append(len(queries))
    assert len(set(seen)) == 1


def test_answer_to_what_nobody_asks_changes_nothing(cast, sign_in, org_a):
    one = deliver(cast, org_a, cast.liaison_a1)
    for given in ({}, {"index": "5", "kind": "unit", "say": "yes"}, {"index": "x", "kind": "zeros"}):
        assert sign_in(cast.liaison_a1).post(url(one, "answer/"), given).status_code == 422
    with current.use(org_a):
        assert not ExamLayout.objects.exists()


# A file that was refused because nobody knew which column names the person, or the exam date.

UNNAMED = ["人员识别码", "姓名", "检查时点", "收缩压(mmHg)", "胆固醇结果", "HIV抗体", "小结", "小结"]


def refused(cast, org, user, **options) -> Upload:
    rows = [[one.emp_no, one.name, DAY, 120, SECRET, "阴性", "x", ""] for one in (cast.anna, cast.ben)]
    one = deliver(cast, org, user, rows=rows, headings=UNNAMED, **options)
    assert (one.state, one.reason) == ("refused", "missing-column")
    return one


def test_refused_file_says_what_is_missing_and_leads_to_its_columns(cast, sign_in, org_a):
    one = refused(cast, org_a, cast.liaison_a1)
    shown = sign_in(cast.liaison_a1).get(f"/uploads/{one.uuid}/").content.decode()
    assert "This file cannot be read yet." in shown and "Rows counted in it: 2." in shown and f'href="{url(one)}"' in shown
    assert "names the person, by employee number or identity number, and which one holds the exam date" in shown


def test_refused_file_lists_its_columns_with_what_they_are_like_and_no_cell(cast, sign_in, org_a):
    one = refused(cast, org_a, cast.liaison_a1)
    shown = page(sign_in(cast.liaison_a1), one)
    assert "It is not known yet which column names the person" in shown
    for heading, letter, kind in (("人员识别码", "A", "words"), ("检查时点", "C", "dates"), ("胆固醇结果", "E", "numbers")):
        assert re.search(rf">{letter}</span> <b[^>]*>{re.escape(heading)}</b>\s*<p[^>]*>\s*{kind}</p>", shown)
    assert "•••" not in shown and not any(cell in shown for cell in (cast.anna.name, cast.anna.emp_no, SECRET, DAY))
    assert shown.count("This heading stands more than once in the file.") == 2


@pytest.mark.parametrize(("who", "is_named"), [("liaison_a1", False), ("exam_centre", True)])
def test_refused_file_names_what_is_kept_from_employers_to_its_exam_centre_only(cast, sign_in, org_a, who, is_named):
    user = getattr(cast, who)
    assert ("HIV" in page(sign_in(user), refused(cast, org_a, user))) == is_named


@pytest.mark.parametrize("who", ["liaison_a1", "exam_centre"])
def test_refused_file_is_read_with_what_was_said_of_its_columns(cast, sign_in, org_a, who):
    user = getattr(cast, who)
    one, browser = refused(cast, org_a, user), sign_in(user)
    answer = send(browser, one, org_a, item_0="Employee number", item_2="Exam date")
    assert answer.url == f"/uploads/{one.uuid}/" and (one.state, one.received, one.accepted) == ("checked", 2, 2)
    assert "columns were recognised." in page(browser, one)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"item_0": "Employee number"}, "Nothing was saved yet. It is not known yet which column holds the exam date."),
        ({"item_2": "Exam date"}, "Nothing was saved yet. It is not known yet which column names the person, by employee number or identity number."),
        ({"item_0": "Employee number", "item_2": "Exam date", "item_4": "Nothing known"}, "There is no item of this name."),
        ({"item_0": "Employee number", "item_2": "Employee number"}, "Another column holds the same already."),
    ],
)
def test_what_is_still_missing_is_said_and_what_was_typed_stays(cast, sign_in, org_a, changes, words):
    one = refused(cast, org_a, cast.liaison_a1)
    answer = send(sign_in(cast.liaison_a1), one, org_a, **changes)
    shown = answer.content.decode()
    assert answer.status_code == 422 and words in shown
    assert {name: fields(shown)[name] for name in (key.replace("_", "-") for key in changes)} == {key.replace("_", "-"): text for key, text in changes.items()}
    with current.use(org_a):
        assert not ExamLayout.objects.exists() and one.state == "refused"


def test_opening_the_columns_of_a_refused_file_is_on_record(cast, sign_in, org_a):
    one = refused(cast, org_a, cast.liaison_a1)
    page(sign_in(cast.liaison_a1), one)
    with current.use(org_a):
        event = Event.objects.get(action="upload.columns_viewed", actor_id=cast.liaison_a1.pk)
        assert (event.person_id, event.detail) == (None, {"columns": 8})


def test_others_who_see_a_refused_file_do_not_explain_it(cast, sign_in, org_a):
    one = refused(cast, org_a, cast.liaison_a1)
    shown = sign_in(cast.office_a).get(f"/uploads/{one.uuid}/").content.decode()
    assert "This file cannot be read yet." in shown and "/columns/" not in shown
    assert sign_in(cast.office_a).get(url(one)).status_code == 403
    assert sign_in(cast.liaison_b1).post(url(one), {"item-0": "Employee number"}).status_code == 404


def test_refused_file_that_is_not_kept_any_more_says_so(cast, sign_in, org_a):
    one, browser = refused(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    with current.use(org_a):
        Upload.objects.update(file_key="", purged_at=one.uploaded_at)
    assert "This file is not kept any more." in browser.get(f"/uploads/{one.uuid}/").content.decode()
    shown = page(browser, one)
    assert "This file is not kept any more." in shown and "The file is then read again." not in shown
    answer = send(browser, one, org_a, item_0="Employee number", item_2="Exam date")
    assert answer.url == url(one) and one.state == "refused"
    with current.use(org_a):
        assert ExamLayout.objects.get().version == 1


def test_refused_file_is_read_again_with_answers_of_another_file(cast, sign_in, org_a):
    first, second, browser = refused(cast, org_a, cast.liaison_a1), refused(cast, org_a, cast.liaison_a1), sign_in(cast.liaison_a1)
    send(browser, first, org_a, item_0="Employee number", item_2="Exam date")
    assert "This file was read before the newest answers." in page(browser, second)
    assert browser.post(url(second, "again/")).url == f"/uploads/{second.uuid}/"
    with current.use(org_a):
        work.drain()
        second.refresh_from_db()
    assert second.state == "checked"


def test_file_whose_heading_may_be_a_row_says_that_nothing_can_be_said_of_it(cast, sign_in, org_a):
    rows = [["高血压", "糖尿病", "5.1", "x"], ["无", "无", "5.2", "x"]]
    one, browser = deliver(cast, org_a, cast.liaison_a1, rows=rows[1:], headings=rows[0]), sign_in(cast.liaison_a1)
    shown = browser.get(f"/uploads/{one.uuid}/").content.decode()
    assert one.reason == "missing-column" and "Its headings cannot be told from its rows" in shown and "/columns/" not in shown
    assert browser.get(url(one)).url == f"/uploads/{one.uuid}/"


def test_file_that_came_by_a_link_is_explained_by_who_answers_for_the_unit(cast, sign_in, org_a):
    with current.use(org_a):
        link, _token = links.make(unit=cast.a1, centre=casting.CENTRE, by=Actor.of(cast.liaison_a1), user=cast.liaison_a1)
        rows = [[one.emp_no, one.name, DAY, 120] for one in (cast.anna, cast.ben)]
        one = links.deliver(link, io.BytesIO(text(rows, headings=UNNAMED[:4])), name="march.csv", address="10.0.0.1").upload
        work.drain()
        one.refresh_from_db()
    assert (one.state, one.uploaded_by) == ("refused", None)
    assert send(sign_in(cast.liaison_a1), one, org_a, item_0="Employee number", item_2="Exam date").status_code == 302
    assert (one.state, one.accepted) == ("checked", 2)

"""Columns that were not recognised, and a unit that nobody stated: asked about once, in the browser, and the file read again."""

import re
from datetime import timedelta

import pytest

from healthmgmt.exams.models import Upload
from healthmgmt.people.models import Person
from tests.browser.test_journeys import SECONDS, _database, sign_in  # noqa: F401  (a fixture)
from tests.browser.town import Town

HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "舒张压(mmHg)", "胆固醇结果", "甘油三酯", "体检小结"]


@pytest.fixture
def file(town: Town, tmp_path, language):
    # A day of its own for each look: the very same file would be known again.
    day = town.exam_day - timedelta(days={"zh": 1, "en": 2}[language])
    with town.entered():
        people = list(Person.objects.employed().order_by("emp_no")[:24])
    rows = [[one.emp_no, one.name, day.isoformat(), 118, 76, 180 + at, 100 + at, "未见异常"] for at, one in enumerate(people)]
    path = tmp_path / "新体检中心.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [HEADINGS, *rows]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_liaison_answers_about_columns_and_the_file_is_read_again(site, town, file, language, width):
    visitor = sign_in(site, town, "liaison", language, width)
    visitor.go("/uploads/")
    visitor.page.set_input_files("input[name=file]", file)
    # Every row waits for its unit, so that there is nothing to let in yet.
    visitor.page.wait_for_selector("a[href$='/columns/']", timeout=SECONDS)
    address = visitor.page.url
    with town.entered():
        upload = Upload.objects.order_by("-id").first()
        known = upload.agreed.version if upload.agreed else 0
    visitor.page.click("a[href$='/columns/']")
    visitor.page.wait_for_load_state()
    if not known:
        visitor.page.click("form[action$='/columns/answer/'] button[value=yes]")
        visitor.page.wait_for_url(address, timeout=SECONDS)
        visitor.page.wait_for_selector("form[action$='/apply/']", timeout=SECONDS)
        visitor.page.click("a[href$='/columns/']")
    item = visitor.page.locator(".map-row:has-text('胆固醇结果') input[name^=item-]")
    if not item.is_visible():
        visitor.page.click("details.more summary")
    # Each look chooses another item, so that there is something to say each time.
    unit = visitor.page.locator(".map-row:has-text('胆固醇结果') select")
    # The item brings its own choice of units: what is chosen from the former item's would be gone with it.
    unit.evaluate("one => { one.dataset.former = 'yes' }")
    item.fill({"zh": "总胆固醇", "en": "LDL cholesterol"}[language])
    item.press("Tab")
    visitor.page.wait_for_selector("#unit-5:not([data-former])", timeout=SECONDS)
    assert unit.locator("option").count() == 3
    unit.select_option("mg/dL")
    visitor.page.click("form[action*='/columns/'] button.btn-p")
    visitor.page.wait_for_url(re.compile(re.escape(address)), timeout=SECONDS)
    visitor.page.wait_for_selector("form[action$='/apply/']", timeout=SECONDS)
    with town.entered():
        upload.refresh_from_db()
        code = {"zh": "tc", "en": "ldl"}[language]
        assert upload.rows.order_by("number").first().values[code] == pytest.approx(180 * 0.02586)
        assert (upload.received, upload.waiting, "tg" in upload.layout["codes"]) == (24, 0, True)
    assert visitor.taken_complaints() == []
    visitor.close()


@pytest.fixture
def unnamed(town: Town, tmp_path, language):
    """A file in which neither the person's column nor that of the day has a known name; another one for each look."""
    with town.entered():
        people = list(Person.objects.employed().order_by("emp_no")[:3])
    headings = [{"zh": "人员识别码", "en": "档案代号"}[language], "姓名", {"zh": "检查时点", "en": "来检时点"}[language], *HEADINGS[3:5], "体检小结"]
    rows = [[one.emp_no, one.name, town.exam_day.isoformat(), 121, 77, "未见异常"] for one in people]
    path = tmp_path / "新列名.csv"
    path.write_text("\n".join(",".join(row) for row in [headings, *(list(map(str, row)) for row in rows)]), encoding="utf-8")
    return path


@pytest.mark.parametrize(("language", "width"), [("zh", 390), ("en", 1280)])
def test_liaison_says_whose_column_it_is_and_the_refused_file_is_read(site, town, unnamed, language, width):
    visitor = sign_in(site, town, "liaison", language, width)
    visitor.go("/uploads/")
    visitor.page.set_input_files("input[name=file]", unnamed)
    visitor.page.wait_for_selector("a.btn-p[href$='/columns/']", timeout=SECONDS)
    address = visitor.page.url
    assert visitor.sideways() <= 0
    visitor.page.click("a.btn-p[href$='/columns/']")
    visitor.page.wait_for_load_state()
    assert visitor.sideways() <= 0
    visitor.page.fill("#item-0", {"zh": "工号", "en": "Employee number"}[language])
    with visitor.page.expect_navigation():
        visitor.page.click("form[action*='/columns/'] button.btn-p")
    # The day is still missing; what was typed is still there.
    assert visitor.page.locator("p.error[role=alert]").count() == 1 and visitor.page.input_value("#item-0")
    # The answer says with its status that nothing was saved, which the browser notes.
    visitor.taken_complaints()
    visitor.page.fill("#item-2", {"zh": "体检日期", "en": "Exam date"}[language])
    visitor.page.click("form[action*='/columns/'] button.btn-p")
    visitor.page.wait_for_url(re.compile(re.escape(address)), timeout=SECONDS)
    visitor.page.wait_for_selector("form[action$='/apply/']", timeout=SECONDS)
    with town.entered():
        upload = Upload.objects.order_by("-id").first()
        assert (upload.state, upload.received, upload.accepted) == ("checked", 3, 3)
    assert visitor.taken_complaints() == []
    visitor.close()

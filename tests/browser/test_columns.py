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

"""A real bad file mended by who delivered it: typed in place, decided for all alike, and by a downloaded file that comes home."""

import io
import re
from urllib.parse import urlsplit

import openpyxl

from healthmgmt.exams.models import Upload
from tests.browser.test_journeys import DIRTY, SECONDS, _database, deliver, let_in, looks, receipt, sign_in  # noqa: F401  (a fixture)

HEIGHT = 6  # the column of the workbook


@looks
def test_exam_centre_mends_in_place_for_all_alike_and_by_a_file_that_comes_home(site, town, language, width, tmp_path):
    visitor = sign_in(site, town, "exam_centre", language, width)
    deliver(visitor, DIRTY)
    page = visitor.page
    address = page.url
    assert page.locator("article.prob").count() == 2

    # Typed in place, from the keyboard: still no number, so the row goes on waiting, for that reason now.
    page.locator("article.prob:has(input[name=reason][value=range]) input[name=text]").first.focus()
    page.keyboard.type("one seventy")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.go(urlsplit(address).path)
    assert "one seventy" in page.locator("article.prob", has=page.locator("input[name=reason][value=number]")).inner_text()

    # The two pressures the wrong way round, for all rows that have it.
    with page.expect_navigation():
        page.locator("form[action$='/alike/']:has(input[name=kind][value=swap]) button").first.click()
    assert page.locator("article.prob").count() == 1

    with page.expect_download() as download:
        page.locator("a[href*='/bad-rows/']").first.click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert book.active.max_row == 2
    book.active.cell(2, HEIGHT).value = "170"
    book.save(tmp_path / "mended.xlsx")
    visitor.go("/uploads/")
    page.set_input_files("input[name=file]", tmp_path / "mended.xlsx")
    page.wait_for_url(re.compile(r"/uploads/[0-9a-f-]{36}/$"), timeout=SECONDS)
    page.wait_for_selector("a.btn-p[href*='/uploads/']", timeout=SECONDS)
    assert visitor.sideways() <= 0
    page.click("a.btn-p[href*='/uploads/']")
    page.wait_for_selector("form[action$='/apply/']", timeout=SECONDS)
    assert page.url == address and page.locator("article.prob").count() == 0
    let_in(visitor)
    received, *parts, together = receipt(visitor)
    assert (received, sum(parts), together) == (8, 8, 8)
    with town.entered():
        upload = Upload.objects.filter(file_name=DIRTY.name).order_by("-id").first()
        assert (upload.waiting, upload.refused, upload.accepted + upload.unchanged) == (0, 0, 8)
        assert upload.rows.get(number=6).values["height"] == 170
    assert visitor.taken_complaints() == []
    visitor.close()

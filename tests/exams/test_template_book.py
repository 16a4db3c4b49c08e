"""The template workbook: filled in and uploaded, all of it is recognised and nothing waits, in both languages."""

import io
from datetime import date

import openpyxl
import pytest
from django.utils import translation

from healthmgmt.exams import answers, bysex, packages, template_book
from healthmgmt.exams.models import Exam
from healthmgmt.records import catalogue, coding
from tests.exams.road import upload

DAY = date(2026, 3, 2)
PACKAGES = sorted(packages.load())
LANGUAGES = ("zh-hans", "en")


def built(slug: str, language: str) -> openpyxl.Workbook:
    with translation.override(language):
        return openpyxl.load_workbook(io.BytesIO(template_book.build(packages.load()[slug])))


def filled(book: openpyxl.Workbook, slug: str, language: str, people) -> bytes:
    """A value for every item of every person, as somebody would type it."""
    for number, person in enumerate(people, start=template_book.HEAD_ROWS + 1):
        own = [person.emp_no, person.name, answers.SEXES[language[:2]][person.sex == "f"], DAY]
        for column, value in enumerate([*own, *(typed(code, language, person.sex) for code in packages.load()[slug].codes)], start=1):
            book.worksheets[0].cell(number, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(code: str, language: str, sex: str):
    if bysex.CODES.get(code, sex) != sex:
        return None
    indicator = catalogue.load()[code]
    if code == "dbp":
        return 75
    if chosen := answers.choices(code, language[:2]):
        return chosen[0]
    if not indicator.is_numeric:
        return "未见异常" if language == "zh-hans" else "normal"
    low, high = indicator.low_plausible, indicator.high_plausible
    return round(low + (high - low) / 3, 1) if (high - low) > 3 else round(low + (high - low) / 3, 3)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", PACKAGES)
def test_template_filled_in_is_recognised_whole_and_nothing_waits(cast, slug, language):
    people = [cast.anna, cast.ben, cast.amos, cast.bella]
    one = upload(filled(built(slug, language), slug, language, people), unit=cast.root, name="template.xlsx")
    assert [(row.problems, row.state) for row in one.rows.all() if row.problems] == []
    assert (one.state, one.received, one.accepted) == ("applied", 4, 4)
    assert [column["heading"] for column in one.layout["columns"] if column["role"] == "other"] == []
    units = {column["code"]: column["unit"] for column in one.layout["columns"] if column["code"]}
    assert units == {code: catalogue.load()[code].unit for code in packages.load()[slug].codes}
    exam = Exam.objects.get(person=cast.ben)
    measured = {code for code in packages.load()[slug].codes if catalogue.load()[code].is_numeric}
    assert measured - set(exam.results) == set() and exam.reported == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_template_has_choices_formats_a_frozen_heading_and_advice(language):
    book = built("standard", language)
    sheet = book.worksheets[0]
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert len(lists) >= 8 and all(len(one.formula1) < 255 for one in lists)
    assert sheet.freeze_panes == "C3" and sheet.column_dimensions["A"].number_format == "@" and sheet.column_dimensions["D"].number_format == "yyyy-mm-dd"
    assert book.worksheets[1].max_row >= 6 and not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_answers_to_choose_are_read_back_as_what_they_say():
    for language in ("zh", "en"):
        assert [coding.sex(word) for word in answers.SEXES[language]] == ["m", "f"]
        assert [coding.ordinal(word) for word in answers.GRADES[language]] == [0, 0.5, 1, 2, 3, 4]
        assert [coding.ordinal(word) for word in answers.FOUND[language]] == [0, 0.5, 1]
        for code, words in answers.HABITS.items():
            assert [coding.habit(code, word) for word in words[language]] == [0, 1, 2]


def test_packages_ask_for_nothing_that_an_employer_must_not_ask_for():
    asked = {code for package in packages.load().values() for code in package.codes}
    assert {catalogue.load()[code].category for code in asked} & {"infection", "mental"} == set()


def test_template_is_downloaded_by_who_delivers(cast, sign_in, org_a):
    for user in (cast.liaison_a1, cast.exam_centre):
        browser = sign_in(user)
        assert "/uploads/template/basic/" in browser.get("/uploads/").content.decode()
        answer = browser.get("/uploads/template/basic/")
        assert answer.status_code == 200 and "template%20Basic.xlsx" in answer.headers["Content-Disposition"] or "template Basic.xlsx" in answer.headers["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]["A1"].value == "Employee number"


def test_template_is_downloaded_by_a_link(cast, sign_in, org_a):
    from healthmgmt.exams import links
    from tests.exams.road import BY

    token = links.make(unit=cast.a1, centre="Harbour", by=BY)[1]
    browser = sign_in()
    assert browser.get("/deliver/template/basic/").status_code == 404
    assert "/deliver/template/basic/" in browser.get(f"/deliver/{token}/", follow=True).content.decode()
    assert browser.get("/deliver/template/basic/").status_code == 200

"""The workbook that an exam centre can fill in: headings and units as they are recognised, answers to choose, a page of advice."""

import io
from datetime import date

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from healthmgmt.core import workbooks
from healthmgmt.core.templatetags.health import page_language
from healthmgmt.exams import answers, columns
from healthmgmt.exams.packages import Package
from healthmgmt.records import catalogue

# The heading, and the units below it.
HEAD_ROWS = 2
ROWS = 5_000
PEOPLE = ("emp_no", "name", "sex", "exam_date")
TEXT, DAY = "@", "yyyy-mm-dd"
HEAD_FILL = PatternFill("solid", start_color="E4ECEF")


def build(package: Package) -> bytes:
    """The workbook of a package in the page's language."""
    book = Workbook()
    sheet = book.active
    sheet.title = workbooks.sheet_title(_("Results"))
    headings = [str(columns.ROLES[role]) for role in PEOPLE] + [columns.item_name(code) for code in package.codes]
    units = [_("Unit"), *[""] * (len(PEOPLE) - 1), *(columns.unit_shown(code) for code in package.codes)]
    for number, (heading, unit) in enumerate(zip(headings, units, strict=True), start=1):
        _head(sheet, number, heading, unit)
    for number, code in enumerate([None] * len(PEOPLE) + list(package.codes), start=1):
        letter = get_column_letter(number)
        for validation in _checks(number, code):
            validation.add(f"{letter}{HEAD_ROWS + 1}:{letter}{HEAD_ROWS + ROWS}")
            sheet.add_data_validation(validation)
        if number_format := _format(number, code):
            sheet.column_dimensions[letter].number_format = number_format
    sheet.freeze_panes = sheet.cell(HEAD_ROWS + 1, 3)
    _advise(book.create_sheet(workbooks.sheet_title(_("How to fill it in"))))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Worksheet, number: int, heading: str, unit: str) -> None:
    for row, text in ((1, heading), (2, unit)):
        cell = sheet.cell(row, number, text or None)
        cell.font, cell.fill, cell.number_format = Font(bold=row == 1), HEAD_FILL, TEXT
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.column_dimensions[get_column_letter(number)].width = workbooks.width(heading)


def _checks(number: int, code: str | None) -> list[DataValidation]:
    """What a spreadsheet holds a column's cells to: answers to choose; days and possible numbers with a question, not a wall."""
    role = PEOPLE[number - 1] if code is None else ""
    chosen = answers.SEXES[page_language()] if role == "sex" else answers.choices(code, page_language()) if code else ()
    if chosen:
        return [DataValidation(type="list", formula1=f'"{",".join(chosen)}"', allow_blank=True, errorStyle="warning", showErrorMessage=True)]
    if role == "exam_date":
        first = (date(1950, 1, 1) - date(1899, 12, 30)).days
        return [_question(DataValidation(type="date", operator="greaterThan", formula1=str(first)), _("Please write the day as 2026-03-02."))]
    indicator = catalogue.load()[code] if code else None
    if indicator is None or indicator.low_plausible is None or indicator.high_plausible is None:
        return []
    span = DataValidation(type="decimal", operator="between", formula1=str(indicator.low_plausible), formula2=str(indicator.high_plausible))
    return [_question(span, _("This is outside of what is possible in this unit. Is it right?"))]


def _question(validation: DataValidation, sentence: str) -> DataValidation:
    validation.allow_blank, validation.errorStyle, validation.showErrorMessage = True, "warning", True
    validation.error = sentence
    return validation


def _format(number: int, code: str | None) -> str:
    if code is None:
        return {"exam_date": DAY, "sex": "General"}.get(PEOPLE[number - 1], TEXT)
    return "General" if catalogue.load()[code].is_numeric else TEXT


def _advise(sheet: Worksheet) -> None:
    lines = (
        _("One row for each person and exam day, from the third row on."),
        _("Employee number and name decide whose results a row holds; both have to agree with the roster."),
        _("Leave a cell empty when something was not examined; a zero is a result."),
        _("The units in the second row hold for their columns. If you measure in another one, write it there."),
        _("Values below or above what can be measured are written with their sign, such as <0.5."),
        _("Columns that you do not need can be removed, others added; what is not recognised is kept as it is written."),
        _("Save as a workbook (xlsx) or as csv, and deliver it as it is."),
    )
    sheet.column_dimensions["A"].width = 90
    for line in lines:
        sheet.append([line])
        sheet.cell(sheet.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")

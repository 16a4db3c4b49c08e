"""Workbooks hold what was given, and nothing that runs."""

import io
from datetime import date

import openpyxl
import pytest

from healthmgmt.core import workbooks


def cells(data: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()]


def test_write_gives_headings_and_rows_with_their_kinds():
    data = workbooks.write(["Name", "Count", "Day", "Nothing"], [["林致远", 12, date(2026, 6, 18), None], ["0012", 1.5, None, ""]])
    found = cells(data)
    assert found[0] == ["Name", "Count", "Day", "Nothing"]
    assert (found[1][0], found[1][1], found[1][2].date(), found[1][3]) == ("林致远", 12, date(2026, 6, 18), None)
    assert found[2][:2] == ["0012", 1.5]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_write_text_that_would_run_stays_a_text(start):
    data = workbooks.write([f"{start}heading"], [[f"{start}1+1"]])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [(cell.data_type, cell.value[0]) for row in sheet.iter_rows() for cell in row] == [("s", "'"), ("s", "'")]


def test_write_signs_that_xml_cannot_hold_hide_no_formula():
    assert cells(workbooks.write(["a"], [["\x00=1+1"], ["b\x0bc"]])) == [["a"], ["'=1+1"], ["bc"]]


def test_write_negative_number_stays_a_number():
    assert cells(workbooks.write(["a"], [[-5]])) == [["a"], [-5]]


def test_write_title_becomes_one_that_a_sheet_may_have():
    data = workbooks.write(["a"], [], title="Due [2026]: A/B, and everything that does not fit")
    assert openpyxl.load_workbook(io.BytesIO(data)).active.title == "Due  2026   A B, and everything"


def test_write_takes_rows_one_by_one():
    assert len(cells(workbooks.write(["n"], ([number] for number in range(3))))) == 4

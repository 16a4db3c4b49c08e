"""Workbooks that people take away."""

import openpyxl
import pytest

from healthmgmt.core.exporting import safe_text, workbook


def read(rows, sheet="待修") -> list[list]:
    with workbook(rows, sheet=sheet) as file:
        book = openpyxl.load_workbook(file)
    assert book.sheetnames == [sheet]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row if cell.value is not None} == {"s"}
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
def test_text_that_a_spreadsheet_would_run_is_quoted(text):
    assert safe_text(text) == f"'{text}"
    assert read([[text]])[0][0].startswith("'")


@pytest.mark.parametrize("text", ["", "5.2", "120/80", "张三", "a=b", "'x"])
def test_ordinary_text_stays_as_it_is(text):
    assert safe_text(text) == text


def test_workbook_keeps_rows_columns_and_characters():
    rows = [["工号", "姓名", "原因"], ["D0001", "", "<b> & \"x\"\n第二行"], ["a\x0bb", "c", ""]]
    assert read(rows) == [["工号", "姓名", "原因"], ["D0001", None, "<b> & \"x\"\n第二行"], ["a\ufffdb", "c", None]]


def test_workbook_of_many_rows_is_whole():
    assert len(read(([str(number), "x"] for number in range(3_000)))) == 3_000

"""Every usual file is read to the same cells; what is no table says why."""

import io
import zipfile

import openpyxl
import pytest

from healthmgmt.people.sheets import Unreadable, open_sheets
from tests.people.rosters import csv_bytes, xlsx_bytes

ROWS = [["E1", "张敏波", "女"], ["E2", "王伟", "男"]]
HEADINGS = ["工号", "姓名", "性别"]
CELLS = [HEADINGS, *ROWS]


def read(data: bytes) -> list[list[list[str]]]:
    return [[cells for _number, cells in sheet.rows] for sheet in open_sheets(data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_any_encoding(encoding):
    assert read(csv_bytes(ROWS, HEADINGS, encoding)) == [CELLS]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_text_with_any_delimiter(delimiter):
    assert read(csv_bytes(ROWS, HEADINGS).replace(b",", delimiter.encode())) == [CELLS]


def test_row_numbers_are_the_sheets_own():
    data = csv_bytes([["E1", "张", "女"], ["", "", ""], ["E2", "王", "男"]], HEADINGS)
    assert [number for number, _cells in next(open_sheets(data)).rows] == [1, 2, 4]
    assert [number for number, _cells in next(open_sheets(xlsx_bytes(ROWS, HEADINGS, above=2))).rows] == [1, 2, 3, 4, 5]


def test_workbook_cells_become_text():
    from datetime import date, datetime

    workbook = openpyxl.Workbook()
    workbook.active["C2"], workbook.active["D2"] = 1234, 1.5
    workbook.active["C3"], workbook.active["D3"] = date(1990, 1, 2), datetime(2020, 2, 29)
    out = io.BytesIO()
    workbook.save(out)
    assert read(out.getvalue()) == [[["", "", "1234", "1.5"], ["", "", "1990-01-02", "2020-02-29"]]]


def far_cell() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active["A1"], workbook.active["XFD1048576"] = "工号", 1
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b'emp_no,name\n"E1,x\n', "malformed"),
        (b"emp_no\n\xff\xff\xff\x81", "encoding"),
        (b"emp\0no,name\n" + b"E1,x\n" * 20, "format"),
        (b"PK\x03\x04 nothing of the kind", "corrupt"),
        (archive(), "corrupt"),
        (xlsx_bytes(ROWS)[:900], "corrupt"),
        (far_cell(), "too-large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 4000, "corrupt"),
    ],
)
def test_what_is_no_table_says_why(data, reason):
    with pytest.raises(Unreadable) as error:
        read(data)
    assert error.value.reason == reason

import datetime
import struct

import openpyxl
import pytest

from healthmgmt.exams import headings, reading
from healthmgmt.exams.reading import FileRefused, Limits
from healthmgmt.exams.reading.sheets import column_index, column_letters
from tests.exams import making
from tests.exams.making import HEADING, ROW

BASE = making.xlsx(HEADING, ROW, ROW)


def opened(data, **limits):
    return reading.open_workbook(data, Limits(**limits), headings.count_known)


def rows_of(data):
    return [row for sheet in opened(data).sheets for row in sheet.read()]


def refusal(data, **limits):
    with pytest.raises(FileRefused) as caught:
        for sheet in opened(data, **limits).sheets:
            list(sheet.read())
    return caught.value.reason, caught.value.received


def test_column_letters_and_back():
    assert [column_letters(index) for index in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert [column_index(letters) for letters in ("A", "Z", "AA", "ZZ", "AAA", "XFD")] == [0, 25, 26, 701, 702, 16383]


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("gb18030", "gb18030"),
    ],
)  # fmt: skip
def test_text_encoding_by_content(encoding, found):
    book = opened(making.text(HEADING, ROW, encoding=encoding))
    assert (book.format, book.encoding) == ("csv", found)
    assert list(book.sheets[0].read()) == [(1, HEADING), (2, ROW)]


@pytest.mark.parametrize(
    ("encoding", "heading"),
    [
        ("cp949", ["사번", "성명", "검진일", "수축기혈압", "이완기혈압"]),
        ("big5hkscs", ["員工編號", "姓名", "檢查日期", "收縮壓", "舒張壓"]),
        ("cp932", ["社員番号", "氏名", "受診日", "収縮期血圧", "拡張期血圧"]),
    ],
)
def test_text_encoding_by_known_headings(encoding, heading):
    row = ["D1", heading[1], "2024-04-08", "120", "80"]
    assert rows_of(making.text(heading, row, encoding=encoding)) == [(1, heading), (2, row)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_delimiter_by_content(delimiter):
    data = making.text(["体检结果"], HEADING, ROW, ROW, delimiter=delimiter)
    assert rows_of(data)[1:] == [(2, HEADING), (3, ROW), (4, ROW)]
    assert opened(data).format == ("tsv" if delimiter == "\t" else "csv")


def test_text_row_numbers_count_records_and_pass_over_blank_ones():
    data = b'a,b\r\n"x\ny",1\r\n\r\n , \r\nz,2\r\n'
    assert rows_of(data) == [(1, ["a", "b"]), (2, ["x\ny", "1"]), (5, ["z", "2"])]


def test_text_faults_of_the_whole_file():
    assert refusal(b"") == ("empty", 0)
    assert refusal(b"\r\n \r\n") == ("empty", 0)
    assert refusal(making.text(HEADING, ROW) + b"\xff\xfe\xfa\x81") == ("encoding", 1)
    assert refusal(making.text(HEADING, ROW) + '"D2,never closed\r\n'.encode() + making.text(ROW)) == ("malformed", 3)
    assert refusal(making.text(HEADING, ["x" * 1_100_000])) == ("too-long", 1)
    assert refusal(making.text(HEADING, ROW), file=20) == ("too-large", 0)


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n" + bytes(60), b"%PDF-1.7\n", b"\x1f\x8b\x08", b"{\\rtf1 x}", b"<?xml version='1.0'?><a/>", bytes(500) + b"x"],
)
def test_other_formats_are_refused(data):
    assert refusal(data) == ("format", 0)


def test_xlsx_cells_become_text():
    moment = datetime.datetime(2024, 4, 8, 8, 30)
    row = ["D1", 5.0, 0.1, 1e-07, True, datetime.date(2024, 4, 8), moment, datetime.time(8, 30), 760101199303131136, "a\nb"]
    assert rows_of(making.xlsx(row))[0][1] == [
        "D1", "5", "0.1", "1e-07", "TRUE", "2024-04-08", "2024-04-08 08:30:00", "08:30:00", "760101199303131136", "a\nb",
    ]  # fmt: skip


def test_xlsx_addresses_are_the_sheets_own():
    def move(book):
        book.active.insert_cols(1)
        book.active.insert_rows(1, 2)

    assert rows_of(making.xlsx(["a", "b"], ["1", "2"], change=move)) == [(3, ["", "a", "b"]), (4, ["", "1", "2"])]


def test_xlsx_calendar_of_1904():
    def shift(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    book = opened(making.xlsx(["日期"], [datetime.date(2024, 4, 8)], change=shift))
    assert (book.is_1904, list(book.sheets[0].read())[1]) == (True, (2, ["2024-04-08"]))


@pytest.mark.parametrize(
    ("shown_as", "text"),
    [("0%", "5.6%"), ("0.00%", "5.6%"), ("0.0%;[Red]-0.0%", "5.6%"), ('0.000"%"', "0.056"), (r"0.000\%", "0.056"), ("General", "0.056"), ("@", "0.056")],
)
def test_percentages_are_read_as_a_spreadsheet_shows_them(shown_as, text):
    def show(book):
        for cell in (book.active["B2"], book.active["C2"], book.active["D2"]):
            cell.number_format = shown_as

    rows = ["a", "b", "c", "d", "e"], ["D1", 0.056, "0.056", None, 0.5]
    assert rows_of(making.xlsx(*rows, change=show))[1] == (2, ["D1", text, "0.056", "", "0.5"])
    assert rows_of(making.xls(["a", "b", "c"], ["D1", 0.056, "0.056"], shown_as=shown_as))[1] == (2, ["D1", text, "0.056"])


def test_percentages_keep_to_their_columns_in_a_sheet_that_begins_late():
    def show(book):
        book.active["B1"].number_format = "0%"
        book.active.insert_cols(1)

    assert rows_of(making.xlsx([0.25, 0.5], [0.25, 0.5], change=show)) == [(1, ["", "0.25", "50%"]), (2, ["", "0.25", "0.5"])]


def test_percentages_of_packed_numbers_in_an_old_file():
    packed = struct.pack("<HHHIHIH", 1, 3, 0, 1 << 2 | 2, 1, 7 << 2 | 3, 4)  # row 2: 1 in D, 0.07 as a percentage in E
    book = making.xls(["a"], ["D1"], more=making.record(0x00BD, packed), shown_as="0%")
    assert rows_of(book)[1] == (2, ["D1", "", "", "1", "7%"])


def test_xlsx_cells_without_a_result():
    data = making.in_sheet(BASE, b'<c r="D2" t="inlineStr"><is><t>120</t></is></c>', b'<c r="D2"><f>60*2</f><v /></c>')
    data = making.in_sheet(data, b'<c r="E2" t="inlineStr"><is><t>80</t></is></c>', b'<c r="E2" t="e"><v>#REF!</v></c>')
    data = making.in_sheet(data, b'<c r="H2" t="inlineStr" />', b'<c r="H2" t="str"><f>A1</f><v></v></c>')
    data = making.in_sheet(data, b'<c r="F3" t="inlineStr"><is><t>5.1</t></is></c>', b'<c r="F3"><f>1+4</f><v>5</v></c>')
    assert opened(data).sheets[0].faults == {(2, 3): "formula", (2, 4): "cell-error"}
    assert rows_of(data)[2][1][5] == "5"


def test_xlsx_faults_with_a_name_prefix():
    prefixed = lambda name, part: (  # noqa: E731
        part.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
        if name == making.FIRST_SHEET
        else part
    )
    data = making.in_sheet(BASE, b'<c r="D2" t="inlineStr"><is><t>120</t></is></c>', b'<c r="D2"><f>60*2</f></c>')
    assert opened(making.repack(data, prefixed)).sheets[0].faults == {(2, 3): "formula"}


@pytest.mark.parametrize("claim", [b"A1:XFD1048576", b"A1:B2"])
def test_xlsx_dimension_is_not_believed(claim):
    assert [number for number, _ in rows_of(making.in_sheet(BASE, b"A1:H3", claim))] == [1, 2, 3]


def test_xlsx_far_cells():
    far = b'<row r="1048576"><c r="XFD1048576"%s</row></sheetData>'
    assert refusal(making.in_sheet(BASE, b"</sheetData>", far % b"><v>1</v></c>")) == ("too-large", 3)
    assert len(rows_of(making.in_sheet(BASE, b"</sheetData>", far % b' s="1"/>'))) == 3


@pytest.mark.parametrize(
    ("data", "reason", "received"),
    [
        (making.repack(BASE, more={"xl/vbaProject.bin": b"x"}), "macro", 2),
        (making.in_sheet(BASE, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'), "xml", 2),
        (making.repack(BASE, more={f"xl/media/{number}.png": b"x" for number in range(1000)}), "too-large", 2),
        (BASE[: len(BASE) // 2], "corrupt", 2),
        (BASE.replace(b"xl/workbook.xml", b"wd/workbook.xml"), "format", 2),
        (making.repack(BASE, lambda name, part: part[:-200] if name == making.FIRST_SHEET else part), "corrupt", 2),
        (making.repack(BASE, lambda name, part: b"x" if name == "xl/workbook.xml" else part), "corrupt", 2),
    ],
    ids=["macro", "doctype", "parts", "half", "word", "cut xml", "broken workbook"],
)
def test_xlsx_hostile_or_broken(data, reason, received):
    assert refusal(data) == (reason, received)


def test_xlsx_encrypted_entries_are_a_password():
    flagged = bytearray(BASE)
    at = flagged.find(b"PK\x01\x02")
    flagged[at + 8] |= 1
    assert refusal(bytes(flagged))[0] == "password"


def test_xlsx_unpacked_size_is_counted_not_believed():
    bomb = making.in_sheet(BASE, b"</sheetData>", b" " * 3_000_000 + b"</sheetData>")
    assert refusal(bomb, unpacked=1_000_000) == ("too-large", 2)
    assert len(rows_of(bomb)) == 3


def test_unpacked_limit_grows_with_the_file_up_to_a_ceiling():
    limits = Limits()
    assert [limits.unpacked_for(packed) for packed in (1000, 10 << 20, 64 << 20)] == [100 << 20, 200 << 20, 1 << 30]


def test_xls_cells_become_text():
    book = opened(making.xls(HEADING, ["D1", "何兰", 45390, 120, 80.5]))
    assert book.format == "xls"
    assert list(book.sheets[0].read()) == [(1, HEADING), (2, ["D1", "何兰", "45390", "120", "80.5", "", "", ""])]


@pytest.mark.parametrize(("rows", "small"), [(1, True), (1, False), (300, False)])
def test_xls_cells_without_a_result(rows, small):
    error = making.record(0x0205, struct.pack("<HHHBB", 1, 5, 0, 7, 1))  # a value: #DIV/0!
    truth = making.record(0x0205, struct.pack("<HHHBB", 1, 6, 0, 1, 0))  # a value: TRUE
    formula = making.record(0x0006, struct.pack("<HHH8sHIH", 1, 3, 0, b"\x02\x00\x2a\x00\x00\x00\xff\xff", 0, 0, 0))
    sheet = opened(making.xls(HEADING, *[ROW[:3]] * rows, more=error + truth + formula, small=small)).sheets[0]
    assert sheet.faults == {(2, 5): "cell-error", (2, 3): "cell-error"}
    assert list(sheet.read())[1][1] == [*ROW[:3], "", "", "", "TRUE", ""]


def test_xls_file_password():
    locked = making.xls(HEADING, ROW, more=making.record(0x002F, bytes(54)))
    assert refusal(locked) == ("password", 0)


def test_xls_hostile_or_broken():
    assert refusal(making.xls(HEADING, entries=("EncryptedPackage",))) == ("password", 0)
    assert refusal(making.xls(HEADING, entries=("_VBA_PROJECT_CUR",))) == ("macro", 0)
    assert refusal(making.xls(HEADING, ROW)[:2000]) == ("corrupt", 0)


def test_html_table_under_any_name():
    cells = "".join(f"<td>{text}</td>" for text in ROW)
    page = (
        "<html><style>td{}</style><table><tr><th colspan=8>体检&amp;结果</th></tr><tr>"
        + "".join(f"<th>{text}</th>" for text in HEADING)
        + f"</tr><tr>{cells}</tr></table><script>var x='<table>';</script></html>"
    )
    book = opened(page.encode("gb18030"))
    assert (book.format, book.encoding) == ("html", "gb18030")
    assert list(book.sheets[0].read()) == [(1, ["体检&结果"] + [""] * 7), (2, HEADING), (3, ROW)]


def test_html_spans_keep_columns_in_place():
    page = "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d<td>e</table>"
    assert rows_of(page.encode()) == [(1, ["a", "b"]), (2, ["", "c"]), (3, ["d", "e"])]
    assert refusal(b"<html><p>no table</html>") == ("format", 0)
    assert refusal(b"<table>" * 201 + b"<tr><td>x") == ("too-large", 0)


def test_delimiter_is_the_one_that_cuts_the_headings():
    lines = ["工号|体检日期|收缩压|备注", "D1|2024-04-08|120|a\tb", "D2|2024-04-08|a\tb", "D3|2024-04-08|a\tb"]
    found = making.read("\n".join(lines).encode())
    assert [column["heading"] for column in found.layout["columns"]] == ["工号", "体检日期", "收缩压", "备注"]

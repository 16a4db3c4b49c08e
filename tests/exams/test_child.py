import csv
import gzip
import io
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.exams import child
from tests.exams import making
from tests.exams.making import BAD_FILES, HEADING, ROW

PEOPLE = {"unknown-employee", "name-mismatch", "duplicate", "conflict", "inactive", "scope", "ambiguous-employee"}
MANIFEST = list(csv.DictReader((BAD_FILES / "manifest.csv").read_text(encoding="utf-8").splitlines()))
CODES = {
    "height_cm": "height", "weight_kg": "weight", "waist_cm": "waist", "glucose": "fpg", "urine_protein": "u_pro",
}  # fmt: skip


def test_bad_files_are_all_here():
    assert len(MANIFEST) == 17
    assert [entry["file"] for entry in MANIFEST if not (BAD_FILES / entry["file"]).is_file()] == []


@pytest.mark.parametrize("entry", MANIFEST, ids=[entry["file"] for entry in MANIFEST])
def test_bad_file_gives_what_its_manifest_says(entry):
    """All but what needs the roster: persons who are unknown or have two results on one day."""
    found = making.read((BAD_FILES / entry["file"]).read_bytes())
    good, bad = int(entry["good"]), int(entry["bad"])
    assert found.received == good + bad
    if entry["expected"] == "reject-file":
        assert (found.reason, found.rows) == (entry["reason"], [])
        return
    assert found.reason is None
    needs_roster = {"b08_people.xlsx": {6}, "b09_conflict.xlsx": {1, 9}}.get(entry["file"], set())
    expected = {int(number) for number in entry["bad_rows"].split()} - needs_roster
    assert {number for number, _, _ in found.problems} == expected
    if entry["reason"] not in PEOPLE | {""}:
        assert entry["reason"] in {reason for _, _, reason in found.problems}
    for number, name, value in json.loads(entry["values"] or "[]"):
        assert stored(found.rows[number - 1], name) == value


def stored(row, name):
    """A field as the manifest writes it."""
    if name in row:
        return row[name]
    if name == "remark":
        return row["other"].get(name)
    code = CODES.get(name, name)
    value = row["values"].get(code)
    return f"{row['qualifiers'][code]}{value}" if code in row["qualifiers"] else value


def hiding(*names):
    """A change that hides sheets of a workbook."""

    def hide(book):
        for name in names:
            book[name].sheet_state = "hidden"

    return hide


def test_hidden_sheet_of_the_same_heading_is_read():
    found = making.read(making.xlsx(sheets={"一": [HEADING, ROW], "二": [HEADING, ROW]}, change=hiding("二")))
    assert (found.reason, found.received, found.layout["sheets"]) == (None, 2, ["一", "二"])


def test_hidden_sheet_of_another_heading_is_not_a_second_table():
    help_sheet = [["工号", "总胆固醇"], ["E9", "5.1"]]
    found = making.read(making.xlsx(sheets={"一": [HEADING, ROW], "二": help_sheet}, change=hiding("二")))
    assert (found.reason, found.received, found.layout["sheets"]) == (None, 1, ["一"])


def test_hidden_and_filtered_rows_are_rows():
    def hide(book):
        book.active.row_dimensions[3].hidden = True
        book.active.auto_filter.ref = "A1:D4"

    assert making.read(making.xlsx(HEADING, ROW, ROW, ROW, change=hide)).received == 3


def test_frames_begin_with_the_layout_and_end_once():
    found = making.read(making.xlsx(HEADING, ROW))
    assert [frame["kind"] for frame in found.frames] == ["layout", "rows", "end"]
    assert {key: found.layout[key] for key in ("format", "encoding", "date_order", "is_1904", "sheets", "header_rows")} == {
        "format": "xlsx", "encoding": None, "date_order": "", "is_1904": False, "sheets": ["体检"], "header_rows": [1],
    }  # fmt: skip


def test_rows_are_numbered_under_the_heading_and_keep_the_sheets_own_number():
    found = making.read(making.text(["标题"], HEADING, ROW, [""] * 8, ROW))
    assert [(row["number"], row["sheet_row"]) for row in found.rows] == [(1, 3), (2, 5)]


def test_blocks_join_without_a_seam():
    rows = [[f"D{at}", *ROW[1:]] for at in range(child.BLOCK_ROWS * 2 + 1)]
    found = making.read(making.text(HEADING, *rows))
    assert [frame["kind"] for frame in found.frames] == ["layout", "rows", "rows", "rows", "end"]
    assert [row["emp_no"] for row in found.rows] == [row[0] for row in rows]
    assert found.received == found.rows[-1]["number"] == len(rows)


def test_sheets_with_one_heading_are_read_one_after_another():
    found = making.read(making.xlsx(sheets={"一": [HEADING, ROW], "说明": [["请勿改动"]], "二": [["题"], HEADING, ROW], "空": []}))
    assert [(row["number"], row["sheet"], row["sheet_row"]) for row in found.rows] == [(1, "一", 2), (2, "二", 3)]


def test_sheets_with_different_headings_are_refused():
    found = making.read(making.xlsx(sheets={"一": [HEADING, ROW], "二": [[*HEADING[:-1], "其他"], ROW, ROW]}))
    assert (found.reason, found.received, found.rows) == ("several-sheets", 3, [])


def test_an_empty_form_beside_a_filled_sheet_is_no_second_table():
    found = making.read(making.xlsx(sheets={"模板": [[*HEADING, "其他"]], "数据": [HEADING, ROW]}))
    assert (found.reason, found.received) == (None, 1)


def test_repeated_headings_totals_and_notes_are_no_rows():
    found = making.read(making.xlsx(HEADING, ROW, HEADING, ROW, ["合计", 2], ["注：空腹采血"]))
    assert [(row["number"], row["sheet_row"]) for row in found.rows] == [(1, 2), (2, 4)]
    assert found.received == 2


def test_titles_above_a_repeated_heading_are_no_rows_and_others_like_them_wait():
    found = making.read(making.xlsx(HEADING, ROW, ["二分厂"], ["体检 2026"], HEADING, ROW, ["A17"], HEADING, ["三分厂"], ROW, ["无姓名"]))
    assert [row["sheet_row"] for row in found.rows] == [2, 6, 7, 9, 10, 11]
    assert found.received == 6


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
@pytest.mark.parametrize("shield", ["'{}", '="{}"'])
def test_texts_shielded_from_becoming_numbers_say_the_same(shield, codec):
    shielded = [ROW[1] if at == 1 else shield.format(text) if text.strip("-") else text for at, text in enumerate(ROW)]
    plain, kept = (making.read(making.text(HEADING, row).decode().encode(codec)).rows[0] for row in (ROW, shielded))
    assert (kept["problems"], kept["values"]) == ([], plain["values"])
    assert (kept["emp_no"], kept["exam_date"]) == (plain["emp_no"], plain["exam_date"])


@pytest.mark.parametrize(("first", "received"), [("平均值", 1), ("Mean:", 1), ("合计", 1), ("E2", 2), ("Max Li", 2)])
def test_rows_that_sum_up_all_columns_are_no_rows(first, received):
    width = len(HEADING)
    summary = [first, *([""] * 2), *([120] * (width - 3))]
    assert HEADING[2] == "体检日期"
    assert making.read(making.xlsx(HEADING, ROW, summary)).received == received


@pytest.mark.parametrize(
    ("data", "reason", "received"),
    [
        (making.text(HEADING), "no-rows", 0),
        (making.text(["a", "b"], ["1", "2"]), "header", 1),
        (making.text(["姓名", "身高"], ["x", "170"], ["y", "171"]), "missing-column", 2),
        (making.text([*HEADING, "TC"], [*ROW, "5"]), "duplicate-heading", 1),
        (making.xlsx(), "empty", 0),
    ],
    ids=["no-rows", "header", "missing-column", "duplicate-heading", "empty"],
)
def test_files_that_are_refused(data, reason, received):
    found = making.read(data)
    assert (found.reason, found.received) == (reason, received)


UNNAMED = ["人员识别码", "姓名", "体检日期", "身高", "小结", "空"]


def told(data, **options):
    """What a refusal tells of its columns: heading, letter and row, what it was taken for, what its cells are like."""
    last = making.read(data, **options).frames[-1]
    return [(one["heading"], one["cell"], one["code"] or one["role"], kind) for one, kind in zip(last["columns"], last["kinds"], strict=True)]


def test_file_without_a_person_tells_its_columns_and_what_they_are_like():
    data = making.text(["标题"], UNNAMED, ["8", "何兰", "2024-04-08", "170", "未见异常", ""], ["9", "张敏", "2024-04-09", "未测", "2", ""])
    assert told(data) == [
        ("人员识别码", "A2", "other", "numbers"), ("姓名", "B2", "name", "words"), ("体检日期", "C2", "exam_date", "dates"),
        ("身高", "D2", "height", "words"), ("小结", "E2", "other", "words"), ("空", "F2", "other", "empty"),
    ]  # fmt: skip
    assert "何兰" not in json.dumps(making.read(data).frames, ensure_ascii=False)


def test_other_refusals_tell_no_columns():
    last = making.read(making.text([*HEADING, "TC"], [*ROW, "5"])).frames[-1]
    assert last == {"kind": "refused", "reason": "duplicate-heading", "received": 1}


@pytest.mark.parametrize("cell", ["2024-04-08", "5.1", "760101199303130988", "偶尔"])
def test_row_that_may_be_data_is_not_told_as_a_heading(cell):
    """The words of a person without a heading over them look like known names."""
    found = making.read(making.text(["何兰", "高血压", "糖尿病", cell], ["张敏", "无", "无", "x"]))
    assert found.frames[-1] == {"kind": "refused", "reason": "missing-column", "received": 1}


def test_columns_with_one_known_name_are_not_told():
    assert "columns" not in making.read(making.text(["甲", "乙", "身高"], ["何兰", "x", "170"])).frames[-1]


def test_file_that_was_refused_is_read_with_the_answer():
    data = making.text(UNNAMED, ["D1", "何兰", "2024-04-08", "170", "", ""])
    columns = making.read(data).frames[-1]["columns"]
    found = making.read(data, layout={"columns": [columns[0] | {"role": "emp_no"}]})
    assert (found.reason, found.rows[0]["emp_no"], found.rows[0]["values"]) == (None, "D1", {"height": 170})


def test_limits_of_rows_and_columns():
    data = making.text(HEADING, *[ROW] * 12)
    assert making.read(data, limits={"rows": 12}).received == 12
    over = making.read(data, limits={"rows": 11})
    assert (over.reason, over.received) == ("too-large", 12)
    assert making.read(data, limits={"columns": 5}).reason == "too-large"


def test_a_layout_that_was_agreed_on_is_used():
    data = making.text(["工号", "体检日期", "胆固醇结果"], ["D1", "2024-04-08", "190"])
    layout = making.read(data).layout
    assert layout["columns"][2]["role"] == "other"
    layout["columns"][2] |= {"role": "indicator", "code": "tc", "unit": "mg/dL"}
    row = making.read(data, layout=layout).rows[0]
    assert (row["values"], row["reported"], row["other"]) == ({"tc": 4.9134}, {"tc": [190, "mg/dL"]}, {})


HEALTHCHECK = {
    "height": "身高(cm)", "weight": "体重(kg)", "BMI": "体重指数(kg/m2)", "SBP": "收缩压(mm[Hg])", "DBP": "舒张压(mm[Hg])",
    "FPG": "空腹血糖(mmol/L)", "Cholesterol": "总胆固醇(mmol/L)", "Triglyceride": "甘油三酯(mmol/L)",
    "HDL": "高密度脂蛋白胆固醇(mmol/L)", "LDL": "低密度脂蛋白胆固醇(mmol/L)", "ALT": "丙氨酸氨基转移酶(U/L)",
    "AST": "天门冬氨酸氨基转移酶(U/L)", "BUN": "尿素(mmol/L)", "CCR": "肌酐(umol/L)",
}  # fmt: skip


def test_healthcheck_rows_wait_for_range_and_order_only(shared):
    source = shared / "data" / "cn_healthcheck_2018" / "cn_healthcheck_part1.csv.gz"
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["工号", "性别", "年龄", "体检日期", *HEALTHCHECK.values()])
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            sex = "男" if row["Gender"] == "1" else "女"
            writer.writerow([f"E{number}", sex, row["Age"], "2018-06-01", *(row[column] for column in HEALTHCHECK)])
    waiting, reasons, received = 0, set(), 0
    for frame in child.frames(text.getvalue().encode(), {"today": "2024-05-01"}):
        received = frame.get("received", 0)
        for row in making.rows_of(frame):
            if row[-1] != "[]":
                waiting += 1
                reasons.update(re.findall(r'"reason": "([^"]+)"', row[-1]))
    assert (received, waiting) == (169_467, 788)
    assert reasons <= {"range", "order"}


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_end_in_one_last_frame(data):
    frames = list(child.frames(data, {"today": making.TODAY}))
    assert [frame["kind"] for frame in frames if frame["kind"] in ("end", "refused")] == [frames[-1]["kind"]]


def test_rows_that_were_stored_before_are_passed_over_and_change_nothing_of_the_rest(monkeypatch):
    """Wherever an earlier run stopped, also between sheets: what columns suggest is counted over all rows all the same."""
    monkeypatch.setattr(child, "BLOCK_ROWS", 2)
    heading = [*HEADING[:5], "总胆固醇", "血糖(mmol/L)"]
    rows = [[f"D{at:04}", "何兰", "2024-04-08", 120, 80, 190 + at, 0] for at in range(10)]
    data = making.xlsx(sheets={"一": [heading, *rows[:5]], "二": [heading, *rows[5:]]})
    options = {"name": "file", "today": making.TODAY}
    whole = list(child.frames(data, options))
    assert {(one["kind"], one["count"]) for one in whole[-1]["proposals"]} == {("unit", 10), ("zeros", 10)}
    stored = 0
    for at, frame in enumerate(whole):
        if frame["kind"] == "rows":
            stored += frame["count"]
            resumed = list(child.frames(data, options | {"stored": {"rows": stored, "hints": frame["hints"]}}))
            passed = [one for one in resumed if one["kind"] == "passed"]
            assert sum(one["count"] for one in passed) == stored
            # A text that comes again may be counted as another one: what is made of it is the same.
            assert _without_hints(resumed) == [whole[0], *passed, *_without_hints(whole[at + 1 :])]


def _without_hints(frames: list[dict]) -> list[dict]:
    return [{key: value for key, value in frame.items() if key != "hints"} for frame in frames]

"""Files with one row a result: the same exams come out as of a file with one row an exam."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.exams import cleaning
from healthmgmt.exams.cleaning import FIELDS, Options
from healthmgmt.exams.recognising import Layout
from healthmgmt.records import catalogue
from tests.exams import making

HEADING = ["工号", "姓名", "体检日期", "项目名称", "结果", "单位", "参考范围"]
LAN, BO = ["D0001", "何兰", "2024-04-08"], ["D0002", "张敏波", "2024-04-09"]


def read(*rows, heading=HEADING, **options):
    return making.read(making.text(heading, *rows, delimiter="|"), **options)


def test_one_row_a_person_and_day():
    found = read(
        [*LAN, "总胆固醇", "5.1", "mmol/L", "<5.2"], [*LAN, "血压", "120/80", "mmHg", ""], [*LAN, "尿蛋白", "±", "", "阴性"],
        [*BO, "总胆固醇", "4.2", "mmol/L", "<5.2"], [*LAN, "腹部彩超", "脂肪肝", "", ""],
    )  # fmt: skip
    assert (found.received, found.layout["form"], found.layout["source"]) == (2, "long", HEADING)
    lan, bo = found.rows
    assert (lan["number"], lan["sheet_row"], lan["emp_no"], lan["name"], lan["exam_date"]) == (1, 2, "D0001", "何兰", "2024-04-08")
    assert lan["values"] == {"tc": 5.1, "sbp": 120, "dbp": 80, "u_pro": 0.5, "finding:watch": 1}
    assert (lan["ranges"], lan["texts"]) == ({"tc": [None, 5.2]}, {"u_pro": "±", "abd_us": "脂肪肝"})
    assert (bo["number"], bo["sheet_row"], bo["values"], found.problems) == (2, 5, {"tc": 4.2}, [])


def test_people_are_put_together_from_all_over_the_file():
    rows = [[f"D{at}", "x", "2024-04-08", item, value, "", ""] for item, value in (("身高", 170), ("体重", 65)) for at in range(5000)]
    found = read(*rows, ["D17", "x", "2024-04-09", "身高", 171, "", ""])
    assert found.received == 5001
    assert {json.dumps(row["values"]) for row in found.rows[:5000]} == {'{"height": 170, "weight": 65}'}
    assert [(row["emp_no"], row["exam_date"], row["sheet_row"]) for row in found.rows[-1:]] == [("D17", "2024-04-09", 10_002)]


def test_units_are_each_results_own():
    found = read([*LAN, "总胆固醇", "190", "mg/dL", "<200"], [*BO, "总胆固醇", "4.9", "mmol/L", "<5.2"], ["D3", "x", "2024-04-08", "总胆固醇", "5", "kg", ""])
    assert [row["values"] for row in found.rows] == [{"tc": 4.9134}, {"tc": 4.9}, {}]
    assert (found.rows[0]["reported"], found.rows[0]["ranges"]) == ({"tc": [190, "mg/dL"]}, {"tc": [None, 5.172]})
    assert found.problems == [(3, "E4", "unit")]


@pytest.mark.parametrize("unit", ["单位/100", "xyz"])
def test_an_unknown_unit_is_not_taken_for_the_usual_one(unit):
    assert read([*LAN, "总胆固醇", "5", unit, ""]).problems == [(1, "E2", "unit")]


def test_problems_name_the_cell_of_the_result():
    found = read([*LAN, "总胆固醇", "5.1", "", ""], [*BO, "身高", "170", "", ""], [*LAN, "身高", "17", "", ""], [*LAN, "收缩压", "80", "", ""], [*LAN, "舒张压", "90", "", ""])
    assert found.problems == [(1, "E4", "range"), (1, "E6", "order")]
    assert [problem["column"] for problem in found.rows[0]["problems"]] == ["身高", "舒张压"]
    assert found.rows[0]["values"] == {"tc": 5.1}


@pytest.mark.parametrize(("first", "second"), [("5.1", "5.6"), ("5.1", "<5.1"), ("5.1", "未查x")])
def test_two_results_of_an_item_that_differ_are_no_result(first, second):
    found = read([*LAN, "总胆固醇", first, "", ""], [*LAN, "身高", "170", "", ""], [*LAN, "总胆固醇", second, "", ""])
    assert (found.problems, found.rows[0]["values"]) == ([(1, "E4", "conflict")], {"height": 170})


@pytest.mark.parametrize(("item", "first", "second", "value"), [("总胆固醇", "5.1", "5.10", {"tc": 5.1}), ("尿蛋白", "-", "阴性", {"u_pro": 0})])
def test_the_same_result_twice_is_one(item, first, second, value):
    found = read([*LAN, item, first, "", ""], [*LAN, item, second, "", ""])
    assert (found.problems, found.rows[0]["values"]) == ([], value)


def test_a_pair_of_pressures_and_one_of_them_that_differ_are_no_result():
    found = read([*LAN, "血压", "120/80", "mmHg", ""], [*LAN, "收缩压", "130", "mmHg", ""])
    assert (found.problems, found.rows[0]["values"]) == ([(1, "E3", "conflict")], {"dbp": 80})


def test_two_grades_that_differ_are_no_trace():
    found = read([*LAN, "尿蛋白", "-", "", ""], [*LAN, "尿蛋白", "+", "", ""])
    assert (found.problems, found.rows[0]["values"]) == ([(1, "E3", "conflict")], {})


def test_two_results_in_two_units_or_under_two_names_are_compared():
    found = read([*LAN, "总胆固醇", "5.1", "mmol/L", ""], [*LAN, "总胆固醇", "190", "mg/dL", ""], [*LAN, "空腹血糖", "5", "mmol/L", ""], [*LAN, "血糖", "6", "mmol/L", ""])
    assert found.rows[0]["values"] == found.rows[0]["reported"] == {}
    assert found.problems == [(1, "E5", "conflict"), (1, "E3", "conflict")]


def test_texts_of_one_item_are_told_one_after_the_other():
    found = read([*LAN, "腹部彩超", "脂肪肝", "", ""], [*LAN, "腹部B超", "胆囊息肉", "", ""])
    assert found.rows[0]["texts"] == {"abd_us": "脂肪肝；胆囊息肉"}
    assert [one["code"] for one in found.rows[0]["findings"]] == ["fatty_liver", "polyp"]


def test_the_section_or_specimen_decides_a_shared_name():
    heading = ["工号", "体检日期", "项目组合", "标本", "检验项目", "结果", "单位"]
    rows = [["尿常规", "", "GLU", "-", ""], ["生化", "", "GLU", "5.1", ""], ["检验", "尿液", "WBC", "+", ""], ["检验", "全血", "WBC", "5.6", "10^9/L"], ["", "", "粪便", "-", ""]]
    found = read(*(["D1", "2024-04-08", *row] for row in rows), heading=heading)
    assert found.rows[0]["values"] == {"u_glu": 0, "fpg": 5.1, "u_leu": 1, "wbc": 5.6}
    assert found.rows[0]["other"] == {"粪便": "-"}


def test_unknown_items_are_kept_as_they_are_written():
    found = read([*LAN, "身高", "170", "", ""], [*LAN, "足底压力", "3.2", "kPa", "1-5"], [*LAN, "性别", "女", "", ""])
    assert (found.rows[0]["other"], found.rows[0]["sex"]) == ({"足底压力(kPa)": "3.2", "性别": "女"}, "")


def test_person_cells_that_stand_once_for_a_block():
    blank = ["", "", ""]
    found = read(
        [*LAN, "身高", "170", "", ""], [*blank, "体重", "65", "", ""], [*blank, "总胆固醇", "5", "", ""],
        [*BO, "身高", "171", "", ""], [*blank, "体重", "66", "", ""], ["", "", "2023-04-09", "体重", "67", "", ""], [*blank, "身高", "172", "", ""],
    )  # fmt: skip
    assert [(row["emp_no"], row["exam_date"], row["values"]) for row in found.rows] == [
        ("D0001", "2024-04-08", {"height": 170, "weight": 65, "tc": 5}), ("D0002", "2024-04-09", {"height": 171, "weight": 66}),
        ("D0002", "2023-04-09", {"weight": 67, "height": 172}),
    ]  # fmt: skip


def test_a_row_without_a_person_in_a_sheet_that_names_each_is_nobodys():
    found = read([*LAN, "身高", "170", "", ""], [*LAN, "体重", "65", "", ""], ["", "", "2024-04-08", "总胆固醇", "5", "", ""], [*BO, "身高", "171", "", ""])
    assert [(row["emp_no"], row["values"]) for row in found.rows] == [
        ("D0001", {"height": 170, "weight": 65}), ("", {"tc": 5}), ("D0002", {"height": 171}),
    ]  # fmt: skip
    single = read([*LAN, "身高", "170", "", ""], [*BO, "身高", "171", "", ""], ["", "", "", "体重", "65", "", ""])
    assert [row["emp_no"] for row in single.rows] == ["D0001", "D0002", ""]


def test_names_and_numbers_that_contradict_each_other_wait():
    found = read([*LAN, "身高", "170", "", ""], ["D0001", "何岚", "2024-04-08", "体重", "65", "", ""])
    assert (found.received, found.problems) == (1, [(1, "B3", "name-mismatch")])


def test_days_are_one_whatever_the_time():
    found = read(["D1", "x", "2024-04-08 08:31", "身高", "170", "", ""], ["D1", "x", "2024/4/8", "体重", "65", "", ""], ["D1", "x", "", "腰围", "80", "", ""])
    assert [(row["exam_date"], row["values"]) for row in found.rows] == [("2024-04-08", {"height": 170, "weight": 65}), (None, {"waist": 80})]
    assert found.problems == [(2, "C4", "date")]


@pytest.mark.parametrize(
    ("heading", "item", "unit"),
    [
        (["employee_id", "exam date", "test name", "value", "units", "reference range", "flag"], "Total cholesterol", "mg/dL"),
        (["사번", "검진일", "검사항목", "결과", "단위", "참고치", "판정"], "총콜레스테롤", "mg/dL"),
        (["社員番号", "受診日", "検査項目", "検査値", "単位", "基準値", "判定"], "総コレステロール", "mg/dL"),
        (["员工编号", "检查日期", "小项名称", "检查结果", "计量单位", "参考区间", "提示"], "TCHO", "mg/dL"),
    ],
)  # fmt: skip
def test_headings_of_four_languages(heading, item, unit):
    found = read(["D1", "2024-04-08", item, "190", unit, "<200", "H"], heading=heading)
    assert (found.rows[0]["values"], found.rows[0]["ranges"], found.rows[0]["other"]) == ({"tc": 4.9134}, {"tc": [None, 5.172]}, {})


def test_limits_in_two_columns_and_items_by_code():
    heading = ["工号", "体检日期", "项目代码", "项目名称", "结果", "下限", "上限"]
    found = read(["D1", "2024-04-08", "ALT", "某某转氨酶法", "20", "9", "50"], ["D1", "2024-04-08", catalogue.load()["tc"].loinc, "", "5", "", "5.2"], ["D1", "2024-04-08", "X9", "身高", "170", "", ""], heading=heading)
    assert found.rows[0]["values"] == {"alt": 20, "tc": 5, "height": 170}
    assert found.rows[0]["ranges"] == {"alt": [9, 50], "tc": [None, 5.2]}


def test_the_workplace_is_no_unit_and_a_package_is_no_item():
    found = read(["D1", "2024-04-08", "一车间", "身高", "170"], heading=["工号", "体检日期", "单位", "项目", "结果"])
    assert (found.rows[0]["dept"], found.rows[0]["values"]) == ("一车间", {"height": 170})
    wide = read(["D1", "2024-04-08", "入职体检", "合格"], heading=["工号", "体检日期", "项目", "结果"])
    assert (wide.layout["form"], wide.rows[0]["other"]) == ("wide", {"项目": "入职体检", "结果": "合格"})
    mixed = read(["D1", "2024-04-08", "身高", "合格", "170"], heading=["工号", "体检日期", "项目", "结果", "身高"])
    assert mixed.layout["form"] == "wide"


def test_sheets_are_put_together_and_name_each_other():
    book = making.xlsx(sheets={"一": [HEADING, [*LAN, "身高", "170", "", ""]], "二": [HEADING, [*BO, "身高", "17", "", ""], [*LAN, "体重", "6500", "", ""]]})
    found = making.read(book)
    assert [(row["sheet"], row["sheet_row"], row["emp_no"]) for row in found.rows] == [("一", 2, "D0001"), ("二", 2, "D0002")]
    assert found.problems == [(1, "二!E3", "range"), (2, "E2", "range")]


def test_merged_person_cells_and_results_without_value_in_a_workbook():
    def merge(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("B2:B3")
        book.active.merge_cells("C2:C3")
        book.active["E4"] = "=1+1"

    rows = [*LAN, "身高", 170, "cm", ""], [None, None, None, "体重", 65, "kg", ""], [*BO, "身高", 1, "cm", ""], [None, None, None, "体重", 65, "kg", ""]
    found = making.read(making.xlsx(HEADING, *rows, change=merge))
    assert [row["values"] for row in found.rows] == [{"height": 170, "weight": 65}, {"weight": 65}]
    assert found.problems == [(2, "E4", "formula")]


def test_a_cut_row_is_not_read():
    found = read([*LAN, "身高", "170", "", ""], [*LAN, "体重", "65"])
    assert (found.problems, found.rows[0]["values"]) == ([(1, "E3", "columns")], {"height": 170})


def test_cells_keep_their_places():
    found = read([*BO, "身高", "171", "", ""], [*LAN, "体重", "65", "kg", "50-70"], [*LAN, "身高", "17", "", ""])
    row = found.rows[1]
    assert [column["heading"] for column in found.layout["columns"]] == ["工号", "姓名", "体检日期", "身高", "体重(kg)", "参考范围"]
    assert (row["raw"], row["places"]) == (["D0001", "何兰", "2024-04-08", "17", "65", "50-70"], dict(zip("01234", ["A3", "B3", "C3", "E4", "E3"])))
    again = cleaning.clean_again(Layout.from_json(found.layout), Options(date(2024, 5, 1)), "", (3, [*row["raw"][:4], "6500", ""]), 2, row["places"])
    assert [problem["cell"] for problem in json.loads(dict(zip(FIELDS, again))["problems"])] == ["E4", "E3"]


def test_what_was_agreed_on_an_item_holds():
    data = making.text(HEADING, [*LAN, "身高", "170", "", ""], [*LAN, "胆固醇结果", "190", "", ""])
    layout = making.read(data).layout
    assert layout["columns"][4]["role"] == "other"
    layout["columns"][4] |= {"role": "indicator", "code": "tc", "unit": "mg/dL"}
    assert making.read(data, layout=layout).rows[0]["values"] == {"height": 170, "tc": 4.9134}


def test_files_that_are_refused():
    assert read(["何兰", "2024-04-08", "身高", "170"], heading=["姓名", "体检日期", "项目", "结果"]).reason == "missing-column"
    assert read(["何兰", "D1", "身高", "170"], heading=["姓名", "工号", "项目", "结果"]).reason == "missing-column"
    over = read(*([*LAN, "身高", "170", "", ""] for _ in range(5)), limits={"results": 4})
    assert (over.reason, over.rows) == ("too-large", [])


UNNAMED = ["人员识别码", "姓名", "检查时点", "项目名称", "结果", "单位"]
RESULTS = [["D1", "何兰", "2024-04-08", "身高", "170", "cm"], ["D1", "何兰", "2024-04-08", "总胆固醇", "5.1", "mmol/L"]]


def test_refused_sheet_tells_the_columns_beside_its_results():
    last = read(*RESULTS, heading=UNNAMED).frames[-1]
    columns = [(one["heading"], one["cell"], one["role"], kind) for one, kind in zip(last["columns"], last["kinds"], strict=True)]
    assert columns == [("人员识别码", "A1", "other", "words"), ("姓名", "B1", "name", "words"), ("检查时点", "C1", "other", "dates")]
    assert last["received"] == 2


def test_refused_sheet_is_read_with_what_people_said_of_its_columns():
    columns = read(*RESULTS, heading=UNNAMED).frames[-1]["columns"]
    answers = {"columns": [columns[0] | {"role": "emp_no"}, columns[2] | {"role": "exam_date"}]}
    found = read(*RESULTS, heading=UNNAMED, layout=answers)
    assert (found.reason, found.received) == (None, 1)
    assert (found.rows[0]["emp_no"], found.rows[0]["exam_date"], found.rows[0]["values"]) == ("D1", "2024-04-08", {"height": 170, "tc": 5.1})


def test_column_beside_the_results_is_no_item_whatever_was_said_of_wide_files():
    said = {"index": 3, "heading": "体检机构x", "cell": "D1", "role": "indicator", "code": "tc", "unit": "mmol/L"}
    found = read([*LAN, "5", "身高", "170"], heading=["工号", "姓名", "体检日期", "体检机构x", "项目", "结果"], layout={"columns": [said]})
    assert (found.rows[0]["values"], found.rows[0]["other"]) == ({"height": 170}, {"体检机构x": "5"})


ITEMS = st.sampled_from(["总胆固醇", "身高", "尿蛋白", "腹部彩超", "足底压力", "收缩压", "舒张压", "GLU", "WBC", ""])
TEXTS = st.sampled_from(["5.1", "170", "-", "+", "未查", "190", "脂肪肝", "", "<0.5", "5.1 5.2", "x"])
UNITS = st.sampled_from(["", "mmol/L", "mg/dL", "cm", "kg", "xyz"])
WHO = st.sampled_from([LAN, BO, ["D0003", "何兰", "2024-04-08"], ["", "", ""], ["D0001", "", ""]])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(WHO, ITEMS, TEXTS, UNITS), min_size=1, max_size=25))
def test_every_result_is_a_value_a_text_or_a_problem(rows):
    """Nothing is lost and nothing is somebody else's: every text stands in a raw row of its own person."""
    found = read([*LAN, "身高", "170", "", ""], *([*who, item, text, unit, ""] for who, item, text, unit in rows))
    assert [row["number"] for row in found.rows] == list(range(1, found.received + 1))
    for who, _item, text, _unit in rows:
        assert any(text in (cell or "") for row in found.rows for cell in row["raw"] if not who[0] or row["emp_no"] == who[0])
    for row in found.rows:
        assert {problem["code"] for problem in row["problems"]}.isdisjoint(row["values"])

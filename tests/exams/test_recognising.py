import json

import pytest

from healthmgmt.exams import recognising
from healthmgmt.exams.reading import FileRefused
from healthmgmt.exams.recognising import Layout

PERSON = ["工号", "体检日期"]
WHO = ["D1", "2024-04-08"]


def layout(*rows, known=None):
    return recognising.recognise(list(enumerate(rows, start=1)), known)


def roles(*rows):
    return [column.code or column.role for column in layout(*rows).columns]


def refusal(*rows):
    with pytest.raises(FileRefused) as caught:
        layout(*rows)
    return caught.value.reason


def test_recognise_a_plain_heading():
    found = layout(["工号", "姓名", "部门", "体检日期", "总胆固醇(mg/dL)", "尿蛋白", "备注", "体检编号"], ["D1"])
    assert [(column.role, column.code, column.unit, column.unit_stated) for column in found.columns] == [
        ("emp_no", None, None, False), ("name", None, None, False), ("dept", None, None, False),
        ("exam_date", None, None, False), ("indicator", "tc", "mg/dL", True), ("indicator", "u_pro", "{ordinal}", False),
        ("remark", None, None, False), ("other", None, None, False),
    ]  # fmt: skip
    assert [column.cell for column in found.columns[:2]] == ["A1", "B1"]


def test_recognise_below_titles():
    found = layout(["某公司2024年度体检结果"], ["体检单位", "某医院"], [*PERSON, "身高"], WHO)
    assert (found.header_rows, found.columns[0].cell) == ([3], "A3")


def test_recognise_two_heading_rows():
    rows = ["工号", "体检日期", "血压", "", "尿常规", "", "生化", ""], ["", "", "收缩压", "舒张压", "GLU", "白细胞", "GLU", "肌酐"]
    found = layout(*rows, [*WHO, "120", "80", "-", "-", "5.1", "80"])
    assert found.header_rows == [1, 2]
    assert [column.code or column.role for column in found.columns] == [
        "emp_no", "exam_date", "sbp", "dbp", "u_glu", "u_leu", "fpg", "creatinine",
    ]  # fmt: skip


def test_recognise_joins_halves_of_a_name():
    assert roles(["工号", "体检日期", "左眼", "右眼"], ["", "", "裸眼视力", "裸眼视力"], [*WHO, "5.0", "4.9"])[2:] == ["vision_l", "vision_r"]


def test_recognise_a_section_row_above_complete_names():
    assert roles(["基本", "", "尿常规", ""], [*PERSON, "GLU", "肌酐"], [*WHO, "-", "8000"])[2:] == ["u_glu", "other"]


def test_recognise_unit_row_and_range_row():
    found = layout([*PERSON, "TC", "HGB"], ["单位", "", "mg/dL", "g/dL"], ["参考范围", "", "<200", "13-17.5"], [*WHO, "190", "14"])
    assert found.header_rows == [1, 2, 3]
    assert [(column.code, column.unit, column.low, column.high) for column in found.columns[2:]] == [
        ("tc", "mg/dL", None, 200.0), ("hgb", "g/dL", 13.0, 17.5),
    ]  # fmt: skip


def test_recognise_takes_no_data_row_for_a_unit_row():
    assert layout([*PERSON, "ALT", "AST"], ["D1", "2024-04-08", "1", "1"]).header_rows == [1]


@pytest.mark.parametrize(
    ("heading", "values", "code"),
    [
        ("GLU", ["5.1", "6.0"], "fpg"), ("GLU", ["-", "1+"], "u_glu"), ("GLU(mmol/L)", [], "fpg"), ("GLU", [], "other"),
        ("WBC", ["5.6"], "wbc"), ("WBC", ["-"], "u_leu"), ("WBC(/HP)", ["2"], "u_wbc"), ("LEU", ["+-"], "u_leu"),
        ("WBC(10^9/L)", ["5.6"], "wbc"), ("红细胞", ["4.5"], "rbc"), ("红细胞", ["-"], "u_bld"),
        ("TG(IU/mL)", ["20"], "other"), ("TG(mmol/L)", ["2"], "tg"), ("T3(%)", ["2"], "other"),
    ],
)  # fmt: skip
def test_recognise_shared_names_by_unit_or_values(heading, values, code):
    assert roles([*PERSON, heading], *([*WHO, value] for value in values))[2] == code


def test_recognise_a_unit_that_cannot_be():
    column = layout([*PERSON, "脂蛋白a(nmol/L)"], [*WHO, "20"]).columns[2]
    assert (column.code, column.unit, column.unit_stated) == ("lpa", None, True)


@pytest.mark.parametrize(("heading", "unit"), [("BUN(mg/dL)", "mg/dL(BUN)"), ("尿素氮(mg/dL)", "mg/dL(BUN)"), ("尿素(mg/dL)", "mg/dL(urea)"), ("尿素氮", "mmol/L")])
def test_recognise_urea_and_urea_nitrogen(heading, unit):
    assert layout([*PERSON, heading], [*WHO, "14"]).columns[2].unit == unit


@pytest.mark.parametrize(("values", "unit"), [(["5.0", "4.8"], "5-mark"), (["1.0", "0.8"], "{decimal}"), ([], "{decimal}")])
def test_recognise_the_scale_of_acuity(values, unit):
    assert layout([*PERSON, "左眼视力"], *([*WHO, value] for value in values)).columns[2].unit == unit


def test_recognise_takes_no_grades_for_measurements():
    assert roles([*PERSON, "总胆固醇"], *([*WHO, grade] for grade in "1231" * 5))[2] == "other"
    assert roles([*PERSON, "总胆固醇(mmol/L)"], *([*WHO, grade] for grade in "1231" * 5))[2] == "tc"
    assert roles([*PERSON, "总胆固醇"], [*WHO, "3"])[2] == "tc"


def test_recognise_numbered_columns_as_no_unit():
    assert roles([*PERSON, "收缩压1", "收缩压2"], [*WHO, "120", "118"])[2:] == ["other", "other"]
    assert [column.unit for column in layout([*PERSON, "尿酸(1)"], [*WHO, "330"]).columns][2] == "umol/L"


def test_recognise_answers_in_words_to_questions_for_numbers():
    assert roles([*PERSON, "运动", "睡眠"], [*WHO, "每周3次", "6小时"], [*WHO, "不运动", "7"], [*WHO, "未填", "差"])[2:] == ["other", "sleep_hours"]
    assert roles([*PERSON, "运动"], [*WHO, "1200"], [*WHO, "每周3次"])[2] == "exercise"
    # Of what was measured no row goes in without it.
    assert roles([*PERSON, "心率"], [*WHO, "齐"], [*WHO, "窦性"])[2] == "heart_rate"


def test_recognise_percentages_written_as_fractions_wait():
    columns = layout([*PERSON, "中性粒细胞百分比", "淋巴细胞百分比"], *([*WHO, "0.55", "0.31"] for _ in range(20))).columns
    assert [(column.role, column.unit, column.looks_like) for column in columns[2:]] == [("indicator", None, None)] * 2
    columns = layout([*PERSON, "中性粒细胞百分比", "淋巴细胞百分比"], *([*WHO, "55", "31"] for _ in range(20))).columns
    assert [column.unit for column in columns[2:]] == ["%", "%"]


def test_recognise_a_pressure_column_by_its_pairs():
    assert roles([*PERSON, "血压"], [*WHO, "120/80"], [*WHO, "未测"])[2] == "bp"
    assert roles([*PERSON, "血压"], [*WHO, "80"], [*WHO, "70"])[2] == "other"
    # Pairs in words are pressures too: their rows wait, instead of going in without them.
    assert roles([*PERSON, "血压"], [*WHO, "左120/80 右118/78"], [*WHO, "未测"], [*WHO, "130/85，128/84"])[2] == "bp"
    assert roles([*PERSON, "血压"], [*WHO, "正常"], [*WHO, "2026-01-05"])[2] == "other"


@pytest.mark.parametrize(
    ("heading", "lacking"),
    [(["姓名", "体检日期"], ["person"]), (["工号", "姓名"], ["exam_date"]), (["身份证号", "体检日期"], []), (["姓名", "身高"], ["person", "exam_date"])],
)
def test_lacking_says_what_no_column_is_of(heading, lacking):
    columns = [recognising.understood(recognising.Seen(at, name, "A1"), {}, []) for at, name in enumerate(heading)]
    assert recognising.lacking(columns) == lacking


def test_recognise_a_column_of_both_pressures_beside_one_of_each():
    assert roles([*PERSON, "血压", "收缩压", "舒张压"], [*WHO, "120/80", "120", "80"])[2:] == ["bp", "sbp", "dbp"]


def test_agreed_pressure_stays_what_it_is_beside_a_column_of_both():
    known = Layout.from_json({"columns": [{"index": 2, "heading": "上压", "cell": "C1", "role": "indicator", "code": "sbp", "unit": "mm[Hg]"}]})
    found = layout([*PERSON, "上压", "血压"], [*WHO, "120", "120/80"], known=known)
    assert [column.code or column.role for column in found.columns[2:]] == ["sbp", "bp"]


def test_recognise_a_reference_column_beside_its_indicator():
    assert [column.role for column in layout([*PERSON, "ALT", "参考范围"], [*WHO, "20", "9-50"]).columns[2:]] == ["indicator", "range"]
    named = layout([*PERSON, "谷丙转氨酶 U/L", "AST", "谷丙转氨酶参考范围", "某项参考值"], [*WHO, "20", "21", "9-50", "1-2"]).columns[2:]
    assert [(column.role, column.code) for column in named] == [("indicator", "alt"), ("indicator", "ast"), ("range", "alt"), ("other", None)]


def test_recognise_one_column_a_role():
    assert roles(["工号", "单位", "部门", "体检日期", "检查日期"], ["D1"]) == ["emp_no", "other", "dept", "exam_date", "other"]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["a", "b"], ["1", "2"]], "header"),
        ([["姓名", "体检日期", "身高"]], "missing-column"),
        ([["工号", "姓名", "身高"]], "missing-column"),
        ([[*PERSON, "总胆固醇", "TC(mmol/L)"]], "duplicate-heading"),
        ([[*PERSON, "血压", "收缩压", "收缩压(mmHg)"]], "duplicate-heading"),
        ([["工号", "工号", "体检日期"]], "duplicate-heading"),
        ([[*PERSON, "体检日期"]], "duplicate-heading"),
    ],
)
def test_recognise_refuses(rows, reason):
    assert refusal(*rows) == reason


def test_layout_survives_json():
    found = layout([*PERSON, "TC(mg/dL)"], [*WHO, "190"])
    assert Layout.from_json(json.loads(json.dumps(found.as_json()))) == found


def test_recognise_uses_a_layout_that_was_agreed_on():
    first = layout([*PERSON, "胆固醇结果"], [*WHO, "190"])
    agreed = first.as_json()
    agreed["columns"][2] |= {"role": "indicator", "code": "tc", "unit": "mg/dL", "unit_stated": False}
    again = layout(["题"], ["姓名", *PERSON, "胆固醇结果"], ["x", *WHO, "190"], known=Layout.from_json(agreed))
    column = again.columns[3]
    assert (column.index, column.cell, column.code, column.unit) == (3, "D2", "tc", "mg/dL")
    assert again.columns[0].role == "name"


def test_recognise_three_heading_rows():
    found = layout(
        ["2024年体检结果"], ["工号", "体检日期", "检验科", "", "", "", "备注"], ["", "", "血常规", "", "尿常规", "", ""],
        ["", "", "WBC", "RBC", "GLU", "WBC", ""], [*WHO, "5.6", "4.5", "-", "-", ""],
    )  # fmt: skip
    assert found.header_rows == [2, 3, 4]
    assert [column.code or column.role for column in found.columns] == ["emp_no", "exam_date", "wbc", "rbc", "u_glu", "u_leu", "remark"]


def test_recognise_takes_no_data_row_for_a_part_of_the_heading():
    assert layout(["说明", "x"], [*PERSON, "身高"], ["D1", "2024-04-08", "170"], ["D2", "2024-04-08", "171"]).header_rows == [2]


@pytest.mark.parametrize(
    ("section", "name", "code"),
    [
        ("血常规", "WBC", "wbc"), ("尿常规", "WBC", "u_leu"), ("粪便常规", "WBC", "other"), ("白带常规", "白细胞", "other"),
        ("生化", "GLU", "fpg"), ("肾功能(尿素、肌酐、尿酸)", "肌酐", "creatinine"), ("大便常规", "隐血", "fob"), ("尿液分析", "隐血", "u_bld"),
        ("检验", "隐血", "other"),
    ],
)  # fmt: skip
def test_recognise_by_the_section(section, name, code):
    assert roles(["", "", section, ""], [*PERSON, name, "身高"], [*WHO, "-", "170"])[2] == code


def test_agreed_item_takes_the_unit_of_the_unit_row():
    known = Layout([recognising.Column(3, "胆固醇结果", "D1", "indicator", "tc", "mmol/L", unit_stated=True)], [])
    found = layout(["姓名", *PERSON, "胆固醇结果", "空腹血糖"], ["", "", "", "mg/dL", "mmol/L"], ["x", *WHO, "190", "5"], known=known)
    assert [(one.code, one.unit, one.unit_stated) for one in found.columns][-2:] == [("tc", "mg/dL", True), ("fpg", "mmol/L", True)]


def test_agreed_item_without_an_agreed_unit_is_asked_about_where_its_numbers_look_like_another():
    known = Layout([recognising.Column(3, "糖结果", "D1", "indicator", "fpg", "mmol/L")], [])
    found = layout(["姓名", *PERSON, "糖结果"], *[["x", *WHO, str(90 + number)] for number in range(12)], known=known)
    column = next(one for one in found.columns if one.heading == "糖结果")
    assert (column.unit, column.looks_like) == (None, "mg/dL")


def test_agreed_heading_that_stands_twice_is_not_decided_by_it():
    known = Layout([recognising.Column(3, "结果", "D1", "indicator", "tc", "mmol/L")], [])
    found = layout(["姓名", *PERSON, "结果", "结果"], ["x", *WHO, "5", "6"], known=known)
    assert [one.role for one in found.columns][-2:] == ["other", "other"]


def test_agreed_item_that_another_column_holds_too_is_kept_raw():
    known = Layout([recognising.Column(3, "胆固醇结果", "D1", "indicator", "tc", "mmol/L")], [])
    found = layout(["姓名", *PERSON, "胆固醇结果", "总胆固醇"], ["x", *WHO, "5", "6"], known=known)
    assert [(one.role, one.code) for one in found.columns][-2:] == [("other", None), ("indicator", "tc")]

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from healthmgmt.exams import cleaning
from healthmgmt.exams.cleaning import FIELDS, Cleaner, Options
from healthmgmt.exams.reading import Sheet
from healthmgmt.exams.recognising import Column, Layout
from tests.exams import making
from tests.exams.making import HEADING, ROW

ID_NUMBER = "760101199303130988"


def cleaned(heading, *cells, **options):
    """The rows of a text file whose first columns are number and day."""
    rows = ([f"D{at}", "2024-04-08", *row] for at, row in enumerate(cells, start=1))
    return making.read(making.text(["工号", "体检日期", *heading], *rows, delimiter="|"), **options)


def one(heading, *cells, **options):
    return cleaned(heading, cells, **options).rows[0]


def test_clean_fills_every_field():
    heading = ["工号", "姓名", "身份证号", "性别", "部门", "体检日期", "TC(mg/dL)", "TG", "尿蛋白", "备注", "等级"]
    row = [" D0001 ", "何兰", ID_NUMBER, "女", "一班", "2024/4/8", "190", ">11.3", "±", "空腹", "A"]
    found = making.read(making.text(["体检结果"], heading, row)).rows
    assert found == [
        {
            "number": 1, "sheet": "", "sheet_row": 3, "emp_no": "D0001", "name": "何兰", "id_no": ID_NUMBER, "sex": "f",
            "dept": "一班", "exam_date": "2024-04-08",
            "raw": [" D0001 ", "何兰", None, "女", "一班", "2024/4/8", "190", ">11.3", "±", "空腹", "A"],
            "values": {"tc": 4.9134, "tg": 11.3, "u_pro": 0.5}, "reported": {"tc": [190, "mg/dL"]}, "qualifiers": {"tg": ">"},
            "ranges": {}, "texts": {"u_pro": "±"}, "other": {"remark": "空腹", "等级": "A"}, "findings": [], "problems": [],
        }
    ]  # fmt: skip


def test_clean_names_cell_column_and_reason_but_no_value():
    assert one(["总胆固醇(mmol/L)"], "190")["problems"] == [
        {"cell": "C2", "column": "总胆固醇(mmol/L)", "reason": "unit", "code": "tc", "value": None}
    ]


def test_clean_reads_a_range_behind_its_result():
    row = one(["空腹血糖", "尿酸", "总胆固醇(mg/dL)", "甘油三酯"], "5.42(3.9-6.1)", "420 μmol/L [208~428]", "190 (<200)", "↑2.1 （0.4－1.8）")
    assert (row["values"], row["problems"]) == ({"fpg": 5.42, "uric_acid": 420, "tc": 4.9134, "tg": 2.1}, [])
    assert row["ranges"] == {"fpg": [3.9, 6.1], "uric_acid": [208, 428], "tc": [None, 5.172], "tg": [0.4, 1.8]}
    assert one(["空腹血糖"], "7.42(3.9-6.1)↑")["values"] == {"fpg": 7.42}
    row = one(["空腹血糖", "尿酸", "甘油三酯"], "98 mg/dL (70-99)", "420(复查)", "(0.4-1.8)")
    assert (row["values"], row["ranges"]) == ({"fpg": 5.439}, {"fpg": [3.885, 5.4945]})
    assert [problem["code"] for problem in row["problems"]] == ["uric_acid", "tg"]


def test_clean_column_with_ranges_in_its_cells_waits_where_it_is_in_another_unit():
    found = cleaned(["体重"], *([f"{weight} (90-150)"] for weight in range(110, 140)))
    assert [[problem["reason"] for problem in row["problems"]] for row in found.rows] == [["unit"]] * 30
    assert [(one["unit"], one["count"]) for one in found.frames[-1]["proposals"]] == [("jin", 30)]


def test_clean_passes_over_signs_that_nobody_sees():
    found = making.read(making.text(["工号", "姓名", "体检日期", "收缩压"], ["\ufeffD1\u200b", "何\u200b兰\u2060", "2024-04-08", "120\u200b"])).rows[0]
    assert (found["emp_no"], found["name"], found["values"], found["problems"]) == ("D1", "何兰", {"sbp": 120}, [])
    assert found["raw"][1] == "何\u200b兰\u2060"


def test_clean_keeps_the_sound_cells_of_a_row_with_a_problem():
    row = one(["收缩压", "舒张压", "身高"], "190", "115", "17")
    assert row["values"] == {"sbp": 190, "dbp": 115}
    assert [problem["reason"] for problem in row["problems"]] == ["range"]


@pytest.mark.parametrize(("high", "low"), [("80", "120"), ("120", "120")])
def test_clean_pressures_in_wrong_order(high, low):
    row = one(["收缩压", "舒张压", "身高"], high, low, "170")
    assert (row["values"], row["problems"][0]["cell"], row["problems"][0]["reason"]) == ({"height": 170}, "D2", "order")


def test_clean_pressures_compare_in_one_unit():
    assert one(["收缩压(kPa)", "舒张压(mmHg)"], "16", "80")["problems"] == []
    assert one(["收缩压(kPa)", "舒张压(mmHg)"], "10", "80")["problems"][0]["reason"] == "order"


def test_clean_pressure_in_one_cell():
    row = one(["血压"], "120/80")
    assert (row["values"], row["problems"]) == ({"sbp": 120, "dbp": 80}, [])
    assert one(["血压"], "80/120")["problems"][0]["reason"] == "order"


BOTH_AND_EACH = ["血压", "收缩压", "舒张压"]


@pytest.mark.parametrize("cells", [("120/80", "120", "80"), ("120/80", "", "80"), ("120/80", "未测", ""), ("", "120", "80"), ("未测", "120", "80"), ("120/80", "120.0", "")])
def test_clean_a_pair_of_pressures_beside_one_column_of_each(cells):
    row = one(BOTH_AND_EACH, *cells)
    assert (row["values"], row["problems"]) == ({"sbp": 120, "dbp": 80}, [])


@pytest.mark.parametrize(
    ("cells", "problems", "values"),
    [
        (("120/80", "130", "80"), [("D2", "收缩压", "sbp", "conflict")], {"dbp": 80}),
        (("120/80", "", "90"), [("E2", "舒张压", "dbp", "conflict")], {"sbp": 120}),
        (("120/80", "130", "90"), [("D2", "收缩压", "sbp", "conflict"), ("E2", "舒张压", "dbp", "conflict")], {}),
        (("120/80", ">120", "80"), [("D2", "收缩压", "sbp", "conflict")], {"dbp": 80}),
        # A cell at fault says so itself; what stands beside it is not taken instead.
        (("80/120", "120", "80"), [("C2", "血压", "sbp", "order")], {}),
        (("120/80", "x", "80"), [("D2", "收缩压", "sbp", "number")], {"dbp": 80}),
    ],
)
def test_clean_a_pair_of_pressures_that_contradicts_what_stands_beside_it(cells, problems, values):
    row = one(BOTH_AND_EACH, *cells)
    assert [(told["cell"], told["column"], told["code"], told["reason"]) for told in row["problems"]] == problems
    assert row["values"] == values


def test_clean_a_pair_of_pressures_that_cannot_be_read():
    sound = ["120/80", "120", "80"]
    found = cleaned(BOTH_AND_EACH, sound, sound, ["12080", "120", "80"])
    assert (found.problems, found.rows[2]["values"]) == ([(3, "C4", "number")], {})


def test_clean_a_contradiction_of_pressures_is_told_where_the_pair_stands_last():
    row = one(["收缩压", "舒张压", "血压"], "130", "80", "120/80")
    assert [(told["cell"], told["code"]) for told in row["problems"]] == [("E2", "sbp")]
    assert row["values"] == {"dbp": 80}


def test_clean_rows_that_do_not_match_the_heading():
    data = making.text(HEADING, ROW[:4], [*ROW, "x"], [*ROW, "", ""], ROW)
    found = making.read(data)
    assert found.problems == [(1, "E2", "columns"), (2, "I3", "columns")]
    assert [row["values"] for row in found.rows[:2]] == [{}, {}]
    assert found.rows[0]["emp_no"] == "D0001"
    assert found.rows[0]["raw"] == ROW[:4]


def test_clean_blank_cells_at_the_end_of_a_workbook_row_are_fine():
    assert making.read(making.xlsx(HEADING, ROW[:4])).problems == []


@pytest.mark.parametrize(
    ("day", "found", "reasons"),
    [
        ("2024-05-01", "2024-05-01", []), ("2024-05-02", None, ["future-date"]), ("", None, ["date"]), ("2024-02-30", None, ["date"]),
        ("12/04/2024", None, ["date"]),
    ],
)  # fmt: skip
def test_clean_exam_day(day, found, reasons):
    row = making.read(making.text(HEADING, [*ROW[:2], day, *ROW[3:]])).rows[0]
    assert (row["exam_date"], [problem["reason"] for problem in row["problems"]]) == (found, reasons)


def test_clean_days_by_the_whole_column():
    days = ["12/10/2023"] * 300 + ["31/12/2023"]
    found = making.read(making.text(HEADING, *([f"D{at}", "x", day, *ROW[3:]] for at, day in enumerate(days))))
    assert (found.problems, found.layout["date_order"], found.rows[0]["exam_date"]) == ([], "dmy", "2023-10-12")


@pytest.mark.parametrize(
    ("text", "kept", "reasons"),
    [
        (ID_NUMBER, ID_NUMBER, []), ("76010119880905907x", "76010119880905907X", []), ("", None, []), ("7601**********0988", None, []),
        ("760101199303130989", "760101199303130989", ["id-number"]), ("12345", "12345", ["id-number"]),
    ],
)  # fmt: skip
def test_clean_identity_numbers(text, kept, reasons):
    row = one(["身份证号"], text)
    assert (row["id_no"], [problem["reason"] for problem in row["problems"]], row["raw"][2]) == (kept, reasons, None)
    assert one(["身份证号"], text, country="kr")["problems"] == []


def test_clean_keeps_identity_numbers_out_of_every_other_field():
    row = one(["备注", "既往史"], f"证件{ID_NUMBER}", f"高血压 {ID_NUMBER}")
    assert ID_NUMBER not in json.dumps(row, ensure_ascii=False)
    assert row["other"] == {"remark": "证件***"}


def test_clean_stray_nul_bytes_are_their_cells_fault_in_a_small_file_too():
    found = making.read(making.text(HEADING, [*ROW[:5], "5\x00.1", "\x00", "\x00"]))
    assert (found.received, [reason for _row, _cell, reason in found.problems]) == (1, ["characters"] * 3)


def test_clean_characters_and_long_cells():
    data = making.text(HEADING, ROW, ROW, ROW).replace("何兰".encode(), "何\u202e兰".encode(), 1).replace(b"5.1", b"5\x00.1", 1)
    found = making.read(data)
    assert sorted(found.problems) == [(1, "B2", "characters"), (1, "F2", "characters")]
    assert found.rows[0]["name"] == "何兰"
    assert "\x00" not in json.dumps(found.rows[0]["raw"])
    assert one(["备注"], "x" * 32_767)["problems"] == []
    assert [problem["reason"] for problem in one(["备注"], "x" * 32_768)["problems"]] == ["too-long"]
    assert [problem["reason"] for problem in one(["序号"], "x" * 32_768)["problems"]] == ["too-long"]


def test_clean_cells_without_a_result_replace_other_problems():
    data = making.in_sheet(making.xlsx(HEADING, ROW), b'<c r="C2" t="inlineStr"><is><t>2024-04-08</t></is></c>', b'<c r="C2"><f>A1</f></c>')
    assert making.read(data).problems == [(1, "C2", "formula")]


def test_clean_histories_become_flags():
    row = one(["吸烟史", "既往史", "用药史", "家族史"], "已戒", "无", "氨氯地平", "父亲脑卒中")
    assert row["values"] == {
        "smoking": 1, "condition:hypertension": 1, "condition:diabetes": 0, "condition:dyslipidaemia": 0, "condition:ascvd": 0,
        "condition:pregnant": 0, "treatment:bp": 1, "treatment:lipid": 0, "treatment:glucose": 0, "family:ascvd": 1,
        "family:diabetes": 0,
    }  # fmt: skip
    assert row["texts"] == {"smoking": "已戒", "past_history": "无", "medication": "氨氯地平", "family_history": "父亲脑卒中"}


def test_clean_unanswered_histories_are_unknown():
    assert one(["吸烟史", "既往史", "是否服用降压药"], "", "未查", "")["values"] == {}
    assert one(["是否服用降压药"], "是")["values"] == {"treatment:bp": 1, "condition:hypertension": 1}


def test_clean_text_findings():
    row = one(["腹部彩超", "心电图"], "脂肪肝；肝占位", "窦性心律")
    assert row["values"] == {"finding:refer": 1}
    assert [(found["code"], found["level"], found["indicator"]) for found in row["findings"]] == [
        ("fatty_liver", "watch", "abd_us"), ("mass", "refer", "abd_us"),
    ]  # fmt: skip
    assert row["texts"] == {"abd_us": "脂肪肝；肝占位", "ecg_text": "窦性心律"}


def test_clean_ordinal_words_and_quantities():
    assert one(["尿蛋白"], "0.15")["texts"] == {"u_pro": "0.15"}
    assert one(["尿蛋白"], "0.15")["values"] == {}
    assert one(["尿蛋白"], "见报告")["problems"][0]["reason"] == "number"


def test_clean_ranges_of_the_report():
    found = making.read(making.text(["工号", "体检日期", "TC", "ALT", "参考值"], ["", "", "mg/dL", "U/L", ""], ["参考范围", "", "<200", "-", ""], ["D1", "2024-04-08", "190", "20", "9-50"]))
    assert found.rows[0]["ranges"] == {"tc": [None, 5.172], "alt": [9, 50]}


def test_clean_unrecognised_columns_are_kept_apart():
    assert one(["结果", "结果", "", "备注"], "a", "b", "c", "")["other"] == {"结果": "a", "结果 (2)": "b", "E": "c"}
    assert one(["结果", ""], "a", "b")["problems"][0]["reason"] == "columns"


def test_clean_again_mends_one_row():
    found = making.read(making.text(HEADING, [*ROW[:5], "190", *ROW[6:]]))
    row = found.rows[0]
    mended = [*row["raw"][:5], "4.9", *row["raw"][6:]]
    layout = Layout.from_json(found.layout)
    again = dict(zip(FIELDS, cleaning.clean_again(layout, Options(date(2024, 5, 1)), "", (2, mended), 1)))
    assert (json.loads(again["values"]), again["problems"]) == (row["values"] | {"tc": 4.9}, "[]")


# Without NUL: a file of many is no text.
CELL = st.one_of(
    st.sampled_from(["5.4", "120", "未查", "-", "阴性", "<0.5", "190", "", "x", "2024-04-08", "120/80", "5.1 5.2", "是"]),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00|\"\r\n\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"), max_size=8),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELL, min_size=4, max_size=9), min_size=1, max_size=12))
def test_clean_conserves_rows_and_never_guesses(rows):
    """Each row that holds anything comes out once and in order; each cell is a value, nothing, or a problem."""
    heading = ["工号", "体检日期", "TC", "收缩压", "尿蛋白", "血压x", "既往史", "备注"]
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    found = making.read(making.text(heading, ["D0", "2024-04-08", "5", "120", "-", "", "", ""], *rows, delimiter="|"))
    kept = [row for row in found.rows[1:]]
    notes = [row for row in expected if making.child.headings.is_note(next(cell for cell in row if cell))]
    assert len(kept) >= len(expected) - len(notes)
    assert [row["number"] for row in found.rows] == list(range(1, found.received + 1))
    for row in kept:
        told = {problem["code"] for problem in row["problems"]}
        assert told.isdisjoint(row["values"])
        assert (row["exam_date"] is None) <= bool(row["problems"])


CELLS = st.text(st.sampled_from('a1"\\,你 \t\n'), max_size=4)


@given(st.sampled_from((None, 0, 1, 3, 4)), st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=4))
def test_cells_are_kept_as_written_wherever_the_identity_number_stands(at, cells):
    roles = {2: "exam_date", at: "id_no"}
    columns = [Column(index, f"c{index}", f"{letter}1", roles.get(index, "ignored")) for index, letter in enumerate("ABCDE")]
    rows = [[*row[:2], "2024-04-08", *row[2:]] for row in cells]
    found = Cleaner(Layout(columns, [1]), Options(date(2024, 5, 1))).clean(Sheet("", lambda: iter(())), list(enumerate(rows, start=2)), 1)
    kept = [json.loads(row[FIELDS.index("raw")]) for row in found]
    assert kept == [[None if index == at else text for index, text in enumerate(row)] for row in rows]

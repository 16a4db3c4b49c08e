import pytest

from healthmgmt.records import coding


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("-", 0), ("－", 0), ("阴性", 0), ("阴性(-)", 0), ("Neg", 0), ("未见异常", 0),
        ("±", 0.5), ("+-", 0.5), ("微量", 0.5), ("痕量", 0.5), ("(—)", 0), ("弱阳性", 0.5),
        ("+", 1), ("1+", 1), ("+1", 1), ("（+）", 1), ("阳性", 1),
        ("++", 2), ("2+", 2), ("+++", 3), ("３+", 3), ("++++", 4), ("4+", 4),
        ("1+(0.3)", 1), ("阴性(0.05)", 0), ("-        0umol/L", 0),
        ("0.15", None), ("见报告", None), ("", None), ("+++++", None),
    ],
)  # fmt: skip
def test_ordinal_grades(text, grade):
    assert coding.ordinal(text) == grade


@pytest.mark.parametrize("text", ["", " ", "未查", "弃查", "弃检", "拒检", "未做", "/", "--", "N/A", "NULL", "nan nan", "－－"])
def test_is_not_measured_words(text):
    assert [coding.is_not_measured(text, kind) for kind in ("num", "ord")] == [True, True]


def test_is_not_measured_a_lone_minus_is_a_result_of_ordinal_items_only():
    assert coding.is_not_measured("-", "ord") is False
    assert coding.is_not_measured("-", "num") is True


def test_is_not_measured_none_answers_a_question():
    assert coding.is_not_measured("None", "num") is True
    assert coding.is_not_measured("None", "code") is False


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("不吸", 0), ("从不", 0), ("否", 0), ("无", 0), ("Never", 0), ("已戒", 1), ("已戒10年", 1), ("former", 1),
        ("吸烟", 2), ("是", 2), ("20支/天", 2), ("偶尔", 2), ("不吸烟", 0), ("从未吸烟", 0), ("3", None), ("?", None),
    ],
)  # fmt: skip
def test_habit_smoking(text, code):
    assert coding.habit("smoking", text) == code


def named(code, text):
    return {flag.partition(":")[2] for flag, value in coding.flags(code, text).items() if value}


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("高血压10年", {"hypertension"}),
        ("高血压、糖尿病", {"hypertension", "diabetes"}),
        ("冠心病支架术后", {"ascvd"}),
        ("脑梗死", {"ascvd"}),
        ("高脂血症", {"dyslipidaemia"}),
        ("早孕", {"pregnant"}),
        ("无糖尿病史，有高血压", {"hypertension"}),
        ("否认高血压、糖尿病史", set()),
        ("否认高血压,糖尿病,冠心病史", set()),
        ("高血压（-）", set()),
        ("胃炎", set()),
        ("No history of diabetes", set()),
        ("hypertension since 2010, no diabetes", {"hypertension"}),
    ],
)
def test_flags_past_history(text, conditions):
    assert named("past_history", text) == conditions


@pytest.mark.parametrize("text", ["无", "否", "no", "None", "体健"])
def test_flags_no_is_zero_for_all(text):
    assert set(coding.flags("past_history", text).values()) == {0.0}
    assert len(coding.flags("past_history", text)) == 5


@pytest.mark.parametrize("text", ["", "未查", "有", "是"])
def test_flags_without_an_answer_are_unknown(text):
    assert coding.flags("past_history", text) == {}


def test_flags_a_condition_that_may_be_denied_stays_open():
    assert "condition:diabetes" not in coding.flags("past_history", "无高血压,糖尿病")
    assert coding.flags("past_history", "无高血压,糖尿病")["condition:hypertension"] == 0


def test_flags_medication_sets_the_condition():
    assert coding.flags("medication", "氨氯地平 5mg") == {
        "treatment:bp": 1, "treatment:lipid": 0, "treatment:glucose": 0, "condition:hypertension": 1,
    }  # fmt: skip
    assert coding.flags("medication", "无") == {"treatment:bp": 0, "treatment:lipid": 0, "treatment:glucose": 0}


def test_flags_family_history():
    assert coding.flags("family_history", "父亲冠心病") == {"family:ascvd": 1, "family:diabetes": 0}
    assert coding.flags("family_history", "母亲糖尿病") == {"family:ascvd": 0, "family:diabetes": 1}


def test_single_flag_takes_yes_and_no_only():
    assert coding.single_flag("treatment:bp", "是") == {"treatment:bp": 1, "condition:hypertension": 1}
    assert coding.single_flag("treatment:bp", "否") == {"treatment:bp": 0}
    assert coding.single_flag("treatment:bp", "2") == {}
    assert coding.single_flag("family:ascvd", "") == {}


def test_sex_words():
    assert [coding.sex(word) for word in ("男", "女性", "Male", "F", "??", "")] == ["m", "f", "m", "f", None, None]

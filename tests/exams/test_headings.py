import pytest

from healthmgmt.exams import headings


@pytest.mark.parametrize(
    ("text", "role", "codes", "unit"),
    [
        ("工号", "emp_no", (), None),
        ("*姓名", "name", (), None),
        ("身 份 证 号", "id_no", (), None),
        ("体检日期", "exam_date", (), None),
        ("Exam Date", "exam_date", (), None),
        ("备注", "remark", (), None),
        ("血压(mmHg)", "bp", (), "mmHg"),
        ("收缩压(mm[Hg])", "indicator", ("sbp",), "mm[Hg]"),
        ("尿酸（μmol/L）", "indicator", ("uric_acid",), "μmol/L"),
        ("高密度脂蛋白胆固醇(HDL-C)", "indicator", ("hdl",), None),
        ("白细胞计数(WBC)(×10⁹/L)", "indicator", ("wbc",), "×10^9/L"),
        ("*空腹血糖（ＧＬＵ）mmol/L", "indicator", ("fpg",), "mmol/L"),
        ("空腹血糖 mmol/L", "indicator", ("fpg",), "mmol/L"),
        ("SBP_mmHg", "indicator", ("sbp",), "mmHg"),
        ("白细胞计数WBC", "indicator", ("wbc",), None),
        ("总胆固醇 TC", "indicator", ("tc",), None),
        ("尿酸UA μmol/L", "indicator", ("uric_acid",), "μmol/L"),
        ("ALT谷丙转氨酶(U/L)", "indicator", ("alt",), "U/L"),
        ("WBC 白细胞", "indicator", ("wbc", "u_leu", "u_wbc"), None),
        ("性别 Sex", "sex", (), None),
        ("姓名Name", "name", (), None),
        ("血清高密度脂蛋白", "indicator", ("hdl",), None),
        ("Lp(a)", "indicator", ("lpa",), None),
        ("25(OH)D", "indicator", ("vitd",), None),
        ("红细胞(镜检)", "indicator", ("u_rbc",), None),
        ("총콜레스테롤", "indicator", ("tc",), None),
        ("中性脂肪", "indicator", ("tg",), None),
        ("三酸甘油酯", "indicator", ("tg",), None),
        ("GLU", "indicator", ("fpg", "u_glu"), None),
        ("TG", "indicator", ("tg",), None),
        ("TGAb", "indicator", ("tgab",), None),
        ("NEUT%", "indicator", ("neut_pct",), None),
        ("NEUT#", "indicator", ("neut_abs",), None),
        ("是否服用降压药", "flag", ("treatment:bp",), None),
        ("用药史", "indicator", ("medication",), None),
        ("糖尿病家族史", "flag", ("family:diabetes",), None),
    ],
)
def test_read_headings(text, role, codes, unit):
    found = headings.read(text)
    assert (found.role, found.codes, found.unit) == (role, codes, unit)


@pytest.mark.parametrize("text", ["", "体检编号", "甲状腺球蛋白", "总胆固醇结果判断", "TGA", "尿肌酐", "120", "D0001", "总胆固醇 TG", "TG总胆固醇", "工号 Name"])
def test_read_matches_whole_names_only(text):
    assert headings.read(text) is None


def test_count_known_tells_encodings_apart():
    sample = "工号,姓名,总胆固醇".encode("gb18030")
    assert headings.count_known(sample.decode("gb18030")) == 4  # 胆固醇 stands inside 总胆固醇
    assert headings.count_known(sample.decode("big5hkscs", "ignore")) == 0


def test_notes_and_marks():
    assert [headings.is_note(text) for text in ("合计", "注：本表", "Total: 8", "何兰", "")] == [True, True, True, False, False]
    pages = ("第1页 共2页", "第 12 頁", "共3页", "Page 1 of 2", "page 2/3", "第一医院", "第1", "pages", "Page1A")
    assert [headings.is_note(text) for text in pages] == [True, True, True, True, True, False, False, False, False]
    assert headings.is_mark("参考范围", "range_row")
    assert headings.specimens_of("尿常规") == {"urine"}
    assert headings.specimens_of("血尿酸") == headings.specimens_of("一般检查") == set()

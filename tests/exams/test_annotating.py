import pytest

from healthmgmt.exams import annotating


def found(text):
    return {(one.code, one.level) for one in annotating.annotate("abd_us", text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲状腺右叶结节，TI-RADS 4a类", {("nodule", "watch"), ("tirads_high", "refer")}),
        ("甲状腺结节 TI-RADS 3类", {("nodule", "watch"), ("tirads_low", "watch")}),
        ("乳腺BI-RADS分类：4B", {("birads_high", "refer")}),
        ("脂肪肝(轻度)；胆囊息肉", {("fatty_liver", "watch"), ("polyp", "watch")}),
        ("肝右叶占位性病变，建议进一步检查", {("mass", "refer")}),
        ("肝血管瘤", {("haemangioma", "watch")}),
        ("右肺上叶磨玻璃结节", {("lung_nodule", "watch")}),
        ("窦性心律 ST-T改变", {("ischaemia", "watch")}),
        ("心房颤动", {("atrial_fibrillation", "refer")}),
        ("颈动脉斑块形成", {("plaque", "watch")}),
        ("Fatty liver; no gallstone", {("fatty_liver", "watch")}),
        ("Atrial fibrillation", {("atrial_fibrillation", "refer")}),
        ("可见无回声结节", {("nodule", "watch")}),
        ("肝占位不除外恶性", {("mass", "refer")}),
        ("胆囊未见结石 肝囊肿", {("cyst", "watch")}),
        ("胆囊未见结石，肝囊肿", {("cyst", "watch")}),
        ("窦性心律，正常心电图", set()),
        ("未见异常", set()),
        ("肝胆脾胰肾未见明显异常", set()),
        ("未见明显占位及结节", set()),
        ("No mass or nodule seen", set()),
        ("未查", set()),
        ("", set()),
    ],
)
def test_annotate_codes_and_levels(text, expected):
    assert found(text) == expected


def test_annotate_keeps_the_clause_and_each_code_once():
    listed = annotating.annotate("thyroid_us", "左叶结节，右叶结节")
    assert [(one.code, one.indicator, one.text) for one in listed] == [("nodule", "thyroid_us", "左叶结节")]


def test_level_is_the_highest():
    assert annotating.level(annotating.annotate("abd_us", "脂肪肝；肝占位")) == "refer"
    assert annotating.level(annotating.annotate("abd_us", "脂肪肝")) == "watch"
    assert annotating.level([]) is None

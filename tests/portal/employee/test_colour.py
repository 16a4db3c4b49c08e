"""The colour card: reasons, and what would move the colour."""

from datetime import date

from django.utils import translation

from healthmgmt.portal.employee import colour
from tests.portal.employee.making import DAY, LAST_YEAR, assessment, exam, items, judged


def told(one, found):
    return [(reason.colour, reason.title, reason.text) for reason in colour.shown_reasons(one, found)]


def test_reasons_show_both_pressures_as_one_with_the_line_that_was_crossed():
    found = items(exam(LAST_YEAR, sbp=137, dbp=87), exam(DAY, sbp=148, dbp=92, bmi=26.1))
    one = assessment(sbp=148, dbp=92, bmi=26.1)
    assert told(one, found) == [
        ("orange", "Blood pressure 148/92 mmHg", "At or above 140/90, 11 higher than last year, so orange"),
        ("yellow", "Body mass index 26.1 kg/m²", "At or above 24"),
    ]
    with translation.override("zh-hans"):
        assert told(one, found)[0] == ("orange", "血压 148/92 mmHg", "达到或高于 140/90，比去年高 11，所以是橙色")


def test_reasons_name_the_pressure_that_crossed_alone():
    assert told(assessment(sbp=148, dbp=85), items(exam(sbp=148, dbp=85))) == [
        ("orange", "Blood pressure 148/85 mmHg", "Systolic blood pressure at or above 140, so orange")
    ]
    assert told(assessment(dbp=92), items(exam(sbp=130, dbp=92)))[0][1:] == (
        "Blood pressure 130/92 mmHg", "Diastolic blood pressure at or above 90, so orange"
    )  # fmt: skip


def test_reasons_say_that_their_value_was_computed():
    one, found = assessment(bmi=28.4), items(exam(height=170, weight=82))
    for reason in one.reasons:
        reason["computed"] = True
    assert told(one, found) == [("yellow", "Body mass index 28.4 kg/m²", "At or above 24, so yellow. Computed from height and weight.")]
    with translation.override("zh-hans"):
        assert told(one, found)[0][2] == "达到或高于 24，所以是黄色。由身高、体重计算。"


def test_reasons_of_another_day_are_not_joined_with_todays_partner():
    found = items(exam(LAST_YEAR, dbp=92), exam(DAY, sbp=148))
    assert told(assessment(sbp=148), found)[0][1] == "Systolic blood pressure 148 mmHg"


def test_reasons_on_record_say_so_and_private_ones_give_no_number():
    recorded = told(assessment(condition_hypertension=1), {})
    assert recorded == [("orange", "Blood pressure in the range of hypertension", "Recorded on 9 June 2026")]
    private = told(assessment(phq9_total=14), {})
    assert "14" not in str(private) and private[0][1] == "A questionnaire suggests distress"


def test_reasons_compare_in_the_unit_of_the_paper():
    paper = {"reported": {"fpg": [137, "mg/dL"]}}
    found = items(exam(LAST_YEAR, fpg=78 * 0.0555, reported={"fpg": [78, "mg/dL"]}), exam(DAY, fpg=137 * 0.0555, **paper))
    assert colour.difference(found["fpg"]) == "59 higher than last year"


HEALTHY = {"height": 170, "weight": 63, "sbp": 112, "dbp": 70, "fpg": 5.0, "tc": 4.5, "tg": 1.0}
ANSWERED = {"hdl": 1.4, "waist": 80, "smoking": 0, "treatment:bp": 0, "condition:diabetes": 0, "condition:ascvd": 0, "family:ascvd": 0}


def change(**values):
    return colour.change(*judged(exam(**HEALTHY | values)))


def test_change_names_the_limit_and_the_next_colour():
    assert change(sbp=148, dbp=92, weight=75) == "With blood pressure below 140/90 mmHg the colour becomes yellow."
    assert change(weight=75) == "With weight at 69 kg or below (6 kg less) the colour becomes green."
    with translation.override("zh-hans"):
        assert change(sbp=148, dbp=92, weight=75) == "血压低于 140/90 mmHg，颜色就变为黄色。"
        assert change(weight=75) == "体重降到 69 公斤（减 6 公斤），颜色就变为绿色。"


def test_change_keeps_the_lower_reasons_of_the_same_value():
    assert change(sbp=148, dbp=75) == "With systolic blood pressure below 140 mmHg the colour becomes blue."


def test_change_is_made_in_the_unit_of_the_paper():
    one = exam(**HEALTHY | {"tg": 2.5}, reported={"tg": [221.4, "mg/dL"]})
    assert colour.change(*judged(one)) == "With triglycerides below 200 mg/dL the colour becomes blue."


def test_change_that_is_not_single_names_what_stands_in_the_way():
    assert change(sbp=148, tg=2.5) == "No single change moves the colour: blood pressure and triglycerides both stand in the way."
    with translation.override("zh-hans"):
        assert change(sbp=148, tg=2.5) == "只改变一项，颜色还不会变：血压和甘油三酯都有影响。"


def test_change_through_the_ten_year_risk_names_a_step():
    smoker = exam(**HEALTHY | ANSWERED | {"smoking": 2, "sbp": 119})
    assert colour.change(*judged(smoker, birth=date(1969, 3, 1))) == "With smoking stopped the colour becomes green."
    with translation.override("zh-hans"):
        assert colour.change(*judged(smoker, birth=date(1969, 3, 1))) == "戒烟后，颜色就变为绿色。"


def test_change_says_nothing_where_it_cannot_be_said():
    for values in ({"condition:ascvd": 1}, {"condition:diabetes": 1, "weight": 75}, {"sbp": 190, "dbp": 115}, {"afp": 500}, {}):
        assert change(**values) == "", values


def test_change_for_low_values_says_at_least():
    assert change(sleep_hours=5) == "With sleep at 6 hours or above the colour becomes green."


def test_reasons_say_whether_one_reading_or_two_days_agree():
    once, twice, other = exam(DAY, sbp=148), exam(LAST_YEAR, sbp=145), exam(LAST_YEAR, sbp=128)
    for before, said in ((None, "One reading so far."), (twice, "It was so on 12 June 2025, too."), (other, "One reading so far.")):
        exams = [one for one in (before, once) if one]
        one, outlook = judged(*exams)
        assert colour.shown_reasons(one, items(*exams), outlook)[0].text.endswith(f"so orange. {said}"), said
    with translation.override("zh-hans"):
        one, outlook = judged(twice, once)
        assert colour.shown_reasons(one, items(twice, once), outlook)[0].text.endswith("所以是橙色。2025 年 6 月 12 日也是这样。")


def test_card_asks_for_the_minimum_first_and_names_who_can_supply_it():
    missing = {"minimum": ["tc", "tg"], "china_par": ["waist", "smoking"]}
    card = colour.card(assessment(missing=missing, incomplete=True), items(exam(sbp=118)))
    assert [(one.what, one.who) for one in card.missing] == [("Total cholesterol and triglycerides", "The exam centre can supply it")]
    card = colour.card(assessment(missing={"china_par": ["waist", "smoking"]}), {})
    assert [one.who for one in card.missing] == ["The exam centre can supply it", "You can supply it"]
    assert colour.card(assessment(missing={"ckd_epi_2021": ["creatinine"]}), {}).missing == []


def test_card_names_exam_day_and_edition():
    assert colour.source(assessment(sbp=148), items(exam(date(2026, 6, 9), sbp=148))).endswith("rules edition 2024")

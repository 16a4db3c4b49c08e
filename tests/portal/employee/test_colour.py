"""The colour card: reasons, and what would move the colour."""

from datetime import date

from django.utils import translation

from healthmgmt.portal.employee import colour
from tests.portal.employee.making import DAY, LAST_YEAR, assessment, exam, items


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


def test_change_names_the_limit_and_the_next_colour():
    found = items(exam(sbp=148, dbp=92, bmi=26.1, height=173.5, weight=78.6))
    assert colour.change(assessment(sbp=148, dbp=92, bmi=26.1), found) == "With blood pressure below 140/90 the colour becomes yellow."
    assert colour.change(assessment(bmi=26.1), found) == (
        "With body mass index below 24 kg/m² (about 6.5 kg less) the colour becomes green."
    )
    with translation.override("zh-hans"):
        assert colour.change(assessment(sbp=148, dbp=92, bmi=26.1), found) == "血压低于 140/90，颜色就变为黄色。"


def test_change_keeps_the_lower_reasons_of_the_same_value():
    assert colour.change(assessment(sbp=148, dbp=75), {}) == "With blood pressure below 140/90 the colour becomes blue."


def test_change_needs_every_reason_of_the_colour():
    said = colour.change(assessment(sbp=148, tg=2.5), {})
    assert said == "With blood pressure below 140/90 and triglycerides below 2.3 mmol/L the colour becomes blue."


def test_change_says_nothing_where_it_cannot_be_said():
    for one in (
        assessment(condition_ascvd=1),
        assessment(china_par_10y=12),
        assessment(sbp=148, condition_hypertension=1),
        assessment(sbp=190, dbp=115),
        assessment(afp=500),
        assessment(bmi=26, incomplete=True),
        assessment(),
        assessment(sbp=148, tc=6.5, tg=2.5, ldl=4.2, fpg=7.5),
    ):
        assert colour.change(one, {}) == "", one.reasons


def test_change_for_low_values_says_at_least():
    assert colour.change(assessment(sleep_hours=5), {}) == "With sleep at 6 h or above the colour becomes green."


def test_card_asks_for_the_minimum_first_and_names_who_can_supply_it():
    missing = {"minimum": ["tc", "tg"], "china_par": ["waist", "smoking"]}
    card = colour.card(assessment(missing=missing, incomplete=True), items(exam(sbp=118)))
    assert [(one.what, one.who) for one in card.missing] == [("Total cholesterol and triglycerides", "The exam centre can supply it")]
    card = colour.card(assessment(missing={"china_par": ["waist", "smoking"]}), {})
    assert [one.who for one in card.missing] == ["The exam centre can supply it", "You can supply it"]


def test_card_names_exam_day_and_edition():
    assert colour.source(assessment(sbp=148), items(exam(date(2026, 6, 9), sbp=148))).endswith("rules edition 2024")

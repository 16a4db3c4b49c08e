"""Readings over exams: what is compared with what, and in which unit."""

from datetime import date

import pytest

from healthmgmt.portal.employee import measured, units
from tests.portal.employee.making import DAY, LAST_YEAR, exam, items


def test_items_are_oldest_first_and_one_a_day():
    found = items(exam(LAST_YEAR, sbp=137), exam(DAY, sbp=150), exam(DAY, sbp=148))
    assert [(one.on, one.value) for one in found["sbp"].readings] == [(LAST_YEAR, 137), (DAY, 148)]


def test_before_is_an_earlier_examination_rather_than_a_repeat():
    repeat = date(2026, 5, 20)
    found = items(exam(LAST_YEAR, sbp=137), exam(repeat, sbp=160), exam(DAY, sbp=148))
    assert found["sbp"].before.value == 137
    assert items(exam(repeat, sbp=160), exam(DAY, sbp=148))["sbp"].before.value == 160
    assert items(exam(DAY, sbp=148))["sbp"].before is None


def test_present_leaves_out_last_years_items_and_says_so():
    found = items(exam(LAST_YEAR, sbp=137, tc=5.0), exam(DAY, sbp=148))
    assert (list(measured.present(found)), measured.left_out(found)) == (["sbp"], ["tc"])
    assert (measured.present({}), measured.left_out({})) == ({}, [])


def test_side_follows_the_reports_own_range_before_the_catalogues():
    found = items(exam(hgb=128), exam(date(2026, 6, 10), hgb=128, ranges={"hgb": [120, 160]}))
    assert [one.side for one in found["hgb"].readings] == ["low", ""]
    assert items(exam(hgb=128), sex="f")["hgb"].last.side == ""
    assert items(exam(hgb=128), sex="")["hgb"].last.has_span is False


def test_index_is_computed_where_the_report_contradicts_height_and_weight():
    assert items(exam(height=170, weight=78.6))["bmi"].last.value == 27.2
    assert items(exam(height=170, weight=78.6, bmi=27.5))["bmi"].last.value == 27.5
    assert items(exam(height=170, weight=78.6, bmi=21.0))["bmi"].last.value == 27.2


def test_what_was_reported_of_a_day_stands_before_what_is_computed():
    repeat = exam(height=170, weight=78.6)
    assert items(exam(bmi=27.5), repeat)["bmi"].last.value == 27.5
    assert items(repeat, exam(bmi=27.5))["bmi"].last.value == 27.5
    assert items(exam(height=170, weight=70), repeat)["bmi"].last.value == 27.2


def test_filtration_is_computed_from_creatinine_where_it_was_not_reported():
    found = items(exam(LAST_YEAR, creatinine=88, egfr=90), exam(DAY, creatinine=88))["egfr"]
    assert [(one.value, one.is_reported) for one in found.readings] == [(90, True), (91.1, False)]
    assert "egfr" not in items(exam(creatinine=88), sex="") and "egfr" not in items(exam(creatinine=88), birth=None)


def test_what_was_computed_last_time_is_not_said_to_be_unmeasured_now():
    assert measured.left_out(items(exam(LAST_YEAR, creatinine=88), exam(DAY, sbp=148))) == ["creatinine"]


def test_factor_gives_the_unit_of_the_paper_and_none_where_it_is_no_factor():
    paper = items(exam(fpg=126 * 0.0555, hba1c=6.5, reported={"fpg": [126, "mg/dL"], "hba1c": [48, "mmol/mol"]}))
    assert paper["fpg"].last.value * measured.factor(paper["fpg"].last, "fpg") == pytest.approx(126)
    assert measured.factor(paper["hba1c"].last, "hba1c") is None
    assert measured.factor(items(exam(fpg=5.0))["fpg"].last, "fpg") == 1.0


@pytest.mark.parametrize(
    ("span", "values"), [((90, 139), [148, 137]), ((None, 5.19), [4.9]), ((1.0, None), [0.4]), ((None, None), [72]), ((3.9, 6.0), [31.0])]
)
def test_axis_holds_range_and_values_inside_what_is_possible(span, values):
    start, end = measured.axis(span, values, (0.1, 300))
    assert 0.1 <= start < end <= 300
    assert all(start <= point <= end for point in [*values, *(limit for limit in span if limit is not None)])


def test_shown_numbers_have_no_digits_of_a_conversion():
    assert [measured.shown(value) for value in (78.6, 7.0, 6.993, 12.345678, 0.0412, 0, 148)] == ["78.6", "7", "6.993", "12.35", "0.0412", "0", "148"]


def test_a_year_is_about_a_year():
    assert [measured.is_a_year(before, DAY) for before in (LAST_YEAR, date(2024, 6, 1), date(2026, 1, 1))] == [True, False, False]


def test_units_are_written_as_people_write_them():
    assert [units.written(unit, "en") for unit in ("mm[Hg]", "10*9/L", "1", "{score}", "/min")] == ["mmHg", "×10⁹/L", "", "", "per min"]
    assert units.written("/min", "zh") == "次/分"

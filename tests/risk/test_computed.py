"""What is computed at each exam, and that it is what the colour is judged by."""

from datetime import date
from types import SimpleNamespace

import pytest

from healthmgmt.risk import computed, packs
from healthmgmt.risk.computed import Computed
from healthmgmt.risk.measures import Person, of_people
from healthmgmt.risk.stratification import evaluate

PACK = packs.load("cn")
BIRTH, DAY = date(1966, 1, 10), date(2026, 3, 2)


def exam(on: date = DAY, qualifiers: dict | None = None, **results: float) -> SimpleNamespace:
    return SimpleNamespace(taken_on=on, results=results, qualifiers=qualifiers or {})


def at(*exams: SimpleNamespace, sex: str = "m", birth: date | None = BIRTH) -> list[dict[str, Computed]]:
    return computed.at_exams(exams, sex=sex, birth=birth, pack=PACK)


def test_each_exam_has_its_own():
    found = at(exam(date(2025, 3, 2), height=170, weight=80), exam(height=170, weight=80, bmi=27.0), exam(creatinine=88), exam(sbp=120))
    assert found == [{"bmi": Computed(27.7)}, {}, {"egfr": Computed(86.7)}, {}]
    assert at() == []


def test_reported_value_is_told_with_the_one_that_is_used_instead():
    assert at(exam(height=170, weight=80, bmi=21.0)) == [{"bmi": Computed(27.7, reported=21.0)}]
    assert at(exam(creatinine=200, egfr=90)) == [{}]


def test_bounded_creatinine_gives_a_bounded_filtration():
    assert at(exam(qualifiers={"creatinine": ">"}, creatinine=200)) == [{"egfr": Computed(32.4, "<")}]
    assert at(exam(qualifiers={"weight": ">"}, height=170, weight=80)) == [{}]


def test_shown_number_stays_on_its_side_of_the_limits():
    found = at(exam(height=170, weight=69.28), exam(height=170, weight=69.4))
    assert [one["bmi"].value for one in found] == [23.97, 24.0]


def test_nothing_is_assumed():
    assert at(exam(creatinine=88), sex="") == at(exam(creatinine=88), birth=None) == at(exam(height=170)) == [{}]
    assert at(exam(creatinine=88), birth=date(2010, 1, 1)) == [{}]


@pytest.mark.parametrize("values", [{"height": 163, "weight": 71}, {"height": 163, "weight": 71, "bmi": 22}, {"creatinine": 131}])
def test_pages_show_the_number_that_the_colour_is_judged_by(values):
    ((code, shown),) = at(exam(**values))[0].items()
    judged = evaluate(PACK, of_people([Person("m", BIRTH, values, day=DAY)]), {}).measures.columns[code]
    assert (shown.value, bool(judged.computed[0])) == (round(float(judged.value[0]), 1), True)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("zh", ["由身高、体重计算", "由肌酐计算", "与身高、体重不符，按 28.4 判定"]),
        ("en", ["computed from height and weight", "computed from creatinine", "does not agree with height and weight; 28.4 is used"]),
    ],
)
def test_note_in_both_languages(language, texts):
    given = [("bmi", Computed(28.4)), ("egfr", Computed(84.6)), ("bmi", Computed(28.4, reported=24.0))]
    assert [computed.note(PACK, language, code, one) for code, one in given] == texts

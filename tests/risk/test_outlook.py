"""Confirmation on two days, the ideal state, and the sentences about both and about change."""

import json
import re
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from healthmgmt.risk import levers, outlook, packs, rereading
from healthmgmt.risk.calculators.registry import load as calculators
from healthmgmt.risk.confirming import Confirmation
from healthmgmt.risk.ideal import china_par_pct
from healthmgmt.risk.measures import Person, of_people
from healthmgmt.risk.packs import COLOURS
from healthmgmt.risk.stratification import evaluate

PACK = packs.load("cn", "2024")
DAY, EARLIER = date(2026, 6, 9), date(2025, 6, 12)
BIRTH, PLACE = date(1964, 3, 1), (True, True)
ANSWERED = {
    "sbp": 148, "dbp": 80, "tc": 5.0, "tg": 1.2, "hdl": 1.4, "waist": 88, "height": 170, "weight": 66, "fpg": 5.0, "smoking": 0,
    "treatment:bp": 0, "condition:diabetes": 0, "condition:ascvd": 0, "family:ascvd": 0,
}  # fmt: skip


def exam(on: date = DAY, *, pk: int = 0, reported: dict = {}, qualifiers: dict = {}, **results: float):
    named = {code.replace("condition_", "condition:"): value for code, value in results.items()}
    return SimpleNamespace(
        pk=pk or on.toordinal(), taken_on=on, results=named, reported=reported, qualifiers=qualifiers, ranges={},
    )  # fmt: skip


def looked(*exams, named=None, colour: str = "", since: date = date(2024, 12, 9)) -> outlook.Outlook:
    """What is said of an assessment of a man of 62 that read the exams `named`, all of them without that."""
    named = [one.pk for one in exams] if named is None else named
    read = [one for one in exams if one.pk in named] or list(exams)
    outcome = evaluate(PACK, rereading.of_assessment(read, [one.pk for one in read], sex="m", birth=BIRTH, place=PLACE), {})
    return outlook.look(
        PACK, exams, colour=colour or COLOURS[outcome.colour[0]], reasons=json.loads(outcome.reasons_json()[0]), named=named, sex="m",
        birth=BIRTH, place=PLACE, since=since, uppers={},
    )  # fmt: skip


def confirmation(indicator: str, *exams, **given) -> Confirmation | None:
    """Of the highest reason that rests on an indicator."""
    found = looked(*exams, **given).confirmations
    return next((found[line.number] for line in PACK.lines if line.indicator == indicator and line.number in found), None)


def test_nothing_is_said_of_change_where_a_reason_rests_on_more_than_exams():
    pack, one = packs.load("cn+high-altitude"), exam(**{**ANSWERED, "sbp": 132})
    outcome = evaluate(pack, rereading.of_assessment([one], [one.pk], sex="m", birth=BIRTH, place=PLACE), {})
    reasons, colour = json.loads(outcome.reasons_json()[0]), COLOURS[outcome.colour[0]]
    more = [line for line in pack.lines if line.reason == "altitude_high_haemoglobin"][:1]
    at_work = [{"code": line.reason, "line": line.number, "indicator": line.indicator, "value": 215, "unit": "g/L", "limit": 210} for line in more]
    given = {"colour": colour, "named": [one.pk], "sex": "m", "birth": BIRTH, "place": PLACE, "since": date(2024, 12, 9), "uppers": {}}
    assert outlook.look(pack, [one], reasons=reasons, **given).improvement != outlook.Improvement()
    assert outlook.look(pack, [one], reasons=[*reasons, *at_work], **given).improvement == outlook.Improvement()


# Two days ------------------------------------------------------------------------------------------------------------------


def test_reason_is_confirmed_by_the_reading_before_of_another_day():
    assert confirmation("sbp", exam(EARLIER, sbp=144), exam(sbp=148)) == Confirmation(True, EARLIER)
    assert confirmation("sbp", exam(EARLIER, sbp=138), exam(sbp=148)) == Confirmation(False, EARLIER)
    assert confirmation("sbp", exam(sbp=148)) == Confirmation(False, None)


def test_reason_is_not_confirmed_by_the_same_day_nor_by_what_is_too_old():
    assert confirmation("sbp", exam(DAY, pk=1, sbp=150), exam(DAY, sbp=148)) == Confirmation(False, None)
    assert confirmation("sbp", exam(date(2024, 6, 1), sbp=150), exam(sbp=148), named=[DAY.toordinal()]) == Confirmation(False, None)


def test_reason_is_not_confirmed_over_a_reading_that_did_not_meet_it():
    between = date(2025, 12, 1)
    assert confirmation("sbp", exam(EARLIER, sbp=150), exam(between, sbp=128), exam(sbp=148)) == Confirmation(False, between)


def test_two_tests_of_one_question_confirm_each_other_two_questions_do_not():
    assert confirmation("fpg", exam(EARLIER, hba1c=6.8), exam(fpg=7.4)) == Confirmation(True, EARLIER)
    assert confirmation("sbp", exam(EARLIER, dbp=94), exam(sbp=148)) == Confirmation(True, EARLIER)
    assert confirmation("tg", exam(EARLIER, tc=6.8), exam(tg=2.8)) == Confirmation(False, None)


def test_kidney_takes_three_months():
    assert confirmation("egfr", exam(date(2026, 5, 1), creatinine=180), exam(creatinine=180)) == Confirmation(False, None)
    assert confirmation("egfr", exam(date(2026, 3, 1), creatinine=180), exam(creatinine=180)) == Confirmation(True, date(2026, 3, 1))


def test_confirmation_is_judged_in_the_unit_of_the_paper():
    before = exam(EARLIER, fpg=6.993, reported={"fpg": (126, "mg/dL")})
    assert confirmation("fpg", before, exam(fpg=7.4)) == Confirmation(True, EARLIER)


def test_nothing_is_said_of_what_is_not_measured_again():
    assert looked(exam(condition_ascvd=1, weight=80, height=170)).confirmations == {}


# The ideal state -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sex", ["m", "f"])
def test_ideal_risk_is_that_of_the_official_calculator(sex):
    person = Person(sex=sex, birth=BIRTH, day=DAY, values=ANSWERED, north=True, urban=True)
    given = {
        "age": 62, "sex": {"m": "male", "f": "female"}[sex], "sbp": 148, "dbp": 80, "bp_treated": False, "total_cholesterol": 5.0,
        "total_cholesterol_unit": "mmol/L", "hdl_c": 1.4, "hdl_c_unit": "mmol/L", "waist_cm": 88, "current_smoker": False, "diabetes": False, "north": True, "urban": True,
        "family_history_ascvd": False,
    }  # fmt: skip
    expected = calculators()["china_par"](**{key: np.array([value], dtype=object) for key, value in given.items()})
    assert china_par_pct(of_people([person]))[0] == pytest.approx(expected.outputs["ideal_risk_10y_pct"][0])


def test_ideal_risk_stands_beside_the_own_where_there_is_one():
    found = looked(exam(**ANSWERED))
    assert (round(found.own_risk, 2), round(found.ideal_risk, 2)) == (10.73, 7.99)
    assert outlook.ideal_text(found, "en") == "Ten-year risk 10.7%; in the ideal state at the same age and sex 8.0%."
    assert outlook.ideal_text(found, "zh") == "十年风险 10.7%，同龄同性别的理想状态为 8.0%。"
    low = looked(exam(**ANSWERED | {"sbp": 112, "hdl": 1.9}))
    assert outlook.ideal_text(low, "en").endswith(", not above the 8.0% of the ideal state at the same age and sex.")
    without = looked(exam(**{code: value for code, value in ANSWERED.items() if code != "smoking"}))
    assert (without.own_risk, outlook.ideal_text(without, "en")) == (None, "")


def test_ideal_state_says_whose_definition_it_is():
    assert "official China-PAR calculator" in outlook.ideal_meaning("m", "en") and "waist 90 cm" in outlook.ideal_meaning("m", "en")
    assert "腰围 85 cm" in outlook.ideal_meaning("f", "zh")


# What an assessment rested on ----------------------------------------------------------------------------------------------


def test_measures_are_those_of_the_exams_that_were_read():
    old = exam(EARLIER, sbp=160, tg=2.9, reported={"tg": (257, "mg/dL")}, qualifiers={"sbp": ">"})
    measures = rereading.of_assessment([old, exam(sbp=148)], [old.pk, DAY.toordinal()], sex="m", birth=BIRTH, place=PLACE)
    assert [float(measures.value(code)[0]) for code in ("sbp", "tg")] == [148, 2.9]
    assert (measures.columns["sbp"].qualifier[0], measures.columns["tg"].reported[0]) == (0, 257)
    alone = rereading.of_assessment([old, exam(sbp=148)], [DAY.toordinal()], sex="m", birth=BIRTH, place=PLACE)
    assert "tg" not in alone.columns


def test_nothing_is_said_of_change_where_the_exams_do_not_give_that_colour_any_more():
    one = exam(**ANSWERED)
    assert looked(one).improvement.changes or looked(one).improvement.standing
    for found in (looked(one, colour="blue"), looked(one, named=[one.pk, 1])):
        assert (found.improvement.changes, found.improvement.standing, found.own_risk) == ((), (), None)


def test_no_change_is_named_beside_a_class_a_result():
    assert looked(exam(sbp=186, dbp=80)).improvement.changes == ()


# Words ---------------------------------------------------------------------------------------------------------------------


def test_clinician_reads_how_sure_a_reason_is():
    cases = [
        (None, ""),
        (Confirmation(True, EARLIER), "confirmed on two days (also 12 June 2025)"),
        (Confirmation(False, None), "one reading"),
        (Confirmation(False, EARLIER), "one reading; the one before, on 12 June 2025, did not meet it"),
    ]
    assert [outlook.clinical_note(found, "en") for found, _words in cases] == [words for _found, words in cases]
    assert outlook.clinical_note(Confirmation(True, EARLIER), "zh") == "两个日期结果一致（另一次 2025 年 6 月 12 日）"


def test_person_reads_it_in_plain_words():
    assert outlook.own_note(Confirmation(True, EARLIER), "zh") == "2025 年 6 月 12 日也是这样。"
    assert [outlook.own_note(one, "en") for one in (None, Confirmation(False, EARLIER))] == ["", "One reading so far."]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_lever_can_be_said(language):
    high = ANSWERED | {"sbp": 172, "dbp": 104, "tc": 6.9, "tg": 3.1, "hdl": 0.9, "weight": 88, "fpg": 8.1, "uric_acid": 500}
    for values in ({**ANSWERED, code: high[code]} if code in ANSWERED else {**ANSWERED, "sbp": 118, code: high[code]} for code in high):
        found = looked(exam(**values)).improvement
        said = outlook.change_text(found, PACK, language) + outlook.standing_text(found, PACK, language)
        assert said[-1:] in ("", "。", ".") and "{" not in said and "  " not in said


def test_words_name_no_diagnosis_and_blame_nobody():
    known = levers.load()
    texts = [text for phrase in (*known.sentences.values(), *known.conditions.values()) for text in (phrase.zh, phrase.en)]
    assert [text for text in texts if re.search("您患有|超标|异常|必须|you have (?!been)|abnormal|must", text)] == []

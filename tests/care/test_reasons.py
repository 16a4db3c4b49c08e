"""Why a person has their colour, as clinicians read it; without a database."""

import json
from datetime import date

from django.utils import translation

from healthmgmt.care import reasons
from healthmgmt.exams.models import Exam
from healthmgmt.people.models import Person
from healthmgmt.risk import outlook, packs, rereading
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.stratification import evaluate

PACK = packs.load("cn", "2024")
BIRTH, DAY, LAST_YEAR = date(1974, 3, 1), date(2026, 6, 9), date(2025, 6, 12)
HEALTHY = {"height": 170, "weight": 63, "sbp": 112, "dbp": 70, "fpg": 5.0, "tc": 4.5, "tg": 1.0}


def exam(on: date = DAY, **results: float) -> Exam:
    return Exam(pk=on.toordinal(), taken_on=on, results=HEALTHY | results)


def why(*exams: Exam, place: rereading.Place = (None, None)) -> reasons.Why:
    """Of a man; where nobody knows his unit's place there is no ten-year risk."""
    named = [one.pk for one in exams]
    measures = rereading.of_assessment(exams, named, sex="m", birth=BIRTH, place=place)
    outcome = evaluate(PACK, measures, {})
    one = Assessment(
        colour=packs.COLOURS[outcome.colour[0]], reasons=json.loads(outcome.reasons_json()[0]), scores={},
        missing=json.loads(outcome.missing_json()[0]), exams=named, assessed_on=date(2026, 6, 18), pack="cn", edition="2024",
    )  # fmt: skip
    return reasons.why(one, PACK, exams, Person(sex="m", birth=BIRTH))


def test_reason_says_value_limit_day_source_and_how_sure_it_is():
    found = why(exam(LAST_YEAR, sbp=144), exam(sbp=148)).reasons
    assert [(one.colour, one.source) for one in found] == [("orange", "Chinese hypertension guideline 2018/2024")]
    assert found[0].text == (
        "Blood pressure in the range of hypertension: systolic blood pressure 148 mmHg on 9 June 2026, at or above 140 mmHg; "
        "confirmed on two days (also 12 June 2025)."
    )
    assert why(exam(sbp=148)).reasons[0].text.endswith("at or above 140 mmHg; one reading.")
    with translation.override("zh-hans"):
        assert why(exam(sbp=148)).reasons[0].text.endswith("达到或高于 140 mmHg；单次测量。")


def test_reason_that_is_not_measured_again_says_nothing_of_it():
    assert why(exam(weight=75)).reasons[0].text.endswith("at or above 24 kg/m².")


def test_change_or_what_stands_in_the_way_of_one():
    assert why(exam(sbp=148)).change == "With systolic blood pressure below 140 mmHg the colour becomes blue."
    assert why(exam(sbp=148, tg=2.5)).change.startswith("No single change moves the colour: blood pressure and triglycerides")
    held = why(exam(**{"condition:diabetes": 1})).change
    assert held == "The colour rests on diagnosed or treated diabetes: no single change moves it."


def test_missing_is_told_with_who_can_supply_it_green_apart_from_risk():
    found = why(exam(sbp=148))
    assert found.missing == []
    assert any(one.startswith("The person can say: ") and "smoking" in one for one in found.missing_for_risk)
    lacking = exam()
    del lacking.results["fpg"]
    with translation.override("zh-hans"):
        found = why(lacking)
    assert len(found.missing) == 1 and found.missing[0].startswith("体检机构可以补充：")


def test_value_outside_the_range_of_a_model_is_told(monkeypatch):
    monkeypatch.setattr(reasons.risk, "outlook_of", lambda *_given: outlook.Outlook())
    answers = {"smoking": 0, "treatment:bp": 0, "condition:diabetes": 0, "condition:ascvd": 0, "family:ascvd": 0}
    told = why(exam(hdl=1.4, waist=131, **answers), place=(True, True)).outside
    assert len(told) == 1 and "waist" in told[0]


def test_nothing_without_an_assessment_and_no_ideal_without_a_risk():
    assert reasons.why(None, None, [], Person(sex="m")) == reasons.Why()
    assert (why(exam(sbp=148)).ideal, why(exam(sbp=148)).ideal_meaning) == ("", "")

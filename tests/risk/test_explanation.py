import json
from datetime import date

import pytest

from healthmgmt.risk import packs
from healthmgmt.risk.explanation import explain, number_text
from healthmgmt.risk.measures import Person, of_people
from healthmgmt.risk.packs import COLOURS
from healthmgmt.risk.stratification import evaluate

PACK = packs.load("cn")


def explained(person: Person, language: str = "en", clinical: bool = False):
    outcome = evaluate(PACK, of_people([person]), {"alt": (50, 40)})
    reasons, missing, scores = (
        json.loads(texts[0]) for texts in (outcome.reasons_json(), outcome.missing_json(), outcome.scores_json())
    )
    return explain(
        PACK, language, colour=COLOURS[outcome.colour[0]], reasons=reasons, missing=missing, scores=scores,
        clinical=clinical,
    )  # fmt: skip


def person(values: dict, **parts) -> Person:
    return Person(**{"sex": "m", "birth": date(1990, 1, 1), "day": date(2024, 5, 1), "values": values} | parts)


def test_reason_in_both_languages() -> None:
    one = person({"fpg": 6.993}, reported={"fpg": (126, "mg/dL")})
    assert explained(one).reasons[0].text == (
        "Glucose in the range of diabetes: fasting glucose 126 mg/dL on 1 May 2024, at or above 126 mg/dL."
    )
    assert explained(one, "zh").reasons[0].text == "血糖在糖尿病范围：2024年5月1日空腹血糖 126 mg/dL，达到或高于 126 mg/dL。"


def test_reason_carries_value_limit_date_and_source() -> None:
    reason = explained(person({"sbp": 145})).reasons[0]
    assert (reason.value, reason.unit, reason.limit, reason.on) == ("145", "mmHg", "140", date(2024, 5, 1))
    assert reason.source == "hypertension guideline 2018/2024"


def test_reasons_highest_first_and_weaker_ones_on_the_same_value_marked() -> None:
    reasons = explained(person({"sbp": 182, "waist": 95})).reasons
    assert [(r.code, r.colour, r.is_main) for r in reasons] == [
        ("critical_bp", "red", True),
        ("hypertension", "orange", False),
        ("central_obesity", "yellow", True),
        ("high_normal_bp", "blue", False),
    ]


def test_advice_stands_beside_the_reason_and_by_line() -> None:
    assert explained(person({"dbp": 110})).reasons[0].advice == "Repeat after five minutes' rest."
    assert explained(person({"fpg": 2.8})).reasons[0].advice == "Very low; often a delayed sample: repeat today."
    assert explained(person({"fpg": 17})).reasons[0].advice == ""


def test_flag_reason_has_no_number() -> None:
    reason = explained(person({"condition:ascvd": 1})).reasons[0]
    assert (reason.text, reason.value, reason.limit) == ("Known cardiovascular disease: recorded on 1 May 2024.", "", "")


def test_reason_says_that_its_value_was_computed_and_from_what() -> None:
    body = person({"height": 170, "weight": 80})
    assert explained(body).reasons[0].text == (
        "Overweight: body mass index (computed from height and weight) 27.7 kg/m² on 1 May 2024, at or above 24 kg/m²."
    )
    assert "2024年5月1日体重指数（由身高、体重计算）27.7 kg/m²" in explained(body, "zh").reasons[0].text
    assert "（由肌酐计算）" in explained(person({"creatinine": 200}), "zh").reasons[0].text
    reported = explained(person({"height": 170, "weight": 80, "bmi": 27.7})).reasons[0]
    assert (reported.computed, "omputed" in reported.text) == ("", False)


def test_scores_are_what_was_computed() -> None:
    assert explained(person({"height": 170, "weight": 80, "bmi": 27.7})).scores == ()


def test_undated_reason() -> None:
    reason = explained(person({"tc": 6.2}, day=None)).reasons[0]
    assert reason.text == "Raised blood lipids: total cholesterol 6.2 mmol/L, at or above 6.2 mmol/L."


def test_private_reason_shows_its_value_on_the_clinical_route_only() -> None:
    one = person({"phq9_total": 12})
    hidden, open_ = explained(one).reasons[0], explained(one, clinical=True).reasons[0]
    assert hidden.text == "A questionnaire suggests distress. Details are given on the clinical route only."
    assert (hidden.value, hidden.limit, hidden.indicator) == ("", "", "")
    assert open_.text == "A questionnaire suggests distress: PHQ-9 score 12 on 1 May 2024, at or above 10."


def test_ordinals_read_as_on_the_strip() -> None:
    reason = explained(person({"u_pro": 3})).reasons[0]
    assert (reason.value, reason.limit) == ("3+", "3+")


def test_computed_number_never_contradicts_its_limit() -> None:
    line = next(line for line in PACK.lines if line.reason == "underweight")
    assert [number_text(v, line, 18.5) for v in (18.4321, 18.46, 18.4996)] == ["18.4", "18.46", "18.4996"]


def test_qualifier_is_shown() -> None:
    assert explained(person({"tg": 11.3}, qualifiers={"tg": ">"})).reasons[0].value == ">11.3"


def test_missing_says_who_can_supply_it() -> None:
    one = person({"sbp": 112}, birth=date(1964, 1, 1), north=True, urban=True)
    missing = {entry.name: entry for entry in explained(one).missing}
    assert list(missing)[:4] == ["bmi", "dbp", "fpg_or_hba1c", "tc"]
    assert missing["tc"].purposes == ("minimum", "china_par")
    assert {missing[name].who for name in ("waist", "tc")} == {"exam_centre"}
    assert {missing[name].who for name in ("smoking", "family_history", "past_history", "medication")} == {"person"}
    assert missing["waist"].text == "Missing: waist. It can be supplied by the exam centre."


def test_place_and_birth_come_from_hr() -> None:
    missing = {entry.name: entry.who for entry in explained(person({"sbp": 112}, birth=None)).missing}
    assert (missing["age"], missing["place"]) == ("hr", "hr")


def test_every_missing_name_has_words() -> None:
    nobody = Person(values={"smoking": 0})
    for language in ("zh", "en"):
        assert len(explained(nobody, language).missing) == len({m.name for m in explained(nobody).missing})


def test_value_outside_the_form_is_named() -> None:
    values = {
        "sbp": 138, "tc": 5.4, "hdl": 1.4, "waist": 131, "smoking": 0, "treatment:bp": 0, "condition:diabetes": 0,
        "family:ascvd": 0,
    }  # fmt: skip
    one = person(values, birth=date(1964, 1, 1), north=True, urban=True)
    assert explained(one).outside == ("Not computed: waist is outside the range of the score.",)


def test_colour_plan_screening_and_scores() -> None:
    found = explained(person({"height": 170, "weight": 80}))
    assert (found.colour, found.label) == ("yellow", "Yellow: overweight")
    assert found.plan == "Join the supervised weight programme, online or on site."
    assert "not a diagnosis" in found.screening
    assert [(s.name, s.value, s.unit) for s in found.scores] == [("bmi", "27.7", "kg/m²")]


def test_unknown_language_is_an_error() -> None:
    with pytest.raises(KeyError):
        explained(person({"sbp": 112}), "fr")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_line_of_the_pack_can_be_said(language: str) -> None:
    for line in PACK.lines:
        reason = {
            "code": line.reason, "line": line.number, "indicator": line.indicator, "unit": line.unit,
            "value": True if line.is_flag else line.limit, "limit": True if line.is_flag else line.limit,
        }  # fmt: skip
        found = explain(PACK, language, colour=line.colour, reasons=[reason], missing={}, scores={}, clinical=True)
        text = found.reasons[0].text
        assert (text[-1] in "。.", "{" in text, "  " in text, text.startswith(PACK.words.reasons[line.reason][language])) == (
            True, False, False, True,
        )  # fmt: skip

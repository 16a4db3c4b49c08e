"""The pack `kr-checkup`: the grade of every test on both sides of its cuts, and the colour of the worst one."""

import json

import pytest

from healthmgmt.risk import packs
from healthmgmt.risk.explanation import reason_texts
from healthmgmt.risk.measures import of_people
from healthmgmt.risk.stratification import Outcome, evaluate
from tests.risk.people import UPPERS, codes, colour, missing, person, reporting

PACK = packs.load("kr-checkup")
FINE = {"bmi": 24.9, "waist": 84, "sbp": 119, "dbp": 79, "fpg": 99, "tc": 199, "ldl": 129, "hdl": 60, "tg": 149}
A, B, SUSPECTED = "A", "B", "suspected"


def judge(*people) -> Outcome:
    return evaluate(PACK, of_people(people), UPPERS)


def grade(outcome: Outcome, test: str) -> str:
    found = codes(outcome)
    return SUSPECTED if f"suspected_{test}" in found else B if f"border_{test}" in found else A


# Test, item, sex, unit of the report, and the grade of each value.
CUTS = [
    ("bp", "sbp", "m", "mg/dL", {119: A, 120: B, 139: B, 140: SUSPECTED}),
    ("bp", "dbp", "m", "mg/dL", {79: A, 80: B, 89: B, 90: SUSPECTED}),
    ("bmi", "bmi", "m", "mg/dL", {18.4: B, 18.5: A, 24.9: A, 25: B, 29.9: B, 30: SUSPECTED}),
    ("waist", "waist", "m", "mg/dL", {89.9: A, 90: B, 130: B}),
    ("waist", "waist", "f", "mg/dL", {84.9: A, 85: B, 130: B}),
    ("glucose", "fpg", "m", "mg/dL", {99: A, 100: B, 125: B, 126: SUSPECTED}),
    ("lipids", "tc", "m", "mg/dL", {199: A, 200: B, 239: B, 240: SUSPECTED}),
    ("lipids", "ldl", "m", "mg/dL", {129: A, 130: B, 159: B, 160: SUSPECTED}),
    ("lipids", "hdl", "m", "mg/dL", {60: A, 59: B, 40: B, 39: SUSPECTED}),
    ("lipids", "tg", "m", "mg/dL", {149: A, 150: B, 199: B, 200: SUSPECTED}),
    ("liver", "ast", "m", "mg/dL", {40: A, 41: B, 50: B, 51: SUSPECTED}),
    ("liver", "alt", "m", "mg/dL", {35: A, 36: B, 45: B, 46: SUSPECTED}),
    ("liver", "ggt", "m", "mg/dL", {63: A, 64: B, 77: B, 78: SUSPECTED}),
    ("liver", "ggt", "f", "mg/dL", {35: A, 36: B, 45: B, 46: SUSPECTED}),
    ("haemoglobin", "hgb", "m", "g/dL", {13.0: A, 12.9: B, 12.0: B, 11.9: SUSPECTED}),
    ("haemoglobin", "hgb", "f", "g/dL", {12.0: A, 11.9: B, 10.0: B, 9.9: SUSPECTED}),
    ("kidney", "egfr", "m", "mg/dL", {60: A, 59.9: SUSPECTED}),
]


@pytest.mark.parametrize(("test", "code", "sex", "unit", "values"), CUTS, ids=lambda part: part if isinstance(part, str) else "")
def test_kr_grades_on_both_sides(test: str, code: str, sex: str, unit: str, values: dict[float, str]) -> None:
    found = {value: grade(judge(reporting({code: value}, unit, sex=sex)), test) for value in values}
    assert found == values


@pytest.mark.parametrize(
    ("test", "code", "values"),
    [
        ("glucose", "fpg", {5.55: A, 5.56: B, 6.99: B, 7.0: SUSPECTED}),
        ("lipids", "tc", {5.17: A, 5.18: B, 6.20: B, 6.21: SUSPECTED}),
        ("lipids", "hdl", {1.56: A, 1.55: B, 1.04: B, 1.03: SUSPECTED}),
        ("lipids", "tg", {1.69: A, 1.70: B, 2.25: B, 2.26: SUSPECTED}),
    ],
)
def test_kr_grades_in_mmol_per_litre(test: str, code: str, values: dict[float, str]) -> None:
    assert {value: grade(judge(person({code: value})), test) for value in values} == values


def test_kr_colour_is_that_of_the_worst_grade() -> None:
    table = [
        ({}, "green"),
        ({"tg": 150}, "blue"),
        ({"bmi": 30}, "yellow"),
        ({"alt": 46, "sbp": 120}, "yellow"),
        ({"hgb": 119}, "yellow"),
        ({"egfr": 59}, "yellow"),
        ({"sbp": 140}, "orange"),
        ({"fpg": 126}, "orange"),
        ({"hdl": 39}, "orange"),
        ({"condition:hypertension": 1}, "orange"),
        ({"condition:diabetes": 1}, "orange"),
        ({"condition:dyslipidaemia": 1}, "orange"),
        ({"condition:ascvd": 1}, "orange"),
        ({"sbp": 180}, "red"),
        ({"fpg": 300}, "red"),
        ({"fpg": 50}, "red"),
    ]
    assert [colour(judge(reporting(FINE | change))) for change, _ in table] == [expected for _, expected in table]


def test_kr_known_disease_is_a_grade_of_its_own() -> None:
    outcome = judge(reporting(FINE | {"condition:hypertension": 1, "sbp": 118}))
    assert codes(outcome) == {"known_disease"}
    assert reason_texts(PACK, json.loads(outcome.reasons_json()[0]), "en")[0].text == (
        "Diagnosed or treated before (diagnosed or treated hypertension, 1 May 2024)."
    )


def test_kr_suspected_pressure_and_glucose_ask_for_a_confirmation_visit() -> None:
    reasons = json.loads(judge(reporting(FINE | {"sbp": 145, "fpg": 130, "tg": 210})).reasons_json()[0])
    advice = {text.code: text.advice for text in reason_texts(PACK, reasons, "en") if text.colour == "orange"}
    visit = "Please come to a confirmation visit; a doctor checks the result."
    assert advice == {"suspected_bp": visit, "suspected_glucose": visit, "suspected_lipids": ""}


@pytest.mark.parametrize("name", ["bmi", "waist", "sbp", "dbp", "fpg", "tc", "tg", "hdl"])
def test_kr_green_only_with_the_whole_minimum_set(name: str) -> None:
    outcome = judge(reporting({code: value for code, value in FINE.items() if code != name}))
    assert (colour(outcome), missing(outcome)["minimum"]) == ("grey", [name])


def test_kr_pregnancy_switches_off_weight_and_waist() -> None:
    values = FINE | {"bmi": 31, "waist": 100}
    ordinary, pregnant = reporting(values, sex="f"), reporting(values | {"condition:pregnant": 1}, sex="f")
    assert (codes(judge(ordinary)), codes(judge(pregnant))) == ({"suspected_bmi", "border_bmi", "border_waist"}, set())

"""The pack `jp-tokutei`: both sides of every cut of the reference, the levels of its calculator, and what only several results
together say."""

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from healthmgmt.risk import packs
from healthmgmt.risk.calculating import next_return
from healthmgmt.risk.explanation import reason_texts
from healthmgmt.risk.measures import of_people
from healthmgmt.risk.stratification import Outcome, evaluate
from tests.risk.people import UPPERS, codes, colour, missing, person, reporting

PACK = packs.load("jp-tokutei")
# A man of 50 with the whole minimum set, no point and no habit that would count.
FINE = {
    "waist": 84.9, "bmi": 24.9, "sbp": 129, "dbp": 84, "tg": 149, "hdl": 40, "fpg": 99, "hba1c": 5.5, "smoking": 0,
    "treatment:bp": 0, "treatment:lipid": 0, "treatment:glucose": 0, "condition:diabetes": 0,
}  # fmt: skip
SUPPORT = {"active_support", "motivational_support"}
KINDS = {"prompt": "prompt", "consult": "see a doctor", "guidance": "guidance"}


def judge(*people) -> Outcome:
    return evaluate(PACK, of_people(people), UPPERS)


def level(outcome: Outcome, at: int = 0) -> str:
    """The level of support that the calculator gave, empty for none."""
    value = outcome.measures.value("calc:jp_tokutei.level")[at]
    options = ["information", "motivational", "active", "excluded", "out_of_scope", "cannot_be_determined"]
    return "" if np.isnan(value) else options[int(value)]


def said(outcome: Outcome, group: str) -> str:
    """The highest limit that a group of results has met."""
    return next((word for kind, word in KINDS.items() if f"{kind}_{group}" in codes(outcome)), "fine")


# Group, item, sex, unit of the report, and what each value says.
CUTS = [
    ("bp", "sbp", "m", "mg/dL", {129: "fine", 130: "guidance", 139: "guidance", 140: "see a doctor", 159: "see a doctor", 160: "prompt"}),
    ("bp", "dbp", "m", "mg/dL", {84: "fine", 85: "guidance", 89: "guidance", 90: "see a doctor", 99: "see a doctor", 100: "prompt"}),
    ("lipids", "hdl", "m", "mg/dL", {40: "fine", 39: "guidance", 35: "guidance", 34: "see a doctor"}),
    ("lipids", "ldl", "m", "mg/dL", {119: "fine", 120: "guidance", 139: "guidance", 140: "see a doctor"}),
    ("lipids", "non_hdl", "m", "mg/dL", {149: "fine", 150: "guidance", 169: "guidance", 170: "see a doctor"}),
    ("lipids", "tg", "m", "mg/dL", {174: "fine", 175: "guidance", 299: "guidance", 300: "see a doctor"}),
    ("glucose", "fpg", "m", "mg/dL", {99: "fine", 100: "guidance", 125: "guidance", 126: "see a doctor"}),
    ("glucose", "random_glucose", "m", "mg/dL", {99: "fine", 100: "guidance", 125: "guidance", 126: "see a doctor"}),
    ("glucose", "hba1c", "m", "mg/dL", {5.5: "fine", 5.6: "guidance", 6.4: "guidance", 6.5: "see a doctor"}),
    ("liver", "ast", "m", "mg/dL", {30: "fine", 31: "guidance", 50: "guidance", 51: "see a doctor"}),
    ("liver", "alt", "m", "mg/dL", {30: "fine", 31: "guidance", 50: "guidance", 51: "see a doctor"}),
    ("liver", "ggt", "f", "mg/dL", {50: "fine", 51: "guidance", 100: "guidance", 101: "see a doctor"}),
    ("kidney", "egfr", "m", "mg/dL", {60: "fine", 59.9: "guidance", 45: "guidance", 44.9: "see a doctor"}),
    ("haemoglobin", "hgb", "m", "g/dL", {13.1: "fine", 13.0: "guidance", 12.1: "guidance", 12.0: "see a doctor"}),
    ("haemoglobin", "hgb", "f", "g/dL", {12.1: "fine", 12.0: "guidance", 11.1: "guidance", 11.0: "see a doctor"}),
]  # fmt: skip


@pytest.mark.parametrize(("group", "code", "sex", "unit", "values"), CUTS, ids=lambda part: part if isinstance(part, str) else "")
def test_jp_limits_on_both_sides(group: str, code: str, sex: str, unit: str, values: dict[float, str]) -> None:
    found = {value: said(judge(reporting({code: value}, unit, sex=sex)), group) for value in values}
    assert found == values


def test_jp_fasting_triglycerides_have_their_own_limit() -> None:
    """Fasting is confirmed by a fasting glucose of the same day; a casual glucose or one of another day confirms nothing."""
    values = {149: "fine", 150: "guidance", 299: "guidance", 300: "see a doctor"}
    assert {tg: said(judge(reporting({"tg": tg, "fpg": 90})), "lipids") for tg in values} == values
    casual = judge(reporting({"tg": 160, "random_glucose": 90}))
    other_day = judge(reporting({"tg": 160, "fpg": 90}, days={"fpg": date(2024, 4, 30)}))
    assert [said(casual, "lipids"), said(other_day, "lipids")] == ["fine", "fine"]


def test_jp_casual_glucose_counts_only_where_there_is_no_fasting_one() -> None:
    assert said(judge(reporting({"fpg": 90, "random_glucose": 130})), "glucose") == "fine"


@pytest.mark.parametrize(
    ("code", "below", "at"),
    [("fpg", 5.55, 5.56), ("fpg", 6.99, 7.0), ("tg", 1.97, 1.98), ("ldl", 3.10, 3.11), ("ldl", 3.62, 3.63), ("non_hdl", 4.39, 4.40)],
)
def test_jp_limits_in_mmol_per_litre(code: str, below: float, at: float) -> None:
    assert len(codes(judge(person({code: at})))) > len(codes(judge(person({code: below}))))


def test_jp_colours_with_the_whole_minimum_set() -> None:
    table = [
        ({}, "green"),
        ({"sbp": 130}, "blue"),
        ({"waist": 85, "sbp": 130}, "blue"),
        ({"waist": 85, "sbp": 130, "hdl": 39}, "yellow"),
        ({"sbp": 140}, "yellow"),
        ({"sbp": 140, "ldl": 139}, "yellow"),
        ({"sbp": 140, "ldl": 140}, "orange"),
        ({"sbp": 160}, "orange"),
        ({"dbp": 100}, "orange"),
        ({"sbp": 180}, "red"),
        ({"fpg": 300}, "red"),
    ]
    assert [colour(judge(reporting(FINE | change))) for change, _ in table] == [expected for _, expected in table]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({}, "orange"),
        ({"condition:diabetes": 1}, "yellow"),
        ({"treatment:glucose": 1}, "yellow"),
        ({"condition:diabetes": None, "treatment:glucose": None}, "orange"),
    ],
)
def test_jp_diabetes_range_is_orange_where_it_is_newly_found(history: dict, expected: str) -> None:
    values = {code: value for code, value in (FINE | {"hba1c": 6.5} | history).items() if value is not None}
    outcome = judge(reporting(values))
    assert (colour(outcome), "new_diabetes_range" in codes(outcome)) == (expected, expected == "orange")


def test_jp_two_values_of_one_group_are_one_group() -> None:
    assert colour(judge(reporting(FINE | {"ldl": 140, "hdl": 34}))) == "yellow"
    groups = judge(reporting(FINE | {"ldl": 140, "hdl": 34, "alt": 51, "egfr": 44}))
    told = [reason for reason in json.loads(groups.reasons_json()[0]) if reason["code"] == "several_groups"]
    assert [(reason["value"], reason["limit"], reason["computed"]) for reason in told] == [(3, 2, True)]


LEVELS = [
    ({}, "information"),
    ({"waist": 85}, "information"),
    ({"waist": 85, "sbp": 130}, "motivational"),
    ({"waist": 85, "sbp": 130, "fpg": 100}, "active"),
    ({"waist": 85, "sbp": 130, "smoking": 2}, "active"),
    ({"waist": 85, "sbp": 130, "smoking": 1}, "motivational"),
    ({"bmi": 25, "sbp": 130, "fpg": 100}, "motivational"),
    ({"bmi": 25, "sbp": 130, "fpg": 100, "tg": 150}, "active"),
    ({"waist": 85, "sbp": 130, "treatment:lipid": 1}, "excluded"),
]


@pytest.mark.parametrize(("change", "expected"), LEVELS)
def test_jp_level_of_a_man_of_fifty(change: dict, expected: str) -> None:
    outcome = judge(reporting(FINE | change))
    assert (level(outcome), json.loads(outcome.scores_json()[0])["jp_tokutei"]) == (expected, expected)
    assert SUPPORT & codes(outcome) == SUPPORT & {f"{expected}_support"}


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(1985, 3, 31), "active"), (date(1985, 4, 1), "out_of_scope"),
        (date(1960, 4, 1), "active"), (date(1960, 3, 31), "motivational"),
        (date(1950, 4, 1), "motivational"), (date(1950, 3, 31), "out_of_scope"),
    ],
)  # fmt: skip
def test_jp_age_is_the_one_reached_in_the_fiscal_year(birth: date, expected: str) -> None:
    """Examined on 1 May 2024, in the fiscal year that ends on 31 March 2025."""
    assert level(judge(reporting(FINE | {"waist": 85, "sbp": 130, "fpg": 100}, birth=birth))) == expected


def test_jp_fiscal_year_ends_on_the_day_itself() -> None:
    days = np.array(["2024-03-31", "2024-04-01", "2025-03-30", "NaT"], dtype="M8[D]")
    assert next_return(days, 3, 31).astype(str).tolist() == ["2024-03-31", "2025-03-31", "2025-03-31", "NaT"]


@pytest.mark.parametrize(
    ("absent", "change", "named"),
    [
        ("waist", {}, ["waist"]),
        ("smoking", {"waist": 85, "sbp": 130}, ["smoking"]),
        ("treatment:lipid", {}, ["medication"]),
    ],
)
def test_jp_level_cannot_be_determined_and_says_what_is_missing(absent: str, change: dict, named: list[str]) -> None:
    values = {code: value for code, value in (FINE | change).items() if code != absent}
    outcome = judge(reporting(values))
    assert (level(outcome), missing(outcome)["jp_tokutei"]) == ("cannot_be_determined", named)
    assert not SUPPORT & codes(outcome)


def test_jp_level_takes_no_bound_for_a_value_and_none_outside_its_range() -> None:
    bounded = judge(reporting(FINE | {"waist": 85}, qualifiers={"hba1c": "<"}))
    outside = judge(reporting(FINE | {"waist": 201}))
    assert (level(bounded), missing(bounded)["jp_tokutei"]) == ("", ["glucose_or_hba1c"])
    assert (level(outside), missing(outside)["jp_tokutei_out_of_range"]) == ("", ["waist"])


def test_jp_pregnancy_leads_to_no_level_of_support() -> None:
    one = reporting(FINE | {"waist": 95, "sbp": 135, "fpg": 101, "condition:pregnant": 1}, sex="f")
    assert codes(judge(one)) == {"guidance_bp", "guidance_glucose"}


@pytest.mark.parametrize("name", ["waist", "bmi", "sbp", "dbp", "tg", "hdl"])
def test_jp_green_only_with_the_whole_minimum_set(name: str) -> None:
    outcome = judge(reporting({code: value for code, value in FINE.items() if code != name}))
    assert (colour(outcome), missing(outcome)["minimum"]) == ("grey", [name])


def test_jp_minimum_set_takes_a_casual_glucose_for_a_fasting_one() -> None:
    without = {code: value for code, value in FINE.items() if code not in ("fpg", "hba1c")}
    assert [colour(judge(reporting(without | one))) for one in ({}, {"random_glucose": 99})] == ["grey", "green"]


def test_jp_levels_of_the_vectors_through_the_pack(shared: Path) -> None:
    """The published cases, as values of people: the pack feeds its calculator with the same numbers."""
    names = {"waist_cm": "waist", "tg_fasting": "tg", "tg_casual": "tg", "glucose_fasting": "fpg"}
    with (shared / "reference" / "vectors" / "jp_tokutei.csv").open(encoding="utf-8") as file:
        cases = [row for row in csv.DictReader(file) if row["output"] == "level"]
    found = {}
    for row in cases:
        inputs = json.loads(row["inputs"])
        values = {names.get(key, key): value for key, value in inputs.items() if key not in ("age", "sex", "smoker", "medication")}
        treated = {f"treatment:{kind}": float(inputs["medication"]) for kind in ("bp", "lipid", "glucose")}
        birth = date(2025 - inputs["age"], 1, 1)
        one = reporting(values | treated | {"smoking": 2 * inputs["smoker"]}, sex=inputs["sex"][0], birth=birth)
        found[row["id"]] = level(judge(one))
    assert found == {row["id"]: row["expected"] for row in cases}


def test_jp_reasons_are_told_in_the_wording_of_the_pack() -> None:
    outcome = judge(reporting(FINE | {"waist": 85, "sbp": 131, "hdl": 34}))
    reasons = json.loads(outcome.reasons_json()[0])
    assert [text.text for text in reason_texts(PACK, reasons, "en")] == [
        "Level of support: active (level of specific health guidance, 1 May 2024).",
        "Blood lipids at the see-a-doctor limit: HDL cholesterol 34 mg/dL on 1 May 2024, below 35 mg/dL.",
        "Blood pressure at the guidance limit: systolic blood pressure 131 mmHg on 1 May 2024, at or above 130 mmHg.",
        "Blood lipids at the guidance limit: HDL cholesterol 34 mg/dL on 1 May 2024, below 40 mg/dL.",
    ]
    assert reason_texts(PACK, reasons, "zh")[0].text == "保健指导级别：积极性支援（特定保健指导级别，2024年5月1日）。"

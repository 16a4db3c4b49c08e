import csv
import json
from pathlib import Path

import numpy as np
import pytest

from healthmgmt.risk.calculators.registry import load
from healthmgmt.risk.calculators.table import as_text, calculate

CALCULATORS = load()
PERSON = {
    "sbp": 130, "bp_treated": False, "total_cholesterol": 210, "total_cholesterol_unit": "mg/dL", "hdl_c": 55,
    "hdl_c_unit": "mg/dL", "waist_cm": 80, "current_smoker": False, "diabetes": True, "north": True, "urban": True,
    "family_history_ascvd": False,
}  # fmt: skip


def answers(model: str, inputs: dict) -> dict[str, tuple[str, str]]:
    rows = [{"id": "1", "model": model, "inputs": json.dumps(inputs)}]
    return {output: (value, reason) for _, output, value, reason in calculate(rows)}


@pytest.mark.parametrize(
    ("sex", "age", "expected"),
    [("male", 40, 2.2), ("male", 50, 5.4), ("male", 60, 11.0), ("male", 70, 19.6)]
    + [("female", 40, 2.4), ("female", 50, 5.4), ("female", 60, 10.1), ("female", 70, 17.1)],
)
def test_china_par_points_of_the_paper(sex: str, age: int, expected: float) -> None:
    """The paper's figures come from coefficients nobody has printed: the calibrated set is within half a point."""
    result = CALCULATORS["china_par"](age=age, sex=sex, **PERSON)
    assert float(result.outputs["risk_10y_pct"]) == pytest.approx(expected, abs=0.52)


def test_china_par_example_of_the_guideline() -> None:
    example = {
        "age": 40, "sex": "male", "north": True, "urban": True, "waist_cm": 80, "total_cholesterol": 5.2,
        "total_cholesterol_unit": "mmol/L", "hdl_c": 1.3, "hdl_c_unit": "mmol/L", "sbp": 145, "bp_treated": False,
        "diabetes": False, "current_smoker": False, "family_history_ascvd": True,
    }  # fmt: skip
    found = answers("china_par", example)
    assert round(float(found["risk_10y_pct"][0]), 1) == pytest.approx(4.7, abs=0.11)
    assert found["risk_category"] == ("low", "")
    assert found["outside_derivation"] == ("false", "")


def test_china_par_beijing_and_guangzhou() -> None:
    man = PERSON | {
        "age": 60, "sex": "male", "sbp": 138, "total_cholesterol": 5.4, "total_cholesterol_unit": "mmol/L",
        "hdl_c": 1.4, "hdl_c_unit": "mmol/L", "waist_cm": 86, "current_smoker": True, "diabetes": False,
    }  # fmt: skip
    risks = [CALCULATORS["china_par"](**{**man, "north": north}).outputs["risk_10y_pct"] for north in (True, False)]
    assert [round(float(risk), 1) for risk in risks] == [9.6, 6.1]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"age": 86}, "age outside 20 to 85 a"),
        ({"age": 19}, "age outside 20 to 85 a"),
        ({"sbp": 201}, "sbp outside 70 to 200 mm[Hg]"),
        ({"dbp": 39}, "dbp outside 40 to 140 mm[Hg]"),
        ({"waist_cm": 49.9}, "waist_cm outside 50 to 130 cm"),
        ({"total_cholesterol": 1.9, "total_cholesterol_unit": "mmol/L"}, "total_cholesterol outside 2 to 11 mmol/L"),
        ({"total_cholesterol": 79}, "total_cholesterol outside 80 to 400 mg/dL"),
        ({"hdl_c_unit": "g"}, "unit of hdl_c missing or unknown"),
        ({"sbp": "130"}, "cannot read sbp"),
        ({"sbp": None}, "missing sbp"),
        ({"north": "yes"}, "cannot read north"),
        ({"sex": "x"}, "cannot read sex"),
        ({"sex": None, "sbp": 500}, "missing sex; sbp outside 70 to 200 mm[Hg]"),
    ],
)
def test_china_par_outside_its_range_gives_no_value_and_a_reason(change: dict, reason: str) -> None:
    found = answers("china_par", PERSON | {"age": 50, "sex": "male"} | change)
    assert found["risk_10y_pct"] == ("", reason)
    assert found["risk_category"] == ("", reason)


def test_china_par_flags_ages_outside_the_derivation() -> None:
    ages = np.array([34, 35, 74, 75])
    result = CALCULATORS["china_par"](age=ages, sex="female", **PERSON)
    assert result.outputs["outside_derivation"].tolist() == [True, False, False, True]
    assert not np.isnan(result.outputs["risk_10y_pct"]).any()


def test_china_par_ideal_state_keeps_age_sex_and_place() -> None:
    worse = PERSON | {"sbp": 180, "bp_treated": True, "current_smoker": True, "waist_cm": 110}
    ideals = {CALCULATORS["china_par"](age=50, sex="male", **p).outputs["ideal_risk_10y_pct"] for p in (PERSON, worse)}
    assert len(ideals) == 1


@pytest.mark.parametrize(
    ("age", "sex", "creatinine", "unit", "egfr", "stage"),
    [
        (65, "female", 177, "umol/L", 27.18, "G4"),
        (45, "male", 221, "umol/L", 31.50, "G3b"),
        (50, "male", 0.9, "mg/dL", 104.05, "G1"),
        (50, "female", 0.7, "mg/dL", 105.3, "G1"),
    ],
)
def test_ckd_epi_2021_values(age: int, sex: str, creatinine: float, unit: str, egfr: float, stage: str) -> None:
    inputs = {"age": age, "sex": sex, "creatinine": creatinine, "creatinine_unit": unit}
    found = answers("ckd_epi_2021", inputs)
    assert float(found["egfr"][0]) == pytest.approx(egfr, abs=0.06)
    assert found["kdigo_g"] == (stage, "")


def test_ckd_epi_2021_stages_the_unrounded_value() -> None:
    from healthmgmt.risk.calculators.ckd_epi_2021 import stage

    values = np.array([90, 89.6, 60, 59.99, 45, 44.99, 30, 29.99, 15, 14.99, np.nan])
    assert stage(values).tolist() == ["G1", "G2", "G2", "G3a", "G3a", "G3b", "G3b", "G4", "G4", "G5", ""]


def test_ckd_epi_2021_is_for_adults() -> None:
    inputs = {"age": 17, "sex": "male", "creatinine": 1.0, "creatinine_unit": "mg/dL"}
    assert answers("ckd_epi_2021", inputs)["egfr"] == ("", "age outside 18 to 120 a")


@pytest.mark.parametrize(
    ("height", "weight", "expected"),
    [([182, "cm"], [68, "kg"], 20.52892), ([1.56, "m"], [48.9, "kg"], 20.094), ([165, "cm"], [132, "jin"], 24.242)],
)
def test_bmi_units(height: list, weight: list, expected: float) -> None:
    found = answers("bmi", {"height": height, "weight": weight})["value"]
    assert float(found[0]) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("height", [182, [182], [182, "furlong"], "182 cm", [None, "cm"]])
def test_bmi_never_guesses_a_unit(height: object) -> None:
    value, reason = answers("bmi", {"height": height, "weight": [68, "kg"]})["value"]
    assert value == ""
    assert "height" in reason


def test_every_calculator_scalar_equals_batch() -> None:
    rng = np.random.default_rng(7)
    n = 20
    columns = {
        "age": rng.integers(35, 75, n).astype(float), "sex": rng.choice(["male", "female"], n),
        "sbp": rng.integers(100, 190, n).astype(float), "bp_treated": rng.integers(0, 2, n).astype(bool),
        "total_cholesterol": rng.integers(120, 300, n).astype(float), "total_cholesterol_unit": "mg/dL",
        "hdl_c": rng.integers(30, 90, n).astype(float), "hdl_c_unit": "mg/dL",
        "waist_cm": rng.integers(60, 110, n).astype(float), "current_smoker": rng.integers(0, 2, n).astype(bool),
        "diabetes": rng.integers(0, 2, n).astype(bool), "north": rng.integers(0, 2, n).astype(bool),
        "urban": rng.integers(0, 2, n).astype(bool), "family_history_ascvd": rng.integers(0, 2, n).astype(bool),
    }  # fmt: skip
    batch = CALCULATORS["china_par"](**columns)
    for at in range(n):
        one = {key: value if isinstance(value, str) else value[at] for key, value in columns.items()}
        single = CALCULATORS["china_par"](**one)
        assert single.outputs["risk_10y_pct"] == batch.outputs["risk_10y_pct"][at]
        assert single.outputs["risk_category"] == batch.outputs["risk_category"][at]


def test_calculator_refuses_an_unknown_input() -> None:
    with pytest.raises(TypeError, match="unknown input shoe_size"):
        CALCULATORS["bmi"](shoe_size=42)


def test_table_keeps_the_order_of_rows_and_names_what_is_wrong() -> None:
    rows = [
        {"id": "a", "model": "ckd_epi_2021", "inputs": '{"age": 50}'},
        {"id": "b", "model": "astrology", "inputs": "{}"},
        {"id": "c", "model": "bmi", "inputs": '{"height": [170, "cm"], "weight": [70, "kg"], "shoe": 1}'},
        {"id": "d", "model": "bmi", "inputs": "[1"},
        {"id": "e", "model": "bmi", "inputs": "[1]"},
        {"id": "f", "model": "bmi", "inputs": '{"height": [170, "cm"], "weight": [70, "kg"]}'},
    ]
    found = list(calculate(rows))
    assert [row[0] for row in found] == ["a", "a", "b", "c", "d", "e", "f"]
    assert found[0] == ("a", "egfr", "", "missing sex; missing creatinine")
    assert found[2:6] == [
        ("b", "", "", "unknown model astrology"),
        ("c", "", "", "unknown input shoe"),
        ("d", "", "", "inputs are not JSON"),
        ("e", "", "", "inputs are not a JSON object"),
    ]
    assert found[6] == ("f", "value", "24.22145329", "")


def test_table_values_as_text() -> None:
    assert [as_text(v) for v in (True, np.False_, 2.0, np.nan, None, "low", 1 / 3)] == [
        "true", "false", "2", "", "", "low", "0.3333333333",
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(CALCULATORS))
def test_calculators_pass_their_vectors(name: str, shared: Path) -> None:
    path = shared / "reference" / "vectors" / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["tolerance"] != "reference-only"]
    asked = {row["inputs"]: str(at) for at, row in enumerate(rows)}
    found = {
        (id_, output): value
        for id_, output, value, _ in calculate({"id": i, "model": name, "inputs": text} for text, i in asked.items())
    }
    wrong = [row for row in rows if not agrees(found.get((asked[row["inputs"]], row["output"]), ""), row)]
    assert (len(rows) > 0, wrong) == (True, [])


def agrees(value: str, row: dict[str, str]) -> bool:
    try:
        tolerance = 0.0 if row["tolerance"] == "exact" else float(row["tolerance"])
        return abs(float(value) - float(row["expected"])) <= tolerance
    except ValueError:
        return value == row["expected"]

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


ADULT = {"current_smoker": False, "bp_treated": False, "diabetes": False}
PUBLISHED = [
    ("framingham_cvd_2008", {"age": 61, "sex": "female", "total_cholesterol_mg_dl": 180, "hdl_c_mg_dl": 47, "sbp": 124,
        **ADULT, "current_smoker": True}, {"cvd_10y_pct": (10.48, 0.01)}),
    ("framingham_cvd_2008", {"age": 53, "sex": "male", "total_cholesterol_mg_dl": 161, "hdl_c_mg_dl": 55, "sbp": 125,
        **ADULT, "bp_treated": True, "diabetes": True}, {"cvd_10y_pct": (15.62, 0.01)}),
    *[("pce_2013", {"age": 55, "sex": sex, "race": race, "total_cholesterol_mg_dl": 213, "hdl_c_mg_dl": 50, "sbp": 120,
        **ADULT}, {"ascvd_10y": (risk, 0.001)})
        for sex, race, risk in [("female", "white", 0.021), ("female", "black", 0.030), ("male", "white", 0.053),
            ("male", "black", 0.061)]],
    *[("prevent_base", {"age": 50, "sex": sex, "sbp": 160, "bp_treated": True, "total_cholesterol_mg_dl": 200,
        "hdl_c_mg_dl": 45, "statin": False, "diabetes": True, "current_smoker": False, "egfr": 90, "bmi": 35},
        {"total_cvd_10y": (cvd, 0.0006), "ascvd_10y": (ascvd, 0.0006), "heart_failure_10y": (failure, 0.0006)})
        for sex, cvd, ascvd, failure in [("female", 0.147, 0.092, 0.081), ("male", 0.163, 0.102, 0.106)]],
    *[("score2", {"age": 50, "sex": sex, "region": region, "sbp": 140, "total_cholesterol_mmol_l": 6.3,
        "hdl_c_mmol_l": 1.4, "current_smoker": True, "diabetes": False}, {"cvd_10y_pct": (risk, 0.051)})
        for sex, region, risk in [("male", "low", 6.3), ("female", "low", 4.3), ("male", "moderate", 8.1),
            ("female", "moderate", 5.2), ("male", "high", 8.8), ("female", "high", 7.1), ("male", "very_high", 15.1),
            ("female", "very_high", 14.1)]],
    ("ncdrs", {"age": 70, "sex": "male", "bmi": 31, "waist_cm": 100, "sbp": 165, "family_history_diabetes": True},
        {"score": (51, 0)}),
    ("tyg", {"fpg_mg_dl": 100, "tg_mg_dl": 150}, {"value": (8.9227, 0.0001)}),
    ("homa_ir", {"glucose_mg_dl": 81, "insulin_uiu_ml": 5}, {"value": (1.0, 1e-9)}),
    ("qtc_bazett", {"qt_ms": 400, "heart_rate": 60}, {"value": (400, 1e-9)}),
    ("bsa_mosteller", {"height": [180, "cm"], "weight": [80, "kg"]}, {"value": (2.0, 1e-9)}),
    ("ldl_friedewald", {"total_cholesterol": [200, "mg/dL"], "hdl_c": [50, "mg/dL"], "triglycerides": [150, "mg/dL"]},
        {"value": (120, 1e-9)}),
    ("ideal_body_weight_devine", {"height": [152.4, "cm"], "sex": "female"}, {"value": (45.5, 1e-9)}),
    ("mean_arterial_pressure", {"sbp": 120, "dbp": 90}, {"value": (100, 1e-9)}),
]  # fmt: skip


@pytest.mark.parametrize(("model", "inputs", "expected"), PUBLISHED, ids=lambda value: value if isinstance(value, str) else "")
def test_published_examples(model: str, inputs: dict, expected: dict[str, tuple[float, float]]) -> None:
    found = answers(model, inputs)
    for output, (value, tolerance) in expected.items():
        assert float(found[output][0]) == pytest.approx(value, abs=tolerance)


WORDS = [
    ("kdigo_albuminuria", "kdigo_a", {}, "acr_mg_g", [(29.99, "A1"), (30, "A2"), (300, "A2"), (300.1, "A3")]),
    ("critical_values_cn", "class", {"item": "fpg_mmol_l"}, "value",
        [(2.8, "A"), (2.81, "none"), (16.69, "none"), (16.7, "A")]),
    ("critical_values_cn", "class", {"item": "alt_x_uln"}, "value", [(4.9, "none"), (5, "B"), (14.9, "B"), (15, "A")]),
    ("critical_values_cn", "class", {"item": "plt_10e9_l"}, "value",
        [(30, "A"), (31, "B"), (50, "B"), (51, "none"), (999, "none"), (1000, "A")]),
    ("critical_values_cn", "class", {"item": "potassium_mmol_l"}, "value",
        [(2.5, "A"), (2.51, "none"), (6.49, "none"), (6.5, "A")]),
    ("thresholds_cn", "class", {"item": "bmi"}, "value",
        [(18.4, "underweight"), (18.5, "normal"), (23.99, "normal"), (24, "overweight"), (28, "obese")]),
    ("thresholds_cn", "class", {"item": "waist", "sex": "male"}, "value",
        [(84.9, "normal"), (85, "pre_central_obesity"), (90, "central_obesity")]),
    ("thresholds_cn", "class", {"item": "uric_acid_umol_l"}, "value",
        [(420, "not_hyperuricaemia"), (420.1, "hyperuricaemia")]),
    ("thresholds_cn", "class", {"item": "hb_who_g_l", "sex": "female", "pregnant": True}, "value",
        [(69.9, "severe"), (70, "moderate"), (100, "mild"), (110, "none")]),
    ("thresholds_cn", "class", {"item": "hb_who_g_l", "sex": "male", "altitude_m": 3500}, "value",
        [(154.9, "mild"), (155, "none"), (134.9, "moderate")]),
    ("thresholds_cn", "class", {"item": "bp", "dbp": 85}, "sbp",
        [(119, "high_normal"), (140, "grade1_isolated_systolic"), (180, "grade3_isolated_systolic")]),
    ("qinghai_cms", "severity", {"sex": "male", "breathlessness_palpitations": 3, "sleep_disturbance": 2, "cyanosis": 0,
        "vein_dilatation": 0, "paraesthesia": 0, "headache": 0, "tinnitus": 0}, "hb_g_l",
        [(209, "absent"), (210, "mild")]),
    ("findrisc", "band", {"sex": "male", "bmi": 31, "waist_cm": 103, "daily_activity_30min": False,
        "daily_fruit_vegetables": False, "bp_medication": True, "history_high_glucose": False,
        "family_history": "none"}, "age", [(44, "moderate"), (54, "moderate"), (55, "high"), (65, "high")]),
]  # fmt: skip


@pytest.mark.parametrize(("model", "output", "fixed", "key", "cuts"), WORDS, ids=lambda value: value if isinstance(value, str) else "")
def test_classes_on_both_sides_of_their_cuts(model: str, output: str, fixed: dict, key: str, cuts: list) -> None:
    assert [answers(model, fixed | {key: value})[output][0] for value, _ in cuts] == [word for _, word in cuts]


@pytest.mark.parametrize(
    ("model", "inputs", "output", "reason"),
    [
        ("score2", {"age": 50, "sex": "male", "region": "low", "sbp": 140, "total_cholesterol_mmol_l": 6, "hdl_c_mmol_l": 1,
            "current_smoker": True, "diabetes": True}, "cvd_10y_pct", "not defined for these inputs"),
        ("ipaq_short", {"vigorous_days": 7, "vigorous_min": 400, "moderate_days": 7, "moderate_min": 400, "walk_days": 7,
            "walk_min": 161}, "category", "not defined for these inputs"),
        ("unit_conversion", {"analyte": "glucose", "from": "g/L", "to": "mmol/L", "value": 1}, "value",
            "not defined for these inputs"),
        ("tyg", {"fpg_mmol_l": 5}, "value", "missing tg_mmol_l or tg_mg_dl"),
        ("phq9", {"items": [0, 1, 2]}, "score", "cannot read items"),
        ("phq9", {"items": [0, 1, 2, 3, 4, 0, 0, 0, 0]}, "score", "cannot read items"),
        ("gad7", {}, "score", "missing items"),
        ("mean_arterial_pressure", {"sbp": 80, "dbp": 80}, "value", "not defined for these inputs"),
        ("critical_values_cn", {"item": "mood", "value": 3}, "class", "cannot read item"),
        ("stop_bang", {"snoring": True}, "score", "missing tired; missing observed_apnoea; missing high_bp; "
            "missing bmi_over_35; missing age_over_50; missing neck_large; missing male"),
    ],
)  # fmt: skip
def test_no_value_without_grounds(model: str, inputs: dict, output: str, reason: str) -> None:
    assert answers(model, inputs)[output] == ("", reason)


def test_thirty_year_risk_only_below_sixty() -> None:
    inputs = {
        "age": 60, "sex": "male", "sbp": 130, "bp_treated": False, "total_cholesterol_mg_dl": 200, "hdl_c_mg_dl": 45,
        "statin": False, "diabetes": False, "current_smoker": False, "egfr": 90, "bmi": 25,
    }  # fmt: skip
    found = answers("prevent_base", inputs)
    assert found["total_cvd_30y"] == ("", "only for age 30 to 59")
    assert found["total_cvd_10y"][0] != ""


def test_ages_outside_the_usual_are_computed_and_flagged() -> None:
    found = answers("fib4", {"age": 30, "ast": 40, "alt": 40, "platelets_10e9_l": 200})
    assert found["value"] == ("0.9486832981", "age outside the usual 35 to 120")


def test_fib4_lower_bound_rises_at_65() -> None:
    inputs = {"ast": 40, "alt": 20, "platelets_10e9_l": 300}
    bands = [answers("fib4", inputs | {"age": age})["band_age_adjusted"][0] for age in (64, 65)]
    assert bands == ["indeterminate", "low"]


TOKUTEI = {
    "age": 50, "sex": "male", "waist_cm": 85, "bmi": 24, "sbp": 118, "dbp": 74, "tg_fasting": 100, "hdl": 60,
    "glucose_fasting": 90, "hba1c": 5.2, "smoker": False, "medication": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "information"), ({"sbp": 130}, "motivational"), ({"dbp": 85}, "motivational"), ({"hdl": 39}, "motivational"),
        ({"hdl": 40}, "information"), ({"tg_fasting": 150}, "motivational"), ({"tg_fasting": 149}, "information"),
        ({"hba1c": 5.6}, "motivational"), ({"glucose_fasting": 100}, "motivational"), ({"smoker": True}, "information"),
        ({"sbp": 130, "smoker": True}, "active"), ({"sbp": 130, "hdl": 39}, "active"),
        ({"waist_cm": 84.9, "sbp": 130}, "information"), ({"waist_cm": 84.9, "bmi": 25, "sbp": 130}, "motivational"),
        ({"waist_cm": 84.9, "bmi": 25, "sbp": 130, "hdl": 39}, "motivational"),
        ({"waist_cm": 84.9, "bmi": 25, "sbp": 130, "hdl": 39, "hba1c": 5.6}, "active"),
        ({"sex": "female", "waist_cm": 89.9, "sbp": 130}, "information"),
        ({"sex": "female", "waist_cm": 90, "sbp": 130}, "motivational"),
        ({"waist_cm": None, "visceral_fat_cm2": 100, "sbp": 130}, "motivational"),
        ({"waist_cm": None, "visceral_fat_cm2": 99, "sbp": 130}, "information"),
        ({"age": 64, "sbp": 130, "hdl": 39}, "active"), ({"age": 65, "sbp": 130, "hdl": 39}, "motivational"),
        ({"age": 39}, "out_of_scope"), ({"age": 40}, "information"), ({"age": 74}, "information"),
        ({"age": 75}, "out_of_scope"), ({"medication": True}, "excluded"), ({"waist_cm": None}, "cannot_be_determined"),
        ({"sex": None}, "cannot_be_determined"), ({"sbp": 130, "smoker": None}, "cannot_be_determined"),
        ({"smoker": None}, "information"), ({"waist_cm": 80, "bmi": None}, "information"),
        ({"waist_cm": 80, "bmi": None, "sbp": 130}, "cannot_be_determined"),
    ],
)  # fmt: skip
def test_tokutei_levels(change: dict, level: str) -> None:
    assert answers("jp_tokutei", TOKUTEI | change)["level"] == (level, "")


def test_tokutei_names_what_is_missing() -> None:
    found = answers("jp_tokutei", TOKUTEI | {"sex": None, "waist_cm": None})
    assert found["missing"] == ("sex waist_cm", "")


def test_every_module_of_the_package_is_registered() -> None:
    from healthmgmt.risk import calculators
    from healthmgmt.risk.calculators.registry import MODULES

    folder = Path(calculators.__file__).parent
    found = {path.stem for path in folder.glob("*.py") if "CALCULATOR = " in path.read_text(encoding="utf-8")}
    assert set(MODULES) == found
    assert list(CALCULATORS) == list(MODULES)
    assert all(c.citation and c.title for c in CALCULATORS.values())

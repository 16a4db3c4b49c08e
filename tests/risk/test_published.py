"""The cut-offs and worked figures that the publications give, each on both sides; risks stand in test_calculators."""

import json
import math

import numpy as np
import pytest

from healthmgmt.risk.calculators import china_par
from healthmgmt.risk.calculators.table import calculate


def answers(model: str, inputs: dict[str, object]) -> dict[str, str]:
    rows = [{"id": "1", "model": model, "inputs": json.dumps(inputs)}]
    return {output: value for _, output, value, _ in calculate(rows)}


def total(points: int, count: int, most: int) -> list[int]:
    """Answers of a questionnaire that add up to `points`, as much as possible in the first ones."""
    return [min(most, max(0, points - most * place)) for place in range(count)]


@pytest.mark.parametrize(
    ("points", "severity", "positive"),
    [
        (0, "minimal", "false"), (4, "minimal", "false"), (5, "mild", "false"), (9, "mild", "false"), (10, "moderate", "true"),
        (14, "moderate", "true"), (15, "moderately_severe", "true"), (19, "moderately_severe", "true"), (20, "severe", "true"),
        (27, "severe", "true"),
    ],
)  # fmt: skip
def test_phq9_severities(points, severity, positive):
    found = answers("phq9", {"items": total(points, 9, 3)})
    assert (found["score"], found["severity"], found["positive_screen_ge10"]) == (str(points), severity, positive)


@pytest.mark.parametrize(("answer", "flag"), [(0, "false"), (1, "true"), (3, "true")])
def test_phq9_item_on_self_harm_counts_by_itself(answer, flag):
    found = answers("phq9", {"items": [0] * 8 + [answer]})
    assert (found["item9_flag"], found["positive_screen_ge10"]) == (flag, "false")


@pytest.mark.parametrize(
    ("points", "severity"),
    [(4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate"), (14, "moderate"), (15, "severe"), (21, "severe")],
)
def test_gad7_severities(points, severity):
    found = answers("gad7", {"items": total(points, 7, 3)})
    assert (found["score"], found["severity"]) == (str(points), severity)
    assert found["positive_screen_ge10"] == ("true" if points >= 10 else "false")


@pytest.mark.parametrize(
    ("sex", "points", "positive"), [("male", 3, "false"), ("male", 4, "true"), ("female", 2, "false"), ("female", 3, "true")]
)
def test_audit_c_is_positive_from_four_in_men_and_three_in_women(sex, points, positive):
    assert answers("audit_c", {"items": total(points, 3, 4), "sex": sex})["positive"] == positive


@pytest.mark.parametrize(
    ("points", "risk"), [(0, "low"), (2, "low"), (3, "intermediate"), (4, "intermediate"), (5, "high"), (8, "high")]
)
def test_stop_bang_bands(points, risk):
    facts = "snoring tired observed_apnoea high_bp bmi_over_35 age_over_50 neck_large male".split()
    found = answers("stop_bang", {name: place < points for place, name in enumerate(facts)})
    assert (found["score"], found["risk_by_total"]) == (str(points), risk)


def activity(**given: int) -> dict[str, object]:
    return {f"{kind}_{part}": 0 for kind in ("vigorous", "moderate", "walk") for part in ("days", "min")} | given


@pytest.mark.parametrize(
    ("given", "met", "category"),
    [
        # 8.0 x 63 x 3 = 1512: vigorous on three days and 1500 in the week.
        (activity(vigorous_days=3, vigorous_min=63), "1512", "high"),
        (activity(vigorous_days=3, vigorous_min=62), "1488", "moderate"),
        (activity(vigorous_days=3, vigorous_min=20), "480", "moderate"),
        (activity(vigorous_days=3, vigorous_min=19), "456", "low"),
        (activity(walk_days=5, walk_min=30), "495", "moderate"),
        (activity(walk_days=4, walk_min=60), "792", "low"),
        # A bout under ten minutes counts nothing, more than three hours a day no more than three.
        (activity(walk_days=7, walk_min=9), "0", "low"),
        (activity(walk_days=7, walk_min=300), "4158", "high"),
    ],
)
def test_ipaq_categories(given, met, category):
    assert answers("ipaq_short", given) == {"met_min_week": met, "category": category}


YOUNG = {"age": 20, "sex": "female", "bmi": 20, "waist_cm": 60, "sbp": 100, "family_history_diabetes": False}


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({}, 0), ({"age": 24}, 0), ({"age": 25}, 4), ({"age": 35}, 8), ({"age": 40}, 11), ({"age": 45}, 12), ({"age": 50}, 13),
        ({"age": 55}, 15), ({"age": 60}, 16), ({"age": 65}, 18), ({"bmi": 21.9}, 0), ({"bmi": 22}, 1), ({"bmi": 24}, 3),
        ({"bmi": 30}, 5), ({"waist_cm": 69.9}, 0), ({"waist_cm": 70}, 3), ({"waist_cm": 75}, 5), ({"waist_cm": 80}, 7),
        ({"waist_cm": 85}, 8), ({"waist_cm": 90}, 10), ({"sbp": 109}, 0), ({"sbp": 110}, 1), ({"sbp": 120}, 3), ({"sbp": 130}, 6),
        ({"sbp": 140}, 7), ({"sbp": 150}, 8), ({"sbp": 160}, 10), ({"family_history_diabetes": True}, 6), ({"sex": "male"}, 2),
        ({"sex": "male", "waist_cm": 75}, 5), ({"sex": "male", "waist_cm": 95}, 12),
    ],
)  # fmt: skip
def test_ncdrs_points(change, score):
    assert answers("ncdrs", YOUNG | change)["score"] == str(score)


@pytest.mark.parametrize(("sbp", "score", "is_high"), [(119, "24", "false"), (120, "26", "true")])
def test_ncdrs_asks_for_a_glucose_test_from_25(sbp, score, is_high):
    found = answers("ncdrs", YOUNG | {"age": 65, "bmi": 24, "sex": "male", "sbp": sbp})
    assert (found["score"], found["high_risk_ge25"]) == (score, is_high)


LEAN = {
    "sex": "male", "waist_cm": 70, "fpg_mmol_l": 5.0, "sbp": 115, "dbp": 75, "tg_mmol_l": 1.0, "hdl_c_mmol_l": 1.5, "bp_treated": False,
    "diabetes_treated": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "cds", "harmonized"),
    [
        ({"waist_cm": 84.9}, 0, 0), ({"waist_cm": 85}, 0, 1), ({"waist_cm": 89.9}, 0, 1), ({"waist_cm": 90}, 1, 1),
        ({"sex": "female", "waist_cm": 80}, 0, 1), ({"sex": "female", "waist_cm": 85}, 1, 1),
        ({"fpg_mmol_l": 5.59}, 0, 0), ({"fpg_mmol_l": 5.6}, 0, 1), ({"fpg_mmol_l": 6.1}, 1, 1),
        ({"ogtt_2h_mmol_l": 7.8}, 1, 0), ({"ogtt_2h_mmol_l": 7.79}, 0, 0), ({"diabetes_treated": True}, 1, 1),
        ({"sbp": 129, "dbp": 84}, 0, 0), ({"sbp": 130}, 1, 1), ({"dbp": 85}, 1, 1), ({"bp_treated": True}, 1, 1),
        ({"tg_mmol_l": 1.69}, 0, 0), ({"tg_mmol_l": 1.7}, 1, 1), ({"tg_treated": True}, 0, 1),
        ({"hdl_c_mmol_l": 1.04}, 0, 0), ({"hdl_c_mmol_l": 1.03}, 1, 0), ({"hdl_c_mmol_l": 0.99}, 1, 1),
        ({"sex": "female", "hdl_c_mmol_l": 1.29}, 0, 1), ({"sex": "female", "hdl_c_mmol_l": 1.3}, 0, 0),
    ],
)  # fmt: skip
def test_metabolic_syndrome_criteria(change, cds, harmonized):
    found = [answers(f"metabolic_syndrome_{name}", LEAN | change)["criteria_met"] for name in ("cds", "harmonized")]
    assert found == [str(cds), str(harmonized)]


@pytest.mark.parametrize(("waist", "met", "is_syndrome"), [(89, "2", "false"), (90, "3", "true")])
def test_metabolic_syndrome_from_three_criteria(waist, met, is_syndrome):
    found = answers("metabolic_syndrome_cds", LEAN | {"waist_cm": waist, "sbp": 130, "tg_mmol_l": 1.7})
    assert found == {"criteria_met": met, "metabolic_syndrome": is_syndrome}


@pytest.mark.parametrize(
    ("item", "cuts"),
    [
        ("fpg_mmol_l", [(6.09, "normal"), (6.1, "ifg"), (6.99, "ifg"), (7.0, "diabetes_range")]),
        ("ogtt_2h_mmol_l", [(7.79, "normal"), (7.8, "igt"), (11.09, "igt"), (11.1, "diabetes_range")]),
        ("hba1c_pct", [(5.69, "normal"), (5.7, "prediabetes_ada"), (6.49, "prediabetes_ada"), (6.5, "diabetes_range")]),
        ("tc_mmol_l", [(5.19, "appropriate"), (5.2, "borderline_high"), (6.19, "borderline_high"), (6.2, "high")]),
        ("tg_mmol_l", [(1.69, "appropriate"), (1.7, "borderline_high"), (2.29, "borderline_high"), (2.3, "high")]),
        ("ldl_c_mmol_l", [(2.59, "ideal"), (2.6, "appropriate"), (3.39, "appropriate"), (3.4, "borderline_high"), (4.1, "high")]),
        ("non_hdl_c_mmol_l", [(4.09, "appropriate"), (4.1, "borderline_high"), (4.89, "borderline_high"), (4.9, "high")]),
        ("hdl_c_mmol_l", [(0.99, "low"), (1.0, "not_low")]),
    ],
)
def test_thresholds_of_blood_values(item, cuts):
    assert [answers("thresholds_cn", {"item": item, "value": value})["class"] for value, _ in cuts] == [word for _, word in cuts]


@pytest.mark.parametrize(
    ("sbp", "dbp", "grade"),
    [
        (119, 79, "normal"), (120, 79, "high_normal"), (119, 80, "high_normal"), (139, 89, "high_normal"), (140, 90, "grade1"),
        (139, 90, "grade1"), (159, 99, "grade1"), (160, 99, "grade2"), (150, 100, "grade2"), (179, 109, "grade2"), (180, 95, "grade3"),
        (130, 110, "grade3"), (140, 89, "grade1_isolated_systolic"),
    ],
)  # fmt: skip
def test_thresholds_of_blood_pressure_take_the_higher_grade(sbp, dbp, grade):
    assert answers("thresholds_cn", {"item": "bp", "sbp": sbp, "dbp": dbp})["class"] == grade


@pytest.mark.parametrize(
    ("altitude", "subtracted"),
    [
        (0, 0), (499, 0), (500, 4), (999, 4), (1000, 8), (1500, 11), (2000, 14), (2500, 18), (3000, 21), (3500, 25), (4000, 29),
        (4500, 33), (4999, 33),
    ],
)  # fmt: skip
def test_haemoglobin_is_lowered_by_altitude_before_it_is_judged(altitude, subtracted):
    given = {"item": "hb_who_g_l", "sex": "male", "altitude_m": altitude}
    found = [answers("thresholds_cn", given | {"value": 130 + subtracted - less})["class"] for less in (0, 0.1)]
    assert found == ["none", "mild"]


@pytest.mark.parametrize(
    ("item", "cuts"),
    [
        ("sbp", [(179, "none"), (180, "A")]),
        ("dbp", [(109, "none"), (110, "A")]),
        ("heart_rate", [(45, "A"), (46, "none"), (149, "none"), (150, "A")]),
        ("hb_g_l", [(60, "A"), (61, "none"), (199, "none"), (200, "B")]),
        ("wbc_10e9_l", [(1.0, "A"), (1.1, "B"), (2.0, "B"), (2.1, "none"), (29.9, "none"), (30, "B")]),
        ("neut_10e9_l", [(0.5, "A"), (0.51, "none")]),
        ("ast_x_uln", [(4.9, "none"), (5, "B"), (14.9, "B"), (15, "A")]),
        ("tbil_x_uln", [(2.9, "none"), (3, "B"), (4.9, "B"), (5, "A")]),
        ("creatinine_umol_l", [(444, "none"), (445, "B"), (706, "B"), (707, "A")]),
        ("random_glucose_mmol_l", [(19.9, "none"), (20.0, "A")]),
        ("afp_ng_ml", [(400, "none"), (401, "B")]),
        ("cea_x_uln", [(1.9, "none"), (2, "B")]),
        ("ca199_x_uln", [(1.9, "none"), (2, "B")]),
        ("iop_mmhg", [(25, "none"), (25.1, "B")]),
    ],
)
def test_critical_values_of_the_consensus(item, cuts):
    assert [answers("critical_values_cn", {"item": item, "value": value})["class"] for value, _ in cuts] == [word for _, word in cuts]


@pytest.mark.parametrize(
    ("analyte", "one", "other", "factor"),
    [
        ("glucose", "mmol/l", "mg/dl", 18.016), ("total_cholesterol", "mmol/l", "mg/dl", 38.67),
        ("triglycerides", "mmol/l", "mg/dl", 88.57), ("creatinine", "mg/dl", "umol/l", 88.42), ("uric_acid", "mg/dl", "umol/l", 59.48),
        ("bilirubin", "mg/dl", "umol/l", 17.104),
        ("calcium", "mmol/l", "mg/dl", 4.008), ("hemoglobin", "g/dl", "g/l", 10),
        ("ft4", "ng/dl", "pmol/l", 12.871),
        ("ft3", "pg/ml", "pmol/l", 1.536), ("vitamin_d_25oh", "ng/ml", "nmol/l", 2.496),
    ],
)  # fmt: skip
def test_conversion_factors(analyte, one, other, factor):
    there = answers("unit_conversion", {"analyte": analyte, "from": one, "to": other, "value": 10})["value"]
    back = answers("unit_conversion", {"analyte": analyte, "from": other, "to": one, "value": 10 * factor})["value"]
    assert (float(there), float(back)) == (pytest.approx(10 * factor), pytest.approx(10))


def test_hba1c_goes_by_the_master_equation():
    """NGSP % = 0.09148 x IFCC mmol/mol + 2.152: 53 mmol/mol is 7.0 %."""
    found = answers("unit_conversion", {"analyte": "hba1c_ifcc_to_ngsp", "from": "mmol/mol", "to": "%", "value": 53})
    assert float(found["value"]) == pytest.approx(7.0, abs=0.001)


@pytest.mark.parametrize(("points", "band"), [(4, "low"), (8, "slightly_elevated"), (12, "moderate"), (15, "high"), (21, "very_high")])
def test_findrisc_bands(points, band):
    """By age 65 (4 points), and what adds up to the rest."""
    added = {
        4: {}, 8: {"waist_cm": 103}, 12: {"waist_cm": 103, "bmi": 31, "daily_fruit_vegetables": False},
        15: {"waist_cm": 103, "bp_medication": True, "family_history": "first_degree"},
        21: {"waist_cm": 103, "bmi": 31, "history_high_glucose": True, "family_history": "first_degree"},
    }  # fmt: skip
    slim = {
        "age": 65, "sex": "male", "bmi": 22, "waist_cm": 80, "daily_activity_30min": True, "daily_fruit_vegetables": True,
        "bp_medication": False, "history_high_glucose": False, "family_history": "none",
    }  # fmt: skip
    assert answers("findrisc", slim | added[points]) == {"score": str(points), "band": band}


@pytest.mark.parametrize(
    ("change", "score"),
    [
        ({}, 0), ({"age": 65}, 1), ({"age": 75}, 2), ({"sex": "female"}, 1), ({"congestive_heart_faliure": True}, 1),
        ({"hypertension_history": True}, 1), ({"diabetes_history": True}, 1), ({"vascular_disease_history": True}, 1),
        ({"stroke": True}, 2),
        ({"stroke": True, "thromboembolism_history": True, "transient_ischemic_attacks_history": True}, 2),
    ],
)  # fmt: skip
def test_cha2ds2_vasc_points(change, score):
    assert answers("cha2ds2_vasc", {"age": 64, "sex": "male"} | change)["value"] == str(score)


@pytest.mark.parametrize(
    ("model", "inputs", "expected"),
    [
        ("fib4", {"age": 50, "ast": 26, "alt": 25, "platelets_10e9_l": 200}, {"value": 1.3, "band": "indeterminate"}),
        ("fib4", {"age": 50, "ast": 25.9, "alt": 25, "platelets_10e9_l": 200}, {"value": 1.295, "band": "low"}),
        ("fib4", {"age": 50, "ast": 53.4, "alt": 25, "platelets_10e9_l": 200}, {"value": 2.67, "band": "indeterminate"}),
        ("fib4", {"age": 50, "ast": 53.5, "alt": 25, "platelets_10e9_l": 200}, {"value": 2.675, "band": "high"}),
        ("fib4", {"age": 65, "ast": 30, "alt": 25, "platelets_10e9_l": 200}, {"value": 1.95, "band_age_adjusted": "low"}),
        # Half axes of 30 and 50 cm: sqrt(1 - 0.36) = 0.8.
        ("bri", {"waist_cm": 60 * math.pi, "height_cm": 100}, {"value": 364.2 - 365.5 * 0.8}),
        ("absi", {"waist_m": 0.8, "height_m": 1.0, "weight_kg": 27}, {"value": 0.8 / 9}),
        ("mdrd", {"age": 1, "sex": "male", "creatinine": 1, "creatinine_unit": "mg/dL"}, {"value": 175}),
        ("mdrd", {"age": 1, "sex": "female", "creatinine": 1, "creatinine_unit": "mg/dL"}, {"value": 175 * 0.742}),
    ],
)
def test_definitions_by_figures_that_can_be_worked_out_by_hand(model, inputs, expected):
    found = answers(model, inputs)
    for output, value in expected.items():
        assert found[output] == value if isinstance(value, str) else float(found[output]) == pytest.approx(value)


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, 0), ({"age": 45}, 2), ({"age": 54}, 2), ({"age": 55}, 3), ({"age": 64}, 3), ({"age": 65}, 4), ({"bmi": 24.9}, 0),
        ({"bmi": 25}, 1), ({"bmi": 30}, 1), ({"bmi": 30.1}, 3), ({"waist_cm": 93.9}, 0), ({"waist_cm": 94}, 3), ({"waist_cm": 102}, 3),
        ({"waist_cm": 102.1}, 4),
        ({"sex": "female", "waist_cm": 79.9}, 0), ({"sex": "female", "waist_cm": 80}, 3), ({"sex": "female", "waist_cm": 88}, 3),
        ({"sex": "female", "waist_cm": 88.1}, 4), ({"daily_activity_30min": False}, 2), ({"daily_fruit_vegetables": False}, 1),
        ({"bp_medication": True}, 2), ({"history_high_glucose": True}, 5), ({"family_history": "second_degree"}, 3),
        ({"family_history": "first_degree"}, 5),
    ],
)  # fmt: skip
def test_findrisc_points(change, points):
    young = {
        "age": 44, "sex": "male", "bmi": 22, "waist_cm": 70, "daily_activity_30min": True, "daily_fruit_vegetables": True,
        "bp_medication": False, "history_high_glucose": False, "family_history": "none",
    }  # fmt: skip
    assert answers("findrisc", young | change)["score"] == str(points)


@pytest.mark.parametrize(
    ("sex", "haemoglobin", "signs", "score", "severity"),
    [
        ("male", 209, 5, 5, "absent"), ("male", 209, 6, 6, "mild"), ("male", 210, 7, 10, "mild"), ("male", 210, 8, 11, "moderate"),
        ("male", 210, 11, 14, "moderate"), ("male", 210, 12, 15, "severe"), ("female", 189, 5, 5, "absent"), ("female", 190, 5, 8, "mild"),
        ("male", 210, 21, 24, "severe"),
    ],
)  # fmt: skip
def test_qinghai_severities(sex, haemoglobin, signs, score, severity):
    names = "breathlessness_palpitations sleep_disturbance cyanosis vein_dilatation paraesthesia headache tinnitus".split()
    given = {"sex": sex, "hb_g_l": haemoglobin} | dict(zip(names, total(signs, 7, 3), strict=True))
    assert answers("qinghai_cms", given) == {"score": str(score), "severity": severity}


def test_china_par_categories_begin_at_five_and_ten_per_cent():
    assert china_par.category(np.array([4.999, 5.0, 9.999, 10.0, np.nan])).tolist() == ["low", "medium", "medium", "high", ""]

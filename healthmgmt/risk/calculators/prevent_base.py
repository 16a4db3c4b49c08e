"""AHA PREVENT base equations: ten- and thirty-year risk of cardiovascular disease, ASCVD and heart failure.

Inputs (any shape): age 30-79 (thirty-year outputs 30-59), sex, total_cholesterol_mg_dl 130-320, hdl_c_mg_dl 20-100, sbp
90-180 mmHg, bmi 18.5-39.9 kg/m2, egfr 15-140 mL/min/1.73 m2, flags diabetes, current_smoker, bp_treated, statin.
Outputs, fractions: `total_cvd`, `ascvd`, `heart_failure`, each `_10y` and `_30y`. Errors: outside the range no value
and a reason. Coefficients: ../data/coefficients/prevent_base.csv (supplement of the publication, as in preventr 0.12.0).
Source: Khan SS et al., Circulation 2024;149:430-449, doi 10.1161/CIRCULATIONAHA.123.067626.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from .model import SEX, Calculator, Flag, Number, Output, Unit

Array = np.ndarray
FILE = Path(__file__).parent.parent / "data" / "coefficients" / "prevent_base.csv"
OUTCOMES = ("total_cvd", "ascvd", "heart_failure")
MMOL_PER_MG_DL = 0.02586


@cache
def coefficients() -> dict[tuple[int, str, str], dict[str, float]]:
    """Weight by term for (horizon in years, sex, outcome)."""
    table: dict[tuple[int, str, str], dict[str, float]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for sex in SEX.options:
                for outcome in OUTCOMES:
                    weights = table.setdefault((int(row["horizon"]), sex, outcome), {})
                    weights[row["term"]] = float(row[f"{sex}_{outcome}"])
    return table


def _terms(
    age: Array, tc: Array, hdl: Array, sbp: Array, bmi: Array, egfr: Array, diabetes: Array, smoker: Array,
    treated: Array, statin: Array,
) -> dict[str, Array]:  # fmt: skip
    """The terms by the names that the table of coefficients gives them."""
    a = (age - 55) / 10
    n = (tc - hdl) * MMOL_PER_MG_DL - 3.5
    h = (hdl * MMOL_PER_MG_DL - 1.3) / 0.3
    low_sbp, high_sbp = (np.minimum(sbp, 110) - 110) / 20, (np.maximum(sbp, 110) - 130) / 20
    low_bmi, high_bmi = (np.minimum(bmi, 30) - 25) / 5, (np.maximum(bmi, 30) - 30) / 5
    low_egfr, high_egfr = (np.minimum(egfr, 60) - 60) / -15, (np.maximum(egfr, 60) - 90) / -15
    return {
        "Constant": np.ones_like(age), "Age, per 10 years": a, "Age, 10 years": a, "Age squared": a * a, "non-HDL-C per 1 mmol/L": n,
        "HDL-C per 0.3 mmol/L": h, "SBP <110 per 20 mmHg": low_sbp, "SBP ≥110 per 20 mmHg": high_sbp,
        "Diabetes": diabetes, "Current smoking": smoker, "BMI <30, per 5 kg/m2": low_bmi, "BMI 30+, per 5 kg/m2": high_bmi,
        "eGFR <60, per -15 ml": low_egfr, "eGFR 60+, per -15 ml": high_egfr, "Anti-hypertensive use": treated,
        "Statin use": statin, "Treated SBP ≥110 mm Hg per 20 mm Hg": treated * high_sbp,
        "Treated non-HDL-C": statin * n, "Age per 10yr * non-HDL-C per 1 mmol/L": a * n,
        "Age per 10yr * HDL-C per 0.3 mmol/L": a * h, "Age per 10yr * SBP ≥110 mm Hg per 20 mmHg": a * high_sbp,
        "Age per 10yr * diabetes": a * diabetes, "Age per 10yr * current smoking": a * smoker,
        "Age per 10yr * BMI 30+ per 5 kg/m2": a * high_bmi, "Age per 10yr * eGFR <60, per -15 ml": a * low_egfr,
    }  # fmt: skip


def _formula(
    *, age: Array, sex: Array, total_cholesterol_mg_dl: Array, hdl_c_mg_dl: Array, sbp: Array, bmi: Array, egfr: Array,
    diabetes: Array, current_smoker: Array, bp_treated: Array, statin: Array,
) -> dict[str, Array]:  # fmt: skip
    terms = _terms(
        age, total_cholesterol_mg_dl, hdl_c_mg_dl, sbp, bmi, egfr, diabetes, current_smoker, bp_treated, statin
    )
    outputs = {}
    for horizon in (10, 30):
        for outcome in OUTCOMES:
            men, women = (
                sum(weight * terms[term] for term, weight in coefficients()[horizon, s, outcome].items())
                for s in SEX.options
            )
            outputs[f"{outcome}_{horizon}y"] = 1 / (1 + np.exp(-np.where(sex == 1, women, men)))
    return outputs


CALCULATOR = Calculator(
    name="prevent_base",
    title="PREVENT (base)",
    subject="heart",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 30, 79),)),
        SEX,
        Number("total_cholesterol_mg_dl", (Unit("mg/dL", 1, 130, 320),)),
        Number("hdl_c_mg_dl", (Unit("mg/dL", 1, 20, 100),)),
        Number("sbp", (Unit("mm[Hg]", 1, 90, 180),)),
        Number("bmi", (Unit("kg/m2", 1, 18.5, 39.9),)),
        Number("egfr", (Unit("mL/min/{1.73_m2}", 1, 15, 140),)),
        Flag("diabetes"),
        Flag("current_smoker"),
        Flag("bp_treated"),
        Flag("statin"),
    ),
    outputs=tuple(Output(f"{outcome}_10y", "1") for outcome in OUTCOMES)
    + tuple(Output(f"{outcome}_30y", "1", only=("age", 30, 59)) for outcome in OUTCOMES),
    citation="Khan SS et al., Circulation 2024;149:430-449, doi 10.1161/CIRCULATIONAHA.123.067626",
)

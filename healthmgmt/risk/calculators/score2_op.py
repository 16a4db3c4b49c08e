"""SCORE2-OP: ten-year risk of cardiovascular disease in people of 70-89 years without diabetes, competing risk adjusted.

Inputs (any shape): age 70-89, sex, region (low, moderate, high, very_high), sbp 80-220 mmHg, total_cholesterol_mmol_l 2-11,
hdl_c_mmol_l 0.4-4, flags current_smoker, diabetes (true has no value). Output: `cvd_10y_pct`.
Errors: outside the range no value and a reason.
Source: SCORE2-OP working group, Eur Heart J 2021;42:2455-2467, doi 10.1093/eurheartj/ehab312.
"""

import numpy as np

from .model import Calculator, Output
from .score2_regions import inputs, recalibrated_pct

Array = np.ndarray
SCALES = {
    "male": ((-0.34, 1.19), (0.01, 1.25), (0.08, 1.15), (0.05, 0.70)),
    "female": ((-0.52, 1.01), (-0.10, 1.10), (0.38, 1.09), (0.38, 0.69)),
}


def _formula(
    *, age: Array, sex: Array, region: Array, sbp: Array, total_cholesterol_mmol_l: Array, hdl_c_mmol_l: Array,
    current_smoker: Array, diabetes: Array,
) -> dict[str, Array]:  # fmt: skip
    female = sex == 1
    a, s, t, h = age - 73, sbp - 150, total_cholesterol_mmol_l - 6, hdl_c_mmol_l - 1.4
    smoker = current_smoker
    men = (
        0.0634 * a + 0.3524 * smoker + 0.0094 * s + 0.0850 * t - 0.3564 * h - 0.0247 * a * smoker - 0.0005 * a * s
        + 0.0073 * a * t + 0.0091 * a * h
    )  # fmt: skip
    women = (
        0.0789 * a + 0.4921 * smoker + 0.0102 * s + 0.0605 * t - 0.3040 * h - 0.0255 * a * smoker - 0.0004 * a * s
        - 0.0009 * a * t + 0.0154 * a * h
    )  # fmt: skip
    total = np.where(female, women - 0.229, men - 0.0929)
    risk = 1 - np.where(female, 0.8082, 0.7576) ** np.exp(total)
    value = recalibrated_pct(risk, female, region, SCALES)
    return {"cvd_10y_pct": np.where(diabetes == 1, np.nan, value)}


CALCULATOR = Calculator(
    name="score2_op",
    title="SCORE2-OP",
    subject="heart",
    formula=_formula,
    inputs=inputs(70, 89),
    outputs=(Output("cvd_10y_pct", "%"),),
    citation="SCORE2-OP working group, Eur Heart J 2021;42:2455-2467, doi 10.1093/eurheartj/ehab312",
)

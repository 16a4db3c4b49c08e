"""SCORE2: ten-year risk of fatal and non-fatal cardiovascular disease in Europe, ages 40-69, without diabetes.

Inputs (any shape): age 40-69, sex, region (low, moderate, high, very_high), sbp 80-220 mmHg,
total_cholesterol_mmol_l 2-11, hdl_c_mmol_l 0.4-4, flags current_smoker, diabetes (true has no value: the model is for people without).
Output: `cvd_10y_pct`. Errors: outside the range no value and a reason.
Source: SCORE2 working group, Eur Heart J 2021;42:2439-2454, doi 10.1093/eurheartj/ehab309.
"""

import numpy as np

from .model import Calculator, Output
from .score2_regions import inputs, middle_age_risk, recalibrated_pct

Array = np.ndarray
SCALES = {
    "male": ((-0.5699, 0.7476), (-0.1565, 0.8009), (0.3207, 0.9360), (0.5836, 0.8294)),
    "female": ((-0.7380, 0.7019), (-0.3143, 0.7701), (0.5710, 0.9369), (0.9412, 0.8329)),
}


def _formula(
    *, age: Array, sex: Array, region: Array, sbp: Array, total_cholesterol_mmol_l: Array, hdl_c_mmol_l: Array,
    current_smoker: Array, diabetes: Array,
) -> dict[str, Array]:  # fmt: skip
    female = sex == 1
    risk = middle_age_risk(age, female, sbp, total_cholesterol_mmol_l, hdl_c_mmol_l, current_smoker, diabetes)
    value = recalibrated_pct(risk, female, region, SCALES)
    return {"cvd_10y_pct": np.where(diabetes == 1, np.nan, value)}


CALCULATOR = Calculator(
    name="score2",
    title="SCORE2",
    subject="heart",
    formula=_formula,
    inputs=inputs(40, 69),
    outputs=(Output("cvd_10y_pct", "%"),),
    citation="SCORE2 working group, Eur Heart J 2021;42:2439-2454, doi 10.1093/eurheartj/ehab309",
)

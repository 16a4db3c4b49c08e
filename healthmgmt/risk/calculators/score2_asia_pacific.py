"""SCORE2 Asia-Pacific: ten-year risk of cardiovascular disease, ages 40-69, with or without diabetes.

The predictors are those of SCORE2 (with its diabetes terms), recalibrated to regions of Asia and the Pacific; to which
region China belongs could not be sourced, so the caller names it. Inputs (any shape): age 40-69, sex, region (low,
moderate, high, very_high), sbp 80-220 mmHg, total_cholesterol_mmol_l 2-11, hdl_c_mmol_l 0.4-4, flags current_smoker,
diabetes. Output: `cvd_10y_pct`. Errors: outside the range no value and a reason.
Source: Hageman SHJ et al., Eur Heart J 2025;46:702-715, doi 10.1093/eurheartj/ehae609.
"""

import numpy as np

from .model import Calculator, Output
from .score2_regions import inputs, middle_age_risk, recalibrated_pct

Array = np.ndarray
SCALES = {
    "male": (
        (-0.375229965, 0.62020875), (0.284885676, 0.778128607), (0.778231091, 0.844985356), (0.608975204, 0.679014197),
    ),
    "female": (
        (-0.986572446, 0.536743779), (0.08278687, 0.718980326), (0.611474287, 0.703624072), (0.502751798, 0.555577072),
    ),
}  # fmt: skip


def _formula(
    *, age: Array, sex: Array, region: Array, sbp: Array, total_cholesterol_mmol_l: Array, hdl_c_mmol_l: Array,
    current_smoker: Array, diabetes: Array,
) -> dict[str, Array]:  # fmt: skip
    female = sex == 1
    risk = middle_age_risk(age, female, sbp, total_cholesterol_mmol_l, hdl_c_mmol_l, current_smoker, diabetes)
    return {"cvd_10y_pct": recalibrated_pct(risk, female, region, SCALES)}


CALCULATOR = Calculator(
    name="score2_asia_pacific",
    title="SCORE2 Asia-Pacific",
    subject="heart",
    formula=_formula,
    inputs=inputs(40, 69),
    outputs=(Output("cvd_10y_pct", "%"),),
    citation="Hageman SHJ et al., Eur Heart J 2025;46:702-715, doi 10.1093/eurheartj/ehae609",
)

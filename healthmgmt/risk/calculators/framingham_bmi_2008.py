"""Framingham general cardiovascular disease 2008, office model with BMI in place of lipids.

Inputs (any shape): age 30-74, sex, bmi 15-50 kg/m2, sbp 90-200 mmHg, flags bp_treated, current_smoker, diabetes.
Output: `cvd_10y_pct`. Errors: outside the range no value and a reason.
Source: D'Agostino RB et al., Circulation 2008;117:743-753.
"""

import numpy as np

from .framingham import Coefficients, risk_pct
from .model import SEX, Calculator, Flag, Number, Output, Unit

Array = np.ndarray
MEN = Coefficients((3.11296, 0.79277), 1.85508, 1.92672, 0.70953, 0.53160, 23.9388, 0.88431)
WOMEN = Coefficients((2.72107, 0.51125), 2.81291, 2.88267, 0.61868, 0.77763, 26.0145, 0.94833)


def _formula(
    *, age: Array, sex: Array, bmi: Array, sbp: Array, bp_treated: Array, current_smoker: Array, diabetes: Array
) -> dict[str, Array]:
    rest = ((age, bmi), sbp, bp_treated, current_smoker, diabetes)
    return {"cvd_10y_pct": np.where(sex == 1, risk_pct(WOMEN, *rest), risk_pct(MEN, *rest))}


CALCULATOR = Calculator(
    name="framingham_bmi_2008",
    title="Framingham general CVD 2008 (BMI)",
    subject="heart",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 30, 74),)),
        SEX,
        Number("bmi", (Unit("kg/m2", 1, 15, 50),)),
        Number("sbp", (Unit("mm[Hg]", 1, 90, 200),)),
        Flag("bp_treated"),
        Flag("current_smoker"),
        Flag("diabetes"),
    ),
    outputs=(Output("cvd_10y_pct", "%"),),
    citation="D'Agostino RB et al., Circulation 2008;117:743-753",
)

"""Framingham general cardiovascular disease 2008, laboratory model: ten-year risk of any cardiovascular event.

Inputs (any shape): age 30-74, sex, total_cholesterol_mg_dl 100-405, hdl_c_mg_dl 10-100, sbp 90-200 mmHg, flags bp_treated,
current_smoker, diabetes. Output: `cvd_10y_pct`. Errors: outside the range no value and a reason.
Source: D'Agostino RB et al., Circulation 2008;117:743-753.
"""

import numpy as np

from .framingham import Coefficients, risk_pct
from .model import SEX, Calculator, Flag, Number, Output, Unit

Array = np.ndarray
MEN = Coefficients((3.06117, 1.12370, -0.93263), 1.93303, 1.99881, 0.65451, 0.57367, 23.9802, 0.88936)
WOMEN = Coefficients((2.32888, 1.20904, -0.70833), 2.76157, 2.82263, 0.52873, 0.69154, 26.1931, 0.95012)


def _formula(
    *, age: Array, sex: Array, total_cholesterol_mg_dl: Array, hdl_c_mg_dl: Array, sbp: Array, bp_treated: Array,
    current_smoker: Array, diabetes: Array,
) -> dict[str, Array]:  # fmt: skip
    logs = (age, total_cholesterol_mg_dl, hdl_c_mg_dl)
    rest = (logs, sbp, bp_treated, current_smoker, diabetes)
    return {"cvd_10y_pct": np.where(sex == 1, risk_pct(WOMEN, *rest), risk_pct(MEN, *rest))}


CALCULATOR = Calculator(
    name="framingham_cvd_2008",
    title="Framingham general CVD 2008 (laboratory)",
    subject="heart",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 30, 74),)),
        SEX,
        Number("total_cholesterol_mg_dl", (Unit("mg/dL", 1, 100, 405),)),
        Number("hdl_c_mg_dl", (Unit("mg/dL", 1, 10, 100),)),
        Number("sbp", (Unit("mm[Hg]", 1, 90, 200),)),
        Flag("bp_treated"),
        Flag("current_smoker"),
        Flag("diabetes"),
    ),
    outputs=(Output("cvd_10y_pct", "%"),),
    citation="D'Agostino RB et al., Circulation 2008;117:743-753",
)

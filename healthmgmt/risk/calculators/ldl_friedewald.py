"""LDL cholesterol by Friedewald: total - HDL - triglycerides / 5, all in mg/dL.

Inputs (any shape), each as [value, unit] in mg/dL or mmol/L: total_cholesterol 20-1,200, hdl_c 4-250, triglycerides 9-400
mg/dL (4.52 mmol/L; above, the estimate does not hold). Output: `value` mg/dL. Errors: outside the range no value and a reason.
Source: Friedewald WT et al., Clin Chem 1972;18:499-502.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit

CHOLESTEROL_MG_DL = 38.67
TRIGLYCERIDES_MG_DL = 88.57


def cholesterol(key: str, low: float, high: float) -> Number:
    """A [value, unit] input of cholesterol, `low` and `high` in mg/dL."""
    mmol = Unit("mmol/L", CHOLESTEROL_MG_DL, low / CHOLESTEROL_MG_DL, high / CHOLESTEROL_MG_DL)
    return Number(key, (Unit("mg/dL", 1, low, high), mmol), paired=True)


def _formula(
    total_cholesterol: np.ndarray, hdl_c: np.ndarray, triglycerides: np.ndarray
) -> dict[str, np.ndarray]:
    return {"value": total_cholesterol - hdl_c - triglycerides / 5}


CALCULATOR = Calculator(
    name="ldl_friedewald",
    title="LDL cholesterol (Friedewald)",
    subject="metabolism",
    formula=_formula,
    inputs=(
        cholesterol("total_cholesterol", 20, 1200),
        cholesterol("hdl_c", 4, 250),
        Number(
            "triglycerides",
            (Unit("mg/dL", 1, 9, 400), Unit("mmol/L", TRIGLYCERIDES_MG_DL, 0.1, 400 / TRIGLYCERIDES_MG_DL)),
            paired=True,
        ),
    ),
    outputs=(Output("value", "mg/dL"),),
    citation="Friedewald WT et al., Clin Chem 1972;18:499-502",
)

"""KDIGO albuminuria category from the urine albumin/creatinine ratio.

Input: acr_mg_g 0-20,000 mg/g, any shape. Output: `kdigo_a` A1 < 30, A2 30-300, A3 > 300.
Errors: outside the range no value and a reason.
Source: KDIGO 2024 Clinical Practice Guideline for CKD, Kidney Int 2024;105(4S):S117-S314.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def _formula(acr_mg_g: np.ndarray) -> dict[str, np.ndarray]:
    return {"kdigo_a": np.select([acr_mg_g < 30, acr_mg_g <= 300], ["A1", "A2"], "A3")}


CALCULATOR = Calculator(
    name="kdigo_albuminuria",
    title="KDIGO albuminuria category",
    subject="kidney_liver",
    formula=_formula,
    inputs=(Number("acr_mg_g", (Unit("mg/g", 1, 0, 20_000),)),),
    outputs=(Output("kdigo_a", words=("A1", "A2", "A3")),),
    citation="KDIGO 2024, Kidney Int 2024;105(4S):S117-S314",
)

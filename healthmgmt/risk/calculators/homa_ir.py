"""HOMA-IR, homeostasis model of insulin resistance: insulin x fasting glucose / 405.

Inputs (any shape): insulin_uiu_ml 0.2-1,000 uIU/mL, glucose_mg_dl 9-1,080 mg/dL, both fasting. Output: `value`.
Errors: outside the range no value and a reason. Source: Matthews DR et al., Diabetologia 1985;28:412-419.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def _formula(glucose_mg_dl: np.ndarray, insulin_uiu_ml: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": insulin_uiu_ml * glucose_mg_dl / 405}


CALCULATOR = Calculator(
    name="homa_ir",
    title="HOMA-IR",
    subject="metabolism",
    formula=_formula,
    inputs=(
        Number("glucose_mg_dl", (Unit("mg/dL", 1, 9, 1080),)),
        Number("insulin_uiu_ml", (Unit("u[IU]/mL", 1, 0.2, 1000),)),
    ),
    outputs=(Output("value", "1"),),
    citation="Matthews DR et al., Diabetologia 1985;28:412-419",
)

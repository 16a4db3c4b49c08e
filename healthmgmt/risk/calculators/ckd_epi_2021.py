"""CKD-EPI 2021 creatinine equation without race: estimated GFR and KDIGO stage G1-G5.

Inputs: age in years (18-120), sex, creatinine 0.1-30 mg/dL or 8.8-2653 umol/L, any shape.
Outputs: `egfr` mL/min/1.73 m2 and `kdigo_g`, staged on the unrounded value (89.6 is G2). One exam only suggests a
stage: chronic kidney disease needs more than three months. Errors: outside the range no value and a reason.
Source: Inker LA et al., N Engl J Med 2021;385:1737-1749; KDIGO 2024 for the stages.
"""

import numpy as np

from .model import SEX, Calculator, Number, Output, Unit

UMOL_PER_MG_DL = 88.42
STAGES = np.array(["G5", "G4", "G3b", "G3a", "G2", "G1"], dtype=object)
STAGE_FLOORS = np.array([15.0, 30.0, 45.0, 60.0, 90.0])
MIN_AGE = 18


def egfr(age: np.ndarray, female: np.ndarray, creatinine_mg_dl: np.ndarray) -> np.ndarray:
    """Age in years, `female` boolean, serum creatinine mg/dL, arrays or scalars; mL/min/1.73 m2. No range check."""
    ratio = creatinine_mg_dl / np.where(female, 0.7, 0.9)
    power = np.where(female, -0.241, -0.302)
    value = 142 * np.minimum(ratio, 1) ** power * np.maximum(ratio, 1) ** -1.200 * 0.9938**age
    return value * np.where(female, 1.012, 1.0)


def stage(value: np.ndarray) -> np.ndarray:
    """KDIGO G stage of an eGFR array (object array of text; "" where the eGFR is nan)."""
    return np.where(np.isnan(value), "", STAGES[np.searchsorted(STAGE_FLOORS, value, side="right") % len(STAGES)])


def _formula(age: np.ndarray, sex: np.ndarray, creatinine: np.ndarray) -> dict[str, np.ndarray]:
    value = egfr(age, sex == 1, creatinine)
    return {"egfr": value, "kdigo_g": stage(value)}


CALCULATOR = Calculator(
    name="ckd_epi_2021",
    title="CKD-EPI 2021 (creatinine)",
    subject="kidney_liver",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, MIN_AGE, 120),)),
        SEX,
        Number(
            "creatinine",
            (Unit("mg/dL", 1, 0.1, 30), Unit("umol/L", 1 / UMOL_PER_MG_DL, 8.8, 2653)),
            unit_key="creatinine_unit",
        ),
    ),
    outputs=(Output("egfr", "mL/min/{1.73_m2}"), Output("kdigo_g", words=tuple(STAGES[::-1]))),
    citation="Inker LA et al., N Engl J Med 2021;385:1737-1749",
)

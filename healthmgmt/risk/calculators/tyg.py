"""Triglyceride-glucose index: ln(triglycerides mg/dL x fasting glucose mg/dL / 2).

The division stands inside the logarithm; the index is often printed wrong. Inputs (any shape): tg_mmol_l 0.1-60 or
tg_mg_dl 8.8-5,315, fpg_mmol_l 0.5-60 or fpg_mg_dl 9-1,081. Output: `value`. Chinese cut-offs vary from 8.5 to 8.8: none is given.
Errors: outside the range no value and a reason. Source: Simental-Mendia LE et al., Metab Syndr Relat Disord 2008;6:299-304.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit

TRIGLYCERIDES_MG_DL = 88.57
GLUCOSE_MG_DL = 18.016


def _formula(
    fpg_mmol_l: np.ndarray, fpg_mg_dl: np.ndarray, tg_mmol_l: np.ndarray, tg_mg_dl: np.ndarray
) -> dict[str, np.ndarray]:
    glucose = np.where(np.isnan(fpg_mg_dl), fpg_mmol_l * GLUCOSE_MG_DL, fpg_mg_dl)
    triglycerides = np.where(np.isnan(tg_mg_dl), tg_mmol_l * TRIGLYCERIDES_MG_DL, tg_mg_dl)
    return {"value": np.log(triglycerides * glucose / 2)}


CALCULATOR = Calculator(
    name="tyg",
    title="Triglyceride-glucose index",
    subject="metabolism",
    formula=_formula,
    inputs=(
        Number("fpg_mmol_l", (Unit("mmol/L", 1, 0.5, 60),), required=False),
        Number("fpg_mg_dl", (Unit("mg/dL", 1, 9, 1081),), required=False),
        Number("tg_mmol_l", (Unit("mmol/L", 1, 0.1, 60),), required=False),
        Number("tg_mg_dl", (Unit("mg/dL", 1, 8.8, 5315),), required=False),
    ),
    one_of=(("fpg_mmol_l", "fpg_mg_dl"), ("tg_mmol_l", "tg_mg_dl")),
    outputs=(Output("value", "1"),),
    citation="Simental-Mendia LE et al., Metab Syndr Relat Disord 2008;6:299-304",
)

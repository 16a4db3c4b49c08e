"""Mean arterial pressure: (systolic + 2 x diastolic) / 3, mmHg.

Inputs (any shape): sbp 50-300, dbp 20-200 mmHg, systolic above diastolic. Output: `value` mmHg.
Errors: outside the range, or systolic not above diastolic, no value and a reason.
Source: standard definition; e.g. Sesso HD et al., Hypertension 2000;36:801-807.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def _formula(sbp: np.ndarray, dbp: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": np.where(sbp > dbp, (sbp + 2 * dbp) / 3, np.nan)}


CALCULATOR = Calculator(
    name="mean_arterial_pressure",
    title="Mean arterial pressure",
    subject="heart",
    formula=_formula,
    inputs=(Number("sbp", (Unit("mm[Hg]", 1, 50, 300),)), Number("dbp", (Unit("mm[Hg]", 1, 20, 200),))),
    outputs=(Output("value", "mm[Hg]"),),
    citation="Sesso HD et al., Hypertension 2000;36:801-807",
)

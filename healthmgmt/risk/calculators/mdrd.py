"""MDRD study equation, four variables, creatinine traceable to IDMS, without race: kept for comparison with old reports.

175 x Scr^-1.154 x age^-0.203 x 0.742 if female, Scr in mg/dL. Inputs (any shape): age 1-120 years (made for 18-70;
outside it is computed and flagged), sex, creatinine 0.1-30 mg/dL or 8.8-2653 umol/L. Output: `value`
mL/min/1.73 m2. Errors: outside the range no value and a reason. Source: Levey AS et al., Ann Intern Med 2006;145:247-254.
"""

import numpy as np

from .ckd_epi_2021 import UMOL_PER_MG_DL
from .model import SEX, Calculator, Number, Output, Unit


def _formula(age: np.ndarray, sex: np.ndarray, creatinine: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": 175 * creatinine**-1.154 * age**-0.203 * np.where(sex == 1, 0.742, 1.0)}


CALCULATOR = Calculator(
    name="mdrd",
    title="MDRD (four variables)",
    subject="kidney_liver",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 1, 120),), usual=(18, 70)),
        SEX,
        Number(
            "creatinine",
            (Unit("mg/dL", 1, 0.1, 30), Unit("umol/L", 1 / UMOL_PER_MG_DL, 8.8, 2653)),
            unit_key="creatinine_unit",
        ),
    ),
    outputs=(Output("value", "mL/min/{1.73_m2}"),),
    citation="Levey AS et al., Ann Intern Med 2006;145:247-254",
)

"""Metabolic syndrome, harmonised definition of 2009: three or more of five criteria; drug treatment counts.

Waist with the Chinese cut-offs of that paper, >= 85 (men) / 80 cm (women); triglycerides >= 1.7 mmol/L; HDL-C < 1.0 (men)
/ 1.3 (women); blood pressure >= 130/85; fasting glucose >= 5.6 mmol/L. Inputs (any shape): sex, waist_cm 40-200,
fpg_mmol_l 0.5-60, ogtt_2h_mmol_l 0.5-60 (stands on the form and is no criterion here), sbp 50-300 and dbp 20-200 mmHg,
tg_mmol_l 0.1-60, hdl_c_mmol_l 0.1-6, flags bp_treated, diabetes_treated, tg_treated. Outputs: `criteria_met` 0-5,
`metabolic_syndrome`. Errors: outside the range no value and a reason.
Source: Alberti KGMM et al., Circulation 2009;120:1640-1645.
"""

import numpy as np

from .metabolic_syndrome_cds import INPUTS, OUTPUTS, judged
from .model import Calculator

Array = np.ndarray


def _formula(
    *, sex: Array, waist_cm: Array, fpg_mmol_l: Array, ogtt_2h_mmol_l: Array, sbp: Array, dbp: Array, tg_mmol_l: Array,
    hdl_c_mmol_l: Array, bp_treated: Array, diabetes_treated: Array, tg_treated: Array,
) -> dict[str, Array]:  # fmt: skip
    return judged(
        (
            waist_cm >= np.where(sex == 1, 80, 85),
            (fpg_mmol_l >= 5.6) | (diabetes_treated == 1),
            (sbp >= 130) | (dbp >= 85) | (bp_treated == 1),
            (tg_mmol_l >= 1.7) | (tg_treated == 1),
            hdl_c_mmol_l < np.where(sex == 1, 1.3, 1.0),
        )
    )


CALCULATOR = Calculator(
    name="metabolic_syndrome_harmonized",
    title="Metabolic syndrome (harmonised)",
    subject="metabolism",
    formula=_formula,
    inputs=INPUTS,
    outputs=OUTPUTS,
    citation="Alberti KGMM et al., Circulation 2009;120:1640-1645",
)

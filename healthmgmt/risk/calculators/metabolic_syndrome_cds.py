"""Metabolic syndrome of the Chinese Diabetes Society (2013, kept in 2017 and 2020): three or more of five criteria.

Waist >= 90 (men) / 85 cm (women); fasting glucose >= 6.1 or 2-hour glucose >= 7.8 mmol/L or treated diabetes; blood
pressure >= 130/85 or treated; triglycerides >= 1.70 mmol/L; HDL-C < 1.04 mmol/L. The version of 2004 is obsolete.
Inputs (any shape): sex, waist_cm 40-200, fpg_mmol_l 0.5-60, ogtt_2h_mmol_l 0.5-60 (may be absent), sbp 50-300 and dbp
20-200 mmHg, tg_mmol_l 0.1-60, hdl_c_mmol_l 0.1-6, flags bp_treated, diabetes_treated; tg_treated stands on the form and is
no criterion here. Outputs: `criteria_met` 0-5, `metabolic_syndrome`. Errors: outside the range no value and a reason.
Source: Chinese Diabetes Society, guideline for type 2 diabetes 2020, Chin J Diabetes Mellitus 2021;13:315-409.
"""

import numpy as np

from .model import SEX, Calculator, Flag, Number, Output, Unit

Array = np.ndarray
INPUTS = (
    SEX,
    Number("waist_cm", (Unit("cm", 1, 40, 200),)),
    Number("fpg_mmol_l", (Unit("mmol/L", 1, 0.5, 60),)),
    Number("ogtt_2h_mmol_l", (Unit("mmol/L", 1, 0.5, 60),), required=False),
    Number("sbp", (Unit("mm[Hg]", 1, 50, 300),)),
    Number("dbp", (Unit("mm[Hg]", 1, 20, 200),)),
    Number("tg_mmol_l", (Unit("mmol/L", 1, 0.1, 60),)),
    Number("hdl_c_mmol_l", (Unit("mmol/L", 1, 0.1, 6),)),
    Flag("bp_treated"),
    Flag("diabetes_treated"),
    Flag("tg_treated", default=0.0),
)
OUTPUTS = (Output("criteria_met", "1"), Output("metabolic_syndrome", is_flag=True))


def judged(criteria: tuple[Array, ...]) -> dict[str, Array]:
    """Outputs of boolean criteria arrays."""
    met = np.sum(criteria, axis=0).astype(np.float64)
    return {"criteria_met": met, "metabolic_syndrome": met >= 3}


def _formula(
    *, sex: Array, waist_cm: Array, fpg_mmol_l: Array, ogtt_2h_mmol_l: Array, sbp: Array, dbp: Array, tg_mmol_l: Array,
    hdl_c_mmol_l: Array, bp_treated: Array, diabetes_treated: Array, tg_treated: Array,
) -> dict[str, Array]:  # fmt: skip
    return judged(
        (
            waist_cm >= np.where(sex == 1, 85, 90),
            (fpg_mmol_l >= 6.1) | (ogtt_2h_mmol_l >= 7.8) | (diabetes_treated == 1),
            (sbp >= 130) | (dbp >= 85) | (bp_treated == 1),
            tg_mmol_l >= 1.70,
            hdl_c_mmol_l < 1.04,
        )
    )


CALCULATOR = Calculator(
    name="metabolic_syndrome_cds",
    title="Metabolic syndrome (Chinese Diabetes Society)",
    subject="metabolism",
    formula=_formula,
    inputs=INPUTS,
    outputs=OUTPUTS,
    citation="Chinese Diabetes Society, Chin J Diabetes Mellitus 2021;13:315-409",
)

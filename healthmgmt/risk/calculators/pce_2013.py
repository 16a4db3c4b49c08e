"""ACC/AHA pooled cohort equations 2013: ten-year risk of a first hard ASCVD event, 1 - S0 ^ exp(sum - mean).

Inputs (any shape): age 40-79, sex, race white or black, total_cholesterol_mg_dl 130-320, hdl_c_mg_dl 20-100, sbp 90-200
mmHg, flags bp_treated, current_smoker, diabetes. Output: `ascvd_10y`, a fraction. The equations for white people
over-estimate in East Asians. Errors: outside the range no value and a reason.
Source: Goff DC et al., Circulation 2014;129(25 Suppl 2):S49-73, doi 10.1161/01.cir.0000437741.48606.98.
"""

from dataclasses import dataclass

import numpy as np

from .model import SEX, Calculator, Choice, Flag, Number, Output, Unit

Array = np.ndarray


@dataclass(frozen=True)
class Coefficients:
    ln_age: float
    ln_age_squared: float
    ln_tc: float
    ln_age_tc: float
    ln_hdl: float
    ln_age_hdl: float
    ln_sbp_treated: float
    ln_age_sbp_treated: float
    ln_sbp_untreated: float
    ln_age_sbp_untreated: float
    smoker: float
    ln_age_smoker: float
    diabetes: float
    mean: float
    survival: float


GROUPS = {
    ("female", "white"): Coefficients(
        -29.799, 4.884, 13.540, -3.114, -13.578, 3.149, 2.019, 0, 1.957, 0, 7.574, -1.665, 0.661, -29.1817, 0.96652
    ),
    ("female", "black"): Coefficients(
        17.1141, 0, 0.9396, 0, -18.9196, 4.4748, 29.2907, -6.4321, 27.8197, -6.0873, 0.6908, 0, 0.8738, 86.6081, 0.95334
    ),
    ("male", "white"): Coefficients(
        12.344, 0, 11.853, -2.664, -7.990, 1.769, 1.797, 0, 1.764, 0, 7.837, -1.795, 0.658, 61.1816, 0.91436
    ),
    ("male", "black"): Coefficients(
        2.469, 0, 0.302, 0, -0.307, 0, 1.916, 0, 1.809, 0, 0.549, 0, 0.645, 19.5425, 0.89536
    ),
}


def _risk(c: Coefficients, age: Array, tc: Array, hdl: Array, sbp: Array, treated: Array, smoker: Array, diabetes: Array) -> Array:
    ln_age, ln_sbp = np.log(age), np.log(sbp)
    pressure = np.where(
        treated == 1,
        c.ln_sbp_treated + c.ln_age_sbp_treated * ln_age,
        c.ln_sbp_untreated + c.ln_age_sbp_untreated * ln_age,
    )
    total = (
        c.ln_age * ln_age
        + c.ln_age_squared * ln_age**2
        + (c.ln_tc + c.ln_age_tc * ln_age) * np.log(tc)
        + (c.ln_hdl + c.ln_age_hdl * ln_age) * np.log(hdl)
        + pressure * ln_sbp
        + (c.smoker + c.ln_age_smoker * ln_age) * smoker
        + c.diabetes * diabetes
    )
    return 1 - c.survival ** np.exp(total - c.mean)


def _formula(
    *, age: Array, sex: Array, race: Array, total_cholesterol_mg_dl: Array, hdl_c_mg_dl: Array, sbp: Array,
    bp_treated: Array, current_smoker: Array, diabetes: Array,
) -> dict[str, Array]:  # fmt: skip
    rest = (age, total_cholesterol_mg_dl, hdl_c_mg_dl, sbp, bp_treated, current_smoker, diabetes)
    members = [(sex == SEX.options.index(s)) & (race == RACE.options.index(r)) for s, r in GROUPS]
    return {"ascvd_10y": np.select(members, [_risk(c, *rest) for c in GROUPS.values()], np.nan)}


RACE = Choice("race", ("white", "black"))
INPUTS = (
    Number("age", (Unit("a", 1, 40, 79),)),
    SEX,
    RACE,
    Number("total_cholesterol_mg_dl", (Unit("mg/dL", 1, 130, 320),)),
    Number("hdl_c_mg_dl", (Unit("mg/dL", 1, 20, 100),)),
    Number("sbp", (Unit("mm[Hg]", 1, 90, 200),)),
    Flag("bp_treated"),
    Flag("current_smoker"),
    Flag("diabetes"),
)

CALCULATOR = Calculator(
    name="pce_2013",
    title="Pooled cohort equations 2013",
    subject="heart",
    formula=_formula,
    inputs=INPUTS,
    outputs=(Output("ascvd_10y", "1"),),
    citation="Goff DC et al., Circulation 2014;129(25 Suppl 2):S49-73, doi 10.1161/01.cir.0000437741.48606.98",
)

"""Pooled cohort equations as revised by Yadlowsky 2018: ten-year ASCVD risk, logistic, one model per sex.

Inputs (any shape): age 40-79, sex, race white or black, total_cholesterol_mg_dl 130-320, hdl_c_mg_dl 20-100, sbp 90-200
mmHg, flags bp_treated, current_smoker, diabetes. Output: `ascvd_10y`, a fraction. Errors: outside the range no value and a
reason. Source: Yadlowsky S et al., Ann Intern Med 2018;169:20-29, doi 10.7326/M17-3011 (appendix table of coefficients).
"""

from dataclasses import dataclass

import numpy as np

from .model import Calculator, Output
from .pce_2013 import INPUTS, RACE

Array = np.ndarray


@dataclass(frozen=True)
class Coefficients:
    constant: float
    age: float
    black: float
    sbp_squared: float
    sbp: float
    treated: float
    diabetes: float
    smoker: float
    ratio: float
    age_black: float
    sbp_treated: float
    sbp_black: float
    black_treated: float
    age_sbp: float
    black_diabetes: float
    black_smoker: float
    black_ratio: float
    black_sbp_treated: float
    black_age_sbp: float


WOMEN = Coefficients(
    constant=-12.823110, age=0.106501, black=0.432440, sbp_squared=0.000056, sbp=0.017666, treated=0.731678,
    diabetes=0.943970, smoker=1.009790, ratio=0.151318, age_black=-0.008580, sbp_treated=-0.003647,
    sbp_black=0.006208, black_treated=0.152968, age_sbp=-0.000153, black_diabetes=0.115232, black_smoker=-0.092231,
    black_ratio=0.070498, black_sbp_treated=-0.000173, black_age_sbp=-0.000094,
)  # fmt: skip
MEN = Coefficients(
    constant=-11.679980, age=0.064200, black=0.482835, sbp_squared=-0.000061, sbp=0.038950, treated=2.055533,
    diabetes=0.842209, smoker=0.895589, ratio=0.193307, age_black=0.0, sbp_treated=-0.014207,
    sbp_black=0.011609, black_treated=-0.119460, age_sbp=0.000025, black_diabetes=-0.077214, black_smoker=-0.226771,
    black_ratio=-0.117749, black_sbp_treated=0.004190, black_age_sbp=-0.000199,
)  # fmt: skip


def _risk(
    c: Coefficients, age: Array, black: Array, sbp: Array, treated: Array, smoker: Array, diabetes: Array, ratio: Array
) -> Array:
    everyone = (
        c.constant + c.age * age + c.sbp_squared * sbp**2 + c.sbp * sbp + c.treated * treated + c.diabetes * diabetes
        + c.smoker * smoker + c.ratio * ratio + c.sbp_treated * sbp * treated + c.age_sbp * age * sbp
    )  # fmt: skip
    added = (
        c.black + c.age_black * age + c.sbp_black * sbp + c.black_treated * treated + c.black_diabetes * diabetes
        + c.black_smoker * smoker + c.black_ratio * ratio + c.black_sbp_treated * sbp * treated
        + c.black_age_sbp * age * sbp
    )  # fmt: skip
    return 1 / (1 + np.exp(-(everyone + black * added)))


def _formula(
    *, age: Array, sex: Array, race: Array, total_cholesterol_mg_dl: Array, hdl_c_mg_dl: Array, sbp: Array,
    bp_treated: Array, current_smoker: Array, diabetes: Array,
) -> dict[str, Array]:  # fmt: skip
    black = (race == RACE.options.index("black")).astype(np.float64)
    ratio = total_cholesterol_mg_dl / hdl_c_mg_dl
    rest = (age, black, sbp, bp_treated, current_smoker, diabetes, ratio)
    return {"ascvd_10y": np.where(sex == 1, _risk(WOMEN, *rest), _risk(MEN, *rest))}


CALCULATOR = Calculator(
    name="pce_2018_yadlowsky",
    title="Pooled cohort equations, revision 2018",
    subject="heart",
    formula=_formula,
    inputs=INPUTS,
    outputs=(Output("ascvd_10y", "1"),),
    citation="Yadlowsky S et al., Ann Intern Med 2018;169:20-29, doi 10.7326/M17-3011",
)

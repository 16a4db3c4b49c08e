"""New Chinese Diabetes Risk Score, for people without known diabetes. Not the older score of 2010 sold as CDRS.

Inputs (any shape): age 20-74 years, sex, bmi 10-80 kg/m2, waist_cm 40-200, sbp 50-300 mmHg, flag
family_history_diabetes (first degree). Outputs: `score` 0-51; `high_risk_ge25` asks for an oral glucose tolerance test.
Errors: outside the range no value and a reason.
Source: Zhou X et al., Diabetes Care 2013;36:3944-3952; guideline of the Chinese Diabetes Society.
"""

import numpy as np

from .model import SEX, Calculator, Flag, Number, Output, Unit

Array = np.ndarray
AGE = (np.array([25, 35, 40, 45, 50, 55, 60, 65]), np.array([0, 4, 8, 11, 12, 13, 15, 16, 18]))
BMI = (np.array([22, 24, 30]), np.array([0, 1, 3, 5]))
WAIST_MEN = (np.array([75, 80, 85, 90, 95]), np.array([0, 3, 5, 7, 8, 10]))
SBP = (np.array([110, 120, 130, 140, 150, 160]), np.array([0, 1, 3, 6, 7, 8, 10]))
WOMEN_LOWER_BY = 5
FAMILY, MALE, HIGH = 6, 2, 25


def points(values: Array, table: tuple[Array, Array]) -> Array:
    """Points of a table of inclusive floors."""
    floors, scores = table
    return scores[np.searchsorted(floors, values, side="right")]


def _formula(
    *, age: Array, sex: Array, bmi: Array, waist_cm: Array, sbp: Array, family_history_diabetes: Array
) -> dict[str, Array]:
    waist = np.where(sex == 1, waist_cm + WOMEN_LOWER_BY, waist_cm)
    score = points(age, AGE) + points(bmi, BMI) + points(waist, WAIST_MEN) + points(sbp, SBP)
    score = score + FAMILY * family_history_diabetes + MALE * (sex == 0)
    return {"score": score, "high_risk_ge25": score >= HIGH}


CALCULATOR = Calculator(
    name="ncdrs",
    title="New Chinese Diabetes Risk Score",
    subject="metabolism",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 20, 74),)),
        SEX,
        Number("bmi", (Unit("kg/m2", 1, 10, 80),)),
        Number("waist_cm", (Unit("cm", 1, 40, 200),)),
        Number("sbp", (Unit("mm[Hg]", 1, 50, 300),)),
        Flag("family_history_diabetes"),
    ),
    outputs=(Output("score", "{score}"), Output("high_risk_ge25", is_flag=True)),
    citation="Zhou X et al., Diabetes Care 2013;36:3944-3952",
)

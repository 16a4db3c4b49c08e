"""FINDRISC, ten-year risk of type 2 diabetes.

Inputs (any shape): age 18-120 years, sex, bmi 10-80 kg/m2, waist_cm 40-200, flags daily_activity_30min,
daily_fruit_vegetables, bp_medication, history_high_glucose, and family_history none, second_degree or first_degree.
Outputs: `score` 0-26; `band` low < 7, slightly_elevated 7-11, moderate 12-14, high 15-20, very_high.
Errors: outside the range no value and a reason.
Source: Lindstrom J, Tuomilehto J, Diabetes Care 2003;26:725-731.
"""

import numpy as np

from .model import SEX, Calculator, Choice, Flag, Number, Output, Unit

Array = np.ndarray
FAMILY = Choice("family_history", ("none", "second_degree", "first_degree"))
FAMILY_POINTS = (0, 3, 5)
BANDS = ("low", "slightly_elevated", "moderate", "high")
BELOW = (7, 12, 15, 21)


def _formula(
    *, age: Array, sex: Array, bmi: Array, waist_cm: Array, daily_activity_30min: Array, daily_fruit_vegetables: Array,
    bp_medication: Array, history_high_glucose: Array, family_history: Array,
) -> dict[str, Array]:  # fmt: skip
    small, large = np.where(sex == 1, 80, 94), np.where(sex == 1, 88, 102)
    score = (
        np.select([age < 45, age < 55, age < 65], [0, 2, 3], 4)
        + np.select([bmi < 25, bmi <= 30], [0, 1], 3)
        + np.select([waist_cm < small, waist_cm <= large], [0, 3], 4)
        + 2 * (1 - daily_activity_30min)
        + (1 - daily_fruit_vegetables)
        + 2 * bp_medication
        + 5 * history_high_glucose
        + np.select([family_history == place for place in range(3)], FAMILY_POINTS, np.nan)
    )
    return {"score": score, "band": np.select([score < limit for limit in BELOW], BANDS, "very_high")}


CALCULATOR = Calculator(
    name="findrisc",
    title="FINDRISC",
    subject="metabolism",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 18, 120),)),
        SEX,
        Number("bmi", (Unit("kg/m2", 1, 10, 80),)),
        Number("waist_cm", (Unit("cm", 1, 40, 200),)),
        Flag("daily_activity_30min"),
        Flag("daily_fruit_vegetables"),
        Flag("bp_medication"),
        Flag("history_high_glucose"),
        FAMILY,
    ),
    outputs=(Output("score", "{score}"), Output("band", words=(*BANDS, "very_high"))),
    citation="Lindstrom J, Tuomilehto J, Diabetes Care 2003;26:725-731",
)

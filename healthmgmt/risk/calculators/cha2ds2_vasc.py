"""CHA2DS2-VASc, stroke risk in atrial fibrillation.

Inputs (any shape): age 18-120 years, sex, and flags that count as absent when a form leaves them out:
congestive_heart_faliure (spelt as published case files do), hypertension_history, diabetes_history, stroke,
transient_ischemic_attacks_history, thromboembolism_history, vascular_disease_history.
Output: `value` 0-9. Errors: outside the range no value and a reason. Source: Lip GYH et al., Chest 2010;137:263-272.
"""

import numpy as np

from .model import SEX, Calculator, Flag, Number, Output, Unit

HISTORY = (
    "congestive_heart_faliure", "hypertension_history", "diabetes_history", "vascular_disease_history", "stroke",
    "transient_ischemic_attacks_history", "thromboembolism_history",
)  # fmt: skip


def _formula(age: np.ndarray, sex: np.ndarray, **history: np.ndarray) -> dict[str, np.ndarray]:
    single = np.sum([history[name] for name in HISTORY[:4]], axis=0)
    embolic = np.max([history[name] for name in HISTORY[4:]], axis=0)
    by_age = np.select([age >= 75, age >= 65], [2.0, 1.0], 0.0)
    return {"value": single + 2 * embolic + by_age + (sex == 1)}


CALCULATOR = Calculator(
    name="cha2ds2_vasc",
    title="CHA2DS2-VASc",
    subject="heart",
    formula=_formula,
    inputs=(Number("age", (Unit("a", 1, 18, 120),)), SEX, *(Flag(name, default=0.0) for name in HISTORY)),
    outputs=(Output("value", "{score}"),),
    citation="Lip GYH et al., Chest 2010;137:263-272",
)

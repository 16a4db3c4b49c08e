"""STOP-BANG, sleep apnoea screen: eight yes/no facts, scored only (the form's wording is owned by others).

Inputs (any shape): flags snoring, tired, observed_apnoea, high_bp, bmi_over_35, age_over_50, neck_large (> 40 cm), male.
Outputs: `score` 0-8; `risk_by_total` low 0-2, intermediate 3-4, high 5-8. Errors: a missing fact gives no value, a reason.
Source: Chung F et al., Anesthesiology 2008;108:812-821.
"""

import numpy as np

from .model import Calculator, Flag, Output

FACTS = ("snoring", "tired", "observed_apnoea", "high_bp", "bmi_over_35", "age_over_50", "neck_large", "male")


def _formula(**facts: np.ndarray) -> dict[str, np.ndarray]:
    score = np.sum([facts[name] for name in FACTS], axis=0)
    return {"score": score, "risk_by_total": np.select([score < 3, score < 5], ["low", "intermediate"], "high")}


CALCULATOR = Calculator(
    name="stop_bang",
    title="STOP-BANG",
    subject="questionnaire",
    formula=_formula,
    inputs=tuple(Flag(name) for name in FACTS),
    outputs=(Output("score", "{score}"), Output("risk_by_total", words=("low", "intermediate", "high"))),
    citation="Chung F et al., Anesthesiology 2008;108:812-821",
)

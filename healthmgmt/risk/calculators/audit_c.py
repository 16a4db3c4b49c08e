"""AUDIT-C, alcohol screen: three answers of 0-4. A drink in China is 10-14 g ethanol depending on the form.

Inputs: items, three whole numbers 0-4 (a list, or an array of shape (n, 3)); sex. Outputs: `score` 0-12; `positive` from
4 in men, 3 in women. Errors: an incomplete form has no value and a reason.
Source: Bush K et al., Arch Intern Med 1998;158:1789-1795.
"""

import numpy as np

from .model import SEX, Calculator, Items, Output


def _formula(items: np.ndarray, sex: np.ndarray) -> dict[str, np.ndarray]:
    score = items.sum(axis=1)
    return {"score": score, "positive": score >= np.where(sex == 1, 3, 4)}


CALCULATOR = Calculator(
    name="audit_c",
    title="AUDIT-C",
    subject="questionnaire",
    formula=_formula,
    inputs=(Items("items", 3, 0, 4), SEX),
    outputs=(Output("score", "{score}"), Output("positive", is_flag=True)),
    citation="Bush K et al., Arch Intern Med 1998;158:1789-1795",
)

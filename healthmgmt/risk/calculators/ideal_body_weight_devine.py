"""Ideal body weight by Devine, for dosing: 50 kg (men) or 45.5 kg (women) + 2.3 kg per inch above 60 inches.

Inputs (any shape): height 30-272 cm (also m, in, ft) as [value, unit], sex. Made for 60 inches and taller; shorter people
are computed on the same line and flagged. Output: `value` kg. Errors: outside the range no value and a reason.
Source: Devine BJ, Drug Intell Clin Pharm 1974;8:650-655.
"""

from dataclasses import replace

import numpy as np

from .bmi import HEIGHT
from .model import SEX, Calculator, Output

CM_PER_INCH = 2.54


def _formula(height: np.ndarray, sex: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": np.where(sex == 1, 45.5, 50.0) + 2.3 * (height / CM_PER_INCH - 60)}


CALCULATOR = Calculator(
    name="ideal_body_weight_devine",
    title="Ideal body weight (Devine)",
    subject="body",
    formula=_formula,
    inputs=(replace(HEIGHT, usual=(60 * CM_PER_INCH, 272)), SEX),
    outputs=(Output("value", "kg"),),
    citation="Devine BJ, Drug Intell Clin Pharm 1974;8:650-655",
)

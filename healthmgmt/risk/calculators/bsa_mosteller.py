"""Body surface area by Mosteller: sqrt(height cm x weight kg / 3600), m2.

Inputs (any shape), each as [value, unit]: height 30-272 cm (also m, in, ft), weight 0.3-650 kg (also g, lb, jin).
Output: `value` m2. Errors: outside the range no value and a reason. Source: Mosteller RD, N Engl J Med 1987;317:1098.
"""

import numpy as np

from .bmi import HEIGHT, WEIGHT
from .model import Calculator, Output


def _formula(height: np.ndarray, weight: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": np.sqrt(height * weight / 3600)}


CALCULATOR = Calculator(
    name="bsa_mosteller",
    title="Body surface area (Mosteller)",
    subject="body",
    formula=_formula,
    inputs=(HEIGHT, WEIGHT),
    outputs=(Output("value", "m2"),),
    citation="Mosteller RD, N Engl J Med 1987;317:1098",
)

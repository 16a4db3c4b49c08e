"""Body mass index: weight / height^2, kg/m2 (Quetelet).

Inputs (any shape), each as [value, unit]: height 30-272 cm (also m, in, ft), weight 0.3-650 kg (also g, lb, jin). Under
18 years the number is arithmetic only. Output: `value` kg/m2. Errors: outside the range no value and a reason.
Source: WHO Technical Report Series 894 (2000); Chinese cut-offs WS/T 428-2013.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def metric(height: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Height cm and weight kg, arrays or scalars of one shape, to kg/m2."""
    metres = height / 100.0
    return weight / (metres * metres)


def _formula(height: np.ndarray, weight: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": metric(height, weight)}


HEIGHT = Number(
    "height",
    (
        Unit("cm", 1, 30, 272),
        Unit("m", 100, 0.3, 2.72),
        Unit("in", 2.54, 12, 107),
        Unit("ft", 30.48, 1, 8.9),
    ),
    paired=True,
)
WEIGHT = Number(
    "weight",
    (
        Unit("kg", 1, 0.3, 650),
        Unit("g", 0.001, 300, 650_000),
        Unit("lb", 0.45359237, 0.7, 1433),
        Unit("lbs", 0.45359237, 0.7, 1433),
        Unit("jin", 0.5, 0.6, 1300),
    ),
    paired=True,
)

CALCULATOR = Calculator(
    name="bmi",
    title="Body mass index",
    subject="body",
    formula=_formula,
    inputs=(HEIGHT, WEIGHT),
    outputs=(Output("value", "kg/m2"),),
    citation="WHO Technical Report Series 894 (2000); WS/T 428-2013",
)

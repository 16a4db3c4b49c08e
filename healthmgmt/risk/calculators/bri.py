"""Body roundness index: 364.2 - 365.5 x sqrt(1 - (waist / 2 pi)^2 / (height / 2)^2), same length unit.

Inputs (any shape): waist_cm 40-250, height_cm 100-250. Output: `value`; a waist too wide for the height (no ellipse)
has none. Errors: outside the range no value and a reason. Source: Thomas DM et al., Obesity 2013;21:2264-2271.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def _formula(waist_cm: np.ndarray, height_cm: np.ndarray) -> dict[str, np.ndarray]:
    eccentricity = np.sqrt(1 - (waist_cm / (2 * np.pi)) ** 2 / (0.5 * height_cm) ** 2)
    return {"value": 364.2 - 365.5 * eccentricity}


CALCULATOR = Calculator(
    name="bri",
    title="Body roundness index",
    subject="body",
    formula=_formula,
    inputs=(Number("waist_cm", (Unit("cm", 1, 40, 250),)), Number("height_cm", (Unit("cm", 1, 100, 250),))),
    outputs=(Output("value", "1"),),
    citation="Thomas DM et al., Obesity 2013;21:2264-2271",
)

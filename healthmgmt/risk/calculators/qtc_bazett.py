"""Heart-rate corrected QT interval by Bazett: QT / sqrt(60 / heart rate), ms.

Inputs (any shape): qt_ms 150-900 ms, heart_rate 20-300 /min. Output: `value` ms. Over-corrects at fast and
under-corrects at slow rates. Errors: outside the range no value and a reason. Source: Bazett HC, Heart 1920;7:353-370.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def _formula(qt_ms: np.ndarray, heart_rate: np.ndarray) -> dict[str, np.ndarray]:
    return {"value": qt_ms / np.sqrt(60 / heart_rate)}


CALCULATOR = Calculator(
    name="qtc_bazett",
    title="QTc (Bazett)",
    subject="heart",
    formula=_formula,
    inputs=(Number("qt_ms", (Unit("ms", 1, 150, 900),)), Number("heart_rate", (Unit("/min", 1, 20, 300),))),
    outputs=(Output("value", "ms"),),
    citation="Bazett HC, Heart 1920;7:353-370",
)

"""Haemoglobin as it would be at sea level, for limits of anaemia.

Inputs (any shape): hb_g_l 20-350 g/L as measured; altitude_m of residence or work, below 5000 m. Output: adjusted_g_l, the
measured value less the adjustment of the altitude's band (none below 500 m). Errors: outside the range no value and a reason.
Source: WHO guideline on haemoglobin cutoffs 2024, after Sharma 2019.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit

Array = np.ndarray
BAND_M = 500
# g/L for each band of 500 m from sea level on: up to 4500-4999 m.
ADJUSTMENTS = np.array([0, 4, 8, 11, 14, 18, 21, 25, 29, 33], dtype=np.float64)
HIGHEST_M = np.nextafter(BAND_M * len(ADJUSTMENTS), 0)


def _formula(*, hb_g_l: Array, altitude_m: Array) -> dict[str, Array]:
    band = np.nan_to_num(altitude_m // BAND_M).clip(0, len(ADJUSTMENTS) - 1).astype(np.int64)
    return {"adjusted_g_l": np.where(np.isnan(altitude_m), np.nan, hb_g_l - ADJUSTMENTS[band])}


CALCULATOR = Calculator(
    name="altitude_haemoglobin",
    title="Altitude-adjusted haemoglobin",
    formula=_formula,
    inputs=(
        Number("hb_g_l", (Unit("g/L", 1, 20, 350),)),
        Number("altitude_m", (Unit("m", 1, -500, HIGHEST_M),)),
    ),
    outputs=(Output("adjusted_g_l", "g/L"),),
    citation="WHO guideline on haemoglobin cutoffs 2024, after Sharma 2019",
)

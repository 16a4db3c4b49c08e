"""Haemoglobin as it would be at sea level, for limits of anaemia.

Inputs (any shape): hb_g_l 20-350 g/L as measured; altitude_m of residence or work, below 5,000 m. Output: adjusted_g_l, the
measured value less the adjustment of the altitude's band (none below 500 m). Errors: outside the range no value and a reason.
Source: WHO guideline on haemoglobin cutoffs 2024, after Sharma 2019.
"""

import numpy as np

from ..model import Calculator, Number, Output, Unit
from ..thresholds_cn import at_sea_level


def _formula(*, hb_g_l: np.ndarray, altitude_m: np.ndarray) -> dict[str, np.ndarray]:
    return {"adjusted_g_l": at_sea_level(hb_g_l, altitude_m)}


CALCULATOR = Calculator(
    name="altitude_haemoglobin",
    title="Altitude-adjusted haemoglobin",
    formula=_formula,
    inputs=(
        Number("hb_g_l", (Unit("g/L", 1, 20, 350),)),
        Number("altitude_m", (Unit("m", 1, -500, np.nextafter(5000, 0)),)),
    ),
    outputs=(Output("adjusted_g_l", "g/L"),),
    citation="WHO guideline on haemoglobin cutoffs 2024, after Sharma 2019",
)

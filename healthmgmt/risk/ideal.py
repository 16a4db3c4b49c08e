"""The ten-year risk of the same person in the ideal state. Pure.

Ideal state as the official China-PAR calculator has it (clinical.md 1.1): age, sex and place stay; total cholesterol 200 mg/dL,
HDL-C 40 mg/dL, systolic pressure 120 mmHg untreated, waist 90 (men) or 85 cm (women), no smoking, no diabetes, no family history.
"""

import numpy as np

from .calculators import china_par
from .measures import FEMALE, Measures
from .scoring import CHINA_PAR_MEASURED

Array = np.ndarray
IDEAL_WAIST = {"m": china_par.MEN.ideal_waist, "f": china_par.WOMEN.ideal_waist}


def china_par_pct(measures: Measures) -> Array:
    """Per cent (float64), nan where age or place is not known; the age is that of the day on which the own risk was measured."""
    age = measures.age(measures.newest_day(CHINA_PAR_MEASURED))
    unused = np.full(measures.size, np.nan)
    own = china_par.Inputs(
        age=age, female=measures.sex == FEMALE, sbp=unused, bp_treated=unused, tc_mg_dl=unused, hdl_mg_dl=unused, waist_cm=unused,
        smoker=unused, diabetes=unused, north=measures.north, urban=measures.urban, family_history=unused,
    )  # fmt: skip
    with np.errstate(invalid="ignore"):
        return china_par.ideal_risk_pct(own)

"""What the SCORE2 family shares: predictors of ages 40-69, and the recalibration to a risk region.

Region scales: calibrated risk = 1 - exp(-exp(k1 + k2 x ln(-ln(1 - r)))), r the uncalibrated risk.
"""

from collections.abc import Mapping

import numpy as np

from .model import SEX, Choice, Flag, Number, Unit

Array = np.ndarray
REGIONS = ("low", "moderate", "high", "very_high")
REGION = Choice("region", REGIONS)
Scales = Mapping[str, tuple[tuple[float, float], ...]]


def inputs(low_age: float, high_age: float) -> tuple[Number | Flag | Choice, ...]:
    return (
        Number("age", (Unit("a", 1, low_age, high_age),)),
        SEX,
        REGION,
        Number("sbp", (Unit("mm[Hg]", 1, 80, 220),)),
        Number("total_cholesterol_mmol_l", (Unit("mmol/L", 1, 2, 11),)),
        Number("hdl_c_mmol_l", (Unit("mmol/L", 1, 0.4, 4),)),
        Flag("current_smoker"),
        Flag("diabetes"),
    )


def recalibrated_pct(risk: Array, female: Array, region: Array, scales: Scales) -> Array:
    """`region` positions in REGIONS; `scales` (k1, k2) per region for "male" and "female"; per cent."""
    place = np.where(np.isnan(region), 0, region).astype(np.int64)
    table = np.array([scales["male"], scales["female"]])
    k1, k2 = table[female.astype(np.int64), place].T
    return 100 * (1 - np.exp(-np.exp(k1 + k2 * np.log(-np.log(1 - risk)))))


def middle_age_risk(
    age: Array, female: Array, sbp: Array, tc: Array, hdl: Array, smoker: Array, diabetes: Array
) -> Array:
    """Uncalibrated ten-year risk (a fraction) of the predictors for ages 40-69; cholesterol in mmol/L."""
    c, s, t, h = (age - 60) / 5, (sbp - 120) / 20, tc - 6, (hdl - 1.3) / 0.5
    men = (
        0.3742 * c + 0.6012 * smoker + 0.2777 * s + 0.1458 * t - 0.2698 * h - 0.0755 * c * smoker - 0.0255 * c * s
        - 0.0281 * c * t + 0.0426 * c * h + 0.6457 * diabetes - 0.0983 * c * diabetes
    )  # fmt: skip
    women = (
        0.4648 * c + 0.7744 * smoker + 0.3131 * s + 0.1002 * t - 0.2606 * h - 0.1088 * c * smoker - 0.0277 * c * s
        - 0.0226 * c * t + 0.0613 * c * h + 0.8096 * diabetes - 0.1272 * c * diabetes
    )  # fmt: skip
    return 1 - np.where(female, 0.9776, 0.9605) ** np.exp(np.where(female, women, men))

"""China-PAR: ten-year risk of atherosclerotic cardiovascular disease, for people without known disease.

risk = 1 - S10 ^ exp(sum - mean), natural logarithms, cholesterol in mg/dL, waist in cm.

Coefficients: the set numerically calibrated to the official calculator. The printed two-decimal table does not give
the paper's own results (women come out a third too low); in the calibrated set every coefficient stays within its
print-rounding interval and only S10 is fitted. The authors have not published it, and the product says so.

Inputs (any shape): age 20-85 years, sex, sbp 70-200 mmHg, total_cholesterol 80-400 mg/dL or 2-11 mmol/L, hdl_c 20-130
mg/dL or 0.5-4 mmol/L, waist_cm 50-130, flags bp_treated, diabetes, current_smoker, family_history_ascvd (parent or
sibling), north (of the Yangtze), urban; dbp 40-140 stands on the official form, is checked, and is not in the equation.
Outputs: `risk_10y_pct`; `ideal_risk_10y_pct` of the same person in the ideal state; `risk_category` low < 5 %,
medium < 10 %, high; `outside_derivation` true outside 35-74 years. Errors: outside a range no value and a reason.
Source: Yang X et al., Circulation 2016;134:1430-1440, doi 10.1161/CIRCULATIONAHA.116.022367; Chinese guideline on
assessment and management of cardiovascular risk 2019.
"""

from dataclasses import dataclass

import numpy as np

from .model import SEX, Calculator, Flag, Number, Output, Unit

Array = np.ndarray
MG_DL_PER_MMOL_L = 1 / 0.0259
DERIVATION_AGES = (35, 74)
CATEGORY_FLOORS = np.array([5.0, 10.0])
CATEGORIES = np.array(["low", "medium", "high"], dtype=object)


@dataclass(frozen=True)
class Coefficients:
    ln_age: float
    ln_sbp_treated: float
    ln_sbp_untreated: float
    ln_tc: float
    ln_hdl: float
    ln_waist: float
    smoker: float
    diabetes: float
    north: float
    urban: float
    family_history: float
    ln_age_sbp_treated: float
    ln_age_sbp_untreated: float
    ln_age_smoker: float
    ln_age_family_history: float
    mean: float
    survival: float
    ideal_waist: float


MEN = Coefficients(
    ln_age=31.965, ln_sbp_treated=27.387912, ln_sbp_untreated=26.155, ln_tc=0.621054, ln_hdl=-0.695,
    ln_waist=-0.711108, smoker=3.965, diabetes=0.355419, north=0.475224, urban=-0.163626, family_history=6.225,
    ln_age_sbp_treated=-6.016901, ln_age_sbp_untreated=-5.731575, ln_age_smoker=-0.941014,
    ln_age_family_history=-1.534474, mean=140.68, survival=0.971298, ideal_waist=90.0,
)  # fmt: skip
WOMEN = Coefficients(
    ln_age=24.86675, ln_sbp_treated=20.705, ln_sbp_untreated=19.975138, ln_tc=0.056759, ln_hdl=-0.21712,
    ln_waist=1.475, smoker=0.491356, diabetes=0.567909, north=0.54421, urban=0.0, family_history=0.0,
    ln_age_sbp_treated=-4.52688, ln_age_sbp_untreated=-4.358333, ln_age_smoker=0.0,
    ln_age_family_history=0.0, mean=117.26, survival=0.984522, ideal_waist=85.0,
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """Float64 arrays or scalars of one shape; flags are 1.0 / 0.0, `female` is boolean; cholesterol in mg/dL."""

    age: Array
    female: Array
    sbp: Array
    bp_treated: Array
    tc_mg_dl: Array
    hdl_mg_dl: Array
    waist_cm: Array
    smoker: Array
    diabetes: Array
    north: Array
    urban: Array
    family_history: Array


def risk_pct(x: Inputs) -> Array:
    """Ten-year risk in per cent, nan where any input is nan. No range check: the caller states the ages it allows."""
    return np.where(x.female, _risk(WOMEN, x), _risk(MEN, x))


def ideal_risk_pct(x: Inputs) -> Array:
    """The same person (age, sex, place) with TC 200, HDL-C 40 mg/dL, SBP 120 untreated, ideal waist, nothing else."""
    none = np.zeros_like(np.asarray(x.age, dtype=np.float64))
    ideal = Inputs(
        age=x.age, female=x.female, sbp=none + 120, bp_treated=none, tc_mg_dl=none + 200, hdl_mg_dl=none + 40,
        waist_cm=np.where(x.female, WOMEN.ideal_waist, MEN.ideal_waist), smoker=none, diabetes=none,
        north=x.north, urban=x.urban, family_history=none,
    )  # fmt: skip
    return risk_pct(ideal)


def category(risk: Array) -> Array:
    """low, medium, high of an array of per cent, on the unrounded value."""
    return np.where(np.isnan(risk), "", CATEGORIES[np.searchsorted(CATEGORY_FLOORS, risk, side="right") % 3])


def _risk(c: Coefficients, x: Inputs) -> Array:
    ln_age, ln_sbp = np.log(x.age), np.log(x.sbp)
    pressure = np.where(
        x.bp_treated == 1,
        (c.ln_sbp_treated + c.ln_age_sbp_treated * ln_age) * ln_sbp,
        (c.ln_sbp_untreated + c.ln_age_sbp_untreated * ln_age) * ln_sbp,
    )
    total = (
        c.ln_age * ln_age
        + pressure
        + c.ln_tc * np.log(x.tc_mg_dl)
        + c.ln_hdl * np.log(x.hdl_mg_dl)
        + c.ln_waist * np.log(x.waist_cm)
        + (c.smoker + c.ln_age_smoker * ln_age) * x.smoker
        + c.diabetes * x.diabetes
        + c.north * x.north
        + c.urban * x.urban
        + (c.family_history + c.ln_age_family_history * ln_age) * x.family_history
    )
    return 100 * (1 - c.survival ** np.exp(total - c.mean))


def _formula(
    *, age: Array, sex: Array, sbp: Array, dbp: Array, bp_treated: Array, total_cholesterol: Array, hdl_c: Array,
    waist_cm: Array, current_smoker: Array, diabetes: Array, north: Array, urban: Array, family_history_ascvd: Array,
) -> dict[str, Array]:  # fmt: skip
    x = Inputs(
        age, sex == 1, sbp, bp_treated, total_cholesterol, hdl_c, waist_cm, current_smoker, diabetes, north, urban,
        family_history_ascvd,
    )  # fmt: skip
    risk = risk_pct(x)
    return {
        "risk_10y_pct": risk,
        "ideal_risk_10y_pct": ideal_risk_pct(x),
        "risk_category": category(risk),
        "outside_derivation": (age < DERIVATION_AGES[0]) | (age >= DERIVATION_AGES[1] + 1),
    }


CALCULATOR = Calculator(
    name="china_par",
    title="China-PAR (numerically calibrated to the official calculator)",
    subject="heart",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 20, 85),)),
        SEX,
        Number("sbp", (Unit("mm[Hg]", 1, 70, 200),)),
        Number("dbp", (Unit("mm[Hg]", 1, 40, 140),), required=False),
        Flag("bp_treated"),
        Number(
            "total_cholesterol",
            (Unit("mg/dL", 1, 80, 400), Unit("mmol/L", MG_DL_PER_MMOL_L, 2, 11)),
            unit_key="total_cholesterol_unit",
        ),
        Number(
            "hdl_c",
            (Unit("mg/dL", 1, 20, 130), Unit("mmol/L", MG_DL_PER_MMOL_L, 0.5, 4)),
            unit_key="hdl_c_unit",
        ),
        Number("waist_cm", (Unit("cm", 1, 50, 130),)),
        Flag("current_smoker"),
        Flag("diabetes"),
        Flag("north"),
        Flag("urban"),
        Flag("family_history_ascvd"),
    ),
    outputs=(
        Output("risk_10y_pct", "%"),
        Output("ideal_risk_10y_pct", "%"),
        Output("risk_category", words=("low", "medium", "high")),
        Output("outside_derivation", is_flag=True),
    ),
    citation="Yang X et al., Circulation 2016;134:1430-1440, doi 10.1161/CIRCULATIONAHA.116.022367; "
    "Chinese cardiovascular risk guideline 2019",
)

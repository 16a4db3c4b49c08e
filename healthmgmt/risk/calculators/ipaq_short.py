"""IPAQ short form, physical activity of the last seven days; protocol of 2005, ages 15-69.

Inputs (any shape): vigorous_days, moderate_days, walk_days 0-7 and minutes a day vigorous_min, moderate_min, walk_min
0-1,440. Bouts under 10 minutes count nothing, each activity is cut at 180 minutes a day, and a form with more than 960
minutes a day in sum is discarded. Outputs: `met_min_week` (3.3 walking, 4.0 moderate, 8.0
vigorous) and `category` low, moderate, high; the 1,500 of the vigorous criterion are accumulated by vigorous activity.
Errors: outside the range, or discarded, no value and a reason.
Source: Guidelines for data processing and analysis of the IPAQ, November 2005.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit

Array = np.ndarray
SHORTEST_BOUT, LONGEST_DAY, DISCARD_ABOVE = 10, 180, 960
DAYS = (Unit("d/wk", 1, 0, 7),)
MINUTES = (Unit("min/d", 1, 0, 1440),)


def _formula(
    *, vigorous_days: Array, vigorous_min: Array, moderate_days: Array, moderate_min: Array, walk_days: Array,
    walk_min: Array,
) -> dict[str, Array]:  # fmt: skip
    discarded = vigorous_min + moderate_min + walk_min > DISCARD_ABOVE
    vigorous, moderate, walk = (_counted(minutes) for minutes in (vigorous_min, moderate_min, walk_min))
    v_days, m_days, w_days = (
        np.where(minutes > 0, days, 0)
        for days, minutes in ((vigorous_days, vigorous), (moderate_days, moderate), (walk_days, walk))
    )
    vigorous_met = 8.0 * vigorous * v_days
    met = vigorous_met + 4.0 * moderate * m_days + 3.3 * walk * w_days
    all_days = v_days + m_days + w_days
    steady_days = np.where(moderate >= 30, m_days, 0) + np.where(walk >= 30, w_days, 0)
    high = ((v_days >= 3) & (vigorous_met >= 1500)) | ((all_days >= 7) & (met >= 3000))
    medium = ((v_days >= 3) & (vigorous >= 20)) | (steady_days >= 5) | ((all_days >= 5) & (met >= 600))
    category = np.select([discarded, high, medium], ["", "high", "moderate"], "low")
    return {"met_min_week": np.where(discarded, np.nan, met), "category": category}


def _counted(minutes: Array) -> Array:
    return np.where(minutes < SHORTEST_BOUT, 0, np.minimum(minutes, LONGEST_DAY))


CALCULATOR = Calculator(
    name="ipaq_short",
    title="IPAQ short form",
    subject="questionnaire",
    formula=_formula,
    inputs=tuple(
        Number(f"{kind}_{part}", units)
        for kind in ("vigorous", "moderate", "walk")
        for part, units in (("days", DAYS), ("min", MINUTES))
    ),
    outputs=(Output("met_min_week", "{MET}.min/wk"), Output("category", words=("low", "moderate", "high"))),
    citation="IPAQ Research Committee, Guidelines for data processing and analysis, November 2005",
)

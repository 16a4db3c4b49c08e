"""A body shape index: waist / (BMI^(2/3) x height^(1/2)), metres and kg.

Inputs (any shape): waist_m 0.4-2.5, height_m 1-2.5, weight_kg 20-400. Output: `value` m^(11/6) kg^(-2/3). Its z-scores
need the US tables, and no cut-off is validated in China: none is given. Errors: outside the range no value and a reason.
Source: Krakauer NY, Krakauer JC, PLoS ONE 2012;7:e39504.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit


def _formula(waist_m: np.ndarray, height_m: np.ndarray, weight_kg: np.ndarray) -> dict[str, np.ndarray]:
    bmi = weight_kg / height_m**2
    return {"value": waist_m / (bmi ** (2 / 3) * np.sqrt(height_m))}


CALCULATOR = Calculator(
    name="absi",
    title="A body shape index",
    subject="body",
    formula=_formula,
    inputs=(
        Number("waist_m", (Unit("m", 1, 0.4, 2.5),)),
        Number("height_m", (Unit("m", 1, 1, 2.5),)),
        Number("weight_kg", (Unit("kg", 1, 20, 400),)),
    ),
    outputs=(Output("value", "m^(11/6) kg^(-2/3)"),),
    citation="Krakauer NY, Krakauer JC, PLoS ONE 2012;7:e39504",
)

"""FIB-4, a screening index of liver fibrosis: age x AST / (platelets x sqrt(ALT)).

Inputs (any shape): age 0-120 years (made for 35 and older; younger is computed and flagged), ast and alt 1-15,000 U/L,
platelets_10e9_l 1-3,000 x 10^9/L. Outputs: `value`; `band` low below 1.30, high above 2.67, else indeterminate;
`band_age_adjusted` the same with 2.0 as the lower bound from age 65. Errors: outside the range no value and a reason.
Source: Sterling RK et al., Hepatology 2006;43:1317-1325; lower bound from age 65: McPherson S et al., 2017.
"""

import numpy as np

from .model import Calculator, Number, Output, Unit

ENZYME = (Unit("U/L", 1, 1, 15_000),)
BANDS = ("low", "indeterminate", "high")


def _formula(age: np.ndarray, ast: np.ndarray, alt: np.ndarray, platelets_10e9_l: np.ndarray) -> dict[str, np.ndarray]:
    value = age * ast / (platelets_10e9_l * np.sqrt(alt))
    return {"value": value, "band": _band(value, 1.30), "band_age_adjusted": _band(value, np.where(age >= 65, 2.0, 1.30))}


def _band(value: np.ndarray, low: np.ndarray | float) -> np.ndarray:
    return np.select([value > 2.67, value < low], [BANDS[2], BANDS[0]], BANDS[1])


CALCULATOR = Calculator(
    name="fib4",
    title="FIB-4",
    subject="kidney_liver",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 0, 120),), usual=(35, 120)),
        Number("ast", ENZYME),
        Number("alt", ENZYME),
        Number("platelets_10e9_l", (Unit("10*9/L", 1, 1, 3000),)),
    ),
    outputs=(Output("value", "1"), Output("band", words=BANDS), Output("band_age_adjusted", words=BANDS)),
    citation="Sterling RK et al., Hepatology 2006;43:1317-1325",
)

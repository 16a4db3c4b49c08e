"""Units of laboratory values by analyte, both directions.

Inputs (any shape): analyte, from, to (names of ../data/thresholds/unit_conversion.csv), value 0-10^12. HbA1c goes by the master
equation NGSP % = 0.09148 x IFCC mmol/mol + 2.152 (analytes hba1c_ngsp_to_ifcc, hba1c_ifcc_to_ngsp). Output: `value` in `to`.
Errors: a pair of units that the analyte does not have, or a value outside the range, gives no value and a reason.
Source: molar masses; Hoelzel W et al., Clin Chem 2004;50:166-174.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from .model import Calculator, Choice, Number, Output, Unit

Array = np.ndarray
FILE = Path(__file__).parent.parent / "data" / "thresholds" / "unit_conversion.csv"
IFCC_SLOPE, IFCC_OFFSET = 0.09148, 2.152
NGSP_TO_IFCC, IFCC_TO_NGSP = "hba1c_ngsp_to_ifcc", "hba1c_ifcc_to_ngsp"


@cache
def _lines() -> tuple[tuple[str, str, str, float, float], ...]:
    """(analyte, from, to, scale, offset): to = value x scale + offset; units in lower case, both directions."""
    lines = [
        (NGSP_TO_IFCC, "%", "mmol/mol", 1 / IFCC_SLOPE, -IFCC_OFFSET / IFCC_SLOPE),
        (IFCC_TO_NGSP, "mmol/mol", "%", IFCC_SLOPE, IFCC_OFFSET),
    ]
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            scale, one, other = float(row["factor"]) / float(row["divisor"]), row["from"].lower(), row["to"].lower()
            lines += [(row["analyte"], one, other, scale, 0.0), (row["analyte"], other, one, 1 / scale, 0.0)]
    return tuple(lines)


def _formula(**inputs: Array) -> dict[str, Array]:
    """Takes analyte, from, to (positions) and value; `from` is a keyword of the language, hence the mapping."""
    value = inputs["value"]
    converted = np.full(len(value), np.nan)
    for analyte, one, other, scale, offset in _lines():
        at = inputs["analyte"] == ANALYTE.options.index(analyte)
        at &= (inputs["from"] == FROM.options.index(one)) & (inputs["to"] == TO.options.index(other))
        converted[at] = value[at] * scale + offset
    return {"value": converted}


UNITS = tuple(sorted({line[1] for line in _lines()}))
ANALYTE = Choice("analyte", tuple(sorted({line[0] for line in _lines()})))
FROM, TO = Choice("from", UNITS), Choice("to", UNITS)
CALCULATOR = Calculator(
    name="unit_conversion",
    title="Unit conversion",
    subject="practice",
    formula=_formula,
    inputs=(ANALYTE, FROM, TO, Number("value", (Unit("", 1, 0, 1e12),), unit_of="from")),
    outputs=(Output("value", unit_of="to"),),
    citation="Molar masses; HbA1c: Hoelzel W et al., Clin Chem 2004;50:166-174",
)

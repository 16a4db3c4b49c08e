"""Class A (act now) and B (prompt work-up) results of a health examination; conditions in words stay with the clinician.

Inputs (any shape): item (a name of ../data/thresholds/critical_cn.csv; `_x_uln` is a multiple of the upper reference
limit) and `value` 0-10,000,000 in the unit of the name. Output: `class` A, B or none. Errors: an unknown item, no value or
one outside the range: no class and a reason.
Source: expert consensus on important abnormal results of health examination, trial version 2019.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from .model import Calculator, Choice, Number, Output, Unit

Array = np.ndarray
FILE = Path(__file__).parent.parent / "data" / "thresholds" / "critical_cn.csv"
MEETS = {">=": np.greater_equal, "<=": np.less_equal, ">": np.greater, "<": np.less}


@cache
def _rules() -> tuple[dict[str, str], ...]:
    """Class B first, so that A overwrites it."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(sorted(csv.DictReader(file), key=lambda row: row["class"], reverse=True))


def _formula(item: Array, value: Array) -> dict[str, Array]:
    classes = np.full(len(item), "none", dtype=object)
    for rule in _rules():
        at = item == ITEM.options.index(rule["item"])
        classes[at & MEETS[rule["op"]](value, float(rule["limit"]))] = rule["class"]
    return {"class": classes}


ITEM = Choice("item", tuple(sorted({rule["item"] for rule in _rules()})))
CALCULATOR = Calculator(
    name="critical_values_cn",
    title="Important abnormal results, class A and B",
    subject="practice",
    formula=_formula,
    inputs=(ITEM, Number("value", (Unit("", 1, 0, 10_000_000),), unit_of="item")),
    outputs=(Output("class", words=("A", "B", "none")),),
    citation="Expert consensus on important abnormal results of health examination (trial version 2019)",
)

"""Classes of single values in Chinese practice: body size, blood pressure, glucose, lipids, uric acid, anaemia (WHO).

Inputs (any shape): item (a name of ../data/thresholds/cn.csv, `bp` or `hb_who_g_l`); `value` 0-100,000 in the unit of the
item's name (BMI kg/m2, waist cm), or sbp 50-300 and dbp 20-200 mmHg for `bp`; sex for waist and haemoglobin; for haemoglobin
also altitude_m from -500 to below 5,000 m (subtracted before the cut-off, WHO 2024) and pregnant, both absent = sea level, no.
Output: `class`; blood pressure takes the higher grade, isolated systolic = systolic >= 140 with diastolic below 90.
Errors: an item without what it needs, or a value outside its range, has no class and a reason.
Source: per line in the file; hypertension guideline 2018/2024; WHO haemoglobin guideline 2024.
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from .model import SEX, Calculator, Choice, Flag, Number, Output, Unit

Array = np.ndarray
FILE = Path(__file__).parent.parent / "data" / "thresholds" / "cn.csv"
SBP_FLOORS, DBP_FLOORS = np.array([120, 140, 160, 180]), np.array([80, 90, 100, 110])
BP_CLASSES = np.array(["normal", "high_normal", "grade1", "grade2", "grade3"], dtype=object)
# Metres from which the next number of g/L is subtracted.
ALTITUDES = np.array([500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500])
SUBTRACTED = np.array([0, 4, 8, 11, 14, 18, 21, 25, 29, 33])
ISOLATED = "_isolated_systolic"
HB_CLASSES = ("severe", "moderate", "mild")


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    items: dict[str, list[dict[str, str]]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            items.setdefault(row["item"], []).append(row)
    return items


def _formula(
    *, item: Array, value: Array, sbp: Array, dbp: Array, sex: Array, altitude_m: Array, pregnant: Array
) -> dict[str, Array]:
    classes = np.full(len(item), "", dtype=object)
    for name, rows in _table().items():
        wanted = (item == ITEM.options.index(name)) & ~np.isnan(value)
        for row in rows:
            at = wanted if not row["sex"] else wanted & (sex == SEX.options.index(row["sex"]))
            floor = float(row["from"]) if row["from"] else -np.inf
            at = at & (value > floor if row["exclusive"] else value >= floor)
            classes[at] = row["class"]
    pressure = (item == ITEM.options.index("bp")) & ~np.isnan(sbp) & ~np.isnan(dbp)
    haemoglobin = (item == ITEM.options.index("hb_who_g_l")) & ~np.isnan(value) & ~np.isnan(sex)
    classes = np.where(pressure, _pressure(sbp, dbp), classes)
    return {"class": np.where(haemoglobin, _anaemia(value, sex == 1, altitude_m, pregnant == 1), classes)}


def _pressure(sbp: Array, dbp: Array) -> Array:
    grade = np.maximum(np.searchsorted(SBP_FLOORS, sbp, side="right"), np.searchsorted(DBP_FLOORS, dbp, side="right"))
    isolated = (sbp >= 140) & (dbp < 90)
    return BP_CLASSES[grade] + np.where(isolated, ISOLATED, "").astype(object)


def _anaemia(value: Array, female: Array, altitude_m: Array, pregnant: Array) -> Array:
    adjusted = at_sea_level(value, np.where(np.isnan(altitude_m), 0, altitude_m))
    mild = np.select([pregnant & female, female], [110, 120], 130)
    moderate, severe = np.where(pregnant & female, 100, 110), np.where(pregnant & female, 70, 80)
    return np.select([adjusted < severe, adjusted < moderate, adjusted < mild], HB_CLASSES, "none")


def at_sea_level(value: Array, altitude_m: Array) -> Array:
    """Haemoglobin in g/L less what the altitude (below 5,000 m) adds to it; nan where either is."""
    return np.where(np.isnan(altitude_m), np.nan, value - SUBTRACTED[np.searchsorted(ALTITUDES, altitude_m, side="right")])


ITEM = Choice("item", ("bp", "hb_who_g_l", *sorted(_table())))
CLASSES = tuple(
    dict.fromkeys(
        [*BP_CLASSES, *(f"{grade}{ISOLATED}" for grade in BP_CLASSES[2:]), *HB_CLASSES, "none"]
        + [row["class"] for rows in _table().values() for row in rows]
    )
)
CALCULATOR = Calculator(
    name="thresholds_cn",
    title="Thresholds in Chinese practice",
    subject="practice",
    formula=_formula,
    inputs=(
        ITEM,
        Number("value", (Unit("", 1, 0, 100_000),), unit_of="item", required=False),
        Number("sbp", (Unit("mm[Hg]", 1, 50, 300),), required=False),
        Number("dbp", (Unit("mm[Hg]", 1, 20, 200),), required=False),
        Choice("sex", SEX.options, required=False),
        Number("altitude_m", (Unit("m", 1, -500, np.nextafter(5000, 0)),), required=False),
        Flag("pregnant", required=False, default=0.0),
    ),
    outputs=(Output("class", words=CLASSES),),
    citation="WS/T 428-2013; hypertension guideline 2018/2024; CDS 2020; lipid guideline 2023; WHO 2024",
)

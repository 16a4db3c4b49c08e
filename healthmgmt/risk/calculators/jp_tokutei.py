"""Japan's specific health guidance: level of support, fourth period (FY2024-2029).

Inputs (any shape): age 0-130, reached in the fiscal year, sex, waist_cm 40-200, visceral_fat_cm2 0-1,000 (where measured
instead of waist), bmi 10-80 kg/m2, sbp 50-300 and dbp 20-200 mmHg, tg_fasting and tg_casual 5-5,000, hdl 4-250,
glucose_fasting and glucose_casual 9-1,080 mg/dL, hba1c 3-20 % (NGSP); flags smoker and medication (for pressure, lipids or
glucose), false where the form leaves them out. A laboratory value that is absent gives no point. Outputs: `level`
information, motivational, active, excluded (on drugs), out_of_scope (not 40-74) or cannot_be_determined; `missing`, what
the last lacks. Errors: a value outside its range has no level and a reason.
Source: Ministry of Health, Labour and Welfare, standard programme of health check-ups and guidance, FY2024.
"""

import numpy as np

from .model import SEX, Calculator, Choice, Flag, Number, Output, Unit

Array = np.ndarray
LEVELS = np.array(["information", "motivational", "active"], dtype=object)
AGES, ACTIVE_BELOW = (40, 74), 65
UNDETERMINED = "cannot_be_determined"


def _formula(
    *, age: Array, sex: Array, waist_cm: Array, visceral_fat_cm2: Array, bmi: Array, smoker: Array, medication: Array,
    **tests: Array,
) -> dict[str, Array]:  # fmt: skip
    no_waist = np.isnan(waist_cm) & np.isnan(visceral_fat_cm2)
    wide = np.where(np.isnan(waist_cm), visceral_fat_cm2 >= 100, waist_cm >= np.where(sex == 1, 90, 85))
    points = _points(**tests)
    path = np.select([wide, bmi >= 25], [1, 2], 0)
    without, with_ = _level(path, points, age), _level(path, points + (points > 0), age)
    level = np.where(smoker == 1, with_, without)
    # One gap after the other in words; a BMI decides nothing where there is no point.
    gaps = {
        "sex": np.isnan(sex),
        "waist_cm": no_waist,
        "bmi": ~no_waist & ~wide & np.isnan(bmi) & (points > 0),
        "smoker": np.isnan(smoker) & (with_ != without),
        "medication": np.isnan(medication),
    }
    outside = (age < AGES[0]) | (age >= AGES[1] + 1)
    excluded = medication == 1
    gap = np.logical_or.reduce(list(gaps.values())) & ~outside & ~excluded
    words = np.select([outside, excluded, gap], ["out_of_scope", "excluded", UNDETERMINED], LEVELS[level])
    return {"level": words, "missing": _names(gaps, gap)}


def _names(gaps: dict[str, Array], rows: Array) -> Array:
    """The names of the gaps of each row, "none" outside of `rows`: one text for each combination there is."""
    bits = np.sum([mask.astype(np.int64) << place for place, mask in enumerate(gaps.values())], axis=0)
    distinct, back = np.unique(np.where(rows, bits, 0), return_inverse=True)
    texts = [" ".join(name for place, name in enumerate(gaps) if one >> place & 1) or "none" for one in distinct.tolist()]
    return np.array(texts, dtype=object)[back.reshape(-1)]


def _points(
    sbp: Array, dbp: Array, tg_fasting: Array, tg_casual: Array, hdl: Array, glucose_fasting: Array,
    glucose_casual: Array, hba1c: Array,
) -> Array:  # fmt: skip
    pressure = (sbp >= 130) | (dbp >= 85)
    lipids = (tg_fasting >= 150) | (tg_casual >= 175) | (hdl < 40)
    glucose = (glucose_fasting >= 100) | (glucose_casual >= 100) | (hba1c >= 5.6)
    return pressure.astype(np.int64) + lipids + glucose


def _level(path: Array, points: Array, age: Array) -> Array:
    """Position in LEVELS."""
    active = ((path == 1) & (points >= 2)) | ((path == 2) & (points >= 3))
    some = (path > 0) & (points > 0)
    return some.astype(np.int64) + (active & (age < ACTIVE_BELOW))


def _test(key: str, unit: str, low: float, high: float) -> Number:
    return Number(key, (Unit(unit, 1, low, high),), required=False)


CALCULATOR = Calculator(
    name="jp_tokutei",
    title="Specific health guidance level (Japan, FY2024)",
    subject="practice",
    formula=_formula,
    inputs=(
        Number("age", (Unit("a", 1, 0, 130),)),
        Choice("sex", SEX.options, required=False),
        _test("waist_cm", "cm", 40, 200),
        _test("visceral_fat_cm2", "cm2", 0, 1000),
        _test("bmi", "kg/m2", 10, 80),
        _test("sbp", "mm[Hg]", 50, 300),
        _test("dbp", "mm[Hg]", 20, 200),
        _test("tg_fasting", "mg/dL", 5, 5000),
        _test("tg_casual", "mg/dL", 5, 5000),
        _test("hdl", "mg/dL", 4, 250),
        _test("glucose_fasting", "mg/dL", 9, 1080),
        _test("glucose_casual", "mg/dL", 9, 1080),
        _test("hba1c", "%", 3, 20),
        Flag("smoker", required=False, default=0.0),
        Flag("medication", required=False, default=0.0),
    ),
    outputs=(Output("level", words=(*LEVELS, "excluded", "out_of_scope", UNDETERMINED)), Output("missing")),
    citation="Ministry of Health, Labour and Welfare (Japan), standard programme FY2024",
)

"""Values that follow from others - BMI, eGFR, China-PAR - and what each of them still lacks. Nothing is assumed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from .calculating import split
from .calculators import bmi, china_par, ckd_epi_2021
from .judging import Judge, Uppers
from .measures import AT_LEAST, AT_MOST, FEMALE, GREATER, LESS, UNKNOWN, Column, Measures
from .packs import ChinaParRule, Pack

Array = np.ndarray
# The sign of a bound turns round in a falling function: creatinine > 900 is an eGFR below that of 900.
TURNED = np.array([0, GREATER, AT_LEAST, LESS, AT_MOST], dtype=np.int8)
CURRENT_SMOKER = 2
REPORTED_BMI = "bmi_reported"
CHINA_PAR_MEASURED = ("sbp", "tc", "hdl", "waist")


@dataclass(frozen=True)
class Derived:
    """`measures` with the columns bmi, egfr, china_par_10y and the pack's samples filled in; `scores` by model name
    (nan = no score), a body mass index that was reported as `bmi_reported`; `missing` masks by (model, what is missing)."""

    measures: Measures
    scores: Mapping[str, Array]
    missing: Mapping[tuple[str, str], Array]


def derive(pack: Pack, measures: Measures, uppers: Uppers) -> Derived:
    missing: dict[tuple[str, str], Array] = {}
    with np.errstate(all="ignore"):
        body = _bmi(measures, pack.bmi_tolerance, missing)
        kidney, kidney_score = _egfr(measures, missing)
        columns = {**measures.columns, "bmi": body, "egfr": kidney, **split(pack.samples, measures)}
        scores = {
            "bmi": np.where(body.computed, body.value, np.nan),
            REPORTED_BMI: np.where(body.computed, np.nan, body.value),
            "ckd_epi_2021": kidney_score,
        }
        if pack.china_par:
            risk = _china_par(pack, pack.china_par, measures, uppers, missing)
            columns["china_par_10y"] = risk
            scores["china_par"] = risk.value
    return Derived(replace(measures, columns=columns), scores, missing)


def body_and_kidney(measures: Measures, bmi_tolerance: float) -> dict[str, Column]:
    """The columns bmi and egfr alone."""
    with np.errstate(all="ignore"):
        return {"bmi": _bmi(measures, bmi_tolerance, {}), "egfr": _egfr(measures, {})[0]}


def _bmi(measures: Measures, tolerance: float, missing: dict[tuple[str, str], Array]) -> Column:
    """The reported index, unless there is none or height and weight of the same day or later contradict it."""
    height, weight = measures.exact("height"), measures.exact("weight")
    computed = bmi.metric(height, weight)
    computed_on = np.fmax(measures.days("height"), measures.days("weight"))
    reported = measures.columns.get("bmi")
    if reported is None:
        value, day, qualifier, replaced = computed, computed_on, None, ~np.isnan(computed)
    else:
        reported_on = measures.days("bmi")
        newer = reported_on > measures.days("weight")
        replaced = np.isnan(reported.value) | ((np.abs(reported.value - computed) > tolerance) & ~newer)
        replaced &= ~np.isnan(computed)
        value = np.where(replaced, computed, reported.value)
        day = np.where(replaced, computed_on, reported_on)
        qualifier = None if reported.qualifier is None else np.where(replaced, 0, reported.qualifier)
    for code, part in (("height", height), ("weight", weight)):
        missing["bmi", code] = np.isnan(value) & np.isnan(part)
    return Column(value, qualifier=qualifier, measured_on=day, computed=replaced)


def _egfr(measures: Measures, missing: dict[tuple[str, str], Array]) -> tuple[Column, Array]:
    """The reported filtration rate, else CKD-EPI 2021 from creatinine; beside it the score from an exact creatinine."""
    creatinine = measures.columns.get("creatinine") or Column(np.full(measures.size, np.nan))
    day = measures.days("creatinine")
    age = measures.age(day)
    known = (measures.sex != UNKNOWN) & (age >= ckd_epi_2021.MIN_AGE) & (creatinine.value > 0)
    computed = ckd_epi_2021.egfr(age, measures.sex == FEMALE, creatinine.value / ckd_epi_2021.UMOL_PER_MG_DL)
    computed = np.where(known, computed, np.nan)
    qualifier = None if creatinine.qualifier is None else TURNED[creatinine.qualifier]
    score = computed if qualifier is None else np.where(qualifier == 0, computed, np.nan)
    reported = measures.columns.get("egfr")
    value, is_computed = computed, ~np.isnan(computed)
    if reported is not None:
        own = ~np.isnan(reported.value)
        value, is_computed = np.where(own, reported.value, computed), is_computed & ~own
        day = np.where(own, measures.days("egfr"), day)
        own_qualifier = 0 if reported.qualifier is None else reported.qualifier
        qualifier = np.where(own, own_qualifier, 0 if qualifier is None else qualifier).astype(np.int8)
    absent = np.isnan(value)
    missing["ckd_epi_2021", "creatinine"] = absent & np.isnan(creatinine.value)
    missing["ckd_epi_2021", "sex"] = absent & (measures.sex == UNKNOWN)
    missing["ckd_epi_2021", "age"] = absent & np.isnat(measures.birth)
    return Column(value, qualifier=qualifier, measured_on=day, computed=is_computed), score


def _china_par(
    pack: Pack, rule: ChinaParRule, measures: Measures, uppers: Uppers, missing: dict[tuple[str, str], Array]
) -> Column:
    """Ten-year risk in per cent at the rule's ages, from exact values only, in the ranges of the official form."""
    day = measures.newest_day(CHINA_PAR_MEASURED)
    age = measures.age(np.where(np.isnat(day), measures.newest_day(measures.measured), day))
    inputs = {
        "sbp": measures.exact("sbp"), "tc": measures.exact("tc"), "hdl": measures.exact("hdl"),
        "waist": measures.exact("waist"), "smoking": measures.value("smoking"),
        "medication": measures.value("treatment:bp"), "past_history": _diabetes(pack, rule, measures, uppers),
        "place": measures.north + measures.urban, "family_history": measures.value("family:ascvd"),
    }  # fmt: skip
    low, high = rule.ages
    excluded = measures.value(rule.excluded_by) == 1
    asked = ~excluded & ~((age < low) | (age > high))
    absent = {name: np.isnan(values) for name, values in inputs.items()}
    absent |= {"sex": measures.sex == UNKNOWN, "age": np.isnat(measures.birth)}
    usable = asked & ~np.isnan(age) & ~np.logical_or.reduce(list(absent.values()))
    for name, mask in absent.items():
        missing["china_par", name] = asked & mask
    for name, (key, unit) in FORM_INPUTS.items():
        inside = china_par.CALCULATOR.accepts(key, inputs[name], unit)
        missing["china_par_out_of_range", name] = usable & ~inside
    outside = np.logical_or.reduce([missing["china_par_out_of_range", name] for name in FORM_INPUTS])
    risk = np.full(measures.size, np.nan)
    rows = np.flatnonzero(usable & ~outside)
    risk[rows] = china_par.risk_pct(_china_par_inputs(rows, age, measures, inputs))
    return Column(risk, measured_on=day, computed=~np.isnan(risk))


FORM_INPUTS = {
    "sbp": ("sbp", "mm[Hg]"),
    "tc": ("total_cholesterol", "mmol/L"),
    "hdl": ("hdl_c", "mmol/L"),
    "waist": ("waist_cm", "cm"),
}


def _china_par_inputs(rows: Array, age: Array, measures: Measures, inputs: Mapping[str, Array]) -> china_par.Inputs:
    picked = {name: values[rows] for name, values in inputs.items()}
    return china_par.Inputs(
        age=age[rows], female=measures.sex[rows] == FEMALE, sbp=picked["sbp"], bp_treated=picked["medication"],
        tc_mg_dl=picked["tc"] * china_par.MG_DL_PER_MMOL_L, hdl_mg_dl=picked["hdl"] * china_par.MG_DL_PER_MMOL_L,
        waist_cm=picked["waist"], smoker=(picked["smoking"] == CURRENT_SMOKER).astype(np.float64),
        diabetes=picked["past_history"], north=measures.north[rows], urban=measures.urban[rows],
        family_history=picked["family_history"],
    )  # fmt: skip


def _diabetes(pack: Pack, rule: ChinaParRule, measures: Measures, uppers: Uppers) -> Array:
    """1 by diagnosis or by a value of the rule; 0 only where past history was answered; else nan."""
    judge = Judge(pack, measures, uppers)
    diagnosed = measures.value("condition:diabetes")
    found = diagnosed == 1
    for line in rule.diabetes:
        judged = judge.line(line)
        if judged is not None:
            found |= judged.hit
    return np.where(found, 1.0, diagnosed)

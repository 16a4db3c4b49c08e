"""Colours by the pack, one person after another and line after line: slow, and nothing to do with the product's way."""

import csv
import math
from collections import Counter
from pathlib import Path

import numpy as np

from healthmgmt.portal.demo.measurements import CODES, Rows
from healthmgmt.records import catalogue
from healthmgmt.risk import packs

PACK = Path(packs.__file__).parent / "data" / "packs" / "cn_2024.csv"
ORDER = ("red", "orange", "yellow", "blue")
TESTS = {
    ">=": lambda value, limit: value >= limit,
    "<=": lambda value, limit: value <= limit,
    ">": lambda value, limit: value > limit,
    "<": lambda value, limit: value < limit,
}


def pack_lines() -> list[dict]:
    """The lines of the pack about what these rows hold, in the order of the colours."""
    with PACK.open(encoding="utf-8-sig", newline="") as file:
        usable = [line for line in csv.DictReader(file) if line["indicator"] in (*CODES, "egfr")]
    return sorted(usable, key=lambda line: ORDER.index(line["colour"]))


def limit_of(line: dict, sex: int) -> float:
    if "upper" not in line["limit"]:
        return float(line["limit"])
    item = catalogue.load()[line["indicator"]]
    return float(line["limit"].split(" x ")[0]) * (item.ref_high_m if sex == 1 else item.ref_high_f)


def colour(sex: int, age: int, row: np.ndarray, lines: dict[int, list]) -> str | None:
    """One person after another, line after line; None where a value cannot be."""
    values = {code: value for code, value in zip(CODES, row.tolist(), strict=True) if not math.isnan(value)}
    if not all(catalogue.load()[code].is_plausible(value) for code, value in values.items()):
        return None
    if {"sbp", "dbp"} <= set(values) and values["sbp"] <= values["dbp"]:
        return None
    if {"weight", "height"} <= set(values):
        computed = values["weight"] / (values["height"] / 100) ** 2
        if abs(values.get("bmi", 0) - computed) > 1:
            values["bmi"] = computed
    if "creatinine" in values:
        ratio = values["creatinine"] / 88.42 / (0.9 if sex == 1 else 0.7)
        slope = -0.302 if sex == 1 else -0.241
        values["egfr"] = 142 * min(ratio, 1) ** slope * max(ratio, 1) ** -1.2 * 0.9938**age * (1 if sex == 1 else 1.012)
    for shade, code, test, limit in lines[sex]:
        if code in values and test(values[code], limit):
            return shade
    return "green" if {"bmi", "sbp", "dbp", "fpg", "tc", "tg"} <= set(values) else "grey"


def shares(rows: Rows) -> dict[str, float]:
    """Per cent of each colour."""
    lines = {
        sex: [(line["colour"], line["indicator"], TESTS[line["op"]], limit_of(line, sex)) for line in pack_lines()]
        for sex in (1, 2)
    }
    found = Counter(
        colour(int(sex), int(age), row, lines) for sex, age, row in zip(rows.sex, rows.age, rows.values, strict=True)
    )
    people = sum(count for shade, count in found.items() if shade)
    return {shade: 100 * found[shade] / people for shade in (*ORDER, "green", "grey")}

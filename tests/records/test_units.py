import csv
import json

import numpy
import pytest

from healthmgmt.records import catalogue, units


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("mmol/L", "mmol/L"),
        ("ｍｍｏｌ／Ｌ", "mmol/L"),
        ("毫摩尔/升", "mmol/L"),
        ("μmol/L", "umol/L"),
        ("µmol/L", "umol/L"),
        ("umol/l", "umol/L"),
        ("10^9/L", "10*9/L"),
        ("×10⁹/L", "10*9/L"),
        ("10⁹/L", "10*9/L"),
        ("x10^9/L", "10*9/L"),
        ("10E9/L", "10*9/L"),
        ("10*9/L", "10*9/L"),
        ("×10¹²/L", "10*12/L"),
        ("次/分", "/min"),
        ("bpm", "/min"),
        ("mmHg", "mm[Hg]"),
        ("mm[Hg]", "mm[Hg]"),
        ("kPa", "kPa"),
        ("%", "%"),
        ("斤", "jin"),
        ("公斤", "kg"),
        ("℃", "Cel"),
        ("kg/m²", "kg/m2"),
        ("kg/㎡", "kg/m2"),
        ("mL/min/1.73m²", "mL/min/{1.73_m2}"),
        ("IU/L", "U/L"),
        ("个/HP", "/[HPF]"),
        ("", None),
        ("furlong", None),
    ],
)
def test_parse_understands_written_units(written, unit):
    assert units.parse(written) == unit


def test_parse_knows_every_unit_of_the_catalogue():
    items = catalogue.load().values()
    assert [item.unit for item in items if units.parse(item.unit) is None and not item.unit.startswith("{")] == []


@pytest.mark.parametrize(
    ("code", "value", "unit", "canonical"),
    [
        ("tc", 190, "mg/dL", 4.9134),
        ("tc", 5.2, "mmol/L", 5.2),
        ("height", 1.1, "m", 110.0),
        ("weight", 121, "斤", 60.5),
        ("sbp", 16, "kPa", 120.00992),
        ("hgb", 13.5, "g/dL", 135.0),
        ("tsh", 2.5, "μIU/mL", 2.5),
        ("rf", 12, "IU/mL", 12),
        ("urea", 14, "mg/dL(BUN)", 4.998),
        ("urea", 14, "mg/dL(urea)", 2.331),
    ],
)
def test_convert_multiplies_exactly(code, value, unit, canonical):
    assert units.convert(code, value, unit) == canonical


def test_convert_knows_what_is_no_factor():
    assert units.convert("hba1c", 48, "mmol/mol") == pytest.approx(6.54304)
    assert units.convert("vision_l", 5.0, "5-mark") == 1.0
    assert units.convert("vision_l", 4.7, "5分记录") == pytest.approx(0.501187)
    assert units.convert("temperature", 98.6, "℉") == pytest.approx(37.0)


def test_convert_takes_arrays():
    given = numpy.array([100.0, 200.0, numpy.nan])
    numpy.testing.assert_allclose(units.convert("tc", given, "mg/dL"), [2.586, 5.172, numpy.nan])


@pytest.mark.parametrize(("code", "unit"), [("lpa", "nmol/L"), ("tc", "g/L"), ("urea", "mg/dL"), ("tc", "")])
def test_convert_refuses_a_unit_the_indicator_does_not_have(code, unit):
    with pytest.raises(units.UnknownUnit):
        units.convert(code, 1.0, unit)


ANALYTES = {
    "bilirubin": "tbil", "calcium": "ca", "creatinine": "creatinine", "ferritin": "ferritin", "ft3": "ft3",
    "ft4": "ft4", "glucose": "fpg", "height": "height", "hemoglobin": "hgb", "uric_acid": "uric_acid",
    "cholesterol": "tc", "triglycerides": "tg",
}  # fmt: skip


def test_convert_agrees_with_published_vectors(shared):
    checked = 0
    with (shared / "reference" / "vectors" / "unit_conversion.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            given = json.loads(row["inputs"])
            code = ANALYTES.get(given["analyte"])
            if code is None or given["to"] != catalogue.load()[code].unit:
                continue
            assert units.convert(code, given["value"], given["from"]) == pytest.approx(
                float(row["expected"]), abs=float(row["tolerance"])
            )
            checked += 1
    assert checked >= 10

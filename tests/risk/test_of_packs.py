"""Calculators that rule packs put together, on both sides of every step."""

import pytest

from healthmgmt.risk.calculators import of_packs, registry

CALCULATORS = of_packs.load()
GROUPS = ("blood_pressure", "lipids", "glucose", "liver", "kidney", "haemoglobin")


def answer(name: str, output: str, **inputs):
    """What one person gets, and why not."""
    result = CALCULATORS[name](**inputs)
    return result.outputs[output], result.reasons[output]


def test_calculators_of_packs_are_cited_and_no_published_models() -> None:
    assert all(one.citation and one.title and one.name == name for name, one in CALCULATORS.items())
    assert not CALCULATORS.keys() & registry.load().keys()


@pytest.mark.parametrize(
    ("groups", "in_range", "known", "expected"),
    [
        ((0, 0, 0, 0, 0, 0), False, False, (0, "none")),
        ((1, 0, 1, 0, 0, 0), True, False, (2, "newly_found")),
        ((0, 0, 1, 0, 0, 0), True, None, (1, "newly_found")),
        ((0, 0, 1, 0, 0, 0), True, True, (1, "known")),
        ((1, 1, 1, 1, 1, 1), False, True, (6, "none")),
    ],
)
def test_jp_consultation_counts_groups_and_knows_who_is_new(groups: tuple, in_range: bool, known: bool | None, expected: tuple) -> None:
    inputs = dict(zip(GROUPS, map(bool, groups), strict=True)) | {"diabetes_range": in_range, "known_diabetes": known}
    assert tuple(answer("jp_consultation", output, **inputs)[0] for output in ("groups", "diabetes")) == expected


def test_jp_consultation_without_a_group_has_no_value() -> None:
    inputs = dict.fromkeys(GROUPS[:-1], False) | {"diabetes_range": True}
    assert answer("jp_consultation", "diabetes", **inputs) == (None, "missing haemoglobin")


@pytest.mark.parametrize(
    ("altitude", "less"),
    [(-100, 0), (0, 0), (499, 0), (500, 4), (999, 4), (1000, 8), (1499, 8), (1500, 11), (1999, 11), (2000, 14), (2499, 14), (2500, 18)]
    + [(2999, 18), (3000, 21), (3499, 21), (3500, 25), (3999, 25), (4000, 29), (4499, 29), (4500, 33), (4999, 33)],
)
def test_altitude_haemoglobin_takes_off_what_the_band_says(altitude: int, less: int) -> None:
    assert answer("altitude_haemoglobin", "adjusted_g_l", hb_g_l=150, altitude_m=altitude) == (150 - less, "")


@pytest.mark.parametrize(("altitude", "reason"), [(5000, "altitude_m outside -500 to 5000 m"), (None, "missing altitude_m")])
def test_altitude_haemoglobin_without_a_band_has_no_value(altitude: int | None, reason: str) -> None:
    value, why = answer("altitude_haemoglobin", "adjusted_g_l", hb_g_l=150, altitude_m=altitude)
    assert (value != value, why) == (True, reason)


@pytest.mark.parametrize(
    ("sex", "hb", "score", "expected"),
    [
        ("male", 210, 5, "absent"), ("male", 210, 6, "mild"), ("male", 210, 10, "mild"), ("male", 210, 11, "moderate"),
        ("male", 210, 14, "moderate"), ("male", 210, 15, "severe"), ("male", 209.9, 15, "absent"),
        ("female", 190, 6, "mild"), ("female", 189.9, 6, "absent"),
    ],
)  # fmt: skip
def test_qinghai_criteria_ask_for_haemoglobin_and_score(sex: str, hb: float, score: int, expected: str) -> None:
    assert answer("qinghai_criteria", "range", sex=sex, hb_g_l=hb, score=score) == (expected, "")

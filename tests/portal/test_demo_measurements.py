"""Rows dealt to people and paired over two years."""

import numpy as np
import pytest

from healthmgmt.portal.demo import measurements
from healthmgmt.portal.demo.measurements import BMI, CODES, CREATININE, FPG, SBP, WEIGHT, Rows


def rows(*people: tuple[int, int, float, float], later: float = 9.9) -> Rows:
    """Rows of (sex, age, bmi, sbp) and the same weight and creatinine; the glucose of each is its number."""
    values = np.full((len(people), len(CODES)), np.nan)
    values[:, [WEIGHT, CREATININE]] = 70
    for number, (_, _, bmi, sbp) in enumerate(people):
        values[number, [BMI, SBP, FPG]] = bmi, sbp, number
    return Rows(
        sex=np.array([one[0] for one in people]),
        age=np.array([one[1] for one in people]),
        values=values,
        fpg_later=np.full(len(people), later) + np.arange(len(people)),
        smoking=np.full(len(people), np.nan),
    )


def test_deal_gives_each_row_once_and_of_the_right_sex_and_age():
    pool = rows(*[(1, 40, 22, 120)] * 3, *[(2, 40, 22, 120)] * 3, *[(1, 41, 22, 120)] * 3)
    sex, age = np.array([1, 1, 1, 2, 1]), np.array([40, 40, 40, 40, 41])
    dealt = measurements.deal(pool, sex, age, np.random.default_rng(1))
    assert sorted(dealt[:3]) == [0, 1, 2]
    assert dealt[3] in (3, 4, 5) and dealt[4] in (6, 7, 8)


def test_deal_too_few_rows_is_an_error():
    pool = rows((1, 40, 22, 120))
    with pytest.raises(ValueError):
        measurements.deal(pool, np.array([1, 1]), np.array([40, 40]), np.random.default_rng(1))


def test_pair_takes_the_nearest_a_year_older_of_the_same_sex():
    pool = rows((1, 40, 22, 120), (1, 41, 30, 160), (1, 41, 22.5, 121), (2, 41, 22, 120), (1, 42, 22, 120))
    assert measurements.pair(pool, np.array([0])).tolist() == [2]


def test_pair_keeps_weight_and_creatinine_near():
    pool = rows((1, 40, 22, 120), (1, 41, 22, 120), (1, 41, 22.1, 120.5), (1, 41, 22, 121))
    pool.values[1, WEIGHT], pool.values[3, CREATININE] = 62, 110
    assert measurements.pair(pool, np.array([0])).tolist() == [2]


def test_pair_gives_nobody_the_row_of_another():
    alike = (1, 40, 22, 120)
    pool = rows(alike, alike, (1, 41, 22, 120), (1, 41, 22.1, 120), (1, 41, 22.2, 121), (1, 42, 22, 120))
    assert measurements.pair(pool, np.array([0, 1])).tolist() == [2, 3]
    assert measurements.pair(pool, np.array([0, 1, 2])).tolist() == [3, 4, 5]


def test_pair_too_few_rows_is_an_error():
    pool = rows((1, 40, 22, 120), (1, 40, 22, 120), (1, 41, 22, 120))
    with pytest.raises(ValueError):
        measurements.pair(pool, np.array([0, 1]))


def test_pair_without_a_value_goes_by_the_other():
    pool = rows((1, 40, 22, np.nan), (1, 41, 30, 120), (1, 41, 22.5, 180), (1, 41, 22, np.nan))
    assert measurements.pair(pool, np.array([0])).tolist() == [2]


def test_next_year_is_the_second_row_with_the_later_glucose_of_the_first():
    pool = rows((1, 40, 22, 120), (1, 41, 23, 125))
    values = measurements.next_year(pool, np.array([0]), np.array([1]))
    assert values[0, [BMI, SBP, FPG]].tolist() == [23, 125, 9.9]
    assert pool.values[1, FPG] == 1


def test_sound_removes_what_cannot_be():
    values = np.array([[170, 65, 22.5, 120, 80, 5, 0.02, 0, 0, 3, 20, 20, 5, 70]])
    kept = dict(zip(CODES, measurements.sound(values)[0], strict=True))
    assert [code for code, value in kept.items() if np.isnan(value)] == ["tc", "tg", "hdl"]


def test_read_finds_the_published_rows(shared):
    pool = measurements.read(shared)
    assert len(pool) == 169467
    assert pool.values[0].round(2).tolist()[:11] == [169, 57, 20, 124, 69, 3.51, 4.61, 1.75, 1.09, 3.13, 29.1]
    assert (pool.sex[0], pool.age[0], pool.fpg_later[0]) == (1, 34, 5.5)
    lost = np.isnan(measurements.sound(pool.values)) & np.isfinite(pool.values)
    assert int(lost.any(axis=1).sum()) == 788

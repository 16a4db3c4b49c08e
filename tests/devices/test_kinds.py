"""How readings are read and put together."""

from datetime import date, timedelta

import pytest

from healthmgmt.devices import kinds
from healthmgmt.records import catalogue

DAY = date(2026, 6, 10)
PRESSURE = kinds.load()["pressure"]


def days(*pressures: tuple[int, float, float]) -> list:
    return [(DAY - timedelta(days=back), {"sbp_home": upper, "dbp_home": lower}) for back, upper, lower in pressures]


def test_kinds_measure_items_of_the_catalogue() -> None:
    items = catalogue.load()
    assert [kind for kind in kinds.load().values() if not all(items[code].is_numeric for code in kind.codes)] == []


@pytest.mark.parametrize(("text", "number"), [("128", 128.0), (" 6.5 ", 6.5), ("１２８", 128.0), ("71．25", 71.25), ("0.5", 0.5)])
def test_number_is_read_as_it_is_typed(text, number) -> None:
    assert kinds.number(text) == number


@pytest.mark.parametrize("text", ["", "128/82", "-5", "1e3", "6,5", "6.555", "12 8", "nan", "inf", "6.", ".5", "高", "²"])
def test_what_is_no_plain_number_is_not_guessed(text) -> None:
    with pytest.raises(kinds.Unreadable):
        kinds.number(text)


def test_pressure_is_the_mean_of_days_and_not_of_readings() -> None:
    found = kinds.summary(PRESSURE, days((0, 120, 80), (0, 130, 80), (0, 140, 80), (1, 150, 90), (2, 140, 85)))
    assert (found.values, found.days, found.until, found.is_enough) == ({"sbp_home": 140.0, "dbp_home": 85.0}, 3, DAY, True)


def test_pressure_of_two_days_is_not_enough_and_the_eighth_day_is_too_long_ago() -> None:
    assert kinds.summary(PRESSURE, days((0, 120, 80), (1, 130, 80))).is_enough is False
    found = kinds.summary(PRESSURE, days((0, 120, 80), (6, 130, 80), (7, 200, 120)))
    assert (found.values["sbp_home"], found.days) == (125.0, 2)


def test_weight_is_that_of_the_last_day() -> None:
    found = kinds.summary(kinds.load()["weight"], [(DAY, {"weight": 71.0}), (DAY, {"weight": 73.0}), (DAY - timedelta(days=1), {"weight": 90.0})])
    assert (found.values, found.days, found.is_enough) == ({"weight": 72.0}, 1, True)


def test_without_readings_there_is_nothing_to_say() -> None:
    assert kinds.summary(PRESSURE, []) is None


@pytest.mark.parametrize(
    "broken",
    [
        'slug = "a"\ncodes = []\nmean_days = 1\nleast_days = 1\nis_judged = false\nzh = ""\nen = ""',
        'slug = "a"\ncodes = ["weight"]\nmean_days = 1\nleast_days = 2\nis_judged = false\nzh = ""\nen = ""',
    ],
)
def test_kinds_that_break_the_schema_are_refused(broken) -> None:
    with pytest.raises(kinds.KindError):
        kinds.parse(f"[[kind]]\n{broken}\n")

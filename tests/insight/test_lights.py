"""What raises a light, and what does not: small units, ordinary data, and rounding that anybody's device does."""

import random

import pytest

from healthmgmt.insight import lights
from healthmgmt.insight.lights import Place

K = 10


def kind(slug: str) -> lights.Kind:
    return lights.load().kind(slug)


def groups(*numbers: int, around: int = 100) -> dict[int, int]:
    """Of piled values: the four groups, and what lies around them."""
    return {0: around, **dict(enumerate(numbers, start=1)), 5: around}


def seen(slug: str, counts: dict[int, int], smallest_group: int = K):
    return lights.seen(kind(slug), counts, smallest_group)


# Piling up under a limit


@pytest.mark.parametrize(("mean", "spread"), [(115, 12), (125, 17), (132, 18), (140, 20)])
def test_ordinary_pressures_of_any_mean_and_spread_raise_no_light(mean, spread):
    rng = random.Random(mean)
    lit = 0
    for _ in range(300):
        counts: dict[int, int] = {}
        for _ in range(400):
            at = min(max((round(rng.gauss(mean, spread)) - 120) // 10 + 1, 0), 5)
            counts[at] = counts.get(at, 0) + 1
        lit += seen("pressure_limit", counts) is not None
    assert lit <= 1


def test_rounding_to_tens_is_no_pile():
    # 120, 130, 140 and 150 stand each in one of the four groups.
    assert seen("pressure_limit", groups(90, 64, 40, 22)) is None


def test_pressures_moved_under_the_limit_are_seen_and_their_numbers_are_not_told():
    told = seen("pressure_limit", groups(90, 110, 12, 22))
    assert told == {"whole": 434, "times": 5.0}


def test_pile_is_told_in_halves():
    assert seen("pressure_limit", groups(180, 220, 60, 60))["times"] == 2.5


def test_few_around_the_limit_raise_no_light():
    assert seen("pressure_limit", groups(10, 30, 2, 3)) is None


def test_glucose_has_its_own_limit():
    assert seen("glucose_limit", groups(80, 90, 8, 20)) is not None
    assert lights.groups_of(lights.load().counting("values"))[1] == {"slug": "glucose_limit", "code": "fpg", "low": 6.0, "high": 8.0}


# Last digits


def test_digits_of_a_device_are_no_light_and_those_of_a_habit_are():
    assert seen("digits", {digit: 20 + digit for digit in range(10)}) is None
    assert seen("digits", {0: 40, 2: 40, 4: 40, 6: 40, 8: 40}) is None
    assert seen("digits", {0: 122, **{digit: 8 for digit in range(1, 10)}}) == {"part": 130, "whole": 194}
    assert seen("digits", {0: 60, 5: 60, 1: 20, 3: 20, 7: 20}) == {"part": 120, "whole": 180}


def test_few_pressures_raise_no_light():
    assert seen("digits", {0: 99}) is None


# Shares


@pytest.mark.parametrize(
    ("slug", "counts", "told"),
    [
        ("identical", {0: 6, 1: 94}, {"part": 6, "whole": 100}),
        ("identical", {0: 5, 1: 15}, None),
        ("identical", {0: 6, 1: 294}, None),
        ("shrinkage", {0: 30, 1: 70}, {"part": 30, "whole": 100}),
        ("shrinkage", {0: 20, 1: 80}, None),
        ("last_hour", {0: 60, 1: 40}, {"part": 60, "whole": 100}),
        ("last_hour", {0: 19}, None),
    ],
)
def test_share_is_seen_from_its_limit_on(slug, counts, told):
    assert seen(slug, counts) == told


def test_smallest_group_of_the_organisation_holds_where_it_is_larger():
    assert seen("identical", {0: 20, 1: 10}, 31) is None
    assert seen("identical", {0: 20, 1: 11}, 31) is not None


# Leaving


def test_leavers_are_seen_where_the_year_was_quiet():
    assert seen("leavers", {0: 12, 1: 5, 2: 200}) == {"part": 12, "whole": 200}
    assert seen("leavers", {0: 12, 1: 60, 2: 200}) is None
    assert seen("leavers", {0: 9, 2: 200}) is None
    assert seen("leavers", {0: 12, 2: 39}) is None


# The tree


def test_person_counts_in_one_light_of_a_kind_at_most():
    places = [Place(1, None, 0), Place(2, 1, 1), Place(3, 2, 2), Place(4, 2, 2)]
    counts = {"identical": {3: {0: 20, 1: 20}, 4: {1: 100}}}
    # 3 is lit; 2 and 1 see only the people of 4.
    assert lights.raised(places, counts, K) == {(3, "identical"): {"part": 20, "whole": 40}}


def test_small_units_count_together_above():
    places = [Place(1, None, 0), Place(2, 1, 1), Place(3, 2, 2), Place(4, 2, 2)]
    counts = {"identical": {3: {0: 6, 1: 9}, 4: {0: 6, 1: 9}}}
    assert lights.raised(places, counts, K) == {(2, "identical"): {"part": 12, "whole": 30}}


# The file


@pytest.mark.parametrize(
    ("old", "new"),
    [("first_looks_days = 3", "first_looks_days = 0"), ('test = "digits"', 'test = "guess"'), ('slug = "digits"', 'slug = "identical"')],
)
def test_file_that_cannot_be_is_refused(old, new):
    text = lights.FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ValueError):
        lights.parse(text.replace(old, new))


def test_every_light_can_be_said_with_what_it_tells():
    for one in lights.load().kinds:
        told = {"whole": "200"} | ({"times": "2.5"} if one.test == "piled" else {"part": "50", "percent": "25%"})
        for language in lights.LANGUAGES:
            assert "{" not in one.words[language]["seen"].format(**told)

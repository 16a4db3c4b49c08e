"""What may be shown of a funnel, and that nothing hidden can be worked out of it."""

import random
from fractions import Fraction

import pytest

from healthmgmt.engagement.funnels import PARTS, STAGES, published

HEALTH = {"smallest_group": 10, "is_health_content": True}
GENERAL = {"smallest_group": 5, "is_health_content": False}


def stages(row: dict) -> list[int | None]:
    return [row["stages"][stage] for stage in STAGES]


def test_funnel_counts_everybody_who_came_so_far():
    rows = published(1, {2: (20, 20, 20, 20, 20), 3: (30, 20, 30, 20, 20)}, (0, 0, 0, 0, 0), **GENERAL)
    assert [(row["units"], stages(row)) for row in rows] == [
        ([1], [220, 170, 130, 80, 40]), ([2], [100, 80, 60, 40, 20]), ([3], [120, 90, 70, 40, 20]),
    ]  # fmt: skip


def test_funnel_of_a_few_is_hidden_with_its_reason():
    rows = published(1, {}, (40, 30, 20, 12, 3), **HEALTH)
    assert (rows[0]["stages"]["finished"], rows[0]["hidden"]) == (None, "small_group")


def test_funnel_of_a_few_is_shown_where_it_tells_of_nobodys_health():
    assert stages(published(1, {}, (40, 30, 20, 12, 3), **GENERAL)[0]) == [105, 65, 35, 15, 3]


def test_small_units_stand_together():
    rows = published(1, {2: (4, 0, 0, 0, 0), 3: (50, 30, 20, 30, 40), 4: (5, 2, 0, 0, 0)}, (1, 0, 0, 0, 0), **HEALTH)
    assert [(row["units"], row["own_units"]) for row in rows[1:]] == [([2, 4], [1]), ([3], [])]


def test_tree_that_is_too_small_shows_nothing_and_nobody_is_no_secret():
    assert stages(published(1, {}, (3, 0, 0, 0, 0), **GENERAL)[0]) == [None] * 5
    assert published(1, {}, (0,) * 5, **GENERAL)[0]["hidden"] in ("nobody", "small_group")


@pytest.mark.parametrize("seed", range(60))
def test_P04_funnel_shows_no_stage_by_which_a_hidden_part_falls(seed):
    """All that is shown of all rows as equations over the parts of each unit: no part below ten is determined."""
    draw = random.Random(seed)
    below = {unit: tuple(draw.choice((0, 1, 3, 9, 12, 40)) for _part in PARTS) for unit in range(2, 2 + draw.randint(1, 5))}
    own = tuple(draw.choice((0, 2, 15)) for _part in PARTS)
    rows = published(1, below, own, **HEALTH)
    members = {**below, 1: own}
    cells = [(unit, part) for unit in members for part in range(len(PARTS))]
    shown = []
    for place, row in enumerate(rows):
        units = set(members) if place == 0 else {*row["units"], *row["own_units"]}
        for stage, count in enumerate(stages(row)):
            if count is not None:
                assert count == sum(members[unit][part] for unit in units for part in range(stage, len(PARTS)))
                shown.append([1 if unit in units and part >= stage else 0 for unit, part in cells])
    # What is small within a published row: one part of it alone must not be a combination of what is shown.
    for row in rows:
        units = set(members) if row is rows[0] else {*row["units"], *row["own_units"]}
        for part in range(len(PARTS)):
            count = sum(members[unit][part] for unit in units)
            if 0 < count < 10:
                wanted = [1 if unit in units and one == part else 0 for unit, one in cells]
                assert not spans(shown, wanted)


def spans(rows: list[list[int]], wanted: list[int]) -> bool:
    return rank([*rows, wanted]) == rank(rows)


def rank(rows: list[list[int]]) -> int:
    left, found = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            if row[column]:
                factor = row[column] / pivot[column]
                row[:] = [a - factor * b for a, b in zip(row, pivot)]
        found += 1
    return found

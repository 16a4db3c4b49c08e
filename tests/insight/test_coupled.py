"""Shares among the red and orange beside the colours: an attacker with every sum and difference of the tree learns no hidden cell."""

import random

import numpy as np
import pytest

from healthmgmt.insight import metrics, publishing

TREES = 120
COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")
VARIABLES = (*COLOURS, "followed", "not_followed")


def counted(rng: random.Random) -> dict[str, int]:
    """The people who sit directly in a unit."""
    size = rng.choice([0, 4, 15, 60, 200])
    people = {colour: rng.randint(0, size // rng.choice([1, 4, 12])) for colour in COLOURS}
    grave = people["red"] + people["orange"]
    followed = rng.choice([0, grave, grave // 2, rng.randint(0, grave)])
    return people | {"followed": followed, "not_followed": grave - followed}


def tree(rng: random.Random) -> tuple[dict[int, int | None], dict[int, dict]]:
    """Parents, and the facts of each unit's subtree."""
    parents: dict[int, int | None] = {1: None}
    level = [1]
    for _depth in range(rng.choice([1, 2, 3])):
        below = []
        for unit in level:
            for _child in range(rng.randint(0, 4)):
                parents[len(parents) + 1] = unit
                below.append(len(parents))
        level = below
    totals = {unit: dict.fromkeys(VARIABLES, 0) for unit in parents}
    for unit in parents:
        own, at = counted(rng), unit
        while at is not None:
            for name in VARIABLES:
                totals[at][name] += own[name]
            at = parents[at]
    return parents, {unit: facts(one) for unit, one in totals.items()}


def facts(counts: dict[str, int]) -> dict[str, tuple[int, int]]:
    people = sum(counts[colour] for colour in COLOURS)
    of = {one.slug: (0, people if one.denominator in ("due", "assessed") else 0) for one in metrics.load().metrics}
    of |= {slug: (people, people) for slug in ("covered", "on_time", "assessed")}
    of |= {"complete": (people, people), "items": (people, people)}
    return of | {name: (counts[name], people) for name in VARIABLES}


def solved(rows: list[publishing.Publication]) -> set[tuple[int, str]]:
    """Which hidden cells of which rows follow from what is shown."""
    place = {(at, name): number for number, (at, name) in enumerate((at, name) for at in range(len(rows)) for name in VARIABLES)}
    equations, hidden = [], []

    def equation(*terms: tuple[int, str, float]) -> None:
        line = np.zeros(len(place))
        for at, name, factor in terms:
            line[place[at, name]] = factor
        equations.append(line)

    for at, row in enumerate(rows):
        children = [number for number, one in enumerate(rows) if one.parent == at]
        for name in VARIABLES:
            if row.cells[name]["hidden"]:
                hidden.append((at, name))
            else:
                equation((at, name, 1))
            if children:
                equation((at, name, 1), *((child, name, -1) for child in children))
        equation(*((at, colour, 1) for colour in COLOURS))
        equation((at, "red", 1), (at, "orange", 1), (at, "followed", -1), (at, "not_followed", -1))
    if not hidden:
        return set()
    _values, singular, lines = np.linalg.svd(np.array(equations), full_matrices=True)
    free = lines[int((singular > 1e-9).sum()) :]
    return {(at, name) for at, name in hidden if not np.abs(free[:, place[at, name]]).max(initial=0) > 1e-9}


def published(rng: random.Random) -> list[publishing.Publication]:
    parents, given = tree(rng)
    return publishing.publications(parents, given, metrics.load(), 10, frozenset())


def is_nobodys(row: publishing.Publication) -> bool:
    """Of a row without anybody assessed everything is known to be nothing."""
    return not row.cells["red"]["denominator"]


def test_no_hidden_cell_can_be_worked_out() -> None:
    rng, shown, hidden = random.Random(11), 0, 0
    for _ in range(TREES):
        rows = published(rng)
        found = {(at, name) for at, name in solved(rows) if not is_nobodys(rows[at])}
        assert not found, rows
        shown += sum(not row.cells["followed"]["hidden"] for row in rows)
        hidden += sum(bool(row.cells["followed"]["hidden"]) for row in rows)
    assert shown > TREES / 2 and hidden > TREES / 2


def test_attacker_finds_cells_where_small_parts_alone_are_hidden(monkeypatch, capsys) -> None:
    monkeypatch.setattr("healthmgmt.insight.coupled.Coupled._splits_hidden", lambda self, row: False)
    monkeypatch.setattr("healthmgmt.insight.coupled.Coupled._are_safe", lambda self, rows: True)
    rng, found = random.Random(11), 0
    for _ in range(TREES):
        rows = published(rng)
        found += len({one for one in solved(rows) if not is_nobodys(rows[one[0]])})
    with capsys.disabled():
        print(f"\n{TREES} trees: {found} hidden cells are worked out where small parts alone are hidden; none of what is shown")
    assert found > 0


@pytest.mark.parametrize(("followed", "shown"), [(30, (30, 60)), (5, None), (55, None)])
def test_share_is_of_the_red_and_orange_and_shows_where_both_parts_are_groups(followed, shown) -> None:
    counts = {"red": 20, "orange": 40, "yellow": 30, "blue": 30, "green": 30, "grey": 30, "followed": followed, "not_followed": 60 - followed}
    (row,) = publishing.publications({1: None}, {1: facts(counts)}, metrics.load(), 10, frozenset())
    cell = row.cells["followed"]
    assert (cell["numerator"], cell["denominator"]) == (shown or (None, None))

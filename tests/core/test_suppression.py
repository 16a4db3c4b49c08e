"""The rules one by one, then an attacker who solves the equations of whole trees."""

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP, Cell, Node, Row, Table, publish, steps_shown

K = 10
COLOURS = Table("colours", ("red", "orange", "green"), is_health_content=True)
ALERTS = Table("alerts", ("open", "none"), is_health_content=True)
CONTENT = Table("content", ("complete", "incomplete"), is_health_content=False)


def node(key: int, counts: tuple[int, ...], *children: Node, table: str = "colours", people: int | None = None) -> Node:
    return Node(key, sum(counts) if people is None else people, {table: counts}, children)


def numbers(row: Row, table: str = "colours") -> list[int | None]:
    return [cell.count for cell in row.cells[table].values()]


def test_publish_shows_a_row_of_large_parts_whole() -> None:
    row = publish(node(1, (10, 20, 30)), [COLOURS], K)
    assert row.cells["colours"] == {"red": Cell(10, 60), "orange": Cell(20, 60), "green": Cell(30, 60)}
    assert (row.whole, row.own, row.people, row.children) == ((1,), (), 60, ())


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        # Nine reds are hidden, and a second part with them, since 59 - 20 - 30 gives them back.
        ((9, 20, 30), [None, None, 30]),
        ((0, 20, 30), [None, None, 30]),
        ((5, 6, 30), [None, None, 30]),
        # 100 % is as telling as 0 %, and 50 of 59 tells about nine.
        ((0, 0, 60), [None, None, None]),
        ((4, 5, 50), [None, None, None]),
        ((10, 10, 10), [10, 10, 10]),
    ],
)
def test_publish_hides_small_and_mirrored_parts(counts: tuple[int, ...], shown: list[int | None]) -> None:
    assert numbers(publish(node(1, counts), [COLOURS], K)) == shown


def test_publish_gives_all_hidden_cells_the_same_reason() -> None:
    row = publish(node(1, (3, 20, 30)), [COLOURS], K)
    assert [cell.hidden for cell in row.cells["colours"].values()] == [SMALL_GROUP, SMALL_GROUP, ""]


def test_publish_hides_both_sides_of_a_pair() -> None:
    assert numbers(publish(node(1, (9, 91), table="alerts"), [ALERTS], K), "alerts") == [None, None]
    assert numbers(publish(node(1, (10, 90), table="alerts"), [ALERTS], K), "alerts") == [10, 90]


def test_publish_says_that_nobody_is_counted() -> None:
    row = publish(node(1, (0, 0, 0), people=40), [COLOURS], K)
    assert row.cells["colours"]["red"] == Cell(None, 0, NOBODY)


def test_publish_shows_coverage_from_five_people_on() -> None:
    assert numbers(publish(node(1, (0, 4), table="content", people=20), [CONTENT], K), "content") == [None, None]
    assert numbers(publish(node(1, (5, 0), table="content", people=20), [CONTENT], K), "content") == [5, 0]


def test_publish_shows_nothing_of_a_tree_below_the_smallest_group() -> None:
    row = publish(node(1, (3, 3, 3), node(2, (3, 3, 3))), [COLOURS], K)
    assert (row.people, row.children, numbers(row)) == (None, (), [None, None, None])


def test_publish_joins_units_below_the_smallest_group() -> None:
    row = publish(node(1, (30, 30, 30), node(2, (2, 2, 2)), node(3, (3, 1, 2)), node(4, (25, 27, 26))), [COLOURS], K)
    assert [(child.whole, child.own, child.people) for child in row.children] == [((2, 3), (), 12), ((4,), (), 78)]


def test_publish_joins_a_lone_small_unit_with_its_smallest_large_sibling() -> None:
    row = publish(node(1, (40, 40, 40), node(2, (2, 2, 2)), node(3, (13, 13, 13)), node(4, (25, 25, 25))), [COLOURS], K)
    assert [(child.whole, child.people) for child in row.children] == [((3, 2), 45), ((4,), 75)]


def test_publish_keeps_a_joined_small_unit_from_falling_out_of_the_rows_below() -> None:
    big = node(3, (20, 20, 20), node(5, (10, 10, 10)), node(6, (10, 10, 10)))
    row = publish(node(1, (22, 22, 22), node(2, (2, 2, 2)), big), [COLOURS], K)
    (joined,) = row.children
    assert joined.whole == (3, 2)
    assert sorted(child.whole for child in joined.children) == [(5, 2), (6,)]


def test_publish_counts_the_people_directly_in_a_unit_as_a_child() -> None:
    row = publish(node(1, (40, 40, 40), node(2, (20, 20, 20))), [COLOURS], K)
    assert [(child.whole, child.own, child.people) for child in row.children] == [((), (1,), 60), ((2,), (), 60)]
    row = publish(node(1, (21, 21, 20), node(2, (20, 20, 20))), [COLOURS], K)
    assert [(child.whole, child.own, child.people) for child in row.children] == [((2,), (1,), 62)]


def test_publish_hides_a_second_child_where_one_is_hidden() -> None:
    row = publish(node(1, (45, 60, 60), node(2, (5, 20, 20)), node(3, (20, 20, 20)), node(4, (20, 20, 20))), [COLOURS], K)
    assert [numbers(child) for child in row.children] == [[None, None, 20], [None, None, 20], [20, 20, 20]]


def test_publish_hides_below_what_is_hidden_above() -> None:
    low = node(2, (5, 40, 40), node(4, (3, 20, 20)), node(5, (2, 20, 20)))
    row = publish(node(1, (10, 80, 80), low, node(3, (5, 40, 40))), [COLOURS], K)
    assert numbers(row) == [10, 80, 80]
    assert [numbers(child) for child in row.children[0].children] == [[None, None, 20], [None, None, 20]]


def test_publish_ignores_empty_siblings_as_protection() -> None:
    row = publish(node(1, (20, 40, 40), node(2, (20, 40, 40)), node(3, (0, 0, 0), people=30), people=130), [COLOURS], K)
    assert [numbers(child) for child in row.children] == [[20, 40, 40], [None, None, None]]


def test_publish_refuses_children_that_count_more_than_their_parent() -> None:
    with pytest.raises(ValueError, match="count more"):
        publish(node(1, (10, 10, 10), node(2, (11, 10, 9))), [COLOURS], K)


def test_publish_hides_a_table_where_the_one_it_needs_hides_something() -> None:
    follow_up = Table("follow_up", ("on_time", "missed", "rest"), is_health_content=True, needs="colours")

    def unit(key: int, colours: tuple[int, ...], *below: Node) -> Node:
        at_risk = colours[0] + colours[1]
        return Node(key, sum(colours), {"colours": colours, "follow_up": (at_risk // 2, at_risk - at_risk // 2, colours[2])}, below)

    tree = unit(1, (65, 120, 120), unit(2, (5, 60, 60)), unit(3, (20, 20, 20)), unit(4, (40, 40, 40)))
    row = publish(tree, [COLOURS, follow_up], K)
    assert numbers(row, "follow_up") == [92, 93, 120]
    assert [numbers(child, "colours") for child in row.children] == [[None, None, 60], [None, None, 20], [40, 40, 40]]
    # Thirty-two on time and thirty-three not, in the first one, would be sixty-five orange or red; with sixty orange, five red.
    assert [numbers(child, "follow_up") for child in row.children] == [[None, None, None], [None, None, None], [40, 40, 40]]


@pytest.mark.parametrize(
    ("base", "steps", "shown"),
    [
        (400, (200, 150, 100, 50), [True, True, True, True]),
        # Between 200 and 195 are five people; what comes after is told beside 200.
        (400, (200, 195, 100, 50), [True, False, True, True]),
        (400, (395, 150, 100, 9), [False, True, True, False]),
        (400, (9, 5, 0, 0), [False] * 4),
        (400, (200, 200, 200, 190), [True, False, False, True]),
        (0, (0, 0, 0, 0), [False] * 4),
        (10, (12, 11, 10, 10), [False] * 4),
    ],
)
def test_steps_shown_leaves_out_what_would_tell_of_few(base: int, steps: tuple[int, ...], shown: list[bool]) -> None:
    assert steps_shown(base, steps, K) == shown


# The attacker ---------------------------------------------------------------------------------------------------------


def flat(row: Row) -> list[Row]:
    return [row] + [found for child in row.children for found in flat(child)]


def variables(row: Row, table: Table) -> dict[tuple[int, str], int | None]:
    """What is published: (row, part) to its number, or None. A row of nobody tells by its base that all are 0."""
    return {
        (id(one), part): cell.count if cell.hidden != NOBODY else 0
        for one in flat(row)
        for part, cell in one.cells[table.name].items()
    }


def equations(row: Row, table: Table) -> list[tuple[dict[tuple[int, str], int], int]]:
    """Parts add up to the base in every row, children to the parent in every part."""
    found = []
    for one in flat(row):
        cells = one.cells[table.name]
        base = next(iter(cells.values())).base
        if base is None:
            continue
        found.append(({(id(one), part): 1 for part in cells}, base))
        for part in cells if one.children else ():
            found.append(({(id(one), part): 1} | {(id(child), part): -1 for child in one.children}, 0))
    return found


def reduced(row: Row, table: Table) -> tuple[list[tuple[int, str]], list[list[Fraction]]]:
    """The hidden variables, and the equations over them in reduced row echelon form, the right side last."""
    known = variables(row, table)
    hidden = [name for name, count in known.items() if count is None]
    rows = []
    for coefficients, right in equations(row, table):
        left = [Fraction(coefficients.get(name, 0)) for name in hidden]
        rows.append(left + [Fraction(right) - sum(c * known[n] for n, c in coefficients.items() if known[n] is not None)])
    done = 0
    for column in range(len(hidden)):
        pivot = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for i, other in enumerate(rows):
            if i != done and other[column]:
                rows[i] = [a - other[column] * b for a, b in zip(other, rows[done], strict=True)]
        done += 1
    return hidden, rows[:done]


def fallen(row: Row, table: Table) -> list[tuple[int, str]]:
    """Hidden cells whose number follows: alone in an equation, or in a sum of people that is nothing."""
    hidden, rows = reduced(row, table)
    found = []
    for left in rows:
        names = [name for name, value in zip(hidden, left) if value]
        same_sign = len({value > 0 for value in left[:-1] if value}) == 1
        if len(names) == 1 or (same_sign and left[-1] == 0):
            found += names
    return found


def with_primary_only(row: Row, tree_counts: dict[tuple[int, ...], dict[str, int]], table: Table) -> Row:
    """What a careless publisher shows: every cell that is open by itself."""
    cells = {}
    for part, cell in row.cells[table.name].items():
        count = tree_counts[row.whole + tuple(-key for key in row.own)][part]
        opened = count >= K and cell.base - count >= K
        cells[part] = Cell(count if opened else None, cell.base, "" if opened else SMALL_GROUP)
    children = tuple(with_primary_only(child, tree_counts, table) for child in row.children)
    return Row(row.whole, row.own, row.people, {table.name: cells}, children)


def all_counts(row: Row, tree: Node, table: Table) -> dict[tuple[int, ...], dict[str, int]]:
    """The true counts of every published row, from the tree itself."""
    by_key: dict[int, Node] = {}

    def walk(one: Node) -> None:
        by_key[one.key] = one
        for child in one.children:
            walk(child)

    walk(tree)
    found = {}
    for one in flat(row):
        totals = [0] * len(table.parts)
        for key in one.whole:
            totals = [a + b for a, b in zip(totals, by_key[key].counts[table.name])]
        for key in one.own:
            own = by_key[key]
            for number in range(len(totals)):
                totals[number] += own.counts[table.name][number] - sum(c.counts[table.name][number] for c in own.children)
        found[one.whole + tuple(-key for key in one.own)] = dict(zip(table.parts, totals))
    return found


@st.composite
def trees(draw, table: Table, depth: int = 3) -> Node:
    keys = iter(range(1, 10_000))
    small, large = st.integers(0, 12), st.integers(0, 60)

    def grow(level: int) -> Node:
        key = next(keys)
        children = tuple(grow(level - 1) for _ in range(draw(st.integers(0 if level < depth else 2, 4)))) if level else ()
        own = [draw(st.one_of(small, large)) if not children or draw(st.booleans()) else 0 for _ in table.parts]
        not_assessed = draw(st.integers(0, 8)) if sum(own) else 0
        counts = tuple(one + sum(child.counts[table.name][i] for child in children) for i, one in enumerate(own))
        return Node(key, sum(own) + not_assessed + sum(child.people for child in children), {table.name: counts}, children)

    return grow(depth)


@pytest.mark.parametrize("table", [COLOURS, ALERTS, Table("five", tuple("abcde"), is_health_content=True)], ids=lambda t: t.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_publish_lets_no_hidden_cell_be_computed(table: Table, data) -> None:
    tree = data.draw(trees(table, depth=2))
    row = publish(tree, [table], K)
    assert fallen(row, table) == []
    check_shown_and_margins(row, tree, table)


def check_shown_and_margins(row: Row, tree: Node, table: Table) -> None:
    """What is shown is true and open, every row is large, and what is left over among siblings is large or nothing."""
    truth = all_counts(row, tree, table)
    for one in flat(row):
        mine = truth[one.whole + tuple(-key for key in one.own)]
        if one.people is None:
            continue
        assert one.people >= K
        for part, cell in one.cells[table.name].items():
            if cell.hidden:
                continue
            assert cell.count == mine[part]
            assert cell.count >= K and cell.base - cell.count >= K
            closed = [child for child in one.children if child.cells[table.name][part].hidden == SMALL_GROUP]
            left = [truth[child.whole + tuple(-key for key in child.own)][part] for child in closed]
            assert not left or (len(left) >= 2 and sum(left) >= K)


def test_attack_succeeds_without_complementary_hiding() -> None:
    tree = node(1, (45, 60, 60), node(2, (5, 20, 20)), node(3, (20, 20, 20)), node(4, (20, 20, 20)))
    row = publish(tree, [COLOURS], K)
    careless = with_primary_only(row, all_counts(row, tree, COLOURS), COLOURS)
    assert (id(careless.children[0]), "red") in fallen(careless, COLOURS)
    assert fallen(row, COLOURS) == []


def told_by_zeros(row: Row, table: Table) -> set[tuple[int, str]]:
    """The cells of a table of two parts below a row that shows 0: that is 0 there as well, and the other part the base."""
    below = {(id(one), part) for one in flat(row)[1:] for part in table.parts}
    if any(cell.count == 0 for cell in row.cells[table.name].values()):
        return below
    return set().union(*(told_by_zeros(child, table) for child in row.children))


@settings(max_examples=30, deadline=None)
@given(tree=trees(CONTENT, depth=2))
@example(tree=node(1, (5, 0), node(2, (1, 0), table="content"), node(3, (4, 0), table="content", people=19), table="content", people=20))
def test_publish_protects_coverage_of_fewer_than_five(tree: Node) -> None:
    row = publish(tree, [CONTENT], K)
    assert set(fallen(row, CONTENT)) <= told_by_zeros(row, CONTENT)
    for one in flat(row):
        for cell in one.cells["content"].values():
            assert cell.hidden or cell.base >= 5


def uneven_tree(rng: random.Random, table: Table, depth: int, keys: Iterator[int]) -> Node:
    """Units of very different sizes, some with people of their own above subunits, some not assessed."""
    key = next(keys)
    children = tuple(uneven_tree(rng, table, depth - 1, keys) for _ in range(rng.randint(0, 5))) if depth else ()
    scale = rng.choice([3, 12, 30, 80, 200])
    has_own = not children or rng.random() < 0.4
    own = [rng.randint(0, scale) // rng.choice([1, 1, 3, 10]) if has_own else 0 for _ in table.parts]
    not_assessed = rng.randint(0, 4) if sum(own) else 0
    counts = tuple(one + sum(child.counts[table.name][i] for child in children) for i, one in enumerate(own))
    return Node(key, sum(own) + not_assessed + sum(child.people for child in children), {table.name: counts}, children)


def test_attack_on_many_trees_finds_cells_only_without_complementary_hiding() -> None:
    tables = [COLOURS, ALERTS, Table("six", tuple("abcdef"), is_health_content=True)]
    attacked = fell = fell_when_careless = 0
    for seed in range(200):
        rng, table = random.Random(seed), tables[seed % 3]
        tree = uneven_tree(rng, table, rng.choice([1, 2, 3]), iter(range(1, 10_000)))
        row = publish(tree, [table], K)
        if len(flat(row)) > 30:
            continue
        check_shown_and_margins(row, tree, table)
        careless = with_primary_only(row, all_counts(row, tree, table), table) if row.people is not None else row
        attacked += 1
        fell += bool(fallen(row, table))
        fell_when_careless += bool(fallen(careless, table))
    assert (attacked > 150, fell, fell_when_careless > 80) == (True, 0, True)


def test_publish_says_the_same_twice() -> None:
    tree = uneven_tree(random.Random(7), COLOURS, 4, iter(range(1, 10_000)))
    assert publish(tree, [COLOURS], K) == publish(tree, [COLOURS], K)

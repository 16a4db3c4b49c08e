"""Which numbers of a tree of units may be shown, so that no small group can be read off or worked out. Pure.

A `Table` splits a base into parts that add up to it: the people assessed into colours, for example. The base itself is
coverage and is shown; a part is health content when the table says so. Sums hold in both directions - parts over the
base, children over the parent - so hiding a cell is only worth something when no sum gives it back:

1. Siblings below `smallest_group` people are joined until every row counts at least that many. The people who sit
   directly in a unit with subunits count as one more child, since everybody can subtract.
2. A cell n of N is open when n >= k and N - n >= k (which hides 0 % and 100 % too); without health content when N >= 5. There a shown
   0 tells that it is 0 in every row below as well: that nobody of a unit is missing is meant to be seen.
3. Within a row the hidden parts together are again an open cell, or all are hidden.
4. What is hidden in a row is hidden in all rows below it.
5. Among siblings the hidden parts are nested: with the parts in one order, each row hides a beginning of it. The rows
   that hide a part are at least two, and together open, for this part and for all hidden before it.

So hidden cells form nested rectangles whose margins are all open cells; every difference that isolates a set of hidden
cells is a sum of such margins. tests/core/test_suppression.py attacks the result with linear algebra.

A table that `needs` another one is hidden whole in each row in which anything of that one is hidden, and in others with it by the same
rules: where it is shown, nothing of the other is left to be taken apart. A chain (`steps_shown`) is a table of one row whose parts are
told as running totals.

All hidden cells carry the same reason: to say which is small and which only protects it would give the numbers away.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

COVERAGE_FLOOR = 5
SMALL_GROUP = "small_group"
NOBODY = "nobody"


@dataclass(frozen=True)
class Table:
    """Parts that add up to a base. `is_health_content` decides which of the two rules opens a cell; `needs` names a table before it."""

    name: str
    parts: tuple[str, ...]
    is_health_content: bool
    needs: str = ""


@dataclass(frozen=True)
class Node:
    """A unit: `people` and `counts` ({table: one count per part}) of its whole subtree."""

    key: int
    people: int
    counts: Mapping[str, tuple[int, ...]]
    children: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Cell:
    """`count` is None where `hidden` says why; `base` is None only where the whole tree is too small to be shown."""

    count: int | None
    base: int | None
    hidden: str = ""


@dataclass(frozen=True)
class Row:
    """What is shown of one unit, or of siblings together: `whole` units, and `own` ones counted without their subunits."""

    whole: tuple[int, ...]
    own: tuple[int, ...]
    people: int | None
    cells: Mapping[str, Mapping[str, Cell]]
    children: tuple["Row", ...]


def publish(tree: Node, tables: Sequence[Table], smallest_group: int) -> Row:
    """The rows that may be shown of a tree. A tree of fewer people than the smallest group shows nothing at all.

    Raises ValueError when children count more than their parent, or a count is negative.
    """
    root = _Group(whole=(tree.key,), own=(), people=tree.people, counts=dict(tree.counts), trunk=tree)
    if tree.people < smallest_group:
        cells = {table.name: {part: Cell(None, None, SMALL_GROUP) for part in table.parts} for table in tables}
        return Row(whole=root.whole, own=(), people=None, cells=cells, children=())
    _grow(root, smallest_group)
    for table in tables:
        _Protection(table, smallest_group).of_root(root)
    return _row(root, tables)


def steps_shown(base: int, steps: Sequence[int], smallest_group: int) -> list[bool]:
    """Which steps of a chain may be shown: of the people of `base` so many came to the first, of these so many to the second, and so on.

    What lies between two numbers that are shown, or below the last one, is at least the smallest group: together these are parts of the
    base, each of them open. The first steps go before later ones.
    """
    found, before = [], base
    for count in steps:
        is_shown = count >= smallest_group and before - count >= smallest_group
        found.append(is_shown)
        before = count if is_shown else before
    return found


@dataclass
class _Group:
    """A row in the making. `trunk` is the one member whose children stand below it; `hides` {table: hidden part numbers}."""

    whole: tuple[int, ...]
    own: tuple[int, ...]
    people: int
    counts: dict[str, tuple[int, ...]]
    trunk: Node | None = None
    leaves: tuple["_Group", ...] = ()
    children: list["_Group"] = field(default_factory=list)
    hides: dict[str, frozenset[int]] = field(default_factory=dict)


def _row(group: _Group, tables: Sequence[Table]) -> Row:
    cells = {}
    for table in tables:
        counts, base = group.counts[table.name], sum(group.counts[table.name])
        hidden = group.hides.get(table.name, frozenset())
        cells[table.name] = {
            part: Cell(None, base, NOBODY if not base else SMALL_GROUP) if not base or number in hidden else Cell(counts[number], base)
            for number, part in enumerate(table.parts)
        }
    below = tuple(_row(child, tables) for child in group.children)
    return Row(whole=group.whole, own=group.own, people=group.people, cells=cells, children=below)


def _grow(group: _Group, smallest_group: int) -> None:
    """Give a group its children, small ones joined, all the way down. Members without subunits go on as leaves."""
    if group.trunk is None or not group.trunk.children:
        return
    below = [_of_node(child) for child in group.trunk.children]
    below.append(_own_people(group.trunk))
    group.children = _joined([one for one in (*below, *group.leaves) if one.people], smallest_group)
    for child in group.children:
        _grow(child, smallest_group)


def _of_node(node: Node) -> _Group:
    return _Group(whole=(node.key,), own=(), people=node.people, counts=dict(node.counts), trunk=node)


def _own_people(node: Node) -> _Group:
    """The people of a unit who are in none of its subunits."""
    people = node.people - sum(child.people for child in node.children)
    counts = {
        table: tuple(count - sum(child.counts[table][number] for child in node.children) for number, count in enumerate(counts))
        for table, counts in node.counts.items()
    }
    if people < 0 or any(count < 0 for parts in counts.values() for count in parts):
        raise ValueError(f"The children of {node.key} count more than it does.")
    return _Group(whole=(), own=(node.key,), people=people, counts=counts)


def _joined(groups: list[_Group], smallest_group: int) -> list[_Group]:
    """The same people in groups of at least the smallest size; together they are enough, since their parent is."""
    large = [group for group in groups if group.people >= smallest_group]
    small = sorted((group for group in groups if group.people < smallest_group), key=_size)
    bundles: list[list[_Group]] = []
    bundle: list[_Group] = []
    for group in small:
        bundle.append(group)
        if sum(one.people for one in bundle) >= smallest_group:
            bundles.append(bundle)
            bundle = []
    if bundle and bundles:
        bundles[-1] += bundle
    elif bundle:
        host = min(large, key=_size)
        large[large.index(host)] = _together([host, *bundle], host)
    return sorted(large + [_together(bundle) for bundle in bundles], key=lambda group: (group.whole, group.own))


def _size(group: _Group) -> tuple:
    return (group.people, group.whole, group.own)


def _together(members: list[_Group], host: _Group | None = None) -> _Group:
    """One group of several. Only a large host may have rows below it; there the others join as leaves."""
    trunk = host.trunk if host and host.trunk and host.trunk.children else None
    return _Group(
        whole=tuple(key for one in members for key in one.whole),
        own=tuple(key for one in members for key in one.own),
        people=sum(one.people for one in members),
        counts={table: _added(one.counts[table] for one in members) for table in members[0].counts},
        trunk=trunk,
        leaves=tuple(_without_trunk(one) for one in members if one is not host) if trunk else (),
    )


def _without_trunk(group: _Group) -> _Group:
    return _Group(whole=group.whole, own=group.own, people=group.people, counts=group.counts)


def _added(counts: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*counts, strict=True)))


class _Protection:
    """The rules 2 to 5 for one table."""

    def __init__(self, table: Table, smallest_group: int) -> None:
        self.table = table
        self.smallest_group = smallest_group

    def of_root(self, root: _Group) -> None:
        counts = self._counts(root)
        order = self._order(counts, frozenset())
        self._settle(root, order, self._level([counts], order, self._least(root)))

    def is_open(self, part: int, base: int) -> bool:
        if self.table.is_health_content:
            return part >= self.smallest_group and base - part >= self.smallest_group
        return base >= COVERAGE_FLOOR

    def _least(self, group: _Group) -> int:
        """How many parts a row has to hide because something of the table that is needed is hidden in it: all, or none."""
        return len(self.table.parts) if self.table.needs and group.hides.get(self.table.needs) else 0

    def _settle(self, group: _Group, order: list[int], level: int) -> None:
        """Hide the first `level` parts of a row, then go down."""
        hidden = frozenset(order[:level])
        group.hides[self.table.name] = hidden
        children = [child for child in group.children if sum(self._counts(child))]
        if not children:
            return
        below = self._order(self._counts(group), hidden)
        least = [max(len(hidden), self._least(child)) for child in children]
        levels = self._levels([self._counts(child) for child in children], below, least, len(hidden))
        for child, child_level in zip(children, levels, strict=True):
            self._settle(child, below, child_level)

    def _counts(self, group: _Group) -> tuple[int, ...]:
        return group.counts[self.table.name]

    def _order(self, counts: tuple[int, ...], hidden: frozenset[int]) -> list[int]:
        """The parts in the order in which they are hidden: what is hidden above, then the smallest first."""
        return sorted(range(len(counts)), key=lambda part: (part not in hidden, counts[part], part))

    def _level(self, rows: list[tuple[int, ...]], order: list[int], at_least: int) -> int:
        """How many parts of the order some rows, taken together, have to hide (rules 2 and 3)."""
        counts = _added(rows)
        base = sum(counts)
        closed = [place for place, part in enumerate(order) if not self.is_open(counts[part], base)]
        level = max([at_least, *(place + 1 for place in closed)])
        while 0 < level < len(order) and (level == 1 or not self._beginning_is_open(counts, order, level)):
            level += 1
        return level

    def _beginning_is_open(self, counts: tuple[int, ...], order: list[int], level: int) -> bool:
        return self.is_open(sum(counts[part] for part in order[:level]), sum(counts))

    def _levels(self, rows: list[tuple[int, ...]], order: list[int], least: list[int], inherited: int) -> list[int]:
        """The level of each sibling (rule 5), each its `least` or more: rows are raised until the group that hides a part is open together."""
        levels = [self._level([row], order, lowest) for row, lowest in zip(rows, least, strict=True)]
        by_size = sorted(range(len(rows)), key=lambda place: (sum(rows[place]), place))
        level = len(order)
        while level > inherited:
            hiding = {place for place, found in enumerate(levels) if found >= level}
            if not hiding or self._is_safe(rows, levels, order, level, hiding):
                level -= 1
                continue
            others = [place for place in by_size if place not in hiding]
            enough = (place for place in others if self._is_safe(rows, levels, order, level, hiding | {place}))
            chosen = next(enough, others[0])
            levels[chosen] = self._level([rows[chosen]], order, level)
            level = len(order)
        return levels

    def _is_safe(self, rows: list[tuple[int, ...]], levels: list[int], order: list[int], level: int, hiding: set[int]) -> bool:
        """Whether the rows that hide the part at `level` keep it, and everything before it, among themselves."""
        if len(hiding) == len(rows):
            return True
        if len(hiding) < 2:
            return False
        counts = _added(rows[place] for place in hiding)
        if not self.is_open(counts[order[level - 1]], sum(counts)):
            return False
        reaches_further = any(found >= level - 1 for place, found in enumerate(levels) if place not in hiding)
        return level == 1 or not reaches_further or self._beginning_is_open(counts, order, level - 1)

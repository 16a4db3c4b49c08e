"""From counted facts to rows that may be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from healthmgmt.core.suppression import Node, Row, publish
from healthmgmt.insight.metrics import Metric, Registry

Count = tuple[int, int]
Facts = Mapping[int, Mapping[str, Count]]
PEOPLE = "covered"


@dataclass(frozen=True)
class Publication:
    """A row for `PublishedRow`: `parent` is the place of its parent in the list, None for the first."""

    unit: int
    parent: int | None
    units: tuple[int, ...]
    own_units: tuple[int, ...]
    people: int | None
    cells: dict[str, dict[str, Any]]


def publications(parents: Mapping[int, int | None], facts: Facts, registry: Registry, smallest_group: int) -> list[Publication]:
    """All rows of a tree, parents first. `parents` gives each unit's parent, `facts` (numerator, denominator) by metric.

    Raises ValueError without exactly one root, or when parts do not add up.
    """
    roots = [unit for unit, parent in parents.items() if parent is None]
    if len(roots) != 1:
        raise ValueError(f"The tree has {len(roots)} roots.")
    children: dict[int, list[int]] = {unit: [] for unit in parents}
    for unit, parent in parents.items():
        if parent is not None:
            children[parent].append(unit)
    writer = _Writer(children, facts, registry)
    writer.add(publish(_node(roots[0], children, facts, registry), registry.tables(), smallest_group), None, roots[0])
    return writer.found


def _node(unit: int, children: Mapping[int, Sequence[int]], facts: Facts, registry: Registry) -> Node:
    below = tuple(_node(child, children, facts, registry) for child in sorted(children[unit]))
    counts = {table.name: _parts(facts[unit], registry.members(table.name)) for table in registry.tables()}
    return Node(unit, facts[unit][PEOPLE][1], counts, below)


def _parts(counted: Mapping[str, Count], members: Sequence[Metric]) -> tuple[int, ...]:
    numerators = tuple(counted[metric.slug][0] for metric in members)
    base = counted[members[0].slug][1]
    if len(members) == 1:
        return (*numerators, base - numerators[0])
    if sum(numerators) != base:
        raise ValueError(f"The parts of {members[0].table} do not add up to {base}.")
    return numerators


class _Writer:
    """Walks the published tree and adds up the counts of each row's members."""

    def __init__(self, children: Mapping[int, Sequence[int]], facts: Facts, registry: Registry) -> None:
        self.children = children
        self.facts = facts
        self.registry = registry
        self.found: list[Publication] = []

    def add(self, row: Row, parent: int | None, unit: int) -> None:
        place = len(self.found)
        cells = {metric.slug: self._cell(row, metric) for metric in self.registry.metrics}
        self.found.append(Publication(unit, parent, row.whole, row.own, row.people, cells))
        for child in row.children:
            self.add(child, place, (*child.whole, *child.own)[0])

    def _cell(self, row: Row, metric: Metric) -> dict[str, Any]:
        leading = self.registry.metric(metric.follows) if metric.follows else metric
        shown = row.cells[leading.table][leading.slug]
        if shown.base is None:
            return {"numerator": None, "denominator": None, "hidden": shown.hidden}
        numerator, denominator = self._count(row, metric.slug)
        return {"numerator": None if shown.hidden else numerator, "denominator": denominator, "hidden": shown.hidden}

    def _count(self, row: Row, slug: str) -> Count:
        counts = [self.facts[unit][slug] for unit in row.whole] + [self._own(unit, slug) for unit in row.own]
        return sum(one for one, _ in counts), sum(base for _, base in counts)

    def _own(self, unit: int, slug: str) -> Count:
        numerator, denominator = self.facts[unit][slug]
        below = [self.facts[child][slug] for child in self.children[unit]]
        return numerator - sum(one for one, _ in below), denominator - sum(base for _, base in below)

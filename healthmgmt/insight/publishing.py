"""From counted facts to rows that may be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP, Node, Row, publish
from healthmgmt.insight import wholes
from healthmgmt.insight.coupled import Coupled
from healthmgmt.insight.metrics import Metric, Registry, leaves_rest

Count = tuple[int, int]
Facts = Mapping[int, Mapping[str, Count]]
PEOPLE = "covered"


@dataclass(frozen=True)
class Publication:
    """A row for `PublishedRow`: `parent` is the place of its parent in the list, None for the first, which alone has a `whole`."""

    unit: int
    parent: int | None
    units: tuple[int, ...]
    own_units: tuple[int, ...]
    people: int | None
    cells: dict[str, dict[str, Any]]
    whole: dict[str, Any]


def publications(
    parents: Mapping[int, int | None],
    facts: Facts,
    registry: Registry,
    smallest_group: int,
    hidden_before: frozenset[str] | None = None,
) -> list[Publication]:
    """All rows of a tree, parents first. `parents` gives each unit's parent, `facts` (numerator, denominator) by metric.

    `hidden_before` are the metrics that are hidden at the top of the period before, None when nothing is published of it.
    Raises ValueError without exactly one root, or when parts do not add up.
    """
    roots = [unit for unit, parent in parents.items() if parent is None]
    if len(roots) != 1:
        raise ValueError(f"The tree has {len(roots)} roots.")
    children: dict[int, list[int]] = {unit: [] for unit in parents}
    for unit, parent in parents.items():
        if parent is not None:
            children[parent].append(unit)
    writer = _Writer(children, facts, registry, smallest_group, hidden_before)
    writer.add(publish(_node(roots[0], children, facts, registry), registry.tables(), smallest_group), None, roots[0])
    return writer.found


def _node(unit: int, children: Mapping[int, Sequence[int]], facts: Facts, registry: Registry) -> Node:
    below = tuple(_node(child, children, facts, registry) for child in sorted(children[unit]))
    counts = {table.name: _parts(facts[unit], registry.members(table.name)) for table in registry.tables()}
    return Node(unit, facts[unit][PEOPLE][1], counts, below)


def _parts(counted: Mapping[str, Count], members: Sequence[Metric]) -> tuple[int, ...]:
    numerators = tuple(counted[metric.slug][0] for metric in members)
    base = counted[members[0].slug][1]
    if leaves_rest(members):
        return (*numerators, base - sum(numerators))
    if sum(numerators) != base:
        raise ValueError(f"The parts of {members[0].table} do not add up to {base}.")
    return numerators


class _Writer:
    """Walks the published tree and adds up the counts of each row's members."""

    def __init__(
        self,
        children: Mapping[int, Sequence[int]],
        facts: Facts,
        registry: Registry,
        smallest_group: int,
        hidden_before: frozenset[str] | None,
    ) -> None:
        self.children = children
        self.facts = facts
        self.registry = registry
        self.smallest_group = smallest_group
        self.hidden_before = hidden_before
        self.found: list[Publication] = []
        self.open: dict[str, frozenset[int]] = {}

    def add(self, row: Row, parent: int | None, unit: int) -> None:
        place = len(self.found)
        if parent is None:
            self.open = {metric.table: self._coupled(metric).decide(row) for metric in self.registry.metrics if metric.within}
        told = [metric for metric in self.registry.metrics if parent is None or metric.scope == "tree"]
        cells = {metric.slug: self._told(row, metric) for metric in told}
        whole = wholes.published(self.facts[unit], cells, self.smallest_group) if parent is None and row.people is not None else {}
        self.found.append(Publication(unit, parent, row.whole, row.own, row.people, cells, whole))
        for child in row.children:
            self.add(child, place, (*child.whole, *child.own)[0])

    def _told(self, row: Row, metric: Metric) -> dict[str, Any]:
        if metric.within:
            return self._share_of_colours(row, metric)
        return self._share(row, metric) if metric.share_of else self._cell(row, metric)

    def _coupled(self, metric: Metric) -> Coupled:
        one, other = metric.share_of
        colours = self.registry.metric(metric.within[0]).table
        return Coupled(lambda row: (self._count(row, one)[0], self._count(row, other)[0]), colours, metric.within, self.smallest_group)

    def _share_of_colours(self, row: Row, metric: Metric) -> dict[str, Any]:
        """Of the people of some colours; a hidden cell has no denominator, which is health content."""
        if id(row) not in self.open[metric.table]:
            return {"numerator": None, "denominator": None, "hidden": SMALL_GROUP}
        whole = sum(self._count(row, slug)[0] for slug in metric.share_of)
        return {"numerator": self._count(row, metric.slug)[0], "denominator": whole, "hidden": ""}

    def _cell(self, row: Row, metric: Metric) -> dict[str, Any]:
        leading = self.registry.metric(metric.follows) if metric.follows else metric
        shown = row.cells[leading.table][leading.slug]
        if shown.base is None:
            return {"numerator": None, "denominator": None, "hidden": shown.hidden}
        numerator, denominator = self._count(row, metric.slug)
        return {"numerator": None if shown.hidden else numerator, "denominator": denominator, "hidden": shown.hidden}

    def _share(self, row: Row, metric: Metric) -> dict[str, Any]:
        """A share of several metrics together: shown where all of them and what is left of the base may be.

        Its denominator is health content, so a hidden cell has none.
        """
        base = row.cells[metric.table][metric.slug].base
        if base is not None and not base:
            return {"numerator": None, "denominator": None, "hidden": NOBODY}
        shares = [self.registry.metric(slug) for slug in metric.share_of]
        is_hidden = base is None or any(row.cells[one.table][one.slug].hidden for one in shares)
        whole = 0 if is_hidden else sum(self._count(row, one.slug)[0] for one in shares)
        if is_hidden or not self.smallest_group <= whole <= base - self.smallest_group or self._splits_hidden(metric):
            return {"numerator": None, "denominator": None, "hidden": SMALL_GROUP}
        return {"numerator": self._count(row, metric.slug)[0], "denominator": whole, "hidden": ""}

    def _splits_hidden(self, metric: Metric) -> bool:
        """Whether the denominator would take the colours that are hidden in the period before apart.

        It is their sum over `baseline`: it tells nothing new only while all that is hidden lies on one side of it.
        """
        if not metric.baseline:
            return False
        if self.hidden_before is None:
            return True
        table = self.registry.metric(metric.baseline[0]).table
        hidden = self.hidden_before & {one.slug for one in self.registry.members(table)}
        return 0 < len(hidden & set(metric.baseline)) < len(hidden)

    def _count(self, row: Row, slug: str) -> Count:
        counts = [self.facts[unit][slug] for unit in row.whole] + [self._own(unit, slug) for unit in row.own]
        return sum(one for one, _ in counts), sum(base for _, base in counts)

    def _own(self, unit: int, slug: str) -> Count:
        numerator, denominator = self.facts[unit][slug]
        below = [self.facts[child][slug] for child in self.children[unit]]
        return numerator - sum(one for one, _ in below), denominator - sum(base for _, base in below)


def holds_health_content(cells: Mapping[str, Mapping[str, Any]], registry: Registry) -> bool:
    """Whether a published row of the whole organisation tells, or hides, anything about somebody's health.

    While nobody is assessed it does not, and neither does one of too few people to show anything at all.
    """
    health = [metric for metric in registry.metrics if metric.sensitivity == "health"]
    found = [cells[metric.slug] for metric in health if metric.slug in cells]
    is_shown = any(cell["numerator"] is not None for cell in found)
    colours = [cells[metric.slug] for metric in health if metric.denominator == "assessed" and metric.slug in cells]
    return is_shown or any(cell["denominator"] for cell in colours)

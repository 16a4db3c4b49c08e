"""From counted facts to rows that may be shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from healthmgmt.core.suppression import NOBODY, SMALL_GROUP, Cell, Node, Row, Table, publish, steps_shown
from healthmgmt.insight.metrics import Metric, Registry, leaves_rest

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


NOTHING: Count = (0, 0)


def publications(
    parents: Mapping[int, int | None],
    facts: Facts,
    registry: Registry,
    smallest_group: int,
    hidden_before: frozenset[str] | None = None,
) -> list[Publication]:
    """All rows of a tree, parents first. `parents` gives each unit's parent, `facts` (numerator, denominator) by metric; what is missing
    counts nobody.

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
    tree = publish(_tree(roots[0], children, facts, registry), registry.tables("tree"), smallest_group)
    whole = publish(_node(roots[0], facts, registry.tables("whole"), registry), registry.tables("whole"), smallest_group)
    writer.add_top(tree, whole, roots[0])
    return writer.found


def _tree(unit: int, children: Mapping[int, Sequence[int]], facts: Facts, registry: Registry) -> Node:
    below = tuple(_tree(child, children, facts, registry) for child in sorted(children[unit]))
    return _node(unit, facts, registry.tables("tree"), registry, below)


def _node(unit: int, facts: Facts, tables: Sequence[Table], registry: Registry, below: tuple[Node, ...] = ()) -> Node:
    counted = facts.get(unit, {})
    counts = {table.name: _parts(counted, registry.members(table.name)) for table in tables}
    return Node(unit, counted.get(PEOPLE, NOTHING)[1], counts, below)


def _parts(counted: Mapping[str, Count], members: Sequence[Metric]) -> tuple[int, ...]:
    numerators = tuple(counted.get(metric.slug, NOTHING)[0] for metric in members)
    base = counted.get(members[0].slug, NOTHING)[1]
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
        # Of hazards that nobody works under nothing is said anywhere.
        self.hazards = {one.hazard for one in registry.metrics if one.hazard and any(counted.get(one.slug, NOTHING)[1] for counted in facts.values())}
        self.found: list[Publication] = []

    def add_top(self, tree: Row, whole: Row, unit: int) -> None:
        """The whole organisation, with what is told of it alone, and everything below it."""
        top = Row(tree.whole, tree.own, tree.people, {**tree.cells, **whole.cells}, tree.children)
        self.add(top, None, unit)
        for chain in self.registry.chains():
            self.found[0].cells.update(self._chain(top, self.registry.members(chain)))

    def add(self, row: Row, parent: int | None, unit: int) -> None:
        place = len(self.found)
        told = [metric for metric in self.registry.metrics if (parent is None or metric.scope == "tree") and not metric.is_chain]
        told = [metric for metric in told if not metric.hazard or metric.hazard in self.hazards]
        cells = {metric.slug: self._share(row, metric) if metric.share_of else self._cell(row, metric) for metric in told}
        self.found.append(Publication(unit, parent, row.whole, row.own, row.people, cells))
        for child in row.children:
            self.add(child, place, (*child.whole, *child.own)[0])

    def _chain(self, row: Row, steps: Sequence[Metric]) -> dict[str, dict[str, Any]]:
        """Each step of a chain as a share of the base, or of the step it is said to be of; hidden where either is, or something it needs."""
        counted = self.facts.get(row.whole[0], {})
        counts = {step.slug: counted.get(step.slug, NOTHING)[0] for step in steps}
        base = counted.get(steps[0].slug, NOTHING)[1]
        shown = dict(zip(counts, steps_shown(base, list(counts.values()), self.smallest_group), strict=True))
        is_told = row.people is not None and not (steps[0].needs and any(cell.hidden for cell in row.cells[steps[0].needs].values()))
        found = {}
        for step in steps:
            is_shown = is_told and shown[step.slug] and shown.get(step.of, True)
            whole = counts.get(step.of, base) if is_shown else None
            hidden = "" if is_shown else SMALL_GROUP if base or row.people is None else NOBODY
            found[step.slug] = {"numerator": counts[step.slug] if is_shown else None, "denominator": whole, "hidden": hidden}
        return found

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
        together = {one.slug: one for one in (*shares, *self.registry.members(metric.table))}
        is_hidden = base is None or any(self._shown(row, one).hidden for one in together.values())
        whole = 0 if is_hidden else sum(self._count(row, slug)[0] for slug in together)
        if is_hidden or not self.smallest_group <= whole <= base - self.smallest_group or self._splits_hidden(metric):
            return {"numerator": None, "denominator": None, "hidden": SMALL_GROUP}
        return {"numerator": self._count(row, metric.slug)[0], "denominator": sum(self._count(row, one.slug)[0] for one in shares), "hidden": ""}

    def _shown(self, row: Row, metric: Metric) -> Cell:
        return row.cells[metric.table][metric.slug]

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
        counts = [self.facts.get(unit, {}).get(slug, NOTHING) for unit in row.whole] + [self._own(unit, slug) for unit in row.own]
        return sum(one for one, _ in counts), sum(base for _, base in counts)

    def _own(self, unit: int, slug: str) -> Count:
        numerator, denominator = self.facts.get(unit, {}).get(slug, NOTHING)
        below = [self.facts.get(child, {}).get(slug, NOTHING) for child in self.children[unit]]
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

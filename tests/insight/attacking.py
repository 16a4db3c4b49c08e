"""An attacker: takes published numbers, wherever they were read, and solves them for what is hidden.

They know the tree, who is due, and what each metric means; they add and subtract over parts, rows, tables and periods. Numbers are whole
and not below zero, so what adds up to nothing is nothing.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from healthmgmt.insight import flowing
from healthmgmt.insight.metrics import REST, Registry, leaves_rest

PRIME = (1 << 61) - 1
Variable = tuple[str, Hashable, str]
Row = tuple[dict[Variable, int], int]
COLOURS = ("red", "orange", "yellow", "blue", "green", "grey")
CHANGES = ("improved", "unchanged", "worsened", "no_follow_up")


@dataclass(frozen=True)
class Cell:
    """A number as it was read: of a period and a row, `above` the row that it is a part of; None where the page says that it is hidden."""

    period: str
    row: Hashable
    above: Hashable | None
    metric: str
    numerator: int | None
    denominator: int | None
    nobody: bool = False


@dataclass(frozen=True)
class ReadFlow:
    """A flow between colours as it was read, of the whole organisation."""

    period: str
    row: Hashable
    source: str
    target: str
    people: int


class Attack:
    """Everything that follows from some cells. `before` gives each period the one before it."""

    def __init__(self, cells: Iterable[Cell], flows: Iterable[ReadFlow], registry: Registry, before: Mapping[str, str]) -> None:
        self.registry = registry
        self.cells = {(cell.period, cell.row, cell.metric): cell for cell in cells}
        self.flows = list(flows)
        self.before = before
        self.above = {(cell.period, cell.row): cell.above for cell in self.cells.values()}
        self.tops = {period: row for (period, row), above in self.above.items() if above is None}
        self.known: dict[Variable, int] = {}
        self.equations: list[Row] = []
        self._read()
        self._add_up()
        self.rows = _solved(self._reduced(row) for row in self.equations)
        self.told = _alone(self.rows)

    def found(self, smallest_group: int) -> dict[Variable, int]:
        """What is told though it is hidden, and every group of people too small to be told: health content only."""
        hidden = {self._count(cell) for cell in self.cells.values() if self._is_secret(cell)}
        found = {variable: value for variable, value in self.told.items() if variable in hidden}
        for variable, base in self._groups():
            value = self._value(variable)
            # Where the base counts nobody, everybody may know that nobody is in its parts.
            if value is not None and value < smallest_group and self._value((*variable[:2], base)) != 0:
                found[variable] = value
        return found

    def _is_secret(self, cell: Cell) -> bool:
        return cell.numerator is None and not cell.nobody and self.registry.metric(cell.metric).sensitivity == "health"

    def _count(self, cell: Cell) -> Variable:
        return (cell.period, cell.row, self.registry.metric(cell.metric).numerator)

    def _base(self, cell: Cell) -> Variable:
        return (cell.period, cell.row, self.registry.metric(cell.metric).denominator)

    def _read(self) -> None:
        """Numbers that stand there, as such or as the sum of a share's parts."""
        for cell in self.cells.values():
            metric = self.registry.metric(cell.metric)
            if cell.numerator is not None:
                self.known[self._count(cell)] = cell.numerator
            if cell.nobody:
                self.known[self._base(cell)] = 0
            elif cell.denominator is not None and metric.of:
                self.known[cell.period, cell.row, self.registry.metric(metric.of).numerator] = cell.denominator
            elif cell.denominator is not None and metric.share_of:
                parts = {(cell.period, cell.row, self.registry.metric(slug).numerator): 1 for slug in metric.share_of}
                self.equations.append((parts, cell.denominator))
            elif cell.denominator is not None:
                self.known[self._base(cell)] = cell.denominator
        for flow in self.flows:
            if flow.target != flowing.OTHER:
                self.known[flow.period, flow.row, f"flow_{flow.source}_{flow.target}"] = flow.people

    def _add_up(self) -> None:
        for period, row in self.above:
            self._add_up_row(period, row)
        for period, top in self.tops.items():
            self._add_up_whole(period, top)
        self._add_up_tree()

    def _add_up_row(self, period: str, row: Hashable) -> None:
        """Parts and their bases, and what two tables count alike."""
        for table in self.registry.tables():
            members = self.registry.members(table.name)
            if (period, row, members[0].slug) not in self.cells:
                continue
            parts = {(period, row, one.numerator): 1 for one in members}
            if leaves_rest(members):
                parts[period, row, f"{REST}:{table.name}"] = 1
            self._equal(parts, {(period, row, members[0].denominator): 1})
        for left, right in (
            (("alerts_any",), ("alerted", "settled")),
            (("followed_up", "not_followed_up"), ("red", "orange")),
            *(((change,), (f"enrolled_{change}", f"others_{change}")) for change in CHANGES),
        ):
            self._equal({(period, row, name): 1 for name in left}, {(period, row, name): 1 for name in right})
        for chain in self.registry.chains():
            steps = self.registry.members(chain)
            if (period, row, steps[0].slug) in self.cells:
                above = (period, row, steps[0].denominator)
                for step in steps:
                    here = (period, row, step.numerator)
                    self._equal({here: 1, (period, row, f"before:{step.slug}"): 1}, {above: 1})
                    above = here

    def _add_up_whole(self, period: str, top: Hashable) -> None:
        """Flows, and what they say of the colours of both periods and of people at risk."""

        def flow(place: tuple[str, str]) -> Variable:
            return (period, top, f"flow_{'_'.join(place)}")

        earlier = self.before.get(period)
        if earlier in self.tops:
            # Who is compared is everybody who was assessed in the period before.
            self._equal({(period, top, "compared"): 1}, {(earlier, self.tops[earlier], "assessed"): 1})
        for colour in COLOURS if earlier in self.tops else ():
            self._equal({flow(place): 1 for place in flowing.PLACES if place[1] == colour}, {(period, top, colour): 1})
            self._equal({flow(place): 1 for place in flowing.PLACES if place[0] == colour}, {(earlier, self.tops[earlier], colour): 1})
        for change in CHANGES:
            self._equal({flow(place): 1 for place in flowing.PLACES if flowing.became(place) == change}, {(period, top, change): 1})
        for one in self.flows:
            if one.period == period and one.target == flowing.OTHER:
                rest = {flow(place): 1 for place in flowing.PLACES if place[0] == one.source and flow(place) not in self.known}
                self.equations.append((rest, one.people))

    def _add_up_tree(self) -> None:
        """A row is the sum of those below it."""
        below: dict[tuple[str, Hashable], list[Hashable]] = {}
        for (period, row), above in self.above.items():
            if above is not None:
                below.setdefault((period, above), []).append(row)
        names = {name for one in self.registry.metrics if one.scope == "tree" for name in (one.numerator, one.denominator)}
        for (period, above), rows in below.items():
            for name in names:
                self._equal({(period, row, name): 1 for row in rows}, {(period, above, name): 1})

    def _equal(self, left: Mapping[Variable, int], right: Mapping[Variable, int]) -> None:
        self.equations.append(({**left, **{variable: -factor for variable, factor in right.items()}}, 0))

    def _reduced(self, row: Row) -> Row:
        factors, right = row
        return (
            {variable: factor % PRIME for variable, factor in factors.items() if variable not in self.known},
            (right - sum(factor * self.known[variable] for variable, factor in factors.items() if variable in self.known)) % PRIME,
        )

    def _value(self, variable: Variable) -> int | None:
        return self.known.get(variable, self.told.get(variable))

    def _groups(self) -> Iterable[tuple[Variable, str]]:
        """Every group of people that a table, a chain or a flow of health content takes apart, and the base of which it is a part."""
        for period, row in self.above:
            for table in self.registry.tables():
                members = self.registry.members(table.name)
                if table.is_health_content and (period, row, members[0].slug) in self.cells:
                    yield from (((period, row, one.numerator), one.denominator) for one in members)
                    if leaves_rest(members):
                        yield (period, row, f"{REST}:{table.name}"), members[0].denominator
            for chain in self.registry.chains():
                if (period, row, self.registry.members(chain)[0].slug) in self.cells:
                    yield from (((period, row, f"before:{one.slug}"), one.denominator) for one in self.registry.members(chain))
        for period in self.before:
            yield from (((period, self.tops[period], f"flow_{'_'.join(place)}"), "compared") for place in flowing.PLACES)


def found_in_funnel(stages: Mapping[Hashable, Sequence[int | None]], whole: Hashable, smallest_group: int) -> dict[Variable, int]:
    """What the stages of an activity tell of how few people stopped at one, and of stages that are hidden. Each stage holds those after it;
    the rows add up to the whole."""
    equations: list[Row] = []
    for row, counts in stages.items():
        for place, count in enumerate(counts):
            after = {("", row, f"stopped:{part}"): 1 for part in range(place, len(counts))}
            equations.append((after | {("", row, f"came:{place}"): PRIME - 1}, 0))
            equations += [({("", row, f"came:{place}"): 1}, count)] if count is not None else []
    for part in range(len(stages[whole])) if len(stages) > 1 else ():
        equations.append(({("", row, f"stopped:{part}"): PRIME - 1 if row == whole else 1 for row in stages}, 0))
    told = _alone(_solved(equations))
    hidden = {("", row, f"came:{place}") for row, counts in stages.items() for place, count in enumerate(counts) if count is None}
    few = {variable for variable, people in told.items() if "stopped" in variable[2] and people < smallest_group}
    return {one: told[one] for one in hidden & told.keys() | few if told.get(("", one[1], "came:0")) != 0}


def _solved(given: Iterable[Row]) -> list[Row]:
    """The equations in reduced form, by remainders of a large prime; each begins with a variable that no other one has."""
    by_pivot: dict[Variable, Row] = {}
    using: dict[Variable, set[Variable]] = {}
    for factors, right in given:
        for pivot in [variable for variable in factors if variable in by_pivot]:
            factors, right = _minus(factors, right, *by_pivot[pivot], pivot)
        if not factors:
            assert right == 0, "The published numbers contradict each other."
            continue
        pivot = next(iter(factors))
        inverse = pow(factors[pivot], -1, PRIME)
        factors, right = {variable: factor * inverse % PRIME for variable, factor in factors.items()}, right * inverse % PRIME
        for other in list(using.get(pivot, ())):
            if other in by_pivot and pivot in by_pivot[other][0]:
                by_pivot[other] = _minus(*by_pivot[other], factors, right, pivot)
                _note(using, by_pivot[other][0], other)
        by_pivot[pivot] = (factors, right)
        _note(using, factors, pivot)
    return list(by_pivot.values())


def _alone(rows: Iterable[Row]) -> dict[Variable, int]:
    """What stands by itself in a solved equation, and all of which the sum is nothing."""
    told = {}
    for factors, right in rows:
        if len(factors) == 1:
            told[next(iter(factors))] = right
        elif right == 0 and set(factors.values()) == {1}:
            told |= dict.fromkeys(factors, 0)
    return told


def _note(using: dict[Variable, set[Variable]], factors: Mapping[Variable, int], pivot: Variable) -> None:
    for variable in factors:
        using.setdefault(variable, set()).add(pivot)


def _minus(factors: Mapping[Variable, int], right: int, other: Mapping[Variable, int], value: int, pivot: Variable) -> Row:
    times = factors[pivot]
    left = dict(factors)
    for variable, factor in other.items():
        left[variable] = (left.get(variable, 0) - times * factor) % PRIME
    return {variable: factor for variable, factor in left.items() if factor}, (right - times * value) % PRIME


def cells_of(period: str, rows: Iterable, row_of: Callable) -> list[Cell]:
    """What a list of rows tells: `row_of` gives (row, above, cells) of each, as stored with `PublishedRow`."""
    found = []
    for one in rows:
        row, above, cells = row_of(one)
        found += [
            Cell(period, row, above, slug, cell["numerator"], cell["denominator"], cell["hidden"] == "nobody") for slug, cell in cells.items()
        ]
    return found

"""What a simulation came to, as it may be shown: no group smaller than the organisation's smallest can be read off or worked out."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from healthmgmt.core.suppression import Node, Row, Table, publish
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.risk import comparing, describing, drafts, editing, editions, simulating
from healthmgmt.risk.comparing import ARROW, NONE, WINDOW, Cause
from healthmgmt.risk.models import OwnEdition, PackDraft, Simulation
from healthmgmt.risk.packs import COLOURS, Line, Pack

CARED_FOR = ("red", "orange")
HIGHER, LOWER, SAME = "higher", "lower", "same"
UNITS = "moves"


@dataclass(frozen=True)
class ColourCount:
    """People of a colour before and after, None where a small group is hidden."""

    colour: str
    before: int | None
    after: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Move:
    """So many people change from one colour (`none`: no value that counts) to another."""

    before: str
    after: str
    people: int


@dataclass(frozen=True)
class CauseCount:
    """Something that the draft says otherwise, with how many people would change their colour were it the only thing. `people` is None
    below the smallest group. `before` and `after` are the lines in words, empty where there is none; `key` is `window` for how long
    values count."""

    key: str
    reason: str
    title: str
    before: str
    after: str
    colour_before: str
    colour_after: str
    source: str
    people: int | None
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class UnitMoves:
    """Units shown together: who gets a colour that asks for more, for less, or for as much; None where hidden. With `is_rest` they are
    counted without their subunits."""

    names: tuple[str, ...]
    is_rest: bool
    level: int
    people: int | None
    higher: int | None
    lower: int | None
    same: int | None


@dataclass(frozen=True)
class Capacity:
    """Red and orange people against so many case managers, each of whom can care for `limit`; None where hidden."""

    managers: int
    limit: int
    before: int | None
    after: int | None

    @property
    def each_before(self) -> int | None:
        return self._each(self.before)

    @property
    def each_after(self) -> int | None:
        return self._each(self.after)

    @property
    def over(self) -> int:
        """People of the draft beyond what the managers can care for."""
        return max(0, (self.after or 0) - self.managers * self.limit)

    @property
    def lacking(self) -> int:
        """Managers that the draft needs beyond those there are."""
        return math.ceil(self.over / self.limit)

    def _each(self, people: int | None) -> int | None:
        return math.ceil(people / self.managers) if people is not None and self.managers else None


@dataclass(frozen=True)
class Result:
    """`people` is None where there are too few to show anything. With `small_moves` some people move in groups too small to be told;
    they are counted where they were. `pack` and `edition` are what the draft was tried against."""

    as_of: date
    pack: str
    edition: str
    people: int | None
    smallest_group: int
    colours: tuple[ColourCount, ...]
    moves: tuple[Move, ...]
    small_moves: bool
    causes: tuple[CauseCount, ...]
    units: tuple[UnitMoves, ...]
    capacity: Capacity


def result(simulation: Simulation, language: str) -> Result:
    """What a finished simulation came to; stale where the draft is another by now. Raises ValueError while it runs."""
    if simulation.finished_at is None:
        raise ValueError("The simulation has not finished.")
    if simulation.fingerprint != simulation.draft.fingerprint:
        raise ValueError("The draft is not the one that was simulated.")
    return _result(simulating.evidence(simulation), simulation.draft, language)


def of_edition(edition: OwnEdition, language: str) -> Result:
    """What an edition was proposed with: its numbers and the case managers of that day."""
    return _result(edition.simulated, edition, language)


def _result(evidence: Mapping[str, Any], tried: PackDraft | OwnEdition, language: str) -> Result:
    against, counts, smallest = evidence["against"], evidence["counts"], organisation_settings().smallest_group
    parts = editions.parts(against["pack"], against["edition"])
    before = editions.load(against["pack"], against["edition"])
    after = editions.in_place(drafts.pack_of(tried), parts)
    whole, found = comparing.people(counts["moves"]), comparing.told(counts["moves"], smallest)
    colours = _colours(counts["moves"], found, smallest)
    cared = [_sum(getattr(one, side) for one in colours if one.colour in CARED_FOR) for side in ("before", "after")]
    teller = _Teller(before, after, language, smallest, editing.taken_away(drafts.texts_of(tried)))
    return Result(
        as_of=date.fromisoformat(against["as_of"]), pack=against["pack"], edition=against["edition"],
        people=whole if whole >= smallest else None, smallest_group=smallest, colours=colours, moves=_moves(found),
        small_moves=any(found.get(move, 0) != count for move, count in counts["moves"].items() if len(set(move.split(ARROW))) == 2),
        causes=teller.causes(counts), units=_units(counts, found, smallest),
        capacity=Capacity(evidence["managers"], evidence["limit"], *cared),
    )  # fmt: skip


def _sum(numbers: Iterable[int | None]) -> int | None:
    found = list(numbers)
    return None if None in found else sum(found)


def _colours(counts: Mapping[str, int], found: Mapping[str, int], smallest: int) -> tuple[ColourCount, ...]:
    """Highest colour first. After is before with the moves that are told."""
    before = comparing.sides(counts)[0]
    places = [place for place in comparing.PLACES if place != NONE or before[NONE]]
    table = Table("before", tuple(places), is_health_content=True)
    numbers = tuple(before[place] for place in places)
    cells = publish(Node(0, sum(numbers), {table.name: numbers}), [table], smallest).cells[table.name]
    told = []
    for colour in reversed(COLOURS):
        count = cells[colour].count
        coming = sum(people for move, people in found.items() if move.endswith(ARROW + colour))
        going = sum(people for move, people in found.items() if move.startswith(colour + ARROW))
        told.append(ColourCount(colour, count, None if count is None else count - going + coming))
    return tuple(told)


def _moves(found: Mapping[str, int]) -> tuple[Move, ...]:
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Move(*move.split(ARROW), people) for move, people in ranked)


def _units(counts: Mapping[str, Any], found: Mapping[str, int], smallest: int) -> tuple[UnitMoves, ...]:
    """The tree of units, parents first. A move counts here where it is told of the whole as it is; where none in a direction is, nobody
    moves that way in any unit, which is no secret of theirs and hides no other cell."""
    exact = [move for move, people in found.items() if counts["moves"][move] == people]
    higher, lower = (set(comparing.heavier(exact, weight)) for weight in (1, -1))
    directions = {part: moves for part, moves in ((HIGHER, higher), (LOWER, lower)) if moves}
    table = Table(UNITS, (*directions, SAME), is_health_content=True)
    units = {unit.pk: unit for unit in Unit.objects.order_by("path")}
    own = {}
    for pk in units:
        counted = counts["units"].get(str(pk), {})
        moving = [sum(counted.get(move, 0) for move in moves) for moves in directions.values()]
        own[pk] = (*moving, counted.get("people", 0) - sum(moving))
    tree = _tree(units, own)
    return tuple(_rows(publish(tree, [table], smallest), {pk: unit.name for pk, unit in units.items()}, 0)) if tree else ()


def _tree(units: Mapping[int, Unit], own: Mapping[int, tuple[int, ...]]) -> Node | None:
    children: dict[int | None, list[int]] = {}
    for pk, unit in units.items():
        children.setdefault(unit.parent_id, []).append(pk)

    def node(pk: int) -> Node:
        below = tuple(node(child) for child in children.get(pk, ()))
        numbers = tuple(map(sum, zip(own[pk], *(one.counts[UNITS] for one in below), strict=True)))
        return Node(pk, sum(numbers), {UNITS: numbers}, below)

    return node(children[None][0]) if None in children else None


def _rows(row: Row, names: Mapping[int, str], level: int) -> Iterator[UnitMoves]:
    cells = row.cells[UNITS]
    told = tuple(names[pk] for pk in (*row.whole, *row.own))
    none = None if row.people is None else 0
    counts = [cells[part].count if part in cells else none for part in (HIGHER, LOWER, SAME)]
    yield UnitMoves(told, bool(row.own) and not row.whole, level, row.people, *counts)
    for below in row.children:
        yield from _rows(below, names, level + 1)


@dataclass(frozen=True)
class _Teller:
    """Causes in words."""

    before: Pack
    after: Pack
    language: str
    smallest: int
    taken_away: Sequence[Mapping[str, str]]

    @cached_property
    def _found(self) -> dict[str, Cause]:
        return {cause.key: cause for cause in comparing.causes(self.before, self.after)}

    def causes(self, counts: Mapping[str, Any]) -> tuple[CauseCount, ...]:
        """In the order of the lines, how long values count last."""
        keys = [*(key for key in self._found if key in counts["causes"]), *(key for key in counts["causes"] if key == WINDOW)]
        return tuple(self._cause(key, counts) for key in keys)

    def _cause(self, key: str, counts: Mapping[str, Any]) -> CauseCount:
        moved = counts["causes"][key]
        # Those who stay, so that nothing small is told of them either.
        before, leaving = comparing.sides(counts["moves"])[0], comparing.sides(moved)[0]
        staying = {f"{place}{ARROW}{place}": before[place] - leaving[place] for place in before if before[place] > leaving[place]}
        found = comparing.told({**staying, **moved}, self.smallest)
        people = sum(found.values()) or None
        return CauseCount(key, *self._words(key), people, _moves(found))

    def _words(self, key: str) -> tuple[str, str, str, str, str, str, str]:
        if key == WINDOW:
            texts = [describing.months_text(pack, self.language) for pack in (self.before, self.after)]
            return "", "", *texts, "", "", ""
        lines = self._found[key].lines
        olds = [self._line(self.before, was) for was, _now in lines if was]
        news = [self._line(self.after, now) for _was, now in lines if now]
        first = (news or olds)[0]
        texts = [describing.joined([one.sentence for one in side], self.language) for side in (olds, news)]
        colours = [side[0].colour if side else "" for side in (olds, news)]
        return first.reason, first.title, *texts, *colours, news[0].source if news else self._why(key)

    def _why(self, key: str) -> str:
        return next((entry[f"source_{self.language}"] for entry in self.taken_away if entry["line"] == key), "")

    def _line(self, pack: Pack, line: Line) -> describing.LineText:
        return describing.line_text(pack, line, self.language)

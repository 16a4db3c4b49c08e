"""The smallest single change that gives a person a better colour, everything else the same. Pure.

Found by judging the person anew at every step of every lever (data/levers.toml) with the pack itself: no limit of a rule is
written here. A step is one that a person reads on paper; where a line of the pack on that value decides, the change goes just
past its limit. Two changes are compared in spreads between adults.

A change counts only if the colour is better and known (never grey), no reason is new (overweight is not exchanged for
underweight) and every score is still there (a value outside the range of a score is no improvement). What is known only as a
range (`>11.3`) is not moved: how far it is from a limit nobody knows.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np

from .judging import Uppers
from .levers import Lever, Levers, Part
from .measures import NO_UNIT, Column, Measures
from .packs import COLOURS, Line, Pack
from .scoring import REPORTED_BMI
from .stratification import GREEN, RANK, Outcome, evaluate

Array = np.ndarray
HABIT_SPREADS = 2.0
# Reported or computed, it is one number.
NO_SCORES = ("bmi", REPORTED_BMI)
MOST_STANDING = 2
# A number far out of everything is walked in longer steps; the limits of lines are met all the same.
MOST_STEPS = 160


@dataclass(frozen=True)
class Move:
    """A part from one number to another, both in `unit`: the unit of the paper, empty for the canonical one.

    `op` and `limit` are those of the line that the number no longer meets, `limit` None where the number is a step.
    """

    part: Part
    was: float
    value: float
    unit: str
    op: str = ""
    limit: float | None = None


@dataclass(frozen=True)
class Change:
    """One lever moved; `colour` is what the person's colour becomes, `size` in spreads."""

    lever: Lever
    moves: tuple[Move, ...]
    colour: str
    size: float


@dataclass(frozen=True)
class Improvement:
    """`changes`: of each lever that suffices alone the nearest change, the smallest first. Without any, `standing` holds up to
    two lines of the present colour that stand in the way, each about another thing."""

    changes: tuple[Change, ...] = ()
    standing: tuple[Line, ...] = ()

    @property
    def smallest(self) -> Change | None:
        return self.changes[0] if self.changes else None


@dataclass(frozen=True)
class _Reading:
    """A part as this person has it: `was` in `unit`, canonical = `was` x `ratio`, `step` in `unit`."""

    part: Part
    was: float
    unit: str
    ratio: float
    step: float

    def ways(self) -> Iterator[list[Move]]:
        """The steps in each direction, the nearest first."""
        last = self.was / self.step
        if self.part.down_to is not None:
            end = math.ceil(round(self.part.down_to / self.ratio / self.step, 6))
            yield self._walk(range(math.ceil(round(last, 6)) - 1, end - 1, -1))
        if self.part.up_to is not None:
            end = math.floor(round(self.part.up_to / self.ratio / self.step, 6))
            yield self._walk(range(math.floor(round(last, 6)) + 1, end + 1))

    def _walk(self, numbers: range) -> list[Move]:
        return [self._at(number) for number in numbers[:: len(numbers) // MOST_STEPS + 1]]

    def _at(self, number: int) -> Move:
        return Move(self.part, self.was, round(number * self.step, 6), self.unit)


def improve(pack: Pack, measures: Measures, uppers: Uppers, levers: Levers) -> Improvement:
    """`measures` of exactly one person; raises ValueError for more. Nothing for who is green, grey or not examined."""
    if measures.size != 1:
        raise ValueError("one person at a time")
    readings = {part.code: found for lever in levers.levers for part in lever.parts if (found := _reading(part, measures))}
    usable = [lever for lever in levers.levers if np.isnan(measures.value(lever.only_without)[0])]
    ways = [(part.code, way) for lever in usable for part in lever.parts if part.code in readings for way in readings[part.code].ways()]
    rows = [{move.part.code: move} for _code, way in ways for move in way]
    outcome = evaluate(pack, _moved(measures, [{}, *rows]), uppers)
    present = int(outcome.colour[0])
    if present <= GREEN:
        return Improvement()
    hits = _hits(outcome)
    stops = _stops(ways, outcome, hits)
    candidates = [(lever, moves) for lever in usable for moves in _combined(lever, stops)]
    changes = _sufficient(candidates, readings, _Judging(pack, measures, uppers, outcome)) if candidates else []
    if changes:
        return Improvement(tuple(changes))
    movable = {code for lever, _moves in candidates for code in lever.indicators}
    return Improvement(standing=_standing(outcome, hits[:, 0], movable, levers))


def applied(measures: Measures, change: Change) -> Measures:
    """The person with a change made."""
    return _moved(measures, [{move.part.code: move for move in change.moves}])


def _reading(part: Part, measures: Measures) -> _Reading | None:
    """None where the value is absent or known only as a range."""
    column = measures.column(part.code)
    if column is None or not column.exact[0] >= 0:
        return None
    value = float(column.value[0])
    if column.unit is not None and column.unit[0] != NO_UNIT:
        unit, reported = measures.units[column.unit[0]], float(column.reported[0])
        if unit in part.other_steps and reported > 0:
            return _Reading(part, reported, unit, value / reported, part.other_steps[unit])
    return _Reading(part, value, "", 1.0, part.step)


def _moved(measures: Measures, rows: Sequence[Mapping[str, Move]]) -> Measures:
    """The person once for each row, with the moves of that row made."""
    at = np.zeros(len(rows), dtype=np.int64)
    columns = {code: _repeated(column, at) for code, column in measures.columns.items()}
    for code in {code for row in rows for code in row}:
        places = [(place, row[code]) for place, row in enumerate(rows) if code in row]
        _set(columns, np.array([place for place, _move in places]), [move for _place, move in places])
    parts = {"sex": measures.sex[at], "birth": measures.birth[at], "north": measures.north[at], "urban": measures.urban[at]}
    days = measures.measured_on
    return replace(measures, columns=columns, measured_on=days if days.ndim == 0 else days[at], **parts)


def _repeated(column: Column, at: Array) -> Column:
    parts = {name: part for name, part in vars(column).items() if part is not None}
    return Column(**{name: part[at] for name, part in parts.items()})


def _set(columns: dict[str, Column], places: Array, moves: Sequence[Move]) -> None:
    """Moves of one part into its column, and into those that go with it; the columns are the rows' own."""
    part, numbers = moves[0].part, np.array([move.value for move in moves])
    column = columns[part.code]
    if moves[0].unit:
        column.value[places] *= numbers / moves[0].was
        column.reported[places] = numbers
    else:
        column.value[places] = numbers
        _forget_paper(column, places)
    for code in part.carries:
        if code in columns:
            columns[code].value[places] *= numbers / moves[0].was
            _forget_paper(columns[code], places)


def _forget_paper(column: Column, places: Array) -> None:
    """Canonical from now on."""
    if column.reported is not None:
        column.reported[places] = np.nan
    if column.unit is not None:
        column.unit[places] = NO_UNIT


def _hits(outcome: Outcome) -> Array:
    """bool by (line, row)."""
    nobody = np.zeros(outcome.measures.size, dtype=bool)
    return np.stack([nobody if judged is None else judged.hit for judged in outcome.judged])


def _stops(ways: Sequence[tuple[str, list[Move]]], outcome: Outcome, hits: Array) -> dict[str, list[Move]]:
    """By part the steps at which other lines are met than at the step before, and the numbers just past the limits of those lines."""
    stops: dict[str, list[Move]] = {}
    first = 1
    for code, way in ways:
        places = [0, *range(first, first + len(way))]
        first += len(way)
        for before, now in pairwise(places):
            if (hits[:, before] != hits[:, now]).any():
                step = way[now - places[1]]
                left = np.flatnonzero(hits[:, before] & ~hits[:, now])
                past = [_past(outcome, int(line), now, step) for line in left]
                stops.setdefault(code, []).extend([*(one for one in past if one), step])
    return stops


def _past(outcome: Outcome, number: int, row: int, step: Move) -> Move | None:
    """The number just past the limit of a line, where the line is about this value in this unit."""
    line, judged = outcome.pack.lines[number], outcome.judged[number]
    as_reported = judged.as_reported is not None and bool(judged.as_reported[row])
    if line.indicator != step.part.code or as_reported != bool(step.unit):
        return None
    limit = float(np.broadcast_to(judged.limit, outcome.colour.shape)[row])
    beside = {">=": np.nextafter(limit, -np.inf), "<=": np.nextafter(limit, np.inf)}.get(line.op, limit)
    return replace(step, value=float(beside), op=line.op, limit=limit)


@dataclass(frozen=True)
class _Judging:
    """The person as judged before, to compare with."""

    pack: Pack
    measures: Measures
    uppers: Uppers
    before: Outcome

    def better(self, rows: Sequence[Mapping[str, Move]]) -> tuple[Array, Array]:
        """Colours of rows, and which of them are better than the person's own."""
        outcome = evaluate(self.pack, _moved(self.measures, rows), self.uppers)
        is_better = (outcome.colour >= GREEN) & (outcome.colour < self.before.colour[0])
        is_better &= ~(_hits(outcome) & ~_hits(self.before)[:, :1]).any(axis=0)
        for name, values in outcome.scores.items():
            if name not in NO_SCORES and not np.isnan(self.before.scores[name][0]):
                is_better &= ~np.isnan(values)
        return outcome.colour, is_better


def _combined(lever: Lever, stops: Mapping[str, list[Move]]) -> list[tuple[Move, ...]]:
    """Every way in which the parts of a lever are moved to a stop or left as they are, at least one of them moved."""
    choices = [[None, *stops.get(part.code, ())] for part in lever.parts]
    return [moves for chosen in product(*choices) if (moves := tuple(move for move in chosen if move))]


def _sufficient(
    candidates: Sequence[tuple[Lever, tuple[Move, ...]]], readings: Mapping[str, _Reading], judging: _Judging
) -> list[Change]:
    """Of each lever the nearest change that suffices, the smallest first."""
    colours, is_better = judging.better([{move.part.code: move for move in moves} for _lever, moves in candidates])
    found = [
        Change(lever, moves, COLOURS[int(colour)], _size(lever, moves, readings))
        for (lever, moves), colour, suffices in zip(candidates, colours, is_better, strict=True)
        if suffices
    ]
    # A limit is said rather than a step that lies as near.
    found.sort(key=lambda change: (change.size, sum(move.limit is None for move in change.moves)))
    nearest: dict[str, Change] = {}
    for change in found:
        nearest.setdefault(change.lever.name, change)
    return list(nearest.values())


def _size(lever: Lever, moves: Sequence[Move], readings: Mapping[str, _Reading]) -> float:
    if lever.is_habit:
        return HABIT_SPREADS
    return sum(abs(move.value - move.was) * readings[move.part.code].ratio / move.part.spread for move in moves)


def _standing(outcome: Outcome, hits: Array, movable: Collection[str], levers: Levers) -> tuple[Line, ...]:
    """Lines of the present colour, each about another thing."""
    found: dict[str, Line] = {}
    for line, is_hit in zip(outcome.pack.lines, hits, strict=True):
        if is_hit and RANK[line.colour] == outcome.colour[0]:
            lever = levers.of(line.indicator)
            found.setdefault(lever.name if lever else line.indicator, line)
    lines = tuple(found.values())
    if len(lines) == 1 and outcome.incomplete[0] and lines[0].indicator in movable:
        # It can be moved, only no better colour is known then: what is missing stands in the way, and is told by itself.
        return ()
    return lines[:MOST_STANDING]

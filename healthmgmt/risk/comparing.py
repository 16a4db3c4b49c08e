"""Two packs on the same people: who changes colour, and because of which line. Pure; what comes out are counts.

Whether a line meets somebody is asked of everybody; what colour follows is asked again only of those for whom a changed line
meets or may meet otherwise than before. For everybody else all that `evaluate` goes by is the same, and so is their colour.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from .describing import same_but_lines
from .editing import key_of
from .judging import Judge, Uppers
from .measures import EXPOSURE, NO_UNIT, Column, Measures
from .packs import COLOURS, Line, Pack
from .stratification import Outcome, evaluate

Array = np.ndarray
# Nobody with a usable value has no colour; somebody may have one only while values count for longer.
NONE = "none"
PLACES = (NONE, *COLOURS)
ARROW = ">"
WINDOW = "window"
# Which colour asks for more: without a colour, grey and green ask for nothing.
WEIGHTS = {NONE: 0, "grey": 0, "green": 0, "blue": 1, "yellow": 2, "orange": 3, "red": 4}
MOST_CAUSES = 60


@dataclass(frozen=True)
class Cause:
    """One thing that is otherwise: a line, the lines of a reason whose colour is another, or (`key` "window") how long values count. `pack` is
    the one in force with this alone changed; `lines` are pairs of before and after."""

    key: str
    pack: Pack
    lines: tuple[tuple[Line | None, Line | None], ...] = ()


@dataclass(frozen=True)
class Trial:
    """Two packs with the days up to which values are too old for each, and what one says otherwise."""

    before: Pack
    after: Pack
    since_before: date
    since_after: date
    causes: tuple[Cause, ...]

    @property
    def since(self) -> date:
        """Values of this day and before count for neither."""
        return min(self.since_before, self.since_after)

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.before.flags, *self.after.flags)))


@dataclass(frozen=True)
class Compared:
    """Positions in PLACES per person; of each cause who would change by it alone, and to what."""

    before: Array
    after: Array
    causes: tuple[tuple[Array, Array], ...]


def trial(before: Pack, after: Pack, *, since_before: date, since_after: date) -> Trial:
    """Causes are told where the packs differ in lines and in how long values count; between two countries they would tell nothing."""
    found = causes(before, after) if same_but_lines(before, after) else []
    if since_before != since_after:
        found.append(Cause(WINDOW, before))
    return Trial(before, after, since_before, since_after, tuple(found[:MOST_CAUSES]))


def causes(before: Pack, after: Pack) -> list[Cause]:
    """What the lines of one pack say otherwise than those of the other, in the order of the lines."""
    old, new = ({key_of(line): line for line in pack.lines} for pack in (before, after))
    pairs = [(key, old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new))]
    pairs = [(key, was, now) for key, was, now in pairs if was is None or now is None or _rule(was) != _rule(now)]
    grouped: dict[str, list[tuple[Line | None, Line | None]]] = {}
    for key, was, now in pairs:
        # Another colour is that of the reason: its lines are one cause, whatever else they say otherwise.
        is_recoloured = _colour(before, was, now) != _colour(after, now, was)
        grouped.setdefault((was or now).reason if is_recoloured else key, []).append((was, now))
    return [Cause(key, _with_lines(before, lines), tuple(lines)) for key, lines in grouped.items()]


def compare(one: Trial, measures: Measures, uppers: Uppers) -> Compared:
    """`measures` hold what is newer than `one.since`."""
    known = aged(measures, one.since_before) if one.since_before > one.since else measures
    outcome = evaluate(one.before, known, uppers)
    judge = Judge(one.before, outcome.measures, uppers)
    before = outcome.colour.astype(np.int8) + 1
    found, touched = [], np.zeros(measures.size, dtype=bool)
    for cause in one.causes:
        if cause.key == WINDOW:
            found.append(_changed(before, cause.pack, np.arange(measures.size), aged(measures, one.since_after), uppers))
            continue
        with np.errstate(invalid="ignore"):
            mask = _met_otherwise(cause, judge)
        touched |= mask
        found.append(_changed(before, cause.pack, np.flatnonzero(mask), known, uppers))
    if same_but_lines(one.before, one.after) and one.since_before == one.since_after and len(one.causes) < MOST_CAUSES:
        rows, values = np.flatnonzero(touched), known
    else:
        rows, values = np.arange(measures.size), aged(measures, one.since_after)
    after = before.copy()
    after[rows] = evaluate(one.after, values.of(rows), uppers).colour + 1
    return Compared(before, after, tuple(found))


def moves(before: Array, after: Array) -> Counter:
    """People by `blue>orange`; those who stay are counted too (`blue>blue`), those with a colour in neither are not."""
    pairs, counts = np.unique(before.astype(np.int64) * len(PLACES) + after, return_counts=True)
    told = {divmod(pair, len(PLACES)): count for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)}
    return Counter({f"{PLACES[was]}{ARROW}{PLACES[now]}": count for (was, now), count in told.items() if was or now})


def moves_by_unit(units: Array, before: Array, after: Array) -> dict[int, Counter]:
    """The same by unit, with everybody who has a colour in either under `people`, and without those who stay."""
    shown = (before != 0) | (after != 0)
    found = {unit: Counter(people=count) for unit, count in zip(*map(_list, np.unique(units[shown], return_counts=True)), strict=True)}
    moved = np.flatnonzero(before != after)
    triples, counts = np.unique(np.stack([units[moved], before[moved], after[moved]]), axis=1, return_counts=True)
    for (unit, was, now), count in zip(triples.T.tolist(), counts.tolist(), strict=True):
        found[unit][f"{PLACES[was]}{ARROW}{PLACES[now]}"] = count
    return found


def aged(measures: Measures, since: date) -> Measures:
    """Without what was measured on that day or before. The newest value of each item decides: were it too old, so were all before it."""
    columns = {code: column if code.startswith(EXPOSURE) else _newer(column, measures, since) for code, column in measures.columns.items()}
    return replace(measures, columns=columns)


def _newer(column: Column, measures: Measures, since: date) -> Column:
    days = measures.measured_on if column.measured_on is None else column.measured_on
    keeps = ~(days <= np.datetime64(since, "D"))
    return replace(
        column, value=np.where(keeps, column.value, np.nan),
        reported=None if column.reported is None else np.where(keeps, column.reported, np.nan),
        unit=None if column.unit is None else np.where(keeps, column.unit, NO_UNIT),
        qualifier=None if column.qualifier is None else np.where(keeps, column.qualifier, 0),
    )  # fmt: skip


def _met_otherwise(cause: Cause, judge: Judge) -> Array:
    mask = np.zeros(judge.measures.size, dtype=bool)
    for was, now in cause.lines:
        hits = [_hit(judge, line) for line in (was, now)]
        is_same_colour = was is not None and now is not None and was.colour == now.colour
        mask |= hits[0] ^ hits[1] if is_same_colour else hits[0] | hits[1]
        # A range that decides nothing is no part of the minimum set.
        mask |= _undecided(judge, was) ^ _undecided(judge, now)
    return mask


def _hit(judge: Judge, line: Line | None) -> Array:
    found = judge.line(line) if line else None
    return np.zeros(judge.measures.size, dtype=bool) if found is None else found.hit


def _undecided(judge: Judge, line: Line | None) -> Array:
    return judge.undecided(line) if line else np.zeros(judge.measures.size, dtype=bool)


def _changed(before: Array, pack: Pack, rows: Array, measures: Measures, uppers: Uppers) -> tuple[Array, Array]:
    """Those of the rows whose colour is another by `pack`, and which."""
    colour = evaluate(pack, measures.of(rows), uppers).colour + 1
    other = colour != before[rows]
    return rows[other], colour[other]


def _rule(line: Line) -> Line:
    """What of a line decides."""
    return replace(line, number=0, source="", limit_text="")


def _colour(pack: Pack, line: Line | None, other: Line | None) -> str:
    """The colour of a line's reason here; where the reason is not there at all, that of the other side."""
    reason = (line or other).reason
    return pack.reason_colours.get(reason, (other or line).colour)


def _with_lines(pack: Pack, pairs: Iterable[tuple[Line | None, Line | None]]) -> Pack:
    """The pack with some lines otherwise, and no line more or less than these."""
    pairs = list(pairs)
    instead = {key_of(was): now for was, now in pairs if was is not None}
    lines = [instead.get(key_of(line), line) for line in pack.lines]
    lines += [now for was, now in pairs if was is None]
    numbered = tuple(replace(line, number=number) for number, line in enumerate((line for line in lines if line is not None), start=1))
    return replace(pack, lines=numbered, reason_colours={line.reason: line.colour for line in numbered})


def _list(values: Array) -> list[int]:
    return values.tolist()


def merged(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(counts) + Counter(more))


def people(counts: Mapping[str, int]) -> int:
    return sum(counts.values())


def sides(counts: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """People by place before and after."""
    totals: tuple[dict[str, int], dict[str, int]] = (dict.fromkeys(PLACES, 0), dict.fromkeys(PLACES, 0))
    for move, count in counts.items():
        for side, place in zip(totals, move.split(ARROW), strict=True):
            side[place] += count
    return totals


def told(counts: Mapping[str, int], smallest_group: int) -> dict[str, int]:
    """The moves between two colours that may be told, as so many people that nothing smaller can be worked out from them.

    A move of fewer than the smallest group, or of all but fewer, is none here. Of whom so few stay that they could be counted, the
    largest move is told as that many fewer.
    """
    whole, by_place = people(counts), sides(counts)[0]
    found = {
        move: count
        for move, count in counts.items()
        if len(set(move.split(ARROW))) == 2 and smallest_group <= count <= whole - smallest_group
    }
    for place in PLACES:
        leaving = sorted((move for move in found if move.startswith(place + ARROW)), key=lambda move: (found[move], move))
        staying = by_place[place] - sum(found[move] for move in leaving)
        while leaving and 0 < staying < smallest_group:
            largest = leaving.pop()
            less = min(found[largest], smallest_group - staying)
            kept = found[largest] - less
            staying += less if kept >= smallest_group else found[largest]
            found[largest] = kept
            if kept < smallest_group:
                del found[largest]
    return found


def heavier(moves_: Mapping[str, int] | Sequence[str], weight: int) -> list[str]:
    """Of moves those to a colour that asks for more (`weight` 1) or less (-1)."""
    steps = {move: [WEIGHTS[place] for place in move.split(ARROW)] for move in moves_}
    return [move for move, (was, now) in steps.items() if (now > was) - (now < was) == weight]

"""Which flows between the colours of two periods may be shown, small ones merged. Pure.

A flow is the people of one colour before and one colour now; `none` stands for who was not assessed in that period. The colours of both
periods are published too, and so is what became of people at risk: row sums, column sums and four sums across. So:

1. Only flows of at least the smallest group are shown, between colours that are themselves shown in their periods.
2. What is left of each of these sums is at least the smallest group as well: neither a few people nor nobody, which would tell where all
   of a colour went.
3. No flow that is not shown follows from the sums: they are solved, as somebody would who wants to know.

Until all of this holds, the smallest flow that is shown in a sum that breaks a rule is merged with the others. What is left of a colour
before is told as one flow to `other`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

SCALE = ("green", "blue", "yellow", "orange", "red")
COLOURS = (*SCALE, "grey")
AT_RISK = ("yellow", "orange", "red")
NONE, OTHER = "none", "other"
# Solving by remainders of a large prime is exact enough to find what follows, and much faster than fractions.
PRIME = (1 << 61) - 1
Place = tuple[str, str]
PLACES = tuple((before, now) for before, now in product((*COLOURS, NONE), (*COLOURS, NONE)) if (before, now) != (NONE, NONE))


@dataclass(frozen=True)
class Flow:
    """So many people of a colour before, or `none`, who are of a colour now, or `none`, or of `other` ones together."""

    source: str
    target: str
    people: int


def shown_flows(counts: Mapping[Place, int], *, hidden_before: Iterable[str], hidden_now: Iterable[str], smallest_group: int) -> list[Flow]:
    """The flows that may be shown, by their colours. `hidden_before` and `hidden_now` are the colours hidden in the two periods."""
    people = {place: counts.get(place, 0) for place in PLACES}
    hidden = frozenset(hidden_before), frozenset(hidden_now)
    shown = {
        (before, now) for (before, now), count in people.items() if count >= smallest_group and before not in hidden[0] and now not in hidden[1]
    }
    sums = known_sums(*hidden)
    while (broken := _broken(people, shown, sums, smallest_group)) is not None:
        shown.remove(min(broken, key=lambda place: (people[place], place)))
    merged = [Flow(before, OTHER, left) for before in COLOURS if before not in hidden[0] and (left := _left(people, shown, before)) and _is_told(shown, before)]
    return [Flow(*place, people[place]) for place in PLACES if place in shown] + merged


def known_sums(hidden_before: frozenset[str], hidden_now: frozenset[str]) -> list[frozenset[Place]]:
    """The flows that each number published elsewhere adds up: a colour of a period, those hidden in it together, and what became of
    people at risk."""
    found = []
    for axis, hidden in ((0, hidden_before), (1, hidden_now)):
        groups = [{colour} for colour in COLOURS if colour not in hidden] + [hidden & set(COLOURS)]
        found += [frozenset(place for place in PLACES if place[axis] in group) for group in groups]
    found += [frozenset(place for place in PLACES if became(place) == change) for change in ("improved", "unchanged", "worsened", "no_follow_up")]
    return [one for one in found if one]


def became(place: Place) -> str:
    """What became of people at risk; blank for others."""
    before, now = place
    if before not in AT_RISK:
        return ""
    if now not in SCALE:
        return "no_follow_up"
    steps = SCALE.index(now) - SCALE.index(before)
    return "improved" if steps < 0 else "worsened" if steps > 0 else "unchanged"


def _left(people: Mapping[Place, int], shown: set[Place], before: str) -> int:
    return sum(count for place, count in people.items() if place[0] == before and place not in shown)


def _is_told(shown: set[Place], before: str) -> bool:
    return any(place[0] == before for place in shown)


def _broken(people: Mapping[Place, int], shown: set[Place], sums: list[frozenset[Place]], smallest_group: int) -> set[Place] | None:
    """The flows shown in the first sum that breaks a rule, or beside what several sums together give away; None when none does."""
    for one in sums:
        left = sum(people[place] for place in one if place not in shown)
        if one & shown and left < smallest_group:
            return one & shown
    for row in solved(people, shown, sums) if shown else ():
        if _gives_away(row, smallest_group):
            return {place for one in sums if one & row[0].keys() for place in one & shown} or shown
    return None


def solved(people: Mapping[Place, int], shown: set[Place], sums: list[frozenset[Place]]) -> list[tuple[dict[Place, int], int]]:
    """The sums over flows that are not shown, reduced: each as {flow: factor} and what it comes to.

    Always in the same order, so that the same numbers give the same flows each day: two choices would tell more than either.
    """
    rows: list[tuple[dict[Place, int], int]] = []
    for one in sums:
        row = {place: 1 for place in PLACES if place in one and place not in shown}
        right = sum(people[place] for place in row)
        for done, value in rows:
            row, right = _without(row, right, done, value, next(iter(done)))
        if row:
            first = next(iter(row))
            factor = pow(row[first], -1, PRIME)
            row, right = {place: coefficient * factor % PRIME for place, coefficient in row.items()}, right * factor % PRIME
            rows = [(_without(done, value, row, right, first)) for done, value in rows] + [(row, right)]
    return rows


def _without(row: dict[Place, int], right: int, by: dict[Place, int], value: int, pivot: Place) -> tuple[dict[Place, int], int]:
    factor = row.get(pivot, 0)
    if not factor:
        return row, right
    left = {place: (row.get(place, 0) - factor * by.get(place, 0)) % PRIME for place in (*row, *by)}
    return {place: coefficient for place, coefficient in left.items() if coefficient}, (right - factor * value) % PRIME


def _gives_away(row: tuple[dict[Place, int], int], smallest_group: int) -> bool:
    """A flow alone, or few people by themselves."""
    factors, right = row
    return len(factors) == 1 or (set(factors.values()) == {1} and right < smallest_group)

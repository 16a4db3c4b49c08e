"""Integrity lights: data/lights.toml, and the tests by which counts of a unit raise one. Pure.

A test gets counts by place and answers with what may be told, or None. Every person counts in one light of a kind at most: what a unit is
asked about is not asked again of the unit above, so that no two lights can be subtracted from each other.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, floor, log, sqrt
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "lights.toml"
LANGUAGES = ("zh", "en")
DIGITS = 10
# Of piled values: below all groups, the four groups, above them.
GROUPS, PLACES = slice(1, 5), 6
# How many times as many as expected is told in halves, and never higher: it must not tell the numbers behind it.
HIGHEST = 5.0
DAYS_OF_A_YEAR = 365
Told = dict[str, float]
Counts = Mapping[int, int]


@dataclass(frozen=True)
class Kind:
    """A kind of light: its test, the limits of the test, where it comes from, and its words by language."""

    slug: str
    test: str
    counts: str
    limits: Mapping[str, Any]
    source: str
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Registry:
    """All kinds, and after how many working days the level above sees a light that nobody answered."""

    kinds: tuple[Kind, ...]
    first_looks_days: int

    def kind(self, slug: str) -> Kind:
        """Raises KeyError for one that is not there."""
        return {one.slug: one for one in self.kinds}[slug]

    def counting(self, counts: str) -> list[Kind]:
        return [one for one in self.kinds if one.counts == counts]


@dataclass(frozen=True)
class Place:
    """A unit in the tree."""

    unit: int
    parent: int | None
    level: int


@cache
def load() -> Registry:
    """The shipped ones. Raises KeyError for a missing part, ValueError for one that cannot be."""
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> Registry:
    """Text of a file of lights. Raises as `load` does."""
    content = tomllib.loads(text)
    kinds = tuple(_kind(entry) for entry in content["light"])
    if len({one.slug for one in kinds}) < len(kinds):
        raise ValueError("a light stands twice")
    if content["first_looks_days"] < 1:
        raise ValueError("the unit has at least a day for itself")
    return Registry(kinds, content["first_looks_days"])


def _kind(entry: dict[str, Any]) -> Kind:
    limits = dict(entry)
    words = {language: limits.pop(language) for language in LANGUAGES}
    found = Kind(limits.pop("slug"), limits.pop("test"), limits.pop("counts"), limits, limits.pop("source"), words)
    if found.test not in TESTS or any(not one[part].strip() for one in words.values() for part in ("name", "seen", "how")):
        raise ValueError(f"{found.slug}: no such test, or without words")
    return found


def raised(places: Iterable[Place], counts: Mapping[str, Mapping[int, Counts]], smallest_group: int) -> dict[tuple[int, str], Told]:
    """The lights of a tree: what may be told by (unit, kind). `counts` are those of the people who sit directly in a unit.

    From the lowest units up: where a unit is lit, its people are not counted further up.
    """
    upwards = sorted(places, key=lambda one: -one.level)
    found = {}
    for kind in load().kinds:
        rest = {unit: dict(own) for unit, own in counts.get(kind.slug, {}).items()}
        for place in upwards:
            mine = rest.pop(place.unit, None)
            if mine is None:
                continue
            told = seen(kind, mine, smallest_group)
            if told is not None:
                found[place.unit, kind.slug] = told
            elif place.parent is not None:
                above = rest.setdefault(place.parent, {})
                for at, people in mine.items():
                    above[at] = above.get(at, 0) + people
    return found


def seen(kind: Kind, counts: Counts, smallest_group: int) -> Told | None:
    """What a light of this kind says of these counts, None where there is none."""
    return TESTS[kind.test](kind.limits, counts, max(int(kind.limits["minimum"]), smallest_group))


def piled(limits: Mapping[str, Any], counts: Counts, minimum: int) -> Told | None:
    """More values just under a limit than the groups around it lead one to expect.

    The logarithm of a normal density is a parabola, so that of four neighbouring groups of equal width
    log(second / third) = log(first / fourth) / 3, whatever mean and spread are.
    """
    first, second, third, fourth = [counts.get(place, 0) + 0.5 for place in range(PLACES)][GROUPS]
    if second + third - 1 < minimum:
        return None
    more = log(second / third) - log(first / fourth) / 3
    error = sqrt(1 / second + 1 / third + (1 / first + 1 / fourth) / 9)
    if more < log(limits["ratio"]) or more < limits["z"] * error:
        return None
    return {"whole": sum(counts.values()), "times": min(HIGHEST, floor(2 * exp(more)) / 2)}


def digits(limits: Mapping[str, Any], counts: Counts, minimum: int) -> Told | None:
    """Last digits that are far from ten equal shares, on the side of 0 and 5."""
    found = [counts.get(digit, 0) for digit in range(DIGITS)]
    whole = sum(found)
    if whole < minimum:
        return None
    expected = whole / DIGITS
    chi_square = sum((one - expected) ** 2 / expected for one in found)
    round_ones = found[0] + found[5]
    is_round = found[0] * 100 >= limits["share_zero"] * whole or round_ones * 100 >= limits["share_five"] * whole
    return {"part": round_ones, "whole": whole} if is_round and chi_square > limits["chi_square"] else None


def share(limits: Mapping[str, Any], counts: Counts, minimum: int) -> Told | None:
    """So many (place 0) of all, at the least."""
    part, whole = counts.get(0, 0), sum(counts.values())
    if whole < minimum or part < limits["part"] or part * 100 < limits["share"] * whole:
        return None
    return {"part": part, "whole": whole}


def leavers(limits: Mapping[str, Any], counts: Counts, minimum: int) -> Told | None:
    """More people left in the last days (place 0) than the rest of the year (1) leads one to expect; 2 are those who are still there."""
    late, earlier, people = (counts.get(place, 0) for place in range(3))
    if people < minimum or late < limits["part"] or late * 100 < limits["share"] * people:
        return None
    chance = limits["days"] / DAYS_OF_A_YEAR
    everybody = late + earlier
    expected, spread = everybody * chance, sqrt(everybody * chance * (1 - chance))
    # Half a person less: whole people are compared with a curve.
    is_many = late >= limits["ratio"] * expected and late - 0.5 - expected >= limits["z"] * spread
    return {"part": late, "whole": people} if is_many else None


TESTS = {"piled": piled, "digits": digits, "share": share, "leavers": leavers}


def groups_of(kinds: Sequence[Kind]) -> list[dict[str, Any]]:
    """Of piled values: from where to where the four groups reach."""
    found = [one for one in kinds if one.test == "piled"]
    spans = [(one, one.limits["limit"], 2 * one.limits["width"]) for one in found]
    return [{"slug": one.slug, "code": one.limits["code"], "low": limit - reach, "high": limit + reach} for one, limit, reach in spans]

"""What is out of its range in an exam, and what its texts ask to watch or to refer. Pure.

Numbers are compared when they are read: an exam of thirty items would be half a dozen rows more, and the limits stand in the exam
and in the catalogue anyway. What texts say was found when the file was read and is kept with the exam.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from healthmgmt.records import catalogue

Limits = tuple[float | None, float | None]


class Level(StrEnum):
    LOW = "low"
    HIGH = "high"
    WATCH = "watch"
    REFER = "refer"


class Finding(NamedTuple):
    """`code` names what a text says; it is blank where a number is out of range."""

    indicator: str
    code: str
    level: Level


def outside(results: Mapping[str, float], ranges: Mapping[str, Sequence[float | None]], sex: str) -> Iterator[Finding]:
    """Numbers outside of the report's own range, else of the catalogue's for the person's sex (`m`, `f`; unknown has none)."""
    usual = reference_ranges().get(sex, {})
    for code, value in results.items():
        low, high = ranges.get(code) or usual.get(code) or (None, None)
        if low is not None and value < low:
            yield Finding(code, "", Level.LOW)
        elif high is not None and value > high:
            yield Finding(code, "", Level.HIGH)


def said(noted: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """What texts ask to watch or to refer, as an exam keeps it."""
    return (Finding(one["indicator"], one["code"], Level(one["level"])) for one in noted)


def all_of(
    results: Mapping[str, float], ranges: Mapping[str, Sequence[float | None]], noted: Iterable[Mapping[str, Any]], sex: str
) -> list[Finding]:
    """What is out of range in an exam, and what its texts ask for."""
    return [*outside(results, ranges, sex), *said(noted)]


@cache
def reference_ranges() -> dict[str, dict[str, Limits]]:
    """Sex -> indicator code -> (low, high), either may be None. Numbers only; canonical units."""
    ranges: dict[str, dict[str, Limits]] = {"m": {}, "f": {}}
    for indicator in catalogue.load().values():
        if indicator.value_type != "num":
            continue
        for sex, low, high in (("m", indicator.ref_low_m, indicator.ref_high_m), ("f", indicator.ref_low_f, indicator.ref_high_f)):
            if low is not None or high is not None:
                ranges[sex][indicator.code] = (low, high)
    return ranges

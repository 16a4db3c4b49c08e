"""A person's values over their exams: readings by item, what they are compared with, where they lie. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from healthmgmt.records import catalogue
from healthmgmt.risk import computed
from healthmgmt.risk.computed import Computed
from healthmgmt.risk.packs import Pack

# What is older than this before the newest exam was not measured at that examination.
ROUND_DAYS = 180
# "Last year": the gap may be that of two examinations a year apart.
YEAR_DAYS = (250, 480)

Span = tuple[float | None, float | None]


@dataclass(frozen=True)
class Reading:
    """A value in the canonical unit; `reported` is number and unit on the paper where they differ, `span` the range of reference.

    `computed`: the value was worked out, and perhaps stands against the one on the paper.
    """

    on: date
    value: float
    span: Span
    qualifier: str = ""
    reported: tuple[float, str] | None = None
    computed: Computed | None = None

    @property
    def side(self) -> str:
        """`low`, `high`, or blank within the range and where there is none."""
        low, high = self.span
        if low is not None and self.value < low:
            return "low"
        return "high" if high is not None and self.value > high else ""

    @property
    def is_reported(self) -> bool:
        """Whether a number of this item stands on the paper."""
        return self.computed is None or self.computed.reported is not None

    @property
    def has_span(self) -> bool:
        return self.span != (None, None)


@dataclass(frozen=True)
class Item:
    """All readings of one indicator, the oldest first, one a day."""

    code: str
    readings: tuple[Reading, ...]

    @property
    def last(self) -> Reading:
        return self.readings[-1]

    @property
    def before(self) -> Reading | None:
        """The newest reading of an earlier examination; where there is none, the reading before."""
        earlier = [one for one in self.readings[:-1] if (self.last.on - one.on).days >= ROUND_DAYS]
        return (earlier or list(self.readings[:-1]) or [None])[-1]


def items(exams: Sequence[Any], *, sex: str, birth: date | None, pack: Pack) -> dict[str, Item]:
    """Readings by code in the order of the catalogue. Exams come oldest first; of one day the later one counts, and what was
    reported before what is computed."""
    found: dict[str, dict[date, Reading]] = {}
    known = catalogue.load()
    worked_out = computed.at_exams(exams, sex=sex, birth=birth, pack=pack)
    for exam, made in zip(exams, worked_out, strict=True):
        for code, value in ({code: one.value for code, one in made.items()} | exam.results).items():
            if code in known and known[code].value_type in ("num", "ord"):
                days = found.setdefault(code, {})
                before = days.get(exam.taken_on)
                if code in exam.results or before is None or not before.is_reported:
                    days[exam.taken_on] = _reading(exam, code, value, sex, made.get(code))
    return {code: Item(code, tuple(found[code].values())) for code in known if code in found}


def present(found: Mapping[str, Item]) -> dict[str, Item]:
    """The items of the newest examination."""
    if not found:
        return {}
    since = max(item.last.on for item in found.values()) - timedelta(days=ROUND_DAYS)
    return {code: item for code, item in found.items() if item.last.on > since}


def left_out(found: Mapping[str, Item]) -> list[str]:
    """What the examination before measured, and this one has not."""
    now = present(found)
    gone = {code: item for code, item in found.items() if code not in now and item.last.is_reported}
    if not now or not gone:
        return []
    newest = max(item.last.on for item in gone.values())
    return [code for code, item in gone.items() if (newest - item.last.on).days < ROUND_DAYS]


def is_a_year(before: date, now: date) -> bool:
    """Whether two exams lie about a year apart, so that "last year" is right."""
    return YEAR_DAYS[0] <= (now - before).days <= YEAR_DAYS[1]


def factor(reading: Reading, code: str) -> float | None:
    """By what a canonical number is multiplied for the unit of the paper; None where that is no matter of a factor."""
    if reading.reported is None:
        return 1.0
    rule = catalogue.load()[code].alt_units.get(reading.reported[1], "")
    try:
        return 1 / float(rule)
    except ValueError:
        return None


def axis(span: Span, values: Sequence[float], plausible: Span) -> tuple[float, float]:
    """The ends of a bar on which a range and these values stand, inside what is possible at all."""
    low, high = span
    if low is not None and high is not None:
        room = (high - low) or abs(high) or 1.0
        ends = [low - 0.6 * room, high + 0.8 * room]
    elif high is not None:
        ends = [high * 0.4, high * 1.6]
    else:
        limit = low or 0.0
        ends = [limit * 0.4, limit * 2]
    margin = 0.06 * (max(*ends, *values) - min(*ends, *values))
    start, end = min(ends[0], *(value - margin for value in values)), max(ends[1], *(value + margin for value in values))
    if plausible[0] is not None:
        start = max(start, plausible[0])
    if plausible[1] is not None:
        end = min(end, plausible[1])
    return (start, end) if end > start else (start, start + 1)


def shown(value: float, digits: int = 4) -> str:
    """A number as on paper: what a conversion made gets no more digits than it can have."""
    if value == 0 or float(f"{value:.10g}") == round(value, 2):
        return f"{value:.10g}"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{round(value, places):.10g}"


def _reading(exam: Any, code: str, value: float, sex: str, made: Computed | None) -> Reading:
    reported = exam.reported.get(code)
    return Reading(
        on=exam.taken_on,
        value=made.value if made else float(value),
        span=_span(exam, code, sex),
        qualifier=made.qualifier if made else exam.qualifiers.get(code, ""),
        reported=(float(reported[0]), str(reported[1])) if reported and not made else None,
        computed=made,
    )


def _span(exam: Any, code: str, sex: str) -> Span:
    """The report's own range, else the catalogue's for the sex; none while the sex is not known and the ranges differ."""
    if code in exam.ranges:
        low, high = exam.ranges[code]
        return low, high
    indicator = catalogue.load()[code]
    male, female = (indicator.ref_low_m, indicator.ref_high_m), (indicator.ref_low_f, indicator.ref_high_f)
    by_sex = {"m": male, "f": female}
    return by_sex.get(sex, male if male == female else (None, None))

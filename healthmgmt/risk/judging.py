"""Does a value meet a line of a pack? In the unit in which it was reported, with its qualifier, against the limit of
the report. Vectorised over the people of one Measures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from .measures import AT_LEAST, AT_MOST, EXACT, FEMALE, GREATER, LESS, MALE, Column, Measures
from .packs import Line, Modifier, Pack

Array = np.ndarray
Uppers = Mapping[str, tuple[float | None, float | None]]
COMPARE: dict[str, Callable[[Array, Array | float], Array]] = {
    ">=": np.greater_equal, ">": np.greater, "<=": np.less_equal, "<": np.less, "=": np.equal,
}  # fmt: skip
SEXES = {"m": MALE, "f": FEMALE}


@dataclass(frozen=True)
class Judged:
    """`hit` mask; `value` and `limit` as compared (arrays, or one limit for all); `as_reported` marks the people whose
    value and limit are in the unit of the report instead of the canonical one."""

    hit: Array
    value: Array
    limit: Array | float
    as_reported: Array | None = None


class Judge:
    """One Measures against the lines of a pack; what several lines share is worked out once."""

    def __init__(self, pack: Pack, measures: Measures, uppers: Uppers) -> None:
        self.measures = measures
        self._uppers = uppers
        self._modifiers = [modifier for modifier in pack.modifiers if (measures.value(modifier.flag) == 1).any()]
        self._units: dict[tuple[str, str], Array | None] = {}
        self._active: dict[tuple[str, str], Array] = {}

    def add(self, columns: Mapping[str, Column]) -> None:
        """Further columns, for the lines that rest on them."""
        self.measures = replace(self.measures, columns={**self.measures.columns, **columns})

    def line(self, line: Line) -> Judged | None:
        """None where nobody has the indicator."""
        column = self.measures.column(line.indicator)
        if column is None:
            return None
        value, limit, as_reported = self._compared(line, column)
        hit = certain(line.op, value, limit, column.qualifier)
        if line.sex:
            hit &= self.measures.sex == SEXES[line.sex]
        if line.only:
            hit &= self.measures.exposed(line.only, self.measures.days(line.indicator))
        for modifier in self._modifiers:
            if line.indicator in modifier.off:
                hit &= ~self._modified(modifier, line.indicator)
        return Judged(hit, value, limit, as_reported)

    def undecided(self, line: Line) -> Array:
        """People whose qualified value may or may not meet the line: some of its range does, some does not."""
        column = self.measures.column(line.indicator)
        if column is None or column.qualifier is None or not column.qualifier.any():
            return np.zeros(self.measures.size, dtype=bool)
        value, limit, _ = self._compared(line, column)
        open_ = possible(line.op, value, limit, column.qualifier)
        open_ &= ~certain(line.op, value, limit, column.qualifier)
        return open_ & (self.measures.sex == SEXES[line.sex]) if line.sex else open_

    def _compared(self, line: Line, column: Column) -> tuple[Array, Array | float, Array | None]:
        if line.times_upper:
            return self._against_upper(line, column)
        value, limit, as_reported = column.value, line.limit, None
        conventional_limit = line.conventional_limit
        for modifier in self._modifiers:
            other = modifier.limits.get(line.reason)
            if other:
                active = self._modified(modifier, line.indicator)
                limit = np.where(active, other.limit, limit)
                if conventional_limit is not None and other.conventional_limit is not None:
                    conventional_limit = np.where(active, other.conventional_limit, conventional_limit)
        if conventional_limit is not None:
            as_reported = self._reported_in(line.indicator, column, line.conventional_unit)
        if as_reported is not None:
            value = np.where(as_reported, column.reported, value)
            limit = np.where(as_reported, conventional_limit, limit)
        return value, limit, as_reported

    def _against_upper(self, line: Line, column: Column) -> tuple[Array, Array, Array | None]:
        """The report's own limit where it printed one, else the catalogue's for the sex; all canonical. A multiple that
        is met exactly in the report's unit is met: the last digit of a conversion decides nothing."""
        male, female = (np.nan if upper is None else upper for upper in self._uppers.get(line.indicator, (None, None)))
        either = male if male == female else np.nan
        upper = np.select([self.measures.sex == MALE, self.measures.sex == FEMALE], [male, female], either)
        if column.upper is not None:
            upper = np.where(column.upper > 0, column.upper, upper)
        value, limit = column.value, line.limit * upper
        if column.reported is not None:
            tied = ~np.isnan(column.reported) & np.isclose(value, limit, rtol=1e-12, atol=0)
            value = np.where(tied, limit, value)
        return value, limit, None

    def _reported_in(self, code: str, column: Column, unit: str) -> Array | None:
        if (code, unit) not in self._units:
            mask = None
            if column.reported is not None and column.unit is not None and unit in self.measures.units:
                mask = (column.unit == self.measures.units.index(unit)) & ~np.isnan(column.reported)
            self._units[code, unit] = mask if mask is not None and mask.any() else None
        return self._units[code, unit]

    def _modified(self, modifier: Modifier, code: str) -> Array:
        """Where the flag was true within its days of the measurement; a flag or value without a day counts."""
        key = (modifier.flag, code)
        if key not in self._active:
            gap = np.abs(self.measures.days(code) - self.measures.days(modifier.flag))
            near = np.isnat(gap) | (gap <= np.timedelta64(modifier.days, "D"))
            self._active[key] = (self.measures.value(modifier.flag) == 1) & near
        return self._active[key]


def certain(op: str, value: Array, limit: Array | float, qualifier: Array | None) -> Array:
    """Everything the value can stand for meets `op limit`. nan never does."""
    hit = COMPARE[op](value, limit)
    if qualifier is None or not qualifier.any():
        return hit
    upward = op in (">", ">=")
    open_end, closed_end = (GREATER, AT_LEAST) if upward else (LESS, AT_MOST)
    reaches = COMPARE[">=" if upward else "<="](value, limit)
    by_range = np.where(qualifier == open_end, reaches, hit & (qualifier == closed_end))
    return np.where(qualifier == EXACT, hit, by_range & (op != "="))


def possible(op: str, value: Array, limit: Array | float, qualifier: Array) -> Array:
    """Something the value can stand for meets `op limit`. nan never does."""
    hit = COMPARE[op](value, limit)
    if op == "=":
        return hit
    upward = op in (">", ">=")
    toward, away_open, away_closed = ((GREATER, AT_LEAST), LESS, AT_MOST) if upward else ((LESS, AT_MOST), GREATER, AT_LEAST)
    beyond = COMPARE[">" if upward else "<"](value, limit)
    known = ~np.isnan(value) & ~np.isnan(limit)
    return np.select(
        [np.isin(qualifier, toward), qualifier == away_open, qualifier == away_closed], [known, beyond, hit], hit
    )

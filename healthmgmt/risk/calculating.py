"""The calculators of a pack over the people of one Measures, and samples told apart. Nothing is assumed: a person who lacks an
input that counts, or has one that is only a bound or outside the published range, gets no output."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from .calculators.model import Calculator, Number, Output
from .feeds import AGE, CALCULATED, SEX, Feed, Sample, Use, calculators
from .measures import NO_UNIT, UNKNOWN, Column, Measures

Array = np.ndarray
NO_DAY = np.datetime64("NaT", "D")
SEX_WORDS = np.array([None, "male", "female"], dtype=object)
NOTHING_MISSING = ("none", None)


@dataclass
class Calculated:
    """`columns` by `calc:model.output`, words as their position among those of the output; `scores` by model; `missing` masks by (model or
    `model_out_of_range`, name), only those that hold for somebody."""

    columns: dict[str, Column] = field(default_factory=dict)
    scores: dict[str, Array] = field(default_factory=dict)
    missing: dict[tuple[str, str], Array] = field(default_factory=dict)

    def lack(self, purpose: str, name: str, mask: Array) -> None:
        if mask.any():
            known = self.missing.get((purpose, name))
            self.missing[purpose, name] = mask if known is None else known | mask


def split(samples: tuple[Sample, ...], measures: Measures) -> dict[str, Column]:
    """Each sample's values under the code that the other measurement of the day gives them."""
    columns = {}
    for sample in samples:
        column = measures.column(sample.of)
        if column is None:
            continue
        together = measures.days(sample.of) == measures.days(sample.same_day)
        together &= ~np.isnan(measures.value(sample.same_day))
        for code, rows in ((sample.present, together), (sample.absent, ~together)):
            if code:
                columns[code] = _where(column, rows)
    return columns


def _where(column: Column, rows: Array) -> Column:
    return Column(
        value=np.where(rows, column.value, np.nan),
        reported=None if column.reported is None else np.where(rows, column.reported, np.nan),
        unit=None if column.unit is None else np.where(rows, column.unit, NO_UNIT),
        qualifier=None if column.qualifier is None else np.where(rows, column.qualifier, 0),
        upper=column.upper, measured_on=column.measured_on, computed=column.computed,
    )  # fmt: skip


def calculate(uses: tuple[Use, ...], measures: Measures, reasons: Mapping[str, Array]) -> Calculated:
    """`reasons`: by reason the mask of the people for whom it fires on a value. A calculator may read what one before it gave."""
    found = Calculated()
    for use in uses:
        measures = replace(measures, columns={**measures.columns, **found.columns})
        day = measures.newest_day(use.measured)
        day = np.where(np.isnat(day), measures.newest_day(measures.measured), day)
        asked = measures.exposed(use.only, day) if use.only else np.ones(measures.size, dtype=bool)
        if asked.any():
            _run(use, asked, day, measures, reasons, found)
    return found


def _run(use: Use, asked: Array, day: Array, measures: Measures, reasons: Mapping[str, Array], found: Calculated) -> None:
    calculator, rows = calculators()[use.name], np.flatnonzero(asked)
    inputs = {feed.key: _input(feed, measures, reasons, day) for feed in use.feeds}
    unusable = _lacking(use, calculator, inputs, asked, measures, found)
    result = calculator(**{key: values[rows] for key, values in inputs.items()})
    for output in calculator.outputs:
        if output.unit or output.words:
            column = _column(output, result.outputs[output.name], rows, unusable, day)
            found.columns[f"{CALCULATED}{use.name}.{output.name}"] = column
            if output.name == use.score:
                found.scores[use.name] = column.value
    if "missing" in result.outputs:
        names = {feed.key: feed.name for feed in use.feeds}
        texts = result.outputs["missing"]
        for text in set(texts.tolist()).difference(NOTHING_MISSING):
            mask = np.zeros(measures.size, dtype=bool)
            mask[rows[texts == text]] = True
            for key in text.split():
                found.lack(use.name, names[key], mask)


def _input(feed: Feed, measures: Measures, reasons: Mapping[str, Array], day: Array) -> Array:
    if feed.reason:
        mask = reasons.get(feed.reason)
        return np.zeros(measures.size) if mask is None else mask.astype(np.float64)
    if feed.codes == (SEX,):
        return SEX_WORDS[measures.sex]
    if feed.codes == (AGE,):
        return measures.age(day if feed.reached_by is None else next_return(day, *feed.reached_by))
    if len(feed.codes) > 1:
        answers = np.stack([measures.value(code) for code in feed.codes])
        return np.where((answers == 1).any(axis=0), 1.0, np.where((answers == 0).all(axis=0), 0.0, np.nan))
    values = _in_unit(feed, measures)
    return values if feed.equals is None else np.where(np.isnan(values), np.nan, values == feed.equals)


def _in_unit(feed: Feed, measures: Measures) -> Array:
    """Exact values: the number of the report where it is in the feed's unit, else converted from the canonical one."""
    code = feed.codes[0]
    values, column = measures.exact(code) * feed.factor, measures.column(code)
    if column is None or column.reported is None or column.unit is None or feed.unit not in measures.units:
        return values
    as_reported = (column.unit == measures.units.index(feed.unit)) & ~np.isnan(column.reported) & ~np.isnan(values)
    return np.where(as_reported, column.reported, values)


def next_return(days: Array, month: int, day: int) -> Array:
    """The first such day of a year on or after each of the days (datetime64[D]); NaT stays NaT."""
    years = days.astype("M8[Y]")
    this, following = (((years + ahead).astype("M8[M]") + (month - 1)).astype("M8[D]") + (day - 1) for ahead in (0, 1))
    return np.where(this >= days, this, following)


def _lacking(use: Use, calculator: Calculator, inputs: Mapping[str, Array], asked: Array, measures: Measures, found: Calculated) -> Array:
    """Notes who lacks what; returns the people of whom one value is only a bound."""
    specs = {spec.key: spec for spec in calculator.inputs}
    bounded_any = np.zeros(measures.size, dtype=bool)
    for feed in use.feeds:
        if feed.reason:
            continue
        values, spec = inputs[feed.key], specs[feed.key]
        if feed.codes == (SEX,):
            absent = measures.sex == UNKNOWN
        else:
            absent = np.isnan(values) if feed.codes != (AGE,) else np.isnat(measures.birth)
        bounded = np.zeros(measures.size, dtype=bool)
        if len(feed.codes) == 1 and measures.column(feed.codes[0]) is not None:
            bounded = ~np.isnan(measures.value(feed.codes[0])) & np.isnan(measures.exact(feed.codes[0]))
        found.lack(use.name, feed.name, asked & ((absent & spec.required) | bounded))
        if isinstance(spec, Number) and feed.codes != (AGE,):
            found.lack(f"{use.name}_out_of_range", feed.name, asked & ~absent & ~calculator.accepts(feed.key, values))
        bounded_any |= bounded
    return bounded_any


def _column(output: Output, values: Array, rows: Array, unusable: Array, day: Array) -> Column:
    numbers = np.full(len(day), np.nan)
    if output.words:
        for place, word in enumerate(output.words):
            numbers[rows[values == word]] = place
    else:
        numbers[rows] = values
    numbers[unusable] = np.nan
    known = ~np.isnan(numbers)
    return Column(numbers, measured_on=np.where(known, day, NO_DAY), computed=known)

"""A colour for everyone: the highest with a reason, green only with the minimum set, else grey.

Vectorised over n people; slices of 100,000 keep memory low. One person is an array of length one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .calculating import Calculated, calculate
from .judging import Judge, Judged, Uppers
from .measures import EXPOSURE, UNKNOWN, Measures, completed_months
from .packs import COLOURS, Pack
from .reasons import missing_texts, reason_texts, score_texts
from .scoring import derive

Array = np.ndarray
RANK = {colour: rank for rank, colour in enumerate(COLOURS)}
GREY, GREEN = RANK["grey"], RANK["green"]
NOT_EXAMINED = -1


@dataclass(frozen=True)
class Outcome:
    """What became of n people.

    colour      int8 position in COLOURS; NOT_EXAMINED (-1) where there is no usable value at all
    fired       for each pack line, in order, the positions (int64) of the people it fires for
    incomplete  bool: a part of the minimum set is missing
    scores      float64 by model name, nan = no score; of words the position among those of the output
    missing     bool by (what for, what): what for is "minimum", a model, or "china_par_out_of_range"
    """

    colour: Array
    fired: tuple[Array, ...]
    incomplete: Array
    scores: Mapping[str, Array]
    missing: Mapping[tuple[str, str], Array]
    pack: Pack
    judged: tuple[Judged | None, ...]
    measures: Measures

    @property
    def has_value(self) -> Array:
        return self.colour != NOT_EXAMINED

    def counts(self) -> dict[str, int]:
        """People by colour, highest first."""
        return {colour: int((self.colour == RANK[colour]).sum()) for colour in reversed(COLOURS)}

    def reasons_json(self) -> Array:
        """Per person the JSON text of the reasons, in the order of the pack (object array of str)."""
        return reason_texts(self.pack.lines, self.fired, self.judged, self.measures)

    def scores_json(self) -> Array:
        """Per person the JSON text {model: value} of the scores there are; a value is a number, or a word of the model."""
        words = {use.name: use.kept.words for use in self.pack.calculators if use.kept}
        return score_texts(self.scores, words, self.measures.size)

    def missing_json(self) -> Array:
        """Per person the JSON text {what for: [what]} of what is missing."""
        return missing_texts(self.missing, self.measures.size)


def evaluate(pack: Pack, measures: Measures, catalogue_upper: Uppers) -> Outcome:
    """`catalogue_upper`: indicator code to the upper reference limits (men, women), None where the catalogue has none."""
    derived = derive(pack, measures, catalogue_upper)
    judge = Judge(pack, derived.measures, catalogue_upper)
    with np.errstate(invalid="ignore"):
        judged, calculated = _judged(pack, judge)
        minimum = _minimum(pack, judge)
    colour = np.full(measures.size, GREEN, dtype=np.int8)
    incomplete = np.logical_or.reduce(list(minimum.values())) if minimum else np.zeros(measures.size, dtype=bool)
    colour[incomplete] = GREY
    for line, result in sorted(zip(pack.lines, judged, strict=True), key=lambda pair: RANK[pair[0].colour]):
        if result is not None:
            colour[result.hit] = RANK[line.colour]
    nothing = ~_has_value(measures)
    colour[nothing] = NOT_EXAMINED
    none = np.empty(0, dtype=np.int64)
    fired = tuple(none if result is None else np.flatnonzero(result.hit) for result in judged)
    missing = {("minimum", name): mask for name, mask in minimum.items()} | {**derived.missing, **calculated.missing}
    scores = {**derived.scores, **calculated.scores, **_months(pack, measures)}
    return Outcome(colour, fired, incomplete & ~nothing, scores, missing, pack, judged, judge.measures)


def _months(pack: Pack, measures: Measures) -> dict[str, Array]:
    """Completed months under a hazard up to the newest value, by `high_altitude_months`; none for a value from before."""
    found = {}
    for flag in pack.flags:
        since = np.where(measures.value(flag) == 1, measures.days(flag), np.datetime64("NaT", "D"))
        months = completed_months(since, measures.newest_day(measures.measured))
        found[f"{flag.removeprefix(EXPOSURE)}_months"] = np.where(months >= 0, months, np.nan)
    return found


def _judged(pack: Pack, judge: Judge) -> tuple[tuple[Judged | None, ...], Calculated]:
    """Each line's people, and what the pack's calculators gave and lack. Lines on values first: calculators may count their reasons."""
    judged = {line.number: judge.line(line) for line in pack.lines if not line.is_calculated}
    if not pack.calculators:
        return tuple(judged.values()), Calculated()
    reasons: dict[str, Array] = {}
    for number, result in judged.items():
        if result is not None:
            reason = pack.line(number).reason
            reasons[reason] = reasons[reason] | result.hit if reason in reasons else result.hit
    found = calculate(pack.calculators, judge.measures, reasons)
    judge.add(found.columns)
    judged |= {line.number: judge.line(line) for line in pack.lines if line.is_calculated}
    return tuple(judged[line.number] for line in pack.lines), found


def _has_value(measures: Measures) -> Array:
    found = np.zeros(measures.size, dtype=bool)
    for code in measures.measured:
        found |= ~np.isnan(measures.columns[code].value)
    return found


def _minimum(pack: Pack, judge: Judge) -> dict[str, Array]:
    """Who lacks which part of the minimum set. A qualified value that decides nothing (`<6.5` against 5.2) is no part."""
    lacking = {}
    for requirement in pack.minimum:
        present = np.zeros(judge.measures.size, dtype=bool)
        for code in requirement.any_of:
            present |= _present(code, pack, judge)
        if requirement.only:
            present |= judge.measures.value(requirement.only) != 1
        lacking[requirement.name] = ~present | lacking.get(requirement.name, False)
    return lacking


def _present(code: str, pack: Pack, judge: Judge) -> Array:
    measures = judge.measures
    if code == "sex":
        return measures.sex != UNKNOWN
    if code == "age":
        return ~np.isnat(measures.birth)
    column = measures.column(code)
    if column is None:
        return np.zeros(measures.size, dtype=bool)
    present = ~np.isnan(column.value)
    if column.qualifier is not None and column.qualifier.any():
        for line in pack.lines:
            if pack.measured(line.indicator) == code:
                present &= ~judge.undecided(line)
    return present

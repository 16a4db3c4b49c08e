"""JSON texts of an outcome, built column-wise: every distinct text once, then joined per person.

A reason: {"code", "line", "indicator", "value", "unit", "limit"} and, where they apply, "qualifier", "computed" (true: worked
out from other values, not reported), "mean_of" (of how many days at home it is the mean) and "on" (the day of measurement, of a mean
the last one). `value`, `unit` and `limit` are those of the
comparison; `line` counts the rows of the pack from 1.
"""

import json
from collections.abc import Mapping, Sequence

import numpy as np

from .judging import Judged
from .measures import QUALIFIERS, Measures
from .packs import Line
from .words import COMPUTED

Array = np.ndarray
REPORTED_DIGITS, COMPUTED_DIGITS = 10, 6


def reason_texts(
    lines: Sequence[Line], fired: Sequence[Array], judged: Sequence[Judged | None], measures: Measures
) -> Array:
    texts = np.full(measures.size, "", dtype=object)
    for line, rows, result in zip(lines, fired, judged, strict=True):
        if len(rows):
            texts[rows] += _line_texts(line, rows, result, measures)
    # Each piece ends with a comma: the last one goes when the list is closed.
    return np.array([f"[{text[:-1]}]" for text in texts.tolist()], dtype=object)


def _line_texts(line: Line, rows: Array, result: Judged, measures: Measures) -> Array:
    head = _compact({"code": line.reason, "line": line.number, "indicator": line.indicator})[:-1]
    texts = _value_texts(head, line, rows, result, measures)
    computed = measures.columns[line.indicator].computed
    if computed is not None:
        texts = texts + np.where(computed[rows], ',"computed":true', "").astype(object)
    mean_of = measures.columns[line.indicator].mean_of
    if mean_of is not None:
        texts = texts + np.array([f',"mean_of":{days}' if days else "" for days in mean_of[rows].tolist()], dtype=object)
    return texts + _day_texts(line, rows, measures)


def _value_texts(head: str, line: Line, rows: Array, result: Judged, measures: Measures) -> Array:
    if line.is_flag:
        return np.full(len(rows), f'{head},"value":true,"unit":"","limit":true', dtype=object)
    column = measures.columns[line.indicator]
    limit = np.broadcast_to(np.asarray(result.limit, dtype=np.float64), measures.sex.shape)[rows]
    as_reported = np.zeros(len(rows), bool) if result.as_reported is None else result.as_reported[rows]
    unit = np.full(len(rows), -1, dtype=np.int16) if column.unit is None else np.where(as_reported, column.unit[rows], -1)
    qualifier = np.zeros(len(rows), dtype=np.int8) if column.qualifier is None else column.qualifier[rows]
    digits = COMPUTED_DIGITS if line.indicator in COMPUTED else REPORTED_DIGITS
    keys = np.stack([_rounded(result.value[rows], digits), limit, unit, qualifier])
    varying = [axis for axis in range(len(keys)) if (keys[axis] != keys[axis, 0]).any()]
    if varying in ([0], []):
        distinct, back = np.unique(keys[0], return_inverse=True)
        rest = keys[1:, :1]
        parts = np.vstack([distinct, np.broadcast_to(rest, (3, len(distinct)))])
    else:
        parts, back = np.unique(keys, axis=1, return_inverse=True)
    table = [_value_text(head, line, measures.units, *part) for part in parts.T.tolist()]
    return np.array(table, dtype=object)[back.reshape(-1)]


def _rounded(values: Array, digits: int) -> Array:
    """Significant digits for the text alone; the comparison has been made."""
    with np.errstate(all="ignore"):
        places = digits - 1 - np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** np.where(np.isfinite(places), places, 0)
        return np.round(values * scale) / scale


def _value_text(
    head: str, line: Line, units: tuple[str, ...], value: float, limit: float, unit: float, qualifier: float
) -> str:
    name = line.unit if unit < 0 else units[int(unit)]
    text = f'{head},"value":{value:.10g},"unit":{json.dumps(name)},"limit":{limit:.10g}'
    return f'{text},"qualifier":"{QUALIFIERS[int(qualifier)]}"' if qualifier else text


def _day_texts(line: Line, rows: Array, measures: Measures) -> Array:
    column = measures.columns[line.indicator]
    days = measures.measured_on if column.measured_on is None else column.measured_on
    if days.ndim == 0:
        return np.full(len(rows), _day_text(str(days)), dtype=object)
    distinct, back = np.unique(days[rows], return_inverse=True)
    return np.array([_day_text(day) for day in np.datetime_as_string(distinct).tolist()], dtype=object)[back]


def _day_text(day: str) -> str:
    return "}," if day == "NaT" else f',"on":"{day}"}},'


def score_texts(scores: Mapping[str, Array], words: Mapping[str, Sequence[str]], size: int) -> Array:
    texts = np.full(size, "", dtype=object)
    for name, values in scores.items():
        rows = np.flatnonzero(~np.isnan(values))
        if len(rows):
            distinct, back = np.unique(values[rows], return_inverse=True)
            said = words.get(name)
            values = [f'"{said[int(value)]}"' if said else f"{value:.6g}" for value in distinct.tolist()]
            table = np.array([f'"{name}":{value},' for value in values], dtype=object)
            texts[rows] += table[back]
    return np.array([f"{{{text[:-1]}}}" for text in texts.tolist()], dtype=object)


def missing_texts(missing: Mapping[tuple[str, str], Array], size: int) -> Array:
    bits = np.zeros(size, dtype=np.int64)
    for place, mask in enumerate(missing.values()):
        bits |= mask.astype(np.int64) << place
    distinct, back = np.unique(bits, return_inverse=True)
    names = list(missing)
    return np.array([_missing_text(names, pattern) for pattern in distinct.tolist()], dtype=object)[back]


def _missing_text(names: Sequence[tuple[str, str]], pattern: int) -> str:
    found: dict[str, list[str]] = {}
    for place, (purpose, name) in enumerate(names):
        if pattern >> place & 1:
            found.setdefault(purpose, []).append(name)
    return _compact(found)


def _compact(content: object) -> str:
    return json.dumps(content, separators=(",", ":"))

"""What the texts of one column become: JSON fragments, worked out once per distinct text. Pure.

Files repeat the same few thousand texts, so that all work on a cell is done when a text is first seen; from
then on a cell costs one dictionary look-up.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from json.encoder import encode_basestring as quote

from healthmgmt.core import resident_id
from healthmgmt.exams import annotating, cells
from healthmgmt.exams.recognising import Column
from healthmgmt.records import catalogue, coding, units

# C0 and C1 controls but tab and line ends, direction overrides that disguise text, and non-characters
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")
LONGEST_CELL = 32_767  # what a spreadsheet itself can hold
MOST_KEPT = 50_000  # distinct texts of a column
CHANNELS = ("values", "reported", "qualifiers", "ranges", "texts", "other")
FINDINGS = "findings"


@dataclass(slots=True)
class Outcome:
    """One cell as members of JSON objects (`"sbp":120`), "" where there is nothing.

    `flags`: ((flag, 0.0 or 1.0), ...), merged over the columns of a row; `findings`: members of a JSON list;
    `number`: the canonical value, for checks between columns; of a pair of pressures the upper one, beside `lower`.
    `hint`: why a number is impossible here, as far as it can be said: `unit` (it looks like another one than the
    canonical, and none is stated) or `zeros` (the item cannot be zero).
    """

    values: str = ""
    reported: str = ""
    qualifiers: str = ""
    ranges: str = ""
    texts: str = ""
    other: str = ""
    flags: tuple[tuple[str, float], ...] = ()
    findings: str = ""
    number: float | None = None
    lower: float | None = None
    problem: str = ""
    hint: str = ""


class Told(dict):
    """Cell text -> one attribute of its outcome."""

    def __init__(self, interpreter: "Interpreter", attribute: str) -> None:
        super().__init__()
        self._interpreter = interpreter
        self._attribute = attribute

    def __missing__(self, text: str) -> object:
        found = self[text] = getattr(self._interpreter.outcome(text), self._attribute)
        return found


class Fragments(Told):
    """Cell text -> the members that it adds to a JSON object or list, with a comma behind them."""

    def __missing__(self, text: str) -> str:
        members = super().__missing__(text)
        found = self[text] = members and members + ","
        return found


class Interpreter:
    """A column's outcomes. `dense` holds the channels that nearly every cell fills; what other channels a
    cell fills, and its problem, is found through `odd`: {text: outcome}."""

    def __init__(self, column: Column, interpret: Callable[[str], Outcome], dense: tuple[str, ...]) -> None:
        self.column = column
        self.odd: dict[str, Outcome] = {}
        self.dense = {channel: Fragments(self, channel) for channel in dense}
        self.flags = Told(self, "flags")
        self.numbers = Told(self, "number")
        # Cells with a hint (`unit`, `zeros`); distinct texts: numbers in order, and such with the hint `unit`.
        self.seen = {"unit": 0, "zeros": 0, "sound": 0, "strange": 0}
        self._interpret = interpret
        self._outcomes: dict[str, Outcome] = {}

    def outcome(self, text: str) -> Outcome:
        found = self._outcomes.get(text)
        if found is None:
            found = self._outcomes[text] = self._judge(text)
            self.seen["sound"] += found.number is not None
            self.seen["strange"] += found.hint == "unit"
            sparse = any(getattr(found, channel) for channel in (*CHANNELS, FINDINGS) if channel not in self.dense)
            if sparse or found.problem:
                self.odd[text] = found
        return found

    def forget(self) -> None:
        """Keep memory flat in a column of ever new texts. Call between blocks only."""
        if len(self._outcomes) > MOST_KEPT:
            for table in (self._outcomes, self.odd, self.flags, self.numbers, *self.dense.values()):
                table.clear()

    @property
    def looks_like(self) -> str | None:
        """The unit that the column seems to be in as a whole, although none is stated."""
        if self.column.looks_like or self.seen["strange"] <= self.seen["sound"]:
            return self.column.looks_like
        hint = cells.unit_hints().get(self.column.code)
        return hint[2] if hint else None

    def _judge(self, text: str) -> Outcome:
        if not text or text.isspace():
            return Outcome()
        if len(text) > LONGEST_CELL:
            return Outcome(problem="too-long")
        if CONTROL.search(text):
            return Outcome(problem="characters")
        return self._interpret(text)


def interpreter(column: Column, key: str) -> Interpreter | None:
    """The interpreter of a column; None for columns that are no result. `key` names an unrecognised column."""
    if column.role in ("other", "remark"):
        return Interpreter(column, lambda text: _other(key, text), ("other",))
    if column.role == "flag":
        return Interpreter(column, lambda text: _flag(column.code, text), ("texts",))
    if column.role == "bp":
        return Interpreter(column, lambda text: _pressure(text, column.unit), ("values",))
    if column.role == "range":
        return Interpreter(column, lambda text: _range(column, text), ("ranges",))
    if column.role != "indicator":
        return None
    kind = catalogue.load()[column.code].value_type
    if kind == "num":
        dense = ["values"]
        if column.unit != catalogue.load()[column.code].unit:
            dense.append("reported")
        if column.low is not None or column.high is not None:
            dense.append("ranges")
        return Interpreter(column, lambda text: _number(column, text), tuple(dense))
    interpret = {"ord": _ordinal, "code": _history, "text": _history}[kind]
    dense = ("values", "texts", FINDINGS) if kind == "text" else ("values", "texts")
    return Interpreter(column, lambda text: interpret(column.code, text), dense)


def json_number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _member(key: str, value: str) -> str:
    return f"{quote(key)}:{value}"


def _measured(code: str, found: cells.Measured) -> Outcome:
    if found.value is None:
        return Outcome(problem=found.problem)
    value = float(found.value)
    reported = f"[{json_number(float(found.number))},{quote(found.unit)}]" if found.unit else ""
    return Outcome(
        values=_member(code, json_number(value)),
        reported=_member(code, reported) if reported else "",
        qualifiers=_member(code, quote(found.qualifier)) if found.qualifier else "",
        number=value,
    )


def _number(column: Column, text: str) -> Outcome:
    if column.zero_is_missing and cells.bare_number(text) == 0:
        return Outcome()
    found = cells.measure(column.code, text, column.unit)
    low, high, unit = column.low, column.high, column.unit
    if found.problem == "number" and (parts := cells.with_limits(text)):
        result, _written, (low, high) = parts
        found = cells.measure(column.code, result, column.unit)
        # They are in the unit of the result that they stand behind.
        unit = found.unit or catalogue.load()[column.code].unit
    outcome = _measured(column.code, found)
    if outcome.values and (low is not None or high is not None):
        outcome.ranges = _limits(column.code, low, high, unit)
    if outcome.problem in ("unit", "range") and (number := cells.bare_number(text)) is not None:
        is_open = outcome.problem == "unit" and not column.unit_stated
        outcome.hint = "zeros" if number == 0 else "unit" if is_open else ""
    return outcome


def _limits(code: str, low: float | None, high: float | None, unit: str) -> str:
    ends = ["null" if end is None else json_number(float(units.convert(code, end, unit))) for end in (low, high)]
    return _member(code, f"[{','.join(ends)}]")


def _range(column: Column, text: str) -> Outcome:
    found = cells.limits(text)
    return Outcome(ranges=_limits(column.code, *found, column.unit)) if found and column.unit else Outcome()


def _pressure(text: str, unit: str | None) -> Outcome:
    high, low = (_measured(code, found) for code, found in zip(("sbp", "dbp"), cells.pressure(text, unit)))
    if high.problem:
        return high
    if not high.values:
        return Outcome()
    return Outcome(
        values=f"{high.values},{low.values}",
        reported=",".join(filter(None, (high.reported, low.reported))),
        number=high.number,
        lower=low.number,
    )


def _ordinal(code: str, text: str) -> Outcome:
    if coding.is_not_measured(text, "ord"):
        return Outcome()
    grade = coding.ordinal(text)
    kept = _member(code, quote(text.strip()))
    if grade is not None:
        return Outcome(values=_member(code, json_number(grade)), texts=kept, number=grade)
    found = cells.WRITTEN.fullmatch(text.strip())
    return Outcome(texts=kept) if found else Outcome(problem="number")  # a quantity has no grade of its own


def _history(code: str, text: str) -> Outcome:
    if coding.is_not_measured(text, "code"):
        return Outcome()
    kept = _member(code, quote(_without_id(text.strip())))
    if code in coding.HABITS:
        habit = coding.habit(code, text)
        return Outcome(values="" if habit is None else _member(code, json_number(habit)), texts=kept)
    if code in coding.HISTORIES:
        return Outcome(texts=kept, flags=tuple(coding.flags(code, text).items()))
    annotations = annotating.annotate(code, text) if catalogue.load()[code].category == "imaging" else []
    listed = [
        {"code": one.code, "level": one.level, "indicator": one.indicator, "text": one.text} for one in annotations
    ]
    level = annotating.level(annotations)
    return Outcome(
        texts=kept,
        flags=((f"finding:{level}", 1.0),) if level else (),
        findings=json.dumps(listed, ensure_ascii=False)[1:-1],
    )


def _flag(flag: str, text: str) -> Outcome:
    if coding.is_not_measured(text, "code"):
        return Outcome()
    return Outcome(texts=_member(flag, quote(text.strip())), flags=tuple(coding.single_flag(flag, text).items()))


def _other(key: str, text: str) -> Outcome:
    return Outcome(other=_member(key, quote(_without_id(text.strip()))))


def _without_id(text: str) -> str:
    """Identity numbers stay where they are encrypted: none is kept in the text of another column."""
    if not ID_NUMBER.search(text):
        return text
    return ID_NUMBER.sub(lambda match: "***" if resident_id.valid_resident_id(match.group()) else match.group(), text)

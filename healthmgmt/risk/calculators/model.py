"""What a calculator is: declared inputs, a formula over arrays, declared outputs.

A formula sees float64 arrays in the first unit of each input and answers with arrays of the same length. Everything
around it - units, ranges, missing and unreadable cells - is done here once, so that no model clamps or guesses.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .cells import bounds, choice_codes, flags, is_many_items, items, numbers, unit_indexes

Array = np.ndarray


@dataclass(frozen=True)
class Unit:
    """A unit an input may come in: first unit = value x factor; `low` and `high` (inclusive) hold in this unit."""

    name: str
    factor: float = 1.0
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True)
class Number:
    """A numeric input. `unit_key` names the input that carries its unit; `paired` says it comes as [value, unit];
    `unit_of` names the choice whose words say in which unit it is meant.

    `usual` is the range the model was made for; outside of it the value is still computed and the reason says so.
    """

    key: str
    units: tuple[Unit, ...] = (Unit(""),)
    unit_key: str = ""
    paired: bool = False
    unit_of: str = ""
    required: bool = True
    usual: tuple[float, float] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, self.unit_key) if self.unit_key else (self.key,)


@dataclass(frozen=True)
class Flag:
    """A yes/no input; the formula sees 1.0, 0.0 or nan. `default` stands in where the whole input is left out; an empty
    cell stays missing."""

    key: str
    required: bool = True
    default: float = np.nan

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)


@dataclass(frozen=True)
class Choice:
    """One of a few words; the formula sees its position in `options` as float64 (nan where it is missing)."""

    key: str
    options: tuple[str, ...]
    required: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)


@dataclass(frozen=True)
class Items:
    """A list of `count` whole answers from `low` to `high`; the formula sees an array of shape (n, count)."""

    key: str
    count: int
    low: int
    high: int
    required: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key,)


UNDEFINED = "not defined for these inputs"
# What calculators are about, in the order in which they are listed.
SUBJECTS = ("heart", "metabolism", "kidney_liver", "body", "questionnaire", "practice")
SEX = Choice("sex", ("male", "female"))


@dataclass(frozen=True)
class Output:
    """A number in `unit` (UCUM, or what the choice named by `unit_of` says), one of `words`, or yes and no.

    An output of none of these is free text. `only` restricts it to a range of an input: (key, low, high).
    """

    name: str
    unit: str = ""
    unit_of: str = ""
    words: tuple[str, ...] = ()
    is_flag: bool = False
    only: tuple[str, float, float] | None = None


@dataclass(frozen=True)
class Result:
    """Arrays by output name (nan, None or "" where there is none) and, of the same length, why or what to heed."""

    outputs: dict[str, Array]
    reasons: dict[str, Array]


@dataclass(frozen=True)
class Calculator:
    """A published model. Calling it takes scalars or arrays by input key and gives the same shape back.

    `subject` is one of SUBJECTS; `one_of` are groups of optional numbers of which one at least has to be there.
    """

    name: str
    formula: Callable[..., Mapping[str, Array]]
    inputs: tuple[Number | Flag | Choice | Items, ...]
    outputs: tuple[Output, ...]
    citation: str
    title: str = ""
    subject: str = SUBJECTS[-1]
    one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for spec in self.inputs for key in spec.keys)

    def __call__(self, **columns: object) -> Result:
        """Raises TypeError for an unknown key; an unusable cell gives no value and a reason, never an exception."""
        unknown = sorted(set(columns) - self.keys)
        if unknown:
            raise TypeError(f"{self.name}: unknown input {', '.join(unknown)}")
        size, scalar = _size(self.inputs, columns)
        notes = Notes(size)
        arrays = {spec.key: _read(spec, columns, notes, size) for spec in self.inputs}
        for group in self.one_of:
            absent = np.logical_and.reduce([np.isnan(arrays[key]) for key in group])
            notes.add(absent & ~notes.bad, f"missing {' or '.join(group)}")
        with np.errstate(all="ignore"):
            raw = self.formula(**arrays)
        outputs, reasons = {}, {}
        for output in self.outputs:
            value, reason = _finish(output, np.asarray(raw[output.name]), arrays, notes)
            outputs[output.name] = value[0] if scalar else value
            reasons[output.name] = reason[0] if scalar else reason
        return Result(outputs, reasons)

    def accepts(self, key: str, values: Array, unit: str = "") -> Array:
        """True where `values` (float64, in `unit` or the first one) lie in the stated range; nan is never inside."""
        spec = next(spec for spec in self.inputs if spec.key == key)
        found = next(u for u in spec.units if not unit or u.name == unit)
        return (values >= found.low) & (values <= found.high)


class Notes:
    """Reasons per row while a calculation runs; `bad` rows get no output."""

    def __init__(self, size: int) -> None:
        self.bad = np.zeros(size, dtype=bool)
        self._texts = np.full(size, "", dtype=object)

    def add(self, rows: Array, text: str | Array, *, fatal: bool = True) -> None:
        """`rows` is a mask; `text` one sentence or an object array with one for each marked row."""
        if not rows.any():
            return
        before = self._texts[rows]
        self._texts[rows] = np.where(before == "", text, before + "; " + text)
        if fatal:
            self.bad |= rows

    def texts(self) -> Array:
        return self._texts.copy()


def _size(specs: Sequence[Number | Flag | Choice | Items], columns: Mapping[str, object]) -> tuple[int, bool]:
    sizes = set()
    for spec in specs:
        value = columns.get(spec.key)
        if isinstance(spec, Number) and spec.paired and value is not None:
            value = value[0]
        if is_many_items(value) if isinstance(spec, Items) else np.ndim(value) > 0:
            sizes.add(len(value))
    if len(sizes) > 1:
        raise TypeError("inputs of different length")
    return (sizes.pop(), False) if sizes else (1, True)


def _read(spec: Number | Flag | Choice | Items, columns: Mapping[str, object], notes: Notes, size: int) -> Array:
    value = columns.get(spec.key)
    if isinstance(spec, Number):
        return _read_number(spec, value, columns, notes, size)
    if isinstance(spec, Flag):
        array, unreadable = flags(spec.default if value is None else value, size)
        missing = np.isnan(array) & ~unreadable
    elif isinstance(spec, Choice):
        array, unreadable = choice_codes(value, spec.options, size)
        missing = np.isnan(array) & ~unreadable
    else:
        array, unreadable = items(value, spec.count, spec.low, spec.high, size)
        missing = np.isnan(array).any(axis=1) & ~unreadable
    notes.add(unreadable, f"cannot read {spec.key}")
    if spec.required:
        notes.add(missing, f"missing {spec.key}")
    return array


def _read_number(spec: Number, value: object, columns: Mapping[str, object], notes: Notes, size: int) -> Array:
    units: object = columns.get(spec.unit_key) if spec.unit_key else None
    if spec.paired and value is not None:
        value, units = value
    array, unreadable = numbers(value, size)
    notes.add(unreadable, f"cannot read {spec.key}")
    missing = np.isnan(array) & ~unreadable
    if spec.required:
        notes.add(missing, f"missing {spec.key}")
    index = np.zeros(size, dtype=np.int64)
    if spec.unit_key or spec.paired:
        index = unit_indexes(units, [unit.name for unit in spec.units], size)
        notes.add((index < 0) & ~missing & ~unreadable, f"unit of {spec.key} missing or unknown")
        array = np.where(index < 0, np.nan, array)
    low, high = (np.array([getattr(unit, side) for unit in spec.units])[index] for side in ("low", "high"))
    outside = (array < low) | (array > high)
    if outside.any():
        texts = bounds(spec.key, [(unit.low, unit.high, unit.name) for unit in spec.units], index[outside])
        notes.add(outside, texts)
    if spec.usual:
        unusual = ((array < spec.usual[0]) | (array > spec.usual[1])) & ~outside
        notes.add(unusual, f"{spec.key} outside the usual {spec.usual[0]:g} to {spec.usual[1]:g}", fatal=False)
    return array * np.array([unit.factor for unit in spec.units])[index]


def _finish(output: Output, value: Array, arrays: Mapping[str, Array], notes: Notes) -> tuple[Array, Array]:
    empty = notes.bad.copy()
    reason = notes.texts()
    if output.only:
        key, low, high = output.only
        outside = ~((arrays[key] >= low) & (arrays[key] <= high)) & ~empty
        reason[outside] = f"only for {key} {low:g} to {high:g}"
        empty |= outside
    if value.dtype.kind == "f":
        value = np.where(empty, np.nan, value)
        reason[np.isnan(value) & (reason == "")] = UNDEFINED
        return value, reason
    value = value.astype(object)
    undefined = np.array([cell == "" for cell in value.tolist()], dtype=bool) & ~empty
    reason[undefined & (reason == "")] = UNDEFINED
    value[empty | undefined] = None
    return value, reason

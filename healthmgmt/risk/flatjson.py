"""Many flat JSON objects of numbers, as the database prints them, taken apart at once. Pure.

To read 26 numbers of each of a million people one by one, as `json.loads` does, takes longer than the whole assessment. Here every step
is one pass over the bytes of thousands of objects; what a number is worth is not affected (see `_numbers`).
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
COLON, COMMA, SPACE, OPENS, CLOSES, LINE_END, POINT, MINUS, ZERO, BLANK = b":, {}\n.-0\0"
NAME = re.compile(rb'"((?:[^"\\]|\\.)*)": ')
# Up to so many digits are an integer that a float64 holds exactly, and up to 10**22 a power of ten is one too: their quotient is the
# nearest float64 to the decimal number, which is what a parser gives.
EXACT_DIGITS = 15
NO_NUMBER = "A member is no number."
POWERS = 10.0 ** np.arange(EXACT_DIGITS + 1)


@dataclass(frozen=True)
class Members:
    """The members of n objects, in their order: `counts` (n,) int64, how many each has; then of every member `names` int16, the position
    among the names known, and `values` float64, nan for null."""

    counts: Array
    names: Array
    values: Array


class Reader:
    """Reads objects batch by batch; `names` are those met so far, by position."""

    def __init__(self) -> None:
        self._positions: dict[bytes, int] = {}
        self._kinds: dict[bytes, Array] = {}

    @property
    def names(self) -> list[str]:
        return [json.loads(b'"' + name + b'"') for name in self._positions]

    def read(self, objects: Sequence[bytes]) -> Members:
        """`objects` as jsonb prints them: `{"tc": 5.83, "condition:diabetes": 0}`.

        Raises ValueError where a member is no number (null, true and false are).
        """
        text = b"\n".join(objects) + b"\n"
        buffer = np.frombuffer(text, dtype=np.uint8)
        starts = np.flatnonzero((buffer[:-1] == COLON) & (buffer[1:] == SPACE)) + 2
        ends = np.flatnonzero((buffer == COMMA) | (buffer == CLOSES))
        ends = ends[buffer[ends - 1] != OPENS]
        if len(starts) != len(ends) or (starts > ends).any():
            raise ValueError(NO_NUMBER)
        counts = np.diff(np.searchsorted(starts, np.flatnonzero(buffer == LINE_END)), prepend=0)
        return Members(counts, self._read_names(buffer, starts, ends, counts), _numbers(text, buffer, starts, ends))

    def _read_names(self, buffer: Array, starts: Array, ends: Array, counts: Array) -> Array:
        """Objects that are the same but for their numbers have the same names: those of each kind are read once."""
        blanked, lengths = buffer.copy(), ends - starts
        for place in range(int(lengths.max(initial=0))):
            blanked[starts[lengths > place] + place] = BLANK
        bare = blanked.tobytes().translate(None, delete=bytes([BLANK])).split(b"\n")[:-1]
        names = np.concatenate([self._kinds[kind] if kind in self._kinds else self._learn(kind) for kind in bare])
        if len(names) != counts.sum():
            raise ValueError(NO_NUMBER)
        return names

    def _learn(self, kind: bytes) -> Array:
        positions = self._positions
        names = [positions.setdefault(name, len(positions)) for name in NAME.findall(kind)]
        self._kinds[kind] = np.array(names, dtype=np.int16)
        return self._kinds[kind]


def _numbers(text: bytes, buffer: Array, starts: Array, ends: Array) -> Array:
    """Plain decimals of up to 15 digits digit by digit, for all of them at once; whatever else there is one by one."""
    if not len(starts):
        return np.empty(0)
    lengths = ends - starts
    digits = np.zeros(len(starts), dtype=np.int64)
    points = np.zeros(len(starts), dtype=np.int8)
    behind = np.zeros(len(starts), dtype=np.int8)
    negative = buffer[starts] == MINUS
    plain = (lengths <= EXACT_DIGITS) & (lengths > negative)
    for place in range(min(int(lengths.max()), EXACT_DIGITS)):
        inside = lengths > place
        byte = buffer[np.minimum(starts + place, len(buffer) - 1)]
        digit = byte - np.uint8(ZERO)
        is_digit, is_point = (digit < 10) & inside, (byte == POINT) & inside
        plain &= is_digit | is_point | ~inside | (negative if place == 0 else False)
        digits = np.where(is_digit, digits * 10 + digit, digits)
        behind += is_digit & (points > 0)
        points += is_point
    plain &= points < 2
    values = digits / POWERS[behind]
    values[negative] *= -1
    for at in np.flatnonzero(~plain).tolist():
        value = json.loads(text[starts[at] : ends[at]])
        if not isinstance(value, int | float | None):
            raise ValueError(NO_NUMBER)
        values[at] = np.nan if value is None else value
    return values

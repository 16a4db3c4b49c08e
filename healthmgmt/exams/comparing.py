"""What a row says otherwise than what is stored about its person and day: item by item. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

Value = float | str | None


class Kind(StrEnum):
    CHANGED = "changed"
    ADDED = "added"
    GONE = "gone"


class Said(NamedTuple):
    """A value with its sign (`<`, `>=`); `source` is the exam that told it, None for the row itself."""

    value: Value
    sign: str
    source: Any = None


@dataclass(frozen=True)
class Told:
    """What a stored exam, or a row, says: values and texts by code, and what it was mended to do without."""

    results: dict[str, Any]
    texts: dict[str, str]
    qualifiers: dict[str, str]
    left_out: Collection[str] = ()
    source: Any = None

    @property
    def items(self) -> dict[str, Said]:
        """Without the flags that were read out of a text: their text stands for them."""
        said = {code: value for code, value in self.results.items() if ":" not in code} | self.texts
        return {code: Said(value, self.qualifiers.get(code, ""), self.source) for code, value in said.items()}


@dataclass(frozen=True)
class Change:
    """An item of which the row says something else; `before` is None for an added one, `after` for one that goes."""

    code: str
    kind: Kind
    before: Said | None
    after: Said | None


def changes(row: Told, stored: Sequence[Told], codes: Collection[str]) -> list[Change]:
    """In the order of the codes. `stored` are the exams of that day that count, oldest first; `codes` the file's columns.

    An item goes when the file has its column, the row is silent, and all that its exam says is replaced by the row.
    """
    before: dict[str, Said] = {}
    for exam in stored:
        before |= exam.items
    kept = {code for exam in stored if not _is_replaced(exam, row, codes) for code in exam.items}
    after = row.items
    found = []
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old is None:
            found.append(Change(code, Kind.ADDED, None, new))
        elif new is None:
            if code in codes and code not in kept:
                found.append(Change(code, Kind.GONE, old, None))
        elif (old.value, old.sign) != (new.value, new.sign):
            found.append(Change(code, Kind.CHANGED, old, new))
    return found


def _is_replaced(exam: Told, row: Told, codes: Collection[str]) -> bool:
    return all(code in codes and code not in row.left_out for code in exam.items)

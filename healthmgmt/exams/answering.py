"""What people say about the columns of a file: checked against the file, and put beside what they said before. Pure.

An answer holds for a heading, wherever it stands. So a heading that a file has twice cannot be answered.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from healthmgmt.exams import headings
from healthmgmt.exams.recognising import NEEDED, SINGLE, Column
from healthmgmt.records import catalogue, units

EMPTY: dict[str, Any] = {"columns": [], "header_rows": [], "declined": []}
KEPT = ("other", "ignored")
KNOWN = frozenset(field.name for field in fields(Column))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a column is. Without `unit`: the one that the heading states, else the item's usual one."""

    index: int
    role: str
    code: str | None = None
    unit: str | None = None
    zero_is_missing: bool = False


class Change(NamedTuple):
    """A heading whose answer is another one in a version than in the one before; None: there was, or is, none."""

    heading: str
    before: Column | None
    after: Column | None


def columns_of(layout: Mapping[str, Any]) -> list[Column]:
    """The columns of a stored layout."""
    return [Column(**{name: value for name, value in one.items() if name in KNOWN}) for one in layout.get("columns", ())]


def codes(columns: Sequence[Column]) -> list[str]:
    """The items and flags that a file has columns for; a column of both pressures is one for each."""
    found = {column.code for column in columns if column.code}
    return sorted(found.union(("sbp", "dbp") if any(column.role == "bp" for column in columns) else ()))


def fingerprint(columns: Iterable[Column]) -> str:
    """Tells the headings of a file, in their order, however they are written."""
    return hashlib.sha256("\n".join(headings.fold(column.heading) for column in columns).encode()).hexdigest()


def repeated(columns: Iterable[Column]) -> set[str]:
    """Folded headings that a file has more than once."""
    return {name for name, times in Counter(headings.fold(column.heading) for column in columns).items() if name and times > 1}


def unit_tokens(code: str) -> tuple[str, ...]:
    """The units that an item can be measured in, the usual one first; none for items without numbers."""
    indicator = catalogue.load()[code]
    return (indicator.unit, *indicator.alt_units) if indicator.is_numeric else ()


def answered(column: Column, answer: Answer) -> Column:
    """The column as it is after the answer. Raises UnknownUnit when the heading states a unit that the item cannot have."""
    said = Column(column.index, column.heading, column.cell, answer.role)
    if answer.role == "bp":
        stated = answer.unit or headings.stated_unit(column.heading)
        return replace(said, unit=units.resolve("sbp", stated) if stated else catalogue.load()["sbp"].unit, unit_stated=bool(stated))
    if answer.role != "indicator":
        return said
    indicator = catalogue.load()[answer.code]
    if not indicator.is_numeric:
        return replace(said, code=answer.code, unit=indicator.unit)
    stated = answer.unit or headings.stated_unit(column.heading)
    unit = units.resolve(answer.code, stated) if stated else indicator.unit
    return replace(said, code=answer.code, unit=unit, unit_stated=bool(stated), zero_is_missing=answer.zero_is_missing)


def faults(columns: Sequence[Column], answers: Sequence[Answer]) -> dict[int, str]:
    """What is wrong with the answers, by column: `repeated`, `unit`, `stated-unit`, `twice`, `needed`. All at once."""
    by_index = {column.index: column for column in columns}
    again, found, after = repeated(columns), {}, dict(by_index)
    for answer in answers:
        column = by_index[answer.index]
        if not column.heading or headings.fold(column.heading) in again:
            found[answer.index] = "repeated"
            continue
        try:
            after[answer.index] = answered(column, answer)
        except units.UnknownUnit:
            found[answer.index] = "unit" if answer.unit else "stated-unit"
    answered_at = [answer.index for answer in answers]
    return _needed(by_index, after, answered_at) | _twice(after, answered_at) | found


def _twice(after: Mapping[int, Column], answered_at: Sequence[int]) -> dict[int, str]:
    """Answers by which two columns would hold the same."""
    held = Counter(one for column in after.values() for one in _holds(column))
    return {index: "twice" for index in answered_at if any(held[one] > 1 for one in _holds(after[index]))}


def _holds(column: Column) -> tuple[str, ...]:
    if column.role in ("indicator", "flag"):
        return (column.code,)
    return (column.role,) if column.role in SINGLE else ()


def _needed(before: Mapping[int, Column], after: Mapping[int, Column], answered_at: Sequence[int]) -> dict[int, str]:
    """Answers that take away the last column by which a row is somebody's, or of a day."""
    found = {}
    for roles in NEEDED.values():
        if not any(column.role in roles for column in after.values()):
            found |= {index: "needed" for index in answered_at if before[index].role in roles}
    return found


def merged(known: Mapping[str, Any], columns: Iterable[Column], declined: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """The layout with some columns said anew; `declined` are questions answered with no, as (heading, kind)."""
    said = {headings.fold(column.heading): column for column in columns}
    kept = [one for one in known["columns"] if headings.fold(one["heading"]) not in said]
    refused = [one for one in known["declined"] if headings.fold(one["heading"]) not in said]
    refused += [{"heading": heading, "kind": kind} for heading, kind in declined]
    return {"columns": [*kept, *map(_as_json, said.values())], "header_rows": [], "declined": refused}


def _as_json(column: Column) -> dict[str, Any]:
    return {field.name: getattr(column, field.name) for field in fields(Column)}


def open_questions(proposals: Iterable[Mapping[str, Any]], known: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The proposals that nobody has answered with no."""
    declined = {(headings.fold(one["heading"]), one["kind"]) for one in (known or EMPTY)["declined"]}
    return [dict(one) for one in proposals if (headings.fold(one["heading"]), one["kind"]) not in declined]


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[Change]:
    """What one version says otherwise than another, in the order of its columns; what it does not say any more comes last."""
    former = {headings.fold(column.heading): column for column in columns_of(before or EMPTY)}
    present = {headings.fold(column.heading): column for column in columns_of(after)}
    found = [Change(column.heading, former.get(name), column) for name, column in present.items() if not _alike(former.get(name), column)]
    return found + [Change(column.heading, column, None) for name, column in former.items() if name not in present]


def _alike(one: Column | None, other: Column) -> bool:
    return one is not None and replace(one, index=other.index, cell=other.cell, heading=other.heading) == other

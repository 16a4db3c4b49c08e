"""Taking a roster in: parse, stage by COPY, judge beside what is stored, and change everything in set-based statements.

All in one transaction, so that a file which cannot be used leaves nothing behind.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import DatabaseError

from healthmgmt.audit import services as audit
from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.encryption import encrypt, keyed_hash
from healthmgmt.organization import services as organization
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import root_unit
from healthmgmt.people import hazards, spelling
from healthmgmt.people.models import RosterRow
from healthmgmt.people.parsing import Columns, Problem, RosterLine
from healthmgmt.people.sheets import Unreadable

# The start of a stretch of work of which no file told the beginning.
BEFORE_RECORDS = date(1900, 1, 1)
STAGED = [
    "number", "sheet_row", "emp_no", "name", "pinyin", "id_no", "id_hash", "sex", "birth", "path_number", "left_on", "hired_on",
    "occupation", "exposures", "rotates_on", "verdict", "reason", "field", "changes",
]  # fmt: skip


@dataclass(frozen=True)
class Reach:
    """Where the caller may change the roster, and where make units: prefixes of unit paths."""

    roster: list[str]
    units: list[str]

    def may_edit(self, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self.roster)

    def may_build(self, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self.units)


@dataclass
class Staging:
    """What is remembered beside the staged rows: problems, and the unit paths with the places that rows give them."""

    columns: Columns
    received: int = 0
    problems: list[Problem] = field(default_factory=list)
    fault: Unreadable | None = None
    paths: dict[tuple[str, ...], int] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)

    def store(self, lines: Iterator[RosterLine]) -> None:
        """COPY the sound rows; keep the problems of the others. Raises Unreadable when the rows end in a fault."""
        try:
            sql.copy_in("people_rosterrow", STAGED, self._fields(self._watched(lines)))
        except DatabaseError as error:
            # What goes wrong while COPY asks for rows comes back as the database's error.
            raise (self.fault or error) from error

    def _watched(self, lines: Iterator[RosterLine]) -> Iterator[RosterLine]:
        try:
            yield from lines
        except Unreadable as fault:
            self.fault = fault
            raise

    def _fields(self, lines: Iterator[RosterLine]) -> Iterator[list[str | None]]:
        for line in lines:
            self.received += 1
            path_number = self._path_number(line)
            if line.problems:
                self.problems += line.problems
                continue
            yield [
                str(line.number),
                str(line.sheet_row),
                line.emp_no,
                line.name,
                spelling.keys(line.name),
                "\\x" + encrypt(line.id_no).hex() if line.id_no else "\\x",
                keyed_hash(line.id_no) if line.id_no else "",
                line.sex,
                line.birth.isoformat() if line.birth else None,
                str(path_number) if path_number is not None else None,
                line.left_on.isoformat() if line.left_on else None,
                line.hired_on.isoformat() if line.hired_on else None,
                line.occupation,
                _json_list(line.exposures),
                line.rotates_on.isoformat() if line.rotates_on else None,
                "ready",
                "",
                "",
                "",
            ]

    def _path_number(self, line: RosterLine) -> int | None:
        if line.path is None or line.problems:
            return None
        number = self.paths.setdefault(line.path, len(self.paths))
        if line.place and self.places.setdefault(number, line.place) != line.place:
            cell = self.columns.cell("place", line.sheet_row)
            line.problems.append(Problem(line.number, cell, self.columns.heading("place"), "other-place"))
        return number


def judge(staging: Staging, reach: Reach, *, by: Actor) -> int:
    """Decide which staged rows can be taken in, making the units that they need; returns the number of units made."""
    root = root_unit()
    # A small organisation's file may have no units at all; its new people are in the root then.
    needs_unit = staging.columns.says("unit", "dept") or not reach.may_edit(root.path)
    parameters = {"reach": [prefix + "%" for prefix in reach.roster], "needs_unit": needs_unit, "root": root.pk, "rotating": hazards.rotating()}
    for name in ("plan_for_many", "refuse_repeats", "match_roster", "match_returned", "refuse_contradictions"):
        sql.execute(f"people/{name}", parameters)
    wanted = {number for (number,) in sql.rows("people/wanted_paths")}
    paths = {path: number for path, number in staging.paths.items() if number in wanted}
    builder = Builder(root, reach, by)
    found = builder.units(list(paths))
    for reason, refused in builder.refused.items():
        numbers = [paths[path] for path in refused]
        sql.execute("people/refuse_paths", {"paths": numbers, "reason": reason, "field": "unit"})
    units = {paths[path]: unit for path, unit in found.items()}
    sql.execute("people/put_in_units", {"paths": list(units), "units": [unit.pk for unit in units.values()]})
    sql.execute("people/put_in_root", parameters)
    misplaced = builder.place({units[number]: place for number, place in staging.places.items() if number in units})
    numbers = [number for number, unit in units.items() if unit in misplaced]
    sql.execute("people/refuse_paths", {"paths": numbers, "reason": "scope", "field": "place"})
    return builder.made


def apply(*, says_left: bool, today: date) -> None:
    """Change people, employments and exposures as the ready rows say, and write down what became of each row."""
    parameters = {"says_left": says_left, "today": today, "before_records": BEFORE_RECORDS, "rotating": hazards.rotating()}
    for name in (
        "mark_changes",
        "update_people",
        "renumber_accounts",
        "correct_starts",
        "end_employments",
        "resume_employments",
        "change_employments",
        "begin_employments",
        "end_exposures",
        "create_people",
        "mark_created",
        "employ_created",
        "begin_exposures",
        "plan_rotations",
        "settle_verdicts",
    ):
        sql.execute(f"people/{name}", parameters)


def refusals(columns: Columns) -> list[Problem]:
    """The rows that were refused beside what is stored, as problems."""
    refused = RosterRow.objects.filter(verdict=RosterRow.Verdict.REFUSED)
    return [
        Problem(number, columns.cell(name, sheet_row), columns.heading(name), reason)
        for number, sheet_row, name, reason in refused.values_list("number", "sheet_row", "field", "reason")
    ]


def counts() -> dict[str, int]:
    """How many rows ended in which verdict."""
    return dict(sql.rows("people/count_verdicts"))


def record_changes(*, by: Actor) -> None:
    """One audit event for each person whose record changed, with the names of what changed."""
    for verdict, changes, person_ids in sql.rows("people/changed_people"):
        detail: dict[str, Any] = {"changed": changes.split(",")} if changes else {}
        audit.record_people(f"person.{verdict}", person_ids, by=by, detail=detail)


class Builder:
    """Finds the units of paths, and makes those that are missing, level by level."""

    def __init__(self, root: Unit, reach: Reach, by: Actor) -> None:
        self._root, self._reach, self._by = root, reach, by
        self._children = {(unit.parent_id, unit.name.casefold()): unit for unit in Unit.objects.open().filter(level__gt=0)}
        self._by_id = {unit.pk: unit for unit in [self._root, *self._children.values()]}
        self.made = 0
        self.refused: dict[str, list[tuple[str, ...]]] = {}

    def units(self, paths: list[tuple[str, ...]]) -> dict[tuple[str, ...], Unit]:
        """The unit of each path; those that the caller may not use or make are in `refused` by reason instead."""
        found = {}
        below = {path: self._without_root(path) for path in paths}
        for depth in range(1, max(map(len, below.values()), default=0) + 1):
            self._make(sorted({names[:depth] for names in below.values() if len(names) >= depth}))
        for path, names in below.items():
            unit = self._walk(names)
            if unit is None:
                self.refused.setdefault("unknown-unit", []).append(path)
            elif not self._reach.may_edit(unit.path):
                self.refused.setdefault("scope", []).append(path)
            else:
                found[path] = unit
        return found

    def place(self, places: dict[Unit, str]) -> set[Unit]:
        """Put units where the rows say; returns those which the caller may not change."""
        refused = set()
        for unit, place in sorted(places.items(), key=lambda pair: pair[0].level):
            if self._inherited(unit) == place:
                continue
            if not self._reach.may_build(unit.path):
                refused.add(unit)
                continue
            organization.place_at(unit, place=place, by=self._by)
        return refused

    def _without_root(self, path: tuple[str, ...]) -> tuple[str, ...]:
        starts_with_root = path[:1] and path[0].casefold() == self._root.name.casefold()
        return path[1:] if starts_with_root and (self._root.pk, path[0].casefold()) not in self._children else path

    def _walk(self, names: tuple[str, ...]) -> Unit | None:
        unit: Unit | None = self._root
        for name in names:
            unit = self._children.get((unit.pk, name.casefold())) if unit else None
        return unit

    def _make(self, paths: list[tuple[str, ...]]) -> None:
        wanted = {}
        for path in paths:
            parent = self._walk(path[:-1])
            if parent is not None and self._reach.may_build(parent.path) and self._walk(path) is None:
                wanted.setdefault((parent.pk, path[-1].casefold()), (parent, path[-1], ""))
        for unit in organization.create_units(list(wanted.values()), by=self._by) if wanted else []:
            self._children[(unit.parent_id, unit.name.casefold())] = self._by_id[unit.pk] = unit
            self.made += 1

    def _inherited(self, unit: Unit) -> str:
        while not unit.place and unit.parent_id:
            unit = self._by_id[unit.parent_id]
        return unit.place


def _json_list(kinds: list[str] | None) -> str | None:
    return None if kinds is None else json.dumps(kinds)

"""From the reading child to staged rows: frames in, COPY out. Identity numbers are encrypted on the way.

One pass over the file; a resumed job reads it again and skips the rows that were stored before.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from healthmgmt.core import sql
from healthmgmt.core.encryption import encrypt
from healthmgmt.exams import bysex
from healthmgmt.people.identity import canonical, id_hash
from healthmgmt.records import coding

COLUMNS = [
    "upload_id", "number", "sheet", "sheet_row", "places", "emp_no", "name", "sex", "dept", "exam_on", "raw", "values", "reported",
    "qualifiers", "ranges", "texts", "other", "findings", "problems", "state", "id_no", "id_hash",
]  # fmt: skip

NO_PROBLEM = "[]"


class StagedRow(NamedTuple):
    """A row frame of the child; the `_json` fields are JSON texts."""

    number: int
    sheet: str
    sheet_row: int
    places_json: str | None
    emp_no: str | None
    name: str | None
    id_no: str | None
    sex: str | None
    dept: str | None
    exam_on: str | None
    raw_json: str
    values_json: str
    reported_json: str
    qualifiers_json: str
    ranges_json: str
    texts_json: str
    other_json: str
    findings_json: str
    problems_json: str


def copy_rows(upload_id: int, rows: list[list[Any]]) -> int:
    """Store the rows of one frame; returns their number."""
    return sql.copy_in("exams_uploadrow", COLUMNS, _fields(str(upload_id), rows))


def _fields(upload_id: str, rows: list[list[Any]]) -> Iterator[list[str | None]]:
    for values in rows:
        row = StagedRow(*values)
        id_no = canonical(row.id_no) if row.id_no else ""
        yield [
            upload_id,
            str(row.number),
            row.sheet[:80],
            str(row.sheet_row),
            row.places_json,
            row.emp_no or "",
            row.name or "",
            row.sex or "",
            row.dept or "",
            row.exam_on,
            row.raw_json,
            row.values_json,
            row.reported_json,
            row.qualifiers_json,
            row.ranges_json,
            row.texts_json,
            row.other_json,
            row.findings_json,
            row.problems_json,
            "ready" if row.problems_json == NO_PROBLEM else "waiting",
            "\\x" + encrypt(id_no).hex() if id_no else "\\x",
            id_hash(id_no) if id_no else "",
        ]


def check_parameters(layout: dict[str, Any]) -> dict[str, str]:
    """Headings and column letters of the identity columns, for problems that only the roster can find."""
    parameters = {}
    for role, prefix in (("emp_no", "emp"), ("name", "name"), ("id_no", "id"), ("sex", "sex"), ("exam_date", "date")):
        column = next((one for one in layout["columns"] if one["role"] == role), None)
        parameters[f"{prefix}_heading"] = column["heading"] if column else ""
        parameters[f"{prefix}_letter"] = re.sub(r"\d", "", column["cell"]) if column else ""
    # A file without employee numbers names the person by identity number.
    if not parameters["emp_letter"]:
        parameters["emp_heading"], parameters["emp_letter"] = parameters["id_heading"], parameters["id_letter"]
    return parameters


def match_and_check(upload_id: int, *, layout: dict[str, Any], scope_path: str, numbers: Sequence[int] | None = None) -> None:
    """Find the people of all staged rows and everything that only shows when rows, roster and reach are seen together.

    With `numbers`, only for these rows, and nothing that was found of them before is kept twice: forget it first.
    """
    parameters = {"upload": upload_id, "scope": scope_path + "%", "numbers": None if numbers is None else list(numbers)}
    parameters |= check_parameters(layout)
    sql.execute("exams/match_people", parameters)
    sql.execute("exams/match_people_by_id", parameters)
    sql.execute("exams/check_people", parameters)
    if items := bysex.items(layout):
        sql.execute("exams/check_sex", parameters | {"items": json.dumps(items), "nothing": [*coding.words()["not_measured"], "-", "无"]})
    sql.execute("exams/check_repeats", parameters)


def check_again(upload_id: int, *, layout: dict[str, Any], scope_path: str, numbers: Sequence[int]) -> None:
    """Ask roster and other rows once more about rows that wait."""
    if numbers:
        sql.execute("exams/forget_found", {"upload": upload_id, "numbers": list(numbers)})
        match_and_check(upload_id, layout=layout, scope_path=scope_path, numbers=numbers)

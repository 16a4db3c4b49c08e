"""From the reading child to staged rows: frames in, COPY out. Identity numbers are encrypted on the way.

One pass over the file; a resumed job reads it again and passes over the rows that were stored before.
"""

import json
import re
from collections.abc import Collection, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from healthmgmt.core import sql
from healthmgmt.core.encryption import encrypt_all, keyed_hashes
from healthmgmt.exams import bysex, lines, selectors
from healthmgmt.exams.cleaning import NOTHING_NOTED
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.people.identity import canonical
from healthmgmt.records import coding

# Of each row its upload and person and what `prepared` makes, then the fields of the child's lines without the identity number.
COLUMNS = [
    "upload_id", "person_id", "state", "id_no", "id_hash", "number", "emp_no", "sheet", "sheet_row", "places", "name", "sex", "dept", "exam_on",
    "raw", "values", "reported", "qualifiers", "ranges", "texts", "other", "findings", "problems",
]  # fmt: skip
SOUND = b"\t" + NOTHING_NOTED.encode()


class StagedRow(NamedTuple):
    """A cleaned row (cleaning.FIELDS); the `_json` fields are JSON texts."""

    number: str
    emp_no: str
    id_no: str | None
    sheet: str
    sheet_row: str
    places_json: str | None
    name: str
    sex: str | None
    dept: str
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


class Block(NamedTuple):
    """Rows on their way to the table: what names each one's person, and their fields from `state` on as COPY text, field by field."""

    emp_nos: list[str]
    id_hashes: list[str]
    fields: tuple[Sequence[bytes], ...]


def prepared(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame of the child with its `lines` (see lines.py) as a Block: identity numbers encrypted, and digested to be found by."""
    if "lines" not in frame:
        return frame
    numbers, emp_nos, id_nos, rests = zip(*(row.split(b"\t", 3) for row in frame["lines"].split(b"\n")))
    ids = [one and canonical(one) for one in lines.texts(id_nos)]
    given = list(filter(None, ids))
    secrets = _spread(ids, [b"\\\\x" + secret.hex().encode() for secret in encrypt_all(given)], b"\\\\x")
    digests = _spread(ids, keyed_hashes(given), "")
    states = [b"accepted" if rest.endswith(SOUND) else b"waiting" for rest in rests]
    fields = (states, secrets, list(map(str.encode, digests)), numbers, emp_nos, rests)
    return frame | {"lines": Block(lines.texts(emp_nos), digests, fields)}


def _spread(ids: list[str], found: list, nothing: bytes | str) -> list:
    """What was found of the numbers that are given; `nothing` for rows without one."""
    if len(found) == len(ids):
        return found
    following = iter(found)
    return [next(following) if one else nothing for one in ids]


def copy_rows(upload_id: int, blocks: Sequence[Block]) -> None:
    """Store rows, with the people whom their employee or identity numbers name."""
    columns = map(chain.from_iterable, zip(*(block.fields for block in blocks)))
    upload = str(upload_id).encode()
    sql.copy_lines("exams_uploadrow", COLUMNS, map(b"\t".join, zip(repeat(upload), _people(blocks), *columns)))


def _people(blocks: Sequence[Block]) -> list[bytes]:
    """Whom rows are about, by employee number or, without one, by identity number; nobody where the roster knows none."""
    asked = {
        "emp_nos": sql.text_array(chain.from_iterable(block.emp_nos for block in blocks)),
        "id_hashes": sql.text_array(chain.from_iterable(block.id_hashes for block in blocks)),
    }
    return sql.row("exams/find_people", asked)[0].encode().split(b" ")


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


def check(upload: Upload, *, numbers: Sequence[int] | None = None) -> None:
    """Find everything that only shows when rows, roster and reach are seen together.

    With `numbers`, only for these rows, and nothing that was found of them before is kept twice: forget it first.
    """
    parameters = check_parameters(upload.layout) | {
        "upload": upload.pk,
        "scope": upload.unit.path + "%",
        "numbers": None if numbers is None else list(numbers),
        "states": [*selectors.going_in(upload), UploadRow.State.WAITING],
    }
    sql.execute("exams/check_people", parameters)
    if items := bysex.items(upload.layout):
        sql.execute("exams/check_sex", parameters | {"items": json.dumps(items), "nothing": [*coding.words()["not_measured"], "-", "无"]})
    repeats = [number for (number,) in sql.rows("exams/check_repeats", parameters)]
    note_problems(upload.pk, None if numbers is None else {*numbers, *repeats})


def note_problems(upload_id: int, numbers: Collection[int] | None) -> None:
    """Keep why rows wait or are left out where causes are counted; after every change of a row's problems or state."""
    given = {"upload": upload_id, "numbers": None if numbers is None else list(numbers)}
    sql.execute("exams/forget_problems", given)
    sql.execute("exams/note_problems", given)


def check_again(upload: Upload, *, numbers: Sequence[int]) -> None:
    """Ask roster and other rows once more about rows that wait."""
    if numbers:
        given = {"upload": upload.pk, "numbers": list(numbers)}
        for name in ("forget_found", "match_people", "match_people_by_id"):
            sql.execute(f"exams/{name}", given)
        check(upload, numbers=numbers)


def waiting_partners(upload_id: int, numbers: Collection[int]) -> list[int]:
    """Rows that wait because they and these are about the same person and day."""
    if not numbers:
        return []
    found = sql.rows("exams/waiting_partners", {"upload": upload_id, "numbers": list(numbers)})
    return [number for (number,) in found]

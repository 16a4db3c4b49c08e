"""The rows of an upload that wait, or were left out, to take along: the file's own headings and cells, and why."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import exporting
from healthmgmt.core.actors import Actor
from healthmgmt.exams import groups, presenters, selectors
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.people.identity import masked

# Columns that find a row again. Everything else may be health content, also what was not recognised.
FINDING_ROLES = frozenset({"emp_no", "name", "id_no", "sex", "age", "birth", "dept", "phone", "exam_date"})
BLOCK_ROWS = 1_000


def bad_rows(upload: Upload, *, state: str, shows_cells: bool, by: Actor) -> BinaryIO:
    """A workbook of the rows in a state; clinical cells are masked unless `shows_cells`, identity numbers always.

    Everybody who is known in these rows is told of it.
    """
    rows = selectors.problem_rows(upload).filter(state=state)
    with transaction.atomic():
        people = list(rows.filter(person__isnull=False).values_list("person_id", flat=True).distinct().order_by())
        audit.record("upload.rows_downloaded", by=by, subject=upload, detail={"state": str(state), "cells": shows_cells})
        audit.record_people("upload.rows_downloaded", people, by=by, subject=upload)
        return exporting.workbook(_lines(upload, rows.iterator(chunk_size=BLOCK_ROWS), shows_cells), sheet=_("Rows and reasons"))


def _lines(upload: Upload, rows: Iterator[UploadRow], shows_cells: bool) -> Iterator[list[str]]:
    columns = upload.layout.get("columns", [])
    yield [*(column["heading"] for column in columns), _("Row in the file"), _("Cells at fault"), _("Why")]
    for row in rows:
        cells = [_cell(row, column, shows_cells) for column in columns]
        found = [problem["cell"] for problem in row.problems if problem["cell"]]
        reasons = [presenters.sentence(problem["reason"], problem["column"]) for problem in row.problems]
        yield [*cells, groups.place(upload, row), ", ".join(dict.fromkeys(found)), " ".join(dict.fromkeys(reasons))]


def _cell(row: UploadRow, column: dict[str, Any], shows_cells: bool) -> str:
    if column["role"] == "id_no":
        return masked(row.id_no) if row.id_no else ""
    if shows_cells or column["role"] in FINDING_ROLES:
        return (row.raw[column["index"]] or "") if column["index"] < len(row.raw) else ""
    return presenters.MASK

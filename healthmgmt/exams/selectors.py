"""Reads over uploads and exams."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from healthmgmt.core import sql
from healthmgmt.exams import presenters
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.records import catalogue


def problem_rows(upload: Upload) -> QuerySet[UploadRow]:
    """The rows that wait or are left out, in file order."""
    return upload.rows.filter(state__in=(UploadRow.State.WAITING, UploadRow.State.REFUSED)).order_by("number")


def problems(upload: Upload, rows: QuerySet[UploadRow] | None = None) -> list[dict[str, Any]]:
    """Every problem of the rows that wait or are left out: row number, the sheet's own cell, heading, reason, sentence."""
    found = []
    rows = problem_rows(upload) if rows is None else rows
    for number, sheet, row_problems in rows.values_list("number", "sheet", "problems"):
        for problem in row_problems:
            found.append(
                {
                    "row": number,
                    "cell": problem["cell"],
                    "column": problem["column"],
                    "reason": problem["reason"],
                    "text": presenters.sentence(problem["reason"], problem["column"]),
                    **({"sheet": sheet} if sheet else {}),
                }
            )
    return found


def exported(upload: Upload | None = None) -> Iterator[dict[str, Any]]:
    """The stored exams as the export shows them, in file order; `values` are canonical numbers of numeric items."""
    numeric = {code for code, indicator in catalogue.load().items() if indicator.is_numeric}
    for line in sql.dicts("exams/export_exams", {"upload": upload.pk if upload else None}):
        line["exam_date"] = line["exam_date"].isoformat()
        line["values"] = {code: value for code, value in line["values"].items() if code in numeric}
        yield line

"""The rows of an upload that wait, or were left out, to take along: the file's own headings and cells, and why.

Mended there, the file can be delivered like any other: the key of each row brings it back (see merging).
"""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import exporting
from healthmgmt.core.actors import Actor
from healthmgmt.exams import groups, keyed, mending, presenters, rowkeys, selectors
from healthmgmt.exams.access import Hands
from healthmgmt.exams.correcting import Column, columns_of
from healthmgmt.exams.groups import Viewer
from healthmgmt.exams.models import Upload, UploadRow

BLOCK_ROWS = 1_000


def bad_rows(upload: Upload, *, state: str, hands: Hands, by: Actor) -> BinaryIO:
    """A workbook of the rows in a state. Who does not see the cells gets clinical ones masked, and columns that are kept from
    employers not at all; identity numbers are always masked. Everybody who is known in these rows is told of it.
    """
    rows = selectors.problem_rows(upload).filter(state=state)
    with transaction.atomic():
        people = list(rows.filter(person__isnull=False).values_list("person_id", flat=True).distinct().order_by())
        audit.record("upload.rows_downloaded", by=by, subject=upload, detail={"state": str(state), "cells": hands.sees})
        audit.record_people("upload.rows_downloaded", people, by=by, subject=upload)
        lines = _lines(Viewer(upload, hands), rows.iterator(chunk_size=BLOCK_ROWS))
        return exporting.workbook(lines, sheet=_("Rows and reasons"))


def shown(viewer: Viewer, column: Column, text: str) -> str:
    """A cell as it stands in the file."""
    said = viewer.said(column.heading, text)
    return presenters.MASK if said is None else said


def _lines(viewer: Viewer, rows: Iterator[UploadRow]) -> Iterator[list[str]]:
    columns = [column for column in columns_of(viewer.upload) if column.heading not in viewer.kept]
    yield [*(column.heading for column in columns), _("Row in the file"), _("Cells at fault"), _("Why"), keyed.HEADING]
    while block := list(islice(rows, BLOCK_ROWS)):
        texts = mending.texts_of(viewer.upload, block)
        for row in block:
            said = texts[row.number]
            cells = [shown(viewer, column, said[column.index] if column.index < len(said) else "") for column in columns]
            found = [groups.shown_problem(viewer, problem) for problem in row.problems]
            at_fault = ", ".join(dict.fromkeys(cell for cell, _sentence in found if cell))
            reasons = " ".join(dict.fromkeys(sentence for _cell, sentence in found))
            key = rowkeys.written(viewer.upload.uuid, row.number, row.version)
            yield [*cells, groups.place(viewer.upload, row), at_fault, reasons, key]

"""Groups of rows that wait, as pages show them: the cause in words, rows by cell and name, what can be done. Never a value."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import number
from healthmgmt.exams import presenters, repairing
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.exams.selectors import Group
from healthmgmt.people.identity import masked


class ShownRow(NamedTuple):
    """A row by what finds it in the file."""

    number: int
    cell: str
    place: str
    name: str
    emp_no: str


class ShownGroup(NamedTuple):
    """One cause. `count` rows have it, `rows` are the first of them or a page; the flags say what can be done."""

    reason: str
    column: str
    count: int
    title: str
    advice: str
    rows: list[ShownRow]
    may_leave_values: bool
    is_about_person: bool

    @property
    def intro(self) -> str:
        return presenters.joined([_("Rows: %(count)s.") % {"count": number(self.count)}, self.advice])

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def shown_group(upload: Upload, group: Group, rows: Mapping[int, UploadRow]) -> ShownGroup:
    """A group with its first rows."""
    first = [shown_row(upload, rows[number], cell) for number, cell in zip(group.numbers, group.cells, strict=True)]
    return _shown(upload, group.reason, group.column, group.rows, first)


def shown_page(upload: Upload, reason: str, column: str, count: int, rows: Iterable[UploadRow]) -> ShownGroup:
    """A group with a page of its rows."""
    return _shown(upload, reason, column, count, [shown_row(upload, row, cell_at_fault(row, reason, column)) for row in rows])


def shown_row(upload: Upload, row: UploadRow, cell: str) -> ShownRow:
    """Name and number as the file has them; of a file without employee numbers the identity number, masked."""
    number = row.emp_no or (masked(row.id_no) if row.id_no else "")
    return ShownRow(row.number, cell, place(upload, row), row.name, number)


def place(upload: Upload, row: UploadRow) -> str:
    """The file's own row number, with the sheet's name where there are several."""
    is_one_of_several = len(upload.layout.get("sheets", ())) > 1
    return f"{row.sheet} {row.sheet_row}" if is_one_of_several else str(row.sheet_row)


def cell_at_fault(row: UploadRow, reason: str, column: str) -> str:
    """The address of the cell for which a row has a problem."""
    found = (problem["cell"] for problem in row.problems if (problem["reason"], problem["column"]) == (reason, column))
    return next(found, "")


def _shown(upload: Upload, reason: str, column: str, count: int, rows: list[ShownRow]) -> ShownGroup:
    return ShownGroup(
        reason=reason,
        column=column,
        count=count,
        title=presenters.sentence(reason, column),
        advice=presenters.advice(reason),
        rows=rows,
        may_leave_values=repairing.may_do_without(upload.layout, reason, column),
        is_about_person=reason in repairing.ABOUT_PERSON,
    )

"""Groups of rows that wait, as pages show them: the cause in words, rows by cell and name, what can be done.

A cell's text is shown to those alone who may see it; of what is kept from employers not even the heading.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.core.templatetags.health import number
from healthmgmt.exams import correcting, mending, presenters, quarantine, repairing, selectors
from healthmgmt.exams.access import Hands
from healthmgmt.exams.correcting import Column, Kind
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.exams.selectors import Group
from healthmgmt.people.identity import masked

# Columns that find a row again; what stands in them is no health content.
FINDING_ROLES = frozenset({"emp_no", "name", "sex", "age", "birth", "dept", "phone", "exam_date"})
ORDERS = {"dmy": gettext_lazy("The day stands before the month"), "mdy": gettext_lazy("The month stands before the day")}


class ShownRow(NamedTuple):
    """A row by what finds it in the file. `said` is the cell's text, or None where it is masked; `index` is the cell's column.

    `form` is the id of its form in a group: a row may stand in several groups of a page.
    """

    number: int
    cell: str
    place: str
    name: str
    emp_no: str
    index: int | None = None
    said: str | None = None
    is_mended: bool = False
    form: str = ""


class Way(NamedTuple):
    """What can be decided for all rows of a group: the choices as (value, words); none where there is nothing to choose."""

    kind: str
    words: str
    options: list[tuple[str, str]]


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
    may_type: bool
    is_of_cell: bool
    ways: list[Way]

    @property
    def intro(self) -> str:
        return presenters.joined([_("Rows: %(count)s.") % {"count": number(self.count)}, self.advice])

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


class Viewer:
    """An upload as somebody may see it: which cells, which headings, and what may be done."""

    def __init__(self, upload: Upload, hands: Hands) -> None:
        self.upload, self.hands = upload, hands
        self.columns = {column.heading: column for column in correcting.columns_of(upload)}
        self.kept = frozenset() if hands.sees else quarantine.headings(upload.layout)

    def named(self, heading: str) -> str:
        """A heading as it may stand in an address or a form."""
        return quarantine.veiled(self.upload.uuid, heading) if heading in self.kept else heading

    def meant(self, named: str) -> str:
        """The heading that an address or a form means."""
        return quarantine.unveiled(self.upload.uuid, named, self.kept)

    def sentence(self, reason: str, heading: str) -> str:
        """Why a row waits, without a heading that is kept."""
        return presenters.sentence(reason, presenters.kept_heading() if heading in self.kept else heading)

    def anchor(self, reason: str, heading: str) -> str:
        """The beginning of the ids that belong to a group of the page."""
        return hashlib.md5(f"{reason}\x1f{self.named(heading)}".encode(), usedforsecurity=False).hexdigest()[:8]

    def said(self, heading: str, text: str) -> str | None:
        """A cell's text if it may be shown."""
        column = self.columns.get(heading)
        if column is not None and column.role == "id_no":
            return masked(text) if text else ""
        if self.hands.sees or column is not None and column.role in FINDING_ROLES:
            return text
        return None

    def ways(self, reason: str, heading: str) -> list[Way]:
        """What can be decided for a whole group, but for leaving out and for equal texts."""
        column = self.columns.get(heading)
        return [_way(self.upload, kind, column) for kind in correcting.ways(column, reason, self.hands) if kind != Kind.TEXT]


def shown_groups(viewer: Viewer, found: Iterable[Group], rows: Mapping[int, UploadRow]) -> list[ShownGroup]:
    """Groups, the largest with their first rows; one query for what was changed in them."""
    texts = mending.texts_of(viewer.upload, rows.values())
    shown = []
    for at, group in enumerate(found):
        numbers = group.numbers if at < selectors.OPEN_GROUPS else []
        first = [_row(viewer, rows[number], group.reason, group.column, texts[number]) for number in numbers]
        shown.append(_shown(viewer, group.reason, group.column, group.rows, first))
    return shown


def shown_page(viewer: Viewer, reason: str, column: str, count: int, rows: Iterable[UploadRow]) -> ShownGroup:
    """A group with a page of its rows."""
    rows = list(rows)
    texts = mending.texts_of(viewer.upload, rows)
    return _shown(viewer, reason, column, count, [_row(viewer, row, reason, column, texts[row.number]) for row in rows])


def shown_row(upload: Upload, row: UploadRow, cell: str) -> ShownRow:
    """Name and number as the row has them; without employee numbers the identity number, masked."""
    emp_no = row.emp_no or (masked(row.id_no) if row.id_no else "")
    return ShownRow(row.number, cell, place(upload, row), row.name, emp_no, is_mended=row.version > 0)


def place(upload: Upload, row: UploadRow) -> str:
    """The file's own row number, with the sheet's name where there are several."""
    is_one_of_several = len(upload.layout.get("sheets", ())) > 1
    return f"{row.sheet} {row.sheet_row}" if is_one_of_several else str(row.sheet_row)


def cell_at_fault(row: UploadRow, reason: str, column: str) -> str:
    """The address of the cell for which a row has a problem."""
    found = (problem["cell"] for problem in row.problems if (problem["reason"], problem["column"]) == (reason, column))
    return next(found, "")


class UrgentRow(NamedTuple):
    """A row that comes before all others, and why it waits; `is_certain`: it is known whose row it is."""

    row: ShownRow
    sentences: list[str]
    is_certain: bool
    reason: str
    column: str


def urgent_row(viewer: Viewer, row: UploadRow) -> UrgentRow:
    """A waiting row with a class A result; nothing says so but its place."""
    said = [viewer.sentence(problem["reason"], problem["column"]) for problem in row.problems]
    first = row.problems[0]
    cell = "" if first["column"] in viewer.kept else first["cell"]
    shown = shown_row(viewer.upload, row, cell)
    return UrgentRow(shown, list(dict.fromkeys(said)), row.is_alerted, first["reason"], viewer.named(first["column"]))


def shown_problem(viewer: Viewer, problem: Mapping[str, str]) -> tuple[str, str]:
    """The cell and the sentence of one problem of a row."""
    cell = "" if problem["column"] in viewer.kept else problem["cell"]
    return cell, viewer.sentence(problem["reason"], problem["column"])


def equal_texts(viewer: Viewer, reason: str, heading: str) -> list[tuple[str, int]]:
    """What the cells of a group say how often, for who may see and type them; texts that stand once are left to their rows."""
    column = viewer.columns.get(heading)
    if Kind.TEXT not in correcting.ways(column, reason, viewer.hands) or viewer.said(heading, "x") is None or column.role == "id_no":
        return []
    return selectors.equal_texts(viewer.upload, reason, heading, column.index)


def _row(viewer: Viewer, row: UploadRow, reason: str, heading: str, texts: list[str]) -> ShownRow:
    cell = cell_at_fault(row, reason, heading)
    index = row.index_of(cell)
    text = texts[index] if index is not None and index < len(texts) else ""
    shown = shown_row(viewer.upload, row, "" if heading in viewer.kept else cell)
    return shown._replace(index=index, said=viewer.said(heading, text), form=f"{viewer.anchor(reason, heading)}-{row.number}")


def _shown(viewer: Viewer, reason: str, heading: str, count: int, rows: list[ShownRow]) -> ShownGroup:
    column = viewer.columns.get(heading)
    return ShownGroup(
        reason=reason,
        column=viewer.named(heading),
        count=count,
        title=viewer.sentence(reason, heading),
        advice=presenters.advice(reason, may_change=viewer.hands.values),
        rows=rows,
        may_leave_values=repairing.may_do_without(viewer.upload.layout, reason, heading),
        is_about_person=reason in selectors.ABOUT_PERSON,
        may_type=correcting.may_type(column, viewer.hands) and reason not in ("columns", "conflict", "duplicate", "scope", "inactive"),
        is_of_cell=column is not None and reason not in ("columns", "conflict", "duplicate", "scope", "inactive"),
        ways=viewer.ways(reason, heading),
    )


def _way(upload: Upload, kind: Kind, column: Column) -> Way:
    if kind == Kind.UNIT:
        units = [(token, presenters.unit_words(token)) for token in correcting.stated_units(upload, column.heading)]
        return Way(kind, _("The unit of these cells is"), units)
    if kind == Kind.ORDER:
        return Way(kind, _("In these dates"), [(order, str(words)) for order, words in ORDERS.items()])
    return Way(kind, _("Exchange the two pressures"), [])

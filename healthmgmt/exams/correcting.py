"""Changing cells of rows that wait: one typed anew, the same for all like it, taken back.

Identity cells and the day of the exam may be changed by everybody who mends an upload; clinical cells (`Hands.values`) by the
exam centre whose delivery it is. A unit may be stated for laboratory items by whoever mends.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import alike, mending, repairing, selectors
from healthmgmt.exams.access import Hands
from healthmgmt.exams.mending import Cells
from healthmgmt.exams.models import Mending, Upload, UploadRow
from healthmgmt.exams.recognising import Layout
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.records import catalogue
from healthmgmt.work import services as work
from healthmgmt.work.registry import Run

Kind = Mending.Kind
# What anybody who mends may type: it stands on paper, in the roster, in the calendar.
PLAIN_ROLES = frozenset({"emp_no", "name", "id_no", "sex", "birth", "dept", "exam_date"})
# So many rows are mended while somebody waits; more are a job's.
ROWS_AT_ONCE = 200
BATCH_ROWS = 1_000
LONGEST_TYPED = 500
# Conversions of these are not left to employers: they change what was measured of a body.
BODY = "anthropometry"


class Column(NamedTuple):
    """A column of an upload's layout, and where it stands."""

    index: int
    role: str
    code: str
    heading: str


def columns_of(upload: Upload) -> list[Column]:
    """The columns of an upload's layout."""
    return [Column(one["index"], one["role"], one["code"] or "", one["heading"]) for one in upload.layout.get("columns", ())]


def column_of(upload: Upload, heading: str) -> Column | None:
    """The column under a heading; None when there is none."""
    return next((column for column in columns_of(upload) if column.heading == heading), None)


def may_type(column: Column | None, hands: Hands) -> bool:
    """Whether cells of a column may be typed anew."""
    return column is not None and hands.mends and (hands.values or column.role in PLAIN_ROLES)


def ways(column: Column | None, reason: str, hands: Hands) -> list[Kind]:
    """What can be decided for all cells of a group at once, apart from leaving them out."""
    if column is None or not hands.mends:
        return []
    found = []
    if reason == "date" and column.role == "exam_date":
        found.append(Kind.ORDER)
    if reason in ("unit", "range") and column.role == "indicator":
        is_body = catalogue.load()[column.code].category == BODY
        if hands.values or (reason == "unit" and not is_body):
            found.append(Kind.UNIT)
    if reason == "order" and hands.values:
        found.append(Kind.SWAP)
    if may_type(column, hands) and reason in ("number", "range", "unit", "date", "future-date", "characters", "unknown-employee", "name-mismatch"):
        found.append(Kind.TEXT)
    return found


def type_cells(upload: Upload, number: int, cells: Cells, *, hands: Hands, by: Actor) -> Mending:
    """Type cells of a row anew (by the index of their column) and check the row again.

    Raises Rejected: not open to it, a row that does not wait, a column that is not the user's to change, nothing new.
    """
    _refuse_foreign_cells(upload, cells, hands)
    if any(len(text) > LONGEST_TYPED for text in cells.values()):
        raise Rejected(_("This text is too long for a cell."))
    with transaction.atomic():
        upload = repairing.opened(upload)
        row = _waiting(upload, number)
        act = _begun(upload, Kind.CELLS, by=by, column=next(one.heading for one in columns_of(upload) if one.index in cells))
        touched = _mend(upload, [row], {number: cells}, act=act, by=by)
        if not touched:
            raise Rejected(_("The cell says this already."))
        _finish(upload, act, touched)
    return act


def merge_cells(upload: Upload, rows: list[UploadRow], changes: Mapping[int, Cells], *, by: Actor) -> Mending:
    """Change cells of rows (under lock) as a delivered file says; who may is judged by `merging`."""
    act = _begun(upload, Kind.FILE, by=by, rows=len(rows))
    _finish(upload, act, _mend(upload, rows, changes, act=act, by=by))
    return act


def type_again(upload: Upload, rows: list[UploadRow], changes: Mapping[int, Cells], *, by: Actor) -> Mending:
    """Change cells of rows (under lock) of a file that is being read, as they were changed in the reading before."""
    act = _begun(upload, Kind.CELLS, by=by, rows=len(rows), finished_at=timezone.now())
    _mend(upload, rows, changes, act=act, by=by)
    act.save(update_fields=["changed"])
    return act


def take_back(upload: Upload, number: int, *, hands: Hands, by: Actor) -> Mending:
    """Let a row say again what it said in the file. Raises Rejected as `type_cells` does."""
    with transaction.atomic():
        upload = repairing.opened(upload)
        row = upload.rows.select_for_update().filter(number=number, version__gt=0, state__in=(UploadRow.State.WAITING, UploadRow.State.READY)).first()
        if row is None:
            raise Rejected(_("Nothing of this row can be taken back."))
        first = mending.first_texts(upload, number)
        _refuse_foreign_cells(upload, first, hands)
        act = _begun(upload, Kind.BACK, by=by)
        touched = _mend(upload, [row], {number: first}, act=act, by=by)
        if not touched:
            raise Rejected(_("Nothing of this row can be taken back."))
        _finish(upload, act, touched)
    return act


def mend_alike(
    upload: Upload, *, kind: str, reason: str, column: str, hands: Hands, by: Actor, text: str = "", given: str = ""
) -> Mending:
    """Decide the same for all rows of a group, as far as it fits them; at once where they are few, else by a job.

    Raises Rejected: not open to it, a decision that is none or not the user's, an empty group.
    """
    kind = Kind(kind)
    _refuse_senseless(upload, kind, reason, column, given, hands)
    with transaction.atomic():
        upload = repairing.opened(upload)
        rows = selectors.group_problems(upload, reason=reason, column=column).count()
        if not rows:
            raise Rejected(_("Nothing of this waits any more."))
        act = _begun(upload, kind, by=by, reason=reason, column=column, text=text, given=given, rows=rows)
        if rows > ROWS_AT_ONCE:
            work.submit("exams.mend", key=str(act.pk), payload={"mending": act.pk, "user": by.user_id})
        else:
            for batch in _batches(upload, act, after=0, size=ROWS_AT_ONCE):
                _do(upload, act, batch, by=by)
            _finish(upload, act)
    return act


def said_in(upload: Upload, mending_id: int) -> dict[str, str]:
    """The change of one cell as a decision for all cells that say the same. Raises Rejected when there was none."""
    cell = upload.mended_cells.filter(mending=mending_id, mending__kind=Kind.CELLS).first()
    if cell is None:
        raise Rejected(_("This cannot be decided for these rows."))
    return {"kind": str(Kind.TEXT), "text": cell.before, "given": cell.after}


def count_alike(upload: Upload, act: Mending, reason: str, column: str) -> int:
    """In how many other rows of a group the cell says what it said in the row that was changed."""
    cell = act.cells.first()
    found = column_of(upload, column)
    if cell is None or found is None or found.index != cell.index or found.role == "id_no":
        return 0
    said = hashlib.md5(cell.before.encode(), usedforsecurity=False).hexdigest()
    return selectors.group_problems(upload, reason=reason, column=column).filter(said=said).count()


def carry_on(run: Run, act: Mending) -> None:
    """Do what was decided for a large group, batch by batch; a run that was stopped goes on behind the last row that it did."""
    by = Actor(label=act.made_by, user_id=run.payload["user"])
    after, done = run.cursor.get("after", 0), run.cursor.get("done", 0)
    while True:
        batch = next(_batches(act.upload, act, after=after, size=BATCH_ROWS), None)
        if batch is None:
            break
        after, done = batch[-1], done + len(batch)
        with run.batch(done=done, total=act.rows, cursor={"after": after, "done": done}):
            upload = repairing.opened(act.upload, doing=act)
            _do(upload, act, batch, by=by)
            repairing.recount(upload)
    with run.batch(done=act.rows, total=act.rows):
        _finish(repairing.opened(act.upload, doing=act), act)


def _refuse_foreign_cells(upload: Upload, cells: Cells, hands: Hands) -> None:
    columns = {column.index: column for column in columns_of(upload)}
    if not cells or not all(may_type(columns.get(at), hands) for at in cells):
        raise Rejected(_("Only the exam centre may change a clinical value. It can be left out."))


def _refuse_senseless(upload: Upload, kind: Kind, reason: str, column: str, given: str, hands: Hands) -> None:
    if kind == Kind.ROWS:
        return
    if kind == Kind.VALUES:
        if not repairing.may_do_without(upload.layout, reason, column):
            raise Rejected(_("Without this cell the row cannot go in; leave out the whole row, or ask for it again."))
        return
    found = column_of(upload, column)
    is_known = {Kind.ORDER: lambda: given in alike.DAY_ORDERS, Kind.UNIT: lambda: given in stated_units(upload, column)}.get(kind, lambda: True)
    if kind not in ways(found, reason, hands) or not is_known() or len(given) > LONGEST_TYPED:
        raise Rejected(_("This cannot be decided for these rows."))


def stated_units(upload: Upload, heading: str) -> list[str]:
    """The units that may be stated for cells of a column."""
    found = next((one for one in Layout.from_json(upload.layout).columns if one.heading == heading), None)
    return alike.units_of(found) if found else []


def _begun(upload: Upload, kind: Kind, *, by: Actor, **given: Any) -> Mending:
    if not by.label:
        raise PermissionError("No act without an actor.")
    return Mending.objects.create(upload=upload, kind=kind, made_by=by.label, **given)


def _finish(upload: Upload, act: Mending, touched: Collection[int] = ()) -> None:
    act.finished_at = timezone.now()
    act.save(update_fields=["finished_at", "changed"])
    repairing.recount(upload)
    repairing.tell(upload, touched)


def _waiting(upload: Upload, number: int) -> UploadRow:
    row = upload.rows.select_for_update().filter(number=number, state=UploadRow.State.WAITING).first()
    if row is None:
        raise Rejected(_("This row does not wait any more."))
    return row


def _batches(upload: Upload, act: Mending, *, after: int, size: int) -> Iterator[list[int]]:
    """Row numbers of the group, some at a time, in file order; what a decision does not fit is met once."""
    while True:
        left = selectors.group_problems(upload, reason=act.reason, column=act.column).filter(number__gt=after)
        numbers = list(left.values_list("number", flat=True)[:size])
        if not numbers:
            return
        yield numbers
        after = numbers[-1]


def _do(upload: Upload, act: Mending, numbers: list[int], *, by: Actor) -> None:
    """One batch of a decision."""
    if act.kind in (Kind.VALUES, Kind.ROWS):
        leave = repairing.leave_values if act.kind == Kind.VALUES else repairing.leave_rows
        act.changed += leave(upload, reason=act.reason, column=act.column, numbers=numbers, by=by, doing=act)
    else:
        rows = list(upload.rows.select_for_update().filter(number__in=numbers, state=UploadRow.State.WAITING).order_by("number"))
        texts = mending.texts_of(upload, rows)
        changes = {row.number: _changes(upload, act, row, texts[row.number]) for row in rows}
        _mend(upload, rows, changes, act=act, by=by)
    act.save(update_fields=["changed"])


def _mend(upload: Upload, rows: list[UploadRow], changes: Mapping[int, Cells], *, act: Mending, by: Actor) -> list[int]:
    """Change cells, and put it on record for everybody who was or is meant by the rows; returns the rows that were asked about again."""
    people = {row.person_id for row in rows if changes.get(row.number)}
    numbers, touched = mending.mend(upload, rows, changes, mending=act, today=local_day(timezone.now(), organisation_settings().timezone))
    if numbers:
        act.changed += len(numbers)
        people |= set(upload.rows.filter(number__in=numbers).values_list("person_id", flat=True))
        detail = {"kind": str(act.kind), "reason": act.reason, "column": act.column}
        audit.record("upload.cells_mended", by=by, subject=upload, detail=detail | {"rows": len(numbers), "mending": act.pk})
        audit.record_people("upload.cells_mended", people - {None}, by=by, subject=upload, detail=detail)
    return touched


def _changes(upload: Upload, act: Mending, row: UploadRow, texts: list[str]) -> Cells:
    """The cells of a row that a decision is about, and what it makes of them."""
    rule: Callable[[str], str | None] = {
        Kind.UNIT: lambda text: alike.with_unit(text, act.given),
        Kind.ORDER: lambda text: alike.with_day_order(text, act.given),
        Kind.TEXT: lambda text: act.given if text.strip() == act.text.strip() else None,
        Kind.SWAP: alike.exchanged,
    }[Kind(act.kind)]
    faults = {row.index_of(one["cell"]) for one in row.problems if (one["reason"], one["column"]) == (act.reason, act.column)}
    found = {at: rule(texts[at]) for at in faults - {None} if at < len(texts)}
    if act.kind == Kind.SWAP:
        found |= _pair_exchanged(upload, row, act, texts)
    return {at: text for at, text in found.items() if text is not None}


def _pair_exchanged(upload: Upload, row: UploadRow, act: Mending, texts: list[str]) -> dict[int, str]:
    """Two cells that hold a pressure each, with their texts exchanged."""
    lower = column_of(upload, act.column)
    if lower is None or lower.role != "indicator":
        return {}
    partner = lower.code.replace("dbp", "sbp")
    upper = next(one.index for one in columns_of(upload) if one.role == "indicator" and one.code == partner)
    return {lower.index: texts[upper], upper: texts[lower.index]}

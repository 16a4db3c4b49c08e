"""Mending the rows of an upload that wait: do without a value or a row, say whom a row is about, ask the roster again.

Set-based, one transaction each, under a lock of the upload, so that nothing is mended while rows go in. Clinical values are
never changed here.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import resident_id, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import services, staging
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.people.models import Person

MENDABLE = (Upload.State.CHECKED, Upload.State.PARTLY_APPLIED)
# A single cell is at fault, and the rest of the row holds without it. A contradiction is of the cell where it stands in the column
# of an item (two results of it), and of the row where it stands in that of the person.
OF_ONE_CELL = frozenset({"conflict", "unit", "number", "range", "order", "formula", "cell-error", "characters", "too-long"})
# Without these a row is about nobody, or of no day.
NEEDED_ROLES = frozenset({"emp_no", "name", "id_no", "exam_date"})
NAMING_ROLES = frozenset({"emp_no", "name", "id_no"})
# Somebody who knows the people can say whom such a row is about.
ABOUT_PERSON = frozenset({"unknown-employee", "name-mismatch", "id-number", "ambiguous-employee"})
# What may be gone after the roster was put in order.
OF_ROSTER = ABOUT_PERSON | {"scope", "inactive"}


def headings(layout: dict[str, Any], roles: Collection[str]) -> list[str]:
    """The file's own headings of some roles."""
    return [column["heading"] for column in layout.get("columns", ()) if column["role"] in roles]


def may_do_without(layout: dict[str, Any], reason: str, column: str) -> bool:
    """Whether the value at fault can be left out while the rest of its row goes in."""
    return reason in OF_ONE_CELL and column not in headings(layout, NEEDED_ROLES)


def leave_values(upload: Upload, *, reason: str, column: str, by: Actor, number: int | None = None) -> int:
    """Do without the values of a group of problems, or of one row in it; returns how many rows changed.

    Asking twice changes nothing. Raises Rejected: the upload is not open to it, or the row would say nothing without the value.
    """
    with transaction.atomic():
        upload = _opened(upload)
        if not may_do_without(upload.layout, reason, column):
            raise Rejected(_("Without this cell the row cannot go in; leave out the whole row, or ask for it again."))
        changed = sql.rows("exams/leave_values", _group(upload, reason, column, number))
        _close(upload, "upload.value_left_out", changed, reason, column, by=by)
    return len(changed)


def leave_rows(upload: Upload, *, reason: str, column: str, by: Actor, number: int | None = None) -> int:
    """Do without all waiting rows of a group, or one of them; returns how many. Rows that only they contradicted are free again."""
    with transaction.atomic():
        upload = _opened(upload)
        given = _group(upload, reason, column, number)
        waiting = upload.rows.filter(state=UploadRow.State.WAITING, problems__contains=[{"reason": reason, "column": column}])
        numbers = [number] if number is not None else list(waiting.values_list("number", flat=True))
        partners = _partners(upload, numbers)
        changed = sql.rows("exams/leave_rows", given)
        _check_again(upload, partners)
        _close(upload, "upload.row_left_out", changed, reason, column, by=by)
    return len(changed)


def assign_person(upload: Upload, number: int, *, person: Person, by: Actor) -> UploadRow:
    """Say whom a waiting row is about; what else is wrong with it stays. Saying the same twice is no error.

    Raises Rejected: somebody outside the upload's units, a row that does not wait, an identity number that is another's.
    """
    with transaction.atomic():
        upload = _opened(upload)
        row = upload.rows.get(number=number)
        if not person.unit.path.startswith(upload.unit.path):
            raise Rejected(_("This person does not belong to the units of this upload."))
        if row.person_chosen and row.person_id == person.pk:
            return row
        if row.state != UploadRow.State.WAITING:
            raise Rejected(_("This row does not wait any more."))
        _refuse_number_of_another(row, person)
        former, partners = row.person_id, _partners(upload, [number])
        naming = headings(upload.layout, NAMING_ROLES)
        sql.execute("exams/name_person", {"upload": upload.pk, "number": number, "person": person.pk, "headings": naming})
        _check_again(upload, {number, *partners, *_partners(upload, [number])})
        _recount(upload)
        concerned = {person.pk, former} - {None}
        audit.record_people("upload.person_named", concerned, by=by, subject=upload, detail={"row": number})
        row.refresh_from_db()
    return row


def check_again(upload: Upload, *, by: Actor) -> int:
    """Ask the roster again about every row that waits because of it; returns how many of them do not wait any more."""
    with transaction.atomic():
        upload = _opened(upload)
        waiting = upload.rows.filter(state=UploadRow.State.WAITING)
        numbers = list(waiting.filter(problems__contains=[{"by": "roster"}]).values_list("number", flat=True))
        _check_again(upload, {*numbers, *_partners(upload, numbers)})
        freed = len(numbers) - waiting.filter(number__in=numbers).count()
        _recount(upload)
        audit.record("upload.rows_checked_again", by=by, subject=upload, detail={"rows": len(numbers), "freed": freed})
    return freed


def _opened(upload: Upload) -> Upload:
    """The upload under lock. Raises Rejected while its rows are read or go in, and when nothing can go in any more."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("unit").get(pk=upload.pk)
    services.refuse_purged(upload)
    if upload.state not in MENDABLE:
        raise Rejected(_("The rows of this upload cannot be changed now."))
    return upload


def _group(upload: Upload, reason: str, column: str, number: int | None) -> dict[str, Any]:
    numbers = None if number is None else [number]
    return {"upload": upload.pk, "reason": reason, "column": column, "numbers": numbers}


def _partners(upload: Upload, numbers: Collection[int]) -> list[int]:
    """Rows that wait because they and these are about the same person and day."""
    if not numbers:
        return []
    found = sql.rows("exams/waiting_partners", {"upload": upload.pk, "numbers": list(numbers)})
    return [number for (number,) in found]


def _check_again(upload: Upload, numbers: Collection[int]) -> None:
    staging.check_again(upload.pk, layout=upload.layout, scope_path=upload.unit.path, numbers=sorted(numbers))


def _recount(upload: Upload) -> None:
    services.settle(upload, went_in=upload.state != Upload.State.CHECKED)


def _close(upload: Upload, action: str, changed: list[tuple], reason: str, column: str, *, by: Actor) -> None:
    """Receipt and record of a change to some rows; nothing when there was none."""
    if not changed:
        return
    _recount(upload)
    detail = {"reason": reason, "column": column}
    audit.record(action, by=by, subject=upload, detail=detail | {"rows": len(changed)})
    people = {person for _, person in changed if person is not None}
    audit.record_people(action, people, by=by, subject=upload, detail=detail)


def _refuse_number_of_another(row: UploadRow, person: Person) -> None:
    """A mistyped identity number may be anybody's; one that is right, or somebody else's, names another person."""
    if not row.id_hash or row.id_hash == person.id_hash:
        return
    is_right = bool(person.id_hash) and resident_id.valid_resident_id(row.id_no)
    if is_right or Person.objects.filter(id_hash=row.id_hash).exists():
        raise Rejected(_("The identity number in this row is not the one of this person. Please ask the exam centre whose row it is."))

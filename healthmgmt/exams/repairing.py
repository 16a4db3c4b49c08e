"""Mending the rows of an upload that wait: do without a value or a row, say whom a row is about, ask the roster again.

Set-based, one transaction each, under a lock of the upload, so that nothing is mended while rows go in. Cells are
changed in `correcting`.
"""

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import resident_id, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import selectors, services, staging
from healthmgmt.exams.mending import NAMING_ROLES
from healthmgmt.exams.models import Mending, Upload, UploadRow
from healthmgmt.people.models import Person
from healthmgmt.work import services as work

MENDABLE = (Upload.State.CHECKED, Upload.State.PARTLY_APPLIED)
# A single cell is at fault, and the rest of the row holds without it. A contradiction is of the cell where it stands in the column
# of an item (two results of it), and of the row where it stands in that of the person.
OF_ONE_CELL = frozenset({"conflict", "unit", "number", "range", "order", "formula", "cell-error", "characters", "too-long"})
# Without these a row is about nobody, or of no day.
NEEDED_ROLES = frozenset({"emp_no", "name", "id_no", "exam_date"})


def headings(layout: dict[str, Any], roles: Collection[str]) -> list[str]:
    """The file's own headings of some roles."""
    return [column["heading"] for column in layout.get("columns", ()) if column["role"] in roles]


def may_do_without(layout: dict[str, Any], reason: str, column: str) -> bool:
    """Whether the value at fault can be left out while the rest of its row goes in."""
    return reason in OF_ONE_CELL and column not in headings(layout, NEEDED_ROLES)


def leave_values(
    upload: Upload, *, reason: str, column: str, by: Actor, numbers: Collection[int] | None = None, doing: Mending | None = None
) -> int:
    """Do without the values of a group of problems, or of some rows in it; returns how many rows changed.

    Asking twice changes nothing. Raises Rejected: the upload is not open to it, or the row would say nothing without the value.
    """
    with transaction.atomic():
        upload = opened(upload, doing=doing)
        if not may_do_without(upload.layout, reason, column):
            raise Rejected(_("Without this cell the row cannot go in; leave out the whole row, or ask for it again."))
        changed = sql.rows("exams/leave_values", _group(upload, reason, column, numbers))
        staging.note_problems(upload.pk, [number for number, _person in changed])
        _close(upload, "upload.value_left_out", changed, reason, column, by=by)
    return len(changed)


def leave_rows(
    upload: Upload, *, reason: str, column: str, by: Actor, numbers: Collection[int] | None = None, doing: Mending | None = None
) -> int:
    """Do without all waiting rows of a group, or some of them; returns how many. Rows that only they contradicted are free again."""
    with transaction.atomic():
        upload = opened(upload, doing=doing)
        given = _group(upload, reason, column, numbers)
        group = selectors.group_problems(upload, reason=reason, column=column)
        concerned = list(numbers) if numbers is not None else list(group.values_list("number", flat=True))
        partners = staging.waiting_partners(upload.pk, concerned)
        changed = sql.rows("exams/leave_rows", given)
        staging.note_problems(upload.pk, [number for number, _person in changed])
        _check_again(upload, partners)
        _close(upload, "upload.row_left_out", changed, reason, column, by=by)
    return len(changed)


def assign_person(upload: Upload, number: int, *, person: Person, by: Actor) -> UploadRow:
    """Say whom a waiting row is about; what else is wrong with it stays. Saying the same twice is no error.

    Raises Rejected: somebody outside the upload's units, a row that does not wait, an identity number that is another's.
    """
    with transaction.atomic():
        upload = opened(upload)
        row = upload.rows.get(number=number)
        if not person.unit.path.startswith(upload.unit.path):
            raise Rejected(_("This person does not belong to the units of this upload."))
        if row.person_chosen and row.person_id == person.pk:
            return row
        if row.state != UploadRow.State.WAITING:
            raise Rejected(_("This row does not wait any more."))
        _refuse_number_of_another(row, person)
        former, partners = row.person_id, staging.waiting_partners(upload.pk, [number])
        naming = headings(upload.layout, NAMING_ROLES)
        sql.execute("exams/name_person", {"upload": upload.pk, "number": number, "person": person.pk, "headings": naming})
        touched = {number, *partners, *staging.waiting_partners(upload.pk, [number])}
        _check_again(upload, touched)
        recount(upload)
        concerned = {person.pk, former} - {None}
        audit.record_people("upload.person_named", concerned, by=by, subject=upload, detail={"row": number})
        tell(upload, touched)
        row.refresh_from_db()
    return row


def check_again(upload: Upload, *, by: Actor) -> int:
    """Ask the roster again about every row that waits because of it; returns how many of them do not wait any more."""
    with transaction.atomic():
        upload = opened(upload)
        waiting = upload.rows.filter(state=UploadRow.State.WAITING)
        numbers = list(waiting.filter(problems__contains=[{"by": "roster"}]).values_list("number", flat=True))
        touched = {*numbers, *staging.waiting_partners(upload.pk, numbers)}
        _check_again(upload, touched)
        freed = len(numbers) - waiting.filter(number__in=numbers).count()
        recount(upload)
        tell(upload, touched)
        audit.record("upload.rows_checked_again", by=by, subject=upload, detail={"rows": len(numbers), "freed": freed})
    return freed


def opened(upload: Upload, *, doing: Mending | None = None) -> Upload:
    """The upload under lock. Raises Rejected while its rows are read, go in, or are mended by a job that is not `doing` it itself,
    and when nothing can go in any more."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("unit").get(pk=upload.pk)
    services.refuse_purged(upload)
    if upload.state not in MENDABLE:
        raise Rejected(_("The rows of this upload cannot be changed now."))
    if upload.mendings.filter(finished_at=None).exclude(pk=doing and doing.pk).exists():
        raise Rejected(_("Many rows of this upload are being mended. Please wait until that is done."))
    return upload


def _group(upload: Upload, reason: str, column: str, numbers: Collection[int] | None) -> dict[str, Any]:
    return {"upload": upload.pk, "reason": reason, "column": column, "numbers": None if numbers is None else list(numbers)}


def _check_again(upload: Upload, numbers: Collection[int]) -> None:
    staging.check_again(upload, numbers=sorted(numbers))


def recount(upload: Upload) -> None:
    """Write the receipt after rows were mended: only what waits and what is left out can have changed."""
    stuck = selectors.stuck_now(upload)
    upload.refused = stuck["refused"]
    if upload.state == Upload.State.CHECKED:
        upload.waiting = stuck["waiting"]
        upload.accepted = upload.received - upload.unchanged - upload.waiting - upload.refused
    else:
        upload.waiting = upload.received - upload.accepted - upload.unchanged - upload.refused
        upload.state = Upload.State.PARTLY_APPLIED if upload.waiting else Upload.State.APPLIED
    upload.save(update_fields=["accepted", "waiting", "refused", "state"])


def _close(upload: Upload, action: str, changed: list[tuple], reason: str, column: str, *, by: Actor) -> None:
    """Receipt and record of a change to some rows; nothing when there was none."""
    if not changed:
        return
    recount(upload)
    detail = {"reason": reason, "column": column}
    audit.record(action, by=by, subject=upload, detail=detail | {"rows": len(changed)})
    people = {person for _, person in changed if person is not None}
    audit.record_people(action, people, by=by, subject=upload, detail=detail)


def tell(upload: Upload, numbers: Collection[int] = ()) -> None:
    """Rows of the upload are seen anew, all of them without numbers: whoever watches for urgent results looks at them again, and at
    whatever stands between them."""
    work.announce("exams.checked", upload=upload.pk, change=uuid.uuid4().hex, first=min(numbers, default=None), last=max(numbers, default=None))


def _refuse_number_of_another(row: UploadRow, person: Person) -> None:
    """A mistyped identity number may be anybody's; one that is right, or somebody else's, names another person."""
    if not row.id_hash or row.id_hash == person.id_hash:
        return
    is_right = bool(person.id_hash) and resident_id.valid_resident_id(row.id_no)
    if is_right or Person.objects.filter(id_hash=row.id_hash).exists():
        raise Rejected(_("The identity number in this row is not the one of this person. Please ask the exam centre whose row it is."))

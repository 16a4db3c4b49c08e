"""Reading a file again with other answers about its columns, and keeping what people mended.

A file of which nothing went in is read again in place, so too one that was refused because nobody had said which column names the
person, or the exam date. Of one whose rows went in, the same file becomes a further upload, like a
corrected file: its rows supersede where they say more or other, and undoing it brings the earlier reading back.
What people mended is found again by the sheet's own row: a cell that was typed anew is typed again, a value that was left out stays out while its cell is at fault, a person
who was named stays named, a row that was left out stays out unless it was for a cell that is sound now.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import files, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import correcting, mending, repairing, selectors, services
from healthmgmt.exams.mending import Cells
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.work import services as work

WENT_IN = (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED)


def read_again(upload: Upload, *, by: Actor) -> Upload:
    """Have the file read with the newest answers; returns the upload that is being read. Asking twice reads once.

    Raises Rejected: the file is gone, or there are no newer answers, or the upload is not open to it.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state in (Upload.State.STORED, Upload.State.READING):
            return upload
        newest = selectors.agreed_now(upload)
        latest = selectors.read_again_as(upload) or upload
        if latest != upload:
            # The newest reading is the one that goes on from here.
            return read_again(latest, by=by)
        if upload.state not in (Upload.State.CHECKED, *WENT_IN) and not awaits_answers(upload):
            raise Rejected(_("This file cannot be read again now."))
        if newest is None or newest.pk == upload.agreed_id:
            raise Rejected(_("The file was read with these answers already."))
        if not is_kept(upload):
            raise Rejected(_("The file is not kept any more. The answers hold for the next one."))
        return _anew(upload, by=by) if upload.state in WENT_IN else _in_place(upload, by=by)


def awaits_answers(upload: Upload) -> bool:
    """Whether a file was refused only because nobody has said yet which column names the person, or the exam date."""
    is_lacking = upload.state == Upload.State.REFUSED and upload.reason == "missing-column"
    return is_lacking and bool(upload.layout.get("columns"))


def has_stood(upload: Upload) -> bool:
    """Whether there are rows of an earlier reading in place, which a further one must not lose. A refused file has none: its reason
    stays until it was read.
    """
    return bool(upload.readings) and not upload.reason


def is_kept(upload: Upload) -> bool:
    """Whether the file is still there to be read."""
    return bool(upload.file_key) and upload.purged_at is None


def _in_place(upload: Upload, *, by: Actor) -> Upload:
    upload.state, upload.readings = Upload.State.STORED, upload.readings + 1
    upload.save(update_fields=["state", "readings"])
    audit.record("upload.read_again", by=by, subject=upload, detail={"reading": upload.readings})
    work.submit("exams.read", key=selectors.reading_key(upload), payload={"upload": upload.pk, "apply": False})
    return upload


def _anew(upload: Upload, *, by: Actor) -> Upload:
    with files.open_plain(upload.file_key) as file:
        again = services.receive(file, name=upload.file_name, unit=upload.unit, by=by, user=upload.uploaded_by, follows=upload)
    audit.record("upload.read_again", by=by, subject=upload, detail={"upload": again.pk})
    return again


def make_room(upload: Upload) -> None:
    """Before the rows of another reading come: what people mended is set aside under negative numbers, the rest is forgotten."""
    parameters = {"upload": upload.pk}
    sql.execute("exams/forget_rows", parameters)
    sql.execute("exams/set_mended_aside", parameters)


def carry_over(upload: Upload) -> dict[int, Cells]:
    """What people mended in the reading before, on the rows of this one; before these are compared with the roster.

    Returns the cells that they typed anew, by the number of the row now: `carry_cells` types them again afterwards.
    """
    is_aside = has_stood(upload)
    if not is_aside and upload.follows_id is None:
        return {}
    parameters = {
        "upload": upload.pk,
        # In place the earlier rows lie under negative numbers.
        "source": upload.pk if is_aside else upload.follows_id,
        "is_aside": is_aside,
        "headings": repairing.headings(upload.layout, repairing.NAMING_ROLES),
        "of_one_cell": sorted(repairing.OF_ONE_CELL),
    }
    for name in ("carry_persons", "carry_values", "carry_left_rows"):
        sql.execute(f"exams/{name}", parameters)
    typed: dict[int, dict[int, str]] = {}
    for number, cell in mending.typed_before(source=parameters["source"], upload=upload.pk, is_aside=is_aside):
        typed.setdefault(number, {})[cell.index] = cell.after
    upload.rows.filter(number__lt=0).delete()
    return typed


def carry_cells(upload: Upload, typed: Mapping[int, Cells], *, by: Actor) -> None:
    """Type cells again that people had typed anew, where the file still says something else; after the rows were compared."""
    rows = list(upload.rows.select_for_update().filter(number__in=list(typed)).exclude(state=UploadRow.State.REFUSED).order_by("number"))
    if rows:
        correcting.type_again(upload, rows, typed, by=by)


def keep_as_it_was(upload: Upload, *, reason: str) -> None:
    """The file cannot be used with the new answers: it stands as it was read before, and says why."""
    upload.layout["refused"] = reason
    upload.save(update_fields=["layout"])
    services.settle(upload, went_in=False)

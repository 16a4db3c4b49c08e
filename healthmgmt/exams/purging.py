"""Removing what was uploaded once it was kept long enough: the file and its staged rows. Receipt, counts, causes and exams stay.

The mark comes first, so that nobody mends, counts or lets in rows of which some are gone already; a file that cannot be asked
for any more goes last. Everything may be done twice.

A row may go in more ways than a service sees - with the person or the upload that it belongs to - and a process may be killed between
file and row. So each night whatever no row names is removed too.
"""

from datetime import date, datetime, timedelta

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from healthmgmt.audit import services as audit
from healthmgmt.core import files
from healthmgmt.core.actors import Actor
from healthmgmt.exams import selectors
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.work.models import Job

# While a job works on an upload it is left alone, unless that job was given up for good.
UNDER_WAY = (Upload.State.STORED, Upload.State.READING, Upload.State.APPLYING)
# Rows that wait may still be mended; whoever can do that is told so long before.
WARNED_DAYS = 21
# In every model that keeps a file.
FILE_FIELD = "file_key"
# A file is stored before the row that names it, in a transaction that ends long before this.
ROW_FOLLOWS = timedelta(days=1)


def kept_until(upload: Upload) -> date:
    """The day on which an upload's file and rows are removed."""
    return timezone.localtime(upload.uploaded_at).date() + timedelta(days=organisation_settings().file_retention_days)


def is_near(upload: Upload, today: date) -> bool:
    """Whether an upload's rows are removed soon."""
    return upload.purged_at is None and kept_until(upload) - today <= timedelta(days=WARNED_DAYS)


def next_due(now: datetime, *, after: int) -> Upload | None:
    """The first upload past a number that was kept long enough, or whose removal was begun and not finished."""
    for upload in _due(now).filter(pk__gt=after).order_by("pk").iterator(chunk_size=100):
        if upload.state not in UNDER_WAY or upload.purged_at is not None or _is_given_up(upload):
            return upload
    return None


def begin(upload: Upload, *, by: Actor) -> None:
    """Mark an upload as removed, in the caller's transaction, and keep what its receipt says of the rows."""
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if upload.purged_at is not None:
        return
    upload.causes = {
        str(state): [[group.reason, group.column, group.rows] for group in selectors.problem_groups(upload, state)]
        for state in (UploadRow.State.WAITING, UploadRow.State.REFUSED)
    }
    upload.purged_at = timezone.now()
    upload.save(update_fields=["causes", "purged_at"])
    # What was decided stays on record, without the texts of cells.
    upload.mendings.update(text=b"", given=b"")
    audit.record("upload.purged", by=by, subject=upload, detail={"rows": upload.received, "waiting": upload.waiting})


def remove_rows(upload: Upload, *, most: int) -> int:
    """Remove the next rows of a marked upload; returns how many."""
    numbers = list(upload.rows.order_by("number").values_list("number", flat=True)[:most])
    for kept in (upload.rows, upload.mended_cells, upload.row_problems):
        kept.filter(number__in=numbers).delete()
    return len(numbers)


def remove_file(upload: Upload) -> None:
    """Remove the file of a marked upload."""
    if upload.file_key:
        files.remove(upload.file_key)
        upload.file_key = ""
        upload.save(update_fields=["file_key"])


def remove_forgotten(now: datetime, *, by: Actor) -> int:
    """Remove the files that no row names (any more): uploads and report files alike. Returns how many."""
    stores = [model for model in apps.get_models() if any(field.name == FILE_FIELD for field in model._meta.fields)]
    named = {key for model in stores for key in model._base_manager.values_list(FILE_FIELD, flat=True)}
    removed = files.remove_unnamed(named, before=now - ROW_FOLLOWS)
    if removed:
        audit.record("files.removed", by=by, detail={"files": removed})
    return removed


def _due(now: datetime) -> QuerySet[Upload]:
    kept_since = now - timedelta(days=organisation_settings().file_retention_days)
    is_begun = Q(purged_at__isnull=False)
    rows = Exists(UploadRow.objects.filter(upload=OuterRef("pk")))
    return Upload.objects.filter(Q(purged_at=None, uploaded_at__lt=kept_since) | is_begun & (Q(rows) | ~Q(file_key="")))


def _is_given_up(upload: Upload) -> bool:
    job = selectors.running_job(upload)
    return job is None or job.state == Job.State.FAILED

"""What can be done with an upload: receive, apply, withdraw."""

import hashlib
import os
from collections.abc import Collection
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts import notices
from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import files, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import access, quality, reports, selectors
from healthmgmt.exams.models import Upload, UploadLink, UploadRow
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.work import services as work

READ_BLOCK_BYTES = 1024 * 1024


def receive(
    file: BinaryIO,
    *,
    name: str,
    unit: Unit,
    by: Actor,
    user: User | None = None,
    centre: str = "",
    check_only: bool = False,
    apply_when_read: bool = False,
    follows: Upload | None = None,
) -> Upload:
    """Keep a file and see to it that it is read. `unit` is how far the uploader reaches, `centre` names whose file it is; `follows` is
    the upload of the same file that it reads again.

    The file is whole on disk before its row is written, and the job that reads it is written with the row. A file over
    the limit is not kept: its upload says `too-large`. Raises Rejected when the file cannot be stored, and when an exam centre's
    account delivers in another's name.
    """
    made_by = follows.centre if follows else access.delivering_centre(user, centre)
    sha256, size = _measure(file)
    too_large = size > settings.UPLOAD_LIMITS["file_bytes"]
    key = "" if too_large else files.store(file)
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                file_key=key,
                file_name=name[:255],
                sha256=sha256,
                size=size,
                unit=unit,
                uploaded_by=user,
                centre=made_by,
                check_only=check_only,
                follows=follows,
            )
            audit.record("upload.received", by=by, subject=upload, detail={"size": size, "sha256": sha256})
            if too_large:
                refuse(upload, reason="too-large", received=0)
            else:
                work.submit("exams.read", key=str(upload.uuid), payload={"upload": upload.pk, "apply": apply_when_read})
    except BaseException:
        if key:
            files.remove(key)
        raise
    return upload


def refuse(upload: Upload, *, reason: str, received: int) -> None:
    """Close an upload of which nothing can be used; `received` rows were counted in it."""
    upload.state, upload.reason = Upload.State.REFUSED, reason
    upload.received = upload.refused = received
    upload.accepted = upload.unchanged = upload.waiting = 0
    upload.finished_at = timezone.now()
    upload.save()


def request_apply(upload: Upload, *, by: Actor) -> Upload:
    """Let the good rows in; the bad ones wait, and follow in a further round once they are mended.

    Asking twice is no error and does nothing twice: a round begins only while rows are ready, and has a job of its own.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state in (Upload.State.APPLYING, Upload.State.APPLIED):
            return upload
        refuse_purged(upload)
        if upload.state == Upload.State.PARTLY_APPLIED:
            if not upload.rows.filter(state=UploadRow.State.READY).exists():
                return upload
        elif upload.state != Upload.State.CHECKED or upload.check_only:
            raise Rejected(_("This upload cannot be applied now."))
        if upload.mendings.filter(finished_at=None).exists():
            raise Rejected(_("Many rows of this upload are being mended. Please wait until that is done."))
        upload.state, upload.rounds = Upload.State.APPLYING, upload.rounds + 1
        upload.save(update_fields=["state", "rounds"])
        audit.record("upload.applied", by=by, subject=upload, detail={"round": upload.rounds})
        work.submit("exams.apply", key=selectors.apply_key(upload), payload={"upload": upload.pk, "user": by.user_id})
    return upload


def tell_of_repair(upload: Upload, *, by_user: int | None) -> None:
    """Whoever delivered a file is told when others have seen to the last row of it that had waited."""
    if upload.rounds > 1 and not upload.waiting and upload.uploaded_by_id not in (None, by_user):
        notices.tell([upload.uploaded_by_id], kind="upload_repaired", key=str(upload.pk), link=reverse("exams:upload", args=[upload.uuid]))


def refuse_purged(upload: Upload) -> None:
    """Raises Rejected when the rows of an upload were removed after their time."""
    if upload.purged_at is not None:
        raise Rejected(_("The rows of this file were kept for their time and are removed. Please deliver the file again."))


def settle(upload: Upload, *, went_in: bool) -> None:
    """Write the receipt, counted from the rows, and the state that follows from it.

    Before anything `went_in`, what was mended counts as accepted; afterwards it waits like the rows that are not mended yet.
    """
    upload.received, accepted, upload.unchanged, waiting, upload.refused, ready = sql.row("exams/count_rows", {"upload": upload.pk})
    if went_in:
        upload.accepted, upload.waiting = accepted, waiting + ready
        upload.state = Upload.State.PARTLY_APPLIED if upload.waiting else Upload.State.APPLIED
    else:
        upload.accepted, upload.waiting = accepted + ready, waiting
        upload.state = Upload.State.CHECKED
    upload.save(update_fields=["received", "accepted", "unchanged", "waiting", "refused", "state", "finished_at"])


def place(upload: Upload) -> None:
    """A file that an exam centre delivered itself belongs to the smallest unit that has all its people: whoever looks after them
    there mends it. One with people of several units stays with what they have in common."""
    user = upload.uploaded_by
    if user is None or not user.can(Permission.OWN_DELIVERIES) or user.can(Permission.UPLOAD_VIEW, upload.unit):
        return
    first, last = sql.row("exams/span_of_units", {"upload": upload.pk, "scope": upload.unit.path + "%"})
    common = os.path.commonprefix([first or "", last or ""])
    unit = Unit.objects.filter(path=common[: common.rfind(".") + 1]).first()
    if unit is not None and unit != upload.unit:
        audit.record("uploads.moved", by=Actor.system(), subject=upload, detail={"from": upload.unit_id, "to": unit.pk, "uploads": 1})
        upload.unit = unit
        upload.save(update_fields=["unit"])


def mark_urgent(
    upload: Upload, *, urgent: Collection[int], alerted: Collection[int], by: Actor, first: int, last: int
) -> None:
    """Put the rows first that hold a class A result, and note for whom an alert is asked for. The others from `first` to `last` are not
    urgent (any more)."""
    given = {"upload": upload.pk, "urgent": list(urgent), "alerted": list(alerted), "first": first, "last": last}
    changed = sql.execute("exams/mark_urgent", given)
    if changed:
        audit.record("upload.rows_marked", by=by, subject=upload, detail={"rows": changed})


def withdraw(upload: Upload, *, by: Actor, reason: str = "") -> int:
    """Undo a whole upload: its exams are withdrawn, and what they superseded, or what only repeated them, counts again.

    Returns how many exams that stood by themselves were withdrawn.

    Raises Rejected when it is not applied, or when one of its exams lies in a locked period.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state == Upload.State.WITHDRAWN:
            raise Rejected(_("This upload was withdrawn already."))
        if upload.state not in (Upload.State.APPLIED, Upload.State.PARTLY_APPLIED):
            raise Rejected(_("Only an applied upload can be undone."))
        if (period := selectors.locked_period(upload)) is not None:
            raise Rejected(_("The period %(period)s is locked; its uploads cannot be undone.") % {"period": period.name})
        lock_days()
        # What was said anew only to leave a value of it out goes with it.
        for copy in Upload.objects.filter(layout__taken_out=upload.pk, state=Upload.State.APPLIED):
            withdraw(copy, by=by, reason=reason)
        withdrawn = sql.row("exams/withdraw_exams", {"upload": upload.pk})[0]
        while sql.execute("exams/wake_repeats", {"upload": upload.pk}):
            pass
        sql.execute("exams/settle_days", {"upload": upload.pk, "first": 1, "last": upload.received})
        upload.state, upload.withdrawn_at = Upload.State.WITHDRAWN, timezone.now()
        upload.save(update_fields=["state", "withdrawn_at"])
        reports.remove_of(upload, by=by)
        audit.record("upload.withdrawn", by=by, subject=upload, detail={"exams": withdrawn}, reason=reason)
        work.announce("exams.withdrawn", upload=upload.pk)
    return withdrawn


def lock_days() -> None:
    """Wait until nobody else settles which exams count, and keep them from it until the transaction ends."""
    sql.execute("exams/lock_days")


def count_quality(upload: Upload) -> None:
    """Count anew how good an upload is, in the caller's transaction. What was counted of removed rows stays; undone, nothing does."""
    if upload.state == Upload.State.WITHDRAWN:
        upload.quality.all().delete()
        return
    if upload.purged_at is not None:
        return
    delivered_on = local_day(upload.uploaded_at, organisation_settings().timezone)
    given = {"upload": upload.pk, "delivered_on": delivered_on, "late_days": quality.LATE_DAYS, "whole_items": list(quality.WHOLE_ITEMS)}
    sql.execute("exams/count_quality", given)


def fingerprint(file: BinaryIO) -> str:
    """The SHA-256 of a file, by which it is known again."""
    return _measure(file)[0]


def hand_over_uploads(unit: int, *, into: int, by: Actor) -> int:
    """Uploads of a unit that was merged into another: whoever looks after its people there mends and undoes them. Twice is once."""
    with transaction.atomic():
        moved = Upload.objects.filter(unit=unit).update(unit=into)
        # Whoever holds a link for it delivers to that one.
        UploadLink.objects.filter(unit=unit).update(unit=into)
        if moved:
            audit.record("uploads.moved", by=by, detail={"from": unit, "to": into, "uploads": moved})
    return moved


def _measure(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(READ_BLOCK_BYTES):
        digest.update(block)
        size += len(block)
    file.seek(0)
    return digest.hexdigest(), size

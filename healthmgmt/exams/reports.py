"""Report files: PDFs of an exam centre beside an exam. Encrypted, taken along as a download and never shown by us."""

from functools import partial
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import files
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import pdf
from healthmgmt.exams.models import Exam, ReportFile, Upload
from healthmgmt.people.models import Person

MOST_FILES = 5
REFUSALS = {
    "format": gettext_lazy("This is not a PDF."),
    "corrupt": gettext_lazy("This PDF is damaged or was not transferred completely."),
    "locked": gettext_lazy("This PDF is protected, so that it cannot be checked. Please save it without protection."),
    "active": gettext_lazy("This PDF does more than show pages (scripts, or files inside). Please print it to a PDF and add that one."),
}


def attach(file: BinaryIO, *, person: Person, upload: Upload, row_number: int, by: Actor, user: User | None = None) -> ReportFile:
    """Keep a PDF beside the exam of a row. Raises Rejected: too large, no PDF, or one that does more than show pages; too many."""
    _check(file)
    if ReportFile.objects.filter(upload=upload, row_number=row_number).count() >= MOST_FILES:
        raise Rejected(_("An exam has at most %(most)d report files.") % {"most": MOST_FILES}, field="report")
    file.seek(0)
    key = files.store(file)
    try:
        with transaction.atomic():
            report = ReportFile.objects.create(
                person=person, upload=upload, row_number=row_number, file_key=key, size=file.size, added_by=user
            )
            audit.record("exam.report_added", by=by, subject=report, person_id=person.pk)
    except BaseException:
        files.remove(key)
        raise
    return report


def attach_to_exam(exam: Exam, file: BinaryIO, *, by: Actor, user: User | None = None) -> ReportFile:
    """Keep a PDF beside an exam that stands already. Raises as `attach` does."""
    return attach(file, person=exam.person, upload=exam.upload, row_number=exam.row_number, by=by, user=user)


def open_for(report: ReportFile, *, by: Actor) -> BinaryIO:
    """The PDF, on record for the person it is about."""
    audit.record("exam.report_downloaded", by=by, subject=report, person_id=report.person_id)
    return files.open_plain(report.file_key)


def remove_of(upload: Upload, *, by: Actor) -> None:
    """Remove the report files of an upload's exams, in the caller's transaction; the files themselves go when it is done."""
    for report in ReportFile.objects.filter(upload=upload):
        audit.record("exam.report_removed", by=by, subject=report, person_id=report.person_id)
        transaction.on_commit(partial(files.remove, report.file_key))
        report.delete()


def _check(file: BinaryIO) -> None:
    limit = settings.UPLOAD_LIMITS["report_bytes"]
    if file.size > limit:
        raise Rejected(_("The PDF is larger than %(size)s MiB.") % {"size": limit // 2**20}, field="report")
    file.seek(0)
    try:
        pdf.check(file.read())
    except pdf.NotShowable as fault:
        raise Rejected(str(REFUSALS[fault.reason]), field="report") from None

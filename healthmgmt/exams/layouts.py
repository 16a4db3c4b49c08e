"""The answers about columns that an exam centre's files are read with: which ones count, and a new version of them.

Where no exam centre is named for an upload, its unit has answers of its own. Answers of one source never reach another's files.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import answering, presenters, recognising, rereading, selectors
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.models import ExamLayout, Upload
from healthmgmt.organization.models import Unit
from healthmgmt.partners.models import ExamCentre


ANSWERABLE = (Upload.State.CHECKED, Upload.State.APPLIED, Upload.State.PARTLY_APPLIED)


class Unanswerable(Rejected):
    """Answers that cannot be; `faults` says by column why, as `answering.faults` does, and `lacking` what no column would be of."""

    def __init__(self, faults: Mapping[int, str], lacking: Sequence[str] = ()) -> None:
        if lacking:
            said = presenters.joined([_("Nothing was saved yet."), presenters.lacking_sentence(lacking)])
        else:
            said = _("Nothing was saved yet. Please look at the columns that are marked.")
        super().__init__(said)
        self.faults, self.lacking = faults, lacking


def is_open(upload: Upload) -> bool:
    """Whether people may say now what the columns of an upload are."""
    return upload.state in ANSWERABLE or rereading.awaits_answers(upload)


def seen(upload: Upload, newest: ExamLayout | None) -> str:
    """What a page of an upload's columns was made from: the answers that count, and those that it was read with."""
    return f"{newest.version if newest else 0}-{upload.agreed_id or 0}"


def agree(
    upload: Upload, answers: Sequence[Answer], *, seen: str, by: Actor, user: User | None, declined: Sequence[tuple[str, str]] = ()
) -> ExamLayout:
    """Answers, and questions answered with no as (heading, kind), become the next version; a file of which nothing went in is
    read again with it.

    Raises Unanswerable, and Rejected when others answered, or the file was read again, since the page was made.
    """
    with transaction.atomic():
        newest, upload = _locked(upload, seen)
        columns = answering.columns_of(upload.layout)
        if faults := answering.faults(columns, answers):
            raise Unanswerable(faults)
        by_index = {column.index: column for column in columns}
        said = [answering.answered(by_index[answer.index], answer) for answer in answers]
        if lacking := recognising.lacking((by_index | {column.index: column for column in said}).values()):
            raise Unanswerable({}, lacking)
        layout = answering.merged(newest.layout if newest else answering.EMPTY, said, declined)
        headings = [column.heading for column in said] + [heading for heading, _kind in declined]
        return _next(upload, newest, layout, by=by, user=user, detail={"columns": headings})


def go_back(upload: Upload, version: int, *, seen: str, by: Actor, user: User | None) -> ExamLayout:
    """What an earlier version said becomes the next version; version 0 said nothing. Raises Rejected as `agree` does."""
    with transaction.atomic():
        newest, upload = _locked(upload, seen)
        earlier = selectors.layouts(upload).filter(version=version).first()
        if newest is None or version == newest.version or (earlier is None and version != 0):
            raise Rejected(_("There is no such earlier version."))
        layout = earlier.layout if earlier else answering.EMPTY
        return _next(upload, newest, layout, by=by, user=user, detail={"as": version})


def _locked(upload: Upload, was_seen: str) -> tuple[ExamLayout | None, Upload]:
    """Newest version and upload, with the source locked: one person answers at a time."""
    kind, pk = (ExamCentre, upload.centre_id) if upload.centre_id else (Unit, upload.unit_id)
    kind.objects.select_for_update().get(pk=pk)
    upload = Upload.objects.select_for_update().get(pk=upload.pk)
    if not is_open(upload):
        raise Rejected(_("The columns of this upload cannot be changed now."))
    newest = selectors.agreed_now(upload)
    if seen(upload, newest) != was_seen:
        raise Rejected(_("Somebody else answered meanwhile, or the file was read again. This is how it stands now; please look once more."))
    return newest, upload


def _next(
    upload: Upload, newest: ExamLayout | None, layout: dict[str, Any], *, by: Actor, user: User | None, detail: dict[str, Any]
) -> ExamLayout:
    version = ExamLayout.objects.create(
        centre_id=upload.centre_id,
        unit_id=None if upload.centre_id else upload.unit_id,
        version=newest.version + 1 if newest else 1,
        fingerprint=answering.fingerprint(answering.columns_of(upload.layout)),
        layout=layout,
        made_by=user,
    )
    audit.record("upload.columns_answered", by=by, subject=upload, detail={"version": version.version} | detail)
    if upload.state not in rereading.WENT_IN and rereading.is_kept(upload):
        rereading.read_again(upload, by=by)
    return version

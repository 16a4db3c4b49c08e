"""Whose uploads a user may see, and with which reach they upload."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.core.exceptions import Rejected
from healthmgmt.core.permissions import Permission
from healthmgmt.exams.models import Dispute, Exam, ReportFile, Upload, UploadLink
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import at_or_below
from healthmgmt.partners.models import ExamCentre
from healthmgmt.partners.services import exam_centre_named
from healthmgmt.people.models import Person

MOST_CANDIDATES = 20
# How long it is told, and of how many, that a file has come by a link.
NEWS_DAYS = 14
MOST_NEWS = 3


def delivering_centre(user: User | None, named: str) -> ExamCentre | None:
    """The exam centre in whose name a user delivers: an exam centre's account in its own, everybody else in the one named, if any.

    Raises Rejected: an exam centre's account names another, or is of none yet.
    """
    own = user.centre if user else None
    if own is None:
        return exam_centre_named(named) if named.strip() else None
    if not own:
        raise Rejected(_("Nobody has said yet which exam centre this account is of. The administrator of the organisation can."))
    if named.strip() not in ("", own):
        raise Rejected(_("This account delivers for “%(centre)s” only.") % {"centre": own}, field="centre")
    return exam_centre_named(own)


def _own_deliveries(user: User) -> Q:
    """Of an exam centre's account only what it delivered in its own centre's name."""
    own = Q(uploaded_by=user)
    return own if user.centre is None else own & Q(centre__name=user.centre)


def visible_to(user: User) -> QuerySet[Upload]:
    """Uploads made within the user's units, and those that the user delivered."""
    # That a value was taken out tells that it was disputed: no employer role sees such an upload, or undoes it.
    within = at_or_below(user.unit_paths(Permission.UPLOAD_VIEW), "unit__path") & Q(layout__taken_out__isnull=True)
    if user.can(Permission.OWN_DELIVERIES):
        within |= _own_deliveries(user)
    return Upload.objects.filter(within)


def get_upload_or_404(user: User, uuid: UUID, permission: Permission | None = None) -> Upload:
    """An upload that the user may see; inside the reach but without the permission asked for, 403."""
    upload = get_object_or_404(visible_to(user), uuid=uuid)
    if permission and not user.can(permission, upload.unit):
        raise PermissionDenied
    return upload


def uploading_units(user: User) -> list[Unit]:
    """The units whose subtrees a user uploads for, none of them inside another."""
    paths = user.unit_paths(Permission.UPLOAD_CREATE)
    tops = [path for path in paths if not any(path != other and path.startswith(other) for other in paths)]
    return list(Unit.objects.filter(path__in=tops).order_by("path"))


def uploading_unit(user: User, pk: int | None = None) -> Unit:
    """The unit that a user uploads for: the only one, or of several the one chosen. Raises Rejected when that is none, or not decided."""
    units = uploading_units(user)
    if not units:
        raise Rejected(_("Your roles do not include uploading."))
    chosen = [unit for unit in units if unit.pk == pk] if pk is not None and len(units) > 1 else units
    if len(chosen) != 1:
        raise Rejected(_("You upload for several units; please say for which one."), field="unit")
    return chosen[0]


def earlier_delivery(user: User, sha256: str) -> Upload | None:
    """The upload of the very same file that the user may see: the last that stands, else the last of all."""
    gone = Q(state__in=(Upload.State.WITHDRAWN, Upload.State.REFUSED, Upload.State.MERGED))
    same = visible_to(user).filter(sha256=sha256).select_related("uploaded_by")
    return same.exclude(gone).order_by("-id").first() or same.order_by("-id").first()


def may_see_cells(user: User, upload: Upload) -> bool:
    """Whether the cells of waiting rows may be given back: to the exam centre whose own delivery it is, and to nobody else."""
    is_own = user.can(Permission.OWN_DELIVERIES) and upload.uploaded_by_id == user.pk
    return is_own and (user.centre is None or (upload.centre is not None and upload.centre.name == user.centre))


class Hands(NamedTuple):
    """What a user may do with rows of an upload that wait: mend them; change clinical values too; see the cells."""

    mends: bool
    values: bool
    sees: bool


def hands(user: User, upload: Upload) -> Hands:
    """The exam centre mends what it delivered, values too; a liaison mends all but values, and sees none."""
    is_own = may_see_cells(user, upload)
    return Hands(mends=is_own or user.can(Permission.UPLOAD_REPAIR, upload.unit), values=is_own, sees=is_own)


def get_mendable_or_404(user: User, uuid: UUID) -> Upload:
    """An upload whose rows the user may mend; one that may only be seen, 403."""
    upload = get_object_or_404(visible_to(user), uuid=uuid)
    if not hands(user, upload).mends:
        raise PermissionDenied
    return upload


def may_download(user: User, upload: Upload) -> bool:
    """Whether the rows that wait may be taken along: by who mends them, and by who delivered them."""
    return hands(user, upload).mends


def may_answer(user: User, upload: Upload) -> bool:
    """Whether a user may explain an upload's columns. Nobody's file is behind an exam typed in, whatever exam centre was named."""
    return upload.kind == Upload.Kind.FILE and may_download(user, upload)


def get_answerable_or_404(user: User, uuid: UUID) -> Upload:
    """An upload whose columns the user may explain: who mends its rows, and who delivered it. What was typed in has none."""
    upload = get_upload_or_404(user, uuid)
    if not may_answer(user, upload):
        raise PermissionDenied
    return upload


def candidates(user: User, upload: Upload, sought: str) -> QuerySet[Person]:
    """People whom a row of the upload may be about, by a part of name or employee number: of the upload's units, known to the user."""
    if not sought:
        return Person.objects.none()
    people = Person.objects.visible_to(user, Permission.ROSTER_VIEW).within(upload.unit).select_related("unit")
    return people.filter(Q(name__icontains=sought) | Q(emp_no__icontains=sought)).order_by("name", "emp_no")[:MOST_CANDIDATES]


def centres_known_to(user: User) -> QuerySet[ExamCentre]:
    """The exam centres that a user may be reminded of while delivering: all, or those of their own deliveries. An exam centre's
    account has nothing to choose from.
    """
    if user.centre is not None:
        return ExamCentre.objects.none()
    if user.can(Permission.UPLOAD_VIEW) or user.can(Permission.UPLOAD_LINKS):
        return ExamCentre.objects.all()
    return ExamCentre.objects.filter(uploads__in=visible_to(user)).distinct()


def links_visible_to(user: User) -> QuerySet[UploadLink]:
    """The one-time links for the user's units, whoever made them."""
    return UploadLink.objects.filter(at_or_below(user.unit_paths(Permission.UPLOAD_LINKS), "unit__path"))


def arrived_by_link(user: User) -> QuerySet[UploadLink]:
    """The user's own one-time links by which a file has come lately, the newest file first. One that was withdrawn is no news."""
    since = timezone.now() - timedelta(days=NEWS_DAYS)
    used = links_visible_to(user).filter(made_by=user, upload__uploaded_at__gt=since).exclude(upload__state=Upload.State.WITHDRAWN)
    return used.select_related("centre", "unit", "upload").order_by("-upload__uploaded_at")[:MOST_NEWS]


def get_link_or_404(user: User, uuid: UUID) -> UploadLink:
    """A one-time link for one of the user's units."""
    return get_object_or_404(links_visible_to(user), uuid=uuid)


def may_undo(user: User, upload: Upload) -> bool:
    """Whether a user may undo an upload: who answers for it, and whoever typed the exam in themselves."""
    is_own = upload.kind == Upload.Kind.TYPED and upload.uploaded_by_id == user.pk and user.can(Permission.EXAM_TYPE)
    return is_own or user.can(Permission.UPLOAD_UNDO, upload.unit)


def person_to_examine(user: User, *, emp_no: str, name: str) -> Person:
    """Somebody whose exam the user may type in, by number and name together. Raises Rejected, in the same words for whoever it is not."""
    people = Person.objects.visible_to(user, Permission.EXAM_TYPE).select_related("unit")
    person = people.filter(emp_no=emp_no.strip(), name=name.strip()).first()
    if person is None:
        raise Rejected(_("Nobody of those whom you look after has this number together with this name."), field="emp_no")
    return person


def record_or_404(user: User, uuid: UUID) -> Person:
    """A person whose record the user may open and whose exams they may complete."""
    return get_object_or_404(Person.objects.visible_to(user, Permission.RECORD_VIEW).select_related("unit"), uuid=uuid)


def report_files_visible_to(user: User) -> QuerySet[ReportFile]:
    """The report files of exams that stand: for the person, and for who may open the person's record. Employer roles see none."""
    people = Person.objects.visible_to(user, Permission.RECORD_VIEW) | Person.objects.visible_to(user, Permission.OWN_RECORD_VIEW)
    exam = Exam.objects.filter(upload=OuterRef("upload"), row_number=OuterRef("row_number")).exclude(state=Exam.State.WITHDRAWN)
    return ReportFile.objects.filter(Exists(exam), person__in=people.values("pk"))


def get_report_file_or_404(user: User, uuid: UUID) -> ReportFile:
    """A report file that the user may take along."""
    return get_object_or_404(report_files_visible_to(user), uuid=uuid)


def disputes_visible_to(user: User) -> QuerySet[Dispute]:
    """Disputed values that a user may answer: of people whose record they may open and type into (who opened it by exception reads it,
    and changes no value), and of what their exam centre delivered itself. Nobody answers their own."""
    seen = Q(person__in=Person.objects.visible_to(user, Permission.RECORD_VIEW).values("pk"))
    seen &= Q(person__in=Person.objects.visible_to(user, Permission.EXAM_TYPE).values("pk"))
    if user.centre is not None:
        seen |= Q(exam__upload__in=Upload.objects.filter(_own_deliveries(user)).values("pk"))
    return Dispute.objects.filter(seen).exclude(person__user=user)


def waiting_disputes(user: User) -> int:
    """How many disputed values wait for a user's answer. Where none is, nobody is asked about."""
    if not Dispute.objects.filter(answered_at=None).exists():
        return 0
    return disputes_visible_to(user).filter(answered_at=None).count()

"""Who is due in a round of examinations, whose results have come, and what keeps the others: by name, without any result."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Case, Count, Exists, Min, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from healthmgmt.accounts.models import User
from healthmgmt.core import sql
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import access
from healthmgmt.exams.models import Exam, Upload, UploadRow
from healthmgmt.exams.selectors import not_in_yet
from healthmgmt.organization.models import Period, Unit
from healthmgmt.organization.selectors import Round, at_or_below
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.models import Employment, Person

WEEK = timedelta(days=7)
# An upload of which some rows have not gone in.
UNFINISHED = (Upload.State.CHECKED, Upload.State.APPLYING, Upload.State.PARTLY_APPLIED)
GONE = (Upload.State.REFUSED, Upload.State.WITHDRAWN, Upload.State.MERGED)


class Standing(models.TextChoices):
    """How a person stands in a period."""

    MISSING = "missing", _("Not examined yet")
    WAITING = "waiting", _("Waiting in a file")
    EXAMINED = "examined", _("Examined")


LACKING = (Standing.MISSING, Standing.WAITING)


@dataclass(frozen=True)
class Progress:
    """People due = examined + waiting + missing. `a_week_ago` is how many of those due today had been examined by then."""

    due: int = 0
    examined: int = 0
    waiting: int = 0
    a_week_ago: int = 0

    @property
    def missing(self) -> int:
        return self.due - self.examined - self.waiting

    @property
    def lacking(self) -> int:
        """All without a result."""
        return self.due - self.examined


@dataclass(frozen=True)
class Mending:
    """What of their files a user can mend: rows, in how many files, for how many reasons; `first` is the file that came first.

    `helps` says that some of the rows are about people who are due and have no result yet.
    """

    rows: int
    files: int
    causes: int
    helps: bool
    first: Upload


@dataclass(frozen=True)
class LateCentre:
    """An exam centre of which nothing has come in this period although by this day of the last one it had."""

    centre: ExamCentre
    people: int
    came_on: date


def people_due(user: User, around: Round) -> QuerySet[Person]:
    """The people of the user's units who were employed on the reference day: the deadline, or today while it lies ahead.

    As the metrics count them, but in the unit of today, since that is who looks after them. Needs a period.
    """
    day = min(around.today, around.period.deadline_on)
    employed = Employment.objects.filter(Q(ended_on=None) | Q(ended_on__gte=day), person=OuterRef("pk"), started_on__lte=day)
    return Person.objects.visible_to(user, Permission.WORK_STATE_VIEW).filter(Exists(employed))


def with_standing(people: QuerySet[Person], period: Period) -> QuerySet[Person]:
    """The people with `standing`."""
    return people.annotate(
        standing=Case(
            When(Exists(_exams(period)), then=Value(Standing.EXAMINED)),
            When(Exists(_rows(period).filter(person=OuterRef("pk"))), then=Value(Standing.WAITING)),
            default=Value(Standing.MISSING),
            output_field=models.CharField(),
        )
    )


def _stands(standings: tuple[str, ...], period: Period) -> Q:
    """Whoever stands in one of these ways: in terms that the database joins by, where it works `standing` out person by person."""
    is_examined, is_waiting = Q(Exists(_exams(period))), Q(Exists(_rows(period).filter(person=OuterRef("pk"))))
    if set(standings) == set(LACKING):
        return ~is_examined
    ways = {Standing.MISSING: ~is_examined & ~is_waiting, Standing.WAITING: ~is_examined & is_waiting, Standing.EXAMINED: is_examined}
    return reduce(or_, (ways[Standing(one)] for one in standings))


def progress(user: User, around: Round, unit: Unit | None = None) -> Progress:
    """How far the user's units, or one of them, have come. One query; nothing without a period.

    Each number is counted by itself: so the database joins, where one pass over everybody would ask person by person.
    """
    if around.period is None:
        return Progress()
    people = people_due(user, around)
    if unit is not None:
        people = people.within(unit)
    earlier = _exams(around.period, states=(Exam.State.CURRENT, Exam.State.SUPERSEDED)).filter(stored_at__lt=timezone.now() - WEEK)
    groups = {
        "due": people,
        "examined": people.filter(_stands((Standing.EXAMINED,), around.period)),
        "waiting": people.filter(_stands((Standing.WAITING,), around.period)),
        "a_week_ago": people.filter(Exists(earlier)),
    }
    due, *others = (group.order_by().values(group=Value(name)).annotate(count=Count("pk")) for name, group in groups.items())
    return Progress(**{one["group"]: one["count"] for one in due.union(*others, all=True)})


def due_list(
    user: User, around: Round, *, search: str = "", unit: Unit | None = None, standings: tuple[str, ...] = LACKING
) -> QuerySet[Person]:
    """The people due with their standing, by unit and number; all standings for none named, nobody without a period."""
    if around.period is None:
        return Person.objects.annotate(standing=Value("")).none()
    people = people_due(user, around).matching(search)
    if unit is not None:
        people = people.within(unit)
    if standings:
        people = people.filter(_stands(standings, around.period))
    return with_standing(people, around.period).select_related("unit").order_by("unit__path", "emp_no")


def open_rows_of(user: User, people: list[Person], around: Round) -> dict[int, UploadRow]:
    """The first row of each person that has not gone in, in a file that the user may see; by the person's id."""
    if around.period is None:
        return {}
    rows = _rows(around.period).filter(person__in=people, upload__in=access.visible_to(user)).select_related("upload")
    return {row.person_id: row for row in rows.only("person_id", "upload__uuid", "upload__file_name").order_by("-upload_id", "-number")}


def mending(user: User, around: Round) -> Mending | None:
    """What a user can mend now; None for nothing."""
    uploads = list(_to_mend(user).select_related("centre").order_by("uploaded_at", "pk"))
    if not uploads:
        return None
    ids = [upload.pk for upload in uploads]
    helps = False
    if around.period is not None:
        rows = UploadRow.objects.filter(upload__in=ids, state=UploadRow.State.WAITING, person=OuterRef("pk"))
        helps = people_due(user, around).filter(Exists(rows), _stands((Standing.WAITING,), around.period)).exists()
    causes = sql.row("portal/waiting_causes", {"uploads": ids})[0]
    return Mending(sum(upload.waiting for upload in uploads), len(uploads), causes, helps, uploads[0])


def file_to_apply(user: User) -> Upload | None:
    """The file that waits longest for the word by which its rows go in."""
    checked = access.visible_to(user).filter(_reached(user, Permission.UPLOAD_CREATE), state=Upload.State.CHECKED, check_only=False, purged_at=None)
    return checked.select_related("centre").order_by("uploaded_at", "pk").first()


def latest_files(user: User, most: int) -> list[Upload]:
    """The files that came last among those that a user may see."""
    return list(access.visible_to(user).filter(check_only=False).select_related("centre").order_by("-uploaded_at", "-pk")[:most])


def late_centre(user: User, around: Round) -> LateCentre | None:
    """Of the centres that are late, the one with the most people of the user's units in the period before."""
    before = Period.objects.filter(ends_on__lt=around.period.starts_on).order_by("-starts_on").first() if around.period else None
    if before is None:
        return None
    exams = Exam.objects.filter(person__in=people_due(user, around).values("pk"), state=Exam.State.CURRENT, upload__centre__isnull=False)
    exams = exams.filter(taken_on__range=(before.starts_on, before.ends_on))
    found = exams.values("upload__centre").annotate(people=Count("person", distinct=True), came_at=Min("upload__uploaded_at"))
    centres = ExamCentre.objects.exclude(Exists(_delivered(around.period))).in_bulk([one["upload__centre"] for one in found])
    late = [LateCentre(centres[one["upload__centre"]], one["people"], timezone.localtime(one["came_at"]).date()) for one in found if one["upload__centre"] in centres]
    late = [one for one in late if one.came_on + (around.period.starts_on - before.starts_on) < around.today]
    return max(late, key=lambda one: (one.people, -one.centre.pk), default=None)


def _exams(period: Period, states: tuple[str, ...] = (Exam.State.CURRENT,)) -> QuerySet[Exam]:
    """A person's exams of a period that hold a value."""
    exams = Exam.objects.filter(person=OuterRef("pk"), state__in=states, taken_on__range=(period.starts_on, period.ends_on))
    return exams.exclude(results={})


def _rows(period: Period) -> QuerySet[UploadRow]:
    """Rows that may become an exam of a period and have not gone in: they wait, or their file does."""
    rows = UploadRow.objects.filter(not_in_yet(), upload__state__in=UNFINISHED)
    day = Q(exam_on=None) | Q(exam_on__range=(period.starts_on, period.ends_on))
    return rows.filter(day, upload__check_only=False)


def _delivered(period: Period) -> QuerySet[Upload]:
    """A centre's files with exams of a period, or that are under way since it began."""
    uploads = Upload.objects.filter(centre=OuterRef("pk")).exclude(state__in=GONE)
    begun = Q(uploaded_at__date__gte=period.starts_on) & ~Q(state=Upload.State.APPLIED)
    return uploads.filter(begun | Q(exams__taken_on__range=(period.starts_on, period.ends_on)))


def _to_mend(user: User) -> QuerySet[Upload]:
    uploads = access.visible_to(user).filter(_reached(user, Permission.UPLOAD_REPAIR), state__in=UNFINISHED)
    return uploads.filter(check_only=False, waiting__gt=0, purged_at=None)


def _reached(user: User, permission: Permission) -> Q:
    """Uploads for units where the user holds a permission."""
    return at_or_below(user.unit_paths(permission), "unit__path")

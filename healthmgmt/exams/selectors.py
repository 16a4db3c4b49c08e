"""Reads over uploads and exams."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core import sql
from healthmgmt.exams import access, presenters
from healthmgmt.exams.models import Exam, ReportFile, Upload, UploadRow
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue
from healthmgmt.work import selectors as work
from healthmgmt.work.models import Job

SAMPLES = 3
# What a page shows of a row; the cells stay where they are.
SHOWN = ("upload_id", "number", "sheet", "sheet_row", "emp_no", "name", "id_no", "dept", "problems", "state", "person_id")


def problem_rows(upload: Upload) -> QuerySet[UploadRow]:
    """The rows that wait or are left out, in file order."""
    return upload.rows.filter(state__in=(UploadRow.State.WAITING, UploadRow.State.REFUSED)).order_by("number")


def problems(upload: Upload, rows: QuerySet[UploadRow] | None = None) -> list[dict[str, Any]]:
    """Every problem of the rows that wait or are left out: row number, the sheet's own cell, heading, reason, sentence."""
    found = []
    rows = problem_rows(upload) if rows is None else rows
    for number, sheet, row_problems in rows.values_list("number", "sheet", "problems"):
        for problem in row_problems:
            found.append(
                {
                    "row": number,
                    "cell": problem["cell"],
                    "column": problem["column"],
                    "reason": problem["reason"],
                    "text": presenters.sentence(problem["reason"], problem["column"]),
                    **({"sheet": sheet} if sheet else {}),
                }
            )
    return found


def exported(upload: Upload | None = None) -> Iterator[dict[str, Any]]:
    """The stored exams as the export shows them, in file order; `values` are canonical numbers of numeric items."""
    numeric = {code for code, indicator in catalogue.load().items() if indicator.is_numeric}
    for line in sql.dicts("exams/export_exams", {"upload": upload.pk if upload else None}):
        line["exam_date"] = line["exam_date"].isoformat()
        line["values"] = {code: value for code, value in line["values"].items() if code in numeric}
        yield line


class Group(NamedTuple):
    """Rows that wait, or are left out, for the same reason in the same column; `cells` belong to `numbers`, the first rows."""

    reason: str
    column: str
    rows: int
    numbers: list[int]
    cells: list[str]


class Undo(NamedTuple):
    """What undoing an upload would change."""

    exams: int
    people: int
    revived: int


class WentIn(NamedTuple):
    """The exams of an upload that stand: of how many people, from which day to which."""

    people: int
    first_on: date | None
    last_on: date | None


class Act(NamedTuple):
    """Who let an upload's rows in, or undid it, and when."""

    action: str
    at: datetime
    who: str
    reason: str


def problem_groups(upload: Upload, state: str = UploadRow.State.WAITING) -> list[Group]:
    """Why rows wait, the largest group first. A row with two problems stands in two groups."""
    found = sql.rows("exams/problem_groups", {"upload": upload.pk, "state": str(state), "most": SAMPLES})
    return [Group(*one) for one in found]


def causes(upload: Upload, state: str = UploadRow.State.WAITING) -> list[Group]:
    """Why rows waited or were left out, as the receipt tells it: also when the rows themselves are removed."""
    if upload.purged_at is None:
        return problem_groups(upload, state)
    return [Group(reason, column, rows, [], []) for reason, column, rows in upload.causes.get(str(state), ())]


def first_rows(upload: Upload, groups: Iterable[Group]) -> dict[int, UploadRow]:
    """The first rows of all groups, by number; one query."""
    numbers = {number for group in groups for number in group.numbers}
    return {row.number: row for row in upload.rows.filter(number__in=numbers).only(*SHOWN)}


def group_rows(upload: Upload, *, reason: str, column: str, state: str = UploadRow.State.WAITING) -> QuerySet[UploadRow]:
    """The rows of one group, in file order."""
    rows = upload.rows.filter(state=state, problems__contains=[{"reason": reason, "column": column}])
    return rows.only(*SHOWN).order_by("number")


def mended_count(upload: Upload) -> int:
    """Rows that can go in now although others went in before; the receipt counts them as waiting."""
    if upload.state != Upload.State.PARTLY_APPLIED or upload.purged_at is not None:
        return 0
    return upload.waiting - stuck_counts(upload)["waiting"]


def stuck_counts(upload: Upload, up_to: int | None = None) -> dict[str, int]:
    """Rows that wait and rows that are left out, so far."""
    stuck = problem_rows(upload) if up_to is None else problem_rows(upload).filter(number__lte=up_to)
    return stuck.aggregate(
        waiting=Count("pk", filter=Q(state=UploadRow.State.WAITING)), refused=Count("pk", filter=Q(state=UploadRow.State.REFUSED))
    )


def mended_that_went_in(upload: Upload) -> int:
    """Rows that went in after people had mended them."""
    mended = upload.rows.filter(Q(person_chosen=True) | ~Q(left_out=[]))
    return mended.filter(state__in=(UploadRow.State.ACCEPTED, UploadRow.State.UNCHANGED)).count()


def running_job(upload: Upload) -> Job | None:
    """The job that an upload waits for: reading it, or letting its rows in."""
    if upload.state == Upload.State.APPLYING:
        return work.progress("exams.apply", apply_key(upload))
    return work.progress("exams.read", str(upload.uuid))


def apply_key(upload: Upload) -> str:
    """The key of the job that lets the rows of the present round in."""
    return f"{upload.uuid}:{upload.rounds}"


def locked_period(upload: Upload) -> Period | None:
    """A locked period in which one of the upload's exams lies."""
    inside = Exam.objects.filter(upload=upload, taken_on__range=(OuterRef("starts_on"), OuterRef("ends_on")))
    return Period.objects.filter(Exists(inside), state=Period.State.LOCKED).first()


def undo_effect(upload: Upload) -> Undo:
    """What undoing would change if it were done now."""
    return Undo(*sql.row("exams/undo_counts", {"upload": upload.pk}))


def went_in(upload: Upload) -> WentIn:
    """Whom the upload's exams are about, and of which days."""
    found = upload.exams.aggregate(people=Count("person_id", distinct=True), first_on=Min("taken_on"), last_on=Max("taken_on"))
    return WentIn(**found)


def acts(upload: Upload) -> list[Act]:
    """Who let rows in and who undid the upload, in order; blank for the system."""
    told = Event.objects.filter(
        subject_kind=upload._meta.label_lower, subject_id=str(upload.pk), action__in=("upload.applied", "upload.withdrawn")
    ).order_by("id")
    events = list(told)
    names = {user.pk: user.shown_name for user in User.objects.filter(pk__in={event.actor_id for event in events} - {None})}
    return [Act(event.action, event.at, names.get(event.actor_id, ""), event.reason) for event in events]


def is_counted(upload: Upload) -> bool:
    """Whether everything that follows from the last round has been done."""
    followers = work.followers("exams.applied", upload=upload.pk, round=upload.rounds)
    return all(job.state == Job.State.DONE for job in followers)


def waiting_rows(user: User) -> int:
    """How many rows wait in the uploads that a user may see."""
    standing = (Upload.State.CHECKED, Upload.State.PARTLY_APPLIED)
    return access.visible_to(user).filter(state__in=standing, purged_at=None).aggregate(rows=Sum("waiting"))["rows"] or 0


class WithReports(NamedTuple):
    """An exam that stands, and the report files beside it."""

    exam: Exam
    files: list[ReportFile]


def standing_exams(person: Person) -> QuerySet[Exam]:
    """A person's exams that were not withdrawn, the last first."""
    exams = Exam.objects.filter(person=person).exclude(state=Exam.State.WITHDRAWN)
    return exams.select_related("person", "upload__centre").order_by("-taken_on", "-id")


def exams_with_reports(person: Person) -> list[WithReports]:
    """A person's exams that stand, each with its report files; two queries."""
    files: dict[tuple[int, int], list[ReportFile]] = {}
    for one in ReportFile.objects.filter(person=person):
        files.setdefault((one.upload_id, one.row_number), []).append(one)
    return [WithReports(exam, files.get((exam.upload_id, exam.row_number), [])) for exam in standing_exams(person)]

"""Reads over uploads and exams."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from healthmgmt.accounts.models import User
from healthmgmt.audit.models import Event
from healthmgmt.core import sql
from healthmgmt.core.permissions import Permission
from healthmgmt.exams import access, findings, presenters, quarantine
from healthmgmt.exams.models import Exam, ExamLayout, Mending, ReportFile, RowProblem, Upload, UploadRow
from healthmgmt.exams.quality import Counts
from healthmgmt.organization.models import Period
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue
from healthmgmt.work import selectors as work
from healthmgmt.work.models import Job

SAMPLES = 3
SAMPLE_ROWS = 200
# Somebody who knows the people can say whom such a row is about.
ABOUT_PERSON = frozenset({"unknown-employee", "name-mismatch", "id-number", "ambiguous-employee"})
# What may be gone after the roster was put in order.
OF_ROSTER = ABOUT_PERSON | {"scope", "inactive"}
# Causes that stand with their first rows; the others are opened one by one.
OPEN_GROUPS = 4
MOST_TEXTS = 10
# What a page shows of a row; what was understood of it stays where it is.
SHOWN = (
    "upload_id", "number", "sheet", "sheet_row", "places", "emp_no", "name", "id_no", "dept", "problems", "state", "person_id", "version", "raw",
    "texts", "other",
)  # fmt: skip


def problem_rows(upload: Upload) -> QuerySet[UploadRow]:
    """The rows that wait or are left out, in file order. While a file is read again, mended ones lie aside under negative numbers."""
    return upload.rows.filter(number__gt=0, state__in=(UploadRow.State.WAITING, UploadRow.State.REFUSED)).order_by("number")


def problems(upload: Upload, rows: QuerySet[UploadRow] | None = None, *, kept: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Every problem of the rows that wait or are left out: row number, the sheet's own cell, heading, reason, sentence.

    Of columns that are `kept` from who asks neither cell nor heading.
    """
    found = []
    rows = problem_rows(upload) if rows is None else rows
    for number, sheet, row_problems in rows.values_list("number", "sheet", "problems"):
        for problem in row_problems:
            is_kept = problem["column"] in kept
            column = presenters.kept_heading() if is_kept else problem["column"]
            found.append(
                {
                    "row": number,
                    "cell": "" if is_kept else problem["cell"],
                    "column": "" if is_kept else column,
                    "reason": problem["reason"],
                    "text": presenters.sentence(problem["reason"], column),
                    **({"sheet": sheet} if sheet else {}),
                }
            )
    return found


def exported(upload: Upload | None = None, *, is_for_clinicians: bool = True) -> Iterator[dict[str, Any]]:
    """The stored exams as the export shows them, in file order; `values` are canonical numbers of numeric items. What is kept from
    employers is left out unless it `is_for_clinicians`."""
    numeric = {code for code, indicator in catalogue.load().items() if indicator.is_numeric}
    for line in sql.dicts("exams/export_exams", {"upload": upload.pk if upload else None}):
        line["exam_date"] = line["exam_date"].isoformat()
        told = findings.all_of(line["values"], line.pop("ranges"), line["findings"], line.pop("sex"))
        line["findings"] = [{"indicator": one.indicator, "code": one.code, "level": one.level} for one in told]
        line["values"] = {code: value for code, value in line["values"].items() if code in numeric}
        if not is_for_clinicians:
            line |= {part: quarantine.without(line[part]) for part in ("values", "reported", "qualifiers", "texts", "other")}
            line["findings"] = [one for one in line["findings"] if one["indicator"] not in quarantine.codes()]
        yield line


class Group(NamedTuple):
    """Rows that wait, or are left out, for the same reason in the same column; `cells` belong to `numbers`, the first rows."""

    reason: str
    column: str
    rows: int
    numbers: list[int]
    cells: list[str]


class Undo(NamedTuple):
    """What undoing an upload would change: exams that go, of how many people, exams of other files that count again, and people
    who have no exam left in a period."""

    exams: int
    people: int
    revived: int
    bare: int


class Concerned(NamedTuple):
    """Some of the people whom undoing concerns, each with whether no exam is left to them in a period; and how many there are."""

    rows: list[tuple[int, bool]]
    total: int


class Compared(NamedTuple):
    """Rows that are ready beside what is stored: how many are new, unchanged and changed; and the numbers of some that change."""

    new: int
    unchanged: int
    changed: int
    numbers: list[int]


class Telling(NamedTuple):
    """That an upload told something of a person's exam day, and whether it counts (`Exam.State`)."""

    taken_on: date
    delivered_at: datetime
    centre: str
    state: str


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
    """The first rows of the largest groups, by number; one query."""
    numbers = {number for group in islice(groups, OPEN_GROUPS) for number in group.numbers}
    return {row.number: row for row in upload.rows.filter(number__in=numbers).only(*SHOWN)}


def group_problems(upload: Upload, *, reason: str, column: str, state: str = UploadRow.State.WAITING) -> QuerySet[RowProblem]:
    """The problems of one group, in file order: one a row."""
    cause = hashlib.md5(f"{reason}\x1f{column}".encode(), usedforsecurity=False).hexdigest()
    return RowProblem.objects.filter(upload=upload, state=state, cause=cause).order_by("number")


def rows_of(upload: Upload, numbers: Iterable[int]) -> list[UploadRow]:
    """The rows of these numbers, in file order."""
    return list(upload.rows.filter(number__in=list(numbers)).only(*SHOWN).order_by("number"))


def equal_texts(upload: Upload, reason: str, column: str, index: int) -> list[tuple[str, int]]:
    """What the cells of a group say, and in how many rows; the most frequent first."""
    given = {"upload": upload.pk, "reason": reason, "column": column, "index": index, "most": MOST_TEXTS}
    return sql.rows("exams/equal_texts", given)


def urgent_rows(upload: Upload) -> QuerySet[UploadRow]:
    """Rows that wait and hold a class A result, in file order."""
    return upload.rows.filter(is_urgent=True, state=UploadRow.State.WAITING).only(*SHOWN, "is_alerted").order_by("number")


class Under(NamedTuple):
    """A decision for many rows that a job carries out: what it is, how far it is, whether it was given up."""

    mending: Mending
    done: int
    is_stuck: bool


def under_way(upload: Upload) -> Under | None:
    """The decision that is being carried out, None when there is none."""
    act = upload.mendings.filter(finished_at=None).first()
    if act is None:
        return None
    job = work.progress("exams.mend", str(act.pk))
    return Under(act, job.done if job else 0, job is None or job.state == Job.State.FAILED)


def mended_count(upload: Upload) -> int:
    """Rows that can go in now although others went in before; the receipt counts them as waiting."""
    if upload.state != Upload.State.PARTLY_APPLIED or upload.purged_at is not None:
        return 0
    return upload.waiting - stuck_now(upload)["waiting"]


def stuck_now(upload: Upload) -> dict[str, int]:
    """Rows that wait and rows that are left out, after the file was read."""
    counts = RowProblem.objects.filter(upload=upload).order_by().values_list("state").annotate(rows=Count("number", distinct=True))
    return {"waiting": 0, "refused": 0} | dict(counts)


def stuck_counts(upload: Upload, up_to: int | None = None) -> dict[str, int]:
    """Rows that wait and rows that are left out, so far, while the file is read."""
    stuck = problem_rows(upload) if up_to is None else problem_rows(upload).filter(number__lte=up_to)
    return stuck.aggregate(
        waiting=Count("pk", filter=Q(state=UploadRow.State.WAITING)), refused=Count("pk", filter=Q(state=UploadRow.State.REFUSED))
    )


def mended_rows(upload: Upload) -> QuerySet[UploadRow]:
    """Rows of which people typed a cell anew, left a value out, or named the person."""
    return upload.rows.filter(Q(person_chosen=True) | ~Q(left_out=[]) | Q(version__gt=0))


def sample_rows(upload: Upload) -> QuerySet[UploadRow]:
    """The first rows, with their cells. `upload_id` among them: Django sets the upload on each row, and would ask for what it lacks."""
    return upload.rows.filter(number__gt=0).only("upload_id", "raw", "person_id").order_by("number")[:SAMPLE_ROWS]


def mended_that_went_in(upload: Upload) -> int:
    """Rows that went in after people had mended them."""
    return mended_rows(upload).filter(state__in=(UploadRow.State.ACCEPTED, UploadRow.State.UNCHANGED)).count()


def running_job(upload: Upload) -> Job | None:
    """The job that an upload waits for: reading it, or letting its rows in."""
    if upload.state == Upload.State.APPLYING:
        return work.progress("exams.apply", apply_key(upload))
    return work.progress("exams.read", reading_key(upload))


def reading_key(upload: Upload) -> str:
    """The key of the job that reads the file, for the first time or again."""
    return f"{upload.uuid}:{upload.readings}" if upload.readings else str(upload.uuid)


def apply_key(upload: Upload) -> str:
    """The key of the job that lets the rows of the present round in."""
    return f"{upload.uuid}:{upload.rounds}"


def layouts(upload: Upload) -> QuerySet[ExamLayout]:
    """All answers about columns that count, or counted, for files like this one; the newest first."""
    source = {"centre": upload.centre_id} if upload.centre_id else {"unit": upload.unit_id}
    return ExamLayout.objects.filter(**source).order_by("-version")


def agreed_now(upload: Upload) -> ExamLayout | None:
    """The answers that an upload would be read with now."""
    return layouts(upload).first()


def read_again_as(upload: Upload) -> Upload | None:
    """The upload in which the same file was read with later answers, and which still stands."""
    gone = (Upload.State.WITHDRAWN, Upload.State.REFUSED)
    return upload.followers.exclude(state__in=gone).order_by("-id").first()


def locked_period(upload: Upload) -> Period | None:
    """A locked period in which one of the upload's exams lies."""
    inside = Exam.objects.filter(upload=upload, taken_on__range=(OuterRef("starts_on"), OuterRef("ends_on")))
    return Period.objects.filter(Exists(inside), state=Period.State.LOCKED).first()


def undo_effect(upload: Upload) -> Undo:
    """What undoing would change if it were done now."""
    return Undo(*sql.row("exams/undo_counts", {"upload": upload.pk}))


def undo_people(user: User, upload: Upload, *, bare_only: bool, first: int, most: int) -> Concerned:
    """Whom undoing concerns, of those on the user's roster; who is left without any exam stands first."""
    reach = [f"{path}%" for path in user.unit_paths(Permission.ROSTER_VIEW)]
    given = {"upload": upload.pk, "reach": reach, "bare_only": bare_only, "limit": most, "offset": first}
    found = sql.rows("exams/undo_people", given)
    return Concerned([(pk, is_bare) for pk, is_bare, _total in found], found[0][2] if found else 0)


def tellings(person: Person, days: Sequence[date]) -> list[Telling]:
    """Which uploads told of a person's exam days, newest day first, the later delivery first."""
    told = Exam.objects.filter(person=person, taken_on__in=days).order_by("-taken_on", "-id")
    return [Telling(*one) for one in told.values_list("taken_on", "upload__uploaded_at", "upload__centre__name", "state")]


def may_be_compared(upload: Upload) -> bool:
    """Whether rows of it may stand before going in, so that it can be said what they change."""
    return upload.state in (Upload.State.CHECKED, Upload.State.PARTLY_APPLIED) and upload.purged_at is None


def going_in(upload: Upload) -> list[UploadRow.State]:
    """The states of the rows that go in with the round that is under way or comes next: all good ones at first, later the mended ones."""
    is_first = not upload.rounds or (upload.rounds == 1 and upload.state == Upload.State.APPLYING)
    return [UploadRow.State.ACCEPTED, UploadRow.State.READY] if is_first else [UploadRow.State.READY]


def not_in_yet() -> Q:
    """Rows that are not left out and have not gone in: they wait, were mended since, or their file has not gone in at all."""
    before = Q(upload__rounds=0) | Q(upload__rounds=1, upload__state=Upload.State.APPLYING)
    return Q(state__in=(UploadRow.State.WAITING, UploadRow.State.READY)) | Q(state=UploadRow.State.ACCEPTED) & before


def compared(upload: Upload, *, first: int, most: int) -> Compared:
    """What the rows that go in next would change if they went in now."""
    given = {"upload": upload.pk, "codes": upload.layout["codes"], "limit": most, "offset": first, "states": going_in(upload)}
    return Compared(*sql.row("exams/compare_rows", given))


def quality_counts(since: date, centre: int | None = None) -> dict[int, Counts]:
    """What was counted of deliveries since a month, by exam centre (0: none named); of one where it is named."""
    found: dict[int, Counts] = {}
    for at, month, indicator, measure, count in sql.rows("exams/quality", {"since": since, "centre": centre}):
        found.setdefault(at, Counts()).add(month, indicator, measure, count)
    return found


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
    # Where a file was read again, its rows wait there.
    again = Upload.objects.filter(follows=OuterRef("pk")).exclude(state__in=(Upload.State.WITHDRAWN, Upload.State.REFUSED))
    waiting = access.visible_to(user).filter(~Exists(again), state__in=standing, purged_at=None)
    return waiting.aggregate(rows=Sum("waiting"))["rows"] or 0


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

"""Files of exam centres whose columns somebody explains: delivered, answered about, and killed while they are read."""

from healthmgmt.exams import jobs, layouts, selectors
from healthmgmt.exams.answering import Answer
from healthmgmt.exams.models import Exam, Upload
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from healthmgmt.work.running import Run
from tests import cast as casting
from tests.exams import road
from tests.exams.road import BY

DAY = "2026-03-02"
HEADINGS = ["工号", "姓名", "体检日期", "收缩压(mmHg)", "胆固醇结果", "甘油三酯"]
CHOLESTEROL = 4
TC = Answer(CHOLESTEROL, "indicator", "tc", "mg/dL")


def staff() -> list[Person]:
    """Four people of one unit."""
    unit = casting.unit("Works", road.ground())
    return [casting.person(f"E{number}", unit) for number in range(1, 5)]


def row(person: Person, *values: object) -> list:
    return [person.emp_no, person.name, DAY, *values]


def deliver(people, *, centre="Mingde", apply=False, rows=None, headings=HEADINGS) -> Upload:
    rows = rows or [row(one, 120 + at, 190, 1.5) for at, one in enumerate(people)]
    return road.upload(road.text(rows, headings=headings), centre=centre or "", apply=apply, name=f"{centre}.csv")


def seen(upload: Upload) -> str:
    return layouts.seen(upload, selectors.agreed_now(upload))


def answer(upload: Upload, *answers: Answer, declined=()) -> Upload:
    layouts.agree(upload, list(answers), seen=seen(upload), by=BY, user=None, declined=declined)
    work.drain()
    upload.refresh_from_db()
    return upload


def standing(person: Person) -> dict:
    return {code: round(value, 3) for code, value in Exam.objects.get(person=person, state="current").results.items()}


class Killed(BaseException):
    """The process is gone."""


def reading(upload: Upload) -> Job:
    """The job that reads an upload as it now is."""
    return Job.objects.get(kind="exams.read", key=selectors.reading_key(Upload.objects.get(pk=upload.pk)))


def killed_to_the_end(upload: Upload, monkeypatch) -> int:
    """Kill the reading at every batch until it is done; returns how often. The upload is as it then is."""
    job, kills = reading(upload), 0
    while job.state != Job.State.DONE and kills < 20:
        # Once after the columns alone, then after the rows, then after their end.
        kill_after(2 if kills else 1, job, monkeypatch)
        kills += 1
        job.refresh_from_db()
    upload.refresh_from_db()
    return kills


def kill_after(allowed: int, job: Job, monkeypatch) -> None:
    """One try at the job that dies when so many batches are committed."""
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, lease_by="me")
    job.refresh_from_db()
    run, real, batches = Run(job), Run.batch, []

    def batch(self, **given):
        if len(batches) == allowed:
            raise Killed
        batches.append(1)
        return real(self, **given)

    with monkeypatch.context() as patched:
        patched.setattr(Run, "batch", batch)
        try:
            jobs.read(run)
            Job.objects.filter(pk=job.pk).update(state="done")
        except Killed:
            pass

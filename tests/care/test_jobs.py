"""From announcements to plans, alerts and fired steps, through the jobs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from healthmgmt.care import jobs
from healthmgmt.care.models import Alert, Plan, Step
from healthmgmt.core.dates import local_day
from healthmgmt.organization.models import Settings
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from healthmgmt.work.running import HandlerFailed, Run
from tests.care.making import assessment

KINDS = {"care.plan": jobs.plan, "care.alert": jobs.alert, "care.end_baseless": jobs.end_baseless, "care.fire_due": jobs.fire_due, "care.remind": jobs.remind}


@pytest.fixture
def at(monkeypatch):
    """`at(moment)` sets the clock that the jobs see."""
    return lambda moment: monkeypatch.setattr(jobs.timezone, "now", lambda: moment)


def perform(job: Job) -> None:
    """The handler of a job, as a worker that claimed it would call it."""
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_by="me", attempts=1)
    job.refresh_from_db()
    Run(job).perform(KINDS[job.kind], delay_chance=0.5)


def announced(event: str, **ids) -> list[Job]:
    return [job for job in work.announce(event, **ids) if job.kind in KINDS]


def test_assessments_become_a_plan_in_bulk_and_an_alert_at_once(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    written = announced("risk.assessed", first=made.pk, last=made.pk)
    assert sorted((job.kind, job.lane, job.key) for job in written) == [
        ("care.alert", "now", f"{made.pk}-{made.pk}"),
        ("care.plan", "bulk", f"{made.pk}-{made.pk}"),
    ]
    for job in written:
        perform(job)
    assert (Plan.objects.get().template, Alert.objects.get().code) == ("red_alert", "critical_bp")


def test_plan_goes_through_a_range_in_slices(cast, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "SLICE_ASSESSMENTS", 2)
    made = [assessment(one, "green") for one in (cast.anna, cast.ben, cast.amos, cast.bella)]
    (job,) = [job for job in announced("risk.assessed", first=made[0].pk, last=made[-1].pk) if job.kind == "care.plan"]
    perform(job)
    job.refresh_from_db()
    assert (Plan.objects.count(), job.state, job.done, job.total) == (4, "done", 4, made[-1].pk - made[0].pk + 1)


def test_jobs_twice_change_nothing(cast) -> None:
    made = assessment(cast.anna, "red", "critical_bp")
    for _ in range(2):
        for job in announced("risk.assessed", first=made.pk, last=made.pk):
            Job.objects.filter(pk=job.pk).update(cursor={})
            perform(job)
    assert (Plan.objects.count(), Step.objects.count(), Alert.objects.count()) == (1, 2, 1)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Shanghai", datetime(2026, 6, 9, 16, 0, tzinfo=UTC), date(2026, 6, 10)),
        ("Asia/Shanghai", datetime(2026, 6, 9, 15, 59, tzinfo=UTC), date(2026, 6, 9)),
        ("America/Lima", datetime(2026, 6, 10, 4, 59, tzinfo=UTC), date(2026, 6, 9)),
        ("Pacific/Kiritimati", datetime(2026, 6, 9, 10, 0, tzinfo=UTC), date(2026, 6, 10)),
        # Clocks go back an hour in New York: the day has 25 hours and is still one day.
        ("America/New_York", datetime(2026, 11, 1, 4, 30, tzinfo=UTC), date(2026, 11, 1)),
        ("America/New_York", datetime(2026, 11, 2, 4, 59, tzinfo=UTC), date(2026, 11, 1)),
    ],
)
def test_fire_due_fires_on_the_organisations_own_day(cast, at, zone, moment, day) -> None:
    Settings.objects.update(timezone=zone)
    at(moment)
    assert local_day(moment, zone) == day
    made = assessment(cast.anna, "green")
    (planning,) = [job for job in announced("risk.assessed", first=made.pk, last=made.pk) if job.kind == "care.plan"]
    perform(planning)
    assert Plan.objects.get().opened_on == day
    (job,) = announced("work.daily", day=day.isoformat())
    perform(job)
    assert list(Step.objects.filter(state="fired").values_list("number", "fired_on")) == [(1, day)]


def test_fire_due_refuses_a_day_that_has_not_begun_here(cast, at) -> None:
    at(datetime(2026, 6, 9, 15, 59, tzinfo=UTC))
    (job,) = announced("work.daily", day="2026-06-10")
    with pytest.raises(HandlerFailed, match="care.fire_due"):
        perform(job)
    job.refresh_from_db()
    assert job.state == "queued"


def test_fire_due_is_one_job_a_day_however_many_look(cast) -> None:
    first, second = announced("work.daily", day="2026-06-10") + announced("work.daily", day="2026-06-10")
    assert first.pk == second.pk


def test_fire_due_after_days_without_a_worker_fires_once(cast, at, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "SLICE_STEPS", 1)
    at(datetime(2026, 6, 1, 2, tzinfo=UTC))
    made = assessment(cast.anna, "yellow")
    perform(next(job for job in announced("risk.assessed", first=made.pk, last=made.pk) if job.kind == "care.plan"))
    # Two days' jobs lie there when the worker comes back on the 21st; together they fire each step once, that day.
    at(datetime(2026, 6, 21, 2, tzinfo=UTC))
    for day in ("2026-06-04", "2026-06-21"):
        (job,) = announced("work.daily", day=day)
        perform(job)
    fired = Step.objects.filter(fired_on__isnull=False).order_by("number", "occurrence")
    assert list(fired.values_list("number", "fired_on")) == [(1, date(2026, 6, 21)), (3, date(2026, 6, 21))]


def test_retired_assessment_ends_its_plan_and_steps(cast, at) -> None:
    at(datetime(2026, 6, 1, 2, tzinfo=UTC))
    made = assessment(cast.anna, "green")
    perform(next(job for job in announced("risk.assessed", first=made.pk, last=made.pk) if job.kind == "care.plan"))
    type(made).objects.update(is_current=False)
    (job,) = announced("risk.retired", upload=1)
    perform(job)
    assert (Plan.objects.get().outcome, Step.objects.filter(state="fired").count()) == ("withdrawn", 0)


def test_day_that_fires_steps_has_the_mails_wait_for_the_morning(cast, at) -> None:
    at(datetime(2026, 6, 3, 16, 5, tzinfo=UTC))
    (job,) = announced("work.daily", day="2026-06-04")
    perform(job)
    waiting = Job.objects.get(kind="care.remind")
    assert (waiting.key, waiting.run_after) == ("2026-06-04", datetime(2026, 6, 4, 0, 0, tzinfo=UTC))
    # A worker that was down until the evening sends nothing, and the job of the next morning does.
    at(datetime(2026, 6, 4, 14, 0, tzinfo=UTC))
    perform(waiting)
    assert Job.objects.get(kind="care.remind", key="2026-06-05").run_after == datetime(2026, 6, 5, 0, 0, tzinfo=UTC)

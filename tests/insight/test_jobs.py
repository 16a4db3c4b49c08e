"""Which events lead to a count, and what a count does."""

from datetime import UTC, datetime

import pytest

from healthmgmt.insight import jobs
from healthmgmt.insight.models import UnitFact
from healthmgmt.organization.models import Period
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from healthmgmt.work.running import Run


def perform(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_by="me", attempts=1)
    job.refresh_from_db()
    Run(job).perform(jobs.count, delay_chance=0.5)


@pytest.mark.parametrize(
    ("event", "ids", "key"),
    [
        ("roster.imported", {"record": 3}, "roster:3"),
        ("exams.applied", {"upload": 4, "round": 2}, "applied:4:2"),
        ("exams.withdrawn", {"upload": 4}, "withdrawn:4"),
        ("risk.assessed", {"first": 1, "last": 9}, "assessed:1-9"),
        ("care.alerts_changed", {"change": "closed:7"}, "alerts:closed:7"),
        ("work.daily", {"day": "2026-06-10"}, "day:2026-06-10"),
    ],
)
def test_count_follows(cast, event, ids, key) -> None:
    written = [job for job in work.announce(event, **ids) if job.kind == "insight.count"]
    assert [(job.key, job.lane) for job in written] == [(key, "bulk")]


def test_count_goes_through_the_open_periods(cast, monkeypatch) -> None:
    monkeypatch.setattr(jobs.timezone, "now", lambda: datetime(2026, 6, 10, tzinfo=UTC))
    older = Period.objects.create(name="2025", starts_on="2025-01-01", ends_on="2025-12-31", deadline_on="2025-10-31")
    Period.objects.create(
        name="2024", starts_on="2024-01-01", ends_on="2024-12-31", deadline_on="2024-10-31",
        state="closed", closed_at="2025-01-01T00:00:00Z", closed_by="x",
    )  # fmt: skip
    job = work.submit("insight.count", key="k", payload={})
    perform(job)
    job.refresh_from_db()
    assert (job.done, job.total) == (2, 2)
    assert set(UnitFact.objects.values_list("period", flat=True)) == {cast.period.pk, older.pk}

"""How the work stands: for the health page, for the page that waits for a job, for operators."""

from datetime import timedelta

from django.db import DatabaseError
from django.db.models import QuerySet

from healthmgmt.core import organisations, sql
from healthmgmt.work import engine, limits
from healthmgmt.work.models import Job


def oldest_unclaimed_age() -> timedelta | None:
    """How long the oldest due job of all organisations has waited for a worker; None when none waits."""
    ages = [age for _, age, _ in _lanes() if age is not None]
    return max(ages, default=None)


def stale_lanes() -> list[str]:
    """The lanes in which due work waits too long while nobody works there."""
    return [lane for lane, age, working in _lanes() if age is not None and age > limits.STALE_AFTER[lane] and not working]


def faults() -> list[str]:
    """What is out of order, in words for operators: database, broker, lanes without a worker. Empty when all is well."""
    found = []
    try:
        found += [f"nobody takes the work of lane {lane}" for lane in stale_lanes()]
    except DatabaseError:
        found.append("the database does not answer")
    if not engine.broker_answers():
        found.append("the broker does not answer")
    return found


def healthy() -> bool:
    """Whether database, broker and both lanes are in order."""
    return not faults()


def progress(kind: str, key: str) -> Job | None:
    """The present organisation's job of a kind and key, with its state, `done`, `total` and `message`."""
    return Job.objects.filter(kind=kind, key=key).first()


def listed(*, failed_only: bool, most: int) -> QuerySet[Job]:
    """The present organisation's latest jobs, newest first."""
    jobs = Job.objects.failed() if failed_only else Job.objects.all()
    return jobs.order_by("-id")[:most]


def _lanes() -> list[tuple[str, timedelta | None, int]]:
    with organisations.dispatching():
        rows = sql.rows("work/lanes")
    return [(lane, None if seconds is None else timedelta(seconds=seconds), working) for lane, seconds, working in rows]

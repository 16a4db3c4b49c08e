"""How the work stands: for the health page, for the page that waits for a job, for operators."""

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from healthmgmt.core import organisations, sql
from healthmgmt.work import engine, limits, registry
from healthmgmt.work.models import Job


class Queue(NamedTuple):
    """How the work of an organisation stands: how long its oldest due job has waited, jobs given up, jobs of the last 24 hours."""

    waited: timedelta | None = None
    is_late: bool = False
    failed: int = 0
    recent: int = 0


def queues() -> dict[str, Queue]:
    """The queues of all organisations that have jobs, by schema name, in one query."""
    with organisations.dispatching():
        rows = sql.rows("work/queues")
    found: dict[str, Queue] = {}
    for organisation, lane, seconds, failed, recent in rows:
        queue = found.get(organisation, Queue())
        waited = None if seconds is None else timedelta(seconds=seconds)
        found[organisation] = Queue(
            waited=max(filter(None, (queue.waited, waited)), default=None),
            is_late=queue.is_late or (waited is not None and waited > limits.STALE_AFTER[lane]),
            failed=queue.failed + failed,
            recent=queue.recent + recent,
        )
    return found


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


def followers(event: str, **ids: Any) -> list[Job]:
    """The jobs that an announcement with these ids led to."""
    keys = [Q(kind=one.kind, key=one.key.format_map(ids)) for one in registry.subscriptions(event)]
    return list(Job.objects.filter(reduce(or_, keys)).order_by("id")) if keys else []


def listed(*, failed_only: bool, most: int) -> QuerySet[Job]:
    """The present organisation's latest jobs, newest first."""
    jobs = Job.objects.failed() if failed_only else Job.objects.all()
    return jobs.order_by("-id")[:most]


def _lanes() -> list[tuple[str, timedelta | None, int]]:
    with organisations.dispatching():
        rows = sql.rows("work/lanes")
    return [(lane, None if seconds is None else timedelta(seconds=seconds), working) for lane, seconds, working in rows]

"""Asking for work: submit, announce, retry, and drain for commands that wait."""

import json
import time
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core import organisations, sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import claiming, engine, limits, registry
from healthmgmt.work.models import Job
from healthmgmt.work.progress import Progress
from healthmgmt.work.running import HandlerFailed, identity, origin, renew_connection

# Longer texts, and anything nested, are content; a job holds ids.
LONGEST_TEXT = 100
POLL_SECONDS = 0.2


def submit(
    kind: str, key: str, payload: dict[str, Any], *, run_after: datetime | None = None, lane: str = Job.Lane.BULK
) -> Job:
    """Write a job in the caller's transaction; workers are told when that commits.

    The same kind and key in the same organisation are the same job, whatever became of it: it is returned as it is.
    Raises UnknownKind, ValueError for a payload that is more than ids, RuntimeError outside an organisation.
    """
    registry.handler_of(kind)
    _check_payload(payload)
    organisation = organisations.current()
    if organisation == organisations.PUBLIC:
        raise RuntimeError(f"A job {kind} was submitted outside of every organisation.")
    parameters = {
        "kind": kind, "key": key, "payload": json.dumps(payload), "lane": Job.Lane(lane), "run_after": run_after, "origin": origin()
    }  # fmt: skip
    with transaction.atomic():
        is_new = sql.execute("work/submit", parameters)
        job = Job.objects.get(kind=kind, key=key)
        if is_new:
            _ring_on_commit(organisation, job)
    return job


def announce(event: str, **ids: Any) -> list[Job]:
    """Tell whoever subscribed that something happened, in the caller's transaction: their jobs are written with it."""
    return [
        submit(follower.kind, follower.key.format_map(ids), ids, lane=follower.lane) for follower in registry.subscriptions(event)
    ]


def begin_day(moment: datetime) -> list[Job]:
    """Announce `work.daily` with the organisation's local day, once a day however often this is called."""
    zone = registry.time_zone()
    return announce("work.daily", day=local_day(moment, zone).isoformat()) if zone else []


def retry(job: Job, *, by: Actor) -> Job:
    """Try a failed job again from where it stopped, with all its attempts. Raises Rejected when it has not failed."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state != Job.State.FAILED:
            raise Rejected(_("Only a failed job can be tried again."))
        job.state, job.attempts, job.fruitless = Job.State.QUEUED, 0, 0
        job.run_after, job.finished_at, job.error = timezone.now(), None, ""
        job.save(update_fields=["state", "attempts", "fruitless", "run_after", "finished_at", "error"])
        audit.record("job.retried", by=by, subject=job, detail={"kind": job.kind})
        _ring_on_commit(organisations.current(), job)
    return job


def drain(kinds: Collection[str] | None = None, until: Callable[[], bool] | None = None) -> int:
    """Run the jobs that this process caused, and what those cause, until none is left; returns how many ran here.

    For commands that wait. A worker may take some of them; those are waited for. A failed try is repeated at once. Jobs
    due later are left alone. `kinds` narrows it, `until` ends it early.
    """
    mine = Job.objects.unfinished().filter(origin=identity())
    if kinds is not None:
        mine = mine.filter(kind__in=kinds)
    present = Q(state=Job.State.RUNNING) | Q(attempts__gt=0) | Q(run_after__lte=Now())
    claimable = mine.filter(Q(state=Job.State.QUEUED) & present | Q(state=Job.State.RUNNING, lease_until__lt=Now()))
    ran = 0
    with Progress() as progress:
        while not (until and until()):
            renew_connection()
            run = claiming.claim(claimable.order_by("id"), progress.show)
            if run is not None:
                ran += 1
                try:
                    claiming.perform(run)
                except HandlerFailed:
                    continue  # noted on the job and in the log; it is claimed again until its attempts are used up
            elif mine.filter(present).exists():
                time.sleep(POLL_SECONDS)
            else:
                break
    return ran


def _ring_on_commit(organisation: str, job: Job) -> None:
    wait = (job.run_after - timezone.now()).total_seconds()
    if wait <= limits.LONGEST_DELAY_SECONDS:
        transaction.on_commit(partial(engine.ring, organisation, job.pk, job.lane, after_seconds=max(0.0, wait)))


def _check_payload(payload: dict[str, Any]) -> None:
    for name, value in payload.items():
        if value is None or isinstance(value, (bool, int)) or (isinstance(value, str) and len(value) <= LONGEST_TEXT):
            continue
        raise ValueError(f"{name} is no id: a job's payload holds numbers and short texts.")

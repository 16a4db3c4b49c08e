"""Taking jobs: whose turn it is, and a lease on the job."""

import logging
import random
from collections.abc import Callable

from django.db import transaction
from django.db.models.functions import Now

from healthmgmt.core import organisations, sql
from healthmgmt.work import limits, registry
from healthmgmt.work.models import Job, JobQuerySet
from healthmgmt.work.running import Run, identity

logger = logging.getLogger(__name__)


def claim(due: JobQuerySet, watch: Callable[[Job], None] | None = None) -> Run | None:
    """The first of these jobs of the present organisation that nobody else holds, leased to this process.

    The attempt is counted and committed before work starts, so that a job that kills its process comes to an end: the
    start after the last allowed one fails it instead. Only attempts in a row that got nowhere count: one that moved the cursor
    begins the count anew.
    """
    while True:
        with transaction.atomic():
            job = due.select_for_update(skip_locked=True).first()
            if job is None:
                return None
            if job.fruitless < limits.MAX_ATTEMPTS:
                return Run(_lease(job), watch)
            _give_up(job)


def turns(lane: str) -> list[tuple[str, int]]:
    """The organisations with due work in a lane, each with its first due job; who was served longest ago comes first."""
    with organisations.dispatching():
        return sql.rows("work/turns", {"lane": lane})


def run_next(lane: str) -> bool:
    """Run one job of a lane, of the organisation whose turn it is; False when there was none to take.

    Called outside of all organisations. Raises HandlerFailed.
    """
    for organisation, _ in turns(lane):
        try:
            with organisations.entered(organisation):
                run = claim(Job.objects.due().filter(lane=lane))
                if run is not None:
                    perform(run)
                    return True
        except organisations.UnknownOrganisation:
            logger.warning("%s is closed; its jobs wait", organisation)
    return False


def perform(run: Run) -> bool:
    """Run a claimed job by its kind's handler; False when its lease was lost. Raises HandlerFailed."""
    return run.perform(lambda given: registry.handler_of(given.kind)(given), delay_chance=random.random())


def _lease(job: Job) -> Job:
    job.state, job.attempts, job.fruitless = Job.State.RUNNING, job.attempts + 1, job.fruitless + 1
    job.lease_by, job.lease_until = identity(), Now() + limits.LEASE
    job.save(update_fields=["state", "attempts", "fruitless", "lease_by", "lease_until"])
    return job


def _give_up(job: Job) -> None:
    job.state, job.finished_at = Job.State.FAILED, Now()
    job.error = job.error or f"Its process died in each of {job.fruitless} attempts."
    job.save(update_fields=["state", "finished_at", "error"])
    logger.error("job %s %s: given up after %s attempts", job.pk, job.kind, job.attempts)

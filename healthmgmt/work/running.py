"""One try at a job by the process that holds its lease."""

import logging
import os
import secrets
import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from healthmgmt.core import organisations, sql
from healthmgmt.core.exceptions import Rejected
from healthmgmt.work import engine, limits
from healthmgmt.work.models import Job

logger = logging.getLogger(__name__)

_origin: ContextVar[str] = ContextVar("job_origin", default="")


class LostLease(RuntimeError):
    """The job went to another worker, or was given up, while this one was thought dead. What was begun is rolled back."""


class HandlerFailed(RuntimeError):
    """A handler raised. Names the job and the place, never the message: that may hold what the job worked on."""


@lru_cache(maxsize=1)
def _identity_of(pid: int) -> str:
    return f"{socket.gethostname()[:40]}:{pid}:{secrets.token_hex(6)}"


def identity() -> str:
    """This process, unlike any other that ever was: `host:pid:random`. A forked child has its own."""
    return _identity_of(os.getpid())


def origin() -> str:
    """Who causes the jobs submitted now: the origin of the job being run, else this process."""
    return _origin.get() or identity()


def renew_connection() -> None:
    """Let go of a connection that broke, so that the next query opens another; leaves a transaction alone."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


class Run:
    """What a handler is given.

    `payload` are the ids it was submitted with, `cursor` where an earlier try stopped, `attempt` counts from 1. All
    writes belong into `batch` blocks; long work outside them calls `renew` at least once a minute.
    """

    def __init__(self, job: Job, watch: Callable[[Job], None] | None = None) -> None:
        self.job_id: int = job.pk
        self.kind = job.kind
        self.payload: dict[str, Any] = job.payload
        self.cursor: dict[str, Any] = job.cursor
        self.attempt: int = job.attempts
        self.lease_by = job.lease_by
        self._origin = job.origin
        self._watch = watch

    @contextmanager
    def batch(
        self, *, done: int, total: int, message: str = "", cursor: dict[str, Any] | None = None
    ) -> Iterator["Run"]:
        """One transaction that holds the job's row, so that nobody can take the job; at its end the progress is stored.

        `done` and `total` count what the job works on, and are true when the block has ended; so is `cursor`, which the
        next try finds in its run. Raises LostLease, before anything is written, when the job is another's.
        """
        with transaction.atomic():
            job = self._locked()
            if cursor is not None:
                # What is lost of it in a crash is done again. The end of the job waits for the disk.
                sql.execute("work/commit_later")
            yield self
            job.done, job.total, job.message, job.lease_until = done, total, message, Now() + limits.LEASE
            if cursor is not None and cursor != job.cursor:
                job.cursor, job.fruitless = cursor, 0
            job.save(update_fields=["done", "total", "message", "lease_until", "cursor", "fruitless"])
        self.cursor = job.cursor
        if self._watch:
            self._watch(job)

    def renew(self) -> None:
        """Say that this worker lives, in a transaction of its own. Raises LostLease."""
        with transaction.atomic():
            job = self._locked()
            job.lease_until = Now() + limits.LEASE
            job.save(update_fields=["lease_until"])

    def perform(self, handler: Callable[["Run"], None], *, delay_chance: float) -> bool:
        """Let the handler work and settle the job; True when it is done, False when it went to another worker.

        Raises HandlerFailed when the handler raised; the job waits for its next try by then, or has failed for good.
        """
        token = _origin.set(self._origin)
        try:
            handler(self)
            self._finish()
        except LostLease:
            logger.warning("job %s %s: attempt %s lost its lease", self.job_id, self.kind, self.attempt)
            return False
        except Exception as error:
            place = _place(error)
            logger.error("job %s %s: attempt %s: %s\n%s", self.job_id, self.kind, self.attempt, place, _trace(error))
            self._note_failure(error, place, delay_chance)
            raise HandlerFailed(f"job {self.job_id} {self.kind}: {place}") from None
        finally:
            _origin.reset(token)
        return True

    def _locked(self) -> Job:
        mine = Job.objects.select_for_update().filter(
            pk=self.job_id, state=Job.State.RUNNING, lease_by=self.lease_by, attempts=self.attempt
        )
        job = mine.first()
        if job is None:
            raise LostLease(self.job_id)
        return job

    def _finish(self) -> None:
        with transaction.atomic():
            job = self._locked()
            job.state, job.error, job.finished_at = Job.State.DONE, "", Now()
            job.save(update_fields=["state", "error", "finished_at"])

    def _note_failure(self, error: Exception, place: str, delay_chance: float) -> None:
        try:
            renew_connection()
            with transaction.atomic():
                job = self._locked()
                if isinstance(error, Rejected) or job.fruitless >= limits.MAX_ATTEMPTS:
                    job.state, job.finished_at = Job.State.FAILED, Now()
                else:
                    wait = limits.delay(max(1, job.fruitless), delay_chance)
                    job.state, job.run_after = Job.State.QUEUED, Now() + wait
                    ring = partial(engine.ring, organisations.current(), job.pk, job.lane, after_seconds=wait.total_seconds())
                    transaction.on_commit(ring)
                job.error = str(error.message) if isinstance(error, Rejected) else place
                job.save(update_fields=["state", "error", "finished_at", "run_after"])
        except LostLease:
            logger.warning("job %s %s: went to another worker meanwhile", self.job_id, self.kind)
        except DatabaseError:
            # Without a database nothing can be noted; the lease runs out and the next worker counts this attempt.
            logger.warning("job %s %s: the failure could not be noted", self.job_id, self.kind)


def _place(error: Exception) -> str:
    """`ValueError in care/services.py:41`: the last line of ours on the way to the error.

    Of the database's errors also the code and what it names of the schema, but not the sentence, which quotes values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/healthmgmt/" in frame.filename] or frames
    file = "/".join(ours[-1].filename.rsplit("/", 2)[-2:])
    return f"{type(error).__name__} in {file}:{ours[-1].lineno}{_database_detail(error)}"


def _database_detail(error: Exception) -> str:
    cause = error.__cause__
    if not isinstance(error, DatabaseError) or not getattr(cause, "pgcode", None):
        return ""
    named = [cause.diag.table_name, cause.diag.column_name, cause.diag.constraint_name]
    return f" ({' '.join(filter(None, [cause.pgcode, *named]))})"


def _trace(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__)).rstrip()

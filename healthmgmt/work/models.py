"""Durable jobs, in the public schema behind a row policy: each organisation sees its own."""

from django.db import models
from django.db.models.functions import Now

from healthmgmt.core.classification import PLAIN


class JobQuerySet(models.QuerySet):
    """Questions about the present organisation's jobs; the clock is the database's, the same for all machines."""

    def unfinished(self) -> "JobQuerySet":
        """Waiting, or in somebody's hands."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def due(self) -> "JobQuerySet":
        """What may be claimed now, longest due first: waiting, or left behind by a worker whose lease has run out."""
        waiting = models.Q(state=Job.State.QUEUED, run_after__lte=Now())
        left_behind = models.Q(state=Job.State.RUNNING, lease_until__lt=Now())
        return self.unfinished().filter(waiting | left_behind).order_by("run_after", "id")

    def failed(self) -> "JobQuerySet":
        """Given up; nothing runs them again but a person's retry."""
        return self.filter(state=Job.State.FAILED)


class Job(models.Model):
    """Something that has to be done once. Holds ids, never content; `org` is set by the database and never by code.

    `origin` is the process that caused the job, handed on to the jobs that it causes in turn. `lease_until` stays when
    the job ends: it says when its organisation was last served.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    class Lane(models.TextChoices):
        NOW = "now"
        BULK = "bulk"

    org = models.TextField(editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    lane = models.CharField(max_length=4, choices=Lane, default=Lane.BULK)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    origin = models.CharField(max_length=80)
    attempts = models.PositiveSmallIntegerField(default=0)
    fruitless = models.PositiveSmallIntegerField(default=0, db_default=0)
    lease_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField()
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    cursor = models.JSONField(default=dict)
    message = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    CLASSIFICATION = {
        "org": PLAIN,
        "kind": PLAIN,
        "key": PLAIN,
        "payload": PLAIN,
        "lane": PLAIN,
        "state": PLAIN,
        "origin": PLAIN,
        "attempts": PLAIN,
        "fruitless": PLAIN,
        "lease_by": PLAIN,
        "lease_until": PLAIN,
        "run_after": PLAIN,
        "done": PLAIN,
        "total": PLAIN,
        "cursor": PLAIN,
        "message": PLAIN,
        "error": PLAIN,
        "created_at": PLAIN,
        "finished_at": PLAIN,
    }

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["org", "kind", "key"], name="job_once")]
        indexes = [
            models.Index(
                fields=["lane", "org", "run_after", "id"], name="job_due", condition=models.Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["org", "origin"], name="job_origin", condition=models.Q(state__in=["queued", "running"])),
            models.Index(fields=["org", "lane", "lease_until"], name="job_served"),
            models.Index(fields=["org"], name="job_failed", condition=models.Q(state="failed")),
            models.Index(fields=["created_at"], name="job_recent"),
        ]

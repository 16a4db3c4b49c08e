"""Durable jobs, in the public schema behind a row policy: each organisation sees its own."""

from django.db import models

from healthmgmt.core.classification import PLAIN


class Job(models.Model):
    """Something that has to be done once. Holds ids, never content; `org` is set by the database and never by code."""

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
    attempts = models.PositiveSmallIntegerField(default=0)
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

    CLASSIFICATION = {
        "org": PLAIN,
        "kind": PLAIN,
        "key": PLAIN,
        "payload": PLAIN,
        "lane": PLAIN,
        "state": PLAIN,
        "attempts": PLAIN,
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
            models.Index(fields=["lane", "run_after"], name="job_due", condition=models.Q(state__in=["queued", "running"])),
        ]

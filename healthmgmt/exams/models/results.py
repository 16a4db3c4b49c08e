"""The exams that came of uploads, and the report files beside them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Value

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN
from healthmgmt.exams.models.uploads import Upload
from healthmgmt.people.models import Person


class Exam(models.Model):
    """One person's results of one day as one upload told them. Never overwritten: an exam is superseded while a later
    one of the same person and day covers all its indicators, and withdrawn when its upload is undone. One that says nothing new
    is repeated: it counts only when what it repeats is undone.

    `results` holds canonical numbers by indicator code; `reported` [number, unit] where the file's unit differs;
    `qualifiers` `<`, `<=`, `>`, `>=`; `ranges` the report's own [low, high]; `texts` what was said in words; `left_out` the
    codes that its row was mended to do without, and that it therefore does not cover. `findings` is what texts ask to watch or to
    refer (see findings.py, which also tells what is out of range).
    """

    class State(models.TextChoices):
        CURRENT = "current"
        SUPERSEDED = "superseded"
        REPEATED = "repeated"
        WITHDRAWN = "withdrawn"

    # Both constraints below begin with one of these, so they need no index of their own. Exams come by the hundred thousand, written
    # by the job that holds their upload, about people whom it has just found in the roster, from which nobody is removed.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exams", db_constraint=False, db_index=False)
    taken_on = models.DateField()
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="exams", db_constraint=False, db_index=False)
    row_number = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CURRENT)
    results = models.JSONField(default=dict)
    reported = models.JSONField(default=dict)
    qualifiers = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    findings = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    left_out = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    stored_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {
        "person": IDENTIFIER,
        "taken_on": CLINICAL,
        "upload": PLAIN,
        "row_number": PLAIN,
        "state": PLAIN,
        "results": CLINICAL,
        "reported": CLINICAL,
        "qualifiers": CLINICAL,
        "ranges": CLINICAL,
        "texts": CLINICAL,
        "findings": CLINICAL,
        "left_out": CLINICAL,
        "stored_at": PLAIN,
    }

    class Meta:
        ordering = ["person", "-taken_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "row_number"], name="exam_of_row_once"),
            models.UniqueConstraint(fields=["person", "taken_on", "upload"], name="exam_of_day_once_an_upload"),
        ]


class ReportFile(models.Model):
    """A PDF that an exam centre wrote about one exam, kept encrypted beside it; it goes when the exam is withdrawn."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="report_files")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="report_files")
    row_number = models.IntegerField()
    file_key = models.CharField(max_length=32)
    size = models.BigIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="report_files")
    added_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {
        "uuid": PLAIN,
        "person": IDENTIFIER,
        "upload": PLAIN,
        "row_number": PLAIN,
        "file_key": PLAIN,
        "size": PLAIN,
        "added_by": IDENTIFIER,
        "added_at": PLAIN,
    }

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["upload", "row_number"], name="report_of_exam")]

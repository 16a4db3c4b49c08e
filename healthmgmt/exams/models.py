"""Uploaded files, their rows as staged, and the exams and findings that came of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, QUASI_IDENTIFIER, SECRET
from healthmgmt.core.encryption import EncryptedTextField
from healthmgmt.organization.models import Unit
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.models import Person


class Upload(models.Model):
    """A file as it was received. The receipt adds up: received = accepted + unchanged + waiting + refused.

    `rounds` counts how often its good rows were let in: mended ones follow later. Rows that are ready count as accepted before
    the first round, and as waiting after it. When it was kept long enough its file and rows are removed (`purged_at`); `causes`
    then tells by state why rows had waited or were left out.
    """

    class State(models.TextChoices):
        STORED = "stored", _("Stored")
        READING = "reading", _("Being read")
        CHECKED = "checked", _("Checked")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        PARTLY_APPLIED = "partly_applied", _("Applied, rows wait")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_key = models.CharField(max_length=32, blank=True)
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    centre = models.ForeignKey(ExamCentre, on_delete=models.PROTECT, null=True, related_name="uploads")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="uploads")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=14, choices=State, default=State.STORED)
    check_only = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    layout = models.JSONField(default=dict)
    received = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    causes = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    CLASSIFICATION = {
        "uuid": PLAIN,
        "file_key": PLAIN,
        "file_name": IDENTIFIER,
        "sha256": PLAIN,
        "size": PLAIN,
        "centre": PLAIN,
        "unit": PLAIN,
        "uploaded_by": IDENTIFIER,
        "uploaded_at": PLAIN,
        "state": PLAIN,
        "check_only": PLAIN,
        "reason": PLAIN,
        "layout": PLAIN,
        "received": PLAIN,
        "accepted": PLAIN,
        "unchanged": PLAIN,
        "waiting": PLAIN,
        "refused": PLAIN,
        "rounds": PLAIN,
        "finished_at": PLAIN,
        "withdrawn_at": PLAIN,
        "purged_at": PLAIN,
        "causes": PLAIN,
    }

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(received=models.F("accepted") + models.F("unchanged") + models.F("waiting") + models.F("refused"))
                | Q(state__in=["stored", "reading", "checked", "applying"]),
                name="receipt_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="upload_of_file")]


class UploadLink(models.Model):
    """A way to deliver one file for a unit without an account, until a day. Of the secret in it only a digest is kept."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    centre = models.ForeignKey(ExamCentre, on_delete=models.PROTECT, related_name="links")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="upload_links")
    note = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="upload_links")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, null=True, related_name="link")

    CLASSIFICATION = {
        "uuid": PLAIN,
        "digest": SECRET,
        "centre": PLAIN,
        "unit": PLAIN,
        "note": PLAIN,
        "made_by": IDENTIFIER,
        "made_at": PLAIN,
        "expires_at": PLAIN,
        "revoked_at": PLAIN,
        "upload": PLAIN,
    }

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(upload=None) | Q(revoked_at=None), name="link_used_or_revoked")]


class UploadRow(models.Model):
    """One data row of a file: its cells as text, what they were understood as, and what is wrong with them.

    `number` counts data rows from 1; `sheet` and `sheet_row` are the file's own; `places` are the addresses of the cells, by
    column, where the file has one row a result and this row was put together of several. The identity number is never in `raw`.
    What people mended: `left_out` holds the problems whose values they decided to do without, `person_chosen` says that they
    named the person.
    """

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        WAITING = "waiting", _("Waiting")
        REFUSED = "refused", _("Left out")
        ACCEPTED = "accepted", _("Accepted")
        UNCHANGED = "unchanged", _("Already stored")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rows")
    number = models.IntegerField()
    sheet = models.CharField(max_length=80, blank=True)
    sheet_row = models.IntegerField()
    places = models.JSONField(null=True)
    emp_no = models.TextField(blank=True)
    name = models.TextField(blank=True)
    id_no = EncryptedTextField(default=b"")
    id_hash = models.CharField(max_length=64, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    dept = models.TextField(blank=True)
    exam_on = models.DateField(null=True)
    raw = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    reported = models.JSONField(default=dict)
    qualifiers = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    other = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    left_out = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    state = models.CharField(max_length=9, choices=State, default=State.READY)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="upload_rows")
    person_chosen = models.BooleanField(default=False, db_default=False)

    CLASSIFICATION = {
        "upload": PLAIN,
        "number": PLAIN,
        "sheet": PLAIN,
        "sheet_row": PLAIN,
        "places": PLAIN,
        "emp_no": IDENTIFIER,
        "name": IDENTIFIER,
        "id_no": IDENTIFIER,
        "id_hash": IDENTIFIER,
        "sex": QUASI_IDENTIFIER,
        "dept": QUASI_IDENTIFIER,
        "exam_on": CLINICAL,
        "raw": CLINICAL,
        "values": CLINICAL,
        "reported": CLINICAL,
        "qualifiers": CLINICAL,
        "ranges": CLINICAL,
        "texts": CLINICAL,
        "other": CLINICAL,
        "findings": CLINICAL,
        "problems": CLINICAL,
        "left_out": CLINICAL,
        "state": PLAIN,
        "person": IDENTIFIER,
        "person_chosen": PLAIN,
    }

    class Meta:
        ordering = ["upload", "number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="row_once")]
        # Of a file of many thousand rows the few that a person has to look at.
        indexes = [
            models.Index(fields=["upload", "state", "number"], name="row_stuck", condition=Q(state__in=["waiting", "refused"])),
            models.Index(fields=["upload"], name="row_mended", condition=Q(person_chosen=True) | ~Q(left_out=[])),
        ]


class Exam(models.Model):
    """One person's results of one day as one upload told them. Never overwritten: an exam is superseded while a later
    one of the same person and day covers all its indicators, and withdrawn when its upload is undone.

    `results` holds canonical numbers by indicator code; `reported` [number, unit] where the file's unit differs;
    `qualifiers` `<`, `<=`, `>`, `>=`; `ranges` the report's own [low, high]; `texts` what was said in words; `left_out` the
    codes that its row was mended to do without, and that it therefore does not cover.
    """

    class State(models.TextChoices):
        CURRENT = "current"
        SUPERSEDED = "superseded"
        WITHDRAWN = "withdrawn"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exams")
    taken_on = models.DateField()
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="exams")
    row_number = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.CURRENT)
    results = models.JSONField(default=dict)
    reported = models.JSONField(default=dict)
    qualifiers = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
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
        "left_out": CLINICAL,
        "stored_at": PLAIN,
    }

    class Meta:
        ordering = ["person", "-taken_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "row_number"], name="exam_of_row_once"),
            models.UniqueConstraint(fields=["person", "taken_on", "upload"], name="exam_of_day_once_an_upload"),
        ]


class Finding(models.Model):
    """What is out of its range, or what a text says that needs watching or a referral."""

    class Level(models.TextChoices):
        LOW = "low"
        HIGH = "high"
        WATCH = "watch"
        REFER = "refer"

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="findings")
    indicator = models.CharField(max_length=40)
    code = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=5, choices=Level)

    CLASSIFICATION = {"exam": IDENTIFIER, "indicator": CLINICAL, "code": CLINICAL, "level": CLINICAL}

    class Meta:
        ordering = ["exam", "id"]

"""Uploaded files, their rows as staged, and the exams and findings that came of them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, QUASI_IDENTIFIER, SECRET
from healthmgmt.core.encryption import EncryptedTextField
from healthmgmt.exams.reading.sheets import column_index
from healthmgmt.organization.models import Unit
from healthmgmt.partners.models import ExamCentre
from healthmgmt.people.models import Person


class ExamLayout(models.Model):
    """What people said about the columns of one exam centre's files, or of a unit's files that no centre is named for.

    Each version holds all answers up to then (`Layout.as_json()`, and which questions were answered with no) and is never
    changed; the newest is read with. `fingerprint` tells the headings of the file that was looked at.
    """

    centre = models.ForeignKey(ExamCentre, on_delete=models.PROTECT, null=True, related_name="layouts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="exam_layouts")
    version = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    layout = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="exam_layouts")
    made_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {
        "centre": PLAIN,
        "unit": PLAIN,
        "version": PLAIN,
        "fingerprint": PLAIN,
        "layout": PLAIN,
        "made_by": IDENTIFIER,
        "made_at": PLAIN,
    }

    class Meta:
        ordering = ["centre", "unit", "-version"]
        constraints = [
            models.CheckConstraint(condition=Q(centre__isnull=True) ^ Q(unit__isnull=True), name="layout_of_centre_or_unit"),
            models.UniqueConstraint(fields=["centre", "version"], name="layout_version_of_centre"),
            models.UniqueConstraint(fields=["unit", "version"], name="layout_version_of_unit"),
        ]


class Upload(models.Model):
    """A file as it was received. The receipt adds up: received = accepted + unchanged + waiting + refused.

    `rounds` counts how often its good rows were let in: mended ones follow later. Rows that are ready count as accepted before
    the first round, and as waiting after it. A file of mended rows `mends` the upload that its rows came from, and holds none itself.
    When it was kept long enough its file and rows are removed (`purged_at`); `causes` then tells by state why rows had waited or were
    left out. `agreed` are the answers that it was read with, `readings` counts how often it was read again in place, `follows` is the
    applied upload whose file it reads again.
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
        MERGED = "merged", _("Merged into its upload")

    class Kind(models.TextChoices):
        FILE = "file"
        TYPED = "typed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=5, choices=Kind, default=Kind.FILE, db_default=Kind.FILE)
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
    agreed = models.ForeignKey(ExamLayout, on_delete=models.PROTECT, null=True, related_name="uploads")
    readings = models.PositiveSmallIntegerField(default=0, db_default=0)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
    received = models.IntegerField(default=0)
    accepted = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    mends = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="mended_by")
    finished_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)
    causes = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    CLASSIFICATION = {
        "uuid": PLAIN,
        "kind": PLAIN,
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
        "agreed": PLAIN,
        "readings": PLAIN,
        "follows": PLAIN,
        "received": PLAIN,
        "accepted": PLAIN,
        "unchanged": PLAIN,
        "waiting": PLAIN,
        "refused": PLAIN,
        "rounds": PLAIN,
        "mends": PLAIN,
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
    named the person, `version` counts how often cells of the row were changed (see MendedCell; `raw` stays as it came).
    `is_urgent`: it holds a class A result; `is_alerted`: an alert was asked for because of it.
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
    version = models.PositiveSmallIntegerField(default=0, db_default=0)
    is_urgent = models.BooleanField(default=False, db_default=False)
    is_alerted = models.BooleanField(default=False, db_default=False)

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
        "version": PLAIN,
        "is_urgent": CLINICAL,
        "is_alerted": CLINICAL,
    }

    class Meta:
        ordering = ["upload", "number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="row_once")]
        # Of a file of many thousand rows the few that a person has to look at.
        indexes = [
            models.Index(fields=["upload", "state", "number"], name="row_stuck", condition=Q(state__in=["waiting", "refused"])),
            models.Index(fields=["upload"], name="row_mended", condition=Q(person_chosen=True) | ~Q(left_out=[]) | Q(version__gt=0)),
            models.Index(fields=["upload", "number"], name="row_urgent", condition=Q(is_urgent=True)),
        ]

    def index_of(self, cell: str) -> int | None:
        """The column that an address of this row stands for; None for none."""
        if self.places:
            return next((int(index) for index, place in self.places.items() if place == cell), None)
        return column_index(cell.rstrip("0123456789")) if cell else None


class RowProblem(models.Model):
    """Why a row waits, or is left out: once a reason and heading, kept beside the rows so that causes are counted and paged without
    reading them. Written by `staging.note_problems` alone.

    `cause` is one for each reason and heading, `said` one for each text of the cell while nothing of the row was changed.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="row_problems", db_index=False)
    number = models.IntegerField()
    state = models.CharField(max_length=9, choices=UploadRow.State)
    reason = models.CharField(max_length=20)
    heading = models.TextField(blank=True)
    cell = models.CharField(max_length=12, blank=True)
    cause = models.CharField(max_length=32)
    said = models.CharField(max_length=32, blank=True)

    CLASSIFICATION = {
        "upload": PLAIN,
        "number": PLAIN,
        "state": PLAIN,
        "reason": CLINICAL,
        "heading": CLINICAL,
        "cell": CLINICAL,
        "cause": CLINICAL,
        "said": CLINICAL,
    }

    class Meta:
        ordering = ["upload", "number", "id"]
        indexes = [
            models.Index(fields=["upload", "state", "cause", "number"], name="problems_of_cause"),
            models.Index(fields=["upload", "number"], name="problems_of_row"),
        ]


class Mending(models.Model):
    """What somebody did to rows of an upload that wait: a cell typed anew, or the same for all rows of a group.

    `text` is the cell text that is meant by "the same for equal texts", `given` what it becomes, or the unit or order stated.
    Without `finished_at` it is being done by a job.
    """

    class Kind(models.TextChoices):
        CELLS = "cells", _("Cells typed anew")
        BACK = "back", _("Taken back")
        FILE = "file", _("Mended in a file")
        VALUES = "values", _("Values left out")
        ROWS = "rows", _("Rows left out")
        TEXT = "text", _("Equal texts corrected")
        UNIT = "unit", _("Unit stated")
        ORDER = "order", _("Order of day and month stated")
        SWAP = "swap", _("Pressures exchanged")

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="mendings")
    kind = models.CharField(max_length=6, choices=Kind)
    reason = models.CharField(max_length=20, blank=True)
    column = models.TextField(blank=True)
    text = EncryptedTextField(default=b"")
    given = EncryptedTextField(default=b"")
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.CharField(max_length=100)
    rows = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    CLASSIFICATION = {
        "upload": PLAIN,
        "kind": PLAIN,
        "reason": PLAIN,
        "column": PLAIN,
        "text": CLINICAL,
        "given": CLINICAL,
        "made_at": PLAIN,
        "made_by": IDENTIFIER,
        "rows": PLAIN,
        "changed": PLAIN,
        "finished_at": PLAIN,
    }

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["upload"], name="one_mending_at_a_time", condition=Q(finished_at=None)),
        ]


class MendedCell(models.Model):
    """A cell that somebody changed: what it said before, what it says now. The newest of a cell counts; none is overwritten."""

    mending = models.ForeignKey(Mending, on_delete=models.CASCADE, related_name="cells")
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="mended_cells")
    number = models.IntegerField()
    index = models.PositiveSmallIntegerField()
    version = models.PositiveSmallIntegerField()
    before = EncryptedTextField(default=b"")
    after = EncryptedTextField(default=b"")

    CLASSIFICATION = {
        "mending": PLAIN,
        "upload": PLAIN,
        "number": PLAIN,
        "index": PLAIN,
        "version": PLAIN,
        "before": CLINICAL,
        "after": CLINICAL,
    }

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["upload", "number"], name="cells_of_row")]


class Exam(models.Model):
    """One person's results of one day as one upload told them. Never overwritten: an exam is superseded while a later
    one of the same person and day covers all its indicators, and withdrawn when its upload is undone. One that says nothing new
    is repeated: it counts only when what it repeats is undone.

    `results` holds canonical numbers by indicator code; `reported` [number, unit] where the file's unit differs;
    `qualifiers` `<`, `<=`, `>`, `>=`; `ranges` the report's own [low, high]; `texts` what was said in words; `left_out` the
    codes that its row was mended to do without, and that it therefore does not cover.
    """

    class State(models.TextChoices):
        CURRENT = "current"
        SUPERSEDED = "superseded"
        REPEATED = "repeated"
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


class QualityFact(models.Model):
    """A count about the rows of one upload, by month and item (blank: about whole rows). No person is in it, and none is reachable.

    `measure` is `received`, `waiting`, `refused`, `late`, `reason:<keyword>`, `unit:<other than the catalogue's>` or `digit:<last>`.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="quality")
    month = models.DateField()
    indicator = models.CharField(max_length=40, blank=True)
    measure = models.CharField(max_length=80)
    count = models.IntegerField()

    CLASSIFICATION = {"upload": PLAIN, "month": PLAIN, "indicator": PLAIN, "measure": PLAIN, "count": PLAIN}

    class Meta:
        ordering = ["upload", "month", "indicator", "measure"]
        constraints = [models.UniqueConstraint(fields=["upload", "month", "indicator", "measure"], name="quality_counted_once")]

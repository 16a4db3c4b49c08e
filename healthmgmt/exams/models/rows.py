"""Rows of uploads as staged, why they wait, and what people changed in them."""

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import CLINICAL, IDENTIFIER, PLAIN, QUASI_IDENTIFIER
from healthmgmt.core.encryption import EncryptedTextField
from healthmgmt.core.fields import WrittenJSONField
from healthmgmt.exams.models.uploads import Upload
from healthmgmt.exams.reading.sheets import column_index
from healthmgmt.people.models import Person


class UploadRow(models.Model):
    """One data row of a file: its cells as text, what they were understood as, and what is wrong with them.

    `number` counts data rows from 1; `sheet` and `sheet_row` are the file's own; `places` are the addresses of the cells, by
    column, where the file has one row a result and this row was put together of several. The identity number is never in `raw`.
    What people mended: `left_out` holds the problems whose values they decided to do without, `person_chosen` says that they
    named the person, `version` counts how often cells of the row were changed (see MendedCell; `raw` stays as it came).
    A row that came without a fault is accepted from the beginning: it goes in with the first round. One that was mended is ready
    until the next. `is_urgent`: it holds a class A result; `is_alerted`: an alert was asked for because of it.
    """

    class State(models.TextChoices):
        READY = "ready", _("Ready")  # mended
        WAITING = "waiting", _("Waiting")
        REFUSED = "refused", _("Left out")
        ACCEPTED = "accepted", _("Accepted")
        UNCHANGED = "unchanged", _("Already stored")

    # Rows come by the hundred thousand, written by the job that holds their upload; `row_once` begins with it.
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False)
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
    raw = WrittenJSONField(default=list)
    values = models.JSONField(default=dict)
    reported = models.JSONField(default=dict)
    qualifiers = models.JSONField(default=dict)
    ranges = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    other = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    left_out = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    state = models.CharField(max_length=9, choices=State, default=State.ACCEPTED)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="upload_rows", db_constraint=False)
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
            models.Index(fields=["upload", "state", "number"], name="row_stuck", condition=Q(state__in=["ready", "waiting", "refused"])),
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

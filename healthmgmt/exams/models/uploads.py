"""Files as they were received, by whom and by which link, how their columns were explained, and how good they were."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from healthmgmt.core.classification import IDENTIFIER, PLAIN, SECRET
from healthmgmt.organization.models import Unit
from healthmgmt.partners.models import ExamCentre


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
    applied upload whose file it reads again. `reason` says why it was refused, also while it is read again.
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

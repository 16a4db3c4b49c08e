"""Exam centres that deliver files."""

from django.db import models

from healthmgmt.core.classification import PLAIN


class ExamCentre(models.Model):
    """An exam centre, by the name under which its files are uploaded."""

    name = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    CLASSIFICATION = {"name": PLAIN, "created_at": PLAIN}

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

"""Exam centres."""

from healthmgmt.partners.models import ExamCentre


def exam_centre_named(name: str) -> ExamCentre:
    """The exam centre of this name; made at its first delivery."""
    return ExamCentre.objects.get_or_create(name=name.strip())[0]

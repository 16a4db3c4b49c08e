"""Uploaded files, their rows as staged, and the exams that came of them."""

from healthmgmt.exams.models.disputes import Dispute
from healthmgmt.exams.models.results import Exam, ReportFile
from healthmgmt.exams.models.rows import MendedCell, Mending, RowProblem, UploadRow
from healthmgmt.exams.models.uploads import ExamLayout, QualityFact, Upload, UploadLink

__all__ = [
    "Dispute",
    "Exam",
    "ExamLayout",
    "MendedCell",
    "Mending",
    "QualityFact",
    "ReportFile",
    "RowProblem",
    "Upload",
    "UploadLink",
    "UploadRow",
]

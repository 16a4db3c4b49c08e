"""Assessments made by hand."""

from datetime import date

from healthmgmt.exams.models import Exam, Upload
from healthmgmt.people.models import Person
from healthmgmt.risk.models import Assessment

DAY = date(2026, 6, 10)


def exam(person: Person, taken_on: date = DAY, results: dict | None = None) -> Exam:
    """An exam that counts, from an upload of its own."""
    upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=person.unit)
    return Exam.objects.create(person=person, taken_on=taken_on, upload=upload, row_number=1, results=results or {"sbp": 120})


def assessment(person: Person, colour: str, *codes: str, on: date = DAY, exams: tuple[Exam, ...] = ()) -> Assessment:
    """A new current assessment with these reasons, each measured on the day."""
    Assessment.objects.filter(person=person, is_current=True).update(is_current=False)
    reasons = [{"code": code, "line": 1, "indicator": "sbp", "value": 1, "unit": "", "limit": 1, "on": on.isoformat()} for code in codes]
    return Assessment.objects.create(
        person=person, assessed_on=on, colour=colour, reasons=reasons, exams=[one.pk for one in exams], pack="cn", edition="2024"
    )

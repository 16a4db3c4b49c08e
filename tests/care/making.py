"""Assessments made by hand."""

from datetime import date

from healthmgmt.exams.models import Exam, Upload
from healthmgmt.people.models import Person
from healthmgmt.risk import packs
from healthmgmt.risk.models import Assessment

DAY = date(2026, 6, 10)
PACK = packs.load("cn", "2024")


def exam(person: Person, taken_on: date = DAY, results: dict | None = None) -> Exam:
    """An exam that counts, from an upload of its own."""
    upload = Upload.objects.create(file_name="f.csv", sha256="0" * 64, size=1, unit=person.unit)
    return Exam.objects.create(person=person, taken_on=taken_on, upload=upload, row_number=1, results=results or {"sbp": 120})


def assessment(person: Person, colour: str, *codes: str, on: date = DAY, exams: tuple[Exam, ...] = ()) -> Assessment:
    """A new current assessment with these reasons, each measured on the day."""
    Assessment.objects.filter(person=person, is_current=True).update(is_current=False)
    reasons = [_reason(code, on) for code in codes]
    return Assessment.objects.create(
        person=person, assessed_on=on, colour=colour, reasons=reasons, exams=[one.pk for one in exams], pack="cn", edition="2024"
    )


def _reason(code: str, on: date) -> dict:
    """A reason just at the limit of the first line of its code."""
    line = next(line for line in PACK.lines if line.reason == code)
    at = {"value": True, "unit": "", "limit": True} if line.is_flag else {"value": line.limit, "unit": line.unit, "limit": line.limit}
    return {"code": code, "line": line.number, "indicator": line.indicator, "on": on.isoformat()} | at

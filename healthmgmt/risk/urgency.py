"""Class A results in rows that wait: they come first, and an alert is asked for at once where it is certain whose they are. So it is
for what people measure at home.

The alert rests on an assessment of that row or reading alone: it is never current, reads no exam, and gives nobody a colour.
"""

import json
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction

from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.devices.models import Reading
from healthmgmt.exams import services as exams
from healthmgmt.exams.models import Upload
from healthmgmt.exams.selectors import OF_ROSTER
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.risk import measures, services
from healthmgmt.risk.judging import Judge
from healthmgmt.risk.models import Assessment
from healthmgmt.risk.packs import Line, Pack
from healthmgmt.risk.reasons import reason_texts
from healthmgmt.work import services as work

# How packs call the reasons of class A.
CLASS_A = "critical_"
WATCHED = (Upload.State.CHECKED, Upload.State.APPLYING, Upload.State.PARTLY_APPLIED)


def watch(upload_id: int, *, by: Actor, first: int | None = None, last: int | None = None) -> int:
    """Look through the waiting rows of an upload, all of them or those from one number to another; returns for how many an alert was asked
    for. Twice is once."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload_id)
        if upload.state not in WATCHED or upload.check_only:
            return 0
        today = services.today()
        pack = services.pack_in_force(today)
        lines = _lines(pack)
        codes = sorted({line.indicator for line in lines})
        span = {"first": first or 1, "last": last or upload.received}
        rows = sql.dicts("risk/load_waiting", {"upload": upload.pk, "codes": codes, "doubts": sorted(OF_ROSTER)} | span)
        told = _reasons(pack, lines, [_person(row) for row in rows])
        reasons = {row["number"]: one for row, one in zip(rows, told, strict=True) if one}
        urgent = [row for row in rows if row["number"] in reasons]
        certain = [row for row in urgent if row["is_certain"] and not row["is_alerted"]]
        exams.mark_urgent(
            upload, urgent=[row["number"] for row in urgent], alerted=[row["number"] for row in certain], by=by, **span
        )
        _ask_for_alerts(pack, [(row["person_id"], reasons[row["number"]]) for row in certain], today)
    return len(certain)


def watch_reading(reading_id: int) -> bool:
    """Look at one reading that somebody took at home; whether an alert was asked for. Twice is once."""
    with transaction.atomic():
        reading = Reading.objects.select_for_update(of=("self",)).select_related("person").get(pk=reading_id)
        if reading.withdrawn_at:
            return False
        today = services.today()
        pack, person = services.pack_in_force(today), reading.person
        day = local_day(reading.taken_at, organisation_settings().timezone)
        (reasons,) = _reasons(pack, _lines(pack), [measures.Person(person.sex, person.birth, reading.values, day=day)])
        is_told = Assessment.objects.filter(person=person, exams=[], is_current=False, reasons=reasons).exists()
        if reasons and not is_told:
            _ask_for_alerts(pack, [(person.pk, reasons)], today)
    return bool(reasons) and not is_told


def _lines(pack: Pack) -> tuple[Line, ...]:
    return tuple(line for line in pack.lines if line.reason.startswith(CLASS_A))


def _reasons(pack: Pack, lines: tuple[Line, ...], found: list[measures.Person]) -> list[list[dict[str, Any]]]:
    """The class A reasons of each."""
    if not found:
        return []
    people = measures.of_people(found)
    judge = Judge(pack, people, services.uppers())
    with np.errstate(invalid="ignore"):
        judged = tuple(judge.line(line) for line in lines)
    none = np.empty(0, dtype=np.int64)
    fired = tuple(none if one is None else np.flatnonzero(one.hit) for one in judged)
    texts = reason_texts(lines, fired, judged, people)
    return [json.loads(text) for text in texts]


def _person(row: dict[str, Any]) -> measures.Person:
    return measures.Person(
        sex=row["sex"] or "",
        birth=row["birth"],
        values={code: value for code, value in row["values"].items() if isinstance(value, (int, float))},
        reported={code: (number, unit) for code, (number, unit) in row["reported"].items()},
        qualifiers=row["qualifiers"],
        uppers={code: high for code, (_low, high) in row["ranges"].items() if high is not None},
        day=row["exam_on"],
    )


def _ask_for_alerts(pack: Pack, found: list[tuple[int, list[dict[str, Any]]]], today: date) -> None:
    made = Assessment.objects.bulk_create(
        Assessment(
            person_id=person, assessed_on=today, colour=Assessment.Colour.RED, reasons=reasons, pack=pack.name, edition=pack.edition, is_current=False
        )
        for person, reasons in found
    )
    if made:
        work.announce("risk.urgent", first=made[0].pk, last=made[-1].pk)

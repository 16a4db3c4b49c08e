"""One exam typed in by hand: the same reading, checks, staging and road as a row of a file, for one person."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from healthmgmt.accounts.models import User
from healthmgmt.audit import services as audit
from healthmgmt.core import files
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.exams import access, cleaning, columns, lines, presenters, reports, services, staging
from healthmgmt.exams.models import Upload, UploadRow
from healthmgmt.exams.reading.sheets import column_letters
from healthmgmt.exams.recognising import Column, Layout
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Person
from healthmgmt.records import catalogue

PEOPLE = ("emp_no", "name", "exam_date")
ROW = 1
# Without a limit of its own an item is looked at twice when it is so many times what is usual.
FAR_OUT = 2.0


class Read(NamedTuple):
    """What was typed in, as it was understood: a staged row, why items cannot be right, and which should be looked at twice."""

    layout: Layout
    row: list[Any]
    problems: dict[str, str]
    unusual: list[str]


def read(person: Person, day: date, typed: Mapping[str, str]) -> Read:
    """Read texts by indicator code as the cells of a file are read; `problems` are sentences by code, or by `exam_date`."""
    layout = _layout(list(typed))
    options = cleaning.Options(today())
    row = cleaning.clean_again(layout, options, "", (ROW, [person.emp_no, person.name, day.isoformat(), *typed.values()]), ROW)
    staged = staging.StagedRow(*row)
    found = {}
    for problem in json.loads(staged.problems_json):
        where = problem["code"] or next(one.role for one in layout.columns if one.heading == problem["column"])
        found.setdefault(where, presenters.sentence(problem["reason"], problem["column"]))
    values = json.loads(staged.values_json)
    return Read(layout, row, found, [code for code in typed if code in values and is_unusual(code, values[code])])


def is_unusual(code: str, value: float) -> bool:
    """Whether a possible value is so far out that whoever typed it should look again: critical, or far from what is usual."""
    item = catalogue.load()[code]
    if not item.is_numeric:
        return False
    low, high = item.panic_low, float(item.panic_high) if item.panic_high else None
    if low is None and high is None:
        lows, highs = (item.ref_low_m, item.ref_low_f), (item.ref_high_m, item.ref_high_f)
        low = min(lows) / FAR_OUT if None not in lows else None
        high = max(highs) * FAR_OUT if None not in highs else None
    return (low is not None and value <= low) or (high is not None and value >= high)


def store(
    person: Person, found: Read, *, by: Actor, user: User | None = None, centre: str = "", report: BinaryIO | None = None
) -> Upload:
    """Take the exam in as an upload of one row, with the report kept beside it. The same twice is stored once, as in a file.

    Raises Rejected when the person or the report is not in order; then nothing was kept.
    """
    kept = None
    try:
        with transaction.atomic():
            upload = _staged(person, found, by=by, user=user, centre=centre)
            if report is not None:
                kept = reports.attach(report, person=person, upload=upload, row_number=ROW, by=by, user=user)
            return services.request_apply(upload, by=by)
    except BaseException:
        if kept is not None:
            files.remove(kept.file_key)
        raise


def _staged(person: Person, found: Read, *, by: Actor, user: User | None, centre: str) -> Upload:
    codes = sorted(column.code for column in found.layout.columns if column.code)
    upload = Upload.objects.create(
        kind=Upload.Kind.TYPED,
        file_name=_("Typed in by hand"),
        # Of nothing that was typed: so few values could be guessed from their digest.
        sha256=hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
        size=0,
        unit=person.unit,
        centre=access.delivering_centre(user, centre),
        uploaded_by=user,
        state=Upload.State.CHECKED,
        layout={"kind": "layout", "format": "typed", "sheets": [], **found.layout.as_json(), "codes": codes},
        finished_at=timezone.now(),
    )
    audit.record("upload.received", by=by, subject=upload, detail={"size": 0, "kind": "typed"})
    staging.copy_rows(upload.pk, [staging.prepared({"lines": lines.of([found.row])})["lines"]])
    staging.check(upload)
    row = upload.rows.get()
    if row.state != UploadRow.State.ACCEPTED or row.person_id != person.pk:
        raise Rejected(presenters.joined([presenters.sentence(one["reason"], one["column"]) for one in row.problems]))
    audit.record("exam.typed", by=by, subject=upload, person_id=person.pk, detail={"items": len(codes)})
    services.settle(upload, went_in=False)
    return upload


def _layout(codes: list[str]) -> Layout:
    own = [Column(at, str(columns.ROLES[role]), f"{letter}1", role) for at, (role, letter) in enumerate(zip(PEOPLE, "ABC", strict=True))]
    items = [
        Column(at, columns.item_name(code), f"{column_letters(at)}1", "indicator", code, catalogue.load()[code].unit)
        for at, code in enumerate(codes, start=len(own))
    ]
    return Layout([*own, *items], [0])

"""Attendance lists: who was there, by staff number and name, from a file. A row that cannot be right stays out and is named by its number."""

import hashlib
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from healthmgmt.audit import services as audit
from healthmgmt.core.actors import Actor
from healthmgmt.core.exceptions import Rejected
from healthmgmt.engagement import acts
from healthmgmt.engagement.models import Activity, AttendanceList, Participation
from healthmgmt.engagement.taking_part import programme_of
from healthmgmt.people import parsing, presenters, sheets
from healthmgmt.work import services as work

MOST_ROWS = 20_000
MOST_BYTES = 8 * 2**20
# So long after the end a list is still taken.
LATE_DAYS = 30
# Why a row is left out; their words stand in presenters.
NO_NUMBER, NO_NAME, UNKNOWN, OTHER_NAME, TWICE = REASONS = ("no_number", "no_name", "unknown", "other_name", "twice")


class Row(NamedTuple):
    """What a row of the sheet says."""

    number: int
    emp_no: str
    name: str


def take_in(activity: Activity, data: bytes, *, held_on: date, today: date, by: Actor) -> AttendanceList:
    """Note everybody of a list as having been there on a day; the same file for the same day is the same list.

    Raises Rejected for a file that cannot be used at all, for a day that cannot be, and for an activity that takes no lists; then
    nothing has changed.
    """
    _check(activity, held_on, today)
    if len(data) > MOST_BYTES:
        raise Rejected(presenters.file_sentence("too-large"), field="file")
    rows, digest = _read(data), hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        # One list at a time for an activity; whoever notes an act of it meanwhile is not kept waiting.
        activity = Activity.objects.select_for_update(no_key=True).get(pk=activity.pk)
        if same := AttendanceList.objects.filter(activity=activity, held_on=held_on, sha256=digest).first():
            return same
        found, problems = _matched(activity, rows)
        taken = AttendanceList.objects.create(
            activity=activity, held_on=held_on, sha256=digest, counted=0, known=0, problems=problems, taken_by=by.label
        )
        made = [acts.attend(one, held_on=held_on, attendance=taken.pk, by=by) for one in found]
        taken.counted = sum(act is not None for act in made)
        taken.known = len(found) - taken.counted
        taken.save(update_fields=["counted", "known"])
        audit.record("activity.list_taken_in", by=by, subject=taken, detail={"rows": len(rows), "counted": taken.counted})
        work.announce("engagement.changed", activity=activity.pk, change=f"list:{taken.pk}")
    return taken


def _check(activity: Activity, held_on: date, today: date) -> None:
    if not programme_of(activity).takes_lists:
        raise Rejected(_("This activity takes no attendance lists: who takes part in it is nobody else's business."))
    if activity.state not in (Activity.State.OPEN, Activity.State.ENDED) or activity.ends_on < today - timedelta(days=LATE_DAYS):
        raise Rejected(_("This activity takes no lists any more."))
    if not activity.starts_on <= held_on <= min(activity.ends_on, today):
        raise Rejected(_("The day lies outside of the activity, or has not come yet."), field="held_on")


def _read(data: bytes) -> list[Row]:
    try:
        columns, lines = parsing.find_columns(sheets.open_sheets(data))
        if not columns.says("name"):
            raise Rejected(_("There is no column with names, such as 姓名 or name. Number and name have to agree."), field="file")
        rows = []
        for row in _rows(columns, lines):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise Rejected(_("A list has at most %(most)s rows.") % {"most": f"{MOST_ROWS:,}"}, field="file")
    except sheets.Unreadable as error:
        raise Rejected(presenters.file_sentence(error.reason), field="file") from error
    if not rows:
        raise Rejected(presenters.file_sentence("no-rows"), field="file")
    return rows


def _rows(columns: parsing.Columns, lines: Iterator[sheets.Row]) -> Iterator[Row]:
    for number, cells in lines:
        said = {name: cells[place] if place < len(cells) else "" for name, place in columns.index.items()}
        yield Row(number, said["emp_no"].strip(), said["name"].strip())


def _matched(activity: Activity, rows: list[Row]) -> tuple[list[Participation], list[list]]:
    """The participations that the rows name, and [row of the sheet, reason] for the others; two queries at most."""
    numbers = {row.emp_no for row in rows if row.emp_no}
    invited = Participation.objects.select_related("activity", "person").filter(activity=activity, person__emp_no__in=numbers)
    by_number = {one.person.emp_no: one for one in invited}
    found: dict[str, Participation] = {}
    problems = []
    for row in rows:
        one = by_number.get(row.emp_no)
        if reason := _reason(row, one, is_twice=row.emp_no in found):
            problems.append([row.number, reason])
        else:
            found[row.emp_no] = one
    return list(found.values()), problems


def _reason(row: Row, one: Participation | None, *, is_twice: bool) -> str:
    if not row.emp_no:
        return NO_NUMBER
    if not row.name:
        return NO_NAME
    if one is None:
        return UNKNOWN
    if _folded(row.name) != _folded(one.person.name):
        return OTHER_NAME
    return TWICE if is_twice else ""


def _folded(name: str) -> str:
    """A name without what makes no difference: blanks, case, full-width signs."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())

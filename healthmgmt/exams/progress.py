"""Where an upload stands while its file is read and while its rows go in: stages, bar and equation, and a sentence about it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import number
from healthmgmt.exams.models import Upload
from healthmgmt.exams.presenters import joined
from healthmgmt.work.models import Job

# A job that is due and not taken for so long is said to wait; the sentence above the page changes then, not the page's promise.
PATIENCE = timedelta(seconds=20)
WORKING = (Upload.State.STORED, Upload.State.READING, Upload.State.APPLYING)


class Stage(NamedTuple):
    """A step of the way: `done`, `now` or blank; how far it is, or when it was."""

    name: str
    state: str
    note: str = ""
    at: datetime | None = None


class Progress(NamedTuple):
    """What the page says while work is under way. `is_stuck`: nothing moves, and the sentence says why."""

    sentence: str
    note: str
    stages: list[Stage]
    total: int
    total_label: str
    parts: list[dict[str, Any]]
    is_stuck: bool

    @property
    def bar(self) -> list[tuple[int, str]]:
        return [(part["count"], part["fill"]) for part in self.parts]


def progress(upload: Upload, job: Job | None, stuck: dict[str, int], passed: int, *, now: datetime) -> Progress:
    """`stuck` are the rows that wait and are left out, `passed` how many of them the job has come past."""
    is_applying = upload.state == Upload.State.APPLYING
    sentence, note, is_stuck = _told(job, is_applying, now)
    done, total = (min(job.done, job.total), job.total) if job else (0, 0)
    if is_applying:
        total = upload.received
    through = max(0, done - passed)
    parts = [
        {"count": through, "label": _("taken in or unchanged") if is_applying else _("can go in"), "fill": "w1"},
        {"count": stuck["waiting"], "label": _("to be mended"), "fill": "w3"},
        {"count": stuck["refused"], "label": _("left out"), "fill": "w5"},
        {"count": max(0, total - through - stuck["waiting"] - stuck["refused"]), "label": _("not in yet") if is_applying else _("not checked yet"), "fill": "w4"},
    ]
    return Progress(sentence, note, _stages(upload, done, total, is_applying), total, _("received"), parts, is_stuck)


def _told(job: Job | None, is_applying: bool, now: datetime) -> tuple[str, str, bool]:
    safe = _("You may leave this page; it goes on by itself.")
    if job is not None and job.state == Job.State.FAILED:
        return _("This could not be finished. Nothing of it was lost."), _("The operators see it and can try again. You need not deliver the file again."), True
    if job is not None and job.state == Job.State.QUEUED and job.run_after > now:
        later = _("It did not succeed at once and is tried again by itself. You may leave this page.")
        return _("This takes longer than usual. Nothing of it was lost."), later, True
    if job is None or _is_waiting(job, now):
        return _("The file is kept, and waits for a worker."), _("It starts by itself as soon as one is free. You may leave this page."), True
    if is_applying:
        return _("The rows are going in."), safe, False
    return _("The file has arrived and is being checked."), joined([_("Until that is done and you say so, nothing goes in."), safe]), False


def _is_waiting(job: Job, now: datetime) -> bool:
    since = job.run_after if job.state == Job.State.QUEUED else job.lease_until if job.state == Job.State.RUNNING else None
    return since is not None and now - since > PATIENCE


def _stages(upload: Upload, done: int, total: int, is_applying: bool) -> list[Stage]:
    """Received, columns, rows, roster, confirmation, in; the one under way says how far it is."""
    is_known, is_read = bool(upload.layout), bool(total) and done >= total
    steps = [
        (Stage(_("Received"), "", at=upload.uploaded_at), True),
        (Stage(_("Columns"), ""), is_known or is_applying),
        (Stage(_("Read"), "", "" if is_applying else _of(done, total)), is_read or is_applying),
        (Stage(_("Compared with the roster"), ""), is_applying),
        (Stage(_("You confirm"), ""), is_applying),
        (Stage(_("Taken in"), "", _of(done, total) if is_applying else ""), False),
    ]
    first = next(place for place, (_stage, is_done) in enumerate(steps) if not is_done)
    return [stage._replace(state="done" if is_done else "now" if place == first else "") for place, (stage, is_done) in enumerate(steps)]


def _of(done: int, total: int) -> str:
    return f"{number(done)} / {number(total)}" if total else ""

"""What makes jobs of every kind: a walk along the whole road, and a further step for each kind that the road does not meet.

A new kind that follows from an announcement is met by itself; one that does not gets a line in STEPS.
"""

import io
import os
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from unittest.mock import patch
from uuid import uuid4

from django.core.management import call_command
from django.utils import timezone

from healthmgmt.accounts import resets
from healthmgmt.accounts import services as accounts
from healthmgmt.care import messaging
from healthmgmt.care import services as care
from healthmgmt.core import files, organisations
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.devices import services as devices
from healthmgmt.exams import correcting, repairing
from healthmgmt.exams import services as exams
from healthmgmt.exams.access import Hands
from healthmgmt.exams.models import Upload
from healthmgmt.organization import calendar, periods
from healthmgmt.people import moves
from healthmgmt.people import services as people
from healthmgmt.people.purposes import ACTIVITY_READINGS
from healthmgmt.risk import simulating
from healthmgmt.risk.single import HOME_READINGS
from healthmgmt.work import services as work
from healthmgmt.work.models import Job
from tests import cast as casting
from tests.cast import Cast
from tests.engagement.making import joined, lesson_step, running
from tests.exams.road import HEADINGS, text, upload
from tests.people.rosters import take_in
from tests.risk.own import draft_of

BY = Actor(label="system:test")


def walk(cast: Cast) -> None:
    """A file with a critical value and a row to mend, a second round for that row, a correction, its withdrawal, a mass
    assessment, and the days that follow."""
    day = today() - timedelta(days=30)
    partly = upload(text([row(cast.anna, day, 190, 121), row(cast.ben, day, 118, 76), row(cast.amos, day, 400, 76)]), unit=cast.root)
    repairing.leave_values(partly, reason="range", column=HEADINGS[3], by=BY)
    exams.request_apply(partly, by=BY)
    work.drain()
    corrected = upload(text([row(cast.anna, day, 150, 95), row(cast.bella, day, 122, 80)]), unit=cast.root)
    exams.withdraw(Upload.objects.get(pk=corrected.pk), by=BY)
    work.drain()
    call_command("assess", org=organisations.slug(), json=True, stdout=StringIO())
    for _ in range(2):
        work.begin_day(timezone.now())
        work.drain()
    devices.record(cast.anna, kind="weight", typed={"weight": "71.5"}, taken_at=timezone.now(), token=uuid4(), by=BY)
    messaging.ask(cast.anna, text="May I run again?", token=uuid4(), by=BY)
    # The hours after which others are told of the alert, and of the message.
    Job.objects.filter(state=Job.State.QUEUED).update(run_after=timezone.now())
    work.drain()


def today() -> date:
    return local_day(timezone.now(), "Asia/Shanghai")


def row(person, day: date, sbp: float, dbp: float) -> list[object]:
    return [person.emp_no, person.name, day.isoformat(), sbp, dbp, 5.0, 5.2]


def forgotten(cast: Cast) -> None:
    """Somebody with a password asks for a link for another one."""
    accounts.set_password(cast.leader, password="a long enough phrase", by=BY)
    resets.ask(cast.leader.email, address="192.0.2.1")
    work.drain()


def merged(cast: Cast) -> None:
    """A unit is taken up into its sister."""
    moves.merge_units(cast.a2, into=cast.a1, on=today(), by=BY)
    work.drain()


def closed(cast: Cast) -> None:
    """A period is closed, and counted once more."""
    periods.close_period(cast.period, by=BY)
    work.drain()


def mended(cast: Cast) -> None:
    """A decision for all rows of a cause, larger than somebody waits for."""
    day = today() - timedelta(days=20)
    checked = upload(text([row(cast.ben, day, "high", 76), row(cast.bella, day, "high", 80)]), unit=cast.root, apply=False)
    with patch.object(correcting, "ROWS_AT_ONCE", 1):
        hands = Hands(mends=True, values=True, sees=True)
        correcting.mend_alike(checked, kind="text", reason="number", column=HEADINGS[3], hands=hands, by=BY, text="high", given="140")
    work.drain()


def purged(cast: Cast) -> None:
    """A file with a row that went in, one that waits and one that was left out has been kept long enough; another no row names."""
    day = today() - timedelta(days=120)
    old = upload(text([row(cast.ben, day, 118, 76), row(cast.bella, day, 400, 76), ["X9", "Nobody", day, 1, 2, 3, 4]]), unit=cast.root)
    repairing.leave_rows(old, reason="unknown-employee", column=HEADINGS[0], by=BY)
    Upload.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=91))
    os.utime(files._path(files.store(io.BytesIO(b"of no row"))), times=(0, 0))
    for kind in ("exams.purge", "exams.sweep"):
        work.submit(kind, key="the night after", payload={"day": today().isoformat()})
    work.drain()


def simulated(cast: Cast) -> None:
    """A draft of the organisation's own is tried on everybody."""
    simulating.start(draft_of(cast), by=Actor.of(cast.steward))
    work.drain()


def free(cast: Cast) -> None:
    """A day becomes free."""
    calendar.set_day(today() + timedelta(days=9), name="Founders' day", is_free=True, by=BY)
    work.drain()


def left(cast: Cast) -> None:
    """A roster comes by which somebody has left."""
    take_in([[cast.bella.emp_no, (today() - timedelta(days=1)).isoformat()]], ["emp_no", "left_on"])
    work.drain()


def monthly(cast: Cast) -> None:
    """The mails of a month go out."""
    work.submit("insight.mail_digest", "a month", {})
    work.drain()


def unconsenting(cast: Cast) -> None:
    """Readings at home are not to count any more."""
    people.decline_consent(cast.anna, purpose=HOME_READINGS, version="1", by=BY)
    work.drain()


def active(cast: Cast) -> None:
    """Activities begin; a reading at home counts in one and is taken back, a lesson of the plan counts in the other."""
    carl = casting.person("E8001", cast.a1)
    people.give_consent(carl, purpose=ACTIVITY_READINGS, version="1", by=BY)
    joined(running(cast.a1, "weight"), carl, "weigh_in")
    joined(running(cast.a1, "lessons"), carl, "reading")
    reading = devices.record(carl, kind="weight", typed={"weight": "80"}, taken_at=timezone.now(), token=uuid4(), by=BY)
    care.answer_lesson(lesson_step(carl), answers=[0, 0, 0], today=today(), by=BY)
    work.drain()
    devices.withdraw(reading, by=BY)
    work.drain()


STEPS: dict[str, Callable[[Cast], None]] = {
    "accounts.mail_reset": forgotten, "exams.mend": mended, "exams.purge": purged, "risk.simulate": simulated,
    "care.follow_merger": merged, "insight.settle": closed, "care.follow_calendar": free, "care.follow_roster": left,
    "risk.assess_consent": unconsenting, "engagement.invite": active, "insight.mail_digest": monthly,
}  # fmt: skip

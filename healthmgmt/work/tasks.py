"""What Celery runs: the bell, and the look-out."""

import logging
import time

from django.utils import timezone

from healthmgmt.core import organisations, sql
from healthmgmt.work import claiming, limits, services
from healthmgmt.work.engine import BEGIN_DAY, BROKER_FAULTS, LOOK, RING, PlatformTask, app, ring, rings_waiting, send
from healthmgmt.work.models import Job
from healthmgmt.work.running import HandlerFailed

logger = logging.getLogger(__name__)

# Of this process alone: what it stands for may be repeated.
_days_checked = 0


@app.task(name=RING)
def answer(organisation: str, job_id: int) -> bool:
    """An organisation has work in the lane of this job: run the job whose turn it is, and ring on while there is more.

    Which one that is does not depend on who rang, so a thousand rings of one organisation do not hold up another, and
    rings may be lost or doubled.
    """
    lane = Job.objects.filter(pk=job_id).values_list("lane", flat=True).first()
    if lane is None:
        return False
    with organisations.entered(organisations.PUBLIC):
        try:
            ran = claiming.run_next(lane)
        except HandlerFailed:
            _ring_on(lane)
            raise
        if ran:
            _ring_on(lane)
    return ran


@app.task(name=LOOK, base=PlatformTask)
def look() -> int:
    """Ring for due work that nobody was told of, or whose worker died; returns how often. One query for all organisations.

    A few times an hour it also asks each organisation, by a task of its own, whether its day has begun.

    Any number of these at once, or none for a while, does no harm.
    """
    with organisations.dispatching():
        due = sql.rows("work/due", {"most": limits.RINGS_PER_LANE})
    _begin_days()
    rung = 0
    for lane in sorted({lane for lane, _, _ in due}):
        try:
            room = max(0, limits.RINGS_PER_LANE - rings_waiting(lane))
        except BROKER_FAULTS as error:
            logger.warning("the broker cannot be asked (%s)", type(error).__name__)
            continue
        for _, organisation, job_id in [row for row in due if row[0] == lane][:room]:
            rung += ring(organisation, job_id, lane)
    return rung


@app.task(name=BEGIN_DAY)
def begin_day(organisation: str) -> int:
    """A new local day may have begun for an organisation; returns how many jobs wait for it, the first time or not."""
    return len(services.begin_day(timezone.now()))


def _begin_days() -> None:
    global _days_checked
    now = int(time.time() // limits.DAY_CHECK_SECONDS)
    if now <= _days_checked:
        return
    if all([send(BEGIN_DAY, (organisation,), "now") for organisation in organisations.schemas()]):
        _days_checked = now


def _ring_on(lane: str) -> None:
    for organisation, job_id in claiming.turns(lane)[:1]:
        ring(organisation, job_id, lane)

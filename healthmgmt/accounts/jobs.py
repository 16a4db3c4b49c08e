"""Sealing the audit record, once a day. It stands here because `audit` itself knows nothing of jobs."""

from healthmgmt.audit import sealing
from healthmgmt.core.actors import Actor
from healthmgmt.work.registry import Run, handler, subscribe

subscribe("work.daily", kind="audit.seal", key="{day}")


@handler("audit.seal")
def seal(run: Run) -> None:
    """Seal what was on record when an earlier day's job looked, one seal a batch, and note where the events end today."""
    day, now = run.payload["day"], sealing.mark()
    noted = sealing.settled_mark(before=day)
    sealed, more = 0, noted is not None
    while more:
        with run.batch(done=sealed, total=0):
            more = sealing.seal_next(noted)
            sealed += more
    with run.batch(done=sealed, total=sealed):
        sealing.leave_mark(now, day=day, by=Actor.system())

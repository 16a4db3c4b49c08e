"""Mails about passwords, notices that were kept long enough, and sealing the audit record once a day, which stands here because `audit` itself knows nothing of jobs."""

from django.utils import timezone

from healthmgmt.accounts import notices, resets
from healthmgmt.audit import sealing
from healthmgmt.core.actors import Actor
from healthmgmt.work.registry import Run, handler, subscribe

subscribe("work.daily", kind="audit.seal", key="{day}")
subscribe("work.daily", kind="accounts.purge_notices", key="{day}")


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


@handler("accounts.mail_reset")
def mail_reset(run: Run) -> None:
    """Make a link for a new password and send it; the job itself never holds it."""
    if run.cursor.get("sent"):
        return
    with run.batch(done=1, total=1, cursor={"sent": True}):
        resets.mail_link(run.payload["user"])


@handler("accounts.purge_notices")
def purge_notices(run: Run) -> None:
    """Remove the notices that were kept long enough, a slice at a time."""
    more = True
    while more:
        with run.batch(done=0, total=0):
            more = notices.purge(now=timezone.now())

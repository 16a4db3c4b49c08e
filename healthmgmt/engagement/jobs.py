"""Activities as jobs: invitations, what a local day brings, and acts that come by themselves."""

from datetime import date

from django.utils import timezone

from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.engagement import acts, campaigns, counting
from healthmgmt.engagement.models import Activity
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.work import services as work
from healthmgmt.work.registry import Run, handler, subscribe

SLICE_PEOPLE = 50_000

subscribe("work.daily", kind="engagement.daily", key="{day}")
subscribe("devices.reading_taken", kind="engagement.act_by_reading", key="{reading}", lane="now")
subscribe("devices.reading_withdrawn", kind="engagement.undo_reading", key="{reading}", lane="now")
subscribe("care.lesson_answered", kind="engagement.act_by_lesson", key="{result}", lane="now")


@handler("engagement.invite")
def invite(run: Run) -> None:
    """Everybody who works in the unit of an activity, a range of people a batch; then the first count for employers."""
    activity, last = run.payload["activity"], campaigns.last_person()
    start = run.cursor.get("next", 1)
    while start <= last:
        end = start + SLICE_PEOPLE - 1
        with run.batch(done=min(end, last), total=last, cursor={"next": end + 1}):
            campaigns.invite(activity, first=start, last=end, today=_today())
        start = end + 1
    with run.batch(done=last, total=last):
        counting.publish(Activity.objects.get(pk=activity), today=_today())
        work.announce("engagement.changed", activity=activity, change=f"invited:{run.job_id}")


@handler("engagement.daily")
def daily(run: Run) -> None:
    """Activities end, who is new is invited, employers' numbers are counted, once a local day."""
    day = _today()
    with run.batch(done=0, total=0):
        campaigns.end_past(today=day, by=Actor.system())
    for activity in counting.to_publish():
        with run.batch(done=0, total=0):
            # What was counted today already has had its day.
            if counting.publish(activity, today=day):
                if activity.state == Activity.State.OPEN:
                    work.submit("engagement.invite", f"{day.isoformat()}:{activity.pk}", {"activity": activity.pk})


@handler("engagement.act_by_reading")
def act_by_reading(run: Run) -> None:
    """A reading at home counts in the activities that its person joined so."""
    with run.batch(done=1, total=1):
        acts.by_reading(run.payload["reading"], by=Actor.system())


@handler("engagement.undo_reading")
def undo_reading(run: Run) -> None:
    """A reading that was taken back counts no more."""
    with run.batch(done=1, total=1):
        acts.undo_reading(run.payload["reading"], by=Actor.system())


@handler("engagement.act_by_lesson")
def act_by_lesson(run: Run) -> None:
    """A lesson of a plan counts in the activities that have it."""
    with run.batch(done=1, total=1):
        acts.by_lesson(run.payload["result"], by=Actor.system())


def _today() -> date:
    return local_day(timezone.now(), organisation_settings().timezone)

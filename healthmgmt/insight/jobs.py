"""Counting follows whatever changes who is due, examined, assessed, alerted or invited. What care and acts do from hour to hour is counted
with the day, and once more when a period closes. Lights are looked for once a day, mails go once a month."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.insight import digest, lighting, selectors, services
from healthmgmt.organization.models import Period
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.work.registry import Run, handler, subscribe

# What is sent once more when a worker dies between the mails and the commit.
SLICE_MAILS = 20

subscribe("roster.imported", kind="insight.count", key="roster:{record}")
subscribe("exams.applied", kind="insight.count", key="applied:{upload}:{round}")
subscribe("exams.withdrawn", kind="insight.count", key="withdrawn:{upload}")
subscribe("risk.assessed", kind="insight.count", key="assessed:{first}-{last}")
subscribe("risk.compared", kind="insight.count", key="compared:{change}")
subscribe("care.alerts_changed", kind="insight.count", key="alerts:{change}")
subscribe("engagement.changed", kind="insight.count", key="engagement:{change}")
subscribe("people.moved", kind="insight.count", key="moved:{record}")
subscribe("units.changed", kind="insight.count", key="units:{change}")
subscribe("units.merged", kind="insight.count", key="merged:{change}")
subscribe("period.deadline_changed", kind="insight.count", key="deadline:{change}")
subscribe("settings.changed", kind="insight.count", key="settings:{change}")
subscribe("work.daily", kind="insight.count", key="day:{day}")
subscribe("period.closed", kind="insight.settle", key="closed:{period}")
subscribe("work.daily", kind="insight.look", key="day:{day}")
subscribe("work.daily", kind="insight.begin_digest", key="day:{day}")
subscribe("period.closed", kind="insight.last_look", key="closed:{period}")


@handler("insight.count")
def count(run: Run) -> None:
    """Count every open period anew, or those people in it whom the event names; a period is a batch."""
    today, people = _today(), selectors.people_of_event(run.payload)
    periods = list(Period.objects.filter(state=Period.State.OPEN).order_by("starts_on"))
    for number, period in enumerate(periods, start=1):
        with run.batch(done=number, total=len(periods)):
            services.count_period(period, today=today, people=people)


@handler("insight.settle")
def settle(run: Run) -> None:
    """The last count of a period that was closed."""
    with run.batch(done=1, total=1):
        services.settle_period(Period.objects.get(pk=run.payload["period"]), today=_today())


@handler("insight.look")
def look(run: Run) -> None:
    """Look through every open period for integrity lights; a period is a batch."""
    periods = list(Period.objects.filter(state=Period.State.OPEN).order_by("starts_on"))
    for number, period in enumerate(periods, start=1):
        with run.batch(done=number, total=len(periods)):
            lighting.look(period, now=timezone.now(), by=Actor.system())


@handler("insight.last_look")
def last_look(run: Run) -> None:
    """The last look at a period that was closed."""
    with run.batch(done=1, total=1):
        lighting.look(Period.objects.get(pk=run.payload["period"]), now=timezone.now(), by=Actor.system(), is_last=True)


@handler("insight.begin_digest")
def begin_digest(run: Run) -> None:
    """On the first working day of a month have its mails go out."""
    with run.batch(done=1, total=1):
        digest.begin(_now())


@handler("insight.mail_digest")
def mail_digest(run: Run) -> None:
    """The mails of a month, some users at a time."""
    after: int | None = run.cursor.get("after", 0)
    while after is not None:
        # The cursor says where the next batch begins, so it is known before the mails are sent.
        users = digest.next_readers(after, SLICE_MAILS)
        following = users[-1].pk if users else None
        with run.batch(done=0, total=0, cursor={"after": following}):
            digest.mail(users, today=_today(), by=Actor.system())
        after = following


def _now() -> datetime:
    """The organisation's clock."""
    return timezone.now().astimezone(ZoneInfo(organisation_settings().timezone))


def _today() -> date:
    return local_day(timezone.now(), organisation_settings().timezone)

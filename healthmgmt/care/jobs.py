"""Care as jobs: plans and alerts after assessments, due steps once a local day."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from healthmgmt.care import escalating, halving, handover, messaging, noticing, outcomes, pausing, rapid, reminding, selectors, services, stepping
from healthmgmt.core.actors import Actor
from healthmgmt.core.dates import local_day
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.work.registry import Run, handler, subscribe

SLICE_ASSESSMENTS = 50_000
# A day of a million plans in one go: every further slice would ask once more what everybody was asked for in a week.
SLICE_STEPS = 200_000
# What is sent once more when a worker dies between the mails and the commit.
SLICE_MAILS = 20

subscribe("risk.assessed", kind="care.plan", key="{first}-{last}")
subscribe("risk.assessed", kind="care.alert", key="{first}-{last}", lane="now")
subscribe("risk.urgent", kind="care.alert", key="urgent-{first}-{last}", lane="now")
subscribe("risk.retired", kind="care.end_baseless", key="{upload}")
subscribe("risk.readings_gone", kind="care.end_baseless", key="readings:{change}")
subscribe("work.daily", kind="care.fire_due", key="{day}")
subscribe("devices.reading_taken", kind="care.finish_by_reading", key="{reading}", lane="now")
subscribe("accounts.noticed", kind="care.mail_notices", key="{notice}")
subscribe("risk.assessed", kind="care.tell_of_results", key="{first}-{last}")
subscribe("units.merged", kind="care.follow_merger", key="{change}")
subscribe("roster.imported", kind="care.follow_roster", key="{record}", lane="now")
subscribe("calendar.changed", kind="care.follow_calendar", key="{change}")


class StepsLeft(RuntimeError):
    """Steps that cannot be handled, by id; all others are."""


@handler("care.plan")
def plan(run: Run) -> None:
    """Plans for the assessments of a range of ids."""
    first, last = run.payload["first"], run.payload["last"]
    start = run.cursor.get("next", first)
    while start <= last:
        end = min(start + SLICE_ASSESSMENTS - 1, last)
        with run.batch(done=end - first + 1, total=last - first + 1, cursor={"next": end + 1}):
            services.plan_assessed(start, end, today=_today(), by=Actor.system())
        start = end + 1


@handler("care.alert")
def alert(run: Run) -> None:
    """Alerts for the assessments of a range of ids: class A results, and what worsened rapidly."""
    with run.batch(done=0, total=1):
        services.open_alerts(run.payload["first"], run.payload["last"], by=Actor.system())
    # By itself: whatever becomes of it, nothing of class A waits for it.
    with run.batch(done=1, total=1):
        rapid.open_rapid(run.payload["first"], run.payload["last"], by=Actor.system())


@handler("care.escalate")
def escalate(run: Run) -> None:
    """Tell the next tier of the alerts of a range of ids that nobody has settled; one mail to each, in a batch of its own."""
    span = (run.payload["first"], run.payload["last"], run.payload["tier"])
    with run.batch(done=0, total=0):
        escalating.tell(*span, by=Actor.system())
    for user in escalating.unmailed(*span):
        with run.batch(done=0, total=0):
            escalating.mail(*span, user_id=user)


@handler("care.escalate_message")
def escalate_message(run: Run) -> None:
    """A message whose hour has passed without an answer goes on to one more person."""
    with run.batch(done=1, total=1):
        messaging.escalate(run.payload["message"], by=Actor.system())


@handler("care.mail_notices")
def mail_notices(run: Run) -> None:
    """Mails that there is something new on a page, whoever it was told to. In the quiet hours they wait for their end."""
    left = True
    while left:
        with run.batch(done=0, total=0):
            left = noticing.mail(now=_now(), by=Actor.system(), size=SLICE_MAILS)


@handler("care.tell_of_results")
def tell_of_results(run: Run) -> None:
    """The people of a range of assessments are told of new results."""
    first, last = run.payload["first"], run.payload["last"]
    start = run.cursor.get("next", first)
    while start <= last:
        end = min(start + SLICE_ASSESSMENTS - 1, last)
        with run.batch(done=end - first + 1, total=last - first + 1, cursor={"next": end + 1}):
            noticing.tell_of_results(start, end, today=_today())
        start = end + 1


@handler("care.end_baseless")
def end_baseless(run: Run) -> None:
    """End the plans of people of whom no assessment counts any more."""
    with run.batch(done=1, total=1):
        services.end_baseless_plans(today=_today(), by=Actor.system())


@handler("care.fire_due")
def fire_due(run: Run) -> None:
    """What a local day brings. A run that was stopped goes on with what is left. Early is wrong; late is done as of the day
    on which it is done, so that everybody has the whole window. A step with which it cannot be done holds up no other."""
    day, by = _today(), Actor.system()
    if date.fromisoformat(run.payload["day"]) > day:
        raise ValueError(f"{run.payload['day']} has not begun here.")
    with run.batch(done=0, total=0):
        outcomes.end_left(today=day, by=by)
    _until_none_is_left(run, lambda: pausing.resume_due(today=day, by=by, size=SLICE_STEPS))
    left = _all_steps(run, lambda span: services.lapse_steps(today=day, by=by, size=SLICE_STEPS, span=span))
    left += _all_steps(run, lambda span: services.fire_steps(today=day, by=by, size=SLICE_STEPS, span=span))
    with run.batch(done=0, total=0):
        reminding.remind_later(_now())
    if left:
        # Everybody else has their day; the job fails, so that these are seen.
        raise StepsLeft(left)


@handler("care.remind")
def remind(run: Run) -> None:
    """Tell people by mail that something waits in their plan. What comes late, in the quiet hours, waits for their end."""
    left = True
    while left:
        with run.batch(done=0, total=0):
            left = reminding.remind(now=_now(), by=Actor.system(), size=SLICE_MAILS)


@handler("care.finish_by_reading")
def finish_by_reading(run: Run) -> None:
    """The step that asked for a reading is done when the reading is there, and the plan's goals stand as it says."""
    with run.batch(done=1, total=1):
        services.finish_by_reading(run.payload["reading"], today=_today())
        outcomes.state_by_reading(run.payload["reading"], today=_today())


@handler("care.follow_merger")
def follow_merger(run: Run) -> None:
    """Who cares for a unit that became part of another."""
    with run.batch(done=1, total=1):
        handover.follow_merger(run.payload["unit"], run.payload["into"], by=Actor.system())


@handler("care.follow_roster")
def follow_roster(run: Run) -> None:
    """Who left is asked for nothing any more; who is back gets a plan."""
    day, by = _today(), Actor.system()
    with run.batch(done=0, total=0):
        outcomes.end_left(today=day, by=by)
    for assessment in outcomes.returned(today=day):
        with run.batch(done=0, total=0):
            services.plan_assessed(assessment, assessment, today=day, by=by)


@handler("care.follow_calendar")
def follow_calendar(run: Run) -> None:
    """What was planned moves to where the changed calendar has it."""
    _until_none_is_left(run, lambda: stepping.follow_calendar(today=_today(), size=SLICE_STEPS))


def _until_none_is_left(run: Run, act: Callable[[], int]) -> None:
    count = SLICE_STEPS
    while count == SLICE_STEPS:
        with run.batch(done=0, total=0):
            count = act()


def _all_steps(run: Run, act: Callable[[halving.Span], int]) -> list[int]:
    """Act on steps, a slice at a time, until none is left; returns the ids of those with which it cannot be done."""
    return halving.work_off(lambda span: _until_none_is_left(run, lambda: act(span)), (1, selectors.last_step()))


def _today() -> date:
    return local_day(timezone.now(), organisation_settings().timezone)


def _now() -> datetime:
    """The organisation's clock."""
    return timezone.now().astimezone(ZoneInfo(organisation_settings().timezone))

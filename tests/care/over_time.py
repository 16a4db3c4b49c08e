"""Plans over time: what happens on a day, for the tests of free days, pauses, leaving and outcomes."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from healthmgmt.care import outcomes, pausing, services
from healthmgmt.care.models import Pause, Step
from healthmgmt.core.actors import Actor
from healthmgmt.risk.models import Assessment
from tests.care.making import DAY

BY = Actor(label="system:test")
MANY = 1000
SHANGHAI = ZoneInfo("Asia/Shanghai")


def plan(*found: Assessment, today: date = DAY) -> int:
    ids = [one.pk for one in found]
    return services.plan_assessed(min(ids), max(ids), today=today, by=BY)


def daily(today: date) -> int:
    """What the job of a day does."""
    outcomes.end_left(today=today, by=BY)
    pausing.resume_due(today=today, by=BY, size=MANY)
    services.lapse_steps(today=today, by=BY, size=MANY)
    return services.fire_steps(today=today, by=BY, size=MANY)


def after(days: int) -> date:
    return DAY + timedelta(days)


def planned(person) -> list[tuple]:
    found = Step.objects.filter(plan__person=person, plan__ended_on=None, state="planned").order_by("due_on", "number")
    return [(step.number, step.occurrence, (step.asked_on - DAY).days) for step in found]


def pause(person, today: date, until: date | None = None, **given) -> Pause:
    return pausing.pause(person, reason=given.pop("reason", "rotation"), until=until, today=today, by=BY, **given)


def finish_all(person, template: str, today: date) -> None:
    while step := Step.objects.filter(plan__person=person, plan__template=template, state__in=Step.OPEN).order_by("due_on", "number").first():
        services.finish_step(step, today=max(today, step.due_on), by=BY)

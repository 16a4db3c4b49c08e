"""Activities and who is invited to them, made by the services."""

from datetime import date, timedelta

from healthmgmt.care import templates
from healthmgmt.care.models import Plan, Step
from healthmgmt.core.actors import Actor
from healthmgmt.engagement import acts, campaigns, taking_part
from healthmgmt.engagement.models import Activity, Participation
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from tests.care import making as care

BY = Actor(label="system:test")
INVITING = ("engagement.invite",)


def running(unit: Unit, kind: str = "steps", days: int = 28) -> Activity:
    """An activity that began today, with everybody invited."""
    begun = today()
    made = campaigns.prepare(unit, kind=kind, starts_on=begun, ends_on=begun + timedelta(days=days - 1), today=begun, by=BY)
    campaigns.start(made, today=begun, by=BY)
    work.drain(kinds=INVITING)
    made.refresh_from_db()
    return made


def part(activity: Activity, person: Person) -> Participation:
    return Participation.objects.get(activity=activity, person=person)


def joined(activity: Activity, person: Person, way: str = "steps") -> Participation:
    return taking_part.enrol(part(activity, person), way=way, today=today(), by=BY)


def walk(participation: Participation, days: int, steps: int | None = 8000, begun: date | None = None) -> None:
    """So many days in a row, each typed in on its own day."""
    begun = begun or participation.activity.starts_on
    for number in range(days):
        day = begun + timedelta(days=number)
        acts.note(participation, done_on=day, today=day, amount=steps, by=BY)


def lesson_step(person: Person) -> Step:
    """A lesson that a plan asks for, and that the activity of lessons has: the one about movement."""
    plan = Plan.objects.create(
        person=person, assessment=care.assessment(person, "blue"), template="blue", version=2, colour="blue", opened_on=today()
    )
    number = next(one.number for _part, one in templates.load().plan("blue", 2).all_steps if one.lesson == "movement")
    return Step.objects.create(plan=plan, number=number, kind="lesson", doer="person", due_on=today(), state="fired", fired_on=today())

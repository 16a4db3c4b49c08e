"""Activities of the demonstration: each company walks and weighs, some of its people take part, and points can be given for rewards.

Who does what follows from the employee number alone, so every start makes the same. Rows are written by the thousand, with the keys that
the services would have given them one by one.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zlib import crc32

from django.db import transaction
from django.utils import timezone

from healthmgmt.core import sql
from healthmgmt.core.actors import Actor
from healthmgmt.engagement import campaigns, programmes, rewards
from healthmgmt.engagement.models import Act, Activity, Participation
from healthmgmt.engagement.programmes import Programme
from healthmgmt.organization.models import Unit
from healthmgmt.people.models import Person

BATCH = 2_000
# For how many days each runs, how long ago it began, and per thousand of the invited: who looked, joined, and did something.
RUNNING = {"steps": (28, 20, (620, 430, 360)), "weight": (56, 49, (540, 260, 200))}
REWARDS = (("保温杯", "A flask", 60, 200), ("瑜伽垫", "A yoga mat", 120, 80), ("半天健康假", "Half a day off", 300, 20))
ASKING = 3
# What the invitation has not written yet.
STORIED = ["opened_at", "enrolled_at", "declined_at", "way", "first_act_on", "finished_at", "invited_at"]
PER_THOUSAND = 1000


def bring(*, today: date, employee: Person) -> bool:
    """Activities of every company below the root, with what people did so far; False where that is there already.

    `employee` is in the middle of the steps, and has not answered the other invitation yet.
    """
    if Activity.objects.exists():
        return False
    root = Unit.objects.get(level=0)
    for name_zh, name_en, price, stock in REWARDS:
        rewards.offer(root, name_zh=name_zh, name_en=name_en, price=price, stock=stock, by=Actor.system())
    for company in Unit.objects.open().filter(parent=root):
        for kind in RUNNING:
            _run(company, kind, today, employee)
    _ask(root)
    return True


def _run(company: Unit, kind: str, today: date, employee: Person) -> None:
    """One activity in one transaction, so that its first count for employers holds what people did."""
    days, ago, shares = RUNNING[kind]
    begun, by = today - timedelta(days=ago), Actor.system()
    with transaction.atomic():
        activity = campaigns.prepare(company, kind=kind, starts_on=begun, ends_on=begun + timedelta(days=days - 1), today=begun, by=by)
        campaigns.start(activity, today=begun, by=by)
        campaigns.invite(activity.pk, first=1, last=campaigns.last_person(), today=today)
        found = list(Participation.objects.filter(activity=activity).select_related("person").order_by("person__emp_no"))
        programme = programmes.programme(kind, activity.edition)
        stories = [_story(one, programme, begun, today, shares, employee) for one in found]
        Participation.objects.bulk_create(
            [one for one, _days in stories], batch_size=BATCH, update_conflicts=True, unique_fields=["activity", "person"], update_fields=STORIED
        )
        Act.objects.bulk_create([act for one, done in stories for act in _acts(one, programme, done, by)], batch_size=BATCH)
        worth = {"act_points": programme.act_points, "finish_points": programme.finish_points}
        sql.execute("portal/demo_points", {"activity": activity.pk, "by": by.label, **worth})


def _story(
    one: Participation, programme: Programme, begun: date, today: date, shares: tuple[int, int, int], employee: Person
) -> tuple[Participation, list[date]]:
    """How far somebody came, and on which days they did something."""
    draw, size = _draw(one, "how far"), _draw(one, "how much")
    looked, joined, acted = shares
    if one.person_id == employee.pk:
        draw, size = (0, 800) if programme.rhythm == programmes.DAY else (PER_THOUSAND, 0)
    one.invited_at = _moment(begun)
    if draw < looked:
        one.opened_at = _moment(begun)
        if draw >= looked - 40:
            one.declined_at = _moment(begun)
    step = timedelta(days=7 if programme.rhythm == programmes.WEEK else 1)
    slots = (today - begun) // step
    # Most do a little, few do it all.
    times = min(programme.goal, 1 + size**3 * slots // PER_THOUSAND**3)
    done = [begun + step * number for number in range(times)] if draw < acted else []
    if draw < joined:
        one.enrolled_at = _moment(begun)
        one.way = programme.ways[1].slug if programme.is_health_content or _draw(one, "way") < 120 else programme.ways[0].slug
    if done:
        one.first_act_on = done[0]
        one.finished_at = _moment(done[-1]) if len(done) >= programme.goal else None
    return one, done


def _acts(one: Participation, programme: Programme, done: list[date], by: Actor) -> Iterator[Act]:
    way = programme.way(one.way)
    for number, day in enumerate(done):
        amount = way.least + _draw(one, str(number)) * way.least // PER_THOUSAND if way.asks_number else None
        slot = programme.slot(day)
        yield Act(
            participation=one, kind=Act.Kind.FORM, done_on=day, slot=slot, amount=amount, key=f"{one.pk}:{slot}:0", recorded_by=by.label
        )


def _ask(root: Unit) -> None:
    """Some of those who carried it through would like a reward, which waits for the administrator."""
    reward = root.rewards.order_by("price").first()
    people = Person.objects.filter(participations__finished_at__isnull=False).distinct().order_by("emp_no")[:ASKING]
    for person in people:
        rewards.ask(person, reward, token=uuid4(), by=Actor.system())


def _draw(one: Participation, what: str) -> int:
    """A number below a thousand that belongs to a person, an activity and a question."""
    return crc32(f"{one.person.emp_no} {one.activity.kind} {what}".encode()) % PER_THOUSAND


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=timezone.get_default_timezone())

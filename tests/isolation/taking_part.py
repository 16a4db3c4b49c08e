"""Activities, acts, points and rewards of a seeded organisation, by the services that make them."""

from datetime import timedelta
from uuid import uuid4

from healthmgmt.core.actors import Actor
from healthmgmt.engagement import acts, attendance, campaigns, rewards, taking_part
from healthmgmt.engagement.models import Activity, Participation
from healthmgmt.organization.models import Unit
from healthmgmt.organization.selectors import today
from healthmgmt.people.models import Person
from healthmgmt.work import services as work
from tests import cast as casting

BY = Actor(label="system:test")


def fill(mark: str, cast: casting.Cast) -> None:
    """Steps at A, lessons at the root, and at B an activity that tells of health; anna and bella have an act, points and a request each."""
    _run(cast.a, "steps")
    _run(cast.root, "lessons")
    _run(cast.b, "weight")
    taking_part.enrol(_part("lessons", cast.anna), way="reading", today=today(), by=BY)
    acts.finish_lesson(_part("lessons", cast.anna), lesson="salt", answers=[0, 0, 0], today=today(), by=BY)
    for kind, person, way, amount in (("steps", cast.anna, "steps", 8000), ("weight", cast.bella, "plate", None)):
        one = taking_part.enrol(_part(kind, person), way=way, today=today(), by=BY)
        acts.note(one, done_on=today(), today=today(), amount=amount, by=BY)
    amos = Person.objects.get(pk=cast.amos.pk)
    attendance.take_in(
        Activity.objects.get(kind="steps"), f"emp_no,name\n{amos.emp_no},{amos.name}".encode(), held_on=today(), today=today(), by=BY
    )
    for unit, person in ((cast.root, cast.anna), (cast.b, cast.bella)):
        reward = rewards.offer(unit, name_zh=f"{mark} 水杯", name_en=f"{mark} bottle", price=5, stock=3, by=BY)
        rewards.ask(person, reward, token=uuid4(), by=BY)


def addressed(cast: casting.Cast) -> dict[str, dict[str, dict]]:
    """What stands for the parts of addresses."""
    uuids = {kind: {"uuid": Activity.objects.get(kind=kind).uuid} for kind in ("steps", "lessons", "weight")}
    act = {name: _part(kind, getattr(cast, name)).acts.get() for name, kind in (("anna", "steps"), ("bella", "weight"))}
    return {
        "own activity": {"anna": uuids["steps"], "lessons": uuids["lessons"], "bella": uuids["weight"]},
        "own act": {"anna": {**uuids["steps"], "pk": act["anna"].pk}, "bella": {**uuids["weight"], "pk": act["bella"].pk}},
        "activity lesson": {"lessons": {**uuids["lessons"], "slug": "sleep"}, "bella": {**uuids["weight"], "slug": "sleep"}},
        "campaign": {"a": uuids["steps"], "root": uuids["lessons"], "b": uuids["weight"]},
        "reward": {"root": {"uuid": cast.root.rewards.get().uuid}, "b": {"uuid": cast.b.rewards.get().uuid}},
        "reward request": {name: {"uuid": getattr(cast, name).reward_requests.get().uuid} for name in ("anna", "bella")},
    }


def _run(unit: Unit, kind: str) -> None:
    made = campaigns.prepare(unit, kind=kind, starts_on=today(), ends_on=today() + timedelta(days=20), today=today(), by=BY)
    campaigns.start(made, today=today(), by=BY)
    work.drain(kinds=("engagement.invite",))


def _part(kind: str, person: Person) -> Participation:
    return Participation.objects.get(activity__kind=kind, person=person)

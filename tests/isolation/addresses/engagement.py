"""Activities and rewards: the employee's own, the offices' campaigns, who is invited by name, the administrator's rewards."""

from uuid import uuid4

from django.utils import timezone

from healthmgmt.core.dates import local_day
from tests.isolation.rules import Rule

EMPLOYEES = frozenset({"employee"})
OFFICES = frozenset({"office_a", "office_b"})
NAMERS = frozenset({"office_a", "office_b", "liaison_a1", "liaison_b1"})
ADMIN = frozenset({"admin"})
# The seeded employee is anna, of A1: invited to what stands at A and at the root, not to what stands at B.
OWN = {"anna": EMPLOYEES, "lessons": EMPLOYEES, "bella": frozenset()}
CAMPAIGNS = {"a": frozenset({"office_a"}), "b": frozenset({"office_b"})}
# Of the activity at B who takes part tells of their health: nobody is named.
NAMED = {"a": frozenset({"office_a", "liaison_a1"}), "root": NAMERS, "b": frozenset()}
REWARD = {"name_zh": "水杯", "name_en": "A bottle", "price": "5", "stock": "3", "is_offered": "on"}


def _act() -> dict[str, str]:
    return {"done_on": local_day(timezone.now(), "Asia/Shanghai").isoformat(), "amount": "8000"}


def _answers() -> dict[str, str]:
    return {f"question-{number}": "0" for number in range(3)}


URLS = {
    "activities/": Rule(EMPLOYEES, {"GET": 200}),
    "activities/points/": Rule(EMPLOYEES, {"GET": 200}),
    "activities/rewards/": Rule(EMPLOYEES, {"GET": 200}),
    "activities/rewards/<uuid:uuid>/ask/": Rule(
        EMPLOYEES, {"POST": 302}, {"root": EMPLOYEES, "b": frozenset()}, kind="reward", data={"POST": lambda: {"token": str(uuid4())}}
    ),
    "activities/rewards/requests/<uuid:uuid>/withdraw/": Rule(
        EMPLOYEES, {"POST": 302}, {"anna": EMPLOYEES, "bella": frozenset()}, kind="reward request"
    ),
    "activities/<uuid:uuid>/": Rule(EMPLOYEES, {"GET": 200}, OWN, kind="own activity"),
    "activities/<uuid:uuid>/join/": Rule(EMPLOYEES, {"POST": 302}, OWN, kind="own activity", data={"POST": lambda: {"way": "steps"}}),
    "activities/<uuid:uuid>/later/": Rule(EMPLOYEES, {"POST": 302}, OWN, kind="own activity"),
    "activities/<uuid:uuid>/decline/": Rule(EMPLOYEES, {"POST": 302}, OWN, kind="own activity"),
    "activities/<uuid:uuid>/acts/": Rule(
        EMPLOYEES, {"POST": 302}, {"anna": EMPLOYEES, "bella": frozenset()}, kind="own activity", data={"POST": _act}
    ),
    "activities/<uuid:uuid>/acts/<int:pk>/withdraw/": Rule(EMPLOYEES, {"POST": 302}, {"anna": EMPLOYEES, "bella": frozenset()}, kind="own act"),
    "activities/<uuid:uuid>/lessons/<slug:slug>/": Rule(
        EMPLOYEES, {"GET": 200, "POST": 302}, {"lessons": EMPLOYEES, "bella": frozenset()}, kind="activity lesson", data={"POST": _answers}
    ),
    "campaigns/": Rule(OFFICES, {"GET": 200}),
    "campaigns/new/": Rule(OFFICES, {"GET": 200, "POST": 422}),
    "campaigns/<uuid:uuid>/": Rule(OFFICES, {"GET": 200}, CAMPAIGNS, kind="campaign"),
    "campaigns/<uuid:uuid>/start/": Rule(OFFICES, {"POST": 302}, CAMPAIGNS, kind="campaign"),
    "campaigns/<uuid:uuid>/end/": Rule(OFFICES, {"POST": 302}, CAMPAIGNS, kind="campaign"),
    "campaigns/<uuid:uuid>/cancel/": Rule(OFFICES, {"POST": 302}, CAMPAIGNS, kind="campaign"),
    "campaigns/<uuid:uuid>/attendance/": Rule(OFFICES, {"POST": 422}, CAMPAIGNS, kind="campaign"),
    "invited/": Rule(NAMERS, {"GET": 200}),
    "invited/<uuid:uuid>/": Rule(NAMERS, {"GET": 200}, NAMED, kind="campaign"),
    "rewards/": Rule(ADMIN, {"GET": 200}),
    "rewards/new/": Rule(ADMIN, {"GET": 200, "POST": 422}),
    "rewards/<uuid:uuid>/": Rule(ADMIN, {"GET": 200, "POST": 302}, {"root": ADMIN, "b": ADMIN}, kind="reward", data={"POST": lambda: dict(REWARD)}),
    "rewards/requests/<uuid:uuid>/approve/": Rule(ADMIN, {"POST": 302}, {"anna": ADMIN, "bella": ADMIN}, kind="reward request"),
    "rewards/requests/<uuid:uuid>/decline/": Rule(ADMIN, {"POST": 302}, {"anna": ADMIN, "bella": ADMIN}, kind="reward request"),
    "rewards/requests/<uuid:uuid>/handed-over/": Rule(ADMIN, {"POST": 302}, {"anna": ADMIN, "bella": ADMIN}, kind="reward request"),
}

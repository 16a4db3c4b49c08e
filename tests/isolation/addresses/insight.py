"""Numbers of units: leadership and health offices, each of its own units; no address here names a person."""

from uuid import uuid4

from tests.isolation.rules import Rule

READERS = frozenset({"leader", "office_a", "office_b"})

SCORED = READERS | {"liaison_a1", "liaison_b1"}
DECIDERS = READERS
# Both organisations number their units alike, so the other's number is one of their own.
REACHED = {
    "root": frozenset({"leader"}),
    "a1": frozenset({"leader", "office_a", "liaison_a1"}),
    "b1": frozenset({"leader", "office_b", "liaison_b1"}),
}
DECIDED = {"a1": frozenset({"leader", "office_a"}), "b1": frozenset({"leader", "office_b"})}
SUBMITTED = {"a1": frozenset({"liaison_a1"}), "b1": frozenset({"liaison_b1"})}


def of_units(roles: frozenset[str], methods: dict[str, int], objects: dict[str, frozenset[str]], **more) -> Rule:
    return Rule(roles, methods, objects, kind="unit", everywhere=True, **more)


URLS = {
    "api/v1/units/<int:pk>/scorecard/": of_units(SCORED, {"GET": 200}, REACHED, refusal=401),
    "scorecards/": Rule(SCORED, {"GET": 200}),
    "scorecards/<int:pk>/": of_units(SCORED, {"GET": 200}, REACHED),
    "scorecards/<int:pk>/sheet/": of_units(SCORED, {"GET": 200}, REACHED),
    "scorecards/<int:pk>/submit/": of_units(SCORED - {"leader"}, {"POST": 302}, SUBMITTED),
    "scorecards/<int:pk>/accept/": of_units(DECIDERS, {"POST": 302}, DECIDED),
    "scorecards/<int:pk>/send-back/": of_units(DECIDERS, {"POST": 302}, DECIDED),
    "scorecards/<int:pk>/targets/": of_units(DECIDERS, {"GET": 200, "POST": 422}, {**DECIDED, "root": frozenset({"leader"})}),
    # How work stands is the offices' business.
    "board/": Rule(READERS, {"GET": 200}, except_for={("leader", "GET"): 403}),
    "board/say/": Rule(
        READERS, {"POST": 302}, except_for={("leader", "POST"): 403}, data={"POST": lambda: {"text": "Good morning", "token": str(uuid4())}}
    ),
    "board/words/": Rule(SCORED - {"leader"}, {"GET": 200}),
    # Seen at once by the unit that it is about, and by nobody else yet.
    "lights/": Rule(SCORED, {"GET": 200}),
    "lights/<uuid:uuid>/answer/": Rule(SCORED, {"POST": 302}, SUBMITTED, kind="light"),
    "group/": Rule(READERS, {"GET": 200}),
    "group/departments/": Rule(READERS, {"GET": 200}),
    "group/definitions/": Rule(READERS, {"GET": 200}),
    "group/year/": Rule(READERS, {"GET": 200}),
    "group/evidence/": Rule(READERS, {"GET": 200}),
    "group/evidence/sheet/": Rule(READERS, {"GET": 200}),
}

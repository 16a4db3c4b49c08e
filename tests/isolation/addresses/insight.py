"""Numbers of units: leadership and health offices, each of its own units; no address here names a person."""

from tests.isolation.rules import Rule

READERS = frozenset({"leader", "office_a", "office_b"})

URLS = {
    # How work stands is the offices' business.
    "board/": Rule(READERS, {"GET": 200}, except_for={("leader", "GET"): 403}),
    "group/": Rule(READERS, {"GET": 200}),
    "group/departments/": Rule(READERS, {"GET": 200}),
    "group/definitions/": Rule(READERS, {"GET": 200}),
}

"""The roster."""

from tests.isolation.rules import Rule

LIAISONS = frozenset({"liaison_a1", "liaison_b1"})
EDITORS = LIAISONS | {"admin"}
READERS = EDITORS | {"office_a", "office_b"}
# Which roles have the seeded people on their roster.
PEOPLE = {
    "anna": frozenset({"liaison_a1", "office_a", "admin"}),
    "amos": frozenset({"office_a", "admin"}),
    "bella": frozenset({"liaison_b1", "office_b", "admin"}),
}
UNITS = {
    "root": frozenset({"admin"}),
    "a": frozenset({"admin"}),
    "a1": frozenset({"liaison_a1", "admin"}),
    "b1": frozenset({"liaison_b1", "admin"}),
}

CLINICIANS = frozenset({"case_manager", "physician"})
# Whose entry clinicians read beside those: the people whose record is theirs to open.
KNOWN = {
    "anna": PEOPLE["anna"] | CLINICIANS,
    "amos": PEOPLE["amos"] | {"physician"},
    "bella": PEOPLE["bella"] | {"physician"},
}

URLS = {
    "api/v1/people/": Rule(READERS | CLINICIANS, {"GET": 200}, refusal=401),
    "api/v1/people/<uuid:uuid>/": Rule(READERS | CLINICIANS, {"GET": 200}, KNOWN, kind="person", refusal=401),
    "roster/": Rule(READERS, {"GET": 200}),
    "roster/import/": Rule(EDITORS, {"GET": 200, "POST": 422}),
    # Both organisations number their units alike, so the other's number is one of their own.
    "roster/units/<int:pk>/accounts/": Rule(EDITORS, {"POST": 200}, UNITS, kind="unit", everywhere=True),
    "roster/<uuid:uuid>/": Rule(READERS, {"GET": 200}, PEOPLE, kind="person"),
    "roster/<uuid:uuid>/code/": Rule(EDITORS, {"POST": 200}, PEOPLE, kind="person"),
}

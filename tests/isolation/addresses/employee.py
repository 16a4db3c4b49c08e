"""The employee's own pages."""

from tests.isolation.rules import Rule

EMPLOYEES = frozenset({"employee"})
# The seeded employee is anna: a step of hers that she does herself, and one of amos.
STEPS = {"anna": EMPLOYEES, "amos": frozenset()}

URLS = {
    "today/": Rule(EMPLOYEES, {"GET": 200}),
    "report/": Rule(EMPLOYEES, {"GET": 200}),
    "plan/": Rule(EMPLOYEES, {"GET": 200}),
    "plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/done/": Rule(EMPLOYEES, {"POST": 302}, STEPS, kind="own step"),
    "plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/later/": Rule(EMPLOYEES, {"POST": 302}, STEPS, kind="own step"),
    "plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/decline/": Rule(EMPLOYEES, {"POST": 302}, STEPS, kind="own step"),
    "plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/lesson/": Rule(
        EMPLOYEES, {"GET": 200, "POST": 302}, STEPS, kind="own lesson", data={"POST": lambda: {f"question-{number}": "0" for number in range(3)}}
    ),
    "privacy/": Rule(EMPLOYEES, {"GET": 200}),
    "privacy/consents/": Rule(
        EMPLOYEES, {"POST": 302}, data={"POST": lambda: {"purpose": "care_contact", "version": "1", "answer": "give"}}
    ),
}

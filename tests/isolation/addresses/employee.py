"""The employee's own pages."""

from uuid import uuid4

from django.utils import timezone

from tests.isolation.rules import Rule

EMPLOYEES = frozenset({"employee"})
# The seeded employee is anna: a step of hers that she does herself, and one of amos.
STEPS = {"anna": EMPLOYEES, "amos": frozenset()}



def _reading() -> dict[str, str]:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {"kind": "weight", "weight": "71.5", "taken_at": now, "token": str(uuid4())}


def _message() -> dict[str, str]:
    return {"text": "Good morning", "token": str(uuid4())}


URLS = {
    "api/v1/me/": Rule(EMPLOYEES, {"GET": 200}, refusal=401),
    "api/v1/me/record/": Rule(EMPLOYEES, {"GET": 200}, refusal=401),
    "api/v1/me/assessment/": Rule(EMPLOYEES, {"GET": 200}, refusal=401),
    "api/v1/me/plan/": Rule(EMPLOYEES, {"GET": 200}, refusal=401),
    "messages/": Rule(EMPLOYEES, {"GET": 200, "POST": 302}, data={"POST": _message}),
    "today/": Rule(EMPLOYEES, {"GET": 200}),
    "report/": Rule(EMPLOYEES, {"GET": 200}),
    "report/correction/": Rule(EMPLOYEES, {"GET": 200, "POST": 302}, data={"POST": lambda: {"code": "sbp", "claim": "not_mine", "note": ""}}),
    "plan/": Rule(EMPLOYEES, {"GET": 200}),
    "plan/pause/": Rule(EMPLOYEES, {"POST": 302}, data={"POST": lambda: {"weeks": "2"}}),
    "plan/resume/": Rule(EMPLOYEES, {"POST": 302}),
    "plan/<uuid:uuid>/steps/<int:number>/<int:occurrence>/done/": Rule(EMPLOYEES, {"POST": 302}, STEPS, kind="own step"),
    "readings/": Rule(EMPLOYEES, {"GET": 200, "POST": 302}, data={"POST": _reading}),
    "readings/<uuid:token>/withdraw/": Rule(EMPLOYEES, {"POST": 302}, {"anna": EMPLOYEES, "amos": frozenset()}, kind="reading"),
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

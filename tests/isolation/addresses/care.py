"""Worklist, records, contacts and alerts: case managers and physicians alone."""

from uuid import uuid4

from tests.isolation.rules import Rule

CARERS = frozenset({"case_manager", "physician"})
PHYSICIAN = frozenset({"physician"})
# The case manager is of unit A1, the physician of the whole; anna works in A1, amos in A2, bella in B1.
PEOPLE = {"anna": CARERS, "amos": PHYSICIAN, "bella": PHYSICIAN}
ALERTS = {"anna": CARERS, "bella": PHYSICIAN}
STEPS = {"anna": CARERS, "bella": PHYSICIAN}



def _message() -> dict[str, str]:
    return {"text": "Good morning", "token": str(uuid4())}


URLS = {
    "api/v1/assessments/": Rule(CARERS, {"GET": 200}, refusal=401),
    "api/v1/plans/": Rule(CARERS, {"GET": 200}, refusal=401),
    "care/messages/": Rule(CARERS, {"GET": 200}),
    # Bella and amos have no account: nobody can write to them.
    "care/people/<uuid:uuid>/messages/": Rule(CARERS, {"GET": 200, "POST": 302}, {"anna": CARERS}, kind="person", data={"POST": _message}),
    "care/people/<uuid:uuid>/messages/settled/": Rule(CARERS, {"POST": 302}, PEOPLE, kind="person"),
    # A physician without people of their own is sent to the alerts.
    "care/": Rule(CARERS, {"GET": 200}, except_for={("physician", "GET"): 302}),
    "care/live/": Rule(CARERS, {"GET": 200}),
    "care/load/": Rule(CARERS, {"GET": 200}),
    "care/load/units/<int:pk>/": Rule(
        CARERS, {"GET": 200, "POST": 422}, {"root": PHYSICIAN, "a": PHYSICIAN, "a1": CARERS, "b1": PHYSICIAN}, kind="unit", everywhere=True
    ),
    "care/people/": Rule(CARERS, {"GET": 200}),
    "care/people/exception/": Rule(
        CARERS, {"GET": 200, "POST": 422}, data={"POST": lambda: {"emp_no": "A9999", "name": "Nobody", "reason": "Somebody has to step in."}}
    ),
    "care/people/<uuid:uuid>/": Rule(CARERS, {"GET": 200}, PEOPLE, kind="person"),
    "care/people/<uuid:uuid>/contact/": Rule(
        CARERS, {"GET": 200, "POST": 302}, PEOPLE, kind="person", data={"POST": lambda: {"ending": "will_come", "note": ""}}
    ),
    "care/people/<uuid:uuid>/steps/<int:pk>/done/": Rule(CARERS, {"POST": 302}, STEPS, kind="step"),
    "care/people/<uuid:uuid>/pause/": Rule(
        CARERS, {"POST": 302}, PEOPLE, kind="person", data={"POST": lambda: {"reason": "leave", "until": "", "note": ""}}
    ),
    "care/people/<uuid:uuid>/resume/": Rule(CARERS, {"POST": 302}, PEOPLE, kind="person"),
    "care/people/<uuid:uuid>/end/": Rule(CARERS, {"POST": 302}, PEOPLE, kind="person", data={"POST": lambda: {"outcome": "referred"}}),
    "care/alerts/": Rule(CARERS, {"GET": 200}),
    "care/alerts/<uuid:uuid>/": Rule(CARERS, {"GET": 200}, ALERTS, kind="alert"),
    "care/alerts/<uuid:uuid>/acknowledge/": Rule(CARERS, {"POST": 302}, ALERTS, kind="alert"),
    "care/alerts/<uuid:uuid>/confirm/": Rule(PHYSICIAN, {"POST": 302}, ALERTS, kind="alert"),
    "care/alerts/<uuid:uuid>/clear/": Rule(PHYSICIAN, {"POST": 302}, ALERTS, kind="alert", data={"POST": lambda: {"outcome": "artefact"}}),
    "care/alerts/<uuid:uuid>/close/": Rule(CARERS, {"POST": 302}, ALERTS, kind="alert", data={"POST": lambda: {"outcome": "confirmed"}}),
}

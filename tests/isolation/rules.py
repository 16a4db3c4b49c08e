"""Who may call what, and how it answers: the table that every address, command and kind of job must stand in.

An address without a row, and a row without an address, fail the build.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Nobody; and somebody who is signed in at the other organisation.
OUTSIDERS = frozenset({"anonymous", "stranger"})
ROLES = frozenset(
    "leader admin steward office_a office_b liaison_a1 liaison_b1 case_manager physician exam_centre employee".split()
)
EVERYBODY = ROLES | OUTSIDERS
UPLOADERS = frozenset({"liaison_a1", "liaison_b1", "exam_centre"})
UPLOAD_READERS = UPLOADERS | {"office_a", "office_b"}
# Which roles reach which of the seeded uploads, named after who delivered them.
UPLOADS = {
    "liaison_a1": frozenset({"liaison_a1", "office_a"}),
    "liaison_b1": frozenset({"liaison_b1", "office_b"}),
    "exam_centre": frozenset({"exam_centre"}),
}


@dataclass(frozen=True)
class Rule:
    """Who passes (`roles`), what each method answers to them, and who reaches which object.

    What stands nowhere follows: without a session the sign-in page (302) or, in the API, 401; with another role 403; a
    method that is not there 405; an object out of reach 404, whoever it belongs to. `except_for` are single answers.
    """

    roles: frozenset[str]
    methods: dict[str, int]
    objects: dict[str, frozenset[str]] = field(default_factory=dict)
    except_for: dict[tuple[str, str], int] = field(default_factory=dict)
    data: dict[str, Callable[[], dict[str, Any]]] = field(default_factory=dict)
    refusal: int = 302

    def expected(self, role: str, method: str, target: str = "") -> int:
        """The status of a call; `target` names a seeded object, or the other organisation's by a leading `foreign `."""
        if role not in self.roles:
            return self.refusal if role in OUTSIDERS else 403
        if method not in self.methods:
            return 405
        if target and role not in self.objects.get(target, frozenset()):
            return 404
        return self.except_for.get((role, method), self.methods[method])


def any_method(status: int) -> dict[str, int]:
    return dict.fromkeys(METHODS, status)


def a_file() -> dict[str, Any]:
    return {"file": SimpleUploadedFile("new.csv", "工号,姓名,体检日期\n".encode())}


ACCOUNTS = {
    "accounts/login/": Rule(EVERYBODY, {"GET": 200, "POST": 422}, data={"POST": lambda: {"identifier": "nobody", "password": "wrong"}}),
    "accounts/logout/": Rule(EVERYBODY, {"POST": 302}),
    "accounts/activate/": Rule(EVERYBODY, {"GET": 200, "POST": 422}, data={"POST": lambda: {"code": "wrong"}}),
    "accounts/password/": Rule(ROLES, {"GET": 200, "POST": 422}, data={"POST": lambda: {"current": "wrong"}}),
    "accounts/language/": Rule(EVERYBODY, {"POST": 302}, data={"POST": lambda: {"language": "en"}}),
}
# Addresses of an organisation's host, by route.
URLS: dict[str, Rule] = {
    "": Rule(ROLES, any_method(200)),
    "healthz": Rule(EVERYBODY, any_method(200)),
    "api/schema/": Rule(ROLES, {"GET": 200}, refusal=401),
    "api/v1/uploads/": Rule(UPLOAD_READERS, {"GET": 200, "POST": 201}, except_for={("office_a", "POST"): 422, ("office_b", "POST"): 422}, data={"POST": a_file}, refusal=401),
    "api/v1/uploads/<uuid:uuid>/": Rule(UPLOAD_READERS, {"GET": 200}, UPLOADS, refusal=401),
    "api/v1/uploads/<uuid:uuid>/apply/": Rule(UPLOADERS, {"POST": 202}, UPLOADS, refusal=401),
    "api/v1/uploads/<uuid:uuid>/undo/": Rule(frozenset({"liaison_a1", "liaison_b1"}), {"POST": 200}, UPLOADS, refusal=401),
    **ACCOUNTS,
}
# Addresses of the bare domain: nobody of an organisation is known there.
PUBLIC_URLS: dict[str, Rule] = {
    "": Rule(frozenset({"operator"}), any_method(200)),
    "healthz": Rule(EVERYBODY | {"operator"}, any_method(200)),
    **{route: Rule(rule.roles | {"operator"}, rule.methods, data=rule.data) for route, rule in ACCOUNTS.items()},
}

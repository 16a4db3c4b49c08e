"""Who may call what, and how it answers: the words in which the tables of addresses are written (addresses/, one module a room).

An address without a row, and a row without an address, fail the build.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Nobody; and somebody who is signed in at the other organisation.
OUTSIDERS = frozenset({"anonymous", "stranger"})
ROLES = frozenset(
    "leader admin steward office_a office_b liaison_a1 liaison_b1 case_manager physician exam_centre employee".split()
)
EVERYBODY = ROLES | OUTSIDERS


@dataclass(frozen=True)
class Rule:
    """Who passes (`roles`), what each method answers to them, and who reaches which object.

    What stands nowhere follows: without a session the sign-in page (302) or, in the API, 401; with another role 403; a
    method that is not there 405; an object out of reach 404, whoever it belongs to. `except_for` are single answers.
    `kind` says which of the seeded objects (seeding.World.objects) the names in `objects` are; `everywhere`: those of every
    organisation are reached, as operators reach them.
    """

    roles: frozenset[str]
    methods: dict[str, int]
    objects: dict[str, frozenset[str]] = field(default_factory=dict)
    kind: str = "upload"
    except_for: dict[tuple[str, str], int] = field(default_factory=dict)
    data: dict[str, Callable[[], dict[str, Any]]] = field(default_factory=dict)
    refusal: int = 302
    everywhere: bool = False

    def expected(self, role: str, method: str, target: str = "") -> int:
        """The status of a call; `target` names a seeded object, or the other organisation's by a leading `foreign `."""
        if role not in self.roles:
            return self.refusal if role in OUTSIDERS else 403
        if method not in self.methods:
            return 405
        own = target.removeprefix("foreign ") if self.everywhere else target
        if target and role not in self.objects.get(own, frozenset()):
            return 404
        return self.except_for.get((role, method), self.methods[method])


def any_method(status: int) -> dict[str, int]:
    return dict.fromkeys(METHODS, status)

"""What a user is told: everybody has notices of their own, and no others."""

from tests.isolation.addresses.insight import SCORED
from tests.isolation.rules import ROLES, Rule

URLS = {
    "notices/": Rule(ROLES, {"GET": 200}),
    "notices/read/": Rule(ROLES, {"POST": 302}),
    "notices/monthly-mail/": Rule(SCORED, {"POST": 302}),
    "notices/<uuid:uuid>/": Rule(
        ROLES, {"POST": 302}, {"anna": frozenset({"employee"}), "manager": frozenset({"case_manager"})}, kind="notice"
    ),
}

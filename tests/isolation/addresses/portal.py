"""Where everybody comes in, and the pages that machines read."""

from tests.isolation.rules import EVERYBODY, METHODS, ROLES, Rule, any_method

# Roles that come in on a page of their own.
SENT_ON = ("case_manager", "physician")

URLS = {
    "": Rule(ROLES, any_method(200), except_for={(role, method): 302 for role in SENT_ON for method in METHODS}),
    "healthz": Rule(EVERYBODY, any_method(200)),
    "api/schema/": Rule(ROLES, {"GET": 200}, refusal=401),
}
PUBLIC_URLS = {
    "": Rule(frozenset({"operator"}), any_method(302)),
    "healthz": Rule(EVERYBODY | {"operator"}, any_method(200)),
}

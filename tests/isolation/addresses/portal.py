"""Where everybody comes in, and the pages that machines read."""

from tests.isolation.rules import EVERYBODY, ROLES, Rule, any_method

URLS = {
    "": Rule(ROLES, any_method(200)),
    "healthz": Rule(EVERYBODY, any_method(200)),
    "api/schema/": Rule(ROLES, {"GET": 200}, refusal=401),
}
PUBLIC_URLS = {
    "": Rule(frozenset({"operator"}), any_method(302)),
    "healthz": Rule(EVERYBODY | {"operator"}, any_method(200)),
}

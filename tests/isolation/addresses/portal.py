"""Where everybody comes in, and the pages that machines read."""

from tests.isolation.rules import EVERYBODY, ROLES, Rule, any_method

WORK_STATE = frozenset({"liaison_a1", "liaison_b1", "office_a", "office_b"})

URLS = {
    # Everybody has a page of their own to come in on.
    "": Rule(ROLES, any_method(302)),
    "liaison/": Rule(WORK_STATE, {"GET": 200}),
    "due/": Rule(WORK_STATE, {"GET": 200}),
    "due/export/": Rule(WORK_STATE, {"GET": 200}),
    "due/remind/": Rule(WORK_STATE, {"POST": 302}),
    "healthz": Rule(EVERYBODY, any_method(200)),
    "api/schema/": Rule(ROLES, {"GET": 200}, refusal=401),
}
PUBLIC_URLS = {
    "": Rule(frozenset({"operator"}), any_method(302)),
    "healthz": Rule(EVERYBODY | {"operator"}, any_method(200)),
}

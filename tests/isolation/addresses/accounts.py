"""Signing in and one's own account."""

from tests.isolation.rules import EVERYBODY, ROLES, Rule

URLS = {
    "accounts/login/": Rule(EVERYBODY, {"GET": 200, "POST": 422}, data={"POST": lambda: {"identifier": "nobody", "password": "wrong"}}),
    "accounts/logout/": Rule(EVERYBODY, {"POST": 302}),
    "accounts/activate/": Rule(EVERYBODY, {"GET": 200, "POST": 422}, data={"POST": lambda: {"code": "wrong"}}),
    "accounts/password/": Rule(ROLES, {"GET": 200, "POST": 422}, data={"POST": lambda: {"current": "wrong"}}),
    "accounts/reset/": Rule(EVERYBODY, {"GET": 200, "POST": 302}, data={"POST": lambda: {"identifier": "nobody"}}),
    "accounts/reset/asked/": Rule(EVERYBODY, {"GET": 200}),
    "accounts/reset/choose/": Rule(EVERYBODY, {"GET": 410, "POST": 410}),
    "accounts/reset/<str:token>/": Rule(EVERYBODY, {"GET": 302}),
    "accounts/language/": Rule(EVERYBODY, {"POST": 302}, data={"POST": lambda: {"language": "en"}}),
}
# The same on the bare domain, where nobody of an organisation is known.
PUBLIC_URLS = {route: Rule(rule.roles | {"operator"}, rule.methods, data=rule.data) for route, rule in URLS.items()}

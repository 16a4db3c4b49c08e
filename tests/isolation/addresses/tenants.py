"""The operators' side of the bare domain: organisations by name, and their failed jobs."""

from tests.isolation.rules import Rule

OPERATOR = frozenset({"operator"})

PUBLIC_URLS = {
    "organisations/": Rule(OPERATOR, {"GET": 200}),
    "organisations/<slug:slug>/": Rule(OPERATOR, {"GET": 200}, {"organisation": OPERATOR}, kind="organisation", everywhere=True),
    "organisations/<slug:slug>/jobs/<int:job>/retry/": Rule(
        OPERATOR, {"POST": 302}, {"failed": OPERATOR, "mistaken": frozenset()}, kind="job", everywhere=True
    ),
}

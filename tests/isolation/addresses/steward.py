"""The data steward's pages, and what clinicians read with them."""

from tests.isolation.rules import Rule

STEWARD = frozenset({"steward"})
READERS = STEWARD | {"physician", "case_manager"}

URLS = {
    "steward/": Rule(STEWARD, {"GET": 200, "POST": 302}, data={"POST": lambda: {"smallest_group": "12"}}),
    "steward/verify/": Rule(STEWARD, {"POST": 302}),
    "steward/access-log/": Rule(STEWARD, {"GET": 200}),
    "steward/quality/": Rule(STEWARD, {"GET": 200}),
    # Both organisations number their exam centres alike, so the other's number is one of their own.
    "steward/quality/<int:pk>/": Rule(STEWARD, {"GET": 200}, {"centre": STEWARD}, kind="centre", everywhere=True),
    "steward/pack/": Rule(STEWARD, {"GET": 200}),
    "models/": Rule(READERS, {"GET": 200}),
    # The models are the product's, the same in every organisation.
    "models/<slug:name>/": Rule(
        READERS, {"GET": 200, "POST": 200}, {"china_par": READERS, "astrology": frozenset()}, kind="model", everywhere=True
    ),
}

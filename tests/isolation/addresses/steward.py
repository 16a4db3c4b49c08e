"""The data steward's pages, and what clinicians read with them."""

from tests.isolation.rules import Rule

STEWARD = frozenset({"steward"})
READERS = STEWARD | {"physician", "case_manager"}
REVIEWERS = STEWARD | {"physician"}
# Both organisations have a draft and a proposal; of the other's nothing is found.
DRAFT, CHANGE, PROPOSAL = {"draft": STEWARD}, {"limit": STEWARD}, {"proposal": REVIEWERS}
SOURCED = {"limit": "130", "source_zh": "2026-03", "source_en": "2026-03"}

URLS = {
    "steward/": Rule(STEWARD, {"GET": 200, "POST": 302}, data={"POST": lambda: {"smallest_group": "12"}}),
    "steward/verify/": Rule(STEWARD, {"POST": 302}),
    "steward/access-log/": Rule(STEWARD, {"GET": 200}),
    "steward/quality/": Rule(STEWARD, {"GET": 200}),
    # Both organisations number their exam centres alike, so the other's number is one of their own.
    "steward/quality/<int:pk>/": Rule(STEWARD, {"GET": 200}, {"centre": STEWARD}, kind="centre", everywhere=True),
    "steward/pack/": Rule(STEWARD, {"GET": 200}),
    "steward/pack/copy/": Rule(
        STEWARD, {"GET": 200, "POST": 302}, data={"POST": lambda: {"edition": "2030", "title_zh": "自有版", "title_en": "Own"}}
    ),
    "steward/pack/drafts/<uuid:uuid>/": Rule(STEWARD, {"GET": 200}, DRAFT, kind="draft"),
    "steward/pack/drafts/<uuid:uuid>/discard/": Rule(STEWARD, {"POST": 302}, DRAFT, kind="draft"),
    "steward/pack/drafts/<uuid:uuid>/change/<slug:kind>/<str:of>/": Rule(
        STEWARD, {"GET": 200, "POST": 302}, CHANGE, kind="change", data={"POST": lambda: SOURCED}
    ),
    "steward/pack/drafts/<uuid:uuid>/preview/<slug:kind>/<str:of>/": Rule(
        STEWARD, {"POST": 200}, CHANGE, kind="change", data={"POST": lambda: SOURCED}
    ),
    "steward/pack/drafts/<uuid:uuid>/simulation/": Rule(STEWARD, {"GET": 200, "POST": 302}, DRAFT, kind="draft"),
    "steward/pack/drafts/<uuid:uuid>/simulation/progress/": Rule(STEWARD, {"GET": 200}, DRAFT, kind="draft"),
    "steward/pack/drafts/<uuid:uuid>/simulation/download/": Rule(STEWARD, {"GET": 200}, DRAFT, kind="draft"),
    "steward/pack/drafts/<uuid:uuid>/propose/": Rule(
        STEWARD, {"GET": 200, "POST": 302}, DRAFT, kind="draft", data={"POST": lambda: {"effective_from": "2199-01-01", "why": "Committee"}}
    ),
    "rules/": Rule(REVIEWERS, {"GET": 200}),
    "rules/proposals/": Rule(frozenset({"physician"}), {"GET": 200}),
    "rules/proposals/<uuid:uuid>/": Rule(REVIEWERS, {"GET": 200}, PROPOSAL, kind="proposal"),
    # What a physician says is not the steward's to say.
    "rules/proposals/<uuid:uuid>/approve/": Rule(
        REVIEWERS, {"POST": 302}, PROPOSAL, kind="proposal", data={"POST": lambda: {"part": "physician"}}, except_for={("steward", "POST"): 403}
    ),
    "rules/proposals/<uuid:uuid>/withdraw/": Rule(
        REVIEWERS, {"POST": 302}, PROPOSAL, kind="proposal", data={"POST": lambda: {"reason": "One more paper"}}
    ),
    "rules/proposals/<uuid:uuid>/simulation/": Rule(REVIEWERS, {"GET": 200}, PROPOSAL, kind="proposal"),
    "models/": Rule(READERS, {"GET": 200}),
    # The models are the product's, the same in every organisation.
    "models/<slug:name>/": Rule(
        READERS, {"GET": 200, "POST": 200}, {"china_par": READERS, "astrology": frozenset()}, kind="model", everywhere=True
    ),
}

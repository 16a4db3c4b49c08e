"""Own editions for tests: a draft, its simulation, and what two people say of it."""

from datetime import timedelta

from django.utils import timezone

from healthmgmt.accounts.models import User
from healthmgmt.core.actors import Actor
from healthmgmt.organization.selectors import today
from healthmgmt.risk import approving, drafts, editions
from healthmgmt.risk.editing import NewLimit, Source
from healthmgmt.risk.models import OwnEdition, PackDraft, Simulation
from tests import cast as casting

WHY = Source("职业医学委员会 2026-03", "Committee of occupational medicine 2026-03")
SBP = "hypertension|sbp|>=|"


def draft_of(cast: casting.Cast, edition: str = "2026", *, limit: str = "135", base: tuple[str, str] = ("cn", "2024")) -> PackDraft:
    """A copy of a pack whose limit of systolic pressure is another."""
    by = Actor.of(cast.steward)
    draft = drafts.copy(*base, edition=edition, title_zh=f"本单位 {edition} 版", title_en=f"Own edition {edition}", by=by)
    return drafts.change(draft, NewLimit(SBP, limit, "", WHY), by=by)


def simulated(draft: PackDraft, cast: casting.Cast, counts: dict | None = None) -> Simulation:
    """As if the job had run."""
    current = editions.in_force(today())
    return Simulation.objects.create(
        draft=draft, fingerprint=draft.fingerprint, pack=current.name, edition=current.edition, as_of=today(), counts=counts or {},
        asked_by=cast.steward, finished_at=timezone.now(),
    )  # fmt: skip


def proposed(cast: casting.Cast, edition: str = "2026", *, days: int = 0, **options) -> OwnEdition:
    draft = draft_of(cast, edition, **options)
    simulated(draft, cast)
    return approving.propose(draft, effective_from=today() + timedelta(days=days), why="Committee", by=Actor.of(cast.steward))


def second_steward(cast: casting.Cast) -> User:
    return User.objects.filter(email="second@example.org").first() or casting.user("second", "data_steward", cast.root)


def approved(cast: casting.Cast, edition: str = "2026", **options) -> OwnEdition:
    own = proposed(cast, edition, **options)
    approving.approve(own, part="steward", by=Actor.of(second_steward(cast)))
    return approving.approve(own, part="physician", by=Actor.of(cast.physician))

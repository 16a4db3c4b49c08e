"""Trying a draft on the people's last exams beside the pack in force. Counts alone are kept; nobody's assessment changes."""

from datetime import timedelta
from typing import Any

from healthmgmt.organization.selectors import today
from healthmgmt.risk import editions
from healthmgmt.risk.models import PackDraft, Simulation

# Exams go on coming in: older counts are not what somebody should approve by.
FRESH_DAYS = 7


def fresh(draft: PackDraft) -> Simulation | None:
    """The newest finished simulation of these very texts against the pack in force, of the last days."""
    current, since = editions.in_force(today()), today() - timedelta(days=FRESH_DAYS)
    return _of(draft, current.name, current.edition).filter(finished_at__isnull=False, as_of__gt=since).first()


def evidence(simulation: Simulation) -> dict[str, Any]:
    """What stays with a proposal of its simulation."""
    against = {"pack": simulation.pack, "edition": simulation.edition, "as_of": simulation.as_of.isoformat()}
    return {"against": against, "counts": simulation.counts}


def _of(draft: PackDraft, pack: str, edition: str):
    return Simulation.objects.filter(draft=draft, fingerprint=draft.fingerprint, pack=pack, edition=edition)

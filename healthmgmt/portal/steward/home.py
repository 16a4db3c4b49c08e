"""What the data steward comes in to: the rules in force, how numbers are kept, and whether the record stands as written."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.audit.models import Seal
from healthmgmt.audit.sealing import Verification, standing
from healthmgmt.care.selectors import opened_by_exception
from healthmgmt.core import wording
from healthmgmt.organization.models import Settings
from healthmgmt.organization.selectors import organisation_settings
from healthmgmt.portal.steward.pack import sources
from healthmgmt.risk import editions, packs
from healthmgmt.risk import services as risk

# So many of the newest seals are compared while the steward waits; each holds up to 5,000 events.
CHECKED_SEALS = 10
EXCEPTION_DAYS = 30


@dataclass(frozen=True)
class Overview:
    """The pack in force, the organisation's choices, for how many months values count, and the newest seal with what came after it."""

    pack: packs.Pack
    title: str
    sources: list[str]
    own: Settings
    months: int
    seal: Seal | None
    unsealed: int
    exceptions: int


def overview(today: date, language: str) -> Overview:
    """Six queries."""
    own = organisation_settings()
    pack = risk.pack_in_force(today)
    seal, unsealed = standing()
    exceptions = opened_by_exception(EXCEPTION_DAYS)
    return Overview(pack, pack.titles[language], sources(pack, language), own, editions.window_months(pack), seal, unsealed, exceptions)


def sentence(found: Overview, language: str) -> str:
    """What stands first."""
    given = {"title": found.title, "day": wording.day_text(found.pack.effective_from, language)}
    rules = _("In force: %(title)s, from %(day)s.") % given
    if found.seal is None:
        seals = _("The record of acts has not been sealed yet.")
    else:
        seals = ngettext(
            "%(count)s act has come since the last seal.", "%(count)s acts have come since the last seal.", found.unsealed
        ) % {"count": f"{found.unsealed:,}"}
    return wording.paragraph([rules, seals], language)


def verdict(checked: Verification) -> str:
    """What comparing the record with its seals has shown."""
    given = {"events": f"{checked.events:,}", "seals": checked.seals, "faults": len(checked.faults)}
    if not checked.seals:
        return _("Nothing has been sealed yet, so there is nothing to compare.")
    if checked.faults:
        return ngettext(
            "%(faults)d difference was found among %(events)s sealed acts. Please tell the operator; the command verify_audit names it.",
            "%(faults)d differences were found among %(events)s sealed acts. Please tell the operator; the command verify_audit names them.",
            len(checked.faults),
        ) % given
    return _("All %(events)s acts under the newest %(seals)d seals stand as they were written.") % given

"""What our mails about alerts say. Nothing of anybody's health, and no name: they lie in boxes that others may read."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthmgmt.care.models import Escalation


def waiting(tier: str, count: int, organisation: str, link: str) -> tuple[str, str]:
    """Subject and text of the mail to somebody who is told of alerts of one tier."""
    words = {"organisation": organisation, "count": count}
    subject = ngettext(
        "%(count)d urgent task waits for you: %(organisation)s", "%(count)d urgent tasks wait for you: %(organisation)s", count
    ) % words
    paragraphs = [_("Hello,"), _why(tier, count), _("Please sign in and see to it:"), link]
    paragraphs.append(_("For reasons of privacy this mail says nothing more."))
    return subject, "\n\n".join(paragraphs) + "\n"


def _why(tier: str, count: int) -> str:
    if tier == Escalation.Tier.SECOND:
        text = ngettext(
            "%(count)d urgent task has waited for two hours, and nobody has taken it on. You are asked to step in.",
            "%(count)d urgent tasks have waited for two hours, and nobody has taken them on. You are asked to step in.",
            count,
        )
    elif tier == Escalation.Tier.PHYSICIAN:
        text = ngettext(
            "%(count)d urgent task has waited for a day without the talk that it needs. You are asked to decide.",
            "%(count)d urgent tasks have waited for a day without the talk that they need. You are asked to decide.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d urgent task has come in for people in your care. It should be seen to within two hours.",
            "%(count)d urgent tasks have come in for people in your care. They should be seen to within two hours.",
            count,
        )
    return text % {"count": count}

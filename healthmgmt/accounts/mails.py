"""What our mails say. Nothing of anybody's health, and no name: they lie in boxes that others may read."""

from django.utils.translation import gettext as _


def reset(organisation: str, link: str) -> tuple[str, str]:
    """Subject and text of the mail with a link for a new password."""
    subject = _("A new password: %(organisation)s") % {"organisation": organisation}
    paragraphs = [
        _("Hello,"),
        _("a new password was asked for, for your account at %(organisation)s.") % {"organisation": organisation},
        _("If it was you, open this address within an hour and choose one. It works once."),
        link,
        _("If it was not you, nothing has changed and there is nothing to do."),
    ]
    return subject, "\n\n".join(paragraphs) + "\n"

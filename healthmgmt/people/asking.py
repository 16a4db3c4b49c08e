"""People are told on their page that a consent is theirs to give or not."""

from datetime import date

from django.urls import reverse

from healthmgmt.accounts import notice_kinds
from healthmgmt.core import sql
from healthmgmt.people import purposes


def ask(*, today: date) -> int:
    """Tell everybody with an account who has not answered what is asked for at present, once for these wordings; returns how many.

    Who said no to a purpose, or took a consent back, is not asked for it again.
    """
    asked = [one for one in purposes.load().values() if one.is_in_use]
    kind = notice_kinds.kind("consent_asked")
    parameters = {
        "kind": kind.slug, "is_mailed": kind.is_mailed, "today": today, "link": reverse("portal:privacy") + "#consents",
        "key": "-".join(f"{one.slug[:12]}{one.text.version}" for one in asked)[:80],
        "purposes": [one.slug for one in asked], "versions": [one.text.version for one in asked],
    }  # fmt: skip
    return sql.execute("people/ask_consents", parameters)

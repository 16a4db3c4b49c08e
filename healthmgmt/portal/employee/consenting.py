"""Consents as the person reads and answers them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from healthmgmt.core.templatetags.health import day, page_language
from healthmgmt.people.selectors import ConsentState


@dataclass(frozen=True)
class ConsentCard:
    """One purpose; `version` is the wording that is shown."""

    slug: str
    version: str
    title: str
    text: str
    governs: str
    state: str
    is_given: bool
    may_decline: bool
    is_in_use: bool


def cards(states: Sequence[ConsentState]) -> list[ConsentCard]:
    """Every purpose in the language of the page."""
    return [_card(one) for one in states]


def _card(one: ConsentState) -> ConsentCard:
    language, purpose = page_language(), one.purpose
    return ConsentCard(
        slug=purpose.slug,
        version=purpose.text.version,
        title=purpose.titles[language],
        text=purpose.text.words[language],
        governs=purpose.governs[language],
        state=_state(one),
        is_given=one.state == "given",
        may_decline=one.state in ("not_asked", "outdated"),
        is_in_use=purpose.is_in_use,
    )


def _state(one: ConsentState) -> str:
    words = {"day": day(one.at), "version": one.version}
    return {
        "not_asked": _("Not answered yet"),
        "given": _("Agreed on %(day)s, wording %(version)s"),
        "declined": _("You said no on %(day)s"),
        "withdrawn": _("Taken back on %(day)s"),
        "outdated": _("The wording is new; you agreed to the one before on %(day)s"),
    }[one.state] % words
